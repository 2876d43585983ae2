package console

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/page"
	"iocwall/ui/tile"
)

// Measures of the search in Fyne units.
const (
	searchWide, searchHead, searchRow, searchFoot = 860, 72, 48, 36
	searchRows                                    = 12
	// searchMost is how many things a question finds; more would not be read.
	searchMost = 60
)

// finder is the search over everything, and what it looks in.
type finder struct {
	c      *Console
	names  catalogue
	open   bool
	input  *question
	list   *tile.Pane
	picker *picker
	hits   []hit
	chosen int
	first  int
	rows   int
	asked  string
	more   bool // that there were more
	said   string
	// painted is what the list said when it was painted last.
	painted string
}

// hit is one thing that was found.
type hit struct {
	link page.Link
	name string
	// matched is the name that was meant where it is another one: an MMSI, a
	// registration.
	matched string
	recent  bool
}

// recentName is under what name the last things opened are remembered, and
// recentMost how many.
const recentName, recentMost = "search", 8

// recent is a thing that was opened by the search.
type recent struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// question is the field that is searched by; it hands on what is no text.
type question struct {
	field.Input
	copy  func() bool
	other func(fyne.Shortcut)
}

// TypedShortcut copies the link of what is chosen where no text is.
func (q *question) TypedShortcut(s fyne.Shortcut) {
	switch x := s.(type) {
	case *fyne.ShortcutCopy:
		if q.SelectedText() == "" && q.copy() {
			return
		}
	case *desktop.CustomShortcut:
		if x.Modifier == fyne.KeyModifierControl && x.KeyName == fyne.KeyK {
			q.other(s)
			return
		}
	}
	q.Input.TypedShortcut(s)
}

// openSearch opens the search, or closes it.
func (c *Console) openSearch() {
	f := &c.find
	if f.open {
		c.drop()
		return
	}
	l := c.env.Lang
	f.hits, f.chosen, f.first, f.asked, f.said = nil, 0, 0, "", ""
	f.input = &question{copy: f.copy, other: func(fyne.Shortcut) { c.drop() }}
	f.input.Prepare(f.input, field.Options{
		Kind: field.Query, Lang: l, Memory: c.base.Memory(), Hint: l.T("shell.search.hint"),
		Changed: f.ask, Enter: f.enter, Escape: c.drop, Keys: f.key,
	})
	f.list = tile.NewPane(c.env, "search", c.env.Kit.Theme.S1, f.draw)
	f.picker = newPicker(f)
	s := &sheet{place: f.place}
	s.closed = func() { f.open = false }
	c.lift(s, f.input, f.list.Raster, f.picker)
	f.open = true
	f.names.refresh(c.base.Now(), true)
	f.ask("")
	c.base.Window().Canvas().Focus(f.input)
}

// place is where the search lies: in the upper half, so that the eye need not move
// far from the bar.
func (f *finder) place(window fyne.Size) (fyne.Position, fyne.Size) {
	u := f.c.unit
	room := window.Height - u(barHeight+footHeight+16)
	f.rows = max(1, min(searchRows, int((room-u(searchHead+searchFoot))/u(searchRow))))
	size := fyne.NewSize(min(u(searchWide), window.Width-u(32)), u(float32(searchHead+searchFoot+f.rows*searchRow)))
	at := fyne.NewPos((window.Width-size.Width)/2, u(barHeight+8))
	f.input.Move(at.AddXY(u(16), u(16)))
	f.input.Resize(fyne.NewSize(size.Width-u(32), u(40)))
	f.list.Move(at.AddXY(1, u(searchHead)))
	f.list.Resize(fyne.NewSize(size.Width-2, size.Height-u(searchHead)-2))
	f.picker.Move(f.list.Position())
	f.picker.Resize(fyne.NewSize(size.Width-2, u(float32(f.rows*searchRow))))
	f.list.Touch()
	return at, size
}

func (f *finder) refresh(now time.Time) {
	f.names.refresh(now, f.open)
	if f.open {
		f.repaint()
	}
}

// close ends the search, to be made anew in another language.
func (f *finder) close() {
	f.open = false
	f.names.close()
	f.names = catalogue{c: f.c}
}

// indexed is told that there is a new index: what is asked gets an answer from it.
func (f *finder) indexed() {
	if f.open {
		f.look(f.asked)
	}
}

// ask answers a new question.
func (f *finder) ask(text string) {
	f.asked, f.chosen, f.first = text, 0, 0
	f.look(text)
}

func (f *finder) look(text string) {
	f.hits = f.hits[:0:0]
	f.more = false
	switch l, err := page.ParseLink(text); {
	case err == nil:
		f.hits = append(f.hits, hit{link: l, name: f.c.nameOf(l)})
	case strings.TrimSpace(text) == "":
		f.hits = f.offers()
	case f.names.index != nil:
		found := f.names.index.Search(text, searchMost+1)
		f.more = len(found) > searchMost
		for _, h := range found[:min(len(found), searchMost)] {
			r := world.Ref(h.ID)
			x := hit{link: page.Link{Kind: r.Kind(), ID: r.ID()}, name: h.Name}
			if h.Matched != h.Name {
				x.matched = h.Matched
			}
			f.hits = append(f.hits, x)
		}
	}
	f.chosen = max(0, min(f.chosen, len(f.hits)-1))
	f.repaint()
}

// offers are what is there before a question: what was opened last, then the pages.
func (f *finder) offers() []hit {
	var kept []recent
	f.c.base.Memory().Get(recentName, &kept)
	var out []hit
	for _, r := range kept {
		l := page.Link{Kind: r.Kind, ID: r.ID}
		if _, is := f.c.base.State().Entity(world.NewRef(r.Kind, r.ID)); is {
			out = append(out, hit{link: l, name: r.Name, recent: true})
		}
	}
	for _, k := range f.c.offered() {
		out = append(out, hit{link: page.Link{Kind: kindPage, ID: k.ID}, name: f.c.env.Lang.T(k.Title)})
	}
	return out
}

// enter opens what is chosen.
func (f *finder) enter() { f.openHit(f.chosen) }

func (f *finder) openHit(i int) {
	if i < 0 || i >= len(f.hits) {
		return
	}
	h := f.hits[i]
	f.c.drop()
	if f.c.Open(h.link) && h.link.Kind != kindPage {
		f.keep(h)
	}
}

// keep remembers what was opened.
func (f *finder) keep(h hit) {
	var kept []recent
	m := f.c.base.Memory()
	m.Get(recentName, &kept)
	out := []recent{{h.link.Kind, h.link.ID, h.name}}
	for _, r := range kept {
		if (r.Kind != h.link.Kind || r.ID != h.link.ID) && len(out) < recentMost {
			out = append(out, r)
		}
	}
	m.Set(recentName, out)
}

// copy puts the link of what is chosen on the clipboard.
func (f *finder) copy() bool {
	if f.chosen >= len(f.hits) {
		return false
	}
	f.c.desk.Copy(f.hits[f.chosen].link.String())
	f.said = f.c.env.Lang.T("shell.copied", "text", f.hits[f.chosen].link.String())
	f.repaint()
	return true
}

// key takes the keys that move in the list.
func (f *finder) key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyUp:
		f.move(-1)
	case fyne.KeyDown:
		f.move(1)
	case fyne.KeyPageUp:
		f.move(-f.rows)
	case fyne.KeyPageDown:
		f.move(f.rows)
	default:
		return false
	}
	return true
}

func (f *finder) move(by int) {
	f.chosen = max(0, min(f.chosen+by, len(f.hits)-1))
	if f.chosen < f.first {
		f.first = f.chosen
	}
	if f.chosen >= f.first+f.rows {
		f.first = f.chosen - f.rows + 1
	}
	f.repaint()
}

// nameOf is the name of what a link names, its id where it has none.
func (c *Console) nameOf(l page.Link) string {
	if l.Kind == kindPage {
		for _, k := range c.o.Pages {
			if k.ID == l.ID {
				return c.env.Lang.T(k.Title)
			}
		}
	}
	if st := c.base.State(); st != nil {
		if e, ok := st.Entity(world.NewRef(l.Kind, l.ID)); ok {
			if n := entityName(e); n != "" {
				return n
			}
		}
	}
	return l.ID
}

func entityName(e world.Entity) string {
	switch x := e.(type) {
	case world.Vessel:
		return x.Name.Name
	case world.Camera:
		return x.Name
	case world.Station:
		return x.Name
	case world.Figure:
		return x.Name
	case world.Area:
		return x.Name
	case world.Alert:
		return x.Title
	case world.Scene:
		return x.Name
	case world.Fence:
		return x.Is.Name
	case world.MapView:
		return x.Is.Name
	case world.Agency:
		return x.Name
	}
	return ""
}

// footLine says how much was found, or why nothing was.
func (f *finder) footLine() string {
	l := f.c.env.Lang
	n := len(f.hits)
	switch {
	case f.said != "":
		return f.said
	case f.names.index == nil && strings.TrimSpace(f.asked) != "":
		return l.T("shell.search.building")
	case strings.TrimSpace(f.asked) == "" && f.names.index != nil:
		return l.T("shell.search.whole", "n", l.Int(int64(f.names.index.Len())))
	case f.more:
		return l.T("shell.search.more", "n", strconv.Itoa(searchMost))
	case n > 0 && f.names.index != nil:
		return l.T("shell.search.found", "n", strconv.Itoa(n), "all", l.Int(int64(f.names.index.Len())))
	}
	return ""
}
