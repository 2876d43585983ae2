package fence

import (
	"math"
	"time"

	"iocwall/geo"
)

// instant is a time in nanoseconds since 1970, as far as that goes.
type instant int64

const (
	never   instant = math.MinInt64
	forever instant = math.MaxInt64
)

// The first and the last second that are told apart, 1700 and 2250; they leave
// room for a dwell before what nanoseconds can hold.
const (
	earliest = -8520336000
	latest   = 8835868800
)

// instantOf moves times outside 1700 to 2250 to the nearest of these.
func instantOf(t time.Time) instant {
	return instant(time.Unix(max(earliest, min(latest, t.Unix())), int64(t.Nanosecond())).UnixNano())
}

func (i instant) time() time.Time { return time.Unix(0, int64(i)).UTC() }

// fix is where an object was. Fixes have one order: by time, and at the same
// time by place, so that it does not matter in which order they come.
type fix struct {
	at  instant
	pos geo.Point
}

func (a fix) after(b fix) bool {
	switch {
	case a.at != b.at:
		return a.at > b.at
	case a.pos[0] != b.pos[0]:
		return a.pos[0] > b.pos[0]
	}
	return a.pos[1] > b.pos[1]
}

func newer(a, b fix) fix {
	if b.after(a) {
		return b
	}
	return a
}

var unknown = fix{at: never}

// pair is what is known of one object and one fence. It exists as long as the
// object's newest fix is not surely outside and far, so for every other fence
// the newest fix tells all. Two questions are kept apart, inside and near, and
// each is decided by the newest fix that decides it; a fix between the limits of
// entering and leaving decides nothing. That makes the state a matter of which
// fixes there were, not of the order they came in.
type pair struct {
	f            *watched
	in, out      fix     // newest inside; newest beyond the margin
	first        instant // start of the stay inside that in belongs to
	entered      bool    // the stay has lasted for the dwell
	near, beyond fix     // newest within Near; newest beyond Near and margin
	standing
	since     instant
	unsettled bool // it was restored and may say what its position does not
	far       bool // it is about to be dropped
}

// standing is what was said of an object and a fence: Near, Inside or nothing, and
// the beginning of a stay that has not lasted for the dwell, never if there is none.
type standing struct {
	state State
	begun instant
}

var nowhere = standing{begun: never}

// shown is a standing in one word.
func (s standing) shown() State {
	if s.begun != never {
		return Entering
	}
	return s.state
}

func newPair(f *watched, out fix) pair {
	return pair{f: f, in: unknown, out: out, near: unknown, beyond: out, standing: nowhere}
}

// inside reports whether the newest deciding fix was inside.
func (p *pair) inside() bool { return p.in.after(p.out) }

// see takes a fix that was away metres from the fence.
func (p *pair) see(at fix, away float64) {
	switch {
	case away == 0:
		if at.after(p.out) {
			// Only a late fix shows that the stay began earlier; a newer one from before
			// a fence that has just come does not.
			if !p.inside() || at.at < p.first && p.in.after(at) {
				p.first = max(at.at, p.f.from)
			}
			p.in = newer(p.in, at)
		}
	case away > p.f.Margin && at.after(p.out):
		p.out = at
		if !p.inside() {
			p.entered = false
		} else if !p.entered && p.first <= at.at {
			// A late fix cuts the stay in two. How much of it lies behind the cut
			// is not known; the newest fix surely does.
			p.first = p.in.at
		}
	}
	switch {
	case p.f.Near == 0:
	case away <= p.f.Near:
		p.near = newer(p.near, at)
	case away > p.f.Near+p.f.Margin:
		p.beyond = newer(p.beyond, at)
	}
}

// settle brings the standing in line with what was seen, at a time up to which the
// object is taken to have stayed. It reports whether the standing changed.
func (p *pair) settle(clock instant) (was standing, changed bool) {
	p.unsettled = false
	clock = max(clock, p.f.from)
	if p.inside() && !p.entered && clock >= p.due() {
		p.entered = true
	}
	was, p.standing = p.standing, nowhere
	switch {
	case p.inside() && p.entered:
		p.state = Inside
	case p.f.Near > 0 && p.near.after(p.beyond):
		p.state = Near
	}
	if p.inside() && !p.entered {
		p.begun = p.first
	}
	return was, was != p.standing
}

// due is when the stay will have lasted for the dwell.
func (p *pair) due() instant { return p.first + instant(p.f.Dwell) }
