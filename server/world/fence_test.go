package world

import (
	"fmt"
	"testing"
)

// A vessel that went into a fence is entering it until it has stayed, or has left;
// it is inside or near of nothing by that.
func TestEntering(t *testing.T) {
	type told struct {
		fence string
		state FenceState
		at    Time
		want  string // fences, then those it is entering
	}
	s := New(1)
	apply := func(at Time, b Body) Change {
		c, err := s.Apply(Event{Seq: s.At().Seq + 1, Seen: t0, Observation: Observation{Time: at, Body: b}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	apply(1, VesselPosition{MMSI: "1"})
	before := ""
	for i, x := range []told{
		{"b", FenceEntering, 10, "[] [{b entering 0.010}]"},
		{"b", FenceEntering, 10, ""},
		{"b", FenceEntering, 5, "[] [{b entering 0.005}]"},
		{"a", FenceNear, 20, "[{a near 0.020}] [{b entering 0.005}]"},
		{"a", FenceEntering, 30, "[{a near 0.020}] [{a entering 0.030} {b entering 0.005}]"},
		{"b", FenceLeft, 40, "[{a near 0.020}] [{a entering 0.030}]"},
		{"b", FenceLeft, 40, ""},
		{"a", FenceNear, 50, "[{a near 0.050}] []"},
		{"a", FenceNear, 50, ""},
		{"a", FenceEntering, 60, "[{a near 0.050}] [{a entering 0.060}]"},
		{"a", FenceInside, 70, "[{a inside 0.070}] []"},
		{"b", FenceEntering, 80, "[{a inside 0.070}] [{b entering 0.080}]"},
		{"a", FenceLeft, 90, "[] [{b entering 0.080}]"},
	} {
		was, _ := s.Vessel("1")
		held := fmt.Sprint(was.Fences, was.Entering)
		c := apply(x.at, FenceCrossed{Fence: x.fence, About: "vessel/1", State: x.state})
		v, _ := s.Vessel("1")
		got := ""
		for _, list := range [][]FenceStay{v.Fences, v.Entering} {
			var all []string
			for _, f := range list {
				all = append(all, fmt.Sprintf("{%s %s %.3f}", f.Fence, f.State, float64(f.Since)/1000))
			}
			got += fmt.Sprint(all) + " "
		}
		got = got[:len(got)-1]
		want, effect := x.want, EffectPut
		if want == "" {
			want, effect = before, EffectNone
		}
		if got != want || c.Effect != effect {
			t.Errorf("step %d: %s, %s; want %s, %s", i, got, c.Effect, want, effect)
		}
		if now := fmt.Sprint(was.Fences, was.Entering); now != held {
			t.Errorf("step %d: what was handed out before has changed from %s to %s", i, held, now)
		}
		before = got
		raw, err := s.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Restore(raw)
		if err != nil || fmt.Sprint(again.Digest()) != fmt.Sprint(s.Digest()) {
			t.Errorf("step %d: a snapshot is restored as %v, %v", i, again.Digest(), err)
		}
	}
}
