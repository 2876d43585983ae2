package board

import (
	"cmp"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Options say what a board tells its page. All may be nil but Desk.
type Options struct {
	Desk page.Desk
	// Picked is told which tile was chosen, empty for none, and on which screen.
	Picked func(tile string, screen int)
	// Opened is told of a double click and of Enter on a tile; the point is one of
	// the tile's pixels on the page.
	Opened func(tile string, at image.Point)
	// Wheel is told of the mouse's wheel over a tile.
	Wheel func(tile string, at image.Point, notches float64)
	// Busy is told when something is held over the wall, and when no more.
	Busy func(bool)
	// Modifiers are the keys held beside others; nil asks the toolkit.
	Modifiers func() fyne.KeyModifier
}

// Board is the wall in small with hands on it. It belongs to the toolkit's goroutine.
type Board struct {
	widget.BaseWidget
	o    Options
	d    page.Desk
	env  *tile.Env
	pane *tile.Pane
	plan Plan
	size image.Point

	album  album
	now    time.Time
	shown  bool
	own    bool // no computer drives the wall: live tiles lie below
	words  string
	screen int    // chosen
	picked string // id of the chosen tile
	has    bool   // the keyboard is here

	down, pointer image.Point

	hold *hold // what is held over the wall, nil for nothing
	next sending

	// origin is where the painted part lies on the board: of tiles that are drawn
	// below it, no more is covered than has something over it.
	origin image.Point
	lines  lines
	strips []*strip
}

// late is how old a picture may be before its age is said.
const late = 5 * time.Second

// New returns a board that shows nothing until Update.
func New(o Options) *Board {
	b := &Board{o: o, d: o.Desk, env: o.Desk.Env()}
	if b.o.Picked == nil {
		b.o.Picked = func(string, int) {}
	}
	if b.o.Opened == nil {
		b.o.Opened = func(string, image.Point) {}
	}
	if b.o.Wheel == nil {
		b.o.Wheel = func(string, image.Point, float64) {}
	}
	if b.o.Busy == nil {
		b.o.Busy = func(bool) {}
	}
	if b.o.Modifiers == nil {
		b.o.Modifiers = modifiers
	}
	b.album = album{d: b.d, shots: map[int]*shot{}, touch: b.touch}
	b.pane = tile.NewPane(b.env, "board", color.RGBA{}, b.paint)
	b.lines = newLines()
	b.ExtendBaseWidget(b)
	return b
}

// CreateRenderer is for Fyne.
func (b *Board) CreateRenderer() fyne.WidgetRenderer { return &renderer{b} }

// MinSize is 1×1: the page decides sizes.
func (b *Board) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

type renderer struct{ b *Board }

func (r *renderer) Destroy()                     {}
func (r *renderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *renderer) Objects() []fyne.CanvasObject { return r.b.objects() }
func (r *renderer) Refresh()                     { canvas.Refresh(r.b) }
func (r *renderer) Layout(s fyne.Size) {
	d := r.b.density()
	r.b.size = image.Pt(int(s.Width*d+0.5), int(s.Height*d+0.5))
	r.b.touch()
}

func (b *Board) density() float32 {
	if b.env.Density <= 0 {
		return 1
	}
	return b.env.Density
}

// px converts Fyne units at the usual size of text into device pixels.
func (b *Board) px(v float64) int { return int(v * b.env.Scale.Text / 16) }

// touch paints what there is to paint anew.
func (b *Board) touch() {
	b.spread()
	b.pane.Touch()
}

// Dress takes the sizes of now; the page calls it when it is laid out anew.
func (b *Board) Dress(env *tile.Env) {
	*b.env = *env
	b.touch()
}

// Own reports whether no computer drives the wall, so that its tiles are to be drawn
// here.
func (b *Board) Own() bool {
	w, _, has, _ := b.d.Wall()
	st := b.d.State()
	if st == nil || !has {
		return true
	}
	return !slices.ContainsFunc(w.Screens, func(s world.Screen) bool {
		n, ok := st.Node(s.Node)
		return ok && s.Node != "" && n.Since != 0
	})
}

// Shown stops what nobody sees.
func (b *Board) Shown(visible bool) {
	b.shown = visible
	if !visible {
		b.album.end()
		b.Cancel()
	}
}

// Update brings the board in line with the wall, and asks for newer pictures.
func (b *Board) Update(now time.Time) {
	b.now = now
	if !b.shown {
		return
	}
	w, _, has, _ := b.d.Wall()
	b.own = b.Own()
	b.plan = NewPlan(w.WallDefined, image.Rectangle{Max: b.size})
	if has && !b.own {
		sizes := map[int]image.Point{}
		for _, s := range w.Screens {
			sizes[s.ID] = b.plan.Rect(scene.RectOfScreen(s)).Size()
		}
		b.album.ask(w.ID, sizes, b.size.X < b.px(1000))
	} else {
		b.album.end()
	}
	b.pump()
	b.spread()
	if said := b.says(); said != b.words {
		b.words = said
		b.touch()
	}
}

// says is all that is painted, in words.
func (b *Board) says() string {
	w, _, has, _ := b.d.Wall()
	if !has {
		return ""
	}
	out := fmt.Sprint(b.own, b.album.version, b.size, w.On.Generation)
	if !b.own {
		for _, s := range w.Screens {
			out += fmt.Sprint(b.stateOf(w, s))
		}
		for _, l := range b.d.State().Locks() {
			out += l.Tile
		}
	}
	if b.hold != nil {
		out += fmt.Sprint(b.hold.at, b.hold.verdict, b.hold.there)
	}
	return out
}

// standing is what is to be said of a screen.
type standing struct {
	faded bool   // the picture is not what is so
	icon  string // of the plate, empty without one
	text  string
	short string // text where there is little room
	node  string // of which that is
	mark  string
}

func (b *Board) stateOf(w world.Wall, s world.Screen) standing {
	l, st := b.env.Lang, b.d.State()
	if s.Node == "" {
		return standing{faded: true, icon: "nodata", text: l.T("board.nobody")}
	}
	now := b.d.ServerTime(b.now)
	n, known := st.Node(s.Node)
	pic := b.album.shots[s.ID]
	switch {
	case !known || n.Since == 0:
		return standing{faded: true, icon: "offline", text: l.T("board.never", "node", s.Node), short: s.Node, node: s.Node}
	case !n.Up:
		age := now.Sub(n.Since.Std()).Truncate(time.Second)
		return standing{faded: true, icon: "offline", text: l.T("board.away", "node", s.Node, "age", l.Age(age)), short: l.T("board.away.short", "node", s.Node, "age", l.Age(age)), node: s.Node}
	case pic == nil:
		return standing{icon: "loading", text: l.T("board.waiting")}
	}
	out := standing{}
	if w.On.Generation != 0 && pic.generation < w.On.Generation && now.Sub(w.On.At.Std()) > time.Second {
		out.mark = l.T("board.before")
	}
	if age := now.Sub(pic.taken.Std()).Truncate(time.Second); age >= late {
		out.faded, out.icon, out.text = age >= 6*late, "stale", l.T("board.old", "age", l.Age(age))
	}
	return out
}

// Failed is why there are no pictures, empty while there are.
func (b *Board) Failed() string {
	if b.album.failed == "" || b.own {
		return ""
	}
	return b.env.Lang.T("board.failed", "reason", b.album.failed)
}

func (b *Board) paint(c *paint.Canvas) {
	w, _, has, _ := b.d.Wall()
	if !has || b.d.State() == nil {
		return
	}
	b.plan = NewPlan(w.WallDefined, image.Rectangle{Max: b.size})
	if !b.own {
		for _, s := range w.Screens {
			b.paintScreen(c, w, s)
		}
	}
	b.paintLocks(c, w)
	if b.hold != nil {
		b.paintHold(c)
	}
}

func (b *Board) paintScreen(c *paint.Canvas, w world.Wall, s world.Screen) {
	th := b.env.Kit.Theme
	r := b.plan.Rect(scene.RectOfScreen(s))
	if r.Dx() < 4 || r.Dy() < 4 {
		return
	}
	state := b.stateOf(w, s)
	c.Fill(r, th.S2)
	if pic := b.album.shots[s.ID]; pic != nil {
		img := pic.img
		if state.faded {
			img = pic.faded()
		}
		blit(c.Img, r, img)
	}
	c.Fill(image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y), th.Bg)
	c.Fill(image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y), th.Bg)
	size := b.env.Scale.Text * 14 / 16
	f := b.env.Kit.Fonts
	low := r.Dy() < b.px(64)
	switch {
	case low && state.text+state.mark != "":
		b.paintSign(c, r, state, size)
	case state.text != "":
		b.paintWords(c, r, state, size)
	}
	if state.mark != "" && !low {
		c.Plate(r.Min.X+b.px(4), r.Min.Y+b.px(4), paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: state.mark}, size, r.Dx()-b.px(8))
	}
	n := strconv.Itoa(s.ID)
	tw := int(f.Width(n, true, size))
	box := image.Rect(r.Max.X-tw-b.px(14), r.Max.Y-b.px(24), r.Max.X-b.px(4), r.Max.Y-b.px(4))
	c.Round(box, float64(b.px(4)), th.Bg)
	c.Text(float64(box.Min.X)+float64(box.Dx()-tw)/2, float64(box.Min.Y), float64(box.Dy()), n, size, true, th.T1)
}

// paintSign marks a screen that is not to be believed where there is no room for words
// above its number: they stand beside it as far as they have room.
func (b *Board) paintSign(c *paint.Canvas, r image.Rectangle, s standing, size float64) {
	th, f := b.env.Kit.Theme, b.env.Kit.Fonts
	icon, pad := b.px(16), b.px(4)
	words, sign := "", cmp.Or(s.icon, "stale")
	room := r.Dx() - b.px(44) - icon - 3*pad
	for _, text := range []string{s.text, s.short, s.node, s.mark} {
		if text != "" && int(f.Width(text, true, size)) <= room {
			words = text
			break
		}
	}
	wide := icon + 2*pad
	if words != "" {
		wide += int(f.Width(words, true, size)) + pad
	}
	box := image.Rect(r.Min.X+pad, r.Max.Y-b.px(24), r.Min.X+pad+wide, r.Max.Y-pad)
	c.Round(box, float64(pad), th.S1)
	c.Icon(box.Min.X+pad, box.Min.Y+(box.Dy()-icon)/2, icon, sign, th.T1, th.S1)
	c.Text(float64(box.Min.X+2*pad+icon), float64(box.Min.Y), float64(box.Dy()), words, size, true, th.T1)
}

// paintWords says over a screen why it is not to be believed, on a ground of its own.
func (b *Board) paintWords(c *paint.Canvas, r image.Rectangle, s standing, size float64) {
	th, f := b.env.Kit.Theme, b.env.Kit.Fonts
	pad := b.px(6)
	icon := b.px(16)
	room := float64(r.Dx() - 2*pad - icon - b.px(6))
	lines := f.Wrap(s.text, room, size, true, 2)
	pitch := int(size * 1.4)
	if s.short != "" && (pitch*len(lines)+2*pad > r.Dy()-b.px(26) || f.Width(lines[len(lines)-1], true, size) > room) {
		lines = []string{f.Fit(room, size, true, s.short)}
	}
	high := pitch*len(lines) + 2*pad
	top := r.Min.Y // above the number
	c.Fill(image.Rect(r.Min.X, top, r.Max.X, top+high), th.S1)
	c.Icon(r.Min.X+pad, top+pad+(pitch-icon)/2, icon, s.icon, th.T1, th.S1)
	for i, text := range lines {
		c.Text(float64(r.Min.X+pad+icon+b.px(6)), float64(top+pad+i*pitch), float64(pitch), text, size, true, th.T1)
	}
}

// paintLocks marks the tiles that are kept.
func (b *Board) paintLocks(c *paint.Canvas, w world.Wall) {
	th := b.env.Kit.Theme
	for _, l := range b.d.State().Locks() {
		if t, ok := b.tileOf(l.Tile); ok && l.Wall == w.ID && !b.own {
			r := b.plan.Rect(scene.RectOf(t.Tile))
			box := image.Rect(r.Min.X+b.px(4), r.Min.Y+b.px(4), r.Min.X+b.px(26), r.Min.Y+b.px(26))
			c.Round(box, float64(b.px(4)), th.Bg)
			c.Icon(box.Min.X+b.px(3), box.Min.Y+b.px(3), b.px(16), "lock", th.T1, th.Bg)
		}
	}
}

// tileOf returns a tile that is on the wall.
func (b *Board) tileOf(id string) (world.Placed, bool) {
	for _, t := range b.tiles() {
		if id != "" && t.ID == id {
			return t, true
		}
	}
	return world.Placed{}, false
}

// tiles are those on the wall, in the order in which they are drawn.
func (b *Board) tiles() []world.Placed {
	w, sc, _, _ := b.d.Wall()
	if w.On.Generation != 0 {
		return w.On.Tiles
	}
	out := make([]world.Placed, 0, len(sc.Tiles))
	for _, t := range sc.Tiles {
		out = append(out, world.Placed{Tile: t, Layer: world.LayerScene, From: sc.ID})
	}
	return out
}

// at returns the topmost tile and the screen at a pixel.
func (b *Board) at(p image.Point) (t world.Placed, screen int) {
	x, y := b.plan.At(p)
	for _, o := range slices.Backward(b.tiles()) {
		if x >= o.X && x < o.X+o.W && y >= o.Y && y < o.Y+o.H {
			t = o
			break
		}
	}
	w, _, _, _ := b.d.Wall()
	return t, b.screenAt(w.WallDefined, x, y)
}

// screenAt is the screen nearest to a place of the wall.
func (b *Board) screenAt(w world.WallDefined, x, y float64) int {
	if len(w.Screens) == 0 {
		return 0
	}
	far := func(s world.Screen) float64 {
		dx := max(s.X-x, 0, x-s.X-s.W)
		dy := max(s.Y-y, 0, y-s.Y-s.H)
		return dx*dx + dy*dy
	}
	return slices.MinFunc(w.Screens, func(a, o world.Screen) int { return cmp.Compare(far(a), far(o)) }).ID
}

// Pick chooses a tile by its id, empty for none.
func (b *Board) Pick(tile string) {
	if b.picked != tile {
		b.picked = tile
		b.spread()
	}
}

// PickScreen chooses a screen and the tile in its middle.
func (b *Board) PickScreen(id int) {
	w, _, _, _ := b.d.Wall()
	for _, s := range w.Screens {
		if s.ID == id {
			r := b.plan.Rect(scene.RectOfScreen(s))
			t, _ := b.at(r.Min.Add(r.Max).Div(2))
			b.choose(t.ID, id)
		}
	}
}

// choose chooses a tile and tells the page.
func (b *Board) choose(tile string, screen int) {
	b.picked, b.screen = tile, screen
	b.spread()
	b.o.Picked(tile, screen)
}

// Picked is the chosen tile.
func (b *Board) Picked() string { return b.picked }

// blit puts a picture at a place, as it is where the sizes agree.
func blit(dst *image.RGBA, r image.Rectangle, src *image.RGBA) {
	if src.Rect.Size() == r.Size() {
		for y := range r.Dy() {
			if r.Min.Y+y < 0 || r.Min.Y+y >= dst.Rect.Max.Y || r.Max.X > dst.Rect.Max.X || r.Min.X < 0 {
				continue
			}
			copy(dst.Pix[dst.PixOffset(r.Min.X, r.Min.Y+y):], src.Pix[y*src.Stride:y*src.Stride+4*r.Dx()])
		}
		return
	}
	scaled(dst, r, src)
}
