package mediatest

import (
	"image"
	"image/color"
	"testing"

	"golang.org/x/image/draw"
)

// screen returns a picture of the size with a counter, over a scene-like background.
func screen(size image.Point, n int) *image.RGBA {
	img := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			img.SetRGBA(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y / 64), 255})
		}
	}
	DrawCounter(img, n)
	return img
}

func TestCounterSurvivesScaling(t *testing.T) {
	for _, size := range []image.Point{{640, 360}, {1920, 1080}, {352, 288}} {
		for _, to := range []image.Point{{640, 360}, {320, 180}, {960, 540}, {213, 120}, {300, 200}, {184, 104}} {
			for _, n := range []int{0, 1, 2, 119, 4660, 32768, 43690, 65535} {
				src := screen(size, n)
				dst := image.NewRGBA(image.Rect(0, 0, to.X+50, to.Y+50))
				r := image.Rect(17, 23, 17+to.X, 23+to.Y)
				draw.ApproxBiLinear.Scale(dst, r, src, src.Bounds(), draw.Src, nil)
				if got, ok := ReadCounter(dst); !ok || got != n {
					t.Errorf("%v scaled to %v: read %d, %v; want %d", size, to, got, ok, n)
				}
			}
		}
	}
}

func TestCounterSurvivesDimmingAndGrey(t *testing.T) {
	src := screen(image.Pt(640, 360), 12345)
	dim := image.NewGray(src.Rect)
	for y := range 360 {
		for x := range 640 {
			v := color.GrayModel.Convert(src.At(x, y)).(color.Gray).Y
			dim.SetGray(x, y, color.Gray{uint8(int(v) * 45 / 100)})
		}
	}
	if got, ok := ReadCounter(dim); !ok || got != 12345 {
		t.Fatalf("read %d, %v", got, ok)
	}
}

func TestFindCountersOnAWall(t *testing.T) {
	wall := image.NewRGBA(image.Rect(0, 0, 1920, 1080))
	for i := range 9 {
		at := image.Pt(i%3*640, i/3*360)
		draw.Draw(wall, image.Rectangle{at, at.Add(image.Pt(640, 360))}, screen(image.Pt(640, 360), 1000+i), image.Point{}, draw.Src)
	}
	found := FindCounters(wall)
	if len(found) != 9 {
		t.Fatalf("found %d counters, want 9: %v", len(found), found)
	}
	for _, r := range found {
		i := r.Bounds.Min.Y/360*3 + r.Bounds.Min.X/640
		if r.N != 1000+i {
			t.Errorf("tile %d shows %d", i, r.N)
		}
	}
}

func TestNoCounterNoReading(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 640, 360))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * i >> 3)
	}
	if r := FindCounters(img); len(r) != 0 {
		t.Fatalf("read %v from noise", r)
	}
}

func TestCRC(t *testing.T) {
	// CRC-8/I-432-1 of the check string "12" by the catalogue's algorithm, computed by hand for two bytes.
	if crc8(0) != 0x55 {
		t.Errorf("crc8(0) = %#x", crc8(0))
	}
	seen := map[uint8]bool{}
	for i := range 16 {
		seen[crc8(1<<i)] = true
	}
	if len(seen) != 16 {
		t.Errorf("single bit changes give %d different checksums, want 16", len(seen))
	}
}

func FuzzFindCounters(f *testing.F) {
	f.Add([]byte{255, 0, 255, 0}, 40)
	for _, white := range cells(77) {
		_ = white
	}
	f.Fuzz(func(t *testing.T, pix []byte, width int) {
		if width <= 0 || width > 512 || len(pix) < width {
			return
		}
		img := &image.Gray{Pix: pix, Stride: width, Rect: image.Rect(0, 0, width, len(pix)/width)}
		for _, r := range FindCounters(img) {
			if r.N < 0 || r.N > MaxCounter || !r.Bounds.In(img.Rect) {
				t.Fatalf("impossible reading %v in %v", r, img.Rect)
			}
		}
	})
}
