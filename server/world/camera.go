package world

import "iocwall/geo"

// CameraDefined makes or changes a camera. It never holds an address or a
// credential: those stay in the relay, which serves the stream under the
// camera's id.
type CameraDefined struct {
	ID   string    `cbor:"1,keyasint" json:"id"`
	Name string    `cbor:"2,keyasint" json:"name"`
	Pos  geo.Point `cbor:"3,keyasint" json:"pos"`
	Area string    `cbor:"4,keyasint,omitempty" json:"area,omitempty"`
	// Heading is where the camera looks, degrees true, NotAvailable when not
	// known; View is its horizontal field of view in degrees, Reach how far it
	// sees in metres; both zero when not known.
	Heading float64 `cbor:"5,keyasint" json:"heading"`
	View    float64 `cbor:"6,keyasint,omitempty" json:"view,omitempty"`
	Reach   float64 `cbor:"7,keyasint,omitempty" json:"reach,omitempty"`
	// Streams lists what the relay serves, main stream first.
	Streams []CameraStream `cbor:"8,keyasint,omitempty" json:"streams,omitempty"`
	// Owner is the agency that answers for the camera.
	Owner string `cbor:"9,keyasint,omitempty" json:"owner,omitempty"`
	// Removed marks a camera taken out of the configuration.
	Removed bool `cbor:"10,keyasint,omitempty" json:"removed,omitempty"`
}

// Kind returns "camera.defined".
func (CameraDefined) Kind() string { return "camera.defined" }

// CameraStream is one stream of a camera; sizes in pixels as configured or
// learnt, zero when not known.
type CameraStream struct {
	Name   string `cbor:"1,keyasint" json:"name"`
	Width  int    `cbor:"2,keyasint,omitempty" json:"width,omitempty"`
	Height int    `cbor:"3,keyasint,omitempty" json:"height,omitempty"`
}

// CameraState is the relay's word on a camera.
type CameraState string

// The states of a camera.
const (
	CameraUnknown CameraState = ""
	CameraIdle    CameraState = "idle"    // nobody watches; not connected
	CameraOpening CameraState = "opening" // connecting, no picture yet
	CameraLive    CameraState = "live"
	CameraFrozen  CameraState = "frozen"  // packets arrive, pictures do not change
	CameraSilent  CameraState = "silent"  // no packets
	CameraRefused CameraState = "refused" // login refused; not retried
	CameraFull    CameraState = "full"    // the camera has no place for another viewer
)

// CameraHealth is the state of a camera as seen by the relay, reported when it
// changes and now and then in between.
type CameraHealth struct {
	Camera string      `cbor:"1,keyasint" json:"camera"`
	State  CameraState `cbor:"2,keyasint" json:"state"`
	// Reason is a short constant in words for people, in English; walls
	// translate by State.
	Reason string `cbor:"3,keyasint,omitempty" json:"reason,omitempty"`
	// Since is when the state began.
	Since Time `cbor:"4,keyasint" json:"since"`
	// FPS is access units a second, Kbps thousands of bits a second, Loss the
	// share of RTP packets lost, 0 to 1, all over the last minute.
	FPS    float64 `cbor:"5,keyasint,omitempty" json:"fps,omitempty"`
	Kbps   float64 `cbor:"6,keyasint,omitempty" json:"kbps,omitempty"`
	Loss   float64 `cbor:"7,keyasint,omitempty" json:"loss,omitempty"`
	Codec  string  `cbor:"8,keyasint,omitempty" json:"codec,omitempty"`
	Width  int     `cbor:"9,keyasint,omitempty" json:"width,omitempty"`
	Height int     `cbor:"10,keyasint,omitempty" json:"height,omitempty"`
	// Tries counts the connections tried since the last good minute.
	Tries int `cbor:"11,keyasint,omitempty" json:"tries,omitempty"`
}

// Kind returns "camera.health".
func (CameraHealth) Kind() string { return "camera.health" }

// Camera is a camera with its last known health.
type Camera struct {
	CameraDefined
	Defined Time         `cbor:"20,keyasint" json:"defined"`
	Health  CameraHealth `cbor:"21,keyasint" json:"health"`
	Time    Time         `cbor:"22,keyasint" json:"time"`
	Seen    Time         `cbor:"23,keyasint" json:"seen"`
}

// Ref returns the camera's name in the state.
func (c Camera) Ref() Ref { return NewRef(KindCamera, c.ID) }

// Place returns the camera's position once defined.
func (c Camera) Place() (geo.Point, bool) { return c.Pos, c.Defined != 0 && c.Pos != geo.Point{} }

// In returns the camera's area.
func (c Camera) In() string { return c.Area }

func (b CameraDefined) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	c, _ := s.cameras.get(b.ID)
	ref := NewRef(KindCamera, b.ID)
	if !latest(e.Time, c.Defined, b, c.CameraDefined) {
		return ref, EffectNone, nil
	}
	c.CameraDefined, c.Defined = b, e.Time
	if b.Removed {
		s.cameras.remove(b.ID)
		return ref, EffectRemoved, nil
	}
	s.cameras.put(b.ID, c)
	return ref, EffectPut, nil
}

func (b CameraHealth) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Camera == "" {
		return "", EffectNone, errNoID
	}
	c, _ := s.cameras.get(b.Camera)
	c.ID = b.Camera
	if !latest(e.Time, c.Time, b, c.Health) {
		return c.Ref(), EffectNone, nil
	}
	c.Health, c.Time, c.Seen = b, e.Time, e.Seen
	s.cameras.put(b.Camera, c)
	return c.Ref(), EffectPut, nil
}
