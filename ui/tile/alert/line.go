// Package alert draws what people must know at once: the line along the top of the
// wall with the worst alerts, a single alert with what is to be done about it, and
// notes.
package alert

import (
	"image"
	"image/color"
	"reflect"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// LineView is what the alert line says: the clock, the most urgent alerts, the
// totals, and whether the wall is whole.
type LineView struct {
	Now    time.Time
	Alerts []world.Alert // open, most urgent first
	Duty   string        // who is on duty, empty when nobody said
	Scene  string
	// SceneSince is when the scene went up.
	SceneSince time.Time
	// Screens of All are there; Counted is false while nobody counted them.
	Screens, All int
	Counted      bool
	// Heard is how old the server's newest word is.
	Heard time.Duration
	// Away and AsOf are those of tile.Cover.
	Away time.Duration
	AsOf time.Time
	// Column of Columns is the statement this part of the line shows: one
	// statement per screen. Zero Columns means as many as fit.
	Column, Columns int
}

// Line is the alert line along the top of the wall: one statement per screen.
type Line struct {
	*tile.Sheet
	env  *tile.Env
	view LineView
	face []lineCell
}

type lineCell struct {
	Icon     string
	Severity world.Severity // empty for what is no alert
	Title    string
	Subs     []string // alternatives, longest first
	Right    string
}

// NewLine returns an empty alert line.
func NewLine(env *tile.Env) *Line {
	t := &Line{env: env}
	t.Sheet = tile.NewSheet(env, "line", env.Kit.Theme.Bg, func() string { return env.Lang.T("alerts.title") }, t.paint)
	return t
}

// Update shows a view.
func (t *Line) Update(v LineView) {
	columns := v.Columns
	if columns == 0 {
		columns = min(9, max(1, t.Pixels().X/t.env.Scale.Px(1500)))
	}
	cells := lineCells(t.env, v, columns)
	if v.Columns > 0 && v.Column < len(cells) {
		cells = cells[v.Column : v.Column+1]
	}
	if reflect.DeepEqual(cells, t.face) {
		return
	}
	t.view, t.face = v, cells
	t.Touch()
}

// lineCells gives n statements.
func lineCells(e *tile.Env, v LineView, n int) []lineCell {
	l := e.Lang
	clock := lineCell{Icon: "clock", Title: l.ClockSeconds(v.Now), Subs: []string{l.Weekday(v.Now)}}
	if v.Duty != "" {
		clock.Subs = []string{l.Weekday(v.Now) + " · " + v.Duty, l.Weekday(v.Now)}
	}
	totals := totalsCell(e, v)
	switch {
	case n == 1 && len(v.Alerts) > 0:
		a := alertCell(e, v.Alerts[0], v.Now)
		a.Right = l.Clock(v.Now)
		return []lineCell{a}
	case n == 1:
		totals.Right = l.Clock(v.Now)
		return []lineCell{totals}
	}
	cells := []lineCell{clock}
	tail := []lineCell{totals}
	if n >= 5 {
		tail = append(tail, wallCell(e, v))
	}
	if n == 2 && len(v.Alerts) > 0 {
		tail = nil
	}
	for i := 0; len(cells) < n-len(tail); i++ {
		if i < len(v.Alerts) {
			cells = append(cells, alertCell(e, v.Alerts[i], v.Now))
		} else {
			cells = append(cells, lineCell{})
		}
	}
	return append(cells, tail...)
}

func alertCell(e *tile.Env, a world.Alert, now time.Time) lineCell {
	l := e.Lang
	_, icon, _ := tile.SeverityLook(e.Kit.Theme, a.Severity)
	since := l.T("line.since", "time", l.Stamp(a.Since.Std(), now))
	who := l.T("alerts.untaken.long")
	if a.Taken != 0 {
		who = l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std()))
	}
	c := lineCell{Icon: icon, Severity: a.Severity, Title: a.Title, Subs: []string{since + " · " + who, who}}
	if a.Text != "" {
		c.Subs = append([]string{since + " · " + who + " · " + a.Text}, c.Subs...)
	}
	return c
}

func totalsCell(e *tile.Env, v LineView) lineCell {
	l := e.Lang
	var n [5]int
	untaken := 0
	for _, a := range v.Alerts {
		n[a.Severity.Rank()]++
		if a.Taken == 0 {
			untaken++
		}
	}
	if len(v.Alerts) == 0 {
		return lineCell{Icon: "normal", Title: l.T("alerts.none", "time", l.Clock(v.Now)), Subs: []string{l.T("alerts.none.searched")}}
	}
	c := lineCell{Icon: "normal", Title: l.T("alerts.summary", "critical", strconv.Itoa(n[4]), "severe", strconv.Itoa(n[3]), "warning", strconv.Itoa(n[2]))}
	c.Subs = []string{l.T("alerts.all.taken")}
	if untaken > 0 {
		c.Subs = []string{l.T("alerts.summary.more", "n", strconv.Itoa(untaken))}
	}
	return c
}

func wallCell(e *tile.Env, v LineView) lineCell {
	l := e.Lang
	c := lineCell{Icon: "normal"}
	have, all := strconv.Itoa(v.Screens), strconv.Itoa(v.All)
	switch {
	case v.Away > 0:
		c.Icon, c.Title = "stale", l.T("away", "age", l.Age(v.Away))
		if !v.AsOf.IsZero() {
			c.Title = l.T("asof", "time", l.Stamp(v.AsOf, v.Now))
		}
	case !v.Counted:
		c.Icon, c.Title = "node", l.T("console.screens.count", "n", all)
	case v.Screens < v.All:
		c.Icon, c.Title = "warning", l.T("line.wall.some", "n", have, "all", all)
	default:
		c.Title = l.T("line.wall", "n", have, "all", all)
	}
	if v.Scene != "" {
		c.Subs = append(c.Subs, l.T("line.scene", "scene", v.Scene, "time", l.Stamp(v.SceneSince, v.Now)))
	}
	return c
}

func (t *Line) paint(c *paint.Canvas) {
	e := t.env
	b := c.Img.Rect
	n := len(t.face)
	if n == 0 {
		return
	}
	gap := 0
	if n > 1 {
		gap = max(1, e.Scale.Px(8))
	}
	for i, cell := range t.face {
		x0, x1 := b.Dx()*i/n, b.Dx()*(i+1)/n
		if i < n-1 {
			x1 -= gap
		}
		paintLineCell(e, c, image.Rect(x0, 0, x1, b.Dy()), cell)
	}
}

func paintLineCell(e *tile.Env, c *paint.Canvas, r image.Rectangle, cell lineCell) {
	th := e.Kit.Theme
	ground, t1, t2, ink := th.S1, th.T1, th.T2, th.T2
	if cell.Severity != "" {
		_, _, ink = tile.SeverityLook(th, cell.Severity)
	}
	if cell.Icon == "warning" && cell.Severity == "" {
		ink = th.Warning
	}
	mark := th.OnFill
	if cell.Severity == world.Critical {
		ground, t1, t2, ink, mark = th.CriticalFill, th.White, th.White, th.White, th.Ink
	}
	c.Fill(r, ground)
	if cell.Severity == world.Critical {
		c.Frame(r, max(2, e.Scale.Px(8)), th.White)
	}
	lead, text := e.Scale.Lead, e.Scale.Text
	if float64(r.Dy()) < lead+text {
		paintLineRow(e, c, r, cell, t1, t2, ink, mark)
		return
	}
	top := r.Min.Y + e.Scale.Px(6)
	h1, h2 := e.Scale.Px(120), e.Scale.Px(72)
	if h := r.Dy() - 2*e.Scale.Px(6); h1+h2 > h {
		h1 = h * 120 / 192
		h2 = h - h1
	} else {
		top += (h - h1 - h2) / 2
	}
	pad := e.Scale.Px(40)
	icon := int(lead)
	if cell.Icon != "" {
		c.Icon(r.Min.X+pad, top+(h1-icon)/2, icon, cell.Icon, ink, mark)
	}
	x := float64(r.Min.X + pad + icon + e.Scale.Px(28))
	right := float64(r.Max.X - pad)
	if cell.Right != "" {
		w := e.Kit.Fonts.Width(cell.Right, true, lead)
		c.Text(right-w, float64(top), float64(h1), cell.Right, lead, true, t1)
		right -= w + float64(e.Scale.Px(28))
	}
	title := e.Kit.Fonts.Fit(right-x, lead, true, cell.Title)
	c.Runs(x, float64(top), float64(h1), lead, paint.Run{Text: title, Bold: true, Color: t1})
	if len(cell.Subs) > 0 {
		sub := e.Kit.Fonts.Fit(float64(r.Max.X-pad)-x, text, false, cell.Subs...)
		c.Runs(x, float64(top+h1), float64(h2), text, paint.Run{Text: sub, Color: t2})
	}
}

// paintLineRow draws a statement in one row, where the line is too low for two:
// the wall in a window.
func paintLineRow(e *tile.Env, c *paint.Canvas, r image.Rectangle, cell lineCell, t1, t2, ink, mark color.RGBA) {
	size := e.Scale.Text
	pad, icon := e.Scale.Px(28), int(size)
	if cell.Icon != "" {
		c.Icon(r.Min.X+pad, r.Min.Y+(r.Dy()-icon)/2, icon, cell.Icon, ink, mark)
	}
	x, top, h := float64(r.Min.X+pad+icon+e.Scale.Px(20)), float64(r.Min.Y), float64(r.Dy())
	right := float64(r.Max.X - pad)
	if cell.Right != "" {
		w := e.Kit.Fonts.Width(cell.Right, true, size)
		c.Text(right-w, top, h, cell.Right, size, true, t1)
		right -= w + float64(pad)
	}
	title := e.Kit.Fonts.Fit(right-x, size, true, cell.Title)
	x += c.Runs(x, top, h, size, paint.Run{Text: title, Bold: true, Color: t1}) + float64(e.Scale.Px(32))
	for _, sub := range cell.Subs {
		if e.Kit.Fonts.Width(sub, false, size) <= right-x {
			c.Runs(x, top, h, size, paint.Run{Text: sub, Color: t2})
			return
		}
	}
}
