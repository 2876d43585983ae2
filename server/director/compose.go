package director

import (
	"cmp"
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
	p := t.paint(c, sc.SceneSaved, found)
	if tile := t.lockedAway(p.tiles); tile != "" {
		// Whatever the reason: the wall rather stays as it is than that a lock is broken.
		c.asked.end(Outcome{Scene: c.scene, Err: lockedMeanwhile(tile)})
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

// home returns a tile of the wall as it is while no computer is lost: one on a spare
// screen where it goes back to, as long as its scene or its popup has it still.
func (t *turn) home(p world.Placed) world.Placed {
	if p.Layer != world.LayerMoved {
		return p
	}
	if id := popupOf(p.ID); id != "" {
		for _, x := range t.asItIs(id) {
			if x.ID == p.ID {
				return x
			}
		}
		return p
	}
	sc, _ := t.st.Scene(t.wall.On.Scene)
	for _, s := range sc.Tiles {
		if s.ID == p.ID && sameContent(s, p.Tile) {
			p.Tile, p.Layer, p.From = s, world.LayerScene, sc.ID
			break
		}
	}
	return p
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
		case own && (p.Layer != world.LayerMoved || !t.barred(sc, kept, home)):
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

// barred reports whether a tile cannot go back where it was, since the scene was changed
// meanwhile and a locked tile has its place, or a popup that stays.
func (t *turn) barred(sc world.SceneSaved, kept map[string]string, home world.Placed) bool {
	r := scene.RectOf(home.Tile)
	_, over := covering(sc, kept, r)
	return over || slices.ContainsFunc(t.locks(), func(l world.Placed) bool {
		return l.Layer != world.LayerMoved && scene.RectOf(l.Tile).Overlaps(r)
	})
}

// own reports whether a tile of the wall is the scene's, as it is saved.
func (t *turn) own(p world.Placed, sc world.SceneSaved) bool {
	return p.From == sc.ID && slices.ContainsFunc(sc.Tiles, func(s world.Tile) bool { return sameTile(s, p.Tile) })
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
		own := func(l world.Placed) bool { return l.From == sc.ID && (l.ID == s.ID || l.ID == sc.ID+"/"+s.ID) }
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
		if slices.ContainsFunc(locked, func(l world.Placed) bool { return l.ID == s.ID }) {
			s.ID = sc.ID + "/" + s.ID // names on a wall are unique
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

// asItIs returns the tiles of a popup as they are on the wall while no computer is
// lost: those on spare screens where they go back to. Where that is not known, it
// returns none.
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
	if !away {
		return out
	}
	p, _ := t.st.Popup(popup)
	sc, _ := t.st.Scene(t.wall.On.Scene)
	i := slices.IndexFunc(sc.Zones, func(z world.Zone) bool { return z.ID == p.Placed })
	if i < 0 || p.Wall != t.wall.ID {
		return nil
	}
	slices.SortFunc(out, func(a, b world.Placed) int { // by number
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	for k, cell := range scene.Share(t.wall.WallDefined, scene.RectOfZone(sc.Zones[i]), len(out)) {
		if x := &out[k]; x.Layer == world.LayerMoved {
			x.Tile, x.Layer, x.From = cell.Put(x.Tile), world.LayerPopup, popup
		}
	}
	return out
}

// kept returns the zones of popups of which a tile is locked: these stay as they
// are, as long as the scene has the zone there and no other locked tile lies in it.
func (t *turn) kept(sc world.SceneSaved) map[string]string {
	out := map[string]string{}
	locks := t.locks()
	for _, l := range locks {
		l = t.home(l)
		p, ok := t.st.Popup(l.From)
		if l.Layer != world.LayerPopup || !ok || p.Wall != t.wall.ID || p.Placed == "" {
			continue
		}
		for _, z := range sc.Zones {
			astray := func(x world.Placed) bool {
				r := scene.RectOf(x.Tile)
				return !scene.RectOfZone(z).Holds(r) || slices.ContainsFunc(locks, func(o world.Placed) bool {
					return o.From != p.ID && o.Layer != world.LayerMoved && scene.RectOf(o.Tile).Overlaps(r)
				})
			}
			if z.ID == p.Placed && !slices.ContainsFunc(t.asItIs(p.ID), astray) {
				out[p.ID] = z.ID
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
