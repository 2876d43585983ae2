package geo_test

import (
	"math"
	"testing"

	"iocwall/geo"
)

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: got %g, want %g ± %g", what, got, want, tolerance)
	}
}

func TestDistanceAndBearing(t *testing.T) {
	cases := []struct {
		name              string
		a, b              geo.Point
		distance, bearing float64
	}{
		{"one degree of the equator", geo.Pt(108, 0), geo.Pt(109, 0), 111195, 90},
		{"one degree of a meridian", geo.Pt(108, 15), geo.Pt(108, 16), 111195, 0},
		{"southwards", geo.Pt(108, 16), geo.Pt(108, 15), 111195, 180},
		{"same place", geo.Pt(108, 16), geo.Pt(108, 16), 0, 0},
		{"across the antimeridian", geo.Pt(179.5, 0), geo.Pt(-179.5, 0), 111195, 90},
		{"Đà Nẵng to Hoàng Sa", geo.Pt(108.22, 16.07), geo.Pt(111.608, 16.533), 365200, 81.5},
		{"antipodes", geo.Pt(0, 0), geo.Pt(180, 0), math.Pi * geo.EarthRadius, 90},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			near(t, "distance", geo.Distance(c.a, c.b), c.distance, 1+c.distance/500)
			near(t, "bearing", geo.Bearing(c.a, c.b), c.bearing, 0.5)
		})
	}
}

func TestDestinationIsTheInverse(t *testing.T) {
	for _, from := range []geo.Point{{108.3, 15.9}, {0, 0}, {-70, -53}, {179.9, 60}} {
		for bearing := 0.0; bearing < 360; bearing += 37 {
			for _, meters := range []float64{0.5, 1852, 250e3} {
				to := geo.Destination(from, bearing, meters)
				near(t, "distance", geo.Distance(from, to), meters, 1e-6*meters+1e-6)
				if meters > 1 {
					d := math.Abs(geo.Bearing(from, to) - bearing)
					near(t, "bearing", min(d, 360-d), 0, 1e-6)
				}
			}
		}
	}
}

func TestAroundHoldsTheCircle(t *testing.T) {
	for _, p := range []geo.Point{{108.3, 15.9}, {0, 89.9}, {179.9, -20}} {
		b := geo.Around(p, 5000)
		for bearing := 0.0; bearing < 360; bearing += 10 {
			q := geo.Destination(p, bearing, 4990)
			if math.Abs(q[0]-p[0]) > 180 {
				continue // the box does not wrap
			}
			if !b.Contains(q) {
				t.Errorf("box %v around %v misses %v", b, p, q)
			}
		}
	}
}

func TestValid(t *testing.T) {
	for _, p := range []geo.Point{{181, 0}, {0, 91}, {math.NaN(), 0}, {0, math.NaN()}, {math.Inf(1), 0}, {0, math.Inf(-1)}} {
		if geo.Valid(p) {
			t.Errorf("%v is called valid", p)
		}
	}
	if !geo.Valid(geo.Pt(-180, 90)) {
		t.Error("the corner of the world is called invalid")
	}
}
