package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Pair is a list and beside it the thing that is chosen.
type Pair struct {
	K    Kit
	root *fyne.Container
	// Left and Right are the two panes, List what is in the left one.
	Left  *Frame
	Right *Frame
	List  *list.List
	// share is how much of the width the list has.
	share float32
	size  fyne.Size
}

// NewPair returns a list and its detail; share is how much of the width the list has.
func NewPair(k Kit, content, detail fyne.CanvasObject, share float32) *Pair {
	p := &Pair{K: k, share: share, Left: NewFrame(k, content).Bare(), Right: NewFrame(k, detail)}
	p.root = Arrange(p.lay, p.Left.Box, p.Right.Box)
	return p
}

func (p *Pair) lay(s fyne.Size) {
	if s.Width <= 1 {
		return
	}
	p.size = s
	space := p.K.U(Gap)
	if s.Width < p.K.U(760) {
		// One above the other where there is no room beside.
		h := (s.Height - space) * 0.5
		Put(p.Left.Box, 0, 0, s.Width, h)
		Put(p.Right.Box, 0, h+space, s.Width, s.Height-h-space)
		return
	}
	w := (s.Width - space) * p.share
	Put(p.Left.Box, 0, 0, w, s.Height)
	Put(p.Right.Box, w+space, 0, s.Width-w-space, s.Height)
}

// Object is what the page shows.
func (p *Pair) Object() fyne.CanvasObject { return p.root }

// Open chooses a row by its id.
func (p *Pair) Open(id string) {
	if id != "" {
		p.List.Choose(id)
	}
}

// Key hands keys to the list.
func (p *Pair) Key(e *fyne.KeyEvent) bool { return p.List != nil && p.List.Key(e) }

// Letter hands letters to the list.
func (p *Pair) Letter(r rune) bool { return p.List != nil && p.List.Rune(r) }

// Keys are none of its own.
func (p *Pair) Keys() []page.Key { return nil }

// Show does nothing.
func (p *Pair) Show(bool) {}

// Close does nothing.
func (p *Pair) Close() {}

// Line is one line of facts: a name and a value, which may take several lines.
type Line struct {
	Name, Value string
	Wrong, Big  bool
	// Hint is what can be done, in the colour of what explains.
	Hint bool
}

// Facts paints lines of facts, which scroll where there is no room for all.
type Facts struct {
	k      Kit
	pane   *tile.Pane
	scroll *container.Scroll
	list   []Line
	sig    string
}

// NewFacts returns facts without lines.
func NewFacts(k Kit) *Facts {
	f := &Facts{k: k}
	f.pane = tile.NewPane(k.Env, "setup", k.Env.Kit.Theme.S1, f.paint)
	f.scroll = container.NewVScroll(container.New(tallFacts{f}, f.pane.Raster))
	return f
}

// tallFacts gives the lines the height they need.
type tallFacts struct{ f *Facts }

// Layout is for Fyne.
func (l tallFacts) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	Put(l.f.pane.Raster, 0, 0, s.Width, s.Height)
}

// MinSize is for Fyne.
func (l tallFacts) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, l.f.Height(l.f.scroll.Size().Width))
}

// Object is what the page shows of it.
func (f *Facts) Object() fyne.CanvasObject { return f.scroll }

// Set shows lines; those without a value are left out.
func (f *Facts) Set(list []Line) {
	list = slices.DeleteFunc(list, func(x Line) bool { return x.Value == "" })
	sig := ""
	for _, x := range list {
		sig += x.Name + "\x00" + x.Value + "\x01"
	}
	f.list = list
	if sig != f.sig {
		f.sig = sig
		f.pane.Touch()
		f.scroll.Refresh()
	}
}

// Height is what the lines need at a width, in Fyne units.
func (f *Facts) Height(w float32) float32 {
	d := f.k.Density()
	h := 0
	for _, x := range f.list {
		h += f.lineHigh(x, int(w*d))
	}
	return float32(h)/d + f.k.U(8)
}

func (f *Facts) room(w int, x Line) float64 {
	left := f.k.Px(Pad)
	if x.Name != "" && !x.Big {
		left += f.k.Px(130)
	}
	return float64(w - left - f.k.Px(Pad))
}

func (f *Facts) lineHigh(x Line, w int) int {
	if x.Big {
		return f.k.Px(44)
	}
	n := len(f.k.Env.Kit.Fonts.Wrap(x.Value, f.room(w, x), float64(f.k.Px(Small)), false, 6))
	return max(1, n)*f.k.Px(20) + f.k.Px(6)
}

func (f *Facts) paint(c *paint.Canvas) {
	k, th, fonts := f.k, f.k.Env.Kit.Theme, f.k.Env.Kit.Fonts
	y := k.Px(8)
	size, w := float64(k.Px(Small)), c.Img.Rect.Dx()
	for _, x := range f.list {
		if x.Big {
			c.Text(float64(k.Px(Pad)), float64(y), float64(k.Px(40)), fonts.Fit(float64(w-2*k.Px(Pad)), float64(k.Px(28)), true, x.Value), float64(k.Px(28)), true, th.T1)
			y += f.lineHigh(x, w)
			continue
		}
		left := float64(k.Px(Pad))
		if x.Name != "" {
			c.Text(left, float64(y), float64(k.Px(20)), fonts.Fit(float64(k.Px(122)), size, false, x.Name), size, false, th.T2)
			left += float64(k.Px(130))
		}
		col := th.T1
		switch {
		case x.Wrong:
			col = th.Critical
		case x.Hint:
			col = th.T2
		}
		for i, t := range fonts.Wrap(x.Value, f.room(w, x), size, false, 6) {
			c.Text(left, float64(y+i*k.Px(20)), float64(k.Px(20)), t, size, false, col)
		}
		y += f.lineHigh(x, w)
	}
}
