package atlas

import (
	"slices"

	"iocwall/geo"
	"iocwall/ui/words"
)

// leg is one piece of a measured line.
type leg struct {
	meters, bearing float64
	sea             bool // both ends are at sea
}

// measured is what there is to say of a line or an area.
type measured struct {
	legs          []leg
	sea, land     float64 // metres of its legs
	area          float64 // square metres, 0 for a line
	closedAtLeast bool    // an area has three corners
}

// measure walks a path. Onshore tells land from sea; nil takes all for land.
// Distances are great circles (geo.Distance), the area that of the sphere.
func measure(p path, onshore func(geo.Point) bool) measured {
	var m measured
	for i := range p.edges() {
		a, b := p.edge(i)
		l := leg{meters: geo.Distance(a, b), bearing: geo.Bearing(a, b)}
		l.sea = onshore != nil && !onshore(a) && !onshore(b)
		if l.sea {
			m.sea += l.meters
		} else {
			m.land += l.meters
		}
		m.legs = append(m.legs, l)
	}
	if p.closed && len(p.points) >= 3 {
		m.closedAtLeast = true
		m.area = geo.RingArea(append(slices.Clone(p.points), p.points[0]))
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

func (g leg) words(l *words.Lang) string {
	if g.sea {
		return distanceWords(l, 0, g.meters)
	}
	return distanceWords(l, g.meters, 0)
}

// areaWords writes an area in m², ha or km².
func areaWords(l *words.Lang, m2 float64) string {
	switch {
	case m2 < 10_000:
		return l.Number(m2, 0) + "\u00a0m²"
	case m2 < 1_000_000:
		return l.Number(m2/10_000, 2) + "\u00a0ha"
	case m2 < 100e6:
		return l.Number(m2/1e6, 2) + "\u00a0km²"
	}
	return l.Number(m2/1e6, 0) + "\u00a0km²"
}

// total is the whole of what was measured in one line.
func (m measured) total(l *words.Lang) string {
	s := distanceWords(l, m.land, m.sea)
	if m.closedAtLeast {
		return l.T("atlas.measure.area", "area", areaWords(l, m.area), "around", s)
	}
	return s
}

// last is the last piece in one line with its bearing, empty when there is one
// piece or none.
func (m measured) last(l *words.Lang) string {
	if len(m.legs) == 0 {
		return ""
	}
	g := m.legs[len(m.legs)-1]
	return l.T("atlas.measure.leg", "distance", g.words(l), "bearing", words.Heading(g.bearing))
}
