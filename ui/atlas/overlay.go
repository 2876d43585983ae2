package atlas

import (
	"image/color"
	"slices"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/atlas/sketch"
)

// overlay adds to a frame what the hand does: the band of a choice, the pin of
// what was searched for, the sketch with its corners.
func (a *Atlas) overlay(f *draw.Frame) {
	f.Band = a.band
	if a.pin != nil {
		f.Marks = append(slices.Clip(f.Marks), draw.Mark{Layer: "pin", At: a.pin.at, Icon: draw.IconPointer, Name: a.pin.name, Importance: 100, Selected: true})
	}
	if a.work == nil {
		return
	}
	a.withoutEdited(f)
	f.Areas, f.Lines, f.Texts = slices.Clip(f.Areas), slices.Clip(f.Lines), slices.Clip(f.Texts)
	s := a.work.live()
	for i, p := range s.Parts {
		a.drawPart(f, p, i == s.On)
	}
	red := a.h.Kit.Theme.Critical
	for _, e := range a.work.badEdges {
		f.Lines = append(f.Lines, draw.Line{Layer: sketchLayer, Points: []geo.Point{e[0], e[1]}, Color: red, Width: 5})
	}
	f.Handles = a.handles(s)
}

// sketchLayer is the layer of what is being drawn; nothing in it can be chosen.
const sketchLayer = "sketch"

// withoutEdited leaves out the stored form of what is in hand.
func (a *Atlas) withoutEdited(f *draw.Frame) {
	if a.work.id == "" {
		return
	}
	kind := world.KindFence
	if a.work.kind == workDrawing {
		kind = world.KindDrawing
	}
	id := string(world.NewRef(kind, a.work.id))
	f.Areas = slices.DeleteFunc(slices.Clone(f.Areas), func(x draw.Area) bool { return x.ID == id })
	f.Lines = slices.DeleteFunc(slices.Clone(f.Lines), func(x draw.Line) bool { return x.ID == id })
	f.Texts = slices.DeleteFunc(slices.Clone(f.Texts), func(x draw.Text) bool { return x.ID == id })
}

func (a *Atlas) drawPart(f *draw.Frame, p sketch.Part, on bool) {
	th := a.h.Kit.Theme
	points := slices.Clone(p.Points)
	switch {
	case p.Form == sketch.FormText:
		text := p.Text
		if text == "" {
			text = a.h.Lang.T("atlas.text.empty")
		}
		if len(points) > 0 {
			f.Texts = append(f.Texts, draw.Text{Layer: sketchLayer, At: points[0], Text: text, Plate: true})
		}
		return
	case p.Closed && len(points) > 2:
		ring := append(slices.Clone(points), points[0])
		f.Areas = append(f.Areas, draw.Area{
			Layer: sketchLayer, Polygons: geo.MultiPolygon{{ring}}, Fill: faint(th.Focus), Edge: th.Focus, Width: 2, Dashed: on,
		})
	case len(points) > 1:
		f.Lines = append(f.Lines, draw.Line{Layer: sketchLayer, Points: points, Color: th.Focus, Width: 2})
	}
	if p.Form == sketch.FormMeasure || a.work.kind == workArea {
		a.drawLegs(f, p)
	}
}

// drawLegs writes each piece's length at its middle and the total at the end.
func (a *Atlas) drawLegs(f *draw.Frame, p sketch.Part) {
	m := sketch.Measure(p.Path, a.ashore())
	open := m
	if p.Closed && len(m.Legs) > 0 {
		open.Legs = m.Legs
	}
	if len(open.Legs) > 1 {
		for i, g := range open.Legs {
			if p.Roomy(a.view, i) {
				f.Texts = append(f.Texts, draw.Text{Layer: sketchLayer, At: p.Middle(i), Text: g.Words(a.h.Lang), Plate: true})
			}
		}
	}
	if len(m.Legs) > 0 {
		x, y := a.view.Pixel(p.Points[len(p.Points)-1])
		at := a.view.Point(x, y-float64(a.px(24))) // clear of the corner
		if b, ok := geo.BoundsOf(p.Points); ok && p.Closed {
			at = b.Center()
		}
		f.Texts = append(f.Texts, draw.Text{Layer: sketchLayer, At: at, Text: m.Total(a.h.Lang), Plate: true})
	}
}

// faint is a colour as the fill of an area that hides nothing.
func faint(c color.RGBA) color.RGBA {
	c.A = 40
	return c
}

// handles are the corners that can be taken, and the middles of edges.
func (a *Atlas) handles(s sketch.Sketch) []draw.Handle {
	w := a.work
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
			if p.Roomy(a.view, j) {
				out = append(out, draw.Handle{At: p.Middle(j), Middle: true})
			}
		}
	}
	return out
}

// ashore tells land from sea by the base map's outlines; all is land where the
// base map has none.
func (a *Atlas) ashore() func(geo.Point) bool {
	if a.onshore == nil {
		x := &geo.Index[string]{}
		if data, err := a.h.Base.Map(a.view); err == nil {
			for _, s := range data.Provinces {
				x.Add(geo.Prepare(s.Polygons), s.ID)
			}
			for _, s := range data.Outside {
				x.Add(geo.Prepare(s.Polygons), s.ID)
			}
		}
		a.onshore = x
	}
	if a.onshore.Len() == 0 {
		return nil
	}
	return func(p geo.Point) bool {
		on := false
		a.onshore.At(p, func(string) bool {
			on = true
			return false
		})
		return on
	}
}
