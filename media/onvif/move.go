package onvif

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"
)

// errClosed is returned by a handle after Close.
var errClosed = errors.New("onvif: the camera's handle is closed; open a new one")

// stopTries is how often a stop is repeated that the camera did not take.
const stopTries = 3

// query runs f in turn with the commands, without touching a movement.
func (p *PTZ) query(ctx context.Context, f func(context.Context, *head) error) error {
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	h, err := p.known(ctx)
	if err != nil {
		return err
	}
	err = f(ctx, h)
	p.doubt(err)
	return err
}

// doubt forgets where services and profiles are after an answer that fits none: the camera may have been set up anew.
func (p *PTZ) doubt(err error) {
	switch ReasonOf(err) {
	case ReasonRefused, ReasonBadReply, ReasonNotONVIF:
	default:
		return
	}
	p.mu.Lock()
	p.head, p.presets = nil, nil
	p.mu.Unlock()
	p.device.mu.Lock()
	p.device.services = nil
	p.device.mu.Unlock()
}

// command runs f in turn. moves says that it sets the camera moving until it is stopped; such a command is dropped when
// a newer one has come while it waited.
func (p *PTZ) command(ctx context.Context, moves bool, f func(context.Context, *head) error) error {
	p.mu.Lock()
	p.wish++
	wish := p.wish
	p.mu.Unlock()
	ctx, leave, err := p.enter(ctx)
	if err != nil {
		p.rearm()
		return err
	}
	defer leave()
	h, err := p.known(ctx)
	if err != nil {
		return err
	}
	p.mu.Lock()
	if moves && p.wish != wish {
		p.mu.Unlock()
		return nil
	}
	p.disarm()
	p.moving = p.moving || moves
	p.mu.Unlock()

	err = f(ctx, h)
	p.doubt(err)

	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !moves && err == nil:
		p.moving = false
	case moves && (ReasonOf(err) == ReasonUnsupported || ReasonOf(err) == ReasonLoginRefused):
		p.moving = false // it never began
	case p.moving:
		// It moves, or may do so although the answer was lost.
		p.arm()
	}
	return err
}

// enter waits for the handle to be free. The context it returns ends with ctx and with the handle.
func (p *PTZ) enter(ctx context.Context) (context.Context, func(), error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, nil, errClosed
	}
	p.work.Add(1)
	p.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(p.life, cancel)
	release := func() { unhook(); cancel(); p.work.Done() }
	select {
	case p.turn <- struct{}{}:
		return ctx, func() { <-p.turn; release() }, nil
	case <-ctx.Done():
		defer release()
		if p.life.Err() != nil {
			return nil, nil, errClosed
		}
		return nil, nil, fmt.Errorf("onvif: the camera is still busy with the command before: %w", context.Cause(ctx))
	}
}

// disarm takes the deadman's timer away; the caller holds mu.
func (p *PTZ) disarm() {
	if p.deadman != nil && p.deadman.Stop() {
		p.work.Done()
	}
	p.deadman = nil
}

// rearm gives a movement its end again, after a command that was to replace it came to nothing.
func (p *PTZ) rearm() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.moving {
		p.arm()
	}
}

// arm makes the movement end by itself; the caller holds mu.
func (p *PTZ) arm() {
	p.disarm()
	if p.closed {
		return
	}
	p.work.Add(1)
	wish := p.wish
	p.deadman = time.AfterFunc(p.hold, func() {
		defer p.work.Done()
		p.expire(wish)
	})
}

// expire stops a movement that nobody renewed.
func (p *PTZ) expire(wish uint64) {
	var err error
	for try := range stopTries {
		if try > 0 && !p.pause(time.Duration(try)*500*time.Millisecond) {
			return
		}
		p.mu.Lock()
		stale := p.wish != wish || !p.moving
		p.mu.Unlock()
		if stale || p.life.Err() != nil {
			return // a newer command has its own end; Close stops by itself
		}
		err = p.query(p.life, func(ctx context.Context, h *head) error {
			p.mu.Lock()
			stale := p.wish != wish
			p.mu.Unlock()
			if stale {
				return nil
			}
			if err := p.halt(ctx, h); err != nil {
				return err
			}
			p.mu.Lock()
			p.moving = false
			p.mu.Unlock()
			return nil
		})
		if err == nil {
			return
		}
	}
	if p.life.Err() == nil {
		p.log.Warn("camera did not take the stop at the end of a movement", "host", p.device.host, "error", err)
	}
}

// pause waits; false when the handle is closed meanwhile.
func (p *PTZ) pause(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-p.life.Done():
		return false
	}
}

// move sends one movement. The time-out is in whole seconds, which every parser reads.
func (p *PTZ) move(ctx context.Context, h *head, pan, tilt, zoom float64) error {
	l := h.limits
	if (pan != 0 || tilt != 0) && !l.PanTilt && zoom == 0 {
		return p.device.fail(ReasonUnsupported, "ContinuousMove", h.service, "the camera does not turn")
	}
	if zoom != 0 && !l.Zoom && pan == 0 && tilt == 0 {
		return p.device.fail(ReasonUnsupported, "ContinuousMove", h.service, "the camera does not zoom")
	}
	velocity := vector("Velocity", l, speed(pan, h.panTilt[0], h.panTilt[1]), speed(tilt, h.panTilt[2], h.panTilt[3]),
		speed(zoom, h.zoom[0], h.zoom[1]))
	p.mu.Lock()
	mute := p.mute
	p.mu.Unlock()
	if !mute {
		timeout := fmt.Sprintf("PT%dS", int(math.Ceil(p.hold.Seconds())))
		_, err := p.device.ask(ctx, h.service, nsPTZ, "ContinuousMove", ptzBody(h, "ContinuousMove", velocity+tag("Timeout", timeout)))
		if ReasonOf(err) != ReasonRefused {
			return err
		}
	}
	// Some cameras take no time-out, or not such a short one: then our own stop is all there is.
	_, err := p.device.ask(ctx, h.service, nsPTZ, "ContinuousMove", ptzBody(h, "ContinuousMove", velocity))
	if err == nil && !mute {
		p.mu.Lock()
		p.mute = true
		p.mu.Unlock()
	}
	return err
}

// speed maps −1…1 on a camera's range around zero.
func speed(v, low, high float64) float64 {
	v = min(max(v, -1), 1)
	if v < 0 {
		return -v * low
	}
	return v * high
}

// halt sends a stop.
func (p *PTZ) halt(ctx context.Context, h *head) error {
	inner := ""
	if h.limits.PanTilt {
		inner += tag("PanTilt", "true")
	}
	if h.limits.Zoom {
		inner += tag("Zoom", "true")
	}
	_, err := p.device.ask(ctx, h.service, nsPTZ, "Stop", ptzBody(h, "Stop", inner))
	return err
}

// find turns a token or a name into a token.
func (p *PTZ) find(ctx context.Context, h *head, wanted string) (string, error) {
	p.mu.Lock()
	known := p.presets
	p.mu.Unlock()
	for fresh := false; ; fresh = true {
		for _, byName := range []bool{false, true} {
			for _, k := range known {
				if byName && k.Name == wanted || !byName && k.Token == wanted {
					return k.Token, nil
				}
			}
		}
		if fresh {
			return "", p.device.fail(ReasonRefused, "GotoPreset", h.service, fmt.Sprintf("the camera has no preset %q", clean(wanted, 64)))
		}
		var err error
		if known, err = p.list(ctx, h); err != nil {
			return "", err
		}
	}
}

// list asks for the presets and remembers them.
func (p *PTZ) list(ctx context.Context, h *head) ([]Preset, error) {
	reply, err := p.device.ask(ctx, h.service, nsPTZ, "GetPresets", ptzBody(h, "GetPresets", ""))
	if err != nil {
		return nil, err
	}
	var out []Preset
	for _, e := range reply.all(nsPTZ, "Preset") {
		t := Preset{Token: clean(e.attr("token"), 64), Name: e.string(nsSchema, "Name")}
		if t.Token != "" && len(out) < maxPresets {
			out = append(out, t)
		}
	}
	p.mu.Lock()
	p.presets = out
	p.mu.Unlock()
	return out, nil
}

// maxPresets bounds what is kept of a list; cameras have up to 300.
const maxPresets = 512

// known returns what is known about the head, asking for it the first time; the caller has the turn.
func (p *PTZ) known(ctx context.Context) (*head, error) {
	p.mu.Lock()
	h := p.head
	p.mu.Unlock()
	if h != nil {
		return h, nil
	}
	h, err := p.device.head(ctx)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.head = h
	p.mu.Unlock()
	return h, nil
}
