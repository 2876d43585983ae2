package sheet

import (
	"image"
	"image/color"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/scene"
)

// TestBordersOnce draws four squares around a corner, one ring of which is not
// closed: each of their twelve sides is drawn once.
func TestBordersOnce(t *testing.T) {
	var areas []scene.Area
	for i := range 4 {
		x, y := 100+float64(i%2), 10+float64(i/2)
		ring := []geo.Point{{x, y}, {x + 1, y}, {x + 1, y + 1}, {x, y + 1}, {x, y}}
		if i == 2 {
			ring = ring[:4]
		}
		areas = append(areas, scene.Area{Polygons: geo.MultiPolygon{{ring}}, Edge: color.RGBA{A: 255}, Width: 1})
	}
	view := geo.ZoomView(geo.Pt(101, 11), 7, 300, 300)
	m := image.NewRGBA(image.Rect(0, 0, 300, 300))
	c := raster.CanvasOf(m, m.Rect)
	var s Sheet
	s.Begin(&c, view, Look{Text: 14, Line: 1.25})
	s.Draw(&raster.Canvas{Pix: make([]byte, len(m.Pix)), Stride: m.Stride, Win: m.Rect}, areas, nil, nil)
	seen := map[segment]int{}
	for _, b := range s.bordersOf([]int{0, 1, 2, 3}, areas) {
		for i := range b.points[1:] {
			seen[segmentOf(b.points[i], b.points[i+1])]++
		}
	}
	if len(seen) != 12 {
		t.Errorf("%d sides, want 12", len(seen))
	}
	for side, n := range seen {
		if n != 1 {
			t.Errorf("%v is drawn %d times", side, n)
		}
	}
	for _, p := range []geo.Point{{101, 10.5}, {101, 11.5}, {100.5, 11}, {101.5, 11}, {100, 11.5}, {102, 10.5}, {101.5, 12}} {
		x, y := view.Pixel(p)
		if m.RGBAAt(int(x), int(y)).A == 0 {
			t.Errorf("no edge at %v", p)
		}
	}
}
