package relay_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/replay"
)

// keptCamera is a camera that is kept for a minute.
func keptCamera(id, url string) relay.Camera {
	return relay.Camera{ID: id, Keep: time.Minute, Streams: []relay.Stream{{Name: "main", URL: url}}}
}

// kept returns how much time of a camera's main stream can be replayed, and what it takes.
func kept(r *relay.Relay, camera string) (time.Duration, int64) {
	for _, h := range r.Health() {
		if h.Camera == camera && h.Stream == "main" {
			return h.Kept, h.KeptBytes
		}
	}
	return 0, 0
}

// awaitKept waits until that much of a camera can be replayed.
func awaitKept(t *testing.T, r *relay.Relay, camera string, d time.Duration) {
	t.Helper()
	await(t, "pictures of "+camera, func() bool { have, _ := kept(r, camera); return have >= d })
}

// clip takes a clip and reads it back.
func clip(t *testing.T, r *relay.Relay, camera string, from, to time.Time) (replay.Clip, replay.Summary) {
	t.Helper()
	var file bytes.Buffer
	sum, err := r.Clip(t.Context(), camera, "main", from, to, &file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := replay.Read(&file, replay.Limits{})
	if err != nil || len(c.Units) != sum.Frames {
		t.Fatalf("%d pictures of %d, %v", len(c.Units), sum.Frames, err)
	}
	return c, sum
}

func kinds(gaps []replay.Gap) string {
	var out []string
	for _, g := range gaps {
		out = append(out, string(g.Kind))
	}
	return strings.Join(out, " ")
}

// TestClip takes a clip that has begun and is not over, in memory and on disk, while nobody watches.
func TestClip(t *testing.T) {
	for _, name := range []string{"memory", "disk"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := relay.Options{}
			if name == "disk" {
				opts.KeepDir = t.TempDir()
				old := filepath.Join(opts.KeepDir, "gone", "main")
				left := filepath.Join(old, "000001.spool")
				if err := errors.Join(os.MkdirAll(old, 0o700), os.WriteFile(left, []byte("x"), 0o600)); err != nil {
					t.Fatal(err)
				}
				defer func() {
					if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
						t.Errorf("what was left behind: %v", err)
					}
				}()
			}
			cam := newCamera(t, mediatest.Options{})
			c := keptCamera("cau-1", cam.URL())
			c.Streams = append(c.Streams, relay.Stream{Name: "sub", URL: cam.URL()})
			opts.Cameras, opts.ProbeEvery = []relay.Camera{c}, -1
			r := newRelay(t, opts)
			awaitKept(t, r, "cau-1", 2*time.Second)
			from, to := time.Now().Add(-1500*time.Millisecond), time.Now().Add(1500*time.Millisecond)
			got, sum := clip(t, r, "cau-1", from, to)
			if late := time.Since(to); late < 0 || late > 5*time.Second {
				t.Errorf("it was there %v after its end", late)
			}
			if len(sum.Gaps) > 0 || sum.Frames < 74 || sum.Frames > 102 || sum.From.After(from) || got.Camera != "cau-1" || got.Stream != "main" {
				t.Errorf("%+v", sum)
			}
			for i, u := range got.Units[1:] {
				if step := u.PTS - got.Units[i].PTS; step < 39*time.Millisecond || step > 41*time.Millisecond {
					t.Fatalf("%v between pictures %d and %d", step, i, i+1)
				}
			}
			if have, bytes := kept(r, "cau-1"); have < 3*time.Second || bytes < sum.Bytes/2 {
				t.Errorf("health tells %v in %d bytes", have, bytes)
			}
			if n := cam.Counts(); n.Sessions != 1 {
				t.Errorf("the camera was connected %d times", n.Sessions)
			}
			if _, err := r.Clip(t.Context(), "cau-1", "", from, to, io.Discard); err != nil {
				t.Errorf("without a stream's name: %v", err)
			}
		})
	}
}

// TestClipOfABrokenCamera takes clips while a camera goes down, while it is down, and when it is back.
func TestClipOfABrokenCamera(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{keptCamera("cau-1", cam.URL())}})
	awaitKept(t, r, "cau-1", 2*time.Second)
	begin := time.Now()
	if err := cam.SetFault(mediatest.FaultDown); err != nil {
		t.Fatal(err)
	}
	_, sum := clip(t, r, "cau-1", begin.Add(-time.Second), begin.Add(3*time.Second))
	if kinds(sum.Gaps) != "disconnected" || sum.Missing() < 2*time.Second || sum.Frames < 20 {
		t.Errorf("going down: %d pictures, gaps %v", sum.Frames, sum.Gaps)
	}
	_, sum = clip(t, r, "cau-1", begin.Add(-time.Second), begin.Add(-500*time.Millisecond))
	if len(sum.Gaps) > 0 || sum.Frames < 10 {
		t.Errorf("of before, while it is down: %d pictures, gaps %v", sum.Frames, sum.Gaps)
	}
	down := time.Now()
	if err := cam.SetFault(mediatest.FaultNone); err != nil {
		t.Fatal(err)
	}
	before, _ := kept(r, "cau-1")
	awaitKept(t, r, "cau-1", before+down.Sub(begin)+time.Second)
	got, sum := clip(t, r, "cau-1", begin.Add(-time.Second), time.Now())
	if kinds(sum.Gaps) != "disconnected" || sum.Missing() < 3*time.Second || len(got.Breaks) != 1 {
		t.Errorf("back: gaps %v, breaks %v", sum.Gaps, got.Breaks)
	}
	// The time line is that of the day, over the gap too.
	last := got.Units[len(got.Units)-1]
	if off := last.PTS - last.Arrived.Sub(got.Units[0].Arrived); off.Abs() > 500*time.Millisecond {
		t.Errorf("the file's time line is %v off", off)
	}
}

// TestClipOverAChange changes what is configured of a camera: what was kept stays.
func TestClipOverAChange(t *testing.T) {
	t.Parallel()
	cam, other := newCamera(t, mediatest.Options{}), newCamera(t, mediatest.Options{})
	c := keptCamera("cau-1", cam.URL())
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{c}})
	awaitKept(t, r, "cau-1", 2*time.Second)
	changed := time.Now()
	c.Groups, c.Streams = []string{"phường 1"}, []relay.Stream{{Name: "main", URL: other.URL()}}
	if err := r.SetCameras([]relay.Camera{c}); err != nil {
		t.Fatal(err)
	}
	if have, _ := kept(r, "cau-1"); have < 2*time.Second {
		t.Errorf("after the change %v are kept", have)
	}
	await(t, "the other camera", func() bool { return other.Counts().Frames > 60 && other.Counts().Sessions > 0 })
	time.Sleep(time.Until(changed.Add(3 * time.Second)))
	if _, sum := clip(t, r, "cau-1", changed.Add(-time.Second), time.Now()); kinds(sum.Gaps) != "disconnected" {
		t.Errorf("gaps %v", sum.Gaps)
	}
	c.Keep = 0
	if err := r.SetCameras([]relay.Camera{c}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Clip(t.Context(), "cau-1", "main", changed, time.Now(), io.Discard); !errors.Is(err, relay.ErrNotKept) {
		t.Errorf("kept no longer: %v", err)
	}
}

// TestKeepBytes bounds two cameras together.
func TestKeepBytes(t *testing.T) {
	t.Parallel()
	const most = 200_000
	a, b := newCamera(t, mediatest.Options{}), newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{
		KeepBytes: most, Cameras: []relay.Camera{keptCamera("a", a.URL()), keptCamera("b", b.URL())},
	})
	deadline := time.Now().Add(6 * time.Second)
	full := false
	for time.Now().Before(deadline) {
		_, x := kept(r, "a")
		_, y := kept(r, "b")
		if full = full || x+y > most*3/4; x+y > most+most/10 {
			t.Fatalf("%d and %d bytes are kept", x, y)
		}
		time.Sleep(20 * time.Millisecond)
	}
	ka, _ := kept(r, "a")
	kb, _ := kept(r, "b")
	if !full || ka < time.Second || kb < time.Second || ka > 5*time.Second {
		t.Errorf("%v and %v are kept, full %v", ka, kb, full)
	}
}

// watch is a writer that looks at each line.
type watch func(line string)

// Write implements io.Writer.
func (w watch) Write(b []byte) (int, error) {
	w(string(b))
	return len(b), nil
}

// TestKeepingFails gives a camera less room than one group of pictures takes: nothing is kept, and it is told.
func TestKeepingFails(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	c := keptCamera("cau-1", cam.URL())
	c.KeepBytes = 1000
	var told atomic.Bool
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{c}, Logger: slog.New(slog.NewTextHandler(watch(func(line string) {
		if strings.Contains(line, "pictures are missing in what is kept for replay") {
			told.Store(true)
		}
	}), nil))})
	await(t, "a warning", told.Load)
	now := time.Now()
	if _, err := r.Clip(t.Context(), "cau-1", "main", now.Add(-time.Second), now, io.Discard); !errors.Is(err, replay.ErrNothing) {
		t.Errorf("a clip of nothing: %v", err)
	}
}

func TestClipRefuses(t *testing.T) {
	c := keptCamera("cau-1", "rtsp://127.0.0.1:1/main")
	c.Streams = append(c.Streams, relay.Stream{Name: "sub", URL: "rtsp://127.0.0.1:1/sub"})
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{c}})
	await(t, "the relay", func() bool { return len(r.Health()) == 2 })
	now := time.Now()
	cases := []struct {
		name, camera, stream string
		from, to             time.Time
		err                  error
		text                 string
	}{
		{"unknown camera", "cau-2", "main", now.Add(-time.Minute), now, relay.ErrNotKept, "cau-2"},
		{"stream that is not kept", "cau-1", "sub", now.Add(-time.Minute), now, relay.ErrNotKept, "sub"},
		{"turned round", "cau-1", "main", now, now.Add(-time.Minute), nil, "not after"},
		{"too long", "cau-1", "main", now.Add(-2 * time.Hour), now, nil, "an hour"},
		{"too far ahead", "cau-1", "main", now, now.Add(11 * time.Minute), nil, "ten minutes"},
		{"no picture", "cau-1", "main", now.Add(-time.Minute), now.Add(-time.Second), replay.ErrNothing, "no picture has come"},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			var out bytes.Buffer
			_, err := r.Clip(t.Context(), x.camera, x.stream, x.from, x.to, &out)
			if err == nil || x.err != nil && !errors.Is(err, x.err) || !strings.Contains(err.Error(), x.text) || out.Len() > 0 {
				t.Errorf("%v, %d bytes", err, out.Len())
			}
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := r.Clip(ctx, "cau-1", "main", now, now.Add(time.Minute), io.Discard); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("given up: %v", err)
	}
}
