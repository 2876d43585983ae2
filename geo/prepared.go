package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Prepared is a polygon or multipolygon laid out for many point-in-polygon
// questions. It never changes and may be used from many goroutines at once.
// Its answers are those of orb/planar: a point on an edge or a corner is inside,
// a point on the edge of a hole is outside.
type Prepared struct {
	polygons []preparedPolygon
	bounds   Bounds
}

type preparedPolygon struct {
	outer preparedRing
	holes []preparedRing
}

// preparedRing sorts the edges of one ring into columns of equal width. An edge
// stands in every column it touches, so that a point needs one column only.
type preparedRing struct {
	bounds  Bounds
	scale   float64 // columns per degree
	columns []int32 // start of each column in edges, and the end of the last
	edges   []edge
}

// edge runs from its western to its eastern end.
type edge struct{ s, e Point }

// Prepare lays out a multipolygon. Rings with fewer than three corners are left
// out; an outer ring that is left out takes its holes with it.
func Prepare(mp MultiPolygon) *Prepared {
	out := &Prepared{}
	for _, polygon := range mp {
		if len(polygon) == 0 || len(polygon[0]) < 3 {
			continue
		}
		pp := preparedPolygon{outer: prepareRing(polygon[0])}
		for _, hole := range polygon[1:] {
			if len(hole) >= 3 {
				pp.holes = append(pp.holes, prepareRing(hole))
			}
		}
		if len(out.polygons) == 0 {
			out.bounds = pp.outer.bounds
		} else {
			out.bounds = out.bounds.Union(pp.outer.bounds)
		}
		out.polygons = append(out.polygons, pp)
	}
	return out
}

// Empty reports whether nothing is inside.
func (p *Prepared) Empty() bool { return len(p.polygons) == 0 }

// Bounds returns the box around the area; it is the zero Bounds when Empty.
func (p *Prepared) Bounds() Bounds { return p.bounds }

// Contains reports whether point is inside or on the outer edge.
func (p *Prepared) Contains(point Point) bool {
	for i := range p.polygons {
		if p.polygons[i].contains(point) {
			return true
		}
	}
	return false
}

func (p *preparedPolygon) contains(point Point) bool {
	if !p.outer.contains(point) {
		return false
	}
	for i := range p.holes {
		if p.holes[i].contains(point) {
			return false
		}
	}
	return true
}

func prepareRing(ring orb.Ring) preparedRing {
	r := preparedRing{bounds: ring.Bound()}
	edges := make([]edge, 0, len(ring))
	for i := range ring {
		s, e := ring[i], ring[(i+1)%len(ring)]
		if s == e {
			continue
		}
		if s[0] > e[0] {
			s, e = e, s
		}
		edges = append(edges, edge{s, e})
	}
	n := max(1, min(len(edges), 1<<15))
	if width := r.bounds.Max[0] - r.bounds.Min[0]; width > 0 {
		r.scale = float64(n) / width
	}
	r.fill(edges, n)
	return r
}

// fill sorts the edges into n columns by counting.
func (r *preparedRing) fill(edges []edge, n int) {
	r.columns = make([]int32, n+1)
	for _, e := range edges {
		for c := r.column(e.s[0], n); c <= r.column(e.e[0], n); c++ {
			r.columns[c+1]++
		}
	}
	for c := range n {
		r.columns[c+1] += r.columns[c]
	}
	next := append([]int32(nil), r.columns[:n]...)
	r.edges = make([]edge, r.columns[n])
	for _, e := range edges {
		for c := r.column(e.s[0], n); c <= r.column(e.e[0], n); c++ {
			r.edges[next[c]] = e
			next[c]++
		}
	}
}

// column is monotonic in x, so an edge and every point below or above it agree.
func (r *preparedRing) column(x float64, n int) int {
	return max(0, min(n-1, int((x-r.bounds.Min[0])*r.scale)))
}

func (r *preparedRing) contains(p Point) bool {
	// Written so that NaN is outside.
	if !(p[0] >= r.bounds.Min[0] && p[0] <= r.bounds.Max[0] && p[1] >= r.bounds.Min[1] && p[1] <= r.bounds.Max[1]) {
		return false
	}
	c := r.column(p[0], len(r.columns)-1)
	inside := false
	for _, e := range r.edges[r.columns[c]:r.columns[c+1]] {
		crosses, on := crossing(p, e.s, e.e)
		if on {
			return true
		}
		if crosses {
			inside = !inside
		}
	}
	return inside
}

// crossing reports whether the ray northwards from p crosses the edge from s to
// e, where s is not east of e, and whether p lies on it. It repeats the
// arithmetic of orb/planar step by step, so that both give the same answer even
// a rounding error away from the edge.
func crossing(p, s, e Point) (crosses, on bool) {
	switch p[0] {
	case s[0]:
		if p[1] == s[1] {
			return false, true
		}
		if s[0] == e[0] && p[1] >= min(s[1], e[1]) && p[1] <= max(s[1], e[1]) {
			return false, true
		}
		p[0] = math.Nextafter(p[0], math.Inf(1))
	case e[0]:
		if p[1] == e[1] {
			return false, true
		}
		p[0] = math.Nextafter(p[0], math.Inf(1))
	}
	if p[0] < s[0] || p[0] > e[0] || p[1] > max(s[1], e[1]) {
		return false, false
	}
	if p[1] < min(s[1], e[1]) {
		return true, false
	}
	rs := (p[1] - s[1]) / (p[0] - s[0])
	ds := (e[1] - s[1]) / (e[0] - s[0])
	return rs < ds, rs == ds
}
