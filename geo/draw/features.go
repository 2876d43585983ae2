package draw

import (
	"cmp"
	"image"
	"image/color"
	"math"

	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
)

// drawMarks draws the points of layers of features, the important on top, and
// keeps their places.
func (r *Renderer) drawMarks(ms []Mark) {
	order := r.sorted(len(ms), func(i int) int { return ms[i].Importance }, func(i int) string { return ms[i].ID })
	half := int(r.sizes.Symbol * 0.5)
	for k := len(order) - 1; k >= 0; k-- {
		m := &ms[order[k]]
		x, y, ok := r.markSpot(m.At, r.sizes.Symbol/2)
		if !ok {
			continue
		}
		r.grid.Take(image.Rect(x-half, y-half, x+half, y+half))
		r.hits.Symbol(cmp.Or(m.Layer, "marks"), m.ID, x, y, half)
		if !r.inPicture(spot{x: int32(x), y: int32(y)}, 3*r.sizes.Symbol) {
			continue
		}
		key := raster.IconKey{Icon: m.Sign(), Size: r.symbol(1), Main: r.style.Text2, Halo: r.haloAt(x, y)}
		key.Back = key.Halo
		if m.Selected {
			key.Main = r.style.Text
		}
		r.icon(key).Draw(&r.canvas, x, y)
		r.chosen(m.Selected, x, y, 1)
	}
}

// chosen draws the mark of what is selected around a symbol.
func (r *Renderer) chosen(selected bool, x, y int, factor float64) {
	if selected {
		r.icon(raster.IconKey{Icon: IconSelected, Size: r.symbol(1.5 * factor), Main: r.style.Focus, Halo: r.style.Sea}).Draw(&r.canvas, x, y)
	}
}

// nameMarks writes the names of marks, the important first.
func (r *Renderer) nameMarks(ms []Mark) {
	gap := int(r.sizes.Symbol * 0.66)
	for _, i := range r.sorted(len(ms), func(i int) int { return ms[i].Importance }, func(i int) string { return ms[i].ID }) {
		m := &ms[i]
		if m.Name == "" || m.Importance <= 0 && !m.Selected {
			continue
		}
		x, y, ok := r.markSpot(m.At, r.sizes.Symbol/2)
		if !ok {
			continue
		}
		col := r.style.Text2
		if m.Selected {
			col = r.style.Text
		}
		if rect, ok := r.writeBeside(x, y, gap, gap+int(r.sizes.Text*0.4), m.Name, col); ok {
			r.hits.Plate(cmp.Or(m.Layer, "marks"), m.ID, x, y, rect)
		}
	}
}

// writeBeside writes a line of text beside a symbol at (x, y), aside or above by so much,
// and returns where; false where there is no room for it.
func (r *Renderer) writeBeside(x, y, aside, above int, text string, col color.RGBA) (image.Rectangle, bool) {
	size := r.sizes.Text
	w, h := int(r.width(text, size, false))+2, int(size*raster.LinePitch)
	rect, ok := r.grid.First(x, y, w, h, aside, above)
	if !ok {
		r.stats.LabelsLeft++
		return rect, false
	}
	r.place(rect)
	r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), text, r.label(size, false, col, r.haloAt(x, y)))
	return rect, true
}

// drawTexts writes the texts of drawings and measures.
func (r *Renderer) drawTexts(ts []Text) {
	size := r.sizes.Text
	for i := range ts {
		t := &ts[i]
		at := r.proj.At(t.At)
		if t.Text == "" || !r.near(at, 0) {
			continue
		}
		x, y := int(math.Round(at.X)), int(math.Round(at.Y))
		if !r.asks(x, y) {
			continue
		}
		pad := 1
		if t.Plate {
			pad = int(size * 0.36)
		}
		text := r.fit(t.Text, size, t.Plate, float64(r.grid.Glass(x, y).Dx()-2*pad))
		w, h := int(r.width(text, size, t.Plate))+2*pad, int(size*raster.LinePitch)
		if t.Over > 0 && t.Over/r.view.MetersPerPixel(t.At[1]) < 0.6*float64(w) {
			continue
		}
		rect := room.Inside(image.Rect(x-w/2, y-h/2, x-w/2+w, y-h/2+h), r.grid.Glass(x, y))
		if !r.grid.Clear(rect) {
			if rect = r.textRoom(x, y, w, h); r.boxes.Cover(rect) {
				r.stats.LabelsLeft++
				continue
			}
		}
		r.place(rect)
		style := r.label(size, false, r.style.Text, r.haloAt(x, y))
		if t.Plate {
			r.pen.Box(rect, max(2, size*0.14), max(1, r.sizes.Line*0.5), r.style.Card, r.style.CardEdge)
			style = plainText(size, true, r.style.Text)
		}
		r.write(rect.Min.X+pad, baseline(rect.Min.Y, 0, size), text, style)
		r.hits.Plate(cmp.Or(t.Layer, "texts"), t.ID, x, y, rect)
	}
}

// textRoom is a free box near a place for a text that must stand: rather farther away
// than over an alert or another text, and over those only where all around is full.
func (r *Renderer) textRoom(x, y, w, h int) image.Rectangle {
	for _, ems := range [...][2]float64{{0.5, 1.2}, {2, 3}, {4, 5.5}} {
		if rect, ok := r.grid.First(x, y, w, h, int(r.sizes.Text*ems[0]), int(r.sizes.Text*ems[1])); ok {
			return rect
		}
	}
	return r.grid.Force(x, y, w, h, int(r.sizes.Text*0.5))
}

// drawHandles draws the corners that a hand can move: square, round between
// corners, filled where chosen.
func (r *Renderer) drawHandles(hs []Handle) {
	for i := range hs {
		h := &hs[i]
		at := r.proj.At(h.At)
		x, y := int(math.Round(at.X)), int(math.Round(at.Y))
		if !r.near(at, r.sizes.Symbol) || !r.inPicture(spot{x: int32(x), y: int32(y)}, 2*r.sizes.Symbol) {
			continue
		}
		key := raster.IconKey{Icon: iconHandle, Size: r.symbol(0.7), Main: r.style.Focus, Back: r.style.Card, Halo: r.style.Sea}
		if h.Middle {
			key.Icon, key.Size = iconHandleMiddle, r.symbol(0.6)
		}
		if h.Chosen {
			key.Back, key.Size = r.style.Focus, key.Size*5/4
		}
		r.icon(key).Draw(&r.canvas, x, y)
	}
}

// drawBand draws the rectangle a hand is drawing.
func (r *Renderer) drawBand(band image.Rectangle) {
	if band.Empty() {
		return
	}
	fill := r.style.Focus
	fill.A = 36
	r.canvas.Rect(band, fill)
	r.pen.Frame(band, r.canvas.Win, max(2, int(math.Round(r.sizes.Line*1.6))), r.style.Focus)
}

// hitVessels records where vessels stand.
func (r *Renderer) hitVessels(vs []Vessel) {
	if r.hits == nil {
		return
	}
	half := int(r.sizes.Symbol / 2)
	for i := range vs {
		if x, y, ok := r.markSpot(vs[i].At, r.sizes.Symbol/4); ok {
			r.hits.Symbol("vessels", vs[i].ID, x, y, half)
		}
	}
}

// hitShapes records areas and lines.
func (r *Renderer) hitShapes(f *Frame) {
	if r.hits == nil {
		return
	}
	for i := range f.Areas {
		a := &f.Areas[i]
		r.hits.Area(cmp.Or(a.Layer, "areas"), a.ID, a.Polygons)
	}
	for i := range f.Lines {
		l := &f.Lines[i]
		width, _ := r.sheet.LineLook(l)
		r.hits.Line(cmp.Or(l.Layer, "lines"), l.ID, l.Points, width)
	}
}
