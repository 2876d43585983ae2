package atlas

import (
	"cmp"
	"slices"
	"strings"

	"github.com/paulmach/orb/planar"

	"iocwall/geo"
	"iocwall/geo/coord"
)

// positionForm is how positions are written at the foot of the map.
type positionForm int

const (
	formAll positionForm = iota
	formMinutes
	formDecimal
	formGrid
	positionForms
)

// positions writes a place in one form or in all, as many as are known.
func (a *Atlas) positions(p geo.Point, form positionForm) string {
	l := a.h.Lang
	var out []string
	if form == formAll || form == formMinutes {
		out = append(out, l.Position(p[1], p[0]))
	}
	if form == formAll || form == formDecimal {
		out = append(out, l.Degrees(p[1], p[0]))
	}
	if form == formAll || form == formGrid {
		out = append(out, a.grid(p, form == formGrid))
	}
	return strings.TrimSuffix(strings.Join(out, " · "), " · ")
}

// grid writes a place in the metres of the zone; where there is none it is said
// only when it was asked for.
func (a *Atlas) grid(p geo.Point, asked bool) string {
	l := a.h.Lang
	zone := a.zone()
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

// zone is the VN-2000 zone in force: the centre's own, or that which the cadastre
// of the province in the middle of the map uses.
func (a *Atlas) zone() coord.Zone {
	if a.h.Zone != (coord.Zone{}) {
		return a.h.Zone
	}
	at := a.view.Center
	if a.zoned.any && a.zoned.of == at {
		return a.zoned.zone
	}
	was := a.zoned.zone
	a.zoned = zoned{of: at, zone: was, any: true} // at sea the province last seen counts
	data, err := a.h.Base.Map(a.view)
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
				a.zoned.zone = coord.Zone{Meridian: p.Meridian, Width: 3}
			}
		}
	}
	return a.zoned.zone
}

// nextForm writes positions another way from now on.
func (a *Atlas) nextForm() {
	a.form = (a.form + 1) % positionForms
	a.touch()
}

// sortFound puts what is near a place first.
func sortFound(all []found, to geo.Point) {
	slices.SortFunc(all, func(x, y found) int {
		return cmp.Or(cmp.Compare(geo.Distance(x.at, to), geo.Distance(y.at, to)), cmp.Compare(x.name, y.name))
	})
}
