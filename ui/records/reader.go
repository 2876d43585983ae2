package records

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// item is one line of a reader: a fact, a step, or something that leads on.
type item struct {
	Name, Text, Icon string
	// Do is what a click does.
	Do func()
}

// reader paints facts and steps under each other; it scrolls where there are many.
type reader struct {
	widget.BaseWidget
	p     *Page
	pane  *tile.Pane
	items []item
	off   int // px scrolled
	tops  []int
	size  image.Point
}

func newReader(p *Page) *reader {
	r := &reader{p: p}
	r.pane = tile.NewPane(p.env, "records-facts", p.env.Kit.Theme.S1, r.paint)
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is for Fyne.
func (r *reader) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(r.pane.Raster)
}

// MinSize is 1×1: the page decides.
func (r *reader) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// set shows items; what says the same is not painted again.
func (r *reader) set(items []item) {
	same := len(items) == len(r.items)
	for i := 0; same && i < len(items); i++ {
		a, b := items[i], r.items[i]
		same = a.Name == b.Name && a.Text == b.Text && a.Icon == b.Icon
	}
	r.items = items
	if !same {
		r.pane.Touch()
	}
}

// nameWide is the width of the names of facts, in units.
const nameWide = 124

func (r *reader) lines(it item, wide float64) []string {
	f, p := r.p.env.Kit.Fonts, r.p
	body := float64(p.px(16))
	return f.Wrap(it.Text, wide-float64(r.left(it)), body, false, 6)
}

// left is where the text of an item begins.
func (r *reader) left(it item) int {
	switch {
	case it.Name != "":
		return r.p.px(nameWide)
	case it.Icon != "":
		return r.p.px(28)
	}
	return 0
}

func (r *reader) paint(c *paint.Canvas) {
	p, th := r.p, r.p.env.Kit.Theme
	r.size = c.Img.Rect.Size()
	pad, line := p.px(16), p.px(22)
	wide := float64(r.size.X - 2*pad)
	body := float64(p.px(16))
	// The height first: the place in it may not be there any more.
	r.tops = r.tops[:0]
	var all [][]string
	y := p.px(8)
	for _, it := range r.items {
		ls := r.lines(it, wide)
		all = append(all, ls)
		r.tops = append(r.tops, y)
		y += max(1, len(ls))*line + p.px(8)
	}
	r.tops = append(r.tops, y)
	r.off = max(0, min(r.off, y-r.size.Y))
	for i, it := range r.items {
		top := r.tops[i] - r.off
		if top > r.size.Y || r.tops[i+1]-r.off < 0 {
			continue
		}
		x := float64(pad + r.left(it))
		if it.Name != "" {
			c.Text(float64(pad), float64(top), float64(line), p.env.Kit.Fonts.Fit(float64(p.px(nameWide-10)), float64(p.px(14)), false, it.Name), float64(p.px(14)), false, th.T2)
		} else if it.Icon != "" {
			c.Icon(pad, top+(line-p.px(18))/2, p.px(18), it.Icon, th.T1, th.OnFill)
		}
		for k, s := range all[i] {
			c.Text(x, float64(top+k*line), float64(line), s, body, false, th.T1)
		}
		if it.Do != nil {
			d := p.px(16)
			c.Icon(r.size.X-pad-d/2, top+(line-d)/2, d, "right", th.T2, th.S1)
		}
	}
	if y > r.size.Y {
		h := max(p.px(24), r.size.Y*r.size.Y/y)
		at := int(math.Round(float64(r.size.Y-h) * float64(r.off) / float64(y-r.size.Y)))
		c.Round(image.Rect(r.size.X-p.px(8), at, r.size.X-p.px(3), at+h), float64(p.px(2)), th.Line2)
	}
}

// Scrolled moves the lines.
func (r *reader) Scrolled(e *fyne.ScrollEvent) {
	r.off = max(0, r.off-r.p.px(float64(e.Scrolled.DY)*3))
	r.pane.Touch()
}

// Tapped does what an item leads to.
func (r *reader) Tapped(e *fyne.PointEvent) {
	y := int(e.Position.Y*r.p.density()) + r.off
	for i, it := range r.items {
		if i+1 < len(r.tops) && y >= r.tops[i] && y < r.tops[i+1] && it.Do != nil {
			it.Do()
			return
		}
	}
}
