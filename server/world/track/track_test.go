package track

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"iocwall/geo"
)

func at(sec int, lon float64) Point {
	p, ok := NewPoint(time.Unix(1_700_000_040+int64(sec), 0), geo.Point{lon, 15})
	if !ok {
		panic("no point")
	}
	return p
}

// The same positions in any order, some of them at the same second, give the same
// points, and so do the points of some merged with the points of all.
func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var all []Point
	for i := range 600 {
		all = append(all, at(i/2*7, 108+float64(i)/1000))
	}
	var want Points
	for _, p := range all {
		want = want.With(p)
	}
	if len(want) != 35 || !slices.IsSortedFunc(want, func(a, b Point) int { return int(a.At - b.At) }) {
		t.Fatalf("%d points: %v", len(want), want)
	}
	for range 20 {
		var got, some Points
		for _, i := range r.Perm(len(all)) {
			got = got.With(all[i])
			if i > 300 {
				some = some.With(all[i])
			}
		}
		for _, p := range want {
			some = some.With(p)
		}
		if !slices.Equal(got, want) || !slices.Equal(some, want) {
			t.Fatalf("%v\n%v\nwant %v", got, some, want)
		}
	}
}

func TestPointsAreBounded(t *testing.T) {
	var ps Points
	for i := range 500 {
		ps = ps.With(at(60*i, 108))
	}
	if len(ps) != Most || ps[0] != at(60*(500-Most), 108) {
		t.Errorf("%d points from %v", len(ps), ps[0])
	}
	if ps = ps.With(at(0, 108)); len(ps) != Most || ps[0] != at(60*(500-Most), 108) {
		t.Errorf("one that is too old pushes out another: %v", ps[0])
	}
	for _, p := range []geo.Point{{400, 15}, {108, 91}} {
		if _, ok := NewPoint(time.Unix(60, 0), p); ok {
			t.Errorf("%v is a position", p)
		}
	}
	if _, ok := NewPoint(time.Unix(0, 0), geo.Point{108, 15}); ok {
		t.Error("a position that was never true is kept")
	}
}

func TestForm(t *testing.T) {
	ps := Points{at(0, 108), at(61, 108.01), at(120, 107.99)}
	raw, err := json.Marshal(Answer{Tracks: map[string]Points{"574000001": ps, "2": {}}})
	if want := `{"tracks":{"2":[],"574000001":[1700000040,1080000000,150000000,61,100000,0,59,-200000,0]}}`; err != nil || string(raw) != want {
		t.Fatalf("%s %v", raw, err)
	}
	var got Answer
	if err := json.Unmarshal(raw, &got); err != nil || !slices.Equal(got.Tracks["574000001"], ps) || got.Behind {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []string{`[1]`, `[0,1,1]`, `[60,1800000001,0]`, `[60,0,-900000001]`, `[60,0,0,0,0,0]`, `[60,0,0,-60,0,0]`, `[9223372036854775807,0,0]`, `[60,0,0,60,9223372036854775807,1]`, `"x"`, `[1.5,0,0]`} {
		if err := json.Unmarshal([]byte(bad), &ps); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// What is taken is written as it was, and is what the rule keeps.
func FuzzPoints(f *testing.F) {
	f.Add([]byte(`[1700000040,1080000000,150000000,61,100000,0]`))
	f.Add([]byte(`[60,-1800000000,900000000]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var ps, again, kept Points
		if json.Unmarshal(data, &ps) != nil {
			return
		}
		raw, err := json.Marshal(ps)
		if err != nil || json.Unmarshal(raw, &again) != nil || !slices.Equal(ps, again) {
			t.Fatalf("%s: %v, written %s", data, ps, raw)
		}
		for _, p := range ps {
			if !geo.Valid(p.Pos()) {
				t.Fatalf("%v is no position", p)
			}
			kept = kept.With(p)
		}
		if !slices.Equal(kept, ps) {
			t.Fatalf("%v is kept as %v", ps, kept)
		}
	})
}
