package atlas

import (
	"image"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/atlas/sheet"
	"iocwall/ui/paint"
)

// tabs are the names of the pane's pages, for the mouse; the keys are 1 to 5.
type tabs struct {
	widget.BaseWidget
	f *face
}

func newTabs(f *face) *tabs {
	t := &tabs{f: f}
	t.ExtendBaseWidget(t)
	return t
}

// CreateRenderer is for Fyne: the head is painted under it.
func (t *tabs) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// MinSize is 1×1: the face decides sizes.
func (t *tabs) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Tapped turns to the page under the pointer.
func (t *tabs) Tapped(e *fyne.PointEvent) {
	a := t.f.a
	for i, r := range t.f.tabBoxes(a.px(t.Size().Width)) {
		if x := a.px(e.Position.X); x >= r[0] && x < r[1] {
			a.turn(page(i))
		}
	}
}

func (f *face) tabWords() [5]string {
	l := f.a.h.Lang
	return [5]string{l.T("atlas.tab.detail"), l.T("atlas.tab.layers"), l.T("atlas.tab.views"), l.T("atlas.tab.fences"), l.T("atlas.tab.drawings")}
}

// tabBoxes are where the tabs begin and end, px, with the room shared out.
func (f *face) tabBoxes(w int) [5][2]int {
	fonts, size := f.a.h.Kit.Fonts, float64(f.a.px(sheet.SmallSize))
	var widths [5]float64
	all := 0.0
	for i, s := range f.tabWords() {
		widths[i] = fonts.Width(s, true, size) + float64(f.a.px(20))
		all += widths[i]
	}
	pad := float64(f.a.px(12))
	spare := (float64(w) - 2*pad - all) / 5
	var out [5][2]int
	x := pad
	for i, v := range widths {
		out[i] = [2]int{int(x), int(x + v + spare)}
		x += v + spare
	}
	return out
}

func (f *face) paintHead(c *paint.Canvas) {
	th, fonts := f.a.h.Kit.Theme, f.a.h.Kit.Fonts
	small, body := float64(f.a.px(sheet.SmallSize)), float64(f.a.px(sheet.BodySize))
	b := c.Img.Rect
	tab := f.a.px(tabHigh)
	words := f.tabWords()
	for i, r := range f.tabBoxes(b.Dx()) {
		on := f.a.page == page(i)
		col := th.T2
		if on {
			col = th.T1
		}
		room := float64(r[1]-r[0]) - float64(f.a.px(18))
		w := fonts.Width(words[i], on, small)
		x := float64(r[0]+r[1])/2 - (w+float64(f.a.px(14)))/2
		x += c.Text(x, 0, float64(tab), fonts.Fit(room, small, on, words[i]), small, on, col)
		c.Text(x+float64(f.a.px(5)), 0, float64(tab), strconv.Itoa(i+1), small, false, th.T3)
		if on {
			c.Fill(image.Rect(r[0]+f.a.px(2), tab-f.a.px(4), r[1]-f.a.px(2), tab-f.a.px(1)), th.Focus)
		}
	}
	c.Fill(image.Rect(0, tab-1, b.Dx(), tab), th.Line1)
	pad := float64(f.a.px(sheet.SheetPad))
	title := float64(b.Dy() - tab)
	rw := fonts.Width(f.panel.Remark, false, small)
	c.Text(float64(b.Dx())-pad-rw, float64(tab), title, f.panel.Remark, small, false, th.T2)
	c.Text(pad, float64(tab), title, fonts.Fit(float64(b.Dx())-3*pad-rw, body, true, f.panel.Title), body, true, th.T1)
	c.Fill(image.Rect(0, b.Dy()-1, b.Dx(), b.Dy()), th.Line1)
}

// footWords are the position under the pointer, or of the middle, with how far it
// is from what is measured; and how to go on.
func (f *face) footWords() []string {
	a, l := f.a, f.a.h.Lang
	if !a.placed {
		return []string{"", ""}
	}
	at, key := a.view.Center, "atlas.foot.middle"
	if a.over {
		at, key = a.view.Point(float64(a.pointer.X), float64(a.pointer.Y)), "atlas.foot.pointer"
	}
	left := l.T(key, "at", a.pos.Write(at, a.form))
	if far := a.edit.FromLast(at); far != "" {
		left = far + "  ·  " + left
	}
	return []string{left, a.toolHint()}
}

// toolHint says how to go on with the tool in hand.
func (a *Atlas) toolHint() string {
	l := a.h.Lang
	switch {
	case a.tool == toolBox:
		return l.T("atlas.hint.box")
	case a.edit.Drawing():
		return l.T("atlas.hint.draw")
	case a.edit.Busy():
		return l.T("atlas.hint.edit")
	}
	return l.T("atlas.hint.hand")
}

func (f *face) paintFoot(c *paint.Canvas) {
	th, fonts := f.a.h.Kit.Theme, f.a.h.Kit.Fonts
	w := f.footWords()
	size, pad, h := float64(f.a.px(sheet.SmallSize)), float64(f.a.px(sheet.SheetPad)), float64(c.Img.Rect.Dy())
	room := float64(c.Img.Rect.Dx()) - 2*pad
	used := c.Text(pad, 0, h, fonts.Fit(room, size, false, w[0]), size, false, th.T1)
	if fonts.Width(w[1], false, size) < room-used-2*pad {
		c.Text(pad+room-fonts.Width(w[1], false, size), 0, h, w[1], size, false, th.T2)
	}
	c.Fill(image.Rect(0, 0, c.Img.Rect.Dx(), 1), th.Line1)
}

// plateWords are the states said over the map, the gravest first.
func (f *face) plateWords(now time.Time) []paint.Plate {
	a, l := f.a, f.a.h.Lang
	var out []paint.Plate
	if away := a.h.Away(now); away > 0 {
		age := l.Age(away)
		out = append(out, paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: l.T("away", "age", age), Shorter: []string{age}})
	}
	switch {
	case a.shown == nil:
		out = append(out, paint.Plate{Kind: paint.PlateSolid, Icon: "loading", Text: l.T("map.drawing")})
	case now.Sub(a.shown.At) > 2*redraw:
		at := l.ClockSeconds(a.shown.At)
		out = append(out, paint.Plate{Kind: paint.PlateStale, Icon: "frozen", Text: l.T("map.stopped", "time", at), Shorter: []string{l.T("map.stopped.short", "time", at)}})
	}
	if d, ok := a.describe(a.follow); ok {
		out = append(out, paint.Plate{Kind: paint.PlateSolid, Icon: "vessel", Text: l.T("atlas.following", "name", d.Title), Shorter: []string{l.T("atlas.following.short")}})
	}
	if names := a.edit.Unsaved(); len(names) > 0 {
		out = append(out, paint.Plate{
			Kind: paint.PlateWarning, Icon: "warning-open", Text: l.T("atlas.unsaved.name", "name", strings.Join(names, " · ")),
			Shorter: []string{l.T("atlas.unsaved.count", "n", strconv.Itoa(len(names))), l.T("atlas.unsaved")},
		})
	}
	return out
}

func plateSign(all []paint.Plate) string {
	var out []string
	for _, p := range all {
		out = append(out, string(p.Kind)+p.Text)
	}
	return strings.Join(out, "\x00")
}

// paintPlates puts the plates in a row from the right.
func (f *face) paintPlates(c *paint.Canvas) {
	size := float64(f.a.px(sheet.SmallSize))
	x, y := c.Img.Rect.Dx(), (c.Img.Rect.Dy()-paint.PlateHeight(size))/2
	for _, p := range f.plateWords(f.a.h.Now()) {
		w := min(c.PlateWidth(p, size), x)
		if w < f.a.px(80) {
			return
		}
		c.Plate(x-w, y, p, size, w)
		x -= w + f.a.px(gap)
	}
}

// hintWords are the name plate of what is under the pointer or the keyboard.
func (f *face) hintWords() []string {
	a := f.a
	if a.find.On() {
		return nil
	}
	if a.cursor >= 0 && a.cursor < len(a.stops) {
		if m := a.stops[a.cursor].Members; len(m) > 0 {
			return []string{a.h.Lang.T("atlas.cluster", "n", strconv.Itoa(len(m))), "", strconv.Itoa(a.cursor)}
		}
		return append(a.plateOf(refsOf(a.stops[a.cursor:a.cursor+1])), strconv.Itoa(a.cursor))
	}
	if a.hover != "" && a.over && a.hover != a.one {
		return append(a.plateOf(refsList(a.hover)), strconv.Itoa(a.pointer.X), strconv.Itoa(a.pointer.Y))
	}
	return nil
}

// layHint paints the name plate and puts it beside what it names.
func (f *face) layHint() {
	w := f.hintWords()
	if len(w) < 2 || w[0] == "" {
		f.hint.Hide()
		return
	}
	a := f.a
	fonts, size := a.h.Kit.Fonts, float64(a.px(sheet.SmallSize))
	wide := max(fonts.Width(w[0], true, size), fonts.Width(w[1], false, size))/float64(a.density()) + 24
	high := float32(32)
	if w[1] != "" {
		high = 52
	}
	at := a.pointer
	if a.cursor >= 0 && a.cursor < len(a.stops) {
		at = a.stops[a.cursor].At
	}
	m := f.hand.Size()
	x := min(float32(at.X)/a.density()+18, m.Width-float32(wide)-4)
	y := float32(at.Y)/a.density() + 18
	if y+high > m.Height {
		y -= high + 36
	}
	sheet.Put(f.hint.Raster, max(0, x), max(0, y), float32(wide), high)
	f.hint.Show()
	f.hint.Touch()
}

func (f *face) paintHint(c *paint.Canvas) {
	w := f.hintWords()
	if len(w) < 2 {
		return
	}
	th, size := f.a.h.Kit.Theme, float64(f.a.px(sheet.SmallSize))
	b := c.Img.Rect
	r := float64(f.a.px(4))
	c.Round(b, r, th.S1)
	c.RoundLine(b, r, float64(max(1, f.a.px(1))), th.Line2)
	line, pad := float64(f.a.px(22)), float64(f.a.px(12))
	y := float64(f.a.px(5))
	c.Text(pad, y, line, c.Kit.Fonts.Fit(float64(b.Dx())-pad, size, true, w[0]), size, true, th.T1)
	if w[1] != "" {
		c.Text(pad, y+float64(f.a.px(20)), line, c.Kit.Fonts.Fit(float64(b.Dx())-pad, size, false, w[1]), size, false, th.T2)
	}
}
