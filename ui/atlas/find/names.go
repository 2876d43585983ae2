package find

import (
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/geo/gazetteer"
	"iocwall/server/world"
	"iocwall/ui/maps"
)

// The kinds of what is found.
const (
	KindPlace   = "place"
	KindArea    = "area"
	KindVessel  = "vessel"
	KindStation = "station"
	KindCamera  = "camera"
	KindReport  = "report"
	KindFeature = "feature"
	KindFence   = "fence"
	KindCoord   = "coord"
)

// Found is something that has a name, or a position that was written.
type Found struct {
	// Ref is what it is of the state, empty for places and positions.
	Ref    world.Ref
	Name   string
	Kind   string
	Detail string
	At     geo.Point
	// Box is all of it, where HasBox says that it has an extent.
	Box    geo.Bounds
	HasBox bool
	// Matched is the name that was meant, where it is not the first.
	Matched string
}

// is reports whether f and g are the same thing; a vessel is wherever it went.
func (f Found) is(g Found) bool {
	return f.Ref == g.Ref && f.Kind == g.Kind && f.Name == g.Name && (f.Ref != "" || f.At == g.At)
}

// entries collects everything with a name, and counts the layers in which more may be.
func (s *Search) entries() (names []gazetteer.Entry, goals map[string]Found, missing int) {
	c := &collector{goals: map[string]Found{}}
	if data, err := s.h.Positions.Base.Map(s.h.Positions.View()); err == nil {
		for i, p := range data.Places {
			c.add(Found{Name: p.Name, Kind: KindPlace, At: p.At}, "place/"+strconv.Itoa(i), 40-p.Rank, p.Name)
		}
		for i := range data.Provinces {
			p := &data.Provinces[i]
			c.add(Found{Name: p.Name, Kind: KindArea, At: p.Bounds.Center(), Box: p.Bounds, HasBox: true}, "province/"+p.ID, 60, p.Name)
		}
	}
	if st := s.h.State(); st != nil {
		c.state(s.h.Maps, st)
	}
	missing = s.h.Maps.Named(func(ref world.Ref, layer, name string, at geo.Point) bool {
		c.add(Found{Ref: ref, Name: name, Kind: KindFeature, Detail: layer, At: at}, string(ref), 20, name)
		return true
	})
	return c.entries, c.goals, missing
}

// collector gathers names and what they name.
type collector struct {
	entries []gazetteer.Entry
	goals   map[string]Found
}

func (c *collector) add(g Found, id string, importance int, names ...string) {
	kept := names[:0]
	for _, n := range names {
		if strings.TrimSpace(n) != "" {
			kept = append(kept, n)
		}
	}
	if len(kept) == 0 {
		return
	}
	g.Name = kept[0]
	c.goals[id] = g
	c.entries = append(c.entries, gazetteer.Entry{ID: id, Kind: g.Kind, Names: kept, Importance: importance})
}

// state gathers the entities that have a name and a place.
func (c *collector) state(m *maps.Maps, s *world.State) {
	for v := range s.Vessels() {
		if v.Time == 0 {
			continue
		}
		detail := v.MMSI
		if r := v.Particulars.Registration; r != "" {
			detail = r + " · " + v.MMSI
		}
		c.add(Found{Ref: v.Ref(), Kind: KindVessel, Detail: detail, At: v.Last.Pos}, string(v.Ref()), 10,
			v.Name.Name, v.Particulars.Registration, v.MMSI, v.Particulars.CallSign)
	}
	for _, x := range s.Stations() {
		if at, ok := x.Place(); ok {
			c.add(Found{Ref: x.Ref(), Kind: KindStation, Detail: x.ID, At: at}, string(x.Ref()), 20, x.Name, x.ID)
		}
	}
	for _, x := range s.Cameras() {
		if at, ok := x.Place(); ok {
			c.add(Found{Ref: x.Ref(), Kind: KindCamera, Detail: x.ID, At: at}, string(x.Ref()), 20, x.Name, x.ID)
		}
	}
	for r := range s.Reports() {
		if r.Placed {
			c.add(Found{Ref: r.Ref(), Kind: KindReport, At: r.Pos}, string(r.Ref()), 10, r.ID)
		}
	}
	for _, f := range s.Fences() {
		if b := f.Is.Polygons.Bound(); len(f.Is.Polygons) > 0 {
			c.add(Found{Ref: f.Ref(), Kind: KindFence, Detail: f.Is.Purpose, At: b.Center(), Box: b, HasBox: true}, string(f.Ref()), 30, f.Is.Name, f.Is.ID)
		}
	}
	c.areas(m, s)
}

func (c *collector) areas(m *maps.Maps, s *world.State) {
	for _, x := range s.Areas() {
		g := Found{Ref: x.Ref(), Kind: KindArea, At: x.Pos}
		if outline, ok := m.Outline(s, x.ID); ok && len(outline) > 0 {
			g.Box, g.HasBox = outline.Bound(), true
			if !x.Placed {
				g.At = g.Box.Center()
			}
		} else if !x.Placed {
			continue
		}
		if p, ok := s.Area(x.Parent); ok {
			g.Detail = p.Name
		}
		c.add(g, string(x.Ref()), 50, x.Name, x.NameEn, x.Code)
	}
}
