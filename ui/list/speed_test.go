package list

import (
	"testing"

	"fyne.io/fyne/v2/test"
)

func long(b *testing.B, n int) (*host, *List, *Rows[thing]) {
	b.Helper()
	test.NewTempApp(b)
	h := newHost(b, "vi", "dark", 1)
	h.atOnce = true
	l, rows := newThings(h)
	l.Object().Resize(l.Object().Size().AddWidthHeight(1200, 900))
	rows.Set(things(n))
	l.Update(noon)
	return h, l, rows
}

// BenchmarkScroll is one step of the wheel in a list of 100,000 rows, painted.
func BenchmarkScroll(b *testing.B) {
	_, l, _ := long(b, 100_000)
	by := 75
	for b.Loop() {
		if l.v.offset+by > l.v.end() || l.v.offset+by < 0 {
			by = -by
		}
		l.v.scroll(by)
		l.show()
		l.body.pane.Generator(l.body.size.X, l.body.size.Y)
	}
}

// BenchmarkRefresh is one of ten updates a second where one row in ten changed
// what it is sorted by.
func BenchmarkRefresh(b *testing.B) {
	for _, c := range []struct {
		name      string
		n, change int
	}{{"20000", 20_000, 2000}, {"100000", 100_000, 10_000}, {"100000-still", 100_000, 0}} {
		b.Run(c.name, func(b *testing.B) {
			_, l, rows := long(b, c.n)
			l.SortBy(Sort{Column: "value"})
			l.Search("") // every row's text is folded once before
			l.x.warm(1 << 30)
			tick := uint64(1)
			for b.Loop() {
				tick++
				for i := range c.change {
					x := rows.At(int(tick*7919+uint64(i)*97) % c.n)
					x.value, x.stamp = float64((tick*31+uint64(i))%10007)/10, tick
				}
				rows.Changed()
				l.Update(noon)
				l.body.pane.Generator(l.body.size.X, l.body.size.Y)
			}
		})
	}
}

// BenchmarkSort is a click on a head of a list of 100,000 rows.
func BenchmarkSort(b *testing.B) {
	_, l, _ := long(b, 100_000)
	for b.Loop() {
		l.SortBy(Sort{Column: "name", Down: !l.x.sort.Down})
	}
}

// BenchmarkSearch is a letter typed over 100,000 rows.
func BenchmarkSearch(b *testing.B) {
	_, l, _ := long(b, 100_000)
	l.x.warm(1 << 30)
	i := 0
	for b.Loop() {
		i++
		l.Search([]string{"lu", "lu cau"}[i%2])
	}
}
