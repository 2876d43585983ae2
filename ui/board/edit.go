package board

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// Edit is one change of a scene by hand: a tile is put somewhere, or taken away.
type Edit struct {
	// Put is the tile with its new place; one of that id moves, others come anew and
	// get an id. It is of no kind where nothing is put.
	Put world.Tile
	// Remove is the id of the tile that goes, empty for none.
	Remove string
}

// Apply returns the tiles of a scene after an edit, and those it replaces: a tile
// that would be covered whole goes. The tiles given are not changed.
func (e Edit) Apply(tiles []world.Tile) (out, replaced []world.Tile) {
	if e.Remove != "" {
		i := slices.IndexFunc(tiles, func(t world.Tile) bool { return t.ID == e.Remove })
		if i < 0 {
			return tiles, nil
		}
		return slices.Delete(slices.Clone(tiles), i, i+1), tiles[i : i+1 : i+1]
	}
	if e.Put.Kind == "" {
		return tiles, nil
	}
	at := scene.RectOf(e.Put)
	for _, t := range tiles {
		switch {
		case t.ID == e.Put.ID:
		case at.Holds(scene.RectOf(t)):
			replaced = append(replaced, t)
		default:
			out = append(out, t)
		}
	}
	put := e.Put
	if put.ID == "" {
		put.ID = fresh(tiles, put)
	}
	return append(out, put), replaced
}

// fresh is an id that no tile of the scene has.
func fresh(tiles []world.Tile, t world.Tile) string {
	base := cmp.Or(t.Param("camera"), t.Param("figure"), t.Param("alert"), t.Param("view"))
	base = clip(t.Kind+"-"+base, 48)
	if base == t.Kind+"-" {
		base = t.Kind
	}
	for n := 1; ; n++ {
		id := base
		if n > 1 {
			id += "-" + strconv.Itoa(n)
		}
		if !slices.ContainsFunc(tiles, func(o world.Tile) bool { return o.ID == id }) {
			return id
		}
	}
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// Undo returns the tiles of a scene without what an edit did to it, wherever others
// have changed it since; was and is are the tiles before and after that edit.
func Undo(tiles, was, is []world.Tile) []world.Tile {
	find := func(in []world.Tile, id string) (world.Tile, bool) {
		i := slices.IndexFunc(in, func(t world.Tile) bool { return t.ID == id })
		if i < 0 {
			return world.Tile{}, false
		}
		return in[i], true
	}
	var out []world.Tile
	for _, t := range tiles {
		before, had := find(was, t.ID)
		after, has := find(is, t.ID)
		switch {
		case has && !had && reflect.DeepEqual(t, after):
			continue // it came with the edit
		case has && had && reflect.DeepEqual(t, after):
			t = before
		}
		out = append(out, t)
	}
	for i, t := range was {
		_, kept := find(is, t.ID)
		_, there := find(out, t.ID)
		if kept || there || covering(out, t) {
			continue
		}
		out = slices.Insert(out, min(i, len(out)), t)
	}
	return out
}

// covering reports whether a tile would lie under another one whole, or the other
// way round: a scene has no such tiles.
func covering(tiles []world.Tile, t world.Tile) bool {
	at := scene.RectOf(t)
	return slices.ContainsFunc(tiles, func(o world.Tile) bool {
		r := scene.RectOf(o)
		return r.Holds(at) || at.Holds(r)
	})
}

// Equal reports whether two lists of tiles are the same.
func Equal(a, b []world.Tile) bool {
	return slices.EqualFunc(a, b, func(x, y world.Tile) bool { return reflect.DeepEqual(x, y) })
}
