package world

import (
	"bytes"
	"fmt"

	"github.com/fxamacker/cbor/v2"
)

// snapshotVersion is raised when an old program could misread a snapshot; such
// a snapshot is then ignored and the state is built from the journal.
const snapshotVersion = 1

type snapshotCBOR struct {
	_       struct{} `cbor:",toarray"`
	Version int
	Pos     Position
	Seen    Time
	Tables  []snapshotTable
}

type snapshotTable struct {
	_    struct{} `cbor:",toarray"`
	Kind string
	Rows cbor.RawMessage
}

// Snapshot returns the whole state, uncompressed. Equal states give equal bytes.
func (s *State) Snapshot() ([]byte, error) {
	w := snapshotCBOR{Version: snapshotVersion, Pos: s.pos, Seen: s.seen}
	for _, t := range s.tables() {
		rows, err := t.encode()
		if err != nil {
			return nil, fmt.Errorf("world: snapshot of %s: %w", t.name(), err)
		}
		w.Tables = append(w.Tables, snapshotTable{Kind: t.name(), Rows: rows})
	}
	return cborMarshal(w)
}

// Restore makes a state from what Snapshot returned. A table this program does
// not know is an error: its events must be replayed by a program that does not
// need the snapshot.
func Restore(data []byte) (*State, error) {
	var w snapshotCBOR
	if err := decMode.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("world: snapshot: %w", err)
	}
	if w.Version != snapshotVersion {
		return nil, fmt.Errorf("world: snapshot of version %d, this program reads version %d", w.Version, snapshotVersion)
	}
	s := New(w.Pos.Epoch)
	s.pos, s.seen = w.Pos, w.Seen
	for _, wt := range w.Tables {
		t := s.table(wt.Kind)
		if t == nil {
			return nil, fmt.Errorf("world: snapshot holds an unknown table %q", wt.Kind)
		}
		if err := t.decode(wt.Rows); err != nil {
			return nil, fmt.Errorf("world: snapshot of %s: %w", wt.Kind, err)
		}
	}
	return s, nil
}

// Digest is a sum over the entities of each kind. Two states with the same
// entities have the same digest, whatever way they came to them; kinds without
// entities are left out.
type Digest map[string]uint64

// Digest returns the digest of the state. Its cost is that of the entities
// changed since the last call.
func (s *State) Digest() Digest {
	d := Digest{}
	for _, t := range s.tables() {
		t.refresh()
		if t.size() > 0 {
			d[t.name()] = t.total()
		}
	}
	return d
}

// Sum returns the summand of one entity in the digest.
func (s *State) Sum(r Ref) (uint64, bool) {
	t := s.table(r.Kind())
	if t == nil {
		return 0, false
	}
	return t.rowSum(r.ID())
}

func cborMarshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	if err := encMode.MarshalToBuffer(v, &buf); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// entitySum is FNV-1a (64 bit) over the deterministic encoding.
func entitySum(e Entity) uint64 {
	data, err := cborMarshal(e)
	if err != nil {
		return 0 // an entity that cannot be encoded could not have been decoded either
	}
	const offset, prime = 14695981039346656037, 1099511628211
	h := uint64(offset)
	for _, b := range []byte(e.Ref().Kind()) {
		h = (h ^ uint64(b)) * prime
	}
	for _, b := range data {
		h = (h ^ uint64(b)) * prime
	}
	return h
}
