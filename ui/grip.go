package ui

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/camera"
)

// grip is on which tile the camera in hand is.
type grip struct {
	s    *seat
	held *slot
}

// take takes a camera of a slot in hand: the one named, or the first.
func (g *grip) take(sl *slot, v *camera.View) {
	t := camerasOf(sl.content)
	if t == nil {
		g.let()
		return
	}
	if v == nil {
		if all := t.Views(); len(all) > 0 {
			v = all[0]
		}
	}
	hands := g.s.u.hands
	if was := hands.View(); was != nil && was != v {
		was.Choose(false)
	}
	hands.Take(v, t)
	g.held = sl
	if v != nil && (!g.alone(sl) || len(t.Views()) > 1) {
		v.Choose(true)
	}
	g.s.u.poke()
}

// let lets go of what is in hand.
func (g *grip) let() {
	hands := g.s.u.hands
	if v := hands.View(); v != nil {
		v.Choose(false)
	}
	hands.Take(nil, nil)
	g.held = nil
}

// alone reports whether a slot is looked at by itself.
func (g *grip) alone(sl *slot) bool {
	return slices.ContainsFunc(g.s.boards, func(b *board) bool { return b.on.alone && slices.Contains(b.on.slots, sl) })
}

// holds reports whether the camera in hand is on the slot.
func (g *grip) holds(sl *slot) bool {
	t := camerasOf(sl.content)
	return t != nil && slices.Contains(t.Views(), g.s.u.hands.View())
}

// settle keeps hands on what is to be seen: nobody's keys act on what is gone. A
// tour or a grid may show other cameras than when it was taken in hand.
func (g *grip) settle() {
	if g.s.win != nil && g.s.win.Canvas().Focused() != nil {
		g.s.u.hands.Unheard()
	}
	if g.held == nil {
		return
	}
	there := slices.ContainsFunc(g.s.boards, func(b *board) bool { return slices.Contains(b.on.slots, g.held) })
	switch {
	case !there:
		g.let()
	case !g.holds(g.held):
		g.take(g.held, nil)
	}
}

// handle is what reacts to the mouse on a tile: a click takes its camera in hand,
// the wheel zooms, dragging moves what is enlarged.
type handle struct {
	widget.BaseWidget
	b      *board
	slot   *slot
	object fyne.CanvasObject
	dragOn *camera.View
}

func newHandle(b *board, sl *slot) *handle {
	h := &handle{b: b, slot: sl, object: sl.content.object()}
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is for Fyne.
func (h *handle) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.object) }

// MinSize is 1×1: the surface decides sizes.
func (h *handle) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// px is a place in the tile in device pixels.
func (h *handle) px(p fyne.Position) image.Point {
	d := h.b.s.density()
	return image.Pt(int(p.X*d), int(p.Y*d))
}

// Tapped takes the camera under the pointer in hand.
func (h *handle) Tapped(e *fyne.PointEvent) {
	v, _ := under(h.slot, h.px(e.Position))
	h.b.s.grip.take(h.slot, v)
}

// DoubleTapped asks the page.
func (h *handle) DoubleTapped(e *fyne.PointEvent) { h.b.double(h.slot.tile.ID, h.px(e.Position)) }

// Scrolled zooms the camera under the pointer around that place.
func (h *handle) Scrolled(e *fyne.ScrollEvent) {
	if v, at := under(h.slot, h.px(e.Position)); v != nil && e.Scrolled.DY != 0 {
		h.b.s.u.hands.Wheel(v, at, float64(e.Scrolled.DY))
	}
}

// Dragged moves what is enlarged with the pointer.
func (h *handle) Dragged(e *fyne.DragEvent) {
	if h.dragOn == nil {
		h.dragOn, _ = under(h.slot, h.px(e.Position))
	}
	if h.dragOn != nil {
		h.b.s.u.hands.Drag(h.dragOn, h.px(fyne.NewPos(e.Dragged.DX, e.Dragged.DY)))
	}
}

// DragEnd lets go.
func (h *handle) DragEnd() { h.dragOn = nil }
