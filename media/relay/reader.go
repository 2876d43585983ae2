package relay

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"
	"github.com/pion/rtp"

	"iocwall/media/rtsp"
)

const (
	// queuePackets is how many RTP packets may wait in the library for a reader, a power of two. It must hold the largest
	// unit besides unsentLimit.
	queuePackets = 4096
	// unsentLimit is how many bytes may wait for a reader's connection before further units wait here, where the newest
	// win. A whole unit may go beyond it.
	unsentLimit = 128 << 10
	// waitingLimit is how old the oldest unit that waits may be when a new group begins; else it is left out.
	waitingLimit = 250 * time.Millisecond
	// behindFrom is how long a unit must have waited to be marked as coming from the cache.
	behindFrom = 50 * time.Millisecond
	// paceEvery is the distance of sendings while a reader has something to catch up with, and catchUp is how long that
	// takes at most if the reader's connection is good for it.
	paceEvery = 10 * time.Millisecond
	catchUp   = 400 * time.Millisecond
)

// reader is one RTSP session that is being served. It is used under its upstream's lock.
//
// A new reader gets the first picture of the cached group at once and the rest of it within catchUp. From then on it
// gets each unit as it comes, for as long as its connection takes them. What it does not take waits, and when a new group
// of pictures begins, what waits is left out: such a reader sees fewer pictures, but new ones. One that takes nothing at
// all for Options.WriteTimeout is cut off.
type reader struct {
	grant  Grant
	write  func(*rtp.Packet) error // gives a packet to the library
	close  func()                  // ends the session
	conn   *metered
	queued int64  // bytes given to the library since the connection began
	next   uint16 // sequence number of the next packet

	waiting      []cached
	waitingBytes int
	limit        int           // of waitingBytes
	left         time.Duration // for catching up, 0 when done
	torn         bool          // something was left out: nothing goes until a key frame
	blind        bool          // it came when nothing could be started from, and there was no key frame since

	skipped  uint64 // units left out
	slow     bool
	expelled bool
}

func newReader(s *gortsplib.ServerSession, m *description.Media, g Grant, conn *metered, limit int) *reader {
	return &reader{
		grant: g, conn: conn, queued: conn.taken(), limit: limit, next: uint16(rand.Uint32()), close: s.Close,
		write: func(p *rtp.Packet) error { return s.WritePacketRTP(m, p) },
	}
}

// join starts the reader from the cached group of pictures, which may be empty.
func (r *reader) join(group []cached, now time.Time) {
	r.blind = len(group) == 0
	for _, c := range group {
		r.wait(c)
	}
	if len(r.waiting) > 1 {
		r.left = catchUp
	}
	r.flush(1, now)
}

// push takes the next unit from the camera.
func (r *reader) push(c cached, now time.Time) {
	if r.slow || r.expelled {
		return
	}
	if c.key {
		r.torn, r.blind = false, false
		if r.left > 0 || len(r.waiting) > 0 && now.Sub(r.waiting[0].arrived) > waitingLimit {
			r.skip()
		}
	}
	switch {
	case r.torn:
		r.miss(c)
		return
	case len(r.waiting) > 0 && r.waitingBytes+c.size > r.limit && !c.key:
		r.skip()
		r.miss(c)
		r.torn = true
		return
	}
	r.wait(c)
	if r.left == 0 {
		r.flush(len(r.waiting), now)
	}
}

// tick sends what may go after another paceEvery.
func (r *reader) tick(now time.Time) {
	n := len(r.waiting)
	if n == 0 || r.slow || r.expelled {
		return
	}
	if r.left > 0 {
		ticks := int(r.left / paceEvery)
		n = (n + ticks - 1) / ticks
		r.left -= paceEvery
	}
	r.flush(n, now)
}

func (r *reader) wait(c cached) {
	r.waiting = append(r.waiting, c)
	r.waitingBytes += c.size
}

// skip leaves out all that waits. Who was still catching up had never been live, so nothing is missing for it; others
// are to know.
func (r *reader) skip() {
	for _, c := range r.waiting {
		if r.left == 0 {
			r.miss(c)
		}
	}
	r.waiting, r.waitingBytes, r.left = nil, 0, 0
}

// miss counts a unit that is left out and makes the reader see that packets are missing.
func (r *reader) miss(c cached) {
	r.skipped++
	r.next += uint16(min(c.lost+uint64(len(c.packets)), 1<<12))
}

// flush sends up to n of the waiting units, as long as the connection takes them.
func (r *reader) flush(n int, now time.Time) {
	for ; n > 0 && len(r.waiting) > 0; n-- {
		if r.conn.unsent(&r.queued) > unsentLimit {
			break
		}
		c := r.waiting[0]
		r.waiting[0] = cached{}
		r.waiting = r.waiting[1:]
		r.waitingBytes -= c.size
		if !r.send(c, now) {
			return
		}
	}
	if len(r.waiting) == 0 {
		r.waiting, r.left = nil, 0
	}
}

// send gives a unit to the library. If that has no room the reader is closed: the others must not wait for it.
func (r *reader) send(c cached, now time.Time) bool {
	if len(c.packets) > queuePackets*3/4 {
		r.miss(c)
		return true
	}
	// What was lost on the way from the camera is missing here too, so that readers know.
	r.next += uint16(min(c.lost, 1<<14))
	behind := now.Sub(c.arrived) + c.waited
	if behind <= behindFrom {
		behind = 0
	}
	for i, p := range c.packets {
		q := *p
		q.SequenceNumber = r.next
		r.next++
		if i == 0 {
			rtsp.Stamp(&q.Header, rtsp.Aboard{Behind: behind, Taken: c.taken, Relayed: c.even, Late: c.late})
		}
		r.queued += int64(q.MarshalSize()) + interleaved
		if err := r.write(&q); err != nil {
			r.slow = true
			r.close()
			return false
		}
	}
	return true
}

// interleaved is the frame around a packet inside an RTSP connection, in bytes (RFC 2326 §10.12).
const interleaved = 4

// pace wakes the pacer if somebody has something to wait for; the caller holds the lock.
func (u *upstream) pace() {
	for _, r := range u.readers {
		if len(r.waiting) > 0 {
			select {
			case u.pacing <- struct{}{}:
			default:
			}
			return
		}
	}
}

// pacer sends on what readers wait for, until ctx ends.
func (u *upstream) pacer(ctx context.Context) {
	tick := time.NewTicker(paceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-u.pacing:
		}
		tick.Reset(paceEvery)
		for more := true; more; {
			select {
			case <-ctx.Done():
				return
			case now := <-tick.C:
				more = u.tick(now)
			}
		}
		tick.Stop()
	}
}

// tick lets each reader have what may go and reports whether something still waits.
func (u *upstream) tick(now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	more := false
	for _, r := range u.readers {
		r.tick(now)
		more = more || len(r.waiting) > 0 && !r.slow && !r.expelled
	}
	return more
}
