package records

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/records/told"
	"iocwall/ui/tile"
)

// places are where the parts of a thing's page lie, device pixels; those that are
// not there are empty. Each has a head of its own above it.
type places struct {
	head, facts, past, live, more, sides, acts image.Rectangle
}

// headHigh and panelHead are heights in units.
const (
	headHigh, panelHead = 64, 44
	gap                 = 16
)

// measure divides the page: what it is and what happened left, where it is in the
// middle, who sees it and what can be done right.
func (c *record) measure(w, h int) places {
	p := c.p
	g := p.px(gap)
	out := places{head: image.Rect(0, 0, w, p.px(headHigh))}
	top, bottom := p.px(headHigh)+g, h-g
	in := image.Rect(g, top, w-g, bottom)
	split := in.Min.Y + in.Dy()*56/100
	if w < p.px(1080) {
		return c.measureNarrow(out, in, split)
	}
	left := in.Min.X + in.Dx()*29/100
	right := in.Max.X - in.Dx()*28/100
	out.facts = image.Rect(in.Min.X, in.Min.Y, left, split-g/2)
	out.past = image.Rect(in.Min.X, split+g/2, left, in.Max.Y)
	out.live = image.Rect(left+g, in.Min.Y, right-g, in.Max.Y)
	if c.head.Live == "" { // nothing to look at: what happened has the room
		out.facts.Max.Y = in.Max.Y
		out.past, out.live = out.live, image.Rectangle{}
		if c.head.More != "" {
			out.past.Max.Y = split - g/2
			out.more = image.Rect(left+g, split+g/2, right-g, in.Max.Y)
		}
	} else if c.head.More != "" {
		out.live.Max.Y = split - g/2
		out.more = image.Rect(left+g, split+g/2, right-g, in.Max.Y)
	}
	if high := p.px(panelHead+36) + out.live.Dx()*9/16; c.ref.Kind() == world.KindCamera && c.head.More == "" && out.live.Dy()-high > p.px(200) {
		// A picture is as high as it is; what happened stands below it.
		out.facts.Max.Y = in.Max.Y
		out.live.Max.Y = in.Min.Y + high
		out.past = image.Rect(out.live.Min.X, out.live.Max.Y+g, out.live.Max.X, in.Max.Y)
	}
	out.acts = image.Rect(right, in.Min.Y, in.Max.X, in.Max.Y)
	switch {
	case c.head.Sides != "":
		out.sides = image.Rect(right, in.Min.Y, in.Max.X, split-g/2)
		out.acts.Min.Y = split + g/2
	case c.head.Live != "": // nobody looks at it: what happened has the right side
		out.facts.Max.Y = in.Max.Y
		out.acts.Max.Y = in.Min.Y + p.px(panelHead+170)
		out.past = image.Rect(right, out.acts.Max.Y+g, in.Max.X, in.Max.Y)
	}
	return out
}

// measureNarrow is measure for a laptop's half: two columns.
func (c *record) measureNarrow(out places, in image.Rectangle, split int) places {
	g := c.p.px(gap)
	mid := in.Min.X + in.Dx()*46/100
	out.facts = image.Rect(in.Min.X, in.Min.Y, mid-g/2, split-g/2)
	out.acts = image.Rect(in.Min.X, split+g/2, mid-g/2, in.Max.Y)
	out.live = image.Rect(mid+g/2, in.Min.Y, in.Max.X, split-g/2)
	out.past = image.Rect(mid+g/2, split+g/2, in.Max.X, in.Max.Y)
	switch {
	case c.head.Live == "" && c.head.More != "":
		out.more, out.live = out.live, image.Rectangle{}
	case c.head.Live == "":
		out.past.Min.Y, out.live = in.Min.Y, image.Rectangle{}
	case c.head.More != "":
		third := in.Dy() * 30 / 100
		out.more = image.Rect(mid+g/2, split+g/2, in.Max.X, split+g/2+third/2+third/4)
		out.past.Min.Y = out.more.Max.Y + g
	}
	return out
}

// room gives the buttons the height that they need: from what stands above them, as
// far as that can scroll, or from what happened below. It reports whether that was
// enough.
func (c *record) room() bool {
	at := &c.at
	missing := c.p.px(panelHead) + c.tools.high - at.acts.Dy()
	if missing <= 0 {
		return true
	}
	least := c.p.px(panelHead + 44)
	above := &at.facts
	if !at.sides.Empty() {
		above = &at.sides
	}
	switch {
	case above.Min.X == at.acts.Min.X && above.Max.Y < at.acts.Min.Y:
		up := min(missing, max(0, above.Dy()-least))
		above.Max.Y -= up
		at.acts.Min.Y -= up
		missing -= up
	case at.past.Min.X == at.acts.Min.X && at.past.Min.Y > at.acts.Min.Y:
		down := min(missing, max(0, at.past.Dy()-least))
		at.acts.Max.Y += down
		at.past.Min.Y += down
		missing -= down
	}
	return missing <= 0
}

// panels are the parts with a head, their titles and what stands right in it.
func (c *record) panels() []struct {
	at           image.Rectangle
	title, right string
} {
	t := c.p.t
	facts := "records.panel.facts"
	if c.ref.Kind() == world.KindAlert {
		facts = "records.panel.what"
	}
	return []struct {
		at           image.Rectangle
		title, right string
	}{
		{c.at.facts, t(facts), ""},
		{c.at.past, t("records.panel.past"), c.head.By},
		{c.at.live, c.head.Live, ""},
		{c.at.more, c.head.More, ""},
		{c.at.sides, c.head.Sides, ""},
		{c.at.acts, t("records.panel.acts"), ""},
	}
}

// inside is a part without its head.
func (c *record) inside(r image.Rectangle) image.Rectangle {
	if r.Empty() {
		return r
	}
	r.Min.Y += c.p.px(panelHead)
	return r
}

// paint draws what lies under the parts.
func (c *record) paint(cv *paint.Canvas) {
	p, th, f := c.p, c.p.env.Kit.Theme, c.p.env.Kit.Fonts
	cv.Fill(cv.Img.Rect, th.Bg)
	c.paintHead(cv)
	body, small := float64(p.px(16)), float64(p.px(14))
	for _, x := range c.panels() {
		if x.at.Empty() {
			continue
		}
		cv.Fill(x.at, th.S1)
		h := p.px(panelHead)
		pad := p.px(16)
		wide := float64(x.at.Dx() - 2*pad)
		w := cv.Text(float64(x.at.Min.X+pad), float64(x.at.Min.Y), float64(h), f.Fit(wide, body, true, x.title), body, true, th.T1)
		right := f.Fit(wide-w-float64(pad), small, false, x.right)
		cv.Text(float64(x.at.Max.X-pad)-f.Width(right, false, small), float64(x.at.Min.Y), float64(h), right, small, false, th.T2)
		cv.Fill(image.Rect(x.at.Min.X, x.at.Min.Y+h-1, x.at.Max.X, x.at.Min.Y+h), th.Line1)
	}
}

// paintHead draws the band with what it is: an open alert in its severity's fill.
func (c *record) paintHead(cv *paint.Canvas) {
	p, th, f := c.p, c.p.env.Kit.Theme, c.p.env.Kit.Fonts
	r := c.at.head
	h := c.head
	fill, ink, mark := th.S1, th.T1, th.S1
	switch h.Severe {
	case world.Critical:
		fill, ink, mark = th.CriticalFill, th.White, th.CriticalFill
	case world.Severe:
		fill, ink, mark = th.SevereFill, th.Ink, th.SevereFill
	case world.Warning:
		fill, ink, mark = th.WarningFill, th.Ink, th.WarningFill
	}
	cv.Fill(r, fill)
	if h.Severe == world.Critical {
		cv.Frame(r, max(2, p.px(2)), th.White)
	} else {
		cv.Fill(image.Rect(0, r.Max.Y-1, r.Max.X, r.Max.Y), th.Line1)
	}
	pad, high := p.px(16), float64(r.Dy())
	x := float64(pad)
	icon, d := told.IconOf(c.ref.Kind()), p.px(28)
	if h.Severe != "" {
		_, icon = tile.SeveritySign(h.Severe)
	}
	cv.Icon(pad, (r.Dy()-d)/2, d, icon, ink, mark)
	x += float64(d + p.px(12))
	body := float64(p.px(16))
	right := f.Fit(float64(r.Dx())*0.35, body, false, h.Right)
	rw := f.Width(right, false, body)
	cv.Text(float64(r.Dx()-pad)-rw, 0, high, right, body, false, second(h.Severe, ink, th.T2))
	end := float64(r.Dx()-pad) - rw - float64(pad)
	kind := h.Kind
	if h.Severe != "" {
		kind = h.Stand.Text
	}
	x += cv.Text(x, 0, high, kind, body, h.Severe != "", second(h.Severe, ink, th.T2)) + float64(p.px(14))
	if s := h.Stand; h.Severe == "" && s.Plate != "" {
		pl := paint.Plate{Kind: s.Plate, Icon: s.Icon, Text: s.Text}
		w := cv.PlateWidth(pl, body)
		cv.Plate(int(end)-w, (r.Dy()-paint.PlateHeight(body))/2, pl, body, w)
		end -= float64(w + pad)
	}
	if h.Gone && c.entity != nil {
		pl := paint.Plate{Kind: paint.PlateOutline, Icon: "nodata", Text: p.t("records.plate.gone")}
		w := cv.PlateWidth(pl, body)
		cv.Plate(int(end)-w, (r.Dy()-paint.PlateHeight(body))/2, pl, body, w)
		end -= float64(w + pad)
	}
	size := float64(p.px(24))
	cv.Text(x, 0, high, f.Fit(end-x, size, true, h.Title), size, true, ink)
}

func second(s world.Severity, on, off color.RGBA) color.RGBA {
	if s != "" && s != world.Notice {
		return on
	}
	return off
}

// recordLayout places the parts over the frame.
type recordLayout struct{ c *record }

// MinSize is for Fyne.
func (y *recordLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// Layout is for Fyne.
func (y *recordLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	c := y.c
	d := c.p.density()
	c.at = c.measure(int(s.Width*d+0.5), int(s.Height*d+0.5))
	for _, tight := range []bool{false, true} {
		c.tools.tight = tight
		c.tools.lay(c.at.acts.Dx())
		if c.room() {
			break
		}
	}
	put := func(o fyne.CanvasObject, r image.Rectangle) {
		if r.Empty() {
			o.Hide()
			return
		}
		o.Show()
		o.Move(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d))
		o.Resize(fyne.NewSize(float32(r.Dx())/d, float32(r.Dy())/d))
	}
	put(c.facts, c.inside(c.at.facts))
	put(c.past.Object(), c.inside(c.at.past))
	put(c.more, c.inside(c.at.more))
	live, sides := c.inside(c.at.live), c.inside(c.at.sides)
	put(c.live.Object(), live)
	put(c.sides.Object(), sides)
	acts := c.inside(c.at.acts)
	put(c.tools.view, acts)
	c.spot = ""
	if st := c.p.desk.State(); st != nil {
		c.spots(st)
	}
	c.p.ground.Touch()
}
