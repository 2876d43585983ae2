package director

import (
	"cmp"
	"slices"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// locks yields the tiles on the wall that are locked.
func (t *turn) locks() []world.Placed {
	if t.st.Count(world.KindLock) == 0 {
		return nil
	}
	var out []world.Placed
	for _, p := range t.wall.On.Tiles {
		if _, ok := t.st.Lock(t.wall.ID, p.ID); ok && p.Layer != world.LayerTest {
			out = append(out, p)
		}
	}
	return out
}

// locked returns the locked tiles of the wall as they are to be under a scene while no
// computer is lost. What the scene or a popup has there itself stays in its layer; the
// others, those of a scene before among them, stay where they are seen.
func (t *turn) locked(sc world.SceneSaved, found bool, kept map[string]string) []world.Placed {
	var out []world.Placed
	for _, p := range t.locks() {
		home := t.home(p)
		own := found && (home.Layer == world.LayerScene || home.Layer == world.LayerLocked) && t.own(home, sc)
		switch {
		case home.Layer == world.LayerPopup && kept[home.From] != "":
			p = home // its popup stays as it is
		case p.Layer == world.LayerScene && !found: // it is among what remains of the scene
		case own:
			p = home // of a scene that comes back it is its own again
			p.Layer = world.LayerScene
		default:
			if p.Layer == world.LayerMoved {
				p.From = cmp.Or(popupOf(p.ID), t.wall.On.Scene)
			}
			p.Layer = world.LayerLocked
		}
		out = append(out, p)
	}
	return out
}

// own reports whether a tile of the wall is the scene's, as it is saved.
func (t *turn) own(p world.Placed, sc world.SceneSaved) bool {
	s, has := has(sc, p.ID)
	return p.From == sc.ID && has && sameTile(s, p.Tile)
}

// has returns the tile that a scene has under a name of the wall, with that name: its own,
// or the longer one; see ground.
func has(sc world.SceneSaved, id string) (s world.Tile, ok bool) {
	i := slices.IndexFunc(sc.Tiles, func(s world.Tile) bool { return s.ID == id })
	if i < 0 {
		i = slices.IndexFunc(sc.Tiles, func(s world.Tile) bool { return scene.LongID(sc.ID, s.ID) == id })
	}
	if i < 0 {
		return s, false
	}
	s = sc.Tiles[i]
	s.ID = id
	return s, true
}

// home returns a tile of the wall as it is while no computer is lost: one on a spare
// screen where it goes back to, as long as its scene or its popup has it still and the
// wall a screen there.
func (t *turn) home(p world.Placed) world.Placed {
	if p.Layer != world.LayerMoved || t.frozen {
		return p
	}
	back := t.belongs(p)
	if scene.Seen(scene.RectOf(back.Tile), t.wall.Screens) == 0 {
		return p
	}
	return back
}

// belongs returns a tile on a spare screen as its scene or its popup has it, itself where
// that is over.
func (t *turn) belongs(p world.Placed) world.Placed {
	if id := popupOf(p.ID); id != "" {
		tiles := t.asItIs(id)
		if i := slices.IndexFunc(tiles, func(x world.Placed) bool { return x.ID == p.ID }); i >= 0 {
			return tiles[i]
		}
		return p
	}
	sc, _ := t.st.Scene(t.wall.On.Scene)
	if s, has := has(sc.SceneSaved, p.ID); has && sameContent(s, p.Tile) {
		p.Tile, p.Layer, p.From = s, world.LayerScene, sc.ID
	}
	return p
}

// asItIs returns the tiles of a popup, by number, as they are on the wall while no
// computer is lost: those on spare screens where they go back to. Where that is not
// known, it returns none.
func (t *turn) asItIs(popup string) []world.Placed {
	var out []world.Placed
	away := false
	for _, p := range t.wall.On.Tiles {
		moved := p.Layer == world.LayerMoved && popupOf(p.ID) == popup
		if moved || p.Layer == world.LayerPopup && p.From == popup {
			out = append(out, p)
		}
		away = away || moved
	}
	slices.SortFunc(out, func(a, b world.Placed) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	if !away {
		return out
	}
	p, _ := t.st.Popup(popup)
	sc, _ := t.st.Scene(t.wall.On.Scene)
	i := slices.IndexFunc(sc.Zones, func(z world.Zone) bool { return z.ID == p.Placed })
	if i < 0 || p.Wall != t.wall.ID {
		return nil
	}
	for k, cell := range scene.Share(t.wall.WallDefined, scene.RectOfZone(sc.Zones[i]), len(out)) {
		if x := &out[k]; x.Layer == world.LayerMoved {
			x.Tile, x.Layer, x.From = cell.Put(x.Tile), world.LayerPopup, popup
		}
	}
	return out
}

// kept returns the zones of popups of which a tile is locked: these stay as they are, as
// long as they fill the zone as the scene has it. A frozen one that was rescued does not:
// its locked tiles stay on the spare screen.
func (t *turn) kept(sc world.SceneSaved) map[string]string {
	out := map[string]string{}
	for _, l := range t.locks() {
		rescued := func(x world.Placed) bool { return x.Layer == world.LayerMoved && popupOf(x.ID) == l.From }
		if t.frozen && slices.ContainsFunc(t.wall.On.Tiles, rescued) {
			continue
		}
		l = t.home(l)
		p, ok := t.st.Popup(l.From)
		if l.Layer != world.LayerPopup || !ok || p.Wall != t.wall.ID || p.Placed == "" {
			continue
		}
		for _, z := range sc.Zones {
			if z.ID == p.Placed && t.fills(p.ID, z) {
				out[p.ID] = z.ID
			}
		}
	}
	return out
}

// fills reports whether the tiles of a popup lie as they would were it given a zone.
func (t *turn) fills(popup string, z world.Zone) bool {
	tiles := t.asItIs(popup)
	cells := scene.Share(t.wall.WallDefined, scene.RectOfZone(z), len(tiles))
	for k, x := range tiles {
		if scene.RectOf(x.Tile) != cells[k] {
			return false
		}
	}
	return len(tiles) > 0
}

// lockedAway returns a tile that is on the wall and locked, and would be gone, or
// elsewhere, or show something else, in a picture. Where its computer is lost it may go
// to a spare screen; from there it goes back to the same place, and not before that can
// be seen.
func (t *turn) lockedAway(p picture) string {
	locks := t.locks()
	if len(locks) == 0 {
		return ""
	}
	tiles := wanted(p.tiles, p.left)
	lost := t.lost()
	dark := func(r scene.Rect) bool { return mostly(r, t.wall.Screens, lost) }
	for _, on := range locks {
		at, home := scene.RectOf(on.Tile), scene.RectOf(t.home(on).Tile)
		back := on.Layer != world.LayerMoved || !dark(home) || dark(at) || scene.Seen(at, t.wall.Screens) == 0
		stays := func(x world.Placed) bool {
			switch r := scene.RectOf(x.Tile); {
			case x.ID != on.ID || !sameContent(x.Tile, on.Tile):
				return false
			case x.Layer == world.LayerMoved:
				return (on.Layer == world.LayerMoved || dark(at)) && t.comesBack(p, tiles, on.ID, home)
			default:
				return r == at || r == home && back
			}
		}
		if !slices.ContainsFunc(tiles, stays) {
			return on.ID
		}
	}
	return ""
}

// comesBack reports whether a locked tile that a picture has on a spare screen goes back
// home from there: its popup has the same tiles in a zone that they fill, or the scene has
// it there.
func (t *turn) comesBack(p picture, tiles []world.Placed, id string, home scene.Rect) bool {
	sc, found := t.st.Scene(p.scene)
	popup := popupOf(id)
	if popup == "" {
		s, has := has(sc.SceneSaved, id)
		return !found || has && scene.RectOf(s) == home
	}
	its := func(tiles []world.Placed) (ids []string) {
		for _, x := range tiles {
			if popupOf(x.ID) == popup && x.Layer != world.LayerLocked {
				ids = append(ids, x.ID)
			}
		}
		slices.Sort(ids)
		return ids
	}
	zone := t.kept(sc.SceneSaved)[popup]
	return zone != "" && zone == p.places[popup] && slices.Equal(its(tiles), its(t.wall.On.Tiles))
}

// lockedMeanwhile says that a lock is in the way.
func lockedMeanwhile(tile string) *world.Refusal {
	return world.Refuse("wall.locked", "the tile {tile} was locked meanwhile", "tile", tile)
}
