package maps

import (
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
	"iocwall/ui/maps/feature"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// indicator is one indicator by area.
type indicator struct {
	name, unit string
	decimals   int
	parts      map[string]world.Figure // by area
	areas      []world.Area            // all that should have a value, by id
	ended      int                     // values of areas that are not in force
}

// indicatorOf collects the figures that are the parts of one indicator. The areas
// that should have a value are those in force of the same level under the same
// parents as those that have a figure.
func (m *Maps) indicatorOf(s *world.State, id string, now world.Time) (indicator, bool) {
	x := indicator{parts: map[string]world.Figure{}}
	type place struct{ parent, level string }
	places := map[place]bool{}
	for _, f := range s.Figures() {
		whole := f.ID == id
		if f.Of != id && !whole {
			continue
		}
		if whole || x.name == "" {
			x.name, x.unit, x.decimals = m.figureName(f), f.Unit, f.Decimals
			if f.UnitEn != "" && m.o.Lang.Code == "en" {
				x.unit = f.UnitEn
			}
		}
		if f.Of != id {
			continue
		}
		x.parts[f.Area] = f
		if a, ok := s.Area(f.Area); ok && a.ValidAt(now) {
			places[place{a.Parent, a.Level}] = true
		} else if f.Last.Value != nil {
			x.ended++
		}
	}
	for _, a := range s.Areas() {
		if _, has := x.parts[a.ID]; a.ValidAt(now) && (has || places[place{a.Parent, a.Level}]) {
			x.areas = append(x.areas, a)
		}
	}
	return x, len(x.parts) > 0
}

func (m *Maps) figureName(f world.Figure) string {
	if m.o.Lang.Code == "en" && f.NameEn != "" {
		return f.NameEn
	}
	return firstOf(f.Name, f.ID)
}

func (m *Maps) areaName(a world.Area) string {
	if m.o.Lang.Code == "en" && a.NameEn != "" {
		return a.NameEn
	}
	return firstOf(a.Name, a.ID)
}

// value returns an area's value, not-a-number where there is none: that is never
// zero.
func (x *indicator) value(area string) float64 {
	if f, ok := x.parts[area]; ok && f.Last.Value != nil {
		return *f.Last.Value
	}
	return math.NaN()
}

// aged reports whether an area's value cannot be trusted as it stands.
func (x *indicator) aged(area string) bool {
	f := x.parts[area]
	return f.Stale != 0 || f.Last.Fault != ""
}

// number writes a value of the indicator, with its sign where that is short.
func (x *indicator) number(l *words.Lang, v float64) string {
	if x.unit == "%" {
		return l.Percent(v, x.decimals)
	}
	return l.Number(v, x.decimals)
}

// shown is one area on the map.
type shown struct {
	area    world.Area
	outline geo.MultiPolygon
	value   float64
}

// areas colours areas by an indicator. Without one the layer shows outlines.
func (k *maker) areas() {
	filter, on := k.on(Areas)
	if !on {
		return
	}
	t := k.m.o.Lang
	var x indicator
	if k.q.Areas == "" {
		x.areas = k.m.outlined(k.s, k.now)
	} else {
		var ok bool
		if x, ok = k.m.indicatorOf(k.s, k.q.Areas, k.now); !ok {
			k.say(tile.MapLayer{Name: t.T("layer.areas"), Fault: t.T("map.areas.unknown", "id", k.q.Areas)}, filter, 0)
			return
		}
	}
	var all []shown
	hidden, without, have := 0, 0, 0
	var values []float64
	var newest world.Time
	for _, a := range x.areas {
		v := x.value(a.ID)
		if !filter.Thing(func(vars map[string]any) {
			vars["id"], vars["name"], vars["code"], vars["level"], vars["parent"], vars["value"] = a.ID, a.Name, a.Code, a.Level, a.Parent, v
		}) {
			hidden++
			continue
		}
		if !math.IsNaN(v) {
			have++
			values = append(values, v)
			newest = max(newest, x.parts[a.ID].Time)
		}
		outline, there := k.m.outline(k.s, a.ID, k.zoom)
		if !there {
			without++
			continue
		}
		all = append(all, shown{a, outline, v})
	}
	limits := k.q.Classes.Breaks(values)
	k.fill(&x, all, limits)
	if k.q.Areas == "" {
		if filter.Why() != nil || hidden > 0 {
			k.say(tile.MapLayer{Name: t.T("layer.areas")}, filter, hidden)
		}
		return
	}
	k.legend.choropleth(k, &x, limits, values, len(x.areas)-hidden-have)
	whole := t.T("map.areas.count", "n", strconv.Itoa(have), "all", strconv.Itoa(len(x.areas)-hidden))
	if without > 0 {
		whole += " · " + t.T("map.areas.without", "n", strconv.Itoa(without))
	}
	said := tile.MapLayer{Name: x.name, Newest: newest.Std(), Stale: slices.ContainsFunc(all, func(a shown) bool { return x.aged(a.area.ID) })}
	switch first, last := x.periods(all); {
	case first != last:
		said.Fault = t.T("map.areas.periods", "oldest", first, "newest", last)
	case first != "":
		whole += " · " + t.T("map.areas.period", "period", first)
	}
	if x.ended > 0 {
		whole += " · " + t.T("map.areas.ended", "n", strconv.Itoa(x.ended))
	}
	said.Whole = whole
	k.say(said, filter, hidden)
}

// periods are the first and the last one of the values that are shown, as people
// write them.
func (x *indicator) periods(all []shown) (first, last string) {
	var low, high *world.FigureReported
	for _, a := range all {
		if math.IsNaN(a.value) {
			continue
		}
		f := x.parts[a.area.ID].Last
		if low == nil || f.Period < low.Period {
			low = &f
		}
		if high == nil || f.Period > high.Period {
			high = &f
		}
	}
	if low == nil {
		return "", ""
	}
	if low.Period == high.Period {
		high = low
	}
	return firstOf(low.Label, low.Period), firstOf(high.Label, high.Period)
}

// outlined are the areas in force that layers of areas hold.
func (m *Maps) outlined(s *world.State, now world.Time) []world.Area {
	var out []world.Area
	for _, l := range s.Layers() {
		if !l.Is.Areas {
			continue
		}
		set := m.features.Get(feature.WantOf(l.Is))
		if set == nil {
			continue
		}
		for _, id := range set.Areas() {
			if a, ok := s.Area(id); ok && a.ValidAt(now) {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, func(a, b world.Area) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(out, func(a, b world.Area) bool { return a.ID == b.ID })
}

// fill adds the areas to the frame.
func (k *maker) fill(x *indicator, all []shown, limits []float64) {
	th := k.m.o.Theme
	fills := brief.Shades(th, len(limits)+1)
	for _, a := range all {
		if !a.outline.Bound().Intersects(k.box) {
			continue
		}
		ref := a.area.Ref()
		d := draw.Area{
			Polygons: a.outline, Layer: Areas, ID: string(ref), Name: k.m.areaName(a.area), Selected: k.selected[ref],
			Edge: color.RGBA{th.Line2.R, th.Line2.G, th.Line2.B, 200}, Width: 1,
		}
		switch {
		case x.parts == nil:
		case math.IsNaN(a.value):
			d.Hatch = true
		default:
			d.Fill = fills[brief.Class(limits, a.value)]
			d.Name = together(d.Name) + " " + words.Qualified(string(x.parts[a.area.ID].Last.Qualifier), x.number(k.m.o.Lang, a.value))
			if x.aged(a.area.ID) || x.parts[a.area.ID].Last.Provisional {
				d.Dashed, d.Edge, d.Width = true, th.T1, 1.5
				k.legend.aged = true
			}
			k.datumIn(x.parts[a.area.ID].Time, a.outline)
		}
		k.f.Areas = append(k.f.Areas, d)
	}
}

// together keeps a short name on one line: what breaks is before the value.
func together(name string) string {
	if len([]rune(name)) > 12 {
		return name
	}
	return strings.ReplaceAll(name, " ", "\u00a0")
}

func (k *maker) datumIn(t world.Time, o geo.MultiPolygon) {
	if o.Bound().Intersects(k.view) {
		k.datum(t, k.n.View.Center)
	}
}
