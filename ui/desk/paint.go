package desk

import (
	"image"
	"image/color"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
)

// listHead and listRow are heights in Fyne units: a title with column heads, and
// a row.
const (
	listHead = 84
	listRow  = 44
)

// px converts Fyne units at the usual size of text into device pixels.
func (d *Desk) px(v float64) int { return int(v * float64(d.env.Density) * d.text) }

// listLine is a row of the alert list.
type listLine struct {
	Severity              world.Severity
	Word, What, Since, By string
	Taken, Chosen         bool
}

func (d *Desk) listWords() []listLine {
	l := d.env.Lang
	var out []listLine
	alerts := d.m.Alerts()
	for i := d.first; i < len(alerts) && i < d.first+d.rows; i++ {
		a := alerts[i]
		r := listLine{
			Severity: a.Severity, Word: l.T("severity." + string(a.Severity)), What: a.Title,
			Since: l.Stamp(a.Since.Std(), d.now), By: l.T("alerts.untaken.long"), Taken: a.Taken != 0, Chosen: a.ID == d.chosen,
		}
		if r.Taken {
			r.By = l.T("alerts.taken.at", "who", Taker(a), "time", l.Clock(a.Taken.Std()))
		}
		out = append(out, r)
	}
	return append(out, listLine{Word: strconv.Itoa(len(alerts))})
}

// Taker is who has an alert, by name where it is known.
func Taker(a world.Alert) string {
	if a.Taker != "" {
		return a.Taker
	}
	return a.TakenBy
}

func (d *Desk) paintList(c *paint.Canvas) {
	th, f, l := d.env.Kit.Theme, d.env.Kit.Fonts, d.env.Lang
	b := c.Img.Rect
	body, small := float64(d.px(16)), float64(d.px(14))
	pad := d.px(16)
	rows := d.listWords()
	rows = rows[:len(rows)-1]
	d.paintHead(c, l.T("alerts.title"), d.counts())
	cols := listColumns(b.Dx(), d.px)
	head := d.px(48)
	for i, k := range []string{"alerts.column.severity", "alerts.column.what", "alerts.column.since", "alerts.column.who"} {
		if cols[i+1] > cols[i] {
			c.Text(float64(cols[i]), float64(head), float64(d.px(36)), f.Fit(float64(cols[i+1]-cols[i]-pad), small, false, l.T(k)), small, false, th.T3)
		}
	}
	for i, r := range rows {
		y := d.px(listHead) + i*d.px(listRow)
		d.paintListRow(c, image.Rect(0, y, b.Dx(), y+d.px(listRow)), cols, r, body)
	}
	if len(rows) == 0 && d.m.State() != nil {
		top := float64(d.px(listHead))
		c.Text(float64(pad), top, float64(d.px(44)), l.T("alerts.none", "time", l.Clock(d.now)), body, false, th.T1)
		c.Text(float64(pad), top+float64(d.px(28)), float64(d.px(44)), l.T("alerts.none.searched"), small, false, th.T2)
	}
}

// counts says how many alerts of each severity are open.
func (d *Desk) counts() string {
	var n [5]int
	for _, a := range d.m.Alerts() {
		n[a.Severity.Rank()]++
	}
	if len(d.m.Alerts()) == 0 {
		return ""
	}
	return d.env.Lang.T("alerts.summary", "critical", strconv.Itoa(n[4]), "severe", strconv.Itoa(n[3]), "warning", strconv.Itoa(n[2]))
}

// paintHead draws a pane's head: a title in bold and a remark on the right.
func (d *Desk) paintHead(c *paint.Canvas, title, remark string) {
	th, f := d.env.Kit.Theme, d.env.Kit.Fonts
	b := c.Img.Rect
	body, small, h := float64(d.px(16)), float64(d.px(14)), float64(d.px(48))
	pad := float64(d.px(16))
	rw := f.Width(remark, false, small)
	if rw > float64(b.Dx())*0.55 {
		remark, rw = "", 0
	}
	c.Text(float64(b.Dx())-pad-rw, 0, h, remark, small, false, th.T2)
	c.Text(pad, 0, h, f.Fit(float64(b.Dx())-2*pad-rw-pad, body, true, title), body, true, th.T1)
	c.Fill(image.Rect(0, int(h)-1, b.Dx(), int(h)), th.Line1)
}

// listColumns are the left edges of the columns and the right edge; columns
// that do not fit have no width.
func listColumns(w int, px func(float64) int) [5]int {
	pad := px(16)
	right := w - pad
	who, since := right, right
	if w > px(560) {
		who = right - px(180)
		since = who - px(116)
	} else if w > px(400) {
		since = right - px(110)
		who = right
	}
	return [5]int{pad, pad + px(130), since, who, right}
}

func (d *Desk) paintListRow(c *paint.Canvas, r image.Rectangle, cols [5]int, line listLine, body float64) {
	th, f := d.env.Kit.Theme, d.env.Kit.Fonts
	if line.Chosen {
		c.Fill(r, th.S3)
		c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+d.px(4), r.Max.Y), th.Focus)
	}
	c.Fill(image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y), th.Line1)
	size := float64(d.px(14))
	kind, icon := severityPlate(line.Severity)
	c.Plate(cols[0], r.Min.Y+(r.Dy()-paint.PlateHeight(size*1.15))/2, paint.Plate{Kind: kind, Icon: icon, Text: line.Word}, size, cols[1]-cols[0]-d.px(8))
	top, h := float64(r.Min.Y), float64(r.Dy())
	gap := float64(d.px(12))
	text := func(i int, s string, col color.RGBA) {
		if cols[i+1] > cols[i] {
			c.Text(float64(cols[i]), top, h, f.Fit(float64(cols[i+1]-cols[i])-gap, body, false, s), body, false, col)
		}
	}
	text(1, line.What, th.T1)
	text(2, line.Since, th.T2)
	by := th.T1
	if line.Taken {
		by = th.T2
	}
	text(3, line.By, by)
}

// severityPlate is the plate of a severity at the desk, its mark in outline.
func severityPlate(s world.Severity) (paint.PlateKind, string) {
	switch s {
	case world.Critical:
		return paint.PlateCritical, "critical"
	case world.Severe:
		return paint.PlateSevere, "severe-open"
	case world.Warning:
		return paint.PlateWarning, "warning-open"
	}
	return paint.PlateNotice, "notice-open"
}

// detail is what is said of the chosen alert.
type detail struct {
	Has      bool
	Severity world.Severity
	Title    string
	Text     string
	Facts    [][2]string
	Steps    []string
	Answer   string
	Taken    bool
}

func (d *Desk) detailWords() detail {
	l := d.env.Lang
	a, ok := d.alert()
	if !ok {
		return detail{}
	}
	v := detail{Has: true, Severity: a.Severity, Title: a.Title, Text: a.Text, Answer: d.answer(a), Taken: a.Taken != 0}
	fact := func(key, s string) {
		if s != "" {
			v.Facts = append(v.Facts, [2]string{l.T(key), s})
		}
	}
	since := l.Stamp(a.Since.Std(), d.now) + " · " + l.T("alerts.open", "age", l.Age(d.now.Sub(a.Since.Std()).Truncate(time.Second)))
	fact("alert.since", since)
	if v.Taken {
		fact("alert.taken", l.T("alerts.taken.at", "who", Taker(a), "time", l.Clock(a.Taken.Std())))
	}
	fact("alert.about", d.named(a.About))
	if a.Value != nil {
		fact("alert.value", l.Number(*a.Value, 2))
	}
	fact("alert.rule", a.Rule)
	for _, s := range strings.Split(a.Instruction, "\n") {
		if s = strings.TrimSpace(s); s != "" {
			v.Steps = append(v.Steps, s)
		}
	}
	return v
}

// named is an entity's name for people.
func (d *Desk) named(r world.Ref) string {
	if r == "" || d.m.State() == nil {
		return ""
	}
	e, ok := d.m.State().Entity(r)
	if !ok {
		return r.ID()
	}
	label := ""
	switch x := e.(type) {
	case world.Vessel:
		label = x.Name.Name
	case world.Camera:
		label = x.Name
	case world.Station:
		label = x.Name
	case world.Figure:
		label = x.Name
	case world.Area:
		label = x.Name
	}
	if label == "" {
		return r.ID()
	}
	return label
}

func (d *Desk) paintDetail(c *paint.Canvas) {
	th, f, l := d.env.Kit.Theme, d.env.Kit.Fonts, d.env.Lang
	b := c.Img.Rect
	v := d.detailWords()
	pad := d.px(16)
	body, small := float64(d.px(16)), float64(d.px(14))
	if !v.Has {
		d.paintHead(c, l.T("alert.choose"), "")
		return
	}
	d.paintHead(c, "", "")
	kind, icon := severityPlate(v.Severity)
	plate := c.Plate(pad, (d.px(48)-paint.PlateHeight(small))/2, paint.Plate{Kind: kind, Icon: icon, Text: l.T("severity." + string(v.Severity))}, small, b.Dx()/3)
	x := float64(plate.Max.X + d.px(12))
	c.Text(x, 0, float64(d.px(48)), f.Fit(float64(b.Dx()-pad)-x, body, true, v.Title), body, true, th.T1)
	bottom := b.Dy() - d.px(16)
	if !v.Taken {
		bottom = b.Dy() - d.px(72)
	}
	y := d.px(56)
	width := float64(b.Dx() - 2*pad)
	line := func(x float64, s string, size float64, bold bool, h int, room float64, paintIt look.Theme, second bool) bool {
		if y+h > bottom {
			return false
		}
		col := paintIt.T1
		if second {
			col = paintIt.T2
		}
		c.Text(x, float64(y), float64(h), f.Fit(room, size, bold, s), size, bold, col)
		return true
	}
	if v.Answer != "" {
		if line(float64(pad), v.Answer, body, true, d.px(28), width, th, false) {
			y += d.px(32)
		}
	}
	if v.Text != "" {
		for _, s := range f.Wrap(v.Text, width, body, false, 3) {
			if line(float64(pad), s, body, false, d.px(24), width, th, true) {
				y += d.px(24)
			}
		}
		y += d.px(4)
	}
	for _, fact := range v.Facts {
		if line(float64(pad), fact[0], body, false, d.px(26), float64(d.px(90)), th, true) {
			line(float64(pad+d.px(100)), fact[1], body, false, d.px(26), width-float64(d.px(100)), th, false)
			y += d.px(26)
		}
	}
	if len(v.Steps) > 0 && line(float64(pad), l.T("alert.instruction"), body, true, d.px(36), width, th, false) {
		y += d.px(36)
		for _, s := range v.Steps {
			if y+d.px(28) > bottom {
				return
			}
			c.Icon(pad, y+(d.px(28)-d.px(16))/2, d.px(16), "normal", th.T2, th.S1)
			line(float64(pad+d.px(28)), s, body, false, d.px(28), width-float64(d.px(28)), th, false)
			y += d.px(28)
		}
	}
}
