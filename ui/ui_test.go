package ui

import (
	"context"
	"image"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/media"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/camera"
	"iocwall/ui/facts"
	"iocwall/ui/paint"
	"iocwall/ui/screens"
)

// contentOf finds a tile's content by the tile's id.
func contentOf(t *testing.T, s *surface, id string) content {
	t.Helper()
	for _, sl := range s.slots {
		if sl.tile.ID == id {
			return sl.content
		}
	}
	t.Fatalf("no tile %q on the surface", id)
	return nil
}

func openMosaic(t *testing.T) (*bench, *mosaic) {
	t.Helper()
	b := newBench(t, Options{Mode: Mosaic})
	b.tick(0)
	m := b.mosaic()
	m.win.Resize(fyne.NewSize(1920, 1080))
	b.give(snapshot(province(1, 1)))
	return b, m
}

// event is the next event of the bench's history as a batch.
func (b *bench) event(body world.Body) world.Batch {
	seq := b.ui.model.state.At().Seq + 1
	e := world.Event{Seq: seq, Seen: world.TimeOf(b.now), Source: "test", Observation: world.Observation{Time: world.TimeOf(b.now), Body: body}}
	return world.Batch{Epoch: 1, From: seq, To: seq, Items: []world.Item{{Event: &e}}, Seen: world.TimeOf(b.now)}
}

// TestKeysReachTheDesk: the window's keys choose and take alerts.
func TestKeysReachTheDesk(t *testing.T) {
	b, m := openMosaic(t)
	if m.desk().Chosen() != "water" {
		t.Fatalf("first choice %q: the oldest untaken alert of the worst kind is first", m.desk().Chosen())
	}
	keys := m.win.Canvas()
	keys.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyDown})
	keys.OnTypedRune()('x')
	sent := b.feed.commands()
	if len(sent) != 1 || sent[0].Act != (act.AcknowledgeAlert{Alert: "ship"}) || sent[0].ID == "" {
		t.Fatalf("sent %+v", sent)
	}
}

// TestEnlarge: a double click fills the window, Escape goes back, the players
// of the wall are told that nobody looks.
func TestEnlarge(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	board := b.players["cam-01"]
	m.double("cam-01")
	b.tick(0)
	if m.zoom() == nil {
		t.Fatal("nothing is enlarged")
	}
	if c := contentOf(t, m.zoom(), "zoom:cam-01"); c.object().Size().Width < 1900 {
		t.Errorf("enlarged to %v", c.object().Size())
	}
	if big := b.players["cam-01"]; m.u.hands.View() == nil || big.view.Size.X < 1500 {
		t.Errorf("the enlarged camera is asked for %v and is in hand: %v", big.view, m.u.hands.View() != nil)
	}
	if cam := board; !cam.view.Empty() {
		t.Errorf("a hidden camera still makes pictures of %v", cam.view)
	}
	m.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	b.tick(0)
	if m.zoom() != nil || board.view.Empty() {
		t.Errorf("after Escape: zoom %v, view %v", m.zoom() != nil, board.view)
	}
}

// TestAway: tiles say that the server is away, and stop when it is back.
func TestAway(t *testing.T) {
	b, _ := openMosaic(t)
	b.give(world.Batch{Link: &world.Link{Since: world.TimeOf(b.now), Reason: "connection refused"}})
	b.tick(2 * time.Second)
	if d := b.ui.model.away(b.now); d != 0 {
		t.Errorf("away after 2 s: %v", d)
	}
	b.tick(178 * time.Second)
	if cover := b.ui.cover(b.now, ""); cover.Away != 3*time.Minute {
		t.Errorf("cover %+v", cover)
	}
	b.give(world.Batch{Link: &world.Link{Up: true, Since: world.TimeOf(b.now)}})
	if cover := b.ui.cover(b.now, ""); cover.Away != 0 {
		t.Errorf("cover after return %+v", cover)
	}
}

// TestDigest: a copy that differs asks for everything again.
func TestDigest(t *testing.T) {
	b, _ := openMosaic(t)
	b.give(world.Batch{Epoch: 1, To: b.ui.model.state.At().Seq, Check: b.ui.model.state.Digest()})
	if n := len(b.feed.commands()); n != 0 {
		t.Fatalf("asked for a resync without need: %+v", b.feed.commands())
	}
	wrong := b.ui.model.state.Digest()
	wrong[world.KindAlert]++
	b.give(world.Batch{Epoch: 1, To: b.ui.model.state.At().Seq, Check: wrong})
	sent := b.feed.commands()
	if len(sent) != 1 {
		t.Fatalf("sent %+v", sent)
	}
	if r, ok := sent[0].Act.(act.Resync); !ok || len(r.Kinds) != 1 || r.Kinds[0] != world.KindAlert {
		t.Errorf("sent %+v", sent[0])
	}
}

// TestSceneMoves: a camera that stays in the scene keeps its player.
func TestSceneMoves(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	cam := contentOf(t, m.board(), "cam-01").(cameraTile)
	if b.players["cam-01"] == nil {
		t.Fatal("no player")
	}
	_, sc, _, _ := b.ui.model.wall("")
	next := sc.SceneSaved
	next.Version++
	next.Tiles = append([]world.Tile(nil), next.Tiles...)
	for i := range next.Tiles {
		if next.Tiles[i].ID == "cam-01" {
			next.Tiles[i].W /= 2
		}
	}
	next.Tiles = append(next.Tiles, world.Tile{ID: "odd", Kind: "hologram", X: 0, Y: 0, W: 100, H: 100})
	b.tick(time.Second)
	b.give(b.event(next))
	again := contentOf(t, m.board(), "cam-01").(cameraTile)
	if again != cam {
		t.Error("the camera was opened anew")
	}
	if k := contentOf(t, m.board(), "odd").object().Kind(); k != kindMessage {
		t.Errorf("an unknown kind shows %q", k)
	}
}

// boom is a content that panics.
type boom struct{ factContent }

func (boom) update(time.Time, bool) bool { panic("boom") }

// TestBrokenTile: a panic takes one tile, nothing else.
func TestBrokenTile(t *testing.T) {
	b, m := openMosaic(t)
	sl := m.board().slots[1]
	sl.content = &boom{factContent{facts.Broken(m.board().env)}}
	b.tick(time.Second)
	if k := sl.content.object().Kind(); k != kindMessage {
		t.Errorf("the broken tile shows %q", k)
	}
	b.tick(time.Second)
	if k := m.board().slots[2].content.object().Kind(); k == kindMessage {
		t.Error("its neighbour is broken too")
	}
}

// TestNode: screens go to the outputs the wall names, windows of unplugged
// monitors hide and come back.
func TestNode(t *testing.T) {
	one, two := screens.Monitor{Name: "HDMI-1", W: 1920, H: 1080}, screens.Monitor{Name: "HDMI-2", X: 1920, W: 1920, H: 1080}
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{one, two}}
	b := newBench(t, Options{Mode: Node, Name: "pc-01", Screens: fs})
	b.tick(0)
	n := b.ui.face.(*node)
	if len(n.windows) != 2 {
		t.Fatalf("%d windows", len(n.windows))
	}
	if k := n.windows["HDMI-1"].surface.slots[0].content.object().Kind(); k != kindMessage {
		t.Errorf("before the first data: %q", k)
	}
	b.give(snapshot(province(9, 3)))
	ids := func(name string) (out []string) {
		for _, sl := range n.windows[name].surface.slots {
			out = append(out, sl.tile.ID)
		}
		return out
	}
	if got := strings.Join(ids("HDMI-1"), " "); got != "line cam-01" {
		t.Errorf("screen 1 shows %s", got)
	}
	if got := strings.Join(ids("HDMI-2"), " "); got != "line cam-02 cam-03 cam-04 cam-05" {
		t.Errorf("screen 2 shows %s", got)
	}
	fs.list = fs.list[:1]
	b.ui.rescan.Store(true)
	b.tick(time.Second)
	if len(n.surfaces()) != 1 || len(n.windows["HDMI-2"].surface.slots) != 0 {
		t.Errorf("after unplugging: %d surfaces", len(n.surfaces()))
	}
	fs.list, fs.placed = []screens.Monitor{one, two}, nil
	b.ui.rescan.Store(true)
	b.tick(time.Second)
	if got := len(ids("HDMI-2")); got != 5 {
		t.Errorf("after plugging in: %d tiles", got)
	}
	if len(fs.placed) != 2 {
		t.Errorf("placed %v", fs.placed)
	}
}

func TestAssign(t *testing.T) {
	b := newBench(t, Options{Mode: Node, Name: "pc", Screens: &fakeScreens{changed: make(chan struct{})}})
	s := world.New(1)
	w := world.WallDefined{ID: "w", Screens: []world.Screen{
		{ID: 1, Node: "pc", W: 100, H: 50, PxW: 100, PxH: 50},
		{ID: 2, Node: "pc", Output: "DP-2", W: 100, H: 50, PxW: 100, PxH: 50},
		{ID: 3, Node: "other", Output: "DP-1", W: 100, H: 50, PxW: 100, PxH: 50},
	}}
	if _, err := s.Apply(world.Event{Seq: 1, Observation: world.Observation{Time: 1, Body: w}}); err != nil {
		t.Fatal(err)
	}
	b.give(world.Batch{Epoch: 1, To: 1, Snapshot: s})
	got := b.ui.face.(*node).assign([]screens.Monitor{{Name: "DP-2"}, {Name: "DP-1"}, {Name: "DP-3"}})
	if got[0] == nil || got[0].ID != 2 || got[1] == nil || got[1].ID != 1 || got[2] != nil {
		t.Errorf("assigned %+v", got)
	}
}

// TestSpanningMap: a tile over several screens says one thing per screen and its map
// is one picture.
func TestSpanningMap(t *testing.T) {
	b := newBench(t, Options{Mode: Node, Name: "pc-03", Screens: &fakeScreens{changed: make(chan struct{}), list: []screens.Monitor{
		{Name: "a", W: 1920, H: 1080}, {Name: "b", W: 1920, H: 1080}, {Name: "c", W: 1920, H: 1080},
	}}})
	b.give(snapshot(province(9, 3)))
	n := b.ui.face.(*node)
	views := map[string]bool{}
	for _, name := range []string{"a", "b"} {
		for _, sl := range n.windows[name].surface.slots {
			m, ok := sl.content.(mapContent)
			if !ok {
				continue
			}
			v := m.View()
			views[name] = true
			if v.Width < 5700 || v.Height < 2900 {
				t.Errorf("%s: the whole view is %d×%d", name, v.Width, v.Height)
			}
			if at := m.At(); at.Columns != 3 || sl.at.rows != 3 || at.Lower {
				t.Errorf("%s: part %d,%d of %d×%d", name, at.Column, sl.at.row, at.Columns, sl.at.rows)
			}
		}
	}
	if len(views) != 2 {
		t.Fatalf("maps on %v", views)
	}
}

// TestRun runs the pump: batches are applied together, ticks come one at a time
// on one goroutine, and Run returns when everything is gone.
func TestRun(t *testing.T) {
	app := test.NewTempApp(t)
	feed := newScript()
	var ticks, inside atomic.Int32
	work := make(chan func())
	var once sync.WaitGroup
	once.Go(func() {
		for f := range work {
			if inside.Add(1) > 1 {
				t.Error("two ticks at once")
			}
			f()
			ticks.Add(1)
			inside.Add(-1)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var players atomic.Int32
	u, err := New(Options{
		App: app, Feed: feed, Width: 1280, Height: 720, Seat: SeatOptions{Known: somebody()},
		Do: func(f func()) {
			select {
			case work <- f:
			case <-ctx.Done():
			}
		},
		Cameras: opener(func() camera.Player {
			players.Add(1)
			return &still{stats: media.Stats{State: media.StateOpening}}
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	s := province(1, 1)
	feed.in <- snapshot(s)
	for range 50 {
		feed.in <- world.Batch{Epoch: 1, To: s.At().Seq}
	}
	deadline := time.After(30 * time.Second)
	for players.Load() == 0 {
		select {
		case <-deadline:
			t.Fatal("no player was made")
		case <-time.After(10 * time.Millisecond):
		}
	}
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("Run does not return")
	}
	close(work)
	once.Wait()
	if n := ticks.Load(); n == 0 {
		t.Error("no tick")
	}
}

// opener opens all cameras with one function.
type opener func() camera.Player

func (f opener) Open(media.Camera, func()) camera.Player { return f() }

func TestOptions(t *testing.T) {
	app := test.NewTempApp(t)
	for name, o := range map[string]Options{
		"no app":    {Feed: newScript()},
		"no feed":   {App: app},
		"screens":   {App: app, Feed: newScript(), Mode: Node},
		"mode":      {App: app, Feed: newScript(), Mode: "hologram"},
		"language":  {App: app, Feed: newScript(), Lang: "xx"},
		"the theme": {App: app, Feed: newScript(), Theme: "pink"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestMarkers: on request each tile says its name in pixels, where it is.
func TestMarkers(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}), list: []screens.Monitor{{Name: "a", W: 1920, H: 1080}, {Name: "b", W: 1920, H: 1080}}}
	b := newBench(t, Options{Mode: Node, Name: "pc-01", Screens: fs, Markers: true})
	b.give(snapshot(province(9, 3)))
	w := b.ui.face.(*node).windows["b"]
	img := shoot(w.win, 1920, 1080)
	for _, sl := range w.surface.slots {
		p := sl.holder.Position()
		got, ok := paint.ReadMarker(img, image.Pt(int(p.X), int(p.Y)))
		if want := paint.MarkerOf(sl.tile.ID); !ok || got != want {
			t.Errorf("%s at %v: marker %x %v, want %x", sl.tile.ID, p, got, ok, want)
		}
	}
}
