package draw

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"

	"iocwall/geo"
)

// sprite is a small picture with the pixel offset of its top left corner from
// the position it marks. A nil sprite draws nothing.
type sprite struct {
	pix  []byte // premultiplied RGBA
	w, h int
	rows []span // of each row, from the first to behind the last pixel that is not clear
	ox   int
	oy   int
	used uint64 // number of the last frame that drew it
}

// draw lays the sprite over the picture at a position in pixels of the view.
func (s *sprite) draw(c *canvas, x, y int) {
	if s == nil {
		return
	}
	x, y = x+s.ox, y+s.oy
	if x >= c.win.Max.X || x+s.w <= c.win.Min.X {
		return
	}
	for yy := max(y, c.win.Min.Y); yy < min(y+s.h, c.win.Max.Y); yy++ {
		row := s.rows[yy-y]
		x0, x1 := max(x+int(row.lo), c.win.Min.X), min(x+int(row.hi), c.win.Max.X)
		if x0 < x1 {
			at := ((yy-y)*s.w - x) * 4
			over(c.row(yy, x0, x1), s.pix[at+x0*4:at+x1*4])
		}
	}
}

// over composes premultiplied pixels, two channels at a time.
func over(dst, src []byte) {
	n := min(len(src), len(dst)) &^ 3
	src, dst = src[:n], dst[:n]
	for i := 0; i+4 <= len(src) && i+4 <= len(dst); i += 4 {
		s := binary.LittleEndian.Uint32(src[i:])
		a := s >> 24
		if a == 0 {
			continue
		}
		if a == 255 {
			binary.LittleEndian.PutUint32(dst[i:], s)
			continue
		}
		d := binary.LittleEndian.Uint32(dst[i:])
		ia := 256 - a - a>>7
		rb := (d & 0x00ff00ff) * ia >> 8 & 0x00ff00ff
		ga := (d >> 8 & 0x00ff00ff) * ia & 0xff00ff00
		binary.LittleEndian.PutUint32(dst[i:], s+(rb|ga))
	}
}

// maker builds sprites from masks.
type maker struct {
	shape   shape
	strokes strokes
}

// layer lays a mask in one colour over the sprite's pixels.
func (s *sprite) layer(m *image.Alpha, col color.RGBA) {
	for y := range s.h {
		for x := range s.w {
			a := uint32(m.Pix[y*m.Stride+x])
			if a == 0 {
				continue
			}
			blend(s.pix[(y*s.w+x)*4:(y*s.w+x)*4+4], color.RGBA{col.R, col.G, col.B, 255}, a*uint32(col.A)/255)
		}
	}
}

// fade multiplies the whole sprite by a of 255.
func (s *sprite) fade(a uint32) {
	for i, v := range s.pix {
		s.pix[i] = uint8(uint32(v) * a / 255)
	}
}

// grow returns the mask widened by r pixels in every direction. Steps of crosses
// and squares by turns make octagons, which are round enough for a keyline.
func grow(m *image.Alpha, r float64) *image.Alpha {
	now := &image.Alpha{Pix: append([]uint8(nil), m.Pix...), Stride: m.Stride, Rect: m.Rect}
	next := image.NewAlpha(m.Rect)
	for step := 0; r > 0; step, r = step+1, r-1 {
		growOnce(next, now, uint32(min(r, 1)*256), step%2 == 1)
		now, next = next, now
	}
	return now
}

// growOnce widens src by one pixel times weight of 256 into dst.
func growOnce(dst, src *image.Alpha, weight uint32, square bool) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	for y := range h {
		row := src.Pix[y*src.Stride : y*src.Stride+w]
		up, down := row, row
		if y > 0 {
			up = src.Pix[(y-1)*src.Stride : (y-1)*src.Stride+w]
		}
		if y < h-1 {
			down = src.Pix[(y+1)*src.Stride : (y+1)*src.Stride+w]
		}
		out := dst.Pix[y*dst.Stride : y*dst.Stride+w]
		for x := range out {
			l, r := max(x-1, 0), min(x+1, w-1)
			v := max(row[l], row[r], up[x], down[x])
			if square {
				v = max(v, up[l], up[r], down[l], down[r])
			}
			out[x] = max(row[x], uint8(uint32(v)*weight>>8))
		}
	}
}

// iconKey names one cached symbol.
type iconKey struct {
	icon             Icon
	turn             uint8 // heading in steps of 360/turns degrees
	fade             uint8 // 0 is fresh
	size             uint16
	main, back, halo color.RGBA
}

// turns is the number of headings a symbol is drawn for.
const turns = 72

func turnOf(heading float64) uint8 {
	h := geo.NormalDegrees(heading)
	if h != h {
		return 0
	}
	return uint8(int(math.Round(h/360*turns)) % turns)
}

// icon makes a symbol centred on its position, with a keyline in the halo
// colour where that has any alpha.
func (k *maker) icon(parts []part, key iconKey) *sprite {
	size := float64(key.size)
	half := int(math.Ceil(size*0.75)) + 3
	s := &sprite{w: 2 * half, h: 2 * half, ox: -half, oy: -half}
	s.pix = make([]byte, s.w*s.h*4)
	box := image.Rect(0, 0, s.w, s.h)
	sin, cos := math.Sincos(float64(key.turn) / turns * 2 * math.Pi)
	scale := size / 24
	to := func(p xy) xy {
		x, y := (p.x-12)*scale, (p.y-12)*scale
		return xy{float64(half) + x*cos - y*sin, float64(half) + x*sin + y*cos}
	}
	all := image.NewAlpha(box)
	masks := make([]*image.Alpha, len(parts))
	for i, p := range parts {
		masks[i] = k.partMask(box, p, scale, to)
		for j, a := range masks[i].Pix {
			all.Pix[j] = max(all.Pix[j], a)
		}
	}
	if key.halo.A > 0 {
		s.layer(grow(all, max(1, size/14)), key.halo)
	}
	for i, p := range parts {
		col := key.main
		if p.ink == inkBack {
			col = key.back
		}
		s.layer(masks[i], col)
	}
	if key.fade > 0 {
		s.fade(255 - uint32(key.fade)*153/fades)
	}
	return s.trim()
}

func (k *maker) partMask(box image.Rectangle, p part, scale float64, to func(xy) xy) *image.Alpha {
	m := image.NewAlpha(box)
	if p.stroke > 0 {
		k.strokes.reset(box)
		for _, sub := range p.paths {
			eachDash(sub, p.dash, func(a, b xy) {
				a, b = to(a), to(b)
				k.strokes.line(a.x, a.y, b.x, b.y, max(p.stroke*scale/2, 0.6))
			})
		}
		k.strokes.mask(m)
		return m
	}
	k.shape.reset(box)
	for _, sub := range p.paths {
		points := make([]xy, len(sub.points))
		for i, q := range sub.points {
			points[i] = to(q)
		}
		k.shape.ring(points)
	}
	k.shape.mask(m)
	return m
}

// eachDash walks a path in dashes with gaps of equal length, or whole for 0.
func eachDash(sub subpath, dash float64, do func(a, b xy)) {
	n := len(sub.points)
	if !sub.closed {
		n--
	}
	at := 0.0
	for i := range n {
		a, b := sub.points[i], sub.points[(i+1)%len(sub.points)]
		at = dashes(a, b, dash, dash, at, do)
	}
}

// dashes draws the visible parts of one edge; at is how far into the pattern it
// starts, the result where it ends.
func dashes(a, b xy, on, off, at float64, do func(a, b xy)) float64 {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if on <= 0 || length == 0 {
		do(a, b)
		return at
	}
	for from := 0.0; from < length; {
		phase := math.Mod(at, on+off)
		rest := on - phase
		if phase >= on {
			rest = on + off - phase
		}
		to := min(length, from+max(rest, 1e-6))
		if phase < on {
			do(xy{a.x + (b.x-a.x)*from/length, a.y + (b.y-a.y)*from/length},
				xy{a.x + (b.x-a.x)*to/length, a.y + (b.y-a.y)*to/length})
		}
		at += to - from
		from = to
	}
	return at
}

// trim cuts off rows and columns that are empty.
func (s *sprite) trim() *sprite {
	box := image.Rectangle{Min: image.Pt(s.w, s.h)}
	for y := range s.h {
		for x := range s.w {
			if s.pix[(y*s.w+x)*4+3] > 0 {
				box.Min.X, box.Min.Y = min(box.Min.X, x), min(box.Min.Y, y)
				box.Max.X, box.Max.Y = max(box.Max.X, x+1), max(box.Max.Y, y+1)
			}
		}
	}
	if box.Empty() {
		return &sprite{}
	}
	out := &sprite{w: box.Dx(), h: box.Dy(), ox: s.ox + box.Min.X, oy: s.oy + box.Min.Y}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := s.pix[(y*s.w+box.Min.X)*4 : (y*s.w+box.Max.X)*4]
		out.pix = append(out.pix, row...)
		out.rows = append(out.rows, filled(row))
	}
	return out
}

// filled returns where the pixels of a row are that are not clear.
func filled(row []byte) span {
	lo, hi := 0, len(row)/4
	for lo < hi && row[lo*4+3] == 0 {
		lo++
	}
	for hi > lo && row[hi*4-1] == 0 {
		hi--
	}
	return span{int32(lo), int32(hi)}
}

// fades is the number of steps from fresh to 40 %.
const fades = 6
