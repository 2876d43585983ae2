package ui

import (
	"image"
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/desk"
	"iocwall/ui/look"
)

// mosaic shows the whole wall in one window with the desk around it: a bar on
// top, the wall, the open alerts and the chosen one, the keys at the bottom.
type mosaic struct {
	u      *UI
	win    fyne.Window
	root   *fyne.Container
	ground *canvas.Rectangle
	board  *surface
	zoom   *surface
	desk   *desk.Desk
	place  places
	size   fyne.Size
	zoomed string // id of the tile that fills the window
	single string // id of a camera of it that does instead
	held   *slot  // whose camera is in hand
	// escaped is when Escape was pressed last: twice gives a zone back.
	escaped time.Time
	chart   *chart // the map in hand, nil before it was opened
	under   string // what the camera opened from the map goes back to
}

// escapeTwice is within what time Escape counts as pressed twice.
const escapeTwice = 600 * time.Millisecond

// places are the parts of the window in device pixels.
type places struct {
	desk.Places
	wall image.Rectangle
}

func newMosaic(u *UI) *mosaic { return &mosaic{u: u} }

func (m *mosaic) surfaces() []*surface {
	var out []*surface
	if m.board != nil {
		out = append(out, m.board)
	}
	if m.zoom != nil {
		out = append(out, m.zoom)
	}
	if m.chart != nil {
		out = append(out, m.chart.on)
	}
	return out
}

func (m *mosaic) refresh(now time.Time) {
	if m.desk != nil {
		m.tools(now)
		m.desk.Refresh(now)
	}
}

func (m *mosaic) close() {
	for _, s := range m.surfaces() {
		s.close()
	}
	if m.win != nil {
		m.win.Close()
	}
}

// open makes the window on the first tick.
func (m *mosaic) open() {
	u := m.u
	m.win = u.o.App.NewWindow(u.lang.T("app.title"))
	m.win.SetPadded(false)
	m.desk = desk.New(deskModel{u}, u.env(look.DeskScale(16), 1))
	m.desk.OnUnfocus(m.win.Canvas().Unfocus)
	m.ground = canvas.NewRectangle(u.kit.Theme.Bg)
	m.root = container.New(&mosaicLayout{m}, m.ground, m.desk.Root())
	m.win.SetContent(m.root)
	m.win.Resize(fyne.NewSize(u.o.Width, u.o.Height))
	m.win.Canvas().SetOnTypedKey(m.key)
	m.win.Canvas().SetOnTypedRune(m.rune)
	if c, ok := m.win.Canvas().(desktop.Canvas); ok {
		c.SetOnKeyUp(func(e *fyne.KeyEvent) { u.hands.KeyUp(e.Name) })
	}
	m.desk.OnQuiet(m.hush)
	m.desk.OnMap(func() { m.enlarge(atlasID) })
	m.shortcuts()
	m.win.Show()
}

// mosaicLayout lays the window out when its size changes.
type mosaicLayout struct{ m *mosaic }

// MinSize is for Fyne: a laptop's half.
func (l *mosaicLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 360) }

// Layout is for Fyne.
func (l *mosaicLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	if s != l.m.size {
		l.m.size = s
		l.m.arrange(false)
	}
}

func (m *mosaic) density() float32 {
	if s := m.win.Canvas().Scale(); s > 0 {
		return s
	}
	return 1
}

func (m *mosaic) arrange(bool) {
	if m.win == nil {
		m.open()
	}
	if m.size.IsZero() {
		m.size = m.root.Size()
		if m.size.IsZero() {
			return
		}
	}
	w, _, hasWall, _ := m.u.model.wall(m.u.o.Wall)
	show := m.u.glass.stage.Shown()
	d := m.density()
	full := image.Pt(int(m.size.Width*d), int(m.size.Height*d))
	_, _, mmW, mmH := scene.Bounds(w.WallDefined)
	if !hasWall {
		mmW, mmH = 16, 9
	}
	m.place = m.divide(full, mmW/mmH, d)
	m.ground.Resize(m.size)
	m.desk.Lay(m.place.Places, d)

	scale := m.boardScale(w.WallDefined, mmW, d)
	if m.board == nil {
		m.board = newSurface(m.u, m.u.env(scale, d), m.win)
		m.board.wrap = func(sl *slot) fyne.CanvasObject {
			return newHandle(m, m.board, sl, func(image.Point) { m.enlarge(sl.tile.ID) })
		}
	}
	m.board.rescale(scale, d)
	switch {
	case m.u.model.state == nil:
		m.board.lay(m.one(messageTile("waiting", "loading", m.u.lang.T("wall.waiting"), m.u.waitingFor())))
	case !hasWall:
		m.board.lay(m.one(messageTile("nowall", "node", m.u.lang.T("wall.nowall"), m.u.lang.T("wall.noscene.next"))))
	case !show.There:
		m.board.lay(m.one(messageTile("noscene", "node", m.u.lang.T("wall.noscene"), m.u.lang.T("wall.noscene.next"))))
	default:
		m.board.lay(mosaicSpots(w.WallDefined, show.Layout(), m.place.wall))
	}
	m.prepare()
	m.enlarge(m.zoomed)
}

// prepare opens what comes, unseen.
func (m *mosaic) prepare() {
	coming := m.u.glass.stage.Coming()
	switch {
	case m.board == nil:
	case !coming.There:
		m.board.prepare(nil)
	default:
		m.board.prepare(mosaicSpots(m.u.glass.wall, coming.Layout(), m.place.wall))
	}
}

// divide gives the wall as much of the window as its shape can use and the rest
// to the alerts: below a wide wall, beside a high one.
func (m *mosaic) divide(full image.Point, aspect float64, d float32) places {
	px := func(v float32) int { return int(v * d) }
	p := places{Places: desk.Places{
		Bar:  image.Rect(0, 0, full.X, px(48)),
		Foot: image.Rect(0, full.Y-px(32), full.X, full.Y),
	}}
	p.Tools = image.Rect(px(16), p.Foot.Min.Y-px(52), full.X-px(16), p.Foot.Min.Y)
	margin := px(8)
	free := image.Rect(0, p.Bar.Max.Y, full.X, p.Foot.Min.Y).Inset(margin)
	p.Stage = image.Rect(free.Min.X, free.Max.Y-px(44), free.Max.X, free.Max.Y)
	free.Max.Y = p.Stage.Min.Y - margin
	if h := int(float64(free.Dx()) / aspect); h <= free.Dy()-px(220) {
		p.wall = image.Rect(free.Min.X, free.Min.Y, free.Max.X, free.Min.Y+h)
		low := image.Rect(free.Min.X, p.wall.Max.Y+margin, free.Max.X, free.Max.Y)
		cut := low.Min.X + low.Dx()*64/100
		p.List = image.Rect(low.Min.X, low.Min.Y, cut, low.Max.Y)
		p.Detail = image.Rect(cut+margin, low.Min.Y, low.Max.X, low.Max.Y)
		return p
	}
	side := min(px(440), free.Dx()*2/5)
	room := image.Rect(free.Min.X, free.Min.Y, free.Max.X-side-margin, free.Max.Y)
	w := min(room.Dx(), int(float64(room.Dy())*aspect))
	h := int(float64(w) / aspect)
	p.wall = image.Rect(room.Min.X, room.Min.Y, room.Min.X+w, room.Min.Y+h)
	right := image.Rect(p.wall.Max.X+margin, free.Min.Y, free.Max.X, free.Max.Y)
	cut := right.Min.Y + right.Dy()/2
	p.List = image.Rect(right.Min.X, right.Min.Y, right.Max.X, cut)
	p.Detail = image.Rect(right.Min.X, cut+margin, right.Max.X, right.Max.Y)
	return p
}

// boardScale is the wall's own scale as it appears in the window, but never
// below the smallest text a desk allows: tiles then say less.
func (m *mosaic) boardScale(w world.WallDefined, mmW float64, d float32) look.Scale {
	least := 14 * float64(d)
	if len(w.Screens) == 0 || mmW <= 0 {
		return look.DeskScale(math.Max(least, 20*float64(d)))
	}
	s := w.Screens[0]
	own := screenScale(w, &s, monitorOf(s))
	pxPerMM := float64(m.place.wall.Dx()) / mmW
	text := own.Text * pxPerMM / (float64(s.PxW) / s.W)
	// A small wall in a large window leaves room: more is said, not larger.
	return look.DeskScale(math.Min(math.Max(least, text), 18*float64(d)))
}

func (m *mosaic) one(t world.Tile) []spot {
	return []spot{{tile: t, rect: m.place.wall, whole: m.place.wall, columns: 1, rows: 1}}
}

// mosaicSpots lays a scene out in a rectangle of a window. There is no bezel:
// each tile is one piece.
func mosaicSpots(w world.WallDefined, sc world.SceneSaved, area image.Rectangle) []spot {
	x0, y0, mmW, mmH := scene.Bounds(w)
	k := math.Min(float64(area.Dx())/mmW, float64(area.Dy())/mmH)
	at := func(mm, from float64, to int) int { return to + int(math.Round((mm-from)*k)) }
	out := make([]spot, 0, len(sc.Tiles))
	for _, t := range sc.Tiles {
		r := image.Rect(at(t.X, x0, area.Min.X), at(t.Y, y0, area.Min.Y), at(t.X+t.W, x0, area.Min.X), at(t.Y+t.H, y0, area.Min.Y)).Intersect(area)
		r.Max = r.Max.Sub(image.Pt(1, 1))
		if r.Dx() < 2 || r.Dy() < 2 {
			continue
		}
		out = append(out, spot{tile: t, rect: r, whole: r, rows: 1})
	}
	return out
}

// enlarge lets one tile fill the wall and the panes under it; an empty id goes
// back to the whole wall. A map becomes the map in hand.
func (m *mosaic) enlarge(id string) {
	t := m.fills(id)
	was := m.zoomed
	m.zoomed = ""
	if t == nil || t.Kind == "map" {
		m.shrink()
		if t != nil {
			m.zoomed = id
			m.openMap(t.Params)
			return
		}
		m.closeMap()
		m.board.show(true)
		m.desk.Show(true)
		m.compose()
		return
	}
	if m.mapUp() {
		m.under = was
		m.closeMap()
	}
	if was != id {
		m.single = ""
	}
	m.zoomed = id
	if m.single != "" {
		t = &world.Tile{ID: id + ":" + m.single, Kind: "camera", Params: []world.Param{{Key: "camera", Value: m.single}}}
	}
	area := m.area(hasCameras(t.Kind))
	d := m.density()
	scale := look.DeskScale(math.Max(16*float64(d), 56*float64(area.Dy())/1080))
	if m.zoom == nil {
		m.zoom = newSurface(m.u, m.u.env(scale, d), m.win)
		m.zoom.alone = true
		m.zoom.wrap = func(sl *slot) fyne.CanvasObject {
			return newHandle(m, m.zoom, sl, m.deeper)
		}
	}
	m.zoom.rescale(scale, d)
	big := *t
	big.ID = zoomPrefix + big.ID
	m.zoom.lay([]spot{{tile: big, rect: area, whole: area, rows: 1}})
	m.board.show(false)
	m.desk.Show(false)
	if v := m.zoom.slots[0]; m.u.hands.View() == nil || !m.holds(v) {
		m.take(v, nil)
	}
	m.compose()
}

// shrink takes the enlarged tile away.
func (m *mosaic) shrink() {
	if m.zoom != nil {
		m.let()
		m.zoom.close()
		m.zoom = nil
	}
	m.single = ""
}

func (m *mosaic) compose() {
	objects := []fyne.CanvasObject{m.ground, m.board.root, m.desk.Root()}
	if m.zoom != nil {
		objects = append(objects, m.zoom.root)
	}
	if m.mapUp() {
		objects = append(objects, m.chart.on.root)
	}
	m.root.Objects = objects
	m.root.Refresh()
	m.u.poke()
}

func (m *mosaic) key(e *fyne.KeyEvent) {
	switch {
	case m.mapUp():
		m.chart.a.Key(e.Name)
	case m.u.hands.Key(e.Name):
	case e.Name == fyne.KeyEscape:
		if now := m.u.o.Now(); m.zoom == nil && now.Sub(m.escaped) < escapeTwice {
			m.escaped = time.Time{}
			m.desk.GiveBack()
		} else {
			m.escaped = now
		}
		m.let()
		m.leave()
	default:
		m.desk.Key(e)
	}
}

// leave goes back from what is enlarged: a camera opened from the map to the map,
// all else to the wall.
func (m *mosaic) leave() {
	if strings.HasPrefix(m.zoomed, atlasID) && m.zoomed != atlasID {
		m.enlarge(m.under)
		return
	}
	m.enlarge("")
}
