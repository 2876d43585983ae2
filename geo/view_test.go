package geo_test

import (
	"image"
	"math"
	"testing"

	"iocwall/geo"
)

func TestViewPixelAndPointAreInverse(t *testing.T) {
	v := geo.ZoomView(geo.Pt(108.5, 15.7), 9.3, 1920, 1080)
	for _, p := range []geo.Point{{108.5, 15.7}, {107.1, 16.9}, {112.3, 8.6}, {-60, -40}} {
		x, y := v.Pixel(p)
		q := v.Point(x, y)
		near(t, "longitude", q[0], p[0], 1e-9)
		near(t, "latitude", q[1], p[1], 1e-9)
	}
	x, y := v.Pixel(v.Center)
	near(t, "centre x", x, 960, 1e-6)
	near(t, "centre y", y, 540, 1e-6)
}

func TestViewScale(t *testing.T) {
	v := geo.ZoomView(geo.Pt(0, 0), 0, 256, 256)
	near(t, "zoom 0 at the equator", v.MetersPerPixel(0), 2*math.Pi*geo.EarthRadius/256, 1e-6)
	near(t, "zoom", geo.ZoomView(geo.Pt(0, 0), 7.25, 10, 10).Zoom(), 7.25, 1e-12)
	a, b := geo.Pt(108, 15.7), geo.Pt(108.1, 15.7)
	v = geo.ZoomView(a, 11, 1000, 1000)
	ax, _ := v.Pixel(a)
	bx, _ := v.Pixel(b)
	near(t, "pixels between two places", (bx-ax)*v.MetersPerPixel(15.7), geo.Distance(a, b), 5)
}

func TestFitView(t *testing.T) {
	b := geo.Bounds{Min: geo.Pt(107, 14), Max: geo.Pt(110, 17)}
	for _, size := range []image.Point{{1920, 1080}, {300, 900}, {50, 50}} {
		v := geo.FitView(b, size.X, size.Y, 10)
		for _, corner := range []geo.Point{b.Min, b.Max, {107, 17}, {110, 14}} {
			x, y := v.Pixel(corner)
			if x < 9.99 || y < 9.99 || x > float64(size.X)-9.99 || y > float64(size.Y)-9.99 {
				t.Errorf("%v: corner %v lies at %g, %g", size, corner, x, y)
			}
		}
	}
	if v := geo.FitView(geo.Bounds{Min: geo.Pt(108, 15), Max: geo.Pt(108, 15)}, 100, 100, 0); v.Zoom() != 15 {
		t.Errorf("a single place is shown at zoom %g", v.Zoom())
	}
}

func TestCropsAgree(t *testing.T) {
	v := geo.ZoomView(geo.Pt(108.5, 15.7), 10, 4000, 2000)
	crop := v.CropTo(image.Rect(2000, 0, 4000, 1000))
	x, y := v.Pixel(geo.Pt(108.9, 15.9))
	cx, cy := crop.Pixel(geo.Pt(108.9, 15.9))
	if x != cx || y != cy {
		t.Errorf("a crop moves a place from %g, %g to %g, %g", x, y, cx, cy)
	}
	near(t, "west of the right half", crop.Bounds().Min[0], 108.5, 1e-9)
	if crop.Whole() != v {
		t.Error("the whole of a crop differs from the view")
	}
	if got := v.CropTo(image.Rect(3000, 1000, 9000, 9000)).Visible(); got != image.Rect(3000, 1000, 4000, 2000) {
		t.Errorf("a crop beyond the view shows %v", got)
	}
}

func TestZoomAtKeepsThePlace(t *testing.T) {
	v := geo.ZoomView(geo.Pt(108.5, 15.7), 10, 1000, 800)
	p := v.Point(120, 700)
	x, y := v.ZoomAt(120, 700, 1.7).Pixel(p)
	near(t, "x", x, 120, 1e-6)
	near(t, "y", y, 700, 1e-6)
	near(t, "scale", v.ZoomAt(120, 700, 1.7).World, v.World*1.7, 1e-6)
}

func TestOffset(t *testing.T) {
	v := geo.ZoomView(geo.Pt(108.2, 16), 9, 800, 600)
	nan := v
	nan.Center[0] = math.NaN()
	wide := v
	wide.Width++
	for _, c := range []struct {
		name string
		to   geo.View
		want image.Point
		ok   bool
	}{
		{"itself", v, image.Point{}, true},
		{"by whole pixels", v.Pan(37, -20), image.Pt(-37, 20), true},
		{"another crop", v.Pan(1, 0).CropTo(image.Rect(0, 0, 5, 5)), image.Pt(-1, 0), true},
		{"by half a pixel", v.Pan(0.5, 0), image.Point{}, false},
		{"another scale", v.ZoomAt(1, 1, 2), image.Point{}, false},
		{"another size", wide, image.Point{}, false},
		{"the other side of the world", v.Pan(0, 1e7), image.Point{}, false},
		{"no number", nan, image.Point{}, false},
	} {
		if got, ok := v.Offset(c.to); got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v", c.name, got, ok)
		}
	}
}
