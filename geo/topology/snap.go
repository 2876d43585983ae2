package topology

import (
	"math"
	"slices"
	"sort"

	"github.com/tidwall/rtree"

	"iocwall/geo"
)

// snap moves corners that lie within so many metres of each other to one place,
// and puts corners of others that lie on an edge into it. Outlines are changed in
// place; a ring that would cross itself stays as it was.
func snap(outlines []outline, meters float64) {
	s := snapper{meters: meters, cells: map[[2]int32][]int{}}
	moved := make([]outline, len(outlines))
	for i, o := range outlines {
		moved[i] = s.each(o, func(p geo.Point) []geo.Point { return []geo.Point{s.corner(p, i)} }, nil)
	}
	for i := range s.corners {
		s.tree.Insert(s.corners[i].at, s.corners[i].at, i)
	}
	for i, o := range moved {
		moved[i] = s.each(o, nil, func(a, b geo.Point) []geo.Point { return s.between(a, b, i) })
	}
	for i := range outlines {
		outlines[i] = merge(outlines[i], moved[i])
	}
}

// merge takes the snapped rings that can bound an area.
func merge(old, snapped outline) (out outline) {
	for i, rings := range old {
		var kept [][]geo.Point
		for k, ring := range rings {
			r := clean(snapped[i][k])
			if len(r) < 3 || geo.CheckRing(append(slices.Clone(r), r[0])) != nil {
				r = ring
			}
			kept = append(kept, r)
		}
		out = append(out, kept)
	}
	return out
}

type snapper struct {
	meters  float64
	cells   map[[2]int32][]int
	corners []corner
	tree    rtree.RTreeG[int]
}

// corner is a place that corners were moved to, and the outlines that have it.
type corner struct {
	at     geo.Point
	owners []int
}

// each rebuilds an outline, corner by corner or edge by edge.
func (s *snapper) each(o outline, at func(geo.Point) []geo.Point, between func(a, b geo.Point) []geo.Point) (out outline) {
	for _, rings := range o {
		var list [][]geo.Point
		for _, ring := range rings {
			var r []geo.Point
			for i, p := range ring {
				if at != nil {
					r = append(r, at(p)...)
				} else {
					r = append(append(r, p), between(p, ring[(i+1)%len(ring)])...)
				}
			}
			list = append(list, r)
		}
		out = append(out, list)
	}
	return out
}

// scale returns the metres of a degree of longitude and of latitude at a place.
func scale(lat float64) (x, y float64) {
	y = geo.EarthRadius * math.Pi / 180
	return max(y*math.Cos(lat*math.Pi/180), 1e-3*y), y
}

// corner returns the place that p is moved to: the nearest within reach that is
// there already, or its own.
func (s *snapper) corner(p geo.Point, owner int) geo.Point {
	// Cells are as high and at least as wide as the reach.
	_, ky := scale(0)
	kx, _ := scale(p[1])
	high := s.meters / ky
	row := int32(math.Floor(p[1] / high))
	nearest, least := -1, s.meters
	for dy := int32(-1); dy <= 1; dy++ {
		wide := cellWidth(row+dy, high, s.meters)
		column := int32(math.Floor(p[0] / wide))
		for dx := int32(-1); dx <= 1; dx++ {
			for _, k := range s.cells[[2]int32{column + dx, row + dy}] {
				c := s.corners[k].at
				if d := math.Hypot((c[0]-p[0])*kx, (c[1]-p[1])*ky); d <= least {
					nearest, least = k, d
				}
			}
		}
	}
	if nearest < 0 {
		nearest = len(s.corners)
		s.corners = append(s.corners, corner{at: p})
		cell := [2]int32{int32(math.Floor(p[0] / cellWidth(row, high, s.meters))), row}
		s.cells[cell] = append(s.cells[cell], nearest)
	}
	c := &s.corners[nearest]
	if !slices.Contains(c.owners, owner) {
		c.owners = append(c.owners, owner)
	}
	return c.at
}

// cellWidth is the width in degrees of the cells of a row, never less than the
// reach at its end nearer to a pole.
func cellWidth(row int32, high, meters float64) float64 {
	lat := max(math.Abs(float64(row)*high), math.Abs(float64(row+1)*high))
	kx, _ := scale(min(lat, 90))
	return 1.01 * meters / kx
}

// between returns the corners of others that lie on the edge from a to b, in
// order.
func (s *snapper) between(a, b geo.Point, owner int) []geo.Point {
	kx, ky := scale((a[1] + b[1]) / 2)
	dx, dy := s.meters/kx, s.meters/ky
	type on struct {
		t  float64
		at geo.Point
	}
	var found []on
	low := geo.Point{min(a[0], b[0]) - dx, min(a[1], b[1]) - dy}
	high := geo.Point{max(a[0], b[0]) + dx, max(a[1], b[1]) + dy}
	s.tree.Search(low, high, func(_, _ [2]float64, k int) bool {
		c := &s.corners[k]
		if c.at == a || c.at == b || slices.Contains(c.owners, owner) {
			return true
		}
		ex, ey := (b[0]-a[0])*kx, (b[1]-a[1])*ky
		px, py := (c.at[0]-a[0])*kx, (c.at[1]-a[1])*ky
		t := (px*ex + py*ey) / (ex*ex + ey*ey)
		if t > 0 && t < 1 && math.Hypot(px-t*ex, py-t*ey) <= s.meters {
			found = append(found, on{t, c.at})
		}
		return true
	})
	sort.Slice(found, func(i, j int) bool { return found[i].t < found[j].t })
	var out []geo.Point
	for _, f := range found {
		out = append(out, f.at)
	}
	return out
}
