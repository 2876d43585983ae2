// Package records is the console's lists of all that the centre knows, each sorted,
// filtered, searched and exported, and one page for each thing: how it is, where it
// is, what happened to it and what can be done.
package records

import (
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/records/told"
	"iocwall/ui/tile"
)

// Kind is the page as the console offers it.
func Kind() page.Kind {
	return page.Kind{
		ID: "records", Title: "records.title", Icon: "sheet", Rights: []string{"feed.read"},
		First: []string{"analyst", "approver", "auditor", "desk"}, Links: links(), New: New,
	}
}

// links are the kinds of things that have a page.
func links() []string {
	var out []string
	for _, k := range kinds() {
		out = append(out, k.id)
	}
	return out
}

// back is for how long a page made anew goes on where the last one was.
const back = 5 * time.Second

// kept is what a page leaves for the next.
type kept struct {
	Kind string    `json:"kind"`
	Ref  world.Ref `json:"ref,omitempty"`
	At   time.Time `json:"at"`
}

// Page is the lists and the page of one thing. It belongs to the toolkit's
// goroutine.
type Page struct {
	desk page.Desk
	env  *tile.Env
	now  world.Time
	at   time.Time

	root   *fyne.Container
	choice *list.List
	rows   *list.Rows[offer]
	ground *tile.Pane
	kind   string
	tables map[string]*table
	record *record // nil while lists are shown
	size   fyne.Size
	shown  bool
}

// offer is a list that can be chosen.
type offer struct {
	id, title string
	n         int
}

// New makes the page.
func New(d page.Desk) page.Page {
	p := &Page{desk: d, env: d.Env(), tables: map[string]*table{}, kind: world.KindAlert, shown: true}
	p.rows = list.NewRows(func(o *offer) string { return o.id }, nil)
	p.ground = tile.NewPane(p.env, "records", p.env.Kit.Theme.Bg, p.paint)
	p.choice = p.newChoice()
	p.root = container.New(&layout{p}, p.ground.Raster, p.choice.Object())
	p.clock(d.Now())
	var k kept
	if d.Memory().Get("records", &k) {
		p.kind = k.Kind
		if d.Now().Sub(k.At).Abs() < back && k.Ref != "" {
			p.enter(k.Ref)
		}
	}
	if !p.offered(p.kind) {
		p.kind = world.KindAlert
	}
	p.choose(p.kind)
	return p
}

func (p *Page) newChoice() *list.List {
	l := p.env.Lang
	return list.New(p.desk, list.Options{
		Source: p.rows, Plain: true,
		Columns: []list.Column{
			{ID: "name", Title: l.T("records.title"), Min: 90, Weight: 1, Cell: func(i int) list.Cell {
				return list.Cell{Text: p.rows.At(i).title, Icon: told.IconOf(p.rows.At(i).id)}
			}},
			{ID: "n", Title: l.T("records.title"), Min: 56, Right: true, Drop: 1, Cell: func(i int) list.Cell {
				return list.Cell{Text: l.Int(int64(p.rows.At(i).n)), Tone: list.Quiet}
			}},
		},
		Chosen: func(id string) {
			if id != "" {
				p.choose(id)
			}
		},
	})
}

// offered reports whether the person is offered a list.
func (p *Page) offered(id string) bool {
	for _, k := range kinds() {
		if k.id == id {
			return k.right == "" || p.desk.May(k.right)
		}
	}
	return false
}

// t is a text of the catalogue.
func (p *Page) t(key string, pairs ...string) string { return p.env.Lang.T(key, pairs...) }

func (p *Page) density() float32 {
	if p.env.Density <= 0 {
		return 1
	}
	return p.env.Density
}

// px turns units at text scale 1 into pixels, unit into the toolkit's.
func (p *Page) px(v float64) int       { return int(math.Round(v * p.env.Scale.Text / 16)) }
func (p *Page) unit(v float64) float32 { return float32(p.px(v)) / p.density() }

// Object is what the window shows.
func (p *Page) Object() fyne.CanvasObject { return p.root }

// Title names the list, or the thing.
func (p *Page) Title() string {
	if p.record != nil {
		return p.record.title()
	}
	for _, k := range kinds() {
		if k.id == p.kind {
			return p.t("records.title") + " · " + p.t(k.title)
		}
	}
	return p.t("records.title")
}

// table is the chosen list; it is made when it is first needed.
func (p *Page) table() *table {
	t := p.tables[p.kind]
	if t == nil {
		for _, k := range kinds() {
			if k.id == p.kind {
				t = k.make(p)
			}
		}
		p.tables[p.kind] = t
		p.root.Add(t.list.Object())
	}
	return t
}

// choose shows a list.
func (p *Page) choose(id string) {
	p.kind = id
	p.choice.Choose(id)
	t := p.table()
	for k, other := range p.tables {
		if k == id && p.record == nil {
			other.list.Object().Show()
		} else {
			other.list.Object().Hide()
		}
	}
	t.pulled = time.Time{}
	p.root.Refresh()
	if !p.at.IsZero() {
		p.Refresh(p.at)
	}
}

func (p *Page) clock(now time.Time) {
	p.at = now
	// Ages move by whole seconds: a list is not painted ten times for one.
	p.now = world.TimeOf(p.desk.ServerTime(now).Truncate(time.Second))
}

// Refresh brings what is seen in line with the state.
func (p *Page) Refresh(now time.Time) {
	p.clock(now)
	if !p.shown {
		return
	}
	if p.record != nil {
		p.record.refresh()
		return
	}
	st, t := p.desk.State(), p.table()
	switch {
	case st == nil:
		t.list.Say(list.Loading, p.t("records.waiting"), p.t("records.waiting.next"), nil)
	case p.desk.Away(now) > 0:
		t.list.Say(list.Failed, p.t("away", "age", p.env.Lang.Age(p.desk.Away(now).Truncate(time.Second))), p.t("records.away"), nil)
	default:
		t.list.Say(list.Ready, "", "", nil)
	}
	if st != nil {
		if v := p.desk.Version(); t.pulled.IsZero() || v != t.seen && now.Sub(t.pulled) >= t.every {
			t.seen, t.pulled = v, now
			t.pull(st)
		}
		p.offer(st)
	}
	t.list.Update(now)
	p.choice.Update(now)
}

// offer counts what the lists hold.
func (p *Page) offer(st *world.State) {
	var out []offer
	for _, k := range kinds() {
		if k.right == "" || p.desk.May(k.right) {
			out = append(out, offer{id: k.id, title: p.t(k.title), n: st.Count(k.id)})
		}
	}
	p.rows.Set(out)
}

// Where is the link of the thing that is shown, none for the lists.
func (p *Page) Where() page.Link {
	if p.record == nil {
		return page.Link{}
	}
	return page.Link{Kind: p.record.ref.Kind(), ID: p.record.ref.ID()}
}

// Open shows a thing, or the lists.
func (p *Page) Open(l page.Link) bool {
	if l.Kind == "page" {
		p.leave()
		return true
	}
	if !p.offered(l.Kind) {
		return false
	}
	p.enter(world.NewRef(l.Kind, l.ID))
	return true
}

// enter shows the page of a thing.
func (p *Page) enter(r world.Ref) {
	if p.record != nil {
		p.record.close()
		p.root.Remove(p.record.root)
	}
	p.record = newRecord(p, r)
	p.root.Add(p.record.root)
	// What is hidden must not have the keyboard: it would take the keys of this page.
	if c := fyne.CurrentApp().Driver().CanvasForObject(p.root); c != nil {
		c.Unfocus()
	}
	p.choice.Object().Hide()
	for _, t := range p.tables {
		t.list.Object().Hide()
	}
	p.root.Refresh()
	p.record.refresh()
}

// leave goes back to the lists.
func (p *Page) leave() {
	if p.record == nil {
		return
	}
	p.record.close()
	p.root.Remove(p.record.root)
	p.record = nil
	p.ground.Touch() // it was the thing's head
	p.choice.Object().Show()
	p.choose(p.kind)
	if p.shown {
		p.table().list.Focus()
	}
}

// Headed says that the buttons of the page stand at its right top.
func (p *Page) Headed() bool { return p.record == nil }

// Key takes a key that no field wanted.
func (p *Page) Key(e *fyne.KeyEvent) bool {
	if p.record != nil {
		return p.record.key(e)
	}
	switch e.Name {
	case fyne.KeyLeft, fyne.KeyRight:
		p.step(map[fyne.KeyName]int{fyne.KeyLeft: -1, fyne.KeyRight: 1}[e.Name])
		return true
	}
	return p.table().list.Key(e)
}

// step chooses the list before or after.
func (p *Page) step(by int) {
	var ids []string
	at := 0
	for _, k := range kinds() {
		if p.offered(k.id) {
			if k.id == p.kind {
				at = len(ids)
			}
			ids = append(ids, k.id)
		}
	}
	p.choose(ids[max(0, min(at+by, len(ids)-1))])
}

// Rune takes a letter like Key: in a list it begins a search.
func (p *Page) Rune(r rune) bool {
	if p.record != nil {
		return p.record.letter(r)
	}
	return p.table().list.Rune(r)
}

// Keys are the keys that mean something now.
func (p *Page) Keys() []page.Key {
	if p.record != nil {
		return p.record.keys()
	}
	return []page.Key{
		{Keys: "↑ ↓", Text: p.t("records.key.choose"), Foot: true},
		{Keys: "Enter", Text: p.t("records.key.open"), Foot: true},
		{Keys: "← →", Text: p.t("records.key.lists"), Foot: true},
		{Keys: "/", Text: p.t("records.key.search"), Foot: true},
		{Keys: "Esc", Text: p.t("records.key.clear")},
	}
}

// Shown stops what nobody sees.
func (p *Page) Shown(visible bool) {
	p.shown = visible
	if p.record != nil {
		p.record.show(visible)
	}
}

// Close ends what is live and leaves where it was.
func (p *Page) Close() {
	k := kept{Kind: p.kind, At: p.desk.Now()}
	if p.record != nil {
		k.Ref = p.record.ref
		p.record.close()
	}
	for _, t := range p.tables {
		t.list.Close()
	}
	p.desk.Memory().Set("records", k)
}

// paint is what lies under the lists.
func (p *Page) paint(c *paint.Canvas) {
	if p.record != nil {
		p.record.paint(c)
		return
	}
	c.Fill(c.Img.Rect, p.env.Kit.Theme.Line1) // between the choice and the list
}

// choiceWide is the width of the choice of lists, in units.
const choiceWide = 264

// layout places the choice and the list, or the page of a thing.
type layout struct{ p *Page }

// MinSize is for Fyne.
func (y *layout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 200) }

// Layout is for Fyne.
func (y *layout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	p := y.p
	p.size = s
	put := func(o fyne.CanvasObject, x, w float32) {
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, s.Height))
	}
	if p.record != nil {
		put(p.ground.Raster, 0, s.Width)
		put(p.record.root, 0, s.Width)
		return
	}
	left := p.unit(choiceWide)
	put(p.choice.Object(), 0, left)
	put(p.ground.Raster, left, 1)
	for _, t := range p.tables {
		put(t.list.Object(), left+1, max(1, s.Width-left-1))
	}
}

// coded reports whether people know the things of a kind by their id, not by a name.
func coded(kind string) bool {
	return kind == world.KindAlert || kind == world.KindReport || kind == world.KindClip
}

// label is a link's name for people: "Cảnh báo CB-0412".
func (p *Page) label(r world.Ref) string {
	return strings.TrimSpace(p.t("records.one."+r.Kind()) + " " + r.ID())
}
