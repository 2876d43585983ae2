package sheet

import (
	"image"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/outline"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/scene"
)

// shape is what is known of one outline, whatever the view.
type shape struct {
	sum    uint64
	bounds geo.Bounds
	// polygons are the rings in the unit square, those of holes turned against the
	// outer ones, each closed; nil before they are needed.
	polygons [][][]raster.XY
	lo, hi   raster.XY    // around them
	spot     outline.Spot // where the name stands
	room     bool         // that there is a spot
	looked   bool         // for the spot
	used     uint64       // the last frame that it was for
}

// border is a part of an outline that no other border of its areas shares.
type border struct {
	points []raster.XY // in the unit square
	lo, hi raster.XY   // around them
}

// borders are those of some areas.
type borders struct {
	parts []border
	used  uint64
}

// arrange finds the shapes of all areas, whose sums are known.
func (s *Sheet) arrange(areas []scene.Area) {
	s.shapes = s.shapes[:0]
	for i := range areas {
		o := s.known[s.sums[i]]
		if o == nil {
			o = &shape{sum: s.sums[i], bounds: areas[i].Polygons.Bound()}
			s.known[o.sum] = o
		}
		o.used = s.frame
		s.shapes = append(s.shapes, o)
	}
	if len(s.known) > 4*len(s.sums)+64 {
		for k, old := range s.known {
			if s.frame-old.used > 30 {
				delete(s.known, k)
			}
		}
	}
}

// ringsOf returns the rings of the i-th area.
func (s *Sheet) ringsOf(i int, mp geo.MultiPolygon) [][][]raster.XY {
	o := s.shapes[i]
	if o.polygons == nil {
		o.polygons = projected(mp)
		for _, polygon := range o.polygons {
			for _, ring := range polygon {
				o.lo, o.hi = around(ring, o.lo, o.hi)
			}
		}
	}
	return o.polygons
}

// around widens a box by points; one without any extent is empty.
func around(points []raster.XY, lo, hi raster.XY) (_, _ raster.XY) {
	if lo == hi && len(points) > 0 {
		lo, hi = points[0], points[0]
	}
	for _, p := range points {
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, p.X), min(lo.Y, p.Y), max(hi.X, p.X), max(hi.Y, p.Y)
	}
	return lo, hi
}

func projected(mp geo.MultiPolygon) [][][]raster.XY {
	n, rings := 0, 0
	for _, polygon := range mp {
		rings += len(polygon)
		for _, ring := range polygon {
			n += len(ring) + 1
		}
	}
	out, all, points := make([][][]raster.XY, 0, len(mp)), make([][]raster.XY, 0, rings), make([]raster.XY, 0, n)
	for _, polygon := range mp {
		first := len(all)
		for k, ring := range polygon {
			from := len(points)
			points = outline.Project(points, ring)
			if from < len(points) && points[from] != points[len(points)-1] {
				points = append(points, points[from])
			}
			all = append(all, outline.Turned(points[from:len(points):len(points)], k == 0))
		}
		out = append(out, all[first:len(all):len(all)])
	}
	return out
}

// bordersOf returns the borders of some areas, those that two of them share once.
// They depend on the areas alone, so that every crop of a view draws the same.
func (s *Sheet) bordersOf(areas []int, all []scene.Area) []border {
	key := uint64(len(areas))
	for _, i := range areas {
		key = outline.Mix(key, s.sums[i])
	}
	b := s.borders[key]
	if b == nil {
		b = &borders{}
		drawn := map[segment]struct{}{}
		for _, i := range areas {
			for _, polygon := range s.ringsOf(i, all[i].Polygons) {
				for _, ring := range polygon {
					b.parts = addBorders(b.parts, ring, drawn)
				}
			}
		}
		s.borders[key] = b
		for k, old := range s.borders {
			if len(s.borders) > 8 && s.frame-old.used > 30 && old != b {
				delete(s.borders, k)
			}
		}
	}
	b.used = s.frame
	return b.parts
}

// segment is one edge, whichever way it runs.
type segment struct{ a, b raster.XY }

func segmentOf(a, b raster.XY) segment {
	if a.X > b.X || a.X == b.X && a.Y > b.Y {
		a, b = b, a
	}
	return segment{a, b}
}

// addBorders adds the parts of a ring that are not drawn yet, and notes them as drawn.
func addBorders(parts []border, ring []raster.XY, drawn map[segment]struct{}) []border {
	from := 0
	for i := 1; i < len(ring); i++ {
		edge := segmentOf(ring[i-1], ring[i])
		if _, ok := drawn[edge]; ok {
			parts = addBorder(parts, ring[from:i])
			from = i
			continue
		}
		drawn[edge] = struct{}{}
	}
	return addBorder(parts, ring[min(from, len(ring)):])
}

func addBorder(parts []border, points []raster.XY) []border {
	if len(points) < 2 {
		return parts
	}
	b := border{points: points}
	b.lo, b.hi = around(points, b.lo, b.hi)
	return append(parts, b)
}

// window returns the part of the picture that may hold the i-th area, whose rings
// are known.
func (s *Sheet) window(i int) image.Rectangle {
	o, w, win := s.shapes[i], s.scale.World, s.canvas.Win
	return image.Rect(
		int(max(o.lo.X*w-s.scale.X, float64(win.Min.X)))-1, int(max(o.lo.Y*w-s.scale.Y, float64(win.Min.Y)))-1,
		int(min(o.hi.X*w-s.scale.X, float64(win.Max.X)))+2, int(min(o.hi.Y*w-s.scale.Y, float64(win.Max.Y)))+2,
	).Intersect(win)
}

// shows reports whether a border may show in the part that is drawn.
func (s *Sheet) shows(b *border, reach float64) bool {
	win, w := &s.canvas.Win, s.scale.World
	return b.lo.X*w-s.scale.X-reach < float64(win.Max.X) && b.hi.X*w-s.scale.X+reach > float64(win.Min.X) &&
		b.lo.Y*w-s.scale.Y-reach < float64(win.Max.Y) && b.hi.Y*w-s.scale.Y+reach > float64(win.Min.Y)
}

// Bounds returns the box around the i-th area of the last Draw.
func (s *Sheet) Bounds(i int) geo.Bounds { return s.shapes[i].bounds }

// Spot returns where the name of the i-th area of the last Draw stands, in pixels
// of the view, and how much room there is; false where there is none. It is found
// once for an outline.
func (s *Sheet) Spot(i int, a *scene.Area) (outline.Spot, bool) {
	o := s.shapes[i]
	if !o.looked {
		o.spot, o.room = outline.Inner(a.Polygons)
		o.looked = true
	}
	out, w := o.spot, s.scale.World
	out.X, out.Y, out.Room, out.Left, out.Right = out.X*w-s.scale.X, out.Y*w-s.scale.Y, out.Room*w, out.Left*w, out.Right*w
	return out, o.room
}

// sameEdge reports whether the edges of two areas are drawn alike.
func sameEdge(a, b *scene.Area) bool {
	return a.Edge == b.Edge && a.Layer == b.Layer && a.Dashed == b.Dashed &&
		math.Float64bits(a.Width) == math.Float64bits(b.Width)
}
