package camera

import (
	"slices"
	"time"
)

const (
	// leastDwell is the shortest time a tour may stay with a camera; usualDwell is
	// what it stays when nothing is said.
	leastDwell, usualDwell = 3 * time.Second, 10 * time.Second
	// ahead is how long before a change the next camera is opened: longer than a
	// camera may take for its first picture.
	ahead = 3 * time.Second
	// settled is how long a clock that was set has to stay there to be followed:
	// longer than it takes to know the server's again after this computer's was set.
	settled = 3 * time.Second
)

// rotation decides which of several things is shown now, by the server's clock, so
// that all screens and computers that show the same tour show the same thing. It
// has no clock of its own.
type rotation struct {
	dwell time.Duration

	slot   int64 // number of the dwell that current was chosen for
	chosen bool
	at     int
	held   bool      // paused by hand
	leapt  time.Time // since when the clock is in a dwell that does not follow
}

// turn is what a rotation shows and what comes next.
type turn struct {
	at, next int
	// soon says that next is due within the time a camera needs to open.
	soon bool
	// left is the time until the change, zero while paused.
	left time.Duration
}

// now returns whose turn it is among n, of which some are out. The choice holds
// for a whole dwell: something that fails meanwhile stays and says why.
func (r *rotation) now(at time.Time, n int, out func(int) bool) turn {
	if n == 0 {
		return turn{}
	}
	slot := at.UnixNano() / int64(r.dwell)
	if !r.chosen || !r.held && r.due(slot, at) || r.at >= n {
		r.at, r.slot, r.chosen, r.leapt = pick(slot, n, out), slot, true, time.Time{}
	}
	t := turn{at: r.at, next: r.at}
	if r.held || !r.leapt.IsZero() {
		return t
	}
	t.next = pick(r.slot+1, n, out)
	t.left = time.Duration((r.slot+1)*int64(r.dwell) - at.UnixNano())
	t.soon = t.left <= ahead
	return t
}

// due reports whether it is time for another turn. What is known of the server's
// clock changes: set back a little, it does not bring back what was shown before,
// and a leap is followed once it has lasted.
func (r *rotation) due(slot int64, at time.Time) bool {
	switch {
	case slot == r.slot || slot == r.slot-1:
		r.leapt = time.Time{}
		return false
	case slot == r.slot+1:
		return true
	case r.leapt.IsZero() || at.Before(r.leapt):
		r.leapt = at
	}
	return at.Sub(r.leapt) >= settled
}

// pick returns whose turn a slot is: those in take turns in their order; when
// all are out, all take turns, each with its fault.
func pick(slot int64, n int, out func(int) bool) int {
	in := make([]int, 0, n)
	for i := range n {
		if !out(i) {
			in = append(in, i)
		}
	}
	if len(in) == 0 {
		return int(slot % int64(n))
	}
	return in[int(slot%int64(len(in)))]
}

// hold pauses or goes on.
func (r *rotation) hold(on bool) {
	r.held = on
	if !on {
		r.chosen = false
	}
}

// step shows the one that many further and pauses there.
func (r *rotation) step(by, n int) {
	if n > 0 {
		r.at, r.held, r.chosen = ((r.at+by)%n+n)%n, true, true
	}
}

// dwellOf reads a tile's dwell: "10s", "1m", or a bare number of seconds.
func dwellOf(text string) time.Duration {
	if text == "" {
		return usualDwell
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		if d, err = time.ParseDuration(text + "s"); err != nil {
			return usualDwell
		}
	}
	return max(leastDwell, d)
}

// sides are the grids known by their number of cells.
var sides = []int{1, 4, 9, 16, 25, 36}

// gridOf returns the smallest known grid that holds n cells, at most 36.
func gridOf(n int) int {
	i := slices.IndexFunc(sides, func(s int) bool { return s >= n })
	if i < 0 {
		return sides[len(sides)-1]
	}
	return sides[i]
}
