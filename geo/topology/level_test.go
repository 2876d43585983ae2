package topology

import (
	"math/rand/v2"
	"slices"
	"testing"

	"iocwall/geo"
)

// TestCrossed holds the sweep against a look at every two pieces, for lines that are
// long or short, upright or flat, or lie on one height.
func TestCrossed(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		arcs, corners int
		wide, high    float64
	}{{0, 0, 0, 0}, {1, 2, 0, 0}, {40, 12, 0.01, 0.01}, {60, 5, 1, 1}, {80, 6, 0.001, 1}, {80, 6, 1, 0.001}, {30, 4, 1, 0}, {30, 4, 0, 1}, {400, 3, 0.02, 0.02}} {
		var arcs [][]geo.Point
		for range c.arcs {
			at := geo.Point{107 + rnd.Float64(), 15 + rnd.Float64()*min(1, c.high*1e6)}
			var line []geo.Point
			for range c.corners {
				line = append(line, at)
				at = geo.Point{at[0] + c.wide*(rnd.Float64()-0.5), at[1] + c.high*(rnd.Float64()-0.5)}
			}
			arcs = append(arcs, line)
		}
		var want []int
		for n, line := range arcs {
			crosses := func() bool {
				for i := 1; i < len(line); i++ {
					for m, other := range arcs {
						for k := 1; k < len(other); k++ {
							if _, yes := geo.Crossing(line[i-1], line[i], other[k-1], other[k]); yes && (m != n || k != i) {
								return true
							}
						}
					}
				}
				return false
			}
			if crosses() {
				want = append(want, n)
			}
		}
		if got := crossed(arcs); !slices.Equal(got, want) {
			t.Errorf("%+v: %d arcs cross, %d are found", c, len(want), len(got))
		}
	}
}
