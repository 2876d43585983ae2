package camera

import (
	"context"
	"errors"
	"image"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/media"
	"iocwall/media/replay"
	"iocwall/media/rtsp"
)

// flat decodes each unit to a picture of its first byte.
type flat struct{ n byte }

func (f *flat) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	f.n = unit[0][0]
	return media.Decoded{PTS: pts, Source: image.Pt(64, 36), Frames: 1}, true, nil
}

func (f *flat) Render(v media.View) (media.Picture, error) {
	m := image.NewRGBA(image.Rectangle{Max: v.Size})
	for i := range m.Pix {
		m.Pix[i] = f.n
	}
	return media.Picture{RGBA: m}, nil
}

func (f *flat) Name() string { return "flat" }
func (f *flat) Close()       {}
func (f *flat) Flush()       {}

// tapeOf is a clip of n pictures, ten a second, ending at a moment.
func tapeOf(n int, to time.Time) replay.Clip {
	c := replay.Clip{Codec: media.H264, Head: replay.Head{Camera: "cam-01", Stream: "main", From: to.Add(-time.Duration(n) * 100 * time.Millisecond), To: to}}
	for i := range n {
		c.Units = append(c.Units, rtsp.Unit{
			NALUs: [][]byte{{byte(i + 1)}}, Key: i%10 == 0, PTS: time.Duration(i) * 100 * time.Millisecond,
			Arrived: c.From.Add(time.Duration(i) * 100 * time.Millisecond), Size: 1,
		})
	}
	return c
}

// again waits until a condition of a replay holds.
func again(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("not within 10 s: %s", what)
}

// TestReplay: what is shown again pauses, steps, seeks and changes speed by keys,
// says that it is not live, and goes back by itself when nobody is at it.
func TestReplay(t *testing.T) {
	s, v, m := held(t)
	s.h.Decoder = func(media.DecoderOptions) (media.Decoder, error) { return &flat{}, nil }
	r := &Replay{h: s.h, touched: s.now, speed: 2, index: -1}
	clip := tapeOf(200, s.now)
	r.cancel = s.h.Start(func(ctx context.Context) { _ = r.play(ctx, clip, s.now) })
	v.replay = r
	again(t, "the first picture", func() bool { f, ok := r.Frame(); return ok && f.Image != nil })
	if at := r.At(); at.Before(s.now.Add(-startBack-time.Second)) || at.After(s.now) {
		t.Errorf("begins at %v", at)
	}
	s.tick(v, time.Second)
	if w := r.View(s.now); w.Reason != "" || w.Loading || w.At.IsZero() {
		t.Errorf("the tile says %+v", w)
	}
	if r.Playing() {
		m.Rune(' ')
	}
	again(t, "it is paused", func() bool { return !r.Playing() })
	at := r.At()
	m.Key(fyne.KeyRight)
	again(t, "a step further", func() bool { return r.At().Equal(at.Add(100 * time.Millisecond)) })
	m.Key(fyne.KeyLeft)
	again(t, "a step back", func() bool { return r.At().Equal(at) })
	m.Rune('[')
	again(t, "five seconds back", func() bool { return r.At().Equal(at.Add(-seekStep)) })
	m.Rune('>')
	if got := r.View(s.now).Speed; got != 2 {
		t.Errorf("faster is %v", got)
	}
	for range 9 {
		m.Rune('<')
	}
	if got := r.View(s.now).Speed; got != 0.25 {
		t.Errorf("slowest is %v", got)
	}
	live := v.t.Seq()
	s.tick(v, time.Second)
	if v.t.Seq() < 1<<62 {
		t.Errorf("the tile shows picture %d after %d, a live one", v.t.Seq(), live)
	}
	m.Update(s.now.Add(idleLimit - backSaid + 2*time.Second))
	if w := r.View(s.now.Add(idleLimit - 5*time.Second)); w.Back <= 0 || w.Back > backSaid {
		t.Errorf("going back is not said: %v", w.Back)
	}
	if v.replay == nil {
		t.Fatal("went back too early")
	}
	s.now = s.now.Add(idleLimit + 2*time.Second)
	m.Take(nil, nil) // nobody's hand is on it any more
	m.Update(s.now)
	v.Update(s.now)
	if v.replay != nil {
		t.Error("still in the past")
	}
	s.tick(v, time.Second)
	if v.t.Seq() >= 1<<62 {
		t.Error("the tile still shows a picture of the past")
	}
}

// counted decodes as flat does and counts.
type counted struct {
	flat
	n *atomic.Int64
}

func (c *counted) Decode(unit [][]byte, pts time.Duration) (media.Decoded, bool, error) {
	c.n.Add(1)
	return c.flat.Decode(unit, pts)
}

// TestHiddenReplayStands: of the past, too, nothing is decoded that nobody sees; seen
// again, it goes on where it stood, and stands if it stood.
func TestHiddenReplayStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var n atomic.Int64
		h := &Host{
			Now: time.Now, Poke: func() {},
			Decoder: func(media.DecoderOptions) (media.Decoder, error) { return &counted{n: &n}, nil },
		}
		r := &Replay{h: h, touched: time.Now(), speed: 2, index: -1}
		r.Hide(true) // before there is anything to be seen
		done := make(chan error, 1)
		to := time.Now()
		go func() { done <- r.play(ctx, tapeOf(200, to), to) }()
		pass := func(d time.Duration) (decoded int64) {
			was := n.Load()
			time.Sleep(d)
			synctest.Wait()
			return n.Load() - was
		}
		still := func(when string) time.Time {
			t.Helper()
			pass(100 * time.Millisecond)
			at := r.At()
			if got := pass(20 * time.Second); got != 0 || !r.At().Equal(at) {
				t.Errorf("%s: %d pictures in 20 s, from %v to %v", when, got, at, r.At())
			}
			return at
		}
		still("opened unseen")
		r.Hide(false)
		if got := pass(2 * time.Second); got < 19 {
			t.Errorf("seen: %d pictures in 2 s", got)
		}
		r.Hide(true)
		at := still("hidden")
		if _, over := r.over(r.touched.Add(idleLimit + time.Second)); over || !r.Playing() {
			t.Error("what only waits to be seen counts as left alone")
		}
		r.Hide(false)
		pass(0)
		if got := r.At().Sub(at); got < 0 || got > 200*time.Millisecond {
			t.Errorf("seen again it is %v further", got)
		}
		if got := pass(2 * time.Second); got < 19 {
			t.Errorf("seen again: %d pictures in 2 s", got)
		}
		r.Toggle()
		r.Hide(true)
		r.Hide(false)
		still("paused")
		r.Hide(true)
		r.Toggle()
		still("played unseen")
		r.Hide(false)
		if got := pass(time.Second); got < 9 {
			t.Errorf("at last: %d pictures in a second", got)
		}
		r.Hide(true)
		r.Step(-1)
		r.Hide(false)
		still("stepped unseen")
		stop()
		<-done
	})
}

// TestHiddenTileHidesItsReplay, and shows it with itself.
func TestHiddenTileHidesItsReplay(t *testing.T) {
	s, v, m := held(t)
	s.h.Decoder = func(media.DecoderOptions) (media.Decoder, error) { return &flat{}, nil }
	s.h.Replay = func(context.Context, string, string, time.Time, time.Time) (io.ReadCloser, error) {
		return nil, errors.New("not today")
	}
	m.Rune('r')
	for _, off := range []bool{true, false} {
		if v.Hide(off); v.replay.hidden != off {
			t.Errorf("the tile is hidden: %v, what it shows again: %v", off, v.replay.hidden)
		}
	}
	m.Rune('r')
	v.Hide(true)
	if m.Rune('r'); !v.replay.hidden {
		t.Error("what is opened on a hidden tile is not hidden")
	}
}

// TestReplayFails: what cannot be shown again is said on the tile.
func TestReplayFails(t *testing.T) {
	s, v, m := held(t)
	s.h.Decoder = func(media.DecoderOptions) (media.Decoder, error) { return &flat{}, nil }
	asked := make(chan string, 9)
	s.h.Replay = func(_ context.Context, camera, stream string, from, to time.Time) (io.ReadCloser, error) {
		asked <- camera + " " + stream + " " + to.Sub(from).String()
		return nil, errors.New("không có quyền xem lại")
	}
	m.Rune('r')
	again(t, "the reason is said", func() bool {
		w := v.replay.View(s.now)
		return strings.Contains(w.Reason, "không có quyền") && !w.Loading
	})
	if got := <-asked; got != "cam-01 main 1m0s" {
		t.Errorf("asked for %s", got)
	}
	if !m.Key(fyne.KeyEscape) || v.replay != nil {
		t.Error("Escape does not go back to live")
	}
}
