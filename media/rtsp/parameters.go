package rtsp

import (
	"bytes"
	"cmp"
	"image/jpeg"
	"slices"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"
	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h265"
)

// Describe reads picture size in pixels and declared frame rate from the parameter sets among nalus, or from the header
// of a JPEG picture; zeros if there is none that can be read.
func Describe(codec Codec, nalus [][]byte) (width, height int, fps float64) {
	if codec == MJPEG {
		if len(nalus) == 0 {
			return 0, 0, 0
		}
		c, err := jpeg.DecodeConfig(bytes.NewReader(nalus[0]))
		if err != nil {
			return 0, 0, 0
		}
		return c.Width, c.Height, 0
	}
	for _, n := range nalus {
		switch {
		case codec == H264 && IsParameterSet(codec, n) && h264.NALUType(n[0]&0x1F) == h264.NALUTypeSPS:
			var sps h264.SPS
			if sps.Unmarshal(n) == nil {
				return plausible(sps.Width(), sps.Height(), sps.FPS())
			}
		case codec == H265 && IsParameterSet(codec, n) && h265.NALUType((n[0]>>1)&0x3F) == h265.NALUType_SPS_NUT:
			var sps h265.SPS
			if sps.Unmarshal(n) == nil {
				return plausible(sps.Width(), sps.Height(), sps.FPS())
			}
		}
	}
	return 0, 0, 0
}

// Bounds of what is believed: the largest level of either codec has sides of less than maxSide pixels, and no camera of a
// centre sends more than maxRate frames a second.
const (
	maxSide = 16384
	maxRate = 1000
)

// plausible returns size and rate as parameter sets declare them, zeros for what cannot be: those come from the network.
func plausible(width, height int, fps float64) (int, int, float64) {
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide {
		width, height = 0, 0
	}
	if !(fps > 0 && fps <= maxRate) { // not a number either
		fps = 0
	}
	return width, height, fps
}

// IsParameterSet reports whether nalu is a VPS, SPS or PPS of the codec; MJPEG has none.
func IsParameterSet(codec Codec, nalu []byte) bool {
	if len(nalu) < 2 || codec == MJPEG {
		return false
	}
	if codec == H264 {
		t := h264.NALUType(nalu[0] & 0x1F)
		return t == h264.NALUTypeSPS || t == h264.NALUTypePPS
	}
	t := h265.NALUType((nalu[0] >> 1) & 0x3F)
	return t == h265.NALUType_VPS_NUT || t == h265.NALUType_SPS_NUT || t == h265.NALUType_PPS_NUT
}

// Slice reports whether a NAL unit is a slice, and whether it is the first one of its picture (ITU-T H.264, table 7-1 and
// 7.3.3, first_mb_in_slice; ITU-T H.265, table 7-1 and 7.3.6.1, first_slice_segment_in_pic_flag). MJPEG has none.
func Slice(codec Codec, nalu []byte) (is, first bool) {
	switch {
	case len(nalu) == 0:
	case codec == H264:
		t := nalu[0] & 0x1F
		is = t >= 1 && t <= 5
		first = is && len(nalu) > 1 && nalu[1]&0x80 != 0
	case codec == H265:
		is = nalu[0]>>1&0x3F < 32
		first = is && len(nalu) > 2 && nalu[2]&0x80 != 0
	}
	return is, first
}

// IsKey reports whether decoding can start at this access unit; with MJPEG it always can.
func IsKey(codec Codec, nalus [][]byte) bool {
	if codec == MJPEG {
		return len(nalus) > 0
	}
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

// MergeSets returns the parameter sets known after those among nalus were seen: of each kind that occurs the new ones
// count, of the others the old ones. Neither argument is changed. The result is old itself when nothing is new.
func MergeSets(codec Codec, old, nalus [][]byte) [][]byte {
	var fresh [][]byte
	var kinds [64]bool
	for _, n := range nalus {
		if IsParameterSet(codec, n) {
			fresh = append(fresh, n)
			kinds[kindOf(codec, n)] = true
		}
	}
	if len(fresh) == 0 {
		return old
	}
	var kept [][]byte
	for _, n := range old {
		if !kinds[kindOf(codec, n)] {
			kept = append(kept, n)
		}
	}
	// In the order VPS, SPS, PPS, in which decoders need them: it is that of their numbers in both codecs.
	out := append(kept, fresh...)
	slices.SortStableFunc(out, func(a, b []byte) int { return cmp.Compare(kindOf(codec, a), kindOf(codec, b)) })
	if slices.EqualFunc(out, old, bytes.Equal) {
		return old
	}
	return out
}

// kindOf returns the type of a NAL unit that is not empty.
func kindOf(codec Codec, nalu []byte) int {
	if codec == H264 {
		return int(nalu[0] & 0x1F)
	}
	return int((nalu[0] >> 1) & 0x3F)
}
