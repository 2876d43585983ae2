package core

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"iocwall/server/world"
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
	// MaxClips bounds the clips in Live that are saved or failed; the oldest
	// leave first. Their files and their history stay.
	MaxClips int
}

// DefaultPatience is what a server uses when its configuration says nothing.
func DefaultPatience() Patience {
	return Patience{
		VesselLost: 30 * time.Minute, VesselGone: 24 * time.Hour,
		Grace:     2 * time.Minute,
		AlertKept: 15 * time.Minute, ReportKept: 24 * time.Hour,
		MaxEntities: 50_000, MaxClips: 1000,
	}
}

// due returns what silence and deadlines make so at the time now, in a fixed
// order; the loop appends it as events. It changes nothing.
func due(s *world.State, now world.Time, p Patience) []world.Observation {
	var out []world.Observation
	add := func(b world.Body) { out = append(out, world.Observation{Time: now, Body: b}) }
	past := func(t world.Time, d time.Duration) bool { return d > 0 && t != 0 && now >= t.Add(d) }

	for v := range s.Vessels() {
		switch {
		case past(v.Time, p.VesselGone):
			add(world.EntityGone{Ref: v.Ref(), Reason: "silent"})
		case v.Lost == 0 && past(v.Time, p.VesselLost):
			add(world.EntityStale{Ref: v.Ref(), Last: v.Time, Limit: p.VesselLost.Milliseconds()})
		}
	}
	for _, x := range strangers(s) {
		if past(x.last, p.VesselGone) {
			add(world.EntityGone{Ref: x.ref, Reason: "silent"})
		}
	}
	for st := range each[world.Station](s, world.KindStation) {
		limit := time.Duration(st.Every)*time.Millisecond + p.Grace
		if t := st.Newest(); st.Every > 0 && st.Stale == 0 && past(t, limit) {
			add(world.EntityStale{Ref: st.Ref(), Last: t, Limit: limit.Milliseconds()})
		}
	}
	for f := range each[world.Figure](s, world.KindFigure) {
		limit := time.Duration(f.Every)*time.Millisecond + p.Grace
		if f.Every > 0 && f.Stale == 0 && past(f.Time, limit) {
			add(world.EntityStale{Ref: f.Ref(), Last: f.Time, Limit: limit.Milliseconds()})
		}
	}
	for r := range s.Reports() {
		switch {
		case past(r.Closed, p.ReportKept):
			add(world.EntityGone{Ref: r.Ref(), Reason: "closed"})
		case !r.State.Closed() && r.Due != 0 && r.Overdue == 0 && now >= r.Due:
			add(world.ReportOverdue{ID: r.ID, Due: r.Due})
		}
	}
	for a := range each[world.Alert](s, world.KindAlert) {
		if past(a.Resolved, p.AlertKept) {
			add(world.EntityGone{Ref: a.Ref(), Reason: "resolved"})
		}
	}
	for _, n := range strayNodes(s) {
		if past(max(n.Since, n.Reported, n.Enrolled), strayKept) {
			add(world.EntityGone{Ref: n.Ref(), Reason: "silent"})
		}
	}
	for _, r := range oldClips(s, p.MaxClips) {
		add(world.EntityGone{Ref: r, Reason: "no room"})
	}
	slices.SortFunc(out, func(a, b world.Observation) int { return cmp.Compare(dueKey(a.Body), dueKey(b.Body)) })
	return append(out, overflow(s, now, p.MaxEntities)...)
}

// strayKept is how long a computer of walls is known that is away and drives no
// screen any more, as one does that was given another name.
const strayKept = 7 * 24 * time.Hour

// strayNodes returns the computers that are away and drive no screen.
func strayNodes(s *world.State) []world.Node {
	if s.Count(world.KindNode) == 0 {
		return nil
	}
	drive := map[string]bool{}
	for w := range each[world.Wall](s, world.KindWall) {
		for _, sc := range w.Screens {
			drive[sc.Node] = true
		}
	}
	var out []world.Node
	for n := range each[world.Node](s, world.KindNode) {
		if !n.Up && !drive[n.Node] {
			out = append(out, n)
		}
	}
	return out
}

func dueKey(b world.Body) string {
	switch b := b.(type) {
	case world.EntityGone:
		return string(b.Ref)
	case world.EntityStale:
		return string(b.Ref)
	case world.ReportOverdue:
		return world.KindReport + "/" + b.ID
	}
	return ""
}

// each yields the entities of one kind in no particular order.
func each[E world.Entity](s *world.State, kind string) iter.Seq[E] {
	return func(yield func(E) bool) {
		for e := range s.Entities(kind) {
			if x, ok := e.(E); ok && !yield(x) {
				return
			}
		}
	}
}

// oldClips returns the clips that are over the limit.
func oldClips(s *world.State, limit int) []world.Ref {
	if limit <= 0 || s.Count(world.KindClip) <= limit {
		return nil
	}
	var done []silence
	for c := range s.Clips() {
		if c.Done != 0 {
			done = append(done, silence{c.Ref(), c.Asked})
		}
	}
	slices.SortFunc(done, byAge)
	var out []world.Ref
	for _, x := range done[:max(0, len(done)-limit)] {
		out = append(out, x.ref)
	}
	return out
}

// silence is an entity that feeds made by themselves, and when it was last heard.
type silence struct {
	ref  world.Ref
	last world.Time
}

func byAge(a, b silence) int {
	return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.ref, b.ref))
}

// strangers returns what feeds named and no configuration defined, vessels
// apart: it comes and goes with what is heard.
func strangers(s *world.State) []silence {
	var out []silence
	for a := range each[world.Aid](s, world.KindAid) {
		out = append(out, silence{a.Ref(), a.Time})
	}
	for b := range each[world.Base](s, world.KindBase) {
		out = append(out, silence{b.Ref(), b.Time})
	}
	for st := range each[world.Station](s, world.KindStation) {
		if st.Defined == 0 {
			out = append(out, silence{st.Ref(), st.Newest()})
		}
	}
	for f := range each[world.Figure](s, world.KindFigure) {
		if f.Defined == 0 {
			out = append(out, silence{f.Ref(), f.Time})
		}
	}
	return out
}

// overflow makes room in Live: strangers leave before vessels, the longest
// silent first, so that a flood of made-up names does not push out the fleet.
func overflow(s *world.State, now world.Time, limit int) []world.Observation {
	over := s.Count("") - limit
	if limit <= 0 || over <= 0 {
		return nil
	}
	leave := strangers(s)
	slices.SortFunc(leave, byAge)
	if len(leave) < over {
		var vs []silence
		for v := range s.Vessels() {
			vs = append(vs, silence{v.Ref(), v.Time})
		}
		slices.SortFunc(vs, byAge)
		leave = append(leave, vs...)
	}
	var out []world.Observation
	for _, x := range leave[:min(over, len(leave))] {
		out = append(out, world.Observation{Time: now, Body: world.EntityGone{Ref: x.ref, Reason: "no room"}})
	}
	return out
}
