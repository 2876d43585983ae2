package decode

import (
	"iocwall/media"
	"iocwall/media/rtsp"
)

// overrunLen is how much is put behind each slice of H.265, in bytes of ones, and why a picture of which a slice was cut
// off does not come out as if it were whole. libavcodec reads on behind the end of such a slice without a word, and what
// comes there are zeros: the likeliest of everything, up to the end of the picture. Ones lead the other way: once the
// arithmetic decoder is at the upper end of its interval, every symbol is the unlikely one, and so is the flag that ends a
// slice (ITU-T H.265, 9.3.4.3). It takes some thousand bits to get there. What is not decoded then keeps its marks, see
// marks.c. A whole slice has ended before.
const overrunLen = 8 << 10

var startCode = []byte{0, 0, 0, 1}

// overrun returns how much is to be put behind the slices of a codec that is decoded in software.
func overrun(codec media.Codec) int {
	if codec == media.H265 {
		return overrunLen
	}
	return 0
}

// size returns the length of a unit as libavcodec wants it: with start codes, and so much behind each slice.
func size(codec media.Codec, nalus [][]byte, behind int) int {
	total := 0
	for _, n := range nalus {
		if len(n) > 0 && codec != rtsp.MJPEG {
			total += len(startCode)
		}
		total += len(n)
		if is, _ := rtsp.Slice(codec, n); is {
			total += behind
		}
	}
	return total
}

// join writes a unit with start codes, and so much behind each slice, into dst, which has its size.
func join(dst []byte, codec media.Codec, nalus [][]byte, behind int) {
	for _, n := range nalus {
		if len(n) > 0 && codec != rtsp.MJPEG {
			dst = dst[copy(dst, startCode):]
		}
		dst = dst[copy(dst, n):]
		if is, _ := rtsp.Slice(codec, n); is && behind > 0 {
			fill(dst[:behind])
			dst = dst[behind:]
		}
	}
}

// fill sets all bits of at least one byte.
func fill(dst []byte) {
	dst[0] = 0xFF
	for done := 1; done < len(dst); done *= 2 {
		copy(dst[done:], dst[:done])
	}
}
