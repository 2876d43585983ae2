package fence

import (
	_ "embed"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// before is a snapshot that a program wrote which knew no fences; in it 574000001
// is at 108.05, 15.95.
//
//go:embed testdata/before-fences.cbor
var before []byte

// A state from before there were fences is restored whole, and watched.
func TestASnapshotFromBeforeFences(t *testing.T) {
	st, err := world.Restore(before)
	if err != nil {
		t.Fatal(err)
	}
	want := world.Digest{
		"agency": 5245253333205286692, "figure": 1244875564577592088, "scene": 5925950781353740833,
		"source": 2518044853804308073, "vessel": 5161251189103822497,
	}
	if got := st.Digest(); fmt.Sprint(got) != fmt.Sprint(want) || st.At() != (world.Position{Epoch: 3, Seq: 7}) {
		t.Fatalf("restored at %v with the digest %v, want %v", st.At(), got, want)
	}
	guard, out := New(st, t0, slog.New(slog.DiscardHandler))
	x := &told{tb: t, st: st, guard: guard}
	if len(out) > 0 {
		t.Errorf("it says %v of a history without fences", out)
	}
	x.say(t0, circle("a", geo.Pt(108.05, 15.95), 3000, 40))
	if !slices.Equal(x.said, []string{"574000001 a inside"}) {
		t.Errorf("it says %q", x.said)
	}
}

// What the state holds of a fence that is not watched at the start is taken back:
// nobody would ever do it.
func TestStaysInFencesThatAreNotWatched(t *testing.T) {
	inside := geo.Pt(108, 16)
	for name, change := range map[string]func(*world.FenceSaved){
		"begins later":      func(f *world.FenceSaved) { f.From = t0.Add(time.Hour) },
		"is over":           func(f *world.FenceSaved) { f.Until = t0 },
		"cannot be watched": func(f *world.FenceSaved) { f.Polygons[0][0][1] = geo.Pt(-400, 16) },
	} {
		x := newTold(t, circle("a", inside, 3000, 40))
		x.say(t0, world.VesselPosition{MMSI: "1", Pos: inside})
		if v, _ := x.st.Vessel("1"); len(v.Fences) != 1 {
			t.Fatalf("%s: at first it is in %v", name, v.Fences)
		}
		f := circle("a", inside, 3000, 40)
		f.Version = 2
		change(&f)
		// The program ends before the crossings of the change are said.
		if _, err := x.st.Apply(world.Event{Seq: x.st.At().Seq + 1, Seen: t0, Observation: world.Observation{Time: t0, Body: f}}); err != nil {
			t.Fatal(err)
		}
		guard, out := New(x.st, t0, slog.New(slog.DiscardHandler))
		x.guard = guard
		for _, o := range out {
			x.say(o.Time, o.Body)
		}
		if v, _ := x.st.Vessel("1"); len(v.Fences) != 0 {
			t.Errorf("%s: it stays in %v", name, v.Fences)
		}
	}
}

// Of two positions of one instant the state and the guard believe the same one.
func TestTwoPositionsOfOneInstant(t *testing.T) {
	f := circle("a", geo.Pt(108, 16), 3000, 40)
	for _, pair := range [][2]geo.Point{{{108, 16}, {107.9, 16}}, {{107.9, 16}, {108, 16}}, {{108, 16}, {108.1, 16}}, {{108.1, 16}, {108, 16}}, {{108, 16}, {-108, 16}}, {{-108, 16}, {108, 16}}} {
		x := newTold(t, f)
		for _, p := range pair {
			x.say(t0, world.VesselPosition{MMSI: "1", Pos: p})
		}
		v, _ := x.st.Vessel("1")
		if is := len(v.Fences) > 0; is != (v.Last.Pos == geo.Pt(108, 16)) {
			t.Errorf("%v: the vessel is at %v and in %v", pair, v.Last.Pos, v.Fences)
		}
	}
}
