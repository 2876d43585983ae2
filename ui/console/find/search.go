// Package find is the console's search over everything that has a name: without
// accents, by numbers, by links. It belongs to the toolkit's goroutine, but makes its
// index beside it.
package find

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

// KindPage is the kind of links that name a page.
const KindPage = "page"

// Host is what the search asks of the window.
type Host struct {
	Desk page.Desk
	Env  *tile.Env
	// Text is the size of text, 1 to 1.5.
	Text float64
	// Kinds are the pages the person is offered, in the order of their tabs, TabKey
	// the key that opens the one at a place.
	Kinds  func() []page.Kind
	TabKey func(int) string
	// KindName is the name of a kind of things for people.
	KindName func(string) string
	// Open opens a link and reports whether it could; Drop ends the search.
	Open func(page.Link) bool
	Drop func()
}

// Search is the search over everything, and what it looks in.
type Search struct {
	h      Host
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

// New returns a search that is not open.
func New(h Host) *Search {
	f := &Search{h: h}
	f.names.f = f
	return f
}

// Open makes the search ready for a question and returns what is to be shown of it;
// Place puts it where it belongs, Input is what takes the keyboard.
func (f *Search) Open() []fyne.CanvasObject {
	l := f.h.Env.Lang
	f.hits, f.chosen, f.first, f.asked, f.said, f.painted = nil, 0, 0, "", "", ""
	f.input = &question{copy: f.copy, other: func(fyne.Shortcut) { f.h.Drop() }}
	f.input.Prepare(f.input, field.Options{
		Kind: field.Query, Lang: l, Memory: f.h.Desk.Memory(), Hint: l.T("shell.search.hint"),
		Changed: f.Ask, Enter: f.enter, Escape: f.h.Drop, Keys: f.key,
	})
	f.list = tile.NewPane(f.h.Env, "search", f.h.Env.Kit.Theme.S1, f.draw)
	f.picker = newPicker(f)
	f.open = true
	f.names.refresh(f.h.Desk.Now(), true)
	f.Ask("")
	return []fyne.CanvasObject{f.input, f.list.Raster, f.picker}
}

// IsOpen reports whether somebody searches.
func (f *Search) IsOpen() bool { return f.open }

// Hide is told that the search is not shown any more.
func (f *Search) Hide() { f.open = false }

// Input takes the keyboard.
func (f *Search) Input() fyne.Focusable { return f.input }

// Place puts the search into a room of a size that begins at a place, all in Fyne
// units, and returns where its card lies: in the upper half, so that the eye need not
// move far.
func (f *Search) Place(from fyne.Position, room fyne.Size) (fyne.Position, fyne.Size) {
	u := f.unit
	f.rows = max(1, min(searchRows, int((room.Height-u(searchHead+searchFoot+16))/u(searchRow))))
	size := fyne.NewSize(min(u(searchWide), room.Width-u(32)), u(float32(searchHead+searchFoot+f.rows*searchRow)))
	at := from.AddXY((room.Width-size.Width)/2, u(8))
	f.input.Move(at.AddXY(u(16), u(16)))
	f.input.Resize(fyne.NewSize(size.Width-u(32), u(40)))
	f.list.Move(at.AddXY(0, u(searchHead)))
	f.list.Resize(fyne.NewSize(size.Width, size.Height-u(searchHead)))
	f.picker.Move(f.list.Position())
	f.picker.Resize(fyne.NewSize(size.Width, u(float32(f.rows*searchRow))))
	f.list.Touch()
	return at, size
}

// Head is how much of the card, from its top, is not drawn by the search; its lower
// edge lies under the list.
func (f *Search) Head() float32 { return f.unit(searchHead + 8) }

// unit is a measure in Fyne units at the size of text in force, scale in device
// pixels.
func (f *Search) unit(v float32) float32 { return v * float32(f.h.Text) }

func (f *Search) scale() float64 {
	d := float64(f.h.Env.Density)
	if d <= 0 {
		d = 1
	}
	return d * f.h.Text
}

// Refresh brings index and list in line with the state.
func (f *Search) Refresh(now time.Time) {
	f.names.refresh(now, f.open)
	if f.open {
		f.repaint()
	}
}

// Close ends the search.
func (f *Search) Close() {
	f.open = false
	f.names.close()
}

// indexed is told that there is a new index: what is asked gets an answer from it.
func (f *Search) indexed() {
	if f.open {
		f.look(f.asked)
	}
}

// Ask answers a new question.
func (f *Search) Ask(text string) {
	f.asked, f.chosen, f.first = text, 0, 0
	f.look(text)
}

func (f *Search) look(text string) {
	f.hits = f.hits[:0:0]
	f.more = false
	switch l, err := page.ParseLink(text); {
	case err == nil:
		f.hits = append(f.hits, hit{link: l, name: f.NameOf(l)})
	case strings.TrimSpace(text) == "":
		f.hits = f.offers()
	case f.names.index != nil:
		opens := f.opens()
		for _, h := range f.names.index.Search(text, 4*searchMost) {
			r := world.Ref(h.ID)
			if !opens[r.Kind()] {
				continue // nothing is offered that leads nowhere
			}
			if f.more = len(f.hits) == searchMost; f.more {
				break
			}
			x := hit{link: page.Link{Kind: r.Kind(), ID: r.ID()}, name: h.Name}
			if h.Matched != h.Name && len(h.Matched) <= longID {
				x.matched = h.Matched
			}
			f.hits = append(f.hits, x)
		}
	}
	f.chosen = max(0, min(f.chosen, len(f.hits)-1))
	f.repaint()
}

// longID is from how many letters on an id is for programs and says nothing here.
const longID = 24

// opens are the kinds of things that some page of the person opens.
func (f *Search) opens() map[string]bool {
	out := map[string]bool{KindPage: true}
	for _, k := range f.h.Kinds() {
		for _, l := range k.Links {
			out[l] = true
		}
	}
	return out
}

// offers are what is there before a question: what was opened last, then the pages.
func (f *Search) offers() []hit {
	var kept []recent
	f.h.Desk.Memory().Get(recentName, &kept)
	var out []hit
	st := f.h.Desk.State()
	for _, r := range kept {
		l := page.Link{Kind: r.Kind, ID: r.ID}
		if st == nil {
			break // nobody knows yet what there is
		}
		if _, is := st.Entity(world.NewRef(r.Kind, r.ID)); is {
			out = append(out, hit{link: l, name: r.Name, recent: true})
		}
	}
	for _, k := range f.h.Kinds() {
		out = append(out, hit{link: page.Link{Kind: KindPage, ID: k.ID}, name: f.h.Env.Lang.T(k.Title)})
	}
	return out
}

// enter opens what is chosen.
func (f *Search) enter() { f.openHit(f.chosen) }

func (f *Search) openHit(i int) {
	if i < 0 || i >= len(f.hits) {
		return
	}
	h := f.hits[i]
	f.h.Drop()
	if f.h.Open(h.link) && h.link.Kind != KindPage {
		f.keep(h)
	}
}

// keep remembers what was opened.
func (f *Search) keep(h hit) {
	var kept []recent
	m := f.h.Desk.Memory()
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
func (f *Search) copy() bool {
	if f.chosen >= len(f.hits) {
		return false
	}
	f.h.Desk.Copy(f.hits[f.chosen].link.String())
	f.said = f.h.Env.Lang.T("shell.copied", "text", f.hits[f.chosen].link.String())
	f.repaint()
	return true
}

// key takes the keys that move in the list.
func (f *Search) key(k fyne.KeyName) bool {
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

func (f *Search) move(by int) {
	f.chosen = max(0, min(f.chosen+by, len(f.hits)-1))
	if f.chosen < f.first {
		f.first = f.chosen
	}
	if f.chosen >= f.first+f.rows {
		f.first = f.chosen - f.rows + 1
	}
	f.repaint()
}

// NameOf is the name of what a link names, its id where it has none.
func (f *Search) NameOf(l page.Link) string {
	if l.Kind == KindPage {
		for _, k := range f.h.Kinds() {
			if k.ID == l.ID {
				return f.h.Env.Lang.T(k.Title)
			}
		}
	}
	if st := f.h.Desk.State(); st != nil {
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
func (f *Search) footLine() string {
	l := f.h.Env.Lang
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

// Found are the names of what is in the list, for tests and for reading aloud.
func (f *Search) Found() []string {
	out := make([]string, len(f.hits))
	for i, h := range f.hits {
		out[i] = h.name
	}
	return out
}

// Ready reports whether there is an index and nothing is left to be done on it.
func (f *Search) Ready() bool {
	n := &f.names
	return n.index != nil && !n.building && n.walk == nil && len(n.due) == 0
}
