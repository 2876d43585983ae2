package source

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"iocwall/server/world"
)

const (
	reportEvery = time.Minute            // while counts move
	reportGap   = 250 * time.Millisecond // the least time between two reports of a source
	lastWord    = 2 * time.Second        // how long the report of a removal may take
)

// meter counts what a source does and reports on it. It belongs to a name and
// outlives restarts and changes of configuration.
type meter struct {
	name    string
	now     func() time.Time
	changed chan struct{} // holds one token when the state changed

	accepted, rejected, skipped, lost atomic.Uint64

	mu     sync.Mutex
	unit   *unit // the only one whose word counts
	kind   string
	lossy  bool
	state  world.SourceState
	reason string
	since  world.Time
	next   time.Time // when it is started again
	raw    []byte    // the newest rejection
	why    error
	hidden secrets

	stop context.CancelFunc // ends report
	gone chan struct{}      // closed when report has returned
}

func newMeter(name string, now func() time.Time) *meter {
	return &meter{name: name, now: now, changed: make(chan struct{}, 1)}
}

func (m *meter) accept(n uint64) { m.accepted.Add(n) }
func (m *meter) skip(n uint64)   { m.skipped.Add(n) }
func (m *meter) lose(n uint64)   { m.lost.Add(n) }

func (m *meter) reject(raw []byte, err error) {
	m.rejected.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.raw, m.why = append(m.raw[:0], raw[:min(len(raw), maxRaw)]...), err
}

func (m *meter) keep(secret string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hidden.add(secret)
}

func (m *meter) clean(text string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hidden.clean(text)
}

// own makes u the unit whose word counts.
func (m *meter) own(u *unit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unit, m.kind, m.lossy = u, u.Kind, u.Config.Lossy()
}

func (m *meter) set(u *unit, state world.SourceState, reason string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unit != u {
		return
	}
	reason = cut(m.hidden.clean(reason), maxSample)
	if m.state == state && m.reason == reason {
		return
	}
	if m.state != state {
		m.since = world.TimeOf(m.now())
	}
	m.state, m.reason = state, reason
	select {
	case m.changed <- struct{}{}:
	default:
	}
}

// wait notes when a source that failed is started again.
func (m *meter) wait(u *unit, next time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.unit == u {
		m.next = next
	}
}

// again returns when a source that failed is started again, zero for one that runs.
func (m *meter) again() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.state != world.SourceRetrying {
		return time.Time{}
	}
	return m.next
}

func (m *meter) health() world.SourceHealth {
	m.mu.Lock()
	defer m.mu.Unlock()
	return world.SourceHealth{
		Source: m.name, What: m.kind, State: m.state, Reason: m.reason, Since: m.since,
		Accepted: m.accepted.Load(), Rejected: m.rejected.Load(), Skipped: m.skipped.Load(), Lost: m.lost.Load(),
		Lossy: m.lossy, Sample: m.hidden.sample(m.raw, m.why),
	}
}

// start reports until ctx ends or the meter is finished.
func (m *meter) start(ctx context.Context, s *Supervisor) {
	ctx, m.stop = context.WithCancel(ctx)
	m.gone = make(chan struct{})
	s.all.Go(func() {
		defer close(m.gone)
		m.report(ctx, s.put, s.log)
	})
}

type putFunc func(ctx context.Context, source string, obs []world.Observation) error

func (m *meter) report(ctx context.Context, put putFunc, log *slog.Logger) {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	var last world.SourceHealth
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.changed:
		case <-tick.C:
		}
		now := m.health()
		if now == last {
			continue
		}
		err := put(ctx, m.name, []world.Observation{{Body: now}})
		switch {
		case err == nil:
			last = now
		case ctx.Err() == nil:
			log.Error("source health could not be stored", "source", m.name, "err", err)
			select { // once more, after the gap
			case m.changed <- struct{}{}:
			default:
			}
		}
		if !sleep(ctx, reportGap) {
			return
		}
	}
}

// finish ends the reports with the word that the source was removed, after
// which the source is no part of the state any more.
func (m *meter) finish(ctx context.Context, put putFunc, log *slog.Logger) {
	m.stop()
	<-m.gone
	last := m.health()
	last.State, last.Reason, last.Since = world.SourceStopped, removed, world.TimeOf(m.now())
	gone := world.EntityGone{Ref: world.NewRef(world.KindSource, m.name), Reason: removed}
	ctx, cancel := context.WithTimeout(ctx, lastWord)
	defer cancel()
	if err := put(ctx, m.name, []world.Observation{{Body: last}, {Body: gone}}); err != nil {
		log.Error("source health could not be stored", "source", m.name, "err", err)
	}
}

const removed = "removed from the configuration"
