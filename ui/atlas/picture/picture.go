// Package picture draws the pictures of a map in hand beside the toolkit, the
// newest wish first, and moves the one on the screen until the true one is there.
package picture

import (
	"context"
	"image"
	"log/slog"
	"sync/atomic"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
	"iocwall/ui/tile"
)

// Hits tell what was drawn where; *draw.Hits is one.
type Hits interface {
	// At returns what is within reach of a pixel, the nearest first.
	At(x, y int, reach float64) []draw.Found
	// In returns what is in a box.
	In(image.Rectangle) []draw.Found
}

var _ Hits = (*draw.Hits)(nil)

// Picture is what was drawn, of what view. Nobody changes it.
type Picture struct {
	Img  *image.RGBA
	View geo.View
	Hits Hits
	// At is when it was asked for.
	At time.Time
}

// Job is a picture that is wished for.
type Job struct {
	// Frame belongs to the painter once it was given.
	Frame *draw.Frame
	Text  float64 // px of the map's text
	At    time.Time
}

// Options configure a painter. All but Ground are required.
type Options struct {
	Base tiles.Source
	// Light draws in the light style, English with English words.
	Light, English bool
	// Ground is the style of the base map, nil for the theme's own.
	Ground *style.Style
	Log    *slog.Logger
	// Start runs a function beside the client until the returned function is
	// called or the client ends, which waits for it.
	Start func(func(ctx context.Context)) context.CancelFunc
	// Done is told of each picture that is there, from another goroutine.
	Done func()
}

// Painter draws pictures on a goroutine of its own; the newest job wins. Its
// methods may be called from one goroutine.
type Painter struct {
	o       Options
	jobs    chan Job
	done    atomic.Pointer[Picture]
	working atomic.Bool
	stop    context.CancelFunc
}

// New returns a painter at work.
func New(o Options) *Painter {
	p := &Painter{o: o, jobs: make(chan Job, 1)}
	p.stop = o.Start(p.run)
	return p
}

// Stop ends it.
func (p *Painter) Stop() { p.stop() }

// Give hands over a job in the place of one that nobody began.
func (p *Painter) Give(j Job) {
	p.working.Store(true)
	for {
		select {
		case p.jobs <- j:
			return
		default:
		}
		select {
		case <-p.jobs:
		default:
		}
	}
}

// Busy reports whether a picture is on its way.
func (p *Painter) Busy() bool { return p.working.Load() }

// Take returns the newest picture once, nil when there is no new one.
func (p *Painter) Take() *Picture { return p.done.Swap(nil) }

func (p *Painter) run(ctx context.Context) {
	look, words := draw.Dark(), draw.Vietnamese()
	if p.o.Light {
		look = draw.Light()
	}
	if p.o.English {
		words = draw.English()
	}
	r, err := draw.New(draw.Options{
		Base: p.o.Base, Style: look, Ground: p.o.Ground, Sizes: draw.Desk(), Words: words, Regular: assets.Regular(), Bold: assets.Bold(),
	})
	if err != nil {
		p.o.Log.Error("map not drawn", "error", err)
		return
	}
	text := draw.Desk().Text
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-p.jobs:
			if j.Text != text {
				text = j.Text
				r.SetSizes(deskSizes(text))
			}
			err := tile.Safe(p.o.Log, "atlas", func() { p.draw(r, j) })
			p.working.Store(len(p.jobs) > 0)
			p.o.Done()
			if err != nil {
				return // the strip says when the picture stopped
			}
		}
	}
}

// deskSizes are draw.Desk's on a screen of another density.
func deskSizes(text float64) draw.Sizes {
	d := draw.Desk()
	k := text / d.Text
	return draw.Sizes{Text: text, Symbol: d.Symbol * k, Line: d.Line * k}
}

func (p *Painter) draw(r *draw.Renderer, j Job) {
	size := j.Frame.View.Visible().Size()
	img := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	st, err := r.Draw(img, j.Frame)
	if err != nil {
		p.o.Log.Error("map not drawn", "error", err)
		return
	}
	p.done.Store(&Picture{Img: img, View: j.Frame.View, Hits: st.Hits, At: j.At})
}
