// Package operator is the page of the person who runs the wall: the wall in small,
// what can be put on it, the scenes a key away, the open alerts.
package operator

import (
	"image"
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/camera"
	"iocwall/ui/desk"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/stage"
	"iocwall/ui/tile"
)

// Live is a board with hands on its cameras.
type Live interface {
	page.Board
	// Prepare opens tiles that are laid soon, unseen; nil for none.
	Prepare([]page.Spot)
	// Scale sets the size of text on the tiles.
	Scale(look.Scale)
	// Alone says that there is one tile, looked at by itself.
	Alone(bool)
	// OnDouble sets what a double click on a tile does; the point is one of the
	// tile's pixels, as in all below.
	OnDouble(func(tile string, at image.Point))
	// Take takes the camera at a point of a tile in hand, or its first; it reports
	// whether there is one.
	Take(tile string, at image.Point) bool
	// Under is the camera at a point of a tile, empty without one.
	Under(tile string, at image.Point) string
	// Wheel zooms the camera at a point of a tile.
	Wheel(tile string, at image.Point, notches float64)
	// Has reports whether a camera is on one of the tiles.
	Has(*camera.View) bool
	// Veil keeps pictures off the display's planes while something is drawn over
	// them.
	Veil(bool)
}

// Client is what this page needs of the client beside page.Desk.
type Client interface {
	// Shown is what of the wall is to be seen now, Coming what is prepared.
	Shown() stage.Show
	Coming() stage.Show
	// Waiting is why there is no data yet.
	Waiting() string
	// Live makes a board.
	Live() Live
	// Hands are the person's hands on a camera; Let lets go of it.
	Hands() *camera.Hands
	Let()
	// Quiet reports whether tiles say only what is wrong, SetQuiet switches that.
	Quiet() bool
	SetQuiet(bool)
}

// Page is the operator's page. New makes it.
type Page struct {
	d   page.Desk
	c   Client
	env *tile.Env

	root  *fyne.Container
	low   *desk.Desk
	tools *desk.Tools
	live  Live
	zoom  *zoom
	place places
	size  fyne.Size

	wall    world.WallDefined // whose screens are laid out
	there   bool              // there is a wall
	on      stage.Show        // what is laid out
	next    stage.Show
	waiting string // said in the wall's place
	shown   bool
	escaped time.Time
	said    string
}

// escapeTwice is within what time Escape counts as pressed twice.
const escapeTwice = 600 * time.Millisecond

// New returns the page.
func New(d page.Desk, c Client) *Page {
	p := &Page{d: d, c: c, env: d.Env()}
	unfocus := func() { d.Window().Canvas().Unfocus() }
	p.low = desk.New(d, d.Env())
	p.low.OnUnfocus(unfocus)
	p.tools = desk.NewTools(unfocus)
	p.live = c.Live()
	p.live.OnDouble(func(tile string, _ image.Point) { p.Enlarge(tile) })
	p.root = container.New(p)
	p.compose()
	return p
}

// text is the size of text, 1 for the usual one.
func (p *Page) text() float64 { return p.env.Scale.Text / 16 / float64(p.density()) }

func (p *Page) density() float32 {
	if p.env.Density <= 0 {
		return 1
	}
	return p.env.Density
}

// px converts Fyne units at the usual size of text into device pixels.
func (p *Page) px(v float64) int { return int(v * p.env.Scale.Text / 16) }

// Object is what the window shows of it.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title is the page's name.
func (p *Page) Title() string { return p.env.Lang.T("operator.title") }

// MinSize is for Fyne: a laptop's half.
func (p *Page) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 360) }

// Layout is for Fyne.
func (p *Page) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	if s != p.size {
		p.size = s
		p.env = p.d.Env()
		p.arrange()
	}
}

// Refresh brings the page in line with the state.
func (p *Page) Refresh(now time.Time) {
	if !p.shown {
		return
	}
	p.follow()
	p.handsOn()
	p.low.Refresh(now)
}

// follow lays out what the wall shows, and opens what it will show.
func (p *Page) follow() {
	w, _, has, _ := p.d.Wall()
	on, next, waiting := p.c.Shown(), p.c.Coming(), p.statement(has)
	if has != p.there || waiting != p.waiting || !same(on, p.on) || !reflect.DeepEqual(w.WallDefined, p.wall) {
		p.arrange()
		return
	}
	if !same(next, p.next) {
		p.prepare()
	}
}

func same(a, b stage.Show) bool {
	return a.Epoch == b.Epoch && a.Wall == b.Wall && a.Generation == b.Generation && a.There == b.There && a.Scene == b.Scene && a.Version == b.Version
}

// Shown stops what nobody sees.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	if visible {
		p.follow()
	} else {
		p.c.Let()
	}
	p.live.Show(visible && p.zoom == nil)
	if p.zoom != nil {
		p.zoom.on.Show(visible)
	}
}

// Open shows what the link names.
func (p *Page) Open(l page.Link) bool {
	switch l.Kind {
	case "", "page":
		return true
	case world.KindAlert:
		return p.low.Choose(l.ID)
	}
	return false
}

// Close ends the tiles.
func (p *Page) Close() {
	p.c.Let()
	if p.zoom != nil {
		p.zoom.on.Close()
	}
	p.live.Close()
}

// Key takes a key that no field wanted.
func (p *Page) Key(e *fyne.KeyEvent) bool {
	switch {
	case p.c.Hands().Key(e.Name):
		return true
	case e.Name == fyne.KeyEscape:
		return p.escape()
	case p.zoom != nil:
		return false
	}
	return p.low.Key(e)
}

// escape goes one step back: from a camera in hand and what is enlarged to the wall;
// twice there gives the zone of what popped up back.
func (p *Page) escape() bool {
	switch {
	case p.zoom != nil:
		p.c.Let()
		p.leave()
		return true
	case p.c.Hands().View() != nil:
		p.c.Let()
		return true
	}
	now := p.d.Now()
	if now.Sub(p.escaped) < escapeTwice {
		p.escaped = time.Time{}
		p.low.GiveBack()
		return true
	}
	p.escaped = now
	return p.low.Popups() > 0
}

// Rune takes a letter: hands first, then the desk.
func (p *Page) Rune(r rune) bool {
	switch {
	case p.c.Hands().Rune(r):
	case r == 'p' || r == 'P':
		p.c.SetQuiet(!p.c.Quiet())
	case p.zoom != nil:
		return false
	default:
		return p.low.Rune(r)
	}
	return true
}

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	l := p.env.Lang
	key := func(keys, text string, foot bool) page.Key {
		return page.Key{Keys: keys, Text: l.T("operator.key." + text), Foot: foot}
	}
	if p.zoom != nil || p.c.Hands().View() != nil {
		var out []page.Key
		for _, a := range p.c.Hands().Actions() {
			out = append(out, page.Key{Keys: a.Key, Text: a.Label, Foot: a.Group == "keep"})
		}
		return append(out, key("P", "quiet", false), key("Esc", "wall", true))
	}
	return []page.Key{
		key("↑ ↓", "choose", true), key("X", "take", true), key("1–9", "scene", true), key("L", "lock", true),
		key("Esc Esc", "back", true), key("P", "quiet", false),
	}
}

// handsOn brings the buttons of the camera in hand in line, and says what came of
// what was asked of it.
func (p *Page) handsOn() {
	h := p.c.Hands()
	if said := h.Said(); said != p.said {
		p.said = said
		if said != "" {
			p.d.Say(world.Notice, said)
		}
	}
	var tools []desk.Tool
	if p.zoom != nil {
		for _, a := range h.Actions() {
			tools = append(tools, desk.Tool(a))
		}
	}
	p.tools.Set(tools)
}

// Low are the alerts and the row below the wall, Tools the buttons of what is
// enlarged.
func (p *Page) Low() *desk.Desk { return p.low }

// Tools are the buttons of what is enlarged.
func (p *Page) Tools() *desk.Tools { return p.tools }
