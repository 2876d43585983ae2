package draw

import (
	"fmt"
	"image"
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
	lines                 []string // of the attribution, the first of them data
	data                  int      // how many of the lines are on the data
	pointers              []pointer
	weights               []weight
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
	*fu = furniture{pointers: fu.pointers[:0], lines: fu.lines[:0], weights: fu.weights[:0]}
	r.weigh(f)
	if r.ground.sea.any && !r.islandsInPlace() {
		w, h, fits := r.insetSize()
		if fits {
			fu.inset = r.corner(w, h, [4]corner{{1, 1}, {1, -1}, {-1, 1}, {-1, -1}})
			r.grid.Take(fu.inset.Inset(-r.margin() / 2))
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
	r.placeCredit(f)
}

// placeCredit finds room for the sentence on the data, the base map's attribution
// and the credit. Where all of it finds none, the sentence on the data alone does.
func (r *Renderer) placeCredit(f *Frame) {
	fu := &r.inset.furniture
	text := f.Furniture.Credit
	if f.Furniture.Attribution {
		text = joined(r.creditText(), text)
	}
	for _, credit := range []string{text, ""} {
		fu.lines = fu.lines[:0]
		r.wrap(f.Furniture.Data)
		fu.data = len(fu.lines)
		r.wrap(credit)
		if len(fu.lines) == 0 {
			return
		}
		wide := 0.0
		for _, l := range fu.lines {
			wide = max(wide, r.width(l, r.sizes.Text, false))
		}
		w, h := int(wide)+4, int(r.sizes.Text*raster.LinePitch*float64(len(fu.lines)))
		fu.credit = r.fitting(w, h, [4]corner{{1, 1}, {-1, 1}, {1, -1}, {-1, -1}})
		if !fu.credit.Empty() {
			r.grid.Take(fu.credit)
			return
		}
	}
	fu.lines, fu.data = fu.lines[:0], 0
}

const dot = " · "

// joined puts two sentences into one line.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + dot + b
}

// wrap breaks a line between its parts where it would take half of a screen.
func (r *Renderer) wrap(text string) {
	fu := &r.inset.furniture
	most := 0.46 * float64(r.grid.NearestPane(r.view.Width-1, r.view.Height-1).Dx())
	line := ""
	for part := range strings.SplitSeq(text, dot) {
		longer := joined(line, part)
		if line != "" && r.width(longer, r.sizes.Text, false) > most {
			fu.lines = append(fu.lines, line)
			longer = part
		}
		line = longer
	}
	if line != "" {
		fu.lines = append(fu.lines, line)
	}
}

func (r *Renderer) placeLegend(f *Frame) {
	fu := &r.inset.furniture
	if len(fu.items) == 0 && !f.Furniture.Scale {
		return
	}
	w, h := r.legendSize(f)
	fu.legend = r.fitting(w, h, [4]corner{{-1, 1}, {-1, -1}, {1, 1}, {1, -1}})
	if !fu.legend.Empty() {
		r.grid.Take(fu.legend.Inset(-r.margin() / 2))
	}
}

// fitting is corner for boxes that give way: it returns an empty box where the
// best corner is too small or would cover other furniture.
func (r *Renderer) fitting(w, h int, order [4]corner) image.Rectangle {
	fu := &r.inset.furniture
	rect := r.corner(w, h, order)
	pane, ok := r.grid.Pane(rect)
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
		text = fmt.Sprintf(r.words.BoundariesSince, day.Format(r.words.DateLayout)) + dot + text
	}
	return text
}

// corner of the view: -1 is left or top, 1 right or bottom.
type corner struct{ dx, dy int }

// corner returns the box of w × h pixels in the corner that hides least.
func (r *Renderer) corner(w, h int, order [4]corner) image.Rectangle {
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
		pane := r.grid.NearestPane(x, y).Inset(m)
		rect := image.Rectangle{Min: pane.Min, Max: pane.Min.Add(image.Pt(w, h))}
		if c.dx > 0 {
			rect = rect.Add(image.Pt(pane.Dx()-w, 0))
		}
		if c.dy > 0 {
			rect = rect.Add(image.Pt(0, pane.Dy()-h))
		}
		if cost := float64(i) + r.hides(rect); cost < least {
			best, least = rect, cost
		}
	}
	return best
}

// weight is a place that a box should rather not cover.
type weight struct {
	at   image.Point
	cost float64
}

// weigh lists the places that count in this frame. Vessels do not, since boxes
// would wander with them.
func (r *Renderer) weigh(f *Frame) {
	fu := &r.inset.furniture
	count := func(p geo.Point, cost float64) {
		if at := r.proj.at(p); r.near(at, 0) {
			fu.weights = append(fu.weights, weight{image.Pt(int(at.X), int(at.Y)), cost})
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
	for i := range f.Marks {
		count(f.Marks[i].At, 2)
	}
	for i := range f.Texts {
		count(f.Texts[i].At, 10)
	}
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class == tiles.ClassCity || p.Class == tiles.ClassIslet {
			count(p.At, 3)
		}
	}
}

// hides says how much a box would cover.
func (r *Renderer) hides(rect image.Rectangle) float64 {
	hard, _ := r.grid.Cost(rect)
	cost := float64(hard) * 50
	for _, w := range r.inset.furniture.weights {
		if w.at.In(rect) {
			cost += w.cost
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
		indent := size * 1.7
		if it.Heading {
			indent = 0
		}
		wide = max(wide, r.width(it.Text, size, it.Heading)+indent)
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
		r.drawCredit()
	}
	if !fu.inset.Empty() {
		r.drawInset(fu.inset)
	}
}

// drawCredit writes the lines towards the side of the glass they stand at.
func (r *Renderer) drawCredit() {
	fu, size := &r.inset.furniture, r.sizes.Text
	right := fu.credit.Min.X-r.margin() > r.grid.NearestPane(fu.credit.Min.X, fu.credit.Min.Y).Min.X
	for i, l := range fu.lines {
		x, col := fu.credit.Min.X+2, r.style.Text3
		if right {
			x = fu.credit.Max.X - 2 - int(r.width(l, size, false))
		}
		if i < fu.data {
			col = r.style.Text2
		}
		r.writeNow(x, baseline(fu.credit.Min.Y, i, size), l, r.label(size, false, col, r.style.Sea))
	}
}

func (r *Renderer) drawLegend(f *Frame, rect image.Rectangle) {
	if rect.Intersect(r.canvas.Win).Empty() {
		return
	}
	size, s := r.sizes.Text, r.style
	r.pen.Box(rect, max(4, size*0.22), max(1, r.sizes.Line*0.5), s.Card, s.CardEdge)
	pad := int(size * 0.7)
	row := int(math.Round(size * raster.LinePitch))
	y := rect.Min.Y + pad
	for _, it := range r.inset.furniture.items {
		r.legendRow(&it, rect.Min.X+pad, y, row)
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

// legendRow draws a row whose top left corner is (x, y).
func (r *Renderer) legendRow(it *LegendItem, x, y, row int) {
	size, s := r.sizes.Text, r.style
	base := baseline(y, 0, size)
	if it.Heading {
		r.writeNow(x, base, it.Text, plainText(size, true, s.Text))
		return
	}
	middle := y + row/2
	switch {
	case it.Swatch != nil:
		r.swatch(it.Swatch, image.Rect(x, middle-int(size*0.42), x+int(size*1.2), middle+int(size*0.42)))
	case it.Line.A > 0:
		r.strokes.Reset(r.canvas.Win)
		on, off := 0.0, 0.0
		if it.Dashed {
			on, off = size*0.38, size*0.24
		}
		from, to := raster.XY{X: float64(x), Y: float64(middle)}, raster.XY{X: float64(x) + size*1.2, Y: float64(middle)}
		raster.Dashes(from, to, on, off, 0, func(a, b raster.XY) { r.strokes.Line(a.X, a.Y, b.X, b.Y, max(0.8, r.sizes.Line)) })
		r.strokes.Fill(&r.canvas, it.Line)
	default:
		r.legendIcon(it.Icon, x+int(size*0.5), middle)
	}
	r.writeNow(x+int(size*1.7), base, it.Text, plainText(size, false, s.Text2))
}

// swatch draws the colour of a class as it stands on the map.
func (r *Renderer) swatch(w *Swatch, rect image.Rectangle) {
	n := max(1, int(math.Round(r.sizes.Line*0.6)))
	r.canvas.Rect(rect, r.style.CardEdge)
	in := rect.Inset(n)
	r.canvas.Rect(in, r.style.Land)
	if w.Hatch {
		r.sheet.Hatch(in)
		return
	}
	r.canvas.Rect(in, w.Fill)
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
	case IconCluster, IconFence:
		key.Main, key.Back = r.style.Text2, r.style.Card
	case IconReport:
		key.Main, key.Back = r.style.Text2, r.style.Card
	case IconReportLate:
		r.legendIcon(IconReport, x, y)
		key.Icon, key.Size, key.Main, key.Back = IconWarning, r.symbol(0.6), r.style.Warning, r.style.OnFill
		x, y = x+int(r.sizes.Symbol*0.3), y-int(r.sizes.Symbol*0.3)
	case IconNotice, IconWarning, IconSevere, IconCritical:
		key.Main, key.Back = r.severityColor(Notice+Severity(icon-IconNotice)), r.style.OnFill
	}
	if icon >= IconPlace && icon < IconCluster {
		key.Main, key.Back = r.style.Text2, r.style.Card
	}
	r.icon(key).Draw(&r.canvas, x, y)
}
