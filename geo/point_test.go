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

func TestNotation(t *testing.T) {
	cases := []struct {
		p               geo.Point
		vi, en, decimal string
	}{
		{geo.Pt(108.96, 15.70), "15°42,0′B 108°57,6′Đ", "15°42.0′N 108°57.6′E", "15,7000 B 108,9600 Đ"},
		{geo.Pt(108.5586, 15.4481), "15°26,9′B 108°33,5′Đ", "15°26.9′N 108°33.5′E", "15,4481 B 108,5586 Đ"},
		{geo.Pt(107.99999, 15.99999), "16°00,0′B 108°00,0′Đ", "16°00.0′N 108°00.0′E", "16,0000 B 108,0000 Đ"},
		{geo.Pt(-0.5, -0.05), "0°03,0′N 0°30,0′T", "0°03.0′S 0°30.0′W", "0,0500 N 0,5000 T"},
		{geo.Pt(math.NaN(), 5), "—", "—", "—"},
		{geo.Pt(200, 5), "—", "—", "—"},
	}
	for _, c := range cases {
		if got := geo.Vietnamese().Minutes(c.p); got != c.vi {
			t.Errorf("%v: got %q, want %q", c.p, got, c.vi)
		}
		if got := geo.English().Minutes(c.p); got != c.en {
			t.Errorf("%v: got %q, want %q", c.p, got, c.en)
		}
		if got := geo.Vietnamese().Degrees(c.p); got != c.decimal {
			t.Errorf("%v: got %q, want %q", c.p, got, c.decimal)
		}
	}
}

func TestDistancesInWords(t *testing.T) {
	vi := geo.Vietnamese()
	for _, c := range []struct{ got, want string }{
		{vi.SeaDistance(0.8 * 1852), "0,8 hải lý"},
		{vi.SeaDistance(12.4 * 1852), "12 hải lý"},
		{vi.LandDistance(850), "850 m"},
		{vi.LandDistance(999.7), "1,0 km"},
		{vi.LandDistance(7100), "7,1 km"},
		{vi.LandDistance(160e3), "160 km"},
		{vi.Heading(96), "096°"},
		{vi.Heading(359.7), "000°"},
		{vi.Heading(-90), "270°"},
		{vi.Heading(math.NaN()), "—"},
		{geo.English().SeaDistance(0.8 * 1852), "0.8 nmi"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
