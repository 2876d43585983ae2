package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/screens"
)

// twoScreens is a computer with two monitors on the reference wall.
func twoScreens(t *testing.T) (*bench, *node) {
	t.Helper()
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}, {Name: "HDMI-2", X: 1920, W: 1920, H: 1080}}}
	b := newBench(t, Options{Mode: Node, Name: "pc-01", Screens: fs})
	b.give(snapshot(province(9, 3)))
	return b, b.ui.face.(*node)
}

// tilesOn are the tiles a window shows.
func tilesOn(n *node, name string) string {
	var out []string
	for _, sl := range n.windows[name].surface.slots {
		out = append(out, sl.tile.ID)
	}
	return strings.Join(out, " ")
}

// onScreen places a tile over a whole screen of the bench's wall.
func (b *bench) onScreen(id, kind string, screen int, params ...world.Param) world.Placed {
	w, _, _, _ := b.ui.model.wall("")
	s := w.Screens[screen-1]
	return world.Placed{Layer: world.LayerScene, From: "next", Tile: world.Tile{ID: id, Kind: kind, X: s.X, Y: s.Y, W: s.W, H: s.H, Params: params}}
}

func (b *bench) camera(id, camera string, screen int) world.Placed {
	return b.onScreen(id, "camera", screen, world.Param{Key: "camera", Value: camera})
}

// prepare begins a switch.
func (b *bench) prepare(n uint64, tiles ...world.Placed) {
	b.t.Helper()
	b.give(b.event(world.WallPrepared{Wall: "main", Generation: n, Scene: "next", Tiles: tiles, Deadline: world.TimeOf(b.now.Add(1500 * time.Millisecond))}))
}

// commit decides it, for the instant in so long by the server's clock.
func (b *bench) commit(n uint64, in time.Duration) {
	b.t.Helper()
	b.give(b.event(world.WallCommitted{Wall: "main", Generation: n, At: world.TimeOf(b.now.Add(in + 18*time.Millisecond))}))
}

// reports are what the computer told the server of one kind.
func reports[A act.Act](b *bench) (out []A) {
	for _, c := range b.feed.commands() {
		if a, ok := c.Act.(A); ok {
			out = append(out, a)
		}
	}
	return out
}

// slow makes cameras without a picture until they are shown.
func (b *bench) slow(id string) { b.opening = append(b.opening, id) }

func TestSwitchesAtTheInstant(t *testing.T) {
	b, n := twoScreens(t)
	b.slow("cam-08")
	keeps := b.players["cam-01"]
	was := tilesOn(n, "HDMI-1")
	b.prepare(1, b.camera("cam-01", "cam-01", 1), b.camera("new", "cam-08", 2))
	fresh := b.players["cam-08"]
	if fresh == nil || fresh.view.Size.X < 1800 {
		t.Fatal("the coming camera is not opened at its real size")
	}
	if tilesOn(n, "HDMI-1") != was || len(reports[act.ReportReady](b)) != 0 {
		t.Errorf("before it is ready: %s, %v", tilesOn(n, "HDMI-1"), reports[act.ReportReady](b))
	}
	for _, o := range n.windows["HDMI-2"].surface.root.Objects {
		if o == n.windows["HDMI-2"].surface.wings[slotKey(b.camera("new", "cam-08", 2).Tile)].holder {
			t.Error("a tile that is prepared is in its window")
		}
	}
	fresh.set(func(p *still) { p.stats = cameraStats("cam-08", b.now) })
	b.tick(50 * time.Millisecond)
	if r := reports[act.ReportReady](b); len(r) != 1 || r[0] != (act.ReportReady{Wall: "main", Generation: 1}) {
		t.Fatalf("reported %+v", r)
	}
	b.commit(1, 250*time.Millisecond) // giving it takes 100 ms
	b.tick(149 * time.Millisecond)
	if tilesOn(n, "HDMI-2") == "new" {
		t.Error("changed before the instant")
	}
	at := b.ui.due.Load()
	if want := b.now.Add(time.Millisecond).UnixNano(); at/1e6 != want/1e6 {
		t.Errorf("the next tick is asked for %v off the instant", time.Duration(at-want))
	}
	b.tick(time.Millisecond)
	if tilesOn(n, "HDMI-1") != "cam-01" || tilesOn(n, "HDMI-2") != "new" {
		t.Errorf("at the instant: %s, %s", tilesOn(n, "HDMI-1"), tilesOn(n, "HDMI-2"))
	}
	if b.players["cam-01"] != keeps || keeps.closed {
		t.Error("a camera that stays was opened anew")
	}
	if b.players["cam-08"] != fresh || fresh.closed || fresh.view.Empty() {
		t.Error("the prepared camera is not the one that is shown")
	}
	if b.players["cam-02"] == nil || !b.players["cam-02"].closed {
		t.Error("a camera that is not shown any more still plays")
	}
	change := b.now
	b.tick(sealLimit)
	r := reports[act.ReportSwitched](b)
	if len(r) != 1 || r[0].Generation != 1 || r[0].At != world.TimeOf(change.Add(18*time.Millisecond)) {
		t.Errorf("reported %+v, changed at %v", r, change)
	}
	b.tick(time.Second)
	if len(reports[act.ReportSwitched](b)) != 1 || len(n.windows["HDMI-2"].surface.wings) != 0 {
		t.Error("it is reported again, or something is left in the wings")
	}
}

// TestPaintedIsMeasured: the report waits for the windows to be painted.
func TestPaintedIsMeasured(t *testing.T) {
	b, n := twoScreens(t)
	b.prepare(1, b.onScreen("clock", "clock", 1))
	b.commit(1, 0)
	b.now = b.now.Add(40 * time.Millisecond)
	for _, w := range n.windows {
		shoot(w.win, 192, 108)
	}
	b.tick(time.Millisecond)
	if r := reports[act.ReportSwitched](b); len(r) != 1 || r[0].Paint != 40 {
		t.Errorf("reported %+v", r)
	}
}

func TestLateContent(t *testing.T) {
	b, n := twoScreens(t)
	b.slow("cam-08")
	b.prepare(1, b.camera("new", "cam-08", 2))
	b.tick(1200 * time.Millisecond)
	if len(reports[act.ReportReady](b)) != 1 {
		t.Fatal("a slow camera keeps the wall waiting")
	}
	b.commit(1, 0)
	b.tick(time.Millisecond)
	if tilesOn(n, "HDMI-2") != "new" {
		t.Fatalf("shows %s", tilesOn(n, "HDMI-2"))
	}
	if s := n.windows["HDMI-2"].surface; s.ready(b.now) != true || b.players["cam-08"].Stats().State != media.StateOpening {
		t.Error("the late camera is not shown as what it is")
	}
}

func TestRefusedCameraIsReady(t *testing.T) {
	b, _ := twoScreens(t)
	b.prepare(1, b.camera("new", "cam-10", 2))
	b.tick(time.Millisecond)
	if len(reports[act.ReportReady](b)) != 1 {
		t.Error("a camera that refuses is waited for")
	}
}

func TestSupersededIsClosed(t *testing.T) {
	b, n := twoScreens(t)
	b.slow("cam-08")
	b.slow("cam-09")
	b.prepare(1, b.camera("a", "cam-08", 2))
	b.prepare(2, b.camera("b", "cam-09", 2))
	if !b.players["cam-08"].closed || b.players["cam-09"].closed {
		t.Error("what was superseded goes on, or what comes does not")
	}
	b.give(b.event(world.WallRefused{Wall: "main", Generation: 2, Reason: "pc-02 has too little left"}))
	if !b.players["cam-09"].closed || len(n.windows["HDMI-2"].surface.wings) != 0 {
		t.Error("what was refused goes on")
	}
	if got := tilesOn(n, "HDMI-1"); got != "line cam-01" {
		t.Errorf("shows %s", got)
	}
}

// TestPreparedTilePanics: a mistake in what is prepared becomes an error tile.
func TestPreparedTilePanics(t *testing.T) {
	b, n := twoScreens(t)
	b.prepare(1, b.onScreen("clock", "clock", 1), b.onScreen("other", "clock", 2))
	s := n.windows["HDMI-1"].surface
	for _, sl := range s.wings {
		sl.content = &boom{}
	}
	b.tick(time.Second)
	b.commit(1, 0)
	b.tick(time.Second)
	if k := s.slots[0].content.object().Kind(); k != kindMessage {
		t.Errorf("shows %q", k)
	}
	if k := n.windows["HDMI-2"].surface.slots[0].content.object().Kind(); k != "clock" {
		t.Errorf("the other screen shows %q", k)
	}
}

// TestUnpluggedWhilePreparing: a monitor that goes takes what was prepared for it
// along, and finds what is on when it is back.
func TestUnpluggedWhilePreparing(t *testing.T) {
	b, n := twoScreens(t)
	fs := b.ui.o.Screens.(*fakeScreens)
	all := fs.list
	keeps := b.players["cam-01"]
	b.prepare(1, b.camera("cam-01", "cam-01", 1), b.camera("new", "cam-08", 2))
	fs.list = all[:1]
	b.ui.rescan.Store(true)
	b.tick(10 * time.Millisecond)
	if !b.players["cam-08"].closed || keeps.closed {
		t.Error("the unplugged monitor's camera goes on, or another's does not")
	}
	b.commit(1, 0)
	fs.list = all
	b.ui.rescan.Store(true)
	b.tick(time.Second)
	if tilesOn(n, "HDMI-2") != "new" || b.players["cam-01"] != keeps || keeps.closed {
		t.Errorf("back: %s", tilesOn(n, "HDMI-2"))
	}
	if !slices.Contains(fs.placed, "HDMI-2") {
		t.Error("its window is not placed again")
	}
}

// TestFreshness: what the tiles say of themselves is told when it changes, and not
// more often than every two seconds.
func TestFreshness(t *testing.T) {
	b, _ := twoScreens(t)
	b.tick(freshGap)
	told := reports[act.ReportTiles](b)
	if len(told) != 1 || told[0].Seen.Node != "pc-01" || len(told[0].Seen.Tiles) != 6 {
		t.Fatalf("told %+v", told)
	}
	for _, x := range told[0].Seen.Tiles {
		if x.State != "live" {
			t.Errorf("%+v", x)
		}
	}
	b.tick(5 * time.Second)
	if n := len(reports[act.ReportTiles](b)); n != 1 {
		t.Errorf("told %d times without news", n)
	}
	b.players["cam-01"].set(func(p *still) { p.stats.State, p.stats.Since = media.StateFrozen, b.now })
	b.tick(time.Second)
	b.players["cam-02"].set(func(p *still) { p.stats.State, p.stats.Since = media.StateNoSignal, b.now })
	b.tick(time.Second)
	told = reports[act.ReportTiles](b)
	if len(told) != 2 || told[1].Seen.Tiles[0].State != "still" || told[1].Seen.Tiles[1].State != "live" {
		t.Fatalf("told %+v", told)
	}
	b.tick(time.Second)
	told = reports[act.ReportTiles](b)
	if x := told[len(told)-1].Seen.Tiles[1]; len(told) != 3 || x.Tile != "cam-02" || x.State != "broken" || x.Reason == "" {
		t.Errorf("told %+v", told)
	}
}

// TestColdBoot: what comes from the computer's own disk is marked as of when it is,
// until the server is there.
func TestColdBoot(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}}}
	b := newBench(t, Options{Mode: Node, Name: "pc-01", Screens: fs})
	heard := b.now.Add(-83 * time.Minute)
	kept := snapshot(province(9, 3))
	kept.Link = &world.Link{Since: world.TimeOf(heard)}
	b.give(kept)
	if c := b.ui.cover(b.now, ""); !c.AsOf.Equal(heard) || c.Away < 83*time.Minute {
		t.Errorf("%+v", c)
	}
	if got := tilesOn(b.ui.face.(*node), "HDMI-1"); got != "line cam-01" {
		t.Errorf("shows %s", got)
	}
	b.give(world.Batch{Link: &world.Link{Since: world.TimeOf(b.now), Reason: "connection refused"}})
	if c := b.ui.cover(b.now, ""); !c.AsOf.Equal(heard) || c.Away < 83*time.Minute {
		t.Errorf("after a try: %+v", c)
	}
	if len(b.feed.commands()) != 0 {
		t.Errorf("told %+v without a server", b.feed.commands())
	}
	b.give(world.Batch{Epoch: 1, To: kept.To, Link: &world.Link{Up: true, Since: world.TimeOf(b.now)}})
	if c := b.ui.cover(b.now, ""); !c.AsOf.IsZero() || c.Away != 0 {
		t.Errorf("when the server is there: %+v", c)
	}
}

// TestIdentifyOnAnyMonitor: a monitor that shows no screen says which it is while
// the screens say theirs, and stops with them.
func TestIdentifyOnAnyMonitor(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}, {Name: "HDMI-2", W: 1920, H: 1080}, {Name: "HDMI-3", W: 1920, H: 1080}}}
	b := newBench(t, Options{Mode: Node, Name: "pc-01", Screens: fs})
	b.give(snapshot(province(9, 3)))
	n := b.ui.face.(*node)
	b.give(b.event(world.WallTested{Wall: "main", Picture: world.TestIdentify, Until: world.TimeOf(b.now.Add(10 * time.Second))}))
	b.tick(time.Second)
	if got := tilesOn(n, "HDMI-3"); got != "identify:HDMI-3" {
		t.Errorf("shows %s", got)
	}
	b.tick(10 * time.Second)
	if got := tilesOn(n, "HDMI-3"); got != "unassigned" {
		t.Errorf("afterwards it shows %s", got)
	}
}

// TestPatternLiesOverAll: what lies under the test picture is kept off the display
// and goes on.
func TestPatternLiesOverAll(t *testing.T) {
	b, n := twoScreens(t)
	w, _, _, _ := b.ui.model.wall("")
	last := w.Screens[26]
	pattern := world.Placed{Layer: world.LayerTest, Tile: world.Tile{ID: "pattern", Kind: "pattern", W: last.X + last.W, H: last.Y + last.H}}
	b.prepare(1, b.camera("cam-01", "cam-01", 1), pattern)
	b.commit(1, 0)
	b.tick(time.Second)
	s := n.windows["HDMI-1"].surface
	if tilesOn(n, "HDMI-1") != "cam-01 pattern" || !s.slots[0].under || s.slots[1].under || b.players["cam-01"].closed {
		t.Errorf("shows %s", tilesOn(n, "HDMI-1"))
	}
	if at := s.slots[1].at.rect; at.Dx() != 1920 || at.Dy() != 1080 {
		t.Errorf("the pattern leaves a gap at the edges: %v", at)
	}
	b.prepare(2, b.camera("cam-01", "cam-01", 1))
	b.commit(2, 0)
	b.tick(time.Second)
	if s.slots[0].under {
		t.Error("it stays off the display")
	}
}
