package relay

import "time"

const (
	// steadyWindow is how long the quickest way of a picture from the camera counts.
	steadyWindow = 5 * time.Second
	// steadySlew is by how much the evened arrival may fall behind in a second, so that pictures do not jump when the
	// quickest one of the window is forgotten: less than what the eye sees, more than a bad clock loses.
	steadySlew = 5 * time.Millisecond
	// steadyLate is how much earlier than its arrival a picture may be said to have come. What is later on the way from
	// the camera is late for everybody: readers keep the rest of their time for the way to them.
	steadyLate = 100 * time.Millisecond
	// steadyEarly is how much later than its arrival a picture may be said to have come: cameras send some pictures
	// before others that are to be shown first.
	steadyEarly = 400 * time.Millisecond
)

// steady evens out arrivals: the network brings pictures of a camera now sooner, now later, and their times of
// presentation tell how far apart they were taken. The relation of the two follows the quickest picture of the last
// seconds. All readers are told the same times, so whatever this makes of a strange camera, they show the same picture.
// The zero value is ready.
type steady struct {
	origin  time.Time     // of the first unit
	last    time.Duration // arrival of the last unit, since origin
	base    time.Duration // evened arrival less PTS
	top     time.Duration // highest PTS so far
	slowest time.Duration // largest arrival less PTS since the unit of the highest PTS came
	window  [2]time.Duration
	turned  time.Duration // when the current window began
}

// even returns when a unit would have come on an even way, by the clock that told its arrival.
func (s *steady) even(arrived time.Time, pts time.Duration) time.Time {
	if s.origin.IsZero() {
		s.origin = arrived
		s.start(0, pts)
		return arrived
	}
	at := arrived.Sub(s.origin)
	way := at - pts
	switch {
	case pts > s.top:
		// Pictures that are sent after others that are shown later wait for no network: the slowest of those that are
		// shown up to the next counts for all.
		s.learn(at)
		s.top, s.slowest = pts, way
	case s.top-pts > steadyEarly:
		s.start(at, pts) // the camera's clock was set back
	default:
		s.slowest = max(s.slowest, way)
	}
	s.last = at
	late := way - s.base
	if late < -steadyEarly {
		s.start(at, pts) // it was set forward
		late = 0
	}
	return arrived.Add(-min(late, steadyLate))
}

// start begins anew with a unit.
func (s *steady) start(at, pts time.Duration) {
	way := at - pts
	*s = steady{origin: s.origin, last: at, base: way, top: pts, slowest: way, window: [2]time.Duration{way, way}, turned: at}
}

// learn takes in the slowest of the pictures that came since the last time.
func (s *steady) learn(now time.Duration) {
	if now-s.turned > steadyWindow {
		s.window = [2]time.Duration{s.slowest, s.window[0]}
		s.turned = now
	}
	s.window[0] = min(s.window[0], s.slowest)
	quickest := min(s.window[0], s.window[1])
	slew := time.Duration(float64(max(0, now-s.last)) * steadySlew.Seconds())
	switch {
	case quickest-s.base > steadyLate:
		s.base = quickest // the way has become longer for good
	default:
		s.base = min(s.base+slew, quickest)
	}
}
