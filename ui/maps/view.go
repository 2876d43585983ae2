package maps

import (
	"math"
	"strings"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
	"iocwall/ui/maps/feature"
)

// View returns where the map looks, width × height pixels: at what it follows,
// its bounds or its centre, or else at all that stands still.
func (p *Map) View(s *world.State, width, height int) geo.View {
	p.resolve(s)
	q := &p.params
	v := p.still(s, width, height)
	if q.Follow == "" {
		return v
	}
	if at, ok := placeOf(s, q.Follow); ok {
		v.Center = at
		if q.Center == nil && q.Bounds == nil {
			v = geo.ZoomView(at, zoomFor(q.Zoom, height), width, height)
		}
	}
	return v
}

func (p *Map) still(s *world.State, width, height int) geo.View {
	q := &p.params
	switch {
	case q.Bounds != nil:
		return geo.FitView(*q.Bounds, width, height, 0)
	case q.Center != nil:
		return geo.ZoomView(*q.Center, zoomFor(q.Zoom, height), width, height)
	}
	return geo.FitView(p.m.standing(s, q.Home), width, height, float64(height)/20)
}

// zoomFor turns a zoom meant for a map 1,000 pixels high into that of another: a
// larger map shows the same place larger, not more of the world.
func zoomFor(zoom float64, height int) float64 {
	if zoom == 0 {
		zoom = brief.UsualZoom
	}
	return zoom + math.Log2(float64(max(1, height))/1000)
}

// placeOf finds an entity's place; one without a place has none.
func placeOf(s *world.State, r world.Ref) (geo.Point, bool) {
	e, ok := s.Entity(r)
	if !ok {
		return geo.Point{}, false
	}
	at, ok := e.Place()
	return at, ok && geo.Valid(at)
}

// standing is the box of everything that stands still, or of the home areas, or
// of Vietnam with its sea.
func (m *Maps) standing(s *world.State, home []string) geo.Bounds {
	b := geo.Bounds{Min: geo.Point{180, 90}, Max: geo.Point{-180, -90}}
	add := func(e world.Entity) {
		if at, ok := e.Place(); ok && geo.Valid(at) && at != (geo.Point{}) {
			b = b.Extend(at)
		}
	}
	m.renew(s)
	for i := range m.stations.rows {
		add(m.stations.rows[i].is)
	}
	for i := range m.cameras.rows {
		add(m.cameras.rows[i].is)
	}
	if b.Min[0] <= b.Max[0] {
		return b
	}
	for _, id := range home {
		if o, ok := m.Outline(s, id); ok {
			return o.Bound()
		}
	}
	return geo.Bounds{Min: geo.Point{102, 8}, Max: geo.Point{117.5, 23.5}}
}

// province returns the id that the base map gives the outline of an area: the
// last part of the area's, without the year that tells a province of today from
// the one of the same name before it.
func province(area string) string {
	id := area[strings.LastIndexByte(area, '/')+1:]
	if i := strings.LastIndexByte(id, '-'); i > 0 && len(id)-i == 5 && strings.Trim(id[i+1:], "0123456789") == "" {
		id = id[:i]
	}
	return id
}

// Outline returns the outline of an administrative area, as exact as it is known.
func (m *Maps) Outline(s *world.State, area string) (geo.MultiPolygon, bool) {
	return m.outline(s, area, math.Inf(1))
}

// outline is Outline simplified for a zoom.
func (m *Maps) outline(s *world.State, area string, zoom float64) (geo.MultiPolygon, bool) {
	for _, l := range s.Layers() {
		if !l.Is.Areas {
			continue
		}
		if set := m.features.Get(feature.WantOf(l.Is)); set != nil {
			if o := set.Outline(area, zoom); len(o) > 0 {
				return o, true
			}
		}
	}
	set := m.o.Provinces
	if a, ok := s.Area(area); ok && a.Until != 0 && a.Until <= s.Seen() {
		if set = m.o.Former; set == nil {
			return nil, false
		}
	}
	o, ok := set.Province(province(area))
	return o.Polygons, ok && len(o.Polygons) > 0
}
