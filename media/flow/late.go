package flow

import "time"

const (
	// clockDrift is how fast the relation of arrival to camera time may creep up without being lateness, as a share of the
	// time that passed. Cameras are some 20 ppm off, bad ones 100; what grows faster is a queue that fills up.
	clockDrift = 150e-6
	// clockBack is how far a camera's time goes back from one unit to the next for no other reason than that pictures
	// are sent in another order than they are shown (two or three pictures).
	clockBack = 400 * time.Millisecond
	// clockLost is a lateness that no queue on the way can hold: the camera's time stamps do not follow its time, as
	// those of cameras that count pictures at another rate than they send them. Nothing is made of them thereafter.
	clockLost = time.Minute
)

// Lateness tells how late units are, by comparing the camera's time with arrival: the best unit so far, its relation carried
// on at the rate of a bad clock, is taken as on time. The zero value is ready.
type Lateness struct {
	origin  time.Time
	arrived time.Time     // of the last unit
	pts     time.Duration // of the last unit
	best    time.Duration // least arrival-PTS, carried on
	behind  time.Duration // lateness of the last unit
	// Useless says that the time stamps make no sense: nothing is made of them.
	Useless bool
}

// Late notes a unit and returns how much later it came than the best one. Steps of the camera's clock change nothing.
func (c *Lateness) Late(arrived time.Time, pts time.Duration) time.Duration {
	switch {
	case c.Useless:
		return 0
	case c.origin.IsZero():
		*c = Lateness{origin: arrived, arrived: arrived, pts: pts, best: -pts}
		return 0
	}
	passed, played := arrived.Sub(c.arrived), pts-c.pts
	offset := arrived.Sub(c.origin) - pts
	c.arrived, c.pts = arrived, pts
	if played < -clockBack {
		c.best = offset - c.behind // time on the way cannot grow at once: the camera's clock was set back
	}
	c.best = min(c.best+time.Duration(float64(max(0, passed))*clockDrift), offset)
	c.behind = offset - c.best
	if c.behind > clockLost {
		c.Useless, c.behind = true, 0
	}
	return c.behind
}

// Ahead returns how far the time of PTS 0 is ahead of the arrivals at best: with the times at which the camera took its
// pictures for PTS, from the first one's on, its clock minus ours.
func (c *Lateness) Ahead(epoch time.Time) time.Duration { return epoch.Sub(c.origin) - c.best }
