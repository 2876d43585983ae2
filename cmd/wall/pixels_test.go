//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"iocwall/media/mediatest"
	"iocwall/ui/paint"
)

// display is a virtual X server of the test's own and what is on its screen.
type display struct {
	tb     testing.TB
	name   string
	conn   *xgb.Conn
	root   xproto.Window
	bounds image.Rectangle
	server *program
}

// newDisplay starts a virtual X server with one monitor of that size, so that no
// window of another test is on it.
func newDisplay(tb testing.TB, width, height int) *display {
	tb.Helper()
	bin, err := exec.LookPath("Xvfb")
	if err != nil {
		tb.Skip("the virtual X server Xvfb is not installed; on Debian: apt-get install xvfb")
	}
	d := &display{tb: tb, bounds: image.Rect(0, 0, width, height)}
	d.name, d.server = startX(tb, bin, "-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	xgb.Logger.SetOutput(io.Discard) // it tells of a missing authority file and of the end
	if d.conn, err = xgb.NewConnDisplay(d.name); err != nil {
		tb.Fatal(err)
	}
	d.root = xproto.Setup(d.conn).DefaultScreen(d.conn).Root
	tb.Cleanup(d.conn.Close)
	return d
}

// grab returns the pixels of a part of the screen.
func (d *display) grab(r image.Rectangle) *image.RGBA {
	d.tb.Helper()
	r = r.Intersect(d.bounds)
	got, err := xproto.GetImage(d.conn, xproto.ImageFormatZPixmap, xproto.Drawable(d.root),
		int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), 0xFFFFFFFF).Reply()
	if err != nil {
		d.tb.Fatalf("read the screen %s: %v", d.name, err)
	}
	img := &image.RGBA{Pix: got.Data, Stride: 4 * r.Dx(), Rect: r}
	for i := 0; i < len(img.Pix); i += 4 { // the server sends blue, green, red, nothing
		img.Pix[i], img.Pix[i+2], img.Pix[i+3] = img.Pix[i+2], img.Pix[i], 0xFF
	}
	return img
}

// screen returns all pixels.
func (d *display) screen() *image.RGBA { return d.grab(d.bounds) }

// save writes the screen to a PNG file.
func (d *display) save(path string) {
	d.tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		d.tb.Error(err)
		return
	}
	defer f.Close()
	if err := png.Encode(f, d.screen()); err != nil {
		d.tb.Error(err)
		return
	}
	d.tb.Logf("the screen %s is in %s", d.name, path)
}

// marker finds the mark of a tile and returns its top left corner.
func marker(img *image.RGBA, tile string) (image.Point, bool) {
	want := paint.MarkerOf(tile)
	for y := img.Rect.Min.Y; y <= img.Rect.Max.Y-paint.MarkerCell; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X-40*paint.MarkerCell; x++ {
			// The first cell of a mark is white, the second black.
			at := img.PixOffset(x, y)
			if img.Pix[at] < 0xA0 || img.Pix[at+4*paint.MarkerCell] > 0x60 {
				continue
			}
			if n, ok := paint.ReadMarker(img, image.Pt(x, y)); ok && n == want {
				return image.Pt(x, y), true
			}
		}
	}
	return image.Point{}, false
}

// shown is a camera's counter on the screen and the picture around it.
type shown struct {
	number  int
	cells   image.Rectangle
	picture image.Rectangle
}

// find returns where the camera's picture is: a counter that it sent not longer
// than some seconds ago. Cameras start at different frames, so each has its own.
func find(img image.Image, at time.Time, c *camera) (shown, bool) {
	for _, r := range mediatest.FindCounters(img) {
		if sent, ok := c.SentAt(r.N, at); ok && at.Sub(sent) < oldest {
			return shown{number: r.N, cells: r.Bounds, picture: around(r.Bounds)}, true
		}
	}
	return shown{}, false
}

// oldest is the age up to which a picture counts as live here.
const oldest = 3 * time.Second

// around returns the rectangle of a 16:9 picture from that of its counter: see
// mediatest.DrawCounter.
func around(cells image.Rectangle) image.Rectangle {
	cell := float64(cells.Dx()) / 36
	w, h := cell*640/12, cell*360/12
	middle := float64(cells.Min.X+cells.Max.X) / 2
	bottom := float64(cells.Max.Y) + cell
	return image.Rect(int(middle-w/2)+1, int(bottom-h)+1, int(middle+w/2), int(bottom))
}

// chroma returns the share of pixels that are clearly not grey.
func chroma(img *image.RGBA) float64 {
	return share(img, func(c color.RGBA) bool {
		return int(max(c.R, c.G, c.B))-int(min(c.R, c.G, c.B)) > 28
	})
}

// near returns the share of pixels of about that colour.
func near(img *image.RGBA, want color.RGBA) float64 {
	return share(img, func(c color.RGBA) bool { return like(c, want) })
}

// like allows for rounding on the way through the window system.
func like(a, b color.RGBA) bool {
	return apart(a.R, b.R) < 6 && apart(a.G, b.G) < 6 && apart(a.B, b.B) < 6
}

func apart(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }

func share(img *image.RGBA, is func(color.RGBA) bool) float64 {
	n, all := 0, 0
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		for x := img.Rect.Min.X; x < img.Rect.Max.X; x++ {
			all++
			if is(img.RGBAAt(x, y)) {
				n++
			}
		}
	}
	return float64(n) / float64(max(1, all))
}
