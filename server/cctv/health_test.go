package cctv

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/relay"
	"iocwall/media/rtsp"
	"iocwall/server/world"
)

// A camera is as its liveliest stream is; an idle one as it was found when it was
// last looked at.
func TestBest(t *testing.T) {
	now := time.UnixMilli(int64(t0))
	for _, x := range []struct {
		name    string
		streams []relay.Health
		state   world.CameraState
		reason  string
	}{
		{"live beats idle", []relay.Health{{Stream: "main", State: relay.StateIdle}, {Stream: "sub", State: relay.StateLive}}, world.CameraLive, ""},
		{"idle and well", []relay.Health{{Stream: "main", State: relay.StateIdle, Reason: rtsp.ReasonStopped, Probed: now}}, world.CameraIdle, "stopped"},
		{"idle and away", []relay.Health{{Stream: "main", State: relay.StateIdle, Probe: rtsp.ReasonTimeout, Probed: now}}, world.CameraSilent, "timeout"},
		{"idle and refused", []relay.Health{{Stream: "main", State: relay.StateIdle, Probe: rtsp.ReasonLoginRefused, Probed: now}}, world.CameraRefused, "login-refused"},
		{"refused beats silent", []relay.Health{{Stream: "a", State: relay.StateNoSignal}, {Stream: "b", State: relay.StateRefused}}, world.CameraRefused, ""},
		{"nothing", nil, world.CameraUnknown, ""},
	} {
		streams := map[string]relay.Health{}
		for _, h := range x.streams {
			streams[h.Stream] = h
		}
		if got := best(streams); got.State != x.state || got.Reason != x.reason {
			t.Errorf("%s: %+v", x.name, got)
		}
	}
}

// One cause is one alert, not one for each camera; it is resolved when pictures
// come again, also after a restart, and never before anything was heard.
func TestASiteFailsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var list []Camera
		h := newChronicle(t)
		h.now = world.TimeOf(time.Now())
		for i := range 12 {
			b := definedCamera(fmt.Sprintf("c%02d", i), func(b *world.CameraDefined) { b.Site = "tu-03" })
			if i == 11 {
				b.Site = ""
			}
			list = append(list, Camera{Public: b, Private: relay.Camera{ID: b.ID, Streams: []relay.Stream{{Name: "main"}}}})
			_ = h.Put(t.Context(), "config", []world.Observation{{Body: b}})
		}
		var report func(string, relay.Health)
		open := func(o *Options) {
			o.Open = func(_ []relay.Camera, r func(string, relay.Health)) (Relay, error) { report = r; return still{}, nil }
		}
		c := newCameras(t, h, open, list...)
		say := func(state relay.State, reason rtsp.Reason, failing time.Time) {
			for _, x := range list {
				report(x.Public.ID, relay.Health{
					Camera: x.Public.ID, Stream: "main", Site: x.Public.Site, State: state, Reason: reason, Since: time.Now(), Failing: failing,
				})
			}
		}
		tick := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(lookEvery) {
				h.now = world.TimeOf(time.Now())
				c.healths.look(t.Context())
			}
		}
		alerts := func() (open, all int) {
			for e := range h.state.Entities(world.KindAlert) {
				if a, ok := e.(world.Alert); ok {
					all++
					if a.Open() {
						open++
					}
				}
			}
			return open, all
		}
		say(relay.StateLive, "", time.Time{})
		tick(10 * time.Second)
		say(relay.StateNoSignal, rtsp.ReasonUnreachable, time.Now())
		tick(time.Second)
		if open, _ := alerts(); open != 0 {
			t.Error("told after a second already")
		}
		tick(10 * time.Second)
		raised := said[world.AlertRaised](h)
		if len(raised) != 1 || raised[0].Title != "Cụm tu-03: 11/11 camera mất kết nối cùng lúc" || !raised[0].Placed || raised[0].Severity != world.Severe {
			t.Fatalf("raised %+v", raised)
		}
		causes := 0
		for _, x := range h.state.Cameras() {
			if x.Health.Cause == "tu-03" {
				causes++
			}
		}
		if causes != 11 {
			t.Errorf("%d cameras name the cause, want 11", causes)
		}

		// Restarted: as long as nothing was heard, what is so stays so.
		c = newCameras(t, h, open, list...)
		tick(10 * time.Second)
		if open, all := alerts(); open != 1 || all != 1 {
			t.Errorf("after a restart %d of %d alerts are open", open, all)
		}
		say(relay.StateLive, "", time.Time{})
		tick(10 * time.Second)
		if open, all := alerts(); open != 0 || all != 1 {
			t.Errorf("at the end %d of %d alerts are open", open, all)
		}
		if x, _ := h.state.Camera("c00"); x.Health.Cause != "" {
			t.Error("a camera that works has a cause")
		}

		// What comes before the history knows a camera is told again after it does.
		early := Camera{Public: definedCamera("new", nil), Private: relay.Camera{ID: "new", Streams: []relay.Stream{{Name: "main"}}}}
		if err := c.Apply(append(list, early)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			report("new", relay.Health{Camera: "new", Stream: "main", State: relay.StateLive})
			_ = h.Put(t.Context(), "config", []world.Observation{{Body: early.Public}})
		}
		if x, _ := h.state.Camera("new"); x.Health.State != world.CameraLive {
			t.Errorf("the new camera is %+v", x.Health)
		}

		// What comes late of a camera that was removed is dropped.
		if err := c.Apply(list[1:]); err != nil {
			t.Fatal(err)
		}
		n := len(said[world.CameraHealth](h))
		report("c00", relay.Health{Camera: "c00", Stream: "main", State: relay.StateNoSignal})
		if len(said[world.CameraHealth](h)) != n {
			t.Error("a removed camera was reported")
		}
		if strings.Contains(raised[0].Text, "c11") {
			t.Error("a camera elsewhere is named")
		}
	})
}
