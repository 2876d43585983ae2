package world

import (
	"bytes"
	"errors"

	"iocwall/server/world/canon"
	"iocwall/server/world/table"
)

var errNoID = errors.New("world: body names no entity")

// newer decides between what is known and what comes, by the time it was true
// and, at the same instant, by its encoding, so that the order of arrival does
// not matter. The same value again is not newer.
func newer[B any](t, known Time, b, knownB B) bool {
	if t != known {
		return t > known
	}
	x, err1 := canon.Marshal(b)
	y, err2 := canon.Marshal(knownB)
	return err1 == nil && err2 == nil && bytes.Compare(x, y) > 0
}

// latest is newer for what only this server says (definitions, commands, health):
// at the same instant the later event of the history stands.
func latest[B any](t, known Time, b, knownB B) bool {
	if t != known {
		return t > known
	}
	x, err1 := canon.Marshal(b)
	y, err2 := canon.Marshal(knownB)
	return err1 == nil && err2 == nil && !bytes.Equal(x, y)
}

// applyLatest is apply for entities that are just their newest body.
func applyLatest[E Entity, B any](t *table.Table[E], kind, id string, e *Event, rule func(t, known Time, b, knownB B) bool, known func(E) (Time, B), b B, next E) (Ref, Effect, error) {
	if id == "" {
		return "", EffectNone, errNoID
	}
	ref := NewRef(kind, id)
	if old, there := t.Get(id); there {
		at, was := known(old)
		if !rule(e.Time, at, b, was) {
			return ref, EffectNone, nil
		}
	}
	t.Put(id, next)
	return ref, EffectPut, nil
}
