package operator

import (
	"image"
	"math"

	"fyne.io/fyne/v2"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/board"
	"iocwall/ui/desk"
	"iocwall/ui/look"
	"iocwall/ui/page"
)

// places are the parts of the page in device pixels.
type places struct {
	desk.Places
	wall, tools, whole image.Rectangle
}

// arrange puts everything in its place.
func (p *Page) arrange() {
	if p.size.IsZero() {
		return
	}
	d := p.density()
	full := image.Pt(int(p.size.Width*d), int(p.size.Height*d))
	w, _, has, _ := p.d.Wall()
	p.wall, p.there, p.on, p.waiting = w.WallDefined, has, p.c.Shown(), p.statement(has)
	_, _, mmW, mmH := scene.Bounds(w.WallDefined)
	if !has || mmW <= 0 || mmH <= 0 {
		mmW, mmH = 16, 9
	}
	p.place = p.divide(full, mmW/mmH)
	p.low.Lay(p.place.Places, d, p.text())
	t := p.place.tools
	p.tools.Lay(fyne.NewPos(float32(t.Min.X)/d, float32(t.Min.Y)/d), float32(t.Dx())/d, float32(p.text()))
	p.live.Object().Move(fyne.NewPos(0, 0))
	p.live.Object().Resize(p.size)
	p.live.Scale(p.boardScale(mmW))
	p.live.Lay(p.spots())
	p.prepare()
	if p.zoom != nil {
		p.Enlarge(p.zoom.id)
	}
}

// spots are the tiles of the wall in their places, or one that says why there are
// none.
func (p *Page) spots() []page.Spot {
	l := p.env.Lang
	one := func(id, icon, title, next string) []page.Spot {
		return []page.Spot{{Rect: p.place.wall, Tile: world.Tile{ID: id, Kind: "message", Params: []world.Param{
			{Key: "icon", Value: icon}, {Key: "next", Value: next}, {Key: "title", Value: title},
		}}}}
	}
	switch {
	case p.d.State() == nil:
		return one("waiting", "loading", l.T("wall.waiting"), p.waiting)
	case !p.there:
		return one("nowall", "node", l.T("wall.nowall"), l.T("wall.noscene.next"))
	case !p.on.There:
		return one("noscene", "node", l.T("wall.noscene"), l.T("wall.noscene.next"))
	}
	return board.NewPlan(p.wall, p.place.wall).Spots(p.on.Layout().Tiles)
}

// statement is what is said in the wall's place, beside its title.
func (p *Page) statement(hasWall bool) string {
	switch {
	case p.d.State() == nil:
		return p.c.Waiting()
	case !hasWall:
		return "nowall"
	}
	return ""
}

// prepare opens what comes, unseen.
func (p *Page) prepare() {
	p.next = p.c.Coming()
	if !p.next.There || !p.there {
		p.live.Prepare(nil)
		return
	}
	p.live.Prepare(board.NewPlan(p.wall, p.place.wall).Spots(p.next.Layout().Tiles))
}

// divide gives the wall as much of the page as its shape can use and the rest to
// the alerts: below a wide wall, beside a high one.
func (p *Page) divide(full image.Point, aspect float64) places {
	out := places{whole: image.Rectangle{Max: full}}
	out.tools = image.Rect(p.px(16), full.Y-p.px(desk.ToolsHeight), full.X-p.px(16), full.Y)
	margin := p.px(8)
	free := out.whole.Inset(margin)
	out.Stage = image.Rect(free.Min.X, free.Max.Y-p.px(44), free.Max.X, free.Max.Y)
	free.Max.Y = out.Stage.Min.Y - margin
	if h := int(float64(free.Dx()) / aspect); h <= free.Dy()-p.px(220) {
		out.wall = image.Rect(free.Min.X, free.Min.Y, free.Max.X, free.Min.Y+h)
		low := image.Rect(free.Min.X, out.wall.Max.Y+margin, free.Max.X, free.Max.Y)
		cut := low.Min.X + low.Dx()*64/100
		out.List = image.Rect(low.Min.X, low.Min.Y, cut, low.Max.Y)
		out.Detail = image.Rect(cut+margin, low.Min.Y, low.Max.X, low.Max.Y)
		return out
	}
	side := min(p.px(440), free.Dx()*2/5)
	room := image.Rect(free.Min.X, free.Min.Y, free.Max.X-side-margin, free.Max.Y)
	w := min(room.Dx(), int(float64(room.Dy())*aspect))
	out.wall = image.Rect(room.Min.X, room.Min.Y, room.Min.X+w, room.Min.Y+int(float64(w)/aspect))
	right := image.Rect(out.wall.Max.X+margin, free.Min.Y, free.Max.X, free.Max.Y)
	cut := right.Min.Y + right.Dy()/2
	out.List = image.Rect(right.Min.X, right.Min.Y, right.Max.X, cut)
	out.Detail = image.Rect(right.Min.X, cut+margin, right.Max.X, right.Max.Y)
	return out
}

// boardScale is the wall's own scale as it appears on the page, but never below the
// smallest text a desk allows: tiles then say less.
func (p *Page) boardScale(mmW float64) look.Scale {
	d := float64(p.density())
	least := 14 * d * p.text()
	if len(p.wall.Screens) == 0 || mmW <= 0 {
		return look.DeskScale(math.Max(least, 20*d))
	}
	s := p.wall.Screens[0]
	panel := look.Panel{WidthMM: s.W, HeightMM: s.H, WidthPX: s.PxW, HeightPX: s.PxH}
	if s.W <= 0 || s.H <= 0 || s.PxW <= 0 {
		return look.DeskScale(least)
	}
	own := look.WallScale(panel.PxPerMM(), p.wall.Seat, 0)
	text := own.Text * (float64(p.place.wall.Dx()) / mmW) / (float64(s.PxW) / s.W)
	// A small wall in a large window leaves room: more is said, not larger.
	return look.DeskScale(math.Min(math.Max(least, text), 18*d*p.text()))
}

// compose shows what there is to see.
func (p *Page) compose() {
	p.root.Objects = []fyne.CanvasObject{p.live.Object(), p.low.Root(), p.tools.Object()}
	if p.zoom != nil {
		p.root.Objects = append(p.root.Objects, p.zoom.on.Object())
	}
	p.root.Refresh()
	p.d.Poke()
}
