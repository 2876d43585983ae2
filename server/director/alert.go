package director

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

const (
	// maxCameras bounds what an alert may ask for.
	maxCameras = 16
	// The zoom of the map around an alert: that of a street, and that of a vessel.
	placeZoom, seaZoom = "14", "11"
	// mostPopups bounds what alerts have shown or waiting: in a flood of them the
	// list of alerts says more than a queue that nobody sees the end of.
	mostPopups = 200
	// A stop may have come between an alert and its popup when the history ends
	// within this time after it.
	missedWithin = 2 * time.Second
)

// priorityOf returns the priority of what pops up for an alert.
func priorityOf(s world.Severity) int {
	switch s {
	case world.Warning:
		return 40
	case world.Severe:
		return 60
	case world.Critical:
		return 80
	}
	return 20
}

// popupID names the popup of an alert on a wall.
func popupID(alert, wall string) string { return alert + "@" + wall }

// missed asks for the popups of alerts that were raised when a stop came.
func (d *Director) missed(now world.Time, st *world.State) []world.Observation {
	var out []world.Observation
	for _, a := range st.Alerts() {
		if a.Open() && a.Show != nil && a.Raised.Add(missedWithin) >= st.Seen() {
			out = append(out, d.pop(now, st, a)...)
		}
	}
	return out
}

// raised asks for what of a new alert pops up.
func (d *Director) raised(now world.Time, st *world.State, b world.AlertRaised, e world.Effect) []world.Observation {
	if b.Show == nil || e == world.EffectNone {
		return nil
	}
	a, ok := st.Alert(b.ID)
	if !ok {
		return nil
	}
	return d.pop(now, st, a)
}

// updated makes the popup of an alert as important as the alert is now.
func (d *Director) updated(now world.Time, st *world.State, b world.AlertUpdated, e world.Effect) []world.Observation {
	if e == world.EffectNone {
		return nil
	}
	var out []world.Observation
	for _, w := range st.Walls() {
		p, ok := st.Popup(popupID(b.ID, w.ID))
		if !ok || p.By != "" || p.Priority == priorityOf(b.Severity) {
			continue
		}
		p.PopupAsked.Priority = priorityOf(b.Severity)
		out = append(out, d.ask(now, p.PopupAsked))
	}
	return out
}

// pop asks for an alert's popup on every wall that does not have it.
func (d *Director) pop(now world.Time, st *world.State, a world.Alert) []world.Observation {
	var out []world.Observation
	for _, w := range st.Walls() {
		if _, there := st.Popup(popupID(a.ID, w.ID)); there || len(w.Screens) == 0 {
			continue
		}
		if st.Count(world.KindPopup) >= mostPopups {
			d.o.Logger.Warn("too many popups wait; an alert has none", "alert", a.ID, "popups", mostPopups)
			break
		}
		out = append(out, d.ask(now, world.PopupAsked{
			ID: popupID(a.ID, w.ID), Wall: w.ID, Zone: a.Show.Zone, Title: a.Title, Tiles: tilesOf(st, a),
			Priority: priorityOf(a.Severity), Limit: a.Show.Limit, Alert: a.ID, Why: a.RuleName(),
		}))
	}
	return out
}

// ask says that a popup is wanted. Its wall is looked at when it is applied.
func (d *Director) ask(now world.Time, b world.PopupAsked) world.Observation {
	return world.Observation{Time: now, Body: b}
}

// tilesOf returns what an alert shows: its instruction, the cameras that see the
// place, the map around it.
func tilesOf(st *world.State, a world.Alert) []world.Tile {
	tiles := []world.Tile{{ID: "alert", Kind: "alert", Important: true, Params: []world.Param{{Key: "alert", Value: a.ID}}}}
	at, placed := placeOf(st, a)
	for i, c := range seeing(st, a.About, at, placed, min(a.Show.Cameras, maxCameras)) {
		tiles = append(tiles, world.Tile{
			ID: "camera-" + strconv.Itoa(i+1), Kind: "camera", Important: true,
			Params: []world.Param{{Key: "camera", Value: c.ID}},
		})
	}
	if a.Show.Map && placed {
		tiles = append(tiles, world.Tile{ID: "map", Kind: "map", Important: true, Params: mapAt(a, at)})
	}
	return tiles
}

// placeOf returns where an alert is: its own place, or that of what it is about.
func placeOf(st *world.State, a world.Alert) (geo.Point, bool) {
	if a.Placed {
		return a.Pos, true
	}
	if e, ok := st.Entity(a.About); ok {
		return e.Place()
	}
	return geo.Point{}, false
}

// mapAt returns the parameters of a map around a place. It goes along with a
// vessel.
func mapAt(a world.Alert, at geo.Point) []world.Param {
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 5, 64) }
	out := []world.Param{{Key: "center", Value: number(at[1]) + "," + number(at[0])}}
	zoom := placeZoom
	if a.About.Kind() == world.KindVessel {
		zoom = seaZoom
		out = append(out, world.Param{Key: "follow", Value: string(a.About)})
	}
	return append(out, world.Param{Key: "zoom", Value: zoom})
}

// seeing returns at most n cameras that see a place, the best first: the one the
// matter is about, then those whose field of view holds the place, then those that
// may see it, since they can be turned or nobody said where they look. A camera
// that gives no picture comes after those that do, and one whose login is refused
// not at all.
func seeing(st *world.State, about world.Ref, at geo.Point, placed bool, n int) []world.Camera {
	type seen struct {
		world.Camera
		rank int
		dist float64
	}
	var all []seen
	if n <= 0 {
		return nil
	}
	for _, c := range st.Cameras() {
		if c.Removed || c.Health.State == world.CameraRefused {
			continue
		}
		if c.Ref() == about {
			all = append(all, seen{c, 0, 0})
			continue
		}
		if !placed {
			continue
		}
		if sight, dist := c.Sight(at); sight != world.Blind {
			rank := int(world.InView-sight) + 1
			if s := c.Health.State; s == world.CameraSilent || s == world.CameraFrozen || s == world.CameraFull {
				rank += 2
			}
			all = append(all, seen{c, rank, dist})
		}
	}
	slices.SortStableFunc(all, func(a, b seen) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.dist, b.dist)) })
	out := make([]world.Camera, 0, min(n, len(all)))
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.Camera)
	}
	return out
}
