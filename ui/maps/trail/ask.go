package trail

import (
	"context"
	"log/slog"
	"math"
	"slices"
	"sync"
	"time"

	"iocwall/server/world/track"
)

// Options configure Trails.
type Options struct {
	// Ask asks the server where vessels were. It may wait, and is called from Run,
	// one question after the other. Nil means that trails begin with the program.
	Ask func(ctx context.Context, q track.Question) (track.Answer, error)
	// Changed is called from Run when there is something to take in; see Renew.
	Changed func()
	// Logger discards when nil.
	Logger *slog.Logger
}

const (
	// askFor is how long one answer may take, between the pause before the next
	// question, behind that before the same where the server was still reading.
	askFor, between, behind = 30 * time.Second, 100 * time.Millisecond, 5 * time.Second
	// retryFirst is the pause after a question had no answer; it doubles up to
	// retryLast.
	retryFirst, retryLast = 5 * time.Second, 20 * time.Second
)

// asker asks the server for what is wanted, so many vessels at once.
type asker struct {
	ask     func(ctx context.Context, q track.Question) (track.Answer, error)
	changed func()
	log     *slog.Logger
	wake    chan struct{}

	mu     sync.Mutex
	wanted map[string]int64 // since when, by MMSI
	come   []map[string]track.Points
}

func newAsker(o Options) *asker {
	a := &asker{ask: o.Ask, changed: o.Changed, log: o.Logger, wake: make(chan struct{}, 1), wanted: map[string]int64{}}
	if a.changed == nil {
		a.changed = func() {}
	}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	return a
}

func (a *asker) want(mmsi string, since int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if known, there := a.wanted[mmsi]; !there || since < known {
		a.wanted[mmsi] = since
	}
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// take returns the answers that came.
func (a *asker) take() []map[string]track.Points {
	a.mu.Lock()
	defer a.mu.Unlock()
	come := a.come
	a.come = nil
	return come
}

// next returns the next question, none when nothing is wanted.
func (a *asker) next() (q track.Question, any bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q.Since = math.MaxInt64
	for id, since := range a.wanted {
		if len(q.IDs) == track.AtOnce {
			break
		}
		q.IDs, q.Since = append(q.IDs, id), min(q.Since, since)
	}
	for _, id := range q.IDs {
		delete(a.wanted, id)
	}
	slices.Sort(q.IDs)
	return q, len(q.IDs) > 0
}

// again has a question asked once more.
func (a *asker) again(q track.Question) {
	for _, id := range q.IDs {
		a.want(id, q.Since)
	}
}

// Run asks the server for what is missing until ctx is done.
func (t *Trails) Run(ctx context.Context) {
	if t.asker != nil {
		t.asker.run(ctx)
	}
}

func (a *asker) run(ctx context.Context) {
	failed := time.Duration(0) // the pause after the last failure, zero after an answer
	for {
		q, any := a.next()
		if !any {
			select {
			case <-ctx.Done():
				return
			case <-a.wake:
			}
			continue
		}
		within, cancel := context.WithTimeout(ctx, askFor)
		answer, err := a.ask(within, q)
		cancel()
		pause := between
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if failed == 0 {
				a.log.Warn("the trails of vessels begin later than they could: the server does not tell them", "error", err)
			}
			failed = min(max(2*failed, retryFirst), retryLast)
			pause = failed
			a.again(q)
		default:
			failed = 0
			if answer.Behind {
				pause = behind
				a.again(q)
			}
			a.give(answer.Tracks)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

func (a *asker) give(tracks map[string]track.Points) {
	if len(tracks) == 0 {
		return
	}
	a.mu.Lock()
	a.come = append(a.come, tracks)
	a.mu.Unlock()
	a.changed()
}
