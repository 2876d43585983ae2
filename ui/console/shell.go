package console

import (
	"image"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/console/find"
	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// Console is the window's shell. New makes it.
type Console struct {
	o       Options
	base    Base
	desk    *desk
	started time.Time

	env    *tile.Env
	root   *fyne.Container
	holder *fyne.Container
	bar    *bar
	foot   *foot

	pages map[string]*opened
	shown *opened
	trail []step
	now   time.Time

	sheet   *sheet
	helping bool
	covered []image.Rectangle
	notices *notices
	sound   sound
	find    *find.Search

	did    history
	line   said
	serial int
	asked  []asked
	later  []func()
	// warned says that the end of the session was told, ended that it came.
	warned, ended bool
	// closed says that the window is another's now: keys mean nothing here.
	closed bool
	kept   layout
	framed framed
	// login is whose the acts are that can be taken back.
	login string
	// pulled is when the window got its size, zero once that is remembered.
	pulled time.Time
}

// opened is a page that was opened and lives on unseen.
type opened struct {
	kind page.Kind
	page page.Page
	link page.Link
}

// step is where Back goes.
type step struct {
	id   string
	link page.Link
}

// trailLimit is how many steps Back can go.
const trailLimit = 50

// Object fills the window.
func (c *Console) Object() fyne.CanvasObject { return c.root }

// Desk is what the pages are given.
func (c *Console) Desk() page.Desk { return c.desk }

// build makes all that depends on language, theme and size.
func (c *Console) build() {
	c.env = c.base.Env()
	c.pages, c.shown = map[string]*opened{}, nil
	c.holder = container.NewStack()
	c.bar, c.foot = c.newBar(), c.newFoot()
	c.find = find.New(find.Host{
		Desk: c.desk, Env: c.env, Text: c.o.Look.Text, Kinds: c.offered, TabKey: tabKey,
		KindName: c.kindName, Open: c.Open, Drop: c.drop,
	})
	c.notices.rebuild()
	// No ground lies under them: the window is cleared in the theme's colour, and what
	// fills it once more costs as much as a page.
	c.root.Objects = []fyne.CanvasObject{c.holder, c.bar.root, c.foot.root, c.notices.root}
	c.root.Refresh()
}

// start opens the first page: the one asked for, the one last seen, the one of the
// role.
func (c *Console) start() {
	c.bind()
	c.restore()
	if l, err := page.ParseLink(c.o.First); err == nil && c.Open(l) {
		return
	}
	if c.show(c.kept.Page, page.Link{}) {
		return
	}
	if kinds := c.offered(); len(kinds) == 0 || !c.show(kinds[0].ID, page.Link{}) {
		c.nothing()
	}
}

// offered are the pages that the person may have, the role's first page first.
func (c *Console) offered() []page.Kind {
	p := c.base.Person()
	var out []page.Kind
	for _, k := range c.o.Pages {
		if k.Offers(p) {
			out = append(out, k)
		}
	}
	first := func(k page.Kind) int {
		switch {
		case slices.Contains(k.First, p.Role):
			return 0
		case k.Aside:
			return 2
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b page.Kind) int { return first(a) - first(b) })
	return out
}

// tabbed are the offered pages that have a tab.
func (c *Console) tabbed() []page.Kind {
	return slices.DeleteFunc(c.offered(), func(k page.Kind) bool { return k.Aside })
}

// page returns the page of a kind, made if need be; nil where the person may not
// have it.
func (c *Console) page(id string) *opened {
	if o := c.pages[id]; o != nil {
		return o
	}
	at := slices.IndexFunc(c.o.Pages, func(k page.Kind) bool { return k.ID == id })
	if at < 0 || !c.o.Pages[at].Offers(c.base.Person()) {
		return nil
	}
	o := &opened{kind: c.o.Pages[at], page: c.o.Pages[at].New(c.desk)}
	c.pages[id] = o
	return o
}

// show brings a page into sight and opens a link in it; without one the page is as
// it was left. The link of a page itself takes it to its beginning.
func (c *Console) show(id string, l page.Link) bool {
	o := c.page(id)
	if o == nil {
		return false
	}
	if l != (page.Link{}) {
		if !o.page.Open(l) && l.Kind != find.KindPage {
			return false
		}
		o.link = l
	}
	if c.shown != o {
		if c.sheet != nil && c.sheet.alone {
			c.drop() // what was asked for is to be seen
		}
		if c.shown != nil {
			c.shown.page.Shown(false)
		}
		c.shown = o
		c.holder.Objects = []fyne.CanvasObject{o.page.Object()}
		c.holder.Refresh()
		o.page.Shown(true)
		c.kept.Page = id
		c.remember()
	}
	now := c.base.Now()
	o.page.Refresh(now)
	c.refreshFrame(now)
	return true
}

// Open shows what a link names, from outside or from a page, and reports whether
// it could; if not, it says so at the foot.
func (c *Console) Open(l page.Link) bool {
	from := step{}
	if c.shown != nil {
		from = step{c.shown.kind.ID, c.Where()}
	}
	for _, k := range c.offered() {
		if l.Kind == find.KindPage && l.ID == k.ID || l.Kind != find.KindPage && slices.Contains(k.Links, l.Kind) {
			if !c.show(k.ID, l) {
				continue
			}
			c.came(from, step{k.ID, l})
			return true
		}
	}
	key := "shell.open.not"
	if st := c.base.State(); st != nil {
		if _, there := st.Entity(world.NewRef(l.Kind, l.ID)); there {
			key = "shell.open.nopage"
		}
	}
	c.Say(world.Notice, c.env.Lang.T(key, "what", c.kindName(l.Kind), "name", c.find.NameOf(l)))
	return false
}

// came notes for Back where a page was opened from.
func (c *Console) came(from, to step) {
	if from.id == "" || from == to {
		return
	}
	c.trail = append(c.trail, from)
	c.trail = c.trail[max(0, len(c.trail)-trailLimit):]
}

// turn is what the tab of a page does: the page comes as it was left, and goes to its
// beginning when it is there already.
func (c *Console) turn(id string) {
	if c.shown == nil || c.shown.kind.ID == id {
		c.Open(page.Link{Kind: find.KindPage, ID: id})
		return
	}
	from := step{c.shown.kind.ID, c.Where()}
	if c.show(id, page.Link{}) {
		c.came(from, step{id, c.Where()})
	}
}

// Back goes where the last Open came from.
func (c *Console) Back() {
	for len(c.trail) > 0 {
		to := c.trail[len(c.trail)-1]
		c.trail = c.trail[:len(c.trail)-1]
		if c.show(to.id, to.link) {
			return
		}
	}
}

// placed is a page that goes to another thing by itself and knows the link of what
// it shows.
type placed interface{ Where() page.Link }

// Where is the link of what is shown.
func (c *Console) Where() page.Link {
	if c.shown == nil {
		return page.Link{}
	}
	l := c.shown.link
	if p, ok := c.shown.page.(placed); ok {
		l = p.Where()
	}
	if l == (page.Link{}) {
		l = page.Link{Kind: find.KindPage, ID: c.shown.kind.ID}
	}
	return l
}

// Refresh brings everything in sight in line with the state: at most ten times a
// second, and once at each full second.
func (c *Console) Refresh(now time.Time) {
	c.now = now
	c.answers(now)
	if c.shown != nil {
		c.shown.page.Refresh(now)
	}
	c.notices.refresh(now)
	c.find.Refresh(now)
	c.session(now)
	c.settled(now)
	c.refreshFrame(now)
}

func (c *Console) refreshFrame(now time.Time) {
	c.bar.choose()
	c.bar.refresh(now)
	c.foot.refresh(now)
	c.edged()
}

// Rebuild makes everything anew after OnLook, or after the person changed: with
// the language, the theme and the size that Base.Env now has. The same page is
// open after it.
func (c *Console) Rebuild(l Look) {
	c.drop()
	c.o.Look = l
	old, was, link := c.pages, c.shown, c.Where()
	if link.Kind == find.KindPage {
		link = page.Link{} // where it was is for the page to know
	}
	c.find.Close()
	if who := c.base.Person().Login; who != c.login {
		// What one person did is not for the next one to take back.
		c.login, c.did, c.trail, c.line = who, history{}, nil, said{}
	}
	c.build()
	if was == nil || !c.show(was.kind.ID, link) {
		if kinds := c.offered(); len(kinds) == 0 || !c.show(kinds[0].ID, page.Link{}) {
			c.nothing()
		}
	}
	// The old pages go last: what both show is not closed in between.
	closeAll(old)
	c.covered = nil // the new pages have not been told what lies over them
	c.Refresh(c.base.Now())
}

func closeAll(pages map[string]*opened) {
	for _, o := range pages {
		o.page.Close()
	}
}

// Close ends the pages and remembers how the window was.
func (c *Console) Close() {
	c.closed = true
	c.remember()
	c.drop()
	c.find.Close()
	closeAll(c.pages)
	c.pages, c.shown = map[string]*opened{}, nil
}

// frame lays the bar, the page and the foot out.
type frame struct{ c *Console }

// MinSize is a laptop's half.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 360) }

// Layout is for Fyne.
func (f *frame) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	c := f.c
	bar, foot := c.unit(barHeight), c.unit(footHeight)
	put := func(o fyne.CanvasObject, y, h float32) {
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(s.Width, max(0, h)))
	}
	over, under := c.edges()
	put(c.holder, over, s.Height-over-under)
	put(c.bar.root, 0, bar)
	c.bar.pane.Resize(fyne.NewSize(s.Width, bar))
	c.bar.lay(s.Width)
	put(c.foot.root, s.Height-foot, foot)
	c.foot.lay()
	put(c.notices.root, 0, s.Height)
	c.notices.lay()
	c.resized(s)
}

// barHeight and footHeight are Fyne units at the normal size of text.
const barHeight, footHeight = 52, 32

// unit is a measure in Fyne units at the size of text in force.
func (c *Console) unit(v float32) float32 { return v * float32(c.o.Look.Text) }

// scale is device pixels for a Fyne unit at the size of text in force.
func (c *Console) scale() float64 {
	d := float64(c.env.Density)
	if d <= 0 {
		d = 1
	}
	return d * c.o.Look.Text
}

// kindName is the name of a kind of things for people.
func (c *Console) kindName(kind string) string {
	if key := "shell.kind." + kind; c.env.Lang.Has(key) {
		return c.env.Lang.T(key)
	}
	return kind
}

// openSearch opens the search, or closes it.
func (c *Console) openSearch() {
	if c.find.IsOpen() {
		c.drop()
		return
	}
	s := &sheet{closed: c.find.Hide, alone: true, head: c.find.Head()}
	objects := c.find.Open()
	s.place = func(window fyne.Size) (fyne.Position, fyne.Size) {
		bar := c.unit(barHeight)
		return c.find.Place(fyne.NewPos(0, bar), fyne.NewSize(window.Width, window.Height-bar-c.unit(footHeight)))
	}
	c.lift(s, objects...)
	c.base.Window().Canvas().Focus(c.find.Input())
}
