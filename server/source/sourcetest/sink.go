package sourcetest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"iocwall/server/source"
	"iocwall/server/world"
)

// Guard is how long the suite waits for what must happen at all. It is generous:
// it says that something hangs, not that it is slow.
const Guard = 20 * time.Second

// Sink records what a source does. Make it with NewSink.
type Sink struct {
	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every change
	ready   bool
	got     []world.Observation
	rejects []Rejection
	skipped uint64
	lost    uint64
	inside  int // calls of Put that are blocked
	most    int // the most there ever were
	held    chan struct{}
	fail    error
}

// Rejection is one call of Reject.
type Rejection struct {
	Raw string
	Err error
}

// NewSink returns a sink that takes everything.
func NewSink() *Sink { return &Sink{changed: make(chan struct{})} }

// change does something under the lock and wakes those who wait.
func (s *Sink) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
	close(s.changed)
	s.changed = make(chan struct{})
}

// Ready records that the source is ready.
func (s *Sink) Ready() { s.change(func() { s.ready = true }) }

// Reject records a rejection.
func (s *Sink) Reject(raw []byte, err error) {
	s.change(func() { s.rejects = append(s.rejects, Rejection{string(raw), err}) })
}

// Skip counts what was of no use.
func (s *Sink) Skip(n uint64) { s.change(func() { s.skipped += n }) }

// Lost counts what was lost.
func (s *Sink) Lost(n uint64) { s.change(func() { s.lost += n }) }

// Put records observations, after waiting for Release if Hold was called.
func (s *Sink) Put(ctx context.Context, obs ...world.Observation) error {
	if len(obs) > source.MaxPut {
		return errors.New("sourcetest: more than source.MaxPut observations at once")
	}
	var held chan struct{}
	s.change(func() {
		s.inside++
		s.most = max(s.most, s.inside)
		held = s.held
	})
	defer s.change(func() { s.inside-- })
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error
	s.change(func() {
		if err = s.fail; err == nil {
			s.got = append(s.got, obs...)
		}
	})
	return err
}

// Hold makes every Put block until Release.
func (s *Sink) Hold() { s.change(func() { s.held = make(chan struct{}) }) }

// Release lets blocked Puts go on.
func (s *Sink) Release() {
	s.change(func() {
		close(s.held)
		s.held = nil
	})
}

// Fail makes every further Put fail.
func (s *Sink) Fail(err error) { s.change(func() { s.fail = err }) }

// Observations returns what was put so far.
func (s *Sink) Observations() []world.Observation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

// Rejections returns what was rejected so far.
func (s *Sink) Rejections() []Rejection {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rejects)
}

// Skipped returns how many messages were of no use.
func (s *Sink) Skipped() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skipped
}

// LostCount returns how many messages were lost.
func (s *Sink) LostCount() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}

// Wait waits until ok holds, which is called under the sink's lock with what
// was put and rejected; what says what is waited for.
func (s *Sink) Wait(t testing.TB, what string, ok func(got []world.Observation, rejects []Rejection) bool) {
	t.Helper()
	s.wait(t, what, func() bool { return ok(s.got, s.rejects) })
}

// WaitReady waits until the source is ready.
func (s *Sink) WaitReady(t testing.TB) {
	t.Helper()
	s.wait(t, "the source to be ready", func() bool { return s.ready })
}

// WaitFor waits until n observations were put.
func (s *Sink) WaitFor(t testing.TB, n int) {
	t.Helper()
	s.wait(t, "observations", func() bool { return len(s.got) >= n })
}

func (s *Sink) wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	guard := time.NewTimer(Guard)
	defer guard.Stop()
	for {
		s.mu.Lock()
		done, changed := ok(), s.changed
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-changed:
		case <-guard.C:
			s.mu.Lock()
			defer s.mu.Unlock()
			last := ""
			if len(s.rejects) > 0 {
				last = s.rejects[len(s.rejects)-1].Err.Error()
			}
			t.Fatalf("waited %v for %s: ready %v, %d observations, %d rejections (%s), %d skipped, %d lost, %d puts inside",
				Guard, what, s.ready, len(s.got), len(s.rejects), last, s.skipped, s.lost, s.inside)
		}
	}
}
