package area

import (
	"cmp"
	"fmt"

	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/world"
)

// Locator finds the area a position lies in, among the areas with an outline. It
// may be used from any goroutine.
type Locator struct {
	index geo.Index[*located]
}

// located is an area with its outline in the index.
type located struct {
	world.AreaDefined
	depth int // below the top of the tree
}

// NewLocator prepares the outlines that belong to areas: those that came with the
// set, for others those of the base map.
func NewLocator(set *Set, basemap []byte) (*Locator, error) {
	m, err := tiles.Decode(basemap)
	if err != nil {
		return nil, fmt.Errorf("area: base map: %w", err)
	}
	outlines := map[string]tiles.Area{}
	for _, a := range m.Areas {
		outlines[string(a.Set)+"/"+a.ID] = a
	}
	parents := map[string]string{}
	for _, a := range set.Areas {
		parents[a.ID] = a.Parent
	}
	// Areas before and after a reform often share an outline.
	prepared := map[string]*geo.Prepared{}
	l := &Locator{}
	for _, a := range set.Areas {
		outline, own := set.own[a.ID]
		name := set.outlines[a.ID]
		o, ok := outlines[name]
		if !own && !ok {
			continue
		}
		shape := prepared[name]
		if own || shape == nil {
			if !own {
				if outline, err = m.Outline(o); err != nil {
					return nil, fmt.Errorf("area: outline of %s: %w", a.ID, err)
				}
			}
			shape = geo.Prepare(outline)
		}
		if !own {
			prepared[name] = shape
		}
		l.index.Add(shape, &located{a, depth(a.ID, parents)})
	}
	return l, nil
}

// depth counts the areas above an area; a tree that goes round ends the count.
func depth(id string, parents map[string]string) int {
	n := 0
	for id = parents[id]; id != "" && n < 32; id = parents[id] {
		n++
	}
	return n
}

// At returns the id of the area that holds p and was in force at t, empty for
// none. Of several it is the one furthest down the tree.
func (l *Locator) At(p geo.Point, t world.Time) string {
	var best *located
	l.index.At(p, func(a *located) bool {
		// The order of the index is not defined; the answer is.
		if a.ValidAt(t) && (best == nil || cmp.Or(cmp.Compare(a.depth, best.depth), cmp.Compare(best.ID, a.ID)) > 0) {
			best = a
		}
		return true
	})
	if best == nil {
		return ""
	}
	return best.ID
}

// Fill sets the area of positions and reports that came without one. What does
// not say when it was so is taken as of now.
func (l *Locator) Fill(obs []world.Observation, now world.Time) {
	for i := range obs {
		t := obs[i].Time
		if t == 0 {
			t = now
		}
		switch b := obs[i].Body.(type) {
		case world.VesselPosition:
			// Whatever a feed says: the area decides who may see the vessel.
			b.Area = l.At(b.Pos, t)
			obs[i].Body = b
		case world.ReportOpened:
			if b.Area == "" && b.Placed {
				b.Area = l.At(b.Pos, t)
				obs[i].Body = b
			}
		}
	}
}
