package maps

import (
	"strconv"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/signal/health"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// report is what a map needs of a citizen's report.
type report struct {
	at            geo.Point
	placed        bool
	category      draw.Category
	closed        bool
	step          draw.ReportStep
	due, overdue  world.Time
	opened, moved world.Time
}

func reportOf(r world.Report) report {
	return report{
		at: r.Pos, placed: r.Placed && geo.Valid(r.Pos), category: category(r.Service), closed: r.State.Closed(), step: stepOf(r.State),
		due: r.Due, overdue: r.Overdue, opened: r.Opened, moved: r.Changed,
	}
}

// stepOf says who has a report.
func stepOf(s world.ReportState) draw.ReportStep {
	switch s {
	case world.ReportAccepted:
		return draw.ReportAccepted
	case world.ReportDispatched:
		return draw.ReportSent
	}
	return draw.ReportNew
}

// used is the part of a report's time that has passed, 0 for one without a deadline.
func (r *report) used(now world.Time) float64 {
	switch {
	case r.due == 0:
		return 0
	case r.due <= r.opened:
		return 1
	}
	return min(1, max(0.02, float64(now-r.opened)/float64(r.due-r.opened)))
}

// against says how late a report is or what is left; nothing without a deadline.
func (r *report) against(l *words.Lang, now world.Time) string {
	if r.due == 0 {
		return ""
	}
	if left := r.due.Sub(now); left >= 0 {
		return l.T("map.report.left", "age", l.Age(left))
	}
	return l.T("map.report.late", "age", l.Age(now.Sub(r.due)))
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

// reports shows those that are open. How late one is, in parts of a day, decides
// which lies on top.
func (k *maker) reports() {
	filter, on := k.on(Reports)
	if !on {
		return
	}
	open, overdue, hidden, nowhere := 0, 0, 0, 0
	var newest world.Time
	for i := range k.m.reports.rows {
		row := &k.m.reports.rows[i]
		r := &row.is
		newest = max(newest, r.moved)
		if r.closed {
			continue
		}
		open++
		isLate := r.overdue != 0
		if isLate {
			overdue++
		}
		if !r.placed {
			nowhere++
			continue
		}
		if !filter.Entity(k.s, k.now, row.slot, row.revision, func() world.Entity { e, _ := k.s.Report(row.id); return e }) {
			hidden++
			continue
		}
		if !k.box.Contains(r.at) {
			continue
		}
		d := draw.Report{ID: row.id, At: r.at, Category: r.category, Step: r.step, Late: isLate, Used: r.used(k.now), Selected: k.selected[world.NewRef(world.KindReport, row.id)]}
		if isLate || d.Selected { // of the others it is not shown
			d.Note = r.against(k.m.o.Lang, k.now)
		}
		if isLate {
			d.Importance = 1 + int(min(1000, max(0, k.now.Sub(r.due).Hours()/6)))
		}
		k.f.Reports = append(k.f.Reports, d)
		k.datum(r.moved, r.at)
		if k.view.Contains(r.at) {
			if isLate {
				k.legend.overdue++
			} else {
				k.legend.reports[d.Step]++
			}
		}
	}
	if newest == 0 && filter.Why() == nil {
		return // nobody reports here
	}
	t := k.m.o.Lang
	whole := t.T("map.reports.count", "n", strconv.Itoa(open))
	if overdue > 0 {
		whole = t.T("map.reports.late", "n", strconv.Itoa(open), "late", strconv.Itoa(overdue))
	}
	k.say(tile.MapLayer{Name: t.T("map.reports"), Newest: newest.Std(), Whole: k.placed(whole, nowhere)}, filter, hidden)
}

// placed adds to how whole a layer is how many of it have no place.
func (k *maker) placed(whole string, nowhere int) string {
	if nowhere > 0 {
		whole += " · " + k.m.o.Lang.T("map.nowhere", "n", strconv.Itoa(nowhere))
	}
	return whole
}

func (k *maker) cameras() {
	filter, on := k.on(Cameras)
	if !on {
		return
	}
	all, good, hidden, nowhere := 0, 0, 0, 0
	var newest world.Time
	for i := range k.m.cameras.rows {
		row := &k.m.cameras.rows[i]
		c := &row.is
		at, ok := c.Place()
		if !ok || !geo.Valid(at) {
			nowhere++
			continue
		}
		all++
		sign := healthOf(c.Health)
		if sign == draw.Live {
			good++
		}
		newest = max(newest, c.Time)
		if !filter.Entity(k.s, k.now, row.slot, row.revision, func() world.Entity { return *c }) {
			hidden++
			continue
		}
		if !k.box.Contains(at) {
			continue
		}
		k.f.Cameras = append(k.f.Cameras, draw.Camera{
			ID: c.ID, At: at, Heading: angle(c.Heading), Angle: c.View, Range: c.Reach, Health: sign, Selected: k.selected[c.Ref()],
		})
		if k.view.Contains(at) {
			k.legend.cameras++
		}
	}
	if all+nowhere == 0 && filter.Why() == nil {
		return
	}
	t := k.m.o.Lang
	k.say(tile.MapLayer{
		Name: t.T("layer.cameras"), Newest: newest.Std(),
		Whole: k.placed(t.T("map.cameras.good", "n", strconv.Itoa(good), "all", strconv.Itoa(all)), nowhere),
	}, filter, hidden)
}

// healthOf turns the relay's word into a sign. A camera nobody watches is fine as
// far as anybody knows; one that was never tried is not known to be.
func healthOf(h world.CameraHealth) draw.Health {
	switch h.State {
	case world.CameraLive, world.CameraIdle:
		if health.Late(h) {
			return draw.Stale
		}
		return draw.Live
	case world.CameraFrozen:
		return draw.Frozen
	case world.CameraSilent, world.CameraRefused, world.CameraFull:
		return draw.Offline
	}
	return draw.Stale
}

// alerts shows those that have a place; the two urgent severities say what they
// are and who has them, the others are shapes. The whole sentence stands in the
// list: on the map it would hide what it is about.
func (k *maker) alerts() {
	filter, on := k.on(Alerts)
	if !on {
		return
	}
	t := k.m.o.Lang
	hidden := 0
	for i := range k.n.Alerts {
		a := &k.n.Alerts[i]
		if !a.Placed || !geo.Valid(a.Pos) {
			continue
		}
		if !filter.Thing(func(v map[string]any) {
			v["id"], v["severity"], v["title"], v["rule"], v["area"], v["about"] = a.ID, string(a.Severity), a.Title, a.Rule, a.Area, string(a.About)
			v["taken"], v["since"], v["now"] = a.Taken != 0, a.Since.Std(), k.n.Time
		}) {
			hidden++
			continue
		}
		if !k.box.Contains(a.Pos) {
			continue
		}
		d := draw.Alert{ID: a.ID, At: a.Pos, Severity: severity(a.Severity), Selected: k.selected[a.Ref()]}
		if a.Severity.Rank() >= world.Severe.Rank() {
			d.Title, d.Text = a.Title, t.T("alerts.untaken.long")
			if a.Taken != 0 {
				d.Text = t.T("alerts.taken.at", "who", a.WhoTook(), "time", t.Clock(a.Taken.Std()))
			}
		}
		k.f.Alerts = append(k.f.Alerts, d)
		if k.view.Contains(a.Pos) {
			k.legend.alerts[min(d.Severity, draw.Critical)]++
		}
	}
	if filter.Why() != nil || hidden > 0 {
		k.say(tile.MapLayer{Name: t.T("layer.alerts")}, filter, hidden)
	}
}
