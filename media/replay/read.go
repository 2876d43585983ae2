package replay

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4"

	"iocwall/media/rtsp"
)

var (
	// ErrBroken is wrapped when a file is not a clip of ours or does not keep its own rules.
	ErrBroken = errors.New("this is not a whole clip")
	// ErrCutOff is wrapped when the end of a file is missing; what is whole was read.
	ErrCutOff = errors.New("the end of the clip is missing")
	// ErrTooLarge is wrapped when a clip passes the limits; what came before was read.
	ErrTooLarge = errors.New("the clip is larger than allowed")
)

// Limits bounds what Read takes into memory. The zero value of a field takes its default.
type Limits struct {
	Bytes int64 // of the whole file, default 1 GiB
	Units int   // default 200,000: two hours at 25 a second
}

// boxLimit bounds what describes samples, in bytes; the samples themselves are bounded by Limits.
const boxLimit = 4 << 20

// readStep is how much is read at once.
const readStep = 4 << 20

// naluLimit bounds the NAL units of a sample.
const naluLimit = 4096

// Read reads a clip that a Writer made; of other MP4 files it cannot tell the times. With an error, which wraps ErrBroken,
// ErrCutOff, ErrTooLarge or the reader's, the clip holds what was whole before it. PTS of the units is their place on the
// time line of the file, which begins near 0.
func Read(r io.Reader, l Limits) (Clip, error) {
	if l.Bytes <= 0 {
		l.Bytes = 1 << 30
	}
	if l.Units <= 0 {
		l.Units = 200_000
	}
	var c Clip
	d := reading{in: r, limits: l}
	d.put = func(u rtsp.Unit, breaks GapKind) error {
		if breaks != "" {
			c.Breaks = append(c.Breaks, Break{Index: len(c.Units), Kind: breaks})
		}
		c.Units = append(c.Units, u)
		return nil
	}
	err := d.all()
	c.Head, c.Codec, c.Gaps = d.head, d.codec, d.gaps
	if !d.foot {
		// What is missing inside can be seen; what was asked for beyond was told at the end of the file.
		var s seam
		for i, breaks := range c.units() {
			if g, ok := s.next(c.Units[i], breaks); ok {
				c.Gaps = addGap(c.Gaps, g)
			}
		}
	}
	if err != nil {
		return c, fmt.Errorf("replay: read a clip: %w", err)
	}
	return c, nil
}

// ReadHead reads of which time of which camera a clip is, also of one that is cut off. Errors wrap those of Read.
func ReadHead(r io.Reader) (Head, error) {
	d := reading{in: r, limits: Limits{Bytes: boxLimit}}
	for !d.began {
		b, err := d.box()
		if err == io.EOF { //nolint:errorlint // box returns it bare
			err = ErrCutOff
		}
		if err == nil {
			err = d.take(b)
		}
		if err != nil {
			return Head{}, fmt.Errorf("replay: read the beginning of a clip: %w", err)
		}
	}
	return d.head, nil
}

// reading is a clip being read.
type reading struct {
	in     io.Reader
	limits Limits
	put    func(u rtsp.Unit, breaks GapKind) error // takes each unit; what it returns ends the reading

	used  int64
	count int        // of units
	codec rtsp.Codec // once the track's description was read
	head  Head
	began bool    // the head was read
	foot  bool    // the end was read
	gaps  []Gap   // as told at the end
	times []stamp // of the fragment to come
	moof  []byte  // with its header
}

// box is one top-level box with its header.
type box struct {
	kind string // the four letters, or the sixteen of a uuid box
	raw  []byte // of samples with the description before them
	body []byte
}

func (d *reading) all() error {
	for {
		b, err := d.box()
		switch {
		case err == io.EOF && d.foot: //nolint:errorlint // box returns it bare
			return nil
		case err == io.EOF: //nolint:errorlint // see above
			return ErrCutOff
		case err != nil:
			return err
		case d.foot:
			return fmt.Errorf("%w: something follows its end", ErrBroken)
		}
		if err := d.take(b); err != nil {
			return err
		}
	}
}

// box reads the next top-level box.
func (d *reading) box() (box, error) {
	var head [8]byte
	if _, err := io.ReadFull(d.in, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return box{}, ErrCutOff
		}
		return box{}, err //nolint:wrapcheck // the caller looks for io.EOF
	}
	size, kind := int64(binary.BigEndian.Uint32(head[:])), string(head[4:])
	switch {
	case d.used == 0 && kind != "ftyp":
		return box{}, fmt.Errorf("%w: it is not an MP4 file", ErrBroken)
	case size < 8:
		return box{}, fmt.Errorf("%w: a box of %d bytes", ErrBroken, size)
	case kind != "mdat" && size > boxLimit, d.used+size > d.limits.Bytes:
		return box{}, fmt.Errorf("%w: a %q box of %d bytes", ErrTooLarge, kind, size)
	}
	d.used += size
	// The samples come into one piece with what describes them.
	var before []byte
	if kind == "mdat" {
		before = d.moof
	}
	raw, err := d.bytes(append(before, head[:]...), int(size)-8)
	if err != nil {
		return box{}, fmt.Errorf("%w in a %q box of %d bytes", err, kind, size)
	}
	b := box{kind: kind, raw: raw, body: raw[len(before)+8:]}
	if kind == "uuid" && len(b.body) >= 16 {
		b.kind, b.body = string(b.body[:16]), b.body[16:]
	}
	return b, nil
}

// bytes appends the next n bytes to b. What it holds grows with what comes, not with what the file claims.
func (d *reading) bytes(b []byte, n int) ([]byte, error) {
	for n > 0 {
		step := min(n, readStep)
		b = slices.Grow(b, step)
		got, err := io.ReadFull(d.in, b[len(b):len(b)+step])
		b, n = b[:len(b)+got], n-got
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, ErrCutOff
		case err != nil:
			return nil, err //nolint:wrapcheck // Read wraps it
		}
	}
	return b, nil
}

// take reads one box.
func (d *reading) take(b box) (err error) {
	switch b.kind {
	case "moov":
		return d.takeTrack(b)
	case boxHead:
		var note headNote
		if err := json.Unmarshal(b.body, &note); err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		d.head, d.began = Head{Camera: note.Camera, Stream: note.Stream, From: note.From, To: note.To}, true
	case boxTime:
		d.times, err = readTimes(b.body)
	case "moof":
		d.moof = b.raw
	case "mdat":
		return d.takeFragment(b)
	case boxFoot:
		var note footNote
		if err := json.Unmarshal(b.body, &note); err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if note.Frames != d.count {
			return fmt.Errorf("%w: it names %d pictures and holds %d", ErrBroken, note.Frames, d.count)
		}
		d.gaps, d.foot = note.Gaps, true
	}
	return err
}

// takeTrack reads the description of the track.
func (d *reading) takeTrack(b box) error {
	var init fmp4.Init
	if err := init.Unmarshal(bytes.NewReader(b.raw)); err != nil {
		return fmt.Errorf("%w: its track: %w", ErrBroken, err)
	}
	if len(init.Tracks) != 1 || init.Tracks[0].ID != trackID || init.Tracks[0].TimeScale != tickRate || d.codec != "" {
		return fmt.Errorf("%w: its tracks are not those of a clip", ErrBroken)
	}
	switch init.Tracks[0].Codec.(type) {
	case *mp4.CodecH264:
		d.codec = rtsp.H264
	case *mp4.CodecH265:
		d.codec = rtsp.H265
	case *mp4.CodecMJPEG:
		d.codec = rtsp.MJPEG
	default:
		return fmt.Errorf("%w: its codec is unknown", ErrBroken)
	}
	return nil
}

// takeFragment reads the samples that the last moof and time boxes describe.
func (d *reading) takeFragment(b box) error {
	if d.codec == "" || !d.began || d.moof == nil || d.times == nil {
		return fmt.Errorf("%w: samples without their description", ErrBroken)
	}
	var parts fmp4.Parts
	if err := parts.Unmarshal(b.raw); err != nil {
		return fmt.Errorf("%w: a fragment: %w", ErrBroken, err)
	}
	times := d.times
	d.moof, d.times = nil, nil
	if len(parts) != 1 || len(parts[0].Tracks) != 1 || len(parts[0].Tracks[0].Samples) != len(times) {
		return fmt.Errorf("%w: a fragment's samples do not fit its times", ErrBroken)
	}
	track := parts[0].Tracks[0]
	if d.count+len(times) > d.limits.Units {
		return fmt.Errorf("%w: more than %d pictures", ErrTooLarge, d.limits.Units)
	}
	at := track.BaseTime
	for i, s := range track.Samples {
		if s == nil || at > 1<<49 {
			return fmt.Errorf("%w: a time of %d ticks", ErrBroken, at)
		}
		if err := d.takeSample(s, times[i], fromTicks(int64(at)+int64(s.PTSOffset))); err != nil {
			return err
		}
		at += uint64(s.Duration)
	}
	return nil
}

// takeSample makes a unit of a sample.
func (d *reading) takeSample(s *fmp4.Sample, t stamp, pts time.Duration) error {
	nalus, err := split(d.codec, s.Payload)
	if err != nil {
		return err
	}
	u := rtsp.Unit{NALUs: nalus, Key: !s.IsNonSyncSample, PTS: pts, Arrived: t.arrived, Taken: t.taken, Lost: t.lost}
	for _, n := range nalus {
		u.Size += len(n)
	}
	if d.count == 0 && !u.Key {
		return fmt.Errorf("%w: it does not begin with a key frame", ErrBroken)
	}
	d.count++
	return d.put(u, t.breaks)
}

// split cuts a sample into its NAL units.
func split(codec rtsp.Codec, b []byte) ([][]byte, error) {
	if codec == rtsp.MJPEG && len(b) > 0 {
		return [][]byte{b}, nil
	}
	var out [][]byte
	for len(b) >= 4 && len(out) < naluLimit {
		n := binary.BigEndian.Uint32(b)
		if b = b[4:]; n == 0 || uint64(n) > uint64(len(b)) {
			return nil, fmt.Errorf("%w: a NAL unit of %d bytes where %d are left", ErrBroken, n, len(b))
		}
		out = append(out, b[:n:n])
		b = b[n:]
	}
	if len(b) > 0 || len(out) == 0 {
		return nil, fmt.Errorf("%w: a sample with %d bytes that belong to nothing", ErrBroken, len(b))
	}
	return out, nil
}
