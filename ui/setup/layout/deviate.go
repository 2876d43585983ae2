package layout

import (
	"cmp"
	"math"
	"slices"

	"iocwall/server/world"
)

// Side is what of a screen deviates.
type Side string

// The sides: its place from the left and from the top, its width and its height.
const (
	Left   Side = "x"
	Top    Side = "y"
	Width  Side = "w"
	Height Side = "h"
)

// Deviation is a screen that does not stand as those it stands with.
type Deviation struct {
	Screen int
	Side   Side
	// Off is how far, positive to the right, down or larger; Should what it would be.
	Off, Should float64
	// Peers are the screens of its column or row that agree, in order.
	Peers []int
}

const (
	// least is from how far on a deviation is one, reach up to how far a screen still
	// belongs to a column or a row.
	least, reach = 0.5, 60
)

// Deviations returns what deviates, by the numbers of screens. A column or a row
// needs two screens that agree.
func Deviations(screens []world.Screen) []Deviation {
	var out []Deviation
	for _, s := range screens {
		for _, side := range []Side{Left, Top} {
			if d, ok := deviates(screens, s, side); ok {
				out = append(out, d)
			}
		}
	}
	for _, side := range []Side{Width, Height} {
		var all []float64
		for _, s := range screens {
			all = append(all, side.of(s))
		}
		v, n := mode(all)
		if 2*n <= len(screens) {
			continue // a wall of several sizes
		}
		for _, s := range screens {
			if off := side.of(s) - v; math.Abs(off) > least && math.Abs(off) < reach {
				out = append(out, Deviation{Screen: s.ID, Side: side, Off: tenth(off), Should: v})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Deviation) int { return cmp.Compare(a.Screen, b.Screen) })
	return out
}

func (d Side) of(s world.Screen) float64 {
	switch d {
	case Top:
		return s.Y
	case Width:
		return s.W
	case Height:
		return s.H
	}
	return s.X
}

// Set puts the side of a screen to a value.
func (d Side) Set(s *world.Screen, v float64) {
	switch d {
	case Left:
		s.X = v
	case Top:
		s.Y = v
	case Width:
		s.W = v
	case Height:
		s.H = v
	}
}

// deviates compares a screen with those of its column, or its row.
func deviates(screens []world.Screen, s world.Screen, side Side) (Deviation, bool) {
	var all []float64
	v := side.of(s)
	for _, o := range screens {
		if o.ID != s.ID && math.Abs(side.of(o)-v) < reach {
			all = append(all, side.of(o))
		}
	}
	should, n := mode(all)
	if n < 2 || n <= len(all)/2 || math.Abs(v-should) <= least {
		return Deviation{}, false
	}
	d := Deviation{Screen: s.ID, Side: side, Off: tenth(v - should), Should: should}
	for _, o := range screens {
		if o.ID != s.ID && math.Abs(side.of(o)-should) <= near {
			d.Peers = append(d.Peers, o.ID)
		}
	}
	slices.Sort(d.Peers)
	return d, true
}
