// Package ground draws the base map under everything else: the map that the
// product carries in itself, and over it the pictures or vector tiles of another
// one, by a style that is data.
//
// Whatever map is shown, the regions of Hoàng Sa and Trường Sa and the name of
// Biển Đông are drawn from the product's own data; see regions.go.
package ground

import (
	"image"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// Options say how a Painter draws.
type Options struct {
	Style *style.Style
	// Text is the size of ordinary labels in pixels. A style is written for 14:
	// on a map with larger text everything is that much larger, and the map shows
	// what a smaller one of the same ground would.
	Text float64
	// Line is the width of a thin line in pixels, which is 1.25 in a style.
	Line float64
}

// Sizes that styles are written for.
const (
	styleText = 14
	styleLine = 1.25
)

// Map is what one picture shows.
type Map struct {
	View geo.View
	Data tiles.Data
	// Home are the ids of the provinces drawn as the own area; none means that
	// all of Vietnam is.
	Home []string
}

// Painter draws base maps. It owns its buffers and caches and must be used by
// one goroutine at a time; it has a few of its own while it draws.
type Painter struct {
	layers    []style.Layer
	pictures  bool // the style says how pictures are drawn
	textScale float64
	brushes   []*brush

	builtin  builtin
	contents map[*tiles.VectorLayer]*content
	changed  map[changedKey]*changed
	drawn    uint64 // how many pictures were drawn
	sheets   []sheet
	cover    cover
	kept     []byte // the built-in map of the regions
	barred   *barred
	last     shown
}

// New returns a Painter. A style without layers of the built-in map is laid over
// the plain one of the palette.
func New(o Options, plain Palette) *Painter {
	p := &Painter{
		textScale: o.Text / styleText, barred: newBarred(),
		contents: map[*tiles.VectorLayer]*content{}, changed: map[changedKey]*changed{},
	}
	for range min(maxBrushes, runtime.GOMAXPROCS(0)) {
		p.brushes = append(p.brushes, &brush{lineScale: o.Line / styleLine})
	}
	if o.Style == nil || !slices.ContainsFunc(o.Style.Layers, isBuiltin) {
		p.layers = append(p.layers, Plain(plain).Layers...)
	}
	own := len(p.layers) == 0
	if o.Style != nil {
		for _, l := range o.Style.Layers {
			if l.Kind == style.Background && !own {
				// It is the ground of tiles, not of the built-in map.
				l.Kind, l.From = style.Fill, tileLayer
			}
			p.layers = append(p.layers, l)
		}
	}
	p.pictures = slices.ContainsFunc(p.layers, func(l style.Layer) bool { return l.Kind == style.Raster })
	return p
}

func isBuiltin(l style.Layer) bool { return l.Source == style.Builtin }

// zoom is that of the style: on a map with text twice as large, one less.
func (p *Painter) zoom(v geo.View) float64 { return style.Zoom(v.World / p.textScale) }

// Draw draws the map into the canvas, whose window is the part of the view that
// is drawn. Everything in the window is overwritten. Where the canvas still holds
// the last picture and the view has only moved by whole pixels, tiles are moved
// with it and only what comes into view is drawn. It returns the windows it drew.
func (p *Painter) Draw(c *raster.Canvas, m Map) []image.Rectangle {
	p.drawn++
	p.builtin.prepare(p, m.Data, m.Home)
	p.prepare(m)
	fresh := p.last.move(c, m)
	for _, window := range fresh {
		part := c.Part(window)
		p.draw(&part, m)
	}
	p.last.keep(c, m)
	if len(m.Data.Vectors) > 0 {
		p.arrange(m, c.Win)
	}
	p.forget()
	return fresh
}

// prepare makes ready for a picture what is shared by all brushes.
func (p *Painter) prepare(m Map) {
	scope := style.Scope{Zoom: p.zoom(m.View)}
	for _, b := range p.brushes {
		b.scope = scope
	}
}

func (p *Painter) draw(c *raster.Canvas, m Map) {
	tiled := len(m.Data.Rasters)+len(m.Data.Vectors) > 0
	if tiled {
		p.cover.build(m, c.Win, p.textScale)
		p.arrange(m, c.Win)
	}
	pictures := p.arrangePictures(m, c.Win)
	if !tiled || !p.cover.none || !p.hidden(c.Win, pictures) {
		p.drawBuiltin(c, m)
	}
	if !tiled || p.cover.whole {
		return
	}
	p.keep(c)
	p.each(len(pictures), func(b *brush, i int) { b.picture(c, &pictures[i]) })
	p.each(len(p.sheets), func(b *brush, i int) {
		for k := range p.layers {
			if l := &p.layers[k]; l.Source != style.Builtin && l.Shows(b.scope.Zoom) {
				b.layer(c, l, k, &p.sheets[i])
			}
		}
	})
	p.restore(c)
}

func (p *Painter) drawBuiltin(c *raster.Canvas, m Map) {
	b := p.brushes[0]
	own := sheet{content: &p.builtin.content, clip: c.Win, at: affineOf(m.View)}
	for i := range p.layers {
		l := &p.layers[i]
		switch {
		case !l.Shows(b.scope.Zoom):
		case l.Kind == style.Background:
			b.background(c, l)
		case l.Source == style.Builtin:
			b.layer(c, l, i, &own)
		}
	}
}

// each draws n things that do not overlap, with all brushes.
func (p *Painter) each(n int, do func(b *brush, i int)) {
	if n <= 1 || len(p.brushes) == 1 {
		for i := range n {
			do(p.brushes[0], i)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for _, b := range p.brushes[:min(n, len(p.brushes))] {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(b, i)
			}
		})
	}
	all.Wait()
}

// hidden reports whether tiles hide the whole window. No two of them overlap, so
// their areas tell.
func (p *Painter) hidden(win image.Rectangle, pictures []placed) bool {
	left := win.Dx() * win.Dy()
	for i := range pictures {
		if pictures[i].opaque {
			left -= pictures[i].clip.Dx() * pictures[i].clip.Dy()
		}
	}
	for i := range p.sheets {
		if s := &p.sheets[i]; p.grounded(s) {
			left -= s.clip.Dx() * s.clip.Dy()
		}
	}
	return left <= 0
}

// grounded reports whether a tile's whole square is filled.
func (p *Painter) grounded(s *sheet) bool {
	b := p.brushes[0]
	for i := range p.layers {
		l := &p.layers[i]
		if l.Kind != style.Fill || l.From != tileLayer || len(s.content.layers[i]) == 0 || !l.Shows(b.scope.Zoom) {
			continue
		}
		if b.bind(l, &s.content.layers[i][0], s.square) && faded(l.Color.At(&b.scope), l.Opacity.At(&b.scope)).A == 255 {
			return true
		}
	}
	return false
}
