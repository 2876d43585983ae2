package atlas

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/geo"
	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/picture"
)

// hand is the map itself: what the mouse does on it, and the keyboard while it has
// it.
type hand struct {
	widget.BaseWidget
	a      *Atlas
	raster *canvas.Raster

	img   *image.RGBA // what the window has
	of    *picture.Picture
	at    geo.View
	down  image.Point
	from  image.Point // where a box or a drag began
	shift bool        // was held when the button went down
	held  bool        // the shift key, for Tab
	drag  dragging
	click struct {
		at   time.Time
		here image.Point
	}
}

// dragging is what a drag does.
type dragging int

const (
	dragNone dragging = iota
	dragMap
	dragBox
	dragCorner
)

// doubleClick is the longest time between two clicks that are one double click.
const doubleClick = 400 * time.Millisecond

var (
	_ desktop.Mouseable = (*hand)(nil)
	_ desktop.Hoverable = (*hand)(nil)
	_ desktop.Keyable   = (*hand)(nil)
	_ fyne.Draggable    = (*hand)(nil)
	_ fyne.Scrollable   = (*hand)(nil)
	_ fyne.Tabbable     = (*hand)(nil)
	_ fyne.Shortcutable = (*hand)(nil)
)

func newHand(a *Atlas) *hand {
	h := &hand{a: a}
	h.raster = canvas.NewRaster(h.pixels)
	h.raster.ScaleMode = canvas.ImageScalePixels
	h.ExtendBaseWidget(h)
	return h
}

// CreateRenderer is for Fyne.
func (h *hand) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(h.raster) }

// MinSize is 1×1: the face decides sizes.
func (h *hand) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

func (h *hand) px(p fyne.Position) image.Point { return image.Pt(h.a.px(p.X), h.a.px(p.Y)) }

// pixels is the newest picture, moved to where the map is now.
func (h *hand) pixels(w, ht int) image.Image {
	a, p := h.a, h.a.shown
	if p == nil || !a.placed {
		return image.NewUniform(a.h.Kit.Theme.Sea)
	}
	if p.View == a.view && p.Img.Rect.Dx() == w && p.Img.Rect.Dy() == ht {
		return p.Img
	}
	to := picture.Resized(a.view, image.Pt(w, ht))
	if h.img == nil || h.of != p || h.at != to {
		h.img, h.of, h.at = picture.Shifted(p.Img, p.View, to, a.h.Kit.Theme.Sea), p, to
	}
	return h.img
}

// MouseIn is for Fyne.
func (h *hand) MouseIn(e *desktop.MouseEvent) { h.MouseMoved(e) }

// MouseMoved says where the pointer is and what is under it.
func (h *hand) MouseMoved(e *desktop.MouseEvent) {
	a := h.a
	a.pointer, a.over = h.px(e.Position), true
	a.hover = ""
	if found := a.at(a.pointer); len(found) > 0 && !a.edit.Busy() {
		if refs := refsOf(found[:1]); len(refs) == 1 && found[0].Layer != "areas" {
			a.hover = refs[0]
		}
	}
	a.cursor = -1
	a.h.Poke()
}

// MouseOut lets go of what is under the pointer.
func (h *hand) MouseOut() {
	h.a.over, h.a.hover = false, ""
	h.a.h.Poke()
}

// MouseDown remembers where a click or a drag begins.
func (h *hand) MouseDown(e *desktop.MouseEvent) {
	h.down = h.px(e.Position)
	h.shift = e.Modifier&fyne.KeyModifierShift != 0
	h.drag = dragNone
	h.a.find.Hide()
	h.a.touch()
	h.a.h.Keyboard()
}

// MouseUp clicks, unless the mouse was dragged.
func (h *hand) MouseUp(e *desktop.MouseEvent) {
	if h.drag != dragNone || e.Button != desktop.MouseButtonPrimary {
		return
	}
	at, now := h.px(e.Position), h.a.h.Now()
	double := now.Sub(h.click.at) < doubleClick && picture.Apart(at, h.click.here) < float64(h.a.px(6))
	h.click.at, h.click.here = now, at
	if double {
		h.click.at = time.Time{}
	}
	h.a.clicked(at, double)
}

// clicked is a click at a pixel of the map.
func (a *Atlas) clicked(at image.Point, double bool) {
	switch {
	case a.edit.Click(at, double):
	case double:
		a.view = picture.Zoomed(a.view, at, 2)
		a.moved()
	default:
		a.pick(at)
	}
	a.touch()
}

// Dragged moves the map, a corner, or the edge of a box.
func (h *hand) Dragged(e *fyne.DragEvent) {
	a := h.a
	at := h.px(e.Position)
	if h.drag == dragNone {
		h.begin()
	}
	a.pointer, a.over = at, true
	switch h.drag {
	case dragBox:
		a.band = picture.Boxed(h.from, at)
		a.touch()
	case dragCorner:
		a.edit.Drag(a.view.Point(float64(at.X), float64(at.Y)))
	default:
		by := at.Sub(h.from)
		if by == (image.Point{}) {
			return
		}
		h.from = at
		a.follow = ""
		a.view = picture.Dragged(a.view, by)
		a.moved()
	}
}

// begin says what a drag that begins where the button went down will do.
func (h *hand) begin() {
	a := h.a
	h.from, h.drag = h.down, dragMap
	if a.edit.Grab(h.down) {
		h.drag = dragCorner
		return
	}
	if h.shift && !a.edit.Busy() || a.tool == toolBox {
		h.drag = dragBox
	}
}

// DragEnd chooses what a box holds, or drops a corner.
func (h *hand) DragEnd() {
	a := h.a
	switch h.drag {
	case dragBox:
		box := a.band
		a.band = image.Rectangle{}
		a.tool = toolHand
		a.chooseBox(box)
	case dragCorner:
		a.edit.Drop()
	}
	h.drag = dragNone
	a.touch()
}

// chooseBox chooses what lies in a box.
func (a *Atlas) chooseBox(box image.Rectangle) {
	found := a.in(box)
	kept := found[:0:0]
	for _, f := range found {
		if f.Layer != editor.Layer && f.Layer != "pin" {
			kept = append(kept, f)
		}
	}
	a.choose(refsOf(kept))
	if len(kept) == 0 {
		a.say(a.h.Lang.T("atlas.box.empty"))
	}
}

// Scrolled zooms at the pointer.
func (h *hand) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY == 0 {
		return
	}
	by := 1.0
	if e.Scrolled.DY < 0 {
		by = -1
	}
	at := h.px(e.Position)
	if h.a.follow != "" {
		at = image.Pt(h.a.view.Width/2, h.a.view.Height/2)
	}
	h.a.view = picture.Zoomed(h.a.view, at, by)
	h.a.moved()
}

// Cursor is a cross while the hand draws.
func (h *hand) Cursor() desktop.Cursor {
	if h.a.edit.Busy() || h.a.tool == toolBox {
		return desktop.CrosshairCursor
	}
	return desktop.DefaultCursor
}

// FocusGained is for Fyne.
func (h *hand) FocusGained() {}

// FocusLost is for Fyne.
func (h *hand) FocusLost() { h.held = false }

// AcceptsTab keeps Tab on the map until its symbols are through.
func (h *hand) AcceptsTab() bool { return true }

// KeyDown remembers Shift for Tab.
func (h *hand) KeyDown(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		h.held = true
	}
}

// KeyUp forgets it.
func (h *hand) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		h.held = false
	}
}

// TypedRune takes letters: the map is no field.
func (h *hand) TypedRune(r rune) {
	if e := h.a.h.Else.Rune; !h.a.Rune(r) && e != nil {
		e(r)
	}
}

// TypedKey takes keys.
func (h *hand) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyTab {
		h.tab()
		return
	}
	if other := h.a.h.Else.Key; !h.a.Key(e.Name) && other != nil {
		other(e.Name)
	}
}

// tab goes through the symbols, or the corners of what is in hand, and then on to
// what is beside the map.
func (h *hand) tab() {
	by := 1
	if h.held {
		by = -1
	}
	a := h.a
	var on bool
	if a.edit.Busy() && !a.edit.Drawing() {
		on = a.edit.NextCorner(by)
	} else {
		on = a.tab(by)
	}
	if on || fyne.CurrentApp() == nil {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(h); c != nil {
		if by > 0 {
			c.FocusNext()
		} else {
			c.FocusPrevious()
		}
	}
}

// TypedShortcut takes shortcuts.
func (h *hand) TypedShortcut(s fyne.Shortcut) {
	if other := h.a.h.Else.Shortcut; !h.a.Shortcut(s) && other != nil {
		other(s)
	}
}
