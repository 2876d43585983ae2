package sheet

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/look"
	"iocwall/geo/draw/outline"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/scene"
)

// InCrop reports whether a shape may show in the part that is drawn.
func (s *Sheet) InCrop(mp geo.MultiPolygon) bool {
	return len(mp) > 0 && s.inCrop(mp.Bound())
}

func (s *Sheet) inCrop(b geo.Bounds) bool {
	return b.Pad(2 * (s.look.Text + 8) / s.view.World * 360).Intersects(s.view.BoundsOf(s.canvas.Win))
}

// addPolygons adds polygons to the shape, holes turned against their outlines.
func (s *Sheet) addPolygons(mp geo.MultiPolygon) {
	for _, polygon := range mp {
		for i, ring := range polygon {
			s.rings = outline.Append(s.rings[:0], ring, s.scale)
			outline.Turned(s.rings, i == 0)
			s.shape.Ring(s.rings)
		}
	}
}

// Fill fills polygons in one colour, which is not premultiplied.
func (s *Sheet) Fill(mp geo.MultiPolygon, col color.RGBA) {
	s.shape.Reset(s.canvas.Win)
	s.addPolygons(mp)
	s.shape.Fill(s.canvas, col)
}

// FillRing fills a ring in pixels of the view.
func (s *Sheet) FillRing(ring []raster.XY, col color.RGBA) {
	s.shape.Reset(s.canvas.Win)
	s.shape.Ring(ring)
	s.shape.Fill(s.canvas, col)
}

// makeShape makes the polygons of the i-th area the shape, in no larger a window
// than they need: what is done in it stays in the processor's caches.
func (s *Sheet) makeShape(i int, a *scene.Area) {
	polygons := s.ringsOf(i, a.Polygons)
	s.shape.Reset(s.window(i))
	for _, polygon := range polygons {
		for _, ring := range polygon {
			s.rings = outline.Place(s.rings[:0], ring, s.scale)
			s.shape.Ring(s.rings)
		}
	}
}

// fills draws the insides of areas. The pixels of an edge that two areas of one
// layer share belong to both by parts, so that what lies beneath does not shine
// through between them.
func (s *Sheet) fills(areas []scene.Area) {
	layer, started := "", false
	for i := range areas {
		a := &areas[i]
		if a.Fence || a.Fill.A == 0 && !a.Hatch || !s.inCrop(s.shapes[i].bounds) {
			continue
		}
		if !started || a.Layer != layer {
			layer, started = a.Layer, true
			n := s.canvas.Win.Dx() * s.canvas.Win.Dy()
			s.under = room(s.under, n*4)
			s.left = room(s.left, n)
			s.left[0] = 255
			for k := 1; k < n; k *= 2 {
				copy(s.left[k:], s.left[:k])
			}
		}
		p := plainPaint(a.Fill)
		if a.Hatch {
			p = s.hatch()
		}
		s.makeShape(i, a)
		s.shape.Sweep(func(y, x0, x1 int, cover uint32) { s.lay(&p, y, x0, x1, cover) })
	}
}

// paint is what an area is filled with: one colour, or diagonals of several.
type paint struct {
	colors [maxHatch]color.RGBA
	period int
	shift  int
}

const maxHatch = 64

func plainPaint(c color.RGBA) paint { return paint{colors: [maxHatch]color.RGBA{c}, period: 1} }

// hatch is how areas without a value are filled: diagonals that stay where they
// are on the ground when the map is panned.
func (s *Sheet) hatch() paint {
	p := paint{period: max(5, min(maxHatch, int(math.Round(s.look.Text*0.46))))}
	p.shift = int(math.Mod(math.Round(s.scale.X)+math.Round(s.scale.Y), float64(p.period)))
	half := max(0.9, s.look.Line*0.8)
	for i := range p.period {
		far := math.Abs(float64(i) - float64(p.period)/2)
		k := max(0, min(1, half+0.5-far))
		p.colors[i] = look.Mixed(s.look.Card, s.look.CardEdge, k)
		p.colors[i].A = 225
	}
	return p
}

// Hatch fills a rectangle of the view like an area without a value.
func (s *Sheet) Hatch(rect image.Rectangle) {
	p := s.hatch()
	for y := rect.Min.Y; y < rect.Max.Y; y++ {
		for x := rect.Min.X; x < rect.Max.X; x++ {
			s.canvas.Rect(image.Rect(x, y, x+1, y+1), p.colors[(x-rect.Min.X+y-rect.Min.Y)%p.period])
		}
	}
}

// lay draws one run of an area with the given coverage of 255.
func (s *Sheet) lay(p *paint, y, x0, x1 int, cover uint32) {
	win := s.canvas.Win
	o := (y-win.Min.Y)*win.Dx() + x0 - win.Min.X
	left := s.left[o : o+x1-x0]
	k := 0
	if p.period > 1 {
		k = ((x0+y+p.shift)%p.period + p.period) % p.period
	}
	if cover == 255 && untouched(left) {
		if p.period == 1 {
			s.canvas.Rect(image.Rect(x0, y, x1, y+1), p.colors[0])
		} else {
			s.canvas.Stripes(y, x0, x1, p.colors[:p.period], k)
		}
		clear(left)
		return
	}
	row, under := s.canvas.Row(y, x0, x1), s.under[o*4:]
	for i := range left {
		before := uint32(left[i])
		part := min(cover, before)
		left[i] -= uint8(part)
		c := p.colors[k]
		if k++; k == p.period {
			k = 0
		}
		if part == 0 {
			continue
		}
		a := int32(part * uint32(c.A) / 255)
		px, un := row[i*4:i*4+4], under[i*4:i*4+4]
		if before == 255 {
			copy(un, px)
		}
		px[0] = toward(px[0], un[0], c.R, a)
		px[1] = toward(px[1], un[1], c.G, a)
		px[2] = toward(px[2], un[2], c.B, a)
		px[3] = 255
	}
}

// toward replaces a of 255 parts of what lies beneath by a colour.
func toward(now, under, to uint8, a int32) uint8 {
	d := (int32(to) - int32(under)) * a
	if d >= 0 {
		d += 127
	} else {
		d -= 127
	}
	return uint8(max(0, min(255, int32(now)+d/255)))
}

// untouched reports whether all of each pixel is left.
func untouched(left []uint8) bool {
	for ; len(left) >= 8; left = left[8:] {
		if binary.LittleEndian.Uint64(left) != math.MaxUint64 {
			return false
		}
	}
	for _, v := range left {
		if v != 255 {
			return false
		}
	}
	return true
}
