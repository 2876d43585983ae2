package maps

import (
	"image/color"
	"math"
	"strconv"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/tile"
)

func (k *maker) stations() {
	filter, on := k.on(Stations)
	if !on {
		return
	}
	all, fresh, hidden, nowhere := 0, 0, 0, 0
	var newest world.Time
	for i := range k.m.stations.rows {
		row := &k.m.stations.rows[i]
		st := &row.is
		at, placed := st.Place()
		if !placed || at == (geo.Point{}) || !geo.Valid(at) {
			nowhere++
			continue
		}
		all++
		if st.Stale == 0 && len(st.Readings) > 0 {
			fresh++
		}
		heard := st.Newest()
		newest = max(newest, heard)
		if !filter.Entity(k.s, k.now, row.slot, row.revision, func() world.Entity { return *st }) {
			hidden++
			continue
		}
		if !k.box.Contains(at) {
			continue
		}
		d := k.m.station(st)
		d.Selected = k.selected[st.Ref()]
		if sev := k.alarmed[st.Ref()]; sev != "" {
			d.Importance += 10 * sev.Rank()
		}
		k.f.Stations = append(k.f.Stations, d)
		k.datum(heard, at)
		if k.view.Contains(at) {
			k.legend.stations[d.Kind]++
		}
	}
	t := k.m.o.Lang
	k.say(tile.MapLayer{
		Name: t.T("map.stations"), Newest: newest.Std(), Stale: newest != 0 && fresh == 0,
		Whole: k.placed(t.T("map.stations.count", "n", strconv.Itoa(fresh), "all", strconv.Itoa(all)), nowhere),
	}, filter, hidden)
}

// station makes a chip: an index of law with its colour and word, otherwise the
// first quantity with its unit.
func (m *Maps) station(st *world.Station) draw.Station {
	d := draw.Station{ID: st.ID, At: st.Pos, Kind: draw.Gauge, Stale: st.Stale != 0, Importance: 1}
	index, levels := "", []level(nil)
	switch st.What {
	case world.StationAir:
		d.Kind, index, levels = draw.Air, "aqi", airLevels()
	case world.StationWater:
		d.Kind, index, levels = draw.Water, "wqi", waterLevels()
	case world.StationLevel:
		d.Kind, index = draw.Level, "level"
	case world.StationWeather:
		d.Kind = draw.Weather
	}
	r, ok := st.Reading(index)
	if !ok && len(st.Readings) > 0 {
		r, ok, levels = st.Readings[0], true, nil
	}
	if !ok {
		return d
	}
	if levels == nil {
		d.Value = m.reading(r.Reading)
		return d
	}
	d.Value = m.o.Lang.Number(r.Value, 0)
	if lv, ok := levelOf(levels, r.Value); ok {
		d.Word, d.Fill, d.Ink = m.o.Lang.T(lv.word), lv.fill, lv.ink
		d.Importance += lv.rank
	}
	return d
}

// reading writes a measured value with its unit.
func (m *Maps) reading(r world.Reading) string {
	decimals := 0
	if math.Abs(r.Value) < 100 {
		decimals = 1
	}
	text := m.o.Lang.Number(r.Value, decimals)
	if r.Unit != "" {
		text += "\u00a0" + unitSign(r.Unit)
	}
	return text
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

// levelOf returns the step of an index; one below zero is a fault of the device and none.
func levelOf(levels []level, v float64) (level, bool) {
	if v < 0 {
		return level{}, false
	}
	for _, lv := range levels {
		if v <= lv.upTo {
			return lv, true
		}
	}
	return level{}, false
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
