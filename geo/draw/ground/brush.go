package ground

import (
	"image"
	"image/color"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
)

// maxBrushes bounds how many tiles are drawn at once.
const maxBrushes = 4

// brush draws one thing at a time; brushes share nothing.
type brush struct {
	lineScale float64
	scope     style.Scope
	sea       color.RGBA // the background
	shape     raster.Shape
	small     raster.Shape // of one small feature
	strokes   raster.Strokes
	points    []raster.XY
	sampler   sampler
}

func (b *brush) background(c *raster.Canvas, l *style.Layer) {
	col := faded(l.Color.At(&b.scope), l.Opacity.At(&b.scope))
	col.A = 255 // nothing lies below it
	c.Rect(c.Win, col)
	b.sea = col
}

// layer draws what a layer takes from a sheet.
func (b *brush) layer(c *raster.Canvas, l *style.Layer, i int, s *sheet) {
	features := s.content.layers[i]
	if len(features) == 0 || s.clip.Empty() {
		return
	}
	switch l.Kind {
	case style.Fill:
		b.fill(c, l, features, s)
	case style.Line:
		b.line(c, l, features, s)
	}
}

// bind puts a feature in the scope and reports whether it is drawn: pictures of
// the sheet's clip need it, and a filter that depends on the zoom holds.
func (b *brush) bind(l *style.Layer, f *feature, window box) bool {
	if !f.bounds.meets(window) {
		return false
	}
	b.scope.Properties, b.scope.Geometry, b.scope.ID = f.properties, f.geometry, f.id
	return !l.Filter.Zooms() || l.Filter.Holds(&b.scope)
}

func (b *brush) fill(c *raster.Canvas, l *style.Layer, features []feature, s *sheet) {
	window := s.at.back(s.clip, 1)
	b.shape.Reset(s.clip)
	many := len(features) > manySmall
	var last color.RGBA
	for i := range features {
		f := &features[i]
		if !b.bind(l, f, window) {
			continue
		}
		col := faded(l.Color.At(&b.scope), l.Opacity.At(&b.scope))
		if l.From == tileLayer && f.properties != nil {
			c.Rect(s.clip, col)
			continue
		}
		if many && b.fillSmall(c, f, s, col) {
			continue
		}
		if col != last {
			b.shape.Fill(c, last)
			last = col
		}
		for _, ring := range f.paths {
			b.ring(&b.shape, ring, s.at)
		}
	}
	b.shape.Fill(c, last)
	if l.Outlined {
		b.outline(c, l, features, s, window)
	}
}

const (
	manySmall = 200 // features of a layer, from which on it pays to draw the small ones alone
	smallSide = 40  // pixels
)

// fillSmall draws a feature alone if it is small, as houses are: looking through
// whole rows for them would take longer.
func (b *brush) fillSmall(c *raster.Canvas, f *feature, s *sheet, col color.RGBA) bool {
	nw, se := s.at.pixel(geo.Pt(f.bounds.x0, f.bounds.y0)), s.at.pixel(geo.Pt(f.bounds.x1, f.bounds.y1))
	if se.X-nw.X > smallSide || se.Y-nw.Y > smallSide {
		return false
	}
	win := image.Rect(int(nw.X)-1, int(nw.Y)-1, int(se.X)+2, int(se.Y)+2).Intersect(s.clip)
	if win.Empty() {
		return true
	}
	b.small.Reset(win)
	for _, ring := range f.paths {
		b.ring(&b.small, ring, s.at)
	}
	b.small.Fill(c, col)
	return true
}

// ring adds a ring, leaving out corners closer than a third of a pixel.
func (b *brush) ring(s *raster.Shape, ring []geo.Point, at affine) {
	points := b.points[:0]
	var prev raster.XY
	for i, q := range ring {
		next := at.pixel(q)
		if dx, dy := next.X-prev.X, next.Y-prev.Y; i > 0 && dx < 0.17 && dx > -0.17 && dy < 0.17 && dy > -0.17 {
			continue
		}
		points = append(points, next)
		prev = next
	}
	s.Ring(points)
	b.points = points
}

// outline draws the edges of fills, one pixel wide, but for those along which a
// tile is cut.
func (b *brush) outline(c *raster.Canvas, l *style.Layer, features []feature, s *sheet, window box) {
	b.strokes.Reset(s.clip)
	var last color.RGBA
	for i := range features {
		f := &features[i]
		if !b.bind(l, f, window) {
			continue
		}
		if col := faded(l.Outline.At(&b.scope), l.Opacity.At(&b.scope)); col != last {
			b.strokes.Fill(c, last)
			last = col
		}
		for _, ring := range f.paths {
			prev := s.at.pixel(ring[0])
			for _, q := range ring[1:] {
				next := s.at.pixel(q)
				if !s.cut(prev, next) {
					b.segment(prev, next, 0.5, s.clip)
				}
				prev = next
			}
		}
	}
	b.strokes.Fill(c, last)
}

func (b *brush) line(c *raster.Canvas, l *style.Layer, features []feature, s *sheet) {
	varies := l.Width.Varies()
	half := l.Width.At(&b.scope) * b.lineScale / 2
	reach := half
	if varies {
		reach = 64 * b.lineScale
	}
	window := s.at.back(s.clip, reach+1)
	b.strokes.Reset(s.clip)
	var last color.RGBA
	for i := range features {
		f := &features[i]
		if !b.bind(l, f, window) {
			continue
		}
		if col := faded(l.Color.At(&b.scope), l.Opacity.At(&b.scope)); col != last {
			b.paintLines(c, l, last)
			last = col
		}
		if varies {
			half = l.Width.At(&b.scope) * b.lineScale / 2
		}
		if half <= 0 {
			continue
		}
		for _, path := range f.paths {
			if l.Dashes != nil {
				b.dashed(path, s, max(half, 0.35), l.Dashes)
			} else {
				b.polyline(path, s, max(half, 0.35), l.Taper)
			}
		}
	}
	b.paintLines(c, l, last)
}

// paintLines draws the collected lines. Schematic lines may leave a coarse coast;
// on land only, they end where the background begins.
func (b *brush) paintLines(c *raster.Canvas, l *style.Layer, col color.RGBA) {
	if l.OnLand {
		b.strokes.FillExcept(c, col, b.sea)
		return
	}
	b.strokes.Fill(c, col)
}

// polyline adds a line that grows from taper times its half width to all of it.
func (b *brush) polyline(path []geo.Point, s *sheet, half, taper float64) {
	prev := s.at.pixel(path[0])
	if len(path) == 1 {
		b.segment(prev, prev, half, s.clip)
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
		b.segment(prev, next, w, s.clip)
		prev = next
	}
}

func (b *brush) segment(p, q raster.XY, half float64, clip image.Rectangle) {
	reach := half + 1
	if max(p.X, q.X)+reach < float64(clip.Min.X) || min(p.X, q.X)-reach > float64(clip.Max.X) ||
		max(p.Y, q.Y)+reach < float64(clip.Min.Y) || min(p.Y, q.Y)-reach > float64(clip.Max.Y) {
		return
	}
	b.strokes.Line(p.X, p.Y, q.X, q.Y, half)
}

// faded returns a colour with its alpha, not premultiplied, times an opacity.
func faded(c color.NRGBA, opacity float64) color.RGBA {
	return color.RGBA{R: c.R, G: c.G, B: c.B, A: uint8(float64(c.A)*min(max(opacity, 0), 1) + 0.5)}
}
