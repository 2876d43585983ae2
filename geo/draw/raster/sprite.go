package raster

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"

	"iocwall/geo"
)

// Sprite is a small picture with the pixel offset of its top left corner from
// the position it marks. A nil sprite draws nothing.
type Sprite struct {
	pix  []byte // premultiplied RGBA
	w, h int
	rows []span // of each row, from the first to behind the last pixel that is not clear
	ox   int
	oy   int
	fast []dab  // nil before the first
	Used uint64 // number of the last frame that drew it
}

// Draw lays the sprite over the picture at a position in pixels of the view.
func (s *Sprite) Draw(c *Canvas, x, y int) { s.DrawFaded(c, x, y, full) }

// DrawFaded is Draw with part of 256 of the sprite, the rest clear.
func (s *Sprite) DrawFaded(c *Canvas, x, y, part int) {
	if s == nil {
		return
	}
	x, y = x+s.ox, y+s.oy
	if w := &c.Win; x >= w.Min.X && y >= w.Min.Y && x+s.w+dabWidth-1 <= w.Max.X && y+s.h <= w.Max.Y {
		if s.fast == nil {
			s.fast = s.dabs()
		}
		if len(s.fast) > 0 {
			layDabs(c.Pix, (y-w.Min.Y)*c.Stride+(x-w.Min.X)*4, c.Stride, s.fast, part)
			return
		}
	}
	if x >= c.Win.Max.X || x+s.w <= c.Win.Min.X {
		return
	}
	for yy := max(y, c.Win.Min.Y); yy < min(y+s.h, c.Win.Max.Y); yy++ {
		row := s.rows[yy-y]
		x0, x1 := max(x+int(row.lo), c.Win.Min.X), min(x+int(row.hi), c.Win.Max.X)
		if x0 < x1 {
			at := ((yy-y)*s.w - x) * 4
			over(c.Row(yy, x0, x1), s.pix[at+x0*4:at+x1*4], uint32(part))
		}
	}
}

// Hides returns how many pixels of a line that Rays draws from the sprite's position
// in a direction lie beneath it, however both are turned together.
func (s *Sprite) Hides(turn int, half float64) float64 {
	sin, cos := math.Sincos(float64(turn) / RayTurns * 2 * math.Pi)
	const turned = 0.5 // pixels of a turned symbol lie elsewhere
	reach := half + 0.5 + turned
	for along := 0.0; ; along += 0.25 {
		for across := -reach; across <= reach; across += reach / 8 {
			x, y := int(math.Floor(along*sin+across*cos))-s.ox, int(math.Floor(across*sin-along*cos))-s.oy
			if x < 0 || x >= s.w || y < 0 || y >= s.h || s.pix[(y*s.w+x)*4+3] < 255 {
				return max(0, along-turned)
			}
		}
	}
}

// over composes part of 256 of premultiplied pixels, two channels at a time.
func over(dst, src []byte, part uint32) {
	n := min(len(src), len(dst)) &^ 3
	src, dst = src[:n], dst[:n]
	for i := 0; i+4 <= len(src) && i+4 <= len(dst); i += 4 {
		s := binary.LittleEndian.Uint32(src[i:])
		if part < full {
			s = (s&0x00ff00ff)*part>>8&0x00ff00ff | (s>>8&0x00ff00ff)*part&0xff00ff00
		}
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

// Maker builds sprites from masks.
type Maker struct {
	shape   Shape
	strokes Strokes
	points  []XY
	pix     []byte
	masks   []*image.Alpha // of which used are in use
	used    int
}

// begin returns an empty sprite to be trimmed; it and all masks are of use until
// the next.
func (k *Maker) begin(w, h, ox, oy int) *Sprite {
	k.used = 0
	if n := w * h * 4; cap(k.pix) < n {
		k.pix = make([]byte, n)
	} else {
		k.pix = k.pix[:n]
		clear(k.pix)
	}
	return &Sprite{w: w, h: h, ox: ox, oy: oy, pix: k.pix}
}

// mask returns an empty mask.
func (k *Maker) mask(box image.Rectangle) *image.Alpha {
	if k.used == len(k.masks) {
		k.masks = append(k.masks, &image.Alpha{})
	}
	m, n := k.masks[k.used], box.Dx()*box.Dy()
	k.used++
	if m.Rect, m.Stride = box, box.Dx(); cap(m.Pix) < n {
		m.Pix = make([]uint8, n)
	} else {
		m.Pix = m.Pix[:n]
		clear(m.Pix)
	}
	return m
}

// layer lays a mask in one colour over the sprite's pixels.
func (s *Sprite) layer(m *image.Alpha, col color.RGBA) {
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

// grow returns the mask widened by r pixels in every direction. Steps of crosses
// and squares by turns make octagons, which are round enough for a keyline.
func (k *Maker) grow(m *image.Alpha, r float64) *image.Alpha {
	now, next := k.mask(m.Rect), k.mask(m.Rect)
	copy(now.Pix, m.Pix)
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

// Icon names a symbol. Every shape has one meaning.
type Icon uint8

// Ink says which of a symbol's two colours a part takes.
type Ink uint8

// The two colours of a symbol.
const (
	InkMain Ink = iota
	InkBack     // what lies under the symbol: sea, card, or the mark in a filled shape
)

// Part is one path of an icon; stroke 0 fills it.
type Part struct {
	D      string
	Stroke float64
	Ink    Ink
	Dash   float64
	Paths  []Subpath
}

// IconKey names one cached symbol.
type IconKey struct {
	Icon             Icon
	Turn             uint8 // heading in steps of 360/Turns degrees
	Size             uint16
	Main, Back, Halo color.RGBA
}

// Turns is the number of headings a symbol is drawn for.
const Turns = 72

// TurnOf returns the step of IconKey.Turn nearest to a heading in degrees; a
// heading that is no number gives 0.
func TurnOf(heading float64) uint8 {
	if !(heading >= 0 && heading < 360) {
		if heading = geo.NormalDegrees(heading); heading != heading {
			return 0
		}
	}
	turn := int(heading/360*Turns + 0.5)
	if turn == Turns {
		return 0
	}
	return uint8(turn)
}

// Icon makes a symbol centred on its position, with a keyline in the halo
// colour where that has any alpha.
func (k *Maker) Icon(parts []Part, key IconKey) *Sprite {
	size := float64(key.Size)
	half := int(math.Ceil(size*0.75)) + 3
	s := k.begin(2*half, 2*half, -half, -half)
	box := image.Rect(0, 0, s.w, s.h)
	sin, cos := math.Sincos(float64(key.Turn) / Turns * 2 * math.Pi)
	scale := size / 24
	to := func(p XY) XY {
		x, y := (p.X-12)*scale, (p.Y-12)*scale
		return XY{float64(half) + x*cos - y*sin, float64(half) + x*sin + y*cos}
	}
	all := k.mask(box)
	for _, p := range parts {
		for j, a := range k.partMask(box, p, scale, to).Pix {
			all.Pix[j] = max(all.Pix[j], a)
		}
	}
	masks := k.masks[1:k.used]
	if key.Halo.A > 0 {
		s.layer(k.grow(all, max(1, size/14)), key.Halo)
	}
	for i, p := range parts {
		col := key.Main
		if p.Ink == InkBack {
			col = key.Back
		}
		s.layer(masks[i], col)
	}
	return s.trim()
}

func (k *Maker) partMask(box image.Rectangle, p Part, scale float64, to func(XY) XY) *image.Alpha {
	m := k.mask(box)
	if p.Stroke > 0 {
		k.strokes.Reset(box)
		for _, sub := range p.Paths {
			eachDash(sub, p.Dash, func(a, b XY) {
				a, b = to(a), to(b)
				k.strokes.Line(a.X, a.Y, b.X, b.Y, max(p.Stroke*scale/2, 0.6))
			})
		}
		k.strokes.mask(m)
		return m
	}
	k.shape.Reset(box)
	for _, sub := range p.Paths {
		k.points = k.points[:0]
		for _, q := range sub.Points {
			k.points = append(k.points, to(q))
		}
		k.shape.Ring(k.points)
	}
	k.shape.mask(m)
	return m
}

// eachDash walks a path in dashes with gaps of equal length, or whole for 0.
func eachDash(sub Subpath, dash float64, do func(a, b XY)) {
	n := len(sub.Points)
	if !sub.Closed {
		n--
	}
	at := 0.0
	for i := range n {
		a, b := sub.Points[i], sub.Points[(i+1)%len(sub.Points)]
		at = Dashes(a, b, dash, dash, at, do)
	}
}

// Dashes draws the visible parts of one edge; at is how far into the pattern it
// starts, the result where it ends.
func Dashes(a, b XY, on, off, at float64, do func(a, b XY)) float64 {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
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
			do(XY{a.X + (b.X-a.X)*from/length, a.Y + (b.Y-a.Y)*from/length},
				XY{a.X + (b.X-a.X)*to/length, a.Y + (b.Y-a.Y)*to/length})
		}
		at += to - from
		from = to
	}
	return at
}

// trim cuts off rows and columns that are empty.
func (s *Sprite) trim() *Sprite {
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
		return &Sprite{}
	}
	out := &Sprite{
		w: box.Dx(), h: box.Dy(), ox: s.ox + box.Min.X, oy: s.oy + box.Min.Y,
		pix: make([]byte, 0, box.Dx()*box.Dy()*4), rows: make([]span, 0, box.Dy()),
	}
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
