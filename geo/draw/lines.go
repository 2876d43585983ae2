package draw

import (
	"image"
	"image/color"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/outline"
	"iocwall/geo/draw/raster"
)

// lines draws the lines of all layers.
func (r *Renderer) lines(lines []Line) {
	r.strokes.Reset(r.canvas.Win)
	for i := range lines {
		l := &lines[i]
		width, col := r.lineLook(l)
		if l.Selected {
			r.addStroke(l.Points, false, width+3*r.sizes.Line, false, 1)
			r.strokes.Fill(&r.canvas, r.style.Focus)
		}
		r.addStroke(l.Points, false, width, l.Dashed, 1)
		r.strokes.Fill(&r.canvas, col)
	}
}

// lineLook is the width in pixels and the colour of a line.
func (r *Renderer) lineLook(l *Line) (width float64, col color.RGBA) {
	width, col = l.Width*r.sizes.Line, l.Color
	if !(width > 0) {
		width = 2 * r.sizes.Line
	}
	if col.A == 0 {
		col = r.style.Text2
	}
	return min(width, r.sizes.Text), col
}

// addStroke adds a line on the map to the strokes, dashed 36/22 in fifty-sixths
// of the text size times dash where asked.
func (r *Renderer) addStroke(points []geo.Point, closed bool, width float64, dashed bool, dash float64) {
	r.points = outline.Thin(outline.Append(r.points[:0], points, r.scale()), 0.3)
	n := len(r.points)
	if n < 2 {
		return
	}
	on, off := 0.0, 0.0
	if dashed {
		on, off = r.sizes.Text*0.64*dash, r.sizes.Text*0.39*dash
	}
	half := max(0.5, width/2)
	reach := width + r.sizes.Text
	draw := func(a, b raster.XY) { r.strokes.Line(a.X, a.Y, b.X, b.Y, half) }
	if !closed || r.points[0] == r.points[n-1] {
		n--
	}
	at := 0.0
	for i := range n {
		prev, next := r.points[i], r.points[(i+1)%len(r.points)]
		length := math.Hypot(next.X-prev.X, next.Y-prev.Y)
		// Only what is in view is dashed: a line may be a million screens long.
		if from, to, ok := r.clip(prev, next, reach); ok && length < -farAway {
			a := raster.XY{X: prev.X + (next.X-prev.X)*from, Y: prev.Y + (next.Y-prev.Y)*from}
			b := raster.XY{X: prev.X + (next.X-prev.X)*to, Y: prev.Y + (next.Y-prev.Y)*to}
			raster.Dashes(a, b, on, off, at+from*length, draw)
		}
		if on > 0 {
			at = math.Mod(at+length, on+off)
		}
	}
}

// nameAreas writes the names of areas where there is room for them, in one line
// or two: at their widest place, so that they stay where they are.
func (r *Renderer) nameAreas(areas []Area) {
	for i := range areas {
		if a := &areas[i]; a.Name != "" && a.Selected {
			r.nameArea(a, r.sheets.sums[i])
		}
	}
	for i := range areas {
		if a := &areas[i]; a.Name != "" && !a.Selected {
			r.nameArea(a, r.sheets.sums[i])
		}
	}
	if len(r.sheets.spots) > 4*len(areas)+64 {
		for k, s := range r.sheets.spots {
			if r.frame-s.used > 30 {
				delete(r.sheets.spots, k)
			}
		}
	}
}

func (r *Renderer) nameArea(a *Area, sum uint64) {
	size := r.sizes.Text
	b := a.Polygons.Bound()
	wide, high := (b.Max[0]-b.Min[0])/360*r.view.World, (b.Max[1]-b.Min[1])/360*r.view.World
	if !(wide > size) || !(high > size*0.8) || !b.Intersects(r.view.BoundsOf(r.view.Rect())) {
		return
	}
	spot := r.inner(a, sum)
	if !spot.ok {
		return
	}
	left, right := spot.Left*r.view.World, spot.Right*r.view.World
	x := spot.X*r.view.World - r.proj.ox + max(-size, min(size, (right-left)/4))
	y := spot.Y*r.view.World - r.proj.oy
	lines := [2]string{a.Name, ""}
	for range 2 {
		w, h := r.blockSize(lines[:], size, false)
		fits := float64(w) < left+right && math.Hypot(float64(w), float64(h))/2 < 1.5*spot.Room*r.view.World
		if fits || a.Selected && lines[1] != "" {
			r.writeMiddle(a, lines, int(math.Round(x)), int(math.Round(y)), w, h)
			return
		}
		lines = halves(a.Name)
	}
}

// writeMiddle writes lines around a place unless something stands there.
func (r *Renderer) writeMiddle(a *Area, lines [2]string, x, y, w, h int) {
	if !image.Pt(x, y).In(r.view.Rect()) {
		return
	}
	rect := image.Rect(x-w/2, y-h/2, x-w/2+w, y-h/2+h)
	rect = inside(rect, r.grid.nearestPane(x, y))
	if _, ok := r.grid.free(rect); !ok {
		moved, found := r.grid.first(x, y, w, h, int(r.sizes.Text*0.4), int(r.sizes.Text*0.9))
		if !found {
			r.stats.LabelsLeft++
			return
		}
		rect = moved
	}
	r.grid.take(rect)
	r.stats.Labels++
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
	ground = mixed(r.style.Land, a.Fill, float64(a.Fill.A)/255)
	ground.A = 255
	dark, light := r.style.Ink, color.RGBA{255, 255, 255, 255}
	if luminance(ground) > 0.18 {
		return dark, ground
	}
	return light, ground
}

// inner returns where the name of an area stands, found once for an outline.
func (r *Renderer) inner(a *Area, sum uint64) innerSpot {
	s, ok := r.sheets.spots[sum]
	if !ok {
		s.Spot, s.ok = outline.Inner(a.Polygons)
	}
	s.used = r.frame
	r.sheets.spots[sum] = s
	return s
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
		at := r.sheets.mids[i]
		if !at.ok {
			continue
		}
		_, col := r.lineLook(l)
		col.A = 255
		x, y := int(math.Round(at.X)), int(math.Round(at.Y))
		w, h := int(r.width(l.Name, size, false))+2, int(size*raster.LinePitch)
		rect := inside(image.Rect(x-w/2, y-h/2, x-w/2+w, y-h/2+h), r.grid.nearestPane(x, y))
		if _, ok := r.grid.free(rect); !ok {
			if rect, ok = r.grid.first(x, y, w, h, int(size*0.35), int(size*1.2)); !ok {
				r.stats.LabelsLeft++
				continue
			}
		}
		r.grid.take(rect)
		r.stats.Labels++
		style := r.label(size, false, col, r.haloAt(x, y))
		style.HaloWidth *= 1.8
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), l.Name, style)
	}
}

// middle returns the middle of the part of a line that the view shows.
func (r *Renderer) middle(points []geo.Point) middle {
	r.points = outline.Append(r.points[:0], points, r.scale())
	walk := func(do func(a, b raster.XY, length float64) bool) {
		for i := 1; i < len(r.points); i++ {
			a, b := r.points[i-1], r.points[i]
			if from, to, ok := r.clip(a, b, 0); ok {
				dx, dy := b.X-a.X, b.Y-a.Y
				p, q := raster.XY{X: a.X + dx*from, Y: a.Y + dy*from}, raster.XY{X: a.X + dx*to, Y: a.Y + dy*to}
				if !do(p, q, math.Hypot(q.X-p.X, q.Y-p.Y)) {
					return
				}
			}
		}
	}
	total := 0.0
	walk(func(_, _ raster.XY, length float64) bool {
		total += length
		return true
	})
	if total < 2*r.sizes.Text {
		return middle{}
	}
	out := middle{ok: true}
	rest := total / 2
	walk(func(a, b raster.XY, length float64) bool {
		if length >= rest && length > 0 {
			k := rest / length
			out.X, out.Y = a.X+(b.X-a.X)*k, a.Y+(b.Y-a.Y)*k
			return false
		}
		rest -= length
		return true
	})
	return out
}
