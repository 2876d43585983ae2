package camera

import (
	"fmt"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/server/world"
)

// turningGrid is a grid of 12 cameras on pages of 9 that has just shown its first page.
func turningGrid(t *testing.T) (*stage, *Grid) {
	t.Helper()
	s := newStage(t, 12)
	s.now = time.Unix(1_800_000_000, 0) // the first page's, of ten seconds
	g := NewGrid(s.h, s.env, GridOptions{Pick: Pick{Area: "vn/quang-nam"}, Cells: 9})
	s.put(g, 1920, 1080)
	if g.page != 0 || len(g.Views()) != 9 {
		t.Fatalf("begins with page %d of %d cells", g.page, len(g.Views()))
	}
	return s, g
}

// TestPagesAreOpenedBefore: the cameras of the next page of a grid are opened before
// its turn, and the page changes when they have pictures.
func TestPagesAreOpenedBefore(t *testing.T) {
	s, g := turningGrid(t)
	s.tick(g, 6*time.Second)
	if n := len(s.deck.opened); n != 9 {
		t.Fatalf("%d players 4 s before the turn", n)
	}
	s.tick(g, 2*time.Second)
	for _, id := range []string{"cam-10", "cam-11", "cam-12"} {
		ready := s.deck.of(id)
		if len(ready) != 1 || !ready[0].preload || !ready[0].view.Empty() {
			t.Fatalf("2 s before its turn %s is %+v", id, ready)
		}
		s.deck.pending[id] = true
	}
	s.tick(g, 2100*time.Millisecond)
	if g.page != 0 || len(s.deck.of("cam-01")) != 1 {
		t.Error("the page changed to cells without a picture")
	}
	if p := s.deck.of("cam-10")[0]; p.view.Empty() {
		t.Error("what is to be shown is not decoded")
	}
	s.deck.pending = map[string]bool{}
	s.deck.state["cam-11"] = media.StateNoSignal
	s.tick(g, 100*time.Millisecond)
	if g.page != 1 || len(g.Views()) != 3 {
		t.Fatalf("with pictures it is page %d of %d cells", g.page, len(g.Views()))
	}
	for _, v := range g.Views() {
		if n := len(s.deck.of(v.Camera())); n != 1 || s.deck.of(v.Camera())[0].preload {
			t.Errorf("%s has %d players", v.Camera(), n)
		}
		if v.t.Seq() == 0 && v.Camera() != "cam-11" {
			t.Errorf("the cell of %s has no picture when it is shown", v.Camera())
		}
	}
	if n := len(s.deck.opened); n != 12 {
		t.Errorf("%d players were opened", n)
	}
	for i := range 9 {
		if id := fmt.Sprintf("cam-%02d", i+1); len(s.deck.of(id)) != 0 {
			t.Errorf("%s is still open", id)
		}
	}
}

// TestADeadCameraHoldsNoPage: the page changes after a time, whatever comes.
func TestADeadCameraHoldsNoPage(t *testing.T) {
	s, g := turningGrid(t)
	s.deck.pending["cam-12"] = true
	s.tick(g, 10*time.Second)
	if g.page != 0 {
		t.Fatal("the page changed to a cell without a picture")
	}
	s.tick(g, patience)
	if g.page != 1 || len(s.deck.of("cam-12")) != 1 {
		t.Errorf("after %v it is page %d", patience, g.page)
	}
}

// TestHiddenGridOpensNothing: pages that nobody sees go on, and none is opened before
// its turn.
func TestHiddenGridOpensNothing(t *testing.T) {
	s, g := turningGrid(t)
	s.tick(g, 8*time.Second)
	g.Hide(true)
	if n := len(s.deck.of("cam-10")); n != 0 {
		t.Errorf("%d players of the next page are left", n)
	}
	s.tick(g, time.Second)
	if n := len(s.deck.opened); n != 12 {
		t.Errorf("hidden: %d players were opened", n)
	}
	s.tick(g, time.Second)
	if g.page != 1 {
		t.Errorf("hidden: page %d", g.page)
	}
	g.Hide(false)
	s.tick(g, 8*time.Second)
	if n := len(s.deck.of("cam-01")); n != 1 {
		t.Errorf("seen again: %d players of the next page", n)
	}
	g.Close()
	for _, p := range s.deck.opened {
		if !p.closed {
			t.Fatalf("%s is left open", p.id)
		}
	}
}

// TestPagesShareCameras: a camera that is on this page and the next is not opened
// twice, and goes on in its new cell.
func TestPagesShareCameras(t *testing.T) {
	s := newStage(t, 5)
	s.now = time.Unix(1_800_000_000, 0)
	g := NewGrid(s.h, s.env, GridOptions{Cells: 4, Pick: Pick{Named: []string{"cam-01", "cam-02", "cam-02", "cam-03", "cam-02", "cam-01", "cam-04"}}})
	s.put(g, 1280, 720)
	kept := s.deck.of("cam-01")[0]
	s.tick(g, 8*time.Second)
	if a, b, n := s.deck.of("cam-01"), s.deck.of("cam-02"), len(s.deck.opened); len(a) != 1 || len(b) != 2 || n != 5 {
		t.Errorf("before the change %d and %d players, %d were opened", len(a), len(b), n)
	}
	s.tick(g, 2*time.Second)
	if a, b := s.deck.of("cam-01"), s.deck.of("cam-02"); g.page != 1 || len(a) != 1 || a[0] != kept || len(b) != 1 || len(s.deck.opened) != 5 {
		t.Errorf("page %d: %d and %d players, %d were opened", g.page, len(a), len(b), len(s.deck.opened))
	}
}

// TestAGridThatMovesBeforeItsTurn keeps the page that is shown, at its new place.
func TestAGridThatMovesBeforeItsTurn(t *testing.T) {
	s, g := turningGrid(t)
	s.deck.pending["cam-10"] = true
	s.tick(g, 10*time.Second)
	s.put(g, 960, 540)
	if g.page != 0 || len(g.Views()) != 9 || g.Views()[8].at.Rect.Max.X != 960 {
		t.Errorf("moved, it is page %d of %d cells", g.page, len(g.Views()))
	}
	s.deck.pending = map[string]bool{}
	s.tick(g, 100*time.Millisecond)
	if v := g.Views(); g.page != 1 || len(v) != 3 || v[2].at.Rect.Max.X != 960 || len(s.deck.of("cam-10")) != 1 {
		t.Errorf("then page %d of %d cells", g.page, len(v))
	}
	// The cameras become other ones while the next page is opened.
	s.tick(g, 8*time.Second)
	s.add(world.CameraDefined{ID: "cam-00", Name: "Mới", Area: "vn/quang-nam"})
	s.tick(g, 2*time.Second)
	if v := g.Views(); g.page != 0 || v[0].Camera() != "cam-00" || len(s.deck.of("cam-08")) != 1 || len(s.deck.of("cam-09")) != 0 {
		t.Errorf("with another camera page %d begins with %s", g.page, v[0].Camera())
	}
}
