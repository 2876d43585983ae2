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

	lost uint64   // packets lost since the last unit
	now  *picture // that packets come of, nil before the first
	held *picture // of which decode holds whole NAL units of an unfinished unit, nil when it holds none
	keys bool     // packets of a key frame came since the last unit, before this picture
	open bool     // a fragmented NAL unit has begun and not ended

	// What a relay of ours said about the unit of one timestamp.
	stampTS uint32
	aboard  Aboard

	// taken tells the camera's time at an RTP timestamp, zero if unknown; nil when it is never known.
	taken func(stamp uint32) time.Time
}

// picture is what the packets of one time stamp make, and what loss has done to it.
type picture struct {
	stamp uint32 // of RTP
	key   bool   // packets of a key frame came of it, and are in no unit yet
	torn  bool   // packets of it are missing
	cut   bool   // packets are missing before the first one that came of it
	lost  uint64 // packets lost from the last unit to its end, once another picture has begun
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
	d.turn(pkt.Timestamp, d.missing(pkt.Payload, lost))
	nalus, err := d.decode(pkt)
	if err != nil {
		if d.holds(pkt, err) {
			d.join()
			d.held = d.now
		}
		d.note(pkt)
		return Unit{}, false
	}
	// A camera that never sets the marker is cut by time stamp: the unit belongs to the packets before this one, perhaps to
	// those before a picture of which nothing was whole. The library does not do that with H.265, where a unit without
	// marker comes out together with the next.
	of := d.now
	split := d.codec == H264 && d.held != nil && d.held.stamp != pkt.Timestamp
	if split {
		of, d.held = d.held, d.now
		defer d.note(pkt)
	} else {
		d.join()
		d.held = nil
		d.note(pkt)
	}
	nalus, size := nonEmpty(nalus)
	if len(nalus) == 0 || of.torn && d.startsAt(nalus) || of.cut && d.startsAt(nalus) && !hasHead(d.codec, nalus) {
		return Unit{}, false
	}
	u := Unit{
		NALUs: nalus, Size: size, Key: IsKey(d.codec, nalus), PTS: d.clock(of.stamp), Arrived: now, Lost: d.lost,
	}
	if split {
		u.Lost = of.lost // what was lost since is of the next unit
	}
	u.TornKey = (d.keys || of.key) && !u.Key
	if d.stampTS == of.stamp {
		u.Behind, u.Late, u.Taken, u.Relayed = d.aboard.Behind, d.aboard.Late, d.aboard.Taken, d.aboard.Relayed
	}
	if u.Taken.IsZero() && d.taken != nil {
		u.Taken = d.taken(of.stamp)
	}
	d.lost, d.keys, of.key, d.aboard = d.lost-u.Lost, false, false, Aboard{}
	return u, true
}

// missing returns how many packets are missing before one with this payload, so many as far as the numbers tell: fragments
// that were never made leave no gap in them.
func (d *depacketizer) missing(payload []byte, lost uint64) uint64 {
	begins, ends := fragment(d.codec, payload)
	if d.open == begins && d.now != nil {
		lost = max(lost, 1)
	}
	d.open = !ends
	return lost
}

// fragment reports whether a packet begins a NAL unit or several, and whether it ends what it holds: fragments of one may
// do neither (RFC 6184, 5.8; RFC 7798, 4.4.3). Packets of JPEG count as whole, the library puts them together by offsets.
func fragment(codec Codec, p []byte) (begins, ends bool) {
	switch {
	case codec == H264 && len(p) > 1 && h264.NALUType(p[0]&0x1F) == h264.NALUTypeFUA:
		return p[1]&0x80 != 0, p[1]&0x40 != 0
	case codec == H265 && len(p) > 2 && h265.NALUType(p[0]>>1&0x3F) == h265.NALUType_FragmentationUnit:
		return p[2]&0x80 != 0, p[2]&0x40 != 0
	}
	return true, true
}

// turn notes which picture a packet is of, and what the packets missing before it mean for that and the one before.
func (d *depacketizer) turn(stamp uint32, lost uint64) {
	d.lost += lost
	switch {
	case d.now != nil && d.now.stamp == stamp:
		d.now.torn = d.now.torn || lost > 0
		return
	case d.now != nil:
		d.now.torn, d.now.lost, d.keys = d.now.torn || lost > 0, d.lost, d.keys || d.now.key
	}
	switch {
	case d.held == nil || d.forget == nil:
	case lost > 0:
		d.forget() // the end of that picture is missing, and the library would take this one for it
		d.held = nil
	default:
		d.held.torn = d.held.torn || d.now.torn // they come out together
	}
	d.now = &picture{stamp: stamp, cut: lost > 0}
}

// join makes one of what decode holds and the picture that packets come of: they come out together.
func (d *depacketizer) join() {
	if d.held != nil {
		d.now.torn, d.now.cut = d.now.torn || d.held.torn, d.now.cut || d.held.cut
	}
}

// startsAt reports whether a decoder would start at a unit that it takes for whole. A JPEG that is not is never put
// together.
func (d *depacketizer) startsAt(nalus [][]byte) bool {
	return d.codec != MJPEG && IsKey(d.codec, nalus)
}

// hasHead reports whether the first slice that came of a picture is its first one.
func hasHead(codec Codec, nalus [][]byte) bool {
	for _, n := range nalus {
		if is, first := Slice(codec, n); is {
			return first
		}
	}
	return false
}

// note remembers that a packet is of a key frame, and what a relay wrote into it.
func (d *depacketizer) note(pkt *rtp.Packet) {
	d.now.key = d.now.key || ofKey(d.codec, pkt.Payload)
	if a, ok := stamped(&pkt.Header); ok {
		d.stampTS, d.aboard = pkt.Timestamp, a
	}
}

// ofKey reports whether a packet holds a slice of a key frame, or a fragment of one, alone (RFC 6184, 5.6 and 5.8; RFC
// 7798, 4.4.1 and 4.4.3).
func ofKey(codec Codec, payload []byte) bool {
	switch {
	case codec == H264 && len(payload) > 1 && h264.NALUType(payload[0]&0x1F) == h264.NALUTypeFUA:
		return h264.NALUType(payload[1]&0x1F) == h264.NALUTypeIDR
	case codec == H265 && len(payload) > 2 && h265.NALUType(payload[0]>>1&0x3F) == h265.NALUType_FragmentationUnit:
		return IsKey(H265, [][]byte{{payload[2] & 0x3F << 1}})
	}
	return codec != MJPEG && IsKey(codec, [][]byte{payload})
}

// holds tells whether the library keeps whole NAL units of the packet although it returned none: it does while it waits
// for the marker, but not while it waits for the rest of a fragmented unit.
func (d *depacketizer) holds(pkt *rtp.Packet, err error) bool {
	if !errors.Is(err, rtph264.ErrMorePacketsNeeded) && !errors.Is(err, rtph265.ErrMorePacketsNeeded) {
		return false
	}
	_, ends := fragment(d.codec, pkt.Payload)
	return ends
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
