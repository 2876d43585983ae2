// Package fence holds who is inside or near of the fences of the history. The
// loop tells it what it has applied; what follows for the fences it returns as
// observations, which the loop appends. What it remembers can be made again from
// the state at any time, the beginning of a stay that has yet to last included.
package fence

import (
	"cmp"
	"log/slog"
	"slices"
	"time"

	"iocwall/geo/fence"
	"iocwall/server/world"
)

// Guard watches the vessels of a state. It belongs to the loop's goroutine and
// neither waits nor reads a clock.
type Guard struct {
	watch *fence.Watch
	log   *slog.Logger
}

// New makes a Guard for a state at the time now. It returns, too, what the state
// does not know yet because a stop came between: a position that crossed an edge,
// a fence that was removed, a vessel whose signal was lost.
func New(st *world.State, now world.Time, log *slog.Logger) (*Guard, []world.Observation) {
	g := &Guard{log: log}
	var all []fence.Fence
	known := map[string]world.FenceSaved{}
	for _, f := range st.Fences() {
		all = append(all, watched(f.Is))
		known[f.Is.ID] = f.Is
	}
	var errs []error
	g.watch, errs = fence.New(all)
	for _, err := range errs {
		g.unfit(err)
	}
	// What is watched by now is so before the vessels are put back.
	g.watch.Tick(now.Std())
	var vessels []world.Vessel
	for v := range st.Vessels() {
		if v.Time != 0 {
			vessels = append(vessels, v)
		}
	}
	slices.SortFunc(vessels, func(a, b world.Vessel) int { return cmp.Compare(a.MMSI, b.MMSI) })
	var out []world.Observation
	for _, v := range vessels {
		out = g.restore(out, v, now, known)
	}
	return g, out
}

// restore puts a vessel back where the state knows it, and lets its newest
// position decide again what it has decided before.
func (g *Guard) restore(out []world.Observation, v world.Vessel, now world.Time, saved map[string]world.FenceSaved) []world.Observation {
	var stays []fence.Stay
	gone := map[string]bool{} // fences that it has left, which is said once
	for _, s := range slices.Concat(v.Fences, v.Entering) {
		var why string
		switch f, there := saved[s.Fence]; {
		case v.Lost != 0:
			why = fence.WhyLost
		case !there:
			why = fence.WhyRemoved
		case f.Until != 0 && f.Until <= now:
			why = fence.WhyEnded
		default:
			stays = append(stays, fence.Stay{Fence: s.Fence, State: fence.State(s.State), Since: s.Since.Std()})
			continue
		}
		if !gone[s.Fence] {
			gone[s.Fence] = true
			out = append(out, leaves(v, s.Fence, now, why))
		}
	}
	if v.Lost != 0 {
		return out // as if it had never been seen
	}
	g.watch.Restore(v.MMSI, (v.Time - 1).Std(), v.Last.Pos, stays)
	// A fence that begins later, or cannot be watched, would never be left.
	known := g.watch.Stays(v.MMSI)
	for _, s := range stays {
		if !gone[s.Fence] && !slices.ContainsFunc(known, func(k fence.Stay) bool { return k.Fence == s.Fence }) {
			gone[s.Fence] = true
			out = append(out, leaves(v, s.Fence, now, fence.WhyChanged))
		}
	}
	return tell(out, g.watch.Move(v.MMSI, v.Time.Std(), v.Last.Pos))
}

// leaves says that a vessel left a fence without a position that showed it.
func leaves(v world.Vessel, id string, now world.Time, why string) world.Observation {
	return world.Observation{Time: now, Body: world.FenceCrossed{Fence: id, About: v.Ref(), State: world.FenceLeft, Pos: v.Last.Pos, Why: why}}
}

// Note takes notice of what was applied and returns what follows.
func (g *Guard) Note(c world.Change) []world.Observation {
	if c.Effect == world.EffectNone {
		return nil
	}
	now := c.Event.Seen.Std()
	switch b := c.Event.Body.(type) {
	case world.VesselPosition:
		return tell(nil, g.watch.Move(b.MMSI, g.after(b.MMSI, c.Event.Time.Std()), b.Pos))
	case world.FenceSaved:
		if b.Removed {
			return tell(nil, g.watch.Remove(b.ID, now))
		}
		crossed, err := g.watch.Set(watched(b), now)
		if err != nil {
			g.unfit(err)
		}
		return tell(nil, crossed)
	case world.EntityStale:
		if b.Ref.Kind() == world.KindVessel {
			return tell(nil, g.watch.Forget(b.Ref.ID(), now))
		}
	case world.EntityGone:
		switch b.Ref.Kind() {
		case world.KindVessel:
			g.watch.Forget(b.Ref.ID(), now) // nobody is left whom it could be said of
		case world.KindFence:
			return tell(nil, g.watch.Remove(b.Ref.ID(), now))
		}
	}
	return nil
}

// after is the time of a position that the state took for the newest. Of two of one
// instant the state and the watch would not choose the same: the state's choice is
// the later one by a nanosecond, which no history tells apart.
func (g *Guard) after(mmsi string, at time.Time) time.Time {
	if last, known := g.watch.Newest(mmsi); known && !at.After(last) {
		return last.Add(1)
	}
	return at
}

// Tick does what time alone brings about: a stay that lasted, a fence that begins
// or ends.
func (g *Guard) Tick(now world.Time) []world.Observation {
	return tell(nil, g.watch.Tick(now.Std()))
}

// tell makes observations of crossings.
func tell(out []world.Observation, crossed []fence.Crossing) []world.Observation {
	for _, c := range crossed {
		out = append(out, world.Observation{Time: world.TimeOf(c.At), Body: world.FenceCrossed{
			Fence: c.Fence, About: world.NewRef(world.KindVessel, c.Object), State: world.FenceState(c.State), Pos: c.Pos, Why: c.Why,
		}})
	}
	return out
}

// unfit tells of a fence that cannot be watched. Nobody can save one; it may come
// from a history that an earlier program wrote.
func (g *Guard) unfit(err error) {
	g.log.Error("a fence cannot be watched", "error", err)
}

// watched is a fence as it is watched.
func watched(f world.FenceSaved) fence.Fence {
	return fence.Fence{
		ID: f.ID, Area: f.Polygons, Near: f.Near, Margin: f.Margin, Dwell: time.Duration(f.Dwell) * time.Millisecond,
		From: f.From.Std(), Until: f.Until.Std(),
	}
}
