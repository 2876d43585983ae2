package world

import (
	"cmp"
	"slices"
)

// ClipAsked asks for a piece of a camera's pictures to be kept for good. What
// comes of it is a ClipSaved or a ClipFailed of the same id, also after a
// restart in between.
type ClipAsked struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Camera string `cbor:"2,keyasint" json:"camera"`
	Stream string `cbor:"3,keyasint" json:"stream"`
	// From and To are the wanted interval by this server's clock; To may lie
	// ahead.
	From Time `cbor:"4,keyasint" json:"from"`
	To   Time `cbor:"5,keyasint" json:"to"`
	// By is the id of who asked, Name what the wall shows; By is empty when an
	// alert did.
	By   string `cbor:"6,keyasint,omitempty" json:"by,omitempty"`
	Name string `cbor:"7,keyasint,omitempty" json:"name,omitempty"`
	// Alert is the id of the alert the pictures belong to, empty for none.
	Alert string `cbor:"8,keyasint,omitempty" json:"alert,omitempty"`
	Note  string `cbor:"9,keyasint,omitempty" json:"note,omitempty"`
	// Area is the camera's area when the pictures were asked for.
	Area string `cbor:"10,keyasint,omitempty" json:"area,omitempty"`
}

// Kind returns "clip.asked".
func (ClipAsked) Kind() string { return "clip.asked" }

// ClipSaved says that the pictures are on disk, as one fragmented MP4 file, and
// how whole they are. The file was durable before this was said.
type ClipSaved struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Camera string `cbor:"2,keyasint" json:"camera"`
	// SHA256 is the sum of the file in hexadecimal digits, Bytes its size.
	SHA256 string `cbor:"3,keyasint" json:"sha256"`
	Bytes  int64  `cbor:"4,keyasint" json:"bytes"`
	// Frames counts the pictures in the file; Missing is for how long of the
	// wanted interval there are none, in milliseconds.
	Frames  int   `cbor:"5,keyasint" json:"frames"`
	Missing int64 `cbor:"6,keyasint,omitempty" json:"missing,omitempty"`
	// From is the time of the first picture, To of the end of the last one.
	From Time `cbor:"7,keyasint" json:"from"`
	To   Time `cbor:"8,keyasint" json:"to"`
	// Gaps counts the places where pictures are missing, as the camera was
	// away or packets were lost.
	Gaps int `cbor:"9,keyasint,omitempty" json:"gaps,omitempty"`
	// By and Alert repeat who asked and for which alert.
	By    string `cbor:"10,keyasint,omitempty" json:"by,omitempty"`
	Alert string `cbor:"11,keyasint,omitempty" json:"alert,omitempty"`
}

// Kind returns "clip.saved".
func (ClipSaved) Kind() string { return "clip.saved" }

// ClipFailed says that the pictures could not be kept, and why.
type ClipFailed struct {
	ID     string `cbor:"1,keyasint" json:"id"`
	Camera string `cbor:"2,keyasint" json:"camera"`
	// Reason is ClipNotKept, ClipGone, or what went wrong as the server met it.
	Reason string `cbor:"3,keyasint" json:"reason"`
}

// Reasons of which Clip.Failure says more.
const (
	ClipNotKept = "the camera's pictures are not kept"
	ClipGone    = "the pictures of that time are not there any more, or the camera was away"
)

// Kind returns "clip.failed".
func (ClipFailed) Kind() string { return "clip.failed" }

// Clip is a piece of recorded video: asked for, then saved or failed.
type Clip struct {
	nowhere
	ClipAsked
	Asked Time `cbor:"20,keyasint" json:"asked"`
	// Done is when it was saved or failed, zero while it is under way.
	Done Time `cbor:"21,keyasint,omitempty" json:"done,omitempty"`
	// Saved is what was saved; its SHA256 is empty when nothing was.
	Saved ClipSaved `cbor:"22,keyasint" json:"saved"`
	// Why says why it failed, empty when it did not.
	Why string `cbor:"23,keyasint,omitempty" json:"why,omitempty"`
}

// Ref returns the clip's name in the state.
func (c Clip) Ref() Ref { return NewRef(KindClip, c.ID) }

// In returns the area the camera was in.
func (c Clip) In() string { return c.Area }

// Ready reports whether the file can be fetched.
func (c Clip) Ready() bool { return c.Saved.SHA256 != "" }

// Failure says why it failed, without a code where only the server's own words are
// there; it is empty where it did not.
func (c Clip) Failure() *Refusal {
	switch c.Why {
	case ClipNotKept:
		return Refuse("clip.notkept", "{reason}", "reason", c.Why)
	case ClipGone:
		return Refuse("clip.gone", "{reason}", "reason", c.Why)
	}
	return &Refusal{Text: c.Why}
}

// ClipsOf returns the clips of the camera and of the alert, the newest first; an
// empty camera or alert stands for any.
func (s *State) ClipsOf(camera, alert string) []Clip {
	var out []Clip
	for c := range s.clips.All() {
		if (camera == "" || c.Camera == camera) && (alert == "" || c.Alert == alert) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Clip) int { return cmp.Or(cmp.Compare(b.Asked, a.Asked), cmp.Compare(a.ID, b.ID)) })
	return out
}

func (b ClipAsked) apply(s *State, e *Event) (Ref, Effect, error) {
	if b.ID == "" {
		return "", EffectNone, errNoID
	}
	ref := NewRef(KindClip, b.ID)
	if _, there := s.clips.Get(b.ID); there {
		return ref, EffectNone, nil
	}
	s.clips.Put(b.ID, Clip{ClipAsked: b, Asked: e.Time})
	return ref, EffectPut, nil
}

func (b ClipSaved) apply(s *State, e *Event) (Ref, Effect, error) {
	c, there := s.clips.Get(b.ID)
	ref := NewRef(KindClip, b.ID)
	if !there || c.Ready() {
		return ref, EffectNone, nil
	}
	c.Saved, c.Done, c.Why = b, e.Time, ""
	s.clips.Put(b.ID, c)
	return ref, EffectPut, nil
}

func (b ClipFailed) apply(s *State, e *Event) (Ref, Effect, error) {
	c, there := s.clips.Get(b.ID)
	ref := NewRef(KindClip, b.ID)
	if !there || c.Done != 0 {
		return ref, EffectNone, nil
	}
	c.Done, c.Why = e.Time, b.Reason
	s.clips.Put(b.ID, c)
	return ref, EffectPut, nil
}
