package board

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

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

// Apply returns the tiles of a scene after an edit, those it replaces, and those it
// makes smaller: no two tiles of a scene share a place. The tiles given are not
// changed.
func (e Edit) Apply(w world.WallDefined, tiles []world.Tile) (out, replaced, shrunk []world.Tile) {
	if e.Remove != "" {
		i := slices.IndexFunc(tiles, func(t world.Tile) bool { return t.ID == e.Remove })
		if i < 0 {
			return tiles, nil, nil
		}
		return slices.Delete(slices.Clone(tiles), i, i+1), tiles[i : i+1 : i+1], nil
	}
	if e.Put.Kind == "" {
		return tiles, nil, nil
	}
	at := scene.RectOf(e.Put)
	for _, t := range tiles {
		r := scene.RectOf(t)
		switch {
		case t.ID == e.Put.ID:
			continue
		case r.Overlaps(at):
			rest, ok := remainder(w, r, at)
			if !ok {
				replaced = append(replaced, t)
				continue
			}
			t = rest.Put(t)
			shrunk = append(shrunk, t)
		}
		out = append(out, t)
	}
	put := e.Put
	if put.ID == "" {
		put.ID = fresh(tiles, put)
	}
	return append(out, put), replaced, shrunk
}

// remains is the least share of a tile that is worth keeping.
const remains = 0.3

// remainder is the largest part of a place beside another, to the grid; false when
// it is not worth keeping.
func remainder(w world.WallDefined, r, cut scene.Rect) (scene.Rect, bool) {
	parts := []scene.Rect{
		{X: r.X, Y: r.Y, W: cut.X - r.X, H: r.H},
		{X: cut.X + cut.W, Y: r.Y, W: r.X + r.W - cut.X - cut.W, H: r.H},
		{X: r.X, Y: r.Y, W: r.W, H: cut.Y - r.Y},
		{X: r.X, Y: cut.Y + cut.H, W: r.W, H: r.Y + r.H - cut.Y - cut.H},
	}
	best := slices.MaxFunc(parts, func(a, b scene.Rect) int { return cmp.Compare(area(a), area(b)) })
	if area(best) < remains*area(r) {
		return best, false
	}
	if _, at, ok := scene.Snap(w, best); ok && !at.Overlaps(cut) && r.Holds(at) && area(at) > 0.8*area(best) {
		best = at
	}
	return best, true
}

func area(r scene.Rect) float64 { return max(0, r.W) * max(0, r.H) }

// fresh is an id that no tile of the scene has, without the slash that the server keeps for
// itself.
func fresh(tiles []world.Tile, t world.Tile) string {
	base := cmp.Or(t.Param("camera"), t.Param("figure"), t.Param("alert"), t.Param("view"))
	base = strings.ReplaceAll(clip(t.Kind+"-"+base, 48), "/", "-")
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

// covering reports whether a tile would share a place with another one: a scene has
// no such tiles.
func covering(tiles []world.Tile, t world.Tile) bool {
	at := scene.RectOf(t)
	return slices.ContainsFunc(tiles, func(o world.Tile) bool {
		r := scene.RectOf(o)
		return r.Overlaps(at)
	})
}

// Equal reports whether two lists of tiles are the same.
func Equal(a, b []world.Tile) bool {
	return slices.EqualFunc(a, b, func(x, y world.Tile) bool { return reflect.DeepEqual(x, y) })
}
