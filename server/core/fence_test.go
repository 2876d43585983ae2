package core

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
	"iocwall/server/rule"
	"iocwall/server/world"
)

// fenced is a loop with a fence between 108.0 and 108.1 east.
type fenced struct {
	t    *testing.T
	loop *Loop
	log  *slowLog
	stop func()
}

func reef(version int, dwell time.Duration) world.FenceSaved {
	return world.FenceSaved{
		Saved: world.Saved{ID: "san-ho", Name: "San hô", Version: version}, Purpose: "protected", Near: 2000, Margin: 100, Dwell: dwell.Milliseconds(),
		Polygons: geo.MultiPolygon{{{{108, 15.9}, {108.1, 15.9}, {108.1, 16}, {108, 16}, {108, 15.9}}}},
	}
}

// startFenced starts a loop that goes on after a history.
func startFenced(t *testing.T, before []world.Event, rules string) *fenced {
	t.Helper()
	set, problems := rule.Parse("r.yaml", []byte(rules))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	st := world.New(1)
	for _, e := range before {
		if _, err := st.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	f := &fenced{t: t, log: &slowLog{takes: 3 * time.Millisecond, durable: uint64(len(before))}}
	if len(before) > 0 {
		f.log.batches = [][]world.Event{before}
	}
	f.loop = New(Options{
		Journal: f.log, Hub: &ear{durable: f.log.last}, State: st, Logger: slog.New(slog.DiscardHandler),
		Patience: Patience{VesselLost: 10 * time.Minute, VesselGone: time.Hour, MaxEntities: 1000},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.loop.Run(ctx) }()
	f.stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if err := f.loop.Resume(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *fenced) say(b world.Body) {
	f.t.Helper()
	if err := f.loop.Put(f.t.Context(), "test", []world.Observation{{Body: b}}); err != nil {
		f.t.Fatal(err)
	}
}

// at says where the vessel was so long ago.
func (f *fenced) at(lon float64, ago time.Duration) {
	f.t.Helper()
	err := f.loop.Put(f.t.Context(), "test", []world.Observation{{
		Time: world.TimeOf(time.Now().Add(-ago)), Body: world.VesselPosition{MMSI: "574000001", Pos: geo.Pt(lon, 15.95)},
	}})
	if err != nil {
		f.t.Fatal(err)
	}
}

// crossings returns what the loop found, after it had time for it.
func (f *fenced) crossings() (out []string) {
	f.t.Helper()
	time.Sleep(100 * time.Millisecond)
	for _, e := range f.log.events() {
		if b, ok := e.Body.(world.FenceCrossed); ok {
			if e.Source != SourceServer {
				f.t.Errorf("a crossing of the source %s", e.Source)
			}
			out = append(out, fmt.Sprintf("%s %s %s", b.About.ID(), b.State, b.Why))
		}
	}
	return out
}

func (f *fenced) expect(want ...string) {
	f.t.Helper()
	if got := f.crossings(); !slices.Equal(got, want) {
		f.t.Errorf("crossings %q, want %q", got, want)
	}
}

const (
	far, beside, within = 107.9, 107.99, 108.05
	near                = "574000001 near "
	inside              = "574000001 inside "
	left                = "574000001 left "
)

func TestCrossingsAreEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := startFenced(t, nil, "")
		defer func() { f.stop() }()
		f.say(reef(1, 0))
		f.at(far, 0)
		f.expect()
		time.Sleep(time.Minute)
		f.at(beside, 5*time.Second)
		f.expect(near)
		time.Sleep(time.Minute)
		f.at(within, 0)
		f.expect(near, inside)
		// Late positions change nothing that a newer one decided.
		f.at(far, 30*time.Second)
		f.expect(near, inside)
		entered := world.TimeOf(time.Now())
		err := f.loop.Call(t.Context(), func(st *world.State) {
			v, _ := st.Vessel("574000001")
			if len(v.Fences) != 1 || v.Fences[0].State != world.FenceInside || v.Fences[0].Since > entered || v.Fences[0].Since != v.Time {
				t.Errorf("the vessel is in %+v", v.Fences)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		f.at(far, 0)
		f.expect(near, inside, left)
		// A fence that is drawn around a vessel finds it there.
		moved := reef(2, 0)
		moved.Polygons = geo.MultiPolygon{{{{107.8, 15.9}, {107.95, 15.9}, {107.95, 16}, {107.8, 16}, {107.8, 15.9}}}}
		f.say(moved)
		f.expect(near, inside, left, inside+"changed")
		moved.Version, moved.Removed, moved.Polygons = 3, true, nil
		f.say(moved)
		f.expect(near, inside, left, inside+"changed", left+"removed")
	})
}

// Who stays for the time that is asked for has entered, also without a word; who
// is not heard of any more has left.
func TestDwellAndSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := startFenced(t, nil, "")
		defer func() { f.stop() }()
		f.say(reef(1, time.Minute))
		f.at(within, 0)
		before := f.crossings()
		time.Sleep(58 * time.Second)
		if got := f.crossings(); !slices.Equal(got, before) || slices.Contains(got, inside) {
			t.Errorf("before the time was over: %q", got)
		}
		time.Sleep(4 * time.Second)
		if got := f.crossings(); len(got) != len(before)+1 || got[len(got)-1] != inside+"dwell" {
			t.Fatalf("after the time: %q", got)
		}
		time.Sleep(10 * time.Minute)
		if got := f.crossings(); got[len(got)-1] != left+"lost" {
			t.Errorf("after the silence: %q", got)
		}
		n := len(f.crossings())
		time.Sleep(2 * time.Hour) // gone
		f.at(far, 0)
		if got := f.crossings(); len(got) != n {
			t.Errorf("for one that is gone: %q", got[n:])
		}
	})
}

// Wherever the power fails, nothing is lost and nothing is told twice: what was
// said before and after is what is said without a failure.
func TestCrossingsOutliveAKill(t *testing.T) {
	path := []float64{far, beside, within, 108.1005, within, far, within, beside, far}
	play := func(f *fenced, from int) []string {
		for i := from; i < len(path); i++ {
			f.at(path[i], 0)
			time.Sleep(10 * time.Second)
		}
		return f.crossings()
	}
	synctest.Test(t, func(t *testing.T) {
		f := startFenced(t, nil, "")
		f.say(reef(1, 0))
		want := play(f, 0)
		history := f.log.events()
		f.stop()
		if len(want) < 6 {
			t.Fatalf("only %q", want)
		}
		for cut := 1; cut <= len(history); cut++ {
			// What is durable ends behind the event cut; the crossings it would have
			// set off are lost with the process.
			before, told := slices.Clone(history[:cut]), 0
			for _, e := range before {
				if _, ok := e.Body.(world.VesselPosition); ok {
					told++
				}
			}
			f := startFenced(t, before, "")
			if got := play(f, told); !slices.Equal(got, want) {
				t.Errorf("killed behind event %d (%s): %q, want %q", cut, history[cut-1].Body.Kind(), got, want)
			}
			f.stop()
		}
	})
}

// A fence that is removed, and a signal that is lost, just before the end are
// found out after the start.
func TestRestartFindsWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := world.TimeOf(time.Now())
		ref := world.NewRef(world.KindVessel, "574000001")
		var before []world.Event
		add := func(b world.Body) {
			before = append(before, world.Event{Seq: uint64(len(before) + 1), Seen: now, Source: SourceServer, Observation: world.Observation{Time: now, Body: b}})
		}
		add(reef(1, 0))
		add(world.VesselPosition{MMSI: "574000001", Pos: geo.Pt(within, 15.95)})
		add(world.FenceCrossed{Fence: "san-ho", About: ref, State: world.FenceInside})
		removed := reef(2, 0)
		removed.Removed = true
		with := append(slices.Clone(before), world.Event{Seq: 4, Seen: now, Source: SourceServer, Observation: world.Observation{Time: now, Body: removed}})
		f := startFenced(t, with, "")
		f.expect(inside, left+"removed")
		f.stop()
		with[3].Body = world.EntityStale{Ref: ref, Last: now, Limit: 1}
		f = startFenced(t, with, "")
		f.expect(inside, left+"lost")
		f.stop()
		// And what is there is not told again.
		f = startFenced(t, before, "")
		f.expect(inside)
		f.stop()
	})
}

// Rules see a crossing: the alert is raised when the vessel enters and over when it
// has left.
func TestRulesSeeFences(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := startFenced(t, nil, `rules:
  - id: vao-vung
    on: vessel
    when: insideAny("protected")
    severity: severe
    title: "Tàu {{id}} vào {{fenceName}}"
`)
		defer func() { f.stop() }()
		f.say(reef(1, 0))
		f.at(far, 0)
		time.Sleep(time.Minute)
		f.at(within, 0)
		f.crossings()
		alert := func() (out world.Alert) {
			if err := f.loop.Call(t.Context(), func(st *world.State) {
				if all := st.Alerts(); len(all) == 1 {
					out = all[0]
				}
			}); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if a := alert(); a.Title != "Tàu 574000001 vào San hô" || a.Resolved != 0 || !a.Placed {
			t.Errorf("the alert is %+v", a)
		}
		time.Sleep(time.Minute)
		f.at(far, 0)
		f.crossings()
		if a := alert(); a.Resolved == 0 {
			t.Errorf("the vessel left, the alert is %+v", a)
		}
	})
}
