package leader

import (
	"image"
	"image/color"
	"reflect"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// foot is the line at the bottom: the worst alert, who has it.
type foot struct {
	// Alert is its id, empty where there is none.
	Alert    string
	Severity world.Severity
	Title    string
	// Whos are alternatives, longest first.
	Whos []string
	// Away says that the server is, Clock the time of day.
	Away, Clock string
}

// The page of the design, in px of a screen of 1920 × 1080.
const (
	pageW, pageH = 1920, 1080
	cellW, cellH = 960, 196
	// footW is the least width of the line at the bottom for what it says.
	footW  = 1000
	footH  = 78
	markPx = 84
	leadPx = 88
	textPx = 56
)

// overview brings the cells in line with the state.
func (p *Page) overview() {
	st, l := p.state(), p.lang()
	away := p.desk.Away(p.now)
	at := p.desk.ServerTime(p.now)
	open := p.desk.Alerts()
	var cells []cell
	if st != nil {
		all := st.Figures()
		for _, d := range domains(st, all, l) {
			cells = append(cells, cellOf(l, d, figures(all, d), alerts(st, d, open), at, away > 0))
		}
	}
	f := p.footOf(open, at, away)
	if reflect.DeepEqual(cells, p.cells) && reflect.DeepEqual(f, p.foot) {
		return
	}
	p.cells, p.foot = cells, f
	p.cursor = min(p.cursor, max(0, p.count()-1))
	p.pane.Touch()
}

func (p *Page) footOf(open []world.Alert, at time.Time, away time.Duration) foot {
	l := p.lang()
	f := foot{Clock: l.Clock(at)}
	if away > 0 {
		f.Away = l.T("away", "age", l.Age(away.Truncate(time.Second)))
	}
	if len(open) == 0 {
		f.Title = l.T("alerts.none", "time", l.Clock(at))
		if p.state() == nil {
			f.Title = l.T("wall.waiting")
		}
		return f
	}
	a := open[0]
	f.Alert, f.Severity, f.Title = a.ID, a.Severity, a.Title
	who := whoOf(l, a)
	if n := len(open) - 1; n > 0 {
		more := strconv.Itoa(n)
		f.Whos = []string{who[0] + " · " + l.T("alerts.more", "n", more), who[0] + " · " + l.T("leader.more", "n", more)}
	}
	f.Whos = append(f.Whos, who...)
	return f
}

// grid is the number of columns and rows of n cells on a page, and px of the page a
// px of the design: those with the largest text, two by five on a screen of 16:9.
func grid(size image.Point, n int) (columns, rows int, k float64) {
	n = max(n, 1)
	for c := 1; c <= 4; c++ {
		r := (n + c - 1) / c
		at := min(float64(size.X)/float64(c*cellW), float64(size.Y)/float64(footH+r*(cellH+4)), float64(size.X)/footW)
		if at > k*1.02 { // a hair is no reason for other columns
			columns, rows, k = c, r, at
		}
	}
	return max(columns, 1), max(rows, 1), k
}

// places are the cells and, last, the line at the bottom.
func (p *Page) places() []image.Rectangle {
	n := len(p.cells)
	columns, rows, k := grid(p.size, n)
	low := int(footH * k)
	wide, high := p.size.X/columns, (p.size.Y-low)/rows
	var out []image.Rectangle
	for i := range n {
		x, y := i%columns*wide, i/columns*high
		out = append(out, image.Rect(x, y, x+wide, y+high).Inset(max(1, int(3*k))))
	}
	return append(out, image.Rect(0, p.size.Y-low, p.size.X, p.size.Y))
}

func (p *Page) paint(c *paint.Canvas) {
	p.size = image.Pt(c.Img.Rect.Dx(), c.Img.Rect.Dy())
	if p.domain != "" {
		p.detail.paint(c)
		return
	}
	rects := p.places()
	_, _, k := grid(p.size, len(p.cells))
	for i, x := range p.cells {
		p.paintCell(c, rects[i], k, x)
	}
	low := rects[len(rects)-1]
	p.paintFoot(c, low, k)
	if len(p.cells) == 0 {
		p.waiting(c, image.Rect(0, 0, p.size.X, low.Min.Y), k)
	}
	if p.ring && p.cursor < len(rects) {
		p.focus(c, rects[p.cursor], k)
	}
}

func (p *Page) focus(c *paint.Canvas, r image.Rectangle, k float64) {
	c.RoundLine(r, 8*k, max(2, 6*k), c.Kit.Theme.Focus)
}

// waiting is the page before the first data.
func (p *Page) waiting(c *paint.Canvas, r image.Rectangle, k float64) {
	l, th, f := p.lang(), c.Kit.Theme, c.Kit.Fonts
	room, y := float64(r.Dx())-64*k, float64(r.Min.Y+r.Dy()/2)-120*k
	c.Icon(r.Min.X+int(32*k), int(y+18*k), int(markPx*k), "loading", th.T3, th.Bg)
	c.Text(float64(r.Min.X)+140*k, y, 120*k, f.Fit(room-108*k, leadPx*k, true, l.T("wall.waiting")), leadPx*k, true, th.T1)
	c.Text(float64(r.Min.X)+140*k, y+120*k, 76*k, f.Fit(room-108*k, textPx*k, false, l.T("leader.waiting")), textPx*k, false, th.T2)
}

func (p *Page) paintCell(c *paint.Canvas, r image.Rectangle, k float64, x cell) {
	th, f := c.Kit.Theme, c.Kit.Fonts
	c.Fill(r, th.S1)
	top := float64(r.Min.Y) + (float64(r.Dy())-192*k)/2
	ink := th.T3
	switch {
	case x.Severity != "":
		_, _, ink = tile.SeverityLook(th, x.Severity)
	case x.Mark == "stale" || x.Mark == "offline" || x.Mark == "differs":
		ink = th.T1
	}
	px := int(markPx * k)
	c.Icon(r.Min.X+int(20*k), int(top+20*k), px, x.Mark, ink, th.OnFill)
	left, right := float64(r.Min.X)+124*k, float64(r.Max.X)-24*k
	right -= p.paintValue(c, x, left, right, top, k) + 16*k
	c.Text(left, top, 116*k, f.Fit(right-left, leadPx*k, true, x.Name), leadPx*k, true, th.T1)
	row := image.Rect(int(left), int(top+116*k), r.Max.X-int(20*k), int(top+192*k))
	c.Sentence(row, textPx*k, runs(th, x.Says)...)
}

// paintValue draws the number at the right, the longest form that leaves the
// domain its name, and returns its width.
func (p *Page) paintValue(c *paint.Canvas, x cell, left, right, top, k float64) float64 {
	th, f := c.Kit.Theme, c.Kit.Fonts
	room := right - left - 16*k - f.Width(x.Name, true, leadPx*k)
	unit, tail := x.Unit, 0.0
	if unit != "" {
		tail = f.Width(unit, false, textPx*k) + 12*k
	}
	if x.Tone == plated {
		room -= 32 * k
	}
	text := x.Values[len(x.Values)-1]
	for _, v := range x.Values {
		if f.Width(v, true, leadPx*k)+tail <= room {
			text = v
			break
		}
	}
	if text == "" {
		return 0
	}
	if unit != "" {
		c.Text(right-tail+12*k, top+17*k, 84*k, unit, textPx*k, false, th.T2)
		right -= tail
	}
	text = f.Fit(right-left, leadPx*k, true, text)
	w := f.Width(text, true, leadPx*k)
	if x.Tone == plated {
		pad := 16 * k
		box := image.Rect(int(right-w-2*pad), int(top+4*k), int(right), int(top+114*k))
		c.Round(box, 10*k, th.Stale)
		c.Text(right-w-pad, top+2*k, 112*k, text, leadPx*k, true, th.Ink)
		return w + 2*pad
	}
	col := map[tone]color.RGBA{plain: th.T1, bad: th.Warning, aged: th.T2, absent: th.T3}[x.Tone]
	c.Text(right-w, top, 116*k, text, leadPx*k, true, col)
	return w + tail
}

func runs(th look.Theme, says [][]piece) [][]paint.Run {
	out := make([][]paint.Run, len(says))
	for i, line := range says {
		for _, s := range line {
			r := paint.Run{Text: s.Text, Bold: s.Strong, Color: th.T2}
			if s.Strong {
				r.Color = th.T1
			}
			out[i] = append(out[i], r)
		}
	}
	return out
}

func (p *Page) paintFoot(c *paint.Canvas, r image.Rectangle, k float64) {
	th, fonts, f := c.Kit.Theme, c.Kit.Fonts, p.foot
	ground, ink, second, icon, mark := th.S2, th.T1, th.T2, "normal", th.T3
	if f.Severity != "" {
		_, icon, mark = tile.SeverityLook(th, f.Severity)
	}
	hole := th.OnFill
	if f.Severity == world.Critical {
		ground, ink, second, mark, hole = th.CriticalFill, th.White, th.White, th.White, th.Ink
	}
	c.Fill(r, ground)
	if f.Severity == world.Critical {
		c.Frame(r, max(2, int(5*k)), th.White)
	}
	size, h := textPx*k, float64(r.Dy())
	top, x, right := float64(r.Min.Y), float64(r.Min.X)+24*k, float64(r.Max.X)-24*k
	px := int(size)
	c.Icon(int(x), r.Min.Y+(r.Dy()-px)/2, px, icon, mark, hole)
	x += size + 24*k
	if f.Away != "" {
		plate := paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: f.Away, Shorter: []string{p.lang().T("away.short")}}
		s := 44 * k
		w := min(c.PlateWidth(plate, s), r.Dx()/2)
		c.Plate(int(right)-w, r.Min.Y+(r.Dy()-paint.PlateHeight(s))/2, plate, s, w)
		right -= float64(w) + 24*k
	} else {
		// Where not all has room the clock goes first: who has the alert stays.
		w, need := fonts.Width(f.Clock, false, size), fonts.Width(f.Title, true, size)
		if n := len(f.Whos); n > 0 {
			need += 24*k + fonts.Width(f.Whos[n-1], false, size)
		}
		if need <= right-x-w-24*k {
			c.Text(right-w, top, h, f.Clock, size, false, second)
			right -= w + 24*k
		}
	}
	title := fonts.Fit(right-x, size, true, f.Title)
	x += c.Text(x, top, h, title, size, true, ink) + 24*k
	for _, who := range f.Whos {
		if fonts.Width(who, false, size) <= right-x {
			c.Text(x, top, h, who, size, false, second)
			break
		}
	}
}
