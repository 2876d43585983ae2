package pen

import (
	"image"
	"image/color"
	"math"

	"iocwall/geo/draw/raster"
)

// RoundRect fills a rectangle with rounded corners.
func (p *Pen) RoundRect(rect image.Rectangle, radius float64, col color.RGBA) {
	if rect.Intersect(p.canvas.Win).Empty() {
		return
	}
	s := &p.shape
	s.Reset(p.canvas.Win)
	x0, y0, x1, y1 := float64(rect.Min.X), float64(rect.Min.Y), float64(rect.Max.X), float64(rect.Max.Y)
	points := p.points[:0]
	corner := func(cx, cy, from float64) {
		for i := range 5 {
			sin, cos := math.Sincos(from + float64(i)*math.Pi/8)
			points = append(points, raster.XY{X: cx + radius*cos, Y: cy + radius*sin})
		}
	}
	radius = max(0, min(radius, (x1-x0)/2, (y1-y0)/2))
	corner(x1-radius, y1-radius, 0)
	corner(x0+radius, y1-radius, math.Pi/2)
	corner(x0+radius, y0+radius, math.Pi)
	corner(x1-radius, y0+radius, 3*math.Pi/2)
	s.Ring(points)
	p.points = points
	s.Fill(p.canvas, col)
}

// Box draws a card: a fill and an edge of the given width.
func (p *Pen) Box(rect image.Rectangle, radius, width float64, fill, edge color.RGBA) {
	p.RoundRect(rect, radius, edge)
	n := int(math.Ceil(width))
	p.RoundRect(rect.Inset(n), radius-float64(n), fill)
}

// Frame draws an unfilled rectangle.
func (p *Pen) Frame(rect, clip image.Rectangle, width int, col color.RGBA) {
	for _, side := range []image.Rectangle{
		image.Rect(rect.Min.X, rect.Min.Y, rect.Max.X, rect.Min.Y+width),
		image.Rect(rect.Min.X, rect.Max.Y-width, rect.Max.X, rect.Max.Y),
		image.Rect(rect.Min.X, rect.Min.Y, rect.Min.X+width, rect.Max.Y),
		image.Rect(rect.Max.X-width, rect.Min.Y, rect.Max.X, rect.Max.Y),
	} {
		p.canvas.Rect(side.Intersect(clip), col)
	}
}

// Luminance is the relative luminance of WCAG 2.
func Luminance(c color.RGBA) float64 {
	lin := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}
