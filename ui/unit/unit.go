// Package unit is the page of a lower unit's user: the reports the unit has to
// answer by their deadlines, the figures it owes, its stations, alerts and cameras,
// of its own area alone and on a weak link.
package unit

import (
	"image"
	"math"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// Kind is the unit's page as the console offers it.
func Kind() page.Kind {
	return page.Kind{
		ID: "unit", Title: "unit.title", Icon: "house", Rights: []string{"feed.read"},
		Roles: []string{"unit"}, First: []string{"unit"}, New: New,
	}
}

// weak is how long the server may be silent before the link counts as weak: three
// of its heartbeats.
const weak = 15 * time.Second

// Page is the unit's page. It belongs to the toolkit's goroutine.
type Page struct {
	desk page.Desk
	env  *tile.Env
	root *surface
	pane *tile.Pane

	size image.Point // device pixels
	at   time.Time   // the server's clock
	own  own
	head head
	rows sources
	last struct {
		version uint64
		second  int64
	}

	reports *list.List
	lists   []*list.List // by tab
	tabs    *tabs
	tab     int
	right   bool // the keyboard is in the right column
	board   page.Board
	shown   bool
	laid    places

	chosen world.Ref // what is told of below the reports
	facts  facts
	opener *widget.Button
}

// kept is what a page leaves for the next.
type kept struct {
	Tab    int       `json:"tab"`
	Chosen world.Ref `json:"chosen"`
	At     time.Time `json:"at"`
}

// New makes the page.
func New(d page.Desk) page.Page {
	p := &Page{desk: d, env: d.Env(), rows: newSources(), shown: true}
	p.root = &surface{p: p}
	p.pane = tile.NewPane(p.env, "unit", p.env.Kit.Theme.Bg, p.paint)
	p.reports = p.reportList()
	p.lists = []*list.List{p.dueList(), p.alertList(), p.stationList(), p.cameraList()}
	p.tabs = newTabs(p)
	p.opener = widget.NewButton(p.env.Lang.T("unit.open")+"  Enter", func() { p.open() })
	p.board = d.Board()
	p.root.ExtendBaseWidget(p.root)
	var k kept
	if d.Memory().Get("unit", &k) {
		p.tab = min(max(k.Tab, 0), tabMap)
		if d.Now().Sub(k.At).Abs() < 5*time.Second {
			p.chosen = k.Chosen
		}
	}
	p.Refresh(d.Now())
	return p
}

// Object is what the window shows.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title is the page's name; the unit's stands at its head.
func (p *Page) Title() string { return p.env.Lang.T("unit.title") }

// Refresh reads the state at most once a second: what a unit works with does not
// change faster, and its ages change with the seconds.
func (p *Page) Refresh(now time.Time) {
	if p.last.second == now.Unix() {
		return
	}
	p.at = p.desk.ServerTime(now)
	if v := p.desk.Version(); v != p.last.version || p.last.second == 0 || now.Second() == 0 {
		p.own = read(p.desk.State(), p.desk.Person(), p.desk.Alerts(), p.env.Lang)
		p.rows.set(p.own)
		p.last.version = v
	} else {
		p.rows.reports.Changed() // deadlines come nearer
	}
	p.last.second = now.Unix()
	p.say()
	p.reports.Update(now)
	p.current().Update(now)
	p.tabs.update()
	h, f := p.headOf(now), p.factsOf()
	if h != p.head || !f.same(p.facts) {
		p.head = h
		p.tell(f)
	}
}

// tell shows what there is to tell; the list has its room where there is nothing.
func (p *Page) tell(f facts) {
	was := p.facts.Title == ""
	p.facts = f
	if now := f.Title == ""; now != was {
		p.root.Refresh()
		if p.chosen.Kind() == world.KindReport {
			p.reports.Choose(p.chosen.ID()) // it stays in sight
		}
	}
	p.button()
	p.pane.Touch()
}

// say puts words in the place of rows before the first data.
func (p *Page) say() {
	status := list.Ready
	if p.desk.State() == nil {
		status = list.Loading
	}
	for _, l := range append([]*list.List{p.reports}, p.lists...) {
		l.Say(status, "", "", nil)
	}
}

// current is the list of the right column.
func (p *Page) current() *list.List { return p.lists[min(p.tab, tabCameras)] }

// told shows what was chosen.
func (p *Page) told() { p.tell(p.factsOf()) }

func (p *Page) button() {
	if p.facts.Title != "" && !p.laid.opener.Empty() {
		p.opener.Show()
		return
	}
	p.opener.Hide()
}

func (p *Page) open() {
	if p.chosen != "" {
		p.desk.Open(page.Link{Kind: p.chosen.Kind(), ID: p.chosen.ID()})
	}
}

// turn shows another tab.
func (p *Page) turn(to int) {
	if to < 0 || to >= p.tabs.count() || to == p.tab {
		return
	}
	p.tab = to
	p.last.second = 0
	p.root.Refresh()
	p.Refresh(p.desk.Now())
	p.tabs.pane.Touch()
}

// Shown stops the map while nobody sees it.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	p.board.Show(visible && !p.laid.mapped.Empty())
}

// Close ends the map.
func (p *Page) Close() {
	p.desk.Memory().Set("unit", kept{p.tab, p.chosen, p.desk.Now()})
	p.board.Close()
}

// Open opens nothing: what a link names has a page of its own.
func (p *Page) Open(page.Link) bool { return false }

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	l := p.env.Lang
	return []page.Key{
		{Keys: l.T("unit.keys"), Text: l.T("leader.key.choose"), Foot: true},
		{Keys: "Enter", Text: l.T("leader.key.open"), Foot: true},
		{Keys: "Tab", Text: l.T("unit.key.tabs")},
		{Keys: l.T("unit.keys.side"), Text: l.T("unit.key.side"), Foot: true},
	}
}

// Key goes to the list that has the keyboard.
func (p *Page) Key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyLeft:
		p.right = false
		p.reports.Focus()
		return true
	case fyne.KeyRight:
		p.right = p.tab < tabMap
		if p.right {
			p.current().Focus()
		}
		return true
	}
	if p.right {
		return p.current().Key(e)
	}
	return p.reports.Key(e)
}

// Rune chooses a tab by its number, or begins a search.
func (p *Page) Rune(r rune) bool {
	if r >= '1' && int(r-'1') < p.tabs.count() {
		p.turn(int(r - '1'))
		return true
	}
	return p.reports.Rune(r)
}

// surface lays the page out.
type surface struct {
	widget.BaseWidget
	p *Page
}

// CreateRenderer is for Fyne.
func (s *surface) CreateRenderer() fyne.WidgetRenderer { return &renderer{s.p} }

// MinSize is that of a small laptop's space between bar and foot.
func (s *surface) MinSize() fyne.Size { return fyne.NewSize(640, 400) }

type renderer struct{ p *Page }

func (r *renderer) Destroy()           {}
func (r *renderer) MinSize() fyne.Size { return r.p.root.MinSize() }
func (r *renderer) Refresh()           { r.Layout(r.p.root.Size()) }

func (r *renderer) Objects() []fyne.CanvasObject {
	p := r.p
	out := []fyne.CanvasObject{p.pane.Raster, p.reports.Object(), p.tabs, p.opener}
	for _, l := range p.lists {
		out = append(out, l.Object())
	}
	return append(out, p.board.Object())
}

func (r *renderer) Layout(s fyne.Size) {
	p, d := r.p, r.p.density()
	p.pane.Move(fyne.NewPos(0, 0))
	p.pane.Resize(s)
	p.size = image.Pt(int(math.Round(float64(s.Width*d))), int(math.Round(float64(s.Height*d))))
	was := p.laid
	if p.lay(); p.laid != was {
		p.pane.Touch()
	}
}

func (p *Page) density() float32 {
	if p.env.Density <= 0 {
		return 1
	}
	return p.env.Density
}

// px converts units at the normal size of text into device pixels.
func (p *Page) px(v float64) int { return int(math.Round(v * p.env.Scale.Text / 16)) }

// put places an object, in device pixels; nothing hides it.
func (p *Page) put(o fyne.CanvasObject, r image.Rectangle) {
	if r.Empty() {
		o.Hide()
		return
	}
	d := p.density()
	o.Move(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d))
	o.Resize(fyne.NewSize(float32(r.Dx())/d, float32(r.Dy())/d))
	o.Show()
}
