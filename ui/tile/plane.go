package tile

import (
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/ui/paint"
)

// Plane shows pictures straight on the window, above what the toolkit draws and
// without a repaint of it. The screens' overlay has them; without one pictures
// are drawn by the toolkit.
type Plane interface {
	// Show puts a picture at a place in the window, in device pixels. The picture
	// must not change afterwards.
	Show(img *image.RGBA, at image.Rectangle) error
	// Hide takes the plane away until the next Show.
	Hide()
	// Close gives the plane back.
	Close()
}

// plane is a picture's own plane, if it has one. It is lit while the picture is
// on the plane, and dark while the toolkit draws the picture.
type plane struct {
	on     Plane
	failed bool // there is none to be had
	veiled bool // the tile is not to be seen yet
	lit    bool
	origin image.Point // the tile's corner in the window, device pixels
	asked  time.Time   // when the origin was asked for
	// below says that something modal lies over the window. What the toolkit draws
	// then repaints all of it, so pictures come at intervals: owed is one that was
	// not drawn yet, drawn when the last one was.
	below, owed bool
	drawn       time.Time
}

// belowGap is the time between two pictures under a menu, a dialogue or the search:
// all of them come at the same instants, so that they share a repaint.
const belowGap = time.Second

// originFor is how long a tile's place in its window is believed.
const originFor = 250 * time.Millisecond

// light shows an image on the plane, at a place in the tile, and reports whether
// it did: not when the window has no planes or shows a menu or a dialogue.
func (p *plane) light(env *Env, tile fyne.CanvasObject, img *image.RGBA, at image.Rectangle) bool {
	if env.Plane == nil || p.failed || p.veiled || fyne.CurrentApp() == nil {
		return false
	}
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(tile)
	p.below = c != nil && c.Overlays().Top() != nil
	if c == nil || p.below || !tile.Visible() {
		p.darken()
		return false
	}
	if p.on == nil {
		var err error
		if p.on, err = env.Plane(); err != nil {
			p.failed = true
			if env.Log != nil {
				env.Log.Warn("pictures are drawn by the toolkit", "error", err)
			}
			return false
		}
	}
	if now := time.Now(); now.Sub(p.asked) > originFor {
		pos, d := driver.AbsolutePositionForObject(tile), env.density()
		p.origin, p.asked = image.Pt(int(pos.X*d+0.5), int(pos.Y*d+0.5)), now
	}
	if err := p.on.Show(img, at.Add(p.origin)); err != nil {
		p.darken()
		return false
	}
	p.lit = true
	return true
}

// darken gives the place back to the toolkit.
func (p *plane) darken() {
	p.asked = time.Time{}
	if p.lit {
		p.on.Hide()
		p.lit = false
	}
}

// conceal gives the place back at once, before the next picture: the tile moves
// or is hidden. What lay under the plane is shown again with the tile.
func (p *plane) conceal(b *box, raster *canvas.Raster) {
	was := p.lit
	p.darken()
	if was {
		(&boxRenderer{b}).Layout(b.Size()) // shows what lay under the plane
		canvas.Refresh(raster)             // what the toolkit drew last is older than the plane's
	}
}

// veil keeps the plane dark, or lets the next picture light it.
func (p *plane) veil(b *box, raster *canvas.Raster, on bool) {
	p.veiled = on
	if on {
		p.conceal(b, raster)
	}
}

// release gives the plane back.
func (p *plane) release() {
	if p.on != nil {
		p.on.Close()
	}
	p.on, p.lit = nil, false
}

// covered tells what a tile paints over a picture's place, if anything.
func covered(env *Env, at image.Rectangle, over []image.Rectangle) bool {
	if env.Markers && at.Min.In(paint.Marker(0).Rect) {
		return true
	}
	for _, r := range over {
		if r.Overlaps(at) {
			return true
		}
	}
	return false
}

// display brings a tile's picture to the screen: an image that nothing is painted
// over goes on the plane; without one the toolkit draws the raster, and is told
// when it has changed.
func (p *plane) display(b *box, tile fyne.CanvasObject, raster *canvas.Raster, img *image.RGBA, at image.Rectangle, changed bool) {
	was := p.lit
	p.below = false
	if img != nil && p.light(b.env, tile, img, at) {
		p.owed = false
		if !was {
			raster.Hide() // nothing to see of it, and it would cost a fill
		}
		return
	}
	p.conceal(b, raster)
	now := time.Now()
	p.owed = (p.owed || changed) && !was // concealing drew it
	switch {
	case was:
		p.drawn = now
	case p.owed && (!p.below || now.Truncate(belowGap).After(p.drawn)):
		p.owed, p.drawn = false, now
		canvas.Refresh(raster)
	}
}

func (t *Camera) display(changed bool) {
	var img *image.RGBA
	if t.clear() {
		img = t.window()
	}
	t.plane.display(&t.box, t, t.picture, img, t.shown, changed)
}

// window is the picture as a plane shows it: as pixels makes it, but not copied
// where a part of it will do.
func (t *Camera) window() *image.RGBA {
	w, h := t.shown.Dx(), t.shown.Dy()
	if t.env.Plane != nil && !t.plane.failed {
		if img, ok := paint.Window(t.img, w, h); ok {
			return img
		}
	}
	img, _ := t.pixels(w, h).(*image.RGBA)
	return img
}

// clear reports whether the picture is live and nothing is painted over it.
func (t *Camera) clear() bool {
	return t.img != nil && !t.face.Grey && !t.face.NoPicture && !t.shown.Empty() && !covered(t.env, t.shown, t.over)
}

func (t *Map) display(changed bool) {
	var img *image.RGBA
	if t.clear() {
		img, _ = t.pixels(t.shown.Dx(), t.shown.Dy()).(*image.RGBA)
	}
	t.plane.display(&t.box, t, t.picture, img, t.shown, changed)
}

// clear reports whether there is a map and nothing is painted over it.
func (t *Map) clear() bool {
	return t.img != nil && !t.shown.Empty() && !covered(t.env, t.shown, t.over)
}

// Veil keeps the picture off its plane, for a tile that runs before it is seen.
func (t *Camera) Veil(on bool) { t.plane.veil(&t.box, t.picture, on) }

// OnPlane reports whether the picture is on a plane: a new one costs no repaint.
func (t *Camera) OnPlane() bool { return t.plane.lit }

// Conceal takes the picture off its plane, for a tile that is being hidden or
// moved.
func (t *Camera) Conceal() { t.plane.conceal(&t.box, t.picture) }

// Release gives back what the tile holds of the display. The tile may go on.
func (t *Camera) Release() {
	t.plane.release()
	if t.shade != nil {
		t.shade.Close()
		t.shade, t.yuv, t.shader.Objects = nil, nil, nil
	}
}

// Veil keeps the map off its plane, for a tile that runs before it is seen.
func (t *Map) Veil(on bool) { t.plane.veil(&t.box, t.picture, on) }

// Conceal takes the map off its plane, for a tile that is being hidden or moved.
func (t *Map) Conceal() { t.plane.conceal(&t.box, t.picture) }

// Release gives back what the tile holds of the display. The tile may go on.
func (t *Map) Release() { t.plane.release() }
