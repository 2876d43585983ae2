package board

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/scene"
	"iocwall/server/world"
)

var (
	_ desktop.Mouseable   = (*Board)(nil)
	_ desktop.Cursorable  = (*Board)(nil)
	_ desktop.Hoverable   = (*Board)(nil)
	_ fyne.Draggable      = (*Board)(nil)
	_ fyne.Focusable      = (*Board)(nil)
	_ fyne.DoubleTappable = (*Board)(nil)
	_ fyne.Scrollable     = (*Board)(nil)
	_ fyne.Shortcutable   = (*Board)(nil)
)

func (b *Board) pixel(p fyne.Position) image.Point {
	d := b.density()
	return image.Pt(int(p.X*d), int(p.Y*d))
}

// MouseDown gives the wall the keyboard.
func (b *Board) MouseDown(e *desktop.MouseEvent) {
	b.down = b.pixel(e.Position)
	if w := b.d.Window(); w != nil {
		w.Canvas().Focus(b)
	}
}

// MouseUp is for Fyne.
func (b *Board) MouseUp(*desktop.MouseEvent) {}

// MouseIn, MouseMoved and MouseOut follow the pointer, for its form.
func (b *Board) MouseIn(e *desktop.MouseEvent) { b.pointer = b.pixel(e.Position) }

// MouseMoved is for Fyne.
func (b *Board) MouseMoved(e *desktop.MouseEvent) { b.pointer = b.pixel(e.Position) }

// MouseOut is for Fyne.
func (b *Board) MouseOut() {}

// Cursor shows what a hand would take.
func (b *Board) Cursor() desktop.Cursor {
	t, _ := b.at(b.pointer)
	if t.ID == "" || t.Layer != world.LayerScene || !b.d.May("scene.save") {
		return desktop.DefaultCursor
	}
	switch g := b.grip(t, b.pointer); {
	case g.left || g.right:
		return desktop.HResizeCursor
	case g.top || g.bottom:
		return desktop.VResizeCursor
	}
	return desktop.PointerCursor
}

// Tapped chooses the tile and the screen under the pointer.
func (b *Board) Tapped(e *fyne.PointEvent) {
	if b.hold != nil && b.hold.keys {
		b.hold.there = true
		b.aim(b.pixel(e.Position))
		b.release()
		return
	}
	t, screen := b.at(b.pixel(e.Position))
	b.choose(t.ID, screen)
}

// DoubleTapped opens the tile under the pointer.
func (b *Board) DoubleTapped(e *fyne.PointEvent) {
	p := b.pixel(e.Position)
	if t, _ := b.at(p); t.ID != "" {
		b.o.Opened(t.ID, p.Sub(b.plan.Rect(scene.RectOf(t.Tile)).Min))
	}
}

// Scrolled hands the wheel on.
func (b *Board) Scrolled(e *fyne.ScrollEvent) {
	p := b.pixel(e.Position)
	if t, _ := b.at(p); t.ID != "" && e.Scrolled.DY != 0 {
		b.o.Wheel(t.ID, p.Sub(b.plan.Rect(scene.RectOf(t.Tile)).Min), float64(e.Scrolled.DY))
	}
}

// Dragged moves a tile, or an edge of it.
func (b *Board) Dragged(e *fyne.DragEvent) {
	if b.hold == nil && !b.grab(b.down) || b.hold == nil {
		return
	}
	b.carry(b.pixel(e.Position))
}

// DragEnd drops what was dragged.
func (b *Board) DragEnd() {
	if b.hold != nil && !b.hold.keys {
		b.release()
	}
}

// FocusGained and FocusLost show who has the keyboard.
func (b *Board) FocusGained() { b.has = true; b.spread() }

// FocusLost is for Fyne.
func (b *Board) FocusLost() {
	b.has = false
	if b.hold != nil && b.hold.keys {
		b.Cancel()
	}
	b.spread()
}

// TypedRune takes letters and signs.
func (b *Board) TypedRune(r rune) {
	if b.Rune(r) {
		return
	}
	if f := b.d.Window().Canvas().OnTypedRune(); f != nil {
		f(r)
	}
}

// TypedKey takes keys.
func (b *Board) TypedKey(e *fyne.KeyEvent) {
	if b.key(e.Name) {
		return
	}
	if f := b.d.Window().Canvas().OnTypedKey(); f != nil {
		f(e)
	}
}

// TypedShortcut hands shortcuts on to the window.
func (b *Board) TypedShortcut(s fyne.Shortcut) {
	if c, ok := b.d.Window().Canvas().(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// Rune takes a sign while something is held: other parts of the screen.
func (b *Board) Rune(r rune) bool {
	if b.hold == nil || !b.hold.keys {
		return false
	}
	switch r {
	case '+', '=':
		b.turn(1)
	case '-', '_':
		b.turn(-1)
	case ' ':
		b.release()
	default:
		return false
	}
	return true
}

// turn takes the next part of the screen.
func (b *Board) turn(by int) {
	h, all := b.hold, forms()
	h.form = (h.form + by + len(all)) % len(all)
	w, _, _, _ := b.d.Wall()
	h.at = b.part(w.WallDefined, b.screen, all[h.form])
	b.judge()
	b.touch()
}

func (b *Board) key(k fyne.KeyName) bool {
	dx, dy := 0, 0
	switch k {
	case fyne.KeyLeft:
		dx = -1
	case fyne.KeyRight:
		dx = 1
	case fyne.KeyUp:
		dy = -1
	case fyne.KeyDown:
		dy = 1
	case fyne.KeyEscape:
		if b.hold == nil {
			return false
		}
		b.Cancel()
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		return b.enter()
	case fyne.KeyDelete, fyne.KeyBackspace:
		if b.hold == nil && b.picked != "" && b.d.May("scene.save") {
			b.Remove()
			return true
		}
		return false
	default:
		return false
	}
	b.arrow(dx, dy)
	return true
}

// enter drops what is held, or takes the chosen tile in hand.
func (b *Board) enter() bool {
	if b.hold != nil {
		b.release()
		return true
	}
	t, on := b.tileOf(b.picked)
	if !on || !b.d.May("scene.save") {
		return false
	}
	if t.Layer != world.LayerScene {
		b.d.Say(world.Notice, b.env.Lang.T("board.notscene"))
		return true
	}
	b.Place(Item{Title: Name(b.env.Lang, b.d.State(), t.Tile), Tile: t.Tile})
	return true
}

// arrow goes to the next screen: with what is held, with Shift of its far edge, or
// with the choice.
func (b *Board) arrow(dx, dy int) {
	w, _, _, _ := b.d.Wall()
	to := b.beside(w.WallDefined, dx, dy)
	h := b.hold
	switch {
	case h == nil:
		b.PickScreen(to)
		return
	case b.shift():
		if h.first == 0 {
			h.first = b.screen
		}
		h.at = b.span(w.WallDefined, h.first, to)
	case h.item.Tile.ID != "" && h.form == 0:
		p, q := b.whole(w.WallDefined, b.screen, ""), b.whole(w.WallDefined, to, "")
		r := h.at
		r.X, r.Y = r.X+q.X-p.X, r.Y+q.Y-p.Y
		if _, at, ok := scene.Snap(w.WallDefined, r); ok {
			h.at = at
		}
		h.first = 0
	default:
		h.at, h.first = b.part(w.WallDefined, to, forms()[h.form]), 0
	}
	b.screen = to
	b.judge()
	b.touch()
}

// beside is the screen nearest to the chosen one in a direction, itself at the edge.
func (b *Board) beside(w world.WallDefined, dx, dy int) int {
	at := b.whole(w, b.screen, "")
	if at.W == 0 && len(w.Screens) > 0 {
		return w.Screens[0].ID
	}
	x, y := at.X+at.W/2, at.Y+at.H/2
	best, least := b.screen, math.Inf(1)
	for _, s := range w.Screens {
		u, v := s.X+s.W/2-x, s.Y+s.H/2-y
		along, across := u*float64(dx)+v*float64(dy), math.Abs(u*float64(dy))+math.Abs(v*float64(dx))
		if along < 1 || across > along {
			continue
		}
		if d := along + 2*across; d < least {
			best, least = s.ID, d
		}
	}
	return best
}
