package geo

import "math"

// edgesPerLeaf and edgesFan shape the tree: few boxes to look at, short runs to
// measure.
const (
	edgesPerLeaf = 4
	edgesFan     = 4
)

// Edges are the edges of an area laid out for many questions of distance. It
// never changes and may be used from many goroutines at once.
type Edges struct {
	edges []edge
	// levels[0] are the boxes of runs of edgesPerLeaf edges, each next level those
	// of edgesFan boxes below; the last has one. Edges that follow each other lie
	// close together, so the runs need no sorting.
	levels [][]Bounds
}

// PrepareEdges lays out the edges of all rings of an area, holes included.
func PrepareEdges(area MultiPolygon) *Edges {
	out := &Edges{}
	for _, polygon := range area {
		for _, ring := range polygon {
			for i := range ring {
				if s, e := ring[i], ring[(i+1)%len(ring)]; s != e || len(ring) == 1 {
					out.edges = append(out.edges, edge{s, e})
				}
			}
		}
	}
	var boxes []Bounds
	for i := 0; i < len(out.edges); i += edgesPerLeaf {
		b := Bounds{Min: out.edges[i].s, Max: out.edges[i].s}
		for _, e := range out.edges[i:min(i+edgesPerLeaf, len(out.edges))] {
			b = b.Extend(e.s).Extend(e.e)
		}
		boxes = append(boxes, b)
	}
	for len(boxes) > 0 {
		out.levels = append(out.levels, boxes)
		if len(boxes) == 1 {
			break
		}
		var above []Bounds
		for i := 0; i < len(boxes); i += edgesFan {
			b := boxes[i]
			for _, c := range boxes[i:min(i+edgesFan, len(boxes))] {
				b = b.Union(c)
			}
			above = append(above, b)
		}
		boxes = above
	}
	return out
}

// Distance returns how far p is from the nearest edge in metres, or +Inf if that
// is more than limit (which may be +Inf). Edges are straight in longitude and
// latitude, as they are for Contains, and lengths are taken at the scale of p's
// latitude: between 24° south and north the error on the sphere is below 4 m at
// 10 km, below 4 cm at 1 km, and shrinks with the square of the distance. Edges
// beyond the antimeridian are far.
func (x *Edges) Distance(p Point, limit float64) float64 {
	if len(x.levels) == 0 || !Valid(p) {
		return math.Inf(1)
	}
	q := nearest{x: x, p: p, ky: EarthRadius * degree}
	q.kx = q.ky * math.Cos(p[1]*degree)
	q.best = limit * limit
	q.found = math.Inf(1)
	top := len(x.levels) - 1
	if q.toBox(&x.levels[top][0]) <= q.best {
		q.visit(top, 0)
	}
	return math.Sqrt(q.found)
}

// nearest is one question; lengths are metres, squared.
type nearest struct {
	x           *Edges
	p           Point
	kx, ky      float64
	best, found float64
}

// visit looks into box i of a level, the nearer boxes below it first.
func (q *nearest) visit(level, i int) {
	if level == 0 {
		for k := i * edgesPerLeaf; k < min((i+1)*edgesPerLeaf, len(q.x.edges)); k++ {
			if d := q.toEdge(&q.x.edges[k]); d <= q.best {
				q.best, q.found = d, d
			}
		}
		return
	}
	var order [edgesFan]int
	var away [edgesFan]float64
	n := 0
	below := q.x.levels[level-1]
	for k := i * edgesFan; k < min((i+1)*edgesFan, len(below)); k++ {
		d := q.toBox(&below[k])
		if d > q.best {
			continue
		}
		at := n
		for ; at > 0 && away[at-1] > d; at-- {
			order[at], away[at] = order[at-1], away[at-1]
		}
		order[at], away[at] = k, d
		n++
	}
	for k := range n {
		if away[k] <= q.best {
			q.visit(level-1, order[k])
		}
	}
}

func (q *nearest) toBox(b *Bounds) float64 {
	dx := max(b.Min[0]-q.p[0], q.p[0]-b.Max[0], 0) * q.kx
	dy := max(b.Min[1]-q.p[1], q.p[1]-b.Max[1], 0) * q.ky
	return dx*dx + dy*dy
}

func (q *nearest) toEdge(e *edge) float64 {
	ax, ay := (e.s[0]-q.p[0])*q.kx, (e.s[1]-q.p[1])*q.ky
	dx, dy := (e.e[0]-e.s[0])*q.kx, (e.e[1]-e.s[1])*q.ky
	if l := dx*dx + dy*dy; l > 0 {
		t := max(0, min(1, -(ax*dx+ay*dy)/l))
		ax += t * dx
		ay += t * dy
	}
	return ax*ax + ay*ay
}
