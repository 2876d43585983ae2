package decode

/*
#include <stdlib.h>
#include "libav.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"iocwall/media"
)

// device is opened hardware. Decoders on it hold it alive; it closes when nothing refers to it any more.
type device struct {
	kind string // "vaapi", "cuda", "vdpau", as libavutil names it
	c    *C.wall_device
}

// openDevice opens hardware named "kind" or "kind:path", for example "vaapi:/dev/dri/renderD129". It may hang for as long
// as a driver does.
func openDevice(name string) (backend, error) {
	kind, path, _ := strings.Cut(name, ":")
	ckind := C.CString(kind)
	defer C.free(unsafe.Pointer(ckind))
	var cpath *C.char
	if path != "" {
		cpath = C.CString(path)
		defer C.free(unsafe.Pointer(cpath))
	}
	d := &device{kind: kind}
	if rc := C.wall_device_open(&d.c, ckind, cpath); rc < 0 {
		if rc == C.WALL_NO_TYPE {
			return nil, errors.New(words(rc))
		}
		return nil, fmt.Errorf("it does not open (%s): there is no such hardware, or its driver is missing", words(rc))
	}
	runtime.AddCleanup(d, func(c *C.wall_device) { C.wall_device_close(c) }, d.c)
	return d, nil
}

// Open implements backend.
func (d *device) Open(opts media.DecoderOptions) (media.Decoder, error) {
	dec, err := open(opts, d)
	// libavcodec holds a reference of its own from here on.
	runtime.KeepAlive(d)
	return dec, err
}
