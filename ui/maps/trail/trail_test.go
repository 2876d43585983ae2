package trail

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/server/world/track"
)

var start = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

// after is a moment so many seconds after the start, and there the place of a vessel
// then.
func after(sec int) world.Time { return world.TimeOf(start.Add(time.Duration(sec) * time.Second)) }
func there(sec int) geo.Point  { return geo.Point{108 + float64(sec)/7000, 15} }

func line(t *Trails, mmsi string, now int) []geo.Point {
	return t.Line(nil, mmsi, start, after(now), there(now))
}

// The same positions in any order give the same trail.
func TestTrailsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var want []geo.Point
	for round := range 20 {
		tr := New(Options{})
		for _, i := range r.Perm(600) {
			tr.Add("1", after(7*i), there(7*i))
		}
		got := line(tr, "1", 5000)
		if round == 0 {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: %v, want %v", round, got, want)
		}
	}
	if len(want) != 71 || want[70] != there(5000) {
		t.Errorf("%d points, the last %v", len(want), want[len(want)-1])
	}
	for i := range want[:70] {
		if i > 0 && want[i][0] <= want[i-1][0] {
			t.Errorf("point %d lies before the one before", i)
		}
	}
}

func TestTrailsAreBounded(t *testing.T) {
	tr := New(Options{})
	for i := range 500 {
		tr.Add("1", after(60*i), geo.Point{108, 15})
	}
	if n := len(tr.of["1"].points); n != track.Most || tr.count != track.Most {
		t.Errorf("%d points, %d counted", n, tr.count)
	}
	tr.Add("2", 0, geo.Point{108, 15})
	tr.Add("2", 5, geo.Point{400, 15})
	if tr.of["2"] != nil {
		t.Error("a position that is none is kept")
	}
	tr.Remove("1")
	tr.Remove("1")
	if tr.count != 0 || len(tr.of) != 0 {
		t.Errorf("%d points of %d vessels remain", tr.count, len(tr.of))
	}
	tr.most = 599
	for i := range 300 {
		tr.Add(fmt.Sprint(i), after(0), geo.Point{108, 15})
		tr.Add(fmt.Sprint(i), after(60000), geo.Point{108, 15})
	}
	if tr.count != 300 || len(tr.of) != 300 {
		t.Errorf("after thinning %d points of %d vessels", tr.count, len(tr.of))
	}
	tr.Keep(func(id string) bool { return id == "7" })
	if tr.count != 1 || len(tr.of) != 1 {
		t.Errorf("%d points of %d vessels are kept", tr.count, len(tr.of))
	}
}

// TestRoomForWholeTrails: nothing is thinned with as many vessels as there can be.
func TestRoomForWholeTrails(t *testing.T) {
	const vessels = 20_000
	if most := New(Options{}).most; most <= vessels*track.Most {
		t.Errorf("there is room for %d points, %d vessels have %d", most, vessels, vessels*track.Most)
	}
}

// centre is a server that heard everything.
type centre struct {
	mu      sync.Mutex
	of      map[string]track.Points
	asked   []track.Question
	changes int
	fail    error
	behind  bool
}

// set changes what the centre answers.
func (c *centre) set(fail error, behind bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail, c.behind = fail, behind
}

// heard returns what was asked so far and how often something was to be taken in.
func (c *centre) heard() (asked []track.Question, changes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.asked), c.changes
}

func (c *centre) hear(mmsi string, sec int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, _ := track.NewPoint(after(sec).Std(), there(sec))
	if c.of == nil {
		c.of = map[string]track.Points{}
	}
	c.of[mmsi] = c.of[mmsi].With(p)
}

func (c *centre) ask(_ context.Context, q track.Question) (track.Answer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, q)
	a := track.Answer{Tracks: map[string]track.Points{}, Behind: c.behind}
	for _, id := range q.IDs {
		for _, p := range c.of[id] {
			if p.At >= q.Since {
				a.Tracks[id] = append(a.Tracks[id], p)
			}
		}
	}
	return a, c.fail
}

// beside runs f with trails that ask a centre.
func beside(t *testing.T, f func(c *centre, tr *Trails)) {
	synctest.Test(t, func(t *testing.T) {
		c := &centre{}
		tr := New(Options{Ask: c.ask, Changed: func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.changes++
		}})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); tr.Run(ctx) }()
		f(c, tr)
		cancel()
		<-done
	})
}

// A program that was started late, or heard nothing for a time, draws what one draws
// that heard everything; the server is asked once each.
func TestLateStart(t *testing.T) {
	beside(t, func(c *centre, late *Trails) {
		all := New(Options{})
		for sec := 0; sec <= 1230; sec += 7 {
			c.hear("1", sec)
			all.Add("1", after(sec), there(sec))
		}
		late.Add("1", after(1225), there(1225)) // the newest, as of a snapshot
		if got := line(late, "1", 1225); len(got) != 0 {
			t.Fatalf("%v before anything is known", got)
		}
		synctest.Wait()
		late.Renew()
		want := line(all, "1", 1230)
		if got := line(late, "1", 1230); !reflect.DeepEqual(got, want) || len(want) != 22 {
			t.Fatalf("%v\nwant %v", got, want)
		}
		for sec := 1231; sec <= 1500; sec += 7 {
			c.hear("1", sec)
			all.Add("1", after(sec), there(sec))
		}
		late.Add("1", after(1497), there(1497))
		late.Anew()
		line(late, "1", 1500)
		time.Sleep(time.Second)
		synctest.Wait()
		late.Renew()
		line(late, "1", 1500)
		time.Sleep(time.Hour)
		asked, changes := c.heard()
		if got, want := line(late, "1", 1500), line(all, "1", 1500); !reflect.DeepEqual(got, want) || len(asked) != 2 || changes != 2 {
			t.Errorf("%d questions, %d changes, %v\nwant %v", len(asked), changes, got, want)
		}
		late.Line(nil, "1", start.Add(-time.Hour), after(1500), there(1500)) // a map with longer trails
		time.Sleep(time.Second)
		if asked, _ = c.heard(); len(asked) != 3 || asked[2].Since != start.Add(-time.Hour).Unix() {
			t.Errorf("asked %v", asked)
		}
	})
}

// Many vessels are asked for in parts, with a pause between; vessels that went are
// left out of the answer.
func TestManyVessels(t *testing.T) {
	beside(t, func(c *centre, tr *Trails) {
		for i := range 2*track.AtOnce + 1 {
			id := fmt.Sprint(i)
			c.hear(id, 0)
			tr.Add(id, after(100), there(100))
			line(tr, id, 100)
		}
		synctest.Wait()
		if asked, _ := c.heard(); len(asked) == 0 || len(asked) > 2 || len(asked[len(asked)-1].IDs) > track.AtOnce {
			t.Errorf("at once %d questions", len(asked))
		}
		time.Sleep(time.Second)
		tr.Remove("7")
		tr.Renew()
		asked, _ := c.heard()
		if n := len(asked); n < 3 || n > 4 || tr.of["7"] != nil || len(line(tr, "8", 100)) != 2 || tr.count != 4*track.AtOnce {
			t.Errorf("%d questions, %d points", n, tr.count)
		}
	})
}

// A server that is away, or still reads its history, is asked again after a while.
func TestServerAway(t *testing.T) {
	beside(t, func(c *centre, tr *Trails) {
		c.set(errors.New("connection refused"), false)
		tr.Add("1", after(100), there(100))
		line(tr, "1", 100)
		time.Sleep(10 * time.Minute)
		if asked, changes := c.heard(); len(asked) < 25 || len(asked) > 35 || changes != 0 {
			t.Errorf("%d questions in ten minutes, %d changes", len(asked), changes)
		}
		c.set(nil, true)
		c.hear("1", 60)
		time.Sleep(2 * time.Minute)
		c.hear("1", 0)
		c.set(nil, false)
		time.Sleep(time.Minute)
		tr.Renew()
		before, _ := c.heard()
		time.Sleep(time.Hour)
		if after, _ := c.heard(); len(line(tr, "1", 100)) != 3 || len(after) != len(before) {
			t.Errorf("%v after %d questions, then %d", line(tr, "1", 100), len(before), len(after))
		}
	})
}
