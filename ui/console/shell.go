package console

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// Console is the window's shell. New makes it.
type Console struct {
	o    Options
	base Base
	desk *desk

	env    *tile.Env
	root   *fyne.Container
	ground *canvas.Rectangle
	holder *fyne.Container

	pages map[string]*opened
	shown *opened
	trail []step
	now   time.Time
}

// opened is a page that was opened and lives on unseen.
type opened struct {
	kind page.Kind
	page page.Page
	link page.Link
}

// step is where Back goes.
type step struct {
	kind string
	link page.Link
}

// Object fills the window.
func (c *Console) Object() fyne.CanvasObject { return c.root }

// Desk is what the pages are given.
func (c *Console) Desk() page.Desk { return c.desk }

// build makes all that depends on language, theme and size.
func (c *Console) build() {
	c.env = c.base.Env()
	c.pages = map[string]*opened{}
	if c.root == nil {
		c.root = container.New(&frame{c})
		c.desk = &desk{Base: c.base, c: c}
	}
	c.ground = canvas.NewRectangle(c.env.Kit.Theme.Bg)
	c.holder = container.NewStack()
	c.root.Objects = []fyne.CanvasObject{c.ground, c.holder}
	c.root.Refresh()
}

// start opens the first page.
func (c *Console) start() {
	if kinds := c.offered(); len(kinds) > 0 {
		c.show(kinds[0].ID, page.Link{})
	}
}

// offered are the pages that the person may have.
func (c *Console) offered() []page.Kind {
	p := c.base.Person()
	var out []page.Kind
	for _, k := range c.o.Pages {
		if k.Offers(p) {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b page.Kind) int {
		return first(b, p) - first(a, p)
	})
	return out
}

func first(k page.Kind, p page.Person) int {
	if slices.Contains(k.First, p.Role) {
		return 1
	}
	return 0
}

// show brings a page into sight and opens a link in it, if there is one.
func (c *Console) show(id string, l page.Link) bool {
	at := slices.IndexFunc(c.o.Pages, func(k page.Kind) bool { return k.ID == id })
	if at < 0 || !c.o.Pages[at].Offers(c.base.Person()) {
		return false
	}
	o := c.pages[id]
	if o == nil {
		o = &opened{kind: c.o.Pages[at], page: c.o.Pages[at].New(c.desk)}
		c.pages[id] = o
	}
	if l != (page.Link{}) && l.Kind != "page" && !o.page.Open(l) {
		return false
	}
	if c.shown != o {
		if c.shown != nil {
			c.shown.page.Shown(false)
		}
		c.shown = o
		c.holder.Objects = []fyne.CanvasObject{o.page.Object()}
		c.holder.Refresh()
		o.page.Shown(true)
	}
	o.link = l
	return true
}

// Open shows what a link names, from outside or from a page, and reports whether
// it could.
func (c *Console) Open(l page.Link) bool {
	for _, k := range c.offered() {
		if l.Kind == "page" && l.ID == k.ID || slices.Contains(k.Links, l.Kind) {
			return c.show(k.ID, l)
		}
	}
	return false
}

// Refresh brings everything in sight in line with the state.
func (c *Console) Refresh(now time.Time) {
	c.now = now
	if c.shown != nil {
		c.shown.page.Refresh(now)
	}
}

// Rebuild makes everything anew after OnLook: with the language, the theme and the
// size that Base.Env now has.
func (c *Console) Rebuild(l Look) {
	c.o.Look = l
	at := c.shown
	c.closePages()
	c.build()
	if at != nil {
		c.show(at.kind.ID, at.link)
	}
}

func (c *Console) closePages() {
	for _, o := range c.pages {
		o.page.Close()
	}
	c.pages, c.shown = map[string]*opened{}, nil
}

// Close ends the pages and remembers how the window was.
func (c *Console) Close() { c.closePages() }

// Key takes a key that no field wanted, Rune a letter.
func (c *Console) Key(e *fyne.KeyEvent) {
	if c.shown != nil {
		c.shown.page.Key(e)
	}
}

// Rune takes a letter that no field wanted.
func (c *Console) Rune(r rune) {
	if c.shown != nil {
		c.shown.page.Rune(r)
	}
}

// Shortcut takes a shortcut and reports whether it meant something.
func (c *Console) Shortcut(fyne.Shortcut) bool { return false }

// frame lays the bar, the page and the foot out.
type frame struct{ c *Console }

// MinSize is a laptop's half.
func (f *frame) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(640, 360) }

// Layout is for Fyne.
func (f *frame) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	c := f.c
	bar, foot := c.unit(barHeight), c.unit(footHeight)
	c.ground.Resize(s)
	c.holder.Move(fyne.NewPos(0, bar))
	c.holder.Resize(fyne.NewSize(s.Width, max(0, s.Height-bar-foot)))
}

// barHeight and footHeight are Fyne units at the normal size of text.
const barHeight, footHeight = 52, 32

// unit is a measure in Fyne units at the size of text in force.
func (c *Console) unit(v float32) float32 { return v * float32(c.o.Look.Text) }
