package ui

import (
	"cmp"
	"slices"
	"strconv"

	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/desk"
	"iocwall/ui/tile"
)

// sortBy keeps pictures of the same state the same: the state lists vessels and
// reports in no order.
func sortBy[T any, K cmp.Ordered](s []T, key func(T) K) {
	slices.SortFunc(s, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
}

func (u *UI) reportLayer(s *world.State, f *draw.Frame) (tile.MapLayer, bool) {
	l := tile.MapLayer{Name: u.lang.T("map.reports")}
	open := 0
	var newest world.Time
	for r := range s.Reports() {
		newest = max(newest, r.Changed)
		if r.State.Closed() {
			continue
		}
		open++
		if r.Placed {
			d := draw.Report{ID: r.ID, At: r.Pos, Category: category(r.Service), Late: r.Overdue != 0}
			if d.Late {
				d.Importance = 1
			}
			f.Reports = append(f.Reports, d)
		}
	}
	sortBy(f.Reports, func(r draw.Report) string { return r.ID })
	l.Newest = newest.Std()
	l.Whole = u.lang.T("map.reports.count", "n", strconv.Itoa(open))
	return l, newest != 0
}

func category(service string) draw.Category {
	switch service {
	case "roads", "infrastructure":
		return draw.Roads
	case "environment":
		return draw.Environment
	case "order", "urban-order":
		return draw.UrbanOrder
	case "food", "food-safety":
		return draw.FoodSafety
	case "procedures", "administration":
		return draw.Procedures
	}
	return draw.OtherReport
}

func (u *UI) cameraLayer(s *world.State, f *draw.Frame) {
	for _, c := range s.Cameras() {
		p, ok := c.Place()
		if !ok {
			continue
		}
		d := draw.Camera{ID: c.ID, At: p, Heading: angle(c.Heading), Angle: c.View, Range: c.Reach, Health: draw.Live}
		switch c.Health.State {
		case world.CameraFrozen:
			d.Health = draw.Frozen
		case world.CameraSilent, world.CameraRefused, world.CameraFull:
			d.Health = draw.Offline
		}
		f.Cameras = append(f.Cameras, d)
	}
}

// alertLayer shows alerts that have a place; the two urgent severities say what
// they are and who has them, the others are shapes. The whole sentence stands in
// the list: on the map it would hide what it is about.
func (u *UI) alertLayer(f *draw.Frame) {
	for _, a := range u.model.alerts {
		if !a.Placed {
			continue
		}
		d := draw.Alert{ID: a.ID, At: a.Pos, Severity: mapSeverity(a.Severity)}
		if a.Severity.Rank() >= world.Severe.Rank() {
			d.Title, d.Text = a.Title, u.lang.T("alerts.untaken.long")
			if a.Taken != 0 {
				d.Text = u.lang.T("alerts.taken.at", "who", desk.Taker(a), "time", u.lang.Clock(a.Taken.Std()))
			}
		}
		f.Alerts = append(f.Alerts, d)
	}
}

// legend names the symbols that are on the map, with their number.
func (u *UI) legend(f *draw.Frame) []draw.LegendItem {
	var out []draw.LegendItem
	var kinds [draw.PublicService + 1]int
	for _, v := range f.Vessels {
		kinds[v.Kind]++
	}
	add := func(icon draw.Icon, key string, n int) {
		if n > 0 {
			out = append(out, draw.LegendItem{Icon: icon, Text: u.lang.T(key, "n", strconv.Itoa(n))})
		}
	}
	add(draw.IconFishing, "legend.fishing", kinds[draw.Fishing])
	add(draw.IconCargo, "legend.cargo", kinds[draw.Cargo])
	add(draw.IconPassenger, "legend.passenger", kinds[draw.Passenger])
	add(draw.IconPublicService, "legend.public", kinds[draw.PublicService])
	add(draw.IconVessel, "legend.vessel", kinds[draw.OtherVessel])
	var stations [draw.Level + 1]int
	for _, s := range f.Stations {
		stations[s.Kind]++
	}
	add(draw.IconAir, "legend.air", stations[draw.Air])
	add(draw.IconWater, "legend.water", stations[draw.Water])
	add(draw.IconLevel, "legend.level", stations[draw.Level])
	add(draw.IconReport, "legend.report", len(f.Reports))
	add(draw.IconCamera, "legend.camera", len(f.Cameras))
	return out
}
