// Package sketch is what a hand draws on a map: paths with corners that can be
// taken, the shapes made of them, how long and how large they are, and what can be
// undone. It is pure: it knows no window and no server.
package sketch

import (
	"image"
	"math"
	"slices"

	"iocwall/geo"
)

// Path is a line or, closed, a ring whose last corner is joined to the first
// without being repeated. A path is not changed: its methods return new ones.
type Path struct {
	Points []geo.Point
	Closed bool
}

// Corner names a place of a path that a hand can take: corner i, or the middle of
// the edge from i to the next.
type Corner struct {
	I      int
	Middle bool
}

// Edges is how many edges the path has.
func (p Path) Edges() int {
	switch n := len(p.Points); {
	case n < 2:
		return 0
	case p.Closed && n > 2:
		return n
	default:
		return n - 1
	}
}

// Edge returns the ends of edge i.
func (p Path) Edge(i int) (a, b geo.Point) {
	return p.Points[i], p.Points[(i+1)%len(p.Points)]
}

// With returns the path with other corners.
func (p Path) With(points []geo.Point) Path { return Path{points, p.Closed} }

// Add puts a corner at the end.
func (p Path) add(at geo.Point) Path { return p.With(append(slices.Clone(p.Points), at)) }

// Move puts corner i elsewhere.
func (p Path) Move(i int, at geo.Point) Path {
	if i < 0 || i >= len(p.Points) {
		return p
	}
	q := slices.Clone(p.Points)
	q[i] = at
	return p.With(q)
}

// Insert puts a corner into the edge from i.
func (p Path) Insert(i int, at geo.Point) Path {
	if i < 0 || i >= len(p.Points) {
		return p
	}
	return p.With(slices.Insert(slices.Clone(p.Points), i+1, at))
}

// least is the number of corners below which the path is nothing.
func (p Path) least() int {
	if p.Closed {
		return 3
	}
	return 2
}

// Remove takes corner i away; false where too few would be left.
func (p Path) remove(i int) (Path, bool) {
	if i < 0 || i >= len(p.Points) || len(p.Points) <= p.least() {
		return p, false
	}
	return p.With(slices.Delete(slices.Clone(p.Points), i, i+1)), true
}

// Middle is the place halfway along edge i as the map shows it.
func (p Path) Middle(i int) geo.Point {
	a, b := p.Edge(i)
	ax, ay := geo.Project(a)
	bx, by := geo.Project(b)
	return geo.Unproject((ax+bx)/2, (ay+by)/2)
}

// middleRoom is the length in pixels an edge must have before its middle can be
// taken: shorter ones would hide their corners.
const middleRoom = 44

// Pick returns the corner, or the middle of an edge, nearest to a pixel of the
// view and not farther than reach. Corners win over middles.
func (p Path) Pick(v geo.View, at image.Point, reach float64) (Corner, bool) {
	best, found, ok := reach, Corner{}, false
	near := func(q geo.Point, c Corner) {
		x, y := v.Pixel(q)
		if d := math.Hypot(x-float64(at.X), y-float64(at.Y)); d <= best {
			best, found, ok = d, c, true
		}
	}
	for i, q := range p.Points {
		near(q, Corner{I: i})
	}
	if ok {
		return found, true
	}
	for i := range p.Edges() {
		if p.Roomy(v, i) {
			near(p.Middle(i), Corner{I: i, Middle: true})
		}
	}
	return found, ok
}

// Roomy reports whether edge i is long enough in a view for its middle to be taken.
func (p Path) Roomy(v geo.View, i int) bool {
	a, b := p.Edge(i)
	ax, ay := v.Pixel(a)
	bx, by := v.Pixel(b)
	return math.Hypot(ax-bx, ay-by) >= middleRoom
}

// Crossing returns the first two edges that cross or touch without being
// neighbours; false when there are none.
func (p Path) Crossing() (i, j int, ok bool) {
	n := p.Edges()
	for i := range n {
		for j := i + 1; j < n; j++ {
			if p.cross(i, j) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// CrossingAt is crossing for the edges at corner c alone: what moving or adding
// it can have brought about.
func (p Path) CrossingAt(c int) (i, j int, ok bool) {
	n := p.Edges()
	for _, i := range []int{(c - 1 + len(p.Points)) % max(1, len(p.Points)), c} {
		if i >= n {
			continue
		}
		for j := range n {
			if i != j && p.cross(min(i, j), max(i, j)) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// cross reports whether two edges, i before j, meet where they should not:
// neighbours may share their corner but not lie on each other.
func (p Path) cross(i, j int) bool {
	a, b := p.Edge(i)
	c, d := p.Edge(j)
	n := len(p.Points)
	switch {
	case j == i+1:
		return folded(b, a, d)
	case p.Closed && i == 0 && j == n-1:
		return folded(a, b, c)
	}
	return meet(a, b, c, d)
}

// folded reports whether the ways from a corner to two others lie on each other.
func folded(at, a, b geo.Point) bool {
	u := geo.Pt(a[0]-at[0], a[1]-at[1])
	w := geo.Pt(b[0]-at[0], b[1]-at[1])
	return u[0]*w[1]-u[1]*w[0] == 0 && u[0]*w[0]+u[1]*w[1] > 0
}

// meet reports whether two edges have a point in common.
func meet(a, b, c, d geo.Point) bool {
	if math.Max(a[0], b[0]) < math.Min(c[0], d[0]) || math.Max(c[0], d[0]) < math.Min(a[0], b[0]) ||
		math.Max(a[1], b[1]) < math.Min(c[1], d[1]) || math.Max(c[1], d[1]) < math.Min(a[1], b[1]) {
		return false
	}
	return side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0
}

// side is the sign of the turn from a over b to c.
func side(a, b, c geo.Point) float64 {
	t := (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
	switch {
	case t > 0:
		return 1
	case t < 0:
		return -1
	}
	return 0
}
