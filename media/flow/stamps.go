package flow

import (
	"math"
	"sync"
	"time"
)

const (
	// rateShare is how much two rates differ, as a share of one of them, that count as the same, and exactShare how much
	// where nothing but the rates tells time stamps that run away from a queue. A queue fills as fast as pictures and the
	// way happen to be; counting at a wrong rate is as exact as a clock, but for the unrest of the way.
	rateShare  = 0.01
	exactShare = 0.002
	// maxDoublings bounds how often the lateness that ends a session is doubled, for each in a row that became so late all
	// the same, and rowLife is how long a session lasts that is not one of a row.
	maxDoublings = 4
	rowLife      = time.Hour
	// A camera whose time stamps run away is held to that whenever they should have run on for runStep: they must have,
	// but for runSlack.
	runStep  = 20 * time.Second
	runSlack = 10 * time.Second
)

// run is how far time stamps that run away had run when they were last held to it.
type run struct {
	at     time.Duration // since the first unit
	behind time.Duration
}

// Stamps remembers of a stream, over its sessions, whether the camera's time stamps follow its time. Some count pictures at
// another rate than they send them: these fall behind evenly from the first picture on, and do so again at the same rate
// in a new session, which a queue hardly does. The zero value is ready; its methods may be called from any goroutine.
type Stamps struct {
	mu      sync.Mutex
	useless bool
	rate    float64   // at which the last session that became very late did so, 0 if not evenly or by a queue
	seen    time.Time // when that was seen
	row     int       // how many sessions in a row soon became very late unevenly, and not by a queue for certain
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

// ranAway notes that a session became very late, and why if that is known, and reports whether it is the time stamps' fault
// alone.
func (s *Stamps) ranAway(c *Lateness, why cause) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	rate, same := c.rate(), rateShare
	switch why {
	case queued:
		rate = 0
	case unclear:
		same = exactShare
	}
	if !c.origin.Before(s.seen) { // sessions at one time share their queue
		s.useless = rate > 0 && math.Abs(rate-s.rate) <= same*rate
		if s.row++; rate > 0 || why == queued || c.arrived.Sub(c.origin) > rowLife {
			s.row = 0
		}
		s.row = min(s.row, maxDoublings)
	}
	s.rate, s.seen = rate, c.arrived
	return s.useless
}

// follow reports whether the time stamps are known to be useless, and run on now as they did in the connections before; when
// they do not, or are known to be right, they are believed again.
func (s *Stamps) follow(r *run, c *Lateness, right bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.useless = s.useless && !right
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
