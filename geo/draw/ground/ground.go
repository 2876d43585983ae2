// Package ground draws the base map under everything else: the map that the
// product carries in itself, and over it the pictures or vector tiles of another
// one, by a style that is data.
//
// Whatever map is shown, the regions of Hoàng Sa and Trường Sa and the name of
// Biển Đông are drawn from the product's own data; see regions.go.
package ground

import (
	"image"
	"image/color"
	"slices"

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
// one goroutine at a time.
type Painter struct {
	layers    []style.Layer
	pictures  bool // the style says how pictures are drawn
	textScale float64
	lineScale float64

	shape   raster.Shape
	strokes raster.Strokes
	points  []raster.XY
	scope   style.Scope
	sea     color.RGBA // the background

	builtin  builtin
	contents map[*tiles.VectorLayer]*content
	drawn    uint64 // how many pictures were drawn
	sheets   []sheet
	cover    cover
	kept     []byte // the built-in map of the regions
	sampler  sampler
	barred   *barred
}

// New returns a Painter. A style without layers of the built-in map is laid over
// the plain one of the palette.
func New(o Options, plain Palette) *Painter {
	p := &Painter{
		textScale: o.Text / styleText, lineScale: o.Line / styleLine,
		contents: map[*tiles.VectorLayer]*content{}, barred: newBarred(),
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
// is drawn. Everything in the window is overwritten.
func (p *Painter) Draw(c *raster.Canvas, m Map) {
	p.drawn++
	p.scope = style.Scope{Zoom: p.zoom(m.View)}
	p.builtin.prepare(p, m.Data, m.Home)
	own := sheet{content: &p.builtin.content, clip: c.Win, at: affineOf(m.View)}
	for i := range p.layers {
		l := &p.layers[i]
		switch {
		case !l.Shows(p.scope.Zoom):
		case l.Kind == style.Background:
			p.background(c, l)
		case l.Source == style.Builtin:
			p.layer(c, l, i, &own)
		}
	}
	if len(m.Data.Rasters)+len(m.Data.Vectors) == 0 {
		return
	}
	p.cover.build(m, c.Win, p.textScale)
	if p.cover.whole {
		return
	}
	p.keep(c)
	p.drawPictures(c, m)
	p.arrange(m, c.Win)
	for i := range p.sheets {
		for k := range p.layers {
			if l := &p.layers[k]; l.Source != style.Builtin && l.Shows(p.scope.Zoom) {
				p.layer(c, l, k, &p.sheets[i])
			}
		}
	}
	p.restore(c)
	p.forget()
}

func (p *Painter) background(c *raster.Canvas, l *style.Layer) {
	col := faded(l.Color.At(&p.scope), l.Opacity.At(&p.scope))
	col.A = 255 // nothing lies below it
	c.Rect(c.Win, col)
	p.sea = col
}

// layer draws what a layer takes from a sheet.
func (p *Painter) layer(c *raster.Canvas, l *style.Layer, i int, s *sheet) {
	features := s.content.layers[i]
	if len(features) == 0 || s.clip.Empty() {
		return
	}
	switch l.Kind {
	case style.Fill:
		p.fill(c, l, features, s)
	case style.Line:
		p.line(c, l, features, s)
	}
}

// bind puts a feature in the scope and reports whether it is drawn: pictures of
// the sheet's clip need it, and a filter that depends on the zoom holds.
func (p *Painter) bind(l *style.Layer, f *feature, window box) bool {
	if !f.bounds.meets(window) {
		return false
	}
	p.scope.Properties, p.scope.Geometry, p.scope.ID = f.properties, f.geometry, f.id
	return !l.Filter.Zooms() || l.Filter.Holds(&p.scope)
}

func (p *Painter) fill(c *raster.Canvas, l *style.Layer, features []feature, s *sheet) {
	window := s.at.back(s.clip, 1)
	p.shape.Reset(s.clip)
	var last color.RGBA
	for i := range features {
		f := &features[i]
		if !p.bind(l, f, window) {
			continue
		}
		if col := faded(l.Color.At(&p.scope), l.Opacity.At(&p.scope)); col != last {
			p.shape.Fill(c, last)
			last = col
		}
		for _, ring := range f.paths {
			p.ring(ring, s.at)
		}
	}
	p.shape.Fill(c, last)
	if l.Outlined {
		p.outline(c, l, features, s, window)
	}
}

// ring adds a ring, leaving out corners closer than a third of a pixel.
func (p *Painter) ring(ring []geo.Point, at affine) {
	points := p.points[:0]
	var prev raster.XY
	for i, q := range ring {
		next := at.pixel(q)
		if dx, dy := next.X-prev.X, next.Y-prev.Y; i > 0 && dx < 0.17 && dx > -0.17 && dy < 0.17 && dy > -0.17 {
			continue
		}
		points = append(points, next)
		prev = next
	}
	p.shape.Ring(points)
	p.points = points
}

// outline draws the edges of fills, one pixel wide, but for those along which a
// tile is cut.
func (p *Painter) outline(c *raster.Canvas, l *style.Layer, features []feature, s *sheet, window box) {
	p.strokes.Reset(s.clip)
	var last color.RGBA
	for i := range features {
		f := &features[i]
		if !p.bind(l, f, window) {
			continue
		}
		if col := faded(l.Outline.At(&p.scope), l.Opacity.At(&p.scope)); col != last {
			p.strokes.Fill(c, last)
			last = col
		}
		for _, ring := range f.paths {
			prev := s.at.pixel(ring[0])
			for _, q := range ring[1:] {
				next := s.at.pixel(q)
				if !s.cut(prev, next) {
					p.segment(prev, next, 0.5, s.clip)
				}
				prev = next
			}
		}
	}
	p.strokes.Fill(c, last)
}

func (p *Painter) line(c *raster.Canvas, l *style.Layer, features []feature, s *sheet) {
	varies := l.Width.Varies()
	half := l.Width.At(&p.scope) * p.lineScale / 2
	reach := half
	if varies {
		reach = 64 * p.lineScale
	}
	window := s.at.back(s.clip, reach+1)
	p.strokes.Reset(s.clip)
	var last color.RGBA
	for i := range features {
		f := &features[i]
		if !p.bind(l, f, window) {
			continue
		}
		if col := faded(l.Color.At(&p.scope), l.Opacity.At(&p.scope)); col != last {
			p.paintLines(c, l, last)
			last = col
		}
		if varies {
			half = l.Width.At(&p.scope) * p.lineScale / 2
		}
		if half <= 0 {
			continue
		}
		for _, path := range f.paths {
			if l.Dashes != nil {
				p.dashed(path, s, max(half, 0.35), l.Dashes)
			} else {
				p.polyline(path, s, max(half, 0.35), l.Taper)
			}
		}
	}
	p.paintLines(c, l, last)
}

// paintLines draws the collected lines. Schematic lines may leave a coarse coast;
// on land only, they end where the background begins.
func (p *Painter) paintLines(c *raster.Canvas, l *style.Layer, col color.RGBA) {
	if l.OnLand {
		p.strokes.FillExcept(c, col, p.sea)
		return
	}
	p.strokes.Fill(c, col)
}

// polyline adds a line that grows from taper times its half width to all of it.
func (p *Painter) polyline(path []geo.Point, s *sheet, half, taper float64) {
	prev := s.at.pixel(path[0])
	if len(path) == 1 {
		p.segment(prev, prev, half, s.clip)
		return
	}
	w := half
	for i, q := range path[1:] {
		next := s.at.pixel(q)
		if dx, dy := next.X-prev.X, next.Y-prev.Y; dx < 0.35 && dx > -0.35 && dy < 0.35 && dy > -0.35 && i+2 < len(path) {
			continue
		}
		if taper < 1 {
			w = max(half*min(1, taper+1.6*(1-taper)*float64(i)/float64(len(path))), 0.35)
		}
		p.segment(prev, next, w, s.clip)
		prev = next
	}
}

func (p *Painter) segment(a, b raster.XY, half float64, clip image.Rectangle) {
	reach := half + 1
	if max(a.X, b.X)+reach < float64(clip.Min.X) || min(a.X, b.X)-reach > float64(clip.Max.X) ||
		max(a.Y, b.Y)+reach < float64(clip.Min.Y) || min(a.Y, b.Y)-reach > float64(clip.Max.Y) {
		return
	}
	p.strokes.Line(a.X, a.Y, b.X, b.Y, half)
}

// faded returns a colour with its alpha, not premultiplied, times an opacity.
func faded(c color.NRGBA, opacity float64) color.RGBA {
	return color.RGBA{R: c.R, G: c.G, B: c.B, A: uint8(float64(c.A)*min(max(opacity, 0), 1) + 0.5)}
}
