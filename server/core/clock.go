package core

import (
	"time"

	"iocwall/server/world"
)

// MaxJump is how far ahead of the history a computer's clock may be and still
// be believed at once.
const MaxJump = 10 * time.Minute

const (
	// A computer's clock that is further ahead than MaxJump is not
	// followed before it has stayed there for confirmJump: one wrong answer of a
	// time server must not make everything stale at once, and for good.
	confirmJump = 10 * time.Minute
	// noticeStep is how far wall clock and monotonic clock part before it is
	// written into the history.
	noticeStep = 2 * time.Second
)

// historyClock tells the time as the history sees it. It never goes back and
// never stands still: where the computer's clock steps, it goes on by the
// monotonic clock until the two agree again.
type historyClock struct {
	anchorAt   time.Time // with its monotonic reading
	anchor     world.Time
	ahead      time.Time // since when the computer's clock is far ahead
	last, wall time.Time // of the last check for steps
}

// newHistoryClock starts at the computer's time now, or at the newest event if
// that is later.
func newHistoryClock(now time.Time, newest world.Time) *historyClock {
	return &historyClock{anchorAt: now, anchor: max(world.TimeOf(now), newest), last: now, wall: now.Round(0)}
}

// now returns the history's time when the computer's clock shows t.
func (c *historyClock) now(t time.Time) world.Time { return c.read(t, world.TimeOf(t)) }

// read is now with the two clocks apart: the monotonic one in t, the computer's
// in shown.
func (c *historyClock) read(t time.Time, shown world.Time) world.Time {
	steady := c.anchor.Add(max(0, t.Sub(c.anchorAt)))
	switch {
	case shown <= steady:
		c.ahead = time.Time{}
		return steady
	case shown > steady.Add(MaxJump):
		if c.ahead.IsZero() {
			c.ahead = t
		}
		if t.Sub(c.ahead) < confirmJump {
			return steady
		}
	}
	c.anchorAt, c.anchor, c.ahead = t, shown, time.Time{}
	return shown
}

// step returns by how much the computer's clock jumped since the last call,
// zero for less than noticeStep.
func (c *historyClock) step(t time.Time) time.Duration {
	passed := t.Sub(c.last) // monotonic
	shown := t.Round(0).Sub(c.wall)
	c.last, c.wall = t, t.Round(0)
	if d := shown - passed; d >= noticeStep || d <= -noticeStep {
		return d
	}
	return 0
}
