package world

import (
	"fmt"

	"iocwall/server/world/canon"
	"iocwall/server/world/table"
)

// snapshotVersion is raised when an old program could misread a snapshot; such
// a snapshot is then ignored and the state is built from the journal.
const snapshotVersion = 1

type snapshotCBOR struct {
	_       struct{} `cbor:",toarray"`
	Version int
	Pos     Position
	Seen    Time
	Tables  []table.Rows
}

// Snapshot returns the whole state, uncompressed. Equal states give equal bytes.
func (s *State) Snapshot() ([]byte, error) {
	rows, err := s.tables.Encode()
	if err != nil {
		return nil, fmt.Errorf("world: snapshot: %w", err)
	}
	return canon.Marshal(snapshotCBOR{Version: snapshotVersion, Pos: s.pos, Seen: s.seen, Tables: rows})
}

// Restore makes a state from what Snapshot returned. A table this program does
// not know is an error: its events must be replayed by a program that does not
// need the snapshot.
func Restore(data []byte) (*State, error) {
	var w snapshotCBOR
	if err := canon.Unmarshal(data, &w); err != nil {
		return nil, fmt.Errorf("world: snapshot: %w", err)
	}
	if w.Version != snapshotVersion {
		return nil, fmt.Errorf("world: snapshot of version %d, this program reads version %d", w.Version, snapshotVersion)
	}
	s := New(w.Pos.Epoch)
	s.pos, s.seen = w.Pos, w.Seen
	if err := s.tables.Decode(w.Tables); err != nil {
		return nil, fmt.Errorf("world: snapshot: %w", err)
	}
	return s, nil
}

// Digest is a sum over the entities of each kind. Two states with the same
// entities have the same digest, whatever way they came to them; kinds without
// entities are left out.
type Digest map[string]uint64

// Digest returns the digest of the state. Its cost is that of the entities
// changed since the last call.
func (s *State) Digest() Digest { return s.tables.Digest() }

// Shapes returns a fingerprint of what entities of each kind hold in this program.
// Programs of other versions whose fingerprints differ in a kind have other digests
// of it, though they know the same.
func Shapes() Digest { return New(0).tables.Shapes() }

// Sum returns the summand of one entity in the digest.
func (s *State) Sum(r Ref) (uint64, bool) {
	t := s.tables.Of(r.Kind())
	if t == nil {
		return 0, false
	}
	return t.Sum(r.ID())
}
