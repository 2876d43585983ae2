package source

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"iocwall/server/world"
)

// The pace of restarts and of handing over.
const (
	firstWait   = 500 * time.Millisecond
	longestWait = time.Minute
	stableAfter = time.Minute     // a run of this length since Ready starts the waits anew
	handover    = 5 * time.Second // how long a new source may take to be ready beside the old one
)

// unit is one source under one configuration. It is started once and restarts
// its source until its context ends.
type unit struct {
	Named
	owner  *Supervisor
	meter  *meter
	cancel context.CancelFunc // nil before the unit was started
	done   chan struct{}      // closed when run has returned
	// relieve stops the unit this one takes over from and waits until it is
	// gone. It may be called often and from any goroutine.
	relieve func()
	heir    bool // there is such a unit, until it is gone
}

// newUnit makes a unit that takes over from old, which may be nil. Counts go on.
func newUnit(s *Supervisor, n Named, old *unit) *unit {
	u := &unit{Named: n, owner: s, done: make(chan struct{}), relieve: func() {}}
	if old == nil {
		u.meter = newMeter(n.Name, s.now)
		return u
	}
	u.meter = old.meter
	if old.cancel != nil {
		u.heir = true
		u.relieve = sync.OnceFunc(func() {
			old.cancel()
			<-old.done
		})
	}
	return u
}

// make makes a source for one run.
func (u *unit) make() (src Source, err error) {
	env := u.owner.env
	env.Name = u.Name
	env.Logger = u.owner.log.With("source", u.Name)
	env.Keep = u.meter.keep
	err = Guard(func() error {
		var err error
		src, err = u.Config.New(env)
		return err
	})
	if err == nil && src == nil {
		err = errors.New("the kind made no source")
	}
	return src, err
}

// run keeps the source running until ctx ends. When it returns, the source and
// the unit before this one are gone.
func (u *unit) run(ctx context.Context) {
	defer u.relieve()
	if !u.heir {
		u.set(world.SourceStarting, "")
	}
	wait := firstWait
	for {
		ready, err := u.once(ctx)
		u.relieve()
		took := u.heir // over from another unit, just now
		u.heir = false
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			u.set(world.SourceStopped, "the feed is at its end")
			u.owner.log.Info("source ended", "source", u.Name)
			<-ctx.Done()
			return
		case IsFatal(err):
			u.set(world.SourceFailed, err.Error())
			u.owner.log.Error("source failed and waits for another configuration", "source", u.Name, "err", u.meter.clean(err.Error()))
			<-ctx.Done()
			return
		case took && ready.IsZero():
			u.set(world.SourceStarting, "")
			continue // the old one may have been in its way: at once again
		}
		if !ready.IsZero() && u.owner.now().Sub(ready) >= stableAfter {
			wait = firstWait
		}
		pause := time.Duration(float64(wait) * (0.5 + u.owner.random()/2))
		u.meter.wait(u, u.owner.now().Add(pause))
		u.set(world.SourceRetrying, err.Error())
		u.owner.log.Warn("source failed and will be started again", "source", u.Name, "err", u.meter.clean(err.Error()), "in", pause.String())
		if !sleep(ctx, pause) {
			return
		}
		wait = min(2*wait, longestWait)
	}
}

// once makes and runs the source one time. It returns when the source was
// ready, zero if it never was, and why it ended.
func (u *unit) once(ctx context.Context) (time.Time, error) {
	src, err := u.make()
	if err != nil {
		return time.Time{}, err
	}
	s := &sink{unit: u, first: make(chan struct{})}
	over := make(chan struct{})
	var waiter sync.WaitGroup
	waiter.Go(func() {
		limit := time.NewTimer(handover)
		defer limit.Stop()
		select {
		case <-s.first:
		case <-limit.C:
			s.unready(world.SourceStarting)
		case <-over:
			return
		}
		u.relieve()
	})
	err = Guard(func() error { return src.Run(ctx, s) })
	close(over)
	waiter.Wait()
	var thrown *PanicError
	if errors.As(err, &thrown) {
		u.owner.log.Error("source panicked", "source", u.Name, "err", u.meter.clean(thrown.Error()), "stack", string(thrown.Stack))
	}
	return s.since(), err
}

// set reports a state, unless another unit has taken over.
func (u *unit) set(state world.SourceState, reason string) {
	u.meter.set(u, state, reason)
}

// sleep waits for d or until ctx ends, and tells whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sink is what one run of a source writes to.
type sink struct {
	unit  *unit
	first chan struct{} // closed when ready

	mu    sync.Mutex
	ready time.Time
}

func (s *sink) Ready() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ready.IsZero() {
		return
	}
	s.ready = s.unit.owner.now()
	close(s.first)
	s.unit.set(world.SourceRunning, "")
}

// unready reports a state if the source is not ready yet.
func (s *sink) unready(state world.SourceState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready.IsZero() && s.unit.heir {
		s.unit.set(state, "")
	}
}

func (s *sink) since() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

func (s *sink) Put(ctx context.Context, obs ...world.Observation) error {
	if len(obs) == 0 {
		return ctx.Err()
	}
	if len(obs) > MaxPut {
		return fmt.Errorf("source: %d observations at once; put at most %d", len(obs), MaxPut)
	}
	if err := s.unit.owner.put(ctx, s.unit.Name, obs); err != nil {
		return err
	}
	s.unit.meter.accept(uint64(len(obs)))
	return nil
}

func (s *sink) Reject(raw []byte, err error) { s.unit.meter.reject(raw, err) }
func (s *sink) Skip(n uint64)                { s.unit.meter.skip(n) }
func (s *sink) Lost(n uint64)                { s.unit.meter.lose(n) }
