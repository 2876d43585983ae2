package decode

import (
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// references finds out that pictures are missing which nobody counts: a camera short of time leaves one out before its
// packets are numbered. libavcodec makes such a picture up, grey or a copy, without a word, and what is made from it is
// smeared up to the next key frame.
type references struct {
	codec  media.Codec
	sps    []byte // the newest of H.264
	at     int    // units since the last key frame
	missed int    // at which unit one was first missing in this group of pictures, 0 if none was
	before int    // the same of the group before
	same   bool   // and of the one before that
	habit  bool   // they are missing in this group as in the two before
}

// habitWithin is how far behind a key frame pictures may name references from before it, in units: decoders keep no more
// than 16 pictures (ITU-T H.264, A.3.1; ITU-T H.265, A.4.2).
const habitWithin = 16

// note notes the next unit, before it is decoded.
func (r *references) note(key bool, unit [][]byte) {
	for _, n := range unit {
		if r.codec == media.H264 && len(n) > 0 && h264.NALUType(n[0]&0x1F) == h264.NALUTypeSPS {
			r.sps = n
		}
	}
	r.at++
	if key {
		r.same, r.before = r.missed == r.before, r.missed
		r.at, r.missed, r.habit = 0, 0, false
	}
}

// missing reports whether references of the noted unit are missing, now that so many pictures were begun to decode it. A
// key frame needs none. A camera that names references which it never sends does so at the same place after each key frame: the
// third time it is believed not to need them.
func (r *references) missing(unit [][]byte, made int) bool {
	if r.at == 0 || made <= heads(r.codec, unit) || r.gapsAllowed() {
		return false
	}
	if r.missed == 0 {
		r.missed, r.habit = r.at, r.same && r.at <= habitWithin && r.at == r.before
	}
	return !r.habit
}

// gapsAllowed reports whether the stream is one of H.264 that may leave pictures out (ITU-T H.264, 7.4.2.1.1,
// gaps_in_frame_num_value_allowed_flag).
func (r *references) gapsAllowed() bool {
	var sps h264.SPS
	return r.codec == media.H264 && len(r.sps) > 0 && sps.Unmarshal(r.sps) == nil && sps.GapsInFrameNumValueAllowedFlag
}

// heads returns how many pictures, or fields, begin in a unit (ITU-T H.264, 7.3.3, first_mb_in_slice; ITU-T H.265, 7.3.6.1,
// first_slice_segment_in_pic_flag).
func heads(codec media.Codec, unit [][]byte) int {
	count := 0
	for _, n := range unit {
		switch {
		case codec == rtsp.H264 && len(n) > 1 && n[0]&0x1F >= 1 && n[0]&0x1F <= 5 && n[1]&0x80 != 0:
			count++
		case codec == rtsp.H265 && len(n) > 2 && isSlice(n) && n[2]&0x80 != 0:
			count++
		}
	}
	return count
}
