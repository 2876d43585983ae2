// Package layout is how the screens of a wall are laid out by hand: grids, snapping,
// what deviates from its row or column, and a draft with its steps. It is pure and
// knows no window; all lengths are wall millimetres.
package layout

import (
	"math"
	"slices"

	"iocwall/server/world"
)

// near is how far two lengths may be apart and still be the same.
const near = 0.05

// Panel is a size of panel of 16:9.
type Panel struct {
	// Inch is the diagonal as it is sold, W and H the picture area.
	Inch int
	W, H float64
}

// Panels are the sizes that walls are built of, by their diagonal: W is 16 and H 9
// parts of √337.
func Panels() []Panel {
	out := []Panel{}
	for _, inch := range []int{46, 49, 55, 65} {
		mm := float64(inch) * 25.4 / math.Sqrt(16*16+9*9)
		out = append(out, Panel{inch, tenth(16 * mm), tenth(9 * mm)})
	}
	return out
}

// tenth rounds to a tenth of a millimetre.
func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// Order is how screens are numbered.
type Order string

// The orders: along rows from the top left, down columns from the top left, and along
// rows in turn to the right and to the left.
const (
	Rows    Order = "rows"
	Columns Order = "columns"
	Snake   Order = "snake"
)

// Orders returns all orders.
func Orders() []Order { return []Order{Rows, Columns, Snake} }

// Computer is a computer that may drive screens.
type Computer struct {
	Name string
	// Outputs are those it reported, in their order from left to right.
	Outputs []string
}

// Grid is a wall of equal screens.
type Grid struct {
	Columns, Rows int
	// W and H are the picture area, Bezel the gap between two of them.
	W, H, Bezel float64
	PxW, PxH    int
	// First is the number of the first screen.
	First int
	Order Order
	// Computers drive the screens, each those beside each other.
	Computers []Computer
}

// Most is how many screens a wall may have.
const Most = 256

// Screens returns the screens of the grid by their numbers, and how many of them no
// output was left for. A grid without a column or a row has none.
func (g Grid) Screens() (out []world.Screen, bare int) {
	if g.Columns < 1 || g.Rows < 1 || g.Columns*g.Rows > Most || !(g.W > 0) || !(g.H > 0) {
		return nil, 0
	}
	at := map[[2]int]*world.Screen{}
	out = make([]world.Screen, 0, g.Columns*g.Rows) // the places must not move
	for n := range g.Columns * g.Rows {
		c, r := n%g.Columns, n/g.Columns
		switch {
		case g.Order == Columns:
			c, r = n/g.Rows, n%g.Rows
		case g.Order == Snake && r%2 == 1:
			c = g.Columns - 1 - c
		}
		out = append(out, world.Screen{
			ID: max(g.First, 1) + n, X: tenth(float64(c) * (g.W + g.Bezel)), Y: tenth(float64(r) * (g.H + g.Bezel)), W: g.W, H: g.H, PxW: g.PxW, PxH: g.PxH,
		})
		at[[2]int{c, r}] = &out[n]
	}
	var path []*world.Screen
	for r := range g.Rows {
		for c := range g.Columns {
			if r%2 == 1 {
				c = g.Columns - 1 - c
			}
			path = append(path, at[[2]int{c, r}])
		}
	}
	return out, assign(path, g.Computers)
}

// assign gives outputs to screens along a path on which the next screen is beside the
// one before, and returns how many got none. Computers share the screens evenly, as
// far as their outputs reach.
func assign(path []*world.Screen, computers []Computer) (bare int) {
	if len(computers) == 0 {
		return len(path)
	}
	share := make([]int, len(computers))
	left := len(path)
	for gave := true; gave && left > 0; {
		gave = false
		for i, c := range computers {
			if left > 0 && share[i] < len(c.Outputs) {
				share[i]++
				left--
				gave = true
			}
		}
	}
	n := 0
	for i, c := range computers {
		run := path[n : n+share[i]]
		// Outputs go from left to right, whichever way the path went.
		slices.SortStableFunc(run, func(a, b *world.Screen) int {
			if a.Y != b.Y {
				return int(math.Copysign(1, a.Y-b.Y))
			}
			return int(math.Copysign(1, a.X-b.X))
		})
		for j, s := range run {
			s.Node, s.Output = c.Name, c.Outputs[j]
		}
		n += share[i]
	}
	return left
}

// Index returns the place of the screen with a number, −1 for none.
func Index(screens []world.Screen, id int) int {
	return slices.IndexFunc(screens, func(s world.Screen) bool { return s.ID == id })
}

// Gap returns the bezel right of a screen, or below it, and the screen there; false
// where none is within 200 mm.
func Gap(screens []world.Screen, id int, below bool) (mm float64, other int, ok bool) {
	i := Index(screens, id)
	if i < 0 {
		return 0, 0, false
	}
	a := screens[i]
	best := 200.0
	for _, b := range screens {
		if b.ID == id {
			continue
		}
		d, shared := b.X-(a.X+a.W), overlap(a.Y, a.H, b.Y, b.H)
		if below {
			d, shared = b.Y-(a.Y+a.H), overlap(a.X, a.W, b.X, b.W)
		}
		if shared > 1 && d > -20 && d < best {
			best, other, ok = d, b.ID, true
		}
	}
	return tenth(best), other, ok
}

// SetGap makes the bezel right of a screen, or below it, so wide: all that lies
// further moves with it. It returns new screens.
func SetGap(screens []world.Screen, id int, below bool, mm float64) []world.Screen {
	out := slices.Clone(screens)
	now, other, ok := Gap(screens, id, below)
	if !ok {
		return out
	}
	edge := screens[Index(screens, other)]
	for i := range out {
		if below && out[i].Y >= edge.Y-10 {
			out[i].Y = tenth(out[i].Y + mm - now)
		}
		if !below && out[i].X >= edge.X-10 {
			out[i].X = tenth(out[i].X + mm - now)
		}
	}
	return out
}

func overlap(a, aw, b, bw float64) float64 { return min(a+aw, b+bw) - max(a, b) }

// Usual returns the bezel that most neighbours have, zero without neighbours.
func Usual(screens []world.Screen) float64 {
	var all []float64
	for _, s := range screens {
		for _, below := range []bool{false, true} {
			if g, _, ok := Gap(screens, s.ID, below); ok {
				all = append(all, g)
			}
		}
	}
	v, _ := mode(all)
	return v
}

// mode returns the value that is there most often, and how often.
func mode(all []float64) (value float64, count int) {
	slices.Sort(all)
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j]-all[i] <= near {
			j++
		}
		if j-i > count {
			value, count = all[i], j-i
		}
		i = j
	}
	return value, count
}
