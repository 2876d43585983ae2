// Package topology keeps the outlines of neighbouring areas as arcs that both
// share, so that outlines simplified for a zoom leave no gap and no overlap
// between neighbours.
package topology

import (
	"fmt"
	"slices"
	"sync"

	"iocwall/geo"
)

// Area is one outline with its id.
type Area struct {
	ID       string
	Polygons geo.MultiPolygon
}

// Options say how outlines become arcs.
type Options struct {
	// Snap is the distance in metres within which a corner of one outline is
	// taken for the corner or the edge of another; zero for exact equality. Detail
	// finer than it is lost.
	Snap float64
	// Keep are boxes; what touches one is never dropped however small it is.
	Keep []geo.Bounds
}

// Topology holds areas as arcs. It never changes, save that levels once asked for
// are remembered; it may be used from many goroutines at once.
type Topology struct {
	ids   []string
	areas map[string]*area
	arcs  []arc
	index geo.Index[string]

	mu     sync.Mutex
	levels map[int]*level
}

// area is an outline as arcs. A negative number is the arc ^n turned around.
type area struct {
	parts []part
	full  geo.MultiPolygon
}

// part is one polygon: an outer ring and its holes.
type part struct {
	rings [][]int32
	alone []bool    // no other ring uses the ring's arcs
	size  []float64 // of each ring, in the square of the world's width
	keep  bool      // it is never dropped
}

// New builds the topology. Areas that cannot be used (broken rings, an id twice)
// are left out and named in the errors.
func New(areas []Area, o Options) (*Topology, []error) {
	t := &Topology{areas: map[string]*area{}, levels: map[int]*level{}}
	var errs []error
	var outlines []outline
	for _, a := range areas {
		err := geo.CheckArea(a.Polygons)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("area %s: %w", a.ID, err))
			continue
		case t.areas[a.ID] != nil:
			errs = append(errs, fmt.Errorf("area %s is given twice; the first is kept", a.ID))
			continue
		}
		t.ids = append(t.ids, a.ID)
		t.areas[a.ID] = &area{}
		outlines = append(outlines, cornersOf(a.Polygons))
	}
	if o.Snap > 0 {
		snap(outlines, o.Snap)
	}
	c := newCutter(outlines)
	for i, id := range t.ids {
		*t.areas[id] = c.cut(outlines[i])
	}
	t.arcs = c.arcs
	c.pin(t)
	for _, id := range t.ids {
		a := t.areas[id]
		for i := range a.parts {
			t.measure(&a.parts[i], c.uses, o.Keep)
		}
		a.full = t.assemble(a, func(n int32) []geo.Point { return t.arcs[n].points }, nil)
		t.index.Add(geo.Prepare(a.full), id)
	}
	return t, errs
}

// measure notes what decides whether a part may be dropped.
func (t *Topology) measure(p *part, uses []int32, keep []geo.Bounds) {
	for i, ring := range p.rings {
		points := t.ring(ring, func(n int32) []geo.Point { return t.arcs[n].points })
		p.size = append(p.size, worldArea(points))
		p.alone = append(p.alone, !slices.ContainsFunc(ring, func(n int32) bool { return uses[max(n, ^n)] > 1 }))
		if b, ok := geo.BoundsOf(points); ok && i == 0 {
			p.keep = slices.ContainsFunc(keep, func(k geo.Bounds) bool { return k.Intersects(b) })
		}
	}
}

// Areas returns the ids in the order given to New.
func (t *Topology) Areas() []string { return slices.Clone(t.ids) }

// Outline returns an area simplified for a zoom of 256-pixel tiles, nil for an
// id that is not there. Corners are left out whose triangle with the kept ones is
// smaller than half a pixel (M. Visvalingam and J. D. Whyatt, Line generalisation
// by repeated elimination of points, 1993), islands and holes smaller than one
// pixel are dropped, save an area's largest part; nothing crosses that did not
// cross before. Neighbours share their corners exactly. The result is shared; it
// must not be changed.
func (t *Topology) Outline(id string, zoom float64) geo.MultiPolygon {
	a := t.areas[id]
	if a == nil {
		return nil
	}
	return t.level(zoom).outline(t, id, a)
}

// Full returns an area in full detail, as snapped; it must not be changed.
func (t *Topology) Full(id string) geo.MultiPolygon {
	if a := t.areas[id]; a != nil {
		return a.full
	}
	return nil
}

// At returns the ids of the areas that hold p in full detail, sorted; more than
// one on a shared edge or where areas overlap.
func (t *Topology) At(p geo.Point) (ids []string) {
	t.index.At(p, func(id string) bool {
		ids = append(ids, id)
		return true
	})
	slices.Sort(ids)
	return ids
}

// Borders returns every line between two areas once, simplified for a zoom; what
// only one area has (coast, the edge of the map) is left out.
func (t *Topology) Borders(zoom float64) [][]geo.Point {
	l := t.level(zoom)
	var out [][]geo.Point
	for n := range t.arcs {
		if t.arcs[n].shared {
			out = append(out, l.arcs[n])
		}
	}
	return out
}

// ring puts a ring's arcs together and closes it.
func (t *Topology) ring(arcs []int32, points func(n int32) []geo.Point) []geo.Point {
	var out []geo.Point
	for _, n := range arcs {
		p := points(max(n, ^n))
		if n < 0 {
			p = slices.Clone(p)
			slices.Reverse(p)
		}
		if len(out) > 0 {
			p = p[1:]
		}
		out = append(out, p...)
	}
	return out
}

// assemble puts an area's parts together, those that drop does not name.
func (t *Topology) assemble(a *area, points func(n int32) []geo.Point, drop func(p *part, ring int) bool) geo.MultiPolygon {
	var out geo.MultiPolygon
	for i := range a.parts {
		p := &a.parts[i]
		if drop != nil && drop(p, 0) {
			continue
		}
		var polygon geo.Polygon
		for k, ring := range p.rings {
			if k > 0 && drop != nil && drop(p, k) {
				continue
			}
			polygon = append(polygon, t.ring(ring, points))
		}
		out = append(out, polygon)
	}
	return out
}

// worldArea returns the size of a ring on the Web-Mercator map, in the square of
// the world's width.
func worldArea(ring []geo.Point) float64 {
	sum := 0.0
	for i := range ring {
		ax, ay := geo.Project(ring[i])
		bx, by := geo.Project(ring[(i+1)%len(ring)])
		sum += ax*by - bx*ay
	}
	return max(sum, -sum) / 2
}
