package relay

import "time"

// A stream is called late when access units have been later than lateLimit for lateHold, and on time again when they have
// been later than lateCalm no more for calmHold: one at the limit must not be news again and again, nor one that is late
// after each key frame, for want of a wider way, and catches up until the next.
const (
	lateLimit = time.Second
	lateCalm  = 750 * time.Millisecond
	lateHold  = time.Second
	calmHold  = 15 * time.Second
)

// tardy tells whether a stream is to be called late.
type tardy struct {
	late    bool
	turning time.Time // since when access units say otherwise, zero when they do not
}

// note notes how late an access unit came.
func (t *tardy) note(now time.Time, late time.Duration) {
	turn, hold := late > lateLimit, lateHold
	if t.late {
		turn, hold = late <= lateCalm, calmHold
	}
	switch {
	case !turn:
		t.turning = time.Time{}
	case t.turning.IsZero():
		t.turning = now
	case now.Sub(t.turning) >= hold:
		t.late, t.turning = !t.late, time.Time{}
	}
}
