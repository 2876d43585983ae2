package list

import (
	"image"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/geo/gazetteer"
	"iocwall/ui/tile"
)

// warmStep is how many rows are made ready for the search at an Update.
const warmStep = 500

// List is a list of rows with its tools. It belongs to the toolkit's goroutine.
type List struct {
	host Host
	env  *tile.Env
	o    Options

	x    *index
	v    view
	root *fyne.Container
	body *body
	tool *tools

	now       time.Time
	stale     bool // painted marks of new rows are to be taken away
	status    Status
	title     string
	text      string
	retry     func()
	sig       []byte
	buffer    []byte
	rowBuffer []byte
	// painting counts what makes every row's picture old; strips are the rows that
	// have one.
	painting int
	strips   []*entry
	widths   []span
	laid     image.Point
	hover    int // row under the pointer, -1
	head     int // column head under the pointer, -1
	focused  bool
	clicked  string
	clickAt  time.Time
	drag     dragging
	export   bool
	again    float64 // rows to scroll by once there are some
	asked    *string // what was typed and the rows do not follow yet
}

// New returns a list. It shows nothing before the first Update.
func New(h Host, o Options) *List {
	l := &List{host: h, env: h.Env(), o: o, hover: -1, head: -1}
	l.v.at, l.v.coming = -1, map[*entry]bool{}
	if m := h.Memory(); m != nil && o.Name != "" {
		var s Sort
		if m.Get("list."+o.Name, &s) && slices.ContainsFunc(o.Columns, func(c Column) bool { return c.ID == s.Column }) {
			o.Sort = s
		}
	}
	l.x = newIndex(o, h.Job)
	l.body = newBody(l)
	l.tool = newTools(l)
	l.root = container.New(&layout{l}, l.tool.box, l.body)
	if !l.hasTools() {
		l.tool.box.Hide()
	}
	l.resume()
	return l
}

func (l *List) hasTools() bool { return !l.o.Plain && !l.o.NoTools }

// Object is what the owner shows and sizes.
func (l *List) Object() fyne.CanvasObject { return l.root }

// Focus gives the list the keyboard.
func (l *List) Focus() { l.body.focus() }

// Update brings the list in line with its source and repaints it if it says
// something else now; at most ten times a second. While the source says that nothing
// changed, what the rows say by the clock alone is asked once in each second of now,
// which is when the console paints its own clock.
func (l *List) Update(now time.Time) {
	second := now.Unix() != l.now.Unix()
	l.now = now
	l.caught()
	if l.v.moved {
		l.v.still, l.v.moved = now, false
	}
	pulled := l.x.pull()
	if pulled {
		for _, e := range l.x.came {
			l.v.coming[e] = true
		}
		l.v.waiting = true
	}
	waiting := l.v.waiting
	l.settle(false)
	if l.again > 0 && l.v.row > 0 && len(l.v.shown) > 0 {
		l.v.offset = 0
		l.v.scroll(int(l.again * float64(l.v.row)))
		l.again = 0
	}
	l.x.warm(warmStep)
	if pulled || second || waiting || l.stale {
		l.show()
	}
}

// settle shows the index's order if nothing must stay; force is for what the
// person asked for.
func (l *List) settle(force bool) {
	if !l.v.waiting || !force && l.v.held(l.now) {
		return
	}
	if !l.x.arrange(func() { l.arranged(); l.show() }) {
		return
	}
	l.arranged()
}

func (l *List) arranged() {
	if l.v.take(l.x.order) {
		l.v.waiting = false
	}
	if l.v.over {
		l.hover = l.v.under(l.v.y)
	}
}

// anew orders and filters everything again because the person asked for it.
func (l *List) anew(keys bool, home bool) {
	l.x.pull()
	l.x.again(keys)
	l.v.waiting = true
	was := l.v.over
	l.v.over = false // it is the person who moves the rows
	l.settle(true)
	l.v.over = was
	if home {
		l.v.offset = 0
	}
	l.v.scroll(0)
	if i := l.v.find(l.v.chosen); i >= 0 && !home {
		l.v.reveal(i)
	}
	l.body.follow()
	l.show()
}

// show repaints what says something else than before.
func (l *List) show() {
	l.stale = false
	l.v.settle()
	l.tool.show()
	if fit := l.body.fit(); l.changed() || fit {
		l.body.pane.Touch()
	}
}

// Repaint paints everything anew: after a change of theme, scale or words.
func (l *List) Repaint() {
	l.laid = image.Point{}
	l.painting++
	l.root.Refresh()
	l.body.pane.Touch()
}

// Chosen is the chosen row's id, empty for none. A row that is gone stays chosen.
func (l *List) Chosen() string { return l.v.chosen }

// Choose chooses a row and scrolls to it; it does not call Options.Chosen. Empty
// chooses none. It reports whether the row is in the list now.
func (l *List) Choose(id string) bool {
	l.v.chosen = id
	i := l.v.find(id)
	if i >= 0 {
		l.v.at = i
		l.v.reveal(i)
	}
	l.show()
	return i >= 0
}

// pick chooses a row by hand or key.
func (l *List) pick(i int) {
	if i < 0 || i >= len(l.v.shown) {
		return
	}
	e := l.v.shown[i]
	l.v.at = i
	if l.v.chosen != e.id {
		l.v.chosen = e.id
		if l.o.Chosen != nil {
			l.o.Chosen(e.id)
		}
	}
	l.show()
}

func (l *List) open(i int) {
	if i < 0 || i >= len(l.v.shown) || l.o.Open == nil {
		return
	}
	l.o.Open(l.v.shown[i].id)
}

// Count is how many rows are shown and how many there are.
func (l *List) Count() (shown, all int) { return len(l.v.shown), l.x.src.Len() }

// Waiting is how many new rows are not seen yet because something must stay in
// its place.
func (l *List) Waiting() int { return len(l.v.coming) }

// Welcome shows the new rows: it goes to the top.
func (l *List) Welcome() {
	l.v.coming = map[*entry]bool{}
	was := l.v.over
	l.v.over = false
	l.settle(true)
	l.v.over = was
	l.v.offset = 0
	l.body.follow()
	l.show()
}

// Search filters by words, whatever their accents; empty shows everything.
func (l *List) Search(text string) {
	l.tool.write(text)
	l.asked = nil
	l.filter(text)
}

// many is from how many rows on a letter that is typed is shown before the rows follow
// it, at the next Update: to look through all and to paint them takes as long as a
// letter may.
const many = 2000

// typed filters by what a person types.
func (l *List) typed(text string) {
	if l.x.src.Len() < many {
		l.filter(text)
		return
	}
	l.asked = &text
}

// caught filters by what was typed last, if the rows do not follow it yet.
func (l *List) caught() {
	if text := l.asked; text != nil {
		l.asked = nil
		l.filter(*text)
	}
}

// searched are the words of a search, without their accents.
func searched(text string) []string { return strings.Fields(gazetteer.Fold(text)) }

func (l *List) filter(text string) {
	words := searched(text)
	if slices.Equal(words, l.x.words) {
		return
	}
	l.x.words = words
	l.anew(false, true)
}

// Sorting is the order of the rows; SortBy sets it.
func (l *List) Sorting() Sort { return l.x.sort }

// SortBy orders by a column.
func (l *List) SortBy(s Sort) {
	l.x.setSort(s)
	if m := l.host.Memory(); m != nil && l.o.Name != "" {
		m.Set("list."+l.o.Name, l.x.sort)
	}
	l.anew(true, l.v.find(l.v.chosen) < 0)
}

// sortNext is a click on a head: first its own direction, then the other.
func (l *List) sortNext(c Column) {
	if c.NoSort {
		return
	}
	s := Sort{Column: c.ID, Down: c.Down}
	if l.x.sort.Column == c.ID {
		s.Down = !l.x.sort.Down
	}
	l.SortBy(s)
}

// Chip turns a chip on or off.
func (l *List) Chip(id string, on bool) {
	for i, c := range l.x.chips {
		if c.ID == id {
			l.x.choose(i, on)
		}
	}
	l.anew(false, true)
}

// ChipOn reports whether a chip is on.
func (l *List) ChipOn(id string) bool {
	for i, c := range l.x.chips {
		if c.ID == id {
			return l.x.on>>i&1 == 1
		}
	}
	return false
}

// Say puts a state in the place of the rows, or above old ones: what it is, why,
// and, where retry is set, a way to try again. Ready takes it away.
func (l *List) Say(s Status, title, text string, retry func()) {
	if retry == nil && l.retry == nil && s == l.status && title == l.title && text == l.text {
		return // said already: owners say it at each Update
	}
	l.status, l.title, l.text, l.retry = s, title, text, retry
	l.show()
}
