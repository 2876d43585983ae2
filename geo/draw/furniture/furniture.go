// Package furniture places and draws the boxes of a map that say how to read it:
// the legend with the scale and north, and where its data come from.
package furniture

import (
	"fmt"
	"image"
	"math"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw/look"
	"iocwall/geo/draw/pen"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
	"iocwall/geo/draw/scene"
	"iocwall/geo/draw/sheet"
	"iocwall/geo/draw/sign"
	"iocwall/geo/tiles"
)

// Input is what the boxes of one picture depend on.
type Input struct {
	Frame       *scene.Frame
	Grid        *room.Grid
	Pen         *pen.Pen
	Sheet       *sheet.Sheet
	Canvas      *raster.Canvas
	Style       *look.Style
	Sizes       look.Sizes
	Words       *look.Words
	Places      []tiles.Place
	Attribution tiles.Attribution
	Project     func(geo.Point) raster.XY // to pixels of the view
}

// Boxes is where the boxes stand in one picture. Its zero value is ready.
type Boxes struct {
	Input
	view           geo.View
	legend, credit image.Rectangle // empty ones are not drawn
	items          []scene.LegendItem
	bar            scaleBar
	lines          []string // of the attribution, the first of them data
	data           int      // how many of the lines are on the data
	stand          []image.Rectangle
	weights        []weight
	strokes        raster.Strokes
}

// scaleBar is a length of 1, 2 or 5 times a power of ten.
type scaleBar struct {
	px   int
	text string
}

// Begin clears all boxes for the next picture.
func (b *Boxes) Begin(in Input) {
	b.Input, b.view = in, in.Frame.View
	b.legend, b.credit = image.Rectangle{}, image.Rectangle{}
	b.lines, b.stand, b.weights = b.lines[:0], b.stand[:0], b.weights[:0]
	b.weigh()
}

// Avoid keeps the boxes that are placed later off a rectangle.
func (b *Boxes) Avoid(rect image.Rectangle) { b.stand = append(b.stand, rect) }

// Cover reports whether a box lies over a part of a rectangle: a text there would be cut,
// and say something else.
func (b *Boxes) Cover(rect image.Rectangle) bool { return b.overlaps(rect) || rect.Overlaps(b.legend) }

func (b *Boxes) overlaps(rect image.Rectangle) bool {
	for _, s := range b.stand {
		if rect.Overlaps(s) {
			return true
		}
	}
	return false
}

// Place finds room for the legend and the attribution. A small map that has none
// for the legend keeps its scale.
func (b *Boxes) Place() {
	b.items = b.Frame.Furniture.Legend
	b.placeLegend()
	if b.legend.Empty() && b.Frame.Furniture.Scale && len(b.items) > 0 {
		b.items = nil
		b.placeLegend()
	}
	b.placeCredit()
}

// Draw draws the boxes.
func (b *Boxes) Draw() {
	if !b.legend.Empty() {
		b.drawLegend(b.legend)
	}
	if !b.credit.Empty() {
		b.drawCredit()
	}
}

// margin is the distance of boxes from the edge of the glass.
func (b *Boxes) margin() int { return int(math.Round(b.Sizes.Text * 0.57)) }

func (b *Boxes) symbol(factor float64) uint16 { return uint16(math.Round(b.Sizes.Symbol * factor)) }

func (b *Boxes) write(x, y int, text string, style raster.TextStyle) {
	b.Pen.Text(x, y, raster.TextKey{Text: text, Style: style})
}

// placeCredit finds room for the sentence on the data, the base map's attribution
// and the credit. Where all of it finds none, the sentence on the data alone does.
func (b *Boxes) placeCredit() {
	text := b.Frame.Furniture.Credit
	if b.Frame.Furniture.Attribution {
		text = joined(b.creditText(), text)
	}
	for _, credit := range []string{text, ""} {
		b.lines = b.lines[:0]
		b.wrap(b.Frame.Furniture.Data)
		b.data = len(b.lines)
		b.wrap(credit)
		if len(b.lines) == 0 {
			return
		}
		wide := 0.0
		for _, l := range b.lines {
			wide = max(wide, b.Pen.Width(l, b.Sizes.Text, false))
		}
		w, h := int(wide)+4, int(b.Sizes.Text*raster.LinePitch*float64(len(b.lines)))
		b.credit = b.fitting(w, h, [4]Corner{{1, 1}, {-1, 1}, {1, -1}, {-1, -1}})
		if !b.credit.Empty() {
			b.Grid.Take(b.credit)
			return
		}
	}
	b.lines, b.data = b.lines[:0], 0
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
func (b *Boxes) wrap(text string) {
	most := 0.46 * float64(b.Grid.NearestPane(b.view.Width-1, b.view.Height-1).Dx())
	line := ""
	for part := range strings.SplitSeq(text, dot) {
		longer := joined(line, part)
		if line != "" && b.Pen.Width(longer, b.Sizes.Text, false) > most {
			b.lines = append(b.lines, line)
			longer = part
		}
		line = longer
	}
	if line != "" {
		b.lines = append(b.lines, line)
	}
}

func (b *Boxes) placeLegend() {
	if len(b.items) == 0 && !b.Frame.Furniture.Scale {
		return
	}
	w, h := b.legendSize()
	b.legend = b.fitting(w, h, [4]Corner{{-1, 1}, {-1, -1}, {1, 1}, {1, -1}})
	if !b.legend.Empty() {
		b.Grid.Take(b.legend.Inset(-b.margin() / 2))
	}
}

// fitting is corner for boxes that give way: it returns an empty box where the
// best corner is too small or would cover other furniture.
func (b *Boxes) fitting(w, h int, order [4]Corner) image.Rectangle {
	rect := b.Corner(w, h, order)
	pane, ok := b.Grid.Pane(rect)
	if !ok || b.overlaps(rect) || rect.Overlaps(b.legend) || 2*w > pane.Dx() && 3*h > pane.Dy() {
		return image.Rectangle{}
	}
	return rect
}

func (b *Boxes) creditText() string {
	a := b.Attribution
	text := a.Text
	if day, err := time.Parse(time.DateOnly, a.BoundariesSince); err == nil {
		text = fmt.Sprintf(b.Words.BoundariesSince, day.Format(b.Words.DateLayout)) + dot + text
	}
	return text
}

// Corner of the view: -1 is left or top, 1 right or bottom.
type Corner struct{ DX, DY int }

// Corner returns the box of w × h pixels in the corner that hides least.
func (b *Boxes) Corner(w, h int, order [4]Corner) image.Rectangle {
	var best image.Rectangle
	least := math.Inf(1)
	m := b.margin()
	for i, c := range order {
		x, y := 0, 0
		if c.DX > 0 {
			x = b.view.Width - 1
		}
		if c.DY > 0 {
			y = b.view.Height - 1
		}
		pane := b.Grid.NearestPane(x, y).Inset(m)
		rect := image.Rectangle{Min: pane.Min, Max: pane.Min.Add(image.Pt(w, h))}
		if c.DX > 0 {
			rect = rect.Add(image.Pt(pane.Dx()-w, 0))
		}
		if c.DY > 0 {
			rect = rect.Add(image.Pt(0, pane.Dy()-h))
		}
		if cost := float64(i) + b.hides(rect); cost < least {
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
func (b *Boxes) weigh() {
	count := func(p geo.Point, cost float64) {
		if at := b.Project(p); at.X > 0 && at.Y > 0 && at.X < float64(b.view.Width) && at.Y < float64(b.view.Height) {
			b.weights = append(b.weights, weight{image.Pt(int(at.X), int(at.Y)), cost})
		}
	}
	for i := range b.Frame.Alerts {
		count(b.Frame.Alerts[i].At, 30)
	}
	for i := range b.Frame.Stations {
		count(b.Frame.Stations[i].At, 6)
	}
	for i := range b.Frame.Cameras {
		count(b.Frame.Cameras[i].At, 4)
	}
	for i := range b.Frame.Reports {
		count(b.Frame.Reports[i].At, 3)
	}
	for i := range b.Frame.Marks {
		count(b.Frame.Marks[i].At, 2)
	}
	for i := range b.Frame.Texts {
		count(b.Frame.Texts[i].At, 10)
	}
	for i := range b.Places {
		p := &b.Places[i]
		if p.Class == tiles.ClassCity || p.Class == tiles.ClassIslet {
			count(p.At, 3)
		}
	}
}

// hides says how much a box would cover.
func (b *Boxes) hides(rect image.Rectangle) float64 {
	hard, _ := b.Grid.Cost(rect)
	cost := float64(hard) * 50
	for _, w := range b.weights {
		if w.at.In(rect) {
			cost += w.cost
		}
	}
	return cost
}

// scaleBar returns the longest 1-2-5 length of at most most pixels.
func (b *Boxes) scaleBar(most float64) scaleBar {
	perPixel := b.view.MetersPerPixel(b.view.Center[1])
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
	return scaleBar{px: max(1, int(math.Round(meters/perPixel))), text: strings.Replace(text, ".", b.Words.Decimal, 1)}
}

func (b *Boxes) legendSize() (w, h int) {
	size := b.Sizes.Text
	pad := int(size * 0.7)
	row := int(math.Round(size * raster.LinePitch))
	wide := 0.0
	for _, it := range b.items {
		indent := size * 1.7
		if it.Heading {
			indent = 0
		}
		wide = max(wide, b.Pen.Width(it.Text, size, it.Heading)+indent)
	}
	h = row*len(b.items) + 2*pad
	if b.Frame.Furniture.Scale {
		b.bar = b.scaleBar(size * 6.5)
		bar := float64(b.bar.px) + size*0.6 + b.Pen.Width(b.bar.text, size, false) + size*2.4
		wide = max(wide, bar)
		h += int(size * 2.1)
		if len(b.items) == 0 {
			h -= int(size * 0.5)
		}
	}
	return int(wide) + 2*pad, h
}

// drawCredit writes the lines towards the side of the glass they stand at.
func (b *Boxes) drawCredit() {
	back := b.Style.Sea
	back.A = 176 // symbols under the text stay to be guessed, the text to be read
	b.Pen.RoundRect(b.credit, max(2, b.Sizes.Text*0.14), back)
	size := b.Sizes.Text
	right := b.credit.Min.X-b.margin() > b.Grid.NearestPane(b.credit.Min.X, b.credit.Min.Y).Min.X
	for i, l := range b.lines {
		x, col := b.credit.Min.X+2, b.Style.Text3
		if right {
			x = b.credit.Max.X - 2 - int(b.Pen.Width(l, size, false))
		}
		if i < b.data {
			col = b.Style.Text2
		}
		b.write(x, pen.Baseline(b.credit.Min.Y, i, size), l, pen.Label(size, false, col, b.Style.Sea))
	}
}

func (b *Boxes) drawLegend(rect image.Rectangle) {
	if rect.Intersect(b.Canvas.Win).Empty() {
		return
	}
	size, s := b.Sizes.Text, b.Style
	b.Pen.Box(rect, max(4, size*0.22), max(1, b.Sizes.Line*0.5), s.Card, s.CardEdge)
	pad := int(size * 0.7)
	row := int(math.Round(size * raster.LinePitch))
	y := rect.Min.Y + pad
	for _, it := range b.items {
		b.legendRow(&it, rect.Min.X+pad, y, row)
		y += row
	}
	if !b.Frame.Furniture.Scale {
		return
	}
	bar := b.bar
	if len(b.items) > 0 {
		y += int(size * 0.5)
	}
	x, mid := rect.Min.X+pad, y+row/2
	b.drawBar(x, mid, bar.px)
	b.write(x+bar.px+int(size*0.6), pen.Baseline(y, 0, size), bar.text, pen.Plain(size, false, s.Text2))
	nx := rect.Max.X - pad - int(size*0.5)
	b.Pen.Icon(raster.IconKey{Icon: sign.North, Size: b.symbol(1), Main: s.Text}).Draw(b.Canvas, nx, mid-int(size*0.55))
	w := int(b.Pen.Width(b.Words.North, size, true))
	b.write(nx-w/2, pen.Baseline(mid-int(size*0.1), 0, size), b.Words.North, pen.Plain(size, true, s.Text))
}

// legendRow draws a row whose top left corner is (x, y).
func (b *Boxes) legendRow(it *scene.LegendItem, x, y, row int) {
	size, s := b.Sizes.Text, b.Style
	base := pen.Baseline(y, 0, size)
	if it.Heading {
		b.write(x, base, it.Text, pen.Plain(size, true, s.Text))
		return
	}
	middle := y + row/2
	switch {
	case it.Swatch != nil:
		b.swatch(it.Swatch, image.Rect(x, middle-int(size*0.42), x+int(size*1.2), middle+int(size*0.42)))
	case it.Line.A > 0:
		b.strokes.Reset(b.Canvas.Win)
		on, off := 0.0, 0.0
		if it.Dashed {
			on, off = size*0.38, size*0.24
		}
		from, to := raster.XY{X: float64(x), Y: float64(middle)}, raster.XY{X: float64(x) + size*1.2, Y: float64(middle)}
		raster.Dashes(from, to, on, off, 0, func(from, to raster.XY) { b.strokes.Line(from.X, from.Y, to.X, to.Y, max(0.8, b.Sizes.Line)) })
		b.strokes.Fill(b.Canvas, it.Line)
	default:
		b.legendIcon(it.Icon, x+int(size*0.5), middle)
	}
	b.write(x+int(size*1.7), base, it.Text, pen.Plain(size, false, s.Text2))
}

// swatch draws the colour of a class as it stands on the map.
func (b *Boxes) swatch(w *scene.Swatch, rect image.Rectangle) {
	n := max(1, int(math.Round(b.Sizes.Line*0.6)))
	b.Canvas.Rect(rect, b.Style.CardEdge)
	in := rect.Inset(n)
	b.Canvas.Rect(in, b.Style.Land)
	if w.Hatch {
		b.Sheet.Hatch(in)
		return
	}
	b.Canvas.Rect(in, w.Fill)
}

func (b *Boxes) drawBar(x, y, px int) {
	half := max(0.6, b.Sizes.Line*0.6)
	tick := b.Sizes.Text * 0.3
	x0, x1, yy := float64(x)+half, float64(x+px)-half, float64(y)
	s := &b.strokes
	s.Reset(b.Canvas.Win)
	s.Line(x0, yy+tick/2, x1, yy+tick/2, half)
	s.Line(x0, yy-tick, x0, yy+tick/2, half)
	s.Line(x1, yy-tick, x1, yy+tick/2, half)
	s.Fill(b.Canvas, b.Style.Text)
}

// legendIcon draws an icon as it stands on the map.
func (b *Boxes) legendIcon(icon sign.Icon, x, y int) {
	key := raster.IconKey{Icon: icon, Size: b.symbol(1), Main: b.Style.Vessel, Back: b.Style.Sea}
	switch icon {
	case sign.None:
		return
	case sign.Air, sign.Water, sign.Level, sign.Weather, sign.Gauge, sign.Camera:
		key.Main, key.Back = b.Style.Text, b.Style.Card
	case sign.Cluster, sign.Fence:
		key.Main, key.Back = b.Style.Text2, b.Style.Card
	case sign.Report, sign.ReportNew, sign.ReportSent:
		key.Main, key.Back = b.Style.Text2, b.Style.Card
	case sign.ReportLate:
		b.legendIcon(sign.Report, x, y)
		key.Icon, key.Size, key.Main, key.Back = sign.Warning, b.symbol(0.6), b.Style.Warning, b.Style.OnFill
		x, y = x+int(b.Sizes.Symbol*0.3), y-int(b.Sizes.Symbol*0.3)
	case sign.Notice, sign.Warning, sign.Severe, sign.Critical:
		key.Main, key.Back = b.Style.Severity(int(icon-sign.Notice)+1), b.Style.OnFill
	}
	if icon >= sign.Place && icon < sign.Cluster {
		key.Main, key.Back = b.Style.Text2, b.Style.Card
	}
	b.Pen.Icon(key).Draw(b.Canvas, x, y)
}
