package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/simplify"

	"iocwall/geo"
)

// region is drawn from the 1:10m land, the rest of the world from the 1:50m.
func region() geo.Bounds { return geo.Bounds{Min: geo.Pt(92, -6), Max: geo.Pt(128, 30)} }

// outsideLand returns the land that is not Vietnam's. Where it meets Vietnam it
// reaches under the provinces, which are drawn over it.
func outsideLand(src *sources, vietnam []outline) (geo.MultiPolygon, error) {
	near, err := topoLand(src.land10)
	if err != nil {
		return nil, fmt.Errorf("land-10m: %w", err)
	}
	far, err := topoLand(src.land50)
	if err != nil {
		return nil, fmt.Errorf("land-50m: %w", err)
	}
	coast := newNearness(vietnam)
	var out geo.MultiPolygon
	cut := false
	for _, polygon := range near {
		if !polygon.Bound().Intersects(region()) || ours(polygon, coast) {
			continue
		}
		if ring, ok := withoutCoast(polygon[0], coast); ok {
			polygon = append(orb.Polygon{ring}, polygon[1:]...)
			cut = true
		}
		out = appendLand(out, clip.Polygon(region(), polygon.Clone()), 0.003, 2e-4)
	}
	if !cut {
		return nil, errors.New("the coast of Vietnam was not found in the land")
	}
	r := region()
	for _, band := range []geo.Bounds{
		{Min: geo.Pt(-180, -90), Max: geo.Pt(r.Min[0], 84)},
		{Min: geo.Pt(r.Max[0], -90), Max: geo.Pt(180, 84)},
		{Min: geo.Pt(r.Min[0], -90), Max: geo.Pt(r.Max[0], r.Min[1])},
		{Min: geo.Pt(r.Min[0], r.Max[1]), Max: geo.Pt(r.Max[0], 84)},
	} {
		for _, polygon := range far {
			if polygon.Bound().Intersects(band) {
				out = appendLand(out, clip.Polygon(band, polygon.Clone()), 0.04, 0.02)
			}
		}
	}
	return out, nil
}

// appendLand adds a polygon simplified to tolerance degrees, unless it is
// smaller than least square degrees. Outer rings run counter-clockwise.
func appendLand(mp geo.MultiPolygon, polygon orb.Polygon, tolerance, least float64) geo.MultiPolygon {
	var out orb.Polygon
	for i, ring := range polygon {
		ring = simplify.DouglasPeucker(tolerance).Ring(ring)
		area := ringArea(ring)
		if len(ring) < 4 || math.Abs(area) < least {
			if i == 0 {
				return mp
			}
			continue
		}
		if (area > 0) != (i == 0) {
			ring.Reverse()
		}
		out = append(out, ring)
	}
	if len(out) == 0 {
		return mp
	}
	return append(mp, out)
}

func ringArea(ring orb.Ring) float64 {
	sum := 0.0
	for i := 0; i+1 < len(ring); i++ {
		sum += ring[i][0]*ring[i+1][1] - ring[i+1][0]*ring[i][1]
	}
	return sum / 2
}

// ours reports whether an island belongs to Vietnam: most of its coast is also
// an edge of a province, or it lies in one of the two archipelagos, which are a
// list of our own.
func ours(polygon orb.Polygon, coast nearness) bool {
	b := polygon.Bound()
	for _, sea := range []geo.Bounds{
		{Min: geo.Pt(110.8, 15.3), Max: geo.Pt(113.5, 17.5)},
		{Min: geo.Pt(111, 6.5), Max: geo.Pt(116.8, 12.2)},
	} {
		if sea.Contains(b.Min) && sea.Contains(b.Max) {
			return true
		}
	}
	if b.Max[0]-b.Min[0] > 5 {
		return false
	}
	on := 0
	for _, p := range polygon[0] {
		if coast.within(p, 0.02) {
			on++
		}
	}
	return 2*on > len(polygon[0])
}

// withoutCoast replaces the coast of Vietnam in the ring of the mainland, from
// the border with China to the border with Cambodia, by a line well inside
// Vietnam, so that no second coastline shows beside the provinces.
func withoutCoast(ring orb.Ring, coast nearness) (orb.Ring, bool) {
	north, south := nearest(ring, geo.Pt(107.99, 21.54)), nearest(ring, geo.Pt(104.44, 10.42))
	if geo.Distance(ring[north], geo.Pt(107.99, 21.54)) > 20e3 || geo.Distance(ring[south], geo.Pt(104.44, 10.42)) > 20e3 {
		return nil, false
	}
	inland := []geo.Point{
		{107.6, 21.6},
		{106.8, 21.6},
		{105.9, 21.0},
		{105.7, 20.3},
		{105.4, 19.6},
		{105.1, 19.0},
		{105.5, 18.4},
		{106.2, 17.7},
		{106.7, 17.0},
		{107.2, 16.4},
		{107.8, 15.8},
		{108.1, 14.8},
		{108.3, 13.6},
		{108.4, 12.5},
		{107.8, 11.8},
		{106.8, 11.3},
		{106.2, 10.8},
		{105.5, 10.6},
		{104.8, 10.45},
	}
	n := len(ring) - 1
	// One of the two ways round is the coast of Vietnam: most of it is near.
	keep := func(from, to int) (run orb.Ring, near float64) {
		for i := from; ; i = (i + 1) % n {
			run = append(run, ring[i])
			if coast.within(ring[i], 0.05) {
				near++
			}
			if i == to {
				return run, near / float64(len(run))
			}
		}
	}
	a, nearA := keep(north, south)
	b, nearB := keep(south, north)
	run := a // runs from north to south on the far side; go back inland northwards
	if nearA > nearB {
		run = b
		run = append(run, inland...)
	} else {
		for i := len(inland) - 1; i >= 0; i-- {
			run = append(run, inland[i])
		}
	}
	return append(run, run[0]), true
}

func nearest(ring orb.Ring, p geo.Point) int {
	best, distance := 0, math.Inf(1)
	for i, q := range ring {
		if d := math.Hypot(q[0]-p[0], q[1]-p[1]); d < distance {
			best, distance = i, d
		}
	}
	return best % (len(ring) - 1)
}

// nearness answers whether a corner of Vietnam's outlines is near a point, on a
// grid of 0.05 degrees.
type nearness map[[2]int][]geo.Point

func newNearness(areas []outline) nearness {
	n := nearness{}
	eachEdge(areas, func(_ string, a, b vertex) {
		// Long edges count at several places.
		p, q := a.point(), b.point()
		steps := int(math.Hypot(q[0]-p[0], q[1]-p[1])/0.01) + 1
		for i := range steps {
			t := float64(i) / float64(steps)
			at := geo.Pt(p[0]+t*(q[0]-p[0]), p[1]+t*(q[1]-p[1]))
			cell := cellOf(at)
			n[cell] = append(n[cell], at)
		}
	})
	return n
}

func cellOf(p geo.Point) [2]int {
	return [2]int{int(math.Floor(p[0] * 20)), int(math.Floor(p[1] * 20))}
}

func (n nearness) within(p geo.Point, degrees float64) bool {
	c := cellOf(p)
	for dx := -1; dx <= 1; dx++ {
		for dy := -1; dy <= 1; dy++ {
			for _, q := range n[[2]int{c[0] + dx, c[1] + dy}] {
				if math.Hypot(q[0]-p[0], q[1]-p[1]) <= degrees {
					return true
				}
			}
		}
	}
	return false
}

// topoLand decodes the one multipolygon of a world-atlas land file.
func topoLand(data []byte) (geo.MultiPolygon, error) {
	var file struct {
		Transform struct{ Scale, Translate [2]float64 }
		Arcs      [][][2]float64
		Objects   struct {
			Land struct {
				Geometries []struct{ Arcs [][][]int }
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	for _, arc := range file.Arcs {
		var x, y float64
		for i, d := range arc {
			x, y = x+d[0], y+d[1]
			arc[i] = [2]float64{
				x*file.Transform.Scale[0] + file.Transform.Translate[0],
				y*file.Transform.Scale[1] + file.Transform.Translate[1],
			}
		}
	}
	var out geo.MultiPolygon
	for _, g := range file.Objects.Land.Geometries {
		for _, rings := range g.Arcs {
			var polygon orb.Polygon
			for _, arcs := range rings {
				polygon = append(polygon, topoRing(file.Arcs, arcs))
			}
			out = append(out, polygon)
		}
	}
	return out, nil
}

func topoRing(arcs [][][2]float64, refs []int) orb.Ring {
	var ring orb.Ring
	for _, ref := range refs {
		if len(ring) > 0 {
			ring = ring[:len(ring)-1]
		}
		if ref >= 0 {
			for _, p := range arcs[ref] {
				ring = append(ring, p)
			}
			continue
		}
		arc := arcs[^ref]
		for i := len(arc) - 1; i >= 0; i-- {
			ring = append(ring, arc[i])
		}
	}
	return ring
}
