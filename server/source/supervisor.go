package source

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"iocwall/server/world"
)

// Named is one source of the configuration.
type Named struct {
	// Name is unique and appears as the source of every event.
	Name string
	// Kind is the name of its kind, for people.
	Kind string
	// Config must not be changed once handed over.
	Config Config
}

// Options make a Supervisor.
type Options struct {
	// Sources run from the start. One that cannot be made is reported as
	// failed and the others run.
	Sources []Named
	// Put makes observations of a source durable and blocks until they are.
	// It is called from many goroutines.
	Put func(ctx context.Context, source string, obs []world.Observation) error
	// Env is handed to every source, with its Name, Logger and Keep filled in.
	Env Env
	// Logger takes starts, failures and panics; nil discards them.
	Logger *slog.Logger
	// Now is the clock for what is reported; nil means time.Now.
	Now func() time.Time
	// Random returns a number in [0, 1) for jitter; nil means rand.Float64.
	Random func() float64
}

// Supervisor runs sources: it starts them, starts them again when they fail,
// exchanges them when the configuration changes, and reports how each is doing
// as world.SourceHealth under the source's own name, when that changes and once
// a minute while counts move.
type Supervisor struct {
	put    func(ctx context.Context, source string, obs []world.Observation) error
	env    Env
	log    *slog.Logger
	now    func() time.Time
	random func() float64

	mu      sync.Mutex
	running context.Context // that of Run, nil before
	ended   bool
	units   map[string]*unit
	all     sync.WaitGroup
}

// NewSupervisor checks the sources and makes their supervisor; nothing runs
// before Run. The error holds every problem of every source.
func NewSupervisor(o Options) (*Supervisor, error) {
	if o.Put == nil {
		return nil, errors.New("source: a supervisor needs Options.Put")
	}
	s := &Supervisor{put: o.Put, env: o.Env, log: o.Logger, now: o.Now, random: o.Random, units: map[string]*unit{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Float64
	}
	if err := check(o.Sources); err != nil {
		return nil, err
	}
	for _, n := range o.Sources {
		s.units[n.Name] = newUnit(s, n, nil)
	}
	return s, nil
}

// Run runs the sources until ctx ends and returns nil when all of them are
// gone. It can be called once.
func (s *Supervisor) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.running != nil {
		s.mu.Unlock()
		return errors.New("source: a supervisor runs once")
	}
	s.running = ctx
	for _, u := range s.units {
		s.start(u)
	}
	s.mu.Unlock()

	<-ctx.Done()
	s.mu.Lock() // lets an Apply finish, which may have started something
	s.ended = true
	s.mu.Unlock()
	s.all.Wait()
	return nil
}

// Apply makes sources the set that runs. Those whose kind and configuration
// are equal to the present ones go on untouched. A changed one is started
// beside its predecessor, which is stopped as soon as the new one is ready, or
// fails because the old one is in its way (a port in use), or after five
// seconds. Apply returns when what was removed is gone, which takes a second or
// two at most. On error nothing changes; the error holds every problem.
func (s *Supervisor) Apply(sources []Named) error {
	if err := check(sources); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return errors.New("source: the supervisor has ended")
	}
	next, fresh, err := s.plan(sources)
	if err != nil {
		return err
	}
	before := s.units
	s.units = next
	if s.running == nil {
		return nil
	}
	for _, u := range fresh {
		s.start(u)
	}
	var leaving sync.WaitGroup
	for name, u := range before {
		if next[name] == nil {
			leaving.Go(func() {
				u.cancel()
				<-u.done
				u.meter.finish(s.running, s.put, s.log)
			})
		}
	}
	leaving.Wait()
	return nil
}

// plan returns the units of the next set and those of them that are new.
func (s *Supervisor) plan(sources []Named) (next map[string]*unit, fresh []*unit, err error) {
	next = map[string]*unit{}
	var problems []error
	for _, n := range sources {
		old := s.units[n.Name]
		if old != nil && old.Kind == n.Kind && reflect.DeepEqual(old.Config, n.Config) {
			next[n.Name] = old
			continue
		}
		u := newUnit(s, n, old)
		if _, err := u.make(); err != nil {
			problems = append(problems, fmt.Errorf("source %s: %s", n.Name, u.meter.clean(err.Error())))
		}
		next[n.Name] = u
		fresh = append(fresh, u)
	}
	return next, fresh, errors.Join(problems...)
}

// start runs a unit; s.mu is held.
func (s *Supervisor) start(u *unit) {
	ctx, cancel := context.WithCancel(s.running)
	u.cancel = cancel
	u.meter.own(u)
	if u.meter.stop == nil {
		u.meter.start(s.running, s)
	}
	s.all.Go(func() {
		defer close(u.done)
		defer cancel()
		u.run(ctx)
	})
}

// Counts are what a source did since the server started.
type Counts struct {
	Name, Kind string
	State      world.SourceState
	// Accepted observations; Rejected, Skipped and Lost messages.
	Accepted, Rejected, Skipped, Lost uint64
	// Next is when a source that failed is started again, zero while it runs.
	Next time.Time
}

// Counts returns the counts of all sources, sorted by name.
func (s *Supervisor) Counts() []Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Counts, 0, len(s.units))
	for _, u := range s.units {
		h := u.meter.health()
		out = append(out, Counts{
			Name: u.Name, Kind: u.Kind, State: h.State,
			Accepted: h.Accepted, Rejected: h.Rejected, Skipped: h.Skipped, Lost: h.Lost,
			Next: u.meter.again(),
		})
	}
	slices.SortFunc(out, func(a, b Counts) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// check returns every problem of a set of sources as one error.
func check(sources []Named) error {
	var problems []error
	seen := map[string]bool{}
	for i, n := range sources {
		switch {
		case n.Name == "":
			problems = append(problems, fmt.Errorf("source %d has no name; give it one", i+1))
		case seen[n.Name]:
			problems = append(problems, fmt.Errorf("source %s is there twice; give one of them another name", n.Name))
		case n.Config == nil:
			problems = append(problems, fmt.Errorf("source %s has no configuration", n.Name))
		default:
			for _, p := range n.Config.Validate() {
				problems = append(problems, fmt.Errorf("source %s: %s", n.Name, p))
			}
		}
		seen[n.Name] = true
	}
	return errors.Join(problems...)
}
