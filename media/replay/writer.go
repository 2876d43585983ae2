package replay

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"image/jpeg"
	"io"
	"slices"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4"

	"iocwall/media/rtsp"
)

// ErrUnsupported is wrapped when a stream cannot be put into a file.
var ErrUnsupported = errors.New("this stream cannot be written as MP4")

// trackID is the one track of a clip.
const trackID = 1

// fragmentBytes and fragmentUnits bound a fragment, and with it what a Writer holds: one group of pictures, or part of a
// long one.
const (
	fragmentBytes = 4 << 20
	fragmentUnits = 1000
)

// stepLimit is the jump of a camera's clock beyond which its time stamps are taken to begin anew.
const stepLimit = 2 * time.Second

// Writer writes a clip while its units come, as fragmented MP4: H.264 as avc1, H.265 as hev1, MJPEG as mp4v. It holds one
// fragment, and a file that breaks off can be read up to the last whole fragment. Units are never left out or changed; a
// change of parameter sets lies in the samples, where decoders look for it. The time line of the file is the time of the
// day as it passed at the centre: a gap lasts as long in the file as it did. One goroutine uses it.
type Writer struct {
	out   io.Writer
	sum   hash.Hash
	head  Head
	codec rtsp.Codec
	began bool
	err   error

	pending []sample
	bytes   int // of pending
	line    timeline
	dts     int64 // decoding time of the last sample written
	number  uint32
	box     []byte  // reused
	times   []int64 // reused

	seam  seam
	gaps  []Gap
	told  []Gap
	total Summary
}

// sample is a unit on its way into the file.
type sample struct {
	unit   rtsp.Unit
	breaks GapKind
	// In ticks on the file's time line: when it is shown, when it is decoded, and how long until the next is.
	pts, dts, length int64
}

// NewWriter makes a writer. Nothing is written before the first unit.
func NewWriter(w io.Writer, h Head, codec rtsp.Codec) *Writer {
	sum := sha256.New()
	return &Writer{out: io.MultiWriter(w, sum), sum: sum, head: h, codec: codec, dts: -1}
}

// Note adds a gap that the units themselves do not show.
func (w *Writer) Note(g Gap) { w.told = addGap(w.told, g) }

// Add writes the next unit; breaks says why it does not continue the one before, see Break, and is empty when it does. The
// first one must be a key unit with its parameter sets; errors wrap ErrUnsupported or the error of the writer below, and
// stay.
func (w *Writer) Add(u rtsp.Unit, breaks GapKind) error {
	switch {
	case w.err != nil:
		return w.err
	case len(u.NALUs) == 0:
		w.err = fmt.Errorf("replay: %w: a unit is empty", ErrUnsupported)
		return w.err
	}
	if !w.began {
		if w.err = w.begin(u); w.err != nil {
			return w.err
		}
		w.total.From, breaks = u.Arrived, ""
	}
	s := sample{unit: u, breaks: breaks, pts: w.line.place(u, breaks == GapDisconnected)}
	if len(w.pending) > 0 && (u.Key || w.bytes+u.Size > fragmentBytes || len(w.pending) >= fragmentUnits) {
		if w.err = w.flush(s.pts); w.err != nil {
			return w.err
		}
	}
	if g, ok := w.seam.next(u, breaks); ok {
		w.gaps = addGap(w.gaps, g)
		w.total.Lost += g.Lost
	}
	w.pending = append(w.pending, s)
	w.bytes += u.Size
	w.total.Frames++
	w.total.To = u.Arrived
	return nil
}

// Close writes what is left and says what the file holds. Without any unit it returns ErrNothing and has written nothing.
func (w *Writer) Close() (Summary, error) {
	switch {
	case w.err != nil:
		return Summary{}, w.err
	case !w.began:
		return Summary{}, fmt.Errorf("replay: %w", ErrNothing)
	}
	if w.err = w.flush(-1); w.err != nil {
		return Summary{}, w.err
	}
	w.total.Gaps = sorted(append(w.gaps, w.told...))
	var foot []byte
	foot, w.err = appendNote(nil, boxFoot, footNote{Frames: w.total.Frames, Lost: w.total.Lost, Gaps: w.total.Gaps})
	if w.err == nil {
		w.err = w.write(foot)
	}
	if w.err != nil {
		return Summary{}, w.err
	}
	w.sum.Sum(w.total.SHA256[:0])
	return w.total, nil
}

// write writes and counts.
func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	w.total.Bytes += int64(n)
	if err != nil {
		return fmt.Errorf("replay: write the clip: %w", err)
	}
	return nil
}

// begin writes what comes before the first fragment.
func (w *Writer) begin(u rtsp.Unit) error {
	codec, err := describe(w.codec, u)
	if err != nil {
		return err
	}
	track := fmp4.Init{Tracks: []*fmp4.InitTrack{{ID: trackID, TimeScale: tickRate, Codec: codec}}}
	var file seekablebuffer.Buffer
	if err := track.Marshal(&file); err != nil {
		return fmt.Errorf("replay: %w: %w", ErrUnsupported, err)
	}
	b, err := appendNote(file.Bytes(), boxHead, headNote{
		Version: 1, Camera: w.head.Camera, Stream: w.head.Stream, Codec: w.codec,
		From: w.head.From.UTC(), To: w.head.To.UTC(),
	})
	if err != nil {
		return err
	}
	w.began = true
	return w.write(b)
}

// describe makes the track's description from the first unit.
func describe(codec rtsp.Codec, u rtsp.Unit) (mp4.Codec, error) {
	if !u.Key {
		return nil, fmt.Errorf("replay: %w: it does not begin with a key frame", ErrUnsupported)
	}
	vps, sps, pps := rtsp.Sets(codec, u.NALUs)
	switch {
	case codec != rtsp.H264 && codec != rtsp.H265 && codec != rtsp.MJPEG:
		return nil, fmt.Errorf("replay: %w: its codec %q is unknown", ErrUnsupported, codec)
	case codec == rtsp.MJPEG:
		size, err := jpeg.DecodeConfig(bytes.NewReader(u.NALUs[0]))
		if err != nil {
			return nil, fmt.Errorf("replay: %w: a picture of it is no JPEG: %w", ErrUnsupported, err)
		}
		return &mp4.CodecMJPEG{Width: size.Width, Height: size.Height}, nil
	case sps == nil || pps == nil || codec == rtsp.H265 && vps == nil:
		return nil, fmt.Errorf("replay: %w: the camera has not sent its parameter sets", ErrUnsupported)
	case codec == rtsp.H265:
		return &mp4.CodecH265{VPS: vps, SPS: sps, PPS: pps}, nil
	}
	return &mp4.CodecH264{SPS: sps, PPS: pps}, nil
}

// flush writes the pending samples as one fragment. next is where the following sample begins, below zero when there is
// none.
func (w *Writer) flush(next int64) error {
	w.number++
	first := &w.pending[0]
	w.box = appendTimes(w.box[:0], w.pending)
	w.box = appendClock(w.box, first.unit.Arrived, first.pts)
	w.order(next)
	w.box = appendFragment(w.box, w.codec, w.number, w.pending)
	clear(w.pending)
	w.pending, w.bytes = w.pending[:0], 0
	return w.write(w.box)
}

// order gives the pending samples their decoding times. They are decoded in the order they came; the decoding times are
// the presentation times in ascending order, so that with B-frames a sample is presented a little before or after it is
// decoded (signed offsets, ISO/IEC 14496-12, 8.8.8).
func (w *Writer) order(next int64) {
	w.times = w.times[:0]
	for i := range w.pending {
		w.times = append(w.times, w.pending[i].pts)
	}
	slices.Sort(w.times)
	n := len(w.pending)
	for i := range w.pending {
		w.dts = max(w.times[i], w.dts+1)
		w.pending[i].dts = w.dts
		if i > 0 {
			w.pending[i-1].length = w.dts - w.pending[i-1].dts
		}
	}
	last := &w.pending[n-1]
	switch {
	case next >= 0:
		last.length = max(1, next-last.dts)
	case n > 1:
		last.length = max(1, (last.dts-w.pending[0].dts)/int64(n-1))
	default:
		last.length = tickRate / 25
	}
}

// timeline puts the presentation times of several connections on one line. The zero value is ready.
type timeline struct {
	began   bool
	offset  time.Duration // from PTS to the line
	pts     time.Duration // of the unit before
	arrived time.Time     // of the unit before
	end     time.Duration // latest place so far
}

// place returns the place of the next unit in ticks, the first one at 0. Where the camera's clock begins anew, arrival
// times tell how far apart the pictures are.
func (l *timeline) place(u rtsp.Unit, start bool) int64 {
	if !l.began {
		*l = timeline{began: true, offset: -u.PTS, pts: u.PTS, arrived: u.Arrived}
		return 0
	}
	step, passed := u.PTS-l.pts, u.Arrived.Sub(l.arrived)
	jumped := (step > stepLimit || step < -stepLimit) && (step-passed > stepLimit || passed-step > stepLimit)
	if start || jumped {
		l.offset = l.end + max(passed, time.Millisecond) - u.PTS
	}
	l.pts, l.arrived = u.PTS, u.Arrived
	at := u.PTS + l.offset
	l.end = max(l.end, at)
	return max(0, toTicks(at))
}
