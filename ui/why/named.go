package why

import (
	"maps"
	"strings"

	"iocwall/server/world"
)

// Named returns the values of a refusal, and of those behind it, with what people call
// the things in the place of their ids, as far as they are known. What people call a
// tile says tile; nil where nobody can.
func Named(st *world.State, values map[string]string, tile func(world.Tile) string) map[string]string {
	if st == nil || len(values) == 0 {
		return values
	}
	out := maps.Clone(values)
	for key, id := range values {
		behind := strings.LastIndexByte(key, '.') + 1 // "why.scene" is of the refusal behind it
		name := ""
		if key[behind:] == "tile" {
			if t, ok := tileOf(st, values[key[:behind]+"wall"], id); ok && tile != nil {
				name = tile(t)
			}
		} else {
			name = nameOf(st, key[behind:], id)
		}
		if name != "" {
			out[key] = name
		}
	}
	return out
}

// nameOf is what people call a thing, empty where that is not known.
func nameOf(st *world.State, kind, id string) string {
	switch kind {
	case "wall", "otherwall":
		w, _ := st.Wall(id)
		return w.Name
	case "scene":
		s, _ := st.Scene(id)
		return s.Name
	case "schedule":
		for _, x := range st.Schedules() {
			if x.Is.ID == id {
				return x.Is.Name
			}
		}
	case "camera":
		c, _ := st.Camera(id)
		return c.Name
	case "alert":
		a, _ := st.Alert(id)
		return a.Title
	case "area":
		a, _ := st.Area(id)
		return a.Name
	case "popup":
		if p, ok := st.Popup(id); ok {
			return st.PopupName(p)
		}
	}
	return ""
}

// tileOf finds a tile on a wall, or on any where the wall is not known.
func tileOf(st *world.State, wall, id string) (world.Tile, bool) {
	for _, w := range st.Walls() {
		if wall != "" && wall != w.ID {
			continue
		}
		for _, t := range w.On.Tiles {
			if t.ID == id {
				return t.Tile, true
			}
		}
	}
	return world.Tile{}, false
}
