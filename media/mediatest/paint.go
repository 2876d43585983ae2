package mediatest

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"golang.org/x/image/vector"
)

// sceneWidth and sceneHeight are the units in which scenes are drawn.
const (
	sceneWidth  = 640
	sceneHeight = 360
)

// placement moves and scales a shape: a point p is drawn at p*scale + (dx, dy).
type placement struct{ dx, dy, scale float64 }

// shape is a filled outline, possibly moving. Shapes without a motion are painted once.
type shape struct {
	path string // SVG path of M, L, H, V and Z, absolute
	fill color.RGBA
	// move gives the placements of the shape at a phase from 0 to 1 of the loop; several draw it several times.
	move func(phase float64) []placement
}

// rgb reads a colour written as 0xRRGGBB.
func rgb(v uint32) color.RGBA {
	return color.RGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}
}

// painter draws shapes onto a picture.
type painter struct {
	img    *image.RGBA
	sx, sy float64
	raster vector.Rasterizer
}

func newPainter(size image.Point) *painter {
	return &painter{
		img: image.NewRGBA(image.Rectangle{Max: size}),
		sx:  float64(size.X) / sceneWidth, sy: float64(size.Y) / sceneHeight,
	}
}

// fill draws one outline at one placement, anti-aliased.
func (p *painter) fill(outline [][]point, c color.RGBA, at placement) {
	place := func(q point) point {
		return point{(q.x*at.scale + at.dx) * p.sx, (q.y*at.scale + at.dy) * p.sy}
	}
	box := bounds(outline, place).Intersect(p.img.Rect)
	if box.Empty() {
		return
	}
	p.raster.Reset(box.Dx(), box.Dy())
	ox, oy := float64(box.Min.X), float64(box.Min.Y)
	for _, ring := range outline {
		for i, q := range ring {
			q = place(q)
			x, y := float32(q.x-ox), float32(q.y-oy)
			if i == 0 {
				p.raster.MoveTo(x, y)
			} else {
				p.raster.LineTo(x, y)
			}
		}
		p.raster.ClosePath()
	}
	p.raster.Draw(p.img, box, image.NewUniform(c), image.Point{})
}

type point struct{ x, y float64 }

// bounds returns the pixels an outline touches.
func bounds(outline [][]point, place func(point) point) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, ring := range outline {
		for _, q := range ring {
			q = place(q)
			x0, y0, x1, y1 = min(x0, q.x), min(y0, q.y), max(x1, q.x), max(y1, q.y)
		}
	}
	if x0 > x1 || x1 < -1e6 || x0 > 1e6 || y1 < -1e6 || y0 > 1e6 {
		return image.Rectangle{}
	}
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
}

// parsePath reads an SVG path of the commands M, L, H, V and Z with absolute coordinates; anything else is skipped.
func parsePath(path string) [][]point {
	var rings [][]point
	var cur point
	command := byte('M')
	var args []float64
	flush := func() {
		for len(args) > 0 {
			switch {
			case command == 'H':
				cur.x, args = args[0], args[1:]
			case command == 'V':
				cur.y, args = args[0], args[1:]
			case len(args) >= 2:
				cur, args = point{args[0], args[1]}, args[2:]
			default:
				args = nil
				continue
			}
			if command == 'M' || len(rings) == 0 {
				rings = append(rings, nil)
				command = 'L'
			}
			rings[len(rings)-1] = append(rings[len(rings)-1], cur)
		}
	}
	for i := 0; i < len(path); {
		c := path[i]
		switch {
		case c >= 'A' && c <= 'Z':
			flush()
			if command = c; c == 'Z' {
				command = 'M'
			}
			i++
		case c == '-' || c == '.' || c >= '0' && c <= '9':
			j := i + 1
			for j < len(path) && (path[j] == '.' || path[j] >= '0' && path[j] <= '9') {
				j++
			}
			if v, err := strconv.ParseFloat(path[i:j], 64); err == nil {
				args = append(args, v)
			}
			i = j
		default:
			i++
		}
	}
	flush()
	return rings
}
