package setup

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// pair is a list and beside it the thing that is chosen.
type pair struct {
	k     kit
	root  *fyne.Container
	left  *frame
	right *frame
	list  *list.List
	// share is how much of the width the list has.
	share float32
	size  fyne.Size
}

func newPair(k kit, content, detail fyne.CanvasObject, share float32) *pair {
	p := &pair{k: k, share: share, left: newFrame(k, content), right: newFrame(k, detail)}
	p.root = arrange(p.lay, p.left.box, p.right.box)
	return p
}

func (p *pair) lay(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	p.size = s
	space := p.k.u(gap)
	if s.Width < p.k.u(760) {
		// One above the other where there is no room beside.
		h := (s.Height - space) * 0.5
		put(p.left.box, 0, 0, s.Width, h)
		put(p.right.box, 0, h+space, s.Width, s.Height-h-space)
		return
	}
	w := (s.Width - space) * p.share
	put(p.left.box, 0, 0, w, s.Height)
	put(p.right.box, w+space, 0, s.Width-w-space, s.Height)
}

func (p *pair) object() fyne.CanvasObject { return p.root }
func (p *pair) open(id string) {
	if id != "" {
		p.list.Choose(id)
	}
}
func (p *pair) key(e *fyne.KeyEvent) bool { return p.list != nil && p.list.Key(e) }
func (p *pair) letter(r rune) bool        { return p.list != nil && p.list.Rune(r) }
func (p *pair) keys() []page.Key          { return nil }
func (p *pair) show(bool)                 {}
func (p *pair) close()                    {}

// line is one line of facts: a name and a value, which may take several lines.
type line struct {
	name, value string
	wrong, big  bool
}

// facts paints lines of facts.
type facts struct {
	k    kit
	pane *tile.Pane
	list []line
	sig  string
	// high is what the lines need, in device pixels, once painted at a width.
	high int
}

func newFacts(k kit) *facts {
	f := &facts{k: k}
	f.pane = tile.NewPane(k.env, "setup", k.env.Kit.Theme.S1, f.paint)
	return f
}

func (f *facts) object() *canvas.Raster { return f.pane.Raster }

func (f *facts) set(list []line) {
	list = slices.DeleteFunc(list, func(x line) bool { return x.value == "" })
	sig := ""
	for _, x := range list {
		sig += x.name + "\x00" + x.value + "\x01"
	}
	f.list = list
	if sig != f.sig {
		f.sig = sig
		f.pane.Touch()
	}
}

// height is what the lines need at a width, in Fyne units.
func (f *facts) height(w float32) float32 {
	d := f.k.density()
	h := 0
	for _, x := range f.list {
		h += f.lineHigh(x, int(w*d))
	}
	return float32(h)/d + f.k.u(8)
}

func (f *facts) room(w int, x line) float64 {
	left := f.k.px(pad)
	if x.name != "" && !x.big {
		left += f.k.px(130)
	}
	return float64(w - left - f.k.px(pad))
}

func (f *facts) lineHigh(x line, w int) int {
	if x.big {
		return f.k.px(44)
	}
	n := len(f.k.env.Kit.Fonts.Wrap(x.value, f.room(w, x), float64(f.k.px(small)), false, 6))
	return max(1, n)*f.k.px(20) + f.k.px(6)
}

func (f *facts) paint(c *paint.Canvas) {
	k, th, fonts := f.k, f.k.env.Kit.Theme, f.k.env.Kit.Fonts
	y := k.px(8)
	size, w := float64(k.px(small)), c.Img.Rect.Dx()
	for _, x := range f.list {
		if x.big {
			c.Text(float64(k.px(pad)), float64(y), float64(k.px(40)), fonts.Fit(float64(w-2*k.px(pad)), float64(k.px(28)), true, x.value), float64(k.px(28)), true, th.T1)
			y += f.lineHigh(x, w)
			continue
		}
		left := float64(k.px(pad))
		if x.name != "" {
			c.Text(left, float64(y), float64(k.px(20)), fonts.Fit(float64(k.px(122)), size, false, x.name), size, false, th.T2)
			left += float64(k.px(130))
		}
		col := th.T1
		if x.wrong {
			col = th.Critical
		}
		for i, t := range fonts.Wrap(x.value, f.room(w, x), size, false, 6) {
			c.Text(left, float64(y+i*k.px(20)), float64(k.px(20)), t, size, false, col)
		}
		y += f.lineHigh(x, w)
	}
}
