package raster

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"math/bits"
)

// Strokes collects lines as coverage and draws them once, so that overlapping
// parts of one line do not add up.
type Strokes struct {
	win  image.Rectangle
	pix  []uint8
	rows []span // touched pixels of each row
}

type span struct{ lo, hi int32 }

// Reset prepares for a window; nothing may be left to draw.
func (s *Strokes) Reset(win image.Rectangle) {
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

// Line adds a line with round ends and the given half width, in pixels of the view.
func (s *Strokes) Line(x0, y0, x1, y1, half float64) {
	line := newCapsule(x0, y0, x1, y1, half)
	top, bottom := line.rows(s.win)
	for y := top; y < bottom; y++ {
		from, to := line.span(s.win, y)
		if from >= to {
			continue
		}
		ry, lo, hi := y-s.win.Min.Y, from-s.win.Min.X, to-s.win.Min.X
		r := &s.rows[ry]
		r.lo, r.hi = min(r.lo, int32(lo)), max(r.hi, int32(hi-1))
		line.row(s.pix[ry*s.win.Dx()+lo:ry*s.win.Dx()+hi], from, y)
	}
}

// Fill draws the lines and clears the buffer.
func (s *Strokes) Fill(c *Canvas, col color.RGBA) { s.fill(c, col, math.MaxUint32) }

// FillExcept draws the lines where the picture does not have the colour except.
func (s *Strokes) FillExcept(c *Canvas, col, except color.RGBA) {
	s.fill(c, col, uint32(except.R)|uint32(except.G)<<8|uint32(except.B)<<16)
}

// fill draws the lines where the first three bytes of a pixel are not those of a
// number, which is above all others for none.
func (s *Strokes) fill(c *Canvas, col color.RGBA, except uint32) {
	ink := inkOf(col)
	for y := range s.rows {
		r := s.rows[y]
		if r.hi < 0 {
			continue
		}
		s.rows[y] = span{math.MaxInt32, -1}
		cov := s.pix[y*s.win.Dx()+int(r.lo) : y*s.win.Dx()+int(r.hi)+1]
		row := c.Row(y+s.win.Min.Y, int(r.lo)+s.win.Min.X, int(r.hi)+1+s.win.Min.X)
		i := 0
		for ; i+8 <= len(cov); i += 8 {
			if set := binary.LittleEndian.Uint64(cov[i:]); set != 0 {
				ink.eight(row[i*4:], set, except)
				binary.LittleEndian.PutUint64(cov[i:], 0)
			}
		}
		for ; i < len(cov); i++ {
			ink.eight(row[i*4:], uint64(cov[i]), except)
			cov[i] = 0
		}
	}
}

// eight lays the colour over up to eight pixels that do not look like except, with
// a byte of coverage for each.
func (k *ink) eight(row []byte, set uint64, except uint32) {
	for ; set != 0; set, row = set>>8, row[4:] {
		if skip := bits.TrailingZeros64(set) / 8; skip > 0 {
			set, row = set>>(8*skip), row[4*skip:]
		}
		if p := row[:4:4]; binary.LittleEndian.Uint32(p)&0xffffff != except {
			k.lay(p, uint32(set&255)*k.a/255)
		}
	}
}

// mask writes the lines' coverage into m, whose bounds are the window.
func (s *Strokes) mask(m *image.Alpha) {
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

// capsule walks the pixels of a line with round ends, row by row.
type capsule struct {
	x0, y0, x1, y1 float64
	ux, uy, length float64 // direction and length
	reach          float64 // how far from the line it still covers something
	slope, wide    float64 // of a row: x of the line for each y, and the reach to both sides
}

func newCapsule(x0, y0, x1, y1, half float64) capsule {
	c := capsule{x0: x0, y0: y0, x1: x1, y1: y1, ux: 1, reach: half + 0.5, wide: math.Inf(1)}
	dx, dy := x1-x0, y1-y0
	if c.length = math.Sqrt(dx*dx + dy*dy); c.length > 0 {
		c.ux, c.uy = dx/c.length, dy/c.length
	}
	if c.uy > 1e-9 || c.uy < -1e-9 {
		c.slope, c.wide = c.ux/c.uy, c.reach/math.Abs(c.uy)
	}
	return c
}

// rows returns the rows that the line may touch.
func (c *capsule) rows(win image.Rectangle) (top, bottom int) {
	if max(c.x0, c.x1)+c.reach < float64(win.Min.X) || min(c.x0, c.x1)-c.reach > float64(win.Max.X) {
		return 0, 0
	}
	lo, hi := min(c.y0, c.y1)-c.reach, max(c.y0, c.y1)+c.reach
	if !(hi >= float64(win.Min.Y) && lo <= float64(win.Max.Y)) {
		return 0, 0
	}
	return max(win.Min.Y, int(math.Floor(max(lo, -1e6)))), min(win.Max.Y, int(math.Ceil(min(hi, 1e6))))
}

// span returns the pixels of row y that the line may touch.
func (c *capsule) span(win image.Rectangle, y int) (from, to int) {
	mid := c.x0 + (float64(y)+0.5-c.y0)*c.slope
	lo, hi := max(min(c.x0, c.x1)-c.reach, mid-c.wide), min(max(c.x0, c.x1)+c.reach, mid+c.wide)
	return max(win.Min.X, int(math.Floor(max(lo, -1e6)))), min(win.Max.X, int(math.Ceil(min(hi, 1e6))))
}

// row raises pixels, the first at (x, y), to the line's coverage in 255ths.
func (c *capsule) row(pix []uint8, x, y int) {
	dx, dy, ux, uy, reach := float64(x)+0.5-c.x0, float64(y)+0.5-c.y0, c.ux, c.uy, c.reach
	along, across := dx*ux+dy*uy, dx*uy-dy*ux
	if last := along + float64(len(pix)-1)*ux; along >= 0 && last >= 0 && along <= c.length && last <= c.length {
		// In 65,280ths: whole numbers are faster.
		most, now, step := int32(reach*65280), int32(across*65280), int32(uy*65280)
		for i := range pix {
			if d := (most - max(now, -now)) >> 8; d > int32(pix[i]) {
				pix[i] = uint8(min(d, 255))
			}
			now += step
		}
		return
	}
	for i := range pix {
		d := math.Abs(across)
		if beyond := max(-along, along-c.length); beyond > 0 {
			d = math.Sqrt(d*d + beyond*beyond)
		}
		if d = reach - d; d > 0 {
			pix[i] = max(pix[i], uint8(min(d, 1)*255))
		}
		along += ux
		across += uy
	}
}
