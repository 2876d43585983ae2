package maps

import (
	"image/color"
	"math"
	"slices"
	"strconv"

	"iocwall/geo/draw"
	"iocwall/ui/maps/brief"
)

// legend counts what is in view and names it.
type legend struct {
	vessels  [draw.PublicService + 1]int
	stations [draw.Gauge + 1]int
	reports  [draw.ReportSent + 1]int // that are not late
	alerts   [draw.Critical + 1]int
	overdue  int
	cameras  int
	fences   int
	drawings int
	lost     int  // vessels whose symbol is hollow
	aged     bool // an area's edge is dashed

	telling  int               // rows of alerts, once there are items
	classes  []draw.LegendItem // of the areas
	features []draw.LegendItem
}

// items are all rows: the areas' classes first, since nothing else explains them.
func (g *legend) items(k *maker) []draw.LegendItem {
	out := append([]draw.LegendItem(nil), g.classes...)
	t := k.m.o.Lang
	add := func(icon draw.Icon, key string, n int) {
		if n > 0 {
			out = append(out, draw.LegendItem{Icon: icon, Text: t.T(key, "n", strconv.Itoa(n))})
		}
	}
	for s := draw.Critical; s >= draw.Notice; s-- {
		add(draw.IconNotice+draw.Icon(s-draw.Notice), [...]string{draw.Notice: "legend.notice", draw.Warning: "legend.warning", draw.Severe: "legend.severe", draw.Critical: "legend.critical"}[s], g.alerts[s])
	}
	g.telling = len(out) - len(g.classes)
	add(draw.IconFishing, "legend.fishing", g.vessels[draw.Fishing])
	add(draw.IconCargo, "legend.cargo", g.vessels[draw.Cargo])
	add(draw.IconPassenger, "legend.passenger", g.vessels[draw.Passenger])
	add(draw.IconPublicService, "legend.public", g.vessels[draw.PublicService])
	add(draw.IconVessel, "legend.vessel", g.vessels[draw.OtherVessel])
	add(draw.IconLost, "legend.lost", g.lost)
	add(draw.IconAir, "legend.air", g.stations[draw.Air])
	add(draw.IconWater, "legend.water", g.stations[draw.Water])
	add(draw.IconLevel, "legend.level", g.stations[draw.Level])
	add(draw.IconWeather, "legend.weather", g.stations[draw.Weather])
	add(draw.IconGauge, "legend.gauge", g.stations[draw.Gauge])
	add(draw.IconReportNew, "legend.report.new", g.reports[draw.ReportNew])
	add(draw.IconReport, "legend.report.accepted", g.reports[draw.ReportAccepted])
	add(draw.IconReportSent, "legend.report.sent", g.reports[draw.ReportSent])
	add(draw.IconReportLate, "legend.report.late", g.overdue)
	add(draw.IconCamera, "legend.camera", g.cameras)
	out = append(out, g.features...)
	if g.fences > 0 {
		out = append(out, draw.LegendItem{Icon: draw.IconFence, Text: t.T("legend.fence", "n", strconv.Itoa(g.fences))})
	}
	if g.drawings > 0 {
		out = append(out, draw.LegendItem{Line: k.m.o.Theme.Second, Text: t.T("legend.drawing", "n", strconv.Itoa(g.drawings))})
	}
	return out
}

// short is the legend of a map with room for fewer rows: without the alerts, which
// say on the map what they are, then only the classes of areas, which stay whole, or nothing.
func (g *legend) short(items []draw.LegendItem, room int) []draw.LegendItem {
	if len(items)-g.telling <= room {
		return slices.Delete(items, len(g.classes), len(g.classes)+g.telling)
	}
	if n := len(g.classes); n > 0 && n <= room {
		return items[:n]
	}
	return nil
}

// choropleth names an indicator's classes with their limits and how many areas
// are in each.
func (g *legend) choropleth(k *maker, x *indicator, limits, values []float64, without int) {
	t := k.m.o.Lang
	heading := x.name
	if x.unit != "" {
		heading = t.T("legend.unit", "name", x.name, "unit", x.unit)
	}
	g.classes = append(g.classes, draw.LegendItem{Heading: true, Text: heading})
	counts := make([]int, len(limits)+1)
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		counts[brief.Class(limits, v)]++
		low, high = min(low, v), max(high, v)
	}
	for i, fill := range brief.Shades(k.m.o.Theme, len(counts)) {
		if len(values) == 0 {
			break
		}
		n := strconv.Itoa(counts[i])
		var text string
		switch {
		case len(limits) == 0:
			text = span(x.number(t, low), x.number(t, high))
		case i == 0:
			text = t.T("legend.upto", "n", x.number(t, limits[0]))
		case i == len(limits):
			text = t.T("legend.over", "n", x.number(t, limits[i-1]))
		default:
			text = span(t.T("legend.over", "n", x.number(t, limits[i-1])), x.number(t, limits[i]))
		}
		g.classes = append(g.classes, draw.LegendItem{Swatch: &draw.Swatch{Fill: fill}, Text: t.T("legend.class", "range", text, "n", n)})
	}
	if without > 0 {
		g.classes = append(g.classes, draw.LegendItem{Swatch: &draw.Swatch{Hatch: true}, Text: t.T("legend.novalue", "n", strconv.Itoa(without))})
	}
	if g.aged {
		th := k.m.o.Theme
		g.classes = append(g.classes, draw.LegendItem{Line: color.RGBA{th.T1.R, th.T1.G, th.T1.B, 255}, Dashed: true, Text: t.T("legend.aged")})
	}
}

func span(from, to string) string {
	if from == to {
		return from
	}
	return from + " – " + to
}
