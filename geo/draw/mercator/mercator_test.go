package mercator

import (
	"math"
	"math/rand/v2"
	"testing"

	"iocwall/geo"
)

// TestProjectionIsExact compares the fast projection with the whole one.
func TestProjectionIsExact(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, lat := range []float64{15.5, 0, -33, 60, 84.9, -85} {
		for zoom := 0.0; zoom <= 22; zoom += 0.5 {
			v := geo.ZoomView(geo.Pt(108+rnd.Float64(), lat), zoom, 1920, 1080)
			p := Of(v)
			ox, oy := v.Origin()
			for i := range 400 {
				q := geo.Pt(rnd.Float64()*360-180, rnd.Float64()*180-90)
				if i%4 > 0 { // in the view or around it
					q = v.Point((rnd.Float64()*3-1)*1920, (rnd.Float64()*3-1)*1080)
				}
				x, y := geo.Project(q)
				x, y = bounded(x*v.World-ox), bounded(y*v.World-oy)
				at := p.At(q)
				if math.Abs(at.X-x) > 2e-3 || math.Abs(at.Y-y) > 2e-3 {
					t.Fatalf("at zoom %g around %g°, %v is at %v, want %g, %g", zoom, lat, q, at, x, y)
				}
				if s, want := p.Stretch(q[1]), 1/math.Cos(q[1]*math.Pi/180); i%4 > 0 && math.Abs(s/want-1) > 1e-2 {
					t.Fatalf("at zoom %g around %g° the secant of %g° is %g, want %g", zoom, lat, q[1], s, want)
				}
			}
		}
	}
}

func TestProjectionOfNonsense(t *testing.T) {
	p := Of(geo.ZoomView(geo.Pt(108, 15.5), 8, 1920, 1080))
	for _, q := range []geo.Point{{math.NaN(), math.NaN()}, {math.Inf(1), math.Inf(-1)}, {108, math.NaN()}, {1e300, 15}} {
		at := p.At(q)
		if math.Abs(at.X) > 1e9 || math.Abs(at.Y) > 1e9 || at.X != at.X || at.Y != at.Y {
			t.Errorf("%v is at %v", q, at)
		}
	}
	if at := p.At(geo.Point{math.NaN(), math.NaN()}); at.X != farAway || at.Y != farAway {
		t.Errorf("no number is at %v", at)
	}
}
