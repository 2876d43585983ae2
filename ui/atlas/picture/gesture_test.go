package picture

import (
	"image"
	"image/color"
	"math"
	"testing"

	"iocwall/geo"
)

func TestGesturesMoveTheView(t *testing.T) {
	v := geo.ZoomView(geo.Pt(108.4735, 15.5736), 10, 1000, 800)
	at := image.Pt(700, 300)
	here := func(v geo.View, p image.Point) geo.Point { return v.Point(float64(p.X), float64(p.Y)) }
	for _, c := range []struct {
		name string
		next geo.View
		was  image.Point // what was here …
		is   image.Point // … is there now
		zoom float64
	}{
		{"pulled right and down", Dragged(v, image.Pt(120, 40)), at, at.Add(image.Pt(120, 40)), 10},
		{"two notches nearer", Zoomed(v, at, 2), at, at, 11},
		{"a notch farther", Zoomed(v, at, -1), at, at, 9.5},
		{"no nearer than the limit", Zoomed(v, at, 100), at, at, mostZoom},
		{"no farther than the limit", Zoomed(v, image.Pt(500, 400), -100), image.Pt(500, 400), image.Pt(500, 400), leastZoom},
		{"a larger window", Resized(v, image.Pt(1400, 800)), image.Pt(500, 400), image.Pt(700, 400), 10},
	} {
		if d := geo.Distance(here(v, c.was), here(c.next, c.is)); d > 1 {
			t.Errorf("%s: the place moved by %.1f m", c.name, d)
		}
		if math.Abs(c.next.Zoom()-c.zoom) > 1e-9 {
			t.Errorf("%s: zoom %v, not %v", c.name, c.next.Zoom(), c.zoom)
		}
	}
	b := geo.Bounds{Min: geo.Pt(108.1, 15.3), Max: geo.Pt(108.7, 15.9)}
	f := Fitted(v, b).Bounds()
	if !f.Contains(b.Min) || !f.Contains(b.Max) {
		t.Errorf("fitted shows %v, not all of %v", f, b)
	}
	if z := Fitted(v, geo.Bounds{Min: geo.Pt(108.4, 15.5), Max: geo.Pt(108.4, 15.5)}).Zoom(); z > 16 {
		t.Errorf("a point is shown at zoom %v", z)
	}
}

// TestShiftedPicture: what is on the screen while the true picture is drawn lies
// where the view says.
func TestShiftedPicture(t *testing.T) {
	v := geo.ZoomView(geo.Pt(108.4735, 15.5736), 10, 200, 160)
	src := image.NewRGBA(image.Rect(0, 0, 200, 160))
	red, ground := color.RGBA{200, 0, 0, 255}, color.RGBA{1, 2, 3, 255}
	for y := 60; y < 80; y++ {
		for x := 90; x < 110; x++ {
			src.SetRGBA(x, y, red)
		}
	}
	for _, c := range []struct {
		name  string
		to    geo.View
		red   image.Point
		empty image.Point
	}{
		{"pulled", Dragged(v, image.Pt(50, -30)), image.Pt(150, 40), image.Pt(10, 10)},
		{"nearer", Zoomed(v, image.Pt(100, 70), 2), image.Pt(115, 85), image.Pt(-1, -1)},
		{"farther", Zoomed(v, image.Pt(100, 70), -2), image.Pt(100, 70), image.Pt(5, 5)},
		{"wider", Resized(v, image.Pt(300, 160)), image.Pt(150, 70), image.Pt(20, 20)},
	} {
		got := Shifted(src, v, c.to, ground)
		if got.RGBAAt(c.red.X, c.red.Y) != red {
			t.Errorf("%s: %v is %v", c.name, c.red, got.RGBAAt(c.red.X, c.red.Y))
		}
		if c.empty.X >= 0 && got.RGBAAt(c.empty.X, c.empty.Y) != ground {
			t.Errorf("%s: %v is %v, not the ground", c.name, c.empty, got.RGBAAt(c.empty.X, c.empty.Y))
		}
	}
}
