package draw

import (
	"image"
	"image/color"
	"math"

	"iocwall/geo/draw/look"
	"iocwall/geo/draw/pen"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
	"iocwall/geo/draw/sheet"
)

// beginSheet prepares the picture for areas and lines.
func (r *Renderer) beginSheet() {
	s := &r.style
	r.sheet.Begin(&r.canvas, r.view, sheet.Look{
		Text: r.sizes.Text, Line: r.sizes.Line,
		Sea: s.Sea, Card: s.Card, CardEdge: s.CardEdge, Text2: s.Text2, Focus: s.Focus,
	})
}

// nameAreas writes the names of areas where there is room for them, in one line
// or two: at their widest place, so that they stay where they are.
func (r *Renderer) nameAreas(areas []Area) {
	for i := range areas {
		if a := &areas[i]; a.Name != "" && a.Selected {
			r.nameArea(i, a)
		}
	}
	for i := range areas {
		if a := &areas[i]; a.Name != "" && !a.Selected {
			r.nameArea(i, a)
		}
	}
}

func (r *Renderer) nameArea(i int, a *Area) {
	size := r.sizes.Text
	b := r.sheet.Bounds(i)
	wide, high := (b.Max[0]-b.Min[0])/360*r.view.World, (b.Max[1]-b.Min[1])/360*r.view.World
	if !(wide > size) || !(high > size*0.8) || !b.Intersects(r.panes.all) {
		return
	}
	spot, ok := r.sheet.Spot(i, a)
	if !ok {
		return
	}
	x, y := spot.X+max(-size, min(size, (spot.Right-spot.Left)/4)), spot.Y
	lines := [2]string{a.Name, ""}
	for range 2 {
		w, h := r.blockSize(lines[:], size, false)
		fits := float64(w) < spot.Left+spot.Right && math.Hypot(float64(w), float64(h))/2 < 1.5*spot.Room
		if fits || a.Selected && lines[1] != "" {
			r.writeMiddle(a, lines, int(math.Round(x)), int(math.Round(y)), w, h)
			return
		}
		lines = halves(a.Name)
	}
}

// writeMiddle writes lines around a place unless something stands there.
func (r *Renderer) writeMiddle(a *Area, lines [2]string, x, y, w, h int) {
	if !image.Pt(x, y).In(r.view.Rect()) || !r.asks(x, y) {
		return
	}
	rect := image.Rect(x-w/2, y-h/2, x-w/2+w, y-h/2+h)
	rect = room.Inside(rect, r.grid.Glass(x, y))
	if !r.grid.Clear(rect) {
		moved, found := r.grid.First(x, y, w, h, int(r.sizes.Text*0.4), int(r.sizes.Text*0.9))
		if !found {
			r.stats.LabelsLeft++
			return
		}
		rect = moved
	}
	r.place(rect)
	ink, ground := r.inkOn(a)
	r.writeBlock(rect, lines[:], r.label(r.sizes.Text, false, ink, ground))
}

// inkOn is the colour of a name inside of an area, and of what lies around it.
func (r *Renderer) inkOn(a *Area) (ink, ground color.RGBA) {
	switch {
	case a.Hatch:
		return r.style.Text, r.style.Card
	case a.Fence || a.Fill.A < 128:
		return r.style.Text, r.style.Land
	}
	ground = look.Mixed(r.style.Land, a.Fill, float64(a.Fill.A)/255)
	ground.A = 255
	dark, light := r.style.Ink, color.RGBA{255, 255, 255, 255}
	if pen.Luminance(ground) > 0.18 {
		return dark, ground
	}
	return light, ground
}

// halves breaks a name at the space nearest to its middle.
func halves(name string) [2]string {
	best := -1
	for i := range len(name) {
		if name[i] == ' ' && (best < 0 || abs(2*i-len(name)) < abs(2*best-len(name))) {
			best = i
		}
	}
	if best < 0 {
		return [2]string{name, ""}
	}
	return [2]string{name[:best], name[best+1:]}
}

func abs(v int) int { return max(v, -v) }

// nameLines writes the name of each line over the middle of what is in view of
// it, or beside that where something stands there.
func (r *Renderer) nameLines(lines []Line) {
	size := r.sizes.Text
	for i := range lines {
		l := &lines[i]
		at, ok := r.sheet.Middle(i)
		if !ok {
			continue
		}
		_, col := r.sheet.LineLook(l)
		col.A = 255
		x, y := int(math.Round(at.X)), int(math.Round(at.Y))
		if !r.asks(x, y) {
			continue
		}
		w, h := int(r.width(l.Name, size, false))+2, int(size*raster.LinePitch)
		rect := room.Inside(image.Rect(x-w/2, y-h/2, x-w/2+w, y-h/2+h), r.grid.Glass(x, y))
		if !r.grid.Clear(rect) {
			if rect, ok = r.grid.First(x, y, w, h, int(size*0.35), int(size*1.2)); !ok {
				r.stats.LabelsLeft++
				continue
			}
		}
		r.place(rect)
		style := r.label(size, false, col, r.haloAt(x, y))
		style.HaloWidth *= 1.8
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), l.Name, style)
	}
}
