package journal

import (
	"context"
	"errors"
	"fmt"

	"iocwall/server/world"
)

// State returns the state at the end of the log, as of now: the newest snapshot
// that this program can read and the events after it. Its epoch is the log's. It
// blocks for as long as that takes; the caller owns the state. Where neither a
// snapshot nor the first event is left, it is built from the records and the
// days that remain, which lacks only what instruments said before.
func (l *Log) State(ctx context.Context) (*world.State, error) {
	s, err := l.base(func(Snapshot) bool { return true })
	switch {
	case errors.Is(err, ErrNoSnapshot) && l.First() > 1:
		if s, err = l.fromRecords(ctx, l.First()-1); err != nil {
			return nil, err
		}
	case errors.Is(err, ErrNoSnapshot):
		s = world.New(l.Position().Epoch)
	case err != nil:
		return nil, err
	}
	if err := l.advance(ctx, s, func(world.Event) bool { return true }); err != nil {
		return nil, err
	}
	if end := l.overHole(s.At().Seq+1) - 1; end > s.At().Seq { // the end of the log was lost
		rebased(s, s.At().Epoch, end)
	}
	return s, nil
}

// StateAt returns what was known at t: the state after the last event with Seen
// up to t. It reads from the nearest snapshot before, or from the first event.
// Errors: *TooOldError where retention took what it needs, those of Read.
func (l *Log) StateAt(ctx context.Context, t world.Time) (*world.State, error) {
	s, err := l.base(func(head Snapshot) bool { return head.Seen <= t })
	if errors.Is(err, ErrNoSnapshot) {
		if l.First() > 1 {
			return nil, &TooOldError{Asked: t, Earliest: l.earliest()}
		}
		s, err = world.New(l.Position().Epoch), nil
	}
	if err != nil {
		return nil, err
	}
	return s, l.advance(ctx, s, func(e world.Event) bool { return e.Seen <= t })
}

// base returns the state of the newest snapshot that fits, can be restored, and
// has its following events in the log.
func (l *Log) base(fits func(head Snapshot) bool) (*world.State, error) {
	before := uint64(0)
	for {
		snap, err := l.snapshotWhere(func(head Snapshot) bool {
			return (before == 0 || head.Pos.Seq < before) && head.Pos.Seq+1 >= l.First() && fits(head)
		})
		if err != nil {
			return nil, err
		}
		s, err := world.Restore(snap.Data)
		if err == nil && s.At().Seq == snap.Pos.Seq {
			return rebased(s, l.Position().Epoch, snap.Pos.Seq), nil
		}
		l.log.Error("snapshot does not restore, an older one is used", "seq", snap.Pos.Seq, "error", err)
		if before = snap.Pos.Seq; before == 0 {
			return nil, ErrNoSnapshot
		}
	}
}

// rebased moves a state to an epoch and forward to a number.
func rebased(s *world.State, epoch, seq uint64) *world.State {
	s, _ = s.ApplyBatch(&world.Batch{Epoch: epoch, To: seq}, nil) // no items, so no error
	return s
}

// errStop ends a Read from within.
var errStop = errors.New("stop")

// advance applies the events after s as long as while says so.
func (l *Log) advance(ctx context.Context, s *world.State, while func(world.Event) bool) error {
	err := l.Read(ctx, s.At().Seq+1, func(e world.Event) error {
		if !while(e) {
			return errStop
		}
		applyTo(s, e)
		return nil
	})
	if err != nil && !errors.Is(err, errStop) {
		return fmt.Errorf("journal: build state: %w", err)
	}
	return nil
}

// applyTo applies e, stepping over the hole before it if there is one. An event
// that does not fit the state counts as applied, as it did when it was new.
func applyTo(s *world.State, e world.Event) {
	if at := s.At(); e.Seq > at.Seq+1 {
		rebased(s, at.Epoch, e.Seq-1)
	}
	_, _ = s.Apply(e)
}

// fromRecords builds a state of records alone, up to event upto.
func (l *Log) fromRecords(ctx context.Context, upto uint64) (*world.State, error) {
	l.log.Warn("no snapshot is left, the state is built from the records", "upto", upto)
	s := world.New(l.Position().Epoch)
	err := l.Records(ctx, 1, func(e world.Event) error {
		if e.Seq > upto {
			return errStop
		}
		applyTo(s, e)
		return nil
	})
	var damage *DamageError
	switch {
	case errors.As(err, &damage):
		l.log.Error("records are damaged, the rest is used", "error", err)
	case err != nil && !errors.Is(err, errStop):
		return nil, err
	}
	return rebased(s, s.At().Epoch, upto), nil
}

// earliest returns the oldest time whose state can be told.
func (l *Log) earliest() world.Time {
	files, err := l.listSnapshots()
	if err != nil {
		return 0
	}
	for _, f := range files {
		if head, err := readSnapshotHead(f.path); err == nil && f.seq+1 >= l.First() {
			return head.Seen
		}
	}
	return 0
}
