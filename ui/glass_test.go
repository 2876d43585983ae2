package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/screens"
	"iocwall/ui/stage"
)

// TestNothingDueForEver: what nobody answers does not make the client tick without a
// pause: not on a desk, not on a computer that drives nothing of the wall, and not
// when the wall is gone.
func TestNothingDueForEver(t *testing.T) {
	for name, o := range map[string]Options{
		"desk":     {Mode: Mosaic},
		"stranger": {Mode: Node, Name: "pc-99", Screens: &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}}}},
		"node":     {Mode: Node, Name: "pc-01", Screens: &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}}}},
	} {
		b := newBench(t, o)
		b.give(snapshot(province(9, 3)))
		b.prepare(1, b.camera("new", "cam-08", 1))
		for _, d := range []time.Duration{0, stage.Patience * time.Millisecond, time.Second, stage.Stale * time.Millisecond, time.Hour} {
			b.tick(d)
			if left, is := b.ui.left(); is && left <= 0 {
				t.Errorf("%s: after %v it is due since %v", name, d, -left)
			}
		}
		if o.Mode == Node && len(b.ui.face.surfaces()[0].wings) != 0 {
			t.Errorf("%s: what was prepared an hour ago still runs", name)
		}
		if p := b.players["cam-08"]; p != nil && !p.closed {
			t.Errorf("%s: the camera of what was prepared an hour ago still plays", name)
		}
	}
}

// TestWallIsGone: a wall without screens is said to be none, and nothing is due.
func TestWallIsGone(t *testing.T) {
	b, n := twoScreens(t)
	b.prepare(1, b.camera("new", "cam-08", 1))
	b.commit(1, time.Second)
	b.give(b.event(world.WallDefined{ID: "main"}))
	for range 3 {
		b.tick(time.Second)
		if left, is := b.ui.left(); is && left <= 0 {
			t.Fatalf("due since %v", -left)
		}
	}
	if got := tilesOn(n, "HDMI-1"); got != "unassigned" {
		t.Errorf("shows %s", got)
	}
}

// TestMonitorsNotListed: a display that does not answer for a moment loses no switch.
func TestMonitorsNotListed(t *testing.T) {
	b, n := twoScreens(t)
	fs := b.ui.o.Screens.(*fakeScreens)
	b.prepare(1, b.camera("new", "cam-08", 2))
	fs.err = errors.New("the display does not answer")
	b.commit(1, 0)
	b.tick(time.Second)
	if got := tilesOn(n, "HDMI-2"); got != "new" {
		t.Errorf("shows %s", got)
	}
	fs.err, fs.list = nil, fs.list[:1]
	b.tick(time.Second)
	if len(n.order) != 1 {
		t.Error("the monitors are not asked for again")
	}
}

// TestShownKeepsItsMap: while a map is prepared at another size, the one that is
// shown stays on when the windows are laid out anew.
func TestShownKeepsItsMap(t *testing.T) {
	b, n := twoScreens(t)
	small := b.onScreen("map", "map", 1)
	small.W /= 2
	b.prepare(1, small)
	b.commit(1, 0)
	b.tick(time.Second)
	s := n.windows["HDMI-1"].surface
	was := s.slots[0].content
	b.prepare(2, b.onScreen("map", "map", 1))
	if len(s.wings) != 1 {
		t.Fatal("the larger map is not prepared")
	}
	coming := s.wings[slotKey(small.Tile)].content
	b.ui.rescan.Store(true)
	b.tick(time.Millisecond)
	if s.slots[0].content != was || s.wings[slotKey(small.Tile)].content != coming {
		t.Error("the map that comes is shown early")
	}
	b.commit(2, 0)
	b.tick(time.Second)
	if s.slots[0].content != coming || len(s.wings) != 0 {
		t.Error("the prepared map is not the one that is shown")
	}
}

// TestSaysWhatIsMissing: the windows say why there is nothing, and when that changes.
func TestSaysWhatIsMissing(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}}}
	b := newBench(t, Options{Mode: Node, Name: "pc-01", Screens: fs})
	n := b.ui.face.(*node)
	b.ui.rescan.Store(true)
	b.tick(time.Millisecond)
	if got := tilesOn(n, "HDMI-1"); got != "waiting" {
		t.Fatalf("at first: %s", got)
	}
	b.give(world.Batch{Link: &world.Link{Since: world.TimeOf(b.now), Reason: "connection refused"}})
	if got := n.windows["HDMI-1"].surface.slots[0].tile.Param("next"); got != "connection refused" {
		t.Errorf("the reason is %q", got)
	}
	empty := snapshot(world.New(1))
	empty.Link = &world.Link{Up: true, Since: world.TimeOf(b.now)}
	b.give(empty)
	if got := tilesOn(n, "HDMI-1"); got != "unassigned" {
		t.Errorf("without a wall: %s", got)
	}
}

// TestToldAgain: what may have been lost with the connection is told again.
func TestToldAgain(t *testing.T) {
	b, _ := twoScreens(t)
	b.tick(freshGap)
	if len(reports[act.ReportTiles](b)) != 1 {
		t.Fatal("nothing is told")
	}
	b.give(world.Batch{Link: &world.Link{Since: world.TimeOf(b.now), Reason: "closed"}})
	b.tick(time.Second)
	b.give(world.Batch{Link: &world.Link{Up: true, Since: world.TimeOf(b.now)}})
	b.tick(freshGap)
	if n := len(reports[act.ReportTiles](b)); n != 2 {
		t.Errorf("told %d times", n)
	}
}

// TestAwayWhateverTheClock: a clock that is set back does not make what is old look
// fresh.
func TestAwayWhateverTheClock(t *testing.T) {
	b, _ := twoScreens(t)
	lost := b.now.Add(time.Hour) // by the clock before it was set back
	b.give(world.Batch{Link: &world.Link{Since: world.TimeOf(lost), Reason: "closed"}})
	b.tick(10 * time.Second)
	if c := b.ui.cover(b.now, ""); c.Away < 9*time.Second {
		t.Errorf("ten seconds after the server went: away for %v", c.Away)
	}
}

// TestSpotsOverComputers: a tile knows the other computers it is on, and its size in
// the wall's own pixels.
func TestSpotsOverComputers(t *testing.T) {
	b, _ := twoScreens(t)
	w, _, _, _ := b.ui.model.wall("")
	for _, c := range []struct {
		screens string
		other   string
		apart   bool
	}{{"1", "", false}, {"1-2", "", true}, {"1-2", "pc-01", false}, {"1-11", "pc-07", true}} {
		def := w.WallDefined
		def.Screens = append([]world.Screen(nil), def.Screens...)
		for i := range def.Screens {
			def.Screens[i].Node = "pc-01"
			if id := def.Screens[i].ID; c.other != "pc-01" && id > 1 {
				def.Screens[i].Node = "pc-02"
			}
		}
		x, y, wd, h, err := scene.At{Screens: c.screens}.Rect(def)
		if err != nil {
			t.Fatal(err)
		}
		sc := world.SceneSaved{Wall: "main", Tiles: []world.Tile{{ID: "t", Kind: "camera", X: x, Y: y, W: wd, H: h}}}
		// A monitor of other pixels than the definition says.
		m := screens.Monitor{W: 960, H: 540}
		spots := screenSpots(def, sc, def.Screens[0], m, look.WallScale(1.5769, 0, 0))
		if len(spots) != 1 {
			t.Fatalf("%s: %d spots", c.screens, len(spots))
		}
		apart := slices.ContainsFunc(spots[0].others, spots[0].whole.Overlaps)
		if apart != c.apart {
			t.Errorf("%s with %s: apart %v: %v over %v", c.screens, c.other, apart, spots[0].whole, spots[0].others)
		}
		if px := spots[0].pixels; c.screens == "1-2" && (px.X < 3840 || px.X > 3900 || px.Y != 1080) {
			t.Errorf("%s: %v pixels of the wall", c.screens, px)
		}
	}
}

// TestAlertGone: a tile of an alert that is not there any more is not called live.
func TestAlertGone(t *testing.T) {
	b, _ := twoScreens(t)
	b.prepare(1, b.onScreen("gone", "alert", 1, world.Param{Key: "alert", Value: "no-such"}))
	b.commit(1, 0)
	b.tick(freshGap)
	told := reports[act.ReportTiles](b)
	if len(told) == 0 || len(told[len(told)-1].Seen.Tiles) != 1 || told[len(told)-1].Seen.Tiles[0].State != "broken" {
		t.Errorf("told %+v", told)
	}
}

// TestGenerationSeen: what is not painted yet is not what a picture of the display
// shows.
func TestGenerationSeen(t *testing.T) {
	b, n := twoScreens(t)
	for g := uint64(1); g <= 2; g++ {
		b.prepare(g, b.onScreen("clock", "clock", 1))
		b.commit(g, 0)
		if a, err := n.assigned(); err != nil || a.Generation != g-1 {
			t.Errorf("before %d is painted: %d, %v", g, a.Generation, err)
		}
		b.tick(sealLimit)
		if a, err := n.assigned(); err != nil || a.Generation != g {
			t.Errorf("then: %d, %v", a.Generation, err)
		}
	}
}
