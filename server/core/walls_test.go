package core

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/director"
	"iocwall/server/rule"
	"iocwall/server/world"
)

// walled starts a loop with a wall of two screens, two scenes and a computer.
func walled(t *testing.T) (*Loop, *slowLog, func()) {
	t.Helper()
	l, log, _, stop := testLoop(t, 3*time.Millisecond)
	w := world.WallDefined{ID: "main", Screens: []world.Screen{
		{ID: 1, W: 1000, H: 500, PxW: 1920, PxH: 1080, Node: "pc-01"}, {ID: 2, X: 1000, W: 1000, H: 500, PxW: 1920, PxH: 1080, Node: "pc-01"},
	}}
	full := func(id string) world.SceneSaved {
		return world.SceneSaved{ID: id, Wall: "main", Version: 1, Tiles: []world.Tile{{ID: "map", Kind: "map", W: 2000, H: 500}}, Zones: []world.Zone{{ID: "z", W: 1000, H: 500}}}
	}
	var obs []world.Observation
	for _, b := range []world.Body{w, full("a"), full("b"), world.SceneShown{Wall: "main", Scene: "a"}, world.NodeLinked{Node: "pc-01", Up: true}} {
		obs = append(obs, world.Observation{Body: b})
	}
	if err := l.Put(t.Context(), "test", obs); err != nil {
		t.Fatal(err)
	}
	return l, log, stop
}

func (l *Loop) wallNow(t *testing.T) (w world.Wall) {
	t.Helper()
	if err := l.Call(t.Context(), func(s *world.State) { w, _ = s.Wall("main") }); err != nil {
		t.Fatal(err)
	}
	return w
}

func ask(l *Loop, a director.Ask, done chan director.Outcome) (uint64, error) {
	return l.Direct(context.Background(), "Lan", func(now world.Time, s *world.State, d *director.Director) ([]world.Observation, error) {
		return d.Show(now, s, a, func(o director.Outcome) { done <- o })
	})
}

// A switch is prepared and committed in the history; deadlines come by
// themselves and not with the second.
func TestDirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, stop := walled(t)
		defer stop()
		done := make(chan director.Outcome, 9)
		if _, err := ask(l, director.Ask{Wall: "main", Scene: "b"}, done); !errors.Is(err, errNoDirector) {
			t.Fatalf("before the start: %v", err)
		}
		set, _ := rule.Parse("r.yaml", nil)
		if err := l.Resume(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if w := l.wallNow(t); w.On.Generation != 1 || len(w.On.Late) != 1 {
			t.Fatalf("after the start on is %+v", w.On)
		}
		began := time.Now()
		seq, err := ask(l, director.Ask{Wall: "main", Scene: "b", By: "Lan"}, done)
		if err != nil || seq == 0 {
			t.Fatal(seq, err)
		}
		time.Sleep(100 * time.Millisecond)
		w := l.wallNow(t)
		if w.Next.Generation != 2 {
			t.Fatalf("next %+v", w.Next)
		}
		// Who is lost is not waited for.
		if err := l.Put(t.Context(), "nodes", []world.Observation{{Body: world.NodeLinked{Node: "pc-01"}}}); err != nil {
			t.Fatal(err)
		}
		if o := <-done; o.Err != nil || o.Generation != 2 || time.Since(began) > 150*time.Millisecond {
			t.Errorf("outcome %+v after %v", o, time.Since(began))
		}
		if err := l.Put(t.Context(), "nodes", []world.Observation{{Body: world.NodeLinked{Node: "pc-01", Up: true}}}); err != nil {
			t.Fatal(err)
		}
		// Without an answer the deadline commits, to the millisecond but for the writing.
		began = time.Now()
		if _, err := ask(l, director.Ask{Wall: "main", Scene: "a", By: "Lan"}, done); err != nil {
			t.Fatal(err)
		}
		if o := <-done; len(o.Late) != 1 || time.Since(began) > 1550*time.Millisecond {
			t.Errorf("outcome %+v after %v", o, time.Since(began))
		}
		if _, err := ask(l, director.Ask{Wall: "x", Scene: "a"}, done); err == nil {
			t.Error("a wall that is not there was switched")
		}
		// The director's own words are the director's in the history.
		sources := map[string]string{}
		for _, e := range log.events() {
			sources[e.Body.Kind()+" "+e.Source] = e.Source
		}
		if sources["wall.prepared Lan"] == "" || sources["wall.committed "+SourceDirector] == "" {
			t.Errorf("sources %v", sources)
		}
	})
}

// An alert that a rule raises is on the wall without anybody's doing, and goes
// with its time.
func TestAlertOnTheWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, _, stop := walled(t)
		defer stop()
		set, _ := rule.Parse("r.yaml", nil)
		if err := l.Resume(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		if err := l.Put(t.Context(), "test", []world.Observation{{Body: world.NodeLinked{Node: "pc-01"}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		if err := l.Put(t.Context(), "test", []world.Observation{{Body: world.AlertRaised{ID: "x", Severity: world.Severe, Show: &world.AlertShow{Limit: 5000}}}}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond)
		if w := l.wallNow(t); len(w.On.Tiles) != 1 || w.On.Tiles[0].ID != "popup:x@main:1" {
			t.Errorf("on %+v", w.On.Tiles)
		}
		time.Sleep(5 * time.Second)
		if w := l.wallNow(t); len(w.On.Tiles) != 1 || w.On.Tiles[0].ID != "map" {
			t.Errorf("given back %+v", w.On.Tiles)
		}
	})
}

// A disk that is full keeps a director waiting and the loop calm.
func TestDirectorWaitsForTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, log, stop := walled(t)
		defer stop()
		set, _ := rule.Parse("r.yaml", nil)
		if err := l.Resume(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		log.set(true, nil)
		done := make(chan director.Outcome, 1)
		go func() { _, _ = ask(l, director.Ask{Wall: "main", Scene: "b", By: "Lan"}, done) }()
		time.Sleep(time.Minute)
		log.set(false, nil)
		if o := <-done; o.Err != nil {
			t.Errorf("outcome %+v", o)
		}
		time.Sleep(10 * time.Second)
		if w := l.wallNow(t); w.Shown.Scene != "b" || w.Next.Generation != 0 {
			t.Errorf("shown %+v, next %d", w.Shown, w.Next.Generation)
		}
	})
}
