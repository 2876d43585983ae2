//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/ui/paint"
)

// glass is what a virtual X server shows, read from the file that the server keeps
// its pixels in: a look at some pixels costs no question to the server, so all
// screens of a wall can be looked at hundreds of times a second.
type glass struct {
	tb     testing.TB
	name   string // of the display
	server *program
	file   []byte // mapped
	pixels []byte
	stride int
	size   image.Point
	dots   int // an inch
}

// newGlass starts a virtual X server with a row of monitors of the same size, named
// M1, M2 and so on from left to right.
func newGlass(tb testing.TB, monitors, width, height int) *glass {
	tb.Helper()
	bin, err := exec.LookPath("Xvfb")
	if err != nil {
		tb.Skip("the virtual X server Xvfb is not installed; on Debian: apt-get install xvfb")
	}
	if _, err := exec.LookPath("xrandr"); err != nil {
		tb.Skip("the program xrandr is not installed; on Debian: apt-get install x11-xserver-utils")
	}
	r, w, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	dir := tb.TempDir()
	cmd := exec.Command(bin, "-displayfd", "3", "-fbdir", dir, "-screen", "0", fmt.Sprintf("%dx%dx24", monitors*width, height), "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{w}
	g := &glass{tb: tb, size: image.Pt(monitors*width, height), server: start(tb, "Xvfb", cmd)}
	w.Close()
	if err := r.SetReadDeadline(time.Now().Add(startGuard)); err != nil {
		tb.Fatal(err)
	}
	number := make([]byte, 16)
	n, err := r.Read(number)
	if err != nil {
		tb.Fatalf("Xvfb does not answer: %v\n%s", err, g.server.tail(5))
	}
	g.name = ":" + strings.TrimSpace(string(number[:n]))
	g.open(filepath.Join(dir, "Xvfb_screen0"))
	for i := range monitors {
		g.plug(i, width, height)
	}
	return g
}

// plug makes a monitor, the i-th from the left; the first takes the server's only
// output away from the monitor that the server has made by itself.
func (g *glass) plug(i, width, height int) {
	g.tb.Helper()
	output := "none"
	if i == 0 {
		output = "screen"
	}
	g.xrandr("--setmonitor", monitorName(i), fmt.Sprintf("%d/%dx%d/%d+%d+0", width, width, height, height, i*width), output)
}

// unplug takes the i-th monitor away.
func (g *glass) unplug(i int) {
	g.tb.Helper()
	g.xrandr("--delmonitor", monitorName(i))
	g.tell()
}

// tell has the X server tell of a change as it does of a cable. Monitors made by hand
// it tells of in another way; a size in millimetres is no monitor's.
func (g *glass) tell() {
	g.dots = 96 + (g.dots+1)%2
	g.xrandr("--dpi", strconv.Itoa(g.dots))
}

func monitorName(i int) string { return "M" + strconv.Itoa(i+1) }

func (g *glass) xrandr(args ...string) {
	g.tb.Helper()
	cmd := exec.Command("xrandr", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+g.name)
	if out, err := cmd.CombinedOutput(); err != nil {
		g.tb.Fatalf("xrandr %v: %v: %s", args, err, out)
	}
}

// open maps the server's file: an X window dump, all numbers of its head with the
// most significant byte first (see XWDFile.h), whose pixels lie behind the head and
// the table of colours.
func (g *glass) open(path string) {
	g.tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		g.tb.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		g.tb.Fatal(err)
	}
	if g.file, err = syscall.Mmap(int(f.Fd()), 0, int(st.Size()), syscall.PROT_READ, syscall.MAP_SHARED); err != nil {
		g.tb.Fatal(err)
	}
	g.tb.Cleanup(func() { _ = syscall.Munmap(g.file) })
	field := func(i int) int {
		b := g.file[4*i:]
		return int(b[0])<<24 | int(b[1])<<16 | int(b[2])<<8 | int(b[3])
	}
	const colourBytes = 12
	if bits, order := field(11), field(7); bits != 32 || order != 0 {
		g.tb.Fatalf("the X server keeps pixels of %d bits in byte order %d, not 32 bits with blue first", bits, order)
	}
	g.stride = field(12)
	g.pixels = g.file[field(0)+colourBytes*field(19):]
}

// luma is the green of a pixel, which is all of a grey.
func (g *glass) luma(x, y int) byte { return g.pixels[y*g.stride+4*x+1] }

// grab copies a part of the picture.
func (g *glass) grab(r image.Rectangle) *image.RGBA {
	r = r.Intersect(image.Rectangle{Max: g.size})
	img := image.NewRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		from, to := g.pixels[y*g.stride+4*r.Min.X:], img.Pix[img.PixOffset(r.Min.X, y):]
		for i := 0; i < 4*r.Dx(); i += 4 {
			to[i], to[i+1], to[i+2], to[i+3] = from[i+2], from[i+1], from[i], 0xFF
		}
	}
	return img
}

// savePNG writes a picture to a file.
func savePNG(tb testing.TB, path string, img image.Image) {
	tb.Helper()
	f, err := os.Create(path)
	if err == nil {
		defer f.Close()
		err = png.Encode(f, img)
	}
	if err != nil {
		tb.Error(err)
	}
}

// mark reads a tile's mark whose top left corner is at x, y: see paint.Marker.
func (g *glass) mark(x, y int) (number uint32, ok bool) {
	const c, half = paint.MarkerCell, paint.MarkerCell / 2
	// The first cell of a mark is white, the second black: most places end here.
	if x+36*c > g.size.X || y+c > g.size.Y || g.luma(x+half, y+half) < 0xA0 || g.luma(x+c+half, y+half) > 0x60 {
		return 0, false
	}
	return paint.ReadMarker(g.grab(image.Rect(x, y, x+36*c, y+c)), image.Pt(x, y))
}

// corner is how far from a screen's corner a tile's mark may begin: tiles keep a
// gap to the edge, unless they go on behind it.
const corner = 8

// first returns the mark nearest to the top left corner of a part of the picture.
func (g *glass) first(r image.Rectangle) (number uint32, at image.Point, ok bool) {
	for y := r.Min.Y; y < r.Min.Y+corner; y++ {
		for x := r.Min.X; x < r.Min.X+corner; x++ {
			if n, ok := g.mark(x, y); ok {
				return n, image.Pt(x, y), true
			}
		}
	}
	return 0, image.Point{}, false
}
