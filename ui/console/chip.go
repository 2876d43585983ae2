package console

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// role is how a chip looks.
type role int

const (
	roleTab     role = iota // a page; the chosen one has a line under it
	roleButton              // has an edge
	rolePrimary             // the one button that is meant
	roleLine                // a line of a menu: as wide as it, words on the left
	rolePlain               // no edge until it is pointed at
)

// chip is a button as the design draws it: a symbol, words, the key that does the
// same. It shows by a ring that the keyboard is on it and hands keys on that are
// not its own.
type chip struct {
	widget.BaseWidget
	c    *Console
	pane *tile.Pane
	face face
	do   func()

	hover, focused bool
}

// face is what a chip shows.
type face struct {
	role            role
	icon, text, key string
	chosen, off     bool
	// small is for the foot: the second size of text.
	small bool
	// bare leaves the words away: a symbol and, if there is room, the key.
	bare bool
}

var (
	_ desktop.Hoverable = (*chip)(nil)
	_ fyne.Focusable    = (*chip)(nil)
	_ fyne.Tappable     = (*chip)(nil)
)

func (c *Console) newChip(f face, do func()) *chip {
	b := &chip{c: c, face: f, do: do}
	b.pane = tile.NewPane(c.env, "chip", color.RGBA{}, b.draw)
	b.ExtendBaseWidget(b)
	return b
}

// set changes what the chip shows.
func (b *chip) set(f face) {
	if b.face != f {
		b.face = f
		b.pane.Touch()
	}
}

// CreateRenderer is for Fyne.
func (b *chip) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(b.pane.Raster) }

// MinSize is what all of its words take.
func (b *chip) MinSize() fyne.Size {
	h := b.c.unit(36)
	switch {
	case b.face.role == roleLine:
		h = b.c.unit(menuLine)
	case b.face.small:
		h = b.c.unit(28)
	}
	return fyne.NewSize(b.c.unit(b.wide()), h)
}

// wide is the width in Fyne units at the normal size of text.
func (b *chip) wide() float32 {
	f := b.c.env.Kit.Fonts
	w := float32(24)
	size := b.text()
	icon := b.icon() != ""
	if icon {
		w += 20
	}
	if s := b.words(); s != "" {
		// A tab is as wide chosen as not: its neighbours stay where they are.
		w += float32(f.Width(s, b.bold() || b.face.role == roleTab, size)) + 1
		if icon {
			w += 8
		}
	}
	if b.face.key != "" {
		w += float32(f.Width(b.face.key, false, 14)) + 22
	}
	return w
}

// text is the size of its words at the normal size of text.
func (b *chip) text() float64 {
	if b.face.small {
		return 14
	}
	return 16
}

// icon is the chip's symbol: what is chosen has a tick.
func (b *chip) icon() string {
	if b.face.chosen && b.face.role != roleTab {
		return "done"
	}
	return b.face.icon
}

func (b *chip) words() string {
	if b.face.bare {
		return ""
	}
	return b.face.text
}

func (b *chip) bold() bool {
	return b.face.chosen && b.face.role == roleTab || b.face.role == rolePrimary
}

// Name is what the chip is called, for tests and for reading aloud.
func (b *chip) Name() string { return b.face.text }

// Tapped is for Fyne. The keyboard goes back to the page.
func (b *chip) Tapped(*fyne.PointEvent) {
	b.c.base.Window().Canvas().Unfocus()
	b.press()
}

func (b *chip) press() {
	if b.do != nil && !b.face.off {
		b.do()
	}
}

// MouseIn is for Fyne, as are the other methods below.
func (b *chip) MouseIn(*desktop.MouseEvent) { b.point(true) }

// MouseMoved is for Fyne.
func (b *chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (b *chip) MouseOut() { b.point(false) }

func (b *chip) point(on bool) {
	if b.hover != on {
		b.hover = on
		b.pane.Touch()
	}
}

// FocusGained is for Fyne.
func (b *chip) FocusGained() { b.focus(true) }

// FocusLost is for Fyne.
func (b *chip) FocusLost() { b.focus(false) }

func (b *chip) focus(on bool) {
	b.focused = on
	b.pane.Touch()
}

// TypedKey presses the chip by Enter and Space.
func (b *chip) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.press()
	default:
		b.c.Key(e)
	}
}

// TypedRune hands letters on: they are keys of the page.
func (b *chip) TypedRune(r rune) {
	if r != ' ' {
		b.c.Rune(r)
	}
}

// style are a chip's colours.
type style struct{ fill, edge, ink, mark color.RGBA }

func (b *chip) style() style {
	th := b.c.env.Kit.Theme
	s := style{ink: th.T1, mark: th.S1}
	switch {
	case b.face.off:
		s.ink = th.T3
	case b.face.role == rolePrimary:
		return style{fill: th.Focus, ink: th.OnFill, mark: th.Focus}
	case b.hover:
		s.fill = th.S3
	case b.face.role == roleButton:
		s.fill = th.S2
	case b.face.role == roleTab && !b.face.chosen:
		s.ink = th.T2
	}
	if b.face.role == roleButton {
		s.edge = th.Line2
	}
	if b.face.chosen && b.face.role != roleTab {
		s.edge = th.T1
	}
	return s
}

func (b *chip) draw(c *paint.Canvas) {
	k := b.c.scale()
	px := func(v float64) int { return int(v*k + 0.5) }
	r := c.Img.Rect
	st := b.style()
	in := r.Inset(px(2))
	if st.fill.A != 0 {
		c.Round(in, 6*k, st.fill)
	}
	if st.edge.A != 0 {
		w := 1.0
		if b.face.chosen {
			w = 2
		}
		c.RoundLine(in, 6*k, max(1, w*k), st.edge)
	}
	if b.focused {
		c.RoundLine(r.Inset(1), 7*k, 2*k, b.c.env.Kit.Theme.Focus)
	}
	b.drawWords(c, st, k)
	if b.face.role == roleTab && b.face.chosen {
		c.Fill(image.Rect(in.Min.X+px(8), r.Max.Y-px(3), in.Max.X-px(8), r.Max.Y), b.c.env.Kit.Theme.Focus)
	}
}

func (b *chip) drawWords(c *paint.Canvas, st style, k float64) {
	fonts, th := b.c.env.Kit.Fonts, b.c.env.Kit.Theme
	r := c.Img.Rect
	h := float64(r.Dy())
	x, right := 12*k, float64(r.Dx())-12*k
	icon := b.icon()
	if icon != "" {
		ic := int(20*k + 0.5)
		c.Icon(int(x), (r.Dy()-ic)/2, ic, icon, st.ink, st.mark)
		x += 20 * k
	}
	if b.face.key != "" {
		kw := fonts.Width(b.face.key, false, 14*k)
		box := image.Rect(int(right-kw-8*k), (r.Dy()-int(22*k))/2, int(right+4*k), (r.Dy()+int(22*k))/2)
		edge := th.Line2
		if b.face.role == rolePrimary {
			edge = st.ink
		}
		c.RoundLine(box, 4*k, max(1, k), edge)
		c.Text(right-kw-2*k, 0, h, b.face.key, 14*k, false, st.ink)
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
