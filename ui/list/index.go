package list

import (
	"cmp"
	"hash/maphash"
	"image"
	"math"
	"slices"
	"strings"

	"iocwall/geo/gazetteer"
)

// entry is what the list knows of a row.
type entry struct {
	at    int // in the source; -1 when it is gone
	stamp uint64
	seen  uint32 // the last pull that met it

	keys
	folded string // what is searched, once it was asked for
	raw    uint64 // of the texts it was made of
	old    bool   // the row changed since
	chips  uint64
	in     bool // passes the filters
	placed bool // stands in the order

	fresh bool   // came after the list was filled and was not seen yet
	cells []Cell // as last painted, for rows that are gone
	sig   string // what its picture depends on
	strip *image.RGBA
}

// keys are what a row is sorted by: the number and the text of the sorted column,
// then its name. A number that is none is last either way.
type keys struct {
	num float64
	// text is made of said; late means that it is not made yet.
	text, said, id string
	late           bool
}

// ready makes the text that sorts.
func (k *keys) ready() {
	if k.late {
		k.text, k.late = sortKey(k.said), false
	}
}

// sortable is a row's keys apart from the row, to be read beside the toolkit.
type sortable struct {
	keys
	e *entry
}

// index sorts and filters the rows of a source. It knows nothing of places on the
// screen.
type index struct {
	src     Source
	stamps  Stamper
	columns []Column
	chips   []Chip

	rows    []*entry // by the source's indices
	byID    map[string]*entry
	order   []*entry // those that pass, sorted
	version uint64
	pulls   uint32
	filled  bool

	sort   Sort
	column int // of sort, -1 for the source's order
	words  []string
	on     uint64 // bits of chips
	groups []uint64
	counts []int

	// big is from how many moved rows on sorting is done beside the toolkit; job
	// does it.
	big  int
	job  func(f func(stop <-chan struct{}) func())
	busy bool
	turn uint64 // of the sorting on its way
	// came are the rows that the last pull met for the first time.
	came []*entry

	seed   maphash.Seed
	buffer []byte
	warmed int      // rows whose text to search was prepared
	spare  []*entry // of the pull before
}

// background is from how many rows on a full sort is done beside the toolkit.
const background = 20_000

func newIndex(o Options, job func(func(stop <-chan struct{}) func())) *index {
	x := &index{src: o.Source, columns: o.Columns, chips: o.Chips, byID: map[string]*entry{}, big: background, job: job, column: -1, seed: maphash.MakeSeed()}
	x.stamps, _ = o.Source.(Stamper)
	x.setChips(o.Chips)
	for i, c := range o.Chips {
		if c.On {
			x.on |= 1 << i
		}
	}
	x.setSort(o.Sort)
	return x
}

func (x *index) setChips(chips []Chip) {
	x.chips, x.groups, x.counts = chips, nil, make([]int, len(chips))
	seen := map[string]int{}
	for i, c := range chips {
		g, ok := seen[c.Group]
		if !ok {
			g = len(x.groups)
			seen[c.Group] = g
			x.groups = append(x.groups, 0)
		}
		x.groups[g] |= 1 << i
	}
}

func (x *index) setSort(s Sort) {
	x.column = slices.IndexFunc(x.columns, func(c Column) bool { return c.ID == s.Column && !c.NoSort })
	if x.column < 0 {
		s = Sort{}
	}
	x.sort = s
}

// value asks what a row is sorted by; its text is made only where it is another
// than before.
func (x *index) value(e *entry) keys {
	k := keys{id: e.id}
	if x.column < 0 {
		return k
	}
	switch c := x.columns[x.column]; {
	case c.Num != nil:
		v, ok := c.Num(e.at)
		if !ok {
			v = math.NaN()
		}
		k.num = v
		return k
	case c.Key != nil:
		k.said = c.Key(e.at)
	default:
		k.said = c.text(e.at)
	}
	k.late = true
	if k.said == "" {
		k.num, k.late = math.NaN(), false
	}
	return k
}

func (c Column) text(i int) string {
	switch {
	case c.Text != nil:
		return c.Text(i)
	case c.Cell != nil:
		return c.Cell(i).Text
	}
	return ""
}

// fold is the text of a row that is searched.
func (x *index) fold(e *entry) string {
	if e.at < 0 || e.folded != "" && !e.old {
		return e.folded
	}
	b := x.buffer[:0]
	for _, c := range x.columns {
		if !c.Mute {
			b = append(append(b, c.text(e.at)...), '\n')
		}
	}
	x.buffer = b
	if raw := maphash.Bytes(x.seed, b); e.folded == "" || raw != e.raw {
		e.raw, e.folded = raw, gazetteer.Fold(string(b))+" "
	}
	e.old = false
	return e.folded
}

// passes tests a row against the search and the chips.
func (x *index) passes(e *entry) bool {
	for _, g := range x.groups {
		if on := g & x.on; on != 0 && e.chips&on == 0 {
			return false
		}
	}
	if len(x.words) == 0 {
		return true
	}
	text := x.fold(e)
	for _, w := range x.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// mark notes which chips pick a row.
func (x *index) mark(e *entry) {
	was := e.chips
	e.chips = 0
	for i, c := range x.chips {
		if c.Match != nil && c.Match(e.at) {
			e.chips |= 1 << i
		}
	}
	for i := range x.counts {
		x.counts[i] += int(e.chips>>i&1) - int(was>>i&1)
	}
}

// pull reads the source and reports whether any row changed. The order is behind
// until arrange.
func (x *index) pull() (changed bool) {
	v := x.src.Version()
	if x.filled && v == x.version {
		return false
	}
	x.version = v
	x.pulls++
	n := x.src.Len()
	old := x.rows
	rows := slices.Grow(x.spare[:0], n)[:n]
	x.spare = old
	x.came = x.came[:0]
	for i := range n {
		id := x.src.ID(i)
		var e *entry
		if i < len(old) && old[i].id == id {
			e = old[i]
		} else if e = x.byID[id]; e == nil {
			e = &entry{keys: keys{id: id}, fresh: len(old) > 0, at: -1}
			x.byID[id] = e
			if len(old) > 0 { // what comes into an empty list is no news beside others
				x.came = append(x.came, e)
			}
		}
		isNew := e.at < 0
		e.at, e.seen = i, x.pulls
		rows[i] = e
		stamp := v
		if x.stamps != nil {
			stamp = x.stamps.Stamp(i)
		}
		if isNew || stamp != e.stamp {
			e.stamp = stamp
			x.review(e)
		}
	}
	x.rows = rows
	if len(x.came) > 0 || len(rows) != len(old) {
		x.warmed = 0
	}
	for _, e := range old {
		if e.seen != x.pulls {
			x.forget(e)
		}
	}
	x.filled = true
	return true
}

// review asks a row's facts again and takes it out of the order if it moves.
func (x *index) review(e *entry) {
	e.old = true
	x.mark(e)
	k := x.value(e)
	in := x.passes(e)
	if in != e.in || !e.same(k) {
		e.keys, e.in, e.placed = k, in, false
	}
}

func (x *index) forget(e *entry) {
	for i := range x.counts {
		x.counts[i] -= int(e.chips >> i & 1)
	}
	e.at, e.in, e.placed = -1, false, false
	delete(x.byID, e.id)
}

// again sorts and filters all rows anew after the person chose otherwise.
func (x *index) again(keys bool) {
	for _, e := range x.rows {
		if keys {
			e.keys = x.value(e)
		}
		e.in = x.passes(e)
		e.placed = e.placed && e.in && !keys
	}
}

// compare orders two rows.
func (x *index) compare(a, b *entry) int { return compareKeys(&a.keys, &b.keys, x.sort.Down) }

func compareKeys(a, b *keys, down bool) int {
	c := 0
	switch an, bn := a.num != a.num, b.num != b.num; {
	case an != bn && an:
		return 1
	case an != bn:
		return -1
	case an:
	case a.num != b.num:
		c = cmp.Compare(a.num, b.num)
	default:
		c = strings.Compare(a.text, b.text)
	}
	if c == 0 {
		return strings.Compare(a.id, b.id)
	}
	if down {
		return -c
	}
	return c
}

// same reports whether two rows stand at one place.
func (a *keys) same(b keys) bool {
	return a.said == b.said && (a.num == b.num || a.num != a.num && b.num != b.num)
}

// arrange brings the order up to date: what moved is sorted and merged into the
// rest. Very many are sorted beside the toolkit; then is called when that is done,
// and arrange reports false.
func (x *index) arrange(then func()) bool {
	if x.column < 0 {
		order := make([]*entry, 0, len(x.rows))
		for _, e := range x.rows {
			if e.placed = e.in; e.in {
				order = append(order, e)
			}
		}
		x.order = order
		return true
	}
	var moved []*entry
	for _, e := range x.rows {
		if e.in && !e.placed {
			moved = append(moved, e)
		}
	}
	if len(moved) > x.big && x.job != nil {
		x.beside(then)
		return false
	}
	for _, e := range moved {
		e.ready()
	}
	slices.SortFunc(moved, x.compare)
	x.merge(moved)
	return true
}

func (x *index) merge(moved []*entry) {
	order := make([]*entry, 0, len(x.order)+len(moved))
	k := 0
	for _, e := range x.order {
		if !e.placed || !e.in {
			continue
		}
		for k < len(moved) && x.compare(moved[k], e) < 0 {
			order = append(order, moved[k])
			k++
		}
		order = append(order, e)
	}
	order = append(order, moved[k:]...)
	for _, e := range moved {
		e.placed = true
	}
	x.order = order
}

// beside sorts copies of all keys beside the toolkit.
func (x *index) beside(then func()) {
	x.turn++
	if x.busy {
		return // what is on its way is thrown away and begun again
	}
	x.busy = true
	turn, down := x.turn, x.sort.Down
	all := make([]sortable, 0, len(x.rows))
	for _, e := range x.rows {
		if e.in {
			all = append(all, sortable{e.keys, e})
		}
	}
	x.job(func(<-chan struct{}) func() {
		for i := range all {
			all[i].ready()
		}
		slices.SortFunc(all, func(a, b sortable) int { return compareKeys(&a.keys, &b.keys, down) })
		return func() {
			x.busy = false
			if turn == x.turn {
				x.adopt(all)
			}
			if x.arrange(then) {
				then()
			}
		}
	})
}

// adopt takes a sorted order; rows that changed meanwhile are left to arrange.
func (x *index) adopt(all []sortable) {
	for _, e := range x.rows {
		e.placed = false
	}
	x.order = x.order[:0:0]
	for _, k := range all {
		if k.e.at >= 0 && k.e.in && k.e.same(k.keys) {
			k.e.keys, k.e.placed = k.keys, true
			x.order = append(x.order, k.e)
		}
	}
}

// choose turns a chip on or off; others of its group go off.
func (x *index) choose(i int, on bool) {
	for _, g := range x.groups {
		if g>>i&1 == 1 {
			x.on &^= g
		}
	}
	if on {
		x.on |= 1 << i
	}
}

// warm prepares the search for some rows that were never searched, so that the
// first letter does not wait for a hundred thousand.
func (x *index) warm(rows int) {
	for ; x.warmed < len(x.rows) && rows > 0; x.warmed++ {
		if e := x.rows[x.warmed]; e.folded == "" {
			x.fold(e)
			rows--
		}
	}
}
