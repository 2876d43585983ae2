package world

import (
	"cmp"
	"slices"
	"time"
)

// Patience says how long silence is borne. Durations of zero mean for ever.
type Patience struct {
	// VesselLost is when a vessel's signal is called lost, VesselGone when the
	// vessel leaves Live.
	VesselLost, VesselGone time.Duration
	// Grace is added to what a station or a figure promised.
	Grace time.Duration
	// AlertKept and ReportKept are how long what is closed stays in Live.
	AlertKept, ReportKept time.Duration
	// MaxEntities bounds Live; the vessels silent for longest leave first.
	MaxEntities int
}

// DefaultPatience is what a server uses when its configuration says nothing.
func DefaultPatience() Patience {
	return Patience{
		VesselLost: 30 * time.Minute, VesselGone: 24 * time.Hour,
		Grace:     2 * time.Minute,
		AlertKept: 15 * time.Minute, ReportKept: 24 * time.Hour,
		MaxEntities: 50_000,
	}
}

// Due returns what silence and deadlines make so at the time now, in a fixed
// order; the server appends it as events. It changes nothing.
func (s *State) Due(now Time, p Patience) []Observation {
	var out []Observation
	add := func(b Body) { out = append(out, Observation{Time: now, Body: b}) }
	past := func(t Time, d time.Duration) bool { return d > 0 && t != 0 && now >= t.Add(d) }

	for v := range s.vessels.all() {
		switch {
		case past(v.Time, p.VesselGone):
			add(EntityGone{Ref: v.Ref(), Reason: "silent"})
		case v.Lost == 0 && past(v.Time, p.VesselLost):
			add(EntityStale{Ref: v.Ref(), Last: v.Time, Limit: p.VesselLost.Milliseconds()})
		}
	}
	for _, x := range s.strangers() {
		if past(x.last, p.VesselGone) {
			add(EntityGone{Ref: x.ref, Reason: "silent"})
		}
	}
	for st := range s.stations.all() {
		limit := time.Duration(st.Every)*time.Millisecond + p.Grace
		if t := st.Newest(); st.Every > 0 && st.Stale == 0 && past(t, limit) {
			add(EntityStale{Ref: st.Ref(), Last: t, Limit: limit.Milliseconds()})
		}
	}
	for f := range s.figures.all() {
		limit := time.Duration(f.Every)*time.Millisecond + p.Grace
		if f.Every > 0 && f.Stale == 0 && past(f.Time, limit) {
			add(EntityStale{Ref: f.Ref(), Last: f.Time, Limit: limit.Milliseconds()})
		}
	}
	for r := range s.reports.all() {
		switch {
		case past(r.Closed, p.ReportKept):
			add(EntityGone{Ref: r.Ref(), Reason: "closed"})
		case !r.State.Closed() && r.Due != 0 && r.Overdue == 0 && now >= r.Due:
			add(ReportOverdue{ID: r.ID, Due: r.Due})
		}
	}
	for a := range s.alerts.all() {
		if past(a.Resolved, p.AlertKept) {
			add(EntityGone{Ref: a.Ref(), Reason: "resolved"})
		}
	}
	slices.SortFunc(out, func(a, b Observation) int { return cmp.Compare(dueKey(a.Body), dueKey(b.Body)) })
	return append(out, s.overflow(now, p.MaxEntities)...)
}

func dueKey(b Body) string {
	switch b := b.(type) {
	case EntityGone:
		return string(b.Ref)
	case EntityStale:
		return string(b.Ref)
	case ReportOverdue:
		return KindReport + "/" + b.ID
	}
	return ""
}

// silence is an entity that feeds made by themselves, and when it was last heard.
type silence struct {
	ref  Ref
	last Time
}

// strangers returns what feeds named and no configuration defined, vessels
// apart: it comes and goes with what is heard.
func (s *State) strangers() []silence {
	var out []silence
	for a := range s.aids.all() {
		out = append(out, silence{a.Ref(), a.Time})
	}
	for b := range s.bases.all() {
		out = append(out, silence{b.Ref(), b.Time})
	}
	for st := range s.stations.all() {
		if st.Defined == 0 {
			out = append(out, silence{st.Ref(), st.Newest()})
		}
	}
	for f := range s.figures.all() {
		if f.Defined == 0 {
			out = append(out, silence{f.Ref(), f.Time})
		}
	}
	return out
}

// overflow makes room in Live: strangers leave before vessels, the longest
// silent first, so that a flood of made-up names does not push out the fleet.
func (s *State) overflow(now Time, limit int) []Observation {
	over := s.Count("") - limit
	if limit <= 0 || over <= 0 {
		return nil
	}
	byAge := func(a, b silence) int {
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.ref, b.ref))
	}
	leave := s.strangers()
	slices.SortFunc(leave, byAge)
	if len(leave) < over {
		var vs []silence
		for v := range s.vessels.all() {
			vs = append(vs, silence{v.Ref(), v.Time})
		}
		slices.SortFunc(vs, byAge)
		leave = append(leave, vs...)
	}
	var out []Observation
	for _, x := range leave[:min(over, len(leave))] {
		out = append(out, Observation{Time: now, Body: EntityGone{Ref: x.ref, Reason: "no room"}})
	}
	return out
}
