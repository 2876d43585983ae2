package draw

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/tiles"
)

// furniture is where the map's own boxes stand in this frame; empty rectangles
// are not drawn.
type furniture struct {
	inset, legend, credit image.Rectangle
	items                 []LegendItem
	bar                   scaleBar
	creditText            string
	pointers              []pointer
}

// scaleBar is a length of 1, 2 or 5 times a power of ten.
type scaleBar struct {
	px   int
	text string
}

// pointer is the sign at the edge of a wall map towards an archipelago.
type pointer struct {
	rect  image.Rectangle
	name  string
	text  string
	angle float64 // degrees from north
}

// margin is the distance of furniture from the edge of the glass.
func (r *Renderer) margin() int { return int(math.Round(r.sizes.Text * 0.57)) }

// wallScale reports whether text is large enough to be meant for a wall.
func (r *Renderer) wallScale() bool { return r.sizes.Text >= 28 }

// placeFurniture decides where the boxes stand. It looks at the whole view and
// at marks that stay in place, never at vessels, so that boxes do not wander.
func (r *Renderer) placeFurniture(f *Frame) {
	fu := &r.inset.furniture
	*fu = furniture{pointers: fu.pointers[:0]}
	if r.ground.sea.any && !r.islandsInPlace() {
		w, h, fits := r.insetSize()
		if fits {
			fu.inset = r.corner(f, w, h, [4]corner{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}})
			r.grid.take(fu.inset.Inset(-r.margin() / 2))
		}
		if r.wallScale() || !fits {
			r.placePointers()
		}
	}
	fu.items = f.Furniture.Legend
	r.placeLegend(f)
	if fu.legend.Empty() && f.Furniture.Scale && len(fu.items) > 0 { // a small map keeps its scale
		fu.items = nil
		r.placeLegend(f)
	}
	if f.Furniture.Attribution {
		fu.creditText = r.creditText()
		w, h := int(r.width(fu.creditText, r.sizes.Text, false))+4, int(r.sizes.Text*raster.LinePitch)
		fu.credit = r.fitting(f, w, h, [4]corner{{1, 1}, {-1, 1}, {1, -1}, {-1, -1}})
		r.grid.take(fu.credit)
	}
}

func (r *Renderer) placeLegend(f *Frame) {
	fu := &r.inset.furniture
	if len(fu.items) == 0 && !f.Furniture.Scale {
		return
	}
	w, h := r.legendSize(f)
	fu.legend = r.fitting(f, w, h, [4]corner{{-1, 1}, {-1, -1}, {1, 1}, {1, -1}})
	if !fu.legend.Empty() {
		r.grid.take(fu.legend.Inset(-r.margin() / 2))
	}
}

// fitting is corner for boxes that give way: it returns an empty box where the
// best corner is too small or would cover other furniture.
func (r *Renderer) fitting(f *Frame, w, h int, order [4]corner) image.Rectangle {
	fu := &r.inset.furniture
	rect := r.corner(f, w, h, order)
	pane, ok := r.grid.pane(rect)
	if !ok || rect.Overlaps(fu.inset) || rect.Overlaps(fu.legend) || 2*w > pane.Dx() && 3*h > pane.Dy() {
		return image.Rectangle{}
	}
	for i := range fu.pointers {
		if rect.Overlaps(fu.pointers[i].rect) {
			return image.Rectangle{}
		}
	}
	return rect
}

func (r *Renderer) creditText() string {
	a := r.base.Attribution()
	text := a.Text
	if day, err := time.Parse(time.DateOnly, a.BoundariesSince); err == nil {
		text = fmt.Sprintf(r.words.BoundariesSince, day.Format(r.words.DateLayout)) + " · " + text
	}
	return text
}

// corner of the view: -1 is left or top, 1 right or bottom.
type corner struct{ dx, dy int }

// corner returns the box of w × h pixels in the corner that hides least.
func (r *Renderer) corner(f *Frame, w, h int, order [4]corner) image.Rectangle {
	var best image.Rectangle
	least := math.Inf(1)
	m := r.margin()
	for i, c := range order {
		x, y := 0, 0
		if c.dx > 0 {
			x = r.view.Width - 1
		}
		if c.dy > 0 {
			y = r.view.Height - 1
		}
		pane := r.grid.nearestPane(x, y).Inset(m)
		rect := image.Rectangle{Min: pane.Min, Max: pane.Min.Add(image.Pt(w, h))}
		if c.dx > 0 {
			rect = rect.Add(image.Pt(pane.Dx()-w, 0))
		}
		if c.dy > 0 {
			rect = rect.Add(image.Pt(0, pane.Dy()-h))
		}
		if cost := float64(i) + r.hides(f, rect); cost < least {
			best, least = rect, cost
		}
	}
	return best
}

// hides says how much a box would cover.
func (r *Renderer) hides(f *Frame, rect image.Rectangle) float64 {
	hard, _ := r.grid.cost(rect)
	cost := float64(hard) * 50
	count := func(p geo.Point, weight float64) {
		at := r.proj.at(p)
		if image.Pt(int(at.X), int(at.Y)).In(rect) {
			cost += weight
		}
	}
	for i := range f.Alerts {
		count(f.Alerts[i].At, 30)
	}
	for i := range f.Stations {
		count(f.Stations[i].At, 6)
	}
	for i := range f.Cameras {
		count(f.Cameras[i].At, 4)
	}
	for i := range f.Reports {
		count(f.Reports[i].At, 3)
	}
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class == tiles.ClassCity || p.Class == tiles.ClassIslet {
			count(p.At, 3)
		}
	}
	return cost
}

// scaleBar returns the longest 1-2-5 length of at most most pixels.
func (r *Renderer) scaleBar(most float64) scaleBar {
	perPixel := r.view.MetersPerPixel(r.view.Center[1])
	meters := math.Pow(10, math.Floor(math.Log10(most*perPixel)))
	for _, f := range []float64{5, 2} {
		if meters*f/perPixel <= most {
			meters *= f
			break
		}
	}
	text := fmt.Sprintf("%g m", meters)
	if meters >= 1000 {
		text = fmt.Sprintf("%g km", meters/1000)
	}
	if meters < 1 {
		text = fmt.Sprintf("%g cm", math.Round(meters*100))
	}
	return scaleBar{px: max(1, int(math.Round(meters/perPixel))), text: strings.Replace(text, ".", r.words.Decimal, 1)}
}

func (r *Renderer) legendSize(f *Frame) (w, h int) {
	size := r.sizes.Text
	pad := int(size * 0.7)
	row := int(math.Round(size * raster.LinePitch))
	wide := 0.0
	for _, it := range r.inset.furniture.items {
		wide = max(wide, r.width(it.Text, size, false)+size*1.7)
	}
	h = row*len(r.inset.furniture.items) + 2*pad
	if f.Furniture.Scale {
		r.inset.furniture.bar = r.scaleBar(size * 6.5)
		bar := float64(r.inset.furniture.bar.px) + size*0.6 + r.width(r.inset.furniture.bar.text, size, false) + size*2.4
		wide = max(wide, bar)
		h += int(size * 2.1)
		if len(r.inset.furniture.items) == 0 {
			h -= int(size * 0.5)
		}
	}
	return int(wide) + 2*pad, h
}

// drawFurniture draws the boxes over everything else.
func (r *Renderer) drawFurniture(f *Frame) {
	fu := &r.inset.furniture
	for i := range fu.pointers {
		r.drawPointer(&fu.pointers[i])
	}
	if !fu.legend.Empty() {
		r.drawLegend(f, fu.legend)
	}
	if !fu.credit.Empty() {
		x, y := fu.credit.Min.X+2, baseline(fu.credit.Min.Y, 0, r.sizes.Text)
		r.writeNow(x, y, fu.creditText, r.label(r.sizes.Text, false, r.style.Text3, r.style.Sea))
	}
	if !fu.inset.Empty() {
		r.drawInset(fu.inset)
	}
}

func (r *Renderer) drawLegend(f *Frame, rect image.Rectangle) {
	if rect.Intersect(r.canvas.Win).Empty() {
		return
	}
	size, s := r.sizes.Text, r.style
	r.box(rect, max(4, size*0.22), max(1, r.sizes.Line*0.5), s.Card, s.CardEdge)
	pad := int(size * 0.7)
	row := int(math.Round(size * raster.LinePitch))
	y := rect.Min.Y + pad
	for _, it := range r.inset.furniture.items {
		r.legendIcon(it.Icon, rect.Min.X+pad+int(size*0.5), y+row/2)
		r.writeNow(rect.Min.X+pad+int(size*1.7), baseline(y, 0, size), it.Text, plainText(size, false, s.Text2))
		y += row
	}
	if !f.Furniture.Scale {
		return
	}
	bar := r.inset.furniture.bar
	if len(r.inset.furniture.items) > 0 {
		y += int(size * 0.5)
	}
	x, mid := rect.Min.X+pad, y+row/2
	r.drawBar(x, mid, bar.px)
	r.writeNow(x+bar.px+int(size*0.6), baseline(y, 0, size), bar.text, plainText(size, false, s.Text2))
	nx := rect.Max.X - pad - int(size*0.5)
	r.icon(raster.IconKey{Icon: IconNorth, Size: r.symbol(1), Main: s.Text}).Draw(&r.canvas, nx, mid-int(size*0.55))
	w := int(r.width(r.words.North, size, true))
	r.writeNow(nx-w/2, baseline(mid-int(size*0.1), 0, size), r.words.North, plainText(size, true, s.Text))
}

func (r *Renderer) drawBar(x, y, px int) {
	half := max(0.6, r.sizes.Line*0.6)
	tick := r.sizes.Text * 0.3
	x0, x1, yy := float64(x)+half, float64(x+px)-half, float64(y)
	s := &r.strokes
	s.Reset(r.canvas.Win)
	s.Line(x0, yy+tick/2, x1, yy+tick/2, half)
	s.Line(x0, yy-tick, x0, yy+tick/2, half)
	s.Line(x1, yy-tick, x1, yy+tick/2, half)
	s.Fill(&r.canvas, r.style.Text)
}

// legendIcon draws an icon as it stands on the map.
func (r *Renderer) legendIcon(icon raster.Icon, x, y int) {
	key := raster.IconKey{Icon: icon, Size: r.symbol(1), Main: r.style.Vessel, Back: r.style.Sea}
	switch icon {
	case IconNone:
		return
	case IconAir, IconWater, IconLevel, IconCamera:
		key.Main, key.Back = r.style.Text, r.style.Card
	case IconReport:
		key.Main, key.Back = r.style.Text2, r.style.Card
	case IconReportLate:
		r.legendIcon(IconReport, x, y)
		key.Icon, key.Size, key.Main, key.Back = IconWarning, r.symbol(0.6), r.style.Warning, r.style.OnFill
		x, y = x+int(r.sizes.Symbol*0.3), y-int(r.sizes.Symbol*0.3)
	case IconNotice, IconWarning, IconSevere, IconCritical:
		key.Main, key.Back = r.severityColor(Notice+Severity(icon-IconNotice)), r.style.OnFill
	}
	r.icon(key).Draw(&r.canvas, x, y)
}

// frameRect draws an unfilled rectangle.
func (r *Renderer) frameRect(rect, clip image.Rectangle, width int, col color.RGBA) {
	for _, side := range []image.Rectangle{
		image.Rect(rect.Min.X, rect.Min.Y, rect.Max.X, rect.Min.Y+width),
		image.Rect(rect.Min.X, rect.Max.Y-width, rect.Max.X, rect.Max.Y),
		image.Rect(rect.Min.X, rect.Min.Y, rect.Min.X+width, rect.Max.Y),
		image.Rect(rect.Max.X-width, rect.Min.Y, rect.Max.X, rect.Max.Y),
	} {
		r.canvas.Rect(side.Intersect(clip), col)
	}
}
