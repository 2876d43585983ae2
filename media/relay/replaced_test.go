package relay_test

import (
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/media/relay"
	"iocwall/media/rtsp"
)

// Who waits for a camera that does not answer is served as soon as its address has been corrected, and is told at once
// when it was taken off the list.
func TestWhoWaitsForACameraFollowsItsCorrection(t *testing.T) {
	hung, sound := newCamera(t, mediatest.Options{}), newCamera(t, mediatest.Options{})
	if err := hung.SetFault(mediatest.FaultHang); err != nil {
		t.Fatal(err)
	}
	r := newRelay(t, relay.Options{DescribeWait: 4 * guard, Timeout: 4 * guard, ProbeEvery: -1})
	set := func(all ...relay.Camera) {
		t.Helper()
		if err := r.SetCameras(all); err != nil {
			t.Fatal(err)
		}
	}
	wrong := []relay.Camera{camera("c1", hung.URL()), camera("c2", hung.URL())}
	for i := range wrong {
		wrong[i].AlwaysOn = false // connecting is then for who waits
	}
	set(wrong...)
	await(t, "the relay to know them", func() bool { return len(r.Health()) == len(wrong) })
	corrected := read(t, r.URL("c1", "main"), token("*", time.Hour))
	removed := read(t, r.URL("c2", "main"), token("*", time.Hour))
	await(t, "both to be waited for", func() bool {
		for _, h := range r.Health() {
			if h.State != relay.StateConnecting {
				return false
			}
		}
		return true
	})
	set(camera("c1", sound.URL()))
	await(t, "pictures of the right camera", func() bool { return corrected.count() > 0 })
	await(t, "the removed one to be refused", func() bool { _, over := removed.over(); return over })
	if err, _ := removed.over(); rtsp.ReasonOf(err) != rtsp.ReasonNotFound {
		t.Errorf("who waited for a camera that was removed is told %v", err)
	}
}

// Walls that wait for a relay to come back ask in its first moment: its cameras are known then.
func TestWhoAsksFirstIsToldOfNoUnknownCamera(t *testing.T) {
	t.Parallel()
	for range 50 {
		r, err := relay.New(relay.Options{
			Addr: "127.0.0.1:0", Signer: signer, Timeout: guard, Cameras: []relay.Camera{camera("c1", "rtsp://127.0.0.1:1/closed")},
		})
		if err != nil {
			t.Fatal(err)
		}
		var early []*reading
		for range 4 {
			early = append(early, read(t, r.URL("c1", "main"), token("c1", time.Minute)))
		}
		time.Sleep(5 * time.Millisecond) // they have dialled, most likely
		background(t, r.Run)
		for _, e := range early {
			await(t, "an answer", func() bool { _, over := e.over(); return over })
			if err, _ := e.over(); rtsp.ReasonOf(err) != rtsp.ReasonUnreachable {
				t.Fatalf("told %v", err)
			}
		}
	}
}
