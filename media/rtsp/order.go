package rtsp

import (
	"slices"
	"time"

	"github.com/pion/rtp"
)

const (
	// orderWait is how long a missing packet is waited for, from when the first one that follows it came. Packets that
	// overtake each other on their way are some milliseconds apart, on radio links some tens of milliseconds.
	orderWait = 100 * time.Millisecond
	// orderRoom is how far ahead of a missing packet others are kept, by their numbers.
	orderRoom = 2048
	// orderAnew is how many packets in a row come with numbers that were given up or handed out before the camera is taken
	// to number anew: some radio links send a whole burst twice.
	orderAnew = 64
	// orderFresh is how many suffice whose time stamps say that they are not late.
	orderFresh = 8
	// orderLate is how old a late packet may be, on the clock of RTP.
	orderLate = 30 * clockRate
)

// order puts packets that came over UDP into the order of their numbers. A missing one is waited for by time, so that
// the gap is known soon in a thin stream too. It never holds more than orderRoom packets. The zero value is ready for the
// first packet; one goroutine uses it.
type order struct {
	begun  bool
	next   uint16    // number of the packet to be handed out next
	newest uint32    // RTP timestamp of what was handed out
	held   []arrival // those behind a gap, by their numbers
	since  time.Time // when the first of held came
	stray  arrival   // the last one whose number was far from what is awaited
	behind int       // packets in a row whose numbers were given up or handed out
	fresh  []arrival // those of them that are not late
	out    []arrival
}

// arrival is a packet with the time when it came.
type arrival struct {
	*rtp.Packet
	at time.Time
}

// add takes the packet that came and returns those whose turn it is, until the next call.
func (o *order) add(p arrival) []arrival {
	o.clear()
	n := p.SequenceNumber
	switch d := int16(n - o.next); {
	case !o.begun:
		o.begun = true
		o.follow(p)
	case d >= 0 && d < orderRoom:
		o.settle()
		o.hold(p)
		o.release()
	case d < 0 && d >= -orderRoom:
		if !o.late(p) {
			o.fresh = append(o.fresh, p)
		}
		switch o.behind++; {
		case len(o.fresh) == orderFresh:
			o.follow(o.fresh...)
		case o.behind > orderAnew:
			o.follow(p)
		}
	case o.stray.Packet != nil && n == o.stray.SequenceNumber+1:
		// No way delays that long: two of these that follow each other are a camera that numbers anew (RFC 3550 §A.1), or
		// one that is heard again after a long time.
		o.follow(o.stray, p)
	default:
		o.stray = p
	}
	return o.out
}

// due gives up what has been waited for long enough, and returns the packets whose turn it is then, until the next call.
func (o *order) due(now time.Time) []arrival {
	o.clear()
	for len(o.held) > 0 && now.Sub(o.since) >= orderWait {
		o.next = o.held[0].SequenceNumber
		o.release()
	}
	return o.out
}

// deadline returns when something is due, zero while nothing is missing.
func (o *order) deadline() time.Time {
	if len(o.held) == 0 {
		return time.Time{}
	}
	return o.since.Add(orderWait)
}

func (o *order) clear() {
	clear(o.out) // packets are not kept alive
	o.out = o.out[:0]
}

// settle forgets what may have been a new numbering.
func (o *order) settle() {
	o.stray, o.behind = arrival{}, 0
	clear(o.fresh)
	o.fresh = o.fresh[:0]
}

// late reports whether a packet may have been sent before what was handed out, by its time stamp.
func (o *order) late(p arrival) bool {
	ahead := int32(p.Timestamp - o.newest)
	return ahead <= 0 && ahead > -orderLate
}

// hold puts a packet among those that are held, unless it is there.
func (o *order) hold(p arrival) {
	i := len(o.held)
	for i > 0 && o.held[i-1].SequenceNumber-o.next > p.SequenceNumber-o.next {
		i--
	}
	if i > 0 && o.held[i-1].SequenceNumber == p.SequenceNumber {
		return
	}
	if len(o.held) == 0 {
		o.since = p.at
	}
	o.held = slices.Insert(o.held, i, p)
}

// release hands out the packets up to the next gap.
func (o *order) release() {
	n := 0
	for n < len(o.held) && o.held[n].SequenceNumber == o.next {
		o.hand(o.held[n])
		o.next++
		n++
	}
	if n == 0 {
		return
	}
	o.held = slices.Delete(o.held, 0, n)
	for i, h := range o.held {
		if i == 0 || h.at.Before(o.since) {
			o.since = h.at
		}
	}
}

func (o *order) hand(p arrival) {
	if !o.late(p) {
		o.newest = p.Timestamp
	}
	o.out = append(o.out, p)
}

// follow gives up all that is missing and goes on with these packets, whose numbers are less than orderRoom apart.
func (o *order) follow(packets ...arrival) {
	for _, h := range o.held {
		o.hand(h)
	}
	clear(o.held)
	o.held = o.held[:0]
	o.next = packets[0].SequenceNumber
	for _, p := range packets {
		if int16(p.SequenceNumber-o.next) < 0 {
			o.next = p.SequenceNumber
		}
	}
	for _, p := range packets {
		o.hold(p)
	}
	o.release()
	o.settle()
}

// numbering tells what is missing of packets that are in order. The zero value is ready for the first one.
type numbering struct {
	begun bool
	ssrc  uint32
	next  uint16
}

// gap returns how many packets are missing before the next one, which is this. What follows a numbering that was begun
// anew, or comes from another source, is no continuation: it counts as one.
func (n *numbering) gap(h *rtp.Header) (lost uint64, anew bool) {
	d := h.SequenceNumber - n.next
	switch {
	case !n.begun:
	case h.SSRC != n.ssrc, d > 1<<14:
		lost, anew = 1, true
	default:
		lost = uint64(d)
	}
	*n = numbering{true, h.SSRC, h.SequenceNumber + 1}
	return lost, anew
}
