package maps

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// TestTrailsAgree: the same positions in any order give the same trail.
func TestTrailsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	var want []geo.Point
	for round := range 20 {
		var tr trails
		for _, i := range r.Perm(600) {
			tr.add("1", world.TimeOf(start.Add(time.Duration(i)*7*time.Second)), geo.Point{108 + float64(i)/1000, 15})
		}
		got := tr.line(nil, "1", start, world.TimeOf(start.Add(5000*time.Second)), geo.Point{110, 15})
		if round == 0 {
			want = got
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("round %d: %v, want %v", round, got, want)
		}
	}
	if len(want) != 71 || want[70] != (geo.Point{110, 15}) {
		t.Errorf("%d points, the last %v", len(want), want[len(want)-1])
	}
	for i := range want[:70] {
		if i > 0 && want[i][0] <= want[i-1][0] {
			t.Errorf("point %d lies before the one before", i)
		}
	}
}

func TestTrailsAreBounded(t *testing.T) {
	var tr trails
	start := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for i := range 500 {
		tr.add("1", world.TimeOf(start.Add(time.Duration(i)*time.Minute)), geo.Point{108, 15})
	}
	if n := len(tr.of["1"]); n != maxTrail || tr.points != maxTrail {
		t.Errorf("%d points, %d counted", n, tr.points)
	}
	tr.add("2", 0, geo.Point{108, 15})
	tr.add("2", 5, geo.Point{400, 15})
	if len(tr.of["2"]) != 0 {
		t.Error("a position that is none is kept")
	}
	tr.remove("1")
	if tr.points != 0 || len(tr.of) != 0 {
		t.Errorf("%d points of %d vessels remain", tr.points, len(tr.of))
	}
	late := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for i := range 300 {
		tr.add(fmt.Sprint(i), world.TimeOf(start), geo.Point{108, 15})
		tr.add(fmt.Sprint(i), world.TimeOf(late), geo.Point{108, 15})
	}
	tr.thin()
	if tr.points != 300 || len(tr.of) != 300 {
		t.Errorf("after thinning %d points of %d vessels", tr.points, len(tr.of))
	}
}
