package gazetteer

import (
	"cmp"
	"slices"
	"strings"
)

// How well a name matches, best first.
const (
	whole  = iota // it is the query
	begins        // it begins with the query
	runs          // the query's words follow each other further in
	spread        // the words are all there
	across        // it takes several names of the entry
)

// match is an entry with how well it matches.
type match struct {
	e        *entry
	name     uint16
	accents  uint8 // 1 where the query has accents and the name other ones
	class    uint8
	priority int32
	order    uint64
}

// compare puts the better match first. No two entries are equal.
func (m match) compare(o match) int {
	if c := cmp.Or(cmp.Compare(m.accents, o.accents), cmp.Compare(m.class, o.class), cmp.Compare(o.priority, m.priority),
		cmp.Compare(m.order, o.order)); c != 0 || m.e == o.e {
		return c
	}
	return cmp.Or(cmp.Compare(m.e.names[0].folded, o.e.names[0].folded),
		cmp.Compare(m.e.Names[0], o.e.Names[0]), cmp.Compare(m.e.ID, o.e.ID))
}

// query is what is looked for.
type query struct {
	words   []string // folded
	text    string   // folded words with one blank between
	accents []string // words with accents, nil if the query has none
}

// fewPostings are looked at one by one without asking first where the other words
// are.
const fewPostings = 200

// mostWords bounds the words of a query; the rest is not looked at.
const mostWords = 8

// Search returns at most limit entries in which every word of the query begins
// a word or a number, best first: names that have the accents of the query before
// those that have others (a query without accents asks for none), whole names,
// then names that begin with the query, then words further in; then importance,
// name and id. An empty query finds nothing.
func (x *Index) Search(text string, limit int) []Hit { return x.SearchKind(text, "", limit) }

// SearchKind is Search among the entries of one kind; an empty kind means all.
func (x *Index) SearchKind(text, kind string, limit int) []Hit {
	if len(text) > longestName {
		text = strings.ToValidUTF8(text[:longestName], "")
	}
	q := query{text: Fold(text)}
	q.words = strings.Fields(q.text)
	if limit <= 0 || len(q.words) == 0 {
		return nil
	}
	if soft := words(text, false); soft != q.text {
		q.accents = strings.Fields(soft)
		q.accents = q.accents[:min(len(q.accents), mostWords)]
	}
	if len(q.words) > mostWords {
		q.words = q.words[:mostWords]
		q.text = strings.Join(q.words, " ")
	}
	found := best{limit: limit}
	rarest := x.rarest(q.words)
	var all []uint64
	if len(x.begin(q.words[rarest])) > fewPostings {
		all = x.others(q.words, rarest)
	}
	x.each(q.words[rarest], func(p *posting) {
		if all == nil || all[p.serial/64]&(1<<(p.serial%64)) != 0 {
			q.consider(&found, p, kind)
		}
	})
	return found.hits()
}

// rarest returns which word begins the fewest words.
func (x *Index) rarest(words []string) int {
	least, at := -1, 0
	for i, w := range words {
		if n := len(x.begin(w)); least < 0 || n < least {
			least, at = n, i
		}
	}
	return at
}

// others returns the entries, by serial, that have words beginning with all words
// but one; nil if there is only that one.
func (x *Index) others(words []string, but int) (all []uint64) {
	for i, w := range words {
		if i == but {
			continue
		}
		these := make([]uint64, x.serials/64+1)
		x.each(w, func(p *posting) { these[p.serial/64] |= 1 << (p.serial % 64) })
		for k := range all {
			these[k] &= all[k]
		}
		all = these
	}
	return all
}

// each calls do for the postings whose words begin with a prefix.
func (x *Index) each(prefix string, do func(p *posting)) {
	postings := x.begin(prefix)
	for i := range postings {
		do(&postings[i])
	}
	head, unlike := order(prefix), 64-8*min(len(prefix), 8)
	for i := range x.fresh {
		if p := &x.fresh[i]; (p.head^head)>>unlike == 0 && strings.HasPrefix(p.word, prefix) {
			do(p)
		}
	}
}

// begin returns the sorted postings whose words begin with a prefix.
func (x *Index) begin(prefix string) []posting {
	low, _ := slices.BinarySearchFunc(x.sorted, prefix, func(p posting, prefix string) int { return cmp.Compare(p.word, prefix) })
	rest := x.sorted[low:]
	high, _ := slices.BinarySearchFunc(rest, prefix, func(p posting, prefix string) int {
		if strings.HasPrefix(p.word, prefix) {
			return -1
		}
		return 1
	})
	return rest[:high]
}

func (q *query) consider(found *best, p *posting, kind string) {
	if found.full() && q.surelyAfter(p, &found.list[len(found.list)-1]) {
		return
	}
	if len(q.words) > 1 && p.at == asOne {
		return // the entry has a posting that begins alike
	}
	if p.e.dead || kind != "" && p.e.Kind != kind {
		return
	}
	if m, ok := q.match(p, found); ok {
		found.add(m)
	}
}

// surelyAfter tells for most postings, without a look at their entries, that
// they match worse than another.
func (q *query) surelyAfter(p *posting, worst *match) bool {
	least := uint8(whole)
	if len(q.words) == 1 {
		switch {
		case p.at != 0 && p.at != asOne:
			least = runs
		case p.at != 0 || len(p.word) != len(q.text):
			least = begins
		}
	}
	m := match{class: least, priority: p.importance, order: p.order}
	if worst.accents > 0 || m.class < worst.class {
		return false
	}
	return m.class > worst.class || m.priority < worst.priority || m.priority == worst.priority && m.order > worst.order
}

// match says how well the entry of a posting matches by the posting's name, or by
// all its names if that has not all the words. Another name that has them all has
// a posting of its own.
func (q *query) match(p *posting, found *best) (match, bool) {
	n := &p.e.names[p.name]
	m := match{e: p.e, name: p.name, priority: p.importance, order: p.order, class: spread}
	switch {
	case strings.HasPrefix(n.folded, q.text):
		if m.class = begins; len(n.folded) == len(q.text) {
			m.class = whole
		}
	case len(q.words) == 1:
		if m.class = runs; p.at == asOne {
			m.class = begins
		}
	case beginsWord(n.folded, q.text):
		m.class = runs
	case n.words >= len(q.words) && n.has(q.words):
	default:
		m.class = across
		if found.full() && m.compare(found.list[len(found.list)-1]) > 0 {
			return m, false
		}
		for i := range q.words {
			w := q.words[i : i+1]
			if !slices.ContainsFunc(p.e.names, func(n name) bool { return n.has(w) }) {
				return m, false
			}
		}
	}
	m.accents = q.differs(n)
	return m, true
}

// has reports whether every word begins one of the name's words.
func (n *name) has(words []string) bool {
	for _, w := range words {
		if !beginsWord(n.folded, w) {
			return false
		}
	}
	return true
}

func beginsWord(text, w string) bool {
	for i := 0; ; {
		k := strings.Index(text[i:], w)
		if k < 0 {
			return false
		}
		if i += k; i == 0 || text[i-1] == ' ' {
			return true
		}
		i++
	}
}

// differs is 1 where the name has not the accents that the query has.
func (q *query) differs(n *name) uint8 {
	for _, w := range q.accents {
		if !beginsWord(n.soft, w) {
			return 1
		}
	}
	return 0
}

// best keeps the best matches in order, each entry once.
type best struct {
	limit int
	list  []match
}

func (b *best) full() bool { return len(b.list) == b.limit }

func (b *best) add(m match) {
	if b.full() && m.compare(b.list[len(b.list)-1]) >= 0 {
		return
	}
	if i := slices.IndexFunc(b.list, func(o match) bool { return o.e == m.e }); i >= 0 {
		if m.compare(b.list[i]) >= 0 {
			return
		}
		b.list = slices.Delete(b.list, i, i+1)
	}
	if b.full() {
		b.list = b.list[:len(b.list)-1]
	}
	at, _ := slices.BinarySearchFunc(b.list, m, match.compare)
	b.list = slices.Insert(b.list, at, m)
}

func (b *best) hits() []Hit {
	var out []Hit
	for _, m := range b.list {
		out = append(out, Hit{ID: m.e.ID, Kind: m.e.Kind, Name: m.e.Names[0], Matched: m.e.Names[m.name]})
	}
	return out
}
