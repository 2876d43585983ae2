// Package raster turns shapes, lines, text and symbols into pixels: antialiased
// fills by accumulated area, lines by distance, and sprites that are made once
// and laid over the picture many times. It knows nothing of maps. Nothing in it
// is safe for use from several goroutines at once.
package raster

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"math/bits"
)

// Canvas is the picture being drawn: pixels of a window of the whole view. All
// positions given to it are pixels of the view.
type Canvas struct {
	Pix    []byte // premultiplied RGBA
	Stride int
	Win    image.Rectangle // the window in pixels of the view
}

// CanvasOf returns the picture dst as the window win of a view; both must have
// the same size.
func CanvasOf(dst *image.RGBA, win image.Rectangle) Canvas {
	return Canvas{Pix: dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y):], Stride: dst.Stride, Win: win}
}

// Row returns the pixels of row y from x0 up to x1, both inside the window.
func (c *Canvas) Row(y, x0, x1 int) []byte {
	o := (y-c.Win.Min.Y)*c.Stride + (x0-c.Win.Min.X)*4
	return c.Pix[o : o+(x1-x0)*4 : o+(x1-x0)*4]
}

// Move moves all pixels by d; those that come into the window stay what they were.
// It returns the windows of these.
func (c *Canvas) Move(d image.Point) []image.Rectangle {
	w := c.Win
	stay := w.Intersect(w.Add(d))
	if stay.Empty() {
		return []image.Rectangle{w}
	}
	for i := 0; i < stay.Dy() && d != (image.Point{}); i++ {
		y := stay.Min.Y + i
		if d.Y > 0 { // rows move down, the last first
			y = stay.Max.Y - 1 - i
		}
		copy(c.Row(y, stay.Min.X, stay.Max.X), c.Row(y-d.Y, stay.Min.X-d.X, stay.Max.X-d.X))
	}
	var out []image.Rectangle
	for _, r := range []image.Rectangle{
		{Min: w.Min, Max: image.Pt(w.Max.X, stay.Min.Y)},
		{Min: image.Pt(w.Min.X, stay.Max.Y), Max: w.Max},
		{Min: image.Pt(w.Min.X, stay.Min.Y), Max: image.Pt(stay.Min.X, stay.Max.Y)},
		{Min: image.Pt(stay.Max.X, stay.Min.Y), Max: image.Pt(w.Max.X, stay.Max.Y)},
	} {
		if !r.Empty() {
			out = append(out, r)
		}
	}
	return out
}

// Copy copies a window, which is inside of both canvases' own.
func (c *Canvas) Copy(from *Canvas, win image.Rectangle) {
	for y := win.Min.Y; y < win.Max.Y; y++ {
		copy(c.Row(y, win.Min.X, win.Max.X), from.Row(y, win.Min.X, win.Max.X))
	}
}

// Part returns the picture of a window inside of the canvas' own.
func (c *Canvas) Part(win image.Rectangle) Canvas {
	return Canvas{Pix: c.Pix[(win.Min.Y-c.Win.Min.Y)*c.Stride+(win.Min.X-c.Win.Min.X)*4:], Stride: c.Stride, Win: win}
}

// blend lays col over one pixel with coverage a of 255.
func blend(p []byte, col color.RGBA, a uint32) {
	_ = p[3]
	ia := 255 - a
	p[0] = uint8((uint32(col.R)*a + uint32(p[0])*ia + 127) / 255)
	p[1] = uint8((uint32(col.G)*a + uint32(p[1])*ia + 127) / 255)
	p[2] = uint8((uint32(col.B)*a + uint32(p[2])*ia + 127) / 255)
	p[3] = uint8(a + uint32(p[3])*ia/255)
}

// fillRun lays col over a run of pixels with coverage a of 255.
func fillRun(p []byte, col color.RGBA, a uint32) {
	if a == 0 {
		return
	}
	if a < 255 {
		ink := inkOf(col)
		ink.run(p, a)
		return
	}
	if len(p) < 4 {
		return
	}
	const first = 256 // bytes; a copy takes long to begin
	one := uint32(col.R) | uint32(col.G)<<8 | uint32(col.B)<<16 | 255<<24
	two, n := uint64(one)<<32|uint64(one), 0
	for ; n+8 <= len(p) && n < first; n += 8 {
		binary.LittleEndian.PutUint64(p[n:], two)
	}
	if n+4 == len(p) {
		binary.LittleEndian.PutUint32(p[n:], one)
		return
	}
	for ; n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
}

// Rect fills a rectangle.
func (c *Canvas) Rect(r image.Rectangle, col color.RGBA) {
	r = r.Intersect(c.Win)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		fillRun(c.Row(y, r.Min.X, r.Max.X), col, uint32(col.A))
	}
}

// Stripes lays colours by turns over a run of pixels, each over the next one, from
// the colour with index first on. Their alpha is not premultiplied.
func (c *Canvas) Stripes(y, x0, x1 int, colors []color.RGBA, first int) {
	p := c.Row(y, x0, x1)
	n := len(colors)
	for k := range min(n, x1-x0) {
		col := colors[(first+k)%n]
		ink := inkOf(col)
		for i := k * 4; i < len(p); i += n * 4 {
			ink.lay(p[i:i+4], ink.a)
		}
	}
}

// Shape collects closed paths and fills them with antialiasing by accumulating
// signed areas (Levien's font-rs). Paths that wind the same way unite; a path
// that winds the other way inside one cuts a hole.
type Shape struct {
	win        image.Rectangle
	acc        []float32 // two cells more per row than the window is wide
	words      int       // of touched for each row
	touched    []uint64  // a bit for each cell that an edge has touched
	minY, maxY int
	lo, hi     int // words of a row that are not zero in any
}

// Reset prepares for a window; the buffer is clear at this point always.
func (s *Shape) Reset(win image.Rectangle) {
	s.win = win
	w, h := win.Dx()+2, win.Dy()
	if cap(s.acc) < w*h {
		s.acc = make([]float32, w*h)
	}
	s.acc = s.acc[:w*h]
	s.words = (w + 63) / 64
	if cap(s.touched) < s.words*h {
		s.touched = make([]uint64, s.words*h)
	}
	s.touched = s.touched[:s.words*h]
	s.minY, s.maxY, s.lo, s.hi = h, -1, s.words, -1
}

// edge adds a directed edge in pixels of the view.
func (s *Shape) edge(x0, y0, x1, y1 float64) {
	if y0 == y1 {
		return
	}
	dir := float32(1)
	if y0 > y1 {
		x0, y0, x1, y1 = x1, y1, x0, y0
		dir = -1
	}
	x0, x1 = x0-float64(s.win.Min.X), x1-float64(s.win.Min.X)
	y0, y1 = y0-float64(s.win.Min.Y), y1-float64(s.win.Min.Y)
	h := float64(s.win.Dy())
	if y1 <= 0 || y0 >= h {
		return
	}
	slope := (x1 - x0) / (y1 - y0)
	x := x0
	if y0 < 0 {
		x -= y0 * slope
		y0 = 0
	}
	y1 = min(y1, h)
	w := float64(s.win.Dx())
	top, bottom := int(y0), min(int(math.Ceil(y1)), s.win.Dy())
	s.minY, s.maxY = min(s.minY, top), max(s.maxY, bottom-1)
	for y := top; y < bottom; y++ {
		dy := min(float64(y+1), y1) - max(float64(y), y0)
		next := x + slope*dy
		if x >= 0 && next >= 0 && x <= w && next <= w {
			s.span(y, x, next, dir*float32(dy))
		} else {
			s.cut(y, min(x, next), max(x, next), w, float64(dir)*dy)
		}
		x = next
	}
}

// cut adds one row's part of an edge that leaves the window of width w: what lies
// beyond a side is pushed on to it, so that all between is as it would be in a
// wider window.
func (s *Shape) cut(y int, xa, xb, w, d float64) {
	if xb <= 0 || xa >= w {
		s.span(y, max(0, min(w, xa)), max(0, min(w, xb)), float32(d))
		return
	}
	slope := d / (xb - xa)
	if xa < 0 {
		s.span(y, 0, 0, float32(-xa*slope))
		xa = 0
	}
	if xb > w {
		s.span(y, w, w, float32((xb-w)*slope))
		xb = w
	}
	s.span(y, xa, xb, float32((xb-xa)*slope))
}

// span adds one row's part of an edge that runs from xa to xb and covers d of
// the row's height.
func (s *Shape) span(y int, xa, xb float64, d float32) {
	if xa > xb {
		xa, xb = xb, xa
	}
	i0 := int(xa)
	i1 := max(int(math.Ceil(xb)), i0+1)
	s.touch(s.touched[y*s.words:(y+1)*s.words], i0, i1)
	row := s.acc[y*(s.win.Dx()+2):]
	if i1 == i0+1 {
		mid := float32((xa+xb)/2 - float64(i0))
		row[i0] += d * (1 - mid)
		row[i1] += d * mid
		return
	}
	inv := float32(1 / (xb - xa))
	x0f := float32(xa - float64(i0))
	a0 := 0.5 * inv * (1 - x0f) * (1 - x0f)
	x1f := float32(xb - float64(i1) + 1)
	am := 0.5 * inv * x1f * x1f
	row[i0] += d * a0
	if i1 == i0+2 {
		row[i0+1] += d * (1 - a0 - am)
	} else {
		a1 := inv * (1.5 - x0f)
		row[i0+1] += d * (a1 - a0)
		for i := i0 + 2; i < i1-1; i++ {
			row[i] += d * inv
		}
		a2 := a1 + float32(i1-i0-3)*inv
		row[i1-1] += d * (1 - a2 - am)
	}
	row[i1] += d * am
}

// touch notes that cells have something, from i0 to i1.
func (s *Shape) touch(row []uint64, i0, i1 int) {
	k0, k1 := i0>>6, i1>>6
	s.lo, s.hi = min(s.lo, k0), max(s.hi, k1)
	first, last := ^uint64(0)<<(i0&63), ^uint64(0)>>(63-i1&63)
	if k0 == k1 {
		row[k0] |= first & last
		return
	}
	row[k0] |= first
	for k := k0 + 1; k < k1; k++ {
		row[k] = ^uint64(0)
	}
	row[k1] |= last
}

// Ring adds a closed path.
func (s *Shape) Ring(points []XY) {
	for i, p := range points {
		q := points[(i+1)%len(points)]
		s.edge(p.X, p.Y, q.X, q.Y)
	}
}

// XY is a position in pixels, y downwards.
type XY struct{ X, Y float64 }

// Sweep calls run for every run of equal coverage that is not zero, in pixels
// of the view, and clears the buffer.
func (s *Shape) Sweep(run func(y, x0, x1 int, a uint32)) {
	w := s.win.Dx()
	for y := s.minY; y <= s.maxY; y++ {
		row, touched := s.acc[y*(w+2):(y+1)*(w+2)], s.touched[y*s.words:(y+1)*s.words]
		sum, from, last := float32(0), 0, uint32(0)
		for k := s.lo; k <= s.hi; k++ {
			word := touched[k]
			touched[k] = 0
			for ; word != 0; word &= word - 1 {
				i := k<<6 + bits.TrailingZeros64(word)
				v := row[i]
				row[i] = 0
				sum += v
				a := uint32(255)
				if part := math.Float32frombits(math.Float32bits(sum) &^ (1 << 31)); part < 1 {
					a = uint32(part*255 + 0.5)
				}
				if a == last {
					continue
				}
				if last > 0 && from < w {
					run(y+s.win.Min.Y, from+s.win.Min.X, min(i, w)+s.win.Min.X, last)
				}
				from, last = i, a
			}
		}
		if last > 0 && from < w {
			run(y+s.win.Min.Y, from+s.win.Min.X, w+s.win.Min.X, last)
		}
	}
	s.minY, s.maxY, s.lo, s.hi = s.win.Dy(), -1, s.words, -1
}

// Fill draws the collected paths in one colour; its alpha is not premultiplied.
func (s *Shape) Fill(c *Canvas, col color.RGBA) {
	s.Sweep(func(y, x0, x1 int, a uint32) {
		fillRun(c.Row(y, x0, x1), col, a*uint32(col.A)/255)
	})
}

// mask writes the collected paths' coverage into m, whose bounds are the window.
func (s *Shape) mask(m *image.Alpha) {
	s.Sweep(func(y, x0, x1 int, a uint32) {
		o := m.PixOffset(x0, y)
		for i := range x1 - x0 {
			m.Pix[o+i] = max(m.Pix[o+i], uint8(a))
		}
	})
}
