package camera

import (
	"image"
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/media"
	"iocwall/server/world"
)

func TestZoom(t *testing.T) {
	z := Zoom{}
	if z.Factor() != 1 || !z.Part().Whole() {
		t.Fatalf("the zero zoom shows %+v", z.Part())
	}
	z = z.By(2, 0.25, 0.75)
	p := z.Part()
	if math.Abs(p.X1-p.X0-0.5) > 1e-9 || math.Abs(p.X0+0.25*0.5-0.25) > 1e-9 || math.Abs(p.Y0+0.75*0.5-0.75) > 1e-9 {
		t.Errorf("twice around a point shows %+v: the point moved", p)
	}
	for range 40 {
		z = z.By(zoomStep, 1, 1)
	}
	if p = z.Part(); z.Factor() != maxZoom || p.X1 > 1+1e-9 || p.Y1 > 1+1e-9 {
		t.Errorf("%v× in the corner shows %+v", z.Factor(), p)
	}
	if p = z.Pan(-99, -99).Part(); math.Abs(p.X0) > 1e-9 || math.Abs(p.Y0) > 1e-9 {
		t.Errorf("panned to the other corner: %+v", p)
	}
	for range 40 {
		z = z.By(1/zoomStep, 0, 0)
	}
	if z != (Zoom{}) {
		t.Errorf("out again: %+v", z)
	}
}

// TestZoomAsksForDetail: an enlarged part is asked for from the camera in the
// tile's own pixels, not blown up from what was there.
func TestZoomAsksForDetail(t *testing.T) {
	s := newStage(t, 1)
	v := New(s.h, s.env, Options{Camera: "cam-01"})
	s.put(v, 960, 620)
	p := s.deck.of("cam-01")[0]
	whole := p.view
	m := NewHands(s.h, s.env.Kit)
	m.Take(v, v)
	m.Wheel(v, image.Pt(480, 270), 1)
	m.Enlarge(1)
	s.tick(v, time.Second)
	if p.view.Size.X != 960 || p.view.Part.Whole() || !whole.Part.Whole() {
		t.Fatalf("asked for %+v before and %+v after zooming", whole, p.view)
	}
	part := p.view.Part
	if got := part.X1 - part.X0; got > 1/v.Zoom().Factor()+1e-6 || got < 0.8/v.Zoom().Factor() {
		t.Errorf("the part is %v wide at ×%v", got, v.Zoom().Factor())
	}
	if dx, dy := 640*(part.X1-part.X0)/float64(p.view.Size.X), 360*(part.Y1-part.Y0)/float64(p.view.Size.Y); math.Abs(dx-dy) > 1e-3 {
		t.Errorf("%+v is drawn out of shape", p.view)
	}
	for range 9 {
		m.Key(fyne.KeyDown)
	}
	s.tick(v, time.Second)
	if p.view.Part.Y1 < 1-1e-9 {
		t.Errorf("the picture's lower edge cannot be reached: %+v", p.view.Part)
	}
	was := v.Zoom().Part()
	m.Drag(v, image.Pt(100, 0))
	if now := v.Zoom().Part(); now.X0 >= was.X0 {
		t.Errorf("dragging to the right shows %+v after %+v", now, was)
	}
	m.Rune('0')
	s.tick(v, time.Second)
	if p.view != whole {
		t.Errorf("after 0: %+v", p.view)
	}
}

// TestSpan: a tile over two screens asks on each for what is on it, in one scale,
// so that the parts meet.
func TestSpan(t *testing.T) {
	s := newStage(t, 1)
	whole := image.Rect(0, 0, 1936, 1080) // a bezel of 16 px between two of 960
	var parts [2]media.View
	for i, rect := range []image.Rectangle{image.Rect(0, 0, 960, 1080), image.Rect(976, 0, 1936, 1080)} {
		v := New(s.h, s.env, Options{Camera: "cam-01"})
		v.Place(Spot{Rect: rect, Whole: whole, Lower: true})
		v.Object().Resize(size(960, 1080))
		s.tick(v, time.Second)
		s.tick(v, time.Second)
		parts[i] = s.deck.of("cam-01")[i].view
	}
	l, r := parts[0], parts[1]
	if l.Empty() || r.Empty() || l.Part.X1 >= r.Part.X0 {
		t.Fatalf("left %+v, right %+v", l, r)
	}
	scale := func(v media.View) float64 { return float64(v.Size.X) / (v.Part.X1 - v.Part.X0) }
	if math.Abs(scale(l)-scale(r)) > 1 || l.Size.Y != r.Size.Y || math.Abs(l.Part.Y0-r.Part.Y0) > 1e-9 {
		t.Errorf("the parts have different scales: %+v and %+v", l, r)
	}
	if gap := (r.Part.X0 - l.Part.X1) * scale(l); math.Abs(gap-16) > 1 {
		t.Errorf("%.1f px lie behind the bezel of 16", gap)
	}
}

// TestHiddenIsParked: a tile that nobody sees asks for no pictures and keeps its
// player.
func TestHiddenIsParked(t *testing.T) {
	s := newStage(t, 1)
	v := New(s.h, s.env, Options{Camera: "cam-01"})
	s.put(v, 960, 540)
	p := s.deck.of("cam-01")[0]
	v.Hide(true)
	s.tick(v, time.Second)
	if !p.view.Empty() || p.closed {
		t.Errorf("hidden: %+v", p.view)
	}
	v.Hide(false)
	s.tick(v, time.Second)
	if p.view.Empty() || len(s.deck.opened) != 1 {
		t.Errorf("shown again: %+v, %d players", p.view, len(s.deck.opened))
	}
	v.Close()
	if !p.closed {
		t.Error("not closed")
	}
}

// TestTour: cameras change at the dwell, the next one is opened before, those
// without a picture are left out and counted, and a hand holds the tour.
func TestTour(t *testing.T) {
	s := newStage(t, 4)
	s.now = time.Unix(1_800_000_000, 0) // a multiple of 10 s and of 4 turns: cam-01's
	s.health("cam-02", world.CameraSilent)
	tour := NewTour(s.h, s.env, TourOptions{Pick: Pick{Named: []string{"cam-01", "cam-02", "cam-03", "cam-04"}}, Dwell: "10s"})
	s.put(tour, 960, 540)
	first := tour.Views()[0].Camera()
	order := map[string]string{"cam-01": "cam-03", "cam-03": "cam-04", "cam-04": "cam-01"}
	next := order[first]
	if next == "" {
		t.Fatalf("the tour begins with %s", first)
	}
	s.tick(tour, 6*time.Second)
	if len(s.deck.of(next)) != 0 {
		t.Errorf("%s is open 4 s before its turn", next)
	}
	s.tick(tour, 2*time.Second)
	ready := s.deck.of(next)
	if len(ready) != 1 || !ready[0].preload || !ready[0].view.Empty() {
		t.Fatalf("2 s before its turn %s is %+v", next, ready)
	}
	// The next one is slow: the old picture stays.
	s.deck.pending[next] = true
	s.tick(tour, 3*time.Second)
	if got := tour.Views()[0].Camera(); got != first {
		t.Errorf("without a picture of %s the tile shows %s", next, got)
	}
	s.deck.pending[next] = false
	s.tick(tour, 100*time.Millisecond)
	if got := tour.Views()[0].Camera(); got != next {
		t.Errorf("with a picture of %s the tile shows %s", next, got)
	}
	if len(s.deck.of(first)) != 0 {
		t.Errorf("%s is still open", first)
	}
	if got := tour.position(2); got[0] != "3/4 · bỏ qua 1: mất tín hiệu" || got[len(got)-1] != "3/4" {
		t.Errorf("says %q", got)
	}
	m := NewHands(s.h, s.env.Kit)
	m.Take(tour.Views()[0], tour)
	m.Rune(' ')
	held := tour.Views()[0].Camera()
	for range 5 {
		s.tick(tour, 10*time.Second)
	}
	if got := tour.Views()[0].Camera(); got != held || !tour.Paused() {
		t.Errorf("held at %s, shows %s", held, got)
	}
	m.Rune(' ')
	seen := map[string]bool{}
	for range 40 {
		s.tick(tour, time.Second)
		seen[tour.Views()[0].Camera()] = true
	}
	if len(seen) != 3 || seen["cam-02"] {
		t.Errorf("40 s show %v", seen)
	}
}

// TestTourOfTheDead: when all are out, all take turns with their faults.
func TestTourOfTheDead(t *testing.T) {
	s := newStage(t, 2)
	for _, id := range []string{"cam-01", "cam-02"} {
		s.health(id, world.CameraSilent)
		s.deck.state[id] = media.StateNoSignal
	}
	tour := NewTour(s.h, s.env, TourOptions{Pick: Pick{Area: "vn/quang-nam"}, Dwell: "1s"})
	s.put(tour, 960, 540)
	seen := map[string]bool{}
	for range 20 {
		s.tick(tour, time.Second)
		seen[tour.Views()[0].Camera()] = true
	}
	if len(seen) != 2 {
		t.Errorf("shows %v", seen)
	}
	if d := dwellOf("1s"); d != leastDwell {
		t.Errorf("a dwell of 1 s is %v", d)
	}
}

// TestSameTourEverywhere: two computers that show a tour show the same camera.
func TestSameTourEverywhere(t *testing.T) {
	a, b := rotation{dwell: 7 * time.Second}, rotation{dwell: 7 * time.Second}
	out := func(i int) bool { return i == 2 }
	for i := range 100 {
		at := noon.Add(time.Duration(i) * time.Second)
		got := a.now(at, 5, out)
		if i > 30 { // the other one begins later
			if other := b.now(at, 5, out); other.at != got.at {
				t.Fatalf("%v: %d and %d", at, got.at, other.at)
			}
		}
	}
}

// TestGrid: cells are cameras of their own, a dark one stays in its cell, more
// cameras than cells take turns.
func TestGrid(t *testing.T) {
	s := newStage(t, 12)
	s.deck.state["cam-05"] = media.StateNoSignal
	g := NewGrid(s.h, s.env, GridOptions{Pick: Pick{Area: "vn/quang-nam"}, Cells: 9})
	s.put(g, 1920, 1080)
	page := g.page
	if n := len(g.Views()); page == 0 && n != 9 || page == 1 && n != 3 {
		t.Fatalf("page %d has %d cells", page, n)
	}
	for g.page != 0 {
		s.tick(g, time.Second)
	}
	if v, _ := g.At(image.Pt(960, 540)); v == nil || v.Camera() != "cam-05" {
		t.Errorf("the middle cell is %+v", v)
	}
	kept := s.deck.of("cam-01")[0]
	g.Place(Spot{Rect: image.Rect(0, 0, 960, 540), Whole: image.Rect(0, 0, 960, 540), Lower: true})
	s.tick(g, time.Second)
	if got := s.deck.of("cam-01"); len(got) != 1 || got[0] != kept {
		t.Error("a moved grid opened its cameras anew")
	}
	for g.page != 1 {
		s.tick(g, time.Second)
	}
	if len(g.Views()) != 3 || len(s.deck.of("cam-01")) != 0 {
		t.Errorf("the second page has %d cells", len(g.Views()))
	}
	for n, want := range map[int]int{1: 1, 2: 4, 5: 9, 10: 16, 17: 25, 26: 36, 99: 36} {
		if got := gridOf(n); got != want {
			t.Errorf("%d cameras: a grid of %d, want %d", n, got, want)
		}
	}
}

// TestNothingToShow: a tour and a grid that choose no camera say so.
func TestNothingToShow(t *testing.T) {
	s := newStage(t, 1)
	none := Pick{Site: "nowhere"}
	for name, c := range map[string]Tile{"tour": NewTour(s.h, s.env, TourOptions{Pick: none}), "grid": NewGrid(s.h, s.env, GridOptions{Pick: none})} {
		s.put(c, 960, 540)
		s.tick(c, time.Second)
		if got := c.Object().Name(); got != "Không có camera nào để xem" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestPick(t *testing.T) {
	s := newStage(t, 4)
	p := PickOf(world.Tile{Params: []world.Param{{Key: "cameras", Value: "cam-03, cam-01"}}})
	if got := p.IDs(s.state); len(got) != 2 || got[0] != "cam-03" {
		t.Errorf("named: %v", got)
	}
	p = PickOf(world.Tile{Params: []world.Param{{Key: "site", Value: "hoi-an"}}})
	if got := p.IDs(s.state); len(got) != 2 || got[0] != "cam-02" {
		t.Errorf("of a site: %v", got)
	}
}

// TestGridOfTwins: a camera named twice has two cells, and both are closed when
// the page changes.
func TestGridOfTwins(t *testing.T) {
	s := newStage(t, 2)
	g := NewGrid(s.h, s.env, GridOptions{Pick: Pick{Named: []string{"cam-01", "cam-01", "cam-02"}}})
	s.put(g, 1280, 720)
	before := s.deck.of("cam-01")
	if len(before) != 2 {
		t.Fatalf("%d players", len(before))
	}
	g.Place(Spot{Rect: image.Rect(0, 0, 960, 540), Whole: image.Rect(0, 0, 960, 540), Lower: true})
	s.tick(g, time.Second)
	if after := s.deck.of("cam-01"); len(after) != 2 || after[0] != before[0] || after[1] != before[1] {
		t.Errorf("%d players after the grid moved", len(after))
	}
	g.Close()
	if left := s.deck.of("cam-01"); len(left) != 0 {
		t.Errorf("%d players are left", len(left))
	}
}

// TestReplayHoldsTheTurn: a tour and the pages of a grid wait while somebody looks
// at what was, and go on when the tile is live again.
func TestReplayHoldsTheTurn(t *testing.T) {
	s := newStage(t, 3)
	for name, c := range map[string]Tile{
		"tour": NewTour(s.h, s.env, TourOptions{Pick: Pick{Site: ""}, Dwell: "5s"}),
		"grid": NewGrid(s.h, s.env, GridOptions{Cells: 1, Dwell: "5s"}),
	} {
		s.put(c, 960, 540)
		v := c.Views()[0]
		r := &Replay{h: s.h, touched: s.now, speed: 2, index: -1, cancel: func() {}}
		v.replay = r
		for range 20 {
			s.tick(c, time.Second)
		}
		if got := c.Views()[0]; got != v || v.replay != r {
			t.Errorf("%s: went on to %s while somebody looked", name, got.Camera())
		}
		s.tick(c, idleLimit)
		for range 10 {
			s.tick(c, time.Second)
		}
		if got := c.Views()[0]; got == v {
			t.Errorf("%s: does not go on", name)
		}
		c.Close()
	}
}

// TestHeldTourStays: a tour that is held stays at its camera while others come
// into its area.
func TestHeldTourStays(t *testing.T) {
	s := newStage(t, 4)
	c := NewTour(s.h, s.env, TourOptions{Dwell: "5s"})
	s.put(c, 960, 540)
	c.Step(1)
	for range 4 {
		s.tick(c, time.Second)
	}
	was := c.Views()[0].Camera()
	s.add(world.CameraDefined{ID: "cam-00", Name: "Mới", Area: "vn/quang-nam"})
	for range 4 {
		s.tick(c, time.Second)
	}
	if got := c.Views()[0].Camera(); got != was {
		t.Errorf("held at %s, shows %s", was, got)
	}
	c.Step(1)
	for range 4 {
		s.tick(c, time.Second)
	}
	if got := c.Views()[0].Camera(); got == was {
		t.Error("a step does not leave the camera")
	}
}
