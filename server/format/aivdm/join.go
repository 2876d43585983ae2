package aivdm

import (
	"bytes"
	"fmt"
	"time"
)

const (
	joinWithin = 10 * time.Second // the parts of a message follow each other closely
	maxOpen    = 64               // messages of which parts are missing
)

// Packet is one whole message as it was on the air.
type Packet struct {
	// Bits holds the message, one bit a byte.
	Bits []byte
	// Channel and Talker are those of its first sentence, Time and Station
	// what that one says of its reception.
	Channel byte
	Talker  [2]byte
	Time    time.Time
	Station string
}

// Joiner makes whole messages of sentences. One Joiner serves one connection.
// The zero value is ready. It keeps a bounded number of unfinished messages.
type Joiner struct {
	open map[key]*parts
	bits []byte
	// Incomplete counts messages given up because parts of them did not come.
	Incomplete uint64
}

type key struct {
	talker   [2]byte
	sequence byte
	channel  byte
	group    uint32
}

type parts struct {
	at      time.Time  // when the first of them arrived
	chunks  [10][]byte // by part number; nil while missing
	count   uint8
	have    uint8
	fill    uint8
	time    time.Time
	station string
}

// Add takes a sentence that arrived at the given time and returns the message it
// completes, if it completes one; its Bits are valid until the next call. Parts
// may come in any order and mixed with those of other messages: they belong
// together by talker, sequence digit, channel and the tag block's group. A
// message whose parts do not come within ten seconds is given up. The error says
// why a sentence cannot be part of any message.
func (j *Joiner) Add(s Sentence, now time.Time) (Packet, bool, error) {
	if s.Parts == 1 {
		j.bits = unarmour(j.bits[:0], s.Payload, s.Fill)
		return Packet{Bits: j.bits, Channel: s.Channel, Talker: s.Talker, Time: s.Time(), Station: s.Tag.Source}, true, nil
	}
	if s.Sequence == 0 && s.Tag.Group == 0 {
		return Packet{}, false, fmt.Errorf("aivdm: part %d of %d without a sequence number", s.Part, s.Parts)
	}
	if j.open == nil {
		j.open = map[key]*parts{}
	}
	k := key{s.Talker, s.Sequence, s.Channel, s.Tag.Group}
	p := j.open[k]
	if p != nil && p.chunks[s.Part] != nil && bytes.Equal(p.chunks[s.Part], s.Payload) {
		return Packet{}, false, nil // heard by two receivers
	}
	if p != nil && (p.count != s.Parts || p.chunks[s.Part] != nil || now.Sub(p.at) > joinWithin) {
		j.giveUp(k)
		p = nil
	}
	if p == nil {
		j.expire(now)
		p = &parts{at: now, count: s.Parts}
		j.open[k] = p
	}
	p.add(&s)
	if p.have < p.count {
		return Packet{}, false, nil
	}
	delete(j.open, k)
	j.bits = j.bits[:0]
	for i := range p.count {
		j.bits = unarmour(j.bits, p.chunks[i+1], 0)
	}
	j.bits = j.bits[:max(0, len(j.bits)-int(p.fill))]
	return Packet{Bits: j.bits, Channel: s.Channel, Talker: s.Talker, Time: p.time, Station: p.station}, true, nil
}

func (p *parts) add(s *Sentence) {
	p.chunks[s.Part] = append(make([]byte, 0, len(s.Payload)), s.Payload...)
	p.have++
	if s.Part == s.Parts {
		p.fill = s.Fill
	}
	if p.time.IsZero() || s.Part == 1 && !s.Time().IsZero() {
		p.time = s.Time()
	}
	if p.station == "" {
		p.station = s.Tag.Source
	}
}

// Open returns the number of messages of which parts are missing.
func (j *Joiner) Open() int { return len(j.open) }

func (j *Joiner) giveUp(k key) {
	delete(j.open, k)
	j.Incomplete++
}

// expire makes room for one more.
func (j *Joiner) expire(now time.Time) {
	var oldest key
	var at time.Time
	for k, p := range j.open {
		if now.Sub(p.at) > joinWithin {
			j.giveUp(k)
		} else if at.IsZero() || p.at.Before(at) {
			oldest, at = k, p.at
		}
	}
	if len(j.open) >= maxOpen {
		j.giveUp(oldest)
	}
}

// unarmour appends the bits of a payload to bits, without the last fill ones.
func unarmour(bits, payload []byte, fill uint8) []byte {
	for _, c := range payload {
		v := c - '0'
		if v > 40 {
			v -= 8
		}
		bits = append(bits, v>>5&1, v>>4&1, v>>3&1, v>>2&1, v>>1&1, v&1)
	}
	return bits[:max(0, len(bits)-int(fill))]
}
