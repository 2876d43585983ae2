package geo_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

// TestCrossingRingsAreFound compares with all pairs of edges.
func TestCrossingRingsAreFound(t *testing.T) {
	rnd := rand.New(rand.NewPCG(21, 22))
	found := 0
	for range 4000 {
		n := 4 + rnd.IntN(6)
		var ring orb.Ring
		for range n {
			// Few places, so that many edges touch, lie in line or repeat.
			ring = append(ring, geo.Pt(100+float64(rnd.IntN(7)), 10+float64(rnd.IntN(7))))
		}
		ring = append(ring, ring[0])
		crosses := false
		for i := range n {
			for j := range i {
				_, c := geo.Crossing(ring[i], ring[i+1], ring[j], ring[j+1])
				crosses = crosses || c
			}
		}
		err := geo.CheckRing(ring)
		if errors.Is(err, geo.ErrShort) {
			continue
		}
		if got := errors.Is(err, geo.ErrCrossing); got != crosses {
			t.Fatalf("%v: %v, comparing all pairs says %v", ring, err, crosses)
		}
		if crosses {
			found++
		}
	}
	if found < 500 {
		t.Errorf("only %d of the rings cross", found)
	}
}

// TestLongEdgesAreSwept checks rings whose edges all lie beside each other, in
// each direction; comparing all pairs would take minutes.
func TestLongEdgesAreSwept(t *testing.T) {
	for _, along := range []geo.Point{{5, 5}, {5, -5}, {5, 0}, {0, 5}} {
		side := geo.Pt(-along[1]*1e-5, along[0]*1e-5)
		at := func(k float64, far float64) geo.Point {
			return geo.Pt(105+k*side[0]+far*along[0], 15+k*side[1]+far*along[1])
		}
		var ring orb.Ring
		for i := range 20000 {
			k := float64(i)
			ring = append(ring, at(k, 0), at(k, 1), at(k+0.4, 1), at(k+0.4, 0))
		}
		ring = append(ring, at(20000, -0.1), at(0, -0.1), ring[0])
		if err := geo.CheckRing(ring); err != nil {
			t.Errorf("along %v: %v", along, err)
		}
	}
}
