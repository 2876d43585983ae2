package maps

import (
	"strconv"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
	"iocwall/ui/tile"
)

// vessel is what a map needs of a vessel.
type vessel struct {
	name                   string
	at                     geo.Point
	time                   world.Time // of the newest position, zero while there is none
	heading, course, speed float64
	kind                   draw.VesselKind
	lost                   bool
	length                 uint16 // metres, 0 when not known
}

func vesselOf(v world.Vessel) vessel {
	r := vessel{
		name: vesselName(v), at: v.Last.Pos, time: v.Time, lost: v.Lost != 0, kind: vesselKind(v.Particulars.Category),
		heading: angle(v.Last.Heading), course: angle(v.Last.Course), speed: angle(v.Last.Speed),
		length: v.Particulars.Bow + v.Particulars.Stern,
	}
	if !geo.Valid(r.at) {
		r.time = 0
	}
	return r
}

// vesselName is what people call a vessel: its registration, its name, or its
// MMSI while neither was heard.
func vesselName(v world.Vessel) string {
	switch {
	case v.Particulars.Registration != "":
		return v.Particulars.Registration
	case v.Name.Name != "":
		return v.Name.Name
	}
	return v.MMSI
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

const (
	// maxTrailed is how many vessels near a view may trail; where there are more,
	// only those do that are chosen or alarmed.
	maxTrailed = 2500
	// maxNamed is how many vessels in a view are all named at most, nameRoom the
	// room that each name needs for that, in squares of the text's size.
	maxNamed, nameRoom = 60, 60
	// late is the age of a layer's newest position that turns its strip grey.
	late = time.Minute
)

func (k *maker) vessels() {
	filter, on := k.on(Vessels)
	if !on {
		return
	}
	limit := k.q.Limit
	if limit == 0 {
		limit = brief.UsualLimit
	}
	rows := k.m.vessels.rows
	room := min(len(rows), k.p.near+k.p.near/16+64) // about as many as in the last picture
	k.f.Vessels = make([]draw.Vessel, 0, room)
	times := make([]world.Time, 0, room)
	all, fresh, hidden, seen, nowhere := 0, 0, 0, 0, 0
	var newest world.Time
	for i := range rows {
		v := &rows[i].is
		if v.time == 0 {
			nowhere++
			continue
		}
		all++
		age := k.now.Sub(v.time)
		if !v.lost && age < limit {
			fresh++
		}
		newest = max(newest, v.time)
		if !filter.Entity(k.s, k.now, rows[i].slot, rows[i].revision, func() world.Entity { e, _ := k.s.Vessel(rows[i].id); return e }) {
			hidden++
			continue
		}
		if !k.box.Contains(v.at) {
			continue
		}
		if k.view.Contains(v.at) {
			seen++
			k.legend.vessels[v.kind]++
			if v.lost || age >= limit {
				k.legend.lost++
			}
			k.datum(v.time, v.at)
		}
		k.f.Vessels = append(k.f.Vessels, draw.Vessel{
			ID: rows[i].id, At: v.at, Kind: v.kind, Heading: v.heading, Course: v.course, Speed: v.speed,
			Age: max(0, age), Limit: limit, Lost: v.lost, Name: v.name, Importance: int(v.length),
		})
		times = append(times, v.time)
	}
	k.p.near = len(k.f.Vessels)
	space := float64(k.n.View.Width) * float64(k.n.View.Height) / (nameRoom * k.n.Text * k.n.Text)
	k.distinguish(seen <= maxNamed && float64(seen) <= space)
	k.trail(times)
	t := k.m.o.Lang
	k.say(tile.MapLayer{
		Name: t.T("map.vessels"), Newest: newest.Std(), Stale: all > 0 && k.now.Sub(newest) > late,
		Whole: k.placed(t.T("map.vessels.count", "n", strconv.Itoa(fresh), "all", strconv.Itoa(all)), nowhere),
	}, filter, hidden)
}

// distinguish marks vessels that are chosen or alarmed, and gives names: to those
// first, then by what they are and how long, which Importance holds until here.
func (k *maker) distinguish(everybody bool) {
	for i := range k.f.Vessels {
		v := &k.f.Vessels[i]
		length := v.Importance
		v.Importance = 0
		if everybody {
			v.Importance = 1 + kindRank(v.Kind) + min(length, 400)/100
		}
		if len(k.alarmed) == 0 && len(k.selected) == 0 {
			continue
		}
		ref := world.NewRef(world.KindVessel, v.ID)
		if sev := k.alarmed[ref]; sev != "" {
			v.Severity, v.Importance = severity(sev), 20+sev.Rank()
		}
		if k.selected[ref] {
			v.Selected, v.Importance = true, 30
		}
	}
}

func kindRank(kind draw.VesselKind) int {
	switch kind {
	case draw.PublicService:
		return 5
	case draw.Passenger:
		return 4
	case draw.Cargo:
		return 2
	}
	return 0
}

// trail adds past positions.
func (k *maker) trail(times []world.Time) {
	span := k.q.Trail
	if span == 0 {
		span = brief.UsualTrail
	}
	if span < 0 {
		return
	}
	some := k.q.Trail == 0 && len(k.f.Vessels) > maxTrailed
	since := k.n.Time.Add(-span)
	var points []geo.Point
	for i := range k.f.Vessels {
		v := &k.f.Vessels[i]
		if some && !v.Selected && v.Severity == draw.NoSeverity {
			continue
		}
		from := len(points)
		points = k.m.trails.Line(points, v.ID, since, times[i], v.At)
		v.Trail = points[from:len(points):len(points)]
	}
}
