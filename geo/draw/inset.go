package draw

import (
	"fmt"
	"image"
	"math"
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/geo/draw/mercator"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
	"iocwall/geo/tiles"
)

// inset is the small picture of the whole Biển Đông with both archipelagos
// named in full. It is kept until style, sizes or map change.
type inset struct {
	box      image.Rectangle // where it stands; empty where it does not
	pointers []pointer
	valid    bool
	of       builtinMap
	view     geo.View
	pix      []byte
}

// builtinMap tells one built-in map from another. It does not change with the
// tiles that lie over it.
type builtinMap struct {
	outside, provinces *tiles.Shape
	places             *tiles.Place
}

func builtinOf(d *tiles.Data) builtinMap {
	return builtinMap{first(d.Outside), first(d.Provinces), first(d.Places)}
}

func first[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// insetSize is 196 × 172 pixels at desk and 930 × 936 at wall scale, less where
// the glass is small: never more than 0.45 of a screen each way, as long as the
// names fit. It does not fit a view as flat as a strip.
func (r *Renderer) insetSize() (w, h int, fits bool) {
	t := r.sizes.Text
	w, h = int(t*14), int(t*12.3)
	if r.wallScale() {
		w, h = int(t*16.6), int(t*16.7)
	}
	pane := r.grid.NearestPane(r.view.Width-1, r.view.Height-1)
	least := int(r.width("Quần đảo Trường Sa", t, false) + t)
	w = max(least, min(w, pane.Dx()*45/100))
	h = max(int(t*8.5), min(h, pane.Dy()*55/100))
	room := pane.Inset(r.margin())
	return w, h, w <= room.Dx() && h <= room.Dy()
}

// insetView holds all of Vietnam and the whole sea from 2.5° to 24° N, as far east
// as the box allows, so that the names stand clear of the coast.
func insetView(w, h int) geo.View {
	v := geo.FitView(geo.Bounds{Min: geo.Pt(101.4, 2.5), Max: geo.Pt(118.5, 23.9)}, w, h, 0)
	x, _ := v.Pixel(geo.Pt(101.4, 12))
	return v.Pan(x, 0)
}

func (r *Renderer) drawInset(rect image.Rectangle) {
	if rect.Intersect(r.canvas.Win).Empty() {
		return
	}
	in := &r.inset
	if !in.valid || in.of != builtinOf(&r.data) || in.view.Width != rect.Dx() || in.view.Height != rect.Dy() {
		r.buildInset(rect.Dx(), rect.Dy())
	}
	vis := rect.Intersect(r.canvas.Win)
	for y := vis.Min.Y; y < vis.Max.Y; y++ {
		o := ((y-rect.Min.Y)*rect.Dx() + vis.Min.X - rect.Min.X) * 4
		copy(r.canvas.Row(y, vis.Min.X, vis.Max.X), in.pix[o:])
	}
	r.insetFrame(rect)
	n := max(1, int(r.sizes.Line*0.6))
	r.pen.Frame(rect, rect, n, r.style.CardEdge)
}

// insetFrame shows where the view lies. A view that is larger than the inset
// has no frame; one too small to see is drawn as a small square.
func (r *Renderer) insetFrame(rect image.Rectangle) {
	b := r.view.BoundsOf(r.view.Rect())
	p := mercator.Of(r.inset.view)
	a, z := p.At(geo.Pt(b.Min[0], b.Max[1])), p.At(geo.Pt(b.Max[0], b.Min[1]))
	least := r.sizes.Text * 0.5
	if d := least - (z.X - a.X); d > 0 {
		a.X, z.X = a.X-d/2, z.X+d/2
	}
	if d := least - (z.Y - a.Y); d > 0 {
		a.Y, z.Y = a.Y-d/2, z.Y+d/2
	}
	// Clamped, so that sizes beyond any screen stay small numbers.
	limit := func(v float64) int { return int(math.Round(max(-1e6, min(1e6, v)))) }
	frame := image.Rect(limit(a.X), limit(a.Y), limit(z.X), limit(z.Y)).Add(rect.Min)
	r.pen.Frame(frame, rect, max(2, int(math.Round(r.sizes.Line*1.4))), r.style.Focus)
}

func (r *Renderer) buildInset(w, h int) {
	in := &r.inset
	in.valid, in.of = true, builtinOf(&r.data)
	in.view = insetView(w, h)
	if n := w * h * 4; cap(in.pix) < n {
		in.pix = make([]byte, n)
	} else {
		in.pix = in.pix[:n]
	}
	view, proj, out := r.view, r.proj, r.canvas
	r.view, r.proj = in.view, mercator.Of(in.view)
	r.canvas = raster.Canvas{Pix: in.pix, Stride: w * 4, Win: image.Rect(0, 0, w, h)}
	r.insetMap()
	r.insetNames()
	r.view, r.proj, r.canvas = view, proj, out
}

func (r *Renderer) insetMap() {
	c, s := &r.canvas, &r.ground.shape
	c.Rect(c.Win, r.style.Sea)
	s.Reset(c.Win)
	b := r.view.Bounds()
	addShapes(s, r.data.Outside, b, r.proj, nil, &r.points)
	s.Fill(c, r.style.Outside)
	addShapes(s, r.data.Provinces, b, r.proj, nil, &r.points)
	s.Fill(c, r.style.Road)
	lines := &r.ground.strokes
	lines.Reset(c.Win)
	half := max(1.1, r.sizes.Text*0.055)
	for i := range r.data.Places {
		if p := &r.data.Places[i]; p.Class == tiles.ClassIslet && p.Rank < 3 {
			at := r.proj.At(p.At)
			lines.Line(at.X, at.Y, at.X, at.Y, half)
		}
	}
	lines.Fill(c, r.style.Text)
}

// insetNames writes both names in two lines each, right-aligned: Hoàng Sa's above
// its islands, Trường Sa's below, and the sea's name between them.
func (r *Renderer) insetNames() {
	t := r.sizes.Text
	pad := int(t * 0.4)
	middle := 0
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class != tiles.ClassArchipelago {
			continue
		}
		box, _, _ := r.groupBox(p.Group)
		lines := twoLines(p.Name)
		_, h := r.blockSize(lines[:], t, false)
		y := box.Min.Y - h + int(t*0.1)
		if p.At[1] < 13 {
			y = box.Max.Y
			middle += box.Min.Y
		} else {
			middle += box.Max.Y
		}
		y = max(0, min(y, r.view.Height-h))
		for k, l := range lines {
			x := r.view.Width - pad - int(r.width(l, t, false))
			r.writeNow(x, baseline(y, k, t), l, r.label(t, false, r.style.Text, r.style.Sea))
		}
	}
	sea := r.seaAt(geo.Pt(113, 13.5))
	if sea == nil {
		return
	}
	style := r.label(t, false, r.style.SeaName, r.style.Sea)
	style.Slanted = true
	x := r.view.Width - pad - int(r.width(sea.Name, t, false))
	r.writeNow(x, middle/2+int(t*0.36), sea.Name, style)
}

// roomForPointers reports whether signs beside an inset of so many pixels, which names
// the islands already, leave most of the map to be seen.
func (r *Renderer) roomForPointers(inset int) bool {
	taken := inset
	for i := range r.data.Places {
		if p := &r.data.Places[i]; p.Class == tiles.ClassArchipelago {
			w, h := r.pointerSize([]string{p.Name, p.Name}, r.sizes.Text)
			taken += w * h
		}
	}
	return 4*taken <= r.view.Width*r.view.Height
}

// placePointers puts a sign at the edge of the view for each archipelago that
// is out of it, with the distance from the edge.
func (r *Renderer) placePointers(alerts []Alert) {
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class != tiles.ClassArchipelago {
			continue
		}
		if _, inView, _ := r.groupBox(p.Group); inView == 0 {
			r.placePointer(p, alerts)
		}
	}
}

func (r *Renderer) placePointer(p *tiles.Place, alerts []Alert) {
	at := r.proj.At(p.At)
	w, h := float64(r.view.Width), float64(r.view.Height)
	// Where the line from the centre to the islands leaves the view.
	dx, dy := at.X-w/2, at.Y-h/2
	k := min(w/2/max(1e-9, math.Abs(dx)), h/2/max(1e-9, math.Abs(dy)))
	edge := raster.XY{X: w/2 + dx*k, Y: h/2 + dy*k}
	meters := r.distanceToGroup(p.Group, r.view.Point(edge.X, edge.Y))
	km := meters / 1000
	step := math.Pow(10, max(0, math.Floor(math.Log10(km))-1))
	text := fmt.Sprintf(r.words.FromEdge, fmt.Sprintf("%.0f km", math.Round(km/step)*step))
	pane := r.grid.NearestPane(int(edge.X), int(edge.Y)).Inset(r.margin())
	lines, t := r.pointerText(p.Name, text, pane)
	bw, bh := r.pointerSize(lines, t)
	rect := room.Inside(image.Rect(int(edge.X)-bw/2, int(edge.Y)-bh/2, int(edge.X)-bw/2+bw, int(edge.Y)-bh/2+bh), pane)
	rect = r.free(rect, pane, alerts)
	r.grid.Take(rect)
	angle := math.Atan2(dx, -dy) * 180 / math.Pi
	r.boxes.Avoid(rect)
	r.inset.pointers = append(r.inset.pointers, pointer{rect, lines, t, angle})
}

// leastSign is the size of text below which nobody reads a sign.
const leastSign = 9

// pointerText says what a sign says and in what size: the distance is left out, and
// at last the text made smaller, where both signs would leave little of the glass.
func (r *Renderer) pointerText(name, distance string, pane image.Rectangle) ([]string, float64) {
	fits := func(lines []string, t float64) bool {
		w, h := r.pointerSize(lines, t)
		return w <= pane.Dx() && 2*h <= pane.Dy()*3/5
	}
	t := r.sizes.Text
	if lines := []string{name, distance}; fits(lines, t) {
		return lines, t
	}
	short := twoLines(name)
	for t > leastSign && !fits(short[:], t) {
		t--
	}
	return short[:], t
}

// pointerSize measures a sign.
func (r *Renderer) pointerSize(lines []string, t float64) (w, h int) {
	w, h = r.blockSize(lines, t, false)
	return w + int(t*3), h + int(t*0.4)
}

// free moves a sign to where nothing stands yet: both signs may leave at one
// place, and furniture may stand there. It steps along the edge, and in a view
// that is too flat for that away from it. It hides no alert where it need not.
func (r *Renderer) free(rect, pane image.Rectangle, alerts []Alert) image.Rectangle {
	found := false
	for column := range 3 {
		from := rect.Sub(image.Pt(column*(rect.Dx()+r.margin()), 0))
		for step := range 60 {
			dy := (step + 1) / 2 * rect.Dy() / 4
			if step%2 == 1 {
				dy = -dy
			}
			moved := room.Inside(from.Add(image.Pt(0, dy)), pane)
			if hard, _ := r.grid.Cost(moved); hard > 0 {
				continue
			}
			if !r.hidesAlert(moved, alerts) {
				return moved
			}
			if !found {
				rect, found = moved, true
			}
		}
	}
	return rect
}

// hidesAlert reports whether a box covers the sign of an alert.
func (r *Renderer) hidesAlert(box image.Rectangle, alerts []Alert) bool {
	box = box.Inset(-int(r.sizes.Symbol * 0.9))
	return slices.ContainsFunc(alerts, func(a Alert) bool {
		x, y, ok := r.spotOf(a.At, r.sizes.Symbol)
		return ok && image.Pt(x, y).In(box)
	})
}

func (r *Renderer) distanceToGroup(group string, from geo.Point) float64 {
	least := math.Inf(1)
	for i := range r.data.Places {
		if p := &r.data.Places[i]; p.Class == tiles.ClassIslet && p.Group == group {
			least = min(least, geo.Distance(from, p.At))
		}
	}
	return least
}

func (r *Renderer) drawPointer(p *pointer) {
	if p.rect.Intersect(r.canvas.Win).Empty() {
		return
	}
	t := p.size
	r.pen.Box(p.rect, t*0.2, max(1, r.sizes.Line*0.5), r.style.Card, r.style.CardEdge)
	x := p.rect.Max.X - int(t*2.4)
	for i, line := range p.lines {
		w := int(r.width(line, t, false))
		col := r.style.Text2
		if i == 0 {
			col = r.style.Text
		}
		r.writeNow(x-w, baseline(p.rect.Min.Y+int(t*0.2), i, t), strings.TrimSpace(line), plainText(t, false, col))
	}
	r.icon(raster.IconKey{Icon: IconPointer, Turn: raster.TurnOf(p.angle - 90), Size: r.symbol(1.5 * t / r.sizes.Text), Main: r.style.Text}).
		Draw(&r.canvas, p.rect.Max.X-int(t*1.2), (p.rect.Min.Y+p.rect.Max.Y)/2)
}
