package console

import (
	"image"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/console/chip"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// bar is the top of the window: the pages, what the shown one shows, how wall and server
// are, the search, the person, the time.
type bar struct {
	c      *Console
	root   *fyne.Container
	pane   *tile.Pane
	tabs   []*chip.Chip
	ids    []string // pages of the tabs
	more   *chip.Chip
	search *chip.Chip
	person *chip.Chip
	// fit is how many tabs have a place.
	fit   int
	words barWords
	level int
	width float32
	// title is where the title begins, left and right bound the status; Fyne units.
	title, left, right float32
}

// barWords is what the bar says.
type barWords struct {
	title, clock string
	// status in full and in short; bad, when not empty, is said first.
	status, short, bad string
	// longer says more than bad where there is room.
	longer string
	person string
}

func (c *Console) newBar() *bar {
	b := &bar{c: c, width: -1}
	b.pane = tile.NewPane(c.env, "bar", c.env.Kit.Theme.S1, b.draw)
	objects := []fyne.CanvasObject{b.pane.Raster}
	for _, k := range c.tabbed() {
		t := chip.New(hands{c}, chip.Face{Role: chip.Tab, Icon: k.Icon, Text: c.env.Lang.T(k.Title)}, func() { c.turn(k.ID) })
		b.tabs, b.ids = append(b.tabs, t), append(b.ids, k.ID)
		objects = append(objects, t)
	}
	l := c.env.Lang
	b.more = chip.New(hands{c}, chip.Face{Role: chip.Plain, Text: "…"}, c.openMore)
	b.search = chip.New(hands{c}, chip.Face{Role: chip.Button, Icon: "search", Text: l.T("shell.search"), Key: "Ctrl K"}, c.openSearch)
	b.person = chip.New(hands{c}, chip.Face{Role: chip.Plain, Icon: "user"}, c.openPerson)
	b.root = container.NewWithoutLayout(append(objects, b.more, b.search, b.person)...)
	return b
}

// tabKey is the key that opens the page at a place in the bar.
func tabKey(i int) string {
	if i < 9 {
		return "Ctrl " + strconv.Itoa(i+1)
	}
	return ""
}

// refresh brings the bar in line with the state.
func (b *bar) refresh(now time.Time) {
	w := b.say(now)
	if w == b.words && b.width >= 0 {
		return
	}
	// What is wider than before may need another level.
	if w.title != b.words.title || w.person != b.words.person || w.bad != b.words.bad || w.status != b.words.status {
		b.width = -1
	}
	b.words = w
	b.person.Set(b.personFace())
	b.choose()
	b.lay(b.root.Size().Width)
	b.pane.Touch()
}

// choose marks the tab of the page that is shown.
func (b *bar) choose() {
	for i, t := range b.tabs {
		f := t.Face()
		f.Chosen = b.c.shown != nil && b.c.shown.kind.ID == b.ids[i]
		if f.Chosen != t.Face().Chosen {
			b.width = -1
		}
		t.Set(f)
	}
}

func (b *bar) personFace() chip.Face {
	return chip.Face{Role: chip.Plain, Icon: "user", Text: b.words.person, Bare: b.level >= 4}
}

func (b *bar) say(now time.Time) barWords {
	c, l := b.c, b.c.env.Lang
	p := c.base.Person()
	w := barWords{clock: l.ClockSeconds(c.base.ServerTime(now)), person: p.Name}
	if w.person == "" {
		w.person = p.Login
	}
	if w.person == "" {
		w.person = l.T("shell.nobody")
	}
	// A title that only repeats the page's name says nothing beside its tab.
	if c.shown != nil && (c.shown.page.Title() != l.T(c.shown.kind.Title) || b.hides(c.shown.kind.ID)) {
		w.title = c.shown.page.Title()
	}
	switch {
	case c.base.State() == nil:
		w.bad = l.T("wall.waiting")
	case c.base.Away(now) > 0:
		w.bad = l.T("away", "age", l.Age(c.base.Away(now)))
		w.longer = l.T("shell.away", "age", l.Age(c.base.Away(now)), "time", l.Stamp(now.Add(-c.base.Silence(now)), now))
	default:
		w.short = l.T("console.connected", "age", l.Age(c.base.Silence(now)))
		if s := c.base.Silence(now); s > lateLimit {
			w.bad, w.short = l.T("shell.late", "age", l.Age(s)), ""
		}
		w.status = strings.Join(append(b.wall(), w.short), " · ")
		w.status = strings.TrimSuffix(w.status, " · ")
	}
	return w
}

// lateLimit is from when on the server's last word is told as late.
const lateLimit = 5 * time.Second

// wall says how many screens and computers of the wall are there.
func (b *bar) wall() []string {
	w, _, has, _ := b.c.base.Wall()
	if !has {
		return nil
	}
	st, l := b.c.base.State(), b.c.env.Lang
	up := map[string]bool{}
	lit, there := 0, 0
	for _, s := range w.Screens {
		is, known := up[s.Node]
		if !known && s.Node != "" {
			n, ok := st.Entity(world.NewRef(world.KindNode, s.Node))
			node, _ := n.(world.Node)
			is = ok && node.Up
			up[s.Node] = is
			if is {
				there++
			}
		}
		if is {
			lit++
		}
	}
	out := []string{l.T("shell.screens", "n", strconv.Itoa(lit), "of", strconv.Itoa(len(w.Screens)))}
	if len(up) > 0 {
		out = append(out, l.T("shell.nodes", "n", strconv.Itoa(there), "of", strconv.Itoa(len(up))))
	}
	return out
}

func (b *bar) draw(c *paint.Canvas) {
	th, f, k := b.c.env.Kit.Theme, b.c.env.Kit.Fonts, b.c.scale()
	r := c.Img.Rect
	h := float64(r.Dy())
	d := k / b.c.o.Look.Text // device pixels of a Fyne unit
	cw := f.Width("00:00:00", true, 20*k)
	c.Text(float64(r.Dx())-16*k-cw, 0, h, b.words.clock, 20*k, true, th.T1)
	left, right := float64(b.left)*d, float64(b.right)*d
	if sw := f.Width(b.status(), false, 16*k); sw > 0 {
		c.Text(right-sw, 0, h, f.Fit(right-left, 16*k, false, b.status()), 16*k, false, th.T2)
		right -= sw + 12*k
	}
	if b.words.bad != "" {
		p := paint.Plate{Kind: paint.PlateStale, Icon: "stale", Text: b.trouble(), Shorter: []string{b.words.bad, b.c.env.Lang.T("away.short")}}
		pw := min(c.PlateWidth(p, 16*k), int(right-left))
		c.Plate(int(right)-pw, (r.Dy()-paint.PlateHeight(16*k))/2, p, 16*k, pw)
		right -= float64(pw) + 12*k
	}
	if x := float64(b.title) * d; b.words.title != "" {
		c.Text(x, 0, h, f.Fit(right-16*k-x, 20*k, true, b.words.title), 20*k, true, th.T1)
	}
	c.Fill(image.Rect(0, r.Dy()-max(1, int(k)), r.Dx(), r.Dy()), th.Line1)
}

// status is what there is room for of how wall and server are.
func (b *bar) status() string {
	switch {
	case b.level < 1:
		return b.words.status
	case b.level < 3:
		return b.words.short
	}
	return ""
}

// trouble is what is wrong, in full where there is room for it.
func (b *bar) trouble() string {
	if b.level < 1 && b.words.longer != "" {
		return b.words.longer
	}
	return b.words.bad
}

// hides reports whether the tab of a page found no place.
func (b *bar) hides(id string) bool {
	return b.width > 0 && slices.Index(b.ids, id) >= b.fit
}
