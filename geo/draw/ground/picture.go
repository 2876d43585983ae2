package ground

import (
	"encoding/binary"
	"image"

	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
)

// placed is a picture with its place.
type placed struct {
	img    *image.RGBA
	part   image.Rectangle // of img, that covers the square
	dst    image.Rectangle // the square, in pixels of the view
	clip   image.Rectangle // the part of it in the window
	opaque bool
}

// changedKey is a picture and the layer that changes it.
type changedKey struct {
	img   *image.RGBA
	layer int
}

// changed is a picture in the colours that a layer makes of it.
type changed struct {
	by     change
	img    *image.RGBA
	opaque bool
	used   uint64
}

// arrangePictures finds the pictures in the window, once for every raster layer,
// or as they are if the style has none.
func (p *Painter) arrangePictures(m Map, win image.Rectangle) []placed {
	var out []placed
	if len(m.Data.Rasters) == 0 {
		return nil
	}
	if !p.pictures {
		return p.place(out, m, win, -1, change{keep: one, opacity: 256})
	}
	for i := range p.layers {
		if l := &p.layers[i]; l.Kind == style.Raster && l.Shows(p.brushes[0].scope.Zoom) {
			out = p.place(out, m, win, i, changeOf(l, &p.brushes[0].scope))
		}
	}
	return out
}

func (p *Painter) place(out []placed, m Map, win image.Rectangle, layer int, by change) []placed {
	first := len(out)
	var keys []changedKey
	for i := range m.Data.Rasters {
		t := &m.Data.Rasters[i]
		_, dst := square(m.View, t.Z, t.X, t.Y)
		clip := dst.Intersect(win)
		if t.Img == nil || clip.Empty() || t.Part.Intersect(t.Img.Rect).Empty() || by.opacity == 0 {
			continue
		}
		out = append(out, placed{img: t.Img, part: t.Part.Intersect(t.Img.Rect), dst: dst, clip: clip})
		key := changedKey{t.Img, layer}
		if c := p.changed[key]; c == nil || c.by != by {
			p.changed[key] = &changed{by: by}
			keys = append(keys, key)
		}
	}
	p.each(len(keys), func(_ *brush, i int) {
		c := p.changed[keys[i]]
		c.img, c.opaque = by.all(keys[i].img)
	})
	for i := first; i < len(out); i++ {
		c := p.changed[changedKey{out[i].img, layer}]
		c.used = p.drawn
		out[i].img, out[i].opaque = c.img, c.opaque
	}
	return out
}

// one is 1 in the fixed point of a change.
const one = 1 << 16

// change is what a style does to the colours of a picture: each channel becomes
// itself times keep, plus the pixel's average times grey, plus add.
type change struct {
	keep, grey, add int
	opacity         uint32 // of 256
}

// plain reports whether a picture stays as it is.
func (ch *change) plain() bool {
	return ch.keep == one && ch.grey == 0 && ch.add == 0 && ch.opacity == 256
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
	top, low []byte // two rows of the tile, scaled across
	out      []byte
}

// column is where a pixel lies in a row of the tile: between the pixels at two
// offsets, part of 256 of the way.
type column struct {
	a, b int32
	part uint64
}

// picture draws one tile, scaled linearly between its pixels. Tiles that share an
// edge share its pixels without gap or overlap, and nothing is mixed with what
// lies below, so that no seam shows.
func (b *brush) picture(c *raster.Canvas, t *placed) {
	img, part, dst, win := t.img, t.part, t.dst, t.clip
	if part.Size() == dst.Size() && t.opaque {
		for y := win.Min.Y; y < win.Max.Y; y++ {
			o := img.PixOffset(part.Min.X+win.Min.X-dst.Min.X, part.Min.Y+y-dst.Min.Y)
			copy(c.Row(y, win.Min.X, win.Max.X), img.Pix[o:])
		}
		return
	}
	if n := shrink(part, dst); n > 1 {
		img, part = smaller(img, part, n)
	}
	s := &b.sampler
	s.prepare(img, part, dst, win)
	scale := float64(part.Dy()) / float64(dst.Dy())
	last := image.Pt(img.Rect.Min.Y-1, img.Rect.Min.Y-1) // no rows yet
	for y := win.Min.Y; y < win.Max.Y; y++ {
		at := float64(part.Min.Y) + (float64(y-dst.Min.Y)+0.5)*scale - 0.5
		y0, weight := split(at, img.Rect.Min.Y, img.Rect.Max.Y-1)
		rows := image.Pt(y0, min(y0+1, img.Rect.Max.Y-1))
		if rows != last {
			if rows.X == last.Y {
				s.top, s.low = s.low, s.top
			} else {
				s.across(s.top, img, rows.X)
			}
			s.across(s.low, img, rows.Y)
			last = rows
		}
		row := c.Row(y, win.Min.X, win.Max.X)
		if t.opaque {
			blendRows(row, s.top, s.low, weight)
			continue
		}
		blendRows(s.out, s.top, s.low, weight)
		lay(row, s.out)
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
		s.columns, s.top, s.low, s.out = make([]column, n), make([]byte, 4*n), make([]byte, 4*n), make([]byte, 4*n)
	}
	s.columns, s.top, s.low, s.out = s.columns[:n], s.top[:4*n], s.low[:4*n], s.out[:4*n]
	scale := float64(part.Dx()) / float64(dst.Dx())
	for i := range s.columns {
		at := float64(part.Min.X) + (float64(win.Min.X+i-dst.Min.X)+0.5)*scale - 0.5
		x, weight := split(at, img.Rect.Min.X, img.Rect.Max.X-1)
		next := min(x+1, img.Rect.Max.X-1)
		s.columns[i] = column{int32(x-img.Rect.Min.X) * 4, int32(next-img.Rect.Min.X) * 4, uint64(weight)}
	}
}

// lanes are the bytes of a word that mixing handles at once.
const lanes = 0x00FF00FF00FF00FF

// across scales one row of the tile to the columns.
func (s *sampler) across(row []byte, img *image.RGBA, y int) {
	o := img.PixOffset(img.Rect.Min.X, y)
	pix := img.Pix[o : o+4*img.Rect.Dx()]
	for i := range s.columns {
		col := &s.columns[i]
		a, b := spread(binary.LittleEndian.Uint32(pix[col.a:])), spread(binary.LittleEndian.Uint32(pix[col.b:]))
		v := (a*(256-col.part) + b*col.part) >> 8 & lanes
		v |= v >> 8 // two pairs of bytes
		binary.LittleEndian.PutUint32(row[4*i:], uint32(v&0xFFFF|v>>16&0xFFFF0000))
	}
}

// spread puts the four bytes of a pixel into four lanes of a word.
func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000FFFF0000FFFF
	return (w | w<<8) & lanes
}

// blendRows goes from one row to another by part of 256.
func blendRows(out, top, low []byte, part uint32) {
	if part == 0 {
		copy(out, top)
		return
	}
	p, rest := uint64(part), uint64(256-part)
	n := len(out) &^ 7
	for i := 0; i < n; i += 8 {
		a, b := binary.LittleEndian.Uint64(top[i:]), binary.LittleEndian.Uint64(low[i:])
		even := (a&lanes*rest + b&lanes*p) >> 8 & lanes
		odd := (a>>8&lanes*rest + b>>8&lanes*p) &^ lanes
		binary.LittleEndian.PutUint64(out[i:], even|odd)
	}
	for i := n; i < len(out); i++ {
		out[i] = uint8((uint32(top[i])*(256-part) + uint32(low[i])*part) >> 8)
	}
}

// lay puts a row of pixels with premultiplied alpha over the picture.
func lay(dst, row []byte) {
	for i := 0; i+3 < len(row); i += 4 {
		rest := 255 - uint32(row[i+3])
		p, v := dst[i:i+4:i+4], row[i:i+4:i+4]
		for k := range 4 {
			p[k] = uint8(min(255, uint32(v[k])+(uint32(p[k])*rest+127)/255))
		}
	}
}

// all returns a picture in its changed colours, and whether it is opaque.
func (ch *change) all(img *image.RGBA) (*image.RGBA, bool) {
	if ch.plain() {
		return img, img.Opaque()
	}
	out := image.NewRGBA(img.Rect)
	least := uint32(255)
	for y := img.Rect.Min.Y; y < img.Rect.Max.Y; y++ {
		from, to := img.Pix[img.PixOffset(img.Rect.Min.X, y):], out.Pix[out.PixOffset(img.Rect.Min.X, y):]
		for i := 0; i < 4*img.Rect.Dx(); i += 4 {
			v := ch.of(binary.LittleEndian.Uint32(from[i:]))
			least = min(least, v>>24)
			binary.LittleEndian.PutUint32(to[i:], v)
		}
	}
	return out, least == 255
}

// of changes one pixel, whose channels are premultiplied.
func (ch *change) of(v uint32) uint32 {
	alpha := int(v >> 24)
	r, g, b := int(v&255), int(v>>8&255), int(v>>16&255)
	base := (r+g+b)*ch.grey/3 + alpha*ch.add
	to := func(x int) uint32 { return uint32(min(max((x*ch.keep+base)>>16, 0), alpha)) }
	v = to(r) | to(g)<<8 | to(b)<<16 | uint32(alpha)<<24
	if ch.opacity == 256 {
		return v
	}
	const odd = 0x00FF00FF
	return v&odd*ch.opacity>>8&odd | v>>8&odd*ch.opacity&^odd
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
