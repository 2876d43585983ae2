package relay_test

import (
	"sync"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// quick are options for a camera that is looked at often.
func quick(cameras ...relay.Camera) relay.Options {
	return relay.Options{
		ProbeEvery: 300 * time.Millisecond, Step: 20 * time.Millisecond, Linger: 2 * time.Second,
		DescribeWait: guard, Timeout: guard,
		Backoff: rtsp.Backoff{Min: 20 * time.Millisecond, Max: 100 * time.Millisecond}, Cameras: cameras,
	}
}

func onDemand(id, url string) relay.Camera {
	c := camera(id, url)
	c.AlwaysOn = false
	return c
}

func TestIdleCamerasAreLookedAt(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	var mu sync.Mutex
	var states []relay.State
	opts := quick(onDemand("c1", cam.URL()))
	opts.OnHealth = func(_ string, h relay.Health) {
		mu.Lock()
		defer mu.Unlock()
		if len(states) == 0 || states[len(states)-1] != h.State {
			states = append(states, h.State)
		}
	}
	r := newRelay(t, opts)
	await(t, "the first probe", func() bool { return !health(r).Probed.IsZero() })
	h := health(r)
	if h.State != relay.StateIdle || h.Reason != rtsp.ReasonStopped || h.Probe != rtsp.ReasonNone || h.Codec != rtsp.H264 || h.Width != 640 {
		t.Errorf("after the first probe: %+v", h)
	}
	await(t, "the camera to be left", func() bool { return cam.Counts().Playing == 0 })
	await(t, "more probes", func() bool { return cam.Counts().Sessions >= 3 })
	mu.Lock()
	if len(states) != 1 || states[0] != relay.StateIdle {
		t.Errorf("probes of a camera that is well are told: %v", states)
	}
	mu.Unlock()
	if err := cam.SetFault(mediatest.FaultDown); err != nil {
		t.Fatal(err)
	}
	await(t, "the fault", func() bool {
		h := health(r)
		return h.State == relay.StateNoSignal && h.Probe == h.Reason && h.Reason == rtsp.ReasonDisconnected
	})
	if h := health(r); h.Failing.IsZero() || h.Detail == "" || !h.NextTry.IsZero() {
		t.Errorf("the fault: %+v", h)
	}
	if err := cam.SetFault(mediatest.FaultNone); err != nil {
		t.Fatal(err)
	}
	await(t, "its end", func() bool { h := health(r); return h.State == relay.StateIdle && h.Probe == rtsp.ReasonNone })
	if err := cam.SetFault(mediatest.FaultRefuse); err != nil {
		t.Fatal(err)
	}
	await(t, "the refusal", func() bool { return health(r).State == relay.StateRefused })
	tried := cam.Counts().Connections
	time.Sleep(time.Second)
	if n := cam.Counts().Connections; n != tried {
		t.Errorf("a camera that refused the login was asked %d times more", n-tried)
	}
}

func TestWhoIsNotLookedAt(t *testing.T) {
	t.Parallel()
	always, never, watched := newCamera(t, mediatest.Options{}), newCamera(t, mediatest.Options{}), newCamera(t, mediatest.Options{})
	no := onDemand("never", never.URL())
	no.ProbeEvery = -1
	two := onDemand("watched", watched.URL())
	two.Streams = append(two.Streams, relay.Stream{Name: "sub", URL: watched.URL()})
	opts := quick(camera("always", always.URL()), no, two)
	opts.ProbeEvery = 100 * time.Millisecond
	r := newRelay(t, opts)
	reader := read(t, r.URL("watched", "main"), token("*", time.Minute))
	await(t, "units", func() bool {
		if err, over := reader.over(); over {
			t.Fatalf("the reader was refused: %v", err)
		}
		return reader.count() > 5
	})
	sessions := watched.Counts().Sessions
	time.Sleep(time.Second)
	if n := always.Counts().Sessions; n != 1 {
		t.Errorf("a camera that is always on was connected %d times", n)
	}
	if n := never.Counts().Connections; n != 0 {
		t.Errorf("a camera that is not to be looked at was connected %d times", n)
	}
	if n := watched.Counts().Sessions - sessions; n != 0 {
		t.Errorf("a camera that is watched was connected %d times more", n)
	}
	if _, over := reader.over(); over {
		t.Error("the reader was cut off")
	}
}

func TestProbesAreBounded(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{})
	var all []relay.Camera
	for i := range 12 {
		all = append(all, onDemand(string(rune('a'+i)), cam.URL()))
	}
	opts := quick(all...)
	opts.Probes, opts.ProbeEvery = 2, 50*time.Millisecond
	r := newRelay(t, opts)
	await(t, "all to be looked at", func() bool {
		for _, h := range r.Health() {
			if h.Probed.IsZero() {
				return false
			}
		}
		return len(r.Health()) == 12
	})
	if peak := cam.Counts().Peak; peak > 3 { // one more may not have been noticed to be gone
		t.Errorf("%d probes at once, want 2 at most", peak)
	}
}

// A camera that serves one session has it for those who watch, whatever the relay itself was doing.
func TestAProbeGivesWay(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{MaxSessions: 1})
	both := relay.Camera{ID: "c1", Streams: []relay.Stream{{Name: "main", URL: cam.URL()}, {Name: "sub", URL: cam.URL()}}}
	opts := quick(both)
	opts.ProbeEvery, opts.Linger = 20*time.Millisecond, 10*time.Second
	r := newRelay(t, opts)
	await(t, "probes", func() bool { return cam.Counts().Sessions > 1 })
	for i := range 6 {
		stream := []string{"main", "sub"}[i%2]
		began := time.Now()
		reader := read(t, r.URL("c1", stream), token("c1", time.Minute))
		await(t, "units of "+stream, func() bool {
			if err, over := reader.over(); over {
				t.Fatalf("reader %d of %s was refused: %v", i, stream, err)
			}
			return reader.count() > 3
		})
		t.Logf("%s after %v", stream, time.Since(began).Round(time.Millisecond))
		reader.stop()
		time.Sleep(time.Duration(i) * 37 * time.Millisecond)
	}
}

// A viewer who comes while its stream is looked at takes the session over.
func TestAViewerTakesTheProbeOver(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		FPS: 25, Length: 8 * time.Second, KeyEvery: 4 * time.Second, Counter: true,
	}, MaxSessions: 1, Start: 2})
	opts := quick(onDemand("c1", cam.URL()))
	opts.ProbeEvery = 10 * time.Millisecond
	r := newRelay(t, opts)
	await(t, "a probe", func() bool { return cam.Counts().Playing == 1 })
	sessions := cam.Counts().Sessions
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "units", func() bool { return reader.count() > 150 })
	if n := cam.Counts().Sessions; n > sessions+1 || cam.Counts().Peak > 1 {
		t.Errorf("%d sessions, %d before", n, sessions)
	}
	if h := health(r); h.State != relay.StateLive {
		t.Errorf("while it is watched: %+v", h)
	}
}

// A viewer who takes a probe over may stay for days: the other cameras are looked at all the same.
func TestAProbeThatWasTakenOverIsNoneAnyMore(t *testing.T) {
	t.Parallel()
	watched, idle := newCamera(t, mediatest.Options{ClipOptions: mediatest.ClipOptions{
		FPS: 25, Length: 8 * time.Second, KeyEvery: 4 * time.Second,
	}, Start: 2}), newCamera(t, mediatest.Options{})
	opts := quick(onDemand("c1", watched.URL()))
	opts.ProbeEvery, opts.Probes = 10*time.Millisecond, 1
	r := newRelay(t, opts)
	var reader *reading
	sessions := 0
	await(t, "a viewer who takes a probe over", func() bool {
		await(t, "a probe", func() bool { return watched.Counts().Playing == 1 })
		sessions = watched.Counts().Sessions
		reader = read(t, r.URL("c1", "main"), token("c1", time.Minute))
		await(t, "units", func() bool { return reader.count() > 0 })
		if watched.Counts().Sessions == sessions {
			return true
		}
		reader.stop() // a busy computer: the probe was over before the reader came
		sessions = watched.Counts().Sessions
		await(t, "the next probe", func() bool { return watched.Counts().Sessions > sessions })
		return false
	})
	if err := r.SetCameras([]relay.Camera{onDemand("c1", watched.URL()), onDemand("c2", idle.URL())}); err != nil {
		t.Fatal(err)
	}
	await(t, "a look at the other camera", func() bool {
		h := r.Health()
		return len(h) == 2 && !h[1].Probed.IsZero()
	})
	if n := watched.Counts().Sessions - sessions; n != 0 {
		t.Errorf("%d more sessions of the camera that is watched: its probe was not taken over", n)
	}
	if _, over := reader.over(); over {
		t.Error("the reader was cut off")
	}
}

// When some cameras of a site fail, the others are looked at soon and one cause is named.
func TestOneCauseOfASite(t *testing.T) {
	t.Parallel()
	var all []relay.Camera
	var cams []*mediatest.Camera
	for i := range 5 {
		cam := newCamera(t, mediatest.Options{})
		c := onDemand(string(rune('a'+i)), cam.URL())
		c.Site, c.AlwaysOn = "bridge", i < 2
		cams, all = append(cams, cam), append(all, c)
	}
	opts := quick(all...)
	opts.ProbeEvery = time.Hour
	opts.Cameras = all
	r := newRelay(t, opts)
	await(t, "the first look", func() bool { s := r.Sites(); return len(s) == 1 && s[0].Cameras == 5 })
	for _, c := range cams {
		if err := c.SetFault(mediatest.FaultDown); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "one cause", func() bool { s := r.Sites(); return s[0].Down == 5 && s[0].Reason != "" })
	if s := r.Sites()[0]; s.Site != "bridge" || s.Since.IsZero() || s.Reason != rtsp.ReasonDisconnected {
		t.Errorf("%+v", s)
	}
}

// Cameras lock an account after a few wrong logins: one refusal ends the probes of all streams.
func TestOneRefusalEndsTheProbes(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{User: "admin", Pass: "right", Digest: true})
	c := onDemand("c1", cam.URL())
	c.User, c.Pass = "admin", "wrong"
	c.Streams = append(c.Streams, relay.Stream{Name: "sub", URL: cam.URL()})
	opts := quick(c)
	opts.ProbeEvery = 50 * time.Millisecond
	r := newRelay(t, opts)
	await(t, "the refusal", func() bool {
		for _, h := range r.Health() {
			if h.State == relay.StateRefused {
				return true
			}
		}
		return false
	})
	time.Sleep(time.Second)
	if n := cam.Counts().Logins; n != 1 {
		t.Errorf("%d wrong logins", n)
	}
}
