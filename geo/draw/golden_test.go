package draw_test

import (
	"flag"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
)

// updating is set by "go test -update", which writes the pictures anew.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden pictures anew")
	flag.Parse()
	os.Exit(m.Run())
}

// TestGolden compares pictures of every layer and style with those in testdata.
func TestGolden(t *testing.T) {
	sea := geo.Bounds{Min: geo.Pt(102, 6.5), Max: geo.Pt(117.5, 23.5)}
	cases := []struct {
		name  string
		style draw.Style
		sizes draw.Sizes
		frame *draw.Frame
	}{
		{"coast-dark", draw.Dark(), draw.Desk(), scene(coast(960, 540))},
		{"coast-light", draw.Light(), draw.Desk(), scene(coast(960, 540))},
		{"country-dark", draw.Dark(), draw.Desk(), &draw.Frame{View: geo.FitView(sea, 640, 640, 0), Furniture: draw.Furniture{Scale: true}}},
		{"country-light", draw.Light(), draw.Desk(), &draw.Frame{View: geo.FitView(sea, 640, 640, 0)}},
		{"truong-sa-light", draw.Light(), draw.Desk(), &draw.Frame{View: geo.ZoomView(geo.Pt(114.4, 10.1), 9, 640, 400)}},
		{"small-tile", draw.Dark(), draw.Desk(), scene(coast(320, 200))},
		{"wall-crop", draw.Dark(), draw.Wall(56), wallFrame(5)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			dst := picture(c.frame.View)
			if _, err := renderer(t, c.style, c.sizes).Draw(dst, c.frame); err != nil {
				t.Fatal(err)
			}
			if c.sizes.Text > 28 {
				dst = halve(dst)
			}
			compare(t, filepath.Join("testdata", c.name+".png"), dst)
		})
	}
}

// halve keeps golden files of wall scale small.
func halve(m *image.RGBA) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, m.Rect.Dx()/2, m.Rect.Dy()/2))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			for k := range 4 {
				sum := 0
				for _, o := range []int{m.PixOffset(2*x, 2*y), m.PixOffset(2*x+1, 2*y), m.PixOffset(2*x, 2*y+1), m.PixOffset(2*x+1, 2*y+1)} {
					sum += int(m.Pix[o+k])
				}
				out.Pix[out.PixOffset(x, y)+k] = uint8(sum / 4)
			}
		}
	}
	return out
}

// compare allows small differences, as between processors that fuse operations
// and those that do not: 0.2 % of the pixels may differ by more than 24.
func compare(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if updating() {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(f, got); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("%v; write it with -update", err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if want.Bounds() != got.Bounds() {
		t.Fatalf("the picture is %v, want %v", got.Bounds(), want.Bounds())
	}
	differ := 0
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			r, g, b, _ := want.At(x, y).RGBA()
			o := got.PixOffset(x, y)
			for k, v := range []uint32{r, g, b} {
				if math.Abs(float64(v>>8)-float64(got.Pix[o+k])) > 24 {
					differ++
					break
				}
			}
		}
	}
	if most := got.Rect.Dx() * got.Rect.Dy() / 500; differ > most {
		t.Errorf("%s: %d pixels differ, %d may; look at what -update writes", path, differ, most)
	}
}

// wallFrame is a map over 3 × 3 screens with bezels, cropped to screen n.
func wallFrame(n int) *draw.Frame {
	const w, h, bezel = 1280, 720, 20
	v := coast(3*w+2*bezel, 3*h+2*bezel)
	f := scene(v)
	for y := range 3 {
		for x := range 3 {
			f.Screens = append(f.Screens, image.Rect(0, 0, w, h).Add(image.Pt(x*(w+bezel), y*(h+bezel))))
		}
	}
	f.View = v.CropTo(f.Screens[n])
	return f
}
