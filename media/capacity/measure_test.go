package capacity_test

import (
	"context"
	"errors"
	"image"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/capacity"
	"iocwall/media/decode"
)

// TestMeasure measures with the real decoder for a moment: each embedded stream decodes, and all results are there.
func TestMeasure(t *testing.T) {
	var shares []float64
	var told []capacity.Result
	b, err := capacity.Measure(t.Context(), capacity.Options{
		Decoder: decode.New, Time: 900 * time.Millisecond, Tile: image.Pt(320, 180),
		Progress: func(p capacity.Progress) {
			shares = append(shares, p.Share)
			if p.New != nil {
				told = append(told, *p.New)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Results) != 8 || len(told) != 8 || b.TileWidth != 320 || b.Machine.Cores < 1 || b.Seconds <= 0 || b.Measured.IsZero() {
		t.Errorf("%+v", b)
	}
	for i, r := range b.Results {
		if r != told[i] || r.Decoder != "software" || r.Streams <= 0 {
			t.Errorf("result %d: %+v, told %+v", i, r, told[i])
		}
	}
	if few, many := b.Results[3], b.Results[1]; few.Height != 1080 || many.Height != 360 || few.Streams >= many.Streams {
		t.Errorf("%v streams of 1080 lines, %v of 360", few.Streams, many.Streams)
	}
	for i := 1; i < len(shares); i++ {
		if shares[i] < shares[i-1]-1e-9 || shares[i] > 1 {
			t.Fatalf("progress runs %v", shares)
		}
	}
	if err := b.Save(t.TempDir() + "/capacity.json"); err != nil {
		t.Error(err)
	}
}

// fake is a decoder without work.
type fake struct {
	open *atomic.Int64
	fail error
	mute bool
	name string
}

func (f *fake) Decode([][]byte, time.Duration) (media.Decoded, bool, error) {
	time.Sleep(time.Millisecond)
	return media.Decoded{}, !f.mute, f.fail
}
func (f *fake) Render(media.View) (media.Picture, error) { return media.Picture{}, nil }
func (f *fake) Name() string                             { return f.name }
func (f *fake) Close()                                   { f.open.Add(-1) }
func (f *fake) Flush()                                   {}

func TestMeasureFails(t *testing.T) {
	broken := errors.New("the device is lost")
	stopped := errors.New("stopped by hand")
	for _, c := range []struct {
		name string
		fake fake
		open error
		stop bool
		want string
	}{
		{name: "a decoder that does not open", open: broken, want: "h264 640×360 at 25 fps: the device is lost"},
		{name: "a decoder that fails", fake: fake{fail: broken}, want: "the device is lost"},
		{name: "a decoder without pictures", fake: fake{mute: true}, want: "gives no pictures"},
		{name: "Ctrl-C", stop: true, want: "stopped by hand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var open atomic.Int64
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			calls := 0
			b, err := capacity.Measure(ctx, capacity.Options{
				Time: 10 * time.Second,
				Decoder: func(media.DecoderOptions) (media.Decoder, error) {
					if c.open != nil {
						return nil, c.open
					}
					open.Add(1)
					f := c.fake
					f.open, f.name = &open, "software"
					return &f, nil
				},
				Progress: func(capacity.Progress) {
					if calls++; c.stop && calls == 3 {
						cancel(stopped)
					}
				},
			})
			if err == nil || !strings.Contains(err.Error(), c.want) || len(b.Results) != 0 {
				t.Errorf("%v, %d results; want %q", err, len(b.Results), c.want)
			}
			if n := open.Load(); n != 0 {
				t.Errorf("%d decoders are still open", n)
			}
		})
	}
	if _, err := capacity.Measure(t.Context(), capacity.Options{}); err == nil {
		t.Error("no decoder was no error")
	}
}

// TestHardwareIsKeptBusy holds that a decoder which waits for a device is measured with more streams than there are cores.
func TestHardwareIsKeptBusy(t *testing.T) {
	var open, most atomic.Int64
	b, err := capacity.Measure(t.Context(), capacity.Options{
		Time: 600 * time.Millisecond,
		Decoder: func(media.DecoderOptions) (media.Decoder, error) {
			most.Store(max(most.Load(), open.Add(1)))
			return &fake{open: &open, name: "vaapi"}, nil
		},
	})
	if err != nil || most.Load() < 8 || b.Results[0].Decoder != "vaapi" || open.Load() != 0 {
		t.Errorf("%v; %d at once; %+v; %d still open", err, most.Load(), b.Results, open.Load())
	}
}
