package flow

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"iocwall/media/rtsp"
)

const (
	// rateShare is how much two rates differ, as a share of one of them, that count as the same, and evenShare how much one
	// may change in a session that is even. A queue fills as fast as pictures and the way happen to be; counting at a wrong
	// rate is as exact as a clock, but for the unrest of the way.
	rateShare = 0.01
	evenShare = 0.05
	// lateDoublings bounds how often the lateness that ends a session is doubled, for each in a row that became so late all
	// the same, and rowLife is how long a session lasts that is not one of a row.
	lateDoublings = 4
	rowLife       = time.Hour
	// reportUnrest is by how much two reports of a camera's clock differ at least when related to its time stamps.
	reportUnrest = time.Microsecond
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
	limit  time.Duration // how late units may become
	share  float64       // of lateness that may be forgotten
	spent  bool
	run    run
	report report
}

// NewDelay returns one for a new session of a stream of which stamps remembers the sessions before.
func NewDelay(stamps *Stamps) *Delay {
	// By chance, so that what makes all cameras late at once, a clock of ours that is slewed, does not end all sessions at
	// once.
	return &Delay{stamps: stamps, share: 0.35 + 0.3*rand.Float64()}
}

// Late notes a unit and returns how late it is, beyond the time it waited in a relay's cache. When it reports that the
// session is spent, that is to be ended: the queue is longer than one that may be left to itself, and a new session begins
// without it.
func (d *Delay) Late(u rtsp.Unit) (late time.Duration, spent bool) {
	if d.limit == 0 {
		d.limit = d.stamps.limit(u.Arrived)
	}
	way := d.pts.Late(u.Arrived, u.PTS+u.Behind+u.Late)
	if !u.Relayed.IsZero() {
		// Either tells of the way from the relay alone, and each has something that looks like lateness and is not: time
		// stamps that run away, a clock of a computer that is set.
		if d.epoch.IsZero() {
			d.epoch = u.Relayed
		}
		way = min(way, d.relay.Late(u.Arrived, u.Relayed.Sub(d.epoch)+u.Behind))
		d.spent = d.spent || way > unrest && d.relay.spent(veryLate, d.share)
		return way + u.Late, d.spent
	}
	if d.stamps.follow(&d.run, &d.pts) {
		return u.Late, d.spent
	}
	d.report.note(u)
	if !d.spent && d.pts.spent(d.limit, d.share) {
		d.spent = d.pts.forgotten(d.share) || !d.stamps.ranAway(&d.pts, d.report.keepsPace(u))
		if !d.spent {
			way = 0
		}
	}
	return way + u.Late, d.spent
}

// spent reports whether the session is of no more use: its units are later than a limit, or would be forgotten to be late.
func (c *Lateness) spent(limit time.Duration, share float64) bool {
	return c.behind > limit || c.forgotten(share)
}

// report is what a camera's reports of its clock say of its time stamps, in one session.
type report struct {
	first time.Duration // the clock less the time stamps, since epoch
	epoch time.Time     // the clock when it was told first, zero while it is not known
	again bool          // it was told more than once
}

// note notes a unit.
func (r *report) note(u rtsp.Unit) {
	switch {
	case u.Taken.IsZero():
		*r = report{}
	case r.epoch.IsZero():
		*r = report{epoch: u.Taken, first: -u.PTS}
	default:
		r.again = r.again || r.slip(u).Abs() > reportUnrest
	}
}

// slip returns by how much the clock ran on more than the time stamps.
func (r *report) slip(u rtsp.Unit) time.Duration { return u.Taken.Sub(r.epoch) - u.PTS - r.first }

// keepsPace reports whether the camera's clock is known to run as its time stamps do. What comes late then waited on the
// way.
func (r *report) keepsPace(u rtsp.Unit) bool { return r.again && r.slip(u).Abs() <= runSlack }

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
	row     int       // how many sessions in a row became very late soon, and not by a queue for certain
}

// limit returns how late the units of a session that begins now may become. It is longer after sessions that did not help:
// time stamps that run away unevenly are never known to be useless, and would end one session after the other.
func (s *Stamps) limit(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.seen) > rowLife {
		return veryLate
	}
	return veryLate << s.row
}

// ranAway notes that a session became very late and reports whether that is the time stamps' fault alone. A queue, where it
// is known to be one, is not.
func (s *Stamps) ranAway(c *Lateness, queue bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rate := c.rate()
	switch {
	case queue:
		s.useless, s.row, rate = false, 0, 0
	case c.origin.Before(s.seen): // sessions at one time share their queue
	default:
		s.useless = rate > 0 && math.Abs(rate-s.rate) <= rateShare*rate
		if s.row = min(s.row+1, lateDoublings); s.useless || c.arrived.Sub(c.origin) > rowLife {
			s.row = 0
		}
	}
	s.rate, s.seen = rate, c.arrived
	return s.useless
}

// follow reports whether the time stamps are known to be useless, and run on in this session as they did before; when they
// do not, they are believed again.
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
