package unit

import (
	"image"
	"strconv"
	"time"

	"iocwall/ui/paint"
)

// head is what the top of the page says.
type head struct {
	Name, Short string
	// Todo is what waits for the unit, Late what of it is too late.
	Todo, Late string
	// Link says how the link is where it is not well, Heard how old the data are.
	Link, LinkShort, Heard string
	// OnTime stands over the reports, Stations over the map.
	OnTime, OnTimeShort, Stations string
}

// headOf reads the head.
func (p *Page) headOf(now time.Time) head {
	l, o := p.env.Lang, p.own
	h := head{Name: o.Name, Short: o.Short}
	if p.desk.State() == nil {
		h.Link = l.T("wall.waiting")
		return h
	}
	n, late := o.todo(p.at)
	h.Todo = l.T("unit.head.todo", "n", strconv.Itoa(n))
	if late > 0 {
		h.Late = l.T("unit.head.late", "n", strconv.Itoa(late))
	}
	silence, away := p.desk.Silence(now).Truncate(time.Second), p.desk.Away(now).Truncate(time.Second)
	switch {
	case away > 0:
		at := l.Clock(p.at.Add(-silence))
		h.Link, h.LinkShort = l.T("unit.link.away", "age", l.Age(away), "time", at), l.T("away.short")
	case silence >= weak:
		h.Link, h.LinkShort = l.T("unit.link.weak", "age", l.Age(silence)), l.T("unit.link.weak.short")
	default:
		h.Heard = l.T("unit.link.well", "age", l.Age(max(silence, time.Second)))
		if silence < 5*time.Second { // below a heartbeat the seconds are no news
			h.Heard = l.T("unit.link.now")
		}
	}
	if good, all, since := o.timely(p.at); all > 0 {
		share := l.Share(float64(good), float64(all), 1)
		h.OnTime = l.T("unit.ontime", "share", share, "time", l.Stamp(since, p.at))
		h.OnTimeShort = l.T("unit.ontime.short", "share", share)
	} else {
		h.OnTime = l.T("unit.ontime.none")
	}
	fresh, all := o.fresh()
	h.Stations = l.T("unit.fresh", "n", strconv.Itoa(fresh), "all", strconv.Itoa(all))
	return h
}

// paint draws what is not a list: grounds and edges, heads, what was chosen.
func (p *Page) paint(c *paint.Canvas) {
	if p.laid.head.Empty() {
		return
	}
	p.paintHead(c)
	for _, r := range []image.Rectangle{p.laid.reports, p.laid.side, p.laid.mapPane} {
		if !r.Empty() {
			c.Fill(r, c.Kit.Theme.S1)
			c.Frame(r, max(1, p.px(1)), c.Kit.Theme.Line1)
		}
	}
	l := p.env.Lang
	p.paintTitle(c, p.laid.title, l.T("unit.reports"), p.head.OnTime, p.head.OnTimeShort)
	if !p.laid.mapHead.Empty() {
		p.paintTitle(c, p.laid.mapHead, l.T("unit.map"), p.head.Stations)
	}
	p.paintFacts(c)
}

func (p *Page) paintHead(c *paint.Canvas) {
	th, f, px := c.Kit.Theme, c.Kit.Fonts, p.px
	r, body, small := p.laid.head, float64(px(16)), float64(px(14))
	x, right, h := float64(r.Min.X), float64(r.Max.X), float64(r.Dy())
	if p.head.Link != "" {
		plate := paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: p.head.Link, Shorter: []string{p.head.LinkShort}}
		w := min(c.PlateWidth(plate, small), r.Dx()*2/5)
		b := c.Plate(r.Max.X-w, r.Min.Y+(r.Dy()-paint.PlateHeight(small))/2, plate, small, w)
		right -= float64(b.Dx() + px(16))
	} else {
		w := f.Width(p.head.Heard, false, small)
		c.Text(right-w, 0, h, p.head.Heard, small, false, th.T2)
		right -= w + float64(px(16))
	}
	title := float64(px(20))
	tail := f.Width(p.head.Todo, false, body) + f.Width(p.head.Late, true, body) + float64(px(60))
	x += c.Text(x, 0, h, f.Fit(max(right-x-tail, (right-x)/2), title, true, p.head.Name, p.head.Short), title, true, th.T1) + float64(px(16))
	if todo := f.Fit(right-x, body, false, p.head.Todo); todo == p.head.Todo {
		x += c.Text(x, 0, h, todo, body, false, th.T2) + float64(px(8))
	}
	if p.head.Late != "" {
		icon := px(18)
		if room := right - x - float64(icon+px(6)); f.Width(p.head.Late, true, body) <= room {
			c.Icon(int(x), r.Min.Y+(r.Dy()-icon)/2, icon, "critical-open", th.Critical, th.OnFill)
			c.Text(x+float64(icon+px(6)), 0, h, p.head.Late, body, true, th.Critical)
		}
	}
}

// paintTitle draws a pane's title and what is said of it at the right.
func (p *Page) paintTitle(c *paint.Canvas, r image.Rectangle, title string, rights ...string) {
	th, f, px := c.Kit.Theme, c.Kit.Fonts, p.px
	pad, h := float64(px(margin)), float64(r.Dy())
	body, small := float64(px(16)), float64(px(14))
	x := float64(r.Min.X) + pad
	x += c.Text(x, float64(r.Min.Y), h, f.Fit(float64(r.Dx())-2*pad, body, true, title), body, true, th.T1) + pad
	right := float64(r.Max.X) - pad
	for _, text := range rights {
		if w := f.Width(text, false, small); w <= right-x {
			c.Text(right-w, float64(r.Min.Y), h, text, small, false, th.T2)
			break
		}
	}
	c.Fill(image.Rect(r.Min.X, r.Max.Y-max(1, px(1)), r.Max.X, r.Max.Y), th.Line1)
}

// paintFacts tells of what was chosen.
func (p *Page) paintFacts(c *paint.Canvas) {
	th, f, px := c.Kit.Theme, c.Kit.Fonts, p.px
	r := p.laid.detail
	c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+max(1, px(1))), th.Line1)
	pad := px(margin)
	body, small := float64(px(16)), float64(px(14))
	x, y, room := float64(r.Min.X+pad), r.Min.Y+px(8), float64(r.Dx()-2*pad)
	if p.facts.Title == "" {
		c.Text(x, float64(y), float64(px(24)), f.Fit(room, small, false, p.env.Lang.T("unit.choose")), small, false, th.T2)
		return
	}
	icon := px(20)
	c.Icon(int(x), y+(px(30)-icon)/2, icon, p.facts.Icon, th.T1, th.OnFill)
	beside := room - float64(icon+px(8)+p.laid.opener.Dx()+px(12)) // the button's place
	c.Text(x+float64(icon+px(8)), float64(y), float64(px(30)), f.Fit(beside, body, true, p.facts.Title), body, true, th.T1)
	y += px(36)
	for i, line := range append(append([]string{}, p.facts.Lines...), p.facts.Quiet) {
		if line == "" {
			continue
		}
		col := th.T1
		if i == len(p.facts.Lines) {
			col = th.T2
		}
		for _, part := range f.Wrap(line, room, small, false, 2) {
			high := px(22)
			if y+high > r.Max.Y-px(4) {
				return
			}
			c.Text(x, float64(y), float64(high), part, small, false, col)
			y += high
		}
	}
}
