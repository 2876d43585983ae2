package cctv

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/relay"
	"iocwall/media/replay"
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
				h := newChronicle(t, definedCamera("c", nil), asked)
				asked.To = world.TimeOf(time.Now())
				h = newChronicle(t, definedCamera("c", nil), asked)
				tries := 0
				s := still{clip: func(io.Writer) (replay.Summary, error) {
					tries++
					return sum, x.errs[min(tries, len(x.errs))-1]
				}}
				k := newClips(h, shelf{x.sum}, s, discard())
				for range 1000 {
					k.look(t.Context())
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
			_ = h.Put(t.Context(), "x", []world.Observation{{Body: world.ClipAsked{ID: hex.EncodeToString([]byte{byte(i)}), Camera: "c", From: 1, To: world.TimeOf(time.Now())}}})
		}
		h.bodies = nil
		ctx, cancel := context.WithCancel(t.Context())
		var writing atomic.Int32
		k := newClips(h, shelf{}, still{clip: func(io.Writer) (replay.Summary, error) {
			writing.Add(1)
			<-ctx.Done()
			return replay.Summary{}, ctx.Err()
		}}, discard())
		for range 10 {
			k.look(ctx)
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
