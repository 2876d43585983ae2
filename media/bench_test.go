package media

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

// BenchmarkDeck measures what 36 cameras in 36 views cost beside receiving, decoding and scaling: one operation is one
// access unit handed in by each camera, and its picture fetched by each view, with the words about it.
func BenchmarkDeck(b *testing.B) {
	const cameras = 36
	type line struct{ h rtsp.Handler }
	lines := make([]line, cameras)
	var ready sync.WaitGroup
	ready.Add(cameras)
	d, err := NewDeck(DeckOptions{
		Decoder: (&fakeDecoder{}).factory,
		Address: func(_ context.Context, camera, stream string) (string, string, string, error) {
			return "rtsp://relay/" + camera, "", "", nil
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	d.play = func(ctx context.Context, o rtsp.Options, h rtsp.Handler) error {
		var i int
		if _, err := fmt.Sscanf(o.URL, "rtsp://relay/%d", &i); err != nil {
			b.Error(err)
		}
		h.OnTrack(rtsp.Track{Codec: H264, Width: 640, Height: 360})
		lines[i].h = h
		ready.Done()
		<-ctx.Done()
		return context.Cause(ctx)
	}
	frames := make(chan struct{}, cameras)
	viewers := make([]*Viewer, cameras)
	for i := range viewers {
		viewers[i] = d.Open(Camera{ID: fmt.Sprint(i), Streams: cam.Streams[1:]}, func() {
			select {
			case frames <- struct{}{}:
			default:
			}
		})
		viewers[i].SetView(View{Size: image.Pt(640, 360)})
	}
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	ready.Wait()
	last := make([]uint64, cameras)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for i := range lines {
			now := time.Now()
			lines[i].h.OnPacket(now, 1000, 0)
			lines[i].h.OnUnit(rtsp.Unit{
				NALUs: [][]byte{content(uint64(n))}, Key: n%25 == 0, PTS: time.Duration(n) * 40 * time.Millisecond, Arrived: now, Size: 1000,
			})
		}
		for missing := cameras; missing > 0; {
			<-frames
			missing = 0
			for i, v := range viewers {
				if f, ok := v.Frame(); !ok || f.PTS < time.Duration(n)*40*time.Millisecond {
					missing++
				} else if f.Seq != last[i] {
					last[i] = f.Seq
					v.Stats()
				}
			}
			if missing > 0 && len(frames) == 0 {
				time.Sleep(50 * time.Microsecond)
				select {
				case frames <- struct{}{}:
				default:
				}
			}
		}
		n++
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		b.Error(err)
	}
}
