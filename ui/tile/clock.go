package tile

import (
	"image"
	"reflect"
	"strconv"
	"time"

	"iocwall/ui/paint"
)

// ClockView is what a clock tile shows.
type ClockView struct {
	// Now is the time shown: the server's, as this computer knows it.
	Now time.Time
	// Offset is server clock minus this computer's, zero when the server is away
	// or agrees.
	Offset time.Duration
	// Shift names who is on duty, empty when nobody said.
	Shift string
	Cover Cover
}

// Clock is the time of day and the date. It goes on by this computer's clock
// while the server is away, and says so.
type Clock struct {
	box
	body *Pane
	face clockFace
}

type clockFace struct {
	Time, Date, Shift string
	Strip             paint.Strip
	Plate             *paint.Plate
	Popup             *Popup
}

// NewClock returns an empty clock tile.
func NewClock(env *Env) *Clock {
	t := &Clock{}
	t.env = env
	t.body = NewPane(env, t.Kind(), env.Kit.Theme.S1, func(c *paint.Canvas) { env.paintClock(c, t.face) })
	t.fill(t.body)
	t.ExtendBaseWidget(t)
	return t
}

// Kind returns "clock".
func (t *Clock) Kind() string { return "clock" }

// Name returns the word for a clock.
func (t *Clock) Name() string { return t.env.Lang.T("clock") }

// Update shows a view.
func (t *Clock) Update(v ClockView) {
	f := t.env.clockFace(v)
	if reflect.DeepEqual(f, t.face) {
		return
	}
	t.face = f
	t.body.Touch()
}

func (e *Env) clockFace(v ClockView) clockFace {
	l := e.Lang
	f := clockFace{Time: l.ClockSeconds(v.Now), Date: l.Weekday(v.Now), Shift: v.Shift, Popup: v.Cover.Popup}
	f.Strip = paint.Strip{Source: l.T("clock.server"), Short: l.T("clock.server"), Age: l.T("clock.offset", "n", strconv.FormatInt(v.Offset.Milliseconds(), 10))}
	switch {
	case v.Cover.Away > 0:
		age := l.Age(v.Cover.Away)
		f.Strip = paint.Strip{Source: l.T("clock.own"), Age: l.T("away", "age", age)}
		f.Plate = &paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: l.T("clock.own.plate"), Shorter: []string{l.T("away.short")}}
	case v.Cover.LockedBy != "":
		p := e.LockPlate(v.Cover, paint.PlateOutline)
		f.Plate, f.Popup = &p, nil
	case f.Popup != nil:
		p := e.PopupPlate(f.Popup)
		f.Plate = &p
	}
	return f
}

func (e *Env) paintClock(c *paint.Canvas, f clockFace) {
	b := c.Img.Rect
	in := 0
	if f.Popup != nil {
		in = e.px(20)
	}
	area := b.Inset(in)
	cl := e.class(b.Dx(), b.Dy())
	size, sizeH, date := e.Scale.Value, e.px(160), e.Scale.Text
	if cl == whole {
		size, sizeH, date = e.Scale.Hero, e.px(320), e.Scale.Lead
	}
	if cl != tiny {
		stripH := e.px(80)
		c.Strip(image.Rect(area.Min.X, area.Max.Y-stripH, area.Max.X, area.Max.Y), e.Scale, f.Strip)
		area.Max.Y -= stripH
	}
	for size > e.Scale.Text && e.Kit.Fonts.Width(f.Time, true, size) > float64(area.Dx()-e.px(32)) {
		size, sizeH = max(e.Scale.Text, size*0.8), sizeH*4/5
	}
	center := func(s string, size float64, bold bool, alts ...string) func(r image.Rectangle) {
		return func(r image.Rectangle) {
			col := e.Kit.Theme.T1
			if !bold {
				col = e.Kit.Theme.T2
			}
			s := e.Kit.Fonts.Fit(float64(r.Dx()-e.px(32)), size, bold, append([]string{s}, alts...)...)
			w := e.Kit.Fonts.Width(s, bold, size)
			c.Text(float64(r.Min.X)+(float64(r.Dx())-w)/2, float64(r.Min.Y), float64(r.Dy()), s, size, bold, col)
		}
	}
	rows := []row{{sizeH, true, center(f.Time, size, true)}, {int(date * 1.4), false, center(f.Date, date, false)}}
	if f.Plate != nil {
		rows = append(rows, row{e.px(88), false, func(r image.Rectangle) {
			ps := e.Scale.PlateM
			w := min(r.Dx()-e.px(64), c.PlateWidth(*f.Plate, ps))
			c.Plate(r.Min.X+(r.Dx()-w)/2, r.Min.Y+(r.Dy()-paint.PlateHeight(ps))/2, *f.Plate, ps, w)
		}})
	} else if f.Shift != "" {
		rows = append(rows, row{e.px(76), false, center(f.Shift, e.Scale.Text, false)})
	}
	total := 0
	for _, r := range rows {
		total += r.h
	}
	if spare := area.Dy() - total; spare > 0 {
		area.Min.Y += spare / 2
	}
	stack(area, rows)
	e.CoverFrame(c, b, f.Popup)
}
