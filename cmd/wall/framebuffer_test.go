//go:build xvfb

package main_test

import (
	"bufio"
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

// glass is what an X server with a row of monitors shows. A virtual one keeps its
// pixels in a file: a look at some of them costs no question to the server, so all
// screens of a wall can be looked at hundreds of times a second. One with a graphics
// card of several outputs (see newCard) is asked for them.
type glass struct {
	tb     testing.TB
	name   string // of the display
	server *program
	card   *card  // nil on a virtual server
	file   []byte // mapped
	pixels []byte
	stride int
	size   image.Point // of all monitors
	one    image.Point // of each
	dots   int         // an inch
}

// newGlass starts a virtual X server with a row of monitors of the same size, named
// M1, M2 and so on from left to right.
func newGlass(tb testing.TB, monitors, width, height int) *glass {
	tb.Helper()
	bin := hasServer(tb, "Xvfb", "xvfb")
	dir := tb.TempDir()
	g := &glass{tb: tb, size: image.Pt(monitors*width, height), one: image.Pt(width, height)}
	g.name, g.server = startX(tb, bin, "-fbdir", dir, "-screen", "0", fmt.Sprintf("%dx%dx24", monitors*width, height))
	g.open(filepath.Join(dir, "Xvfb_screen0"))
	for i := range monitors {
		g.monitor(i)
	}
	return g
}

// hasServer returns the path of a program that is an X server with monitors to be
// arranged, and skips the test where one is missing.
func hasServer(tb testing.TB, program, debian string) string {
	tb.Helper()
	bin, err := exec.LookPath(program)
	if err != nil {
		tb.Skipf("the X server %s is not installed; on Debian: apt-get install %s", program, debian)
	}
	if _, err := exec.LookPath("xrandr"); err != nil {
		tb.Skip("the program xrandr is not installed; on Debian: apt-get install x11-xserver-utils")
	}
	return bin
}

// startX starts an X server on a display number that the server itself finds free,
// and returns the display's name when it answers.
func startX(tb testing.TB, bin string, args ...string) (name string, server *program) {
	tb.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		tb.Fatal(err)
	}
	defer r.Close()
	cmd := exec.Command(bin, append(args, "-displayfd", "3", "-nolisten", "tcp", "-noreset")...)
	cmd.ExtraFiles = []*os.File{w}
	server = start(tb, filepath.Base(bin), cmd)
	w.Close()
	if err := r.SetReadDeadline(time.Now().Add(startGuard)); err != nil {
		tb.Fatal(err)
	}
	// The server writes the end of the line by itself, and ends when nobody reads it.
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		tb.Fatalf("%s does not answer: %v\n%s", server.name, err, server.tail(15))
	}
	return ":" + strings.TrimSpace(number), server
}

// plug puts the cable of the i-th monitor from the left in.
func (g *glass) plug(i int) {
	g.tb.Helper()
	if g.card != nil {
		g.card.plug(i, true)
		return
	}
	g.monitor(i)
	g.tell()
}

// monitor makes a virtual server's i-th monitor; the first takes the server's only
// output away from the monitor that the server has made by itself.
func (g *glass) monitor(i int) {
	g.tb.Helper()
	output, place := "none", fmt.Sprintf("%d/%dx%d/%d+%d+0", g.one.X, g.one.X, g.one.Y, g.one.Y, i*g.one.X)
	if i == 0 {
		output = "screen"
	}
	g.xrandr("--setmonitor", monitorName(i), place, output)
}

// unplug takes the cable of the i-th monitor out.
func (g *glass) unplug(i int) {
	g.tb.Helper()
	if g.card != nil {
		g.card.plug(i, false)
		return
	}
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

// part is some of the pixels: four bytes each, blue, green, red, nothing.
type part struct {
	image.Rectangle
	pix    []byte
	stride int
}

// look returns a part of the picture as it is now; of a virtual server's it may go on
// changing. Where nothing can be read it is empty.
func (g *glass) look(r image.Rectangle) part {
	r = r.Intersect(image.Rectangle{Max: g.size})
	switch {
	case r.Empty():
		return part{}
	case g.card != nil:
		return g.card.look(r)
	}
	return part{Rectangle: r, pix: g.pixels[r.Min.Y*g.stride+4*r.Min.X:], stride: g.stride}
}

// luma is the green of a pixel, which is all of a grey.
func (p part) luma(x, y int) byte { return p.pix[(y-p.Min.Y)*p.stride+4*(x-p.Min.X)+1] }

// copy is a picture of it.
func (p part) copy() *image.RGBA {
	img := image.NewRGBA(p.Rectangle)
	for y := range p.Dy() {
		from, to := p.pix[y*p.stride:], img.Pix[y*img.Stride:]
		for i := 0; i < 4*p.Dx(); i += 4 {
			to[i], to[i+1], to[i+2], to[i+3] = from[i+2], from[i+1], from[i], 0xFF
		}
	}
	return img
}

// grab copies a part of the picture.
func (g *glass) grab(r image.Rectangle) *image.RGBA { return g.look(r).copy() }

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

// markSize is the size of a tile's mark: see paint.Marker.
var markSize = image.Pt(36*paint.MarkerCell, paint.MarkerCell)

// mark reads a tile's mark whose top left corner is at x, y.
func (p part) mark(x, y int) (number uint32, ok bool) {
	const c, half = paint.MarkerCell, paint.MarkerCell / 2
	at := image.Rectangle{Min: image.Pt(x, y), Max: image.Pt(x, y).Add(markSize)}
	// The first cell of a mark is white, the second black: most places end here.
	if !at.In(p.Rectangle) || p.luma(x+half, y+half) < 0xA0 || p.luma(x+c+half, y+half) > 0x60 {
		return 0, false
	}
	own := part{Rectangle: at, pix: p.pix[(y-p.Min.Y)*p.stride+4*(x-p.Min.X):], stride: p.stride}
	return paint.ReadMarker(own.copy(), at.Min)
}

// corner is how far from a screen's corner a tile's mark may begin: tiles keep a
// gap to the edge, unless they go on behind it.
const corner = 8

// first returns the mark nearest to the top left corner of a part of the picture.
func (g *glass) first(r image.Rectangle) (number uint32, at image.Point, ok bool) {
	p := g.look(image.Rectangle{Min: r.Min, Max: r.Min.Add(markSize).Add(image.Pt(corner, corner))})
	for y := r.Min.Y; y < r.Min.Y+corner; y++ {
		for x := r.Min.X; x < r.Min.X+corner; x++ {
			if n, ok := p.mark(x, y); ok {
				return n, image.Pt(x, y), true
			}
		}
	}
	return 0, image.Point{}, false
}
