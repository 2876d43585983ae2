package media

import "time"

// clockWindow is how long the best relation of arrival to presentation time is remembered. Camera clocks drift by some
// 20 ppm, which is 1 ms in this time.
const clockWindow = 30 * time.Second

// clockStep is the jump of a camera's clock against ours beyond which the relation is learnt anew.
const clockStep = 20 * time.Second

// clock tells how late units are, by comparing presentation time with arrival: the best unit of the last window is
// taken as on time. The zero value is ready.
type clock struct {
	started     bool
	since       time.Time     // start of the current half window
	best, older time.Duration // least arrival-PTS of the current and the previous half window
	origin      time.Time
	last        time.Duration
}

// late notes a unit and returns how much later it came than the best one. Negative steps of the camera's clock and
// jumps start a new relation.
func (c *clock) late(arrived time.Time, pts time.Duration) time.Duration {
	if !c.started {
		*c = clock{started: true, since: arrived, origin: arrived, best: -pts, older: -pts, last: -pts}
		return 0
	}
	offset := arrived.Sub(c.origin) - pts
	if jump := offset - c.last; jump > clockStep || jump < -clockStep {
		*c = clock{}
		return c.late(arrived, pts)
	}
	c.last = offset
	if arrived.Sub(c.since) > clockWindow/2 {
		c.older, c.best, c.since = c.best, offset, arrived
	}
	c.best = min(c.best, offset)
	return offset - min(c.best, c.older)
}
