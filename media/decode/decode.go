// Package decode turns the access units of a camera into pictures with libavcodec and libswscale. It is the only cgo of
// the media packages and builds on FFmpeg 5.1 and newer.
//
// A decoder runs on its caller's goroutine and on one thread: frame threads would add a frame of delay each. Decoding and
// rendering are apart, so that a caller in a hurry decodes pictures it will not show, and so that one decoded picture
// serves many views. New decodes in software; SelfTest finds out what the computer's hardware can be trusted with, and
// its Support.Factory decodes there, with a way back to software.
package decode

/*
#cgo pkg-config: libavcodec libavutil libswscale
#cgo CFLAGS: -O2
#cgo LDFLAGS: -lm
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
	"iocwall/media/rtsp"
)

// ErrCorrupt is wrapped by errors of Decode when a picture came out damaged. It must not be shown.
var ErrCorrupt = errors.New("the picture is damaged")

// ErrClosed is returned by Decode after Close.
var ErrClosed = errors.New("decode: the decoder is closed")

// maxUnit bounds an access unit, in bytes; the largest key frames in the field are some 3 MiB.
const maxUnit = 32 << 20

// software is the name of decoders without hardware.
const software = "software"

var startCode = []byte{0, 0, 0, 1}

// decoder implements media.Decoder.
type decoder struct {
	c     *C.wall_decoder
	codec media.Codec
	name  string
	buf   []byte // the unit with start codes and padding, reused
}

var _ media.DecoderFactory = New

// New makes a software decoder. It is a media.DecoderFactory. The caller must Close what it returns: the memory is
// libavcodec's and no finaliser frees it.
func New(opts media.DecoderOptions) (media.Decoder, error) {
	return open(opts, nil)
}

// open makes a decoder on a device, in software if it is nil.
func open(opts media.DecoderOptions, on *device) (media.Decoder, error) {
	id, err := codecID(opts.Codec)
	if err != nil {
		return nil, err
	}
	d := &decoder{codec: opts.Codec, name: software}
	var handle *C.wall_device
	if on != nil {
		d.name, handle = on.kind, on.c
	}
	var extra *C.uint8_t
	n := 0
	if opts.Codec != rtsp.MJPEG {
		if n = d.join(opts.Parameters); n > 0 {
			extra = (*C.uint8_t)(unsafe.Pointer(&d.buf[0]))
		}
	}
	if rc := C.wall_open(&d.c, id, extra, C.int(n), handle); rc < 0 {
		if on != nil {
			return nil, fmt.Errorf("decode: open %s for %s: %s", on.kind, opts.Codec, words(rc))
		}
		return nil, fmt.Errorf("decode: open a decoder for %s: %s; check that libavcodec has one", opts.Codec, words(rc))
	}
	return d, nil
}

// codecID returns the number of a codec in C.
func codecID(c media.Codec) (C.int, error) {
	switch c {
	case media.H264:
		return C.WALL_H264, nil
	case media.H265:
		return C.WALL_H265, nil
	case rtsp.MJPEG:
		return C.WALL_MJPEG, nil
	}
	return 0, fmt.Errorf("decode: codec %q is not supported; use h264, h265 or mjpeg", c)
}

// join writes the NAL units with start codes and padding into buf and returns their length without the padding.
func (d *decoder) join(nalus [][]byte) int {
	d.buf = d.buf[:0]
	for _, n := range nalus {
		if len(n) > 0 {
			if d.codec != rtsp.MJPEG {
				d.buf = append(d.buf, startCode...)
			}
			d.buf = append(d.buf, n...)
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
	if d.codec == rtsp.MJPEG {
		if err := checkJPEG(unit); err != nil {
			return media.Decoded{}, false, err
		}
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
		Print: uint64(pic.print),
	}, true, nil
}

// checkJPEG refuses what is not one whole JPEG: libavcodec decodes many a torso without complaint. Some cameras pad with
// zeros after the end marker.
func checkJPEG(unit [][]byte) error {
	if len(unit) != 1 {
		return fmt.Errorf("decode: mjpeg: a unit of %d parts; one whole JPEG is wanted", len(unit))
	}
	jpeg := unit[0]
	n := len(jpeg)
	for n > 0 && jpeg[n-1] == 0 {
		n--
	}
	if n < 4 || jpeg[0] != 0xFF || jpeg[1] != 0xD8 || jpeg[n-2] != 0xFF || jpeg[n-1] != 0xD9 {
		return fmt.Errorf("decode: mjpeg: a JPEG without its beginning or end: %w", ErrCorrupt)
	}
	return nil
}

// Name implements media.Decoder.
func (d *decoder) Name() string { return d.name }

// Close implements media.Decoder. Closing twice does no harm.
func (d *decoder) Close() {
	C.wall_close(d.c)
	d.c = nil
	d.buf = nil
}

// words returns the text for a code.
func words(rc C.int) string {
	switch rc {
	case C.WALL_NO_CONFIG:
		return "it does not decode this codec"
	case C.WALL_NO_FORMAT:
		return "it refuses this kind of stream"
	case C.WALL_NO_TYPE:
		return "libavcodec was built without it"
	}
	var buf [128]C.char
	C.wall_error(rc, &buf[0], C.int(len(buf)))
	return C.GoString(&buf[0])
}
