package wire

import (
	"time"

	"iocwall/server/world"
)

const (
	// clockWindow is how far back answers count for the estimate of the server's
	// clock: the quickest of a minute is hardly ever held up on its way.
	clockWindow = time.Minute
	// clockDrift is how far two clocks may part within clockWindow: 50 millionths
	// each, as cheap quartz does, and the stamps' millisecond.
	clockDrift = 7 * time.Millisecond
	// clockTold is the least change of the estimate that is told.
	clockTold = 2
)

// clock estimates the server's clock minus ours, from the answer of the last
// minute that took the shortest time. Half of its way is the most that it may be
// wrong: that is how far the ways there and back may differ.
type clock struct {
	base    time.Time // our clock when the connection began
	answers []answer
	offset  int64 // what was told, as in world.Link
	error   int64
}

// answer is the server's clock minus ours as one round trip shows it. Ours is
// base and what passed since, so that setting our clock does not spoil it.
type answer struct {
	at           time.Time
	offset, trip time.Duration
}

// first takes the welcome: how long it was on its way is not known.
func (k *clock) first(server world.Time, now time.Time) (offset, most int64) {
	k.base = now
	k.offset, k.error = int64(server-world.TimeOf(now)), helloWithin.Milliseconds()
	return k.offset, k.error
}

// echo takes the answer to what was sent at an instant, and reports whether the
// estimate moved enough to be told.
func (k *clock) echo(sent time.Time, server world.Time, now time.Time) (offset, most int64, moved bool) {
	trip := now.Sub(sent)
	if trip < 0 || k.base.IsZero() {
		return k.offset, k.error, false
	}
	// The server's stamp was cut to milliseconds.
	middle := k.base.Round(0).Add(sent.Sub(k.base) + trip/2)
	a := answer{now, server.Std().Sub(middle) + time.Millisecond/2, trip}
	k.keep(a)
	best := a
	for _, b := range k.answers {
		if b.trip < best.trip {
			best = b
		}
	}
	set := now.Round(0).Sub(k.base.Round(0)) - now.Sub(k.base) // our clock was set by that since
	offset = (best.offset - set).Round(time.Millisecond).Milliseconds()
	most = max(1, ((best.trip + 2*time.Millisecond - 1) / 2).Milliseconds())
	step := max(clockTold, most/4)
	moved = abs(offset-k.offset) >= step || abs(most-k.error) >= step
	if moved {
		k.offset, k.error = offset, most
	}
	return k.offset, k.error, moved
}

// keep adds an answer and forgets old ones, and all that cannot be true beside
// it: then the server's clock was set.
func (k *clock) keep(a answer) {
	kept := k.answers[:0]
	for _, b := range k.answers {
		apart := max(a.offset-b.offset, b.offset-a.offset)
		if a.at.Sub(b.at) <= clockWindow && apart <= (a.trip+b.trip)/2+clockDrift {
			kept = append(kept, b)
		}
	}
	k.answers = append(kept, a)
}

func abs(v int64) int64 { return max(v, -v) }
