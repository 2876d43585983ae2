package ui

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"

	"iocwall/ui/camera"
	"iocwall/ui/look"
	"iocwall/ui/page"
)

// board is a place for live tiles within a page. Beside what page.Board says, a
// camera on it can be taken in hand.
type board struct {
	s       *seat
	on      *surface
	scale   look.Scale // of text on its tiles, zero for that of the desk
	double  func(tile string, at image.Point)
	lingers bool // it stays for a moment when it is closed
	closed  bool
}

func (s *seat) newBoard() *board {
	env := s.Env()
	b := &board{s: s, on: newSurface(s.u, env, s.win), double: func(string, image.Point) {}}
	b.on.wrap = func(sl *slot) fyne.CanvasObject { return newHandle(b, sl) }
	b.on.covered = s.covered
	s.boards = append(s.boards, b)
	return b
}

// Object is what the page shows of it.
func (b *board) Object() fyne.CanvasObject { return b.on.root }

// Lay puts tiles on the board.
func (b *board) Lay(spots []page.Spot) {
	if b.closed {
		return
	}
	b.resize()
	b.on.lay(spotsOf(spots))
	if b.on.hidden {
		b.on.show(false)
	}
}

// Prepare opens tiles that are laid soon, unseen; nil for none.
func (b *board) Prepare(spots []page.Spot) {
	if !b.closed {
		b.on.prepare(spotsOf(spots))
	}
}

// Show stops what nobody sees.
func (b *board) Show(visible bool) {
	if !visible && slices.Contains(b.on.slots, b.s.grip.held) {
		b.s.grip.let()
	}
	b.on.show(visible)
}

// Close ends all tiles.
func (b *board) Close() {
	if b.closed {
		return
	}
	b.closed = true
	b.s.boards = slices.DeleteFunc(b.s.boards, func(o *board) bool { return o == b })
	b.on.show(false)
	if b.lingers {
		b.s.leaving = append(b.s.leaving, b)
		return
	}
	b.end()
}

func (b *board) end() { b.on.close() }

// Scale sets the size of text on the tiles: that of a wall seen from afar.
func (b *board) Scale(sc look.Scale) {
	b.scale = sc
	b.resize()
}

// Alone says that there is one tile, looked at by itself.
func (b *board) Alone(is bool) { b.on.alone = is }

// OnDouble sets what a double click on a tile does; the point is one of the tile's
// pixels.
func (b *board) OnDouble(f func(tile string, at image.Point)) { b.double = f }

// Take takes a camera of a tile in hand: the one at a point of it, or its first
// where there is none. It reports whether there is one.
func (b *board) Take(tile string, at image.Point) bool {
	for _, sl := range b.on.slots {
		if sl.tile.ID == tile {
			v, _ := under(sl, at)
			b.s.grip.take(sl, v)
			return b.s.u.hands.View() != nil
		}
	}
	return false
}

// Under returns the camera at a point of a tile, empty without one.
func (b *board) Under(tile string, at image.Point) string {
	for _, sl := range b.on.slots {
		if sl.tile.ID == tile {
			if v, _ := under(sl, at); v != nil {
				return v.Camera()
			}
		}
	}
	return ""
}

// Wheel zooms the camera at a point of a tile.
func (b *board) Wheel(tile string, at image.Point, notches float64) {
	for _, sl := range b.on.slots {
		if sl.tile.ID == tile {
			if v, in := under(sl, at); v != nil {
				b.s.u.hands.Wheel(v, in, notches)
			}
		}
	}
}

// Veil keeps pictures off their planes while something is drawn over them.
func (b *board) Veil(on bool) {
	b.on.veiled = on
	b.on.cover()
}

// resize follows the window's density and the size of text.
func (b *board) resize() {
	d := b.s.density()
	sc := b.scale
	if sc == (look.Scale{}) {
		sc = b.s.Env().Scale
	}
	b.on.rescale(sc, d)
}

func spotsOf(spots []page.Spot) []spot {
	out := make([]spot, 0, len(spots))
	for _, s := range spots {
		if s.Rect.Dx() >= 2 && s.Rect.Dy() >= 2 {
			out = append(out, spot{tile: s.Tile, rect: s.Rect, whole: s.Rect, rows: 1})
		}
	}
	return out
}

// covered reports whether something lies over a place of the window, in device
// pixels.
func (s *seat) covered(o fyne.CanvasObject, r image.Rectangle) bool {
	if len(s.over) == 0 {
		return false
	}
	d := s.density()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	r = r.Add(image.Pt(int(at.X*d), int(at.Y*d)))
	return slices.ContainsFunc(s.over, r.Overlaps)
}

// Has reports whether a camera is on one of the tiles.
func (b *board) Has(v *camera.View) bool {
	return slices.ContainsFunc(b.on.slots, func(sl *slot) bool {
		t := camerasOf(sl.content)
		return t != nil && slices.Contains(t.Views(), v)
	})
}
