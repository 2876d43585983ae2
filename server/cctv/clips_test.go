package cctv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
	"iocwall/server/blob"
	"iocwall/server/world"
)

// What becomes of a clip: saved with what it holds; failed for a reason that will
// not pass; tried again for one that may; left for the next start by a stop.
func TestOutcomes(t *testing.T) {
	asked := world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: t0 - 10_000, To: t0, By: "mai", Alert: "lu"}
	sum := replay.Summary{Frames: 120, Bytes: 5000, Gaps: []replay.Gap{{From: time.UnixMilli(0), To: time.UnixMilli(250)}}}
	good := hex.EncodeToString(sum.SHA256[:])
	for _, x := range []struct {
		name   string
		errs   []error // of one try after another, the last for ever
		sum    string
		want   string
		reason string
	}{
		{"saved", []error{nil}, good, "clip.saved", ""},
		{"not kept", []error{relay.ErrNotKept}, good, "clip.failed", "are not kept"},
		{"too old", []error{replay.ErrNothing}, good, "clip.failed", "not there any more"},
		{"a moment of trouble", []error{errors.New("away"), errors.New("away"), nil}, good, "clip.saved", ""},
		{"trouble for ever", []error{errors.New("away")}, good, "clip.failed", "away"},
		{"a disk that lies", []error{nil}, "other", "clip.failed", "differs"},
	} {
		t.Run(x.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked.To = world.TimeOf(time.Now())
				h := newChronicle(t, definedCamera("c", nil), asked)
				tries := 0
				s := still{clip: func(io.Writer) (replay.Summary, error) {
					tries++
					return sum, x.errs[min(tries, len(x.errs))-1]
				}}
				k := newClips(h, shelf{x.sum}, s, "", discard())
				for range 1000 {
					k.look(t.Context(), t.Context())
					time.Sleep(lookEvery)
				}
				k.wait()
				clip, _ := h.state.Clip("a")
				var got string
				for _, b := range h.bodies {
					got += b.Kind()
				}
				if got != x.want || !strings.Contains(clip.Why, x.reason) || (x.reason == "") != clip.Ready() {
					t.Errorf("%q, %+v", got, clip)
				}
				if clip.Ready() && (clip.Saved.Missing != 250 || clip.Saved.Gaps != 1 || clip.Saved.Frames != 120 || clip.Saved.By != "mai" || clip.Saved.Alert != "lu") {
					t.Errorf("%+v", clip.Saved)
				}
			})
		})
	}
}

// A stop says nothing about what is under way, and only so many are written at a
// time.
func TestStopLeavesClipsForTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newChronicle(t, definedCamera("c", nil))
		for i := range 2 * clipsAtOnce {
			_ = h.Put(t.Context(), "x", []world.Observation{{Body: world.ClipAsked{ID: hex.EncodeToString([]byte{byte(i)}), Camera: "c", From: world.Time(i + 1), To: world.TimeOf(time.Now())}}})
		}
		h.bodies = nil
		ctx, cancel := context.WithCancel(t.Context())
		var writing atomic.Int32
		k := newClips(h, shelf{}, still{clip: func(io.Writer) (replay.Summary, error) {
			writing.Add(1)
			<-ctx.Done()
			return replay.Summary{}, ctx.Err()
		}}, "", discard())
		for range 10 {
			k.look(ctx, ctx)
			time.Sleep(lookEvery)
		}
		if n := writing.Load(); n != clipsAtOnce {
			t.Errorf("%d are written at once, want %d", n, clipsAtOnce)
		}
		cancel()
		k.wait()
		if len(h.bodies) != 0 {
			t.Errorf("said at the stop: %v", h.bodies)
		}
	})
}

// A thousand alerts of one moment are a few files: what is asked for in the same
// words is written once, and everybody is told.
func TestAlertsOfOneMomentShareTheirPictures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newChronicle(t, definedCamera("c", func(b *world.CameraDefined) { b.Reach = 400 }))
		const alerts = 1000
		for i := range alerts {
			h.now = t0.Add(time.Duration(i) * time.Millisecond)
			a := world.AlertRaised{ID: strconv.Itoa(i), Severity: world.Severe, Pos: definedCamera("c", nil).Pos, Placed: true}
			_ = h.Put(t.Context(), "rule", []world.Observation{{Body: a}})
		}
		newWitness(h, Evidence{From: world.Severe, Before: 10 * time.Second, After: 20 * time.Second, Most: 4}, discard()).look(t.Context())
		var files atomic.Int32
		sum := replay.Summary{Frames: 1}
		k := newClips(h, shelf{hex.EncodeToString(sum.SHA256[:])}, still{clip: func(io.Writer) (replay.Summary, error) {
			files.Add(1)
			return sum, nil
		}}, "", discard())
		for range 100 {
			k.look(t.Context(), t.Context())
			time.Sleep(lookEvery)
		}
		k.wait()
		if n := len(said[world.ClipSaved](h)); n != alerts || files.Load() > 2 {
			t.Errorf("%d alerts have their pictures, in %d files", n, files.Load())
		}
	})
}

// What people ask for does not take the place of what an alert does, and the
// oldest pictures come first: they are gone first.
func TestPeopleDoNotDelayEvidence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newChronicle(t, definedCamera("c", nil))
		ask := func(id, by string, from world.Time) {
			_ = h.Put(t.Context(), "x", []world.Observation{{Body: world.ClipAsked{ID: id, Camera: "c", From: from, To: world.TimeOf(time.Now()), By: by}}})
		}
		for i := range 3 * clipsAtOnce {
			ask("p"+strconv.Itoa(i), "mai", world.Time(1000+i))
		}
		ask("alert-1", "", 5000)
		first := make(chan world.Time, 1000)
		sum := replay.Summary{}
		k := newClips(h, shelf{hex.EncodeToString(sum.SHA256[:])}, times{still{}, func(from time.Time) (replay.Summary, error) {
			first <- world.TimeOf(from)
			time.Sleep(time.Second)
			return sum, nil
		}}, "", discard())
		k.look(t.Context(), t.Context())
		synctest.Wait()
		began := map[world.Time]bool{}
		for len(first) > 0 {
			began[<-first] = true
		}
		if !began[5000] || !began[1000] || began[1000+clipsAtOnce] || len(began) != clipsAtOnce+1 {
			t.Errorf("%d began at once; the alert's: %v, the oldest: %v", len(began), began[5000], began[1000])
		}
		k.wait()
	})
}

// times is a relay whose clips depend on their time.
type times struct {
	still
	clip func(from time.Time) (replay.Summary, error)
}

func (s times) Clip(_ context.Context, _, _ string, from, _ time.Time, _ io.Writer) (replay.Summary, error) {
	return s.clip(from)
}

// A server that is killed after a clip was stored and before an event names it
// takes the file as it is after the next start: the pictures are nowhere else.
func TestStoredAndNotYetSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: t0 - 10_000, To: t0, By: "mai"}
		h := newChronicle(t, definedCamera("c", nil), asked)
		dir := t.TempDir()
		files, err := blob.New(blob.Options{Dir: filepath.Join(dir, "files")})
		if err != nil {
			t.Fatal(err)
		}
		film := []byte("a film")
		sum := replay.Summary{Frames: 120, Bytes: int64(len(film)), SHA256: sha256.Sum256(film), From: t0.Add(-10 * time.Second).Std(), To: t0.Std()}
		ctx, kill := context.WithCancel(t.Context())
		k := newClips(h, killing{files, kill}, still{clip: func(w io.Writer) (replay.Summary, error) {
			_, err := w.Write(film)
			return sum, err
		}}, notes(filepath.Join(dir, "new")), discard())
		k.look(ctx, ctx)
		k.wait()
		if len(h.bodies) != 0 {
			t.Fatalf("said by a killed server: %v", h.bodies)
		}

		k = newClips(h, files, still{clip: func(io.Writer) (replay.Summary, error) { return replay.Summary{}, replay.ErrNothing }}, notes(filepath.Join(dir, "new")), discard())
		for range 5 {
			k.look(t.Context(), t.Context())
			k.wait()
		}
		clip, _ := h.state.Clip("a")
		if !clip.Ready() || clip.Saved.Frames != 120 || clip.Saved.SHA256 != hex.EncodeToString(sum.SHA256[:]) || clip.Saved.From != t0-10_000 || len(h.bodies) != 1 {
			t.Errorf("%+v; %v", clip, h.bodies)
		}
		if left, err := os.ReadDir(filepath.Join(dir, "new")); err != nil || len(left) != 0 {
			t.Errorf("notes are left: %v, %v", left, err)
		}
	})
}

// killing is a store after whose first file the server dies.
type killing struct {
	Store
	kill func()
}

func (s killing) Keep(ctx context.Context, write func(io.Writer) error) (string, error) {
	defer s.kill()
	return s.Store.Keep(ctx, write)
}

// A server that was down for longer than the relay unit it finds again takes to
// answer does not give its clips up: the unit still has the pictures.
func TestClipsWaitForARelayOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: world.TimeOf(time.Now()), To: world.TimeOf(time.Now().Add(10 * time.Second)), By: "mai"}
		h := newChronicle(t, definedCamera("c", func(b *world.CameraDefined) { b.Replay = 3600 }), asked)
		time.Sleep(10 * time.Minute)
		var away atomic.Bool
		sum := replay.Summary{Frames: 5}
		k := newClips(h, shelf{hex.EncodeToString(sum.SHA256[:])}, still{clip: func(io.Writer) (replay.Summary, error) {
			if away.Load() {
				return replay.Summary{}, errors.New("the relay does not answer")
			}
			return sum, nil
		}}, "", discard())
		for i := range 200 {
			away.Store(i < 100)
			k.look(t.Context(), t.Context())
			time.Sleep(lookEvery)
		}
		k.wait()
		if clip, _ := h.state.Clip("a"); !clip.Ready() {
			t.Errorf("%+v", clip)
		}
	})
}

// A server that is stopped keeps what it has of a clip: a ring in memory ends with
// it. Of one that has hardly begun the next start gets more.
func TestAStopKeepsWhatThereIs(t *testing.T) {
	for _, x := range []struct {
		name  string
		shown time.Duration
		err   error
		saved bool
	}{
		{"the better part", 20 * time.Second, nil, true},
		{"hardly begun", 5 * time.Second, nil, false},
		{"not begun", 0, replay.ErrNothing, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			now := world.TimeOf(time.Now())
			h := newChronicle(t, definedCamera("c", nil), world.ClipAsked{ID: "a", Camera: "c", Stream: "main", From: now, To: now + 30_000})
			ended := make(chan struct{})
			sum := replay.Summary{Frames: 5, From: now.Std(), To: now.Std().Add(x.shown)}
			r := closing{still{clip: func(io.Writer) (replay.Summary, error) { <-ended; return sum, x.err }}, ended}
			c := newCameras(t, h, func(o *Options) {
				o.Store = shelf{hex.EncodeToString(sum.SHA256[:])}
				o.Open = func([]relay.Camera, func(string, relay.Health)) (Relay, error) { return r, nil }
			}, Camera{Public: definedCamera("c", nil)})
			ctx, cancel := context.WithCancel(t.Context())
			over := make(chan error, 1)
			go func() { over <- c.Run(ctx) }()
			time.Sleep(20 * time.Second)
			cancel()
			if err := <-over; err != nil {
				t.Error(err)
			}
			if clip, _ := h.state.Clip("a"); clip.Ready() != x.saved || (clip.Done != 0) != x.saved {
				t.Errorf("%s: %+v", x.name, clip)
			}
		})
	}
}

// closing is a relay whose clips end with it.
type closing struct {
	still
	ended chan struct{}
}

func (r closing) Run(ctx context.Context) error { <-ctx.Done(); close(r.ended); return ctx.Err() }
