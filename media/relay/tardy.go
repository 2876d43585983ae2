package relay

import "time"

// A stream is called late when access units have been later than lateLimit for lateHold, and on time again when they have
// been later than lateCalm no more for as long: one at the limit must not be news again and again.
const (
	lateLimit = time.Second
	lateCalm  = 750 * time.Millisecond
	lateHold  = time.Second
)

// tardy tells whether a stream is to be called late.
type tardy struct {
	late    bool
	turning time.Time // since when access units say otherwise, zero when they do not
}

// note notes how late an access unit came.
func (t *tardy) note(now time.Time, late time.Duration) {
	turn := late > lateLimit
	if t.late {
		turn = late <= lateCalm
	}
	switch {
	case !turn:
		t.turning = time.Time{}
	case t.turning.IsZero():
		t.turning = now
	case now.Sub(t.turning) >= lateHold:
		t.late, t.turning = !t.late, time.Time{}
	}
}
