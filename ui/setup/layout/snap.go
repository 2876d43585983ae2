package layout

import (
	"math"

	"iocwall/server/world"
)

// Guide is a line that something was moved to.
type Guide struct {
	// Down says that it is a vertical line, at At from the left; else from the top.
	Down bool
	At   float64
}

// Move returns how far some screens move when a hand has dragged them by dx, dy: to
// the edge of another screen, or beside it with the usual bezel, where one is within
// reach; else to whole millimetres. Guides say which.
func Move(screens []world.Screen, moved map[int]bool, dx, dy, within float64) (x, y float64, guides []Guide) {
	gap := Usual(screens)
	x, gx, okX := snap(screens, moved, Left, dx, gap, within)
	y, gy, okY := snap(screens, moved, Top, dy, gap, within)
	if okX {
		guides = append(guides, Guide{true, gx})
	}
	if okY {
		guides = append(guides, Guide{false, gy})
	}
	return x, y, guides
}

// snap finds the nearest edge in one direction.
func snap(screens []world.Screen, moved map[int]bool, side Side, by, gap, within float64) (to, at float64, ok bool) {
	size := Width
	if side == Top {
		size = Height
	}
	best := within
	to = math.Round(by)
	try := func(edge, target float64) {
		if d := math.Abs(target - edge - by); d < best-1e-9 {
			best, to, at, ok = d, tenth(target-edge), target, true
		}
	}
	for _, s := range screens {
		if !moved[s.ID] {
			continue
		}
		low, high := side.of(s), side.of(s)+size.of(s)
		for _, o := range screens {
			if moved[o.ID] {
				continue
			}
			a, b := side.of(o), side.of(o)+size.of(o)
			try(low, a)
			try(high, b)
			try(low, b+gap)
			try(high, a-gap)
		}
	}
	return to, at, ok
}

// Edge is an edge of a screen that a hand may drag.
type Edge string

// The edges.
const (
	NoEdge     Edge = ""
	RightEdge  Edge = "right"
	BottomEdge Edge = "bottom"
	Corner     Edge = "corner"
)

// Resize returns the screens with one of them dragged at an edge by dx, dy in whole
// millimetres. A screen stays at least 50 mm wide and high.
func Resize(screens []world.Screen, id int, e Edge, dx, dy float64) []world.Screen {
	out := append([]world.Screen(nil), screens...)
	i := Index(out, id)
	if i < 0 {
		return out
	}
	if e == RightEdge || e == Corner {
		out[i].W = max(50, tenth(out[i].W+math.Round(dx)))
	}
	if e == BottomEdge || e == Corner {
		out[i].H = max(50, tenth(out[i].H+math.Round(dy)))
	}
	return out
}

// Beside returns the number of the screen nearest in a direction, or the same where
// there is none.
func Beside(screens []world.Screen, id int, dx, dy float64) int {
	i := Index(screens, id)
	if i < 0 {
		if len(screens) > 0 {
			return screens[0].ID
		}
		return id
	}
	a := screens[i]
	best, found := math.Inf(1), id
	for _, b := range screens {
		if b.ID == id {
			continue
		}
		ex, ey := b.X+b.W/2-a.X-a.W/2, b.Y+b.H/2-a.Y-a.H/2
		ahead := ex*dx + ey*dy
		aside := math.Abs(ex*dy) + math.Abs(ey*dx)
		if ahead <= 1 || aside > 2*ahead {
			continue
		}
		if d := ahead + 2*aside; d < best {
			best, found = d, b.ID
		}
	}
	return found
}
