package outline

import (
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// Spot is the place inside of an area that is farthest from its edge, in the
// Web-Mercator unit square.
type Spot struct {
	X, Y        float64
	Room        float64 // distance to the edge
	Left, Right float64 // how far the area goes on either side at this height
}

// corners is how many corners of an outline Inner looks at, and unit the scale
// it looks at them.
const (
	corners = 400
	unit    = 1 << 30
)

// Inner returns the widest place of the largest polygon, to a fiftieth of its
// size; false for one without any room (the "pole of inaccessibility" of
// mapbox/polylabel).
func Inner(mp geo.MultiPolygon) (Spot, bool) {
	rings := largest(mp)
	if len(rings) == 0 {
		return Spot{}, false
	}
	lo, hi := bounds(rings[0])
	side := min(hi.X-lo.X, hi.Y-lo.Y)
	if !(side > 0) {
		return Spot{}, false
	}
	queue := make(cells, 0, 256)
	half := side / 2
	for x := lo.X; x < hi.X; x += side {
		for y := lo.Y; y < hi.Y; y += side {
			queue.push(newCell(x+half, y+half, half, rings))
		}
	}
	best := newCell((lo.X+hi.X)/2, (lo.Y+hi.Y)/2, 0, rings)
	for tries := 0; len(queue) > 0 && tries < 600; tries++ {
		c := queue.pop()
		if c.room > best.room {
			best = c
		}
		if c.most-best.room <= side/50 {
			break
		}
		h := c.half / 2
		for _, d := range [4][2]float64{{-h, -h}, {h, -h}, {-h, h}, {h, h}} {
			queue.push(newCell(c.x+d[0], c.y+d[1], h, rings))
		}
	}
	if best.room <= 0 {
		return Spot{}, false
	}
	left, right := extent(best.x, best.y, rings)
	return Spot{X: best.x / unit, Y: best.y / unit, Room: best.room / unit, Left: left / unit, Right: right / unit}, true
}

// largest returns the rings of the largest polygon with few corners.
func largest(mp geo.MultiPolygon) [][]raster.XY {
	var best [][]raster.XY
	most := 0.0
	for _, polygon := range mp {
		if len(polygon) == 0 {
			continue
		}
		outer := Append(nil, polygon[0], Scale{World: unit})
		if a := math.Abs(Area(outer)); a > most {
			most, best = a, append(best[:0], thin(outer))
			for _, hole := range polygon[1:] {
				best = append(best, thin(Append(nil, hole, Scale{World: unit})))
			}
		}
	}
	return best
}

// thin leaves every n-th corner.
func thin(ring []raster.XY) []raster.XY {
	step := 1 + len(ring)/corners
	out := ring[:0]
	for i := 0; i < len(ring); i += step {
		out = append(out, ring[i])
	}
	return out
}

func bounds(ring []raster.XY) (lo, hi raster.XY) {
	lo, hi = raster.XY{X: math.Inf(1), Y: math.Inf(1)}, raster.XY{X: math.Inf(-1), Y: math.Inf(-1)}
	for _, p := range ring {
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, p.X), min(lo.Y, p.Y), max(hi.X, p.X), max(hi.Y, p.Y)
	}
	return lo, hi
}

// cell is a square that may hold the widest place.
type cell struct{ x, y, half, room, most float64 }

func newCell(x, y, half float64, rings [][]raster.XY) cell {
	room := toEdge(x, y, rings)
	return cell{x, y, half, room, room + half*math.Sqrt2}
}

// toEdge is the distance to the nearest edge, negative outside.
func toEdge(x, y float64, rings [][]raster.XY) float64 {
	inside, least := false, math.Inf(1)
	for _, ring := range rings {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a.Y > y) != (b.Y > y) && x < (b.X-a.X)*(y-a.Y)/(b.Y-a.Y)+a.X {
				inside = !inside
			}
			dx, dy := b.X-a.X, b.Y-a.Y
			t := 0.0
			if l := dx*dx + dy*dy; l > 0 {
				t = max(0, min(1, ((x-a.X)*dx+(y-a.Y)*dy)/l))
			}
			ex, ey := a.X+t*dx-x, a.Y+t*dy-y
			least = min(least, ex*ex+ey*ey)
		}
	}
	if inside {
		return math.Sqrt(least)
	}
	return -math.Sqrt(least)
}

// extent returns how far an area goes left and right of a place inside of it.
func extent(x, y float64, rings [][]raster.XY) (left, right float64) {
	left, right = math.Inf(1), math.Inf(1)
	for _, ring := range rings {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a.Y > y) == (b.Y > y) {
				continue
			}
			if d := (b.X-a.X)*(y-a.Y)/(b.Y-a.Y) + a.X - x; d < 0 {
				left = min(left, -d)
			} else {
				right = min(right, d)
			}
		}
	}
	return left, right
}

// cells is a heap with the most promising cell first. That of container/heap would
// move each cell to memory of its own.
type cells []cell

func (c *cells) push(x cell) {
	*c = append(*c, x)
	q := *c
	for i := len(q) - 1; i > 0; {
		up := (i - 1) / 2
		if q[up].most >= q[i].most {
			return
		}
		q[up], q[i] = q[i], q[up]
		i = up
	}
}

// pop takes the first cell; there must be one.
func (c *cells) pop() cell {
	q := *c
	first, n := q[0], len(q)-1
	q[0] = q[n]
	for i := 0; ; {
		best := i
		for _, down := range [2]int{2*i + 1, 2*i + 2} {
			if down < n && q[down].most > q[best].most {
				best = down
			}
		}
		if best == i {
			break
		}
		q[best], q[i] = q[i], q[best]
		i = best
	}
	*c = q[:n]
	return first
}
