package maps

import (
	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// fences shows those that are watched now.
func (k *maker) fences() {
	filter, on := k.on(Fences)
	if !on {
		return
	}
	hidden := 0
	for _, f := range k.s.Fences() {
		b := &f.Is
		if b.From != 0 && k.now < b.From || b.Until != 0 && k.now >= b.Until || len(b.Polygons) == 0 {
			continue
		}
		if !filter.Thing(func(v map[string]any) { v["id"], v["name"], v["purpose"], v["by"] = b.ID, b.Name, b.Purpose, b.By }) {
			hidden++
			continue
		}
		if !b.Polygons.Bound().Intersects(k.box) {
			continue
		}
		ref := f.Ref()
		k.f.Areas = append(k.f.Areas, draw.Area{
			Polygons: b.Polygons, Layer: Fences, ID: string(ref), Name: b.Name, Fence: true, Dashed: true, Selected: k.selected[ref],
		})
		if b.Polygons.Bound().Intersects(k.view) {
			k.legend.fences++
		}
	}
	if filter.Why() != nil || hidden > 0 {
		k.say(tile.MapLayer{Name: k.m.o.Lang.T("layer.fences")}, filter, hidden)
	}
}

// drawings shows what operators drew; lengths and sizes are written into what was
// measured.
func (k *maker) drawings() {
	filter, on := k.on(Drawings)
	if !on {
		return
	}
	hidden := 0
	for _, d := range k.s.Drawings() {
		if !filter.Thing(func(v map[string]any) { v["id"], v["name"], v["by"] = d.Is.ID, d.Is.Name, d.Is.By }) {
			hidden++
			continue
		}
		k.m.Draw(k.f, d.Ref(), d.Is.Name, d.Is.Shapes, k.selected[d.Ref()])
		if drawn(d.Is.Shapes, k.view) {
			k.legend.drawings++
		}
	}
	if filter.Why() != nil || hidden > 0 {
		k.say(tile.MapLayer{Name: k.m.o.Lang.T("layer.drawings")}, filter, hidden)
	}
}

// drawn reports whether a drawing reaches into a box.
func drawn(shapes []world.DrawnShape, in geo.Bounds) bool {
	for _, sh := range shapes {
		if len(sh.Points) > 0 && orb.MultiPoint(sh.Points).Bound().Intersects(in) {
			return true
		}
	}
	return false
}

// Draw adds the shapes of a drawing to a frame, with what is measured in them.
// The frame's areas, lines and texts carry the drawing's ref as their id.
func (m *Maps) Draw(f *draw.Frame, ref world.Ref, name string, shapes []world.DrawnShape, selected bool) {
	id := string(ref)
	col := m.o.Theme.Second
	for i, sh := range shapes {
		if len(sh.Points) == 0 || !valid(sh.Points) {
			continue
		}
		if i > 0 {
			name = ""
		}
		text := func(at geo.Point, s string, over float64) {
			f.Texts = append(f.Texts, draw.Text{Layer: Drawings, ID: id, At: at, Text: s, Plate: true, Over: over})
		}
		switch sh.Form {
		case "text":
			text(sh.Points[0], sh.Text, 0)
		case "area":
			ring := append(orb.Ring(nil), sh.Points...)
			if len(ring) < 3 {
				continue
			}
			if ring[0] != ring[len(ring)-1] {
				ring = append(ring, ring[0])
			}
			fill := col
			fill.A = 40
			f.Areas = append(f.Areas, draw.Area{
				Polygons: geo.MultiPolygon{orb.Polygon{ring}}, Layer: Drawings, ID: id, Fill: fill, Edge: col, Width: 2, Selected: selected,
			})
			b := ring.Bound()
			text(middle(ring), titled(firstOf(sh.Text, name), m.Size(ring)), geo.Distance(b.Min, geo.Pt(b.Max[0], b.Min[1])))
		case "measure":
			f.Lines = append(f.Lines, draw.Line{Layer: Drawings, ID: id, Points: sh.Points, Color: m.o.Theme.T1, Width: 2, Dashed: true, Selected: selected})
			m.measured(sh.Points, text)
		case "line":
			f.Lines = append(f.Lines, draw.Line{Layer: Drawings, ID: id, Name: firstOf(sh.Text, name), Points: sh.Points, Color: col, Width: 2.5, Selected: selected})
		}
	}
}

func valid(points []geo.Point) bool {
	for _, p := range points {
		if !geo.Valid(p) {
			return false
		}
	}
	return true
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func titled(title, text string) string {
	if title == "" {
		return text
	}
	return title + " · " + text
}

// measured writes the length and bearing of each leg of a measured line, and
// its whole length at its end.
func (m *Maps) measured(points []geo.Point, text func(at geo.Point, s string, over float64)) {
	total := 0.0
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		total += geo.Distance(a, b)
		text(geo.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}, m.Leg(a, b), geo.Distance(a, b))
	}
	if len(points) > 2 {
		text(points[len(points)-1], m.o.Lang.T("map.total", "distance", m.Length(points, total)), total)
	}
}

// Leg writes the distance and the bearing from one place to another.
func (m *Maps) Leg(a, b geo.Point) string {
	return m.Length([]geo.Point{a, b}, geo.Distance(a, b)) + " · " + words.Heading(geo.Bearing(a, b))
}

// Length writes a length along points in metres: in nautical miles where one of
// its ends is at sea and it is not short, otherwise as on land.
func (m *Maps) Length(points []geo.Point, meters float64) string {
	if len(points) > 0 && meters >= 500 && (m.atSea(points[0]) || m.atSea(points[len(points)-1])) {
		return m.o.Lang.NauticalMiles(meters / geo.MetersPerNauticalMile)
	}
	return m.o.Lang.Distance(meters)
}

func (m *Maps) atSea(p geo.Point) bool {
	_, land := m.o.Provinces.ProvinceAt(p)
	return !land
}

// Size writes how large the area in a closed ring is: square metres, hectares or
// square kilometres.
func (m *Maps) Size(ring []geo.Point) string { return m.extent(geo.RingArea(ring)) }

// extent writes a number of square metres.
func (m *Maps) extent(v float64) string {
	t := m.o.Lang
	switch {
	case v < 10_000:
		return t.T("map.size.m", "n", t.Number(v, 0))
	case v < 1_000_000:
		return t.T("map.size.ha", "n", t.Number(v/10_000, 1))
	case v < 100_000_000:
		return t.T("map.size.km", "n", t.Number(v/1_000_000, 1))
	}
	return t.T("map.size.km", "n", t.Number(v/1_000_000, 0))
}

// middle is a place within a ring to write at: the mean of its corners.
func middle(ring orb.Ring) geo.Point {
	var sum geo.Point
	n := float64(len(ring) - 1)
	for _, p := range ring[:len(ring)-1] {
		sum[0] += p[0] / n
		sum[1] += p[1] / n
	}
	return sum
}
