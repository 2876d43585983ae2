package flow

import (
	"math"
	"sync"
	"time"

	"iocwall/media/rtsp"
)

const (
	// rateShare is how much two rates differ, as a share of one of them, that count as the same. A queue fills as fast as
	// pictures and the way happen to be; counting at a wrong rate is as exact as a clock.
	rateShare = 0.05
	// A camera whose time stamps run away is held to that whenever they should have run on for runStep: they must have,
	// but for runSlack.
	runStep  = 20 * time.Second
	runSlack = 10 * time.Second
)

// Delay tells how late the units of one session are: by what a relay says of the camera, and by what the way to us adds.
// Make one with NewDelay for each session. It is for one goroutine.
type Delay struct {
	stamps *Stamps
	pts    Lateness // by the camera's time stamps
	relay  Lateness // by the relay's clock
	epoch  time.Time
	spent  bool
	run    run
}

// NewDelay returns one for a new session of a stream of which stamps remembers the sessions before.
func NewDelay(stamps *Stamps) *Delay { return &Delay{stamps: stamps} }

// Late notes a unit and returns how late it is, beyond the time it waited in a relay's cache. When it reports that the
// session is spent, that is to be ended: the queue is longer than one that may be left to itself, and a new session begins
// without it.
func (d *Delay) Late(u rtsp.Unit) (late time.Duration, spent bool) {
	way := d.pts.Late(u.Arrived, u.PTS+u.Behind+u.Late)
	if !u.Relayed.IsZero() {
		// Either tells of the way from the relay alone, and each has something that looks like lateness and is not: time
		// stamps that run away, a clock of a computer that is set.
		if d.epoch.IsZero() {
			d.epoch = u.Relayed
		}
		way = min(way, d.relay.Late(u.Arrived, u.Relayed.Sub(d.epoch)+u.Behind))
		d.spent = d.spent || d.relay.spent()
		return way + u.Late, d.spent
	}
	if d.stamps.follow(&d.run, &d.pts) {
		return u.Late, d.spent
	}
	if !d.spent && d.pts.spent() {
		d.spent = d.pts.forgotten() || !d.stamps.ranAway(&d.pts)
		if !d.spent {
			way = 0
		}
	}
	return way + u.Late, d.spent
}

// spent reports whether the session is of no more use.
func (c *Lateness) spent() bool { return c.behind > veryLate || c.forgotten() }

// run is how far time stamps that run away had run when they were last held to it.
type run struct {
	at     time.Duration // since the first unit
	behind time.Duration
}

// Stamps remembers of a stream, over its sessions, whether the camera's time stamps follow its time. Some count pictures at
// another rate than they send them: these fall behind evenly from the first picture on, and do so again at the same rate
// in a new session, which a queue does not. The zero value is ready; its methods may be called from any goroutine.
type Stamps struct {
	mu      sync.Mutex
	useless bool
	rate    float64   // at which the last session that became very late did so, 0 if not evenly
	seen    time.Time // when that was seen
}

// ranAway notes that a session became very late and reports whether that is the time stamps' fault alone.
func (s *Stamps) ranAway(c *Lateness) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rate := c.rate()
	if !c.origin.Before(s.seen) { // sessions at one time share their queue
		s.useless = rate > 0 && math.Abs(rate-s.rate) <= rateShare*rate
	}
	s.rate, s.seen = rate, c.arrived
	return s.useless
}

// follow reports whether the time stamps are known to be useless, and run on now as they did in the connections before; when
// they do not, they are believed again.
func (s *Stamps) follow(r *run, c *Lateness) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.useless {
		return false
	}
	at := c.arrived.Sub(c.origin)
	due := time.Duration(s.rate * float64(at-r.at))
	if due < runStep {
		return true
	}
	s.useless = (c.behind - r.behind - due).Abs() <= runSlack
	*r = run{at, c.behind}
	return s.useless
}
