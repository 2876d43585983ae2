package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"iocwall/geo"
)

// star is a ring of n corners around a point whose radius jumps.
func star(rnd *rand.Rand, at geo.Point, n int, radius float64) orb.Ring {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		r := radius * (0.4 + 0.6*rnd.Float64())
		ring = append(ring, geo.Pt(at[0]+r*cos, at[1]+r*sin))
	}
	return append(ring, ring[0])
}

// TestPreparedAgreesWithPlanar compares with orb/planar at random points, at
// every corner and on every edge, and a hair beside them.
func TestPreparedAgreesWithPlanar(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	square := orb.Polygon{
		{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}},
		{{1, 1}, {1, 3}, {3, 3}, {3, 1}, {1, 1}},
	}
	cases := []geo.MultiPolygon{
		{square},
		{{star(rnd, geo.Pt(108, 15), 9, 1)}},
		{{star(rnd, geo.Pt(108, 15), 500, 1), star(rnd, geo.Pt(108, 15), 40, 0.2)}, {star(rnd, geo.Pt(110, 16), 77, 0.5)}},
		{{{{0, 0}, {1, 0}, {1, 1}, {1, 1}, {0, 1}, {0, 0}}}},
		{{{{0, 0}, {0, 3}, {0, 1}, {2, 1}, {0, 0}}}},
	}
	for i, mp := range cases {
		area := geo.Prepare(mp)
		check := func(p geo.Point) {
			t.Helper()
			if got, want := area.Contains(p), planar.MultiPolygonContains(mp, p); got != want {
				t.Fatalf("case %d: %v: got %v, planar says %v", i, p, got, want)
			}
		}
		b := mp.Bound().Pad(0.1)
		for range 20000 {
			check(geo.Pt(b.Min[0]+rnd.Float64()*(b.Max[0]-b.Min[0]), b.Min[1]+rnd.Float64()*(b.Max[1]-b.Min[1])))
		}
		for _, polygon := range mp {
			for _, ring := range polygon {
				for k := 0; k+1 < len(ring); k++ {
					f := rnd.Float64()
					on := geo.Pt(ring[k][0]+f*(ring[k+1][0]-ring[k][0]), ring[k][1]+f*(ring[k+1][1]-ring[k][1]))
					for _, p := range []geo.Point{ring[k], on, {(ring[k][0] + ring[k+1][0]) / 2, (ring[k][1] + ring[k+1][1]) / 2}} {
						for _, d := range []geo.Point{{0, 0}, {1e-9, 0}, {-1e-9, 0}, {0, 1e-9}, {0, -1e-9}} {
							check(geo.Pt(p[0]+d[0], p[1]+d[1]))
						}
					}
				}
			}
		}
	}
}

func TestPreparedOddInput(t *testing.T) {
	if a := geo.Prepare(nil); !a.Empty() || a.Contains(geo.Pt(0, 0)) {
		t.Error("nothing holds something")
	}
	if a := geo.Prepare(geo.MultiPolygon{{}, {{{0, 0}, {1, 1}}}}); !a.Empty() {
		t.Error("a ring of two points holds something")
	}
	a := geo.Prepare(geo.MultiPolygon{{{{0, 0}, {2, 0}, {2, 2}, {0, 2}, {0, 0}}}})
	for _, p := range []geo.Point{{math.NaN(), 1}, {1, math.NaN()}, {math.Inf(1), 1}} {
		if a.Contains(p) {
			t.Errorf("%v is inside", p)
		}
	}
}

func TestIndex(t *testing.T) {
	var x geo.Index[string]
	box := func(x0, y0, x1, y1 float64) *geo.Prepared {
		return geo.Prepare(geo.MultiPolygon{{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}}})
	}
	x.Add(box(0, 0, 2, 2), "a")
	x.Add(box(1, 1, 3, 3), "b")
	x.Add(geo.Prepare(nil), "empty")
	x.Add(geo.Prepare(geo.MultiPolygon{{{{5, 5}, {9, 5}, {5, 9}, {5, 5}}}}), "triangle")
	at := func(p geo.Point) string {
		found := map[string]bool{}
		x.At(p, func(v string) bool { found[v] = true; return true })
		out := ""
		for _, v := range []string{"a", "b", "empty", "triangle"} {
			if found[v] {
				out += v + " "
			}
		}
		return out
	}
	for _, c := range []struct {
		p    geo.Point
		want string
	}{{geo.Pt(0.5, 0.5), "a "}, {geo.Pt(1.5, 1.5), "a b "}, {geo.Pt(8, 8), ""}, {geo.Pt(6, 6), "triangle "}, {geo.Pt(-1, 0), ""}} {
		if got := at(c.p); got != c.want {
			t.Errorf("%v: got %q, want %q", c.p, got, c.want)
		}
	}
	if x.Len() != 3 {
		t.Errorf("the index holds %d areas", x.Len())
	}
	n := 0
	x.Overlapping(geo.Bounds{Min: geo.Pt(7, 7), Max: geo.Pt(8, 8)}, func(string) bool { n++; return true })
	if n != 1 {
		t.Errorf("%d boxes overlap, want the triangle's", n)
	}
}

// BenchmarkContains asks one prepared polygon of 1,000 corners.
func BenchmarkContains(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 1))
	area := geo.Prepare(geo.MultiPolygon{{star(rnd, geo.Pt(108, 15), 1000, 1)}})
	points := make([]geo.Point, 1024)
	for i := range points {
		points[i] = geo.Pt(107+2*rnd.Float64(), 14+2*rnd.Float64())
	}
	for i := 0; b.Loop(); i++ {
		area.Contains(points[i%len(points)])
	}
}
