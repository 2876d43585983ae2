package decode

import (
	"errors"
	"fmt"
	"time"

	"iocwall/media"
	"iocwall/media/rtsp"
)

// Limits of patience with hardware in mid-stream.
const (
	guardFailures = 3  // failures without a picture between them, of units that may be the stream's own fault
	guardSilence  = 60 // units in a row without a picture and without an error
)

// guard decodes on a device and goes over to software when the device fails. A key frame that fails on the device and
// decodes in software proves that the device is to blame; other failures may be the stream's, so they are counted.
type guard struct {
	inner media.Decoder
	opts  media.DecoderOptions
	name  string

	soft            bool
	waiting         bool // for a key frame, after going over
	failures, quiet int
}

// newGuard opens a decoder on a device, or in software if that fails.
func newGuard(name string, b backend, opts media.DecoderOptions) (media.Decoder, error) {
	inner, err := b.Open(opts)
	if err == nil {
		return &guard{inner: inner, opts: opts, name: name}, nil
	}
	if inner, err = New(opts); err != nil {
		return nil, err
	}
	return &guard{inner: inner, opts: opts, name: fallen(name), soft: true}, nil
}

// fallen is the name of a decoder that went over to software.
func fallen(device string) string { return fmt.Sprintf("%s (%s failed)", software, device) }

// Decode implements media.Decoder.
func (g *guard) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	key := g.opts.Codec == rtsp.MJPEG || rtsp.IsKey(g.opts.Codec, unit)
	if g.soft {
		if g.waiting && !key {
			return media.Decoded{}, false, nil
		}
		g.waiting = false
		return g.inner.Decode(unit, pts)
	}
	pic, ok, err := g.inner.Decode(unit, pts)
	switch {
	case ok:
		g.failures, g.quiet = 0, 0
	case err == nil:
		if g.quiet++; g.quiet >= guardSilence {
			return g.goOver(unit, pts, key, fmt.Errorf("decode: %s gave no picture in %d units", g.name, g.quiet))
		}
	case errors.Is(err, media.ErrMissing):
	case key:
		if soft, pic, ok, good := g.prove(unit, pts); good {
			g.replace(soft)
			return pic, ok, nil
		}
	default:
		if g.failures++; g.failures >= guardFailures {
			return g.goOver(unit, pts, key, err)
		}
	}
	return pic, ok, err
}

// prove decodes a key frame in software. good is false when that fails too: then the stream is to blame.
func (g *guard) prove(unit [][]byte, pts time.Duration) (soft media.Decoder, pic media.Decoded, ok, good bool) {
	soft, err := New(g.opts)
	if err != nil {
		return nil, media.Decoded{}, false, false
	}
	if pic, ok, err = soft.Decode(unit, pts); err != nil {
		soft.Close()
		return nil, media.Decoded{}, false, false
	}
	return soft, pic, ok, true
}

// goOver opens a software decoder, which begins at the next key frame: this one if it is one.
func (g *guard) goOver(unit [][]byte, pts time.Duration, key bool, cause error) (media.Decoded, bool, error) {
	soft, err := New(g.opts)
	if err != nil {
		return media.Decoded{}, false, cause
	}
	g.replace(soft)
	if key {
		return soft.Decode(unit, pts)
	}
	g.waiting = true
	return media.Decoded{}, false, cause
}

// replace puts the software decoder in the device's place.
func (g *guard) replace(soft media.Decoder) {
	g.inner.Close()
	g.inner, g.soft, g.name = soft, true, fallen(g.name)
}

// Flush implements media.Decoder.
func (g *guard) Flush() { g.inner.Flush() }

// Render implements media.Decoder.
func (g *guard) Render(v media.View) (media.Picture, error) { return g.inner.Render(v) }

// Name implements media.Decoder.
func (g *guard) Name() string { return g.name }

// Close implements media.Decoder.
func (g *guard) Close() { g.inner.Close() }
