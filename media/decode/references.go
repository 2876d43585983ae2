package decode

import (
	"bytes"
	"math"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// references knows how many pictures libavcodec has a reason to begin. A camera short of time leaves one out before its
// packets are numbered, and nobody counts it: libavcodec makes such a picture up, grey or a copy, without a word, and what
// is made from it is smeared up to the next key frame. A camera that skips pictures and counts them as sent cannot be told
// from it.
type references struct {
	codec media.Codec
	sps   []byte // the newest of H.264
	gaps  bool   // it allows pictures to be left out
}

// note reads the parameter sets among NAL units (ITU-T H.264, 7.4.2.1.1, gaps_in_frame_num_value_allowed_flag).
func (r *references) note(nalus [][]byte) {
	if r.codec != media.H264 {
		return
	}
	for _, n := range nalus {
		if len(n) == 0 || h264.NALUType(n[0]&0x1F) != h264.NALUTypeSPS || bytes.Equal(n, r.sps) {
			continue
		}
		var sps h264.SPS
		r.sps, r.gaps = bytes.Clone(n), sps.Unmarshal(n) == nil && sps.GapsInFrameNumValueAllowedFlag
	}
}

// begins returns how many pictures may be begun to decode a unit. With a key frame that is decoded first, those before it
// are named and not needed.
func (r *references) begins(unit [][]byte, first bool) int {
	if r.gaps || first || r.codec == rtsp.MJPEG {
		return math.MaxInt32
	}
	return heads(r.codec, unit)
}

// heads returns how many pictures, or fields, begin in a unit.
func heads(codec media.Codec, unit [][]byte) int {
	count := 0
	for _, n := range unit {
		if _, first := rtsp.Slice(codec, n); first {
			count++
		}
	}
	return count
}
