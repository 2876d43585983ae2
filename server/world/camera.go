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
	// Site is what cameras fail together with (a cabinet, a switch, a line),
	// empty when not known.
	Site string `cbor:"11,keyasint,omitempty" json:"site,omitempty"`
	// PTZ says that people may turn the camera, Presets where it can be sent.
	PTZ     bool     `cbor:"12,keyasint,omitempty" json:"ptz,omitempty"`
	Presets []string `cbor:"13,keyasint,omitempty" json:"presets,omitempty"`
	// Replay is how many seconds back the relay keeps the pictures, zero for a
	// camera of which nothing is kept.
	Replay int `cbor:"14,keyasint,omitempty" json:"replay,omitempty"`
}

// Kind returns "camera.defined".
func (CameraDefined) Kind() string { return "camera.defined" }

// CameraStream is one stream of a camera; sizes in pixels and pictures a second
// as configured, zero when not known.
type CameraStream struct {
	Name   string  `cbor:"1,keyasint" json:"name"`
	Width  int     `cbor:"2,keyasint,omitempty" json:"width,omitempty"`
	Height int     `cbor:"3,keyasint,omitempty" json:"height,omitempty"`
	FPS    float64 `cbor:"4,keyasint,omitempty" json:"fps,omitempty"`
}

// CameraState is how a camera is: the relay's word, and where its pictures stand still
// that of those who see them.
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

// CameraHealth is the state of a camera as seen by the relay, which decodes nothing,
// and by the walls and desks that do; reported when it changes and now and then in
// between.
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
	// Cause is the site of the camera while all of the site fails: one fault
	// there rather than one of this camera. Empty otherwise.
	Cause string `cbor:"12,keyasint,omitempty" json:"cause,omitempty"`
	// Checked is when the relay last had, or last tried, a connection; zero when
	// it never did. A camera nobody watches is tried now and then.
	Checked Time `cbor:"13,keyasint,omitempty" json:"checked,omitempty"`
	// By is who sees that the pictures do not change: a computer of the wall, or a
	// person at a desk. Empty in all states but CameraFrozen.
	By string `cbor:"14,keyasint,omitempty" json:"by,omitempty"`
}

// Kind returns "camera.health".
func (CameraHealth) Kind() string { return "camera.health" }

// CameraControlled records that somebody turned a camera: one for all that a
// person did to a camera within ten seconds, and one for each preset.
type CameraControlled struct {
	Camera string `cbor:"1,keyasint" json:"camera"`
	// By is the user's id, Name what the wall shows.
	By   string `cbor:"2,keyasint" json:"by"`
	Name string `cbor:"3,keyasint" json:"name"`
	// Preset is where it was sent, empty when it was turned by hand.
	Preset string `cbor:"4,keyasint,omitempty" json:"preset,omitempty"`
}

// Kind returns "camera.controlled".
func (CameraControlled) Kind() string { return "camera.controlled" }

// Camera is a camera with its last known health.
type Camera struct {
	CameraDefined
	Defined Time         `cbor:"20,keyasint" json:"defined"`
	Health  CameraHealth `cbor:"21,keyasint" json:"health"`
	Time    Time         `cbor:"22,keyasint" json:"time"`
	Seen    Time         `cbor:"23,keyasint" json:"seen"`
	// Turned is when somebody last turned the camera, Turner who, Preset where
	// it was sent; zero and empty when nobody did, or by hand.
	Turned Time   `cbor:"24,keyasint,omitempty" json:"turned,omitempty"`
	Turner string `cbor:"25,keyasint,omitempty" json:"turner,omitempty"`
	Preset string `cbor:"26,keyasint,omitempty" json:"preset,omitempty"`
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
	c, _ := s.cameras.Get(b.ID)
	ref := NewRef(KindCamera, b.ID)
	if !latest(e.Time, c.Defined, b, c.CameraDefined) {
		return ref, EffectNone, nil
	}
	c.CameraDefined, c.Defined = b, e.Time
	if b.Removed {
		s.cameras.Remove(b.ID)
		return ref, EffectRemoved, nil
	}
	s.cameras.Put(b.ID, c)
	return ref, EffectPut, nil
}

// A report about a camera that is not defined is one that was on its way when
// the camera was removed: it must not bring it back without a name.
func (b CameraHealth) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.Camera == "" {
		return "", EffectNone, errNoID
	}
	c, there := s.cameras.Get(b.Camera)
	ref := NewRef(KindCamera, b.Camera)
	if !there || !latest(e.Time, c.Time, b, c.Health) {
		return ref, EffectNone, nil
	}
	c.Health, c.Time, c.Seen = b, e.Time, e.Seen
	s.cameras.Put(b.Camera, c)
	return ref, EffectPut, nil
}

func (b CameraControlled) apply(s *State, e *Event) (Ref, Effect, error) {
	c, there := s.cameras.Get(b.Camera)
	ref := NewRef(KindCamera, b.Camera)
	if !there || e.Time < c.Turned {
		return ref, EffectNone, nil
	}
	c.Turned, c.Turner, c.Preset = e.Time, b.Name, b.Preset
	s.cameras.Put(b.Camera, c)
	return ref, EffectPut, nil
}
