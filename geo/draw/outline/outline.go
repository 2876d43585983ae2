// Package outline prepares rings and lines for drawing: corners in pixels that
// neighbours share exactly, and the place inside of an area where a name has
// most room. It is pure.
package outline

import (
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// Scale maps the Web-Mercator unit square to pixels of a view: its width in
// pixels and the view's top left corner.
type Scale struct{ World, X, Y float64 }

// snap is how many steps corners have in a pixel. Neighbours run along their
// common edge in opposite directions, so corners are dropped by where they lie
// and not by how far they are from the one before.
const snap = 4

// Append adds the corners of a ring or line to dst in pixels of the view.
// Corners that fall on the one before are left out, and those that are no
// numbers. What crosses the antimeridian goes on beyond it.
func Append(dst []raster.XY, points []geo.Point, s Scale) []raster.XY {
	n := len(dst)
	dst = Project(dst, points)
	return Place(dst[:n], dst[n:], s)
}

// Project adds the corners of a ring or line to dst in the unit square, but for
// those that are no numbers. What crosses the antimeridian goes on beyond it.
func Project(dst []raster.XY, points []geo.Point) []raster.XY {
	turn, last, started := 0.0, 0.0, false
	for _, p := range points {
		if !(math.Abs(p[0]) <= 1e4) || !(math.Abs(p[1]) <= 1e4) {
			continue
		}
		if started {
			if d := p[0] - last; d > 180 {
				turn -= 360
			} else if d < -180 {
				turn += 360
			}
		}
		last, started = p[0], true
		x, y := geo.Project(geo.Point{p[0] + turn, p[1]})
		dst = append(dst, raster.XY{X: x, Y: y})
	}
	return dst
}

// Place adds corners of the unit square to dst in pixels of the view, but for those
// that fall on the one before. Dst may begin where the corners do.
func Place(dst, corners []raster.XY, s Scale) []raster.XY {
	w, n := s.World*snap, len(dst)
	for _, p := range corners {
		at := raster.XY{X: math.Round(p.X*w)/snap - s.X, Y: math.Round(p.Y*w)/snap - s.Y}
		if len(dst) == n || at != dst[len(dst)-1] {
			dst = append(dst, at)
		}
	}
	return dst
}

// Thin drops corners of a line in place that lie within tolerance pixels of what
// is left. The first and the last stay.
func Thin(line []raster.XY, tolerance float64) []raster.XY {
	const most = 12 // corners dropped in a row, so that the work stays in proportion
	n, from := 0, 0
	for from < len(line) {
		line[n] = line[from]
		n++
		to := from + 1
		for to+1 < len(line) && to-from < most && straight(line, from, to+1, tolerance) {
			to++
		}
		from = to
	}
	return line[:n]
}

// straight reports whether all corners between two are near the line from one to
// the other.
func straight(line []raster.XY, from, to int, tolerance float64) bool {
	a, b := line[from], line[to]
	dx, dy := b.X-a.X, b.Y-a.Y
	l := dx*dx + dy*dy
	for _, p := range line[from+1 : to] {
		ex, ey := p.X-a.X, p.Y-a.Y
		along := ex*dx + ey*dy
		if along < 0 || along > l || l == 0 {
			return false
		}
		if off := ex*dy - ey*dx; off*off > tolerance*tolerance*l {
			return false
		}
	}
	return true
}

// Area returns the signed area of a ring in square pixels.
func Area(ring []raster.XY) float64 {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.X*q.Y - q.X*p.Y
	}
	return sum / 2
}

// Turned reverses a ring in place unless it already runs the way that is asked.
func Turned(ring []raster.XY, positive bool) []raster.XY {
	if len(ring) > 2 && Area(ring) > 0 != positive {
		for i, j := 0, len(ring)-1; i < j; i, j = i+1, j-1 {
			ring[i], ring[j] = ring[j], ring[i]
		}
	}
	return ring
}

// Sum continues a checksum over points; equal points give equal sums.
func Sum(h uint64, points []geo.Point) uint64 {
	h = Mix(h, uint64(len(points)))
	for i := range points {
		h = Mix(Mix(h, math.Float64bits(points[i][0])), math.Float64bits(points[i][1]))
	}
	return h
}

// Mix continues a checksum over one value.
func Mix(h, v uint64) uint64 {
	h = (h ^ v) * 0x9E3779B97F4A7C15
	return h ^ h>>29
}

// Text continues a checksum over a text.
func Text(h uint64, text string) uint64 {
	h = Mix(h, uint64(len(text)))
	for i := range len(text) {
		h = Mix(h, uint64(text[i]))
	}
	return h
}
