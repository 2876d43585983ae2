package fieldtest

import (
	"fmt"
	"image"
	"slices"
	"sync"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/media/mediatest"
)

// The promise for a camera with four seconds between key frames.
const (
	firstWithin = 300 * time.Millisecond // a picture, marked as catching up
	liveWithin  = time.Second
)

// slow is a camera with four seconds between key frames.
func slow() staging {
	o := mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Width: 640, Height: 360, FPS: 25, Length: 8 * time.Second, KeyEvery: 4 * time.Second, Counter: true,
	}}
	return staging{camera: o}
}

// arrival is how a tile opened.
type arrival struct {
	first, live time.Duration
	state       media.State // when the first picture was there
	reason      media.Reason
	behind      time.Duration // what the first picture lacked to live
}

// open opens a tile and tells how that went. The time of a camera's first picture is taken where a window would be told.
func open(t testing.TB, d *media.Deck, id string, size image.Point, step time.Duration) arrival {
	t.Helper()
	var mu sync.Mutex
	var a arrival
	var v *media.Viewer
	began := time.Now()
	look := func() bool {
		mu.Lock()
		defer mu.Unlock()
		if v == nil {
			return false
		}
		now := time.Now()
		st := v.Stats()
		f, ok := v.Frame()
		if ok && a.first == 0 {
			a.first, a.state, a.reason, a.behind = now.Sub(began), st.State, st.Reason, f.Age(now)
		}
		if ok && a.live == 0 && st.State == media.StateLive {
			a.live = now.Sub(began)
		}
		return a.live > 0
	}
	mu.Lock()
	v = d.Open(media.Camera{ID: id, Streams: []media.Stream{{Name: "main"}}}, nil)
	v.SetStep(step)
	v.SetView(media.View{Size: size})
	mu.Unlock()
	defer v.Close()
	for deadline := time.Now().Add(hang); !look(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the tile does not open: %+v", v.Stats())
		}
	}
	return a
}

// midway waits until the newest key frame is between one and three seconds old.
func midway(t testing.TB, s *stage) {
	t.Helper()
	await(t, "the middle of a group of pictures", func() bool {
		age := time.Since(s.health().LastKey)
		return age > time.Second && age < 3*time.Second
	})
}

// slowKeys opens tiles in the middle of a group of pictures.
func slowKeys(t *testing.T) {
	s := newStage(t, slow())
	await(t, "the camera", func() bool { return s.player.Stats().State == media.StateLive })
	for range 3 {
		midway(t, s)
		a := open(t, s.deck(quickly), "c1", image.Pt(640, 360), 0)
		young := a.state == media.StateLive && a.behind < 500*time.Millisecond
		if !young && a.reason != media.ReasonCatchingUp {
			t.Errorf("the first picture, %v old, is called %s (%s)", a.behind, a.state, a.reason)
		}
		t.Logf("first picture after %v, %v old, %s (%s); live after %v", a.first, a.behind, a.state, a.reason, a.live)
		if a.first > firstWithin+s.eye.patience() || a.live > liveWithin+s.eye.patience() {
			t.Errorf("first picture after %v, live after %v", a.first, a.live)
		}
	}
}

// BenchmarkFirstPicture measures how fast a tile opens on a camera with four seconds between key frames, over 20 joins at
// different moments. It prints its findings once, whatever b.N is.
func BenchmarkFirstPicture(b *testing.B) {
	first, live, marked := joins(b, slow(), 20, 0)
	report(b, "first-picture", first, firstWithin)
	report(b, "live-picture", live, liveWithin)
	fmt.Printf("MEASURED first-picture-marked %d of 20\n", marked)
	b.ReportMetric(0, "ns/op")
}

// BenchmarkFirstPictureLarge measures the same for a camera of 1080 lines with 50 pictures between key frames that pops
// up, on one computer and in step with others.
func BenchmarkFirstPictureLarge(b *testing.B) {
	large := mediatest.Options{ClipOptions: mediatest.ClipOptions{
		Width: 1920, Height: 1080, FPS: 25, Length: 4 * time.Second, KeyEvery: 2 * time.Second, Counter: true,
	}}
	for name, step := range map[string]time.Duration{"": 0, "-in-step": media.StepBudget} {
		first, live, _ := joins(b, staging{camera: large}, 12, step)
		report(b, "first-large-picture"+name, first, firstWithin)
		report(b, "live-large-picture"+name, live, liveWithin)
	}
	b.ReportMetric(0, "ns/op")
}

// joins opens tiles on a camera, one after the other, and tells how long they took and how many were marked as old.
func joins(b *testing.B, o staging, n int, step time.Duration) (first, live []time.Duration, marked int) {
	b.Helper()
	s := newStage(b, o)
	await(b, "the camera", func() bool { return s.player.Stats().State == media.StateLive })
	s.player.Close()
	d := s.deck(quickly)
	for i := range n {
		time.Sleep(time.Duration(i%7)*600*time.Millisecond + 2500*time.Millisecond) // the deck lets go of a camera after two seconds
		a := open(b, d, "c1", s.cam.Clip().Size(), step)
		first, live = append(first, a.first), append(live, a.live)
		if a.state == media.StateLive || a.reason == media.ReasonCatchingUp {
			marked++
		}
	}
	return first, live, marked
}

// report prints the middle and the twentieth part of what was measured.
func report(b *testing.B, name string, all []time.Duration, promise time.Duration) {
	b.Helper()
	slices.Sort(all)
	at := func(share float64) float64 {
		return float64(all[min(len(all)-1, int(share*float64(len(all))))].Microseconds()) / 1000
	}
	fmt.Printf("MEASURED %s-p50 %.0f ms\nMEASURED %s-p95 %.0f ms (at most %d)\n", name, at(.5), name, at(.95), promise.Milliseconds())
	b.ReportMetric(at(.95), name+"-p95-ms")
}
