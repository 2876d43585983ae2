package capacity

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"image"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/h264"

	"iocwall/media"
)

//go:embed testdata/*.h264 testdata/*.h265
var clips embed.FS

// Options says how to measure.
type Options struct {
	// Decoder makes the decoders to measure. Required.
	Decoder media.DecoderFactory
	// Time is how long all of it takes. Default one minute, at least 100 ms for each clip.
	Time time.Duration
	// Tile is the size of the pictures to make, in pixels. Default 640×360.
	Tile image.Point
	// Progress is called a few times a second from the caller's goroutine; may be nil.
	Progress func(Progress)
}

// Progress says how far a measurement is.
type Progress struct {
	// Now is what is being measured, and Share how much of all is done, from 0 to 1.
	Now   Stream
	Share float64
	// New is a result that just came, nil between.
	New *Result
}

// clip is one embedded stream.
type clip struct {
	stream Stream
	file   string
	rates  []float64 // of the results that it gives
}

// program lists what is measured, in this order.
func program() []clip {
	var out []clip
	for _, codec := range []media.Codec{media.H264, media.H265} {
		for _, s := range []struct {
			w, h  int
			rates []float64
		}{{640, 360, []float64{12, 25}}, {1280, 720, []float64{25}}, {1920, 1080, []float64{25}}} {
			out = append(out, clip{
				Stream{Codec: codec, Width: s.w, Height: s.h, FPS: 25}, fmt.Sprintf("testdata/%d.%s", s.h, codec), s.rates,
			})
		}
	}
	return out
}

// Measure decodes and scales embedded streams on all cores, as fast as it goes, and takes about opts.Time. It uses the
// whole computer: nothing else should run beside it. When ctx ends it returns an error and nothing.
func Measure(ctx context.Context, opts Options) (Budget, error) {
	if opts.Decoder == nil {
		return Budget{}, errors.New("capacity: no decoder to measure; set Options.Decoder")
	}
	if opts.Tile.X <= 0 || opts.Tile.Y <= 0 {
		opts.Tile = image.Pt(640, 360)
	}
	if opts.Time <= 0 {
		opts.Time = time.Minute
	}
	if opts.Progress == nil {
		opts.Progress = func(Progress) {}
	}
	began := time.Now()
	b := Budget{Version: Version, Measured: began.UTC().Truncate(time.Second), Machine: here(), TileWidth: opts.Tile.X, TileHeight: opts.Tile.Y}
	all := program()
	slice := max(100*time.Millisecond, opts.Time/time.Duration(len(all)))
	for i, c := range all {
		tell := func(share float64, r *Result) {
			opts.Progress(Progress{Now: c.stream, Share: (float64(i) + share) / float64(len(all)), New: r})
		}
		fps, name, err := c.measure(ctx, opts, slice, tell)
		if err != nil {
			return Budget{}, fmt.Errorf("capacity: %s: %w", c.stream, err)
		}
		for _, rate := range c.rates {
			r := Result{Stream: c.stream, Streams: fps / rate, Decoder: name}
			r.FPS = rate
			b.Results = append(b.Results, r)
			tell(1, &r)
		}
	}
	b.Seconds = time.Since(began).Seconds()
	return b, nil
}

// measure returns how many frames of the clip a second all cores together decode and scale, and what decodes.
func (c clip) measure(ctx context.Context, opts Options, slice time.Duration, tell func(float64, *Result)) (float64, string, error) {
	units, err := c.units()
	if err != nil {
		return 0, "", err
	}
	d, err := opts.Decoder(media.DecoderOptions{Codec: c.stream.Codec})
	if err != nil {
		return 0, "", err
	}
	name := d.Name()
	d.Close()
	workers := runtime.GOMAXPROCS(0)
	if !strings.HasPrefix(name, "software") {
		workers = max(8, 2*workers) // hardware works on several streams at once, and we wait for it
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var frames atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			if err := c.work(ctx, opts, units, &frames); err != nil {
				cancel(err)
			}
		})
	}
	// What it costs to open the decoders is not what is measured.
	from, start := frames.Load(), time.Now()
	warm := start.Add(slice / 8)
	end := start.Add(slice)
	tick := time.NewTicker(max(20*time.Millisecond, min(slice/10, 200*time.Millisecond)))
	defer tick.Stop()
	for now := start; now.Before(end) && ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case now = <-tick.C:
			if !warm.IsZero() && now.After(warm) {
				from, start, warm = frames.Load(), now, time.Time{}
			}
			tell(min(1, 1-end.Sub(now).Seconds()/slice.Seconds()), nil)
		}
	}
	n, took := frames.Load()-from, time.Since(start)
	err = context.Cause(ctx)
	cancel(errDone)
	all.Wait()
	if err != nil {
		return 0, "", err
	}
	// One frame at the least: a computer this slow has no use for more digits.
	return float64(max(n, 1)) / took.Seconds(), name, nil
}

// errDone ends the workers.
var errDone = errors.New("done")

// work decodes and renders the clip over and over until ctx ends.
func (c clip) work(ctx context.Context, opts Options, units [][][]byte, frames *atomic.Int64) error {
	d, err := opts.Decoder(media.DecoderOptions{Codec: c.stream.Codec})
	if err != nil {
		return err
	}
	defer d.Close()
	for i := 0; ctx.Err() == nil; i++ {
		_, ok, err := d.Decode(units[i%len(units)], time.Duration(i)*time.Second/25)
		if err != nil {
			return err
		}
		if !ok {
			if i > 4*len(units) && frames.Load() == 0 {
				return errors.New("the decoder gives no pictures")
			}
			continue
		}
		if _, err := d.Render(media.View{Size: opts.Tile}); err != nil {
			return err
		}
		frames.Add(1)
	}
	return nil
}

// units cuts the clip at its access unit delimiters.
func (c clip) units() ([][][]byte, error) {
	stream, err := clips.ReadFile(c.file)
	if err != nil {
		return nil, err
	}
	var nalus h264.AnnexB
	if err := nalus.Unmarshal(stream); err != nil {
		return nil, err
	}
	var out [][][]byte
	for _, n := range nalus {
		if c.stream.Codec == media.H264 && n[0]&0x1F == 9 || c.stream.Codec == media.H265 && n[0]>>1&0x3F == 35 {
			out = append(out, nil)
		} else if len(out) > 0 {
			out[len(out)-1] = append(out[len(out)-1], n)
		}
	}
	return out, nil
}

// here describes this computer.
func here() Machine {
	m := Machine{Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH, CPU: "unknown"}
	m.Name, _ = os.Hostname() //nolint:errcheck // a computer without a name is measured too
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return m
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			m.CPU = strings.TrimSpace(value)
			break
		}
	}
	return m
}
