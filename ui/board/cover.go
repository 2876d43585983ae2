package board

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/server/scene"
)

// frame is a frame of four thin objects: unlike one with a hole it covers no pixels
// that it does not draw.
type frame [4]*canvas.Rectangle

func newFrame() frame {
	var f frame
	for i := range f {
		f[i] = canvas.NewRectangle(color.Transparent)
		f[i].Hide()
	}
	return f
}

// put lays the frame along the inside of a place, w pixels wide; an empty place takes
// it away.
func (f frame) put(r image.Rectangle, w int, col color.RGBA, density float32) {
	w = max(1, w)
	sides := [4]image.Rectangle{
		image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+w), image.Rect(r.Min.X, r.Max.Y-w, r.Max.X, r.Max.Y),
		image.Rect(r.Min.X, r.Min.Y+w, r.Min.X+w, r.Max.Y-w), image.Rect(r.Max.X-w, r.Min.Y+w, r.Max.X, r.Max.Y-w),
	}
	for i, o := range f {
		if r.Empty() || sides[i].Empty() {
			o.Hide()
			continue
		}
		at := fyne.NewPos(float32(sides[i].Min.X)/density, float32(sides[i].Min.Y)/density)
		size := fyne.NewSize(float32(sides[i].Dx())/density, float32(sides[i].Dy())/density)
		if o.Visible() && o.Position() == at && o.Size() == size && o.FillColor == color.Color(col) {
			continue
		}
		o.FillColor = col
		o.Move(at)
		o.Resize(size)
		o.Show()
		o.Refresh()
	}
}

// lines are the frames over the wall.
type lines struct {
	chosen [2]frame // light, and dark within it
	focus  frame    // the keyboard is on the wall
	was    frame    // where what is held came from
}

func newLines() lines {
	return lines{[2]frame{newFrame(), newFrame()}, newFrame(), newFrame()}
}

// objects are all that the board may show.
func (b *Board) objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{}
	for _, s := range b.strips {
		out = append(out, s.pane.Raster)
	}
	out = append(out, b.pane.Raster)
	for _, f := range []frame{b.lines.was, b.lines.chosen[0], b.lines.chosen[1], b.lines.focus} {
		for _, o := range f {
			out = append(out, o)
		}
	}
	return out
}

// spread lays out what lies over the wall: frames, and of the painted part as much as
// there is to paint.
func (b *Board) spread() {
	th, d := b.env.Kit.Theme, b.density()
	all := image.Rectangle{Max: b.size}
	var chosen, focus, was image.Rectangle
	w, _, has, _ := b.d.Wall()
	if has && b.d.State() != nil {
		b.plan = NewPlan(w.WallDefined, all)
		if t, ok := b.tileOf(b.picked); ok && b.hold == nil {
			chosen = b.plan.Rect(scene.RectOf(t.Tile)).Intersect(all)
		}
		if b.has && b.hold == nil {
			focus = all
		}
		if h := b.hold; h != nil && h.there && h.item.Tile.ID != "" {
			was = b.plan.Rect(h.was).Intersect(all)
		}
	}
	b.lines.chosen[0].put(chosen, b.px(2), th.T1, d)
	b.lines.chosen[1].put(chosen.Inset(max(1, b.px(2))), b.px(1), th.Bg, d)
	b.lines.focus.put(focus, b.px(2), th.Focus, d)
	b.lines.was.put(was, b.px(1), th.Line2, d)
	b.spreadStrips()
	r := b.painted()
	if r.Empty() {
		b.pane.Hide()
		return
	}
	b.origin = r.Min
	b.pane.Move(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d))
	b.pane.Resize(fyne.NewSize(float32(r.Dx())/d, float32(r.Dy())/d))
	b.pane.Show()
}

// painted is the part of the board that is painted: all of it where it shows what was
// read back; over tiles that are drawn below it, what is held and nothing else.
func (b *Board) painted() image.Rectangle {
	all := image.Rectangle{Max: b.size}
	switch {
	case b.d.State() == nil:
		return image.Rectangle{}
	case !b.own:
		return all
	case b.hold == nil || !b.hold.there:
		return image.Rectangle{}
	}
	r := b.plan.Rect(b.hold.at).Intersect(all)
	box, _ := b.callout(r)
	return r.Union(box).Intersect(all)
}
