package why

import (
	"maps"

	"iocwall/server/world"
)

// Named returns the values of a refusal with what people call the things in the place
// of their ids, as far as they are known. What people call a tile says tile; nil where
// nobody can.
func Named(st *world.State, values map[string]string, tile func(world.Tile) string) map[string]string {
	if st == nil || len(values) == 0 {
		return values
	}
	out := maps.Clone(values)
	for key, id := range values {
		name := ""
		switch key {
		case "scene":
			s, _ := st.Scene(id)
			name = s.Name
		case "camera":
			c, _ := st.Camera(id)
			name = c.Name
		case "alert":
			a, _ := st.Alert(id)
			name = a.Title
		case "area":
			a, _ := st.Area(id)
			name = a.Name
		case "popup":
			if p, ok := st.Popup(id); ok {
				name = st.PopupName(p)
			}
		case "tile":
			if t, ok := tileOf(st, values["wall"], id); ok && tile != nil {
				name = tile(t)
			}
		}
		if name != "" {
			out[key] = name
		}
	}
	return out
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
