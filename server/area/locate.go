package area

import (
	"fmt"

	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/world"
)

// Locator finds the area a position lies in, among the areas with an outline
// that are in force.
type Locator struct {
	index geo.Index[string]
}

// NewLocator prepares the outlines of the base map that belong to areas valid
// at the time now.
func NewLocator(set *Set, basemap []byte, now world.Time) (*Locator, error) {
	m, err := tiles.Decode(basemap)
	if err != nil {
		return nil, fmt.Errorf("area: base map: %w", err)
	}
	outlines := map[string]tiles.Area{}
	for _, a := range m.Areas {
		outlines[string(a.Set)+"/"+a.ID] = a
	}
	l := &Locator{}
	for _, a := range set.Areas {
		o, ok := outlines[set.outlines[a.ID]]
		if !ok || !a.ValidAt(now) {
			continue
		}
		mp, err := m.Outline(o)
		if err != nil {
			return nil, fmt.Errorf("area: outline of %s: %w", a.ID, err)
		}
		l.index.Add(geo.Prepare(mp), a.ID)
	}
	return l, nil
}

// At returns the id of the area that holds p, empty for none.
func (l *Locator) At(p geo.Point) string {
	area := ""
	l.index.At(p, func(id string) bool {
		area = id
		return false
	})
	return area
}

// Fill sets the area of positions and reports that came without one.
func (l *Locator) Fill(obs []world.Observation) {
	for i := range obs {
		switch b := obs[i].Body.(type) {
		case world.VesselPosition:
			// Whatever a feed says: the area decides who may see the vessel.
			b.Area = l.At(b.Pos)
			obs[i].Body = b
		case world.ReportOpened:
			if b.Area == "" && b.Placed {
				b.Area = l.At(b.Pos)
				obs[i].Body = b
			}
		}
	}
}
