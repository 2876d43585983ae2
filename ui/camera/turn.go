package camera

import (
	"time"

	"iocwall/server/act"
)

const (
	// renewGap is how often a movement is asked for again while it is held: the
	// server ends one that is not after a second.
	renewGap = 400 * time.Millisecond
	// turnSpeed is how fast a camera turns by key or button, of its fastest.
	turnSpeed = 0.5
	// holderFor is how long a person counts as controlling a camera.
	holderFor = 10 * time.Second
)

// Way is a direction in which a camera can be turned.
type Way struct{ Pan, Tilt, Zoom float64 }

// The ways by key and button.
var (
	wayLeft  = Way{Pan: -turnSpeed}
	wayRight = Way{Pan: turnSpeed}
	wayUp    = Way{Tilt: turnSpeed}
	wayDown  = Way{Tilt: -turnSpeed}
	wayNear  = Way{Zoom: turnSpeed}
	wayFar   = Way{Zoom: -turnSpeed}
)

// turning moves a camera while something is held.
type turning struct {
	camera string
	way    Way
	sent   time.Time
}

// hold begins or changes a movement and returns what is to be sent now.
func (t *turning) hold(camera string, w Way, now time.Time) []act.ControlCamera {
	var out []act.ControlCamera
	if t.camera != "" && t.camera != camera {
		out = t.release()
	}
	if t.camera == camera && t.way == w && now.Sub(t.sent) < renewGap {
		return out
	}
	t.camera, t.way, t.sent = camera, w, now
	return append(out, act.ControlCamera{Camera: camera, Pan: w.Pan, Tilt: w.Tilt, Zoom: w.Zoom})
}

// renew returns what is to be sent for a movement that is still held.
func (t *turning) renew(now time.Time) []act.ControlCamera {
	if t.camera == "" || now.Sub(t.sent) < renewGap {
		return nil
	}
	t.sent = now
	return []act.ControlCamera{{Camera: t.camera, Pan: t.way.Pan, Tilt: t.way.Tilt, Zoom: t.way.Zoom}}
}

// release ends the movement.
func (t *turning) release() []act.ControlCamera {
	if t.camera == "" {
		return nil
	}
	c := t.camera
	*t = turning{}
	return []act.ControlCamera{{Camera: c, Stop: true}}
}
