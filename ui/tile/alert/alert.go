package alert

import (
	"image"
	"image/color"
	"reflect"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// View is what the tile of one alert shows.
type View struct {
	Alert world.Alert
	// Known is false for an alert that the state does not have.
	Known bool
	// Place says where it is, empty when nobody knows.
	Place string
	Now   time.Time
	// Heard is how old the server's newest word is.
	Heard time.Duration
	Cover tile.Cover
}

// Alert is one alert as it pops up: how bad, what, since when, where, who has it,
// and what is to be done about it, step by step.
type Alert struct {
	*tile.Sheet
	env  *tile.Env
	face face
}

// face is everything the tile writes.
type face struct {
	Severity world.Severity
	Over     bool // resolved, or not known any more
	Icon     string
	Heads    []string // alternatives, longest first
	Facts    [][]string
	Taken    bool
	Text     string
	Steps    []string
	Strip    paint.Strip
	Plate    *paint.Plate
	Popup    *tile.Popup
}

// New returns an empty tile of one alert.
func New(env *tile.Env) *Alert {
	t := &Alert{env: env}
	t.Sheet = tile.NewSheet(env, "alert", env.Kit.Theme.S1, func() string {
		if n := len(t.face.Heads); n > 0 {
			return t.face.Heads[n-1]
		}
		return env.Lang.T("alerts.title.short")
	}, t.paint)
	return t
}

// Update shows a view.
func (t *Alert) Update(v View) {
	f := faceOf(t.env, v)
	if reflect.DeepEqual(f, t.face) {
		return
	}
	t.face = f
	t.Touch()
}

func faceOf(e *tile.Env, v View) face {
	l, a := e.Lang, v.Alert
	if !v.Known {
		return face{Over: true, Icon: "nodata", Heads: []string{l.T("alert.gone")}, Strip: paint.Strip{Source: l.T("alerts.rules"), Age: l.Age(v.Heard)}}
	}
	word := l.T("severity." + string(a.Severity))
	if a.Severity == world.Critical {
		word = l.T("severity.critical.capital")
	}
	_, icon, _ := tile.SeverityLook(e.Kit.Theme, a.Severity)
	f := face{
		Severity: a.Severity, Icon: icon, Heads: []string{word + " · " + a.Title, a.Title},
		Text: a.Text, Taken: a.Taken != 0, Popup: v.Cover.Popup,
	}
	since := []string{l.T("line.since", "time", l.Stamp(a.Since.Std(), v.Now)) + " · " + age(l.Age, v.Now.Sub(a.Since.Std())), l.T("line.since", "time", l.Stamp(a.Since.Std(), v.Now))}
	who := []string{l.T("alerts.untaken.long"), l.T("alerts.untaken")}
	if f.Taken {
		who = []string{l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std())), l.T("alerts.taken", "who", a.WhoTook())}
	}
	if !a.Open() {
		f.Over, f.Icon, f.Popup = true, "done", nil
		f.Heads = []string{l.T("alert.over", "time", l.Clock(a.Resolved.Std())) + " · " + a.Title, a.Title}
	}
	f.Facts = [][]string{since, who}
	if v.Place != "" {
		f.Facts = append(f.Facts, []string{v.Place})
	}
	for s := range strings.SplitSeq(a.Instruction, "\n") {
		if s = strings.TrimSpace(s); s != "" {
			f.Steps = append(f.Steps, s)
		}
	}
	f.Strip = paint.Strip{Source: a.RuleName(), Short: l.T("alert.rule"), Age: l.Age(v.Heard)}
	if a.Rule == "" {
		f.Strip.Source = l.T("alerts.rules")
	}
	cover(e, v.Cover, &f)
	return f
}

// age keeps tenths of a second out of an age that needs none.
func age(say func(time.Duration) string, d time.Duration) string { return say(d.Truncate(time.Second)) }

// cover adds what lies over a tile of any kind.
func cover(e *tile.Env, cv tile.Cover, f *face) {
	l := e.Lang
	switch {
	case cv.Away > 0:
		since := l.Age(cv.Away)
		p := e.AwayPlate(cv, l.T("stale", "age", since), since)
		f.Plate = &p
	case cv.LockedBy != "":
		p := e.LockPlate(cv, paint.PlateOutline)
		f.Plate, f.Popup = &p, nil
	}
	if f.Popup != nil && !f.Popup.Until.IsZero() {
		f.Strip.Whole = l.T("popup.until", "time", l.Clock(f.Popup.Until))
	}
}

// ground is the band's colour and those of its words and its mark.
func (f face) ground(th look.Theme) (fill, ink, mark, hole color.RGBA) {
	switch {
	case f.Over:
		return th.S2, th.T1, th.T2, th.S2
	case f.Severity == world.Critical:
		return th.CriticalFill, th.White, th.White, th.Ink
	case f.Severity == world.Severe:
		return th.SevereFill, th.Ink, th.Ink, th.SevereFill
	case f.Severity == world.Warning:
		return th.WarningFill, th.Ink, th.Ink, th.WarningFill
	}
	return th.S2, th.T1, th.Notice, th.OnFill
}

func (t *Alert) paint(c *paint.Canvas) {
	e, f := t.env, t.face
	b := c.Img.Rect
	area := b
	if f.Popup != nil {
		area = b.Inset(e.Scale.Px(20))
	}
	bottom := area.Max.Y
	if strip := e.Scale.Px(80); area.Dy() > 4*strip {
		bottom -= strip
		c.Strip(image.Rect(area.Min.X, bottom, area.Max.X, area.Max.Y), e.Scale, f.Strip)
	}
	y := t.band(c, image.Rect(area.Min.X, area.Min.Y, area.Max.X, bottom))
	y = t.facts(c, image.Rect(area.Min.X, y, area.Max.X, bottom))
	t.steps(c, image.Rect(area.Min.X, y, area.Max.X, bottom))
	e.CoverFrame(c, b, f.Popup)
}

func (t *Alert) pad(w int) int {
	if w < t.env.Scale.Px(1000) {
		return t.env.Scale.Px(24)
	}
	return t.env.Scale.Px(40)
}

// band draws the head in the colour of the severity and returns where it ends.
func (t *Alert) band(c *paint.Canvas, r image.Rectangle) int {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	pad := t.pad(r.Dx())
	size := t.headSize(r, pad)
	icon := int(size)
	room := float64(r.Dx() - 2*pad - icon - e.Scale.Px(24))
	row := int(size * look.LinePitch)
	lines := e.Kit.Fonts.Wrap(f.Heads[len(f.Heads)-1], room, size, true, max(1, min(2, r.Dy()/2/row)))
	for _, head := range f.Heads {
		if e.Kit.Fonts.Width(head, true, size) <= room {
			lines = []string{head} // the mark says the severity where its word has no room
			break
		}
	}
	fill, ink, mark, hole := f.ground(th)
	h := len(lines)*row + 2*e.Scale.Px(12)
	box := image.Rect(r.Min.X, r.Min.Y, r.Max.X, min(r.Max.Y, r.Min.Y+h))
	c.Fill(box, fill)
	if f.Severity == world.Critical && !f.Over {
		c.Frame(box, max(2, e.Scale.Px(6)), th.White)
	}
	c.Icon(r.Min.X+pad, r.Min.Y+e.Scale.Px(12)+(row-icon)/2, icon, f.Icon, mark, hole)
	x := float64(r.Min.X + pad + icon + e.Scale.Px(24))
	for i, s := range lines {
		c.Text(x, float64(r.Min.Y+e.Scale.Px(12)+i*row), float64(row), s, size, true, ink)
	}
	return box.Max.Y
}

// headSize is the largest size at which the head has room in one line, as far as
// the tile is large enough for it.
func (t *Alert) headSize(r image.Rectangle, pad int) float64 {
	e := t.env
	if r.Dx() < e.Scale.Px(900) {
		return e.Scale.Text
	}
	if r.Dy() > e.Scale.Px(800) {
		for _, size := range []float64{e.Scale.Lead, e.Scale.PlateCam * 72 / 64} {
			if e.Kit.Fonts.Width(t.face.Heads[0], true, size)+size+float64(2*pad+e.Scale.Px(24)) <= float64(r.Dx()) {
				return size
			}
		}
	}
	return e.Scale.PlateCam
}

// facts draws since when, who has it and where, on one line where that fits, then
// the sentence that says more; it returns where they end.
func (t *Alert) facts(c *paint.Canvas, r image.Rectangle) int {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	pad, size, row := t.pad(r.Dx()), e.Scale.Text, e.Scale.Px(76)
	y, right := r.Min.Y+e.Scale.Px(12), r.Max.X-pad
	if r.Dy() < row+e.Scale.Px(12) {
		return r.Min.Y
	}
	if p := f.Plate; p != nil {
		w := min((r.Dx()-2*pad)/2, c.PlateWidth(*p, size))
		c.Plate(right-w, y+(row-paint.PlateHeight(size))/2, *p, size, w)
		right -= w + e.Scale.Px(24)
	}
	x := float64(r.Min.X + pad)
	for i, alts := range f.Facts {
		bold := i == 1 && !f.Taken && !f.Over
		gap := float64(e.Scale.Px(40))
		left := float64(right) - x
		s := e.Kit.Fonts.Fit(left, size, bold, alts...)
		if i > 0 && e.Kit.Fonts.Width(alts[len(alts)-1], bold, size) > left {
			if y+2*row > r.Max.Y || r.Dy() < e.Scale.Px(500) {
				break // age and who come first; the rest is on the map
			}
			y, x, right = y+row, float64(r.Min.X+pad), r.Max.X-pad
			s = e.Kit.Fonts.Fit(float64(right)-x, size, bold, alts...)
		}
		col := th.T2
		if bold || i == 0 {
			col = th.T1
		}
		x += c.Text(x, float64(y), float64(row), s, size, bold, col) + gap
	}
	y += row
	if f.Text != "" && r.Max.Y-y-2*row > t.need(r.Dx()-2*pad, size) {
		for _, s := range e.Kit.Fonts.Wrap(f.Text, float64(r.Dx()-2*pad), size, false, 2) {
			c.Text(float64(r.Min.X+pad), float64(y), float64(row), s, size, false, th.T2)
			y += row
		}
	}
	return y
}

// steps draws what is to be done, numbered, as large as all of it can be.
func (t *Alert) steps(c *paint.Canvas, r image.Rectangle) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	if len(f.Steps) == 0 {
		return
	}
	pad := t.pad(r.Dx())
	y := r.Min.Y
	if head := int(e.Scale.PlateCam*look.LinePitch) + e.Scale.Px(8); r.Dy()-head > t.need(r.Dx()-2*pad, e.Scale.Text) {
		row := int(e.Scale.PlateCam * look.LinePitch)
		y += e.Scale.Px(8)
		c.Fill(image.Rect(r.Min.X+pad, y, r.Max.X-pad, y+max(1, e.Scale.Px(2))), th.Line1)
		c.Text(float64(r.Min.X+pad), float64(y), float64(row), e.Lang.T("alert.instruction"), e.Scale.PlateCam, true, th.T1)
		y += row
	}
	size, lines := t.fit(image.Pt(r.Dx()-2*pad, r.Max.Y-y))
	row := int(size * look.LinePitch)
	number := e.Kit.Fonts.Width("88. ", true, size)
	for i, step := range lines {
		left := r.Max.Y - y
		if least := left/row - 1; i == 0 && len(step) > least && least > 0 {
			step = e.Kit.Fonts.Wrap(f.Steps[0], float64(r.Dx()-2*pad)-number, size, false, least)
		}
		need := len(step) * row
		if need > left || i < len(lines)-1 && need+row > left {
			if left >= row {
				n := strconv.Itoa(len(lines) - i)
				s := e.Kit.Fonts.Fit(float64(r.Dx()-2*pad), size, false, e.Lang.T("alert.steps.more", "n", n), e.Lang.T("alert.steps.more.short", "n", n))
				c.Text(float64(r.Min.X+pad), float64(y), float64(row), s, size, false, th.T2)
			}
			return
		}
		c.Text(float64(r.Min.X+pad), float64(y), float64(row), strconv.Itoa(i+1)+".", size, true, th.T2)
		for _, s := range step {
			c.Text(float64(r.Min.X+pad)+number, float64(y), float64(row), s, size, false, th.T1)
			y += row
		}
		y += row / 4
	}
}

// fit breaks the steps into lines of the largest size at which all of them have
// room, at least that which is read from the seats.
func (t *Alert) fit(room image.Point) (float64, [][]string) {
	e := t.env
	for _, size := range []float64{e.Scale.Lead, e.Scale.PlateCam * 72 / 64, e.Scale.PlateCam} {
		if t.need(room.X, size) <= room.Y {
			return size, t.lines(room.X, size)
		}
	}
	return e.Scale.Text, t.lines(room.X, e.Scale.Text)
}

// lines breaks each step into lines of a size.
func (t *Alert) lines(w int, size float64) [][]string {
	f := t.env.Kit.Fonts
	var out [][]string
	for _, s := range t.face.Steps {
		out = append(out, f.Wrap(s, float64(w)-f.Width("88. ", true, size), size, false, 3))
	}
	return out
}

// need is the height of all steps in a size.
func (t *Alert) need(w int, size float64) int {
	row, h := int(size*look.LinePitch), 0
	for _, step := range t.lines(w, size) {
		h += len(step)*row + row/4
	}
	return h
}
