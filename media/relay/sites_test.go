package relay

import (
	"fmt"
	"testing"
	"time"

	"iocwall/media/rtsp"
)

func TestSites(t *testing.T) {
	start := time.Unix(1790000000, 0)
	live := Health{State: StateLive}
	idle := Health{State: StateIdle, Reason: rtsp.ReasonStopped, Probed: start}
	never := Health{State: StateIdle, Reason: rtsp.ReasonStopped}
	refused := Health{State: StateRefused, Reason: rtsp.ReasonLoginRefused}
	down := func(r rtsp.Reason, after time.Duration) Health {
		return Health{State: StateNoSignal, Reason: r, Failing: start.Add(after)}
	}
	many := func(n int, h Health) []Health {
		out := make([]Health, n)
		for i := range out {
			out[i] = h
		}
		return out
	}
	both := func(a, b []Health) []Health { return append(append([]Health{}, a...), b...) }
	gone, quiet := down(rtsp.ReasonUnreachable, 0), down(rtsp.ReasonNoPackets, 50*time.Second)
	for _, c := range []struct {
		name    string
		cameras []Health
		want    SiteHealth
	}{
		{"all well", many(5, live), SiteHealth{Cameras: 5}},
		{"all down", many(12, gone), SiteHealth{Cameras: 12, Down: 12, Reason: rtsp.ReasonUnreachable, Since: start}},
		{"two are no cause", many(2, gone), SiteHealth{Cameras: 2, Down: 2}},
		{"three are", many(3, gone), SiteHealth{Cameras: 3, Down: 3, Reason: rtsp.ReasonUnreachable, Since: start}},
		{"half is not most", both(many(3, gone), many(3, live)), SiteHealth{Cameras: 6, Down: 3}},
		{"more than half is", both(many(4, gone), many(3, idle)), SiteHealth{Cameras: 7, Down: 4, Reason: rtsp.ReasonUnreachable, Since: start}},
		{
			"unknown ones do not count", both(many(3, gone), many(9, never)),
			SiteHealth{Cameras: 3, Down: 3, Reason: rtsp.ReasonUnreachable, Since: start},
		},
		{"refused ones can be reached", both(many(3, gone), many(3, refused)), SiteHealth{Cameras: 6, Down: 3}},
		{
			"the most frequent reason", both(many(2, quiet), many(3, gone)),
			SiteHealth{Cameras: 5, Down: 5, Reason: rtsp.ReasonUnreachable, Since: start},
		},
		{"one after the other, over hours", []Health{
			down(rtsp.ReasonTimeout, 0), down(rtsp.ReasonTimeout, time.Hour), down(rtsp.ReasonTimeout, 2*time.Hour), down(rtsp.ReasonTimeout, 3*time.Hour),
		}, SiteHealth{Cameras: 4, Down: 4}},
		{"one long before", both(many(1, down(rtsp.ReasonTimeout, -time.Hour)), many(3, gone)), SiteHealth{
			Cameras: 4, Down: 4, Reason: rtsp.ReasonUnreachable, Since: start,
		}},
		{"bad pictures are no matter of the site", many(5, Health{State: StateNoSignal, Reason: rtsp.ReasonNoUnits}), SiteHealth{Cameras: 5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.cameras {
				c.cameras[i].Camera, c.cameras[i].Stream, c.cameras[i].Site = fmt.Sprint("c", i), "main", "bridge"
			}
			elsewhere := Health{Camera: "x", Stream: "main", State: StateNoSignal, Failing: start}
			got := Sites(append(c.cameras, elsewhere))
			c.want.Site = "bridge"
			if len(got) != 1 || got[0] != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	// Two streams are one camera, and one of them that plays shows that the camera is there.
	var all []Health
	for i := range 4 {
		for _, stream := range []string{"main", "sub"} {
			h := gone
			h.Camera, h.Stream, h.Site = fmt.Sprint("c", i), stream, "a"
			all = append(all, h)
			h.Site = "b"
			if stream == "sub" && i > 1 {
				h.State, h.Failing = StateLive, time.Time{}
			}
			all = append(all, h)
		}
	}
	got := Sites(all)
	if len(got) != 2 || got[0].Down != 4 || got[0].Cameras != 4 || got[0].Reason == "" || got[1].Down != 2 || got[1].Reason != "" {
		t.Errorf("%+v", got)
	}
}

// While a camera is being connected anew it fails on; once it plays, or is known to be idle and well, it does not.
func TestFailing(t *testing.T) {
	now := time.Unix(1790000000, 0)
	var h Health
	for i, step := range []struct {
		state  State
		reason rtsp.Reason
		since  int // step at which it began to fail, -1: it does not
	}{
		{StateConnecting, rtsp.ReasonConnecting, -1},
		{StateLive, "", -1},
		{StateNoSignal, rtsp.ReasonNoPackets, 2},
		{StateNoSignal, rtsp.ReasonTimeout, 2},
		{StateConnecting, rtsp.ReasonConnecting, 2},
		{StateNoSignal, rtsp.ReasonUnreachable, 2},
		{StateLive, "", -1},
		{StateNoSignal, rtsp.ReasonNoKeyFrame, -1},
		{StateNoSignal, rtsp.ReasonTimeout, 8},
		{StateIdle, rtsp.ReasonStopped, -1},
	} {
		h.State, h.Reason = step.state, step.reason
		h.fail(now.Add(time.Duration(i) * time.Second))
		if want := now.Add(time.Duration(step.since) * time.Second); step.since < 0 != h.Failing.IsZero() || step.since >= 0 && !h.Failing.Equal(want) {
			t.Errorf("step %d: failing since %v", i, h.Failing)
		}
	}
}
