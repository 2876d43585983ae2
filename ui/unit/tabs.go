package unit

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// tabs are the heads of the lists in the right column, with how many rows each has.
type tabs struct {
	widget.BaseWidget
	p     *Page
	pane  *tile.Pane
	texts []string
	rects []image.Rectangle // from the pane's corner
	high  int               // px
	focus bool
	// whole says that the map is one of them: there is no room for it above.
	whole bool
}

const tabHigh = 36

func newTabs(p *Page) *tabs {
	t := &tabs{p: p}
	t.pane = tile.NewPane(p.env, "unit-tabs", p.env.Kit.Theme.S1, t.paint)
	t.ExtendBaseWidget(t)
	t.texts = t.words()
	return t
}

// words are the tabs' names with their counts.
func (t *tabs) words() []string {
	l, o := t.p.env.Lang, t.p.own
	out := []string{
		l.T("unit.figures") + " " + strconv.Itoa(len(o.dues)),
		l.T("alerts.title.short") + " " + strconv.Itoa(len(o.alerts)),
		l.T("unit.stations") + " " + strconv.Itoa(len(o.stations)),
		l.T("unit.cameras") + " " + strconv.Itoa(len(o.cameras)),
	}
	if t.whole {
		out = append(out, l.T("map.title"))
	}
	return out
}

func (t *tabs) count() int { return len(t.texts) }

// flow puts the tabs into rows of a column's width.
func (t *tabs) flow(in image.Rectangle, whole bool) {
	t.whole = whole
	t.texts, t.rects = t.words(), nil
	px := t.p.px
	gap, x, y := px(8), px(12), px(8)
	for _, text := range t.texts {
		w := int(t.p.env.Kit.Fonts.Width(text, true, float64(px(14)))) + px(44)
		if x+w > in.Dx()-px(12) && x > px(12) {
			x, y = px(12), y+px(tabHigh)+gap
		}
		t.rects = append(t.rects, image.Rect(x, y, min(x+w, in.Dx()-px(12)), y+px(tabHigh)))
		x += w + gap
	}
	t.high = y + px(tabHigh) + gap
}

// update brings the counts in line with the lists.
func (t *tabs) update() {
	now := t.words()
	for i, s := range now {
		if i >= len(t.texts) || t.texts[i] != s {
			high := t.high
			t.flow(t.p.laid.side.Inset(1), t.whole)
			if t.high != high {
				t.p.root.Refresh()
			}
			t.pane.Touch()
			return
		}
	}
}

// CreateRenderer is for Fyne.
func (t *tabs) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.pane.Raster) }

// MinSize is 1×1: the page sizes the tabs.
func (t *tabs) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Tapped shows the tab under the pointer.
func (t *tabs) Tapped(e *fyne.PointEvent) {
	d := t.p.density()
	at := image.Pt(int(e.Position.X*d), int(e.Position.Y*d))
	for i, r := range t.rects {
		if at.In(r) {
			t.p.turn(i)
		}
	}
}

// FocusGained is for Fyne.
func (t *tabs) FocusGained() {
	t.focus = true
	t.pane.Touch()
}

// FocusLost is for Fyne.
func (t *tabs) FocusLost() {
	t.focus = false
	t.pane.Touch()
}

// TypedRune hands letters on.
func (t *tabs) TypedRune(r rune) { t.p.Rune(r) }

// TypedKey goes to the next tab, or into its list.
func (t *tabs) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyLeft:
		t.p.turn(t.p.tab - 1)
	case fyne.KeyRight:
		t.p.turn(t.p.tab + 1)
	case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
		if t.p.tab < tabMap {
			t.p.right = true
			t.p.current().Focus()
		}
	default:
		t.p.Key(e)
	}
}

func (t *tabs) paint(c *paint.Canvas) {
	th, f, px := c.Kit.Theme, c.Kit.Fonts, t.p.px
	size := float64(px(14))
	for i, r := range t.rects {
		on := i == t.p.tab
		ground, edge, w := th.S2, th.Line2, max(1, px(1))
		if on {
			ground, edge, w = th.S3, th.T1, max(2, px(2))
		}
		c.Round(r, float64(px(6)), ground)
		c.RoundLine(r, float64(px(6)), float64(w), edge)
		if on && t.focus {
			c.RoundLine(r.Inset(px(3)), float64(px(4)), float64(max(2, px(2))), th.Focus)
		}
		x := float64(r.Min.X + px(12))
		if on { // the choice is a tick first
			c.Icon(r.Min.X+px(10), r.Min.Y+(r.Dy()-px(16))/2, px(16), "done", th.T1, th.S1)
			x = float64(r.Min.X + px(30))
		} else {
			x += (float64(r.Dx()-2*px(12)) - f.Width(t.texts[i], false, size)) / 2
		}
		c.Text(x, float64(r.Min.Y), float64(r.Dy()), f.Fit(float64(r.Max.X)-x, size, on, t.texts[i]), size, on, th.T1)
	}
}
