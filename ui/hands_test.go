package ui

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/act"
	"iocwall/server/world"
)

// handleOf finds what reacts to the mouse on a tile.
func handleOf(t *testing.T, s *surface, id string) *handle {
	t.Helper()
	for _, sl := range s.slots {
		if sl.tile.ID == id {
			return sl.holder.(*handle)
		}
	}
	t.Fatalf("no tile %q", id)
	return nil
}

// TestHandsOnTheMosaic: the wheel zooms the camera under the pointer, a click
// takes it in hand for the keys, Escape lets go.
func TestHandsOnTheMosaic(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	h := handleOf(t, m.board(), "cam-01")
	s := h.Size()
	middle := fyne.NewPos(s.Width/2, s.Height/3)
	h.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: middle}, Scrolled: fyne.Delta{DY: 10}})
	b.tick(0)
	b.tick(0)
	p := b.players["cam-01"]
	if p.view.Part.Whole() {
		t.Fatalf("after the wheel the camera is asked for %+v", p.view)
	}
	was := p.view.Part
	h.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: middle}, Dragged: fyne.Delta{DX: 30}})
	h.DragEnd()
	b.tick(0)
	b.tick(0)
	if p.view.Part.X0 >= was.X0 {
		t.Errorf("dragged from %+v to %+v", was, p.view.Part)
	}
	h.Tapped(&fyne.PointEvent{Position: middle})
	keys := m.win.Canvas()
	keys.OnTypedRune()('0')
	b.tick(0)
	b.tick(0)
	if !p.view.Part.Whole() {
		t.Errorf("after 0: %+v", p.view)
	}
	keys.OnTypedRune()('e')
	if sent := b.feed.commands(); len(sent) != 1 {
		t.Errorf("E sent %+v", sent)
	} else if a, ok := sent[0].Act.(act.SaveClip); !ok || a.Camera != "cam-01" {
		t.Errorf("E sent %+v", sent[0].Act)
	}
	keys.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if m.u.hands.View() != nil {
		t.Error("Escape does not let go")
	}
}

// TestEvidenceIsOfTheServersClock: what is asked for of the past is asked for by the
// clock of who kept it, whatever this computer's says.
func TestEvidenceIsOfTheServersClock(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	keys := m.win.Canvas()
	for _, off := range []time.Duration{90 * time.Second, -10 * time.Minute} {
		b.ui.model.link.Offset = off.Milliseconds()
		h := handleOf(t, m.board(), "cam-01")
		s := h.Size()
		h.Tapped(&fyne.PointEvent{Position: fyne.NewPos(s.Width/2, s.Height/3)})
		before := len(b.feed.commands())
		keys.OnTypedRune()('e')
		sent := b.feed.commands()
		if len(sent) != before+1 {
			t.Fatalf("%d commands", len(sent)-before)
		}
		a := sent[before].Act.(act.SaveClip)
		if server := world.TimeOf(b.now.Add(off)); server < a.From || server > a.To {
			t.Errorf("off by %v: it is %v at the server, evidence is of %v to %v", off, server.Std(), a.From.Std(), a.To.Std())
		}
		keys.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
		b.tick(time.Second)
	}
}

// TestHandsOnTheEnlarged: an enlarged camera has its buttons, and its tile says
// all of the truth.
func TestHandsOnTheEnlarged(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	m.enlarge("cam-01")
	b.tick(time.Second)
	if got := m.page().Tools().Names(); !strings.HasPrefix(got, "Chụp ảnh|Lưu bằng chứng|") {
		t.Errorf("buttons %q", got)
	}
	if !m.page().Tools().Press("+") {
		t.Error("no button to zoom")
	}
	m.u.hands.Enlarge(1)
	b.tick(time.Second)
	b.settle()
	keep(t, "zoomed-camera", shoot(m.win, 1920, 1080))
	m.win.Canvas().OnTypedRune()('p')
	b.tick(time.Second)
	b.settle()
	keep(t, "zoomed-camera-quiet", shoot(m.win, 1920, 1080))
	if !b.ui.quiet {
		t.Error("P does nothing")
	}
	m.enlarge("")
	b.settle()
	keep(t, "mosaic-quiet", shoot(m.win, 1920, 1080))
}

// gridScene puts a grid and a tour beside each other on the bench's wall.
func gridScene(b *bench) {
	_, sc, _, _ := b.ui.model.wall("")
	next := sc.SceneSaved
	next.Version++
	ids := world.Param{Key: "cameras", Value: "cam-01,cam-02,cam-03,cam-04,cam-05,cam-06,cam-11,cam-12,cam-10"}
	next.Tiles = []world.Tile{
		{ID: "grid", Kind: "grid", X: 0, Y: 0, W: 800, H: 684, Params: []world.Param{ids}},
		{ID: "tour", Kind: "tour", X: 810, Y: 0, W: 400, H: 684, Params: []world.Param{ids, {Key: "dwell", Value: "5s"}}},
	}
	b.tick(time.Second)
	b.give(b.event(next))
}

// TestGridAndTourOnTheMosaic: a double click enlarges the grid, another one the
// camera under the pointer.
func TestGridAndTourOnTheMosaic(t *testing.T) {
	b, m := openMosaic(t)
	gridScene(b)
	b.settle()
	keep(t, "mosaic-grid", shoot(m.win, 1920, 1080))
	m.double("grid")
	b.settle()
	keep(t, "zoomed-grid", shoot(m.win, 1920, 1080))
	h := handleOf(t, m.zoom(), "zoom:grid")
	s := h.Size()
	h.DoubleTapped(&fyne.PointEvent{Position: fyne.NewPos(s.Width/2, s.Height/2)})
	b.settle()
	if _, single := m.page().Zoomed(); single != "cam-05" || m.u.hands.View() == nil || m.u.hands.View().Camera() != "cam-05" {
		t.Errorf("enlarged %q", single)
	}
	m.win.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	m.enlarge("tour")
	b.tick(time.Second)
	if got := m.page().Tools().Names(); !strings.Contains(got, "Dừng vòng") {
		t.Errorf("buttons of a tour: %q", got)
	}
}
