package rtsp

import (
	"encoding/binary"
	"time"

	"github.com/pion/rtp"
)

// aboardProfile marks the RTP header extension (RFC 3550 §5.3.1) in which a relay of ours tells what it knows of a unit:
// how long it waited in the cache, 32 bits of milliseconds, and, if the camera tells its time, when the camera took the
// picture, 64 bits of Unix milliseconds. Other readers skip what they do not know.
const aboardProfile = 0x4957

// StampRoom is the most bytes that Stamp adds to a packet.
const StampRoom = 16

// Stamp writes into a packet's header how long its unit has waited and when the camera took the picture, zero when that
// is not known. It belongs into the first packet of a unit. Negative times of waiting count as 0.
func Stamp(h *rtp.Header, behind time.Duration, taken time.Time) {
	var words [12]byte
	binary.BigEndian.PutUint32(words[:4], uint32(min(max(0, behind.Milliseconds()), 1<<31)))
	n := 4
	if !taken.IsZero() {
		binary.BigEndian.PutUint64(words[4:], uint64(taken.UnixMilli()))
		n = len(words)
	}
	h.Extension = true
	h.ExtensionProfile = aboardProfile
	h.Extensions = nil
	h.SetExtension(0, words[:n]) //nolint:errcheck // cannot fail for this profile and these sizes
}

// stamped reads what Stamp wrote; zeros when there is nothing of ours.
func stamped(h *rtp.Header) (behind time.Duration, taken time.Time) {
	if !h.Extension || h.ExtensionProfile != aboardProfile {
		return 0, time.Time{}
	}
	words := h.GetExtension(0)
	if len(words) != 4 && len(words) != 12 {
		return 0, time.Time{}
	}
	behind = time.Duration(binary.BigEndian.Uint32(words)) * time.Millisecond
	if len(words) == 12 {
		taken = sensible(time.UnixMilli(int64(binary.BigEndian.Uint64(words[4:]))))
	}
	return behind, taken
}

// sensible returns the time, zero if it cannot be a time of day: cameras without a clock report the time since they were
// switched on, which looks like a day in 1900 or 1970.
func sensible(t time.Time) time.Time {
	if y := t.UTC().Year(); y < 2000 || y > 2200 {
		return time.Time{}
	}
	return t
}
