package ui

import (
	"image/color"
	"math"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/tile"
)

// vesselLimit is the age at which a vessel's symbol is hollow, when the map's
// "limit" parameter names none.
const vesselLimit = 30 * time.Minute

// mapCamera reads where a map looks from its parameters: "bounds" is
// west,south,east,north in degrees; "center" is latitude,longitude with "zoom".
// Without either it shows all stations and cameras.
func (u *UI) mapCamera(p world.Tile, w, h int) geo.View {
	if b, ok := numbers(p.Param("bounds"), 4); ok {
		return geo.FitView(geo.Bounds{Min: geo.Point{b[0], b[1]}, Max: geo.Point{b[2], b[3]}}, w, h, 0)
	}
	if c, ok := numbers(p.Param("center"), 2); ok {
		zoom, err := strconv.ParseFloat(p.Param("zoom"), 64)
		if err != nil {
			zoom = 9
		}
		// A zoom is meant for the reference tile, 1,000 px high: a larger tile
		// shows the same place larger, not more of the world.
		return geo.ZoomView(geo.Point{c[1], c[0]}, zoom+math.Log2(float64(h)/1000), w, h)
	}
	return geo.FitView(u.placed(), w, h, float64(h)/20)
}

func numbers(s string, n int) ([]float64, bool) {
	parts := strings.Split(s, ",")
	if len(parts) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, p := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// placed is the box of everything that stands still.
func (u *UI) placed() geo.Bounds {
	b := geo.Bounds{Min: geo.Point{180, 90}, Max: geo.Point{-180, -90}}
	add := func(p geo.Point, ok bool) {
		if ok {
			b.Min = geo.Point{min(b.Min[0], p[0]), min(b.Min[1], p[1])}
			b.Max = geo.Point{max(b.Max[0], p[0]), max(b.Max[1], p[1])}
		}
	}
	for _, s := range u.model.state.Stations() {
		add(s.Place())
	}
	for _, c := range u.model.state.Cameras() {
		add(c.Place())
	}
	if b.Min[0] > b.Max[0] {
		return geo.Bounds{Min: geo.Point{102, 8}, Max: geo.Point{117.5, 23.5}} // Vietnam with its sea
	}
	return b
}

// mapFrame fills a map's layers from the state. The parameter "layers" lists
// them: vessels, stations, reports, cameras, alerts; empty means all.
func (u *UI) mapFrame(p world.Tile, view geo.View, text float64, now time.Time) (*draw.Frame, []tile.MapLayer) {
	s := u.model.state
	f := &draw.Frame{View: view}
	if home := p.Param("home"); home != "" {
		f.Home = strings.Split(home, ",")
	}
	want := func(layer string) bool {
		l := p.Param("layers")
		return l == "" || strings.Contains(","+l+",", ","+layer+",")
	}
	var layers []tile.MapLayer
	if want("vessels") {
		layers = append(layers, u.vesselLayer(s, f, p, now))
	}
	if want("stations") {
		layers = append(layers, u.stationLayer(s, f))
	}
	if want("reports") {
		if l, ok := u.reportLayer(s, f); ok {
			layers = append(layers, l)
		}
	}
	if want("cameras") {
		u.cameraLayer(s, f)
	}
	if want("alerts") {
		u.alertLayer(f)
	}
	at := u.base.Attribution()
	base := tile.MapLayer{Name: u.lang.T("map.base"), Dated: at.Text}
	if d, err := time.ParseInLocation(time.DateOnly, at.BoundariesSince, u.lang.Zone); err == nil {
		base.Dated = u.lang.T("since", "time", u.lang.Date(d))
	}
	f.Furniture = u.furniture(f, p, text)
	return f, append(layers, base)
}

// furniture leaves out what a small map has no room for; the inset of the
// islands is not among it.
func (u *UI) furniture(f *draw.Frame, p world.Tile, text float64) draw.Furniture {
	w, h := float64(f.View.Width), float64(f.View.Height)
	out := draw.Furniture{Scale: h > 14*text && w > 40*text}
	if legend := u.legend(f); p.Param("legend") != "no" && h > float64(len(legend)+5)*1.6*text && w > 44*text {
		out.Legend = legend
	}
	return out
}

func (u *UI) vesselLayer(s *world.State, f *draw.Frame, p world.Tile, now time.Time) tile.MapLayer {
	limit := vesselLimit
	if d, err := time.ParseDuration(p.Param("limit")); err == nil && d > 0 {
		limit = d
	}
	alarmed := map[world.Ref]world.Severity{}
	for _, a := range u.model.alerts {
		if a.Severity.Rank() > alarmed[a.About].Rank() {
			alarmed[a.About] = a.Severity
		}
	}
	l := tile.MapLayer{Name: u.lang.T("map.vessels")}
	var newest world.Time
	all, fresh := 0, 0
	for v := range s.Vessels() {
		if v.Time == 0 {
			continue
		}
		all++
		age := now.Sub(v.Time.Std())
		if v.Lost == 0 && age < limit {
			fresh++
		}
		newest = max(newest, v.Time)
		d := draw.Vessel{
			ID: v.MMSI, At: v.Last.Pos, Kind: vesselKind(v.Particulars.Category), Heading: angle(v.Last.Heading), Course: angle(v.Last.Course),
			Speed: angle(v.Last.Speed), Age: max(0, age), Limit: limit, Lost: v.Lost != 0, Name: v.Name.Name,
		}
		if sev := alarmed[v.Ref()]; sev != "" {
			d.Severity, d.Importance = mapSeverity(sev), 10+sev.Rank()
		}
		f.Vessels = append(f.Vessels, d)
	}
	sortBy(f.Vessels, func(v draw.Vessel) string { return v.ID })
	l.Newest = newest.Std()
	l.Stale = all > 0 && now.Sub(l.Newest) > time.Minute
	l.Whole = u.lang.T("map.vessels.count", "n", strconv.Itoa(fresh), "all", strconv.Itoa(all))
	return l
}

// angle turns a value that was not given into the map's "unknown".
func angle(v float64) float64 {
	if v < 0 {
		return math.NaN()
	}
	return v
}

func vesselKind(c world.VesselCategory) draw.VesselKind {
	switch c {
	case world.VesselFishing:
		return draw.Fishing
	case world.VesselCargo:
		return draw.Cargo
	case world.VesselPassenger:
		return draw.Passenger
	case world.VesselPublic:
		return draw.PublicService
	}
	return draw.OtherVessel
}

func mapSeverity(s world.Severity) draw.Severity { return draw.Severity(s.Rank()) }

func (u *UI) stationLayer(s *world.State, f *draw.Frame) tile.MapLayer {
	l := tile.MapLayer{Name: u.lang.T("map.stations")}
	var newest world.Time
	all, fresh := 0, 0
	for _, st := range s.Stations() {
		if st.Defined == 0 {
			continue
		}
		all++
		if st.Stale == 0 && len(st.Readings) > 0 {
			fresh++
		}
		newest = max(newest, st.Newest())
		f.Stations = append(f.Stations, u.station(st))
	}
	l.Newest = newest.Std()
	l.Whole = u.lang.T("map.stations.count", "n", strconv.Itoa(fresh), "all", strconv.Itoa(all))
	return l
}

// station makes a chip: an index of law with its colour and word, otherwise the
// first quantity with its unit.
func (u *UI) station(st world.Station) draw.Station {
	d := draw.Station{ID: st.ID, At: st.Pos, Kind: draw.Air, Stale: st.Stale != 0, Importance: 1}
	index, levels := "aqi", airLevels()
	switch st.What {
	case world.StationWater:
		d.Kind, index, levels = draw.Water, "wqi", waterLevels()
	case world.StationLevel:
		d.Kind, index, levels = draw.Level, "level", nil
	}
	r, ok := st.Reading(index)
	if !ok && len(st.Readings) > 0 {
		r, ok, levels = st.Readings[0], true, nil
	}
	if !ok {
		return d
	}
	if levels == nil {
		decimals := 0
		if math.Abs(r.Value) < 100 {
			decimals = 1
		}
		d.Value = u.lang.Number(r.Value, decimals)
		if r.Unit != "" {
			d.Value += "\u00a0" + unitSign(r.Unit)
		}
		return d
	}
	d.Value = u.lang.Number(r.Value, 0)
	for _, lv := range levels {
		if r.Value <= lv.upTo {
			d.Word, d.Fill, d.Ink = u.lang.T(lv.word), lv.fill, lv.ink
			d.Importance += lv.rank
			break
		}
	}
	return d
}

func unitSign(u string) string {
	switch u {
	case "ug/m3":
		return "µg/m³"
	case "Cel":
		return "°C"
	}
	return u
}

// level is a step of an index of law with its colour.
type level struct {
	upTo      float64
	word      string
	fill, ink color.RGBA
	rank      int
}

// airLevels are the steps of VN_AQI (Decision 1459/QĐ-TCMT of 12 November 2019).
func airLevels() []level {
	ink, white := look.Hex(0x10151B), look.Hex(0xFFFFFF)
	return []level{
		{50, "aqi.good", look.Hex(0x00E400), ink, 0},
		{100, "aqi.fair", look.Hex(0xFFFF00), ink, 1},
		{150, "aqi.poor", look.Hex(0xFF7E00), ink, 2},
		{200, "aqi.bad", look.Hex(0xFF0000), ink, 3},
		{300, "aqi.worse", look.Hex(0x8F3F97), white, 4},
		{math.Inf(1), "aqi.danger", look.Hex(0x7E0023), white, 5},
	}
}

// waterLevels are the steps of VN_WQI (Decision 1460/QĐ-TCMT of 12 November 2019).
func waterLevels() []level {
	ink, white := look.Hex(0x10151B), look.Hex(0xFFFFFF)
	return []level{
		{9.999, "wqi.toxic", look.Hex(0x7E0023), white, 5},
		{25, "wqi.bad", look.Hex(0xFF0000), ink, 4},
		{50, "wqi.poor", look.Hex(0xFF7E00), ink, 3},
		{75, "wqi.fair", look.Hex(0xFFFF00), ink, 2},
		{90, "wqi.good", look.Hex(0x00E400), ink, 1},
		{math.Inf(1), "wqi.best", look.Hex(0x3333FF), white, 0},
	}
}
