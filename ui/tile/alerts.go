package tile

import (
	"image"
	"reflect"
	"strconv"
	"time"

	"iocwall/server/world"
	"iocwall/ui/paint"
)

// AlertsView is what an alert list shows.
type AlertsView struct {
	// Alerts are the open alerts, the most urgent first.
	Alerts []world.Alert
	// Heard is how old the newest word of the server is.
	Heard time.Duration
	Now   time.Time
	Cover Cover
}

// Alerts is the list of open alerts: severity left, age right, who has it
// between.
type Alerts struct {
	box
	body *Pane
	face alertsFace
}

type alertsFace struct {
	Rows  []alertRow
	Empty []string
	Strip paint.Strip
	Plate *paint.Plate
	Popup *Popup
}

type alertRow struct {
	Severity world.Severity
	Title    string
	Who      []string // alternatives, longest first
	Taken    bool
	Age      string
}

// NewAlerts returns an empty alert list.
func NewAlerts(env *Env) *Alerts {
	t := &Alerts{}
	t.env = env
	t.body = NewPane(env, t.Kind(), env.Kit.Theme.S1, func(c *paint.Canvas) { env.paintAlerts(c, t.face) })
	t.fill(t.body)
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "alerts".
func (t *Alerts) Kind() string { return "alerts" }

// Name returns the list's title.
func (t *Alerts) Name() string { return t.env.Lang.T("alerts.title") }

// Update shows a view.
func (t *Alerts) Update(v AlertsView) {
	f := t.env.alertsFace(v)
	if reflect.DeepEqual(f, t.face) {
		return
	}
	t.face = f
	t.body.Touch()
}

func (e *Env) alertsFace(v AlertsView) alertsFace {
	l := e.Lang
	f := alertsFace{Popup: v.Cover.Popup, Strip: paint.Strip{Source: l.T("alerts.rules"), Age: l.Age(v.Heard)}}
	taken := 0
	for _, a := range v.Alerts {
		f.Rows = append(f.Rows, e.alertRow(a, v.Now))
		if a.Taken != 0 {
			taken++
		}
	}
	if n := len(v.Alerts); n > 0 {
		f.Strip.Whole = l.T("alerts.all.taken")
		if taken < n {
			f.Strip.Whole = l.T("alerts.summary.more", "n", strconv.Itoa(n-taken))
		}
	} else {
		f.Empty = []string{l.T("alerts.none", "time", l.Clock(v.Now)), l.T("alerts.none.searched")}
	}
	switch {
	case v.Cover.Away > 0:
		age := l.Age(v.Cover.Away)
		p := e.AwayPlate(v.Cover, l.T("stale", "age", age), age)
		f.Plate = &p
	case v.Cover.LockedBy != "":
		p := e.LockPlate(v.Cover, paint.PlateOutline)
		f.Plate, f.Popup = &p, nil
	}
	return f
}

func (e *Env) alertRow(a world.Alert, now time.Time) alertRow {
	l := e.Lang
	r := alertRow{Severity: a.Severity, Title: a.Title, Age: l.Age(coarse(now.Sub(a.Since.Std()))), Taken: a.Taken != 0}
	if r.Taken {
		who := a.WhoTook()
		r.Who = []string{l.T("alerts.taken", "who", who), who}
	} else {
		r.Who = []string{l.T("alerts.untaken")}
	}
	return r
}

// coarse keeps tenths of a second out of ages that need none: a list that
// changes ten times a second is no calmer for it.
func coarse(d time.Duration) time.Duration {
	return d.Truncate(time.Second)
}

func (e *Env) paintAlerts(c *paint.Canvas, f alertsFace) {
	b := c.Img.Rect
	in := 0
	if f.Popup != nil {
		in = e.px(20)
	}
	area := b.Inset(in)
	cl := e.class(b.Dx(), b.Dy())
	headH, rowH, stripH, title := e.px(96), e.px(166), e.px(80), e.Scale.PlateCam*72/64
	if cl != whole {
		headH, rowH, title = e.px(88), e.px(88), e.Scale.Text
	}
	if cl == tiny {
		stripH = 0
	} else {
		c.Strip(image.Rect(area.Min.X, area.Max.Y-stripH, area.Max.X, area.Max.Y), e.Scale, f.Strip)
	}
	list := image.Rect(area.Min.X, area.Min.Y+headH, area.Max.X, area.Max.Y-stripH)
	shown := min(len(f.Rows), max(0, list.Dy()/rowH))
	e.alertsHeader(c, image.Rect(area.Min.X, area.Min.Y, area.Max.X, list.Min.Y), f, shown)
	for i := range shown {
		y := list.Min.Y + i*rowH
		e.paintAlertRow(c, image.Rect(list.Min.X, y, list.Max.X, y+rowH), f.Rows[i], title)
	}
	pad := e.px(40)
	for i, s := range f.Empty {
		y := list.Min.Y + i*e.px(76)
		if y+e.px(76) > list.Max.Y {
			break
		}
		col := e.Kit.Theme.T1
		if i > 0 {
			col = e.Kit.Theme.T2
		}
		c.Text(float64(list.Min.X+pad), float64(y), float64(e.px(76)), e.Kit.Fonts.Fit(float64(list.Dx()-2*pad), e.Scale.Text, false, s), e.Scale.Text, false, col)
	}
	e.CoverFrame(c, b, f.Popup)
}

func (e *Env) alertsHeader(c *paint.Canvas, r image.Rectangle, f alertsFace, shown int) {
	l := e.Lang
	n := len(f.Rows)
	remark := l.T("alerts.count", "n", strconv.Itoa(n))
	if shown < n {
		remark = l.T("alerts.count.shown", "n", strconv.Itoa(n), "shown", strconv.Itoa(shown))
	}
	if f.Plate != nil {
		size := e.Scale.Text
		w := min(r.Dx()/2, c.PlateWidth(*f.Plate, size))
		x := r.Max.X - e.px(32) - w
		c.Plate(x, r.Min.Y+(r.Dy()-paint.PlateHeight(size))/2, *f.Plate, size, w)
		r.Max.X = x
		remark = ""
	}
	c.Header(r, e.Scale, "warning-open", remark, l.T("alerts.title"), l.T("alerts.title.short"))
}

func (e *Env) paintAlertRow(c *paint.Canvas, r image.Rectangle, a alertRow, size float64) {
	th := e.Kit.Theme
	pad, gap := e.px(40), e.px(28)
	if r.Dx() < e.px(1000) {
		pad, gap = e.px(24), e.px(20)
	}
	c.Fill(image.Rect(r.Min.X, r.Max.Y-e.px(2), r.Max.X, r.Max.Y), th.Line1)
	icon := int(min(float64(e.px(88)), float64(r.Dy())*0.62))
	_, name, ink := SeverityLook(th, a.Severity)
	c.Icon(r.Min.X+pad, r.Min.Y+(r.Dy()-icon)/2, icon, name, ink, th.OnFill)
	x, top, h := float64(r.Min.X+pad+icon+gap), float64(r.Min.Y), float64(r.Dy())
	text := e.Scale.Text
	right := float64(r.Max.X - pad)
	age := e.Kit.Fonts.Width(a.Age, false, text)
	c.Text(right-age, top, h, a.Age, text, false, th.T1)
	right -= max(age, float64(e.px(240))) + float64(gap)
	whoCol := th.T2
	if !a.Taken {
		whoCol = th.T1
	}
	if col := float64(e.px(400)); right-x > 2.9*col {
		who := e.Kit.Fonts.Fit(col-float64(gap), text, false, a.Who...)
		c.Text(right-col+float64(gap), top, h, who, text, false, whoCol)
		right -= col
	}
	title := e.Kit.Fonts.Fit(right-x, size, true, a.Title)
	c.Runs(x, top, h, size, paint.Run{Text: title, Bold: true})
}
