package director

import (
	"fmt"
	"slices"
	"strings"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// picture is all that a wall is to show, and how it came about.
type picture struct {
	scene   string
	version int
	by, why string // who chose the scene
	tiles   []world.Placed
	left    []world.LeftOut
	places  map[string]string // zones by popup; those that wait have none
	over    *world.Refusal    // why the computers cannot show it, nil when they can
}

// choice is which scene a wall is to show and who says so.
type choice struct {
	scene   string
	by, why string
	asked   *request
}

// choose returns the scene of the moment: what a person asked for, else what the
// schedule has, else what is there.
func (t *turn) choose() (choice, error) {
	if r := t.s.asked; r != nil {
		t.s.asked = nil
		c := choice{r.Scene, r.By, r.Why, r}
		var err error
		if r.Undo {
			c.scene, err = undone(t.st, t.wall)
		} else {
			err = showable(t.st, r.Scene, t.wall.ID)
		}
		return c, err
	}
	shown := t.wall.Shown
	id, why, ok := t.scheduled()
	if ok && id != shown.Scene && !t.refusedLately(func(r picture) bool { return r.scene == id }) {
		return choice{scene: id, why: why}, nil
	}
	return choice{scene: shown.Scene, by: shown.By, why: shown.Why}, nil
}

// compose brings the wall to what it should show, if it does not show it yet.
func (t *turn) compose() {
	c, err := t.choose()
	if err != nil {
		c.asked.end(Outcome{Scene: c.scene, Err: err})
		if c, err = t.choose(); err != nil {
			return
		}
	}
	sc, found := t.st.Scene(c.scene)
	if !found && t.wall.On.Generation == 0 && !t.testing() {
		return // nothing was ever shown
	}
	p, whole := t.layout(c, sc.SceneSaved, found)
	if !whole {
		// The wall rather stays as it is than that a lock is broken.
		t.d.o.Logger.Error("a wall stays as it is: its locked tiles have no place", "wall", t.wall.ID, "scene", c.scene)
		if c.asked != nil {
			c.asked.end(Outcome{Scene: c.scene, Err: world.Refuse("wall.noplace", "the locked tiles have no place beside this scene; unlock them first")})
			t.compose()
		}
		return
	}
	if c.asked == nil {
		if same(t.wall.On, p) {
			t.place(p.places)
			return
		}
		if t.refusedLately(func(r picture) bool { return r.scene == p.scene && sameTiles(r.tiles, p.tiles) }) {
			return
		}
	}
	t.budget(&p)
	if c.asked == nil && t.owed(p) {
		p.over = nil
	}
	t.prepare(p, c.asked)
}

// layout paints what the wall is to show. Where its locked tiles cannot go back where
// they belong, since a scene, a zone or a lock is in their way by now, all of them stay
// where they are seen; then there is always a picture. It reports whether there is.
func (t *turn) layout(c choice, sc world.SceneSaved, found bool) (p picture, whole bool) {
	defer func() { t.frozen = false }()
	for _, t.frozen = range []bool{false, true} {
		p = t.paint(c, sc, found)
		whole = t.lockedAway(p) == ""
		if t.st.Count(world.KindLock) == 0 || whole && !crossed(p.tiles) {
			break
		}
	}
	return p, whole
}

// crossed reports whether a tile lies over another, those of test pictures apart.
func crossed(tiles []world.Placed) bool {
	for i, a := range tiles {
		for _, b := range tiles[:i] {
			if a.Layer != world.LayerTest && b.Layer != world.LayerTest && scene.RectOf(a.Tile).Overlaps(scene.RectOf(b.Tile)) {
				return true
			}
		}
	}
	return false
}

// paint lays out all that the wall is to show: what is locked stays; what pops up
// has its zones; the scene has the rest, and spare screens take what a lost
// computer showed.
func (t *turn) paint(c choice, sc world.SceneSaved, found bool) picture {
	p := picture{scene: c.scene, version: sc.Version, by: c.by, why: c.why}
	if !found {
		p.scene, p.version = t.wall.On.Scene, t.wall.On.Version
	}
	kept := t.kept(sc)
	locked := t.locked(sc, found, kept)
	p.places = t.arrange(sc, kept, locked)
	locked = slices.DeleteFunc(locked, func(l world.Placed) bool { return l.Layer != world.LayerLocked })
	if t.testing() {
		t.testPicture(&p, kept, locked)
		return t.dated(p, "")
	}
	p.tiles, p.left = t.ground(c, sc, found, locked, p.places)
	p.tiles = append(p.tiles, locked...)
	p.tiles = append(p.tiles, t.popups(sc, p.places, kept, locked)...)
	t.rescue(&p)
	if c.asked == nil && found && t.wall.On.Scene == sc.ID && t.wall.On.Version != sc.Version {
		return t.dated(p, sc.By) // the scene was changed while it is shown
	}
	return t.dated(p, "")
}

// ground returns the scene's own tiles, without those that something else lies
// over, and names those that are missing where they could be seen.
func (t *turn) ground(c choice, sc world.SceneSaved, found bool, locked []world.Placed, places map[string]string) ([]world.Placed, []world.LeftOut) {
	if !found {
		return t.remains(), nil
	}
	var out []world.Placed
	var left []world.LeftOut
	for _, s := range sc.Tiles {
		r := scene.RectOf(s)
		own := func(l world.Placed) bool {
			return l.From == sc.ID && (l.ID == s.ID || l.ID == scene.LongID(sc.ID, s.ID))
		}
		if slices.ContainsFunc(locked, own) {
			left = append(left, world.LeftOut{Tile: s.ID, Why: "it is locked as it was before the scene was changed"})
			continue
		}
		over := slices.IndexFunc(locked, func(l world.Placed) bool { return scene.RectOf(l.Tile).Overlaps(r) })
		if over >= 0 {
			left = append(left, world.LeftOut{Tile: s.ID, Why: "the locked tile " + locked[over].ID + " has its place"})
			continue
		}
		if z, ok := covering(sc, places, r); ok {
			if !scene.RectOfZone(z).Holds(r) {
				left = append(left, world.LeftOut{Tile: s.ID, Why: "what pops up in the zone " + z.ID + " lies over a part of it"})
			}
			continue
		}
		if t.st.Count(world.KindLock) > 0 {
			long := scene.LongID(sc.ID, s.ID)
			_, keeps := t.st.Lock(t.wall.ID, long)
			twice := slices.ContainsFunc(sc.Tiles, func(o world.Tile) bool { return o.ID == long })
			if !twice && (keeps || slices.ContainsFunc(locked, func(l world.Placed) bool { return l.ID == s.ID })) {
				s.ID = long // names on a wall are unique, and those of locked tiles stay
			}
		}
		out = append(out, world.Placed{Tile: s, Layer: world.LayerScene, From: sc.ID, By: c.by, Why: c.why})
	}
	return out, left
}

// remains returns what is left on the wall of a scene that was removed.
func (t *turn) remains() []world.Placed {
	var out []world.Placed
	for _, p := range t.wall.On.Tiles {
		if p.Layer == world.LayerScene {
			out = append(out, p)
		}
	}
	return out
}

// covering returns the taken zone that lies over a place.
func covering(sc world.SceneSaved, places map[string]string, r scene.Rect) (world.Zone, bool) {
	for _, z := range sc.Zones {
		if scene.RectOfZone(z).Overlaps(r) && taken(places, z.ID) {
			return z, true
		}
	}
	return world.Zone{}, false
}

func taken(places map[string]string, zone string) bool {
	for _, z := range places {
		if z == zone {
			return true
		}
	}
	return false
}

// popups returns the tiles of what has popped up.
func (t *turn) popups(sc world.SceneSaved, places, kept map[string]string, locked []world.Placed) []world.Placed {
	var out []world.Placed
	for _, z := range sc.Zones {
		for _, p := range t.popping() {
			if places[p.ID] != z.ID {
				continue
			}
			if kept[p.ID] != "" {
				out = append(out, t.asItIs(p.ID)...)
				continue
			}
			cells := scene.Share(t.wall.WallDefined, scene.RectOfZone(z), len(p.Tiles))
			n := 0
			for i, cell := range cells {
				tile := cell.Put(p.Tiles[i])
				for tile.ID = ""; tile.ID == "" || slices.ContainsFunc(locked, func(l world.Placed) bool { return l.ID == tile.ID }); {
					n++
					tile.ID = fmt.Sprintf("popup:%s:%d", p.ID, n)
				}
				out = append(out, world.Placed{Tile: tile, Layer: world.LayerPopup, From: p.ID, By: p.By, Why: p.Why})
			}
		}
	}
	return out
}

// popupOf returns the popup that a tile belongs to, empty for none.
func popupOf(tile string) string {
	rest, ok := strings.CutPrefix(tile, "popup:")
	if !ok {
		return ""
	}
	i := strings.LastIndexByte(rest, ':')
	if i < 0 {
		return ""
	}
	return rest[:i]
}

// dated gives each tile the time since which it is there as it is, and whose hand put
// it there: where somebody changed the scene shown, that is who saved it, and all that
// was not changed keeps its own. So does what a lost computer showed, on other screens
// and when it is back.
func (t *turn) dated(p picture, changed string) picture {
	was := make(map[string]*world.Placed, len(t.wall.On.Tiles))
	for i := range t.wall.On.Tiles {
		was[t.wall.On.Tiles[i].ID] = &t.wall.On.Tiles[i]
	}
	for i := range p.tiles {
		n := &p.tiles[i]
		n.Since = t.now
		o := was[n.ID]
		switch {
		case o != nil && o.Layer == n.Layer && o.From == n.From && sameTile(o.Tile, n.Tile):
			n.Since = o.Since
			if _, back := world.CameBack(o.Why); back || (n.Layer == world.LayerScene || n.Layer == world.LayerMoved) && o.By+o.Why != "" {
				n.By, n.Why = o.By, o.Why
			}
		case o != nil && n.Layer != world.LayerLocked && (o.Layer == world.LayerMoved || n.Layer == world.LayerMoved) && p.scene == t.wall.On.Scene:
			n.By, n.Why = o.By, o.Why
			if changed != "" && !sameContent(o.Tile, n.Tile) {
				n.By = changed
			}
			if n.Layer != world.LayerMoved {
				n.Why = world.WhyBack + o.From
			} else if _, back := world.CameBack(o.Why); back {
				n.Why = ""
			}
		case changed != "" && n.Layer == world.LayerScene && !t.covered(n.Tile):
			n.By, n.Why = changed, ""
		}
	}
	return p
}

// covered reports whether something else than a scene's tile lies over a place now.
func (t *turn) covered(tile world.Tile) bool {
	r := scene.RectOf(tile)
	return slices.ContainsFunc(t.wall.On.Tiles, func(o world.Placed) bool {
		return o.Layer != world.LayerScene && scene.RectOf(o.Tile).Overlaps(r)
	})
}

// same reports whether the wall shows the picture.
func same(on world.Switch, p picture) bool {
	return on.Generation != 0 && on.Scene == p.scene && sameTiles(on.Tiles, p.tiles)
}

func sameTiles(a, b []world.Placed) bool {
	return slices.EqualFunc(a, b, func(x, y world.Placed) bool {
		return x.ID == y.ID && x.Layer == y.Layer && x.From == y.From && sameTile(x.Tile, y.Tile)
	})
}

func sameTile(a, b world.Tile) bool {
	return a.ID == b.ID && a.Important == b.Important && scene.RectOf(a) == scene.RectOf(b) && sameContent(a, b)
}

func sameContent(a, b world.Tile) bool { return a.Kind == b.Kind && slices.Equal(a.Params, b.Params) }
