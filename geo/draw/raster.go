package draw

import (
	"image"
	"image/color"
	"math"
)

// canvas is the picture being drawn: pixels of a window of the whole view. All
// positions given to it are pixels of the view.
type canvas struct {
	pix    []byte // premultiplied RGBA
	stride int
	win    image.Rectangle // the window in pixels of the view
}

func canvasOf(dst *image.RGBA, win image.Rectangle) canvas {
	return canvas{pix: dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y):], stride: dst.Stride, win: win}
}

// row returns the pixels of row y from x0 up to x1, both inside the window.
func (c *canvas) row(y, x0, x1 int) []byte {
	o := (y-c.win.Min.Y)*c.stride + (x0-c.win.Min.X)*4
	return c.pix[o : o+(x1-x0)*4 : o+(x1-x0)*4]
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
		for ; len(p) >= 4; p = p[4:] {
			blend(p, col, a)
		}
		return
	}
	if len(p) < 4 {
		return
	}
	p[0], p[1], p[2], p[3] = col.R, col.G, col.B, 255
	for n := 4; n < len(p); n *= 2 {
		copy(p[n:], p[:n])
	}
}

// rect fills a rectangle.
func (c *canvas) rect(r image.Rectangle, col color.RGBA) {
	r = r.Intersect(c.win)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		fillRun(c.row(y, r.Min.X, r.Max.X), col, uint32(col.A))
	}
}

// shape collects closed paths and fills them with antialiasing by accumulating
// signed areas (Levien's font-rs). Paths that wind the same way unite; a path
// that winds the other way inside one cuts a hole.
type shape struct {
	win        image.Rectangle
	acc        []float32 // one cell more per row than the window is wide
	minX, maxX []int32   // touched cells of each row
	minY, maxY int
}

// reset prepares for a window; the buffer is clear at this point always.
func (s *shape) reset(win image.Rectangle) {
	s.win = win
	w, h := win.Dx()+2, win.Dy()
	if cap(s.acc) < w*h {
		s.acc = make([]float32, w*h)
	}
	s.acc = s.acc[:w*h]
	if cap(s.minX) < h {
		s.minX, s.maxX = make([]int32, h), make([]int32, h)
	}
	s.minX, s.maxX = s.minX[:h], s.maxX[:h]
	for i := range s.minX {
		s.minX[i], s.maxX[i] = math.MaxInt32, -1
	}
	s.minY, s.maxY = h, -1
}

// edge adds a directed edge in pixels of the view.
func (s *shape) edge(x0, y0, x1, y1 float64) {
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
	h := float64(len(s.minX))
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
	top, bottom := int(y0), min(int(math.Ceil(y1)), len(s.minX))
	s.minY, s.maxY = min(s.minY, top), max(s.maxY, bottom-1)
	for y := top; y < bottom; y++ {
		dy := min(float64(y+1), y1) - max(float64(y), y0)
		next := x + slope*dy
		s.span(y, max(0, min(w, x)), max(0, min(w, next)), dir*float32(dy))
		x = next
	}
}

// span adds one row's part of an edge that runs from xa to xb and covers d of
// the row's height.
func (s *shape) span(y int, xa, xb float64, d float32) {
	if xa > xb {
		xa, xb = xb, xa
	}
	i0 := int(xa)
	i1 := int(math.Ceil(xb))
	s.minX[y] = min(s.minX[y], int32(i0))
	row := s.acc[y*(s.win.Dx()+2):]
	if i1 <= i0+1 {
		mid := float32((xa+xb)/2 - float64(i0))
		row[i0] += d * (1 - mid)
		row[i0+1] += d * mid
		s.maxX[y] = max(s.maxX[y], int32(i0+1))
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
	s.maxX[y] = max(s.maxX[y], int32(i1))
}

// ring adds a closed path.
func (s *shape) ring(points []xy) {
	for i, p := range points {
		q := points[(i+1)%len(points)]
		s.edge(p.x, p.y, q.x, q.y)
	}
}

type xy struct{ x, y float64 }

// sweep calls run for every run of equal coverage that is not zero, in pixels
// of the view, and clears the buffer.
func (s *shape) sweep(run func(y, x0, x1 int, a uint32)) {
	w := s.win.Dx()
	for y := s.minY; y <= s.maxY; y++ {
		if s.maxX[y] < 0 {
			continue
		}
		row := s.acc[y*(w+2) : (y+1)*(w+2)]
		lo, hi := int(s.minX[y]), int(s.maxX[y])
		sum, from, last := float32(0), lo, uint32(0)
		for i := lo; i <= hi; i++ {
			v := row[i]
			if v == 0 {
				continue
			}
			row[i] = 0
			sum += v
			a := uint32(min(max(sum, -sum), 1)*255 + 0.5)
			if a == last {
				continue
			}
			if last > 0 && from < w {
				run(y+s.win.Min.Y, from+s.win.Min.X, min(i, w)+s.win.Min.X, last)
			}
			from, last = i, a
		}
		if last > 0 && from < w {
			run(y+s.win.Min.Y, from+s.win.Min.X, w+s.win.Min.X, last)
		}
		s.minX[y], s.maxX[y] = math.MaxInt32, -1
	}
	s.minY, s.maxY = len(s.minX), -1
}

// fill draws the collected paths in one colour; its alpha is not premultiplied.
func (s *shape) fill(c *canvas, col color.RGBA) {
	s.sweep(func(y, x0, x1 int, a uint32) {
		fillRun(c.row(y, x0, x1), col, a*uint32(col.A)/255)
	})
}

// mask writes the collected paths' coverage into m, whose bounds are the window.
func (s *shape) mask(m *image.Alpha) {
	s.sweep(func(y, x0, x1 int, a uint32) {
		o := m.PixOffset(x0, y)
		for i := range x1 - x0 {
			m.Pix[o+i] = max(m.Pix[o+i], uint8(a))
		}
	})
}

// strokes collects lines as coverage and draws them once, so that overlapping
// parts of one line do not add up.
type strokes struct {
	win  image.Rectangle
	pix  []uint8
	rows []span // touched pixels of each row
}

type span struct{ lo, hi int32 }

func (s *strokes) reset(win image.Rectangle) {
	s.win = win
	if n := win.Dx() * win.Dy(); cap(s.pix) < n {
		s.pix = make([]uint8, n)
	} else {
		s.pix = s.pix[:n]
	}
	if cap(s.rows) < win.Dy() {
		s.rows = make([]span, win.Dy())
	}
	s.rows = s.rows[:win.Dy()]
	for i := range s.rows {
		s.rows[i] = span{math.MaxInt32, -1}
	}
}

// line adds a line with round ends and the given half width, in pixels of the view.
func (s *strokes) line(x0, y0, x1, y1, half float64) {
	eachCapsule(s.win, x0, y0, x1, y1, half, func(y, x int, a uint32) {
		ry, rx := y-s.win.Min.Y, x-s.win.Min.X
		r := &s.rows[ry]
		r.lo, r.hi = min(r.lo, int32(rx)), max(r.hi, int32(rx))
		p := &s.pix[ry*s.win.Dx()+rx]
		*p = max(*p, uint8(a))
	})
}

// fill draws the lines and clears the buffer.
func (s *strokes) fill(c *canvas, col color.RGBA) {
	for y := range s.rows {
		r := s.rows[y]
		if r.hi < 0 {
			continue
		}
		cov := s.pix[y*s.win.Dx()+int(r.lo) : y*s.win.Dx()+int(r.hi)+1]
		p := c.row(y+s.win.Min.Y, int(r.lo)+s.win.Min.X, int(r.hi)+1+s.win.Min.X)
		for i, a := range cov {
			if a > 0 {
				blend(p[i*4:i*4+4], col, uint32(a)*uint32(col.A)/255)
				cov[i] = 0
			}
		}
		s.rows[y] = span{math.MaxInt32, -1}
	}
}

// fillExcept draws the lines where the picture does not have the colour except.
func (s *strokes) fillExcept(c *canvas, col, except color.RGBA) {
	for y := range s.rows {
		r := s.rows[y]
		for x := r.lo; x <= r.hi; x++ {
			a := &s.pix[y*s.win.Dx()+int(x)]
			if *a == 0 {
				continue
			}
			p := c.row(y+s.win.Min.Y, int(x)+s.win.Min.X, int(x)+1+s.win.Min.X)
			if p[0] != except.R || p[1] != except.G || p[2] != except.B {
				blend(p, col, uint32(*a)*uint32(col.A)/255)
			}
			*a = 0
		}
		s.rows[y] = span{math.MaxInt32, -1}
	}
}

// mask writes the lines' coverage into m, whose bounds are the window.
func (s *strokes) mask(m *image.Alpha) {
	for y := range s.rows {
		r := s.rows[y]
		for x := r.lo; x <= r.hi; x++ {
			i := y*s.win.Dx() + int(x)
			o := y*m.Stride + int(x)
			m.Pix[o] = max(m.Pix[o], s.pix[i])
			s.pix[i] = 0
		}
		s.rows[y] = span{math.MaxInt32, -1}
	}
}

// eachCapsule calls put for the pixels of a line with round ends.
func eachCapsule(win image.Rectangle, x0, y0, x1, y1, half float64, put func(y, x int, a uint32)) {
	reach := half + 1
	top := max(win.Min.Y, int(math.Floor(min(y0, y1)-reach)))
	bottom := min(win.Max.Y-1, int(math.Ceil(max(y0, y1)+reach)))
	left, right := min(x0, x1)-reach, max(x0, x1)+reach
	if right < float64(win.Min.X) || left > float64(win.Max.X) {
		return
	}
	dx, dy := x1-x0, y1-y0
	length2 := dx*dx + dy*dy
	inv := 0.0
	if length2 > 0 {
		inv = 1 / length2
	}
	wide := math.Inf(1)
	if dy != 0 {
		wide = reach * math.Sqrt(length2) / math.Abs(dy)
	}
	for y := top; y <= bottom; y++ {
		py := float64(y) + 0.5
		lo, hi := left, right
		if dy != 0 {
			xc := x0 + (py-y0)*dx/dy
			lo, hi = max(lo, xc-wide), min(hi, xc+wide)
		}
		for x := max(win.Min.X, int(math.Floor(lo))); x < win.Max.X && float64(x) <= hi; x++ {
			px := float64(x) + 0.5
			t := max(0, min(1, ((px-x0)*dx+(py-y0)*dy)*inv))
			ex, ey := px-x0-t*dx, py-y0-t*dy
			if d := half + 0.5 - math.Sqrt(ex*ex+ey*ey); d > 0 {
				put(y, x, uint32(min(d, 1)*255))
			}
		}
	}
}

// line draws one line with round ends straight into the picture.
func (c *canvas) line(x0, y0, x1, y1, half float64, col color.RGBA) {
	alpha := uint32(col.A)
	eachCapsule(c.win, x0, y0, x1, y1, half, func(y, x int, a uint32) {
		blend(c.row(y, x, x+1), col, a*alpha/255)
	})
}
