package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"iocwall/server/world"
)

// ShadowOptions configure a shadow. Only Log is required.
type ShadowOptions struct {
	Log *Log
	// EveryEvents and Every say after how many events or how much time with any
	// event a snapshot is written; zero means 100,000 events and 5 minutes.
	EveryEvents uint64
	Every       time.Duration
	Logger      *slog.Logger
}

// Shadow follows the log with a state of its own, off the core loop, and writes
// the periodic snapshots. It deletes old days by the log's retention after each.
type Shadow struct {
	log    *Log
	events uint64
	every  time.Duration
	logger *slog.Logger
}

// NewShadow returns a shadow that does nothing until Run.
func NewShadow(o ShadowOptions) (*Shadow, error) {
	if o.Log == nil {
		return nil, errors.New("journal: a shadow needs a log")
	}
	s := &Shadow{log: o.Log, events: o.EveryEvents, every: o.Every, logger: o.Logger}
	if s.events == 0 {
		s.events = 100_000
	}
	if s.every <= 0 {
		s.every = 5 * time.Minute
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	return s, nil
}

// Run follows the log until ctx is done; it then writes a last snapshot, so that
// the next start is quick, and returns nil. End it before closing the log. It returns an error when
// the log cannot be read. A snapshot that fails is logged and tried again.
func (s *Shadow) Run(ctx context.Context) error {
	saved := s.savedUpto()
	state, err := s.log.State(ctx)
	if err != nil {
		return s.ended(ctx, err)
	}
	for {
		err := s.await(ctx, state, saved)
		saved = s.save(state, saved)
		if err != nil {
			return s.ended(ctx, err)
		}
	}
}

// await follows the log until a snapshot is due by number or by time.
func (s *Shadow) await(ctx context.Context, state *world.State, saved uint64) error {
	if state.At().Seq-saved >= s.events {
		return nil
	}
	timed, cancel := context.WithTimeout(ctx, s.every)
	defer cancel()
	err := s.log.Follow(timed, state.At().Seq+1, func(e world.Event) error {
		applyTo(state, e)
		if e.Seq-saved >= s.events {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) || (ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded)) {
		return nil
	}
	return err
}

// save writes a snapshot when there is anything new, and returns the number up
// to which the state is saved now.
func (s *Shadow) save(state *world.State, saved uint64) uint64 {
	at := state.At()
	if at.Seq == saved {
		return saved
	}
	began := time.Now()
	data, err := state.Snapshot()
	if err == nil {
		err = s.log.PutSnapshot(world.Position{Epoch: s.log.Position().Epoch, Seq: at.Seq}, state.Seen(), data)
	}
	if err != nil {
		s.logger.Error("snapshot failed, will be tried again", "seq", at.Seq, "error", err)
		return at.Seq // not at once: when the next one is due
	}
	s.logger.Info("snapshot written", "seq", at.Seq, "bytes", len(data), "took", time.Since(began))
	if _, err := s.log.TrimDue(state.Seen()); err != nil {
		s.logger.Error("old days were not deleted", "error", err)
	}
	return at.Seq
}

func (s *Shadow) savedUpto() uint64 {
	if snap, err := s.log.LatestSnapshot(); err == nil {
		return snap.Pos.Seq
	}
	return 0
}

// ended makes an orderly end of err.
func (s *Shadow) ended(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, ErrClosed) {
		return nil //nolint:nilerr // being told to stop is no failure
	}
	return fmt.Errorf("journal: shadow: %w", err)
}
