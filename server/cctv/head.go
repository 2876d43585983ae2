package cctv

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"iocwall/media/onvif"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// moveHold is how long a movement lasts unless it is asked for again: the
	// driver stops the camera then, whatever became of who turned it.
	moveHold = 1200 * time.Millisecond
	// turnFold is how much of one person's turning is one event.
	turnFold = 10 * time.Second
	// turnLock is how long a camera belongs to who turned it last.
	turnLock = 5 * time.Second
	// turnLimit bounds how long a camera may take to obey.
	turnLimit = 5 * time.Second
)

// Driver turns one camera. Its methods may be called from any goroutine. A
// movement ends by itself when it is not renewed.
type Driver interface {
	// Move turns with shares of the camera's speed, -1 to 1.
	Move(ctx context.Context, pan, tilt, zoom float64) error
	// Stop ends any movement.
	Stop(ctx context.Context) error
	// Preset sends the camera to a position it remembers, by name.
	Preset(ctx context.Context, name string) error
	// Close stops a movement and returns when nothing is left of the driver.
	Close() error
}

// heads are the drivers of the cameras that can be turned, made when first used.
type heads struct {
	make func(Head) (Driver, error)

	mu     sync.Mutex
	wants  map[string]Head
	open   map[string]*head
	closed bool
}

// head is one driver in use.
type head struct {
	driver Driver
	how    Head

	mu     sync.Mutex
	holder string    // token of who turned it last
	name   string    // what people call them
	at     time.Time // when that was
	noted  map[string]time.Time
	locked bool // the camera refused the login
}

func newHeads(open func(Head) (Driver, error)) *heads {
	return &heads{make: open, wants: map[string]Head{}, open: map[string]*head{}}
}

// follow closes the drivers of cameras whose head is another one now, or none. It
// is a hand's word too that a refused login may be tried again.
func (h *heads) follow(list map[string]Camera) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wants = map[string]Head{}
	for id, x := range list {
		if x.Head.Address != "" {
			h.wants[id] = x.Head
		}
	}
	for id, x := range h.open {
		if h.wants[id] != x.how || x.refused() {
			delete(h.open, id)
			go x.driver.Close() //nolint:errcheck // it may be what no longer answers
		}
	}
}

// of returns the head of the camera.
func (h *heads) of(camera string) (*head, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, refuse("stopping", "the server is stopping; try again in a minute")
	}
	if x := h.open[camera]; x != nil {
		return x, nil
	}
	how, there := h.wants[camera]
	if !there {
		return nil, refuse("camera.fixed", "the camera {camera} cannot be turned", "camera", camera)
	}
	d, err := h.make(how)
	if err != nil {
		return nil, fmt.Errorf("cctv: head of camera %s: %w", camera, err)
	}
	x := &head{driver: d, how: how, noted: map[string]time.Time{}}
	h.open[camera] = x
	return x, nil
}

// close stops what turns and turns nothing any more.
func (h *heads) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	var wg sync.WaitGroup
	for _, x := range h.open {
		wg.Go(func() { x.driver.Close() }) //nolint:errcheck // the camera stops by itself, or nothing can make it
	}
	wg.Wait()
	h.open = map[string]*head{}
}

// take makes the person the holder of the camera, or says who is.
func (x *head) take(id auth.Identity, now time.Time) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.holder != id.Token && now.Sub(x.at) < turnLock && id.Role != auth.Administrator {
		return refuse("camera.busy", "{who} is turning the camera; try again in a few seconds", "who", x.name)
	}
	x.holder, x.name, x.at = id.Token, id.Name, now
	return nil
}

// found notes whether the camera refused the login.
func (x *head) found(err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.locked = onvif.ReasonOf(err) == onvif.ReasonLoginRefused
}

func (x *head) refused() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.locked
}

// worth reports whether what the person did is to be written down: presets are,
// and of turning by hand the first in turnFold.
func (x *head) worth(id auth.Identity, preset string, now time.Time) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	for who, at := range x.noted {
		if now.Sub(at) >= turnFold {
			delete(x.noted, who)
		}
	}
	if preset != "" {
		return true
	}
	if _, told := x.noted[id.Token]; told {
		return false
	}
	x.noted[id.Token] = now
	return true
}

// Control turns a camera for somebody and returns the number of the event that
// says so, zero when an earlier one says it already.
func (c *Cameras) Control(ctx context.Context, id auth.Identity, a act.ControlCamera) (uint64, error) {
	if err := id.Demand(auth.ControlCamera); err != nil {
		return 0, err
	}
	for _, v := range []float64{a.Pan, a.Tilt, a.Zoom} {
		if math.IsNaN(v) || v < -1 || v > 1 {
			return 0, refuse("camera.speed", "a speed is not between -1 and 1")
		}
	}
	if len(a.Preset) > 100 {
		return 0, refuse("camera.preset", "the name of the preset is too long")
	}
	cam, err := c.visible(ctx, id, a.Camera)
	if err != nil {
		return 0, err
	}
	x, err := c.heads.of(a.Camera)
	if err != nil {
		return 0, err
	}
	if !a.Stop {
		if err := x.take(id, time.Now()); err != nil {
			return 0, err
		}
	}
	ask, cancel := context.WithTimeout(ctx, turnLimit)
	defer cancel()
	switch {
	case a.Stop:
		err = x.driver.Stop(ask)
	case a.Preset != "":
		err = x.driver.Preset(ask, a.Preset)
	default:
		err = x.driver.Move(ask, a.Pan, a.Tilt, a.Zoom)
	}
	x.found(err)
	failed := err
	if x.refused() {
		failed = fmt.Errorf("%w; it is tried again after a quarter of an hour, or once the configuration was read again", err)
	}
	if failed != nil {
		failed = world.Refuse("camera.disobeys", "the camera {camera} did not obey: {why}", "camera", cam.Name, "why", failed, "reason", string(onvif.ReasonOf(err)))
	}
	// A camera that does not answer may have turned all the same.
	if a.Stop || neverTurned(err) || !x.worth(id, a.Preset, time.Now()) {
		return 0, failed
	}
	seq, err := c.o.History.Decide(ctx, "token/"+id.Token, func(now world.Time, _ *world.State) ([]world.Observation, error) {
		return []world.Observation{{Time: now, Body: world.CameraControlled{
			Camera: a.Camera, By: id.Token, Name: id.Name, Preset: strings.ToValidUTF8(a.Preset, ""),
		}}}, nil
	})
	if failed != nil {
		return 0, failed
	}
	return seq, err
}

// neverTurned reports whether the camera said itself that it did not turn, or was
// not reached.
func neverTurned(err error) bool {
	switch onvif.ReasonOf(err) {
	case onvif.ReasonLoginRefused, onvif.ReasonUnsupported, onvif.ReasonRefused, onvif.ReasonNotONVIF, onvif.ReasonUnreachable:
		return true
	}
	return false
}

// restLimit is how long ago a camera may have been turned by hand that is told to
// stop at the start.
const restLimit = time.Hour

// rest stops the cameras that may have been turning when the server ended: one
// that was killed could not, and some cameras know no time-out.
func (c *Cameras) rest(ctx context.Context) {
	var turning []string
	if err := c.o.History.Look(ctx, func(st *world.State) {
		for _, cam := range st.Cameras() {
			if cam.PTZ && cam.Turned != 0 && cam.Preset == "" && st.Seen().Sub(cam.Turned) < restLimit {
				turning = append(turning, cam.ID)
			}
		}
	}); err != nil {
		return
	}
	var wg sync.WaitGroup
	for _, id := range turning {
		x, err := c.heads.of(id)
		if err != nil {
			continue
		}
		wg.Go(func() {
			ask, cancel := context.WithTimeout(ctx, turnLimit)
			defer cancel()
			err := x.driver.Stop(ask)
			x.found(err)
			c.log.Info("a camera that was turned before the start is told to stop", "camera", id, "error", err)
		})
	}
	wg.Wait()
}

// visible returns the camera if the identity may see it.
func (c *Cameras) visible(ctx context.Context, id auth.Identity, camera string) (world.Camera, error) {
	var cam world.Camera
	var ok bool
	if err := c.o.History.Look(ctx, func(st *world.State) {
		cam, ok = st.Camera(camera)
		ok = ok && id.Sees(st, cam.Area)
	}); err != nil {
		return world.Camera{}, err
	}
	if !ok {
		return world.Camera{}, refuse("camera.unknown", "there is no camera \"{camera}\"", "camera", camera)
	}
	return cam, nil
}
