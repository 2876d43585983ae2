package list

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"
)

// world is a set of things that changes by chance.
type world struct {
	rows []thing
	next int
	tick uint64
}

func (w *world) change(t *rapid.T) {
	w.tick++
	for range rapid.IntRange(0, 6).Draw(t, "changes") {
		switch kind := rapid.IntRange(0, 3).Draw(t, "kind"); {
		case kind == 0 || len(w.rows) == 0:
			w.next++
			x := thing{id: fmt.Sprintf("n%d", w.next), name: names[w.next%len(names)], severity: rapid.IntRange(0, 3).Draw(t, "severity"), stamp: w.tick}
			w.rows = slices.Insert(w.rows, rapid.IntRange(0, len(w.rows)).Draw(t, "at"), x)
		case kind == 1:
			w.rows = slices.Delete(w.rows, 0, 1)
		default:
			x := &w.rows[rapid.IntRange(0, len(w.rows)-1).Draw(t, "row")]
			x.value, x.severity, x.stamp = float64(rapid.IntRange(0, 9).Draw(t, "value")), rapid.IntRange(0, 3).Draw(t, "severity"), w.tick
			if kind == 3 {
				x.who = "Mai"
			}
		}
	}
}

// TestNeverJumps: whatever batches come, however long the pointer lies there, the
// row under it keeps its height; and the chosen row keeps its while it is seen.
func TestNeverJumps(t *testing.T) {
	test.NewTempApp(t)
	h := newHost(t, "vi", "dark", 1)
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{tick: 1, rows: things(rapid.IntRange(1, 40).Draw(rt, "n"))}
		l, rows := newThings(h)
		l.Object().Resize(l.Object().Size().AddWidthHeight(900, 400))
		rows.Set(slices.Clone(w.rows))
		now := noon
		l.Update(now)
		l.v.scroll(rapid.IntRange(0, 2000).Draw(rt, "offset"))
		if rapid.Bool().Draw(rt, "chosen") {
			l.pick(rapid.IntRange(0, len(l.v.shown)-1).Draw(rt, "choice"))
		}
		pointed := rapid.Bool().Draw(rt, "pointed")
		if pointed {
			point(l, rapid.IntRange(0, 6).Draw(rt, "over"))
			pointed = l.v.over // and not below the last row
		}
		id, y := "", 0
		if e, top, strict := l.v.anchor(); e != nil && strict {
			id, y = e.id, top
		}
		for range rapid.IntRange(1, 8).Draw(rt, "batches") {
			w.change(rt)
			rows.Set(slices.Clone(w.rows))
			now = now.Add(time.Duration(rapid.IntRange(0, 15000).Draw(rt, "ms")) * time.Millisecond)
			l.Update(now)
			at := l.v.find(id)
			if id == "" || at < 0 && !pointed {
				return // the chosen row itself is gone
			}
			if at < 0 || l.v.top(at) != y {
				rt.Fatalf("row %s was at %d and is row %d at %d", id, y, at, l.v.top(at))
			}
		}
	})
}

// TestOrderIsRight: after whatever changes, in small steps or beside the toolkit,
// the list shows what sorting everything from the start would.
func TestOrderIsRight(t *testing.T) {
	test.NewTempApp(t)
	h := newHost(t, "vi", "dark", 1)
	rapid.Check(t, func(rt *rapid.T) {
		w := &world{tick: 1, rows: things(rapid.IntRange(0, 30).Draw(rt, "n"))}
		l, rows := newThings(h)
		h.jobs = nil
		if rapid.Bool().Draw(rt, "beside") {
			l.x.big = 0
		}
		l.Object().Resize(l.Object().Size().AddWidthHeight(900, 400))
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			rows.Set(slices.Clone(w.rows))
			l.Update(noon)
			switch rapid.IntRange(0, 5).Draw(rt, "act") {
			case 0:
				l.SortBy(Sort{Column: rapid.SampledFrom([]string{"severity", "value", "name", "who", ""}).Draw(rt, "by"), Down: rapid.Bool().Draw(rt, "down")})
			case 1:
				l.Chip("open", rapid.Bool().Draw(rt, "open"))
			case 2:
				l.Search(rapid.SampledFrom([]string{"", "camera", "lu"}).Draw(rt, "search"))
			case 3:
				h.work()
			}
			w.change(rt)
		}
		rows.Set(slices.Clone(w.rows))
		l.Update(noon)
		h.work()
		l.Update(noon)
		h.work()
		if got, want := l.ids(), right(l, rows); !slices.Equal(got, want) {
			rt.Fatalf("shows %v\nwant  %v", got, want)
		}
		for i, c := range l.x.chips {
			n := 0
			for k := range rows.Len() {
				if c.Match(k) {
					n++
				}
			}
			if n != l.x.counts[i] {
				rt.Fatalf("chip %s counts %d, want %d", c.ID, l.x.counts[i], n)
			}
		}
	})
}

// right sorts and filters the plain way.
func right(l *List, rows *Rows[thing]) []string {
	var all []*thing
	for i := range rows.Len() {
		e := &entry{at: i, old: true}
		e.chips = 0
		for k, c := range l.x.chips {
			if c.Match(i) {
				e.chips |= 1 << k
			}
		}
		if l.x.passes(e) {
			all = append(all, rows.At(i))
		}
	}
	sign := 1
	if l.x.sort.Down {
		sign = -1
	}
	slices.SortStableFunc(all, func(a, b *thing) int {
		var c int
		switch l.x.sort.Column {
		case "severity":
			c = cmp.Compare(a.severity, b.severity)
		case "value":
			c = cmp.Compare(a.value, b.value)
		case "name":
			c = cmp.Compare(sortKey(a.name), sortKey(b.name))
		case "who":
			if (a.who == "") != (b.who == "") {
				if a.who == "" {
					return 1
				}
				return -1
			}
			c = cmp.Compare(sortKey(a.who), sortKey(b.who))
		default:
			return 0
		}
		if c != 0 {
			return sign * c
		}
		return cmp.Compare(a.id, b.id)
	})
	var out []string
	for _, x := range all {
		out = append(out, x.id)
	}
	return out
}
