package kit

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// RowOf is one line of Rows, or a few.
type RowOf struct {
	Icon, Title, Text, Right string
	// Act is the button under the text, empty for none; Do is what it does, and what
	// Enter does; Pick is told that the row was chosen.
	Act  string
	Do   func()
	Pick func()
	// Section is a heading; Fact is a name with a Value and a remark.
	Section, Fact bool
	Value         string
}

// Rows is a painted list of things with a button each, that keys and clicks choose
// from. It belongs to the toolkit's goroutine.
type Rows struct {
	widget.BaseWidget
	k       Kit
	pane    *tile.Pane
	list    []RowOf
	sig     string
	tops    []int
	buttons []image.Rectangle
	size    image.Point
	off     int
	cursor  int
	chosen  int
	focused bool
	// Empty is said where there is nothing.
	Empty string
}

var (
	_ fyne.Focusable    = (*Rows)(nil)
	_ desktop.Hoverable = (*Rows)(nil)
)

// NewRows returns an empty list.
func NewRows(k Kit) *Rows {
	r := &Rows{k: k, chosen: -1}
	r.pane = tile.NewPane(k.Env, "setup", k.Env.Kit.Theme.S1, r.paint)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *Rows) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(r.pane.Raster)
}

// MinSize is for Fyne.
func (r *Rows) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Set shows a list; it is painted only when it says something else.
func (r *Rows) Set(list []RowOf) {
	sig := ""
	for _, x := range list {
		sig += fmt.Sprint(x.Icon, "\x00", x.Title, "\x00", x.Text, "\x00", x.Right, "\x00", x.Act, "\x00", x.Value, x.Section, x.Fact, "\x01")
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

// Long is the height of facts and headings in Fyne units.
func (r *Rows) Long() float32 {
	h := 0.0
	for _, x := range r.list {
		if x.Section {
			h += Head
		} else {
			h += 44
		}
	}
	return r.k.U(h)
}

// List is what is shown.
func (r *Rows) List() []RowOf { return r.list }

// Resize is for Fyne.
func (r *Rows) Resize(s fyne.Size) {
	r.BaseWidget.Resize(s)
	d := r.k.Density()
	if at := image.Pt(int(s.Width*d), int(s.Height*d)); at != r.size {
		r.size, r.tops = at, nil
		r.pane.Touch()
	}
}

func (r *Rows) wrap(x RowOf) []string {
	w := float64(r.size.X - r.k.Px(Pad+34+Pad))
	return r.k.Env.Kit.Fonts.Wrap(x.Text, w, float64(r.k.Px(Small)), false, 5)
}

// title is the title of an item in the lines it needs beside what stands right of it.
func (r *Rows) title(x RowOf) []string {
	w := float64(r.size.X - r.k.Px(Pad+34+Pad))
	if x.Right != "" {
		w -= r.k.Env.Kit.Fonts.Width(x.Right, false, float64(r.k.Px(Small))) + float64(r.k.Px(12))
	}
	return r.k.Env.Kit.Fonts.Wrap(x.Title, w, float64(r.k.Px(Body)), true, 2)
}

func (r *Rows) measure() {
	r.tops, r.buttons = make([]int, 0, len(r.list)+1), make([]image.Rectangle, len(r.list))
	y := 0
	for i, x := range r.list {
		r.tops = append(r.tops, y)
		switch {
		case x.Section:
			y += r.k.Px(Head)
		case x.Fact:
			y += r.k.Px(44)
		default:
			at := y + r.k.Px(14) + len(r.title(x))*r.k.Px(24) + len(r.wrap(x))*r.k.Px(20)
			if x.Act != "" {
				at += r.k.Px(8)
				w := int(r.k.Env.Kit.Fonts.Width(x.Act, false, float64(r.k.Px(Small)))) + r.k.Px(24)
				r.buttons[i] = image.Rect(r.k.Px(Pad+34), at, r.k.Px(Pad+34)+w, at+r.k.Px(32))
				at += r.k.Px(32)
			}
			y = at + r.k.Px(14)
		}
	}
	r.tops = append(r.tops, y)
	r.off = max(0, min(r.off, y-r.size.Y))
}

func (r *Rows) paint(c *paint.Canvas) {
	if len(r.tops) != len(r.list)+1 {
		r.measure()
	}
	k, th := r.k, r.k.Env.Kit.Theme
	if len(r.list) == 0 {
		for i, t := range k.Env.Kit.Fonts.Wrap(r.Empty, float64(r.size.X-2*k.Px(Pad)), float64(k.Px(Body)), false, 3) {
			c.Text(float64(k.Px(Pad)), float64(k.Px(Pad)+i*k.Px(24)), float64(k.Px(24)), t, float64(k.Px(Body)), false, th.T2)
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
		c.Round(image.Rect(r.size.X-k.Px(6), y, r.size.X-k.Px(2), y+h), float64(k.Px(2)), th.Line2)
	}
}

func (r *Rows) paintRow(c *paint.Canvas, i int, x RowOf, box image.Rectangle) {
	k, th, fonts := r.k, r.k.Env.Kit.Theme, r.k.Env.Kit.Fonts
	bodyPx, smallPx := float64(k.Px(Body)), float64(k.Px(Small))
	left, right := float64(k.Px(Pad)), float64(box.Max.X-k.Px(Pad))
	c.Fill(image.Rect(0, box.Max.Y-1, box.Max.X, box.Max.Y), th.Line1)
	rightText := func(top, h float64, room float64) float64 {
		t := fonts.Fit(room, smallPx, false, x.Right)
		w := fonts.Width(t, false, smallPx)
		c.Text(right-w, top, h, t, smallPx, false, th.T2)
		return w
	}
	switch {
	case x.Section:
		w := c.Text(left, float64(box.Min.Y), float64(box.Dy()), fonts.Fit(right-left, bodyPx, true, x.Title), bodyPx, true, th.T1)
		rightText(float64(box.Min.Y), float64(box.Dy()), right-left-w-left)
	case x.Fact:
		c.Icon(int(left), box.Min.Y+(box.Dy()-k.Px(20))/2, k.Px(20), x.Icon, th.T2, th.S1)
		c.Text(left+float64(k.Px(34)), float64(box.Min.Y), float64(box.Dy()), fonts.Fit(float64(k.Px(150)), bodyPx, false, x.Title), bodyPx, false, th.T1)
		at := left + float64(k.Px(34+158))
		w := c.Text(at, float64(box.Min.Y), float64(box.Dy()), x.Value, bodyPx, true, th.T1)
		at = max(at+float64(k.Px(110)), at+w+float64(k.Px(12)))
		if room := right - at; room > float64(k.Px(90)) || fonts.Width(x.Text, false, smallPx) <= room {
			c.Text(at, float64(box.Min.Y), float64(box.Dy()), fonts.Fit(room, smallPx, false, x.Text), smallPx, false, th.T2)
		}
	default:
		r.paintItem(c, i, x, box)
	}
}

func (r *Rows) paintItem(c *paint.Canvas, i int, x RowOf, box image.Rectangle) {
	k, th, fonts := r.k, r.k.Env.Kit.Theme, r.k.Env.Kit.Fonts
	bodyPx, smallPx := float64(k.Px(Body)), float64(k.Px(Small))
	left, right := k.Px(Pad), box.Max.X-k.Px(Pad)
	if i == r.chosen {
		c.Fill(image.Rect(0, box.Min.Y, box.Max.X, box.Max.Y-1), th.S3)
		c.Fill(image.Rect(0, box.Min.Y, k.Px(4), box.Max.Y-1), th.Focus)
	}
	top := box.Min.Y + k.Px(14)
	c.Icon(left, top+k.Px(2), k.Px(20), x.Icon, Ink(th, x.Icon), th.OnFill)
	if x.Right != "" {
		w := fonts.Width(x.Right, false, smallPx)
		c.Text(float64(right)-w, float64(top), float64(k.Px(24)), x.Right, smallPx, false, th.T2)
	}
	at := float64(left + k.Px(34))
	for _, t := range r.title(x) {
		c.Text(at, float64(top), float64(k.Px(24)), t, bodyPx, true, th.T1)
		top += k.Px(24)
	}
	for _, t := range r.wrap(x) {
		c.Text(at, float64(top), float64(k.Px(20)), t, smallPx, false, th.T2)
		top += k.Px(20)
	}
	if b := r.buttons[i]; !b.Empty() {
		b = b.Sub(image.Pt(0, r.off))
		c.Round(b, float64(k.Px(6)), th.S2)
		c.RoundLine(b, float64(k.Px(6)), 1, th.Line2)
		c.Text(float64(b.Min.X+k.Px(12)), float64(b.Min.Y), float64(b.Dy()), x.Act, smallPx, false, th.T1)
	}
	if r.focused && i == r.cursor {
		c.RoundLine(box.Inset(k.Px(2)), float64(k.Px(6)), float64(k.Px(2)), th.Focus)
	}
}

// ink is the colour of a state's symbol: its shape says the same.

// at returns the row at a height of the widget.
func (r *Rows) at(y float32) int {
	px := int(y*r.k.Density()) + r.off
	for i := range r.list {
		if i+1 < len(r.tops) && px >= r.tops[i] && px < r.tops[i+1] {
			return i
		}
	}
	return -1
}

// Tapped chooses a row, or presses its button.
func (r *Rows) Tapped(e *fyne.PointEvent) {
	i := r.at(e.Position.Y)
	if i < 0 || r.list[i].Section || r.list[i].Fact {
		return
	}
	d := r.k.Density()
	r.k.Host.Focus(r) // before what the row does, which may put the keyboard elsewhere
	at := image.Pt(int(e.Position.X*d), int(e.Position.Y*d)+r.off)
	r.choose(i)
	if at.In(r.buttons[i].Inset(-r.k.Px(4))) {
		r.Press(i)
	}
}

func (r *Rows) choose(i int) {
	r.cursor, r.chosen = i, i
	if f := r.list[i].Pick; f != nil {
		f()
	}
	r.reveal()
	r.pane.Touch()
}

// Press does what a row's button does.
func (r *Rows) Press(i int) {
	if i >= 0 && i < len(r.list) && r.list[i].Do != nil {
		r.list[i].Do()
	}
}

// MouseIn is for Fyne.
func (r *Rows) MouseIn(*desktop.MouseEvent) {}

// MouseMoved is for Fyne.
func (r *Rows) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (r *Rows) MouseOut() {}

// Scrolled moves the list.
func (r *Rows) Scrolled(e *fyne.ScrollEvent) {
	r.scroll(int(-e.Scrolled.DY * r.k.Density()))
}

func (r *Rows) scroll(by int) {
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
func (r *Rows) reveal() {
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
func (r *Rows) FocusGained() { r.focused = true; r.pane.Touch() }

// FocusLost is for Fyne.
func (r *Rows) FocusLost() { r.focused = false; r.pane.Touch() }

// TypedRune hands letters to the page.
func (r *Rows) TypedRune(c rune) { r.k.Host.Rune(c) }

// TypedKey moves among the rows.
func (r *Rows) TypedKey(e *fyne.KeyEvent) {
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
		r.Press(r.cursor)
	default:
		r.k.Host.Key(e)
	}
}

func (r *Rows) move(by int) {
	for i := r.cursor + by; i >= 0 && i < len(r.list); i += by {
		if !r.list[i].Section && !r.list[i].Fact {
			r.choose(i)
			return
		}
	}
}
