package cctv

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/relay"
	"iocwall/media/rtsp"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// gaze is a centre whose cameras people and computers look at.
type gaze struct {
	t      *testing.T
	h      *chronicle
	c      *Cameras
	report func(string, relay.Health)
	list   []Camera
}

// newGaze has so many cameras, which the relay says are live.
func newGaze(t *testing.T, n int) *gaze {
	g := &gaze{t: t, h: newChronicle(t, world.AreaDefined{ID: "vn/da-nang", Name: "Đà Nẵng"}, world.AreaDefined{ID: "vn/ca-mau", Name: "Cà Mau"})}
	g.h.now = world.TimeOf(time.Now())
	for i := range n {
		b := definedCamera(fmt.Sprintf("c%d", i), nil)
		g.list = append(g.list, Camera{Public: b, Private: relay.Camera{ID: b.ID, Streams: []relay.Stream{{Name: "main"}}}})
		_ = g.h.Put(t.Context(), "config", []world.Observation{{Body: b}})
	}
	g.start()
	g.relay(relay.StateLive, rtsp.ReasonNone)
	return g
}

// start starts the server anew.
func (g *gaze) start() {
	g.c = newCameras(g.t, g.h, func(o *Options) {
		o.Open = func(_ []relay.Camera, r func(string, relay.Health)) (Relay, error) { g.report = r; return still{}, nil }
	}, g.list...)
}

func (g *gaze) relay(state relay.State, reason rtsp.Reason) {
	for _, x := range g.list {
		g.report(x.Public.ID, relay.Health{Camera: x.Public.ID, Stream: "main", State: state, Reason: reason, Since: time.Now()})
	}
}

// pass lets time pass as it does while the server runs.
func (g *gaze) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(lookEvery) {
		g.h.mu.Lock()
		g.h.now = world.TimeOf(time.Now())
		g.h.mu.Unlock()
		g.c.healths.look(g.t.Context())
	}
}

// says reports for a computer, and goes on for a moment.
func (g *gaze) says(who string, still, moving []string) {
	g.t.Helper()
	a := act.ReportCameras{Program: "1", Moving: moving}
	for _, id := range still {
		a.Still = append(a.Still, act.StillCamera{Camera: id, Since: world.TimeOf(time.Now().Add(-12 * time.Second))})
	}
	if err := g.c.Seen(g.t.Context(), auth.Identity{Token: who, Name: who, Role: auth.Node}, a); err != nil {
		g.t.Errorf("%s: %v", who, err)
	}
	g.pass(time.Second)
}

// is demands how the first camera is.
func (g *gaze) is(state world.CameraState, when string) world.CameraHealth {
	g.t.Helper()
	x, _ := g.h.state.Camera("c0")
	if x.Health.State != state || (state == world.CameraFrozen) != (x.Health.By != "") {
		g.t.Errorf("%s it is %+v", when, x.Health)
	}
	return x.Health
}

func (g *gaze) told() int { return len(said[world.CameraHealth](g.h)) }

var c0 = []string{"c0"}

// A camera stands still because somebody sees that it does, since then, until
// somebody sees that it moves.
func TestSomebodySeesThatACameraStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 2)
		since := world.TimeOf(time.Now().Add(-12 * time.Second))
		g.says("pc-03", c0, nil)
		if h := g.is(world.CameraFrozen, "when a computer says so"); h.By != "pc-03" || h.Since != since || h.Reason != "unchanged" {
			t.Errorf("%+v", h)
		}
		if x, _ := g.h.state.Camera("c1"); x.Health.State != world.CameraLive {
			t.Errorf("another camera is %s", x.Health.State)
		}
		n := g.told()
		for range 20 { // said again and again, by two
			g.says("pc-03", c0, nil)
			g.says("pc-04", c0, nil)
		}
		if g.told() != n {
			t.Errorf("%d events for forty reports", g.told()-n)
		}
		g.says("pc-03", nil, nil)
		g.says("pc-04", nil, nil)
		g.is(world.CameraFrozen, "when they look at something else")
		g.says("pc-05", nil, c0)
		g.is(world.CameraLive, "when somebody sees it move")
		g.pass(time.Hour)
		g.is(world.CameraLive, "an hour later")
		if g.told() != n+1 {
			t.Errorf("%d events for its end", g.told()-n)
		}
		g.says("pc-05", nil, c0)
		if len(g.c.healths.stills.of) != 0 {
			t.Error("what nobody doubts is remembered")
		}
	})
}

// The word of who is gone holds for some time, that of who looks as long as he does.
func TestWhoSeesItIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 1)
		for range 30 {
			g.says("pc-03", c0, nil)
			g.pass(time.Minute)
		}
		g.is(world.CameraFrozen, "while it is looked at")
		g.pass(unseenFor - 2*time.Minute)
		g.is(world.CameraFrozen, "for some time after")
		g.pass(3 * time.Minute)
		g.is(world.CameraLive, "after some time")
	})
}

// Who sees it move wins over who sees it stand, which may be its other stream, as
// long as he looks; then it stands again.
func TestOneStreamOfTwoStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 1)
		g.says("pc-03", c0, nil)
		g.says("pc-04", nil, c0)
		g.is(world.CameraLive, "while one sees it move")
		n := g.told()
		for range 5 {
			g.pass(time.Minute)
			g.says("pc-03", c0, nil)
			g.says("pc-04", nil, c0)
		}
		g.pass(time.Minute)
		g.is(world.CameraLive, "while one sees it move")
		if g.told() > n+8 { // the relay is still; nothing but the minute's word
			t.Errorf("%d events", g.told()-n)
		}
		g.says("pc-04", nil, nil)
		g.pass(stillWait)
		g.is(world.CameraFrozen, "when who saw it move looks elsewhere")
		// What was seen by somebody who looks elsewhere does not come back.
		g.says("pc-03", nil, nil)
		g.says("pc-04", nil, c0)
		g.says("pc-04", nil, nil)
		g.pass(time.Minute)
		g.is(world.CameraLive, "when only who saw it move has looked since")
	})
}

// A camera that stands and moves in turns is not told each time.
func TestACameraThatStandsInTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 1)
		for range 60 { // half an hour
			g.says("pc-03", c0, nil)
			g.pass(14 * time.Second)
			g.says("pc-03", nil, c0)
			g.pass(14 * time.Second)
		}
		frozen := 0
		for _, h := range said[world.CameraHealth](g.h) {
			if h.State == world.CameraFrozen {
				frozen++
			}
		}
		if frozen > 6 {
			t.Errorf("told %d times in half an hour", frozen)
		}
		g.says("pc-03", c0, nil)
		g.pass(stillWaitMost)
		g.is(world.CameraFrozen, "when it stands for good")
	})
}

// That nothing comes is worse than that nothing changes, and what was seen before it
// came again is of no account.
func TestARelayThatGetsNothingWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 1)
		g.says("pc-03", c0, nil)
		g.relay(relay.StateConnecting, rtsp.ReasonConnecting)
		g.is(world.CameraFrozen, "while the relay connects")
		g.relay(relay.StateNoSignal, rtsp.ReasonTimeout)
		g.is(world.CameraSilent, "when nothing comes")
		g.relay(relay.StateLive, rtsp.ReasonNone)
		g.pass(time.Minute)
		g.is(world.CameraLive, "when it comes again")
		g.says("pc-03", c0, nil)
		g.is(world.CameraFrozen, "when it is seen to stand still")
		g.relay(relay.StateIdle, rtsp.ReasonStopped)
		g.pass(time.Minute)
		g.is(world.CameraFrozen, "when nobody looks any more")
	})
}

// A restart forgets nothing: what stood still goes on to, if somebody says so again.
func TestStillAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, again := range []bool{true, false} {
			g := newGaze(t, 1)
			g.says("pc-03", c0, nil)
			was := g.is(world.CameraFrozen, "before")
			g.start()
			g.pass(5 * time.Second)
			for _, s := range []relay.State{relay.StateConnecting, relay.StateLive} {
				g.relay(s, rtsp.ReasonNone)
				g.pass(time.Second)
				if h := g.is(world.CameraFrozen, "after a restart"); h.Since != was.Since || h.By != was.By {
					t.Errorf("%+v, was %+v", h, was)
				}
			}
			for range 20 {
				if again {
					g.says("pc-03", c0, nil)
				}
				g.pass(time.Minute)
			}
			if again {
				g.is(world.CameraFrozen, "while it is said again")
				g.says("pc-03", nil, c0)
			}
			g.is(world.CameraLive, "in the end")
			all := said[world.CameraHealth](g.h)
			for i, h := range all {
				if h.State == world.CameraLive && i > 0 && i < len(all)-1 {
					t.Error("it was live for a moment")
				}
			}
		}
	})
}

// What a computer says whose clock is ahead is taken, with all else that it says; its
// time to come is the one at which it was said first.
func TestStillSinceATimeToCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 2)
		at, before := world.TimeOf(time.Now()), world.TimeOf(time.Now().Add(-time.Minute))
		n := g.told()
		for range 5 {
			err := g.c.Seen(t.Context(), auth.Identity{Token: "pc-03", Name: "pc-03", Role: auth.Node}, act.ReportCameras{
				Program: "1", Still: []act.StillCamera{{Camera: "c0", Since: world.TimeOf(time.Now().Add(time.Hour))}, {Camera: "c1", Since: before}},
			})
			if err != nil {
				t.Fatal(err)
			}
			g.pass(time.Minute)
		}
		if h := g.is(world.CameraFrozen, "by a clock that is ahead"); h.Since != at {
			t.Errorf("since %v, want %v", h.Since, at)
		}
		if x, _ := g.h.state.Camera("c1"); x.Health.State != world.CameraFrozen || x.Health.Since != before {
			t.Errorf("the other is %+v", x.Health)
		}
		if g.told() != n+2 {
			t.Errorf("%d events for two cameras", g.told()-n)
		}
	})
}

// Only those who may see a camera say how it is, in reasonable words, and not more
// often than is of use.
func TestWhoMaySayThatACameraStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGaze(t, 1)
		at := world.TimeOf(time.Now())
		word := act.ReportCameras{Program: "1", Still: []act.StillCamera{{Camera: "c0", Since: at}}}
		unit := auth.Identity{Token: "u", Name: "U", Role: auth.Unit, Areas: []string{"vn/ca-mau"}}
		op := auth.Identity{Token: "o", Name: "O", Role: auth.Operator}
		many := make([]string, mostSeen+1)
		for name, x := range map[string]struct {
			id auth.Identity
			a  act.ReportCameras
		}{
			"no right":       {auth.Identity{Token: "a", Name: "A", Role: auth.Auditor}, word},
			"another area":   {unit, word},
			"no camera":      {op, act.ReportCameras{Program: "1", Still: []act.StillCamera{{Camera: "x", Since: at}}}},
			"no program":     {op, act.ReportCameras{}},
			"too many":       {op, act.ReportCameras{Program: "1", Moving: many}},
			"before time":    {op, act.ReportCameras{Program: "1", Still: []act.StillCamera{{Camera: "c0"}}}},
			"a long program": {op, act.ReportCameras{Program: string(make([]byte, 65))}},
		} {
			var code world.Sayable
			if err := g.c.Seen(t.Context(), x.id, x.a); !errors.As(err, &code) {
				t.Errorf("%s: %v", name, err)
			}
		}
		g.pass(time.Minute)
		g.is(world.CameraLive, "after refused words")
		// A camera that he may not see is left out, the rest is taken.
		word = act.ReportCameras{Program: "1", Still: []act.StillCamera{{Camera: "x", Since: at}, {Camera: "c0", Since: at}}}
		if err := g.c.Seen(t.Context(), op, word); err != nil {
			t.Error(err)
		}
		g.pass(time.Second)
		g.is(world.CameraFrozen, "after a good word")
		taken := 0
		for range 100 {
			if g.c.Seen(t.Context(), op, word) == nil {
				taken++
			}
		}
		if taken > 10 {
			t.Errorf("%d reports at once were taken", taken)
		}
		if err := g.c.Apply(nil); err != nil || len(g.c.healths.stills.of) != 0 {
			t.Errorf("a camera that was removed is remembered; %v", err)
		}
	})
}
