package fence_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"iocwall/geo"
	"iocwall/geo/fence"
)

// sighting is a position at a second.
type sighting struct {
	at  int
	pos geo.Point
}

// drawSightings draws a track across the edge of the box, with positions near
// every limit of the fence and some of equal time.
func drawSightings(t *rapid.T) []sighting {
	n := rapid.IntRange(1, 14).Draw(t, "n")
	out := make([]sighting, n)
	for i := range out {
		away := rapid.SampledFrom([]float64{-300, -10, 10, 99, 101, 300, 499, 501, 599, 601, 20000}).Draw(t, "away")
		out[i] = sighting{rapid.IntRange(0, 40).Draw(t, "at") * 10, south(away)}
	}
	return out
}

func states(w *fence.Watch) map[string]fence.State {
	out := map[string]fence.State{}
	for _, s := range w.Stays("v") {
		out[s.Fence] = s.State
	}
	return out
}

func fences(dwell time.Duration) []fence.Fence {
	return []fence.Fence{
		{ID: "both", Area: box(0, 0), Near: 500, Margin: 100, Dwell: dwell},
		{ID: "margin", Area: box(0, 0), Margin: 100, Dwell: dwell},
		{ID: "near", Area: box(0, 0), Near: 500, Dwell: dwell},
		{ID: "plain", Area: box(0, 0), Dwell: dwell},
	}
}

// replay feeds sightings and checks that the crossings tell the states.
func replay(t *rapid.T, list []fence.Fence, seen []sighting, end int) map[string]fence.State {
	w, errs := fence.New(list)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	told := map[string]fence.State{}
	last := map[string]time.Time{}
	hear := func(crossings []fence.Crossing) {
		for _, c := range crossings {
			was := told[c.Fence]
			if c.State == fence.Left {
				delete(told, c.Fence)
			} else {
				told[c.Fence] = c.State
			}
			if was != c.Was || told[c.Fence] == was && was != fence.Entering {
				t.Fatalf("%s went from %q to %q, it was %q", c.Fence, c.Was, c.State, was)
			}
			if c.State == fence.Entering {
				continue // it tells when the stay began
			}
			if c.At.Before(last[c.Fence]) {
				t.Fatalf("%s crossed back in time", c.Fence)
			}
			last[c.Fence] = c.At
		}
		if now := states(w); !maps.Equal(now, told) {
			t.Fatalf("told %v, it is %v", told, now)
		}
	}
	for _, s := range seen {
		hear(w.Move("v", second(s.at), s.pos))
	}
	hear(w.Tick(second(end)))
	return states(w)
}

// TestAnyOrderEndsTheSame shuffles and repeats positions.
func TestAnyOrderEndsTheSame(t *testing.T) {
	for _, dwell := range []time.Duration{0, 60 * time.Second} {
		t.Run(dwell.String(), rapid.MakeCheck(func(t *rapid.T) {
			seen := drawSightings(t)
			inOrder := slices.Clone(seen)
			slices.SortFunc(inOrder, func(a, b sighting) int { return a.at - b.at })
			again := rapid.Permutation(append(slices.Clone(seen), seen...)).Draw(t, "order")
			want := replay(t, fences(dwell), inOrder, 1000)
			if got := replay(t, fences(dwell), again, 1000); !maps.Equal(got, want) {
				t.Fatalf("in order %v, otherwise %v", want, got)
			}
			if dwell == 0 {
				if got := expected(seen); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Fatalf("got %v, the rules say %v", want, got)
				}
			}
		}))
	}
}

// expected works the states out from all positions at once, by the words of
// Fence: no dwell, 500 m near, 100 m margin.
func expected(seen []sighting) map[string]fence.State {
	seen = slices.Clone(seen)
	slices.SortFunc(seen, func(a, b sighting) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return int((a.pos[1] - b.pos[1]) * 1e9)
	})
	out := map[string]fence.State{}
	for _, f := range fences(0) {
		inside, near := false, false
		for _, s := range seen {
			away := (15 - s.pos[1]) * geo.EarthRadius * 3.141592653589793 / 180
			inside = away <= 0 || inside && away <= f.Margin
			near = f.Near > 0 && (away <= f.Near || near && away <= f.Near+f.Margin)
		}
		switch {
		case inside:
			out[f.ID] = fence.Inside
		case near:
			out[f.ID] = fence.Near
		}
	}
	return out
}

// TestRestoredGoesOn compares a watch that was stopped and restored with one
// that was not, in the midst of a dwell, too.
func TestRestoredGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawSightings(t), drawSightings(t)
		list := fences(rapid.SampledFrom([]time.Duration{0, 60 * time.Second}).Draw(t, "dwell"))
		a, _ := fence.New(list)
		now := 0
		var newest sighting
		for _, s := range before {
			now += rapid.IntRange(1, 30).Draw(t, "later")
			newest = sighting{now, s.pos}
			a.Tick(second(now))
			a.Move("v", second(now), s.pos)
		}
		b, _ := fence.New(list)
		b.Restore("v", second(newest.at), newest.pos, a.Stays("v"))
		if got, want := b.Stays("v"), a.Stays("v"); !slices.Equal(got, want) {
			t.Fatalf("restored %v, was %v", got, want)
		}
		for _, s := range after {
			now += rapid.IntRange(1, 30).Draw(t, "later")
			if got, want := b.Tick(second(now)), a.Tick(second(now)); !slices.Equal(got, want) {
				t.Fatalf("restored says %v with time, the other %v", got, want)
			}
			if got, want := b.Move("v", second(now), s.pos), a.Move("v", second(now), s.pos); !slices.Equal(got, want) {
				t.Fatalf("restored says %v, the other %v", got, want)
			}
		}
	})
}

// TestAnythingMayHappen changes fences, moves and forgets objects and lets time
// pass, and compares the states with what the newest positions say.
func TestAnythingMayHappen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, _ := fence.New(nil)
		set := map[string]fence.Fence{}
		newest := map[string]geo.Point{}
		told := map[string]fence.State{}
		now := 0
		hear := func(crossings []fence.Crossing) {
			for _, c := range crossings {
				key := c.Fence + " " + c.Object
				if told[key] != c.Was {
					t.Fatalf("%v, but it was %q", c, told[key])
				}
				if told[key] = c.State; c.State == fence.Left {
					delete(told, key)
				}
			}
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			now += rapid.IntRange(1, 20).Draw(t, "later")
			id := rapid.SampledFrom([]string{"f", "g", "h"}).Draw(t, "fence")
			object := rapid.SampledFrom([]string{"u", "v", "w"}).Draw(t, "object")
			hear(w.Tick(second(now)))
			switch rapid.SampledFrom([]string{"move", "move", "move", "set", "remove", "forget", "nothing"}).Draw(t, "step") {
			case "move":
				newest[object] = south(rapid.SampledFrom([]float64{-900, -300, -10, 10, 300, 499, 501, 20000}).Draw(t, "away"))
				hear(w.Move(object, second(now), newest[object]))
			case "set":
				f := fence.Fence{ID: id, Area: box(0, rapid.SampledFrom([]float64{0, 0.003, 0.2}).Draw(t, "north"))}
				f.Near = rapid.SampledFrom([]float64{0, 500}).Draw(t, "near")
				if from := rapid.IntRange(-1, 60).Draw(t, "from"); from >= 0 {
					f.From, f.Until = second(now+from-20), second(now+from+20)
				}
				crossings, err := w.Set(f, second(now))
				if err != nil {
					t.Fatal(err)
				}
				hear(crossings)
				set[id] = f
			case "remove":
				hear(w.Remove(id, second(now)))
				delete(set, id)
			case "forget":
				hear(w.Forget(object, second(now)))
				delete(newest, object)
			}
			want := map[string]fence.State{}
			for id, f := range set {
				if !f.From.IsZero() && (f.From.After(second(now)) || !second(now).Before(f.Until)) {
					continue
				}
				area, edges := geo.Prepare(f.Area), geo.PrepareEdges(f.Area)
				for object, p := range newest {
					switch {
					case area.Contains(p):
						want[id+" "+object] = fence.Inside
					case f.Near > 0 && edges.Distance(p, f.Near) <= f.Near:
						want[id+" "+object] = fence.Near
					}
				}
			}
			if !maps.Equal(told, want) {
				t.Fatalf("at %d told %v, the positions say %v", now, told, want)
			}
		}
	})
}
