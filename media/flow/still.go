package flow

import (
	"math"
	"slices"
	"sync"
	"time"
)

// Which runs of equal pictures teach what is normal for a camera.
const (
	teachFrom   = 3 * time.Second  // shorter runs are nothing to learn from
	teachUpTo   = 2 * time.Minute  // longer ones are never normal
	teachTimes  = 4                // so often within teachWithin must pictures stand so long before it counts as normal:
	teachWithin = 30 * time.Minute // a fault that came and went once must not make the watchdog blind
	teachHolds  = 48 * time.Hour   // what was learnt holds so long and halves each day thereafter
)

// doubtFor bounds for how long different pictures may be taken for one that stood, encoded anew.
const doubtFor = 2 * time.Second

// Still watches whether the pictures of one stream change, and learns how long they stand in quiet times: a denoised
// night picture may be equal to the last bit for half a minute. It outlives sessions. Its methods may be called from any
// goroutine; the zero value is ready.
type Still struct {
	mu sync.Mutex
	// A few past pictures are remembered, because a camera that froze goes on encoding its one picture, a little
	// differently at each key frame.
	recent  [8]uint64
	next    int
	changed time.Time     // arrival of the first picture of the run
	from    time.Time     // since when it is watched without interruption
	same    time.Time     // arrival of its last picture
	watched time.Duration // how long it was watched before
	gapped  bool          // it was interrupted, so it teaches nothing
	away    bool          // nobody has watched since the last picture
	doubt   int           // different pictures that are still taken for the old one, encoded anew

	runs      [16]stillRun // the last long runs that ended
	nextRun   int
	learnt    time.Duration
	learntNow time.Time // when the learnt length was last seen to be true
}

// stillRun is a run of equal pictures that ended.
type stillRun struct {
	length time.Duration
	ended  time.Time
}

// Picture notes a decoded picture and returns whether it differs from those before it. A print of 0 says that the
// decoder gives none: then every picture counts as changed.
func (s *Still) Picture(print uint64, arrived time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	novel := print == 0 || !slices.Contains(s.recent[:], print)
	if novel {
		s.recent[s.next%len(s.recent)] = print
		s.next++
	}
	if novel && (s.doubt == 0 || !s.away && arrived.Sub(s.from) > doubtFor) {
		s.doubt = 0
		s.end(arrived)
		s.changed, s.from, s.same = arrived, arrived, arrived
		s.watched, s.gapped, s.away = 0, false, false
		return true
	}
	if novel {
		s.doubt--
	}
	if s.away { // time in which nobody watched does not count
		s.away, s.from, s.same = false, arrived, arrived
	}
	s.same = later(s.same, arrived)
	return false
}

// end learns from the run that is over; the caller holds the lock.
func (s *Still) end(now time.Time) {
	length := s.length()
	if s.gapped || length < teachFrom || length > teachUpTo {
		return
	}
	s.runs[s.nextRun%len(s.runs)] = stillRun{length, now}
	s.nextRun++
	var lengths []time.Duration
	for _, r := range s.runs {
		if r.length > 0 && now.Sub(r.ended) <= teachWithin {
			lengths = append(lengths, r.length)
		}
	}
	if len(lengths) < teachTimes {
		return
	}
	slices.Sort(lengths)
	normal := lengths[len(lengths)-teachTimes]
	if normal >= s.normal(now)*4/5 {
		s.learnt, s.learntNow = max(normal, s.normal(now)), now
	}
}

// normal is how long pictures of this camera are known to stand; the caller holds the lock.
func (s *Still) normal(now time.Time) time.Duration {
	over := now.Sub(s.learntNow) - teachHolds
	if over <= 0 {
		return s.learnt
	}
	return time.Duration(float64(s.learnt) * math.Exp2(-over.Hours()/24))
}

// Limit is how long pictures may stand before that is said: the given time, or half as long again as is normal here.
func (s *Still) Limit(base time.Duration, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(base, s.normal(now)*3/2)
}

// Run returns when the picture last changed and for how long it has been seen to be the same.
func (s *Still) Run() (changed time.Time, length time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed, s.length()
}

// length is how long the run was watched; the caller holds the lock.
func (s *Still) length() time.Duration { return s.watched + s.same.Sub(s.from) }

// Gap notes that watching was interrupted. The run goes on if the next picture is one of the old ones, so that a frozen
// camera does not pass for a live one by being looked at only now and then. A picture that stood for long may come back
// encoded anew: then it takes more than a few different ones to believe that something moves.
func (s *Still) Gap() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away {
		return
	}
	s.watched += s.same.Sub(s.from)
	s.from, s.gapped, s.away = s.same, true, true
	if s.watched >= teachFrom {
		s.doubt = len(s.recent)
	}
}

// Inherit takes over the run of another stream of the same camera, whose pictures are encoded differently.
func (s *Still) Inherit(changed time.Time, length time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.length() < length {
		s.changed, s.watched, s.gapped, s.doubt = changed, length, true, len(s.recent)
		s.away = s.from.IsZero()
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
