package screens

import (
	"context"
	"image"
	"image/color"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"
)

func TestSwapPutsBlueFirst(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		img.SetRGBA(i%3, i/3, color.RGBA{R: byte(10 + i), G: byte(20 + i), B: byte(30 + i), A: 255})
	}
	dst := make([]byte, 3*2*4)
	swap(dst, img, 3, 2)
	for i := range 6 {
		want := [4]byte{byte(30 + i), byte(20 + i), byte(10 + i), 255}
		if got := [4]byte(dst[4*i:]); got != want {
			t.Errorf("pixel %d is %v, want %v", i, got, want)
		}
	}
}

func TestSwapTakesAPartOfAPicture(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 7, 5))
	for i := range 35 {
		img.SetRGBA(i%7, i/7, color.RGBA{R: byte(i), G: byte(50 + i), B: byte(100 + i), A: 255})
	}
	part := img.SubImage(image.Rect(3, 2, 7, 5)).(*image.RGBA)
	dst := make([]byte, 4*3*4)
	swap(dst, part, 4, 3)
	for i := range 12 {
		c := img.RGBAAt(3+i%4, 2+i/4)
		if got, want := [4]byte(dst[4*i:]), [4]byte{c.B, c.G, c.R, 255}; got != want {
			t.Errorf("pixel %d is %v, want %v", i, got, want)
		}
	}
}

// stage is a display with a window of its own on it.
type stage struct {
	name string
	x    *X11
	win  xproto.Window
}

func newStage(t *testing.T) *stage {
	t.Helper()
	name := display(t)
	x, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = x.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		wg.Wait()
	})
	win, err := xproto.NewWindowId(x.conn)
	if err != nil {
		t.Fatal(err)
	}
	xproto.CreateWindow(x.conn, 0, win, x.root, 100, 50, 400, 300, 0, xproto.WindowClassInputOutput, xproto.WindowNone,
		xproto.CwBackPixel|xproto.CwEventMask, []uint32{0x00ff00, xproto.EventMaskPointerMotion})
	if err := xproto.MapWindowChecked(x.conn, win).Check(); err != nil {
		t.Fatal(err)
	}
	return &stage{name: name, x: x, win: win}
}

// pixel reads a pixel of the display.
func (s *stage) pixel(t *testing.T, x, y int) color.RGBA {
	t.Helper()
	r, err := xproto.GetImage(s.x.conn, xproto.ImageFormatZPixmap, xproto.Drawable(s.x.root), int16(x), int16(y), 1, 1, ^uint32(0)).Reply()
	if err != nil {
		t.Fatal(err)
	}
	return color.RGBA{R: r.Data[2], G: r.Data[1], B: r.Data[0], A: 255}
}

// awaits fails unless the pixel takes the colour.
func (s *stage) awaits(t *testing.T, what string, x, y int, want color.RGBA) {
	t.Helper()
	var got color.RGBA
	for range 500 {
		if got = s.pixel(t, x, y); got == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%s: pixel (%d,%d) is %v, want %v", what, x, y, got, want)
}

func flat(w, h int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return img
}

func TestPlaneShowsPicturesOnAWindow(t *testing.T) {
	s := newStage(t)
	g, err := s.x.OpenOverlay()
	if err != nil {
		t.Fatal(err)
	}
	green := color.RGBA{G: 255, A: 255}
	p, err := g.planeOn(s.win, color.RGBA{A: 255})
	if err != nil {
		t.Fatal(err)
	}
	s.awaits(t, "before the first picture", 120, 70, green)
	for i := range 200 {
		c := color.RGBA{R: byte(i), G: byte(255 - i), B: 7, A: 255}
		if err := p.Show(flat(64, 36, c), image.Rect(10, 10, 74, 46)); err != nil {
			t.Fatal(err)
		}
	}
	last := color.RGBA{R: 199, G: 56, B: 7, A: 255}
	s.awaits(t, "the newest picture wins", 115, 65, last)
	s.awaits(t, "it reaches to its last pixel", 100+73, 50+45, last)
	s.awaits(t, "and no further", 100+74, 50+46, green)

	// A larger picture at another place, and one that is cut to its place.
	red := color.RGBA{R: 200, A: 255}
	if err := p.Show(flat(200, 200, red), image.Rect(0, 0, 200, 100)); err != nil {
		t.Fatal(err)
	}
	s.awaits(t, "larger", 100+199, 50+99, red)
	s.awaits(t, "cut", 100+10, 50+100, green)

	// The window goes and comes back: its picture too.
	xproto.UnmapWindow(s.x.conn, s.win)
	s.awaits(t, "window gone", 115, 65, color.RGBA{A: 255})
	xproto.MapWindow(s.x.conn, s.win)
	s.awaits(t, "window back", 115, 65, red)

	p.Hide()
	s.awaits(t, "hidden", 115, 65, green)
	if err := p.Show(flat(8, 8, red), image.Rect(0, 0, 8, 8)); err != nil {
		t.Fatal(err)
	}
	s.awaits(t, "shown again", 101, 51, red)
	p.Close()
	p.Close()
	s.awaits(t, "closed", 101, 51, green)
	if p.Show(flat(8, 8, red), image.Rect(0, 0, 8, 8)) == nil {
		t.Error("a closed plane shows")
	}
}

// TestPlaneLetsTheMouseThrough asks the display which window is under the pointer.
func TestPlaneLetsTheMouseThrough(t *testing.T) {
	s := newStage(t)
	g, err := s.x.OpenOverlay()
	if err != nil {
		t.Fatal(err)
	}
	p, err := g.planeOn(s.win, color.RGBA{A: 255})
	if err != nil {
		t.Fatal(err)
	}
	white := color.RGBA{R: 255, G: 255, B: 255, A: 255}
	if err := p.Show(flat(300, 200, white), image.Rect(0, 0, 300, 200)); err != nil {
		t.Fatal(err)
	}
	s.awaits(t, "picture", 120, 70, white)
	xproto.WarpPointer(s.x.conn, 0, s.x.root, 0, 0, 0, 0, 150, 100)
	q, err := xproto.QueryPointer(s.x.conn, s.win).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if q.Child != 0 {
		t.Errorf("the pointer is in window %d on the plane, not in the window under it", q.Child)
	}
}

func BenchmarkSwap1080p(b *testing.B) {
	img := flat(1920, 1080, color.RGBA{R: 1, G: 2, B: 3, A: 255})
	dst := make([]byte, len(img.Pix))
	b.SetBytes(int64(len(img.Pix)))
	for b.Loop() {
		swap(dst, img, 1920, 1080)
	}
}
