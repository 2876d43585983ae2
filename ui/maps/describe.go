package maps

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/maps/feature"
	"iocwall/ui/signal/health"
	"iocwall/ui/why"
	"iocwall/ui/words"
)

// Detail is what is known of one thing on the map, for a panel or a hint.
type Detail struct {
	Ref   world.Ref
	Kind  string // what it is in a word, such as "Tàu", or the layer's name
	Title string
	Lines []Line
	// At is where it is, if it is anywhere; Bounds its box if it has extent.
	At     geo.Point
	Placed bool
	Bounds geo.Bounds
}

// Line is one named statement of a detail.
type Line struct{ Name, Text string }

func (d *Detail) add(name, text string) {
	if text != "" {
		d.Lines = append(d.Lines, Line{name, text})
	}
}

// Describe says what is known of an entity at a time, or of a feature of a layer,
// whose Ref is that of FeatureRef.
func (m *Maps) Describe(s *world.State, r world.Ref, now time.Time) (Detail, bool) {
	if layer, id, ok := SplitFeature(r); ok {
		return m.describeFeature(s, layer, id)
	}
	e, ok := s.Entity(r)
	if !ok {
		return Detail{}, false
	}
	d := Detail{Ref: r}
	d.At, d.Placed = e.Place()
	d.Placed = d.Placed && geo.Valid(d.At)
	b := describer{m: m, l: m.o.Lang, s: s, now: now, d: &d}
	switch e := e.(type) {
	case world.Vessel:
		b.vessel(e)
	case world.Station:
		b.station(e)
	case world.Report:
		b.report(e)
	case world.Camera:
		b.camera(e)
	case world.Alert:
		b.alert(e)
	case world.Fence:
		b.fence(e)
	case world.Drawing:
		b.drawing(e)
	case world.Area:
		b.area(e)
	default:
		d.Title = r.ID()
	}
	if d.Placed {
		d.add(b.l.T("detail.place"), b.l.Position(d.At[1], d.At[0]))
	}
	return d, true
}

type describer struct {
	m   *Maps
	l   *words.Lang
	s   *world.State
	now time.Time
	d   *Detail
}

// since writes a moment with how long ago it was.
func (b *describer) since(t world.Time) string {
	if t == 0 {
		return ""
	}
	return b.l.T("detail.ago", "time", b.l.Stamp(t.Std(), b.now), "age", b.l.Age(b.now.Sub(t.Std())))
}

func (b *describer) in(area string) {
	if a, ok := b.s.Area(area); ok {
		b.d.add(b.l.T("detail.area"), b.m.areaName(a))
	}
}

func (b *describer) vessel(v world.Vessel) {
	d, l := b.d, b.l
	d.Kind, d.Title = l.T("detail.vessel."+kindWord(v.Particulars.Category)), vesselName(v)
	d.add("MMSI", v.MMSI)
	if v.Name.Name != d.Title {
		d.add(l.T("detail.name"), v.Name.Name)
	}
	d.add(l.T("detail.callsign"), v.Particulars.CallSign)
	if n := int(v.Particulars.Bow) + int(v.Particulars.Stern); n > 0 {
		d.add(l.T("detail.length"), l.Number(float64(n), 0)+"\u00a0m")
	}
	if v.Time != 0 {
		if v.Last.Speed >= 0 {
			d.add(l.T("detail.speed"), l.Knots(v.Last.Speed))
		}
		if v.Last.Course >= 0 {
			d.add(l.T("detail.course"), words.Heading(v.Last.Course))
		}
		if v.Last.Heading >= 0 {
			d.add(l.T("detail.heading"), words.Heading(v.Last.Heading))
		}
	}
	d.add(l.T("detail.destination"), v.Voyage.Destination)
	if v.Lost != 0 {
		d.add(l.T("detail.lost"), b.since(v.Lost))
	}
	for _, f := range v.Fences {
		name := f.Fence
		if x, ok := b.s.Fence(f.Fence); ok {
			name = firstOf(x.Is.Name, name)
		}
		d.add(l.T("detail.fence."+string(f.State)), name+" · "+b.since(f.Since))
	}
	d.add(l.T("detail.heard"), b.since(v.Time))
	d.add(l.T("detail.source"), v.Source)
	b.in(v.Last.Area)
}

func kindWord(c world.VesselCategory) string {
	switch c {
	case world.VesselFishing, world.VesselCargo, world.VesselPassenger, world.VesselPublic:
		return string(c)
	}
	return string(world.VesselOther)
}

func (b *describer) station(st world.Station) {
	d, l := b.d, b.l
	what := "other"
	switch st.What {
	case world.StationAir, world.StationWater, world.StationLevel, world.StationWeather:
		what = string(st.What)
	}
	d.Kind, d.Title = l.T("detail.station."+what), firstOf(st.Name, st.ID)
	for _, r := range st.Readings {
		name, text := r.Quantity, b.m.reading(r.Reading)
		switch r.Quantity {
		case "aqi":
			name, text = "VN_AQI", b.graded(r.Value, airLevels())
		case "wqi":
			name, text = "VN_WQI", b.graded(r.Value, waterLevels())
		}
		d.add(name, words.Qualified(string(r.Qualifier), text)+" · "+l.Stamp(r.Time.Std(), b.now))
	}
	if len(st.Readings) == 0 {
		d.add(l.T("detail.heard"), l.T("map.none"))
	}
	if st.Stale != 0 {
		d.add(l.T("detail.stale"), b.since(st.Stale))
	}
	b.in(st.Area)
}

func (b *describer) graded(v float64, levels []level) string {
	text := b.l.Number(v, 0)
	if lv, ok := levelOf(levels, v); ok {
		text += " " + b.l.T(lv.word)
	}
	return text
}

func (b *describer) report(r world.Report) {
	d, l := b.d, b.l
	d.Kind, d.Title = l.T("detail.report"), r.ID
	d.add(l.T("detail.service"), b.m.service(r.Service))
	state := string(r.State)
	if k := "detail.report." + state; l.Has(k) {
		state = l.T(k)
	}
	d.add(l.T("detail.state"), state+" · "+b.since(r.Changed))
	d.add(l.T("detail.opened"), b.since(r.Opened))
	if r.Due != 0 && !r.State.Closed() {
		d.add(l.T("detail.due"), l.Stamp(r.Due.Std(), b.now)+" · "+l.Deadline(r.Due.Std(), b.now))
	}
	if a, ok := b.s.Agency(r.Agency); ok {
		d.add(l.T("detail.agency"), firstOf(a.Short, a.Name))
	}
	b.in(r.Area)
}

// service is a category of reports in words, or its code where it has none.
func (m *Maps) service(code string) string {
	keys := [...]string{"other", "roads", "environment", "order", "food", "procedures"}
	if c := category(code); c != 0 {
		return m.o.Lang.T("detail.service." + keys[c])
	}
	return firstOf(code, m.o.Lang.T("detail.service.other"))
}

func (b *describer) camera(c world.Camera) {
	d, l := b.d, b.l
	d.Kind, d.Title = l.T("detail.camera"), firstOf(c.Name, c.ID)
	d.add(l.T("detail.state"), strings.TrimSuffix(health.State(l, c.Health)+" · "+b.since(c.Health.Since), " · "))
	d.add(l.T("detail.reason"), health.Behind(l, c.Health))
	d.add(l.T("detail.cause"), c.Health.Cause)
	if c.Heading >= 0 && c.View > 0 {
		d.add(l.T("detail.heading"), words.Heading(c.Heading)+" · "+l.Number(c.View, 0)+"°")
	}
	d.add(l.T("detail.heard"), b.since(c.Health.Checked))
	b.in(c.Area)
}

func (b *describer) alert(a world.Alert) {
	d, l := b.d, b.l
	d.Kind, d.Title = l.T("severity."+string(a.Severity)), a.Title
	d.add(l.T("detail.text"), a.Text)
	d.add(l.T("alert.since"), b.since(a.Since))
	value, limit := l.Against(a.Value, a.Limit, a.Unit)
	d.add(l.T("alert.value"), value)
	d.add(l.T("alert.limit"), limit)
	d.add(l.T("alert.where"), a.Where)
	d.add(l.T("alert.rule"), a.RuleName())
	taken := l.T("alerts.untaken.long")
	if a.Taken != 0 {
		taken = l.T("alerts.taken.at", "who", a.WhoTook(), "time", l.Clock(a.Taken.Std()))
	}
	d.add(l.T("alert.taken"), taken)
	b.in(a.Area)
}

func (b *describer) fence(f world.Fence) {
	d, l := b.d, b.l
	d.Kind, d.Title, d.Bounds = l.T("detail.fence"), firstOf(f.Is.Name, f.Is.ID), f.Is.Polygons.Bound()
	purpose := f.Is.Purpose
	if key := "fence.purpose." + purpose; l.Has(key) {
		purpose = l.T(key)
	}
	d.add(l.T("detail.purpose"), purpose)
	inside := []string{}
	for v := range b.s.Vessels() {
		if slices.ContainsFunc(v.Fences, func(x world.FenceStay) bool { return x.Fence == f.Is.ID && x.State == world.FenceInside }) {
			inside = append(inside, vesselName(v))
		}
	}
	sort.Strings(inside)
	text := strconv.Itoa(len(inside))
	if n := len(inside); n > 0 {
		text += ": " + strings.Join(inside[:min(n, 5)], ", ")
		if n > 5 {
			text += ", …"
		}
	}
	d.add(l.T("detail.inside"), text)
	if f.Is.Near > 0 {
		d.add(l.T("detail.near"), l.Distance(f.Is.Near))
	}
	if f.Is.Margin > 0 {
		d.add(l.T("detail.margin"), l.Distance(f.Is.Margin))
	}
	if f.Is.Dwell > 0 {
		d.add(l.T("detail.dwell"), l.AgeWord(time.Duration(f.Is.Dwell)*time.Millisecond))
	}
	b.saved(f.Is.Saved, f.Time)
}

// saved says who saved what, and when.
func (b *describer) saved(s world.Saved, t world.Time) {
	b.d.add(b.l.T("detail.saved"), strings.TrimPrefix(s.By+" · ", " · ")+b.since(t)+" · "+b.l.T("map.version", "n", strconv.Itoa(s.Version)))
}

func (b *describer) drawing(x world.Drawing) {
	d, l := b.d, b.l
	d.Kind, d.Title = l.T("detail.drawing"), firstOf(x.Is.Name, x.Is.ID)
	first := true
	for _, sh := range x.Is.Shapes {
		if !valid(sh.Points) || len(sh.Points) == 0 {
			continue
		}
		for _, p := range sh.Points {
			if first {
				d.Bounds, first = geo.Bounds{Min: p, Max: p}, false
			}
			d.Bounds = d.Bounds.Extend(p)
		}
		switch sh.Form {
		case "area":
			d.add(firstOf(sh.Text, l.T("detail.size")), b.m.Size(sh.Points))
		case "text":
			d.add(l.T("detail.text"), sh.Text)
		default:
			d.add(firstOf(sh.Text, l.T("detail.length")), b.m.Length(sh.Points, geo.Length(sh.Points)))
		}
	}
	b.saved(x.Is.Saved, x.Time)
}

// area says what is known of an area: what it is, and the values of the
// indicators that have a part for it, with numerator and denominator.
func (b *describer) area(a world.Area) {
	d, l := b.d, b.l
	level := a.Level
	if k := "detail.level." + level; l.Has(k) {
		level = l.T(k)
	}
	d.Kind, d.Title = level, b.m.areaName(a)
	if o, ok := b.m.Outline(b.s, a.ID); ok {
		d.Bounds = o.Bound()
	}
	d.add(l.T("detail.code"), a.Code)
	b.in(a.Parent)
	for _, f := range b.s.Figures() {
		if f.Of != "" && f.Area == a.ID {
			name := b.m.figureName(f)
			if whole, ok := b.s.Figure(f.Of); ok {
				name = b.m.figureName(whole)
			}
			d.add(name, b.figure(f))
		}
	}
	if a.From != 0 {
		d.add(l.T("detail.from"), l.Date(a.From.Std()))
	}
	if a.Until != 0 {
		d.add(l.T("detail.until"), l.Date(a.Until.Std()))
	}
	for _, x := range a.Became {
		name := x.New
		if n, ok := b.s.Area(x.New); ok {
			name = b.m.areaName(n)
		}
		d.add(l.T("detail.became"), name+" · "+l.Date(x.At.Std()))
	}
}

func (b *describer) figure(f world.Figure) string {
	l := b.l
	if f.Last.Value == nil {
		return "— · " + l.T("detail.novalue")
	}
	v, last := *f.Last.Value, &f.Last
	text := l.Number(v, f.Decimals)
	switch {
	case f.Unit == "%":
		text = l.Percent(v, f.Decimals)
	case f.Unit != "":
		text += "\u00a0" + f.Unit
	}
	text = words.Qualified(string(last.Qualifier), text)
	if last.Num != nil && last.Den != nil && !math.IsNaN(*last.Den) {
		text += " (" + l.Fraction(*last.Num, *last.Den) + ")"
	}
	if last.Label != "" {
		text += " · " + last.Label
	}
	if f.Stale != 0 {
		text += " · " + l.T("stale", "age", l.Age(b.now.Sub(f.Time.Std())))
	}
	if last.Fault != "" {
		text += " · " + last.Fault
	}
	return text
}

func (m *Maps) describeFeature(s *world.State, layer, id string) (Detail, bool) {
	for _, l := range s.Layers() {
		if l.Is.ID != layer {
			continue
		}
		it := itemOf(m.features.Get(feature.WantOf(l.Is)), id)
		bare := it == nil
		if bare {
			if it = itemOf(m.features.Names(feature.WantOf(l.Is)), id); it == nil {
				return Detail{}, false
			}
		}
		d := Detail{
			Ref: FeatureRef(layer, id), Kind: m.layerName(l.Is), Title: firstOf(it.Name, id), Bounds: it.Bounds, At: feature.Place(it.Shape), Placed: true,
		}
		if bare {
			d.add(m.o.Lang.T("detail.state"), m.awaited(layer))
			return d, true
		}
		keys := make([]string, 0, len(it.Properties))
		for k := range it.Properties {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys[:min(len(keys), 16)] {
			d.add(k, m.text(it.Properties[k]))
		}
		if mp := feature.Polygons(it.Shape); len(mp) > 0 {
			d.add(m.o.Lang.T("detail.size"), m.extent(geo.Area(mp)))
		}
		d.add(m.o.Lang.T("detail.source"), l.Is.Source)
		if l.Is.Dated != 0 {
			d.add(m.o.Lang.T("detail.dated"), m.o.Lang.Date(l.Is.Dated.Std()))
		}
		return d, true
	}
	return Detail{}, false
}

// itemOf returns a feature of those that were read, nil where it is not among them.
func itemOf(c *feature.Collection, id string) *feature.Item {
	if c == nil {
		return nil
	}
	if i := slices.IndexFunc(c.Items, func(it feature.Item) bool { return it.ID == id }); i >= 0 {
		return &c.Items[i]
	}
	return nil
}

// awaited says why of a layer's feature no more is known than its name.
func (m *Maps) awaited(layer string) string {
	t := m.o.Lang
	switch err, loading := m.features.State(layer); {
	case err != nil:
		return t.T("map.features.failed", "why", why.Plain(t, err))
	case loading:
		return t.T("map.features.coming")
	}
	return t.T("map.features.left") // there was no room for it
}

// text writes a property of a feature.
func (m *Maps) text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// Named calls each with every feature that has a name, whether its layer is shown or
// not, until each returns false. It returns how many layers have not been read yet, or
// not whole: what lies in them may be missing.
func (m *Maps) Named(each func(ref world.Ref, layer, name string, at geo.Point) bool) (missing int) {
	if m.state == nil {
		return 0
	}
	for _, l := range m.state.Layers() {
		c := m.features.Names(feature.WantOf(l.Is))
		if c == nil || c.Left > 0 || c.Broken != nil {
			missing++
		}
		if c == nil {
			continue
		}
		for i := range c.Items {
			if it := &c.Items[i]; it.Name != "" && !each(FeatureRef(l.Is.ID, it.ID), m.layerName(l.Is), it.Name, feature.Place(it.Shape)) {
				return missing
			}
		}
	}
	return missing
}
