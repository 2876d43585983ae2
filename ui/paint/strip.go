package paint

import (
	"image"

	"iocwall/ui/look"
)

// Strip is a truth strip: who says so, as of when, how much of the whole.
type Strip struct {
	// Source is bold; Short replaces it where it does not fit.
	Source, Short string
	// Stamp is the period or the time of day; Age how old, with the reason.
	Stamp, Age string
	// Whole is n of N.
	Whole string
	// Named says that the strip is one of several: it names its source to the last.
	Named bool
	// Plate draws the age as a grey plate: what it says is not fresh.
	Plate bool
}

// Strip draws a truth strip along the bottom of r. What does not fit gets
// dropped in the order completeness, source, time of day; age and reason stay.
func (c *Canvas) Strip(r image.Rectangle, sc look.Scale, s Strip) {
	th := c.Kit.Theme
	c.Fill(r, th.S2)
	c.Fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+sc.Px(2)), th.Line1)
	pad, gap := sc.Px(32), float64(sc.Px(32))
	if r.Dx() < sc.Px(600) {
		pad, gap = sc.Px(24), float64(sc.Px(20))
	}
	size := sc.Text
	avail := float64(r.Dx() - 2*pad)
	left, right := c.Kit.fitStrip(s, avail, size, gap)
	x := float64(r.Min.X + pad)
	top, h := float64(r.Min.Y), float64(r.Dy())-float64(sc.Px(4))
	for i, run := range left {
		if i > 0 {
			x += gap
		}
		if s.Plate && run.Text == s.Age {
			b := c.Plate(int(x), r.Min.Y+(r.Dy()-PlateHeight(size))/2, Plate{Kind: PlateStale, Icon: "stale", Text: s.Age}, size, r.Max.X-pad-int(x))
			x += float64(b.Dx())
			continue
		}
		x += c.Runs(x, top, h, size, run)
	}
	if right != "" {
		w := c.Kit.Fonts.Width(right, false, size)
		c.Text(float64(r.Max.X-pad)-w, top, h, right, size, false, th.T2)
	}
}

// stripParts are the parts of a strip that may be left out.
type stripParts struct{ source, stamp, whole string }

// fitStrip chooses what of a strip is shown in avail px.
func (k *Kit) fitStrip(s Strip, avail, size, gap float64) (left []Run, right string) {
	t2 := k.Theme.T2
	short := s.Short
	if short == "" {
		short = s.Source
	}
	ladder := []stripParts{
		{s.Source, s.Stamp, s.Whole},
		{short, s.Stamp, s.Whole},
		{s.Source, s.Stamp, ""},
		{short, s.Stamp, ""},
		{"", s.Stamp, ""},
		{"", "", ""},
	}
	if s.Named {
		ladder = append(ladder[:4], stripParts{s.Source, "", ""}, stripParts{short, "", ""})
	}
	for _, v := range ladder {
		left, right = left[:0], v.whole
		if v.source != "" {
			left = append(left, Run{Text: v.source, Bold: true})
		}
		for _, t := range []string{v.stamp, s.Age} {
			if t != "" {
				left = append(left, Run{Text: t, Color: t2})
			}
		}
		w := gap * float64(max(0, len(left)-1))
		for _, run := range left {
			w += k.Fonts.Width(run.Text, run.Bold, size)
		}
		if s.Plate && s.Age != "" {
			w += 2 * size
		}
		if right != "" {
			w += gap + k.Fonts.Width(right, false, size)
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
	if text == "" || s.Named {
		text, bold = short, true
	}
	return []Run{{Text: k.Fonts.Fit(avail, size, bold, text), Bold: bold, Color: t2}}, ""
}

// Header draws icon and title in a row and a remark on the right.
func (c *Canvas) Header(r image.Rectangle, sc look.Scale, icon string, remark string, titles ...string) {
	th, size := c.Kit.Theme, sc.Text
	pad := sc.Px(32)
	x := r.Min.X + pad
	px := int(size)
	if icon != "" {
		c.Icon(x, r.Min.Y+(r.Dy()-px)/2, px, icon, th.T2, th.S1)
		x += px + sc.Px(20)
	}
	right := r.Max.X - pad
	if remark != "" {
		w := c.Kit.Fonts.Width(remark, false, size)
		if w < float64(right-x)*0.45 {
			c.Text(float64(right)-w, float64(r.Min.Y), float64(r.Dy()), remark, size, false, th.T2)
			right -= int(w) + sc.Px(24)
		}
	}
	title := c.Kit.Fonts.Fit(float64(right-x), size, true, titles...)
	c.Runs(float64(x), float64(r.Min.Y), float64(r.Dy()), size, Run{Text: title, Bold: true})
}

// Sentence draws the first alternative that fits in a row; the last is cut.
func (c *Canvas) Sentence(r image.Rectangle, size float64, alts ...[]Run) {
	for i, runs := range alts {
		if c.RunsWidth(size, runs...) <= float64(r.Dx()) {
			c.Runs(float64(r.Min.X), float64(r.Min.Y), float64(r.Dy()), size, runs...)
			return
		}
		if i < len(alts)-1 {
			continue
		}
		// Keep whole pieces from the left as long as they fit, cut the next one.
		x, left := float64(r.Min.X), float64(r.Dx())
		for _, run := range runs {
			w := c.RunsWidth(size, run)
			if w > left {
				sz := run.Size
				if sz == 0 {
					sz = size
				}
				run.Text = c.Kit.Fonts.Fit(left, sz, run.Bold, run.Text)
				c.Runs(x, float64(r.Min.Y), float64(r.Dy()), size, run)
				return
			}
			c.Runs(x, float64(r.Min.Y), float64(r.Dy()), size, run)
			x, left = x+w, left-w
		}
	}
}
