package operator

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// tab is one of a row of which one is chosen.
type tab struct{ id, text, count, icon string }

// tabs are words in a row, the chosen one underlined; they are painted, as lists are.
type tabs struct {
	widget.BaseWidget
	env    *tile.Env
	pane   *tile.Pane
	all    []tab
	chosen string
	choose func(id string)
	ends   []int // where each one ends, in pixels
}

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

func (t *tabs) paint(c *paint.Canvas) {
	th, f := t.env.Kit.Theme, t.env.Kit.Fonts
	px := func(v float64) int { return int(v * t.env.Scale.Text / 16) }
	r := c.Img.Rect
	size := t.env.Scale.Text * 14 / 16
	c.Fill(image.Rect(0, r.Max.Y-1, r.Max.X, r.Max.Y), th.Line1)
	gap, icon := px(14), px(20)
	x := px(12)
	t.ends = t.ends[:0]
	// Where not all words fit, the others are symbols.
	sum := x
	for _, a := range t.all {
		sum += int(f.Width(a.text+" "+a.count, a.id == t.chosen, size)) + gap
	}
	tight := sum > r.Dx()
	for _, a := range t.all {
		bold, col := a.id == t.chosen, th.T2
		text := a.text
		if bold {
			col = th.T1
			if a.count != "" {
				text += " " + a.count
			}
		}
		if tight && !bold {
			c.Icon(x, (r.Dy()-px(3)-icon)/2, icon, a.icon, th.T2, th.S1)
			x += icon + gap
			t.ends = append(t.ends, x-gap/2)
			continue
		}
		w := int(c.Text(float64(x), 0, float64(r.Dy()-px(3)), text, size, bold, col) + 0.5)
		if bold {
			w = max(w, int(f.Width(text, true, size)))
			c.Fill(image.Rect(x-px(4), r.Max.Y-px(3), x+w+px(4), r.Max.Y), th.Focus)
		}
		x += w + gap
		t.ends = append(t.ends, x-gap/2)
	}
}

// Tapped chooses the tab under the pointer.
func (t *tabs) Tapped(e *fyne.PointEvent) {
	d := t.env.Density
	if d <= 0 {
		d = 1
	}
	at := int(e.Position.X * d)
	for i, end := range t.ends {
		if at < end && i < len(t.all) {
			t.choose(t.all[i].id)
			return
		}
	}
}
