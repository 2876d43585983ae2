package maps

import (
	"image/color"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
	"iocwall/ui/maps/feature"
	"iocwall/ui/tile"
	"iocwall/ui/why"
)

// appearance is how a layer's features are drawn, as its look says.
type appearance struct {
	icon       draw.Icon
	fill, edge color.RGBA
	width      float64
	dashed     bool
	minZoom    float64
}

func (m *Maps) styleOf(look []world.Param) appearance {
	th := m.o.Theme
	s := appearance{icon: draw.IconPlace, edge: th.Second, width: 1.5}
	for _, p := range look {
		switch p.Key {
		case "icon":
			s.icon = icon(p.Value)
		case "fill":
			s.fill, _ = colour(p.Value)
		case "edge":
			if c, ok := colour(p.Value); ok {
				s.edge = c
			}
		case "width":
			s.width, _ = strconv.ParseFloat(p.Value, 64)
		case "dashed":
			s.dashed = p.Value == "yes"
		case "minzoom":
			s.minZoom, _ = strconv.ParseFloat(p.Value, 64)
		}
	}
	return s
}

// icon returns the sign of the name, that of a place for others.
func icon(name string) draw.Icon {
	signs := map[string]draw.Icon{
		"hospital": draw.IconHospital, "school": draw.IconSchool, "sight": draw.IconSight, "market": draw.IconMarket, "fuel": draw.IconFuel,
		"landslide": draw.IconLandslide, "flood": draw.IconFlood, "pump": draw.IconPump, "store": draw.IconStore, "office": draw.IconOffice,
		"harbour": draw.IconHarbour, "shelter": draw.IconShelter, "hotel": draw.IconHotel, "bridge": draw.IconBridge, "factory": draw.IconFactory,
	}
	if i, ok := signs[name]; ok {
		return i
	}
	return draw.IconPlace
}

// colour reads #rrggbb or #rrggbbaa.
func colour(s string) (color.RGBA, bool) {
	hex, ok := strings.CutPrefix(s, "#")
	v, err := strconv.ParseUint(hex, 16, 64)
	switch {
	case !ok || err != nil:
	case len(hex) == 6:
		return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, true
	case len(hex) == 8:
		return color.RGBA{uint8(v >> 24), uint8(v >> 16), uint8(v >> 8), uint8(v)}, true
	}
	return color.RGBA{}, false
}

// layerName is a layer's name in the map's language.
func (m *Maps) layerName(l world.LayerSaved) string {
	if m.o.Lang.Code == "en" && l.NameEn != "" {
		return l.NameEn
	}
	return firstOf(l.Name, l.ID)
}

// features adds the layers of features that are on.
func (k *maker) features() {
	layers := k.s.Layers()
	k.m.features.Forget(func(id string) bool {
		return !slices.ContainsFunc(layers, func(l world.Layer) bool { return l.Is.ID == id })
	})
	var credits []string
	for _, l := range layers {
		if l.Is.Areas && k.q.On(Areas) {
			k.m.features.Get(feature.WantOf(l.Is)) // outlines for the areas
		}
		filter, on := k.on(l.Is.ID)
		if !on {
			continue
		}
		k.layer(l, filter)
		if s := l.Is.Source; s != "" && !slices.Contains(credits, s) {
			credits = append(credits, s)
		}
	}
	k.f.Furniture.Credit = strings.Join(credits, " · ")
}

// layer adds one layer of features, and says how whole it is.
func (k *maker) layer(l world.Layer, filter *brief.Filter) {
	t := k.m.o.Lang
	said := tile.MapLayer{Name: k.m.layerName(l.Is)}
	if l.Is.Dated != 0 {
		said.Dated = t.T("map.dated", "date", t.Date(l.Is.Dated.Std()))
	} else {
		said.Dated = firstOf(l.Is.Source, t.T("map.version", "n", strconv.Itoa(l.Is.Version)))
	}
	want := feature.WantOf(l.Is)
	c := k.m.features.Get(want)
	err, loading := k.m.features.State(l.Is.ID)
	if c == nil {
		said.Whole = t.T("map.features.count", "n", "0", "all", strconv.Itoa(l.Is.Features))
		if err != nil {
			said.Fault = t.T("map.features.failed", "why", why.Plain(t, err))
		} else if loading {
			said.Dated = t.T("map.features.coming")
		}
		k.say(said, filter, 0)
		return
	}
	if c.Want != want {
		// Those of the version before, of whose date nothing is known any more.
		version := strconv.Itoa(l.Is.Version)
		if said.Dated = t.T("map.features.old.coming", "n", version); err != nil {
			said.Fault = t.T("map.features.old.failed", "n", version, "why", why.Plain(t, err))
		}
	}
	st := k.m.styleOf(l.Is.Look)
	n, hidden := 0, 0
	drawn := k.zoom >= st.minZoom
	for i := range c.Items {
		it := &c.Items[i]
		inside := it.Bounds.Intersects(k.box)
		if filter == nil && !inside {
			continue
		}
		if !filter.Thing(func(v map[string]any) { v["id"], v["name"], v["properties"] = it.ID, it.Name, properties(it) }) {
			hidden++
			continue
		}
		if inside && drawn {
			k.feature(l.Is.ID, it, &st)
			if it.Bounds.Intersects(k.view) {
				n++
			}
		}
	}
	if n > 0 {
		k.legend.features = append(k.legend.features, legendOf(said.Name, c, &st, n))
	}
	said.Whole = k.m.wholeness(l.Is, c)
	if !drawn {
		said.Whole += " · " + t.T("map.features.zoom")
	}
	k.say(said, filter, hidden)
}

func properties(it *feature.Item) map[string]any {
	if it.Properties == nil {
		return map[string]any{}
	}
	return it.Properties
}

// wholeness says how many of a layer's features there are, and why not all.
func (m *Maps) wholeness(l world.LayerSaved, c *feature.Collection) string {
	t := m.o.Lang
	all := max(l.Features, len(c.Items)+c.Left)
	out := t.T("map.features.count", "n", strconv.Itoa(len(c.Items)), "all", strconv.Itoa(all))
	if r := l.Rejected + c.Rejected; r > 0 {
		out += " · " + t.T("map.features.rejected", "n", strconv.Itoa(r))
	}
	if c.Left > 0 || c.Bare > 0 || c.Broken != nil {
		out += " · " + t.T("map.features.left")
	}
	return out
}

// legendOf is a layer's row: the sign of what it holds most visibly.
func legendOf(name string, c *feature.Collection, st *appearance, n int) draw.LegendItem {
	row := draw.LegendItem{Text: name + " · " + strconv.Itoa(n)}
	switch g := c.Items[0].Shape.(type) {
	case orb.Point, orb.MultiPoint:
		row.Icon = st.icon
	case orb.LineString, orb.MultiLineString:
		row.Line, row.Dashed = st.edge, st.dashed
	default:
		_ = g
		if st.fill.A > 0 {
			row.Swatch = &draw.Swatch{Fill: st.fill}
		} else {
			row.Line, row.Dashed = st.edge, st.dashed
		}
	}
	return row
}

// feature adds one feature's points, lines and areas.
func (k *maker) feature(layer string, it *feature.Item, st *appearance) {
	ref := FeatureRef(layer, it.ID)
	id, selected := string(ref), k.selected[ref]
	mark := func(p geo.Point) {
		importance := 1
		if it.Name == "" {
			importance = 0
		}
		k.f.Marks = append(k.f.Marks, draw.Mark{Layer: layer, ID: id, At: p, Icon: st.icon, Name: it.Name, Importance: importance, Selected: selected})
	}
	line := func(points []geo.Point, name string) {
		k.f.Lines = append(k.f.Lines, draw.Line{
			Layer: layer, ID: id, Name: name, Points: points, Color: st.edge, Width: st.width, Dashed: st.dashed, Selected: selected,
		})
	}
	switch g := it.At(k.zoom).(type) {
	case orb.Point:
		mark(g)
	case orb.MultiPoint:
		for _, p := range g {
			mark(p)
		}
	case orb.LineString:
		line(g, it.Name)
	case orb.MultiLineString:
		for i, l := range g {
			name := it.Name
			if i > 0 {
				name = ""
			}
			line(l, name)
		}
	default:
		k.f.Areas = append(k.f.Areas, draw.Area{
			Polygons: feature.Polygons(g), Layer: layer, ID: id, Name: it.Name, Fill: st.fill, Edge: st.edge, Width: st.width, Dashed: st.dashed,
			Selected: selected,
		})
	}
}

// LayerInfo is one row of a list of layers that can be switched.
type LayerInfo struct {
	// Key is the name in the parameter "layers": that of a built-in layer, or the
	// id of a layer of features.
	Key, Name string
	// Count is how many things it has, before filters; -1 while that is not known.
	Count int
	On    bool
	// Filter is the expression in force, empty for none.
	Filter string
	// Fault says in a sentence what is wrong with the layer or its filter.
	Fault string
}

// Layers lists all layers: the built-in ones, then those of features by name.
func (p *Map) Layers(s *world.State) []LayerInfo {
	p.m.renew(s)
	p.resolve(s)
	counts := map[string]int{
		Vessels: s.Count(world.KindVessel), Stations: s.Count(world.KindStation), Cameras: s.Count(world.KindCamera),
		Reports: 0, Alerts: 0, Fences: s.Count(world.KindFence), Drawings: s.Count(world.KindDrawing), Areas: -1,
	}
	for i := range p.m.reports.rows {
		if !p.m.reports.rows[i].is.closed {
			counts[Reports]++
		}
	}
	for _, a := range s.Alerts() {
		if a.Open() && a.Placed {
			counts[Alerts]++
		}
	}
	out := make([]LayerInfo, 0, 16)
	for _, key := range BuiltIn() {
		out = append(out, LayerInfo{Key: key, Name: p.m.BuiltInName(key), Count: counts[key]})
	}
	built := len(out)
	for _, l := range s.Layers() {
		info := LayerInfo{Key: l.Is.ID, Name: p.m.layerName(l.Is), Count: l.Is.Features}
		if p.params.On(l.Is.ID) {
			p.m.features.Get(feature.WantOf(l.Is))
			if err, _ := p.m.features.State(l.Is.ID); err != nil {
				info.Fault = p.m.o.Lang.T("map.features.failed", "why", why.Plain(p.m.o.Lang, err))
			}
		}
		out = append(out, info)
	}
	slices.SortStableFunc(out[built:], func(a, b LayerInfo) int { return strings.Compare(a.Name, b.Name) })
	for i := range out {
		out[i].On, out[i].Filter = p.params.On(out[i].Key), p.params.Filters[out[i].Key]
		if err := p.filters[out[i].Key].Why(); err != nil {
			out[i].Fault = p.m.o.Lang.T("map.filter.wrong", "why", why.Plain(p.m.o.Lang, err))
		}
	}
	return out
}

// BuiltInName is a built-in layer's name in the map's language.
func (m *Maps) BuiltInName(key string) string {
	return m.o.Lang.T("layer." + key)
}
