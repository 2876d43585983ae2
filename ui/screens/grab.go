package screens

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
)

// Grabber reads back what is seen on a display, whoever drew it: all windows and
// planes. It has a connection of its own, so nothing that draws waits for it, and
// its methods may be called from any goroutine.
type Grabber struct {
	mu     sync.Mutex
	conn   *xgb.Conn
	root   xproto.Window
	shared bool
	seg    *segment
}

// OpenGrabber connects to a display; an empty name means $DISPLAY. Pixels come
// through memory shared with the X server where there is any, see Shared, and over
// the connection otherwise, which costs several times as much.
func OpenGrabber(display string) (*Grabber, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("connect to display %q: %w; start an X server or set DISPLAY", display, err)
	}
	setup := xproto.Setup(conn)
	screen := setup.DefaultScreen(conn)
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst || !plain(screen) {
		conn.Close()
		return nil, errors.New("the display does not keep pixels as 32-bit words of red, green and blue, so they are not read back")
	}
	g := &Grabber{conn: conn, root: screen.Root}
	if shm.Init(conn) == nil {
		if g.seg, err = newSegment(conn, 4096, false); err == nil {
			g.shared = true
		}
	}
	return g, nil
}

// Shared reports whether pixels come through shared memory.
func (g *Grabber) Shared() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shared
}

// Close ends the connection.
func (g *Grabber) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seg != nil {
		g.seg.free(g.conn)
		g.seg = nil
	}
	g.shared = false
	g.conn.Close()
}

// Grab reads a part of the display, in its pixels. A width above zero and below
// that of the part scales the picture down to it. It waits for the X server; the
// picture is the caller's.
func (g *Grabber) Grab(r image.Rectangle, width int) (*image.RGBA, error) {
	if r.Empty() {
		return nil, errors.New("read the display: the part is empty")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	pix, err := g.read(r)
	if err != nil {
		return nil, fmt.Errorf("read %v of the display: %w", r, err)
	}
	w, h := r.Dx(), r.Dy()
	if len(pix) < 4*w*h {
		return nil, fmt.Errorf("read %v of the display: %d bytes came instead of %d", r, len(pix), 4*w*h)
	}
	if width <= 0 || width >= w {
		return unswap(pix, w, h), nil
	}
	return shrink(pix, w, h, width, max(1, h*width/w)), nil
}

// read returns the pixels as the display keeps them, good until the next read; the
// caller holds the lock.
func (g *Grabber) read(r image.Rectangle) ([]byte, error) {
	x, y, w, h := int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy())
	const all = ^uint32(0)
	if !g.shared {
		got, err := xproto.GetImage(g.conn, xproto.ImageFormatZPixmap, xproto.Drawable(g.root), x, y, w, h, all).Reply()
		if err != nil {
			return nil, err
		}
		return got.Data, nil
	}
	if need := 4 * r.Dx() * r.Dy(); len(g.seg.mem) < need {
		seg, err := newSegment(g.conn, need, false)
		if err != nil {
			return nil, err
		}
		g.seg.free(g.conn)
		g.seg = seg
	}
	got, err := shm.GetImage(g.conn, xproto.Drawable(g.root), x, y, w, h, all, xproto.ImageFormatZPixmap, g.seg.id, 0).Reply()
	if err != nil {
		return nil, err
	}
	return g.seg.mem[:min(int(got.Size), len(g.seg.mem))], nil
}

// unswap makes an image of pixels as the display keeps them: blue first, the
// fourth byte unused.
func unswap(pix []byte, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < 4*w*h; i += 4 {
		v := binary.LittleEndian.Uint32(pix[i:])
		binary.LittleEndian.PutUint32(img.Pix[i:], v&0xff00|v&0xff<<16|v>>16&0xff|0xff000000)
	}
	return img
}

// shrink makes a smaller image of pixels as the display keeps them: each of its
// pixels is the mean of those it stands for, or of sixteen spread over them.
func shrink(pix []byte, w, h, outW, outH int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, outW, outH))
	if w < 2*outW { // two neighbours are not both of the same
		outward(img, pix, w, h)
		return img
	}
	lefts, rights := make([]int, outW), make([]int, outW) // bytes into a row where two pixels begin
	for x := range outW {
		from, to := x*w/outW, (x+1)*w/outW
		lefts[x], rights[x] = 4*from, 4*max(from, to-2)
	}
	const lanes = 0x00ff00ff00ff00ff
	for y := range outH {
		rows := rowsOf(pix, w, y*h/outH, (y+1)*h/outH)
		n := uint64(4 * len(rows))
		out := img.Pix[y*img.Stride:][:4*outW]
		for x := range lefts {
			var rb, g uint64 // sums of blue and red, and of green and nothing, of two columns
			for _, row := range rows {
				a, b := binary.LittleEndian.Uint64(row[lefts[x]:]), binary.LittleEndian.Uint64(row[rights[x]:])
				rb += a&lanes + b&lanes
				g += a>>8&lanes + b>>8&lanes
			}
			at := out[4*x:][:4:4]
			at[0] = uint8((rb>>16&0xffff + rb>>48) / n)
			at[1] = uint8((g&0xffff + g>>32&0xffff) / n)
			at[2] = uint8((rb&0xffff + rb>>32&0xffff) / n)
			at[3] = 0xff
		}
	}
	return img
}

// rowsOf returns the rows from to to, four spread over them if there are more.
func rowsOf(pix []byte, w, from, to int) [][]byte {
	count := max(to-from, 1)
	rows := make([][]byte, min(count, 4))
	for i := range rows {
		rows[i] = pix[4*w*(from+i*count/len(rows)):][:4*w]
	}
	return rows
}

// outward takes for each pixel the one that lies there.
func outward(img *image.RGBA, pix []byte, w, h int) {
	size := img.Rect.Size()
	for y := range size.Y {
		row := pix[4*w*(y*h/size.Y):]
		for x := range size.X {
			v := binary.LittleEndian.Uint32(row[4*(x*w/size.X):])
			binary.LittleEndian.PutUint32(img.Pix[img.PixOffset(x, y):], v&0xff00|v&0xff<<16|v>>16&0xff|0xff000000)
		}
	}
}
