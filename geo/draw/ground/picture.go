package ground

import (
	"encoding/binary"
	"image"

	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// drawPictures draws the raster tiles once for every raster layer, or as they
// are if the style has none.
func (p *Painter) drawPictures(c *raster.Canvas, m Map) {
	if len(m.Data.Rasters) == 0 {
		return
	}
	draw := func(ch change) {
		for i := range m.Data.Rasters {
			p.picture(c, m, &m.Data.Rasters[i], ch)
		}
	}
	if !p.pictures {
		draw(change{keep: one, opacity: 256})
		return
	}
	for i := range p.layers {
		if l := &p.layers[i]; l.Kind == style.Raster && l.Shows(p.scope.Zoom) {
			if ch := changeOf(l, &p.scope); ch.opacity > 0 {
				draw(ch)
			}
		}
	}
}

// one is 1 in the fixed point of a change.
const one = 1 << 16

// change is what a style does to the colours of a picture: each channel becomes
// itself times keep, plus the pixel's average times grey, plus add.
type change struct {
	keep, grey, add int
	opacity         uint32 // of 256
}

// changeOf follows raster.fragment.glsl of maplibre-gl-js: saturation, then
// contrast, then brightness, which together are linear.
func changeOf(l *style.Layer, s *style.Scope) change {
	unit := func(n style.Number, lo float64) float64 { return min(max(n.At(s), lo), 1) }
	saturation, contrast := unit(l.Picture.Saturation, -1), unit(l.Picture.Contrast, -1)
	grey, steep := -saturation, 1+contrast
	if saturation > 0 {
		grey = 1 - 1/(1.001-saturation)
	}
	if contrast > 0 {
		steep = 1 / (1.001 - contrast)
	}
	low, high := unit(l.Picture.BrightnessMin, 0), unit(l.Picture.BrightnessMax, 0)
	span := high - low
	return change{
		keep:    int((1 - grey) * steep * span * one),
		grey:    int(grey * steep * span * one),
		add:     int((low + span*0.5*(1-steep)) * one),
		opacity: uint32(unit(l.Opacity, 0)*256 + 0.5),
	}
}

// sampler holds the rows of the picture being scaled.
type sampler struct {
	columns  []column
	top, low []uint32 // two rows of the tile, scaled across
	out      []uint32
}

// column is where a pixel lies in a row of the tile: between the pixels at two
// offsets, part of 256 of the way.
type column struct {
	a, b int32
	part uint32
}

// picture draws one tile, scaled linearly between its pixels. Tiles that share an
// edge share its pixels without gap or overlap, and nothing is mixed with what
// lies below, so that no seam shows.
func (p *Painter) picture(c *raster.Canvas, m Map, t *tiles.Raster, ch change) {
	_, dst := square(m.View, t.Z, t.X, t.Y)
	win := dst.Intersect(c.Win)
	if t.Img == nil {
		return
	}
	part := t.Part.Intersect(t.Img.Rect)
	if win.Empty() || part.Empty() {
		return
	}
	img := t.Img
	if n := shrink(part, dst); n > 1 {
		img, part = smaller(t.Img, part, n)
	}
	s := &p.sampler
	s.prepare(img, part, dst, win)
	scale := float64(part.Dy()) / float64(dst.Dy())
	last := image.Pt(-1, -1)
	for y := win.Min.Y; y < win.Max.Y; y++ {
		at := float64(part.Min.Y) + (float64(y-dst.Min.Y)+0.5)*scale - 0.5
		y0, weight := split(at, img.Rect.Min.Y, img.Rect.Max.Y-1)
		y1 := min(y0+1, img.Rect.Max.Y-1)
		if y0 == last.Y && last != image.Pt(y0, y1) {
			s.top, s.low = s.low, s.top
			s.across(s.low, img, y1)
		} else if last != image.Pt(y0, y1) {
			s.across(s.top, img, y0)
			s.across(s.low, img, y1)
		}
		last = image.Pt(y0, y1)
		out := s.top
		if weight > 0 {
			out = s.out
			for i, v := range s.top {
				out[i] = mix(v, s.low[i], weight)
			}
		}
		ch.write(c.Row(y, win.Min.X, win.Max.X), out)
	}
}

// split returns the pixel at or before a position, kept within bounds, and how far
// of 256 the position is on the way to the next.
func split(at float64, lo, hi int) (int, uint32) {
	if at <= float64(lo) {
		return lo, 0
	}
	if at >= float64(hi) {
		return hi, 0
	}
	i := int(at)
	if at < 0 {
		i-- // towards minus infinity
	}
	return i, uint32((at - float64(i)) * 256)
}

func (s *sampler) prepare(img *image.RGBA, part, dst, win image.Rectangle) {
	n := win.Dx()
	if cap(s.columns) < n {
		s.columns, s.top, s.low, s.out = make([]column, n), make([]uint32, n), make([]uint32, n), make([]uint32, n)
	}
	s.columns, s.top, s.low, s.out = s.columns[:n], s.top[:n], s.low[:n], s.out[:n]
	scale := float64(part.Dx()) / float64(dst.Dx())
	for i := range s.columns {
		at := float64(part.Min.X) + (float64(win.Min.X+i-dst.Min.X)+0.5)*scale - 0.5
		x, weight := split(at, img.Rect.Min.X, img.Rect.Max.X-1)
		next := min(x+1, img.Rect.Max.X-1)
		s.columns[i] = column{int32(x-img.Rect.Min.X) * 4, int32(next-img.Rect.Min.X) * 4, weight}
	}
}

// across scales one row of the tile to the columns.
func (s *sampler) across(row []uint32, img *image.RGBA, y int) {
	o := img.PixOffset(img.Rect.Min.X, y)
	pix := img.Pix[o : o+4*img.Rect.Dx()]
	for i := range row {
		col := &s.columns[i]
		v := binary.LittleEndian.Uint32(pix[col.a:])
		if col.part > 0 {
			v = mix(v, binary.LittleEndian.Uint32(pix[col.b:]), col.part)
		}
		row[i] = v
	}
}

// mix goes from a to b by part of 256 in all four channels.
func mix(a, b, part uint32) uint32 {
	if a == b {
		return a
	}
	const odd = 0x00FF00FF
	rest := 256 - part
	return ((a&odd*rest+b&odd*part)>>8)&odd | (a>>8&odd*rest+b>>8&odd*part)&^uint32(odd)
}

// write lays a row of pixels over the picture.
func (ch *change) write(dst []byte, row []uint32) {
	plain := ch.keep == one && ch.grey == 0 && ch.add == 0
	for i, v := range row {
		if !plain {
			v = ch.of(v)
		}
		alpha := v >> 24
		if alpha == 255 && ch.opacity == 256 {
			binary.LittleEndian.PutUint32(dst[4*i:], v)
			continue
		}
		if alpha == 0 {
			continue
		}
		p := dst[4*i : 4*i+4 : 4*i+4]
		cover := alpha * ch.opacity / 256
		for k := range 4 {
			p[k] = uint8(min(255, (v>>(8*k)&255)*ch.opacity/256+(uint32(p[k])*(255-cover)+127)/255))
		}
	}
}

// of changes one pixel, whose channels are premultiplied.
func (ch *change) of(v uint32) uint32 {
	alpha := int(v >> 24)
	r, g, b := int(v&255), int(v>>8&255), int(v>>16&255)
	base := (r+g+b)*ch.grey/3 + alpha*ch.add
	to := func(x int) uint32 { return uint32(min(max((x*ch.keep+base)>>16, 0), alpha)) }
	return to(r) | to(g)<<8 | to(b)<<16 | uint32(alpha)<<24
}

// shrink returns how many pixels of a tile fall on one of the picture each way,
// where that are so many that points between them would flicker.
func shrink(part, dst image.Rectangle) int {
	return max(1, int(float64(part.Dx())/float64(dst.Dx())+0.35))
}

// smaller returns the part of a picture with n × n pixels averaged to one.
func smaller(img *image.RGBA, part image.Rectangle, n int) (*image.RGBA, image.Rectangle) {
	out := image.NewRGBA(image.Rect(0, 0, max(1, part.Dx()/n), max(1, part.Dy()/n)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var sum [4]int
			area := image.Rect(0, 0, n, n).Add(part.Min).Add(image.Pt(x*n, y*n)).Intersect(part)
			for ay := area.Min.Y; ay < area.Max.Y; ay++ {
				o := img.PixOffset(area.Min.X, ay)
				for i, v := range img.Pix[o : o+4*area.Dx()] {
					sum[i&3] += int(v)
				}
			}
			count := max(1, area.Dx()*area.Dy())
			for k := range sum {
				out.Pix[out.PixOffset(x, y)+k] = uint8(sum[k] / count)
			}
		}
	}
	return out, out.Rect
}
