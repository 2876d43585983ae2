// Package table keeps the rows of a replicated state: by id, with a digest that
// follows every change in constant time and does not depend on order, and with
// one form in bytes for snapshots. It knows nothing of what the rows mean.
package table

import (
	"iter"
	"maps"
	"slices"

	"iocwall/server/world/canon"
)

// Table holds the rows of one kind. Its sum is the sum of its rows' sums. A
// Table belongs to one goroutine.
type Table[R any] struct {
	kind  string
	id    func(R) string
	rows  map[string]row[R]
	sum   uint64
	dirty []string
}

// row is a value with the digest of its encoding, computed when asked for.
type row[R any] struct {
	value R
	sum   uint64
	fresh bool
}

// New returns an empty table of the kind; id names a row.
func New[R any](kind string, id func(R) string) *Table[R] {
	return &Table[R]{kind: kind, id: id, rows: map[string]row[R]{}}
}

// Get returns the row with the id.
func (t *Table[R]) Get(id string) (R, bool) {
	r, ok := t.rows[id]
	return r.value, ok
}

// Put stores a row under its id, in the place of the one that was there.
func (t *Table[R]) Put(id string, v R) {
	r, there := t.rows[id]
	if !there || r.fresh {
		t.dirty = append(t.dirty, id)
	}
	t.rows[id] = row[R]{value: v, sum: r.sum}
}

// Remove takes a row out and reports whether it was there.
func (t *Table[R]) Remove(id string) bool {
	r, there := t.rows[id]
	if there {
		t.sum -= r.sum
		delete(t.rows, id)
	}
	return there
}

// All yields the rows in no particular order.
func (t *Table[R]) All() iter.Seq[R] {
	return func(yield func(R) bool) {
		for _, r := range t.rows {
			if !yield(r.value) {
				return
			}
		}
	}
}

// Sorted returns the rows in the order of their ids.
func (t *Table[R]) Sorted() []R {
	out := make([]R, 0, len(t.rows))
	for _, id := range slices.Sorted(maps.Keys(t.rows)) {
		out = append(out, t.rows[id].value)
	}
	return out
}

// Kind returns the kind of the rows.
func (t *Table[R]) Kind() string { return t.kind }

// Len returns the number of rows.
func (t *Table[R]) Len() int { return len(t.rows) }

// Total returns the sum of the rows' sums. Its cost is that of the rows changed
// since the last call.
func (t *Table[R]) Total() uint64 {
	for _, id := range t.dirty {
		r, there := t.rows[id]
		if !there || r.fresh {
			continue
		}
		t.sum -= r.sum
		r.sum, r.fresh = rowSum(t.kind, r.value), true
		t.sum += r.sum
		t.rows[id] = r
	}
	t.dirty = t.dirty[:0]
	return t.sum
}

// Sum returns the summand of one row.
func (t *Table[R]) Sum(id string) (uint64, bool) {
	r, ok := t.rows[id]
	if ok && !r.fresh {
		t.Total()
		r = t.rows[id]
	}
	return r.sum, ok
}

// Lookup is Get for those who do not know the type of the rows.
func (t *Table[R]) Lookup(id string) (any, bool) {
	r, ok := t.rows[id]
	if !ok {
		return nil, false
	}
	return r.value, true
}

// Each calls yield for the rows in no particular order until it returns false,
// and reports whether it came to the end.
func (t *Table[R]) Each(yield func(any) bool) bool {
	for _, r := range t.rows {
		if !yield(r.value) {
			return false
		}
	}
	return true
}

// PutAny is Put for those who do not know the type of the rows; it reports
// whether v is one.
func (t *Table[R]) PutAny(v any) bool {
	x, ok := v.(R)
	if ok {
		t.Put(t.id(x), x)
	}
	return ok
}

func (t *Table[R]) encode() ([]byte, error) { return canon.Marshal(t.Sorted()) }

func (t *Table[R]) decode(data []byte) error {
	var vs []R
	if err := canon.Unmarshal(data, &vs); err != nil {
		return err
	}
	for _, v := range vs {
		t.Put(t.id(v), v)
	}
	return nil
}

// rowSum is FNV-1a (64 bit) over the kind and the one form of the row.
func rowSum(kind string, v any) uint64 {
	data, err := canon.Marshal(v)
	if err != nil {
		return 0 // a row that cannot be encoded could not have been decoded either
	}
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for _, b := range []byte(kind) {
		h = (h ^ uint64(b)) * prime
	}
	for _, b := range data {
		h = (h ^ uint64(b)) * prime
	}
	return h
}
