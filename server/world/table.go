package world

import (
	"bytes"
	"errors"
	"iter"
	"maps"
	"slices"
)

var errNoID = errors.New("world: body names no entity")

// row is an entity with the digest of its encoding, computed when asked for.
type row[E Entity] struct {
	entity E
	sum    uint64
	fresh  bool
}

// table holds the entities of one kind. Its sum is the sum of its rows' sums:
// it does not depend on order, and one changed row changes it in constant time.
type table[E Entity] struct {
	kind  string
	rows  map[string]row[E]
	sum   uint64
	dirty []string
}

func newTable[E Entity](kind string) table[E] {
	return table[E]{kind: kind, rows: map[string]row[E]{}}
}

func (t *table[E]) get(id string) (E, bool) {
	r, ok := t.rows[id]
	return r.entity, ok
}

// put stores e; its sum is brought up to date by refresh.
func (t *table[E]) put(id string, e E) {
	r, there := t.rows[id]
	if !there || r.fresh {
		t.dirty = append(t.dirty, id)
	}
	t.rows[id] = row[E]{entity: e, sum: r.sum}
}

func (t *table[E]) remove(id string) bool {
	r, there := t.rows[id]
	if there {
		t.sum -= r.sum
		delete(t.rows, id)
	}
	return there
}

func (t *table[E]) refresh() {
	for _, id := range t.dirty {
		r, there := t.rows[id]
		if !there || r.fresh {
			continue
		}
		t.sum -= r.sum
		r.sum, r.fresh = entitySum(r.entity), true
		t.sum += r.sum
		t.rows[id] = r
	}
	t.dirty = t.dirty[:0]
}

func (t *table[E]) all() iter.Seq[E] {
	return func(yield func(E) bool) {
		for _, r := range t.rows {
			if !yield(r.entity) {
				return
			}
		}
	}
}

// sorted returns the entities in the order of their ids.
func (t *table[E]) sorted() []E {
	out := make([]E, 0, len(t.rows))
	for _, id := range slices.Sorted(maps.Keys(t.rows)) {
		out = append(out, t.rows[id].entity)
	}
	return out
}

// anyTable lets State treat its tables alike.
type anyTable interface {
	name() string
	size() int
	refresh()
	total() uint64
	remove(id string) bool
	lookup(id string) (Entity, bool)
	rowSum(id string) (uint64, bool)
	each(yield func(Entity) bool) bool
	encode() ([]byte, error)
	decode(data []byte) error
	putAny(e Entity) bool
}

func (t *table[E]) name() string  { return t.kind }
func (t *table[E]) size() int     { return len(t.rows) }
func (t *table[E]) total() uint64 { return t.sum }

func (t *table[E]) lookup(id string) (Entity, bool) {
	r, ok := t.rows[id]
	if !ok {
		return nil, false
	}
	return r.entity, true
}

func (t *table[E]) rowSum(id string) (uint64, bool) {
	r, ok := t.rows[id]
	if ok && !r.fresh {
		t.refresh()
		r = t.rows[id]
	}
	return r.sum, ok
}

func (t *table[E]) each(yield func(Entity) bool) bool {
	for _, r := range t.rows {
		if !yield(r.entity) {
			return false
		}
	}
	return true
}

func (t *table[E]) encode() ([]byte, error) { return cborMarshal(t.sorted()) }

func (t *table[E]) decode(data []byte) error {
	var es []E
	if err := decMode.Unmarshal(data, &es); err != nil {
		return err
	}
	for _, e := range es {
		t.put(e.Ref().ID(), e)
	}
	return nil
}

func (t *table[E]) putAny(e Entity) bool {
	x, ok := e.(E)
	if ok {
		t.put(x.Ref().ID(), x)
	}
	return ok
}

// newer decides between what is known and what comes, by the time it was true
// and, at the same instant, by its encoding, so that the order of arrival does
// not matter. The same value again is not newer.
func newer[B any](t, known Time, b, knownB B) bool {
	if t != known {
		return t > known
	}
	x, err1 := cborMarshal(b)
	y, err2 := cborMarshal(knownB)
	return err1 == nil && err2 == nil && bytes.Compare(x, y) > 0
}

// latest is newer for what only this server says (definitions, commands, health):
// at the same instant the later event of the history stands.
func latest[B any](t, known Time, b, knownB B) bool {
	if t != known {
		return t > known
	}
	x, err1 := cborMarshal(b)
	y, err2 := cborMarshal(knownB)
	return err1 == nil && err2 == nil && !bytes.Equal(x, y)
}

// applyLatest is apply for entities that are just their newest body.
func applyLatest[E Entity, B any](t *table[E], kind, id string, e *Event, rule func(t, known Time, b, knownB B) bool, known func(E) (Time, B), b B, next E) (Ref, Effect, error) {
	if id == "" {
		return "", EffectNone, errNoID
	}
	ref := NewRef(kind, id)
	if old, there := t.get(id); there {
		at, was := known(old)
		if !rule(e.Time, at, b, was) {
			return ref, EffectNone, nil
		}
	}
	t.put(id, next)
	return ref, EffectPut, nil
}
