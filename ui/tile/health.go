package tile

import "time"

// Health is how fresh what a tile shows is, as the tile itself says it.
type Health struct {
	// State is one of those of world.TileSeen; Reason says more in words for people.
	State  HealthState
	Reason string
	// Since is when that began, zero when the tile does not know.
	Since time.Time
}

// HealthState is a state of a tile, as world.TileSeen names it.
type HealthState string

// The states.
const (
	Live   HealthState = "live"
	Late   HealthState = "late"   // it comes, but behind its time
	Still  HealthState = "still"  // it does not change any more
	Old    HealthState = "old"    // it shows what was
	Broken HealthState = "broken" // it shows nothing
)

// rank orders states by how bad they are.
func (s HealthState) rank() int {
	switch s {
	case Late:
		return 1
	case Still:
		return 2
	case Old:
		return 3
	case Broken:
		return 4
	}
	return 0
}

// Worse reports whether h is worse than another: a tile of many parts is as fresh
// as the worst of them.
func (h Health) Worse(than Health) bool { return h.State.rank() > than.State.rank() }

// Health says how fresh the map is.
func (t *Map) Health() Health {
	v := t.view
	switch {
	case v.Drawn.IsZero() || t.img == nil:
		return Health{State: Late, Reason: t.env.Lang.T("map.drawing")}
	case v.Now.Sub(v.Drawn) > mapLimit:
		return Health{State: Still, Reason: t.env.Lang.T("map.stopped", "time", t.env.Lang.ClockSeconds(v.Drawn)), Since: v.Drawn}
	case v.Cover.Away > 0:
		return awayHealth(v.Cover, v.Now)
	}
	for _, l := range v.Layers {
		if l.Stale || l.Fault != "" {
			return Health{State: Old, Reason: l.Name + " · " + l.Fault}
		}
	}
	return Health{State: Live}
}

// Health says how fresh the figure is.
func (t *Figure) Health() Health {
	v := t.view
	switch {
	case v.Missing:
		return Health{State: Broken, Reason: t.env.Lang.T("figure.none")}
	case v.Cover.Away > 0:
		return awayHealth(v.Cover, v.Now)
	case v.Figure.Stale != 0:
		return Health{State: Old, Since: v.Figure.Stale.Std()}
	case v.Figure.Last.Fault != "":
		return Health{State: Broken, Reason: v.Figure.Last.Fault}
	}
	return Health{State: Live}
}

// awayHealth is that of a tile whose server is away.
func awayHealth(c Cover, now time.Time) Health { return Health{State: Old, Since: now.Add(-c.Away)} }
