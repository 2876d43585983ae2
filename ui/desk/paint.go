package desk

import (
	"image"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// px converts Fyne units at the usual size of text into device pixels.
func (d *Desk) px(v float64) int { return int(v * float64(d.env.Density) * d.text) }

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
		fact("alert.taken", l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std())))
	}
	fact("alert.about", d.named(a.About))
	value, limit := l.Against(a.Value, a.Limit, a.Unit)
	fact("alert.value", value)
	fact("alert.limit", limit)
	fact("alert.where", a.Where)
	fact("alert.rule", a.RuleName())
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

// paintTitle draws the severity and the title of an alert, the title below where it
// has no room beside; it returns where the rest begins. Neither is ever cut while
// there is room for more lines.
func (d *Desk) paintTitle(c *paint.Canvas, v detail) int {
	th, f := d.env.Kit.Theme, d.env.Kit.Fonts
	b, pad := c.Img.Rect, d.px(16)
	body, small := float64(d.px(16)), float64(d.px(14))
	kind, icon := tile.SeveritySign(v.Severity)
	word := paint.Plate{Kind: kind, Icon: icon, Text: d.env.Lang.T("severity." + string(v.Severity))}
	plate := c.Plate(pad, (d.px(48)-paint.PlateHeight(small))/2, word, small, b.Dx()-2*pad)
	x := float64(plate.Max.X + d.px(12))
	if room := float64(b.Dx()-pad) - x; f.Width(v.Title, true, body) <= room {
		c.Text(x, 0, float64(d.px(48)), v.Title, body, true, th.T1)
		return d.px(56)
	}
	y := d.px(54)
	for _, s := range f.Wrap(v.Title, float64(b.Dx()-2*pad), body, true, 4) {
		if y+d.px(24) > b.Dy()-d.px(60) {
			break
		}
		c.Text(float64(pad), float64(y), float64(d.px(24)), s, body, true, th.T1)
		y += d.px(24)
	}
	return y + d.px(6)
}

func (d *Desk) paintDetail(c *paint.Canvas) {
	th, f, l := d.env.Kit.Theme, d.env.Kit.Fonts, d.env.Lang
	b := c.Img.Rect
	v := d.detailWords()
	pad := d.px(16)
	body := float64(d.px(16))
	if !v.Has {
		d.paintHead(c, l.T("alert.choose"), "")
		return
	}
	d.paintHead(c, "", "")
	y := d.paintTitle(c, v)
	bottom := b.Dy() - d.px(72)
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
	column := 0.0
	for _, fact := range v.Facts {
		column = max(column, f.Width(fact[0], false, body))
	}
	column = min(column+float64(d.px(16)), max(width/2, float64(d.px(90))))
	for _, fact := range v.Facts {
		for i, s := range f.Wrap(fact[1], width-column, body, false, 2) {
			if !line(float64(pad)+column, s, body, false, d.px(26), width-column, th, false) {
				break
			}
			if i == 0 {
				line(float64(pad), fact[0], body, false, d.px(26), column-float64(d.px(8)), th, true)
			}
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
