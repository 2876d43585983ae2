package main

import (
	"fmt"
	"math"

	"iocwall/geo"
	"iocwall/geo/tiles"
)

// vertex is a position in units of the file, so that shared corners are equal.
type vertex struct{ x, y int32 }

func quantise(p geo.Point) vertex {
	return vertex{int32(math.Round(p[0] * 1e5)), int32(math.Round(p[1] * 1e5))}
}

func (v vertex) point() geo.Point { return geo.Point{float64(v.x) / 1e5, float64(v.y) / 1e5} }

// outline is an area as closed rings without the repeated corner.
type outline struct {
	id       string
	polygons [][][]vertex
}

// topology cuts the outlines of neighbours into arcs between junctions, each
// stored once.
type topology struct {
	neighbours map[vertex]map[vertex]bool
	owners     map[[2]vertex]map[string]bool
	arcs       [][]vertex
	byEdge     map[[2]vertex]int32 // directed first edge of an arc, in either direction
}

func newTopology(areas []outline) *topology {
	t := &topology{
		neighbours: map[vertex]map[vertex]bool{},
		owners:     map[[2]vertex]map[string]bool{},
		byEdge:     map[[2]vertex]int32{},
	}
	eachEdge(areas, func(id string, a, b vertex) {
		t.link(a, b)
		t.link(b, a)
		for _, e := range [][2]vertex{{a, b}, {b, a}} {
			if t.owners[e] == nil {
				t.owners[e] = map[string]bool{}
			}
			t.owners[e][id] = true
		}
	})
	return t
}

func eachEdge(areas []outline, do func(id string, a, b vertex)) {
	for _, area := range areas {
		for _, rings := range area.polygons {
			for _, ring := range rings {
				for i, a := range ring {
					do(area.id, a, ring[(i+1)%len(ring)])
				}
			}
		}
	}
}

func (t *topology) link(a, b vertex) {
	if t.neighbours[a] == nil {
		t.neighbours[a] = map[vertex]bool{}
	}
	t.neighbours[a][b] = true
}

// junction reports whether arcs end at v: more or fewer than two edges meet
// there, or the edges on its two sides belong to different areas.
func (t *topology) junction(v vertex) bool {
	if len(t.neighbours[v]) != 2 {
		return true
	}
	var sides []map[string]bool
	for n := range t.neighbours[v] {
		sides = append(sides, t.owners[[2]vertex{v, n}])
	}
	if len(sides[0]) != len(sides[1]) {
		return true
	}
	for id := range sides[0] {
		if !sides[1][id] {
			return true
		}
	}
	return false
}

// ring turns a ring of corners into a chain of arcs, making those it needs.
func (t *topology) ring(corners []vertex) tiles.Ring {
	start := 0
	for i, v := range corners {
		if t.junction(v) {
			start = i
			break
		}
	}
	var chain tiles.Ring
	arc := []vertex{corners[start]}
	for k := 1; k <= len(corners); k++ {
		v := corners[(start+k)%len(corners)]
		arc = append(arc, v)
		if k == len(corners) || t.junction(v) {
			chain = append(chain, t.arc(arc))
			arc = []vertex{v}
		}
	}
	return chain
}

// arc returns the number of an arc, adding it when it is new.
func (t *topology) arc(a []vertex) int32 {
	first, last := [2]vertex{a[0], a[1]}, [2]vertex{a[len(a)-1], a[len(a)-2]}
	if n, ok := t.byEdge[first]; ok {
		return n
	}
	n := int32(len(t.arcs))
	t.arcs = append(t.arcs, append([]vertex(nil), a...))
	t.byEdge[first] = n
	t.byEdge[last] = ^n
	return n
}

// points returns arc n in its direction.
func (t *topology) points(n int32) []vertex {
	if n >= 0 {
		return t.arcs[n]
	}
	a := t.arcs[^n]
	back := make([]vertex, len(a))
	for i, v := range a {
		back[len(a)-1-i] = v
	}
	return back
}

// dissolve joins areas given as polygons of arcs: the arcs that two of them
// share disappear, the others are chained into rings. Interiors lie on the left.
func (t *topology) dissolve(polygons [][]tiles.Ring) ([][]tiles.Ring, error) {
	uses := map[int32]int{}
	for _, rings := range polygons {
		for _, ring := range rings {
			for _, n := range ring {
				uses[max(n, ^n)]++
			}
		}
	}
	from := map[vertex][]int32{}
	var order []int32
	for _, rings := range polygons {
		for _, ring := range rings {
			for _, n := range ring {
				if uses[max(n, ^n)] == 1 {
					start := t.points(n)[0]
					from[start] = append(from[start], n)
					order = append(order, n)
				}
			}
		}
	}
	used := map[int32]bool{}
	var rings []tiles.Ring
	for _, first := range order {
		if used[first] {
			continue
		}
		ring, err := t.chain(first, from, used)
		if err != nil {
			return nil, err
		}
		rings = append(rings, ring)
	}
	return t.assemble(rings), nil
}

func (t *topology) chain(first int32, from map[vertex][]int32, used map[int32]bool) (tiles.Ring, error) {
	start := t.points(first)[0]
	ring := tiles.Ring{}
	for n := first; ; {
		used[n] = true
		ring = append(ring, n)
		points := t.points(n)
		end := points[len(points)-1]
		if end == start {
			return ring, nil
		}
		next, best := int32(0), math.Inf(1)
		back := angle(end, points[len(points)-2])
		for _, c := range from[end] {
			if used[c] {
				continue
			}
			// The first edge clockwise from the way back keeps the interior whole.
			turn := math.Mod(back-angle(end, t.points(c)[1])+4*math.Pi, 2*math.Pi)
			if turn < best {
				next, best = c, turn
			}
		}
		if math.IsInf(best, 1) {
			return nil, fmt.Errorf("outline breaks off at %v", end.point())
		}
		n = next
	}
}

func angle(from, to vertex) float64 {
	return math.Atan2(float64(to.y-from.y), float64(to.x-from.x))
}

// corners returns a ring's corners without the repeated one.
func (t *topology) corners(ring tiles.Ring) []vertex {
	var out []vertex
	for _, n := range ring {
		p := t.points(n)
		out = append(out, p[:len(p)-1]...)
	}
	return out
}

// sliverArea is the largest hole in square degrees (about 12 km²) that is taken
// for a gap between two provinces and closed.
const sliverArea = 1e-3

// assemble puts holes into their polygons. Holes that are slivers are dropped.
func (t *topology) assemble(rings []tiles.Ring) [][]tiles.Ring {
	var out [][]tiles.Ring
	var holes []tiles.Ring
	for _, r := range rings {
		switch a := signedArea(t.corners(r)); {
		case a > 0:
			out = append(out, []tiles.Ring{r})
		case -a > sliverArea:
			holes = append(holes, r)
		}
	}
	for _, h := range holes {
		at := t.corners(h)[0].point()
		for i := range out {
			shell := geo.Prepare(geo.MultiPolygon{{ringPoints(t.corners(out[i][0]))}})
			if shell.Contains(at) {
				out[i] = append(out[i], h)
				break
			}
		}
	}
	return out
}

func ringPoints(corners []vertex) []geo.Point {
	out := make([]geo.Point, 0, len(corners)+1)
	for _, v := range corners {
		out = append(out, v.point())
	}
	return append(out, corners[0].point())
}

// signedArea is in square degrees, positive counter-clockwise.
func signedArea(corners []vertex) float64 {
	sum := 0.0
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		sum += float64(a.x)*float64(b.y) - float64(b.x)*float64(a.y)
	}
	return sum / 2e10
}
