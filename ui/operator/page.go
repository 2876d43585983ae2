// Package operator is the page of the person who runs the wall: the wall in small,
// what can be put on it, the scenes a key away, the open alerts.
package operator

import (
	"image"
	"reflect"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/board"
	"iocwall/ui/camera"
	"iocwall/ui/desk"
	"iocwall/ui/list"
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
	// Shown is what of the wall is to be seen now.
	Shown() stage.Show
	// Coming is what is prepared.
	Coming() stage.Show
	// Waiting is why there is no data yet.
	Waiting() string
	// Live makes a board.
	Live() Live
	// Hands are the person's hands on a camera.
	Hands() *camera.Hands
	// Let lets go of what is in hand.
	Let()
	// Quiet reports whether tiles say only what is wrong.
	Quiet() bool
	// SetQuiet switches that.
	SetQuiet(bool)
}

// Page is the operator's page. New makes it.
type Page struct {
	d   page.Desk
	c   Client
	env *tile.Env

	root  *fyne.Container
	wall  *board.Board
	lib   *library
	log   *log
	title *tile.Pane // over the library
	head  *tile.Pane // over the alerts
	words string     // what these two say
	logs  bool       // the list of changes has the place of the alerts
	low   *desk.Desk
	tools *desk.Tools
	// scenes and acts are the buttons under the wall.
	scenes, acts *desk.Tools
	card         *card // what is dragged from the library
	live         Live
	zoom         *zoom
	place        places
	tabLines     int // rows of the library's tabs
	size         fyne.Size

	def     world.WallDefined // whose screens are laid out
	there   bool              // there is a wall
	own     bool              // its tiles are drawn here
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
	p.tools, p.scenes, p.acts = desk.NewTools(unfocus), desk.NewTools(unfocus), desk.NewTools(unfocus)
	p.scenes.OnMore(p.env.Lang.T("operator.scenes.more"), "0")
	p.acts.OnMore(p.env.Lang.T("operator.acts.more"), "")
	p.low.OnName(p.tileName)
	p.live = c.Live()
	p.wall = board.New(board.Options{
		Desk: d, Picked: p.picked, Opened: func(tile string, _ image.Point) { p.Enlarge(tile) },
		Wheel: p.live.Wheel, Busy: func(on bool) { p.live.Veil(on && p.own) },
	})
	p.card = newCard(p.env)
	p.title = tile.NewPane(p.env, "title", p.env.Kit.Theme.S1, p.paintTitle)
	p.head = tile.NewPane(p.env, "head", p.env.Kit.Theme.S1, p.paintHead)
	p.lib, p.log = newLibrary(p), newLog(p)
	p.root = container.New(p)
	p.compose()
	return p
}

// picked takes note of the tile that was chosen on the wall, and takes its camera in
// hand where it is drawn here.
func (p *Page) picked(tile string, _ int) {
	p.low.Pick(tile)
	p.c.Let()
	if p.own && tile != "" {
		p.live.Take(tile, image.Point{X: -1, Y: -1})
	}
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
	if p.zoom != nil {
		return
	}
	p.wall.Update(now)
	p.lib.update()
	if n := p.lib.tabs.lines(p.place.library.Dx()); n != p.tabLines {
		p.layLibrary()
	}
	p.lib.list.Update(now)
	if p.logs {
		p.log.update(now)
	}
	was := p.acts.Width()
	p.row()
	if p.acts.Width() != was && p.place.acts.Empty() {
		p.layRows()
	}
	p.remark()
	p.low.Refresh(now)
}

// remark says what the wall in small is made of, and brings the heads up to date.
func (p *Page) remark() {
	l := p.env.Lang
	switch why := p.wall.Failed(); {
	case why != "":
		p.low.Remark("offline", why)
	case p.own && p.there && p.on.There:
		p.low.Remark("node", l.T("board.own"))
	default:
		p.low.Remark("", "")
	}
	p.low.Tell("user", p.whose())
	title, remark := p.headWords()
	if words := title + remark + p.lib.count(); words != p.words {
		p.words = words
		p.head.Touch()
		p.title.Touch()
	}
}

// placed is the chosen tile as it came on the wall.
func (p *Page) placed(id string) (world.Placed, bool) {
	i := slices.IndexFunc(p.on.Tiles, func(t world.Placed) bool { return id != "" && t.ID == id })
	if i < 0 {
		return world.Placed{}, false
	}
	return p.on.Tiles[i], true
}

// tileName is what people call a tile of the wall.
func (p *Page) tileName(id string) string {
	t, ok := p.placed(id)
	if !ok {
		return ""
	}
	return board.Called(p.env.Lang, t.Kind, board.Name(p.env.Lang, p.d.State(), t.Tile))
}

// whose says who put the chosen tile on the wall and since when it is there, or for
// which computer it went elsewhere or came back; empty where no tile is chosen or nobody
// knows.
func (p *Page) whose() string {
	t, ok := p.placed(p.low.Picked())
	l := p.env.Lang
	if !ok || t.Since == 0 {
		return ""
	}
	what, time := board.Name(l, p.d.State(), t.Tile), l.Stamp(t.Since.Std(), p.d.ServerTime(p.d.Now()))
	if t.Layer == world.LayerMoved {
		return l.T("operator.tile.moved", "what", what, "node", t.From, "time", time)
	}
	if node, back := world.CameBack(t.Why); back {
		return l.T("operator.tile.back", "what", what, "node", node, "time", time)
	}
	hand := t.By
	if hand == "" && t.Why != "" {
		hand = l.T("operator.log.rule") + " " + t.Why
	}
	if hand == "" {
		return ""
	}
	return l.T("operator.tile.by", "what", what, "who", hand, "time", time)
}

// follow lays out what the wall shows, and opens what it will show.
func (p *Page) follow() {
	w, _, has, _ := p.d.Wall()
	on, next, waiting := p.c.Shown(), p.c.Coming(), p.statement(has)
	if has != p.there || waiting != p.waiting || !same(on, p.on) || p.own != p.wall.Own() || !reflect.DeepEqual(w.WallDefined, p.def) {
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
		p.closeMenus()
	}
	p.live.Show(visible && p.zoom == nil && p.own)
	p.wall.Shown(visible && p.zoom == nil)
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
	p.closeMenus()
	p.wall.Shown(false)
	p.log.close()
	if p.zoom != nil {
		p.zoom.on.Close()
	}
	p.live.Close()
}

// closeMenus closes what lies over the window for this page.
func (p *Page) closeMenus() {
	p.scenes.CloseMore()
	p.acts.CloseMore()
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
	case p.logs:
		return p.log.list.Key(e) || p.low.Key(e)
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
	case r == 'i' || r == 'I':
		p.identify()
	case r == 'h' || r == 'H':
		p.turnLog()
	case r == 'z' || r == 'Z':
		p.low.Undo()
	case r == 't' || r == 'T':
		p.d.Window().Canvas().Focus(p.wall)
	case r == '0':
		p.scenes.OpenMore()
	case r == 'k' || r == 'K':
		p.d.Window().Canvas().Focus(p.lib.find)
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
		if p.zoom == nil && !p.c.Hands().Enlarged() {
			out = append(out, key("0", "scenes", false))
		}
		return append(out, key("P", "quiet", false), key("Esc", "wall", true))
	}
	switch item, _, held := p.wall.Holding(); {
	case held && p.wall.ByKeys():
		return []page.Key{
			key("↑ ↓ ← →", "aim", true), key("Shift", "span", true), key("+ −", "part", true), key("Enter", "drop", true), key("Esc", "letgo", true),
		}
	case held && item.Tile.ID == "": // it comes with the mouse
		return []page.Key{key("Shift", "span", true), key("Ctrl", "third", true)}
	case held:
		return []page.Key{key("Esc", "letgo", true)}
	}
	return []page.Key{
		key("↑ ↓", "choose", true), key("X", "take", true), key("B", "raise", true), key("F1–F9", "scene", true), key("0", "scenes", false), key("L", "lock", true),
		key("Esc Esc", "back", false), key("Z", "undo", false), key("K", "library", true), key("T", "tiles", true), key("Enter", "move", false),
		key("Del", "remove", false), key("I", "identify", false), key("H", "log", false), key("C", "link", false), key("P", "quiet", false),
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
			tools = append(tools, desk.Tool{Key: a.Key, Label: a.Label, Do: a.Do, Hold: a.Hold, Release: a.Release, Chosen: a.Chosen, Group: a.Group})
		}
	}
	p.tools.Set(tools)
}

// Low are the alerts and the row below the wall, Tools the buttons of what is
// enlarged.
func (p *Page) Low() *desk.Desk { return p.low }

// Wall is the wall in small, Library the list of what can be put on it.
func (p *Page) Wall() *board.Board { return p.wall }

// Library is the list of what can be put on the wall.
func (p *Page) Library() *list.List { return p.lib.list }

// Tools are the buttons of what is enlarged.
func (p *Page) Tools() *desk.Tools { return p.tools }
