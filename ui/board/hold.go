package board

import (
	"image"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// Item is something that can be put on the wall.
type Item struct {
	// Title is what people call it.
	Title string
	// Tile is its kind with its parameters; one with an id is on the wall already.
	Tile world.Tile
}

// hold is what is held over the wall.
type hold struct {
	item  Item
	was   scene.Rect // where a tile of the wall lies
	edges edges      // that move with the pointer; none moves all of it
	grab  [2]float64 // from the tile's corner to where it was taken, in millimetres
	at    scene.Rect // where it would go
	there bool       // the pointer is over the wall
	keys  bool       // it is moved by the keyboard
	first int        // the screen where a span began, zero for none
	form  int        // which part of a screen the keyboard has, of forms

	verdict Verdict
}

// edges are those of a tile that a hand has.
type edges struct{ left, top, right, bottom bool }

func (e edges) any() bool { return e.left || e.top || e.right || e.bottom }

// forms are the parts of a screen that the keyboard goes through.
func forms() []string {
	return []string{"", "2x1:1", "2x1:2", "1x2:1", "1x2:2", "2x2:1", "2x2:2", "2x2:3", "2x2:4", "3x1:1", "3x1:2", "3x1:3"}
}

// reach is how near to an edge a hand takes it, in Fyne units; least is how far the
// mouse goes before it drags.
const reach = 8

// Place takes something in hand to be put on the wall by the keyboard: arrows move
// it, Enter drops it.
func (b *Board) Place(item Item) {
	w, _, has, _ := b.d.Wall()
	if !has || len(w.Screens) == 0 {
		return
	}
	if b.screen == 0 {
		b.screen = w.Screens[0].ID
	}
	h := &hold{item: item, keys: true, there: true}
	if t, on := b.tileOf(item.Tile.ID); on {
		h.was, h.at = scene.RectOf(t.Tile), scene.RectOf(t.Tile)
	} else {
		h.at = b.part(w.WallDefined, b.screen, "")
	}
	b.take(h)
	if win := b.d.Window(); win != nil {
		win.Canvas().Focus(b)
	}
}

// Over moves something that is dragged on to the page to an absolute position; Drop
// puts it there. Both report whether that is over the wall.
func (b *Board) Over(item Item, at fyne.Position) bool {
	p, in := b.inside(at)
	if b.hold == nil || b.hold.item.Tile.Kind != item.Tile.Kind || b.hold.item.Title != item.Title {
		b.take(&hold{item: item})
	}
	b.hold.there = in
	if in {
		b.aim(p)
	}
	b.Update(b.d.Now())
	return in
}

// Drop puts what is held at an absolute position.
func (b *Board) Drop(item Item, at fyne.Position) bool {
	in := b.Over(item, at)
	if !in {
		b.Cancel()
		return false
	}
	b.release()
	return true
}

// inside turns an absolute position into a pixel of the board.
func (b *Board) inside(at fyne.Position) (image.Point, bool) {
	o := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	d := b.density()
	p := image.Pt(int((at.X-o.X)*d), int((at.Y-o.Y)*d))
	return p, p.In(image.Rectangle{Max: b.size})
}

// Cancel lets go of what is held without a change.
func (b *Board) Cancel() {
	if b.hold != nil {
		b.hold = nil
		b.o.Busy(false)
		b.touch()
	}
}

// Holding is what is held over the wall, and what would come of it.
func (b *Board) Holding() (Item, Verdict, bool) {
	if b.hold == nil {
		return Item{}, Verdict{}, false
	}
	return b.hold.item, b.hold.verdict, true
}

// ByKeys reports whether the keyboard moves what is held; else the mouse does.
func (b *Board) ByKeys() bool { return b.hold != nil && b.hold.keys }

func (b *Board) take(h *hold) {
	b.hold = h
	b.o.Busy(true)
	b.judge()
	b.touch()
}

// edit is what dropping now would do to a scene.
func (h *hold) edit(sc string) Edit {
	put := h.at.Put(h.item.Tile)
	put.ID = scene.OwnID(sc, put.ID)
	return Edit{Put: put}
}

// judge says what dropping would do.
func (b *Board) judge() {
	h := b.hold
	w, sc, _, ok := b.d.Wall()
	if h == nil || !ok || b.d.State() == nil {
		return
	}
	h.verdict = Judge(b.env.Lang, b.d.State(), w, sc.Tiles, h.edit(sc.ID), b.d.ServerTime(b.d.Now()))
}

// aim finds where something new would go with the pointer at a pixel: a tile that is
// not larger than a screen under the middle of which it is, else a screen, or the
// half of one nearest to the pointer; with Shift from the screen where that began, with
// Ctrl the third of the screen under the pointer.
func (b *Board) aim(p image.Point) {
	h := b.hold
	w, _, _, _ := b.d.Wall()
	x, y := b.plan.At(p)
	id := b.screenAt(w.WallDefined, x, y)
	b.screen = id
	switch {
	case b.shift():
		if h.first == 0 {
			h.first = id
		}
		h.at = b.span(w.WallDefined, h.first, id)
	case b.pressed(fyne.KeyModifierControl):
		h.first = 0
		s := b.whole(w.WallDefined, id, "")
		third := min(max(int(3*(x-s.X)/s.W), 0), 2)
		h.at = b.part(w.WallDefined, id, "3x1:"+itoa(third+1))
	default:
		h.first = 0
		h.at = b.target(w.WallDefined, id, x, y)
	}
	b.judge()
}

func (b *Board) target(w world.WallDefined, id int, x, y float64) scene.Rect {
	screen := b.whole(w, id, "")
	for _, t := range slices.Backward(b.tiles()) {
		r := scene.RectOf(t.Tile)
		if t.Layer != world.LayerScene || r.W > screen.W*1.01 || r.H > screen.H*1.01 {
			continue
		}
		if in(x, r.X, r.W) && in(y, r.Y, r.H) {
			return r
		}
	}
	u, v := (x-screen.X)/screen.W, (y-screen.Y)/screen.H
	switch {
	case math.Abs(u-0.5) < 0.25 && math.Abs(v-0.5) < 0.25:
		return b.part(w, id, "")
	case math.Abs(u-0.5) >= math.Abs(v-0.5) && u < 0.5:
		return b.part(w, id, "2x1:1")
	case math.Abs(u-0.5) >= math.Abs(v-0.5):
		return b.part(w, id, "2x1:2")
	case v < 0.5:
		return b.part(w, id, "1x2:1")
	}
	return b.part(w, id, "1x2:2")
}

// in reports whether a place is in the middle half of a stretch.
func in(x, from, size float64) bool { return x > from+size/5 && x < from+size*4/5 }

// part is a part of a screen, without the strips that go on over its neighbours.
func (b *Board) part(w world.WallDefined, id int, cell string) scene.Rect {
	r := b.whole(w, id, cell)
	for _, t := range b.tiles() {
		s := scene.RectOf(t.Tile)
		if s.W < 1.5*r.W || s.H > r.H/2 || !s.Overlaps(r) {
			continue
		}
		if s.Y <= r.Y+1 {
			r.H, r.Y = r.Y+r.H-s.Y-s.H, s.Y+s.H
		} else if s.Y+s.H >= r.Y+r.H-1 {
			r.H = s.Y - r.Y
		}
	}
	return r
}

// whole is a part of a screen.
func (b *Board) whole(w world.WallDefined, id int, cell string) scene.Rect {
	for _, s := range w.Screens {
		if s.ID != id {
			continue
		}
		x, y, dx, dy, err := (scene.At{Screens: itoa(id), Cell: cell}).Rect(w)
		if err == nil {
			return scene.Rect{X: x, Y: y, W: dx, H: dy}
		}
		return scene.RectOfScreen(s)
	}
	return scene.Rect{}
}

// span is the block of screens between two.
func (b *Board) span(w world.WallDefined, from, to int) scene.Rect {
	p, q := b.whole(w, from, ""), b.whole(w, to, "")
	x, y := math.Min(p.X, q.X), math.Min(p.Y, q.Y)
	return scene.Rect{X: x, Y: y, W: math.Max(p.X+p.W, q.X+q.W) - x, H: math.Max(p.Y+p.H, q.Y+q.H) - y}
}

// shift reports whether the Shift key is down.
func (b *Board) shift() bool { return b.pressed(fyne.KeyModifierShift) }

// modifiers are the keys that are held beside others.
func modifiers() fyne.KeyModifier {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		return d.CurrentKeyModifiers()
	}
	return 0
}

// pressed reports whether a modifier key is down.
func (b *Board) pressed(m fyne.KeyModifier) bool { return b.o.Modifiers()&m != 0 }

// grip returns the edges of a tile that are near a pixel.
func (b *Board) grip(t world.Placed, p image.Point) edges {
	r := b.plan.Rect(scene.RectOf(t.Tile))
	near := b.px(reach)
	if r.Dx() < 4*near || r.Dy() < 4*near {
		near = min(r.Dx(), r.Dy()) / 6
	}
	return edges{p.X < r.Min.X+near, p.Y < r.Min.Y+near, p.X >= r.Max.X-near, p.Y >= r.Max.Y-near}
}

// grab takes the tile under a pixel in hand: an edge near it, or all of the tile. It
// reports whether there is one that can be moved.
func (b *Board) grab(p image.Point) bool {
	t, screen := b.at(p)
	if t.ID == "" || !b.d.May("scene.save") {
		return false
	}
	b.choose(t.ID, screen)
	if t.Layer != world.LayerScene {
		b.d.Say(world.Notice, b.env.Lang.T("board.notscene"))
		return false
	}
	x, y := b.plan.At(p)
	r := scene.RectOf(t.Tile)
	b.take(&hold{
		item: Item{Title: Name(b.env.Lang, b.d.State(), t.Tile), Tile: t.Tile},
		was:  r, at: r, edges: b.grip(t, p), grab: [2]float64{x - r.X, y - r.Y}, there: true,
	})
	return true
}

// carry moves what was grabbed with the pointer, to the nearest place of the grid.
func (b *Board) carry(p image.Point) {
	h := b.hold
	w, _, _, _ := b.d.Wall()
	x, y := b.plan.At(p)
	r := h.was
	if !h.edges.any() {
		r.X, r.Y = x-h.grab[0], y-h.grab[1]
	} else {
		r = h.edges.pull(r, x, y)
	}
	if _, at, ok := scene.Snap(w.WallDefined, r); ok {
		h.at = at
	}
	b.judge()
	b.Update(b.d.Now())
}

// pull moves edges of a place to a point; what is left keeps some width.
func (e edges) pull(r scene.Rect, x, y float64) scene.Rect {
	const least = 20
	if e.left {
		x = math.Min(x, r.X+r.W-least)
		r.W, r.X = r.W+r.X-x, x
	} else if e.right {
		r.W = math.Max(least, x-r.X)
	}
	if e.top {
		y = math.Min(y, r.Y+r.H-least)
		r.H, r.Y = r.H+r.Y-y, y
	} else if e.bottom {
		r.H = math.Max(least, y-r.Y)
	}
	return r
}

// release drops what is held.
func (b *Board) release() {
	h := b.hold
	b.judge()
	b.Cancel()
	switch {
	case h == nil || !h.there || h.item.Tile.ID != "" && h.at == h.was:
	case h.verdict.Refused:
		b.d.Say(world.Warning, b.env.Lang.T("board.refused", "what", h.item.Title, "reason", lower(h.verdict.Title)))
	default:
		key := "board.did.put"
		if h.item.Tile.ID != "" {
			key = "board.did.move"
		}
		w, sc, _, _ := b.d.Wall()
		ids, _ := under(w.WallDefined, h.at)
		b.do(h.edit(sc.ID), b.env.Lang.T(key, "what", Called(b.env.Lang, h.item.Tile.Kind, h.item.Title), "where", where(b.env.Lang, ids, nil)))
	}
}

// Remove takes the chosen tile off the wall.
func (b *Board) Remove() {
	t, on := b.tileOf(b.picked)
	switch {
	case !on:
		b.d.Say(world.Notice, b.env.Lang.T("stage.pick"))
		return
	case t.Layer != world.LayerScene:
		b.d.Say(world.Notice, b.env.Lang.T("board.notscene"))
		return
	}
	w, sc, _, _ := b.d.Wall()
	e := Edit{Remove: scene.OwnID(sc.ID, t.ID)}
	name := Name(b.env.Lang, b.d.State(), t.Tile)
	if v := Judge(b.env.Lang, b.d.State(), w, sc.Tiles, e, b.d.ServerTime(b.d.Now())); v.Refused {
		b.d.Say(world.Warning, b.env.Lang.T("board.refused", "what", name, "reason", lower(v.Title)))
		return
	}
	ids, _ := under(w.WallDefined, scene.RectOf(t.Tile))
	b.do(e, b.env.Lang.T("board.did.remove", "what", Called(b.env.Lang, t.Kind, name), "where", where(b.env.Lang, ids, nil)))
}

// lower begins a sentence that stands within another with a small letter, but for
// names.
func lower(s string) string {
	r := []rune(s)
	if len(r) > 1 && strings.ToLower(string(r[1])) == string(r[1]) && strings.HasPrefix(s, "Không") {
		return strings.ToLower(string(r[0])) + string(r[1:])
	}
	return s
}
