// Package replay keeps the last seconds of camera streams, hands them out as MP4 files that can stand as evidence, and
// plays such files in steps.
//
// A Ring keeps access units as they came, whole groups of pictures, bounded in time and bytes, in memory or on disk. A
// Writer makes a fragmented MP4 file of them (ISO/IEC 14496-12) while they come; every player reads it, and boxes of our
// own in it keep what MP4 has no place for: when each picture reached the centre, when the camera says that it was taken,
// and what is missing. Read gets all of it back, and a Tape plays it.
//
// Nothing missing is passed over: packets lost on the way, broken connections and times that were no longer kept are gaps
// of the clip, in words and with their times.
package replay

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"iocwall/media/rtsp"
)

// ErrNothing is wrapped when nothing is kept of the time that was asked for. The text says what is kept.
var ErrNothing = errors.New("nothing is kept of this time")

// GapKind says in one stable word why something is missing in a clip. Values are written into files and never change.
type GapKind string

// The kinds of gaps.
const (
	GapLost         GapKind = "packets-lost" // packets did not arrive: pictures are damaged up to the next key frame
	GapDisconnected GapKind = "disconnected" // the connection to the camera had broken or was not yet made
	GapSilent       GapKind = "no-pictures"  // the connection stood, but the camera sent no picture
	GapNotKept      GapKind = "not-kept"     // it was asked for, but is older than what is kept
	GapNotArrived   GapKind = "not-arrived"  // it was asked for, but no picture of this time has come
	GapNotWritten   GapKind = "not-written"  // it came, but memory or disk could not take it
)

// Gap is something that a clip does not show although it should.
type Gap struct {
	Kind GapKind `json:"kind"`
	// From and To are arrival times: of the last picture before the gap or the beginning of what was asked for, and of
	// the first picture after it or the end of what was asked for.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Lost counts the RTP packets missing, where that is known.
	Lost uint64 `json:"lost,omitempty"`
}

// String says what is missing, with times of the day in the gap's own zone.
func (g Gap) String() string {
	const clock = "15:04:05.000"
	s := fmt.Sprintf("%s from %s to %s", g.Kind, g.From.Format(clock), g.To.Format(clock))
	if g.Lost > 0 {
		s += fmt.Sprintf(" (%d packets)", g.Lost)
	}
	return s
}

// Head says what a clip is of.
type Head struct {
	Camera string // id of the camera
	Stream string // name of its stream
	// From and To are what was asked for; the pictures begin at the key frame at or before From.
	From, To time.Time
}

// Clip is some time of one camera stream. Its units are in decoding order and begin with a key unit, and each key unit
// holds the parameter sets it needs.
type Clip struct {
	Head
	Codec rtsp.Codec
	// Units must not be written to: they are shared with whoever else keeps them.
	Units []rtsp.Unit
	// Breaks are the units that do not continue the one before, in order.
	Breaks []Break
	// Gaps is what is missing, in order.
	Gaps []Gap
}

// Break says that a unit does not continue the one before.
type Break struct {
	Index int // of the unit
	// Kind is GapDisconnected for the first unit of a new connection, where PTS begins anew, and GapNotWritten where the
	// connection stood.
	Kind GapKind
}

// Summary says what a written clip holds.
type Summary struct {
	// SHA256 is the sum of the whole file.
	SHA256 [32]byte
	// Bytes is the size of the file.
	Bytes int64
	// Frames counts the access units, damaged ones too.
	Frames int
	// From and To are the arrival times of the first and the last unit.
	From, To time.Time
	// Gaps is what is missing, in order; beyond maxGaps the last one is widened.
	Gaps []Gap
	// Lost counts the RTP packets missing in all gaps.
	Lost uint64
}

// Missing returns how much of the time asked for has no whole picture: the length of all gaps.
func (s Summary) Missing() time.Duration {
	var sum time.Duration
	for _, g := range s.Gaps {
		sum += g.To.Sub(g.From)
	}
	return sum
}

// maxGaps bounds the list of gaps in a clip; a stream that loses packets all the time has one of a minute, not thousands.
const maxGaps = 256

// gapJoin is the distance at which two gaps of the same kind are told as one.
const gapJoin = time.Second

// addGap appends a gap, joined with the one before where they are close.
func addGap(gaps []Gap, g Gap) []Gap {
	if n := len(gaps); n > 0 {
		last := &gaps[n-1]
		if n >= maxGaps || last.Kind == g.Kind && g.From.Sub(last.To) < gapJoin {
			if g.To.After(last.To) {
				last.To = g.To
			}
			last.Lost += g.Lost
			return gaps
		}
	}
	return append(gaps, g)
}

// sorted puts gaps in order.
func sorted(gaps []Gap) []Gap {
	slices.SortStableFunc(gaps, func(a, b Gap) int { return a.From.Compare(b.From) })
	return gaps
}

// silence is how long a stream may send nothing before that is a gap, for streams whose own rhythm is not slower.
const silence = 2 * time.Second

// seam finds what is missing between two units that follow each other. The zero value is ready.
type seam struct {
	last  time.Time     // arrival of the unit before
	every time.Duration // learnt distance of units
}

// next takes the next unit and how it breaks with the one before, empty when it does not; a gap before it is returned.
func (s *seam) next(u rtsp.Unit, breaks GapKind) (Gap, bool) {
	before := s.last
	s.last = u.Arrived
	if before.IsZero() {
		return Gap{}, false
	}
	g := Gap{Kind: breaks, From: before, To: u.Arrived, Lost: u.Lost}
	distance := u.Arrived.Sub(before)
	limit := max(silence, 3*s.every)
	if distance <= limit {
		s.every += (distance - s.every) / 8
	}
	switch {
	case breaks != "":
	case u.Lost > 0:
		g.Kind = GapLost
	case distance > limit:
		g.Kind = GapSilent
	default:
		return Gap{}, false
	}
	return g, true
}

// Write writes a clip as one fragmented MP4 file and says what it holds. See Writer, which does the same while units
// come.
func Write(w io.Writer, c Clip) (Summary, error) {
	out := NewWriter(w, c.Head, c.Codec)
	var first, last time.Time
	if n := len(c.Units); n > 0 {
		first, last = c.Units[0].Arrived, c.Units[n-1].Arrived
	}
	for _, g := range c.Gaps {
		if g.Kind == GapNotKept || g.Kind == GapNotArrived || !g.To.After(first) || !g.From.Before(last) {
			out.Note(g) // all others show in the units
		}
	}
	for i, breaks := range c.units() {
		if err := out.Add(c.Units[i], breaks); err != nil {
			return Summary{}, err
		}
	}
	return out.Close()
}

// units goes through the units' indexes and how each breaks with the one before.
func (c Clip) units() iter.Seq2[int, GapKind] {
	return func(yield func(int, GapKind) bool) {
		breaks := c.Breaks
		for i := range c.Units {
			var kind GapKind
			if len(breaks) > 0 && breaks[0].Index == i {
				kind, breaks = breaks[0].Kind, breaks[1:]
			}
			if !yield(i, kind) {
				return
			}
		}
	}
}
