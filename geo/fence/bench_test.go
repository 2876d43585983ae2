package fence_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/fence"
)

// sea is a coast with 500 fences of 1,000 corners and 2,000 vessels: most far
// from any fence, some inside, some along an edge.
func sea(tb testing.TB) (*fence.Watch, []fence.Fence, []vessel) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var list []fence.Fence
	for i := range 500 {
		at := geo.Pt(107.5+5*rnd.Float64(), 8+10*rnd.Float64())
		list = append(list, fence.Fence{
			ID: "f" + strconv.Itoa(i), Area: geo.MultiPolygon{{ring(rnd, at, 1000, 0.02+0.06*rnd.Float64(), 0.8)}},
			Near: 1000, Margin: 200, Dwell: time.Minute,
		})
	}
	w, errs := fence.New(list)
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	var vessels []vessel
	for i := range 2000 {
		v := vessel{name: strconv.Itoa(574000000 + i), course: 360 * rnd.Float64(), step: 50 + 100*rnd.Float64()}
		outer := list[rnd.IntN(len(list))].Area[0][0]
		corner := outer[rnd.IntN(len(outer))]
		switch {
		case i%10 == 0: // inside
			b := outer.Bound()
			v.at, v.step = b.Center(), 2
		case i%10 == 1: // along an edge
			v.at, v.step = corner, 5
		default:
			v.at = geo.Pt(107+6*rnd.Float64(), 7.5+11*rnd.Float64())
		}
		v.from = v.at
		vessels = append(vessels, v)
	}
	return w, list, vessels
}

type vessel struct {
	name         string
	from, at     geo.Point
	course, step float64
}

// sail moves a vessel by its step and turns it around 3 km from its start.
func (v *vessel) sail() geo.Point {
	sin, cos := math.Sincos(v.course * math.Pi / 180)
	v.at = geo.Pt(v.at[0]+v.step*sin/108e3, v.at[1]+v.step*cos/111e3)
	if math.Abs(v.at[0]-v.from[0])+math.Abs(v.at[1]-v.from[1]) > 0.03 {
		v.course += 180
	}
	return v.at
}

// tracks are rounds of positions of all vessels.
func tracks(vessels []vessel, rounds int) [][]geo.Point {
	out := make([][]geo.Point, rounds)
	for r := range out {
		out[r] = make([]geo.Point, len(vessels))
		for i := range vessels {
			out[r][i] = vessels[i].sail()
		}
	}
	return out
}

// BenchmarkPositions is one position of one of 2,000 vessels against 500 fences
// of 1,000 corners, crossings and dwell included.
func BenchmarkPositions(b *testing.B) {
	w, _, vessels := sea(b)
	const rounds = 200
	track := tracks(vessels, rounds)
	now := second(0)
	crossings, n := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		k, i := n/len(vessels)%rounds, n%len(vessels)
		if i == 0 {
			now = now.Add(10 * time.Second)
			crossings += len(w.Tick(now))
		}
		crossings += len(w.Move(vessels[i].name, now, track[k][i]))
		n++
	}
	b.ReportMetric(float64(crossings)/float64(n), "crossings/op")
	fmt.Printf("\nMEASURED fences-position %.0f ns (one position against 500 fences of 1,000 vertices, crossings and dwell included; one core)\n", float64(b.Elapsed().Nanoseconds())/float64(n))
}

// BenchmarkNear asks one fence of 1,000 corners for the distance of what lies
// around it.
func BenchmarkNear(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	area := geo.MultiPolygon{{ring(rnd, geo.Pt(108, 15), 1000, 0.05, 0.8)}}
	edges := geo.PrepareEdges(area)
	points := make([]geo.Point, 1024)
	for i := range points {
		points[i] = geo.Pt(107.94+0.12*rnd.Float64(), 14.94+0.12*rnd.Float64())
	}
	for i := 0; b.Loop(); i++ {
		edges.Distance(points[i%len(points)], 1200)
	}
}

// TestNothingHappensWithoutMemory holds that positions which cross nothing take
// no memory, wherever they are.
func TestNothingHappensWithoutMemory(t *testing.T) {
	w, errs := fence.New([]fence.Fence{{ID: "f", Area: box(0, 0), Near: 500, Margin: 100}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for _, away := range []float64{-10, 300, 9000} {
		at := 0
		w.Move("v", second(at), south(away))
		per := testing.AllocsPerRun(100, func() {
			at++
			if out := w.Move("v", second(at), south(away+float64(at%7))); out != nil {
				t.Errorf("%v", out)
			}
		})
		if per > 0 {
			t.Errorf("%g m away: %g allocations a position", away, per)
		}
		w.Forget("v", second(at))
	}
}
