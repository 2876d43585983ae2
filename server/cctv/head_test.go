package cctv

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/media/onvif"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// A camera belongs to who turns it, for a while; what one person does in ten
// seconds is one event, presets always are; who may not is refused.
func TestTurning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newChronicle(t,
			world.AreaDefined{ID: "vn/da-nang"}, definedCamera("ptz", func(b *world.CameraDefined) { b.PTZ = true }), definedCamera("fixed", nil))
		m := &motor{}
		c := newCameras(t, h, func(o *Options) { o.Turn = func(Head) (Driver, error) { return m, nil } },
			Camera{Public: definedCamera("ptz", nil), Head: Head{Address: "10.0.0.1"}}, Camera{Public: definedCamera("fixed", nil)})
		hung := auth.Identity{Token: "hung", Name: "Hùng", Role: auth.Technician}
		turn := func(id auth.Identity, a act.ControlCamera) (uint64, error) { return c.Control(t.Context(), id, a) }
		refused := func(name string, id auth.Identity, a act.ControlCamera, why string) {
			t.Helper()
			if _, err := turn(id, a); err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%s: %v, want %q", name, err, why)
			}
		}
		move := act.ControlCamera{Camera: "ptz", Pan: 0.5}
		if seq, err := turn(mai(), move); err != nil || seq == 0 {
			t.Fatalf("%d, %v", seq, err)
		}
		for range 20 {
			if seq, err := turn(mai(), move); err != nil || seq != 0 {
				t.Fatalf("again: %d, %v", seq, err)
			}
			time.Sleep(300 * time.Millisecond)
		}
		refused("another person", hung, move, "Mai is turning")
		if _, err := turn(hung, act.ControlCamera{Camera: "ptz", Stop: true}); err != nil {
			t.Errorf("anybody may stop: %v", err)
		}
		if _, err := turn(mai(), act.ControlCamera{Camera: "ptz", Preset: "Cầu"}); err != nil {
			t.Error(err)
		}
		time.Sleep(turnLock)
		if _, err := turn(hung, move); err != nil {
			t.Errorf("after a while: %v", err)
		}
		time.Sleep(turnFold)
		if seq, err := turn(mai(), move); err != nil || seq == 0 {
			t.Errorf("the next ten seconds are another event: %d, %v", seq, err)
		}
		var who []string
		for _, b := range said[world.CameraControlled](h) {
			who = append(who, b.By+" "+b.Preset)
		}
		if want := []string{"mai ", "mai Cầu", "hung ", "mai "}; !slices.Equal(who, want) {
			t.Errorf("written down %q, want %q", who, want)
		}

		refused("too fast", mai(), act.ControlCamera{Camera: "ptz", Pan: 2}, "between -1 and 1")
		refused("a fixed one", mai(), act.ControlCamera{Camera: "fixed", Pan: 1}, "cannot be turned")
		refused("none", mai(), act.ControlCamera{Camera: "none", Pan: 1}, "no camera")
		refused("a leader", auth.Identity{Token: "l", Role: auth.Leader}, move, "no right")
		refused("elsewhere", auth.Identity{Token: "f", Role: auth.Operator, Areas: []string{"vn/ca-mau"}}, move, "no camera")
		m.err = errors.New("no answer")
		refused("a camera that is away", mai(), move, "did not obey")
		m.err = nil
		if err := c.Apply(nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !m.shut {
			t.Error("the head of a camera that was removed is still in use")
		}
	})
}

// A server that was killed stopped nothing: the next one does. One that stops
// turns nothing any more.
func TestCamerasAreStoppedAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ptz := func(id string) world.CameraDefined {
			return definedCamera(id, func(b *world.CameraDefined) { b.PTZ = true })
		}
		h := newChronicle(t, ptz("turning"), ptz("sent"), ptz("still"), ptz("long-ago"), world.CameraControlled{Camera: "long-ago", By: "mai", Name: "Mai"})
		h.now = t0.Add(2 * time.Hour)
		for _, b := range []world.Body{world.CameraControlled{Camera: "turning", By: "mai", Name: "Mai"}, world.CameraControlled{Camera: "sent", By: "mai", Preset: "Cầu"}} {
			_ = h.Put(t.Context(), "test", []world.Observation{{Body: b}})
		}
		motors := map[string]*motor{}
		list := []Camera{}
		for _, id := range []string{"turning", "sent", "still", "long-ago"} {
			motors[id] = &motor{}
			list = append(list, Camera{Public: ptz(id), Head: Head{Address: id}})
		}
		c := newCameras(t, h, func(o *Options) { o.Turn = func(x Head) (Driver, error) { return motors[x.Address], nil } }, list...)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.Run(ctx) }()
		time.Sleep(time.Second)
		for id, m := range motors {
			if stopped := slices.Equal(m.done(), []string{"stop"}); stopped != (id == "turning") {
				t.Errorf("%s: %v", id, m.done())
			}
		}
		cancel()
		<-ended
		if _, err := c.Control(t.Context(), mai(), act.ControlCamera{Camera: "turning", Pan: 1}); err == nil || len(motors["turning"].done()) != 1 {
			t.Errorf("turned after the end: %v", err)
		}
	})
}

// A camera that did not answer may have turned, and that is written down; one that
// said no has not. A refused login may be tried again once the configuration was
// read again.
func TestTurningThatFailed(t *testing.T) {
	h := newChronicle(t, definedCamera("ptz", func(b *world.CameraDefined) { b.PTZ = true }))
	m, made := &motor{}, 0
	list := []Camera{{Public: definedCamera("ptz", nil), Head: Head{Address: "10.0.0.1"}}}
	c := newCameras(t, h, func(o *Options) {
		o.Turn = func(Head) (Driver, error) { made++; return m, nil }
	}, list...)
	move := act.ControlCamera{Camera: "ptz", Pan: 1}
	for _, x := range []struct {
		reason onvif.Reason
		events int
		says   string
	}{
		{onvif.ReasonRefused, 0, "did not obey"},
		{onvif.ReasonTimeout, 1, "did not obey"},
		{onvif.ReasonLoginRefused, 1, "tried again"},
	} {
		m.err = &onvif.Error{Reason: x.reason}
		if _, err := c.Control(t.Context(), mai(), move); err == nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v", x.reason, err)
		}
		if n := len(said[world.CameraControlled](h)); n != x.events {
			t.Errorf("%s: %d events, want %d", x.reason, n, x.events)
		}
	}
	if err := c.Apply(list); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Control(t.Context(), mai(), move); err == nil || made != 2 {
		t.Errorf("%d drivers were made, %v", made, err)
	}
}
