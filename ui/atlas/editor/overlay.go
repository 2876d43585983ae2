package editor

import (
	"image/color"
	"slices"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/atlas/sketch"
)

// Overlay adds the sketch with its corners to a frame.
func (e *Editor) Overlay(f *draw.Frame) {
	if e.work == nil {
		return
	}
	e.withoutEdited(f)
	f.Areas, f.Lines, f.Texts = slices.Clip(f.Areas), slices.Clip(f.Lines), slices.Clip(f.Texts)
	s := e.work.live()
	for i, p := range s.Parts {
		e.drawPart(f, p, i == s.On)
	}
	red := e.h.Theme.Critical
	for _, e := range e.work.badEdges {
		f.Lines = append(f.Lines, draw.Line{Layer: Layer, Points: []geo.Point{e[0], e[1]}, Color: red, Width: 5})
	}
	f.Handles = e.handles(s)
}

// Layer is the layer of what is being drawn; nothing in it can be chosen.
const Layer = "sketch"

// withoutEdited leaves out the stored form of what is in hand.
func (e *Editor) withoutEdited(f *draw.Frame) {
	if e.work.id == "" {
		return
	}
	kind := world.KindFence
	if e.work.kind == Drawing {
		kind = world.KindDrawing
	}
	id := string(world.NewRef(kind, e.work.id))
	f.Areas = slices.DeleteFunc(slices.Clone(f.Areas), func(x draw.Area) bool { return x.ID == id })
	f.Lines = slices.DeleteFunc(slices.Clone(f.Lines), func(x draw.Line) bool { return x.ID == id })
	f.Texts = slices.DeleteFunc(slices.Clone(f.Texts), func(x draw.Text) bool { return x.ID == id })
}

func (e *Editor) drawPart(f *draw.Frame, p sketch.Part, on bool) {
	th := e.h.Theme
	points := slices.Clone(p.Points)
	switch {
	case p.Form == sketch.FormText:
		text := p.Text
		if text == "" {
			text = e.h.Lang.T("atlas.text.empty")
		}
		if len(points) > 0 {
			f.Texts = append(f.Texts, draw.Text{Layer: Layer, At: points[0], Text: text, Plate: true})
		}
		return
	case p.Closed && len(points) > 2:
		ring := append(slices.Clone(points), points[0])
		f.Areas = append(f.Areas, draw.Area{
			Layer: Layer, Polygons: geo.MultiPolygon{{ring}}, Fill: faint(th.Focus), Edge: th.Focus, Width: 2, Dashed: on,
		})
	case len(points) > 1:
		f.Lines = append(f.Lines, draw.Line{Layer: Layer, Points: points, Color: th.Focus, Width: 2})
	}
	if p.Form == sketch.FormMeasure || e.work.kind == Area {
		e.drawLegs(f, p)
	}
}

// drawLegs writes each piece's length at its middle and the total at the end.
func (e *Editor) drawLegs(f *draw.Frame, p sketch.Part) {
	m := sketch.Measure(p.Path, e.h.Map.Ashore())
	open := m
	if p.Closed && len(m.Legs) > 0 {
		open.Legs = m.Legs
	}
	if len(open.Legs) > 1 {
		for i, g := range open.Legs {
			if p.Roomy(e.h.Map.View(), i) {
				f.Texts = append(f.Texts, draw.Text{Layer: Layer, At: p.Middle(i), Text: g.Words(e.h.Lang), Plate: true})
			}
		}
	}
	if len(m.Legs) > 0 {
		x, y := e.h.Map.View().Pixel(p.Points[len(p.Points)-1])
		at := e.h.Map.View().Point(x, y-float64(2*e.h.Map.Reach())) // clear of the corner
		if b, ok := geo.BoundsOf(p.Points); ok && p.Closed {
			at = b.Center()
		}
		f.Texts = append(f.Texts, draw.Text{Layer: Layer, At: at, Text: m.Total(e.h.Lang), Plate: true})
	}
}

// faint is a colour as the fill of an area that hides nothing.
func faint(c color.RGBA) color.RGBA {
	c.A = 40
	return c
}

// handles are the corners that can be taken, and the middles of edges.
func (e *Editor) handles(s sketch.Sketch) []draw.Handle {
	w := e.work
	var out []draw.Handle
	for i, p := range s.Parts {
		for j, q := range p.Points {
			at := sketch.Spot{Part: i, Corner: sketch.Corner{I: j}}
			out = append(out, draw.Handle{At: q, Chosen: w.chosen == at || w.moving != nil && w.dragging == at})
		}
		if i == s.On || p.Form == sketch.FormText || p.Form == sketch.FormMeasure {
			continue
		}
		for j := range p.Edges() {
			if p.Roomy(e.h.Map.View(), j) {
				out = append(out, draw.Handle{At: p.Middle(j), Middle: true})
			}
		}
	}
	return out
}
