// Package hit keeps what a map drew where, so that a hand can point at it. A
// Recorder collects while one picture is drawn; the Hits it gives never change
// and may be read from any goroutine.
package hit

import (
	"cmp"
	"image"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

// Found is one thing that was drawn at a place. The layer is "vessels",
// "stations", "reports", "cameras" or "alerts", or that of the feature.
type Found struct {
	Layer, ID string      // a cluster has no id
	At        image.Point // in pixels of the whole view
	// Members are the ids of what gathered to a cluster.
	Members []string
}

// mark is a symbol or a box that belongs to one.
type mark struct {
	layer, id string
	at        image.Point
	box       image.Rectangle
	plate     bool // anywhere in the box is as good as its middle
	members   [2]int32
}

// shape is an area or a line.
type shape struct {
	layer, id string
	polygons  geo.MultiPolygon
	points    []geo.Point
	half      float64 // of the line's width, in pixels
}

// Hits is what one picture shows. A nil Hits holds nothing.
type Hits struct {
	view    geo.View
	marks   []mark
	lines   []shape
	areas   []shape
	members []string
}

// Recorder collects what is drawn. A nil Recorder records nothing at no cost.
type Recorder struct{ hits *Hits }

// NewRecorder returns a Recorder for a picture of the view.
func NewRecorder(v geo.View) *Recorder { return &Recorder{&Hits{view: v.Whole()}} }

// Hits returns what was recorded; the Recorder must not be used afterwards.
func (r *Recorder) Hits() *Hits {
	if r == nil {
		return nil
	}
	return r.hits
}

// Symbol records a symbol around (x, y) that reaches half pixels each way.
func (r *Recorder) Symbol(layer, id string, x, y, half int) {
	if r != nil {
		r.hits.marks = append(r.hits.marks, mark{layer: layer, id: id, at: image.Pt(x, y), box: image.Rect(x-half, y-half, x+half, y+half)})
	}
}

// Plate records a box that belongs to the symbol at (x, y), or stands for itself.
func (r *Recorder) Plate(layer, id string, x, y int, box image.Rectangle) {
	if r != nil {
		r.hits.marks = append(r.hits.marks, mark{layer: layer, id: id, at: image.Pt(x, y), box: box, plate: true})
	}
}

// Cluster records the ring of what gathered, the ids of which are copied.
func (r *Recorder) Cluster(layer string, x, y, half int, ids []string) {
	if r == nil {
		return
	}
	h := r.hits
	from := int32(len(h.members))
	h.members = append(h.members, ids...)
	h.marks = append(h.marks, mark{
		layer: layer, at: image.Pt(x, y), box: image.Rect(x-half, y-half, x+half, y+half), plate: true,
		members: [2]int32{from, int32(len(h.members))},
	})
}

// Line records a line of the given width in pixels. The points are read later
// and must not change.
func (r *Recorder) Line(layer, id string, points []geo.Point, width float64) {
	if r != nil {
		r.hits.lines = append(r.hits.lines, shape{layer: layer, id: id, points: points, half: width / 2})
	}
}

// Area records an area. The polygons are read later and must not change.
func (r *Recorder) Area(layer, id string, polygons geo.MultiPolygon) {
	if r != nil {
		r.hits.areas = append(r.hits.areas, shape{layer: layer, id: id, polygons: polygons})
	}
}

// candidate is something near a place, with what it is sorted by.
type candidate struct {
	Found
	rank  int // marks, lines, areas
	far   float64
	order int // what was drawn later is nearer to the eye
}

// At returns what lies at (x, y) in pixels of the whole view or within reach
// pixels of it: symbols before lines before areas, the nearest first, of areas
// the smallest first. Everything is named once.
func (h *Hits) At(x, y int, reach float64) []Found {
	if h == nil || !(reach >= 0) {
		return nil
	}
	var out []candidate
	for i := range h.marks {
		if m := &h.marks[i]; m.distance(x, y) <= reach {
			out = append(out, h.mark(m, i, x, y))
		}
	}
	px, py := float64(x), float64(y)
	for i := range h.lines {
		l := &h.lines[i]
		if d := h.toLine(l.points, px, py) - l.half; d <= reach {
			out = append(out, candidate{Found{Layer: l.layer, ID: l.id, At: image.Pt(x, y)}, 1, max(0, d), i})
		}
	}
	p := h.view.Point(px, py)
	for i := range h.areas {
		if a := &h.areas[i]; a.polygons.Bound().Contains(p) && contains(a.polygons, p) {
			out = append(out, candidate{Found{Layer: a.layer, ID: a.id, At: image.Pt(x, y)}, 2, size(a.polygons), i})
		}
	}
	return once(out)
}

// In returns everything that touches a rectangle in pixels of the whole view, in
// the order of At from its middle.
func (h *Hits) In(rect image.Rectangle) []Found {
	rect = rect.Canon()
	if h == nil || rect.Empty() {
		return nil
	}
	middle := rect.Min.Add(rect.Max).Div(2)
	var out []candidate
	for i := range h.marks {
		m := &h.marks[i]
		if m.at.In(rect) || m.plate && m.members[1] == 0 && m.box.Overlaps(rect) {
			out = append(out, h.mark(m, i, middle.X, middle.Y))
		}
	}
	b := h.view.BoundsOf(rect)
	for i := range h.lines {
		l := &h.lines[i]
		if touches(l.points, b) {
			d := h.toLine(l.points, float64(middle.X), float64(middle.Y))
			out = append(out, candidate{Found{Layer: l.layer, ID: l.id, At: middle}, 1, d, i})
		}
	}
	for i := range h.areas {
		if a := &h.areas[i]; a.polygons.Bound().Intersects(b) && meets(a.polygons, b) {
			out = append(out, candidate{Found{Layer: a.layer, ID: a.id, At: middle}, 2, size(a.polygons), i})
		}
	}
	return once(out)
}

// mark makes a candidate of a mark as seen from (x, y).
func (h *Hits) mark(m *mark, order, x, y int) candidate {
	c := candidate{Found{Layer: m.layer, ID: m.id, At: m.at}, 0, 0, order}
	if m.members[1] > m.members[0] {
		c.Members = h.members[m.members[0]:m.members[1]:m.members[1]]
	}
	if c.far = m.distance(x, y); !m.plate {
		c.far = math.Hypot(float64(m.at.X-x), float64(m.at.Y-y))
	}
	return c
}

// distance from a mark's box, 0 inside it.
func (m *mark) distance(x, y int) float64 {
	dx := max(m.box.Min.X-x, 0, x-m.box.Max.X+1)
	dy := max(m.box.Min.Y-y, 0, y-m.box.Max.Y+1)
	return math.Hypot(float64(dx), float64(dy))
}

// once sorts what was found and names each thing once.
func once(all []candidate) []Found {
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.far, b.far), cmp.Compare(b.order, a.order))
	})
	type name struct{ layer, id string }
	seen := map[name]bool{}
	var out []Found
	for i := range all {
		f := all[i].Found
		if n := (name{f.Layer, f.ID}); f.Members == nil {
			if seen[n] {
				continue
			}
			seen[n] = true
		}
		out = append(out, f)
	}
	return out
}

// toLine returns the distance of a pixel from a line, in pixels.
func (h *Hits) toLine(points []geo.Point, x, y float64) float64 {
	least := math.Inf(1)
	for i, p := range points {
		bx, by := h.view.Pixel(p)
		if i == 0 {
			least = math.Hypot(bx-x, by-y)
			continue
		}
		ax, ay := h.view.Pixel(points[i-1])
		dx, dy := bx-ax, by-ay
		t := 0.0
		if l := dx*dx + dy*dy; l > 0 {
			t = max(0, min(1, ((x-ax)*dx+(y-ay)*dy)/l))
		}
		if d := math.Hypot(ax+t*dx-x, ay+t*dy-y); d < least {
			least = d
		}
	}
	return least
}

// contains reports whether a point lies in polygons, by the even-odd rule.
func contains(mp geo.MultiPolygon, p geo.Point) bool {
	for _, polygon := range mp {
		inside := false
		for _, ring := range polygon {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
					inside = !inside
				}
			}
		}
		if inside {
			return true
		}
	}
	return false
}

// meets reports whether polygons and a box have anything in common.
func meets(mp geo.MultiPolygon, b geo.Bounds) bool {
	for _, polygon := range mp {
		for _, ring := range polygon {
			if touches(ring, b) || len(ring) > 2 && crosses(ring[len(ring)-1], ring[0], b) {
				return true
			}
		}
	}
	return contains(mp, b.Center())
}

// touches reports whether a line passes through a box.
func touches[L orb.LineString | orb.Ring | []geo.Point](points L, b geo.Bounds) bool {
	for i := range points {
		if b.Contains(points[i]) || i > 0 && crosses(points[i-1], points[i], b) {
			return true
		}
	}
	return false
}

// crosses clips a segment to a box (Liang and Barsky).
func crosses(p, q geo.Point, b geo.Bounds) bool {
	from, to := 0.0, 1.0
	for axis := range 2 {
		d := q[axis] - p[axis]
		lo, hi := b.Min[axis]-p[axis], b.Max[axis]-p[axis]
		if d == 0 {
			if lo > 0 || hi < 0 {
				return false
			}
			continue
		}
		if lo, hi = lo/d, hi/d; lo > hi {
			lo, hi = hi, lo
		}
		from, to = max(from, lo), min(to, hi)
	}
	return from <= to
}

// size is how large the box around polygons is, in square degrees.
func size(mp geo.MultiPolygon) float64 {
	b := mp.Bound()
	return (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1])
}
