package tile

import (
	"image"

	"iocwall/ui/paint"
)

// row is a band of a tile and what is drawn in it.
type row struct {
	h    int
	must bool
	draw func(r image.Rectangle)
}

// stack draws rows from the top of r; rows that are not a must are left out
// from the end until the rest fits, and what is left stays below.
func stack(r image.Rectangle, rows []row) {
	total := 0
	for _, x := range rows {
		total += x.h
	}
	for i := len(rows) - 1; i >= 0 && total > r.Dy(); i-- {
		if !rows[i].must {
			total -= rows[i].h
			rows = append(rows[:i:i], rows[i+1:]...)
		}
	}
	y := r.Min.Y
	for _, x := range rows {
		h := min(x.h, r.Max.Y-y)
		if h <= 0 {
			return
		}
		x.draw(image.Rect(r.Min.X, y, r.Max.X, y+h))
		y += h
	}
}

func (e *Env) paintFigure(c *paint.Canvas, f figureFace) {
	b := c.Img.Rect
	in := 0
	if f.Popup != nil {
		in = e.px(20)
	}
	area := b.Inset(in)
	switch cl := e.class(b.Dx(), b.Dy()); cl {
	case whole, half:
		e.figureLarge(c, area, f, cl)
	default:
		e.figureSmall(c, area, f, cl)
	}
	e.CoverFrame(c, b, f.Popup)
}

func (e *Env) figureLarge(c *paint.Canvas, b image.Rectangle, f figureFace, cl class) {
	headH, valueH, value, unit := e.px(88), e.px(144), e.Scale.Value, e.Scale.Lead*80/88
	plate, plateH, graph := e.Scale.PlateM, e.px(76), e.px(76)
	first, firstH, firstTail := e.Scale.Text, e.px(76), e.Scale.Text
	if cl == whole {
		headH, valueH, value, unit = e.px(96), e.px(276), e.Scale.Hero, e.Scale.Lead
		plate, plateH, graph = e.Scale.PlateL, e.px(120), e.px(96)
		first, firstH, firstTail = e.Scale.Lead, e.px(120), e.Scale.PlateCam
	}
	stripH := e.px(80)
	c.Strip(image.Rect(b.Min.X, b.Max.Y-stripH, b.Max.X, b.Max.Y), e.Scale, f.Strip)
	head := image.Rect(b.Min.X, b.Min.Y, b.Max.X, b.Min.Y+headH)
	c.Header(head, e.Scale, f.Icon, "", f.Titles...)
	pad := e.px(32)
	in := image.Rect(b.Min.X+pad, head.Max.Y, b.Max.X-pad, b.Max.Y-stripH)

	rows := []row{{valueH, true, func(r image.Rectangle) { e.valueRow(c, r, f, value, unit) }}}
	if len(f.Plates) > 0 {
		rows = append(rows, row{plateH, true, func(r image.Rectangle) {
			c.Plate(r.Min.X, r.Min.Y+(r.Dy()-paint.PlateHeight(plate))/2, f.Plates[0], plate, r.Dx())
		}})
	}
	graphic := e.graphicRow(c, f, graph)
	if graphic != nil && len(f.Parts) > 0 {
		rows = append(rows, *graphic)
	}
	for i, s := range f.Sentences {
		size, h := e.Scale.Text, e.px(76)
		if i == 0 {
			size, h = first, firstH
			s = smallTail(s, firstTail)
		}
		rows = append(rows, row{h, false, func(r image.Rectangle) { c.Sentence(r, size, s...) }})
		if i == 0 && graphic != nil && len(f.Parts) == 0 {
			rows = append(rows, *graphic)
		}
	}
	if len(f.Sentences) == 0 && graphic != nil && len(f.Parts) == 0 {
		rows = append(rows, *graphic)
	}
	stack(in, rows)
}

// smallTail sets all runs after the first in the smaller size: the numbers of a
// whole-screen tile are read from the far seats, their words from the near.
func smallTail(alts [][]paint.Run, size float64) [][]paint.Run {
	out := make([][]paint.Run, len(alts))
	for i, runs := range alts {
		out[i] = append([]paint.Run(nil), runs...)
		for j := range out[i] {
			if j > 0 || len(runs) == 1 && out[i][j].Color.A != 0 {
				out[i][j].Size = size
			}
		}
	}
	return out
}

// valueRow draws the value, its unit and, where there is room, the trend.
func (e *Env) valueRow(c *paint.Canvas, r image.Rectangle, f figureFace, size, unit float64) {
	th := e.Kit.Theme
	col := th.T1
	switch {
	case f.Absent:
		col = th.T3
	case f.Faded:
		col = th.T2
	}
	runs := []paint.Run{{Text: f.Value, Bold: true, Color: col}}
	if f.Unit != "" {
		gap := " "
		runs = append(runs, paint.Run{Text: gap + f.Unit, Color: th.T2, Size: unit})
	}
	// A value that is too wide for its box steps down one role, then its unit
	// goes to the text size; it is never cut.
	for _, alt := range []struct{ v, u float64 }{{size, unit}, {size, e.Scale.Text}, {e.Scale.Value, e.Scale.Text}, {e.Scale.Lead, e.Scale.Text}, {e.Scale.Text, e.Scale.Text}} {
		if alt.v > size {
			continue
		}
		size = alt.v
		if len(runs) > 1 {
			runs[1].Size = alt.u
		}
		if c.RunsWidth(size, runs...) <= float64(r.Dx()) {
			break
		}
	}
	w := c.Runs(float64(r.Min.X), float64(r.Min.Y), float64(r.Dy()), size, runs...)
	left := r.Min.X + int(w) + e.px(60)
	if room := r.Max.X - left; len(f.Trend) > 2 && room > e.px(240) {
		tw := min(room, int(float64(r.Dx())*0.45))
		c.Trend(e.Scale, image.Rect(r.Max.X-tw, r.Min.Y+e.px(8), r.Max.X, r.Max.Y-e.px(8)), f.Trend, size >= e.Scale.Hero)
	}
}

// graphicRow is the drawing under the sentence: parts, squares or target bar.
func (e *Env) graphicRow(c *paint.Canvas, f figureFace, h int) *row {
	switch {
	case len(f.Parts) > 0:
		return &row{h, false, func(r image.Rectangle) { c.Parts(e.Scale, r, f.Parts) }}
	case f.Squares != nil:
		return &row{h, false, func(r image.Rectangle) { c.Squares(e.Scale, r, *f.Squares) }}
	case f.Bar != nil:
		return &row{h, false, func(r image.Rectangle) { c.Target(e.Scale, r, *f.Bar) }}
	}
	return nil
}

// figureSmall is a value, its state and a bar with the name: what can be read
// of a tile with little room.
func (e *Env) figureSmall(c *paint.Canvas, b image.Rectangle, f figureFace, cl class) {
	th := e.Kit.Theme
	size := e.Scale.Text
	barH := e.px(76)
	pad := e.px(24)
	if cl == tiny {
		pad = e.px(16)
	}
	bar := image.Rect(b.Min.X, b.Max.Y-barH, b.Max.X, b.Max.Y)
	c.Fill(bar, th.S2)
	c.Fill(image.Rect(bar.Min.X, bar.Min.Y, bar.Max.X, bar.Min.Y+e.px(2)), th.Line1)
	right := f.Strip.Whole
	room := float64(bar.Dx() - 2*pad)
	short := f.Titles[len(f.Titles)-1]
	rw := e.Kit.Fonts.Width(right, false, size)
	if e.Kit.Fonts.Width(short, true, size)+rw+float64(pad) > room {
		right, rw = "", 0
	}
	if right != "" {
		c.Text(float64(bar.Max.X-pad)-rw, float64(bar.Min.Y), float64(barH), right, size, false, th.T2)
		rw += float64(pad)
	}
	name := e.Kit.Fonts.Fit(room-rw, size, true, f.Titles...)
	c.Runs(float64(bar.Min.X+pad), float64(bar.Min.Y), float64(barH), size, paint.Run{Text: name, Bold: true})
	in := image.Rect(b.Min.X+pad, b.Min.Y, b.Max.X-pad, bar.Min.Y)
	value, valueH := e.Scale.Value*112/128, e.px(132)
	if in.Dy() < valueH {
		value, valueH = e.Scale.PlateL, min(e.px(108), in.Dy())
	}
	rows := []row{{valueH, true, func(r image.Rectangle) { e.valueRow(c, r, f, value, size) }}}
	if len(f.Plates) > 0 {
		rows = append(rows, row{e.px(76), false, func(r image.Rectangle) {
			c.Plate(r.Min.X, r.Min.Y+(r.Dy()-paint.PlateHeight(size))/2, f.Plates[0], size, r.Dx())
		}})
	}
	for _, s := range f.Sentences {
		rows = append(rows, row{e.px(76), false, func(r image.Rectangle) { c.Sentence(r, size, s...) }})
	}
	stack(in, rows)
	if len(rows) > 1 && valueH+e.px(76) > in.Dy() && len(f.Plates) > 0 {
		// No room for the plate: its glyph stands beside the value, so that a
		// figure that is not whole never looks whole.
		px := int(size)
		k := c.Kit.Theme.T2
		c.Icon(in.Max.X-px, in.Min.Y+(valueH-px)/2, px, f.Plates[0].Icon, k, th.S1)
	}
}
