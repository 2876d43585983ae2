package topology

import (
	"slices"

	"iocwall/geo"
)

// outline is an area as closed rings without the repeated corner.
type outline [][][]geo.Point

func cornersOf(mp geo.MultiPolygon) outline {
	var out outline
	for _, polygon := range mp {
		var rings [][]geo.Point
		for i, ring := range polygon {
			if r := clean(ring); len(r) >= 3 {
				rings = append(rings, r)
			} else if i == 0 {
				break // without an outer ring there are no holes
			}
		}
		if len(rings) > 0 {
			out = append(out, rings)
		}
	}
	return out
}

// clean returns a ring without repeated corners and without spikes, where it goes
// to a corner and back the same way.
func clean(ring []geo.Point) []geo.Point {
	var out []geo.Point
	for _, p := range ring {
		out = append(out, p)
		for shrunk := true; shrunk; {
			shrunk = false
			switch n := len(out); {
			case n >= 2 && out[n-1] == out[n-2]:
				out, shrunk = out[:n-1], true
			case n >= 3 && out[n-1] == out[n-3]:
				out, shrunk = out[:n-2], true
			}
		}
	}
	for n := len(out); n > 1; n = len(out) { // the same across the ends
		switch {
		case out[0] == out[n-1]:
			out = out[:n-1]
		case n >= 3 && out[1] == out[n-1]:
			out = out[1 : n-1]
		case n >= 3 && out[0] == out[n-2]:
			out = out[:n-2]
		default:
			return out
		}
	}
	return out
}

// arc is a line between two junctions, or a whole ring.
type arc struct {
	points []geo.Point
	// weights[i] is the area at which points[i] is left out; endless at both ends
	// and where a ring would collapse.
	weights []float64
	shared  bool // by two rings
}

// cutter cuts rings into arcs. An edge belongs to one arc.
type cutter struct {
	neighbours map[geo.Point][]geo.Point // at most three: more make no difference
	byEdge     map[[2]geo.Point]int32    // the first edge of an arc, in either direction
	arcs       []arc
	uses       []int32 // how many rings use each arc
}

func newCutter(outlines []outline) *cutter {
	c := &cutter{neighbours: map[geo.Point][]geo.Point{}, byEdge: map[[2]geo.Point]int32{}}
	for _, o := range outlines {
		for _, rings := range o {
			for _, ring := range rings {
				for i, a := range ring {
					b := ring[(i+1)%len(ring)]
					c.link(a, b)
					c.link(b, a)
				}
			}
		}
	}
	return c
}

func (c *cutter) link(a, b geo.Point) {
	if n := c.neighbours[a]; len(n) < 3 && !slices.Contains(n, b) {
		c.neighbours[a] = append(n, b)
	}
}

// junction reports whether arcs end at p: lines branch there. Where only two
// edges meet, all rings through p go the same way.
func (c *cutter) junction(p geo.Point) bool { return len(c.neighbours[p]) != 2 }

func (c *cutter) cut(o outline) (a area) {
	for _, rings := range o {
		var p part
		for _, ring := range rings {
			p.rings = append(p.rings, c.ring(ring))
		}
		a.parts = append(a.parts, p)
	}
	return a
}

// ring turns corners into arcs, making those that are new. A ring without a
// junction is one arc from its least corner, so that whoever has the same ring
// finds the same arc.
func (c *cutter) ring(corners []geo.Point) []int32 {
	start := slices.IndexFunc(corners, c.junction)
	if start < 0 {
		start = 0
		for i, p := range corners {
			if least := corners[start]; p[0] < least[0] || p[0] == least[0] && p[1] < least[1] {
				start = i
			}
		}
	}
	var out []int32
	line := []geo.Point{corners[start]}
	for k := 1; k <= len(corners); k++ {
		p := corners[(start+k)%len(corners)]
		line = append(line, p)
		if k == len(corners) || c.junction(p) {
			out = append(out, c.arc(line))
			line = []geo.Point{p}
		}
	}
	return out
}

func (c *cutter) arc(line []geo.Point) int32 {
	first, last := [2]geo.Point{line[0], line[1]}, [2]geo.Point{line[len(line)-1], line[len(line)-2]}
	if n, ok := c.byEdge[first]; ok {
		c.uses[max(n, ^n)]++
		c.arcs[max(n, ^n)].shared = true
		return n
	}
	n := int32(len(c.arcs))
	c.arcs = append(c.arcs, arc{points: line, weights: weigh(line)})
	c.uses = append(c.uses, 1)
	c.byEdge[first] = n
	c.byEdge[last] = ^n
	return n
}

// pin keeps the corners without which a ring would be no area any more: two of a
// ring that is one arc, one of a ring that is two.
func (c *cutter) pin(t *Topology) {
	for _, id := range t.ids {
		for _, p := range t.areas[id].parts {
			for _, ring := range p.rings {
				for t.pinned(ring) < 3-len(ring) {
					t.pinHeaviest(ring)
				}
			}
		}
	}
}
