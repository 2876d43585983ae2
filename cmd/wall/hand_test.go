//go:build xvfb

package main_test

import (
	"image"
	"image/color"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"
)

// hand is a person's hands on the keyboard and the mouse of a display. Unlike
// display.press it leaves the pointer where it is.
type hand struct {
	*display
	keys  []xproto.Keysym
	per   int
	first byte
}

// More keys without a letter, as X names them.
const (
	keyTab       = 0xFF09
	keyBackSpace = 0xFF08
	keyShift     = 0xFFE1
	keyAlt       = 0xFFE9
	keyRight     = 0xFF53
	keyDown      = 0xFF54
	keyHome      = 0xFF50
)

// keyGap is between two keys of somebody who types fast.
const keyGap = 35 * time.Millisecond

// newHand reads what the keys of a display are.
func newHand(tb testing.TB, d *display) *hand {
	tb.Helper()
	if err := xtest.Init(d.conn); err != nil {
		tb.Fatal(err)
	}
	setup := xproto.Setup(d.conn)
	keys, err := xproto.GetKeyboardMapping(d.conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		tb.Fatal(err)
	}
	return &hand{display: d, keys: keys.Keysyms, per: int(keys.KeysymsPerKeycode), first: byte(setup.MinKeycode)}
}

// take gives the window that fills the screen the keyboard: without a window manager
// nobody does.
func (h *hand) take() {
	h.tb.Helper()
	tree, err := xproto.QueryTree(h.conn, h.root).Reply()
	if err != nil {
		h.tb.Fatal(err)
	}
	for _, w := range tree.Children {
		if g, err := xproto.GetGeometry(h.conn, xproto.Drawable(w)).Reply(); err == nil && int(g.Width) == h.bounds.Dx() {
			xproto.SetInputFocus(h.conn, xproto.InputFocusPointerRoot, w, xproto.TimeCurrentTime)
			return
		}
	}
	h.tb.Fatalf("no window of %d windows fills %s", len(tree.Children), h.name)
}

// key returns the key of a letter or of a name of X, and whether it needs Shift.
func (h *hand) key(sym rune) (code byte, shift bool) {
	h.tb.Helper()
	for i, s := range h.keys {
		if s == xproto.Keysym(sym) && i%h.per < 2 {
			return h.first + byte(i/h.per), i%h.per == 1
		}
	}
	h.tb.Fatalf("the keyboard of %s has no key %q", h.name, sym)
	return 0, false
}

// strike presses a key while others are held.
func (h *hand) strike(sym rune, held ...rune) {
	h.tb.Helper()
	code, shift := h.key(sym)
	if shift {
		held = append(held, keyShift)
	}
	for _, m := range held {
		c, _ := h.key(m)
		h.fake(xproto.KeyPress, c)
	}
	h.fake(xproto.KeyPress, code)
	h.fake(xproto.KeyRelease, code)
	for _, m := range held {
		c, _ := h.key(m)
		h.fake(xproto.KeyRelease, c)
	}
	time.Sleep(keyGap)
}

// typed types a text.
func (h *hand) typed(text string) {
	h.tb.Helper()
	for _, r := range text {
		h.strike(r)
	}
}

// block is where most pixels of a colour stand together in a part of the screen: a
// button, a bar. It is empty where nothing of that colour is as large as a button.
func (h *hand) block(area image.Rectangle, c color.RGBA) image.Rectangle {
	img := h.grab(area)
	var best image.Rectangle
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y += 4 {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x += 4 {
			if p := image.Pt(x, y); p.In(best) || !like(img.RGBAAt(x, y), c) {
				continue
			}
			r := image.Rect(x, y, x+1, y+1)
			for r.Max.X < img.Rect.Max.X && like(img.RGBAAt(r.Max.X, y), c) {
				r.Max.X++
			}
			for r.Max.Y < img.Rect.Max.Y && like(img.RGBAAt(x, r.Max.Y), c) {
				r.Max.Y++
			}
			if r.Dx()*r.Dy() > best.Dx()*best.Dy() {
				best = r
			}
		}
	}
	if best.Dx() < 24 || best.Dy() < 6 {
		return image.Rectangle{}
	}
	return best
}

func middle(r image.Rectangle) image.Point { return r.Min.Add(r.Max).Div(2) }
