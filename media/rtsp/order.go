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
	// to number anew.
	orderAnew = 64
)

// order puts packets that came over UDP into the order of their numbers. A missing one is waited for by time, so that
// the gap is known soon in a thin stream too. It never holds more than orderRoom packets. The zero value is ready for the
// first packet; one goroutine uses it.
type order struct {
	begun  bool
	next   uint16       // number of the packet to be handed out next
	held   []heldPacket // those behind a gap, by their numbers
	since  time.Time    // when the first of held came
	stray  *rtp.Packet  // the last one whose number was far from what is awaited
	behind int          // packets in a row that came too late, or twice
	out    []*rtp.Packet
}

// heldPacket is a packet with the time when it came.
type heldPacket struct {
	*rtp.Packet
	at time.Time
}

// add takes the packet that came and returns those whose turn it is, until the next call.
func (o *order) add(p *rtp.Packet, now time.Time) []*rtp.Packet {
	o.clear()
	n := p.SequenceNumber
	switch d := int16(n - o.next); {
	case !o.begun:
		o.begun = true
		o.follow(p)
	case d >= 0 && d < orderRoom:
		o.stray, o.behind = nil, 0
		o.hold(p, now)
		o.release()
	case d < 0 && d >= -orderRoom:
		if o.behind++; o.behind > orderAnew {
			o.follow(p)
		}
	case o.stray != nil && n == o.stray.SequenceNumber+1:
		// No way delays that long: two of these that follow each other are a camera that numbers anew (RFC 3550 §A.1), or
		// one that is heard again after a long time.
		o.follow(o.stray, p)
	default:
		o.stray = p
	}
	return o.out
}

// due gives up what has been waited for long enough, and returns the packets whose turn it is then, until the next call.
func (o *order) due(now time.Time) []*rtp.Packet {
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

// hold puts a packet among those that are held, unless it is there.
func (o *order) hold(p *rtp.Packet, now time.Time) {
	i := len(o.held)
	for i > 0 && o.held[i-1].SequenceNumber-o.next > p.SequenceNumber-o.next {
		i--
	}
	if i > 0 && o.held[i-1].SequenceNumber == p.SequenceNumber {
		return
	}
	if len(o.held) == 0 {
		o.since = now
	}
	o.held = slices.Insert(o.held, i, heldPacket{p, now})
}

// release hands out the packets up to the next gap.
func (o *order) release() {
	n := 0
	for n < len(o.held) && o.held[n].SequenceNumber == o.next {
		o.out = append(o.out, o.held[n].Packet)
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

// follow gives up all that is missing and goes on with these packets.
func (o *order) follow(packets ...*rtp.Packet) {
	for _, h := range o.held {
		o.out = append(o.out, h.Packet)
	}
	clear(o.held)
	o.held = o.held[:0]
	o.out = append(o.out, packets...)
	o.next = packets[len(packets)-1].SequenceNumber + 1
	o.stray, o.behind = nil, 0
}
