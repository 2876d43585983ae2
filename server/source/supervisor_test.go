package source

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/world"
)

// scripted is a source that does what a test says.
type scripted struct {
	run func(ctx context.Context, sink Sink) error
}

func (s scripted) Run(ctx context.Context, sink Sink) error { return s.run(ctx, sink) }

// script is the configuration of one. Two of them are equal if ID is.
type script struct {
	ID     string
	Bad    bool
	Secret string
	play   *play
}

type play struct {
	make func(env Env) error
	run  func(ctx context.Context, sink Sink) error
}

func (s *script) Lossy() bool { return false }

func (s *script) Validate() []Problem {
	if s.Bad {
		return []Problem{{Path: "bad", Message: "is bad", Suggestion: "make it good"}, {Message: "is worse"}}
	}
	return nil
}

func (s *script) New(env Env) (Source, error) {
	if s.play.make != nil {
		if err := s.play.make(env); err != nil {
			return nil, err
		}
	}
	return scripted{s.play.run}, nil
}

// stage runs a supervisor and records what it puts.
type stage struct {
	t   *testing.T
	sup *Supervisor

	mu    sync.Mutex
	puts  []world.Observation
	lines []string // "name state reason" of every health report
}

func (g *stage) put(ctx context.Context, name string, obs []world.Observation) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, o := range obs {
		g.puts = append(g.puts, o)
		switch b := o.Body.(type) {
		case world.SourceHealth:
			if b.Source != name {
				g.t.Errorf("health of %s put as %s", b.Source, name)
			}
			g.lines = append(g.lines, strings.TrimSpace(fmt.Sprintf("%s %s %s", name, b.State, b.Reason)))
		case world.EntityGone:
			g.lines = append(g.lines, "gone "+string(b.Ref))
		}
	}
	return nil
}

// story returns the reports without those of starting, which a source that is
// ready at once may overtake.
func (g *stage) story() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.lines), func(l string) bool { return strings.HasSuffix(l, " starting") })
}

func (g *stage) last() world.SourceHealth {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, o := range slices.Backward(g.puts) {
		if h, ok := o.Body.(world.SourceHealth); ok {
			return h
		}
	}
	return world.SourceHealth{}
}

// perform runs the sources under a fake clock and calls f while they run.
func perform(t *testing.T, sources []Named, f func(t *testing.T, g *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		g := &stage{t: t}
		var err error
		g.sup, err = NewSupervisor(Options{Sources: sources, Put: g.put, Random: func() float64 { return 1 }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- g.sup.Run(ctx) }()
		synctest.Wait()
		f(t, g)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// until is a source that is ready and runs until it is stopped.
func until(ctx context.Context, sink Sink) error {
	sink.Ready()
	<-ctx.Done()
	return ctx.Err()
}

func named(name, id string, run func(ctx context.Context, sink Sink) error) Named {
	return Named{Name: name, Kind: "script", Config: &script{ID: id, play: &play{run: run}}}
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestRestartsWithBackOff(t *testing.T) {
	var begun time.Time
	var at []time.Duration
	fail := func(context.Context, Sink) error {
		at = append(at, time.Since(begun))
		return errors.New("no route")
	}
	perform(t, []Named{named("a", "1", func(ctx context.Context, s Sink) error {
		if begun.IsZero() {
			begun = time.Now()
		}
		return fail(ctx, s)
	})}, func(t *testing.T, g *stage) {
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		want := []time.Duration{0, 500, 1500, 3500, 7500, 15500, 31500, 63500, 123500, 183500}
		for i := range want {
			want[i] *= time.Millisecond
		}
		if !reflect.DeepEqual(at, want) {
			t.Errorf("started after %v, want %v", at, want)
		}
		same(t, g.story(), "a retrying no route")
	})
}

func TestStableMinuteResetsBackOff(t *testing.T) {
	runs := 0
	var last time.Time
	var gap time.Duration
	perform(t, []Named{named("a", "1", func(ctx context.Context, sink Sink) error {
		runs++
		gap = time.Since(last)
		sink.Ready()
		if runs == 6 {
			sleep(ctx, 61*time.Second)
		}
		last = time.Now()
		return errors.New("cut")
	})}, func(t *testing.T, _ *stage) {
		time.Sleep(61*time.Second + 20*time.Second)
		synctest.Wait()
		if runs < 7 {
			t.Fatalf("only %d runs", runs)
		}
		if runs == 7 && gap != firstWait {
			t.Errorf("waited %v after a stable minute, want %v", gap, firstWait)
		}
	})
}

func TestEndsOfASource(t *testing.T) {
	for name, c := range map[string]struct {
		run  func(context.Context, Sink) error
		want string
	}{
		"finished": {func(_ context.Context, s Sink) error { s.Ready(); return nil }, "a stopped the feed is at its end"},
		"fatal":    {func(context.Context, Sink) error { return Fatal(errors.New("login refused")) }, "a failed login refused"},
		"runs":     {until, "a running"},
		"panics":   {func(context.Context, Sink) error { panic("oh") }, "a retrying panic: oh"},
	} {
		t.Run(name, func(t *testing.T) {
			runs := 0
			perform(t, []Named{
				named("a", "1", func(ctx context.Context, s Sink) error { runs++; return c.run(ctx, s) }),
			}, func(t *testing.T, g *stage) {
				time.Sleep(time.Hour)
				synctest.Wait()
				if story := g.story(); len(story) == 0 || story[len(story)-1] != c.want {
					t.Errorf("the last report of %q is not %q", story, c.want)
				}
				if (name == "panics") == (runs == 1) {
					t.Errorf("ran %d times", runs)
				}
			})
		})
	}
}

func TestHealthCounts(t *testing.T) {
	perform(t, []Named{named("a", "1", func(ctx context.Context, sink Sink) error {
		sink.Ready()
		for range 3 {
			sleep(ctx, 10*time.Second)
			if err := sink.Put(ctx, world.Observation{Body: world.Reading{Station: "s", Quantity: "q"}}); err != nil {
				return err
			}
			sink.Reject([]byte("password=hush \xff"+strings.Repeat("x", 500)), errors.New("not a number"))
			sink.Lost(2)
			sink.Skip(5)
		}
		<-ctx.Done()
		return nil
	})}, func(t *testing.T, g *stage) {
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		same(t, g.story(), "a running", "a running") // ready; the minute in which counts moved
		h := g.last()
		if h.Accepted != 3 || h.Rejected != 3 || h.Lost != 6 || h.What != "script" || h.Since == 0 {
			t.Errorf("%+v", h)
		}
		if len(h.Sample) > maxSample || strings.Contains(h.Sample, "hush") || !strings.HasPrefix(h.Sample, "not a number: \"password=***") {
			t.Errorf("sample %q", h.Sample)
		}
		want := Counts{Name: "a", Kind: "script", State: world.SourceRunning, Accepted: 3, Rejected: 3, Skipped: 15, Lost: 6}
		if c := g.sup.Counts(); len(c) != 1 || c[0] != want {
			t.Errorf("%+v", c)
		}
	})
}

func TestApply(t *testing.T) {
	var alive int
	beside := false // b2 was started before b1 was stopped
	runs, now := map[string]int{}, map[string]int{}
	var mu sync.Mutex
	source := func(name, id string) Named {
		return named(name, id, func(ctx context.Context, sink Sink) error {
			mu.Lock()
			runs[name+id]++
			alive++
			now[name+id]++
			beside = beside || now["b1"] > 0 && now["b2"] > 0
			mu.Unlock()
			sink.Ready()
			<-ctx.Done()
			mu.Lock()
			alive--
			now[name+id]--
			mu.Unlock()
			return ctx.Err()
		})
	}
	a1, b1, b2, c1 := source("a", "1"), source("b", "1"), source("b", "2"), source("c", "1")
	perform(t, []Named{a1, b1}, func(t *testing.T, g *stage) {
		if err := g.sup.Apply([]Named{a1, b2, c1}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !reflect.DeepEqual(runs, map[string]int{"a1": 1, "b1": 1, "b2": 1, "c1": 1}) || alive != 3 || !beside {
			t.Errorf("runs %v, %d alive, side by side %v", runs, alive, beside)
		}
		bad := Named{Name: "d", Kind: "script", Config: &script{Bad: true}}
		err := g.sup.Apply([]Named{a1, bad, bad, {}})
		for _, want := range []string{"source d: bad: is bad; make it good", "source d: is worse", "source d is there twice", "source 4 has no name"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %q lacks %q", err, want)
			}
		}
		cannot := Named{Name: "e", Config: &script{play: &play{make: func(Env) error { return errors.New("no such file") }}}}
		if err := g.sup.Apply([]Named{cannot}); err == nil || !strings.Contains(err.Error(), "source e: no such file") {
			t.Errorf("error %v", err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if alive != 3 {
			t.Errorf("after a bad configuration %d are alive", alive)
		}
		if err := g.sup.Apply([]Named{b2}); err != nil {
			t.Fatal(err)
		}
		if alive != 1 {
			t.Errorf("%d alive after two were removed", alive)
		}
		story := g.story()
		for _, want := range []string{"a stopped removed from the configuration", "gone source/a", "gone source/c"} {
			if !slices.Contains(story, want) {
				t.Errorf("%q is not in %q", want, story)
			}
		}
		if slices.Contains(story, "gone source/b") {
			t.Errorf("b is reported gone: %q", story)
		}
		if err := g.sup.Apply([]Named{a1, b2}); err != nil { // and back again
			t.Fatal(err)
		}
		synctest.Wait()
		if alive != 2 || runs["a1"] != 2 {
			t.Errorf("%d alive, runs %v", alive, runs)
		}
	})
}

func TestHandover(t *testing.T) {
	// Both need the same port.
	var port sync.Mutex
	bound := func(ctx context.Context, sink Sink) error {
		if !port.TryLock() {
			return errors.New("port in use")
		}
		defer port.Unlock()
		return until(ctx, sink)
	}
	t.Run("the old one is in the way", func(t *testing.T) {
		perform(t, []Named{named("a", "1", bound)}, func(t *testing.T, g *stage) {
			if err := g.sup.Apply([]Named{named("a", "2", bound)}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			synctest.Wait()
			same(t, slices.Compact(g.story()), "a running")
			if port.TryLock() {
				t.Error("nobody holds the port")
			}
		})
	})
	t.Run("the new one is slow", func(t *testing.T) {
		var stopped time.Duration
		begun := time.Now()
		perform(t, []Named{named("a", "1", func(ctx context.Context, sink Sink) error {
			begun = time.Now()
			err := until(ctx, sink)
			stopped = time.Since(begun)
			return err
		})}, func(t *testing.T, g *stage) {
			if err := g.sup.Apply([]Named{named("a", "2", func(ctx context.Context, _ Sink) error { <-ctx.Done(); return nil })}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if stopped != handover {
				t.Errorf("the old one was stopped after %v", stopped)
			}
			if h := g.last(); h.State != world.SourceStarting {
				t.Errorf("the state is %s while nothing runs", h.State)
			}
		})
	})
	t.Run("replaced while it takes over", func(t *testing.T) {
		perform(t, []Named{named("a", "1", until)}, func(t *testing.T, g *stage) {
			for i := range 5 {
				if err := g.sup.Apply([]Named{named("a", fmt.Sprint("x", i), func(ctx context.Context, _ Sink) error { <-ctx.Done(); return nil })}); err != nil {
					t.Fatal(err)
				}
			}
			if err := g.sup.Apply([]Named{named("a", "last", until)}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
			synctest.Wait()
			same(t, slices.Compact(g.story()), "a running")
		})
	})
}

func TestSecretsStayInside(t *testing.T) {
	n := Named{Name: "a", Kind: "script", Config: &script{play: &play{
		make: func(env Env) error {
			_, err := env.Secret("env:PASS")
			return err
		},
		run: func(_ context.Context, sink Sink) error {
			sink.Reject([]byte("xx s3cr3t! xx"), errors.New("odd"))
			return errors.New("dial mqtt://me:other@broker: s3cr3t! refused; Authorization: Bearer abcdefghijkl")
		},
	}}}
	synctest.Test(t, func(t *testing.T) {
		g := &stage{t: t}
		env := Env{Lookup: func(name string) (string, bool) { return map[string]string{"PASS": "s3cr3t!"}[name], name == "PASS" }}
		sup, err := NewSupervisor(Options{Sources: []Named{n}, Put: g.put, Env: env})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute+time.Second)
		defer cancel()
		if err := sup.Run(ctx); err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%+v", g.puts)
		for _, secret := range []string{"s3cr3t", "other", "abcdefgh"} {
			if strings.Contains(all, secret) {
				t.Errorf("%q shows in %s", secret, all)
			}
		}
		if !strings.Contains(all, "mqtt://***@broker: *** refused") {
			t.Errorf("the reason is gone too: %s", all)
		}
	})
}

func TestHealthThatCannotBeStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &stage{t: t}
		fails := 3
		put := func(ctx context.Context, name string, obs []world.Observation) error {
			if fails--; fails >= 0 {
				return errors.New("disk full")
			}
			return g.put(ctx, name, obs)
		}
		sup, err := NewSupervisor(Options{Sources: []Named{named("a", "1", until)}, Put: put})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := sup.Run(ctx); err != nil {
			t.Fatal(err)
		}
		same(t, g.story(), "a running")
		if err := sup.Apply(nil); err == nil {
			t.Error("a supervisor that ended takes a configuration")
		}
	})
}

func TestPutLimits(t *testing.T) {
	perform(t, []Named{named("a", "1", func(ctx context.Context, sink Sink) error {
		sink.Ready()
		if err := sink.Put(ctx); err != nil {
			t.Errorf("nothing at all: %v", err)
		}
		if err := sink.Put(ctx, make([]world.Observation, MaxPut+1)...); err == nil {
			t.Error("too many were taken")
		}
		<-ctx.Done()
		return nil
	})}, func(*testing.T, *stage) {})
}
