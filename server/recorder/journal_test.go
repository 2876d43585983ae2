package recorder

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/server/journal"
	"iocwall/server/world"
)

// What was on the wall is known when the day's file is gone, how fresh it was is not;
// a new recorder over the same history answers the same.
func TestWhenTheDayIsGone(t *testing.T) {
	log, err := journal.Open(journal.Options{Dir: t.TempDir(), Epoch: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	state := world.New(1)
	add := func(at world.Time, bodies ...world.Body) {
		t.Helper()
		var es []world.Event
		for _, b := range bodies {
			es = append(es, world.Event{Seq: state.At().Seq + uint64(len(es)) + 1, Seen: at, Source: "test", Observation: world.Observation{Time: at, Body: b}})
		}
		if err := <-log.Append(es); err != nil {
			t.Fatal(err)
		}
		for _, e := range es {
			if _, err := state.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	const day = 24 * 3600_000
	add(morning, twoScreens(), world.NodeLinked{Node: "pc-01", Up: true})
	add(morning+1000, world.WallPrepared{Wall: "main", Generation: 1, Scene: "s", Tiles: []world.Placed{tile("cam", "camera", 0, 1000, "Mai", morning+1000)}})
	add(morning+1000, world.WallCommitted{Wall: "main", Generation: 1, At: morning + 1150})
	add(morning+2000, world.TilesSeen{Node: "pc-01", Wall: "main", Generation: 1, Tiles: []world.TileSeen{{Tile: "cam", State: "live", Since: morning + 1500}}})
	for i := range 30 { // much that is never asked for
		var many []world.Body
		for j := range 200 {
			many = append(many, world.VesselPosition{MMSI: fmt.Sprint(574000000 + j)})
		}
		add(morning+world.Time(3000+i*1000), many...)
	}
	add(morning+60_000, world.TilesSeen{Node: "pc-01", Wall: "main", Generation: 1, Tiles: []world.TileSeen{{Tile: "cam", State: "broken", Since: morning + 59_000}}})
	ask := func(r *Recorder, at world.Time) Entry {
		t.Helper()
		a, err := r.Log(t.Context(), Query{Wall: "main", Screen: 1, From: at, To: at})
		if err != nil || len(a.Entries) != 1 {
			t.Fatalf("%+v %v", a, err)
		}
		return a.Entries[0]
	}
	start := func() (*Recorder, func()) {
		t.Helper()
		r, err := New(Options{Log: log, Now: func() time.Time { return (morning + 100*day).Std() }})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- r.Run(ctx) }()
		return r, func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	r, stop := start()
	for at, want := range map[world.Time]string{morning + 5000: "live", morning + 33_000: "live", morning + 59_500: "broken", morning + 61_000: "broken"} {
		if e := ask(r, at); e.By != "Mai" || e.Fresh.State != want {
			t.Errorf("at %v: %+v %+v, want %s", at, e, e.Fresh, want)
		}
	}
	add(morning+3*day, world.NodeLinked{Node: "pc-01", Reason: "the link broke"})
	raw, err := state.Snapshot()
	if err == nil {
		err = log.PutSnapshot(state.At(), state.Seen(), raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	if n, err := log.Trim(morning + 2*day); n != 1 || err != nil {
		t.Fatalf("%d days were trimmed, %v", n, err)
	}
	gone := func(r *Recorder) {
		t.Helper()
		if e := ask(r, morning+5000); e.By != "Mai" || e.Tile != "cam" || !strings.Contains(e.Fresh.Reason, "no longer kept") {
			t.Errorf("the day is gone: %+v %+v", e, e.Fresh)
		}
		if e := ask(r, morning+4*day); e.By != "Mai" || !strings.Contains(e.Fresh.Reason, "nobody knows what the screen showed (the link broke)") {
			t.Errorf("the computer is lost: %+v %+v", e, e.Fresh)
		}
	}
	gone(r)
	stop()
	r, stop = start()
	defer stop()
	gone(r)
}
