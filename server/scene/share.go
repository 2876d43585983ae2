package scene

import (
	"cmp"
	"math"
	"slices"

	"iocwall/server/world"
)

// wide is the aspect that what is shown has as a rule.
const wide = 16.0 / 9

// Share divides a place of the wall among n tiles, in reading order. Of all grids
// it takes the one whose cells come nearest to 16:9; edges lie on those of screens
// where they can, so that no bezel cuts a tile, and the last row is filled. Where
// there are more tiles than screens, the first ones may have a screen each. The
// cells are disjoint and inside the place.
func Share(w world.WallDefined, r Rect, n int) []Rect {
	if n <= 0 || !(r.W > 0 && r.H > 0) {
		return nil
	}
	xs := pieces(w, r, true)
	ys := pieces(w, r, false)
	var best []Rect
	least := math.Inf(1)
	for columns := 1; columns <= n; columns++ {
		rows := (n + columns - 1) / columns
		if (rows-1)*columns >= n {
			continue
		}
		cells := grid(xs, ys, columns, rows, n)
		if c := cost(cells, r, xs, ys); c < least-1e-9 {
			best, least = cells, c
		}
	}
	if k := len(xs) * len(ys); k > 1 && n > k {
		for alone := range k {
			cells := crowd(w, xs, ys, n, alone)
			if c := cost(cells, r, xs, ys); c < least-1e-9 {
				best, least = cells, c
			}
		}
	}
	return best
}

// crowd gives the first tiles a screen each, and shares the others among the
// screens that are left, the later ones taking more.
func crowd(w world.WallDefined, xs, ys []span, n, alone int) []Rect {
	k := len(xs) * len(ys)
	out := make([]Rect, 0, n)
	for i := range k {
		x, y := xs[i%len(xs)], ys[i/len(xs)]
		m := 1
		if i >= alone {
			rest, left := n-alone, k-alone
			m = (i-alone+1)*rest/left - (i-alone)*rest/left
		}
		out = append(out, Share(w, Rect{x.from, y.from, x.to - x.from, y.to - y.from}, m)...)
	}
	return out
}

// span is a stretch of a line, in millimetres.
type span struct{ from, to float64 }

// pieces returns the parts of the place that lie on screens along one axis; the
// whole place where screens do not stand in rows.
func pieces(w world.WallDefined, r Rect, along bool) []span {
	from, size := r.X, r.W
	if !along {
		from, size = r.Y, r.H
	}
	var out []span
	for _, s := range w.Screens {
		if !RectOfScreen(s).Overlaps(r) {
			continue
		}
		a, b := s.X, s.X+s.W
		if !along {
			a, b = s.Y, s.Y+s.H
		}
		p := span{max(a, from), min(b, from+size)}
		if !slices.ContainsFunc(out, func(o span) bool { return math.Abs(o.from-p.from) < 1 && math.Abs(o.to-p.to) < 1 }) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	for i := 1; i < len(out); i++ {
		if out[i].from < out[i-1].to {
			return []span{{from, from + size}}
		}
	}
	if len(out) == 0 {
		return []span{{from, from + size}}
	}
	return out
}

// cut divides pieces into n runs: whole pieces while there are enough of them,
// equal shares of all otherwise.
func cut(ps []span, n int) []span {
	k := len(ps)
	at := func(i int) float64 {
		u := float64(i) * float64(k) / float64(n)
		if n <= k {
			u = math.Round(u)
		}
		return u
	}
	out := make([]span, n)
	for i := range out {
		a, b := at(i), at(i+1)
		first, last := int(a), int(math.Ceil(b))-1
		p, q := ps[min(first, k-1)], ps[min(max(last, 0), k-1)]
		out[i] = span{p.from + (a-float64(first))*(p.to-p.from), q.from + (b-float64(last))*(q.to-q.from)}
	}
	return out
}

// grid returns the first n cells of a grid; the last one reaches to the end of
// its row.
func grid(xs, ys []span, columns, rows, n int) []Rect {
	cs, rs := cut(xs, columns), cut(ys, rows)
	out := make([]Rect, n)
	for i := range out {
		x, y := cs[i%columns], rs[i/columns]
		if i == n-1 {
			x.to = cs[columns-1].to
		}
		out[i] = Rect{x.from, y.from, x.to - x.from, y.to - y.from}
	}
	return out
}

// cost says how ill a division is: aspects far from 16:9, tiles of unlike size,
// and bezels that run through tiles which could have been spared.
func cost(cells []Rect, whole Rect, xs, ys []span) float64 {
	sum := 0.0
	fair := whole.W * whole.H / float64(len(cells))
	for _, c := range cells {
		sum += math.Abs(math.Log(c.W / c.H / wide))
		sum += 0.5 * math.Abs(math.Log(c.W*c.H/fair))
		sum += ragged(c.X, c.X+c.W, xs) + ragged(c.Y, c.Y+c.H, ys)
	}
	return sum / float64(len(cells))
}

// ragged returns 1 for a stretch that crosses an edge between pieces and does not
// end on edges itself.
func ragged(from, to float64, ps []span) float64 {
	crosses, begins, ends := false, false, false
	for i, p := range ps {
		begins = begins || math.Abs(from-p.from) < 1
		ends = ends || math.Abs(to-p.to) < 1
		crosses = crosses || i > 0 && from < p.from-1 && to > p.from+1
	}
	if crosses && !(begins && ends) {
		return 1
	}
	return 0
}
