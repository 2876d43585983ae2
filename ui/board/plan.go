// Package board is the wall in small on a page: pictures that its computers read
// back from their screens, with the number and age of each, and a person's hands on
// it: what is dragged on to it, moved and resized on it.
package board

import (
	"image"
	"math"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/page"
)

// Plan says where on a page each millimetre of a wall lies.
type Plan struct {
	// Area is the wall's place, in device pixels; the wall is in its middle.
	Area   image.Rectangle
	x0, y0 float64
	k      float64 // pixels in a millimetre
}

// NewPlan returns the plan that shows all of a wall in an area.
func NewPlan(w world.WallDefined, area image.Rectangle) Plan {
	x0, y0, mmW, mmH := scene.Bounds(w)
	p := Plan{Area: area, x0: x0, y0: y0}
	if mmW > 0 && mmH > 0 {
		p.k = math.Min(float64(area.Dx())/mmW, float64(area.Dy())/mmH)
	}
	return p
}

// PerMM is how many pixels of the page a millimetre of the wall has.
func (p Plan) PerMM() float64 { return p.k }

// Rect is where a place of the wall lies.
func (p Plan) Rect(r scene.Rect) image.Rectangle {
	x := func(mm float64) int { return p.Area.Min.X + int(math.Round((mm-p.x0)*p.k)) }
	y := func(mm float64) int { return p.Area.Min.Y + int(math.Round((mm-p.y0)*p.k)) }
	return image.Rect(x(r.X), y(r.Y), x(r.X+r.W), y(r.Y+r.H))
}

// At is the place of the wall under a pixel, in millimetres.
func (p Plan) At(at image.Point) (x, y float64) {
	if p.k <= 0 {
		return 0, 0
	}
	return p.x0 + float64(at.X-p.Area.Min.X)/p.k, p.y0 + float64(at.Y-p.Area.Min.Y)/p.k
}

// Spots lays a scene out on the plan. There is no bezel: each tile is one piece.
func (p Plan) Spots(tiles []world.Tile) []page.Spot {
	out := make([]page.Spot, 0, len(tiles))
	for _, t := range tiles {
		r := p.Rect(scene.RectOf(t)).Intersect(p.Area)
		r.Max = r.Max.Sub(image.Pt(1, 1))
		if r.Dx() < 2 || r.Dy() < 2 {
			continue
		}
		out = append(out, page.Spot{Tile: t, Rect: r})
	}
	return out
}
