package rtsp

import (
	"errors"
	"fmt"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph264"
	"github.com/bluenviron/gortsplib/v4/pkg/format/rtph265"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/pion/rtp"
)

// clockRate is the RTP clock of H.264, H.265 and MJPEG (RFC 6184 §8.2.1, RFC 7798 §7.1, RFC 2435 §3), in Hz.
const clockRate = 90000

// trackOf describes a format if it is one that can be received.
func trackOf(f format.Format) (Track, bool) {
	t := Track{Format: f}
	switch f := f.(type) {
	case *format.H264:
		t.Codec = H264
		sps, pps := f.SafeParams()
		t.Parameters = present(sps, pps)
	case *format.H265:
		t.Codec = H265
		vps, sps, pps := f.SafeParams()
		t.Parameters = present(vps, sps, pps)
	case *format.MJPEG:
		t.Codec = MJPEG
	default:
		return Track{}, false
	}
	t.Width, t.Height, t.FPS = Describe(t.Codec, t.Parameters)
	return t, true
}

func present(sets ...[]byte) [][]byte {
	var out [][]byte
	for _, s := range sets {
		if len(s) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// depacketizer puts access units together. One goroutine uses it.
type depacketizer struct {
	codec  Codec
	decode func(*rtp.Packet) ([][]byte, error)
	forget func() // what decode holds; nil where it gives that out by itself

	started bool
	last    uint32        // RTP timestamp of the last unit
	pts     time.Duration // its presentation time

	pending   bool   // whole NAL units of an unfinished unit are held by decode
	pendingTS uint32 // their RTP timestamp
	lost      uint64 // packets lost since the last unit

	picture   uint32 // RTP timestamp of the picture that packets come of
	begun     bool   // there is one
	now, held wounds // of that picture, and of the one before, of which decode may hold something

	// What a relay of ours said about the unit of one timestamp.
	stampTS uint32
	aboard  Aboard

	// taken tells the camera's time at an RTP timestamp, zero if unknown; nil when it is never known.
	taken func(stamp uint32) time.Time
}

// wounds say what loss has done to a picture.
type wounds struct {
	torn bool // packets of it are missing
	cut  bool // packets are missing before the first one that came of it
}

// newDepacketizer returns one for the track's codec and packetisation.
func newDepacketizer(t Track) (depacketizer, error) {
	d := depacketizer{codec: t.Codec}
	switch f := t.Format.(type) {
	case *format.H264:
		dec, err := f.CreateDecoder()
		if err != nil {
			return d, fmt.Errorf("%w: %w", errUnsupported, err)
		}
		d.decode = dec.Decode
	case *format.H265:
		dec, err := f.CreateDecoder()
		if err != nil {
			return d, fmt.Errorf("%w: %w", errUnsupported, err)
		}
		d.decode = dec.Decode
		d.forget = func() { *dec = rtph265.Decoder{MaxDONDiff: dec.MaxDONDiff} }
	case *format.MJPEG:
		dec, err := f.CreateDecoder()
		if err != nil {
			return d, fmt.Errorf("%w: %w", errUnsupported, err)
		}
		d.decode = func(p *rtp.Packet) ([][]byte, error) {
			picture, err := dec.Decode(p)
			return [][]byte{picture}, err
		}
	default:
		return d, errUnsupported
	}
	return d, nil
}

// add takes the next packet and returns the unit that it completes. A key frame of which packets are missing is left out:
// decoding must not start there, and decoders do not tell of a slice that is missing.
func (d *depacketizer) add(pkt *rtp.Packet, now time.Time, lost uint64) (Unit, bool) {
	d.wound(pkt.Timestamp, lost > 0)
	d.lost += lost
	nalus, err := d.decode(pkt)
	if err != nil {
		if d.holds(pkt, err) {
			d.pending, d.pendingTS = true, pkt.Timestamp
		}
		d.note(pkt)
		return Unit{}, false
	}
	// A camera that never sets the marker is cut by time stamp: the unit belongs to the packets before this one. The library
	// does not do that with H.265, where a unit without marker comes out together with the next.
	stamp, hurt := pkt.Timestamp, d.now
	both := d.pending && d.pendingTS != pkt.Timestamp
	split := both && d.codec == H264
	switch {
	case split:
		stamp, hurt = d.pendingTS, d.held
	case both:
		hurt = wounds{torn: hurt.torn || d.held.torn, cut: d.held.cut}
	}
	if !split {
		d.note(pkt)
	}
	d.pending, d.pendingTS = split, pkt.Timestamp
	nalus, size := nonEmpty(nalus)
	if len(nalus) == 0 || hurt.torn && d.startsAt(nalus) || hurt.cut && d.startsAt(nalus) && !hasHead(d.codec, nalus) {
		return Unit{}, false
	}
	u := Unit{
		NALUs: nalus, Size: size, Key: IsKey(d.codec, nalus), PTS: d.clock(stamp), Arrived: now, Lost: d.lost,
	}
	if d.stampTS == stamp {
		u.Behind, u.Late, u.Taken, u.Relayed = d.aboard.Behind, d.aboard.Late, d.aboard.Taken, d.aboard.Relayed
	}
	if u.Taken.IsZero() && d.taken != nil {
		u.Taken = d.taken(stamp)
	}
	d.lost, d.aboard = 0, Aboard{}
	if split {
		d.note(pkt)
	}
	return u, true
}

// wound notes what the packets missing before one mean for its picture and the one before.
func (d *depacketizer) wound(stamp uint32, lost bool) {
	switch {
	case !d.begun || stamp != d.picture:
		d.held = wounds{torn: d.now.torn || lost, cut: d.now.cut}
		d.now = wounds{cut: lost}
		d.begun, d.picture = true, stamp
		if lost && d.pending && d.forget != nil {
			d.forget() // the end of that picture is missing, and the library would take this one for it
			d.pending = false
		}
	case lost:
		d.now.torn = true
	}
}

// startsAt reports whether a decoder would start at a unit that it takes for whole. A JPEG that is not is never put
// together.
func (d *depacketizer) startsAt(nalus [][]byte) bool {
	return d.codec != MJPEG && IsKey(d.codec, nalus)
}

// hasHead reports whether the first slice that came of a picture is its first one (ITU-T H.264, 7.3.3,
// first_mb_in_slice; ITU-T H.265, 7.3.6.1, first_slice_segment_in_pic_flag).
func hasHead(codec Codec, nalus [][]byte) bool {
	for _, n := range nalus {
		switch {
		case codec == H264 && n[0]&0x1F >= 1 && n[0]&0x1F <= 5:
			return len(n) > 1 && n[1]&0x80 != 0
		case codec == H265 && n[0]>>1&0x3F < 32:
			return len(n) > 2 && n[2]&0x80 != 0
		}
	}
	return false
}

// note remembers what a relay wrote into a packet.
func (d *depacketizer) note(pkt *rtp.Packet) {
	if a, ok := stamped(&pkt.Header); ok {
		d.stampTS, d.aboard = pkt.Timestamp, a
	}
}

// holds tells whether the library keeps whole NAL units of the packet although it returned none: it does while it waits
// for the marker, but not while it waits for the rest of a fragmented unit.
func (d *depacketizer) holds(pkt *rtp.Packet, err error) bool {
	if !errors.Is(err, rtph264.ErrMorePacketsNeeded) && !errors.Is(err, rtph265.ErrMorePacketsNeeded) {
		return false
	}
	p := pkt.Payload
	switch {
	case d.codec == H264 && len(p) > 1 && h264.NALUType(p[0]&0x1F) == h264.NALUTypeFUA:
		return p[1]&0x40 != 0
	case d.codec == H265 && len(p) > 2 && h265.NALUType((p[0]>>1)&0x3F) == h265.NALUType_FragmentationUnit:
		return p[2]&0x40 != 0
	}
	return true
}

// clock turns a wrapping RTP time stamp into a presentation time.
func (d *depacketizer) clock(stamp uint32) time.Duration {
	if !d.started {
		d.started, d.last = true, stamp
		return 0
	}
	d.pts += time.Duration(int32(stamp-d.last)) * time.Second / clockRate
	d.last = stamp
	return d.pts
}

// nonEmpty drops empty NAL units, which some cameras send and the library's own checks would trip over.
func nonEmpty(nalus [][]byte) ([][]byte, int) {
	size, kept := 0, nalus[:0]
	for _, n := range nalus {
		if len(n) > 0 {
			kept = append(kept, n)
			size += len(n)
		}
	}
	return kept, size
}
