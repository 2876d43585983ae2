package sketch

import (
	"slices"

	"iocwall/geo"
	"iocwall/ui/words"
)

// Leg is one piece of a measured line.
type leg struct {
	meters, Bearing float64
	sea             bool // both ends are at sea
}

// Measured is what there is to say of a line or an area.
type Measured struct {
	Legs          []leg
	sea, land     float64 // metres of its legs
	Area          float64 // square metres, 0 for a line
	closedAtLeast bool    // an area has three corners
}

// Measure walks a path. Onshore tells land from sea; nil takes all for land.
// Distances are great circles (geo.Distance), the area that of the sphere.
func Measure(p Path, onshore func(geo.Point) bool) Measured {
	var m Measured
	for i := range p.Edges() {
		a, b := p.Edge(i)
		l := leg{meters: geo.Distance(a, b), Bearing: geo.Bearing(a, b)}
		l.sea = onshore != nil && !onshore(a) && !onshore(b)
		if l.sea {
			m.sea += l.meters
		} else {
			m.land += l.meters
		}
		m.Legs = append(m.Legs, l)
	}
	if p.Closed && len(p.Points) >= 3 {
		m.closedAtLeast = true
		m.Area = geo.RingArea(append(slices.Clone(p.Points), p.Points[0]))
	}
	return m
}

// metersPerMile is the length of a nautical mile.
const metersPerMile = geo.MetersPerNauticalMile

// distanceWords writes a distance: at sea in nautical miles, on land in metres
// and kilometres, of both sorts both.
func distanceWords(l *words.Lang, land, sea float64) string {
	switch {
	case sea == 0:
		return landWords(l, land)
	case land == 0:
		return seaWords(l, sea)
	}
	return l.T("atlas.measure.mixed", "km", landWords(l, land+sea), "nm", seaWords(l, land+sea))
}

func landWords(l *words.Lang, m float64) string {
	if m >= 1000 && m < 100_000 {
		return l.Number(m/1000, 2) + "\u00a0km"
	}
	return l.Distance(m)
}

func seaWords(l *words.Lang, m float64) string {
	if nm := m / metersPerMile; nm < 10 {
		return l.T("unit.nm", "n", l.Number(nm, 2))
	}
	return l.NauticalMiles(m / metersPerMile)
}

func (g leg) Words(l *words.Lang) string {
	if g.sea {
		return distanceWords(l, 0, g.meters)
	}
	return distanceWords(l, g.meters, 0)
}

// AreaWords writes an area in m², ha or km².
func AreaWords(l *words.Lang, m2 float64) string {
	switch {
	case m2 < 10_000:
		return l.T("atlas.unit.m2", "n", l.Number(m2, 0))
	case m2 < 1_000_000:
		return l.Number(m2/10_000, 2) + "\u00a0ha"
	case m2 < 100e6:
		return l.T("atlas.unit.km2", "n", l.Number(m2/1e6, 2))
	}
	return l.T("atlas.unit.km2", "n", l.Number(m2/1e6, 0))
}

// Total is the whole of what was measured in one line.
func (m Measured) Total(l *words.Lang) string {
	s := distanceWords(l, m.land, m.sea)
	if m.closedAtLeast {
		return l.T("atlas.measure.area", "area", AreaWords(l, m.Area), "around", s)
	}
	return s
}

// Last is the last piece in one line with its bearing, empty when there is one
// piece or none.
func (m Measured) Last(l *words.Lang) string {
	if len(m.Legs) == 0 {
		return ""
	}
	g := m.Legs[len(m.Legs)-1]
	return l.T("atlas.measure.leg", "distance", g.Words(l), "bearing", words.Heading(g.Bearing))
}
