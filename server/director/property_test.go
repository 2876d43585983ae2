package director

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// step is something that happens from outside, and when.
type step struct {
	after time.Duration
	do    func(r *rig)
	name  string
}

func drawStep(t *rapid.T) step {
	put := func(name string, b world.Body) step {
		return step{name: fmt.Sprintf("%s %+v", name, b), do: func(r *rig) { r.put(b) }}
	}
	pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, "of") }
	var s step
	switch rapid.IntRange(0, 11).Draw(t, "what") {
	case 0:
		a := Ask{Scene: pick("day", "night", "plain", "small"), By: pick("Lan", "Mai"), Undo: rapid.IntRange(0, 3).Draw(t, "undo") == 0}
		s = step{name: fmt.Sprintf("show %+v", a), do: func(r *rig) { _ = r.show(a) }}
	case 1, 2:
		p := popup(pick("a", "b", "c", "d"), rapid.IntRange(0, 99).Draw(t, "priority"), rapid.IntRange(1, 3).Draw(t, "tiles"))
		p.Zone = pick("", "", "east", "west", "south")
		p.Limit = int64(rapid.SampledFrom([]int{0, 0, 20_000}).Draw(t, "limit"))
		s = put("popup", p)
	case 3:
		s = put("close", world.PopupClosed{ID: pick("a", "b", "c", "d")})
	case 4:
		i, far := rapid.IntRange(0, 9).Draw(t, "tile"), rapid.Bool().Draw(t, "far")
		s = step{name: fmt.Sprintf("lock %d", i), do: func(r *rig) {
			if on := r.wall().On.Tiles; i < len(on) && on[i].Layer != world.LayerTest {
				l := world.TileLocked{Wall: "main", Tile: on[i].ID, By: "t"}
				if far {
					l.Until = r.now.Add(30 * time.Second)
				}
				r.put(l)
			}
		}}
	case 5:
		i := rapid.IntRange(0, 3).Draw(t, "lock")
		s = step{name: fmt.Sprintf("unlock %d", i), do: func(r *rig) {
			if all := r.st.Locks(); i < len(all) {
				r.put(world.TileUnlocked{Wall: "main", Tile: all[i].Tile})
			}
		}}
	case 6, 7:
		s = put("node", world.NodeLinked{Node: pick(allNodes...), Up: rapid.Bool().Draw(t, "up")})
	case 8:
		s = put("alert", world.AlertRaised{ID: pick("x", "y"), Severity: world.Severe, Show: &world.AlertShow{Limit: 60_000}})
		if rapid.Bool().Draw(t, "resolved") {
			s = put("resolved", world.AlertResolved{ID: pick("x", "y")})
		}
	case 9:
		picture := pick(world.TestIdentify, world.TestPattern, "")
		s = step{name: "test " + picture, do: func(r *rig) {
			r.put(world.WallTested{Wall: "main", Picture: picture, Until: r.now.Add(10 * time.Second)})
		}}
	case 10:
		s = drawEdit(t)
	}
	if s.do == nil {
		node, takes, why := pick(allNodes...), rapid.SampledFrom([]int{0, 400, 1400, -1}).Draw(t, "takes"), pick("", "", "no room")
		s = step{name: fmt.Sprintf("node %s takes %d, refuses %q", node, takes, why), do: func(r *rig) {
			r.slow[node], r.deaf[node] = time.Duration(takes)*time.Millisecond, why
		}}
	}
	s.after = time.Duration(rapid.SampledFrom([]int{0, 0, 100, 700, 3000, 15_000}).Draw(t, "after")) * time.Millisecond
	return s
}

// drawEdit saves the scene day anew: two of its tiles change places, one shows something
// else, goes to any screen or is taken out, or a zone is elsewhere or larger.
func drawEdit(t *rapid.T) step {
	change := rapid.SampledFrom([]string{"exchange", "content", "move", "remove", "zone", "names"}).Draw(t, "change")
	i, j, screen := rapid.IntRange(0, 6).Draw(t, "tile"), rapid.IntRange(0, 6).Draw(t, "other"), rapid.IntRange(1, 8).Draw(t, "screen")
	east, south := rapid.SampledFrom([]string{"3-4", "3", "4", "3-8", "7-8", "8"}).Draw(t, "east"), rapid.SampledFrom([]string{"5-6", "5", "6", "1-6"}).Draw(t, "south")
	return step{name: fmt.Sprintf("edit: %s %d %d %d, %s %s", change, i, j, screen, east, south), do: func(r *rig) {
		is, _ := r.st.Scene("day")
		s := is.SceneSaved
		s.Version, s.Tiles, s.Zones = s.Version+1, slices.Clone(s.Tiles), slices.Clone(s.Zones)
		switch {
		case change == "zone":
			s.Zones = []world.Zone{zoneAt(s.Zones[0].ID, east, 0), zoneAt(s.Zones[1].ID, south, 0)}
		case change == "names":
			s.Zones[0].ID, s.Zones[1].ID = s.Zones[1].ID, s.Zones[0].ID
		case i >= len(s.Tiles) || j >= len(s.Tiles):
			return
		case change == "exchange":
			a, b := scene.RectOf(s.Tiles[i]), scene.RectOf(s.Tiles[j])
			s.Tiles[i], s.Tiles[j] = b.Put(s.Tiles[i]), a.Put(s.Tiles[j])
		case change == "content":
			s.Tiles[i].Params = []world.Param{{Key: "camera", Value: fmt.Sprint(s.Version)}}
		case change == "remove":
			s.Tiles = slices.Delete(s.Tiles, i, i+1)
		case change == "move":
			moved := scene.RectOfScreen(testWall().Screens[screen-1]).Put(s.Tiles[i])
			s.Tiles = slices.DeleteFunc(s.Tiles, func(x world.Tile) bool {
				return x.ID == moved.ID || scene.RectOf(x).Overlaps(scene.RectOf(moved))
			})
			s.Tiles = append(s.Tiles, moved)
		}
		r.put(s)
	}}
}

// drawRig is the wall of the tests, with its computers up; one of the tiles in a zone
// may be important.
func drawRig(t *rapid.T) *rig {
	bodies := append(opening(), small())
	bodies = append(bodies, nodes(true, allNodes...)...)
	if rapid.Bool().Draw(t, "important") {
		s := day()
		s.Tiles[3].Important = true
		bodies[slices.IndexFunc(bodies, func(b world.Body) bool { x, ok := b.(world.SceneSaved); return ok && x.ID == s.ID })] = s
	}
	return newRig(t, bodies...)
}

// lockedRects are where the locked tiles of a wall are, and go back to when they are on
// a spare screen. The zones of locked popups are not among them.
func lockedRects(r *rig, sc world.Scene) (out []scene.Rect) {
	for _, p := range r.wall().On.Tiles {
		if _, ok := r.st.Lock("main", p.ID); !ok {
			continue
		}
		out = append(out, scene.RectOf(p.Tile))
		if p.Layer != world.LayerMoved {
			continue
		}
		for _, s := range r.wall().Screens {
			if at := scene.RectOfScreen(s); at.Overlaps(scene.RectOf(p.Tile)) {
				out = append(out, at) // the other tiles that are rescued there
			}
		}
		if i := slices.IndexFunc(sc.Tiles, func(s world.Tile) bool { return s.ID == p.ID }); i >= 0 {
			out = append(out, scene.RectOf(sc.Tiles[i]))
		}
	}
	return out
}

// Whatever happens, no tile lies over another, locked tiles stay where they are
// and nothing covers them, and in the end the wall shows its scene as before.
func TestWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRig(t)
		r.pass(10 * time.Second)
		before := slices.Clone(r.wall().On.Tiles)
		first, _ := r.st.Scene("day")
		for _, s := range rapid.SliceOfN(rapid.Custom(drawStep), 1, 40).Draw(t, "steps") {
			s.do(r)
			r.check()
			r.pass(s.after)
			r.check()
			waitFor(t, r)
		}
		clear(r.slow)
		clear(r.deaf)
		r.put(nodes(true, allNodes...)...)
		r.pass(time.Hour)
		inScene(t, r)
		for _, l := range r.st.Locks() {
			r.put(world.TileUnlocked{Wall: l.Wall, Tile: l.Tile})
		}
		for _, p := range r.st.Popups() {
			r.put(world.PopupClosed{ID: p.ID})
		}
		last, _ := r.st.Scene("day")
		first.Version = last.Version + 1
		r.put(first.SceneSaved)
		r.pass(time.Hour)
		_ = r.show(Ask{Scene: "day", By: "Lan"})
		r.pass(time.Minute)
		if !sameTiles(r.wall().On.Tiles, before) {
			t.Fatalf("in the end the wall shows %v", r.shows())
		}
		for _, o := range r.outs {
			if o.At == 0 && o.Err == nil {
				t.Fatalf("an outcome without an end: %+v", o)
			}
		}
	})
}

// inScene holds that the wall shows its scene as it was saved last, but for what is
// locked or pops up.
func inScene(t *rapid.T, r *rig) {
	w := r.wall()
	sc, _ := r.st.Scene(w.Shown.Scene)
	is := func(s world.Tile) func(world.Placed) bool {
		return func(p world.Placed) bool {
			return scene.OwnID(sc.ID, p.ID) == s.ID && scene.RectOf(p.Tile) == scene.RectOf(s) && sameContent(p.Tile, s)
		}
	}
	for _, p := range w.On.Tiles {
		if p.Layer == world.LayerScene && !slices.ContainsFunc(sc.Tiles, func(s world.Tile) bool { return is(s)(p) }) {
			t.Fatalf("%s is not in the scene %s %d: %v", p.ID, sc.ID, sc.Version, r.shows())
		}
	}
	for _, s := range sc.Tiles {
		over := func(p world.Placed) bool {
			return p.Layer != world.LayerScene && (scene.RectOf(p.Tile).Overlaps(scene.RectOf(s)) || scene.OwnID(sc.ID, p.ID) == s.ID)
		}
		if !slices.ContainsFunc(w.On.Tiles, is(s)) && !slices.ContainsFunc(w.On.Tiles, over) {
			t.Fatalf("%s of the scene %s %d is missing: %v", s.ID, sc.ID, sc.Version, r.shows())
		}
	}
}

// waitFor holds that nobody waits who need not: a popup without a zone has none
// that is free, or held by a less important one of which nothing is locked.
func waitFor(t *rapid.T, r *rig) {
	w := r.wall()
	if w.Next.Generation != 0 || len(r.d.stage("main").refused) > 0 {
		return
	}
	sc, _ := r.st.Scene(w.Shown.Scene)
	for _, p := range r.st.Popups() {
		if p.Placed != "" {
			continue
		}
		for _, z := range sc.Zones {
			if p.Zone != "" && p.Zone != z.ID || p.Priority < z.Least {
				continue
			}
			blocked := false
			for _, rect := range lockedRects(r, sc) {
				blocked = blocked || rect.Overlaps(scene.RectOfZone(z))
			}
			for _, o := range r.st.Popups() {
				locked := slices.ContainsFunc(r.st.Locks(), func(l world.Lock) bool { return popupOf(l.Tile) == o.ID })
				blocked = blocked || o.Placed == z.ID && (locked || o.Priority >= p.Priority)
			}
			if !blocked {
				t.Fatalf("%s waits for nothing: zone %s; %s; %v", p.ID, z.ID, r.popups(), r.shows())
			}
		}
	}
}

// again plays what came from outside after an event of a history to a director that
// starts there.
func (r *rig) again(cut int) *rig {
	n := &rig{t: r.t, st: world.New(1), slow: map[string]time.Duration{}, held: map[string]held{}}
	for _, e := range r.hist[:cut] {
		n.now = e.Seen
		n.apply(e.Observation)
	}
	n.start()
	if next := n.wall().Next; next.Generation != 0 {
		n.heard(next.WallPrepared)
		n.pass(0)
	}
	for _, e := range r.hist[cut:] {
		own := false
		switch b := e.Body.(type) {
		case world.WallPrepared:
			// Its own words, but for the wish behind them.
			if own = true; b.By != "" && (b.Undo || b.Scene != n.wall().Shown.Scene) {
				n.pass(max(0, e.Seen.Sub(n.now)))
				_ = n.show(Ask{Scene: b.Scene, By: b.By, Undo: b.Undo})
			}
		case world.WallCommitted, world.WallRefused, world.WallSwitched, world.PopupPlaced, world.SceneShown:
			own = true
		case world.PopupClosed:
			own = b.Why != ""
		case world.TileUnlocked:
			own = b.Why != ""
		case world.PopupAsked:
			own = b.By == ""
		}
		if !own {
			n.pass(max(0, e.Seen.Sub(n.now)))
			n.put(e.Body)
		}
	}
	return n
}

// A director that starts between two things that happen comes to the same picture
// as the one that was there all the time.
func TestRestart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRig(t)
		r.pass(10 * time.Second)
		marks := []int{len(r.hist)}
		for _, s := range rapid.SliceOfN(rapid.Custom(drawStep).Filter(func(s step) bool { return !strings.HasPrefix(s.name, "node") }), 1, 25).Draw(t, "steps") {
			s.do(r)
			r.pass(s.after)
			if x := r.d.stage("main"); len(x.flight) == 0 && r.wall().Next.Generation == 0 {
				marks = append(marks, len(r.hist))
			}
		}
		again := r.again(rapid.SampledFrom(marks).Draw(t, "cut"))
		r.pass(10 * time.Minute)
		again.pass(r.now.Sub(again.now))
		again.check()
		if !sameTiles(r.wall().On.Tiles, again.wall().On.Tiles) || r.popups() != again.popups() {
			t.Fatalf("of %d:\n%v %s\n%v %s", len(r.hist), r.shows(), r.popups(), again.shows(), again.popups())
		}
	})
}

// One that starts at any event, in the middle of a switch too, ends with the same
// scene and nothing under way.
func TestRestartAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawRig(t)
		r.pass(10 * time.Second)
		for _, s := range rapid.SliceOfN(rapid.Custom(drawStep).Filter(func(s step) bool { return !strings.Contains(s.name, "takes") }), 1, 25).Draw(t, "steps") {
			s.do(r)
			r.pass(s.after)
		}
		again := r.again(rapid.IntRange(len(opening())+len(allNodes), len(r.hist)).Draw(t, "cut"))
		r.pass(10 * time.Minute)
		again.pass(r.now.Sub(again.now))
		again.check()
		waitFor(t, again)
		if w := again.wall(); r.wall().Shown.Scene != w.Shown.Scene || w.Next.Generation != 0 {
			t.Fatalf("of %d:\n%v %s\n%v %s", len(r.hist), r.shows(), r.popups(), again.shows(), again.popups())
		}
	})
}

// Vessels are 99 of 100 events and cost the director nothing.
func BenchmarkNoteVessel(b *testing.B) {
	r := newRig(b, opening()...)
	c := world.Change{Event: world.Event{Seen: r.now, Observation: world.Observation{Time: r.now, Body: world.VesselPosition{MMSI: "574000001"}}}, Effect: world.EffectPut}
	b.ReportAllocs()
	for b.Loop() {
		r.d.Note(c, r.st)
	}
}

// A popup on a wall of 27 screens with a hundred tiles, from the wish to the
// picture.
func BenchmarkPopup(b *testing.B) {
	w := scene.Grid{ID: "main", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Gap: 7.6, PxW: 1920, PxH: 1080, PerNode: []int{3}, NodeFormat: "pc-%02d"}.Wall()
	s := world.SceneSaved{ID: "day", Wall: "main", Version: 1}
	for i := range 108 {
		x, y, ww, h, err := scene.At{Screens: fmt.Sprint(i/4 + 1), Cell: fmt.Sprintf("2x2:%d", i%4+1)}.Rect(w)
		if err != nil {
			b.Fatal(err)
		}
		s.Tiles = append(s.Tiles, world.Tile{ID: fmt.Sprint(i), Kind: "camera", X: x, Y: y, W: ww, H: h, Params: []world.Param{{Key: "camera", Value: fmt.Sprint(i)}}})
	}
	s.Zones = []world.Zone{{ID: "z", X: w.Screens[9].X, Y: w.Screens[9].Y, W: 2442.8, H: 684.9}}
	r := newRig(b, w, s, world.SceneShown{Wall: "main", Scene: "day"})
	b.ReportAllocs()
	for b.Loop() {
		r.put(popup("p", 50, 4), world.PopupClosed{ID: "p"})
	}
}
