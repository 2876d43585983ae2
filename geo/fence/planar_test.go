package fence_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"iocwall/geo"
	"iocwall/geo/fence"
)

// ring is a star-shaped ring of n corners around a place.
func ring(rnd *rand.Rand, at geo.Point, n int, radius, least float64) orb.Ring {
	out := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		r := radius * (least + (1-least)*rnd.Float64())
		out = append(out, geo.Pt(at[0]+r*cos, at[1]+r*sin))
	}
	return append(out, out[0])
}

// comb is a ring with many vertical and horizontal edges, some of them in line.
func comb(x, y float64, teeth int) orb.Ring {
	out := orb.Ring{{x, y}}
	for i := range teeth {
		f := x + float64(i)
		out = append(out, geo.Pt(f, y+2), geo.Pt(f+0.5, y+2), geo.Pt(f+0.5, y+1), geo.Pt(f+1, y+1))
	}
	return append(out, geo.Pt(x+float64(teeth), y), geo.Pt(x, y))
}

// areasOfAllKinds overlap each other, touch, and have holes.
func areasOfAllKinds(rnd *rand.Rand) []geo.MultiPolygon {
	at := geo.Pt(108, 15)
	round := ring(rnd, at, 50, 1, 0.7)
	return []geo.MultiPolygon{
		{{round, ring(rnd, at, 20, 0.5, 0.6)}, {ring(rnd, at, 9, 0.2, 0.5)}}, // a hole with an island
		{{ring(rnd, geo.Pt(108.7, 15.2), 60, 1, 0.3)}},
		{{comb(106, 13, 5)}},
		{{comb(106.25, 14, 3)}, {comb(106.25, 16, 3)}},
		{{{{107, 14}, {109, 14}, {109, 16}, {107, 16}, {107, 14}}, {{107, 14}, {108, 15}, {107, 16}, {107, 14}}}}, // the hole touches
		{{{{107, 14}, {107, 14}, {108, 14}, {109, 14}, {109, 14}, {109, 16}, {107, 16}, {107, 15}, {107, 14}}}},   // doubled corners, edges in line
		{{{{108, 15}, {108 + 1e-8, 15}, {108 + 1e-8, 15 + 1e-8}, {108, 15 + 1e-8}, {108, 15}}}},                   // a speck
		{{{{100, 5}, {120, 5}, {120, 25}, {100, 25}, {100, 5}}}},
		{{ring(rnd, geo.Pt(108.1, 15.1), 4, 1, 0.1)}, {ring(rnd, geo.Pt(109.6, 15.1), 3, 0.3, 0.1)}},
	}
}

// TestInsideAgreesWithPlanar asks a million positions: scattered, on corners and
// edges, and 1e-9 of a degree and one rounding beside them.
func TestInsideAgreesWithPlanar(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	areas := areasOfAllKinds(rnd)
	var list []fence.Fence
	for i, a := range areas {
		list = append(list, fence.Fence{ID: string(rune('a' + i)), Area: a, Near: 1000 * float64(i%2), Margin: 10 * float64(i%3)})
	}
	w, errs := fence.New(list)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	positions, disagree := 0, 0
	check := func(p geo.Point) {
		positions++
		in := w.Inside(p)
		k := 0
		for i, a := range areas {
			if !planar.MultiPolygonContains(a, p) {
				continue
			}
			if k >= len(in) || in[k] != list[i].ID {
				disagree++
				return
			}
			k++
		}
		if k != len(in) {
			disagree++
		}
	}
	beside := func(p geo.Point) {
		for _, dx := range []float64{0, 1e-9, -1e-9} {
			for _, dy := range []float64{0, 1e-9, -1e-9} {
				check(geo.Pt(p[0]+dx, p[1]+dy))
			}
		}
		check(geo.Pt(math.Nextafter(p[0], 999), p[1]))
		check(geo.Pt(p[0], math.Nextafter(p[1], -999)))
	}
	total := 1_000_000
	if testing.Short() {
		total = 100_000
	}
	for positions < total/2 { // each time other places on the edges
		for _, a := range areas {
			for _, polygon := range a {
				for _, ring := range polygon {
					for i := 0; i+1 < len(ring); i++ {
						s, e := ring[i], ring[i+1]
						beside(s)
						for _, f := range []float64{0.5, rnd.Float64(), rnd.Float64()} {
							beside(geo.Pt(s[0]+f*(e[0]-s[0]), s[1]+f*(e[1]-s[1])))
						}
						check(geo.Pt(s[0], e[1])) // in line with two corners
					}
				}
			}
		}
	}
	for positions < total {
		check(geo.Pt(105+6*rnd.Float64(), 12+7*rnd.Float64()))
	}
	t.Logf("%d positions, %d disagree", positions, disagree)
	if disagree > 0 {
		t.Errorf("%d of %d positions disagree with planar", disagree, positions)
	}
}

// TestDistancesAreToTheNearestEdge compares Near with a search along all edges.
func TestDistancesAreToTheNearestEdge(t *testing.T) {
	rnd := rand.New(rand.NewPCG(13, 14))
	area := geo.MultiPolygon{{ring(rnd, geo.Pt(108, 15), 100, 0.2, 0.5), ring(rnd, geo.Pt(108, 15), 30, 0.08, 0.5)}}
	w, errs := fence.New([]fence.Fence{{ID: "a", Area: area}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for range 60 {
		p := geo.Pt(107.7+0.6*rnd.Float64(), 14.7+0.6*rnd.Float64())
		want := math.Inf(1)
		for _, ring := range area[0] {
			for i := 0; i+1 < len(ring); i++ {
				for f := 0.0; f <= 1; f += 0.005 {
					want = min(want, geo.Distance(p, geo.Pt(ring[i][0]+f*(ring[i+1][0]-ring[i][0]), ring[i][1]+f*(ring[i+1][1]-ring[i][1]))))
				}
			}
		}
		got := w.Near(p, 50e3)
		if slices.Contains(w.Inside(p), "a") {
			want = 0
		}
		if len(got) != 1 || math.Abs(got[0].Meters-want) > 60+want/100 {
			t.Fatalf("%v: got %v, want about %g", p, got, want)
		}
	}
}
