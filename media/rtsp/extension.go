package rtsp

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

// aboardProfile marks the RTP header extension (RFC 3550 §5.3.1) in which a relay of ours tells what it knows of a unit:
// how long it waited in the cache, 32 bits of milliseconds, when the camera took the picture, 64 bits of Unix
// milliseconds, when the relay got it, 64 bits of Unix microseconds, and how late it was by then, 32 bits of milliseconds;
// 0 stands for a time that is not known. It may end after any of them or go on with more. Other readers skip what they do
// not know.
const aboardProfile = 0x4957

// Where the fields of the extension end, in bytes.
const (
	aboardBehind  = 4
	aboardTaken   = aboardBehind + 8
	aboardRelayed = aboardTaken + 8
	aboardLate    = aboardRelayed + 4
)

// StampRoom is the most bytes that Stamp adds to a packet.
const StampRoom = 4 + aboardLate

// Aboard is what a relay of ours tells of a unit, see Unit.
type Aboard struct {
	Behind         time.Duration
	Taken, Relayed time.Time
	Late           time.Duration
}

// Stamp writes into a packet's header what is known of its unit. It belongs into the first packet of a unit. Negative
// durations count as 0.
func Stamp(h *rtp.Header, a Aboard) {
	var words [aboardLate]byte
	putMillis(words[:], a.Behind)
	n := aboardBehind
	if !a.Taken.IsZero() {
		binary.BigEndian.PutUint64(words[aboardBehind:], uint64(a.Taken.UnixMilli()))
		n = aboardTaken
	}
	if !a.Relayed.IsZero() {
		binary.BigEndian.PutUint64(words[aboardTaken:], uint64(a.Relayed.UnixMicro()))
		n = aboardRelayed
	}
	if a.Late >= time.Millisecond {
		putMillis(words[aboardRelayed:], a.Late)
		n = aboardLate
	}
	h.Extension = true
	h.ExtensionProfile = aboardProfile
	h.Extensions = nil
	h.SetExtension(0, words[:n]) //nolint:errcheck // cannot fail for this profile and these sizes
}

// putMillis writes a duration as 32 bits of milliseconds.
func putMillis(to []byte, d time.Duration) {
	binary.BigEndian.PutUint32(to, uint32(min(max(0, d.Milliseconds()), 1<<31)))
}

// millis reads what putMillis wrote.
func millis(from []byte) time.Duration {
	return time.Duration(binary.BigEndian.Uint32(from)) * time.Millisecond
}

// stamped reads what Stamp wrote; false when there is nothing of ours.
func stamped(h *rtp.Header) (a Aboard, ok bool) {
	if !h.Extension || h.ExtensionProfile != aboardProfile {
		return a, false
	}
	words := h.GetExtension(0)
	if len(words) < aboardBehind {
		return a, false
	}
	a.Behind = millis(words)
	if len(words) >= aboardTaken {
		a.Taken = sensible(time.UnixMilli(int64(binary.BigEndian.Uint64(words[aboardBehind:]))))
	}
	if len(words) >= aboardRelayed {
		a.Relayed = sensible(time.UnixMicro(int64(binary.BigEndian.Uint64(words[aboardTaken:]))))
	}
	if len(words) >= aboardLate {
		a.Late = millis(words[aboardRelayed:])
	}
	return a, true
}

// sensible returns the time, zero if it cannot be a time of day: cameras without a clock report the time since they were
// switched on, which looks like a day in 1900 or 1970.
func sensible(t time.Time) time.Time {
	if y := t.UTC().Year(); y < 2000 || y > 2200 {
		return time.Time{}
	}
	return t
}
