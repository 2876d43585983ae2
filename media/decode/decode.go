// Package decode turns the access units of a camera into pictures with libavcodec and libswscale. It is the only cgo of
// the media packages and builds on FFmpeg 5.1 and newer.
//
// A decoder runs on its caller's goroutine and on one thread: frame threads would add a frame of delay each. Decoding and
// converting are apart, so that a caller in a hurry decodes pictures it will not show; this is also where a hardware
// decoder would hand down its picture and where another pixel layout would be produced.
package decode

/*
#cgo pkg-config: libavcodec libavutil libswscale
#cgo CFLAGS: -O2
#include "libav.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"time"
	"unsafe"

	"iocwall/media"
)

// ErrCorrupt is wrapped by errors of Decode when a picture came out damaged. It must not be shown.
var ErrCorrupt = errors.New("the picture is damaged")

// ErrClosed is returned by Decode after Close.
var ErrClosed = errors.New("decode: the decoder is closed")

// maxUnit bounds an access unit, in bytes; the largest key frames in the field are some 3 MiB.
const maxUnit = 32 << 20

// maxSide bounds a converted picture in each direction, in pixels.
const maxSide = 16384

var startCode = []byte{0, 0, 0, 1}

// decoder implements media.Decoder.
type decoder struct {
	c     *C.wall_decoder
	codec media.Codec
	buf   []byte // the unit with start codes and padding, reused
}

var _ media.DecoderFactory = New

// New makes a software decoder. It is a media.DecoderFactory. The caller must Close what it returns: the memory is
// libavcodec's and no finaliser frees it.
func New(opts media.DecoderOptions) (media.Decoder, error) {
	var id C.int
	switch opts.Codec {
	case media.H264:
	case media.H265:
		id = 1
	default:
		return nil, fmt.Errorf("decode: codec %q is not supported; use h264 or h265", opts.Codec)
	}
	d := &decoder{codec: opts.Codec}
	n := d.join(opts.Parameters)
	var extra *C.uint8_t
	if n > 0 {
		extra = (*C.uint8_t)(unsafe.Pointer(&d.buf[0]))
	}
	if rc := C.wall_open(&d.c, id, extra, C.int(n)); rc < 0 {
		return nil, fmt.Errorf("decode: open a decoder for %s: %s; check that libavcodec has one", opts.Codec, words(rc))
	}
	return d, nil
}

// join writes the NAL units with start codes and padding into buf and returns their length without the padding.
func (d *decoder) join(nalus [][]byte) int {
	d.buf = d.buf[:0]
	for _, n := range nalus {
		if len(n) > 0 {
			d.buf = append(append(d.buf, startCode...), n...)
		}
	}
	n := len(d.buf)
	d.buf = append(d.buf, make([]byte, C.WALL_PADDING)...)
	return n
}

// Decode implements media.Decoder.
func (d *decoder) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	if d.c == nil {
		return media.Decoded{}, false, ErrClosed
	}
	total := 0
	for _, n := range unit {
		total += len(n) + len(startCode)
	}
	if total == 0 || total > maxUnit {
		return media.Decoded{}, false, fmt.Errorf("decode: an access unit of %d bytes is out of range", total)
	}
	n := d.join(unit)
	var pic C.wall_picture
	rc := C.wall_decode(d.c, (*C.uint8_t)(unsafe.Pointer(&d.buf[0])), C.int(n), C.int64_t(pts), &pic)
	switch {
	case rc == C.WALL_CORRUPT:
		C.wall_flush(d.c)
		return media.Decoded{}, false, fmt.Errorf("decode: %s: %w", d.codec, ErrCorrupt)
	case rc < 0:
		C.wall_flush(d.c)
		return media.Decoded{}, false, fmt.Errorf("decode: %s: %s", d.codec, words(rc))
	case pic.count == 0:
		return media.Decoded{}, false, nil
	}
	return media.Decoded{
		PTS: time.Duration(pic.pts), Frames: int(pic.count), Source: image.Pt(int(pic.width), int(pic.height)),
	}, true, nil
}

// Render implements media.Decoder.
func (d *decoder) Render(v media.View) (media.Picture, error) {
	switch {
	case d.c == nil:
		return media.Picture{}, ErrClosed
	case v.Empty():
		return media.Picture{}, errors.New("decode: nobody looks at an empty view; ask for a size")
	}
	img, err := d.convert(v.Size)
	return media.Picture{RGBA: img}, err
}

// Name implements media.Decoder.
func (d *decoder) Name() string { return "software" }

// convert makes an RGBA picture of the newest decoded one.
func (d *decoder) convert(size image.Point) (*image.RGBA, error) {
	if size.X > maxSide || size.Y > maxSide {
		return nil, fmt.Errorf("decode: a picture of %d×%d is too large; %d pixels a side are the limit", size.X, size.Y, maxSide)
	}
	n := 4 * size.X * size.Y
	// The scaler's vector code may write a little past the last row.
	pix := make([]byte, n+C.WALL_SLACK)
	if rc := C.wall_convert(d.c, (*C.uint8_t)(unsafe.Pointer(&pix[0])), C.int(size.X), C.int(size.Y)); rc < 0 {
		return nil, fmt.Errorf("decode: scale the picture to %d×%d: %s", size.X, size.Y, words(rc))
	}
	return &image.RGBA{Pix: pix[:n:n], Stride: 4 * size.X, Rect: image.Rectangle{Max: size}}, nil
}

// Close implements media.Decoder. Closing twice does no harm.
func (d *decoder) Close() {
	C.wall_close(d.c)
	d.c = nil
	d.buf = nil
}

// words returns libav's text for a code.
func words(rc C.int) string {
	var buf [128]C.char
	C.wall_error(rc, &buf[0], C.int(len(buf)))
	return C.GoString(&buf[0])
}
