// Package gazetteer finds names as people type them: without accents, in any
// case, by the beginnings of words, and by numbers.
package gazetteer

import (
	"cmp"
	"slices"
	"strings"
)

// Entry is something with names.
type Entry struct {
	ID         string
	Kind       string   // a word of the caller's: "place", "vessel"
	Names      []string // the first is its name; others find it too: a registration, an MMSI
	Importance int      // higher comes first among equals
}

// Hit is an entry that was found.
type Hit struct {
	ID, Kind string
	Name     string // its first name
	Matched  string // the name that matched
}

// Index finds entries. The zero Index is empty and ready. Search may run from
// many goroutines at once; Put and Remove must not run beside anything else.
type Index struct {
	entries map[string]*entry
	sorted  []posting // by word
	fresh   []posting // in no order; merged into sorted when there are many
	gone    int       // postings of entries that were removed
	serials uint32    // entries that were ever put
}

type entry struct {
	Entry
	names []name
	dead  bool
}

// name is one name cut into words.
type name struct {
	folded string // words without accents, one blank between
	soft   string // the same with accents
	words  int
}

// posting is one word of one name, or the name as one word without its blanks.
type posting struct {
	word       string
	e          *entry
	head       uint64 // how the word begins, and the entry's first name: enough for most comparisons
	order      uint64
	importance int32
	serial     uint32 // of the entry
	name, at   uint16
}

// asOne is the place of a name written as one word.
const asOne = 1<<16 - 1

// longestName is how many bytes of a name are looked at, mostNames how many names.
const (
	longestName = 256
	mostNames   = 64
)

// Len returns the number of entries.
func (x *Index) Len() int { return len(x.entries) }

// Put adds an entry or replaces the one with its id. The index keeps e.Names.
func (x *Index) Put(e Entry) {
	if old := x.entries[e.ID]; old != nil && same(old.Entry, e) {
		return
	}
	x.Remove(e.ID)
	if x.entries == nil {
		x.entries = map[string]*entry{}
	}
	n := &entry{Entry: e}
	importance := int32(max(-1<<30, min(1<<30, e.Importance)))
	for i, text := range e.Names[:min(len(e.Names), mostNames)] {
		if len(text) > longestName {
			text = strings.ToValidUTF8(text[:longestName], "")
		}
		one := name{folded: Fold(text), soft: words(text, false)}
		list := strings.Fields(one.folded)
		one.words = len(list)
		n.names = append(n.names, one)
		p := posting{e: n, order: order(n.names[0].folded), importance: importance, serial: x.serials, name: uint16(i)}
		for at, word := range list {
			p.word, p.head, p.at = word, order(word), uint16(at)
			x.fresh = append(x.fresh, p)
		}
		if len(list) > 1 {
			p.word, p.at = strings.Join(list, ""), asOne
			p.head = order(p.word)
			x.fresh = append(x.fresh, p)
		}
	}
	x.serials++
	x.entries[e.ID] = n
	x.tidy()
}

// order is a number that is ordered as the first eight bytes are.
func order(text string) (out uint64) {
	for i := range 8 {
		out <<= 8
		if i < len(text) {
			out |= uint64(text[i])
		}
	}
	return out
}

func same(a, b Entry) bool {
	return a.Kind == b.Kind && a.Importance == b.Importance && slices.Equal(a.Names, b.Names)
}

// Remove takes an entry away.
func (x *Index) Remove(id string) {
	e := x.entries[id]
	if e == nil {
		return
	}
	delete(x.entries, id)
	e.dead = true
	for _, n := range e.names {
		x.gone += n.words + 1
	}
	x.tidy()
}

// compare orders postings by word.
func (p *posting) compare(o *posting) int {
	if p.head != o.head {
		return cmp.Compare(p.head, o.head)
	}
	return cmp.Compare(p.word, o.word)
}

// tidy merges what is new and drops what is gone, when it is worth it.
func (x *Index) tidy() {
	if len(x.fresh) < 512+len(x.sorted)/32 && x.gone < 512+len(x.sorted)/4 {
		return
	}
	if x.gone > 0 {
		dead := func(p posting) bool { return p.e.dead }
		x.fresh = slices.DeleteFunc(x.fresh, dead)
		x.sorted = slices.DeleteFunc(x.sorted, dead)
		x.gone = 0
	}
	slices.SortFunc(x.fresh, func(a, b posting) int { return a.compare(&b) })
	merged := make([]posting, 0, len(x.fresh)+len(x.sorted))
	a, b := x.sorted, x.fresh
	for len(a) > 0 && len(b) > 0 {
		if b[0].compare(&a[0]) < 0 {
			merged, b = append(merged, b[0]), b[1:]
		} else {
			merged, a = append(merged, a[0]), a[1:]
		}
	}
	x.sorted = append(append(merged, a...), b...)
	clear(x.fresh)
	x.fresh = x.fresh[:0]
}
