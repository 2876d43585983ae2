package flow

import (
	"math"
	"time"
)

const (
	// clockDrift is how fast the relation of arrival to camera time may creep up without being lateness, as a share of the
	// time that passed. Cameras are some 20 ppm off, bad ones 100; what grows faster is a queue that fills up.
	clockDrift = 150e-6
	// clockBack is how far a camera's time goes back from one unit to the next for no other reason than that pictures
	// are sent in another order than they are shown (two or three pictures).
	clockBack = 400 * time.Millisecond
	// unrest is how much later than the best one a unit comes without a queue on its way.
	unrest = 500 * time.Millisecond
	// veryLate is how late units may become before their session is of no more use: it is ended, which empties the queue.
	veryLate = time.Minute
	// evenShare is how much the rate at which units become later may change, as a share of it, while they do so evenly.
	evenShare = 0.05
)

// Lateness tells how late units are, by comparing the sender's time with arrival: the best unit so far, its relation carried
// on at the rate of a bad clock, is taken as on time. The zero value is ready.
type Lateness struct {
	origin   time.Time
	arrived  time.Time     // of the last unit
	pts      time.Duration // of the last unit
	best     time.Duration // least arrival-PTS, carried on
	behind   time.Duration // lateness of the last unit
	early    time.Duration // by how much units came earlier than the first ones, but for a bad clock
	forgiven time.Duration // of the lateness, since it was last no more than unrest, for the sake of a bad clock
	half     time.Duration // how long after the first unit half of veryLate was reached, 0 while it is not
}

// Late notes a unit and returns how much later it came than the best one. Steps of the sender's clock change nothing.
func (c *Lateness) Late(arrived time.Time, pts time.Duration) time.Duration {
	if c.origin.IsZero() {
		*c = Lateness{origin: arrived, arrived: arrived, pts: pts, best: -pts}
		return 0
	}
	passed, played := arrived.Sub(c.arrived), pts-c.pts
	offset := arrived.Sub(c.origin) - pts
	c.arrived, c.pts = arrived, pts
	if played < -clockBack || played-passed > c.behind+unrest {
		// Time on the way cannot grow at once, nor become less than it is without a queue: the sender's clock was set.
		c.best = offset - c.behind
	}
	drift := min(time.Duration(float64(max(0, passed))*clockDrift), offset-c.best)
	c.best += drift
	c.early = max(0, c.early-drift)
	c.behind = offset - c.best
	if c.behind > unrest {
		c.forgiven += drift
	} else {
		c.forgiven = 0
	}
	switch {
	case c.behind <= veryLate/2:
		c.half = 0
	case c.half == 0:
		c.half = arrived.Sub(c.origin)
	}
	return c.behind
}

// Ahead returns how far the time of PTS 0 is ahead of the arrivals at best: with the times at which the camera took its
// pictures for PTS, from the first one's on, its clock minus ours.
func (c *Lateness) Ahead(epoch time.Time) time.Duration { return epoch.Sub(c.origin) - c.best }

// spent reports whether the session is of no more use: its units are later than a limit, or would be forgotten to be late.
func (c *Lateness) spent(limit time.Duration, share float64) bool {
	return c.behind > limit || c.forgotten(share)
}

// forgotten reports whether units have been late for so long that more than a share of it, about a half, counts as a bad
// clock's: it would be taken for on time in the end.
func (c *Lateness) forgotten(share float64) bool {
	return float64(c.forgiven) > share*float64(c.behind)
}

// rate returns by how much units have become later in each second since the first one, 0 if they did not do so evenly.
func (c *Lateness) rate() float64 {
	if c.half == 0 {
		return 0
	}
	rate := float64(c.behind) / float64(c.arrived.Sub(c.origin))
	if math.Abs(rate*float64(c.half)-float64(veryLate/2)) > evenShare*float64(veryLate/2) {
		return 0
	}
	return rate
}
