package replay

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"iocwall/media/rtsp"
)

// What MP4 has no place for is kept in "uuid" boxes (ISO/IEC 14496-12, 11.1): size, "uuid", sixteen bytes that name the
// kind, content. Players skip them. Numbers are big-endian.
//
//	iocwall.cliphead  after the track's description: JSON of what was asked for
//	iocwall.cliptime  before each fragment: one version byte, then for each sample in order
//	                  8 bytes arrival and 8 bytes camera time (nanoseconds since 1970, 0 unknown),
//	                  4 bytes packets lost before it, 1 byte: 0 continues the sample before it,
//	                  1 begins a new connection to the camera, 2 something before it was not kept
//	iocwall.clipfoot  at the end: JSON of counts and gaps; a file without it is cut off
const (
	boxHead = "iocwall.cliphead"
	boxTime = "iocwall.cliptime"
	boxFoot = "iocwall.clipfoot"
)

// timeVersion and timeEntry are the version byte and the size of an entry of a time box.
const (
	timeVersion = 1
	timeEntry   = 21
)

// breakCodes are the last byte of an entry.
var breakCodes = [...]GapKind{"", GapDisconnected, GapNotWritten}

// tickRate is the time scale of the track, the RTP clock of video, in Hz.
const tickRate = 90000

// toTicks and fromTicks convert between nanoseconds and the track's time scale; what came from ticks comes out the same.
func toTicks(d time.Duration) int64 {
	if d < 0 {
		return -toTicks(-d)
	}
	return int64(d/time.Second)*tickRate + (int64(d%time.Second)*tickRate+int64(time.Second)/2)/int64(time.Second)
}

func fromTicks(t int64) time.Duration {
	return time.Duration(t/tickRate)*time.Second + time.Duration(t%tickRate)*time.Second/tickRate
}

// headNote and footNote are the JSON of the boxes.
type headNote struct {
	Version int        `json:"version"`
	Camera  string     `json:"camera"`
	Stream  string     `json:"stream"`
	Codec   rtsp.Codec `json:"codec"`
	From    time.Time  `json:"from"`
	To      time.Time  `json:"to"`
}

type footNote struct {
	Frames int    `json:"frames"`
	Lost   uint64 `json:"lost"`
	Gaps   []Gap  `json:"gaps"`
}

// appendNote appends a uuid box with JSON content.
func appendNote(b []byte, kind string, note any) ([]byte, error) {
	content, err := json.Marshal(note)
	if err != nil {
		return nil, fmt.Errorf("replay: %s: %w", kind, err)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(8+len(kind)+len(content)))
	b = append(append(b, "uuid"...), kind...)
	return append(b, content...), nil
}

// appendTimes appends the time box of a fragment.
func appendTimes(b []byte, samples []sample) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(8+len(boxTime)+1+len(samples)*timeEntry))
	b = append(append(append(b, "uuid"...), boxTime...), timeVersion)
	for i := range samples {
		s := &samples[i]
		b = binary.BigEndian.AppendUint64(b, uint64(nanos(s.unit.Arrived)))
		b = binary.BigEndian.AppendUint64(b, uint64(nanos(s.unit.Taken)))
		b = binary.BigEndian.AppendUint32(b, uint32(min(s.unit.Lost, 1<<32-1)))
		b = append(b, byte(max(0, slices.Index(breakCodes[:], s.breaks))))
	}
	return b
}

// stamp is one entry of a time box.
type stamp struct {
	arrived, taken time.Time
	lost           uint64
	breaks         GapKind
}

// readTimes reads the content of a time box.
func readTimes(b []byte) ([]stamp, error) {
	if len(b) == 0 || b[0] != timeVersion || (len(b)-1)%timeEntry != 0 {
		return nil, fmt.Errorf("%w: the times of a fragment are not of a known version", ErrBroken)
	}
	b = b[1:]
	out := make([]stamp, 0, len(b)/timeEntry)
	for ; len(b) > 0; b = b[timeEntry:] {
		out = append(out, stamp{
			arrived: moment(int64(binary.BigEndian.Uint64(b))), taken: moment(int64(binary.BigEndian.Uint64(b[8:]))),
			lost: uint64(binary.BigEndian.Uint32(b[16:])), breaks: breakCodes[min(int(b[20]), len(breakCodes)-1)],
		})
	}
	return out, nil
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos)
}

// ntpEpoch is 1900 in seconds before 1970 (RFC 5905).
const ntpEpoch = 2208988800

// appendClock appends a producer reference time box (ISO/IEC 14496-12, 8.16.5), which other programs read: the arrival of
// the first sample of a fragment. Flag 8 says that the clock is the receiver's own.
func appendClock(b []byte, at time.Time, ticks int64) []byte {
	b = binary.BigEndian.AppendUint32(b, 32)
	b = append(b, "prft\x01\x00\x00\x08"...)
	b = binary.BigEndian.AppendUint32(b, trackID)
	b = binary.BigEndian.AppendUint32(b, uint32(at.Unix()+ntpEpoch))
	b = binary.BigEndian.AppendUint32(b, uint32(uint64(at.Nanosecond())<<32/uint64(time.Second)))
	return binary.BigEndian.AppendUint64(b, uint64(max(0, ticks)))
}
