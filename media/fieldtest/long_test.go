package fieldtest

import (
	"context"
	"fmt"
	"image"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// long returns the wanted share of a test's full length: IOCWALL_LONG, or a short one for every day.
func long(t testing.TB, everyday float64) float64 {
	t.Helper()
	text := os.Getenv("IOCWALL_LONG")
	if text == "" {
		return everyday
	}
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || share <= 0 || share > 100 {
		t.Fatalf("IOCWALL_LONG is %q; set it to a share of the full length, for example 1 or 0.1", text)
	}
	return share
}

// onlyLong leaves a test out unless IOCWALL_LONG is set.
func onlyLong(t testing.TB) float64 {
	t.Helper()
	if os.Getenv("IOCWALL_LONG") == "" {
		t.Skip("takes minutes; set IOCWALL_LONG=1, or a share of it")
	}
	return long(t, 1)
}

// resident is the memory of this process that is in RAM, in bytes.
func resident(t testing.TB) int64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip("needs Linux's /proc: ", err)
	}
	fields := strings.Fields(string(text))
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// burden is what a process holds.
type burden struct {
	goroutines int
	heap, rss  int64
}

// weigh collects garbage, so that only what is held counts.
func weigh(t testing.TB) burden {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return burden{runtime.NumGoroutine(), int64(m.HeapAlloc), resident(t)}
}

// weighQuarters weighs after each of so many steps, and returns the mean of each quarter of them: one sample says little, as
// memory goes up and down with the collector. What is made once is there by the second quarter.
func weighQuarters(t testing.TB, steps int, step func(i, of int)) (quarters [4]burden) {
	t.Helper()
	var counts [4]int64
	for i := range steps {
		step(i, steps)
		q, b := &quarters[4*i/steps], weigh(t)
		counts[4*i/steps]++
		q.goroutines = max(q.goroutines, b.goroutines)
		q.heap, q.rss = q.heap+b.heap, q.rss+b.rss
	}
	for i := range quarters {
		quarters[i].heap /= max(1, counts[i])
		quarters[i].rss /= max(1, counts[i])
	}
	return quarters
}

func (b burden) String() string {
	return fmt.Sprintf("%d goroutines, heap %.1f MB, RSS %.1f MB", b.goroutines, float64(b.heap)/1e6, float64(b.rss)/1e6)
}

// flat reports what grew by more than a share, with some room for what has no fixed size.
func (b burden) flat(t testing.TB, later burden, share float64, room int64) {
	t.Helper()
	if later.goroutines > b.goroutines+max(2, int(share*float64(b.goroutines))) {
		t.Errorf("goroutines grew from %d to %d", b.goroutines, later.goroutines)
	}
	for name, pair := range map[string][2]int64{"heap": {b.heap, later.heap}, "RSS": {b.rss, later.rss}} {
		if limit := pair[0] + int64(share*float64(pair[0])) + room; pair[1] > limit {
			t.Errorf("%s grew from %.1f MB to %.1f MB", name, float64(pair[0])/1e6, float64(pair[1])/1e6)
		}
	}
}

// TestReconnectsLeaveNothing breaks the camera's connection again and again: 2,000 times at full length. Goroutines, heap
// and memory stay within five in a hundred.
func TestReconnectsLeaveNothing(t *testing.T) {
	rounds := max(20, int(2000*long(t, 0.03)))
	// Every picture is a key frame, so that none has to be waited for.
	o := staging{blind: true, camera: mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Width: 320, Height: 184, FPS: 25, Length: time.Second, KeyEvery: 40 * time.Millisecond,
	}}}
	o.backoff = rtsp.Backoff{Min: 5 * time.Millisecond, Max: 10 * time.Millisecond, Stable: time.Millisecond}
	s := newStage(t, o)
	await(t, "the camera", func() bool { return s.player.Stats().State == media.StateLive })
	cut := func(n int) {
		for range n {
			before := s.cam.Counts().Sessions
			s.fault(mediatest.FaultReset)
			await(t, "the next session", func() bool { return s.cam.Counts().Sessions > before })
			frames := s.player.Stats().Frames
			await(t, "the next picture", func() bool { return s.player.Stats().Frames > frames })
		}
	}
	began := time.Now()
	quarters := weighQuarters(t, min(rounds, 80), func(i, of int) { cut(rounds*(i+1)/of - rounds*i/of) })
	fmt.Printf("MEASURED reconnects %d in %v: %s, then %s\n", rounds, time.Since(began).Round(time.Second), quarters[1], quarters[3])
	quarters[1].flat(t, quarters[3], 0.05, 1<<20)
}

// TestNineTilesStayFlat plays nine cameras on one computer: for 20 minutes at full length. The memory in use is sampled
// all the time; its last quarter is no higher than its second.
func TestNineTilesStayFlat(t *testing.T) {
	length := time.Duration(20 * float64(time.Minute) * onlyLong(t))
	clip := mediatest.ClipOptions{Width: 640, Height: 360, FPS: 12, Counter: true}
	var cameras []relay.Camera
	for i := range 9 {
		c := clip
		c.Scene = mediatest.Scenes()[i%len(mediatest.Scenes())]
		cam := newCamera(t, mediatest.Options{ClipOptions: c, Start: 7 * i, User: user, Pass: pass})
		cameras = append(cameras, relay.Camera{
			ID: fmt.Sprintf("c%d", i), User: user, Pass: pass, Streams: []relay.Stream{{Name: "main", URL: cam.URL()}},
		})
	}
	s := newRelayOnly(t, cameras[0], nil)
	if err := s.relay.SetCameras(cameras); err != nil {
		t.Fatal(err)
	}
	d := s.deck(quickly)
	var tiles []*media.Viewer
	for i := range 9 {
		v := d.Open(media.Camera{ID: fmt.Sprintf("c%d", i), Streams: []media.Stream{{Name: "main"}}}, nil)
		v.SetView(media.View{Size: image.Pt(640, 360)})
		tiles = append(tiles, v)
	}
	await(t, "nine live tiles", func() bool {
		for _, v := range tiles {
			if v.Stats().State != media.StateLive {
				return false
			}
		}
		return true
	})
	quarters := weighQuarters(t, 80, func(_, of int) {
		time.Sleep(length / time.Duration(of))
		for _, v := range tiles {
			v.Frame() // as a window would
		}
	})
	frames := uint64(0)
	for _, v := range tiles {
		frames += v.Stats().Frames
	}
	fmt.Printf("MEASURED nine-tiles %v, %d pictures: %s, then %s\n", length.Round(time.Second), frames, quarters[1], quarters[3])
	quarters[1].flat(t, quarters[3], 0.05, 1<<20)
}

// TestAStillNightIsNeverFrozen watches noisy still scenes in each codec, for ten minutes at full length, and counts how
// often the tile says that the picture stands.
func TestAStillNightIsNeverFrozen(t *testing.T) {
	length := time.Duration(10 * float64(time.Minute) * onlyLong(t))
	marks := make(chan string, 100)
	for _, codec := range []rtsp.Codec{rtsp.H264, rtsp.H265, rtsp.MJPEG} {
		s := newStage(t, staging{blind: true, camera: mediatest.Options{ClipOptions: mediatest.ClipOptions{
			Scene: mediatest.Still, Codec: codec, Width: 640, Height: 360, FPS: 12, Length: 20 * time.Second, KeyEvery: 2 * time.Second,
		}}})
		await(t, "the picture", func() bool { return s.player.Stats().State == media.StateLive })
		ctx, cancel := context.WithTimeout(context.Background(), length)
		defer cancel()
		background(t, func(stop context.Context) error {
			last := media.StateLive
			for tick := time.NewTicker(100 * time.Millisecond); ; <-tick.C {
				switch {
				case stop.Err() != nil:
					tick.Stop()
					return context.Cause(stop)
				case ctx.Err() != nil:
					continue
				}
				st := s.player.Stats()
				// A computer that is too slow says so: that is another matter.
				if st.State == media.StateFrozen && st.Reason == rtsp.ReasonUnchanged && last != st.State {
					marks <- fmt.Sprintf("%s %s (%s) unchanged %v", codec, st.State, st.Reason, st.Unchanged)
				}
				last = st.State
			}
		})
		defer func() { <-ctx.Done() }()
	}
	time.Sleep(length)
	fmt.Printf("MEASURED false-frozen %d in %v with three codecs\n", len(marks), length.Round(time.Second))
	for len(marks) > 0 {
		t.Error(<-marks)
	}
}
