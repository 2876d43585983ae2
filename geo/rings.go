package geo

import (
	"errors"
	"fmt"
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// Faults of a ring. CheckRing wraps one of them with the place.
var (
	ErrRange    = errors.New("position out of range")
	ErrSwapped  = errors.New("longitude and latitude are swapped")
	ErrUnclosed = errors.New("ring is not closed")
	ErrShort    = errors.New("ring has fewer than three corners")
	ErrCrossing = errors.New("ring crosses itself")
)

// CheckPoint returns ErrSwapped where exchanging the two numbers would make p
// valid, ErrRange where it is invalid anyway, and nil for a valid position.
func CheckPoint(p Point) error {
	switch {
	case Valid(p):
		return nil
	case Valid(Point{p[1], p[0]}):
		return fmt.Errorf("%w: [%g, %g], expected [longitude, latitude]", ErrSwapped, p[0], p[1])
	case math.Abs(p[0]) > 1000 || math.Abs(p[1]) > 1000:
		return fmt.Errorf("%w: [%g, %g] look like metres of a projection; export in WGS 84 (EPSG:4326)", ErrRange, p[0], p[1])
	case math.Abs(p[0]) <= 360 && math.Abs(p[1]) <= 90:
		return fmt.Errorf("%w: longitude %g is beyond 180°; cut the shape there and go on from the other side", ErrRange, p[0])
	default:
		return fmt.Errorf("%w: [%g, %g]", ErrRange, p[0], p[1])
	}
}

// CheckRing returns why a ring cannot bound an area: a position out of range or
// swapped, a ring that is short, unclosed, or crosses itself; nil if it can.
// Corners that repeat or touch are allowed.
func CheckRing(ring orb.Ring) error {
	for i, p := range ring {
		if err := CheckPoint(p); err != nil {
			return fmt.Errorf("point %d: %w", i, err)
		}
	}
	if len(ring) > 0 && ring[0] != ring[len(ring)-1] {
		last := ring[len(ring)-1]
		return fmt.Errorf("%w: it starts at [%g, %g] and ends at [%g, %g]; repeat the first point at the end",
			ErrUnclosed, ring[0][0], ring[0][1], last[0], last[1])
	}
	if len(ring) < 4 {
		return fmt.Errorf("%w: %d points with the closing one", ErrShort, len(ring))
	}
	if !threeCorners(ring) {
		return fmt.Errorf("%w: its %d points lie in at most two places", ErrShort, len(ring))
	}
	if i, j, at, crosses := ringCrossing(ring); crosses {
		return fmt.Errorf("%w: edge %d and edge %d near [%.5f, %.5f]; move or remove one of their points", ErrCrossing, i, j, at[0], at[1])
	}
	return nil
}

// threeCorners reports whether the points lie in three places at least.
func threeCorners(ring orb.Ring) bool {
	second := -1
	for i, p := range ring {
		switch {
		case p == ring[0]:
		case second < 0:
			second = i
		case p != ring[second]:
			return true
		}
	}
	return false
}

// CheckArea returns why an area cannot be used, naming the polygon and the ring;
// nil if every ring passes CheckRing. An area without polygons is an error.
func CheckArea(area MultiPolygon) error {
	if len(area) == 0 {
		return fmt.Errorf("%w: it has no polygons", ErrEmpty)
	}
	for i, polygon := range area {
		if err := checkPolygon(polygon); err != nil {
			return fmt.Errorf("polygon %d: %w", i, err)
		}
	}
	return nil
}

// sweepEdge is an edge with the end first that the sweep meets first.
type sweepEdge struct {
	a, b       Point
	begin, end float64 // along the sweep
	n          int
}

// ringCrossing looks for two edges that properly cross, sweeping in the direction
// in which the edges are shortest. It costs O(n log n) plus the pairs of edges
// that the sweep meets at once.
func ringCrossing(ring orb.Ring) (i, j int, at Point, crosses bool) {
	along := sweepDirection(ring)
	edges := make([]sweepEdge, 0, len(ring)-1)
	for k := 0; k+1 < len(ring); k++ {
		e := sweepEdge{ring[k], ring[k+1], dot(ring[k], along), dot(ring[k+1], along), k}
		if e.begin > e.end {
			e.a, e.b, e.begin, e.end = e.b, e.a, e.end, e.begin
		}
		edges = append(edges, e)
	}
	sort.Slice(edges, func(x, y int) bool { return edges[x].begin < edges[y].begin })
	var open []sweepEdge
	for _, e := range edges {
		kept := open[:0]
		for _, o := range open {
			if o.end < e.begin-1e-12 { // what the rounding of sums may take away
				continue
			}
			kept = append(kept, o)
			if p, ok := Crossing(o.a, o.b, e.a, e.b); ok {
				return min(o.n, e.n), max(o.n, e.n), p, true
			}
		}
		open = append(kept, e)
	}
	return 0, 0, Point{}, false
}

func dot(a, b Point) float64 { return a[0]*b[0] + a[1]*b[1] }

// sweepDirection returns the one of four directions in which the edges of a ring
// are shortest in proportion to the ring.
func sweepDirection(ring orb.Ring) Point {
	best, least := Point{1, 0}, math.Inf(1)
	for _, d := range []Point{{1, 0}, {0, 1}, {1, 1}, {1, -1}} {
		low, high, sum := math.Inf(1), math.Inf(-1), 0.0
		for k, p := range ring {
			v := dot(p, d)
			low, high = min(low, v), max(high, v)
			if k > 0 {
				sum += math.Abs(v - dot(ring[k-1], d))
			}
		}
		if share := sum / (high - low); share < least {
			best, least = d, share
		}
	}
	return best
}

// Crossing returns where the straight edges from a to b and from c to d cross, in
// longitude and latitude. Edges that only touch, at an end or along their length,
// do not cross.
func Crossing(a, b, c, d Point) (at Point, crosses bool) {
	if min(a[1], b[1]) > max(c[1], d[1]) || min(c[1], d[1]) > max(a[1], b[1]) {
		return Point{}, false
	}
	d1, d2 := side(c, d, a), side(c, d, b)
	d3, d4 := side(a, b, c), side(a, b, d)
	if d1*d2 >= 0 || d3*d4 >= 0 || math.IsNaN(d1+d2+d3+d4) {
		return Point{}, false
	}
	t := d1 / (d1 - d2)
	return Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])}, true
}

// side is positive where c lies left of the line from a to b.
func side(a, b, c Point) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}
