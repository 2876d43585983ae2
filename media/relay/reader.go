package relay

import (
	"math/rand/v2"
	"time"

	"github.com/bluenviron/gortsplib/v4"
	"github.com/bluenviron/gortsplib/v4/pkg/description"

	"iocwall/media/rtsp"
)

// queuePackets is how many RTP packets may wait for a reader, a power of two: some 6 MB. The cached group of pictures
// takes three quarters of it at most.
const queuePackets = 4096

// behindFrom is how long a unit must have waited to be marked as coming from the cache.
const behindFrom = 50 * time.Millisecond

// reader is one RTSP session that is being served. It is used under its upstream's lock.
type reader struct {
	session  *gortsplib.ServerSession
	media    *description.Media
	grant    Grant
	next     uint16 // sequence number of the next packet
	slow     bool
	expelled bool
}

func newReader(s *gortsplib.ServerSession, m *description.Media, g Grant) *reader {
	return &reader{session: s, media: m, grant: g, next: uint16(rand.Uint32())}
}

// send queues a unit. With a time it is sent from the cache and told how long it has waited. A reader that cannot take it
// is closed: it has not read for thousands of packets, and the others must not wait for it.
func (r *reader) send(c cached, now time.Time) {
	if r.slow || r.expelled {
		return
	}
	// What was lost on the way from the camera is missing here too, so that readers know.
	r.next += uint16(min(c.lost, 1<<14))
	for _, p := range c.packets {
		q := *p
		q.SequenceNumber = r.next
		r.next++
		if !now.IsZero() && now.Sub(c.arrived) > behindFrom {
			rtsp.Stamp(&q.Header, now.Sub(c.arrived), time.Time{})
		}
		if err := r.session.WritePacketRTP(r.media, &q); err != nil {
			r.slow = true
			r.session.Close()
			return
		}
	}
}
