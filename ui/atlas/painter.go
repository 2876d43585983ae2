package atlas

import (
	"context"
	"image"
	"sync/atomic"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/ui/tile"
)

// hits tell what was drawn where; *draw.Hits is one.
type hits interface {
	At(x, y int, reach float64) []draw.Found
	In(image.Rectangle) []draw.Found
}

var _ hits = (*draw.Hits)(nil)

// picture is what was drawn, of what view.
type picture struct {
	img  *image.RGBA
	view geo.View
	hits hits
	at   time.Time
}

type job struct {
	frame *draw.Frame
	text  float64 // px of the map's text
	at    time.Time
}

// painter draws pictures on a goroutine of its own; the newest job wins.
type painter struct {
	h       *Host
	jobs    chan job
	done    atomic.Pointer[picture]
	working atomic.Bool
	stop    context.CancelFunc
}

func newPainter(h *Host, env *tile.Env) *painter {
	p := &painter{h: h, jobs: make(chan job, 1)}
	p.stop = h.Start(func(ctx context.Context) { p.run(ctx, env.Lang.Code == "en") })
	return p
}

// give hands over a job in the place of one that nobody began.
func (p *painter) give(j job) {
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

// busy reports whether a picture is on its way.
func (p *painter) busy() bool { return p.working.Load() }

// take returns the newest picture once.
func (p *painter) take() *picture { return p.done.Swap(nil) }

func (p *painter) run(ctx context.Context, english bool) {
	style, words := draw.Dark(), draw.Vietnamese()
	if p.h.Kit.Theme.Name == "light" {
		style = draw.Light()
	}
	if english {
		words = draw.English()
	}
	r, err := draw.New(draw.Options{
		Base: p.h.Base, Style: style, Sizes: draw.Desk(), Words: words, Regular: assets.Regular(), Bold: assets.Bold(),
	})
	if err != nil {
		p.h.Log.Error("map not drawn", "error", err)
		return
	}
	text := draw.Desk().Text
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-p.jobs:
			if j.text != text {
				text = j.text
				r.SetSizes(deskSizes(text))
			}
			err := tile.Safe(p.h.Log, "atlas", func() { p.draw(r, j) })
			p.working.Store(len(p.jobs) > 0)
			p.h.Poke()
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

func (p *painter) draw(r *draw.Renderer, j job) {
	size := j.frame.View.Visible().Size()
	img := image.NewRGBA(image.Rect(0, 0, size.X, size.Y))
	st, err := r.Draw(img, j.frame)
	if err != nil {
		p.h.Log.Error("map not drawn", "error", err)
		return
	}
	p.done.Store(&picture{img: img, view: j.frame.View, hits: st.Hits, at: j.at})
}
