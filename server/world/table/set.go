package table

import (
	"fmt"

	"iocwall/server/world/canon"
)

// Any is a Table whose rows' type is not known. Kind, Len, Total, Sum, Lookup,
// Each, PutAny, Remove and Shape are those of Table.
type Any interface {
	Kind() string
	Len() int
	Total() uint64
	Sum(id string) (uint64, bool)
	Lookup(id string) (any, bool)
	Each(yield func(any) bool) bool
	PutAny(v any) bool
	Remove(id string) bool
	Shape() uint64
	encode() ([]byte, error)
	decode(data []byte) error
}

// Set is the tables of a state in a fixed order.
type Set struct {
	order []Any
	kinds map[string]Any
}

// NewSet returns the set of the tables; no two are of one kind.
func NewSet(tables ...Any) *Set {
	s := &Set{order: tables, kinds: make(map[string]Any, len(tables))}
	for _, t := range tables {
		s.kinds[t.Kind()] = t
	}
	return s
}

// Of returns the table of the kind, nil when there is none.
func (s *Set) Of(kind string) Any { return s.kinds[kind] }

// All returns the tables in their order; the slice must not be changed.
func (s *Set) All() []Any { return s.order }

// Len returns the number of rows of all tables.
func (s *Set) Len() int {
	n := 0
	for _, t := range s.order {
		n += t.Len()
	}
	return n
}

// Digest returns the total of each table that has rows. Two sets with the same
// rows have the same digest, whatever way they came to them. Its cost is that of
// the rows changed since the last call.
func (s *Set) Digest() map[string]uint64 {
	d := map[string]uint64{}
	for _, t := range s.order {
		if total := t.Total(); t.Len() > 0 {
			d[t.Kind()] = total
		}
	}
	return d
}

// Shapes returns the shape of the rows of each table.
func (s *Set) Shapes() map[string]uint64 {
	out := make(map[string]uint64, len(s.order))
	for _, t := range s.order {
		out[t.Kind()] = t.Shape()
	}
	return out
}

// Rows is one table in bytes.
type Rows struct {
	_    struct{} `cbor:",toarray"`
	Kind string
	Rows canon.Raw
}

// Encode returns all tables in bytes. Equal sets give equal bytes.
func (s *Set) Encode() ([]Rows, error) {
	out := make([]Rows, 0, len(s.order))
	for _, t := range s.order {
		rows, err := t.encode()
		if err != nil {
			return nil, fmt.Errorf("rows of %s: %w", t.Kind(), err)
		}
		out = append(out, Rows{Kind: t.Kind(), Rows: rows})
	}
	return out, nil
}

// Decode adds what Encode returned. A table the set does not have is an error.
func (s *Set) Decode(tables []Rows) error {
	for _, r := range tables {
		t := s.kinds[r.Kind]
		if t == nil {
			return fmt.Errorf("there is an unknown table %q", r.Kind)
		}
		if err := t.decode(r.Rows); err != nil {
			return fmt.Errorf("rows of %s: %w", r.Kind, err)
		}
	}
	return nil
}
