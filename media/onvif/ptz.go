package onvif

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Preset is a position that a camera remembers.
type Preset struct {
	Token string // how the camera calls it
	Name  string // how people call it, possibly empty
}

// Limits says what a camera's head can do.
type Limits struct {
	PanTilt  bool // it turns
	Zoom     bool // it zooms
	Absolute bool // it can be sent to a position
	Home     bool // it has a home position
	Presets  int  // how many positions it can remember, 0 when it does not tell
}

// Position is where a camera looks, in its own units, mostly −1 to 1 and 0 to 1 for zoom.
type Position struct {
	Pan, Tilt, Zoom float64
	Moving          bool // it says that it is on its way
}

// PTZOptions says which camera is turned.
type PTZOptions struct {
	Options
	// Hold is how long a movement lasts unless it is renewed, default 1.5 s. It is held twice: the camera is told to
	// stop by itself after it, rounded up to whole seconds, and is sent a stop as well, since some cameras do not listen.
	Hold time.Duration
}

// PTZ turns one camera. It is kept open as long as the camera is used: it remembers the camera's clock, how it wants the
// login, and where the services are. Its methods may be called from any goroutine and block for at most a few times
// Options.Timeout; a movement that is overtaken by a newer one while it waits is not sent.
type PTZ struct {
	device *Device
	log    *slog.Logger
	hold   time.Duration
	turn   chan struct{} // holds one value: commands go to the camera one after another
	life   context.Context
	end    context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	wish    uint64      // counts what was asked for; the newest wins
	moving  bool        // the camera may be moving because of us
	deadman *time.Timer // ends the movement; nil when none is running
	head    *head
	presets []Preset
	mute    bool // the camera refuses a time-out with its movements
}

// head is what is known about the part that turns.
type head struct {
	service string // address of the PTZ service
	profile string // token of the profile by which it is turned
	limits  Limits
	panTilt [4]float64 // speed: lowest and highest for pan, lowest and highest for tilt
	zoom    [2]float64
}

// NewPTZ returns a handle without contacting the camera. It must be closed.
func NewPTZ(opts PTZOptions) (*PTZ, error) {
	device, err := New(opts.Options)
	if err != nil {
		return nil, err
	}
	return newPTZ(device, opts.Hold), nil
}

// PTZ returns a handle for turning the camera of d, with the default hold. It must be closed.
func (d *Device) PTZ() *PTZ { return newPTZ(d, 0) }

func newPTZ(d *Device, hold time.Duration) *PTZ {
	if hold <= 0 {
		hold = 1500 * time.Millisecond
	}
	p := &PTZ{device: d, log: d.log, hold: hold, turn: make(chan struct{}, 1)}
	p.life, p.end = context.WithCancel(context.Background())
	return p
}

// Move turns the camera with a share of its speed, each from −1 (left, down, wide) to 1 (right, up, near); values
// beyond are cut. It goes on until Stop, another Move, or Hold has passed: to keep moving, call Move again in time. All
// zero stops. A camera that cannot turn or zoom answers with ReasonUnsupported.
func (p *PTZ) Move(ctx context.Context, pan, tilt, zoom float64) error {
	if pan != pan || tilt != tilt || zoom != zoom {
		return errors.New("onvif: a speed is not a number; give values from −1 to 1")
	}
	if pan == 0 && tilt == 0 && zoom == 0 {
		return p.Stop(ctx)
	}
	return p.command(ctx, true, func(ctx context.Context, h *head) error {
		return p.move(ctx, h, pan, tilt, zoom)
	})
}

// Stop ends any movement, also one that somebody else began.
func (p *PTZ) Stop(ctx context.Context) error {
	return p.command(ctx, false, p.halt)
}

// Preset sends the camera to a position it remembers, by token or, where no token is so called, by name.
func (p *PTZ) Preset(ctx context.Context, token string) error {
	return p.command(ctx, false, func(ctx context.Context, h *head) error {
		found, err := p.find(ctx, h, token)
		if err != nil {
			return err
		}
		_, err = p.device.ask(ctx, h.service, nsPTZ, "GotoPreset", ptzBody(h, "GotoPreset", tag("PresetToken", found)))
		return err
	})
}

// Presets returns the positions the camera remembers.
func (p *PTZ) Presets(ctx context.Context) ([]Preset, error) {
	var out []Preset
	err := p.query(ctx, func(ctx context.Context, h *head) (err error) {
		out, err = p.list(ctx, h)
		return err
	})
	return out, err
}

// SetPreset makes the camera remember where it looks now. An empty token makes a new preset; the token is returned.
func (p *PTZ) SetPreset(ctx context.Context, token, name string) (string, error) {
	err := p.query(ctx, func(ctx context.Context, h *head) error {
		inner := tag("PresetName", name)
		if token != "" {
			inner += tag("PresetToken", token)
		}
		reply, err := p.device.ask(ctx, h.service, nsPTZ, "SetPreset", ptzBody(h, "SetPreset", inner))
		if err != nil {
			return err
		}
		if t := reply.string(nsPTZ, "PresetToken"); t != "" {
			token = t
		}
		p.mu.Lock()
		p.presets = nil
		p.mu.Unlock()
		return nil
	})
	return token, err
}

// Absolute sends the camera to a position in its own units.
func (p *PTZ) Absolute(ctx context.Context, to Position) error {
	return p.command(ctx, false, func(ctx context.Context, h *head) error {
		if !h.limits.Absolute {
			return p.device.fail(ReasonUnsupported, "AbsoluteMove", h.service, "the camera cannot be sent to a position")
		}
		_, err := p.device.ask(ctx, h.service, nsPTZ, "AbsoluteMove",
			ptzBody(h, "AbsoluteMove", vector("Position", h.limits, to.Pan, to.Tilt, to.Zoom)))
		return err
	})
}

// Status returns where the camera looks.
func (p *PTZ) Status(ctx context.Context) (Position, error) {
	var out Position
	err := p.query(ctx, func(ctx context.Context, h *head) error {
		reply, err := p.device.ask(ctx, h.service, nsPTZ, "GetStatus", ptzBody(h, "GetStatus", ""))
		if err != nil {
			return err
		}
		status := reply.child(nsPTZ, "PTZStatus")
		at := status.child(nsSchema, "Position")
		if at == nil {
			return p.device.fail(ReasonUnsupported, "GetStatus", h.service, "the camera does not tell where it looks")
		}
		turn, zoom := at.child(nsSchema, "PanTilt"), at.child(nsSchema, "Zoom")
		out.Pan, out.Tilt, out.Zoom = attrNumber(turn, "x"), attrNumber(turn, "y"), attrNumber(zoom, "x")
		moving := status.child(nsSchema, "MoveStatus")
		out.Moving = moving.string(nsSchema, "PanTilt") == "MOVING" || moving.string(nsSchema, "Zoom") == "MOVING"
		return nil
	})
	return out, err
}

// Limits returns what the camera's head can do.
func (p *PTZ) Limits(ctx context.Context) (Limits, error) {
	var out Limits
	err := p.query(ctx, func(_ context.Context, h *head) error {
		out = h.limits
		return nil
	})
	return out, err
}

// Close stops a running movement and returns when nothing of the handle is left, at the latest after one time-out.
func (p *PTZ) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		p.work.Wait()
		return nil
	}
	p.closed = true
	p.disarm()
	p.mu.Unlock()
	p.end()
	p.work.Wait()
	p.mu.Lock()
	moving, h := p.moving, p.head
	p.mu.Unlock()
	if !moving || h == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), p.device.timeout)
	defer cancel()
	return p.halt(ctx, h)
}

// vector writes a speed or a position, leaving out what the camera does not have: an axis too many is a fault for some.
func vector(name string, l Limits, pan, tilt, zoom float64) string {
	var b strings.Builder
	b.WriteString("<" + name + ">")
	if l.PanTilt {
		fmt.Fprintf(&b, `<PanTilt xmlns="%s" x="%s" y="%s"/>`, nsSchema, decimal(pan), decimal(tilt))
	}
	if l.Zoom {
		fmt.Fprintf(&b, `<Zoom xmlns="%s" x="%s"/>`, nsSchema, decimal(zoom))
	}
	b.WriteString("</" + name + ">")
	return b.String()
}

// decimal writes a number without an exponent, which small parsers cannot read.
func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

func attrNumber(e *element, name string) float64 {
	v, err := strconv.ParseFloat(e.attr(name), 64)
	if err != nil || v-v != 0 {
		return 0
	}
	return v
}

func ptzBody(h *head, op, inner string) string {
	return "<" + op + ` xmlns="` + nsPTZ + `">` + tag("ProfileToken", h.profile) + inner + "</" + op + ">"
}

func tag(name, text string) string { return "<" + name + ">" + escape(text) + "</" + name + ">" }
