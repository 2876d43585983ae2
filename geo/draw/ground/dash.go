package ground

import (
	"image"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// pattern is where in its dashes a line is.
type pattern struct {
	lengths []float64 // dash, gap, dash … in units
	unit    float64   // pixels
	i       int
	left    float64 // of the current one, in pixels
}

// on reports whether the line is in a dash.
func (d *pattern) on() bool { return d.i%2 == 0 }

func (d *pattern) next() {
	d.i = (d.i + 1) % len(d.lengths)
	d.left = max(d.lengths[d.i]*d.unit, 1e-3)
}

// skip goes on by a length without drawing.
func (d *pattern) skip(length float64) {
	total := 0.0
	for _, l := range d.lengths {
		total += max(l*d.unit, 1e-3)
	}
	for length = math.Mod(length, total); length >= d.left; {
		length -= d.left
		d.next()
	}
	d.left -= length
}

// dashed adds a line as dashes and gaps, which are given in widths of the line.
// Dashes have round ends, so each is drawn shorter by a width.
func (b *brush) dashed(path []geo.Point, s *sheet, half float64, dashes []float64) {
	d := pattern{lengths: dashes, unit: 2 * half, i: -1}
	d.next()
	prev := s.at.pixel(path[0])
	for _, q := range path[1:] {
		next := s.at.pixel(q)
		length := math.Hypot(next.X-prev.X, next.Y-prev.Y)
		from, to := within(prev, next, s.clip, half+2)
		if length < 1e-9 || from >= to {
			d.skip(length)
			prev = next
			continue
		}
		d.skip(from * length)
		for at := from * length; at < to*length; {
			end := min(at+d.left, to*length)
			if d.on() {
				b.dash(prev, next, at/length, end/length, half, length)
			}
			d.left -= end - at
			at = end
			if d.left <= 1e-9 {
				d.next()
			}
		}
		d.skip((1 - to) * length)
		prev = next
	}
}

func (b *brush) dash(p, q raster.XY, from, to, half, length float64) {
	inset := min(half/length, (to-from)/2)
	from, to = from+inset, to-inset
	dx, dy := q.X-p.X, q.Y-p.Y
	b.strokes.Line(p.X+dx*from, p.Y+dy*from, p.X+dx*to, p.Y+dy*to, half)
}

// within returns the part of the way from a to b, 0 to 1, that lies in r or less
// than reach from it; from is not below to if none does (Liang and Barsky).
func within(a, b raster.XY, r image.Rectangle, reach float64) (from, to float64) {
	from, to = 0, 1
	cut := func(start, way, lo, hi float64) {
		if way == 0 {
			if start < lo || start > hi {
				from, to = 1, 0
			}
			return
		}
		t0, t1 := (lo-start)/way, (hi-start)/way
		from, to = max(from, min(t0, t1)), min(to, max(t0, t1))
	}
	cut(a.X, b.X-a.X, float64(r.Min.X)-reach, float64(r.Max.X)+reach)
	cut(a.Y, b.Y-a.Y, float64(r.Min.Y)-reach, float64(r.Max.Y)+reach)
	return from, to
}
