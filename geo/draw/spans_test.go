package draw_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
)

// row is n screens of w × h pixels side by side.
func row(n, w, h, bezel int) []image.Rectangle {
	var out []image.Rectangle
	for i := range n {
		out = append(out, image.Rect(0, 0, w, h).Add(image.Pt(i*(w+bezel), 0)))
	}
	return out
}

// TestSpanEdges draws what stands at the edges of screens, whole and on a screen each.
func TestSpanEdges(t *testing.T) {
	three := row(3, 300, 200, 100)
	view := geo.ZoomView(geo.Pt(108.7, 15.7), 9, 1100, 200)
	for _, c := range []struct {
		name    string
		sizes   draw.Sizes
		view    geo.View
		screens []image.Rectangle
		fill    func(f *draw.Frame, rnd *rand.Rand)
	}{
		{"marks of two layers with the same ids", draw.Desk(), view, three, func(f *draw.Frame, rnd *rand.Rand) {
			f.Gather.Marks = true
			for _, i := range rnd.Perm(120) {
				at := f.View.Point(float64(i/2%20)*50+30+float64(i%2)*9, float64(i/40)*60+30)
				f.Marks = append(f.Marks, draw.Mark{Layer: []string{"a", "b"}[i%2], ID: fmt.Sprint(i / 2), At: at, Icon: []draw.Icon{draw.IconSchool, draw.IconFuel}[i%2]})
			}
		}},
		{"fields of view from between screens", draw.Desk(), view, three, func(f *draw.Frame, rnd *rand.Rand) {
			f.Gather.Cameras = true
			for range 3 { // moved by up to half a bezel towards the first screen
				at := f.View.Point(700+rnd.Float64()*49, 60+rnd.Float64()*80)
				reach := (350 + rnd.Float64()*90) * f.View.MetersPerPixel(at[1])
				f.Cameras = append(f.Cameras, draw.Camera{At: at, Heading: 270, Angle: 20, Range: reach})
			}
		}},
		{"speed lines from between screens", draw.Desk(), geo.ZoomView(geo.Pt(109.5, 15.7), 13, 1100, 200), three, func(f *draw.Frame, rnd *rand.Rand) {
			f.Gather.Vessels = true
			for range 3 {
				v := draw.Vessel{At: f.View.Point(700+rnd.Float64()*49, 60+rnd.Float64()*80), Heading: 270, Course: math.NaN()}
				v.Speed = (350 + rnd.Float64()*90) * f.View.MetersPerPixel(v.At[1]) / (geo.MetersPerNauticalMile / 10)
				f.Vessels = append(f.Vessels, v)
			}
		}},
		{"a note wider than a screen", draw.Wall(28), view, three, func(f *draw.Frame, rnd *rand.Rand) {
			for i := range 4 {
				f.Texts = append(f.Texts, draw.Text{At: f.View.Point(rnd.Float64()*1100, rnd.Float64()*200), Text: strings.Repeat("Điểm tập kết ", 4+i), Plate: i%2 == 0})
			}
		}},
		{"a town at an edge", draw.Desk(), geo.ZoomView(geo.Pt(108.22, 16.07), 8, 600, 200), row(2, 300, 200, 0), func(f *draw.Frame, rnd *rand.Rand) {
			f.View = f.View.Pan(rnd.Float64()*6-3, 0)
		}},
		{"rings among symbols that stand alone", draw.Desk(), view, three, func(f *draw.Frame, rnd *rand.Rand) {
			f.Gather = draw.Gather{Vessels: true, Stations: true, Reports: true, Cameras: true, Marks: true}
			near := func() geo.Point {
				return f.View.Point(float64(1+rnd.IntN(2))*400-50+rnd.NormFloat64()*70, 100+rnd.NormFloat64()*60)
			}
			for i := range 60 {
				f.Vessels = append(f.Vessels, draw.Vessel{ID: fmt.Sprint(i), At: near(), Severity: draw.Severity(rnd.IntN(12) / 10 * 2)})
				f.Marks = append(f.Marks, draw.Mark{ID: fmt.Sprint(i), At: near(), Layer: []string{"a", "b"}[i%2]})
			}
			for i := range 9 {
				f.Stations = append(f.Stations, draw.Station{ID: fmt.Sprint(i), At: near(), Value: "42"})
				f.Reports = append(f.Reports, draw.Report{ID: fmt.Sprint(i), At: near(), Late: i == 0})
				f.Cameras = append(f.Cameras, draw.Camera{ID: fmt.Sprint(i), At: near()})
				f.Alerts = append(f.Alerts, draw.Alert{ID: fmt.Sprint(i), At: near(), Severity: draw.Warning})
			}
		}},
		{"callouts at the name of the sea", draw.Desk(), geo.ZoomView(geo.Pt(109.3, 9), 6.046, 868, 344), row(2, 434, 344, 0), func(f *draw.Frame, rnd *rand.Rand) {
			near := func(wide float64) geo.Point {
				return geo.Pt(113.5+rnd.NormFloat64()*wide, 12.5+rnd.NormFloat64()*wide*0.7)
			}
			for i := range 20 {
				f.Alerts = append(f.Alerts, draw.Alert{ID: fmt.Sprint(i), At: near(3), Severity: draw.Notice, Title: "Gió giật", Text: "cấp 8, sóng cao 4 m"})
			}
			for range 400 {
				f.Vessels = append(f.Vessels, draw.Vessel{At: near(4)})
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range uint64(8) {
				f := &draw.Frame{View: c.view, Screens: c.screens}
				c.fill(f, rand.New(rand.NewPCG(seed, 18)))
				assembled(t, f, c.sizes)
			}
		})
	}
}

// assembled draws a frame whole and by a renderer for each screen, and compares.
func assembled(t *testing.T, f *draw.Frame, sizes draw.Sizes) {
	t.Helper()
	whole := picture(f.View)
	if _, err := renderer(t, draw.Dark(), sizes).Draw(whole, f); err != nil {
		t.Fatal(err)
	}
	for _, s := range f.Screens {
		f.View = f.View.CropTo(s)
		part := picture(f.View)
		if _, err := renderer(t, draw.Dark(), sizes).Draw(part, f); err != nil {
			t.Fatal(err)
		}
		for y := range s.Dy() {
			o := whole.PixOffset(s.Min.X, s.Min.Y+y)
			if !alike(part.Pix[y*part.Stride:][:s.Dx()*4], whole.Pix[o:o+s.Dx()*4]) {
				t.Fatalf("row %d of screen %v differs from the whole view", y, s)
			}
		}
	}
}
