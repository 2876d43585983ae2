package board

import (
	"image"

	"golang.org/x/image/draw"

	"iocwall/server/scene"
	"iocwall/ui/paint"
)

// scaled puts a picture at a place in that place's size.
func scaled(dst *image.RGBA, r image.Rectangle, src *image.RGBA) {
	draw.ApproxBiLinear.Scale(dst, r, src, src.Rect, draw.Src, nil)
}

// paintHold shows where what is held would go, and what would come of it.
func (b *Board) paintHold(c *paint.Canvas) {
	h := b.hold
	if !h.there {
		return
	}
	th := b.env.Kit.Theme
	r := b.plan.Rect(h.at).Intersect(image.Rectangle{Max: b.size})
	edge := th.Focus
	if h.verdict.Refused {
		edge = th.T1
	}
	box, lines := b.callout(r)
	r, box = r.Sub(b.origin), box.Sub(b.origin)
	c.Fill(box, th.S1)
	for i := range b.px(2) {
		c.RoundLine(r.Inset(1+i), float64(b.px(3)), 1, edge, float64(b.px(8)), float64(b.px(5)))
	}
	size := b.env.Scale.Text * 14 / 16
	pitch := float64(int(size * 1.4))
	top := float64(box.Min.Y + b.px(6))
	x := float64(box.Min.X + b.px(8))
	for i, s := range lines {
		left := x
		if i == 0 && h.verdict.Refused {
			c.Icon(int(x), int(top)+(int(pitch)-b.px(16))/2, b.px(16), "offline", th.T1, th.S1)
			left += float64(b.px(22))
		}
		col := th.T2
		if i == 0 {
			col = th.T1
		}
		room := float64(box.Max.X-b.px(8)) - left
		c.Text(left, top, pitch, b.env.Kit.Fonts.Fit(room, size, i == 0, s), size, i == 0, col)
		top += pitch
	}
}

// callout is where the words on what is held stand, and what they are: within the
// place it would go where they fit, else beside it.
func (b *Board) callout(r image.Rectangle) (image.Rectangle, []string) {
	h := b.hold
	f := b.env.Kit.Fonts
	size := b.env.Scale.Text * 14 / 16
	pitch := int(size * 1.4)
	most := b.px(360)
	lines := f.Wrap(h.verdict.Title, float64(most-b.px(44)), size, true, 2)
	for _, s := range []string{h.verdict.Where, h.verdict.Load} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	wide := 0
	for i, s := range lines {
		wide = max(wide, int(f.Width(s, i == 0, size)))
	}
	wide = min(wide+b.px(22), most)
	if h.verdict.Refused {
		wide = min(wide+b.px(24), most)
	}
	high := pitch*len(lines) + b.px(12)
	if r.Dx() >= wide+4 && r.Dy() >= high+4 {
		at := r.Min.Add(image.Pt((r.Dx()-wide)/2, (r.Dy()-high)/2))
		return image.Rectangle{Min: at, Max: at.Add(image.Pt(wide, high))}, lines
	}
	at := image.Pt(r.Min.X+(r.Dx()-wide)/2, r.Min.Y+(r.Dy()-high)/2)
	at.X = min(max(at.X, 0), max(0, b.size.X-wide))
	at.Y = min(max(at.Y, 0), max(0, b.size.Y-high))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(wide, high))}, lines
}

// Where is the place on the board's pixels of a screen, for tests and for the page.
func (b *Board) Where(screen int) image.Rectangle {
	w, _, _, _ := b.d.Wall()
	for _, s := range w.Screens {
		if s.ID == screen {
			return NewPlan(w.WallDefined, image.Rectangle{Max: b.size}).Rect(scene.RectOfScreen(s))
		}
	}
	return image.Rectangle{}
}
