package core

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/journal"
	"iocwall/server/world"
)

// slowLog is a journal that takes its time and can run full.
type slowLog struct {
	takes time.Duration

	mu      sync.Mutex
	full    bool
	broken  error
	batches [][]world.Event
	durable uint64
}

func (l *slowLog) last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.durable
}

func (l *slowLog) Append(events []world.Event) <-chan error {
	out := make(chan error, 1)
	go func() {
		time.Sleep(l.takes)
		l.mu.Lock()
		defer l.mu.Unlock()
		switch {
		case l.broken != nil:
			out <- l.broken
		case l.full:
			out <- &journal.FullError{Path: "x", Err: errors.New("no space")}
		case l.unfit(events) != nil:
			out <- l.unfit(events)
		default:
			l.batches = append(l.batches, slices.Clone(events))
			l.durable = events[len(events)-1].Seq
			out <- nil
		}
	}()
	return out
}

func (l *slowLog) unfit(events []world.Event) error {
	for i := range events {
		if _, err := world.EncodeEvent(&events[i]); err != nil {
			return &journal.EncodeError{Seq: events[i].Seq, Err: err}
		}
	}
	return nil
}

func (l *slowLog) set(full bool, broken error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full, l.broken = full, broken
}

func (l *slowLog) events() (out []world.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.batches {
		out = append(out, b...)
	}
	return out
}

// ear is a hub that remembers what it was told.
type ear struct {
	mu      sync.Mutex
	heard   []uint64
	durable func() uint64
	early   bool
}

func (e *ear) Publish(_ *world.State, changes []world.Change) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range changes {
		e.heard = append(e.heard, c.Event.Seq)
		if c.Event.Seq > e.durable() {
			e.early = true
		}
	}
}

func (e *ear) Tick(time.Time, *world.State) {}

func testLoop(t *testing.T, takes time.Duration) (*Loop, *slowLog, *ear, func()) {
	t.Helper()
	log := &slowLog{takes: takes}
	hub := &ear{durable: log.last}
	l := New(Options{Journal: log, Hub: hub, State: world.New(1), Patience: DefaultPatience(), Logger: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	return l, log, hub, func() {
		t.Helper()
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

func reading(v float64) []world.Observation {
	return []world.Observation{{Body: world.Reading{Station: "s", Quantity: "q", Value: v}}}
}

// What was acknowledged is durable, numbered without a gap, applied, and was
// published after it was durable.
func TestLoopAcknowledgesWhatIsDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, hub, stop := testLoop(t, 5*time.Millisecond)
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() {
				seq, err := l.Ask(t.Context(), Request{Source: "a", Obs: reading(1)})
				if err != nil {
					t.Error(err)
				}
				if n := log.last(); seq > n {
					t.Errorf("event %d was acknowledged with %d durable", seq, n)
				}
			})
		}
		wg.Wait()
		stop()
		for i, e := range log.events() {
			if e.Seq != uint64(i+1) {
				t.Fatalf("event %d has the number %d", i+1, e.Seq)
			}
		}
		if len(log.events()) != 200 || len(hub.heard) != 200 || hub.early || !slices.IsSorted(hub.heard) {
			t.Errorf("%d durable, %d published, early %v", len(log.events()), len(hub.heard), hub.early)
		}
		if n := len(log.batches); n > 20 {
			t.Errorf("200 events that came at once took %d commits", n)
		}
	})
}

func TestLoopHoldsProducersBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, _, stop := testLoop(t, time.Second)
		obs := make([]world.Observation, 1000)
		for i := range obs {
			obs[i] = reading(float64(i))[0]
		}
		for range 100 {
			go func() { _ = l.Put(t.Context(), "a", obs) }()
		}
		time.Sleep(500 * time.Millisecond) // the first commit is under way
		synctest.Wait()
		var waiting int
		if err := l.Call(t.Context(), func(*world.State) { waiting = len(l.filling.events) }); err != nil {
			t.Fatal(err)
		}
		if waiting > batchLimit+len(obs) {
			t.Errorf("%d events wait in memory, limit %d", waiting, batchLimit)
		}
		time.Sleep(200 * time.Second)
		synctest.Wait()
		if n := len(log.events()); n != 100_000 {
			t.Errorf("%d of 100,000 events arrived", n)
		}
		stop()
	})
}

func TestLoopSurvivesAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, hub, stop := testLoop(t, time.Millisecond)
		if err := l.Put(t.Context(), "a", reading(1)); err != nil {
			t.Fatal(err)
		}
		log.set(true, nil)
		done := make(chan error, 1)
		go func() { done <- l.Put(t.Context(), "a", reading(2)) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		select {
		case err := <-done:
			t.Fatalf("acknowledged on a full disk: %v", err)
		default:
		}
		if l.stats.full.Load() == 0 || len(hub.heard) != 1 {
			t.Errorf("full since %d, published %d", l.stats.full.Load(), len(hub.heard))
		}
		log.set(false, nil)
		if err := <-done; err != nil {
			t.Errorf("after there was space: %v", err)
		}
		if l.stats.full.Load() != 0 || len(log.events()) != 2 {
			t.Errorf("full since %d, %d events", l.stats.full.Load(), len(log.events()))
		}
		// Stopping with a full disk neither hangs nor acknowledges.
		log.set(true, nil)
		go func() { done <- l.Put(t.Context(), "a", reading(3)) }()
		time.Sleep(3 * time.Second)
		stop()
		if err := <-done; !errors.Is(err, ErrStopping) {
			t.Errorf("at the stop: %v", err)
		}
	})
}

func TestLoopEndsWhenTheJournalBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, hub, _ := testLoop(t, time.Millisecond)
		log.set(false, errors.New("input/output error"))
		if err := l.Put(t.Context(), "a", reading(1)); !errors.Is(err, ErrStopping) {
			t.Errorf("put = %v", err)
		}
		<-l.done
		if len(hub.heard) != 0 {
			t.Error("published what was not written")
		}
		if err := l.Call(t.Context(), func(*world.State) {}); !errors.Is(err, ErrStopping) {
			t.Errorf("call = %v", err)
		}
	})
}

func TestLoopTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, _, stop := testLoop(t, time.Millisecond)
		now := time.Now()
		_ = l.Call(t.Context(), func(*world.State) { l.now = func() time.Time { return now } })
		for _, at := range []time.Time{{}, now.Add(-time.Hour), now.Add(time.Hour)} {
			o := reading(1)
			o[0].Time = world.TimeOf(at)
			if err := l.Put(t.Context(), "a", o); err != nil {
				t.Fatal(err)
			}
			_ = l.Call(t.Context(), func(*world.State) { now = now.Add(-time.Minute) }) // the clock jumps back
		}
		stop()
		es := log.events()
		if es[0].Time != es[0].Seen || es[1].Time != world.TimeOf(now.Add(3*time.Minute-time.Hour)) || es[2].Time != es[2].Seen {
			t.Errorf("times %v %v %v", es[0].Time, es[1].Time, es[2].Time)
		}
		if es[1].Seen < es[0].Seen || es[2].Seen < es[1].Seen {
			t.Error("Seen went back with the clock")
		}
		if l.stats.clamped.Load() != 1 {
			t.Errorf("%d times clamped, want 1", l.stats.clamped.Load())
		}
	})
}

func TestLoopFindsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, _, stop := testLoop(t, time.Millisecond)
		def := world.StationDefined{ID: "s", Every: 60_000}
		if err := l.Put(t.Context(), "a", append(reading(1), world.Observation{Body: def})); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		stop()
		stale := 0
		for _, e := range log.events() {
			if e.Body.Kind() == "entity.stale" {
				stale++
				if e.Source != SourceServer {
					t.Errorf("source %s", e.Source)
				}
			}
		}
		if stale != 1 {
			t.Errorf("the station was found stale %d times", stale)
		}
	})
}

// The history's clock never goes back and never stands still.
func TestHistoryClock(t *testing.T) {
	start := time.Now()
	c := newHistoryClock(start, 0)
	t0 := world.TimeOf(start)
	// shown makes a reading whose monotonic clock says passed and whose wall
	// clock is off by step: time.Time cannot carry such a pair, so the anchor is
	// moved the other way.
	for _, x := range []struct {
		passed, step time.Duration
		want         time.Duration
	}{
		{time.Second, 0, time.Second},
		{2 * time.Second, -time.Hour, 2 * time.Second},
		{3 * time.Second, -time.Hour, 3 * time.Second},
		{4 * time.Second, 0, 4 * time.Second},
		{5 * time.Second, time.Minute, 65 * time.Second},
		{6 * time.Second, 0, 66 * time.Second},
		{70 * time.Second, 0, 130 * time.Second},
		{131 * time.Second, 80 * 365 * 24 * time.Hour, 191 * time.Second}, // a wrong answer of a time server
		{200 * time.Second, 80 * 365 * 24 * time.Hour, 260 * time.Second},
		{261 * time.Second, 0, 321 * time.Second},
	} {
		if got := clockAt(c, start, x.passed, x.step); got != t0.Add(x.want) {
			t.Errorf("after %v with the clock off by %v: %v, want %v", x.passed, x.step, got.Sub(t0), x.want)
		}
	}
	// A jump that stays is believed in the end.
	for d := time.Duration(0); d <= confirmJump+time.Minute; d += time.Minute {
		clockAt(c, start, 300*time.Second+d, time.Hour)
	}
	if got := clockAt(c, start, 300*time.Second+confirmJump+2*time.Minute, time.Hour).Sub(t0); got < time.Hour {
		t.Errorf("an hour's jump that stays is not believed: %v", got)
	}
	if c := newHistoryClock(start, t0.Add(time.Hour)); c.now(start.Add(time.Second)) != t0.Add(time.Hour+time.Second) {
		t.Error("a history that ends in the future stands still")
	}
}

// clockAt asks c for the time when the monotonic clock has moved on by passed
// and the wall clock by passed+step.
func clockAt(c *historyClock, start time.Time, passed, step time.Duration) world.Time {
	return c.read(start.Add(passed), world.TimeOf(start.Add(passed+step)))
}

func TestClockStep(t *testing.T) {
	start := time.Now()
	c := newHistoryClock(start, 0)
	if c.step(start.Add(time.Second)) != 0 {
		t.Error("a clock that runs was called a jump")
	}
	c.wall = c.wall.Add(time.Hour) // as if the wall clock had been set back since
	if d := c.step(start.Add(2 * time.Second)); d != -time.Hour {
		t.Errorf("step = %v", d)
	}
}

// What cannot be written is refused to who sent it; the others lose nothing.
func TestLoopLeavesOutWhatCannotBeWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, _, stop := testLoop(t, time.Millisecond)
		var wg sync.WaitGroup
		for i := range 5 {
			wg.Go(func() {
				b := world.FigureReported{Figure: "f", Period: "1"}
				if i == 2 {
					b.Parts = make([]world.FigurePart, 100_000)
				}
				err := l.Put(t.Context(), "a", []world.Observation{{Body: b}})
				if (err != nil) != (i == 2) {
					t.Errorf("Request %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		stop()
		es := log.events()
		if len(es) != 5 || es[4].Seq != 5 {
			t.Errorf("%d events", len(es))
		}
	})
}

// A producer that is told to stop is not held by a full disk.
func TestStoppingProducersOnAFullDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, _, stop := testLoop(t, time.Millisecond)
		log.set(true, nil)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Put(ctx, "a", reading(1)) }()
		time.Sleep(time.Minute)
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("put = %v", err)
		}
		stop()
	})
}

// A clock that is set is noticed and recorded with the size of the step.
func TestClockJumpIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, _, stop := testLoop(t, time.Millisecond)
		time.Sleep(3 * time.Second)
		for _, d := range []time.Duration{-time.Hour, 3 * time.Hour} {
			// As if the wall clock had stood elsewhere at the last look.
			_ = l.Call(t.Context(), func(*world.State) { l.clock.wall = l.clock.wall.Add(-d) })
			time.Sleep(3 * time.Second)
		}
		stop()
		var steps []time.Duration
		for _, e := range log.events() {
			if b, ok := e.Body.(world.ClockStepped); ok {
				steps = append(steps, time.Duration(b.By)*time.Millisecond)
			}
		}
		if !slices.Equal(steps, []time.Duration{-time.Hour, 3 * time.Hour}) {
			t.Errorf("steps %v, want -1h and 3h", steps)
		}
	})
}
