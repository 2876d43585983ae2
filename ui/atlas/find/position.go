package find

import (
	"strings"

	"github.com/paulmach/orb/planar"

	"iocwall/geo"
	"iocwall/geo/coord"
	"iocwall/geo/tiles"
	"iocwall/ui/words"
)

// Form is how a position is written.
type Form int

// The forms: all that are known, degrees and minutes, decimal degrees, the metres
// of VN-2000.
const (
	FormAll Form = iota
	FormMinutes
	FormDecimal
	FormGrid
	forms
)

// Next is the form after this one, the first after the last.
func (f Form) Next() Form { return (f + 1) % forms }

// Positions writes positions and knows the zone in whose metres they are given.
type Positions struct {
	Lang *words.Lang
	Base tiles.Source
	// Fixed is the zone of the centre; without one that of the province in the
	// middle of the map is taken.
	Fixed coord.Zone
	// View is where the map looks.
	View func() geo.View

	last zoned
}

// Write writes a place in one form or in all, as many as are known.
func (x *Positions) Write(p geo.Point, form Form) string {
	l := x.Lang
	var out []string
	if form == FormAll || form == FormMinutes {
		out = append(out, l.Position(p[1], p[0]))
	}
	if form == FormAll || form == FormDecimal {
		out = append(out, l.Degrees(p[1], p[0]))
	}
	if form == FormAll || form == FormGrid {
		out = append(out, x.grid(p, form == FormGrid))
	}
	return strings.TrimSuffix(strings.Join(out, " · "), " · ")
}

// grid writes a place in the metres of the zone; where there is none it is said
// only when it was asked for.
func (x *Positions) grid(p geo.Point, asked bool) string {
	l := x.Lang
	zone := x.Zone()
	if zone == (coord.Zone{}) {
		if asked {
			return l.T("atlas.grid.nozone")
		}
		return ""
	}
	g, err := zone.Grid(p)
	switch {
	case err != nil && asked:
		return l.T("atlas.grid.outside", "zone", zone.String())
	case err != nil:
		return ""
	}
	if asked {
		return g.String() + " (" + zone.String() + ")"
	}
	return l.T("atlas.grid", "grid", g.String(), "zone", zone.String())
}

// zoned is the zone of the province in the middle of the map.
type zoned struct {
	of   geo.Point
	zone coord.Zone
	any  bool
}

// Zone is the VN-2000 zone in force: the centre's own, or that which the cadastre
// of the province in the middle of the map uses.
func (x *Positions) Zone() coord.Zone {
	if x.Fixed != (coord.Zone{}) {
		return x.Fixed
	}
	view := x.View()
	at := view.Center
	if x.last.any && x.last.of == at {
		return x.last.zone
	}
	was := x.last.zone
	x.last = zoned{of: at, zone: was, any: true} // at sea the province last seen counts
	data, err := x.Base.Map(view)
	if err != nil {
		return was
	}
	for i := range data.Provinces {
		s := &data.Provinces[i]
		if !s.Bounds.Contains(at) || !planar.MultiPolygonContains(s.Polygons, at) {
			continue
		}
		for _, p := range coord.Provinces() {
			if p.Now == s.Name || p.Name == s.Name {
				x.last.zone = coord.Zone{Meridian: p.Meridian, Width: 3}
			}
		}
	}
	return x.last.zone
}
