package rtsp

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

// ntpUnix is the Unix time of the beginning of NTP's count, 1 January 1900, negated, in seconds (RFC 5905 §6).
const ntpUnix = 2208988800

// reports keeps the newest RTCP sender report of the track, which ties RTP timestamps to the camera's clock (RFC 3550
// §6.4.1). The library does this too but reads the fraction of a second as nanoseconds. Over UDP reports and packets
// come from two goroutines.
type reports struct {
	mu    sync.Mutex
	ntp   time.Time // zero: none that can be used
	stamp uint32    // RTP timestamp of ntp
}

// add takes a packet of the track's RTCP channel.
func (r *reports) add(p rtcp.Packet) {
	sr, ok := p.(*rtcp.SenderReport)
	if !ok {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ntp, r.stamp = sensible(fromNTP(sr.NTPTime)), sr.RTPTime
}

// reportLife is how far from its report a picture may be to be given a time. Cameras report every few seconds; RTP
// timestamps wrap after 13 hours and may begin anew, and what is far away may be of another turn.
const reportLife = 10 * time.Minute

// at returns the camera's time at an RTP timestamp, zero if it is not known.
func (r *reports) at(stamp uint32) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ntp.IsZero() {
		return time.Time{}
	}
	since := time.Duration(int32(stamp-r.stamp)) * time.Second / clockRate
	if since > reportLife || since < -reportLife {
		r.ntp = time.Time{}
		return time.Time{}
	}
	return sensible(r.ntp.Add(since))
}

// fromNTP reads a 64-bit NTP timestamp: seconds since 1900 and a binary fraction.
func fromNTP(v uint64) time.Time {
	return time.Unix(int64(v>>32)-ntpUnix, int64((v&0xFFFFFFFF)*1e9>>32))
}

// The clock of the camera is looked at no further back than this, so that a step of it is forgotten.
const clockWindow = time.Minute

// Clock tells how far a camera's clock is from ours. Each picture says when it was taken and when it arrived; the
// difference is the offset less the time of the way, so of many the one with the shortest way counts. The zero value is
// ready; it is for one goroutine or under a lock.
type Clock struct {
	best, last  time.Duration // of the current and the previous window
	began       time.Time     // of the current window
	known, prev bool
}

// Add notes a picture; one without a time counts for nothing.
func (c *Clock) Add(taken, arrived time.Time) {
	if taken.IsZero() {
		return
	}
	d := taken.Sub(arrived)
	// A clock that was set tells a time far from all before; a slow way is never that slow.
	if c.known && (d > c.best+10*time.Second || d < c.best-10*time.Second) {
		*c = Clock{}
	}
	switch {
	case !c.known:
		c.best, c.known, c.began = d, true, arrived
	case arrived.Sub(c.began) > clockWindow/2:
		c.last, c.prev = c.best, true
		c.best, c.began = d, arrived
	default:
		c.best = max(c.best, d)
	}
}

// Offset returns the camera's clock minus ours, and whether it is known.
func (c *Clock) Offset() (time.Duration, bool) {
	if c.prev {
		return max(c.best, c.last), c.known
	}
	return c.best, c.known
}
