package operator

import (
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/board"
	"iocwall/ui/desk"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/stage"
)

// places are the parts of the page in device pixels.
type places struct {
	desk.Places
	wall, tools, whole, library, row, head image.Rectangle
	// acts is where what can be done with the wall stands, beside what is said of it;
	// empty where the row of scenes has room for both.
	acts image.Rectangle
}

// both is from what width of the row, in Fyne units, scenes and acts share it.
const both = 1450

// arrange puts everything in its place.
func (p *Page) arrange() {
	if p.size.IsZero() {
		return
	}
	d := p.density()
	full := image.Pt(int(p.size.Width*d), int(p.size.Height*d))
	w, _, has, _ := p.d.Wall()
	p.def, p.there, p.on, p.waiting = w.WallDefined, has, p.c.Shown(), p.statement(has)
	_, _, mmW, mmH := scene.Bounds(w.WallDefined)
	if !has || mmW <= 0 || mmH <= 0 {
		mmW, mmH = 16, 9
	}
	if p.acts.Width() == 0 {
		p.row()
	}
	p.place = p.divide(full, mmW/mmH)
	p.place.head = image.Rect(p.place.List.Min.X, p.place.List.Min.Y, p.place.List.Max.X, p.place.List.Min.Y+p.px(44))
	p.place.List.Min.Y = p.place.head.Max.Y
	p.layRows()
	p.low.Lay(p.place.Places, d, p.text())
	p.own = p.wall.Own()
	p.layLibrary()
	p.put(p.log.list.Object(), p.place.List)
	p.put(p.head.Raster, p.place.head)
	p.wall.Dress(p.env)
	p.put(p.wall, p.place.wall)
	p.put(p.live.Object(), p.place.wall)
	p.live.Scale(p.boardScale(mmW))
	p.live.Lay(p.spots())
	p.live.Show(p.shown && p.zoom == nil && p.live0())
	p.prepare()
	if p.zoom != nil {
		p.Enlarge(p.zoom.id)
	}
}

// live0 reports whether there is something to draw here: tiles, or why there are
// none.
func (p *Page) live0() bool { return p.own || !p.on.There }

// layLibrary places what can be put on the wall: a title, the search, the sorts, the
// list.
func (p *Page) layLibrary() {
	r := p.place.library
	y := r.Min.Y
	next := func(h float64) image.Rectangle {
		at := image.Rect(r.Min.X, y, r.Max.X, y+p.px(h))
		y = at.Max.Y
		return at
	}
	p.put(p.title.Raster, next(44))
	p.hint(r.Dx())
	p.put(p.lib.find, next(44).Inset(p.px(3)))
	p.tabLines = p.lib.tabs.lines(r.Dx())
	p.put(p.lib.tabs, next(float64(tabHeight*p.tabLines+4)))
	p.put(p.lib.list.Object(), image.Rect(r.Min.X, y, r.Max.X, r.Max.Y))
	p.lib.room(r.Dx())
}

// hint says in the search what can be searched for, as much as has room.
func (p *Page) hint(wide int) {
	room := float64(wide - p.px(100))
	text := p.env.Kit.Fonts.Fit(room, p.env.Scale.Text, false, p.env.Lang.T("operator.library.find"), p.env.Lang.T("operator.library.find.short"))
	if p.lib.find.PlaceHolder != text {
		p.lib.find.SetPlaceHolder(text)
	}
}

// paintTitle is the head of the library, paintHead that of the list below the wall.
func (p *Page) paintTitle(c *paint.Canvas) {
	p.paintLine(c, p.env.Lang.T("operator.library"), p.lib.count())
}

func (p *Page) paintHead(c *paint.Canvas) {
	title, remark := p.headWords()
	p.paintLine(c, title, remark)
	c.Fill(image.Rect(0, c.Img.Rect.Max.Y-1, c.Img.Rect.Max.X, c.Img.Rect.Max.Y), p.env.Kit.Theme.Line1)
}

func (p *Page) headWords() (title, remark string) {
	if p.logs {
		return p.env.Lang.T("operator.log.title"), ""
	}
	return p.env.Lang.T("alerts.title"), p.low.Counts()
}

// paintLine is a title in bold with a remark on the right.
func (p *Page) paintLine(c *paint.Canvas, title, remark string) {
	th, f := p.env.Kit.Theme, p.env.Kit.Fonts
	r := c.Img.Rect
	body, small, pad := p.env.Scale.Text, p.env.Scale.Text*14/16, float64(p.px(12))
	w := f.Width(remark, false, small)
	if w > float64(r.Dx())*0.6 {
		remark, w = "", 0
	}
	c.Text(float64(r.Dx())-pad-w, 0, float64(r.Dy()), remark, small, false, th.T2)
	c.Text(pad, 0, float64(r.Dy()), f.Fit(float64(r.Dx())-3*pad-w, body, true, title), body, true, th.T1)
}

// put places an object, in device pixels.
func (p *Page) put(o fyne.CanvasObject, r image.Rectangle) {
	d := p.density()
	o.Move(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d))
	o.Resize(fyne.NewSize(float32(r.Dx())/d, float32(r.Dy())/d))
}

// layRows places the rows of buttons: the scenes on the left, what can be done with
// the wall on the right.
func (p *Page) layRows() {
	d, t := p.density(), float32(p.text())
	lay := func(row *desk.Tools, r image.Rectangle) {
		row.Lay(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d), float32(r.Dx())/d, t)
	}
	lay(p.tools, p.place.tools)
	r := p.place.row
	if p.place.acts.Empty() {
		cut := max(r.Max.X-int(p.acts.Width()*d), r.Min.X+r.Dx()/4)
		lay(p.scenes, image.Rect(r.Min.X, r.Min.Y, cut-p.px(8), r.Max.Y))
		lay(p.acts, image.Rect(cut, r.Min.Y, r.Max.X, r.Max.Y))
		return
	}
	lay(p.scenes, r)
	lay(p.acts, p.place.acts)
}

// spots are the tiles of the wall in their places, or one that says why there are
// none.
func (p *Page) spots() []page.Spot {
	l := p.env.Lang
	one := func(id, icon, title, next string) []page.Spot {
		return []page.Spot{{Rect: image.Rectangle{Max: p.place.wall.Size()}, Tile: world.Tile{ID: id, Kind: "message", Params: []world.Param{
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
	if !p.own {
		return nil
	}
	return p.laid(p.on)
}

// laid are the tiles of the wall that are drawn here, in their places: the board
// itself shows those that have no room for words.
func (p *Page) laid(on stage.Show) []page.Spot {
	all := board.NewPlan(p.def, image.Rectangle{Max: p.place.wall.Size()}).Spots(on.Layout().Tiles)
	return slices.DeleteFunc(all, func(s page.Spot) bool { return p.wall.Plain(s.Tile, s.Rect) })
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
	if !p.next.There || !p.there || !p.own {
		p.live.Prepare(nil)
		return
	}
	p.live.Prepare(p.laid(p.next))
}

// divide gives the left to what can be put on the wall, of the rest as much to the
// wall as its shape can use, and what is left to the alerts: below a wide wall,
// beside a high one.
func (p *Page) divide(full image.Point, aspect float64) places {
	out := places{whole: image.Rectangle{Max: full}}
	out.tools = image.Rect(p.px(16), full.Y-p.px(desk.ToolsHeight), full.X-p.px(16), full.Y)
	margin := p.px(8)
	side := min(max(full.X*17/100, p.px(290)), full.X*3/10)
	out.library = image.Rect(0, 0, side, full.Y)
	free := image.Rect(side, 0, full.X, full.Y).Inset(margin)
	rowH, sayH := p.px(desk.ToolsHeight), p.px(32)
	tight := free.Dx() < p.px(both)
	if tight {
		sayH = rowH
	}
	share := func() {
		if tight {
			cut := out.Stage.Min.X + out.Stage.Dx()*41/100
			out.acts = image.Rect(cut+margin, out.Stage.Min.Y, out.Stage.Max.X, out.Stage.Max.Y)
			out.Stage = image.Rect(out.Stage.Min.X, out.Stage.Min.Y+p.px(6), cut, out.Stage.Max.Y-p.px(6))
		}
	}
	if h := int(float64(free.Dx()) / aspect); h <= free.Dy()-rowH-sayH-p.px(160) {
		out.wall = image.Rect(free.Min.X, free.Min.Y, free.Max.X, free.Min.Y+h)
		out.row = image.Rect(free.Min.X, out.wall.Max.Y, free.Max.X, out.wall.Max.Y+rowH)
		out.Stage = image.Rect(free.Min.X, out.row.Max.Y, free.Max.X, out.row.Max.Y+sayH)
		low := image.Rect(free.Min.X, out.Stage.Max.Y+margin, free.Max.X, free.Max.Y)
		cut := low.Min.X + low.Dx()*64/100
		if tight {
			cut = low.Min.X + low.Dx()*67/100 // titles are whole beside the list, not in it
		}
		out.List = image.Rect(low.Min.X, low.Min.Y, cut, low.Max.Y)
		out.Detail = image.Rect(cut+margin, low.Min.Y, low.Max.X, low.Max.Y)
		share()
		return out
	}
	out.Stage = image.Rect(free.Min.X, free.Max.Y-sayH, free.Max.X, free.Max.Y)
	out.row = image.Rect(free.Min.X, out.Stage.Min.Y-rowH, free.Max.X, out.Stage.Min.Y)
	free.Max.Y = out.row.Min.Y
	share()
	beside := min(p.px(440), free.Dx()*2/5)
	room := image.Rect(free.Min.X, free.Min.Y, free.Max.X-beside-margin, free.Max.Y)
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
	if len(p.def.Screens) == 0 || mmW <= 0 {
		return look.DeskScale(math.Max(least, 20*d))
	}
	s := p.def.Screens[0]
	panel := look.Panel{WidthMM: s.W, HeightMM: s.H, WidthPX: s.PxW, HeightPX: s.PxH}
	if s.W <= 0 || s.H <= 0 || s.PxW <= 0 {
		return look.DeskScale(least)
	}
	own := look.WallScale(panel.PxPerMM(), p.def.Seat, 0)
	text := own.Text * (float64(p.place.wall.Dx()) / mmW) / (float64(s.PxW) / s.W)
	// A small wall in a large window leaves room: more is said, not larger.
	return look.DeskScale(math.Min(math.Max(least, text), 18*d*p.text()))
}

// compose shows what there is to see.
func (p *Page) compose() {
	if p.zoom != nil {
		p.root.Objects = []fyne.CanvasObject{p.zoom.on.Object(), p.tools.Object()}
		p.root.Refresh()
		p.d.Poke()
		return
	}
	p.low.Aside(p.logs)
	p.root.Objects = []fyne.CanvasObject{
		p.live.Object(), p.wall, p.title.Raster, p.lib.find, p.lib.tabs, p.lib.list.Object(), p.head.Raster, p.scenes.Object(), p.acts.Object(), p.low.Root(),
	}
	if p.logs {
		p.root.Objects = append(p.root.Objects, p.log.list.Object())
	}
	p.root.Objects = append(p.root.Objects, p.card.pane.Raster)
	p.root.Refresh()
	p.d.Poke()
}
