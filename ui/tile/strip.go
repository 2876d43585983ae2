package tile

import (
	"image"

	"iocwall/ui/paint"
)

// strip is a truth strip: who says so, as of when, how much of the whole.
type strip struct {
	// Source is bold; Short replaces it where it does not fit.
	Source, Short string
	// Stamp is the period or the time of day; Age how old, with the reason.
	Stamp, Age string
	// Whole is n of N.
	Whole string
	// Plate draws the age as a grey plate: what it says is not fresh.
	Plate bool
}

// paintStrip draws a truth strip along the bottom of r. What does not fit gets
// dropped in the order completeness, source, time of day; age and reason stay.
func (e *Env) paintStrip(c *paint.Canvas, r image.Rectangle, s strip) {
	th := e.Kit.Theme
	c.Fill(r, th.S2)
	c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+e.px(2)), th.Line1)
	pad, gap := e.px(32), float64(e.px(32))
	if r.Dx() < e.px(600) {
		pad, gap = e.px(24), float64(e.px(20))
	}
	size := e.Scale.Text
	avail := float64(r.Dx() - 2*pad)
	left, right := e.fitStrip(s, avail, size, gap)
	x := float64(r.Min.X + pad)
	top, h := float64(r.Min.Y), float64(r.Dy())-float64(e.px(4))
	for i, run := range left {
		if i > 0 {
			x += gap
		}
		if s.Plate && run.Text == s.Age {
			b := c.Plate(int(x), r.Min.Y+(r.Dy()-paint.PlateHeight(size))/2, paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: s.Age}, size, r.Max.X-pad-int(x))
			x += float64(b.Dx())
			continue
		}
		x += c.Runs(x, top, h, size, run)
	}
	if right != "" {
		w := e.Kit.Fonts.Width(right, false, size)
		c.Text(float64(r.Max.X-pad)-w, top, h, right, size, false, th.T2)
	}
}

// fitStrip chooses what of a strip is shown in avail px.
func (e *Env) fitStrip(s strip, avail, size, gap float64) (left []paint.Run, right string) {
	t2 := e.Kit.Theme.T2
	short := s.Short
	if short == "" {
		short = s.Source
	}
	for _, v := range []struct {
		source, stamp, whole string
	}{
		{s.Source, s.Stamp, s.Whole},
		{short, s.Stamp, s.Whole},
		{s.Source, s.Stamp, ""},
		{short, s.Stamp, ""},
		{"", s.Stamp, ""},
		{"", "", ""},
	} {
		left, right = left[:0], v.whole
		if v.source != "" {
			left = append(left, paint.Run{Text: v.source, Bold: true})
		}
		for _, t := range []string{v.stamp, s.Age} {
			if t != "" {
				left = append(left, paint.Run{Text: t, Color: t2})
			}
		}
		w := gap * float64(max(0, len(left)-1))
		for _, run := range left {
			w += e.Kit.Fonts.Width(run.Text, run.Bold, size)
		}
		if s.Plate && s.Age != "" {
			w += 2 * size
		}
		if right != "" {
			w += gap + e.Kit.Fonts.Width(right, false, size)
		}
		if w <= avail && len(left) > 0 {
			return left, right
		}
	}
	// Nothing fits whole: one statement remains, the most needed one, cut.
	text, bold := s.Age, false
	if text == "" {
		text = s.Stamp
	}
	if text == "" {
		text, bold = short, true
	}
	return []paint.Run{{Text: e.Kit.Fonts.Fit(avail, size, bold, text), Bold: bold, Color: t2}}, ""
}
