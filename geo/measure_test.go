package geo_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

func TestMeasures(t *testing.T) {
	r2 := geo.EarthRadius * geo.EarthRadius
	octant := geo.MultiPolygon{{{{0, 0}, {90, 0}, {0, 89.9999999}, {0, 0}}}}
	near(t, "an eighth of the sphere", geo.Area(octant), math.Pi/2*r2, 1e-6*r2)
	// A cell between two meridians whose edges lie on great circles and the equator.
	cell := orb.Ring{{108, 0}, {109, 0}, {109, 1}, {108, 1}, {108, 0}}
	near(t, "a degree at the equator", geo.RingArea(cell), 12363.7e6, 3e6)
	turned := cell.Clone()
	turned.Reverse()
	near(t, "the other way round", geo.RingArea(turned), geo.RingArea(cell), 1)
	hole := orb.Ring{{108.2, 0.2}, {108.4, 0.2}, {108.4, 0.4}, {108.2, 0.4}, {108.2, 0.2}}
	near(t, "with a hole", geo.Area(geo.MultiPolygon{{cell, hole}}), geo.RingArea(cell)-geo.RingArea(hole), 1)
	near(t, "nothing", geo.Area(nil), 0, 0)
	side := geo.Distance(geo.Pt(108, 0), geo.Pt(108, 1))
	near(t, "line", geo.Length([]geo.Point{{108, 0}, {108, 1}, {108, 3}}), 3*side, 1e-3)
	near(t, "a point has no length", geo.Length([]geo.Point{{108, 0}}), 0, 0)
}

func TestEdgesFindTheNearest(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	area := geo.MultiPolygon{{star(rnd, geo.Pt(108, 15), 300, 0.5), star(rnd, geo.Pt(108, 15), 20, 0.05)}, {star(rnd, geo.Pt(109.5, 15), 7, 0.2)}}
	edges := geo.PrepareEdges(area)
	for range 400 {
		p := geo.Pt(106+5*rnd.Float64(), 13+4*rnd.Float64())
		want := math.Inf(1)
		for _, polygon := range area {
			for _, ring := range polygon {
				for i := 0; i+1 < len(ring); i++ {
					want = min(want, flatDistance(p, ring[i], ring[i+1]))
				}
			}
		}
		near(t, "distance", edges.Distance(p, math.Inf(1)), want, 1e-6)
		if limit := want * 2 * rnd.Float64(); limit < want {
			if got := edges.Distance(p, limit); !math.IsInf(got, 1) {
				t.Fatalf("%v: %g within %g, the edge is %g away", p, got, limit, want)
			}
		} else {
			near(t, "within the limit", edges.Distance(p, limit), want, 1e-6)
		}
	}
	if d := geo.PrepareEdges(nil).Distance(geo.Pt(1, 1), math.Inf(1)); !math.IsInf(d, 1) {
		t.Errorf("nothing is %g away", d)
	}
	if d := edges.Distance(geo.Pt(math.NaN(), 1), 10); !math.IsInf(d, 1) {
		t.Errorf("nowhere is %g away", d)
	}
}

// flatDistance measures by small steps along the edge at the scale of p.
func flatDistance(p, a, b geo.Point) float64 {
	k := geo.EarthRadius * math.Pi / 180
	kx := k * math.Cos(p[1]*math.Pi/180)
	at := func(f float64) float64 {
		return math.Hypot((a[0]+f*(b[0]-a[0])-p[0])*kx, (a[1]+f*(b[1]-a[1])-p[1])*k)
	}
	lo, hi := 0.0, 1.0 // the distance along an edge has one minimum
	for range 90 {
		m, n := lo+(hi-lo)/3, hi-(hi-lo)/3
		if at(m) < at(n) {
			hi = n
		} else {
			lo = m
		}
	}
	return min(at(lo), at(0), at(1))
}

// TestEdgeDistanceIsThatOfTheSphere holds the error that Distance promises.
func TestEdgeDistanceIsThatOfTheSphere(t *testing.T) {
	for _, lat := range []float64{0, 8, 15, 24, -24} {
		speck := orb.Ring{{108, lat}, {108 + 1e-9, lat}, {108, lat + 1e-9}, {108, lat}}
		edges := geo.PrepareEdges(geo.MultiPolygon{{speck}})
		for bearing := 0.0; bearing < 360; bearing += 15 {
			for _, c := range []struct{ meters, off float64 }{{10, 1e-3}, {1000, 0.04}, {10000, 4}} {
				p := geo.Destination(geo.Pt(108, lat), bearing, c.meters)
				near(t, "distance", edges.Distance(p, math.Inf(1)), c.meters, c.off)
			}
		}
	}
}
