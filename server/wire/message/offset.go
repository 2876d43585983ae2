package message

import (
	"time"

	"iocwall/server/world"
)

const (
	// offsetWindow is how far back answers count for the estimate of the server's
	// clock: the quickest of a minute is hardly ever held up on its way.
	offsetWindow = time.Minute
	// offsetDrift is how far two clocks may part within offsetWindow: 50 millionths
	// each, as cheap quartz does, and the stamps' millisecond.
	offsetDrift = 7 * time.Millisecond
	// offsetTold is the least change of the estimate that is told.
	offsetTold = 2
)

// Offset estimates the server's clock minus ours, from the round trip of
// the last minute that took the shortest time. Half of that is the most that it may
// be wrong: the ways there and back may differ by all of it.
type Offset struct {
	base   time.Time // our clock when it was first sent something
	trips  []trip
	offset int64 // what was told, as in world.Link
	error  int64
}

// trip is the server's clock minus ours as one message there and one back show
// it. Ours is base and what passed since, so that setting our clock does not
// spoil it.
type trip struct {
	at           time.Time
	offset, took time.Duration
}

// Echo takes the server's clock as an answer says it that came now to what was
// sent at an instant. It returns the estimate and the most that it may be wrong, in
// milliseconds, and whether they moved enough to be told.
func (k *Offset) Echo(sent time.Time, server world.Time, now time.Time) (offset, most int64, moved bool) {
	first := k.base.IsZero()
	if first {
		k.base = sent
	}
	took := now.Sub(sent)
	if took < 0 {
		return k.offset, k.error, false // sent by a clock that was set back since
	}
	// The server's stamp was cut to milliseconds.
	middle := k.base.Round(0).Add(sent.Sub(k.base) + took/2)
	best := trip{now, server.Std().Sub(middle) + time.Millisecond/2, took}
	k.keep(best)
	for _, t := range k.trips {
		if t.took < best.took {
			best = t
		}
	}
	set := now.Round(0).Sub(k.base.Round(0)) - now.Sub(k.base) // our clock was, by that, since base
	offset = (best.offset - set).Round(time.Millisecond).Milliseconds()
	most = (best.took/2 + time.Millisecond).Round(time.Millisecond).Milliseconds()
	moved = first || abs(offset-k.offset) >= offsetTold || abs(most-k.error) >= max(offsetTold, k.error/4)
	if moved {
		k.offset, k.error = offset, most
	}
	return k.offset, k.error, moved
}

// keep adds a trip and forgets old ones, and all that cannot be true beside it:
// then the server's clock was set.
func (k *Offset) keep(t trip) {
	kept := k.trips[:0]
	for _, old := range k.trips {
		if t.at.Sub(old.at) <= offsetWindow && (t.offset-old.offset).Abs() <= (t.took+old.took)/2+offsetDrift {
			kept = append(kept, old)
		}
	}
	k.trips = append(kept, t)
}

func abs(v int64) int64 { return max(v, -v) }
