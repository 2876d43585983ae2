package raster

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
)

// RayTurns is the number of directions that Rays are drawn in.
const RayTurns = 360

// longestRay is the length in pixels up to which rays are kept ready.
const longestRay = 96

// Rays draws many lines of one width and colour, each from the corner of a pixel,
// as symbols stand, in one of RayTurns directions: faster than Canvas.Ray, since where its pixels
// lie is found once for a direction and a length. Lengths are rounded to pixels. The
// zero value must not be used.
type Rays struct {
	half float64
	col  color.RGBA
	rays [RayTurns]*ray
	dabs []dab // room for more ends
}

// NewRays returns Rays of a half width in pixels and a colour, which is not
// premultiplied.
func NewRays(half float64, col color.RGBA) *Rays { return &Rays{half: half, col: col} }

// Is reports whether the lines look so.
func (r *Rays) Is(half float64, col color.RGBA) bool { return r.half == half && r.col == col }

// ray is the longest line in one direction, its dabs from the start on.
type ray struct {
	ux, uy float64
	dabs   []dab
	from   []float32             // where along the line each dab begins
	whole  [longestRay + 1]int32 // how many dabs a line of a length has unchanged
	ends   [longestRay + 1][]dab // and what it has of the others; nil before the first
}

// RayTurn returns the direction nearest to a course in degrees from north, which
// must be a number.
func RayTurn(course float64) int {
	turn := int(math.Round(math.Mod(course, 360)*(RayTurns/360.0))) % RayTurns
	if turn < 0 {
		turn += RayTurns
	}
	return turn
}

// Draw draws a line with round ends from (x, y) on. Something that is drawn next
// hides the first pixels of it, as many as hidden says.
func (r *Rays) Draw(c *Canvas, x, y, turn int, length, hidden float64) {
	line := r.rays[turn]
	if line == nil {
		line = r.make(turn)
		r.rays[turn] = line
	}
	reach := r.half + 0.5
	if hidden >= length+reach {
		return
	}
	if !(length <= longestRay) {
		from := max(0, min(hidden-reach, length))
		c.Ray(float64(x)+from*line.ux, float64(y)+from*line.uy, line.ux, line.uy, length-from, r.half, r.col)
		return
	}
	n := int(length + 0.5)
	if line.ends[n] == nil {
		line.ends[n] = r.ends(line, n)
	}
	first, whole := 0, int(line.whole[n])
	if hidden > 0 {
		first = int(line.whole[int(min(hidden, longestRay))])
	}
	box := line.box(n, int(reach)+2)
	c.lay(line.dabs[min(first, whole):whole], x, y, box)
	c.lay(line.ends[n], x, y, box)
}

// box is around a line of a length; around it lies what the line is wide.
func (l *ray) box(length, around int) image.Rectangle {
	dx, dy := l.ux*float64(length), l.uy*float64(length)
	return image.Rect(int(min(dx, 0))-around, int(min(dy, 0))-around, int(max(dx, 0))+around+dabWidth, int(max(dy, 0))+around+1)
}

// ends returns what a line of a length has around its end, never nil.
func (r *Rays) ends(line *ray, length int) []dab {
	if cap(r.dabs)-len(r.dabs) < len(line.dabs)-int(line.whole[length]) {
		r.dabs = make([]dab, 0, max(1024, len(line.dabs)))
	}
	out, reach := r.dabs[len(r.dabs):], r.half+0.5
	for i := int(line.whole[length]); i < len(line.dabs); i++ {
		if from := float64(line.from[i]) - float64(length); from > reach+dabWidth {
			break
		} else if from < reach {
			if d, ok := r.end(line, &line.dabs[i], float64(length)); ok {
				out = append(out, d)
			}
		}
	}
	r.dabs = r.dabs[:len(r.dabs)+len(out)]
	return out[:len(out):len(out)]
}

// end returns what a line of the given length has of a dab around its end.
func (r *Rays) end(line *ray, d *dab, length float64) (dab, bool) {
	out, ink := *d, uint32(0)
	for k, p := range d.pix {
		if p == 0 {
			continue
		}
		dx, dy := float64(int(d.dx)+k)+0.5, float64(d.dy)+0.5
		if over := dx*line.ux + dy*line.uy - length; over > 0 {
			across := dx*line.uy - dy*line.ux
			out.pix[k] = r.pixel(math.Sqrt(across*across + over*over))
		}
		ink |= out.pix[k]
	}
	return out, ink > 0
}

// pixel is a pixel whose middle is far from the line.
func (r *Rays) pixel(far float64) uint32 {
	a := min(max(0, uint32((max(0, r.half+0.5-far))*255)), 255) * uint32(r.col.A) / 255
	return (uint32(r.col.R)*a+127)/255 | (uint32(r.col.G)*a+127)/255<<8 | (uint32(r.col.B)*a+127)/255<<16 | a<<24
}

// make finds the pixels of the longest line in a direction.
func (r *Rays) make(turn int) *ray {
	sin, cos := math.Sincos(float64(turn) / RayTurns * 2 * math.Pi)
	line := &ray{ux: sin, uy: -cos}
	reach := int(r.half) + 2
	most := float64(longestRay + reach)
	type part struct {
		dab
		from, to float32
	}
	parts := make([]part, 0, 512)
	at := func(x, y int) (float64, uint32) {
		dx, dy := float64(x)+0.5, float64(y)+0.5
		along, far := dx*line.ux+dy*line.uy, math.Abs(dx*line.uy-dy*line.ux)
		if along < 0 {
			far = math.Sqrt(dx*dx + dy*dy)
		}
		if along > most {
			return along, 0
		}
		return along, r.pixel(far)
	}
	right, low := int(max(line.ux*most, 0))+reach, int(max(line.uy*most, 0))+reach
	for y := int(min(line.uy*most, 0)) - reach; y <= low; y++ {
		for x := int(min(line.ux*most, 0)) - reach; x <= right; x++ {
			if _, p := at(x, y); p == 0 {
				continue
			}
			d := part{dab: dab{dx: int16(x), dy: int16(y)}, from: math.MaxFloat32, to: -math.MaxFloat32}
			for k := range dabWidth {
				along, p := at(x+k, y)
				if d.pix[k] = p; p != 0 {
					d.from, d.to = min(d.from, float32(along)), max(d.to, float32(along))
				}
			}
			parts = append(parts, d)
			x += dabWidth - 1
		}
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.to, b.to) })
	line.dabs, line.from = make([]dab, 0, len(parts)), make([]float32, 0, len(parts))
	for _, p := range parts {
		line.dabs, line.from = append(line.dabs, p.dab), append(line.from, p.from)
		for k := max(0, int(math.Ceil(float64(p.to)))); k < len(line.whole); k++ {
			line.whole[k]++
		}
	}
	return line
}
