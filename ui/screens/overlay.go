package screens

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver"
	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xproto"
)

// Overlay shows moving pictures straight on the toolkit's windows, through memory
// shared with the X server (MIT-SHM). Where the toolkit renders in software,
// each of its repaints fills the whole window through a fragment program; a
// picture on an overlay plane costs one copy of its own pixels and no repaint at all.
//
// Every Plane is a child of the toolkit's window that lets the mouse through. What the
// toolkit draws lies under it, so a plane is for a picture that nothing covers.
type Overlay struct {
	x *X11

	mu     sync.Mutex
	planes map[xproto.Window]*Plane
}

// OpenOverlay opens the overlay of a display, or an error that says why there is
// none: no shared memory with the X server (a display on another computer), or
// pixels in another order than red, green, blue in one 32-bit word. X11.Run must
// run for planes to go on after their first two pictures.
func (x *X11) OpenOverlay() (*Overlay, error) {
	setup := xproto.Setup(x.conn)
	screen := setup.DefaultScreen(x.conn)
	if setup.ImageByteOrder != xproto.ImageOrderLSBFirst || !plain(screen) {
		return nil, errors.New("the display does not keep pixels as 32-bit words of red, green and blue")
	}
	if err := shm.Init(x.conn); err != nil {
		return nil, fmt.Errorf("the display shares no memory: %w", err)
	}
	if err := shape.Init(x.conn); err != nil {
		return nil, fmt.Errorf("the display cannot let the mouse through a window: %w", err)
	}
	g := &Overlay{x: x, planes: map[xproto.Window]*Plane{}}
	// The extension may be there and the memory not, as with a display reached over ssh.
	probe, err := newSegment(x.conn, 4096, true)
	if err != nil {
		return nil, fmt.Errorf("the display shares no memory: %w", err)
	}
	probe.free(x.conn)
	x.mu.Lock()
	x.overlay = g
	x.mu.Unlock()
	return g, nil
}

// plain reports whether the screen's own visual is what planes are written in.
func plain(s *xproto.ScreenInfo) bool {
	for _, d := range s.AllowedDepths {
		for _, v := range d.Visuals {
			if v.VisualId == s.RootVisual {
				return s.RootDepth == 24 && v.RedMask == 0xff0000 && v.GreenMask == 0xff00 && v.BlueMask == 0xff
			}
		}
	}
	return false
}

// Plane is one picture on a window. Its methods do not wait for the X server and
// may be called from any goroutine.
type Plane struct {
	g  *Overlay
	id xproto.Window
	gc xproto.Gcontext

	mu     sync.Mutex
	at     image.Rectangle
	mapped bool
	closed bool
	seg    *segment
	half   int         // bytes of one of the segment's two buffers
	busy   [2]bool     // buffers the X server has not read yet
	next   *image.RGBA // the newest picture, waiting for a buffer
	last   *image.RGBA // what is shown, for when the window is uncovered
}

// NewPlane makes a plane on a window, hidden until its first Show. The ground is
// what is seen for the moment between appearing and the first picture. Call it on the toolkit's goroutine, after
// the window was shown.
func (g *Overlay) NewPlane(w fyne.Window, ground color.RGBA) (*Plane, error) {
	native, ok := w.(driver.NativeWindow)
	if !ok {
		return nil, errors.New("the toolkit's window has no window of the display")
	}
	var parent xproto.Window
	native.RunNative(func(ctx any) {
		if c, ok := ctx.(driver.X11WindowContext); ok {
			parent = xproto.Window(c.WindowHandle)
		}
	})
	if parent == 0 {
		return nil, errors.New("the toolkit's window is not on an X display")
	}
	return g.planeOn(parent, ground)
}

func (g *Overlay) planeOn(parent xproto.Window, ground color.RGBA) (*Plane, error) {
	conn := g.x.conn
	geometry, err := xproto.GetGeometry(conn, xproto.Drawable(parent)).Reply()
	if err != nil {
		return nil, fmt.Errorf("ask for the window's geometry: %w", err)
	}
	if geometry.Depth != 24 {
		return nil, fmt.Errorf("the window has a depth of %d bits, not 24", geometry.Depth)
	}
	id, err := xproto.NewWindowId(conn)
	if err != nil {
		return nil, err
	}
	back := uint32(ground.R)<<16 | uint32(ground.G)<<8 | uint32(ground.B)
	err = xproto.CreateWindowChecked(conn, 0, id, parent, 0, 0, 1, 1, 0, xproto.WindowClassInputOutput, xproto.WindowNone,
		xproto.CwBackPixel|xproto.CwEventMask, []uint32{back, xproto.EventMaskExposure}).Check()
	if err != nil {
		return nil, fmt.Errorf("make a plane on the window: %w", err)
	}
	gc, err := xproto.NewGcontextId(conn)
	if err != nil {
		return nil, err
	}
	xproto.CreateGC(conn, gc, xproto.Drawable(id), 0, nil)
	shape.Rectangles(conn, shape.SoSet, shape.SkInput, xproto.ClipOrderingUnsorted, id, 0, 0, nil)
	p := &Plane{g: g, id: id, gc: gc}
	g.mu.Lock()
	g.planes[id] = p
	g.mu.Unlock()
	return p, nil
}

// Show puts a picture on the plane, at a place in the window in device pixels, its
// top left corner first; the place's size is the part of the picture that is seen. A picture that
// comes while the X server still reads the two before replaces one that waits.
// The picture must not change afterwards.
func (p *Plane) Show(img *image.RGBA, at image.Rectangle) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errors.New("the plane is closed")
	}
	at.Max = at.Min.Add(image.Pt(min(at.Dx(), img.Rect.Dx()), min(at.Dy(), img.Rect.Dy())))
	if at.Empty() {
		return errors.New("the picture has no room")
	}
	if at != p.at {
		p.at = at
		xproto.ConfigureWindow(p.g.x.conn, p.id,
			xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
			[]uint32{uint32(int32(at.Min.X)), uint32(int32(at.Min.Y)), uint32(at.Dx()), uint32(at.Dy())})
	}
	if err := p.room(4 * at.Dx() * at.Dy()); err != nil {
		return err
	}
	p.next = img
	if !p.mapped {
		p.mapped = true
		xproto.MapWindow(p.g.x.conn, p.id)
	}
	p.put()
	return nil
}

// room makes the shared buffers large enough; the caller holds the lock.
func (p *Plane) room(bytes int) error {
	if p.seg != nil && p.half >= bytes {
		return nil
	}
	seg, err := newSegment(p.g.x.conn, 2*bytes, true)
	if err != nil {
		return err
	}
	if p.seg != nil {
		p.seg.free(p.g.x.conn)
	}
	p.seg, p.half, p.busy = seg, bytes, [2]bool{}
	return nil
}

// put writes the waiting picture into a free buffer and hands that to the X
// server; the caller holds the lock.
func (p *Plane) put() {
	if p.next == nil || !p.mapped || p.closed {
		return
	}
	for i := range p.busy {
		if p.busy[i] {
			continue
		}
		img := p.next
		p.next, p.last, p.busy[i] = nil, img, true
		w, h := min(p.at.Dx(), img.Rect.Dx()), min(p.at.Dy(), img.Rect.Dy())
		offset := i * p.half
		swap(p.seg.mem[offset:], img, w, h)
		shm.PutImage(p.g.x.conn, xproto.Drawable(p.id), p.gc, uint16(w), uint16(h), 0, 0, uint16(w), uint16(h), 0, 0,
			24, xproto.ImageFormatZPixmap, 1, p.seg.id, uint32(offset))
		return
	}
}

// read is told that the X server has read a buffer.
func (p *Plane) read(e shm.CompletionEvent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seg == nil || e.Shmseg != p.seg.id {
		return
	}
	if i := int(e.Offset) / p.half; i < len(p.busy) {
		p.busy[i] = false
	}
	p.put()
}

// uncovered is told that a part of the plane has to be shown again.
func (p *Plane) uncovered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next == nil {
		p.next = p.last
	}
	p.put()
}

// Hide takes the plane away: what the toolkit draws is seen. Hiding twice does no
// harm.
func (p *Plane) Hide() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next, p.last = nil, nil
	if p.mapped && !p.closed {
		p.mapped = false
		xproto.UnmapWindow(p.g.x.conn, p.id)
	}
}

// Close removes the plane. Closing twice does no harm.
func (p *Plane) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed, p.next, p.last = true, nil, nil
	p.g.mu.Lock()
	delete(p.g.planes, p.id)
	p.g.mu.Unlock()
	conn := p.g.x.conn
	xproto.FreeGC(conn, p.gc)
	xproto.DestroyWindow(conn, p.id)
	if p.seg != nil {
		p.seg.free(conn)
		p.seg = nil
	}
}

// hear passes an event on to its plane and reports whether it was for the overlay.
func (g *Overlay) hear(ev any) bool {
	var id xproto.Window
	switch e := ev.(type) {
	case shm.CompletionEvent:
		id = xproto.Window(e.Drawable)
	case xproto.ExposeEvent:
		id = e.Window
	default:
		return false
	}
	g.mu.Lock()
	p := g.planes[id]
	g.mu.Unlock()
	if p == nil {
		return true
	}
	if e, ok := ev.(shm.CompletionEvent); ok {
		p.read(e)
	} else {
		p.uncovered()
	}
	return true
}
