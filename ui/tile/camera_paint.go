package tile

import (
	"image"

	"iocwall/ui/paint"
)

func (t *Camera) paintTag(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	cl := t.class
	at, size := e.px(28), e.Scale.PlateCam
	if cl <= small {
		at, size = e.px(12), e.Scale.Text
	}
	if f.Plate != nil {
		c.Plate(at, at, *f.Plate, size, b.Dx()-2*at)
	}
	y := at + paint.PlateHeight(size) + e.px(16)
	text := e.Scale.Text
	if f.Progress > 0 {
		t.paintProgress(c)
		return
	}
	if f.Title == "" || cl == tiny {
		return
	}
	lead := e.Scale.Lead
	if cl == small {
		lead = text
	}
	row := int(lead * 1.36)
	c.Text(float64(at), float64(y), float64(row), e.Kit.Fonts.Fit(float64(b.Dx()-2*at), lead, true, f.Title), lead, true, th.T1)
	y += row
	for i, line := range f.Lines {
		if y+e.px(76) > b.Dy() {
			return
		}
		col := th.T1
		if i > 0 {
			col = th.T2
		}
		c.Text(float64(at), float64(y), float64(e.px(76)), e.Kit.Fonts.Fit(float64(b.Dx()-2*at), text, false, line), text, false, col)
		y += e.px(76)
	}
}

func (t *Camera) paintProgress(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	w, h := min(e.px(480), b.Dx()*3/4), e.px(16)
	text := e.Scale.Text
	lines := f.Lines
	if need := e.px(40) + len(lines)*e.px(76); need > b.Dy() {
		lines = lines[:max(0, (b.Dy()-e.px(40))/e.px(76))]
	}
	y := (b.Dy() - e.px(40) - len(lines)*e.px(76)) / 2
	x := (b.Dx() - w) / 2
	c.Round(image.Rect(x, y, x+w, y+h), float64(h)/2, th.S3)
	c.Round(image.Rect(x, y, x+max(h, int(float64(w)*min(1, f.Progress))), y+h), float64(h)/2, th.T2)
	y += e.px(40)
	for i, line := range lines {
		col := th.T1
		if i > 0 {
			col = th.T2
		}
		line = e.Kit.Fonts.Fit(float64(b.Dx()-e.px(24)), text, false, line)
		lw := e.Kit.Fonts.Width(line, false, text)
		c.Text((float64(b.Dx())-lw)/2, float64(y), float64(e.px(76)), line, text, false, col)
		y += e.px(76)
	}
}

func (t *Camera) paintNote(c *paint.Canvas) {
	e := t.env
	if t.timeline() {
		t.paintTimeline(c)
		return
	}
	b := c.Img.Rect
	pad := e.px(28)
	if t.class == small {
		pad = e.px(16)
	}
	text := e.Kit.Fonts.Fit(float64(b.Dx()-2*pad), e.Scale.Text, false, t.face.Note...)
	c.Text(float64(pad), float64(b.Dy()-e.px(76))/2, float64(e.px(76)), text, e.Scale.Text, false, e.Kit.Theme.T1)
}

func (t *Camera) paintBar(c *paint.Canvas) {
	e, f, th := t.env, t.face, t.env.Kit.Theme
	b := c.Img.Rect
	pad, size := e.px(28), e.Scale.Text
	if b.Dx() < e.px(600) {
		pad = e.px(16)
	}
	icon := e.px(48)
	c.Icon(pad, (b.Dy()-icon)/2, icon, f.Mark, th.T2, th.S1)
	x := float64(pad + icon + e.px(20))
	right := ""
	name := t.view.Name
	room := float64(b.Dx()-pad) - x
	if len(f.Right) > 0 {
		room -= float64(e.px(24))
	}
	if n := len(f.Aside); n > 0 {
		// A camera's place in its tour is always said.
		room -= e.Kit.Fonts.Width("  "+f.Aside[n-1], false, size)
	}
	for _, alt := range f.Right {
		w := e.Kit.Fonts.Width(alt, false, size)
		if room-w >= min(e.Kit.Fonts.Width(name, true, size), e.Kit.Fonts.Width(t.short(), true, size)) {
			right = alt
			break
		}
	}
	if right == "" && len(f.Right) > 0 && (t.class != tiny || f.Plate == nil && f.Mark != "live") {
		// Age and reason stay, the name gives way; only in the smallest tiles the
		// mark or the plate says it alone.
		right = e.Kit.Fonts.Fit(room, size, false, f.Right[len(f.Right)-1])
	}
	rw := e.Kit.Fonts.Width(right, false, size)
	c.Text(float64(b.Dx()-pad)-rw, 0, float64(b.Dy()), right, size, false, th.T2)
	aside := ""
	if n := len(f.Aside); n > 0 {
		room += e.Kit.Fonts.Width("  "+f.Aside[n-1], false, size)
	}
	for _, alt := range f.Aside {
		if w := e.Kit.Fonts.Width("  "+alt, false, size); room-rw-w >= e.Kit.Fonts.Width(t.short(), true, size) {
			aside, room = "  "+alt, room-w
			break
		}
	}
	name = e.Kit.Fonts.Fit(room-rw, size, true, name, t.short())
	c.Runs(x, 0, float64(b.Dy()), size, paint.Run{Text: name, Bold: true}, paint.Run{Text: aside, Color: th.T2})
}

func (t *Camera) short() string {
	if t.view.Short != "" {
		return t.view.Short
	}
	return t.view.Name
}

// paintFrame draws what lies around the tile: stripes while it shows what was,
// an alert's frame, the keyboard's ring.
func (t *Camera) paintFrame(c *paint.Canvas) {
	e, th := t.env, t.env.Kit.Theme
	switch {
	case t.face.Replay != nil:
		c.Stripes(c.Img.Rect, max(6, e.px(28)), max(10, e.px(56)), th.Notice, th.Ink)
	case t.face.Popup != nil:
		e.CoverFrame(c, c.Img.Rect, t.face.Popup)
	case t.face.Chosen:
		c.Frame(c.Img.Rect, max(3, e.px(6)), th.Focus)
	}
}

// lensPlace is where the enlargement and its place in the picture are told: in
// the top right corner, the plate has the left one.
func (t *Camera) lensPlace(pic, note image.Rectangle) image.Rectangle {
	z := t.face.Zoom
	if z.Whole() || pic.Empty() || t.face.NoPicture {
		return image.Rectangle{}
	}
	e := t.env
	if !note.Empty() {
		pic.Max.Y = min(pic.Max.Y, note.Min.Y)
	}
	at, w, h := e.px(28), e.px(300), e.px(88)
	if t.class <= small {
		at, w = e.px(12), e.px(170) // only the number
	}
	r := image.Rect(pic.Max.X-at-w, pic.Min.Y+at, pic.Max.X-at, pic.Min.Y+at+h)
	if !r.In(pic) {
		return image.Rectangle{}
	}
	return r
}

func (t *Camera) paintLens(c *paint.Canvas) {
	e, th, z := t.env, t.env.Kit.Theme, t.face.Zoom
	b := c.Img.Rect
	pad := e.px(12)
	factor := e.Lang.T("camera.zoom", "n", e.Lang.Number(1/(z.X1-z.X0), 1))
	x := pad
	if t.class > small {
		h := b.Dy() - 2*pad
		m := image.Rect(pad, pad, pad+h*16/9, pad+h)
		c.Fill(m, th.S3)
		at := func(fx, fy float64) image.Point {
			return m.Min.Add(image.Pt(int(fx*float64(m.Dx())+0.5), int(fy*float64(m.Dy())+0.5)))
		}
		part := image.Rectangle{Min: at(t.part.X0, t.part.Y0), Max: at(t.part.X1, t.part.Y1)}
		part.Max.X, part.Max.Y = max(part.Max.X, part.Min.X+3), max(part.Max.Y, part.Min.Y+3)
		c.Fill(part, th.T1)
		c.Frame(m, max(1, e.px(3)), th.Line2)
		x = m.Max.X + pad
	}
	room := float64(b.Dx() - x - pad)
	text := e.Kit.Fonts.Fit(room, e.Scale.Text, true, factor)
	c.Text(float64(x)+(room-e.Kit.Fonts.Width(text, true, e.Scale.Text))/2, 0, float64(b.Dy()), text, e.Scale.Text, true, th.T1)
	c.Frame(b, max(1, e.px(2)), th.Line2)
}

// timeline reports whether the note's row is a line from the first to the last
// moment that can be shown again.
func (t *Camera) timeline() bool {
	r := t.face.Replay
	return r != nil && r.Reason == "" && r.To.After(r.From)
}

func (t *Camera) paintTimeline(c *paint.Canvas) {
	e, r, th := t.env, t.face.Replay, t.env.Kit.Theme
	b := c.Img.Rect
	pad, size, h := float64(e.px(28)), e.Scale.Text, float64(b.Dy())
	from, to := e.Lang.ClockSeconds(r.From), e.Lang.ClockSeconds(r.To)
	c.Text(pad, 0, h, from, size, false, th.T2)
	w := e.Kit.Fonts.Width(to, false, size)
	c.Text(float64(b.Dx())-pad-w, 0, h, to, size, false, th.T2)
	x0, x1 := pad+e.Kit.Fonts.Width(from, false, size)+pad, float64(b.Dx())-2*pad-w
	if x1 <= x0 {
		return
	}
	y, thick := b.Dy()/2, e.px(12)
	c.Round(image.Rect(int(x0), y-thick/2, int(x1), y+thick/2), float64(thick)/2, th.S3)
	at := x0 + (x1-x0)*min(1, max(0, float64(r.At.Sub(r.From))/float64(r.To.Sub(r.From))))
	c.Round(image.Rect(int(x0), y-thick/2, max(int(x0)+thick, int(at)), y+thick/2), float64(thick)/2, th.Notice)
	c.Dot(at, float64(y), float64(e.px(18)), th.T1)
}
