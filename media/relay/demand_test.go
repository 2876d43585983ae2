package relay_test

import (
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// However many readers there are, the camera is connected once, for as long as one of them stays and a little longer.
func TestOneSessionForAllReadersAndALinger(t *testing.T) {
	t.Parallel()
	const linger = 2 * time.Second
	cam := newCamera(t, mediatest.Options{})
	r := newRelay(t, relay.Options{
		Linger: linger, Step: 20 * time.Millisecond, ProbeEvery: -1, Cameras: []relay.Camera{onDemand("c1", cam.URL())},
	})
	await(t, "idle health", func() bool { return health(r).State == relay.StateIdle })
	time.Sleep(300 * time.Millisecond)
	if n := cam.Counts().Connections; n != 0 {
		t.Fatalf("a camera that nobody watches was connected %d times", n)
	}
	var readers []*reading
	for range 8 {
		readers = append(readers, read(t, r.URL("c1", "main"), token("c1", time.Minute)))
	}
	for _, x := range readers {
		await(t, "units of each", func() bool { return x.count() > 3 })
	}
	if c := cam.Counts(); c.Sessions != 1 || c.Peak != 1 || health(r).Readers != 8 {
		t.Errorf("%d sessions for %d readers", c.Sessions, health(r).Readers)
	}
	for _, x := range readers {
		x.stop()
	}
	await(t, "the readers to be gone", func() bool { return health(r).Readers == 0 })
	left := time.Now()
	back := read(t, r.URL("c1", "main"), token("c1", time.Minute)) // within the linger
	await(t, "units", func() bool { return back.count() > 3 })
	if n, took := cam.Counts().Sessions, time.Since(left); n != 1 && took < linger { // a busy computer may take longer
		t.Errorf("%d sessions for who came back after %v", n, took)
	}
	back.stop()
	await(t, "the camera to be left", func() bool { return cam.Counts().Playing == 0 && health(r).State == relay.StateIdle })
	if h := health(r); h.Probed.IsZero() || h.Probe != rtsp.ReasonNone {
		t.Errorf("after the linger: %+v", h)
	}
}

func TestCamerasOverUDP(t *testing.T) {
	t.Parallel()
	cam := newCamera(t, mediatest.Options{UDP: true})
	c := camera("c1", cam.URL())
	c.Transport = rtsp.TransportUDP
	r := newRelay(t, relay.Options{Cameras: []relay.Camera{c}})
	reader := read(t, r.URL("c1", "main"), token("c1", time.Minute))
	await(t, "units", func() bool { return reader.count() > 10 })
	if err := cam.SetFault(mediatest.FaultLoss); err != nil {
		t.Fatal(err)
	}
	await(t, "loss in health", func() bool { return health(r).Loss > 0 })
	await(t, "loss at the reader", func() bool {
		for _, u := range reader.snapshot() {
			if u.Lost > 0 {
				return true
			}
		}
		return false
	})
}
