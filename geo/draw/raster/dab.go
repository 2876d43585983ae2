package raster

import (
	"encoding/binary"
	"image"
	"math"
)

// dab is four pixels side by side of something that is laid over pictures:
// premultiplied, clear ones changing nothing. A sprite as one list of dabs is
// several times faster than row by row, since the processor foresees the end of
// a loop only when it is far away.
type dab struct {
	pix    [4]uint32
	dx, dy int16 // of the first pixel
}

// dabWidth is how many pixels a dab has.
const dabWidth = 4

// full is the part of 256 of what is laid as it is.
const full = 256

// dabs returns the sprite's pixels as dabs, of which the last of a row may go beyond
// the sprite's box by up to three pixels. It returns nil where there can be none.
func (s *Sprite) dabs() []dab {
	if s.w > math.MaxInt16-dabWidth || s.h > math.MaxInt16 {
		return nil
	}
	most := 0
	for _, r := range s.rows {
		most += (int(r.hi-r.lo) + dabWidth - 1) / dabWidth
	}
	out := make([]dab, 0, most)
	for y := range s.h {
		row := s.pix[y*s.w*4 : (y+1)*s.w*4]
		for x := int(s.rows[y].lo); x < int(s.rows[y].hi); {
			if row[x*4+3] == 0 {
				x++
				continue
			}
			d := dab{dx: int16(x), dy: int16(y)}
			for k := range min(dabWidth, s.w-x) {
				d.pix[k] = binary.LittleEndian.Uint32(row[(x+k)*4:])
			}
			x += dabWidth
			out = append(out, d)
		}
	}
	return out
}

// lay lays dabs over the picture with their origin at a place in pixels of the
// view. All of them lie in box, which is relative to that place.
func (c *Canvas) lay(dabs []dab, x, y int, box image.Rectangle) {
	if len(dabs) == 0 {
		return
	}
	w := &c.Win
	if x+box.Min.X >= w.Min.X && y+box.Min.Y >= w.Min.Y && x+box.Max.X <= w.Max.X && y+box.Max.Y <= w.Max.Y {
		layDabs(c.Pix, (y-w.Min.Y)*c.Stride+(x-w.Min.X)*4, c.Stride, dabs, full)
		return
	}
	if !box.Add(image.Pt(x, y)).Overlaps(*w) {
		return
	}
	var four [dabWidth * 4]byte
	for i := range dabs {
		d := &dabs[i]
		at := x + int(d.dx)
		from, to := max(at, w.Min.X), min(at+dabWidth, w.Max.X)
		if row := y + int(d.dy); from < to && row >= w.Min.Y && row < w.Max.Y {
			for k, p := range d.pix {
				binary.LittleEndian.PutUint32(four[k*4:], p)
			}
			over(c.Row(row, from, to), four[(from-at)*4:(to-at)*4], full)
		}
	}
}

// layDabsPlain lays part of 256 of dabs over a picture, their origin at byte at. It
// is what the processor's own instructions do where there are any.
func layDabsPlain(pix []byte, at, stride int, dabs []dab, part int) {
	var four [dabWidth * 4]byte
	for i := range dabs {
		d := &dabs[i]
		for k, p := range d.pix {
			binary.LittleEndian.PutUint32(four[k*4:], p)
		}
		o := at + int(d.dy)*stride + int(d.dx)*4
		over(pix[o:o+dabWidth*4], four[:], uint32(part))
	}
}
