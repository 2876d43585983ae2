package list

// Rows is a Source over a slice of the owner's. It belongs to the toolkit's
// goroutine.
type Rows[T any] struct {
	rows    []T
	id      func(*T) string
	stamp   func(*T) uint64
	version uint64
}

// NewRows returns an empty source. Stamp may be nil: then each Set asks for
// everything again, which is fine up to some hundred rows.
func NewRows[T any](id func(*T) string, stamp func(*T) uint64) *Rows[T] {
	return &Rows[T]{id: id, stamp: stamp, version: 1}
}

// Set takes a slice; the owner may change it again before the next Set only by
// calling Changed after.
func (r *Rows[T]) Set(rows []T) {
	r.rows = rows
	r.version++
}

// Changed tells that rows were changed in place.
func (r *Rows[T]) Changed() { r.version++ }

// At is one row, to be read.
func (r *Rows[T]) At(i int) *T { return &r.rows[i] }

// Len is for the list.
func (r *Rows[T]) Len() int { return len(r.rows) }

// ID is for the list.
func (r *Rows[T]) ID(i int) string { return r.id(&r.rows[i]) }

// Version is for the list.
func (r *Rows[T]) Version() uint64 { return r.version }

// Stamp is for the list.
func (r *Rows[T]) Stamp(i int) uint64 {
	if r.stamp == nil {
		return r.version
	}
	return r.stamp(&r.rows[i])
}
