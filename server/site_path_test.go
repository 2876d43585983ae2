package server

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// When all cameras of a site lose their line there is one alert, which names the
// site, and every camera says that it is not its own fault; when they come back
// the alert is over.
func TestASiteIsOneCause(t *testing.T) {
	clip, err := mediatest.NewClip(t.Context(), mediatest.ClipOptions{Width: 320, Height: 180, FPS: 12, KeyEvery: time.Second, Length: 4 * time.Second})
	if err != nil {
		t.Skipf("no camera to film with: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var cams []*mediatest.Camera
	ended := make(chan error, 3)
	var list strings.Builder
	list.WriteString("cameras:\n")
	for i := range 3 {
		cam, err := mediatest.NewCamera(mediatest.Options{Clip: clip})
		if err != nil {
			t.Fatal(err)
		}
		cams = append(cams, cam)
		go func() { ended <- cam.Run(ctx) }()
		fmt.Fprintf(&list, "  - {id: c%d, name: Ngã %d, pos: [108.28, 15.86], site: tu-1, always: true, area: %s, streams: [{name: main, url: %q}]}\n", i, i, daNang, cam.URL())
	}
	t.Cleanup(func() {
		cancel()
		for range cams {
			<-ended
		}
	})
	fault := func(f mediatest.Fault) {
		for _, cam := range cams {
			if err := cam.SetFault(f); err != nil {
				t.Error(err)
			}
		}
	}
	c := newCentre(t, list.String())
	mai := c.token("Mai", auth.Operator)
	eye := c.look(mai)
	all := func(ok func(world.Camera) bool) func(*world.State) bool {
		return func(s *world.State) bool {
			n := 0
			for _, x := range s.Cameras() {
				if ok(x) {
					n++
				}
			}
			return n == 3
		}
	}
	eye.until("pictures", all(func(x world.Camera) bool { return x.Health.State == world.CameraLive }))
	fault(mediatest.FaultDown)
	eye.until("the cause at each camera", all(func(x world.Camera) bool { return x.Health.Cause == "tu-1" }))
	about := func(s *world.State) (open, over int) {
		for _, a := range s.Alerts() {
			if strings.HasPrefix(a.ID, "site/tu-1/") && a.Open() {
				open++
			} else if strings.HasPrefix(a.ID, "site/") {
				over++
			}
		}
		return open, over
	}
	eye.until("one alert", func(s *world.State) bool { open, _ := about(s); return open == 1 })
	if _, text := c.do("GET", "/api/cameras", mai, "", ""); !strings.HasPrefix(text, `{"sites":[{"site":"tu-1","down":3,"cameras":3,`) {
		t.Errorf("the list does not begin with the cause: %.200s", text)
	}
	fault(mediatest.FaultNone)
	eye.until("the end of it", func(s *world.State) bool { open, over := about(s); return open == 0 && over == 1 })
	eye.until("no cause", all(func(x world.Camera) bool { return x.Health.Cause == "" && x.Health.State == world.CameraLive }))
}
