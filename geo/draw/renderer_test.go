package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
)

// TestCropsMakeOnePicture draws a view whole and in crops, each by a renderer of
// its own as on different computers, and compares every pixel.
func TestCropsMakeOnePicture(t *testing.T) {
	for _, sizes := range []draw.Sizes{draw.Desk(), draw.Wall(40)} {
		f := scene(coast(1500, 900))
		for _, x := range []int{0, 510, 1020} {
			f.Screens = append(f.Screens, image.Rect(x, 0, x+480, 440), image.Rect(x, 460, x+480, 900))
		}
		whole := picture(f.View)
		want, err := renderer(t, draw.Dark(), sizes).Draw(whole, f)
		if err != nil {
			t.Fatal(err)
		}
		names, labels := 0, 0
		for i, s := range append(f.Screens, image.Rect(100, 100, 900, 700)) {
			f.View = f.View.CropTo(s)
			part := picture(f.View)
			got, err := renderer(t, draw.Dark(), sizes).Draw(part, f)
			if err != nil {
				t.Fatal(err)
			}
			if i < len(f.Screens) {
				names, labels = names+got.Names, labels+got.Labels
			}
			for y := range s.Dy() {
				a := part.Pix[y*part.Stride : y*part.Stride+s.Dx()*4]
				o := whole.PixOffset(s.Min.X, s.Min.Y+y)
				if b := whole.Pix[o : o+s.Dx()*4]; !alike(a, b) {
					t.Fatalf("text %g: row %d of screen %v differs from the whole view", sizes.Text, y, s)
				}
			}
		}
		if labels != want.Labels || labels == 0 {
			t.Errorf("text %g: %d labels on all screens, the whole has %d", sizes.Text, labels, want.Labels)
		}
		if names != want.Names || names == 0 {
			t.Errorf("text %g: %d names of vessels on all screens, the whole has %d", sizes.Text, names, want.Names)
		}
	}
}

// alike allows a rounding error, since coverage is summed from the crop's edge.
func alike(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	for i := range a {
		if d := int(a[i]) - int(b[i]); d > 3 || d < -3 {
			return false
		}
	}
	return true
}

func TestDrawingIsRepeatable(t *testing.T) {
	f := scene(coast(800, 500))
	a, b := picture(f.View), picture(f.View)
	r := renderer(t, draw.Dark(), draw.Desk())
	other := scene(coast(800, 500).Pan(300, 100))
	for _, step := range []struct {
		dst *image.RGBA
		f   *draw.Frame
	}{{a, f}, {picture(f.View), other}, {b, f}} {
		if _, err := r.Draw(step.dst, step.f); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Pix, b.Pix) {
		t.Error("the same frame gives another picture after a different one")
	}
}

func TestDrawIntoPartOfAPicture(t *testing.T) {
	f := scene(coast(400, 300))
	whole := picture(f.View)
	r := renderer(t, draw.Light(), draw.Desk())
	if _, err := r.Draw(whole, f); err != nil {
		t.Fatal(err)
	}
	big := image.NewRGBA(image.Rect(0, 0, 500, 400))
	if _, err := r.Draw(big.SubImage(image.Rect(50, 60, 450, 360)).(*image.RGBA), f); err != nil {
		t.Fatal(err)
	}
	for y := range 300 {
		o := big.PixOffset(50, 60+y)
		if !bytes.Equal(big.Pix[o:o+1600], whole.Pix[y*1600:(y+1)*1600]) {
			t.Fatalf("row %d differs", y)
		}
	}
	if big.Pix[0] != 0 || big.Pix[big.PixOffset(450, 200)] != 0 {
		t.Error("pixels beside the part were drawn")
	}
}

func TestRefusals(t *testing.T) {
	good := draw.Options{
		Base: source(t, tiles.Since2025), Style: draw.Dark(), Sizes: draw.Desk(), Words: draw.English(),
		Regular: assets.Regular(), Bold: assets.Bold(),
	}
	for _, c := range []struct {
		says   string
		change func(*draw.Options)
	}{
		{"no base map", func(o *draw.Options) { o.Base = nil }},
		{"too small", func(o *draw.Options) { o.Sizes = draw.Sizes{} }},
		{"font", func(o *draw.Options) { o.Bold = []byte("x") }},
	} {
		o := good
		c.change(&o)
		if _, err := draw.New(o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want it to say %q", err, c.says)
		}
	}
	r, err := draw.New(good)
	if err != nil {
		t.Fatal(err)
	}
	v := coast(100, 100)
	for _, c := range []struct {
		says string
		view geo.View
	}{
		{"100 × 100 pixels, the crop 50 × 40", v.CropTo(image.Rect(0, 0, 50, 40))},
		{"holds nothing", v.CropTo(image.Rect(200, 0, 300, 40))},
		{"scale", geo.View{Center: geo.Pt(108, 15), Width: 100, Height: 100}},
		{"centre", geo.View{Center: geo.Pt(math.NaN(), 15), World: 1e5, Width: 100, Height: 100}},
	} {
		_, err := r.Draw(image.NewRGBA(image.Rect(0, 0, 100, 100)), &draw.Frame{View: c.view})
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want it to say %q", err, c.says)
		}
	}
}

// TestOddValues draws what sources send in bad hours; nothing may panic.
func TestOddValues(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	r := renderer(t, draw.Dark(), draw.Desk())
	f := &draw.Frame{View: coast(300, 200)}
	for _, p := range []geo.Point{{nan, nan}, {inf, -inf}, {200, 95}, {108.5, 15.5}, {1e300, 1e300}} {
		for _, h := range []float64{nan, inf, -1e9, 0, 1e18} {
			f.Vessels = append(f.Vessels, draw.Vessel{At: p, Heading: h, Course: h, Speed: h, Kind: 99, Severity: 77, Name: "x", Importance: 1, Trail: []geo.Point{p, {108, 15}, p}})
			f.Cameras = append(f.Cameras, draw.Camera{At: p, Heading: h, Angle: h, Range: h, Health: 9})
		}
		f.Stations = append(f.Stations, draw.Station{At: p, Kind: 9, Value: strings.Repeat("dài ", 100)})
		f.Reports = append(f.Reports, draw.Report{At: p, Category: 200})
		f.Alerts = append(f.Alerts, draw.Alert{At: p, Severity: 99, Title: strings.Repeat("Ẫ", 300), Area: geo.MultiPolygon{{{p, {108, 15}, {109, 16}}}, {}, {{}}}})
		f.Lines = append(f.Lines, draw.Line{Points: []geo.Point{p, {108, 15}}, Color: color.RGBA{A: 255}, Dashed: true}, draw.Line{Points: []geo.Point{p}})
		f.Dots = append(f.Dots, draw.Dot{At: p})
	}
	for _, zoom := range []float64{0, 3, 9, 22} {
		f.View = geo.ZoomView(geo.Pt(108.5, 15.5), zoom, 300, 200)
		if _, err := r.Draw(picture(f.View), f); err != nil {
			t.Errorf("zoom %g: %v", zoom, err)
		}
	}
}

// fewAllocations holds the promise that a running map leaves the collector alone:
// it draws a frame whose vessels all move.
func fewAllocations(t *testing.T, f *draw.Frame) {
	t.Helper()
	r, dst := renderer(t, draw.Dark(), draw.Desk()), picture(f.View)
	draws := func() {
		for i := range f.Vessels {
			f.Vessels[i].At[0] += 1e-6
		}
		if _, err := r.Draw(dst, f); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		draws()
	}
	if n := testing.AllocsPerRun(5, draws); n > 200 {
		t.Errorf("%.0f allocations a frame, at most 200 are allowed", n)
	}
}

func TestFewAllocations(t *testing.T) {
	f := scene(coast(960, 540))
	f.Vessels = vessels(2000)
	fewAllocations(t, f)
}
