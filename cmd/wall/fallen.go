package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/media"
	"iocwall/ui/signal"
)

// fallen counts the open decoders that went over to software since their device
// failed: the test at the start cannot foresee that, and the computer may then show
// fewer cameras than was measured. The zero value is ready.
type fallen struct {
	mu   sync.Mutex
	open map[fall]int
}

// fall is what went over from where.
type fall struct {
	device string
	codec  media.Codec
}

// watch returns the decoder, watched until it is closed.
func (f *fallen) watch(d media.Decoder, codec media.Codec) media.Decoder {
	w := &watched{Decoder: d, all: f, codec: codec}
	w.look()
	return w
}

// problem tells what is decoded in software though a device should.
func (f *fallen) problem() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	streams := map[string][]string{}
	for _, k := range slices.SortedFunc(maps.Keys(f.open), func(a, b fall) int { return strings.Compare(string(a.codec), string(b.codec)) }) {
		streams[k.device] = append(streams[k.device], fmt.Sprintf("%d × %s", f.open[k], k.codec))
	}
	var errs []error
	for _, device := range slices.Sorted(maps.Keys(streams)) {
		errs = append(errs, fmt.Errorf("%s failed while cameras played; the processor decodes instead: %s", device, strings.Join(streams[device], ", ")))
	}
	return errors.Join(errs...)
}

// count notes that one more went over, or that it was closed.
func (f *fallen) count(k fall, by int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open == nil {
		f.open = map[fall]int{}
	}
	if f.open[k] += by; f.open[k] == 0 {
		delete(f.open, k)
	}
}

// watched is a decoder that may go over. It belongs to its player's goroutine.
type watched struct {
	media.Decoder
	all   *fallen
	codec media.Codec
	fell  *fall // nil while it did not, or after it was closed
}

// look notes it when the decoder has gone over, which it does once.
func (w *watched) look() {
	if w.fell != nil {
		return
	}
	if device, ok := signal.Fallen(w.Name()); ok {
		w.fell = &fall{device, w.codec}
		w.all.count(*w.fell, 1)
	}
}

// Decode implements media.Decoder.
func (w *watched) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	pic, ok, err := w.Decoder.Decode(unit, pts)
	w.look()
	return pic, ok, err
}

// Close implements media.Decoder.
func (w *watched) Close() {
	if w.fell != nil {
		w.all.count(*w.fell, -1)
		w.fell = nil
	}
	w.Decoder.Close()
}
