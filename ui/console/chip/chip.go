// Package chip is the console's button as the design draws it. It belongs to the
// toolkit's goroutine.
package chip

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Role is how a chip looks.
type Role int

const (
	Tab     Role = iota // a page; the chosen one has a line under it
	Button              // has an edge
	Primary             // the one button that is meant
	Line                // a line of a menu: as wide as it, words on the left
	Plain               // no edge until it is pointed at
)

// Chip is a button as the design draws it: a symbol, words, the key that does the
// same. It shows by a ring that the keyboard is on it and hands keys on that are
// not its own.
type Chip struct {
	widget.BaseWidget
	h    Host
	pane *tile.Pane
	face Face
	do   func()

	hover, focused bool
}

// Host is what a chip asks of the window.
type Host interface {
	// Env has symbols, fonts, colours and the density of the window.
	Env() *tile.Env
	// Text is the size of text, 1 to 1.5.
	Text() float64
	// Unfocus gives the keyboard back to the page.
	Unfocus()
	// Key takes a key that is none of a button's, Rune a letter.
	Key(e *fyne.KeyEvent)
	// Rune takes a letter.
	Rune(r rune)
}

// Face is what a chip shows.
type Face struct {
	Role Role
	// Icon is the name of a symbol, Text the words, Key the key that does the same;
	// each may be empty.
	Icon, Text, Key string
	// Chosen marks what holds, Off what cannot be pressed now.
	Chosen, Off bool
	// Small is for the foot: the second size of text.
	Small bool
	// Bare leaves the words away: a symbol and, if there is room, the key.
	Bare bool
}

var (
	_ desktop.Hoverable = (*Chip)(nil)
	_ fyne.Focusable    = (*Chip)(nil)
	_ fyne.Tappable     = (*Chip)(nil)
)

// New returns a button that does something.
func New(h Host, f Face, do func()) *Chip {
	b := &Chip{h: h, face: f, do: do}
	b.pane = tile.NewPane(h.Env(), "chip", color.RGBA{}, b.draw)
	b.ExtendBaseWidget(b)
	return b
}

// Set changes what the chip shows.
func (b *Chip) Set(f Face) {
	if b.face != f {
		b.face = f
		b.pane.Touch()
	}
}

// CreateRenderer is for Fyne.
func (b *Chip) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.pane.Raster) }

// MinSize is what all of its words take.
func (b *Chip) MinSize() fyne.Size {
	h := b.unit(36)
	switch {
	case b.face.Role == Line:
		h = b.unit(lineHigh)
	case b.face.Small:
		h = b.unit(28)
	}
	return fyne.NewSize(b.unit(b.Wide()), h)
}

// Wide is the width in Fyne units at the normal size of text.
func (b *Chip) Wide() float32 {
	f := b.h.Env().Kit.Fonts
	w := float32(24)
	size := b.text()
	icon := b.icon() != ""
	if icon {
		w += 20
	}
	if s := b.words(); s != "" {
		// A tab is as wide chosen as not: its neighbours stay where they are.
		w += float32(f.Width(s, b.bold() || b.face.Role == Tab, size)) + 1
		if icon {
			w += 8
		}
	}
	if b.face.Key != "" {
		w += float32(f.Width(b.face.Key, false, 14)) + 22
	}
	return w
}

// text is the size of its words at the normal size of text.
func (b *Chip) text() float64 {
	if b.face.Small {
		return 14
	}
	return 16
}

// icon is the chip's symbol: what is chosen has a tick.
func (b *Chip) icon() string {
	if b.face.Chosen && b.face.Role != Tab {
		return "done"
	}
	return b.face.Icon
}

func (b *Chip) words() string {
	if b.face.Bare {
		return ""
	}
	return b.face.Text
}

func (b *Chip) bold() bool {
	return b.face.Chosen && b.face.Role == Tab || b.face.Role == Primary
}

// Name is what the chip is called, for tests and for reading aloud.
func (b *Chip) Name() string { return b.face.Text }

// Tapped is for Fyne. The keyboard goes back to the page.
func (b *Chip) Tapped(*fyne.PointEvent) {
	b.h.Unfocus()
	b.press()
}

func (b *Chip) press() {
	if b.do != nil && !b.face.Off {
		b.do()
	}
}

// MouseIn is for Fyne, as are the other methods below.
func (b *Chip) MouseIn(*desktop.MouseEvent) { b.point(true) }

// MouseMoved is for Fyne.
func (b *Chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (b *Chip) MouseOut() { b.point(false) }

func (b *Chip) point(on bool) {
	if b.hover != on {
		b.hover = on
		b.pane.Touch()
	}
}

// FocusGained is for Fyne.
func (b *Chip) FocusGained() { b.focus(true) }

// FocusLost is for Fyne.
func (b *Chip) FocusLost() { b.focus(false) }

func (b *Chip) focus(on bool) {
	b.focused = on
	b.pane.Touch()
}

// TypedKey presses the chip by Enter and Space.
func (b *Chip) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	default:
		b.h.Key(e)
	}
}

// TypedRune hands letters on: they are keys of the page.
func (b *Chip) TypedRune(r rune) {
	if r != ' ' {
		b.h.Rune(r)
	}
}

// style are a chip's colours.
type style struct{ fill, edge, ink, mark color.RGBA }

func (b *Chip) style() style {
	th := b.h.Env().Kit.Theme
	s := style{ink: th.T1, mark: th.S1}
	switch {
	case b.face.Off:
		s.ink = th.T3
	case b.face.Role == Primary:
		s = style{fill: th.Focus, ink: th.OnFill, mark: th.Focus}
		if b.hover {
			s.edge = th.T1
		}
	case b.hover:
		s.fill = th.S3
	case b.face.Role == Button:
		s.fill = th.S2
	case b.face.Role == Tab && !b.face.Chosen:
		s.ink = th.T2
	}
	if b.face.Role == Button {
		s.edge = th.Line2
	}
	if b.face.Chosen && b.face.Role != Tab {
		s.edge = th.T1
	}
	return s
}

func (b *Chip) draw(c *paint.Canvas) {
	k := b.scale()
	px := func(v float64) int { return int(v*k + 0.5) }
	r := c.Img.Rect
	st := b.style()
	in := r.Inset(px(2))
	if st.fill.A != 0 {
		c.Round(in, 6*k, st.fill)
	}
	if st.edge.A != 0 {
		w := 1.0
		if b.face.Chosen {
			w = 2
		}
		c.RoundLine(in, 6*k, max(1, w*k), st.edge)
	}
	if b.focused {
		c.RoundLine(r.Inset(1), 7*k, 2*k, b.h.Env().Kit.Theme.Focus)
	}
	b.drawWords(c, st, k)
	if b.face.Role == Tab && b.face.Chosen {
		c.Fill(image.Rect(in.Min.X+px(8), r.Max.Y-px(3), in.Max.X-px(8), r.Max.Y), b.h.Env().Kit.Theme.Focus)
	}
}

func (b *Chip) drawWords(c *paint.Canvas, st style, k float64) {
	fonts, th := b.h.Env().Kit.Fonts, b.h.Env().Kit.Theme
	r := c.Img.Rect
	h := float64(r.Dy())
	x, right := 12*k, float64(r.Dx())-12*k
	icon := b.icon()
	if icon != "" {
		ic := int(20*k + 0.5)
		c.Icon(int(x), (r.Dy()-ic)/2, ic, icon, st.ink, st.mark)
		x += 20 * k
	}
	if b.face.Key != "" {
		kw := fonts.Width(b.face.Key, false, 14*k)
		box := image.Rect(int(right-kw-8*k), (r.Dy()-int(22*k))/2, int(right+4*k), (r.Dy()+int(22*k))/2)
		edge := th.Line2
		if b.face.Role == Primary {
			edge = st.ink
		}
		c.RoundLine(box, 4*k, max(1, k), edge)
		c.Text(right-kw-2*k, 0, h, b.face.Key, 14*k, false, st.ink)
		right -= kw + 16*k
	}
	if s := b.words(); s != "" {
		if icon != "" {
			x += 8 * k
		}
		size := b.text() * k
		c.Text(x, 0, h, fonts.Fit(right-x+k, size, b.bold(), s), size, b.bold(), st.ink)
	}
}

// Face is what it shows.
func (b *Chip) Face() Face { return b.face }

// lineHigh is the height of a line of a menu in Fyne units.
const lineHigh = 40

// unit is a measure in Fyne units at the size of text in force, scale one in device
// pixels.
func (b *Chip) unit(v float32) float32 { return v * float32(b.h.Text()) }

func (b *Chip) scale() float64 {
	d := float64(b.h.Env().Density)
	if d <= 0 {
		d = 1
	}
	return d * b.h.Text()
}
