package ui

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/camera"
	"iocwall/ui/desk"
)

// handle is what reacts to the mouse on a tile: a click takes its camera in
// hand, a double click enlarges it, the wheel zooms, dragging moves what is
// enlarged.
type handle struct {
	widget.BaseWidget
	m      *mosaic
	on     *surface
	slot   *slot
	object fyne.CanvasObject
	double func(image.Point)
	dragOn *camera.View
}

func newHandle(m *mosaic, on *surface, sl *slot, double func(image.Point)) *handle {
	h := &handle{m: m, on: on, slot: sl, object: sl.content.object(), double: double}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is for Fyne.
func (h *handle) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.object) }

// MinSize is 1×1: the surface decides sizes.
func (h *handle) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// px is a place in the tile in device pixels.
func (h *handle) px(p fyne.Position) image.Point {
	d := h.m.density()
	return image.Pt(int(p.X*d), int(p.Y*d))
}

// Tapped takes the camera under the pointer in hand.
func (h *handle) Tapped(e *fyne.PointEvent) {
	v, _ := under(h.slot, h.px(e.Position))
	h.m.desk.Pick(h.slot.tile.ID)
	h.m.take(h.slot, v)
}

// DoubleTapped enlarges the tile.
func (h *handle) DoubleTapped(e *fyne.PointEvent) { h.double(h.px(e.Position)) }

// Scrolled zooms the camera under the pointer around that place.
func (h *handle) Scrolled(e *fyne.ScrollEvent) {
	if v, at := under(h.slot, h.px(e.Position)); v != nil && e.Scrolled.DY != 0 {
		h.m.u.hands.Wheel(v, at, float64(e.Scrolled.DY))
	}
}

// Dragged moves what is enlarged with the pointer.
func (h *handle) Dragged(e *fyne.DragEvent) {
	if h.dragOn == nil {
		h.dragOn, _ = under(h.slot, h.px(e.Position))
	}
	if h.dragOn != nil {
		h.m.u.hands.Drag(h.dragOn, h.px(fyne.NewPos(e.Dragged.DX, e.Dragged.DY)))
	}
}

// DragEnd lets go.
func (h *handle) DragEnd() { h.dragOn = nil }

// hasCameras reports whether tiles of a kind show cameras.
func hasCameras(kind string) bool { return kind == "camera" || kind == "tour" || kind == "grid" }

// take takes a camera of a slot in hand: the one named, or the first.
func (m *mosaic) take(sl *slot, v *camera.View) {
	t := camerasOf(sl.content)
	if t == nil {
		m.let()
		return
	}
	if v == nil {
		if all := t.Views(); len(all) > 0 {
			v = all[0]
		}
	}
	if was := m.u.hands.View(); was != nil && was != v {
		was.Choose(false)
	}
	m.u.hands.Take(v, t)
	m.held = sl
	if v != nil && (m.zoom == nil || len(t.Views()) > 1) {
		v.Choose(true)
	}
	m.u.poke()
}

// let lets go of what is in hand.
func (m *mosaic) let() {
	if v := m.u.hands.View(); v != nil {
		v.Choose(false)
	}
	m.u.hands.Take(nil, nil)
	m.held = nil
}

// holds reports whether the camera in hand is on a slot.
func (m *mosaic) holds(sl *slot) bool {
	if t := camerasOf(sl.content); t != nil {
		for _, v := range t.Views() {
			if v == m.u.hands.View() {
				return true
			}
		}
	}
	return false
}

// shows reports whether a slot is still on the wall or enlarged.
func (m *mosaic) shows(sl *slot) bool {
	for _, s := range m.surfaces() {
		if slices.Contains(s.slots, sl) {
			return true
		}
	}
	return false
}

// deeper enlarges one camera of an enlarged grid, or goes back to the wall.
func (m *mosaic) deeper(at image.Point) {
	sl := m.zoom.slots[0]
	if v, _ := under(sl, at); v != nil && sl.tile.Kind == "grid" && m.single == "" {
		m.single = v.Camera()
		m.let()
		m.enlarge(m.zoomed)
		return
	}
	m.leave()
}

// rune takes letters: hands first, then the desk.
func (m *mosaic) rune(r rune) {
	switch {
	case m.mapUp():
		m.chart.a.Rune(r)
	case m.u.hands.Rune(r):
	case r == 'p' || r == 'P':
		m.hush()
	default:
		m.desk.Rune(r)
	}
}

// hush switches between all of the truth on tiles and only what is wrong.
func (m *mosaic) hush() {
	m.u.quiet = !m.u.quiet
	m.desk.Quiet(m.u.quiet)
	for _, s := range m.surfaces() {
		for _, sl := range s.slots {
			if t := camerasOf(sl.content); t != nil {
				for _, v := range t.Views() {
					v.Choose(v.Chosen())
				}
			}
		}
	}
	m.u.poke()
}

// tools brings the hands up to date, and what the desk says of them.
func (m *mosaic) tools(now time.Time) {
	h := m.u.hands
	if m.win.Canvas().Focused() != nil {
		h.Unheard()
	}
	// A tour or a grid may show other cameras than when it was taken in hand.
	switch {
	case m.held == nil:
	case !m.shows(m.held):
		m.let() // nobody's keys act on what is not to be seen
	case !m.holds(m.held):
		m.take(m.held, nil)
	}
	said := h.Said()
	if said == "" {
		said = h.Holder(now)
	}
	status := ""
	if m.u.o.Status != nil {
		status = m.u.o.Status()
	}
	if m.mapUp() {
		m.desk.Note(m.chart.a.Said(), status)
		m.desk.Keys(m.u.lang.T("atlas.foot.keys"))
		m.desk.SetTools(m.mapTools())
		return
	}
	m.desk.Keys("")
	m.desk.Note(said, status)
	var tools []desk.Tool
	if m.zoom != nil {
		for _, a := range h.Actions() {
			tools = append(tools, desk.Tool(a))
		}
	}
	m.desk.InHand(h.View() != nil)
	m.desk.SetTools(tools)
}
