package flow

import (
	"time"

	"iocwall/media/rtsp"
)

const (
	// keyFloor is how long a key frame may stay away however often they came before, and keyUnlearnt the same of a camera
	// of which it is not known how often it makes them: few make them more seldom.
	keyFloor    = 10 * time.Second
	keyUnlearnt = time.Minute
	// keyDoublings bounds how often the patience is doubled: 10 s become 10 minutes, a minute becomes an hour.
	keyDoublings = 6
)

// Keys is what is known of the key frames of one stream, to tell when a new session should be asked for one: some cameras
// make them for new sessions only, or very seldom after loss. Others are honest about long distances, spread key frames as
// long as little moves, or make key frames that are torn on the way; a new session would not do better there. The zero
// value is ready; it has no clock. Times are of this computer.
type Keys struct {
	began time.Time // of the session, zero while there is none
	last  time.Time // when the last whole one came since then, zero for never
	seen  time.Time // when the last one came, whole or torn, or the session began
	some  bool      // one came, whole or torn
	soon  bool      // one came soon after the session began, as if made for it, or two came
	torn  bool      // packets are missing since the last whole one

	// The rest outlives sessions.
	span      time.Duration // how long one is known to take; longer distances count at once, shorter ones little by little
	learnt    bool          // two of one session have told that
	fruitless int           // sessions in a row that did not help: none came soon, and they were ended because none came
}

// Begin starts a session.
func (k *Keys) Begin(now time.Time) {
	k.began, k.last, k.seen = now, time.Time{}, now
	k.some, k.soon, k.torn = false, false, false
}

// End closes the session, if there is one, for a reason.
func (k *Keys) End(r rtsp.Reason) {
	if r == rtsp.ReasonNoKeyFrame && !k.began.IsZero() {
		if k.soon {
			// One that never came tells nothing of its distance: the next is given longer, or a camera that spreads them
			// once things calm down would be made to begin anew before it ever could show that.
			k.span = max(k.span, min(k.patience(), keyUnlearnt/2))
		} else {
			k.fruitless = min(k.fruitless+1, keyDoublings)
		}
	}
	k.began = time.Time{}
}

// Unit notes an access unit.
func (k *Keys) Unit(u rtsp.Unit) {
	if u.Key || u.TornKey {
		took := u.Arrived.Sub(k.seen)
		if took > k.span {
			k.span = took
		} else if k.some { // the first one may have been made for the session
			k.span += (took - k.span) / 8
		}
		if k.soon = k.soon || k.some || took <= keyFloor; k.soon {
			k.fruitless = 0
		}
		k.learnt = k.learnt || k.some
		k.seen, k.some = u.Arrived, true
	}
	switch {
	case u.Key:
		k.last, k.torn = u.Arrived, false
	case u.Lost > 0:
		k.torn = true
	}
}

// patience is how long key frames may stay away: twice as long as one is known to take, and longer each time that a new
// session did not bring one either.
func (k *Keys) patience() time.Duration {
	floor := keyUnlearnt
	if k.learnt {
		floor = keyFloor
	}
	return max(floor, 2*k.span) << k.fruitless
}

// Missing tells whether the session should be made anew for the sake of a key frame: one is overdue, and there has been
// none, something was lost since, or somebody waits for one. A stream that is whole is left alone.
func (k *Keys) Missing(now time.Time, awaited bool) bool {
	return !k.began.IsZero() && now.Sub(k.seen) > k.patience() && (k.last.IsZero() || k.torn || awaited)
}
