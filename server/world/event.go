package world

import (
	"errors"
	"fmt"
)

// Position names a place in one history. Epoch changes when the numbers of an
// earlier history no longer hold: a journal made anew, a standby promoted
// (always a higher epoch), a client's rights changed. Seq counts events from 1
// without a gap; Seq 0 is before the first event.
type Position struct {
	Epoch uint64 `cbor:"1,keyasint" json:"epoch"`
	Seq   uint64 `cbor:"2,keyasint" json:"seq"`
}

// String returns the position as "epoch:seq".
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Epoch, p.Seq) }

// Observation is something a source says: what was so, and when it was so.
// A source that does not know the time leaves Time zero and the server sets it
// to the time of arrival.
type Observation struct {
	Time Time
	Body Body
}

// Event is an observation the centre has learnt and will never forget: its
// number in the history, when it was learnt and from whom. Seen never
// decreases along Seq, whatever the server's clock does.
type Event struct {
	Seq    uint64
	Seen   Time
	Source string
	Observation
}

// Body is the content of an observation, one Go type per kind. The set is
// closed: package world holds all of them, and what it does not know it keeps
// as Unknown, byte for byte.
type Body interface {
	// Kind returns the kind's name on disk and wire, as in "vessel.position".
	Kind() string
	// apply changes s by event e, whose body is the receiver. It reports the
	// entity touched and whether anything changed.
	apply(s *State, e *Event) (Ref, Effect, error)
}

// Effect says what an event did to the state.
type Effect string

// The effects of an event.
const (
	// EffectNone: nothing a reader of the state could see: late, repeated, or
	// kept only in the history.
	EffectNone Effect = ""
	// EffectPut: the entity was made or changed.
	EffectPut Effect = "put"
	// EffectRemoved: the entity left the state.
	EffectRemoved Effect = "removed"
)

// Change is what Apply did.
type Change struct {
	Event  Event
	Ref    Ref
	Effect Effect
}

// Unknown is a body this program has no type for, made by a newer one. It has
// no effect on the state and is written back exactly as it was read.
type Unknown struct {
	Name string
	// CBOR holds the body as read from the journal; JSON as read from a wire.
	// One of the two is set.
	CBOR, JSON []byte
	// Fault says why a body of a known kind could not be read, empty for a kind
	// that is not known.
	Fault string
}

// Kind returns the name the body carried.
func (u Unknown) Kind() string { return u.Name }

func (u Unknown) apply(*State, *Event) (Ref, Effect, error) {
	if u.Fault != "" {
		return "", EffectNone, errors.New(u.Fault)
	}
	return "", EffectNone, nil
}
