// Package decode turns the access units of a camera into pictures with libavcodec and libswscale. It is the only cgo of
// the media packages and builds on FFmpeg 5.1 and newer.
//
// A decoder has one thread of its own, for which its caller's goroutine waits: frame threads would add a frame of delay
// each. Decoding and
// rendering are apart, so that a caller in a hurry decodes pictures it will not show, and so that one decoded picture
// serves many views. New decodes in software; SelfTest finds out what the computer's hardware can be trusted with, and
// its Support.Factory decodes there, with a way back to software.
package decode

/*
#cgo pkg-config: libavcodec libavutil libswscale
#cgo CFLAGS: -O2
#cgo LDFLAGS: -lm -lpthread
#include "libav.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"image"
	"os"
	"syscall"
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

// patience is how long hardware may take for one unit. A driver that hangs for longer does not come back.
const patience = 3 * time.Second

// decoder implements media.Decoder.
type decoder struct {
	c      *C.wall_decoder
	worker *C.wall_worker
	slot   *C.wall_slot // the worker's, once there was a unit
	todo   C.int        // the worker's: tells it that there is a unit
	done   *os.File     // readable when the worker is done
	codec  media.Codec
	behind int // bytes of ones behind each slice
	name   string
	refs   references
	begun  bool // a unit was decoded since the pictures were forgotten

	pixels   int           // of the newest picture
	patience time.Duration // 0 for ever
	hung     bool
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
	d := &decoder{codec: opts.Codec, behind: overrun(opts.Codec), name: software, refs: references{codec: opts.Codec}}
	d.refs.note(opts.Parameters)
	var handle *C.wall_device
	if on != nil {
		d.name, handle, d.patience, d.behind = on.kind, on.c, patience, 0
	}
	var extra *C.uint8_t
	var params []byte
	if opts.Codec != rtsp.MJPEG {
		if params = make([]byte, size(opts.Codec, opts.Parameters, 0)); len(params) > 0 {
			join(params, opts.Codec, opts.Parameters, 0)
			extra = (*C.uint8_t)(unsafe.Pointer(&params[0]))
		}
	}
	rc := C.wall_open(&d.c, id, extra, C.int(len(params)), handle)
	if rc >= 0 {
		var fd C.int
		if rc = C.wall_worker_open(&d.worker, d.c, &fd, &d.todo); rc >= 0 {
			d.done = os.NewFile(uintptr(fd), "decoder")
		}
	}
	if rc < 0 {
		d.Close()
		if on != nil {
			return nil, fmt.Errorf("no decoder for %s: %s", opts.Codec, words(rc))
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

// Decode implements media.Decoder.
func (d *decoder) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	if d.c == nil || d.hung {
		return media.Decoded{}, false, ErrClosed
	}
	if d.codec == rtsp.MJPEG {
		if err := checkJPEG(unit); err != nil {
			return media.Decoded{}, false, err
		}
	}
	d.refs.note(unit)
	err := d.feed(unit, pts)
	if err == nil && d.slot.rc == C.WALL_MISSING && rtsp.IsKey(d.codec, unit) {
		// Pictures before a key frame are needed by those behind it that are shown before it. With it as the first one
		// libavcodec leaves these out.
		d.Flush()
		err = d.feed(unit, pts)
	}
	if err != nil {
		return media.Decoded{}, false, err
	}
	rc, pic := d.slot.rc, d.slot.out
	switch {
	case rc < 0:
		d.Flush()
		return media.Decoded{}, false, fmt.Errorf("decode: %s: %w", d.codec, fault(rc))
	case pic.count == 0:
		return media.Decoded{}, false, nil
	}
	d.pixels = int(pic.width) * int(pic.height)
	return media.Decoded{
		PTS: time.Duration(pic.pts), Frames: int(pic.count), Source: image.Pt(int(pic.width), int(pic.height)),
		Print: uint64(pic.print),
	}, true, nil
}

// fault is the error for a code.
func fault(rc C.int) error {
	switch rc {
	case C.WALL_CORRUPT:
		return ErrCorrupt
	case C.WALL_MISSING:
		return media.ErrMissing
	}
	return errors.New(words(rc))
}

// feed has a unit decoded; what came of it is in the slot.
func (d *decoder) feed(unit [][]byte, pts time.Duration) error {
	total := size(d.codec, unit, d.behind)
	if total == 0 || total > maxUnit {
		return fmt.Errorf("decode: an access unit of %d bytes is out of range", total)
	}
	if d.slot == nil || int(d.slot.room) < total {
		if d.slot = C.wall_worker_slot(d.worker, C.int(total)); d.slot == nil {
			return fmt.Errorf("decode: no memory for an access unit of %d bytes", total)
		}
	}
	join(unsafe.Slice((*byte)(d.slot.data), total), d.codec, unit, d.behind)
	d.slot.len, d.slot.pts, d.slot.begins = C.int(total), C.int64_t(pts), C.int(d.refs.begins(unit, !d.begun))
	d.begun = true
	return d.run()
}

// Flush implements media.Decoder.
func (d *decoder) Flush() {
	if d.c != nil && !d.hung {
		C.wall_flush(d.c)
		d.begun = false
	}
}

// small is the size in pixels of pictures, up to which a thread of their own costs more than it saves.
const small = 1 << 19

// run has the unit in the slot decoded: on the caller's thread where that is over soon.
func (d *decoder) run() error {
	if d.patience == 0 && d.pixels > 0 && d.pixels <= small {
		C.wall_worker_run(d.worker)
		return nil
	}
	one := uint64(1)
	if _, errno := raw(syscall.SYS_WRITE, uintptr(d.todo), &one); errno != 0 {
		d.hung = true
		return fmt.Errorf("decode: %s takes no unit: %w", d.name, errno)
	}
	return d.wait()
}

// raw reads or writes a descriptor of eight bytes past the scheduler: it never blocks, and an announced call would wake
// Go's monitor each time.
func raw(call, fd uintptr, value *uint64) (n uintptr, errno syscall.Errno) {
	for {
		n, _, errno = syscall.RawSyscall(call, fd, uintptr(unsafe.Pointer(value)), unsafe.Sizeof(*value))
		if errno != syscall.EINTR {
			return n, errno
		}
	}
}

// wait returns when the worker is done, or when hardware has hung for too long: then the decoder is of no more use.
func (d *decoder) wait() error {
	if d.patience > 0 {
		d.done.SetReadDeadline(time.Now().Add(d.patience)) //nolint:errcheck // without it a driver could hang us, no more
	}
	conn, err := d.done.SyscallConn()
	if err == nil {
		var failed syscall.Errno
		err = conn.Read(func(fd uintptr) bool {
			var count uint64
			_, failed = raw(syscall.SYS_READ, fd, &count)
			return failed != syscall.EAGAIN
		})
		if err == nil && failed != 0 {
			err = failed
		}
	}
	if err != nil {
		d.hung = true
		return fmt.Errorf("decode: %s does not answer: %w", d.name, err)
	}
	return nil
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

// Close implements media.Decoder. Closing twice does no harm. What hangs in a driver cannot be freed and stays behind.
func (d *decoder) Close() {
	if d.hung {
		return
	}
	C.wall_worker_close(d.worker)
	C.wall_close(d.c)
	if d.done != nil {
		d.done.Close() //nolint:errcheck // nothing was written
	}
	d.c, d.worker, d.slot, d.done = nil, nil, nil, nil
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
