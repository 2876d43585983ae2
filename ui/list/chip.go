package list

import (
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// chip is a filter that is on or off: on has an edge of the text's colour and a
// tick.
type chip struct {
	widget.BaseWidget
	l       *List
	i       int
	pane    *tile.Pane
	said    string
	on      bool
	hover   bool
	focused bool
}

func newChip(l *List, i int) *chip {
	c := &chip{l: l, i: i}
	c.pane = tile.NewPane(l.env, "list-chip", l.env.Kit.Theme.S1, c.paint)
	c.ExtendBaseWidget(c)
	c.said = c.text()
	return c
}

func (c *chip) text() string {
	ch := c.l.x.chips[c.i]
	if !ch.Count {
		return ch.Text
	}
	return ch.Text + " " + c.l.env.Lang.Int(int64(c.l.x.counts[c.i]))
}

// CreateRenderer is for Fyne.
func (c *chip) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.pane.Raster) }

// MinSize has room for the text, the tick and a count that grows.
func (c *chip) MinSize() fyne.Size {
	said := c.said
	if ch := c.l.x.chips[c.i]; ch.Count { // room to grow
		digits := max(2, len(strconv.Itoa(c.l.x.counts[c.i])))
		said = ch.Text + " " + strings.Repeat("0", digits)
	}
	w := c.l.env.Kit.Fonts.Width(said, true, float64(c.l.px(smallText)))
	step := float64(c.l.px(8)) // widths in steps: a count that grows does not move what is beside it
	w = math.Ceil((w+float64(c.l.px(42)))/step) * step
	return fyne.NewSize(float32(w)/c.l.density(), c.l.unit(32))
}

func (c *chip) show() {
	said, on := c.text(), c.l.x.on>>c.i&1 == 1
	if said == c.said && on == c.on {
		return
	}
	was := c.MinSize().Width
	c.said, c.on = said, on
	if c.MinSize().Width != was {
		c.l.tool.grown = true
	}
	c.pane.Touch()
}

// Tapped turns it.
func (c *chip) Tapped(*fyne.PointEvent) { c.l.Chip(c.l.x.chips[c.i].ID, !c.on) }

// MouseIn is for Fyne.
func (c *chip) MouseIn(*desktop.MouseEvent) { c.light(true, c.focused) }

// MouseMoved is for Fyne.
func (c *chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (c *chip) MouseOut() { c.light(false, c.focused) }

// FocusGained is for Fyne.
func (c *chip) FocusGained() { c.light(c.hover, true) }

// FocusLost is for Fyne.
func (c *chip) FocusLost() { c.light(c.hover, false) }

func (c *chip) light(hover, focused bool) {
	c.hover, c.focused = hover, focused
	c.pane.Touch()
}

// TypedRune turns it by the space bar.
func (c *chip) TypedRune(r rune) {
	if r == ' ' {
		c.Tapped(nil)
	}
}

// TypedKey turns it by Enter.
func (c *chip) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		c.Tapped(nil)
	}
}

func (c *chip) paint(p *paint.Canvas) {
	l, th := c.l, c.l.env.Kit.Theme
	r := p.Img.Rect
	ground, edge, w := th.S2, th.Line2, max(1, l.px(1))
	if c.hover {
		ground = th.S3
	}
	if c.on {
		edge, w = th.T1, max(2, l.px(2))
	}
	p.Round(r, float64(l.px(6)), ground)
	p.RoundLine(r, float64(l.px(6)), float64(w), edge)
	if c.focused {
		p.RoundLine(r.Inset(w+max(1, l.px(1))), float64(l.px(4)), float64(max(1, l.px(2))), th.Focus)
	}
	x, size := l.px(10), float64(l.px(smallText))
	room := r.Dx() - 2*l.px(10)
	if c.on {
		p.Icon(x, (r.Dy()-l.px(16))/2, l.px(16), "done", th.T1, th.S1)
		x += l.px(20)
		room -= l.px(20)
	} else {
		x += max(0, (room-int(l.env.Kit.Fonts.Width(c.said, false, size)))/2)
	}
	p.Text(float64(x), 0, float64(r.Dy()), l.env.Kit.Fonts.Fit(float64(room), size, c.on, c.said), size, c.on, th.T1)
}
