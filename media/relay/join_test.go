package relay_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// BenchmarkJoin tells how long readers of a 1080p camera with four seconds between key frames wait for their first
// picture and until they are live: run it with -benchtime 40x, joins come at all moments of the group.
func BenchmarkJoin(b *testing.B) {
	cam, err := mediatest.NewCamera(mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Width: 1920, Height: 1080, FPS: 25, Length: 8 * time.Second, KeyEvery: 4 * time.Second, Counter: true,
	}})
	if err != nil {
		b.Skip(err)
	}
	r, err := relay.New(relay.Options{Addr: "127.0.0.1:0", Signer: signer, Cameras: []relay.Camera{camera("c1", cam.URL())}})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { cam.Run(ctx) }) //nolint:errcheck // ended by cancel
	wg.Go(func() { r.Run(ctx) })   //nolint:errcheck // ended by cancel
	defer wg.Wait()
	defer cancel()
	for health(r).State != relay.StateLive {
		time.Sleep(10 * time.Millisecond)
	}
	var firsts, lives []time.Duration
	for i := range b.N {
		time.Sleep(time.Duration(i%8) * 137 * time.Millisecond)
		first, live := join(ctx, r.URL("c1", "main"))
		firsts, lives = append(firsts, first), append(lives, live)
	}
	report := func(d []time.Duration, name string) {
		slices.Sort(d)
		b.ReportMetric(float64(d[len(d)/2].Microseconds())/1000, name+"-p50-ms")
		b.ReportMetric(float64(d[(len(d)-1)*95/100].Microseconds())/1000, name+"-p95-ms")
	}
	report(firsts, "first")
	report(lives, "live")
}

// join opens the stream and returns when the first unit came, and the first that had not waited.
func join(ctx context.Context, url string) (first, live time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, guard)
	defer cancel()
	began := time.Now()
	rtsp.Play(ctx, rtsp.Options{URL: url, User: "x", Pass: token("*", time.Minute)}, rtsp.Handler{OnUnit: func(u rtsp.Unit) { //nolint:errcheck // ended by cancel
		if first == 0 {
			first = time.Since(began)
		}
		if u.Behind == 0 && live == 0 {
			live = time.Since(began)
			cancel()
		}
	}})
	return first, live
}
