package setup

import (
	"fmt"
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// row is one line of rows, or a few.
type row struct {
	icon, title, text, right string
	// act is the button under the text, empty for none; do is what it does, and what
	// Enter does; pick is told that the row was chosen.
	act  string
	do   func()
	pick func()
	// section is a heading, fact a name with a value and a remark.
	section, fact bool
	value         string
	strong        bool // the icon has the colour of its state
}

// rows is a painted list of things with a button each, that keys and clicks choose
// from. It belongs to the toolkit's goroutine.
type rows struct {
	widget.BaseWidget
	k       kit
	pane    *tile.Pane
	list    []row
	sig     string
	tops    []int
	buttons []image.Rectangle
	size    image.Point
	off     int
	cursor  int
	chosen  int
	focused bool
	// empty is said where there is nothing.
	empty string
}

var (
	_ fyne.Focusable    = (*rows)(nil)
	_ desktop.Hoverable = (*rows)(nil)
)

func newRows(k kit) *rows {
	r := &rows{k: k, chosen: -1}
	r.pane = tile.NewPane(k.env, "setup", k.env.Kit.Theme.S1, r.paint)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *rows) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(r.pane.Raster)
}

// MinSize is for Fyne.
func (r *rows) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// set shows a list; it is painted only when it says something else.
func (r *rows) set(list []row) {
	sig := ""
	for _, x := range list {
		sig += fmt.Sprint(x.icon, "\x00", x.title, "\x00", x.text, "\x00", x.right, "\x00", x.act, "\x00", x.value, x.section, x.fact, "\x01")
	}
	r.list = list
	if sig == r.sig {
		return
	}
	r.sig = sig
	r.cursor = max(0, min(r.cursor, len(list)-1))
	r.tops = nil
	r.pane.Touch()
}

// long is the height of facts and headings in Fyne units.
func (r *rows) long() float32 {
	h := 0.0
	for _, x := range r.list {
		if x.section {
			h += head
		} else {
			h += 44
		}
	}
	return r.k.u(h)
}

// Resize is for Fyne.
func (r *rows) Resize(s fyne.Size) {
	r.BaseWidget.Resize(s)
	d := r.k.density()
	if at := image.Pt(int(s.Width*d), int(s.Height*d)); at != r.size {
		r.size, r.tops = at, nil
		r.pane.Touch()
	}
}

func (r *rows) wrap(x row) []string {
	w := float64(r.size.X - r.k.px(pad+34+pad))
	return r.k.env.Kit.Fonts.Wrap(x.text, w, float64(r.k.px(small)), false, 3)
}

func (r *rows) measure() {
	r.tops, r.buttons = make([]int, 0, len(r.list)+1), make([]image.Rectangle, len(r.list))
	y := 0
	for i, x := range r.list {
		r.tops = append(r.tops, y)
		switch {
		case x.section:
			y += r.k.px(head)
		case x.fact:
			y += r.k.px(44)
		default:
			at := y + r.k.px(14+24) + len(r.wrap(x))*r.k.px(20)
			if x.act != "" {
				at += r.k.px(8)
				w := int(r.k.env.Kit.Fonts.Width(x.act, false, float64(r.k.px(small)))) + r.k.px(24)
				r.buttons[i] = image.Rect(r.k.px(pad+34), at, r.k.px(pad+34)+w, at+r.k.px(32))
				at += r.k.px(32)
			}
			y = at + r.k.px(14)
		}
	}
	r.tops = append(r.tops, y)
	r.off = max(0, min(r.off, y-r.size.Y))
}

func (r *rows) paint(c *paint.Canvas) {
	if len(r.tops) != len(r.list)+1 {
		r.measure()
	}
	k, th := r.k, r.k.env.Kit.Theme
	if len(r.list) == 0 {
		for i, t := range k.env.Kit.Fonts.Wrap(r.empty, float64(r.size.X-2*k.px(pad)), float64(k.px(body)), false, 3) {
			c.Text(float64(k.px(pad)), float64(k.px(pad)+i*k.px(24)), float64(k.px(24)), t, float64(k.px(body)), false, th.T2)
		}
	}
	for i, x := range r.list {
		top, end := r.tops[i]-r.off, r.tops[i+1]-r.off
		if end > 0 && top < r.size.Y {
			r.paintRow(c, i, x, image.Rect(0, top, r.size.X, end))
		}
	}
	if all := r.tops[len(r.list)]; all > r.size.Y && r.size.Y > 0 {
		h := max(24, r.size.Y*r.size.Y/all)
		y := (r.size.Y - h) * r.off / max(1, all-r.size.Y)
		c.Round(image.Rect(r.size.X-k.px(6), y, r.size.X-k.px(2), y+h), float64(k.px(2)), th.Line2)
	}
}

func (r *rows) paintRow(c *paint.Canvas, i int, x row, box image.Rectangle) {
	k, th, fonts := r.k, r.k.env.Kit.Theme, r.k.env.Kit.Fonts
	bodyPx, smallPx := float64(k.px(body)), float64(k.px(small))
	left, right := float64(k.px(pad)), float64(box.Max.X-k.px(pad))
	c.Fill(image.Rect(0, box.Max.Y-1, box.Max.X, box.Max.Y), th.Line1)
	rightText := func(top, h float64, room float64) float64 {
		t := fonts.Fit(room, smallPx, false, x.right)
		w := fonts.Width(t, false, smallPx)
		c.Text(right-w, top, h, t, smallPx, false, th.T2)
		return w
	}
	switch {
	case x.section:
		w := c.Text(left, float64(box.Min.Y), float64(box.Dy()), fonts.Fit(right-left, bodyPx, true, x.title), bodyPx, true, th.T1)
		rightText(float64(box.Min.Y), float64(box.Dy()), right-left-w-left)
	case x.fact:
		c.Icon(int(left), box.Min.Y+(box.Dy()-k.px(20))/2, k.px(20), x.icon, th.T2, th.S1)
		c.Text(left+float64(k.px(34)), float64(box.Min.Y), float64(box.Dy()), fonts.Fit(float64(k.px(150)), bodyPx, false, x.title), bodyPx, false, th.T1)
		at := left + float64(k.px(34+158))
		w := c.Text(at, float64(box.Min.Y), float64(box.Dy()), x.value, bodyPx, true, th.T1)
		at = max(at+float64(k.px(110)), at+w+float64(k.px(12)))
		if room := right - at; room > float64(k.px(90)) || fonts.Width(x.text, false, smallPx) <= room {
			c.Text(at, float64(box.Min.Y), float64(box.Dy()), fonts.Fit(room, smallPx, false, x.text), smallPx, false, th.T2)
		}
	default:
		r.paintItem(c, i, x, box)
	}
}

func (r *rows) paintItem(c *paint.Canvas, i int, x row, box image.Rectangle) {
	k, th, fonts := r.k, r.k.env.Kit.Theme, r.k.env.Kit.Fonts
	bodyPx, smallPx := float64(k.px(body)), float64(k.px(small))
	left, right := k.px(pad), box.Max.X-k.px(pad)
	if i == r.chosen {
		c.Fill(image.Rect(0, box.Min.Y, box.Max.X, box.Max.Y-1), th.S3)
		c.Fill(image.Rect(0, box.Min.Y, k.px(4), box.Max.Y-1), th.Focus)
	}
	top := box.Min.Y + k.px(14)
	c.Icon(left, top+k.px(2), k.px(20), x.icon, r.ink(x.icon), th.OnFill)
	w := 0.0
	if x.right != "" {
		w = fonts.Width(x.right, false, smallPx)
		c.Text(float64(right)-w, float64(top), float64(k.px(24)), x.right, smallPx, false, th.T2)
		w += float64(k.px(12))
	}
	at := float64(left + k.px(34))
	c.Text(at, float64(top), float64(k.px(24)), fonts.Fit(float64(right)-at-w, bodyPx, true, x.title), bodyPx, true, th.T1)
	top += k.px(24)
	for _, t := range r.wrap(x) {
		c.Text(at, float64(top), float64(k.px(20)), t, smallPx, false, th.T2)
		top += k.px(20)
	}
	if b := r.buttons[i]; !b.Empty() {
		b = b.Sub(image.Pt(0, r.off))
		c.Round(b, float64(k.px(6)), th.S2)
		c.RoundLine(b, float64(k.px(6)), 1, th.Line2)
		c.Text(float64(b.Min.X+k.px(12)), float64(b.Min.Y), float64(b.Dy()), x.act, smallPx, false, th.T1)
	}
	if r.focused && i == r.cursor {
		c.RoundLine(box.Inset(k.px(2)), float64(k.px(6)), float64(k.px(2)), th.Focus)
	}
}

// ink is the colour of a state's symbol: its shape says the same.
func (r *rows) ink(icon string) color.RGBA { return inkOf(r.k.env.Kit.Theme, icon) }

// at returns the row at a height of the widget.
func (r *rows) at(y float32) int {
	px := int(y*r.k.density()) + r.off
	for i := range r.list {
		if i+1 < len(r.tops) && px >= r.tops[i] && px < r.tops[i+1] {
			return i
		}
	}
	return -1
}

// Tapped chooses a row, or presses its button.
func (r *rows) Tapped(e *fyne.PointEvent) {
	i := r.at(e.Position.Y)
	if i < 0 || r.list[i].section || r.list[i].fact {
		return
	}
	d := r.k.density()
	r.choose(i)
	if image.Pt(int(e.Position.X*d), int(e.Position.Y*d)+r.off).In(r.buttons[i].Inset(-r.k.px(4))) {
		r.press(i)
	}
	r.k.p.focus(r)
}

func (r *rows) choose(i int) {
	r.cursor, r.chosen = i, i
	if f := r.list[i].pick; f != nil {
		f()
	}
	r.reveal()
	r.pane.Touch()
}

func (r *rows) press(i int) {
	if i >= 0 && i < len(r.list) && r.list[i].do != nil {
		r.list[i].do()
	}
}

// MouseIn is for Fyne.
func (r *rows) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is for Fyne.
func (r *rows) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (r *rows) MouseOut() {}

// Scrolled moves the list.
func (r *rows) Scrolled(e *fyne.ScrollEvent) {
	r.scroll(int(-e.Scrolled.DY * r.k.density()))
}

func (r *rows) scroll(by int) {
	if len(r.tops) == 0 {
		return
	}
	was := r.off
	r.off = max(0, min(r.off+by, r.tops[len(r.tops)-1]-r.size.Y))
	if r.off != was {
		r.pane.Touch()
	}
}

// reveal scrolls to the row of the keyboard.
func (r *rows) reveal() {
	if r.cursor+1 >= len(r.tops) {
		return
	}
	if top := r.tops[r.cursor]; top < r.off {
		r.off = top
	}
	if end := r.tops[r.cursor+1]; end > r.off+r.size.Y {
		r.off = end - r.size.Y
	}
}

// FocusGained is for Fyne.
func (r *rows) FocusGained() { r.focused = true; r.pane.Touch() }

// FocusLost is for Fyne.
func (r *rows) FocusLost() { r.focused = false; r.pane.Touch() }

// TypedRune hands letters to the page.
func (r *rows) TypedRune(c rune) { r.k.p.Rune(c) }

// TypedKey moves among the rows.
func (r *rows) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		r.move(1)
	case fyne.KeyUp:
		r.move(-1)
	case fyne.KeyPageDown:
		r.scroll(r.size.Y * 9 / 10)
	case fyne.KeyPageUp:
		r.scroll(-r.size.Y * 9 / 10)
	case fyne.KeyReturn, fyne.KeyEnter:
		r.press(r.cursor)
	default:
		r.k.p.Key(e)
	}
}

func (r *rows) move(by int) {
	for i := r.cursor + by; i >= 0 && i < len(r.list); i += by {
		if !r.list[i].section && !r.list[i].fact {
			r.choose(i)
			return
		}
	}
}
