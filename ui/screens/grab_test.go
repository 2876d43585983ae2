package screens

import (
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"slices"
	"testing"

	"github.com/jezek/xgb/xproto"
)

// whole reads the display without shared memory, as xwd does.
func (s *stage) whole(t *testing.T) *image.RGBA {
	t.Helper()
	got, err := xproto.GetImage(s.x.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.x.root), 0, 0, 1280, 720, ^uint32(0)).Reply()
	if err != nil {
		t.Fatal(err)
	}
	return unswap(got.Data, 1280, 720)
}

// TestGrabIsWhatIsSeen compares what is read back with what the X server tells of
// its screen, windows and planes included.
func TestGrabIsWhatIsSeen(t *testing.T) {
	s := newStage(t)
	o, err := s.x.OpenOverlay()
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.planeOn(s.win, color.RGBA{A: 255})
	if err != nil {
		t.Fatal(err)
	}
	picture := image.NewRGBA(image.Rect(0, 0, 160, 90))
	for i := range 160 * 90 {
		picture.SetRGBA(i%160, i/160, color.RGBA{R: byte(i), G: byte(i / 160), B: 200, A: 255})
	}
	if err := p.Show(picture, image.Rect(20, 10, 180, 100)); err != nil {
		t.Fatal(err)
	}
	s.awaits(t, "plane", 100+20, 50+10, color.RGBA{B: 200, A: 255})
	want := s.whole(t)
	g, err := OpenGrabber(s.name)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	if !g.Shared() {
		t.Error("pixels do not come through shared memory")
	}
	for _, shared := range []bool{true, false} {
		g.shared = shared
		for _, r := range []image.Rectangle{image.Rect(0, 0, 1280, 720), image.Rect(90, 40, 301, 177), image.Rect(1279, 719, 1280, 720)} {
			got, err := g.Grab(r, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got.Rect != image.Rect(0, 0, r.Dx(), r.Dy()) {
				t.Errorf("%v: the picture has bounds %v", r, got.Rect)
			}
			for y := range r.Dy() {
				from := want.PixOffset(r.Min.X, r.Min.Y+y)
				if !slices.Equal(got.Pix[y*got.Stride:][:4*r.Dx()], want.Pix[from:][:4*r.Dx()]) {
					t.Fatalf("%v, shared %v: line %d differs", r, shared, y)
				}
			}
		}
		small, err := g.Grab(image.Rect(0, 0, 1280, 720), 320)
		if err != nil {
			t.Fatal(err)
		}
		if small.Rect != image.Rect(0, 0, 320, 180) || small.RGBAAt(110, 60) != (color.RGBA{G: 255, A: 255}) || small.RGBAAt(0, 0) != (color.RGBA{A: 255}) {
			t.Errorf("small: %v, window %v, root %v", small.Rect, small.RGBAAt(110, 60), small.RGBAAt(0, 0))
		}
	}
	for _, r := range []image.Rectangle{image.Rect(1200, 0, 1300, 100), {}} {
		if _, err := g.Grab(r, 0); err == nil {
			t.Errorf("%v is beyond the display and was read", r)
		}
	}
	if _, err := g.Grab(image.Rect(0, 0, 8, 8), 0); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func TestShrink(t *testing.T) {
	const w, h = 8, 4
	pix := make([]byte, 4*w*h)
	for i := range w * h {
		x, y := i%w, i/w
		pix[4*i], pix[4*i+1], pix[4*i+2] = byte(10*x), byte(10*y), byte(100*(x/4)) // blue, green, red
	}
	got := shrink(pix, w, h, 4, 2)
	for y := range 2 {
		for x := range 4 {
			want := color.RGBA{R: uint8(100 * (x / 2)), G: uint8(20*y + 5), B: uint8(20*x + 5), A: 255}
			if c := got.RGBAAt(x, y); c != want {
				t.Errorf("(%d,%d) is %v, want %v", x, y, c, want)
			}
		}
	}
	// White stays white, however many pixels become one.
	for i := range pix {
		pix[i] = 0xff
	}
	for _, size := range []image.Point{{1, 1}, {3, 1}, {7, 3}, {8, 4}} {
		for i, v := range shrink(pix, w, h, size.X, size.Y).Pix {
			if v != 0xff {
				t.Fatalf("%v: byte %d is %d", size, i, v)
			}
		}
	}
}

func BenchmarkShrink1080p(b *testing.B) {
	pix := make([]byte, 4*1920*1080)
	for b.Loop() {
		shrink(pix, 1920, 1080, 480, 270)
	}
}

// BenchmarkGrab1080p reads a screen back and makes the small JPEG of it that a
// control room looks at, once a second and screen.
func BenchmarkGrab1080p(b *testing.B) {
	g, err := OpenGrabber(displayOf(b, "1920x1080x24"))
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	for b.Loop() {
		img, err := g.Grab(image.Rect(0, 0, 1920, 1080), 480)
		if err != nil {
			b.Fatal(err)
		}
		if err := jpeg.Encode(io.Discard, img, &jpeg.Options{Quality: 75}); err != nil {
			b.Fatal(err)
		}
	}
}
