package server

import (
	"fmt"

	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/world"
)

// locator finds the area a position lies in, among the areas with an outline
// that are in force.
type locator struct {
	index geo.Index[string]
}

// newLocator prepares the outlines of the base map that belong to areas valid
// at the time now.
func newLocator(set *areaSet, basemap []byte, now world.Time) (*locator, error) {
	m, err := tiles.Decode(basemap)
	if err != nil {
		return nil, fmt.Errorf("server: base map: %w", err)
	}
	outlines := map[string]tiles.Area{}
	for _, a := range m.Areas {
		outlines[string(a.Set)+"/"+a.ID] = a
	}
	l := &locator{}
	for _, a := range set.areas {
		o, ok := outlines[set.outlines[a.ID]]
		if !ok || !a.ValidAt(now) {
			continue
		}
		mp, err := m.Outline(o)
		if err != nil {
			return nil, fmt.Errorf("server: outline of %s: %w", a.ID, err)
		}
		l.index.Add(geo.Prepare(mp), a.ID)
	}
	return l, nil
}

// at returns the id of the area that holds p, empty for none.
func (l *locator) at(p geo.Point) string {
	area := ""
	l.index.At(p, func(id string) bool {
		area = id
		return false
	})
	return area
}

// fill sets the area of positions and reports that came without one.
func (l *locator) fill(obs []world.Observation) {
	for i := range obs {
		switch b := obs[i].Body.(type) {
		case world.VesselPosition:
			// Whatever a feed says: the area decides who may see the vessel.
			b.Area = l.at(b.Pos)
			obs[i].Body = b
		case world.ReportOpened:
			if b.Area == "" && b.Placed {
				b.Area = l.at(b.Pos)
				obs[i].Body = b
			}
		}
	}
}
