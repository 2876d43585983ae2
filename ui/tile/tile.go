// Package tile draws what stands on the wall: one file per kind of tile. A tile
// is a Fyne widget with an Update method that takes a plain view; it turns the
// view into words and shapes, compares them with what it shows, and repaints
// only what changed. A panic in a tile becomes an error tile and nothing else.
//
// Everything a tile draws is measured in the look of the reference wall (1080p,
// 55 inch, read from 5 m) and converted by a look.Scale, so the same tile is
// right on any panel and in a window on a desk.
package tile

import (
	"fmt"
	"image"
	"image/color"
	"log/slog"
	"runtime/debug"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// Env is what all tiles of a surface share. Only Scale and Density may change
// while tiles live, on the toolkit's goroutine and with a Repaint of each.
type Env struct {
	Kit   *paint.Kit
	Lang  *words.Lang
	Scale look.Scale
	// Density is device pixels per Fyne unit; 0 means 1.
	Density float32
	// Log is told of panics; nil discards.
	Log *slog.Logger
	// Trace, when set, is told of every text painted; tests set it.
	Trace func(paint.Mark)
	// Markers asks for the machine-readable marks of paint.Marker on tiles.
	Markers bool
	// Dense says that tiles are so many that each says only its name and what is
	// wrong.
	Dense bool
	// Shades are the shaders of the tile's window; nil means that pictures come as
	// RGBA only.
	Shades *paint.Pool
	// Plane makes a plane on the tile's window; nil means that there are none.
	Plane func() (Plane, error)
}

func (e *Env) density() float32 {
	if e.Density <= 0 {
		return 1
	}
	return e.Density
}

// px converts a measure of the reference wall into device pixels.
func (e *Env) px(ref float64) int { return e.Scale.Px(ref) }

// Cover is what may lie over a tile of any kind.
type Cover struct {
	// LockedBy names the owner of a lock, empty when there is none.
	LockedBy    string
	LockedUntil time.Time
	// Popup is set while an alert has opened the tile.
	Popup *Popup
	// Moved is the computer that is lost and would show the tile, empty otherwise.
	Moved string
	// Away is how long the server has been away, zero while it is there.
	Away time.Duration
	// AsOf is set while the server has not been there since this program started:
	// all data are as of then, from the computer's own disk.
	AsOf time.Time
}

// Popup is the alert that opened a tile and when it gives the place back.
type Popup struct {
	Severity world.Severity
	Title    string
	Until    time.Time
}

// Tile is a tile of any kind, as a window holds it.
type Tile interface {
	fyne.CanvasObject
	// Kind is the tile's kind as scenes name it.
	Kind() string
	// Name is what the tile is about, for lists and for the keyboard.
	Name() string
	// Repaint paints the tile anew, after its Env's scale has changed.
	Repaint()
}

// Pane is one picture of a tile. It is painted when it is shown, at the size in
// device pixels it is shown in. A panic while painting becomes an error picture.
// What a window shows is its Raster.
type Pane struct {
	*canvas.Raster
	env   *Env
	kind  string
	paint func(c *paint.Canvas)
	bg    color.RGBA

	img   *image.RGBA
	dirty bool
	fault string
}

// NewPane returns a pane that is filled with bg (nothing, when transparent) and
// then painted by draw. The kind names it in the log.
func NewPane(env *Env, kind string, bg color.RGBA, draw func(c *paint.Canvas)) *Pane {
	p := &Pane{env: env, kind: kind, paint: draw, bg: bg, dirty: true}
	p.Raster = canvas.NewRaster(p.generate)
	p.ScaleMode = canvas.ImageScalePixels
	return p
}

// Touch marks the pane for painting; on the toolkit's goroutine.
func (p *Pane) Touch() {
	p.dirty = true
	if p.Visible() {
		canvas.Refresh(p.Raster)
	}
}

func (p *Pane) generate(w, h int) image.Image {
	if !p.dirty && p.img != nil && p.img.Rect.Dx() == w && p.img.Rect.Dy() == h {
		return p.img
	}
	p.img = p.guarded(w, h)
	p.dirty = false
	return p.img
}

func (p *Pane) guarded(w, h int) (img *image.RGBA) {
	defer func() {
		if r := recover(); r != nil {
			img = p.failed(w, h, fmt.Sprint(r))
		}
	}()
	c := paint.New(p.env.Kit, w, h, p.bg)
	c.Trace = p.env.Trace
	p.paint(c)
	p.fault = ""
	return c.Img
}

// failed paints the error tile.
func (p *Pane) failed(w, h int, why string) *image.RGBA {
	if p.env.Log != nil && p.fault != why {
		p.env.Log.Error("tile painting failed", "kind", p.kind, "error", why, "stack", string(debug.Stack()))
	}
	p.fault = why
	e := p.env
	c := paint.New(e.Kit, w, h, e.Kit.Theme.S2)
	pad := e.px(28)
	e.plate(c, pad, pad, w-2*pad, paint.Plate{Kind: paint.PlateOffline, Icon: "offline", Text: e.Lang.T("tile.broken")}, e.Scale.Text)
	if h > e.px(260) {
		c.Text(float64(pad), float64(e.px(120)), float64(e.px(76)), e.Kit.Fonts.Fit(float64(w-2*pad), e.Scale.Text, false, e.Lang.T("tile.broken.next")), e.Scale.Text, false, e.Kit.Theme.T2)
	}
	return c.Img
}

func (e *Env) plate(c *paint.Canvas, x, y, maxW int, p paint.Plate, size float64) image.Rectangle {
	return c.Plate(x, y, p, size, maxW)
}

// Safe calls f and turns a panic into an error, logged with its stack: what
// builds a view must not take the wall down.
func Safe(log *slog.Logger, kind string, f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("tile %s: %v", kind, r)
			if log != nil {
				log.Error("tile update failed", "kind", kind, "error", fmt.Sprint(r), "stack", string(debug.Stack()))
			}
		}
	}()
	f()
	return nil
}
