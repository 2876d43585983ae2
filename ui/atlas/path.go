package atlas

import (
	"image"
	"math"
	"slices"

	"iocwall/geo"
)

// path is a line or, closed, a ring whose last corner is joined to the first
// without being repeated. A path is not changed: its methods return new ones.
type path struct {
	points []geo.Point
	closed bool
}

// corner names a place of a path that a hand can take: corner i, or the middle of
// the edge from i to the next.
type corner struct {
	i      int
	middle bool
}

// edges is how many edges the path has.
func (p path) edges() int {
	switch n := len(p.points); {
	case n < 2:
		return 0
	case p.closed && n > 2:
		return n
	default:
		return n - 1
	}
}

// edge returns the ends of edge i.
func (p path) edge(i int) (a, b geo.Point) {
	return p.points[i], p.points[(i+1)%len(p.points)]
}

func (p path) with(points []geo.Point) path { return path{points, p.closed} }

// add puts a corner at the end.
func (p path) add(at geo.Point) path { return p.with(append(slices.Clone(p.points), at)) }

// move puts corner i elsewhere.
func (p path) move(i int, at geo.Point) path {
	if i < 0 || i >= len(p.points) {
		return p
	}
	q := slices.Clone(p.points)
	q[i] = at
	return p.with(q)
}

// insert puts a corner into the edge from i.
func (p path) insert(i int, at geo.Point) path {
	if i < 0 || i >= len(p.points) {
		return p
	}
	return p.with(slices.Insert(slices.Clone(p.points), i+1, at))
}

// least is the number of corners below which the path is nothing.
func (p path) least() int {
	if p.closed {
		return 3
	}
	return 2
}

// remove takes corner i away; false where too few would be left.
func (p path) remove(i int) (path, bool) {
	if i < 0 || i >= len(p.points) || len(p.points) <= p.least() {
		return p, false
	}
	return p.with(slices.Delete(slices.Clone(p.points), i, i+1)), true
}

// middle is the place halfway along edge i as the map shows it.
func (p path) middle(i int) geo.Point {
	a, b := p.edge(i)
	ax, ay := geo.Project(a)
	bx, by := geo.Project(b)
	return geo.Unproject((ax+bx)/2, (ay+by)/2)
}

// middleRoom is the length in pixels an edge must have before its middle can be
// taken: shorter ones would hide their corners.
const middleRoom = 44

// pick returns the corner, or the middle of an edge, nearest to a pixel of the
// view and not farther than reach. Corners win over middles.
func (p path) pick(v geo.View, at image.Point, reach float64) (corner, bool) {
	best, found, ok := reach, corner{}, false
	near := func(q geo.Point, c corner) {
		x, y := v.Pixel(q)
		if d := math.Hypot(x-float64(at.X), y-float64(at.Y)); d <= best {
			best, found, ok = d, c, true
		}
	}
	for i, q := range p.points {
		near(q, corner{i: i})
	}
	if ok {
		return found, true
	}
	for i := range p.edges() {
		if p.roomy(v, i) {
			near(p.middle(i), corner{i: i, middle: true})
		}
	}
	return found, ok
}

func (p path) roomy(v geo.View, i int) bool {
	a, b := p.edge(i)
	ax, ay := v.Pixel(a)
	bx, by := v.Pixel(b)
	return math.Hypot(ax-bx, ay-by) >= middleRoom
}

// crossing returns the first two edges that cross or touch without being
// neighbours; false when there are none.
func (p path) crossing() (i, j int, ok bool) {
	n := p.edges()
	for i := range n {
		for j := i + 1; j < n; j++ {
			if p.cross(i, j) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// crossingAt is crossing for the edges at corner c alone: what moving or adding
// it can have brought about.
func (p path) crossingAt(c int) (i, j int, ok bool) {
	n := p.edges()
	for _, i := range []int{(c - 1 + len(p.points)) % max(1, len(p.points)), c} {
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
func (p path) cross(i, j int) bool {
	a, b := p.edge(i)
	c, d := p.edge(j)
	n := len(p.points)
	switch {
	case j == i+1:
		return folded(b, a, d)
	case p.closed && i == 0 && j == n-1:
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
