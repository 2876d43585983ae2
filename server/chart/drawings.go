package chart

import (
	"context"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// mostShapes and mostPoints bound one drawing, longestNote its texts in bytes.
	mostShapes  = 500
	mostPoints  = 5000
	longestNote = 1000
)

// SaveDrawing stores the next version of a drawing for somebody, or removes it.
// It returns the number of the event.
func (c *Charts) SaveDrawing(ctx context.Context, id auth.Identity, a act.SaveDrawing) (uint64, error) {
	if err := id.Demand(auth.EditMap); err != nil {
		return 0, err
	}
	d := a.Drawing
	if err := CheckDrawing(d); err != nil {
		return 0, err
	}
	stored := func(st *world.State) (world.Drawing, bool) {
		x, _ := st.Entity(world.NewRef(world.KindDrawing, d.ID))
		got, there := x.(world.Drawing)
		return got, there
	}
	return c.save(ctx, id, "drawing", func(st *world.State) (world.Body, error) {
		was, there := stored(st)
		v, err := version("drawing", d.Saved, was.Is.Version, there)
		if err != nil {
			return nil, err
		}
		if !there && st.Count(world.KindDrawing) >= mostStored {
			return nil, refuse("drawing.many", "there are {most} drawings already; remove one that is not needed", "most", mostStored)
		}
		if d.Removed {
			d = world.DrawingSaved{Saved: world.Saved{ID: d.ID, Name: was.Is.Name, Removed: true}}
		}
		d.Version, d.By = v, id.Name
		return d, nil
	}, func(st *world.State) (world.Body, string) {
		x, there := stored(st)
		return standing(x.Is.Saved, x.Is, there)
	})
}

// CheckDrawing returns what is wrong with a drawing, with the shape and the
// point, nil when nothing is.
func CheckDrawing(d world.DrawingSaved) error {
	if err := named("drawing", d.Saved); err != nil || d.Removed {
		return err
	}
	if len(d.Shapes) > mostShapes {
		return refuse("drawing.shapes", "the drawing has more than {most} shapes; make two of it", "most", mostShapes)
	}
	points := 0
	for i, s := range d.Shapes {
		if points += len(s.Points); points > mostPoints {
			return refuse("drawing.points", "the drawing has more than {most} points; make two of it", "most", mostPoints)
		}
		if err := shape(s); err != nil {
			return refuse("drawing.shape", "shape {n} of the drawing: {why}", "n", i+1, "why", err)
		}
	}
	return nil
}

// shape checks one shape.
func shape(s world.DrawnShape) error {
	least, most := 2, mostPoints
	switch s.Form {
	case "line", "measure":
	case "area":
		least = 3
	case "text":
		least, most = 1, 1
		if s.Text == "" {
			return refuse("drawing.text", "a text says nothing")
		}
	default:
		return refuse("drawing.form", "no form \"{form}\"; choose line, area, text or measure", "form", s.Form)
	}
	if len(s.Points) < least || len(s.Points) > most {
		return refuse("drawing.form.points", "a shape of the form {form} has {n} points; it needs {least} at least and {most} at most", "form", s.Form, "n", len(s.Points), "least", least, "most", most)
	}
	if len(s.Text) > longestNote {
		return refuse("drawing.text.long", "the text is longer than {most} bytes; shorten it", "most", longestNote)
	}
	if err := sound("the text", s.Text); err != nil {
		return err
	}
	for i, p := range s.Points {
		if err := area.Misdrawn(geo.CheckPoint(p)); err != nil {
			return refuse("drawing.point", "point {n}: {why}", "n", i+1, "why", err)
		}
	}
	return nil
}
