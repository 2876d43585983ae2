package sheet

import (
	"image/color"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/outline"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/scene"
)

// edges draws outlines. Those of one kind are drawn at once, so that an edge two
// areas share is as strong as any other; what is chosen comes last.
func (s *Sheet) edges(areas []scene.Area) {
	s.strokes.Reset(s.canvas.Win)
	var now *scene.Area
	s.alike = s.alike[:0]
	for i := range areas {
		a := &areas[i]
		if a.Fence || a.Edge.A == 0 {
			continue
		}
		if now != nil && !sameEdge(a, now) {
			s.addAlike(areas)
			if a.Edge != now.Edge || a.Layer != now.Layer {
				s.strokes.Fill(s.canvas, now.Edge)
			}
		}
		now = a
		s.alike = append(s.alike, i)
	}
	if now != nil {
		s.addAlike(areas)
		s.strokes.Fill(s.canvas, now.Edge)
	}
	for i := range areas {
		if a := &areas[i]; a.Selected && !a.Fence && s.inCrop(s.shapes[i].bounds) {
			s.chosenEdge(i, a)
		}
	}
}

// addAlike adds the edges of areas that look alike, and begins anew.
func (s *Sheet) addAlike(areas []scene.Area) {
	first := &areas[s.alike[0]]
	if width := first.Width * s.look.Line; first.Dashed {
		for _, i := range s.alike {
			if s.inCrop(s.shapes[i].bounds) {
				s.addEdges(i, &areas[i], width, true, 1)
			}
		}
	} else {
		parts := s.bordersOf(s.alike, areas)
		for k := range parts {
			if b := &parts[k]; s.shows(b, width+1) {
				s.points = outline.Place(s.points[:0], b.points, s.scale)
				s.addPlaced(width, false, 1)
			}
		}
	}
	s.alike = s.alike[:0]
}

// chosenEdge draws the outline of what is chosen.
func (s *Sheet) chosenEdge(i int, a *scene.Area) {
	s.addEdges(i, a, 4.5*s.look.Line, false, 1)
	s.strokes.Fill(s.canvas, s.look.Sea)
	s.addEdges(i, a, 2.5*s.look.Line, false, 1)
	s.strokes.Fill(s.canvas, s.look.Focus)
}

func (s *Sheet) addEdges(i int, a *scene.Area, width float64, dashed bool, dash float64) {
	for _, polygon := range s.ringsOf(i, a.Polygons) {
		for _, ring := range polygon {
			s.points = outline.Place(s.points[:0], ring, s.scale)
			s.addPlaced(width, dashed, dash)
		}
	}
}

// fences draws the borders people watch, over lines and other areas.
func (s *Sheet) fences(areas []scene.Area) {
	for i := range areas {
		a := &areas[i]
		if !a.Fence || !s.inCrop(s.shapes[i].bounds) {
			continue
		}
		fill, edge, width := a.Fill, a.Edge, a.Width*s.look.Line
		if edge.A == 0 {
			edge = s.look.Text2
		}
		if fill.A == 0 {
			fill = edge
			fill.A = 20
		}
		if width == 0 {
			width = 1.8 * s.look.Line
		}
		s.makeShape(i, a)
		s.shape.Fill(s.canvas, fill)
		s.strokes.Reset(s.canvas.Win)
		if a.Selected {
			s.chosenEdge(i, a)
			edge, width = s.look.Sea, 0.7*width
		}
		s.addEdges(i, a, width, true, 0.6)
		s.strokes.Fill(s.canvas, edge)
	}
}

// lines draws the lines of all layers.
func (s *Sheet) lines(lines []scene.Line) {
	s.strokes.Reset(s.canvas.Win)
	for i := range lines {
		l := &lines[i]
		width, col := s.LineLook(l)
		if l.Selected {
			s.addStroke(l.Points, width+3*s.look.Line, false)
			s.strokes.Fill(s.canvas, s.look.Focus)
		}
		s.addStroke(l.Points, width, l.Dashed)
		s.strokes.Fill(s.canvas, col)
	}
}

// LineLook is the width in pixels and the colour of a line.
func (s *Sheet) LineLook(l *scene.Line) (width float64, col color.RGBA) {
	width, col = l.Width*s.look.Line, l.Color
	if !(width > 0) {
		width = 2 * s.look.Line
	}
	if col.A == 0 {
		col = s.look.Text2
	}
	return min(width, s.look.Text), col
}

// far is longer than any line that is drawn, in pixels.
const far = 1e9

// Outline draws the edges of polygons, width pixels wide and dashed.
func (s *Sheet) Outline(mp geo.MultiPolygon, width float64, col color.RGBA) {
	s.strokes.Reset(s.canvas.Win)
	for _, polygon := range mp {
		for _, ring := range polygon {
			s.points = outline.Append(s.points[:0], ring, s.scale)
			if n := len(s.points); n > 1 && s.points[0] != s.points[n-1] {
				s.points = append(s.points, s.points[0])
			}
			s.addPlaced(width, true, 1)
		}
	}
	s.strokes.Fill(s.canvas, col)
}

// addStroke adds a line on the map to the strokes.
func (s *Sheet) addStroke(points []geo.Point, width float64, dashed bool) {
	s.points = outline.Append(s.points[:0], points, s.scale)
	s.addPlaced(width, dashed, 1)
}

// addPlaced adds the line through s.points to the strokes, dashed 36/22 in
// fifty-sixths of the text size times dash where asked.
func (s *Sheet) addPlaced(width float64, dashed bool, dash float64) {
	points := outline.Thin(s.points, 0.3)
	on, off := 0.0, 0.0
	if dashed {
		on, off = s.look.Text*0.64*dash, s.look.Text*0.39*dash
	}
	half := max(0.5, width/2)
	reach := width + s.look.Text
	draw := func(a, b raster.XY) { s.strokes.Line(a.X, a.Y, b.X, b.Y, half) }
	at := 0.0
	for i := 1; i < len(points); i++ {
		prev, next := points[i-1], points[i]
		length := math.Hypot(next.X-prev.X, next.Y-prev.Y)
		// Only what is in view is dashed: a line may be a million screens long.
		if from, to, ok := s.clip(prev, next, reach); ok && length < far {
			a := raster.XY{X: prev.X + (next.X-prev.X)*from, Y: prev.Y + (next.Y-prev.Y)*from}
			b := raster.XY{X: prev.X + (next.X-prev.X)*to, Y: prev.Y + (next.Y-prev.Y)*to}
			raster.Dashes(a, b, on, off, at+from*length, draw)
		}
		if on > 0 {
			at = math.Mod(at+length, on+off)
		}
	}
}

// clip returns which part of the line from a to b, as fractions of it, may lie
// in the view or within reach of it (Liang and Barsky).
func (s *Sheet) clip(a, b raster.XY, reach float64) (from, to float64, ok bool) {
	from, to = 0, 1
	side := func(p, q float64) bool { // p is the step towards the side, q the room
		switch {
		case p == 0:
			return q >= 0
		case p < 0:
			from = max(from, q/p)
		default:
			to = min(to, q/p)
		}
		return from <= to
	}
	w, h := float64(s.view.Width)+reach, float64(s.view.Height)+reach
	dx, dy := b.X-a.X, b.Y-a.Y
	ok = side(-dx, a.X+reach) && side(dx, w-a.X) && side(-dy, a.Y+reach) && side(dy, h-a.Y)
	return from, to, ok
}

// middle returns the middle of the part of a line that the view shows.
func (s *Sheet) middle(points []geo.Point) middle {
	s.points = outline.Append(s.points[:0], points, s.scale)
	walk := func(do func(a, b raster.XY, length float64) bool) {
		for i := 1; i < len(s.points); i++ {
			a, b := s.points[i-1], s.points[i]
			if from, to, ok := s.clip(a, b, 0); ok {
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
	if total < 2*s.look.Text {
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
