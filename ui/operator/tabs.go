package operator

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// tab is one of several of which one is chosen.
type tab struct{ id, text, count string }

// tabs are words with counts in a row, or in several where they do not fit into one,
// the chosen one underlined; they are painted, as lists are.
type tabs struct {
	widget.BaseWidget
	env    *tile.Env
	pane   *tile.Pane
	all    []tab
	chosen string
	choose func(id string)
}

// tabHeight is that of a row in Fyne units at the usual size of text.
const tabHeight = 32

func newTabs(env *tile.Env, choose func(string)) *tabs {
	t := &tabs{env: env, choose: choose}
	t.pane = tile.NewPane(env, "tabs", env.Kit.Theme.S1, t.paint)
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is for Fyne.
func (t *tabs) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.pane.Raster) }

// MinSize is 1×1: the page decides sizes.
func (t *tabs) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// set shows other tabs, where they are others.
func (t *tabs) set(all []tab, chosen string) {
	same := len(all) == len(t.all) && chosen == t.chosen
	for i := range all {
		same = same && all[i] == t.all[i]
	}
	if !same {
		t.all, t.chosen = all, chosen
		t.pane.Touch()
	}
}

// px converts Fyne units at the usual size of text into device pixels.
func (t *tabs) px(v float64) int { return int(v * t.env.Scale.Text / 16) }

// spots are where the tabs lie in a width, in pixels. All are measured as if they were
// chosen: a choice moves none.
func (t *tabs) spots(wide int) []image.Rectangle {
	f, size := t.env.Kit.Fonts, t.env.Scale.Text*14/16
	pad, h := t.px(8), t.px(tabHeight)
	x, y := t.px(4), 0
	out := make([]image.Rectangle, len(t.all))
	for i, a := range t.all {
		w := int(f.Width(a.text, true, size)+f.Width(" "+a.count, false, size)) + 2*pad + 1
		if x+w > wide && x > t.px(4) {
			x, y = t.px(4), y+h
		}
		out[i] = image.Rect(x, y, x+w, y+h)
		x += w
	}
	return out
}

// lines is how many rows they take in a width.
func (t *tabs) lines(wide int) int {
	all := t.spots(wide)
	if len(all) == 0 {
		return 1
	}
	return all[len(all)-1].Max.Y / t.px(tabHeight)
}

func (t *tabs) paint(c *paint.Canvas) {
	th, f := t.env.Kit.Theme, t.env.Kit.Fonts
	r := c.Img.Rect
	size, pad := t.env.Scale.Text*14/16, t.px(8)
	c.Fill(image.Rect(0, r.Max.Y-1, r.Max.X, r.Max.Y), th.Line1)
	for i, at := range t.spots(r.Dx()) {
		a := t.all[i]
		bold, ink := a.id == t.chosen, th.T2
		if bold {
			ink = th.T1
			c.Fill(image.Rect(at.Min.X+pad/2, at.Max.Y-t.px(3), at.Max.X-pad/2, at.Max.Y), th.Focus)
		}
		x, h := float64(at.Min.X+pad), float64(at.Dy()-t.px(3))
		x += c.Text(x, float64(at.Min.Y), h, a.text, size, bold, ink)
		c.Text(x+f.Width(" ", false, size), float64(at.Min.Y), h, a.count, size, false, ink)
	}
}

// Tapped chooses the tab under the pointer.
func (t *tabs) Tapped(e *fyne.PointEvent) {
	d := t.env.Density
	if d <= 0 {
		d = 1
	}
	at := image.Pt(int(e.Position.X*d), int(e.Position.Y*d))
	for i, r := range t.spots(int(t.Size().Width * d)) {
		if at.In(r) {
			t.choose(t.all[i].id)
			return
		}
	}
}
