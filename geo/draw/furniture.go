package draw

import (
	"image"
	"math"

	"iocwall/geo/draw/furniture"
)

// pointer is the sign at the edge of a wall map towards an archipelago.
type pointer struct {
	rect  image.Rectangle
	lines []string // the name first
	size  float64  // of text
	angle float64  // degrees from north
}

// margin is the distance of furniture from the edge of the glass.
func (r *Renderer) margin() int { return int(math.Round(r.sizes.Text * 0.57)) }

// wallScale reports whether text is large enough to be meant for a wall.
func (r *Renderer) wallScale() bool { return r.sizes.Text >= 28 }

// placeFurniture decides where the boxes stand. It looks at the whole view and
// at marks that stay in place, never at vessels, so that boxes do not wander.
func (r *Renderer) placeFurniture(f *Frame) {
	b := &r.boxes
	r.inset.box, r.inset.pointers = image.Rectangle{}, r.inset.pointers[:0]
	b.Begin(furniture.Input{
		Frame: f, Grid: &r.grid, Pen: r.pen, Sheet: &r.sheet, Canvas: &r.canvas, Style: &r.style, Sizes: r.sizes, Words: &r.words,
		Places: r.data.Places, Attribution: r.base.Attribution(), Project: r.proj.At,
	})
	if r.ground.sea.any && !r.islandsInPlace() {
		w, h, fits := r.insetSize()
		if fits {
			r.inset.box = b.Corner(w, h, [4]furniture.Corner{{DX: 1, DY: 1}, {DX: 1, DY: -1}, {DX: -1, DY: 1}, {DX: -1, DY: -1}})
			r.grid.Take(r.inset.box.Inset(-r.margin() / 2))
			b.Avoid(r.inset.box)
		}
		if !fits || r.wallScale() && r.roomForPointers(w*h) {
			r.placePointers(f.Alerts)
		}
	}
	b.Place()
}

// drawFurniture draws the boxes over everything else.
func (r *Renderer) drawFurniture() {
	for i := range r.inset.pointers {
		r.drawPointer(&r.inset.pointers[i])
	}
	r.boxes.Draw()
	if !r.inset.box.Empty() {
		r.drawInset(r.inset.box)
	}
}
