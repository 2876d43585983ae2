package scene

import (
	"fmt"
	"math"
	"strconv"

	"iocwall/server/world"
)

// near is how far, in millimetres, two places may be apart and still be the same:
// what computing with fractions leaves.
const near = 0.01

// String returns the place as people write it: "4-24", "5 cell 2x2:3", "1-9 top 208".
func (a At) String() string {
	out := a.Screens
	if a.Top > 0 {
		out += fmt.Sprintf(" top %d", a.Top)
	}
	if a.Below > 0 {
		out += fmt.Sprintf(" below %d", a.Below)
	}
	if a.Cell != "" {
		out += " cell " + a.Cell
	}
	return out
}

// share is a run of equal parts of a stretch: from part i up to part j of n.
type share struct{ n, i, j int }

func (s share) of(from, size float64) (a, b float64) {
	return from + size*float64(s.i)/float64(s.n), from + size*float64(s.j)/float64(s.n)
}

// shares returns all runs of parts of the counts given, the whole first.
func shares(counts ...int) []share {
	out := []share{{1, 0, 1}}
	for _, n := range counts {
		for i := range n {
			for j := i + 1; j <= n; j++ {
				if j-i < n {
					out = append(out, share{n, i, j})
				}
			}
		}
	}
	return out
}

// cellOf writes columns and rows as At does.
func cellOf(x, y share) string {
	if x.n == 1 && y.n == 1 {
		return ""
	}
	first, last := y.i*x.n+x.i+1, (y.j-1)*x.n+x.j
	out := fmt.Sprintf("%dx%d:%d", x.n, y.n, first)
	if last != first {
		out += "-" + strconv.Itoa(last)
	}
	return out
}

// eachSpan yields every rectangle from a top left to a bottom right screen.
func eachSpan(w world.WallDefined, yield func(first, last world.Screen, r Rect)) {
	for _, a := range w.Screens {
		if !drawable(a) {
			continue
		}
		for _, b := range w.Screens {
			if r := (Rect{a.X, a.Y, b.X + b.W - a.X, b.Y + b.H - a.Y}); drawable(b) && b.X >= a.X-near && b.Y >= a.Y-near && r.W > 0 && r.H > 0 {
				yield(a, b, r)
			}
		}
	}
}

func spanName(first, last world.Screen) string {
	if first.ID == last.ID {
		return strconv.Itoa(first.ID)
	}
	return fmt.Sprintf("%d-%d", first.ID, last.ID)
}

// Snap returns the place on the snap grid that is nearest to r by its edges: whole
// screens in a row, column or block, and halves and thirds of a screen in the
// directions in which it is one screen. A wall without screens has no such place.
func Snap(w world.WallDefined, r Rect) (At, Rect, bool) {
	parts := shares(2, 3)
	best, least := At{}, math.Inf(1)
	var at Rect
	eachSpan(w, func(first, last world.Screen, span Rect) {
		sx, dx := closest(parts, span.X, span.W, r.X, r.X+r.W, math.Abs(first.X-last.X) < near && math.Abs(first.W-last.W) < near)
		sy, dy := closest(parts, span.Y, span.H, r.Y, r.Y+r.H, math.Abs(first.Y-last.Y) < near && math.Abs(first.H-last.H) < near)
		if dx+dy < least-near {
			least = dx + dy
			best = At{Screens: spanName(first, last), Cell: cellOf(sx, sy)}
			x0, x1 := sx.of(span.X, span.W)
			y0, y1 := sy.of(span.Y, span.H)
			at = Rect{x0, y0, x1 - x0, y1 - y0}
		}
	})
	return best, at, best.Screens != ""
}

// closest returns the share of a stretch whose ends are nearest to those wanted;
// of more than one screen there is only the whole.
func closest(parts []share, from, size, a, b float64, one bool) (share, float64) {
	if !one {
		parts = parts[:1]
	}
	best, least := parts[0], math.Inf(1)
	for _, s := range parts {
		x, y := s.of(from, size)
		if d := math.Abs(x-a) + math.Abs(y-b); d < least-near {
			best, least = s, d
		}
	}
	return best, least
}

// Find returns how At says a place, and whether it can: to a hundredth of a
// millimetre. Of several ways it takes the one with the least words, then with the
// fewest screens.
func Find(w world.WallDefined, r Rect) (At, bool) {
	parts := shares(2, 3, 4, 6)
	var best At
	least := math.Inf(1)
	eachSpan(w, func(first, last world.Screen, span Rect) {
		if r.X < span.X-near || r.Y < span.Y-near || r.X+r.W > span.X+span.W+near || r.Y+r.H > span.Y+span.H+near {
			return
		}
		area := span.W * span.H / (r.W * r.H)
		for _, x := range parts {
			if a, b := x.of(span.X, span.W); math.Abs(a-r.X) > near || math.Abs(b-r.X-r.W) > near {
				continue
			}
			for _, c := range rowsOf(first, span, r, parts) {
				c.At.Screens, c.At.Cell = spanName(first, last), cellOf(x, c.rows)
				words := 0.0
				if c.At.Cell != "" {
					words += 1000 + float64(x.n*c.rows.n)
				}
				if c.At.Top+c.At.Below > 0 {
					words += 5000
				}
				if cost := words + 10*area; cost < least-near && c.At.says(w, r) {
					best, least = c.At, cost
				}
			}
			break // the first is the shortest
		}
	})
	return best, !math.IsInf(least, 1)
}

// says reports whether a place in words is that place.
func (a At) says(w world.WallDefined, r Rect) bool {
	x, y, ww, h, err := a.Rect(w)
	return err == nil && math.Abs(x-r.X) <= near && math.Abs(y-r.Y) <= near && math.Abs(ww-r.W) <= near && math.Abs(h-r.H) <= near
}

// rows is one way to say where a place lies in height.
type rows struct {
	At
	rows share
}

// rowsOf returns the ways to say the height of r within a span: as a share of it,
// as a strip along its top, or as a share of what lies below such a strip.
func rowsOf(first world.Screen, span, r Rect, parts []share) []rows {
	var out []rows
	bottom := span.Y + span.H
	for _, s := range parts {
		if a, b := s.of(span.Y, span.H); math.Abs(a-r.Y) <= near && math.Abs(b-r.Y-r.H) <= near {
			out = append(out, rows{rows: s})
			break
		}
	}
	mm := first.H / float64(first.PxH)
	if k := r.H / mm; math.Abs(r.Y-span.Y) <= near && whole(k) && round(k) > 0 {
		out = append(out, rows{At{Top: round(k)}, share{1, 0, 1}})
	}
	for _, s := range parts {
		// Below the strip of k pixels the share begins at r.Y.
		i := float64(s.i) / float64(s.n)
		k := (r.Y - bottom*i - span.Y*(1-i)) / (1 - i) / mm
		if whole(k) && round(k) > 0 {
			top := span.Y + math.Round(k)*mm
			if _, b := s.of(top, bottom-top); math.Abs(b-r.Y-r.H) <= near {
				out = append(out, rows{At{Below: round(k)}, s})
				break
			}
		}
	}
	return out
}

// whole reports whether a number is one of whole pixels.
func whole(k float64) bool { return math.Abs(k-math.Round(k)) < 0.01 && math.Abs(k) < 1e6 }
