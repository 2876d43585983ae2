// Package leader is the leaders' page: the domains of the province in one glance
// from eight metres, and from there to the indicators, alerts and places of one
// domain, and to one thing. It reads and never commands.
package leader

import (
	"image"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// LinkKind is the kind of the links to a domain: iocwall://domain/reports.
const LinkKind = "domain"

// Kind is the leaders' page as the console offers it.
func Kind() page.Kind {
	return page.Kind{
		ID: "leader", Title: "leader.title", Icon: "figure", Rights: []string{"feed.read"},
		Roles: []string{"leader", "administrator", "operator", "analyst", "approver", "auditor"}, First: []string{"leader"},
		Links: []string{LinkKind}, New: New,
	}
}

// back is for how long a page made anew goes on where the last one was: it is made
// anew when language, theme or size of text change.
const back = 5 * time.Second

// kept is what a page leaves for the next.
type kept struct {
	Domain string    `json:"domain"`
	Cursor int       `json:"cursor"`
	At     time.Time `json:"at"`
}

// Page is the leaders' page. It belongs to the toolkit's goroutine.
type Page struct {
	desk page.Desk
	env  *tile.Env // the console's
	own  *tile.Env // with the scale of a domain's page
	root *surface
	pane *tile.Pane

	size   image.Point // device pixels
	now    time.Time
	drawn  drawn
	cells  []cell
	foot   foot
	cursor int
	ring   bool // the keyboard is in use
	shown  bool

	domain string // the one in detail, empty for all
	detail detail
}

// drawn is what the page was last made from.
type drawn struct {
	version uint64
	second  int64
	domain  string
	size    image.Point
}

// New makes the page.
func New(d page.Desk) page.Page {
	p := &Page{desk: d, env: d.Env(), shown: true}
	own := *p.env
	p.own = &own
	p.root = &surface{p: p}
	p.pane = tile.NewPane(p.env, "leader", p.env.Kit.Theme.Bg, p.paint)
	p.detail.p = p
	p.root.ExtendBaseWidget(p.root)
	var k kept
	if d.Memory().Get("leader", &k) && d.Now().Sub(k.At).Abs() < back {
		p.domain, p.cursor = k.Domain, k.Cursor
	}
	p.Refresh(d.Now())
	return p
}

// Object is what the window shows.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title names the page, or the domain in detail.
func (p *Page) Title() string {
	if d, ok := p.find(p.domain); ok {
		return d.Long
	}
	return p.env.Lang.T("leader.title")
}

func (p *Page) lang() *words.Lang { return p.env.Lang }

// state may be nil.
func (p *Page) state() *world.State { return p.desk.State() }

func (p *Page) indicators() []world.Figure {
	if st := p.state(); st != nil {
		return st.Figures()
	}
	return nil
}

// find returns a domain of the state.
func (p *Page) find(id string) (domain, bool) {
	if id == "" {
		return domain{}, false
	}
	all := domains(p.state(), p.indicators(), p.lang())
	i := slices.IndexFunc(all, func(d domain) bool { return d.ID == id })
	if i < 0 {
		return domain{}, false
	}
	return all[i], true
}

// Refresh repaints what changed: the domains' sentences change with the state and
// with each second, since they tell ages.
func (p *Page) Refresh(now time.Time) {
	d := drawn{p.desk.Version(), now.Unix(), p.domain, p.size}
	if p.drawn == d && !p.now.IsZero() {
		return
	}
	p.drawn, p.now = d, now
	if p.domain != "" {
		p.detail.refresh()
		return
	}
	p.overview()
}

// Shown stops the map of a domain while nobody sees it.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	if b := p.detail.board; b != nil {
		b.Show(visible)
	}
}

// Close ends the map and leaves where it was for a page made right after it.
func (p *Page) Close() {
	p.desk.Memory().Set("leader", kept{p.domain, p.cursor, p.desk.Now()})
	p.detail.leave()
}

// Where is the link of what is shown: a domain's, none for the overview.
func (p *Page) Where() page.Link {
	if p.domain == "" {
		return page.Link{}
	}
	return page.Link{Kind: LinkKind, ID: p.domain}
}

// Open shows a domain, or all of them for the link of the page.
func (p *Page) Open(l page.Link) bool {
	if l.Kind == "page" {
		p.enter("")
		return true
	}
	if l.Kind != LinkKind {
		return false
	}
	if _, ok := p.find(l.ID); !ok {
		return false
	}
	p.enter(l.ID)
	return true
}

// enter shows one domain, or all for an empty id.
func (p *Page) enter(id string) {
	if id == p.domain {
		return
	}
	from := p.domain
	p.detail.leave()
	p.domain, p.cursor = id, 0
	if id == "" {
		all := domains(p.state(), p.indicators(), p.lang())
		p.cursor = max(0, slices.IndexFunc(all, func(d domain) bool { return d.ID == from }))
	}
	p.cells, p.foot, p.drawn = nil, foot{}, drawn{}
	p.Refresh(p.desk.Now())
	p.root.Refresh()
	p.pane.Touch()
}

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	l := p.lang()
	out := []page.Key{
		{Keys: l.T("leader.keys"), Text: l.T("leader.key.choose"), Foot: true},
		{Keys: "Enter", Text: l.T("leader.key.open"), Foot: true},
	}
	if p.domain != "" {
		out = append(out, page.Key{Keys: "Esc", Text: l.T("leader.key.back"), Foot: true})
	}
	return out
}

// Rune knows no letters.
func (p *Page) Rune(rune) bool { return false }

// Key moves and opens.
func (p *Page) Key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyLeft:
		p.move(-1, 0)
	case fyne.KeyRight:
		p.move(1, 0)
	case fyne.KeyUp:
		p.move(0, -1)
	case fyne.KeyDown:
		p.move(0, 1)
	case fyne.KeyHome:
		p.choose(0)
	case fyne.KeyEnd:
		p.choose(p.count() - 1)
	case fyne.KeyPageUp, fyne.KeyPageDown:
		return p.domain != "" && p.detail.turn(e.Name == fyne.KeyPageDown)
	case fyne.KeyReturn, fyne.KeyEnter:
		p.act(p.cursor)
	case fyne.KeyEscape:
		if p.domain == "" {
			return false
		}
		p.enter("")
	default:
		return false
	}
	return true
}

// count is how many things can be chosen.
func (p *Page) count() int {
	if p.domain != "" {
		return len(p.detail.spots)
	}
	n := len(p.cells)
	if p.foot.Alert != "" {
		n++
	}
	return n
}

func (p *Page) choose(i int) {
	if !p.ring || i != p.cursor {
		p.ring, p.cursor = true, min(max(i, 0), max(0, p.count()-1))
		p.pane.Touch()
	}
}

// move goes one step; the first key only shows where the keyboard is.
func (p *Page) move(dx, dy int) {
	if !p.ring {
		p.choose(p.cursor)
		return
	}
	if p.domain != "" {
		p.choose(p.detail.next(p.cursor, dx, dy))
		return
	}
	n, at := len(p.cells), p.cursor
	columns, rows, _ := grid(p.size, n)
	switch {
	case at >= n: // the line at the bottom
		if dy < 0 {
			at = (rows - 1) * columns
		}
	case dx < 0 && at%columns > 0, dx > 0 && at%columns < columns-1 && at+1 < n:
		at += dx
	case dy > 0 && at+columns >= n:
		at = p.count() - 1
	default:
		at += columns * dy
	}
	if at >= 0 {
		p.choose(at)
	}
}

// act opens the i-th thing.
func (p *Page) act(i int) {
	switch {
	case i < 0 || i >= p.count():
	case p.domain != "":
		p.desk.Open(p.detail.spots[i].link)
	case i < len(p.cells):
		p.enter(p.cells[i].ID)
	default:
		p.desk.Open(page.Link{Kind: world.KindAlert, ID: p.foot.Alert})
	}
}

// tapped opens what is under the pointer.
func (p *Page) tapped(at image.Point) {
	rects := p.places()
	if p.domain != "" {
		rects = rects[:0]
		for _, s := range p.detail.spots {
			rects = append(rects, s.rect)
		}
	}
	for i, r := range rects {
		if at.In(r) && i < p.count() {
			p.cursor = i
			p.act(i)
			return
		}
	}
}

// surface lays the page out and takes clicks.
type surface struct {
	widget.BaseWidget
	p *Page
}

// CreateRenderer is for Fyne.
func (s *surface) CreateRenderer() fyne.WidgetRenderer { return &renderer{s.p} }

// MinSize is that of a small laptop's space between bar and foot.
func (s *surface) MinSize() fyne.Size { return fyne.NewSize(320, 240) }

// Tapped opens what is under the pointer.
func (s *surface) Tapped(e *fyne.PointEvent) {
	d := s.p.density()
	s.p.tapped(image.Pt(int(e.Position.X*d), int(e.Position.Y*d)))
}

// Scrolled turns the pages of a domain with many indicators.
func (s *surface) Scrolled(e *fyne.ScrollEvent) {
	if s.p.domain != "" && e.Scrolled.DY != 0 {
		s.p.detail.turn(e.Scrolled.DY < 0)
	}
}

func (p *Page) density() float32 {
	if p.env.Density <= 0 {
		return 1
	}
	return p.env.Density
}

type renderer struct{ p *Page }

func (r *renderer) Destroy()           {}
func (r *renderer) MinSize() fyne.Size { return r.p.root.MinSize() }
func (r *renderer) Refresh()           { r.Layout(r.p.root.Size()) }

// Objects are the page's own picture, under what a domain shows besides.
func (r *renderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.p.pane.Raster}, r.p.detail.objects()...)
}

func (r *renderer) Layout(s fyne.Size) {
	p, d := r.p, r.p.density()
	p.pane.Move(fyne.NewPos(0, 0))
	p.pane.Resize(s)
	size := image.Pt(int(math.Round(float64(s.Width*d))), int(math.Round(float64(s.Height*d))))
	if size != p.size {
		p.size = size
		p.pane.Touch()
	}
	if p.domain != "" {
		p.detail.lay()
	}
}

// put places an object, in device pixels.
func (p *Page) put(o fyne.CanvasObject, r image.Rectangle) {
	d := p.density()
	o.Move(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d))
	o.Resize(fyne.NewSize(float32(r.Dx())/d, float32(r.Dy())/d))
}
