package find

import (
	"fmt"
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
)

// repaint paints the list if what it says changed.
func (f *Search) repaint() {
	if f.list == nil || !f.open {
		return
	}
	if s := f.sum(); s != f.painted {
		f.painted = s
		f.list.Touch()
	}
}

// sum is all that the list says.
func (f *Search) sum() string {
	s := fmt.Sprint(f.asked, f.chosen, f.first, f.rows, f.footLine())
	for i := f.first; i < min(len(f.hits), f.first+f.rows); i++ {
		s += fmt.Sprint(f.hits[i], f.describe(f.hits[i].link))
	}
	return s
}

func (f *Search) draw(c *paint.Canvas) {
	th, fonts, k, l := f.h.Env.Kit.Theme, f.h.Env.Kit.Fonts, f.scale(), f.h.Env.Lang
	r := c.Img.Rect
	row := searchRow * k
	for i := f.first; i < min(len(f.hits), f.first+f.rows); i++ {
		y := float64(i-f.first) * row
		f.drawRow(c, image.Rect(0, int(y), r.Dx(), int(y+row)), f.hits[i], i == f.chosen)
	}
	if len(f.hits) == 0 && f.names.index != nil {
		c.Text(20*k, 8*k, 32*k, fonts.Fit(float64(r.Dx())-40*k, 16*k, true, l.T("shell.search.none", "what", f.asked)), 16*k, true, th.T1)
		c.Text(20*k, 40*k, 24*k, fonts.Fit(float64(r.Dx())-40*k, 14*k, false, l.T("shell.search.searched", "n", l.Int(int64(f.names.index.Len())))), 14*k, false, th.T2)
	}
	top := float64(r.Dy()) - searchFoot*k
	c.Fill(image.Rect(0, int(top), r.Dx(), r.Dy()), th.S2)
	c.Fill(image.Rect(0, int(top), r.Dx(), int(top)+max(1, int(k))), th.Line1)
	keys := l.T("shell.search.keys")
	kw := fonts.Width(keys, false, 14*k)
	said := fonts.Fit(float64(r.Dx())-60*k-kw, 14*k, false, f.footLine(), "")
	c.Text(20*k, top, searchFoot*k, said, 14*k, false, th.T2)
	c.Text(float64(r.Dx())-20*k-kw, top, searchFoot*k, keys, 14*k, false, th.T2)
	for _, edge := range []image.Rectangle{image.Rect(0, 0, 1, r.Dy()), image.Rect(r.Dx()-1, 0, r.Dx(), r.Dy()), image.Rect(0, r.Dy()-1, r.Dx(), r.Dy())} {
		c.Fill(edge, th.Line2)
	}
}

// drawRow draws one thing: its kind by shape and word, its name, how it is, where
// it is.
func (f *Search) drawRow(c *paint.Canvas, r image.Rectangle, h hit, chosen bool) {
	th, fonts, k := f.h.Env.Kit.Theme, f.h.Env.Kit.Fonts, f.scale()
	px := func(v float64) int { return int(v*k + 0.5) }
	if chosen {
		c.Fill(r, th.S3)
		c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+px(4), r.Max.Y), th.Focus)
	}
	d := f.describe(h.link)
	top, high := float64(r.Min.Y), float64(r.Dy())
	c.Icon(px(20), r.Min.Y+(r.Dy()-px(24))/2, px(24), d.icon, th.T2, th.S1)
	right := float64(r.Max.X - px(20))
	if d.state != "" {
		if d.plate != "" {
			p := paint.Plate{Kind: d.plate, Icon: d.mark, Text: d.state}
			w := min(c.PlateWidth(p, 14*k), r.Dx()/3)
			c.Plate(int(right)-w, r.Min.Y+(r.Dy()-paint.PlateHeight(14*k))/2, p, 14*k, w)
			right -= float64(w)
		} else {
			s := fonts.Fit(float64(r.Dx())/3, 14*k, false, d.state)
			w := fonts.Width(s, false, 14*k)
			c.Text(right-w, top, high, s, 14*k, false, th.T2)
			right -= w
		}
	}
	right -= 16 * k
	x := 60 * k
	name := fonts.Fit(right-x, 16*k, true, h.name)
	c.Text(x, top, high/2+3*k, name, 16*k, true, th.T1)
	second := d.kind
	if h.matched != "" {
		second += " · " + h.matched
	}
	if d.where != "" && d.where != h.matched {
		second += " · " + d.where
	}
	c.Text(x, top+high/2-3*k, high/2, fonts.Fit(right-x, 14*k, false, second), 14*k, false, th.T2)
	c.Fill(image.Rect(r.Min.X+px(20), r.Max.Y-1, r.Max.X-px(20), r.Max.Y), th.Line1)
}

// picker chooses a thing by the mouse.
type picker struct {
	widget.BaseWidget
	f *Search
}

var _ desktop.Hoverable = (*picker)(nil)

func newPicker(f *Search) *picker {
	p := &picker{f: f}
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne: the picker draws nothing, the list is under it.
func (p *picker) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

func (p *picker) at(y float32) int { return p.f.first + int(y/p.f.unit(searchRow)) }

// Tapped opens what is under the pointer.
func (p *picker) Tapped(e *fyne.PointEvent) { p.f.openHit(p.at(e.Position.Y)) }

// Scrolled moves the list.
func (p *picker) Scrolled(e *fyne.ScrollEvent) {
	switch {
	case e.Scrolled.DY < 0:
		p.f.move(3)
	case e.Scrolled.DY > 0:
		p.f.move(-3)
	}
}

// MouseIn is for Fyne.
func (p *picker) MouseIn(*desktop.MouseEvent) {}

// MouseMoved chooses what is under the pointer.
func (p *picker) MouseMoved(e *desktop.MouseEvent) {
	if i := p.at(e.Position.Y); i != p.f.chosen && i < len(p.f.hits) {
		p.f.chosen = i
		p.f.repaint()
	}
}

// MouseOut is for Fyne.
func (p *picker) MouseOut() {}

// description is how a thing is shown where it was found.
type description struct {
	icon, kind, where string
	// state is how it is: on a plate where that is a state to see at once.
	state string
	plate paint.PlateKind
	mark  string
}
