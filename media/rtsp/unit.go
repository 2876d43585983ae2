package rtsp

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/bluenviron/gortsplib/v4/pkg/format"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
	"github.com/pion/rtp"
)

// clockRate is the RTP clock of H.264 and H.265 (RFC 6184 §8.2.1, RFC 7798 §7.1), in Hz.
const clockRate = 90000

// behindProfile marks the RTP header extension (RFC 3550 §5.3.1) in which a relay of ours tells how long a cached unit
// has waited: one 32-bit word, milliseconds. Other readers skip what they do not know.
const behindProfile = 0x4957

// SetBehind writes the time a packet's unit has waited into its header; negative durations count as 0.
func SetBehind(h *rtp.Header, d time.Duration) {
	var word [4]byte
	binary.BigEndian.PutUint32(word[:], uint32(min(max(0, d.Milliseconds()), 1<<31)))
	h.Extension = true
	h.ExtensionProfile = behindProfile
	h.Extensions = nil
	h.SetExtension(0, word[:]) //nolint:errcheck // cannot fail for this profile and size
}

// behind reads what SetBehind wrote.
func behind(h *rtp.Header) time.Duration {
	if !h.Extension || h.ExtensionProfile != behindProfile {
		return 0
	}
	word := h.GetExtension(0)
	if len(word) != 4 {
		return 0
	}
	return time.Duration(binary.BigEndian.Uint32(word)) * time.Millisecond
}

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

// Describe reads picture size in pixels and declared frame rate from the parameter sets among nalus; zeros if there is
// no readable SPS.
func Describe(codec Codec, nalus [][]byte) (width, height int, fps float64) {
	for _, n := range nalus {
		switch {
		case codec == H264 && IsParameterSet(codec, n) && h264.NALUType(n[0]&0x1F) == h264.NALUTypeSPS:
			var sps h264.SPS
			if sps.Unmarshal(n) == nil {
				return sps.Width(), sps.Height(), sps.FPS()
			}
		case codec == H265 && IsParameterSet(codec, n) && h265.NALUType((n[0]>>1)&0x3F) == h265.NALUType_SPS_NUT:
			var sps h265.SPS
			if sps.Unmarshal(n) == nil {
				return sps.Width(), sps.Height(), sps.FPS()
			}
		}
	}
	return 0, 0, 0
}

// IsParameterSet reports whether nalu is a VPS, SPS or PPS of the codec.
func IsParameterSet(codec Codec, nalu []byte) bool {
	if len(nalu) < 2 {
		return false
	}
	if codec == H264 {
		t := h264.NALUType(nalu[0] & 0x1F)
		return t == h264.NALUTypeSPS || t == h264.NALUTypePPS
	}
	t := h265.NALUType((nalu[0] >> 1) & 0x3F)
	return t == h265.NALUType_VPS_NUT || t == h265.NALUType_SPS_NUT || t == h265.NALUType_PPS_NUT
}

// IsKey reports whether decoding can start at this access unit.
func IsKey(codec Codec, nalus [][]byte) bool {
	for _, n := range nalus {
		if len(n) == 0 {
			continue
		}
		if codec == H264 {
			if h264.NALUType(n[0]&0x1F) == h264.NALUTypeIDR {
				return true
			}
			continue
		}
		switch t := h265.NALUType((n[0] >> 1) & 0x3F); {
		case t >= h265.NALUType_BLA_W_LP && t <= h265.NALUType_CRA_NUT:
			return true
		}
	}
	return false
}

// depacketizer puts access units together. One goroutine uses it.
type depacketizer struct {
	codec  Codec
	decode func(*rtp.Packet) ([][]byte, error)

	started bool
	last    uint32        // RTP timestamp of the last unit
	pts     time.Duration // its presentation time

	pending   bool   // packets of an unfinished unit are held by decode
	pendingTS uint32 // their RTP timestamp
	lost      uint64 // packets lost since the last unit
	behind    time.Duration
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
	default:
		return d, errUnsupported
	}
	return d, nil
}

// add takes the next packet and returns the unit that it completes.
func (d *depacketizer) add(pkt *rtp.Packet, now time.Time, lost uint64) (Unit, bool) {
	d.lost += lost
	if b := behind(&pkt.Header); b > 0 {
		d.behind = b
	}
	stamp := pkt.Timestamp
	if d.pending {
		stamp = d.pendingTS
	}
	nalus, err := d.decode(pkt)
	if err != nil || len(nalus) == 0 {
		if !d.pending {
			d.pending, d.pendingTS = true, pkt.Timestamp
		}
		return Unit{}, false
	}
	// A camera that never sets the marker is cut by time stamp: the unit belongs to the packets before this one.
	split := d.pending && d.pendingTS != pkt.Timestamp
	if d.pending, d.pendingTS = split, pkt.Timestamp; !split {
		stamp = pkt.Timestamp
	}
	nalus, size := nonEmpty(nalus)
	if len(nalus) == 0 {
		return Unit{}, false
	}
	u := Unit{
		NALUs: nalus, Size: size, Key: IsKey(d.codec, nalus), PTS: d.clock(stamp),
		Arrived: now, Lost: d.lost, Behind: d.behind,
	}
	d.lost, d.behind = 0, 0
	return u, true
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

// Sets returns the first VPS, SPS and PPS among nalus, nil where there is none; H.264 has no VPS.
func Sets(codec Codec, nalus [][]byte) (vps, sps, pps []byte) {
	put := func(at *[]byte, n []byte) {
		if *at == nil {
			*at = n
		}
	}
	for _, n := range nalus {
		if !IsParameterSet(codec, n) {
			continue
		}
		if codec == H264 {
			if h264.NALUType(n[0]&0x1F) == h264.NALUTypeSPS {
				put(&sps, n)
			} else {
				put(&pps, n)
			}
			continue
		}
		switch h265.NALUType((n[0] >> 1) & 0x3F) {
		case h265.NALUType_VPS_NUT:
			put(&vps, n)
		case h265.NALUType_SPS_NUT:
			put(&sps, n)
		default:
			put(&pps, n)
		}
	}
	return vps, sps, pps
}
