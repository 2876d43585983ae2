// Package core is the loop between what comes in and what is shown: the one
// goroutine that owns the state, numbers events, has them made durable, applies
// them, evaluates the rules and hands the changes to the walls.
package core

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"iocwall/server/director"
	"iocwall/server/fence"
	"iocwall/server/journal"
	"iocwall/server/rule"
	"iocwall/server/world"
)

// SourceServer is the source of what the loop itself finds out: silence,
// deadlines, a clock that jumped.
const SourceServer = "server"

const (
	// A batch is closed after batchWait or at batchEvents events, whichever
	// comes first, and never while the one before it is being written.
	batchWait   = 10 * time.Millisecond
	batchEvents = 1000
	// A batch takes this many events before producers have to wait.
	batchLimit = 4000
	// What a rule's output sets off may set off more, but not for ever.
	maxRounds = 8
	// A source's clock may be ahead by this much; what is further ahead is
	// taken as of now, since it could never be corrected by later data.
	maxAhead = time.Minute
	// retryFull is how often a full disk is tried again.
	retryFull = time.Second
)

// Journal is what the loop needs of a journal.
type Journal interface {
	// Append hands over a batch and answers once it is durable, or was not
	// written. The batch must not be changed before.
	Append(events []world.Event) <-chan error
}

// Publisher is what the loop needs of a hub.
type Publisher interface {
	// Publish hands out what has become durable and was applied; it does not
	// keep the state or block.
	Publish(state *world.State, changes []world.Change)
	// Tick is called every second.
	Tick(now time.Time, state *world.State)
}

// Loop is the one goroutine that owns the state: it numbers what comes in, has
// it made durable, applies it, watches the fences, evaluates the rules and hands
// the changes to the hub, in this order. While one batch is written the next one fills. Nothing in
// it reads a disk or waits for a client. Its methods may be called from any
// goroutine.
type Loop struct {
	log      Journal
	hub      Publisher
	state    *world.State
	rules    *rule.Set          // nil before Resume
	fences   *fence.Guard       // nil before Resume
	walls    *director.Director // nil before Resume
	direct   director.Options
	patience Patience
	logger   *slog.Logger
	now      func() time.Time

	in    chan *asked
	calls chan func()
	done  chan struct{}

	filling batch
	writing *batch
	written <-chan error
	next    uint64 // number of the next event
	clock   *historyClock
	own     int // events of the loop itself that are not yet applied

	cue   *time.Timer // fires when the director is needed next
	cueAt world.Time  // when that is, zero while it is not set

	stats counters
}

// Stats is how the loop is doing.
type Stats struct {
	// Seq is the number of the newest event applied.
	Seq uint64
	// Events and Batches count since the start; Clamped counts observations
	// that claimed to come from the future, Overrun what rules said after they
	// had set each other off too often.
	Events, Batches, Clamped, Overrun uint64
	// FullSince is since when the journal's disk is full, zero while it is not.
	FullSince time.Time
}

// Stats returns the counts of now.
func (l *Loop) Stats() Stats {
	c := &l.stats
	out := Stats{Seq: c.seq.Load(), Events: c.events.Load(), Batches: c.batches.Load(), Clamped: c.clamped.Load(), Overrun: c.overrun.Load()}
	if since := c.full.Load(); since != 0 {
		out.FullSince = time.UnixMilli(since)
	}
	return out
}

// counters are written by the loop and read from other goroutines.
type counters struct {
	seq, events, batches, clamped, overrun atomic.Uint64
	// full is when the journal began to refuse for lack of space, as Unix
	// milliseconds; zero while it does not.
	full atomic.Int64
}

// Request is one producer's wish to have something appended.
type Request struct {
	// Source is whose events they will be.
	Source string
	// Obs is what to append; the slice is the caller's again after Ask.
	Obs []world.Observation
	// Decide, when not nil, makes the observations instead, from the state as it
	// is when the loop takes the request. It runs on the loop: it is short and
	// does no I/O. Its error is that of Ask, and nothing is appended.
	Decide func(now world.Time, s *world.State) ([]world.Observation, error)
	// After, when not nil, is called on the loop once the observations were
	// applied, or at once when there were none.
	After func(s *world.State)
}

// asked is a request on its way.
type asked struct {
	Request
	first, last uint64 // numbers of the events it became
	done        chan error
}

// batch is a run of events that share one write.
type batch struct {
	events   []world.Event
	rounds   []uint8
	requests []*asked
	began    time.Time
	urgent   bool
}

// Options make a Loop. All but Walls, Now and Newest are required.
type Options struct {
	Journal  Journal
	Hub      Publisher
	State    *world.State
	Patience Patience
	Logger   *slog.Logger
	// Walls are for the director of the walls.
	Walls director.Options
	// Now is the computer's clock; nil means time.Now.
	Now func() time.Time
	// Newest is when the newest event of the journal was learnt.
	Newest world.Time
}

// New makes a loop over a state that is at the end of the journal. It has no
// rules before Resume.
func New(o Options) *Loop {
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &Loop{
		log: o.Journal, hub: o.Hub, state: o.State, patience: o.Patience, logger: o.Logger, now: o.Now,
		direct: o.Walls, cue: time.NewTimer(time.Hour),
		in: make(chan *asked, 64), calls: make(chan func()), done: make(chan struct{}),
		next: o.State.At().Seq + 1, clock: newHistoryClock(o.Now(), max(o.State.Seen(), o.Newest)),
	}
	l.stats.seq.Store(o.State.At().Seq)
	return l
}

// ErrStopping says that the loop ended before it took a request, or before it
// could answer; what was asked for may have been done.
var ErrStopping = errors.New("the server is stopping")

// Put appends the observations of a source and returns once they are durable
// and applied.
func (l *Loop) Put(ctx context.Context, source string, obs []world.Observation) error {
	if len(obs) == 0 {
		return nil
	}
	_, err := l.Ask(ctx, Request{Source: source, Obs: obs})
	return err
}

// Ask hands in a request and waits for its end: durable and applied, or not
// done. It returns the number of the last event it became, zero for none.
func (l *Loop) Ask(ctx context.Context, q Request) (uint64, error) {
	r := &asked{Request: q, done: make(chan error, 1)}
	select {
	case l.in <- r:
	case <-l.done:
		return 0, ErrStopping
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case err := <-r.done:
		return r.last, err
	case <-ctx.Done():
		// On a full disk the answer may be hours away. What was asked for may
		// still be done; nobody was told that it was.
		return 0, ctx.Err()
	case <-l.done:
		// The loop answers what it has written before it ends.
		select {
		case err := <-r.done:
			return r.last, err
		default:
			return 0, ErrStopping
		}
	}
}

// Call runs f on the loop, between two batches, and returns after it.
func (l *Loop) Call(ctx context.Context, f func(*world.State)) error {
	ran := make(chan struct{})
	select {
	case l.calls <- func() { f(l.state); close(ran) }:
		<-ran
		return nil
	case <-l.done:
		return ErrStopping
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run is the loop. It returns when ctx ends, after the batch being written was
// finished and everybody waiting was answered, or when the journal fails.
func (l *Loop) Run(ctx context.Context) error {
	defer close(l.done)
	defer l.refuseWaiting()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer l.cue.Stop()
	for {
		l.setCue()
		in := l.in
		if len(l.filling.events) >= batchLimit {
			in = nil // the producers wait: this is the back-pressure
		}
		var ready <-chan time.Time
		if l.writing == nil && len(l.filling.events) > 0 {
			wait := batchWait - l.now().Sub(l.filling.began)
			if l.filling.urgent || len(l.filling.events) >= batchEvents || wait <= 0 {
				l.submit()
			} else {
				ready = time.After(wait)
			}
		}
		select {
		case <-ctx.Done():
			return l.drain()
		case r := <-in:
			l.take(r)
		case f := <-l.calls:
			f()
		case err := <-l.written:
			if err := l.finish(ctx, err); err != nil {
				return err
			}
		case <-ready:
			l.submit()
		case <-tick.C:
			l.tick()
		case <-l.cue.C:
			l.cued()
		}
	}
}

// take adds a request to the batch being filled.
func (l *Loop) take(r *asked) {
	obs := r.Obs
	if r.Decide != nil {
		var err error
		if obs, err = r.Decide(l.clockNow(), l.state); err != nil {
			r.done <- err
			return
		}
		l.filling.urgent = true
	}
	if len(obs) == 0 {
		if r.After != nil {
			r.After(l.state)
		}
		r.done <- nil
		return
	}
	r.first = l.next
	l.add(r.Source, obs, 0)
	r.last = l.next - 1
	l.filling.requests = append(l.filling.requests, r)
}

func (l *Loop) add(source string, obs []world.Observation, round uint8) {
	now := l.clockNow()
	if len(l.filling.events) == 0 {
		l.filling.began = l.now()
	}
	for _, o := range obs {
		if o.Time == 0 {
			o.Time = now
		} else if o.Time > now.Add(maxAhead) {
			o.Time = now
			l.stats.clamped.Add(1)
		}
		l.filling.events = append(l.filling.events, world.Event{Seq: l.next, Seen: now, Source: source, Observation: o})
		l.filling.rounds = append(l.filling.rounds, round)
		l.next++
	}
}

// addOwn adds what the loop itself found out; nobody waits for it.
func (l *Loop) addOwn(source string, obs []world.Observation, round uint8) {
	if len(obs) == 0 {
		return
	}
	if round > maxRounds {
		l.stats.overrun.Add(uint64(len(obs)))
		l.logger.Error("rules set each other off without end; their output was left out",
			"rounds", maxRounds, "events", len(obs), "first", obs[0].Body.Kind())
		return
	}
	l.add(source, obs, round)
	l.own += len(obs)
	l.filling.urgent = true
}

// clockNow is the server's clock as the history sees it: it never goes back.
func (l *Loop) clockNow() world.Time { return l.clock.now(l.now()) }

func (l *Loop) submit() {
	b := l.filling
	l.filling = batch{events: make([]world.Event, 0, len(b.events)), rounds: make([]uint8, 0, len(b.rounds))}
	l.writing = &b
	l.written = l.log.Append(b.events)
}

// finish is called when the batch being written is durable, or could not be
// written. A full disk holds everything up until there is space again: what was
// not written was not acknowledged either.
func (l *Loop) finish(ctx context.Context, err error) error {
	var full *journal.FullError
	var unfit *journal.EncodeError
	switch {
	case errors.As(err, &unfit):
		return l.leaveOut(unfit)
	case errors.As(err, &full):
		if l.stats.full.Load() == 0 {
			l.stats.full.Store(l.now().UnixMilli())
			l.logger.Error("the journal's disk is full; sources wait until there is space", "error", err)
		}
		l.written = l.retry(ctx, l.writing.events)
		return nil
	case errors.Is(err, context.Canceled):
		l.refuse(l.writing)
		l.writing, l.written = nil, nil
		return nil
	case err != nil:
		return fmt.Errorf("journal: %w", err)
	}
	if since := l.stats.full.Swap(0); since != 0 {
		l.logger.Info("the journal's disk has space again", "held_ms", l.now().UnixMilli()-since)
	}
	b := l.writing
	l.writing, l.written = nil, nil
	l.publish(b)
	for _, r := range b.requests {
		if r.After != nil {
			r.After(l.state)
		}
		r.done <- nil
	}
	return nil
}

// leaveOut puts a note in the place of an event that cannot be written, refuses
// it to its producer, and writes the batch again: the others lose nothing and
// the numbers have no gap.
func (l *Loop) leaveOut(unfit *journal.EncodeError) error {
	b := l.writing
	i := int(unfit.Seq - b.events[0].Seq)
	if unfit.Seq < b.events[0].Seq || i >= len(b.events) {
		return fmt.Errorf("journal: %w", unfit)
	}
	e := &b.events[i]
	l.logger.Error("an event cannot be written and is left out", "source", e.Source, "kind", e.Body.Kind(), "error", unfit.Err)
	e.Body = world.Audited{Who: e.Source, Act: "event.left-out", Object: e.Body.Kind(), Reason: unfit.Err.Error()}
	for j, r := range b.requests {
		if r.first <= unfit.Seq && unfit.Seq <= r.last {
			r.done <- fmt.Errorf("it cannot be stored: %w", unfit.Err)
			b.requests = slices.Delete(b.requests, j, j+1)
			break
		}
	}
	l.written = l.log.Append(b.events)
	return nil
}

func (l *Loop) retry(ctx context.Context, events []world.Event) <-chan error {
	out := make(chan error, 1)
	go func() {
		select {
		case <-ctx.Done():
			out <- ctx.Err()
		case <-time.After(retryFull):
			out <- <-l.log.Append(events)
		}
	}()
	return out
}

// publish applies a durable batch, evaluates the rules on it and hands the
// changes out.
func (l *Loop) publish(b *batch) {
	changes := make([]world.Change, 0, len(b.events))
	for i := range b.events {
		e := &b.events[i]
		c, err := l.state.Apply(*e)
		if err != nil {
			l.logger.Warn("an event had no effect", "seq", e.Seq, "source", e.Source, "error", err)
		}
		changes = append(changes, c)
		if e.Source == SourceServer || e.Source == rule.Source {
			l.own--
		}
		if l.fences != nil {
			l.addOwn(SourceServer, l.fences.Note(c), b.rounds[i]+1)
		}
		if l.walls != nil {
			l.addDirected(l.walls.Note(c, l.state), b.rounds[i])
		}
		if c.Effect != world.EffectNone && l.rules != nil {
			l.addOwn(rule.Source, l.rules.Eval(e.Seen, l.state, c), b.rounds[i]+1)
		}
	}
	l.hub.Publish(l.state, changes)
	l.stats.seq.Store(l.state.At().Seq)
	l.stats.events.Add(uint64(len(b.events)))
	l.stats.batches.Add(1)
}

// tick does what time alone brings about.
func (l *Loop) tick() {
	now := l.clockNow()
	if step := l.clock.step(l.now()); step != 0 {
		l.logger.Warn("the clock of this computer jumped", "by", step)
		l.addOwn(SourceServer, []world.Observation{{Time: now, Body: world.ClockStepped{By: step.Milliseconds()}}}, 0)
	}
	if l.fences != nil {
		l.addOwn(SourceServer, l.fences.Tick(now), 1)
	}
	// The clock may have jumped past what the timer waits for.
	if l.walls != nil && l.walls.Next() != 0 && l.walls.Next() <= now {
		l.cued()
	}
	// What is on its way must arrive first: otherwise it would be found again.
	if l.own == 0 {
		l.addOwn(SourceServer, due(l.state, now, l.patience), 0)
		if l.rules != nil {
			if t := l.rules.Next(); t != 0 && t <= now {
				l.addOwn(rule.Source, l.rules.Tick(now, l.state), 1)
			}
		}
	}
	l.hub.Tick(l.now(), l.state)
}

// drain finishes the batch being written; the one being filled was promised to
// nobody.
func (l *Loop) drain() error {
	if l.writing == nil {
		return nil
	}
	var full *journal.FullError
	err := <-l.written
	if errors.As(err, &full) {
		l.logger.Error("stopped with a full disk; what waited was not written", "events", len(l.writing.events))
		return nil
	}
	return l.finish(context.Background(), err)
}

func (l *Loop) refuse(b *batch) {
	if b == nil {
		return
	}
	for _, r := range b.requests {
		r.done <- ErrStopping
	}
}

func (l *Loop) refuseWaiting() {
	l.refuse(l.writing)
	l.refuse(&l.filling)
	for {
		select {
		case r := <-l.in:
			r.done <- ErrStopping
		default:
			return
		}
	}
}
