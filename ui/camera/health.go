package camera

import (
	"time"

	"iocwall/media"
	"iocwall/ui/tile"
)

// Health says how fresh the camera's picture is, by the server's clock.
func (c *View) Health(now time.Time) tile.Health {
	l := c.h.Lang
	if c.player == nil {
		def, known := c.Definition()
		return tile.Health{State: tile.Broken, Reason: c.absent(def, known, now).Reason}
	}
	off := c.h.offset(now)
	st := clocked(c.player.Stats(), off)
	h := tile.Health{Since: st.Since}
	switch st.State {
	case media.StateLive:
		h.State = tile.Live
		switch st.Step.State {
		case media.StepLate, media.StepUnstamped, media.StepUnclocked:
			h = tile.Health{State: tile.Late, Reason: l.T("camera.step.short")}
		}
		if st.Unchanged >= unchanged {
			h = tile.Health{State: tile.Still, Reason: l.T("camera.unchanged.short"), Since: now.Add(off - st.Unchanged).Truncate(time.Second)}
		}
	case media.StateLate:
		h.State, h.Reason = tile.Late, l.T("camera.late.short")
	case media.StateFrozen:
		h.State, h.Reason = tile.Still, l.T("camera.frozen.short")
	case media.StateOpening:
		h.State, h.Reason = tile.Late, l.T("loading")
	case media.StateRefused:
		h.State, h.Reason = tile.Broken, l.T("tour.out.refused")
	case media.StateFull:
		h.State, h.Reason = tile.Broken, l.T("tour.out.full")
	default:
		h.State, h.Reason = tile.Broken, l.T("camera.lost.short")
	}
	return h
}

// unchanged is how long a picture may be the same before it is said to stand still.
const unchanged = 10 * time.Second

// Health is that of the camera shown.
func (t *Tour) Health(now time.Time) tile.Health {
	if t.now == nil {
		return tile.Health{State: tile.Late, Reason: t.h.Lang.T("loading")}
	}
	return t.now.Health(now)
}

// Health is that of the worst cell.
func (g *Grid) Health(now time.Time) tile.Health {
	worst := tile.Health{State: tile.Live}
	for _, c := range g.cells {
		if h := c.Health(now); h.Worse(worst) {
			worst = h
			if h.Reason != "" {
				worst.Reason = c.t.Name() + ": " + h.Reason
			}
		}
	}
	return worst
}
