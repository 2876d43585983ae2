package draw

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// sorted returns the indices of n items by importance, then by id, and those of one
// id, as two layers of marks may have, as they are listed.
func (r *Renderer) sorted(n int, importance func(int) int, id func(int) string) []int32 {
	r.order = r.order[:0]
	for i := range n {
		r.order = append(r.order, int32(i))
	}
	slices.SortFunc(r.order, func(a, b int32) int {
		if d := cmp.Compare(importance(int(b)), importance(int(a))); d != 0 {
			return d
		}
		return cmp.Or(strings.Compare(id(int(a)), id(int(b))), int(a-b))
	})
	return r.order
}

func (r *Renderer) severityColor(s Severity) color.RGBA { return r.style.Severity(int(s)) }

func (r *Renderer) alertAreas(alerts []Alert) {
	for i := range alerts {
		a := &alerts[i]
		fill := r.severityColor(a.Severity)
		if a.Severity == Critical {
			fill = r.style.CriticalPlate
		}
		fill.A = 56
		if r.sheet.InCrop(a.Area) {
			r.sheet.Fill(a.Area, fill)
			r.sheet.Outline(a.Area, 2.5*r.sizes.Line, r.severityColor(a.Severity))
		}
		if len(a.Area) > 0 {
			b := a.Area.Bound()
			nw, se := r.proj.At(geo.Pt(b.Min[0], b.Max[1])), r.proj.At(geo.Pt(b.Max[0], b.Min[1]))
			r.grid.Avoid(image.Rect(int(nw.X), int(nw.Y), int(se.X), int(se.Y)))
		}
	}
}

// reports draws the pins; their point is the place.
func (r *Renderer) reports(reports []Report) {
	size := r.symbol(1.7)
	order := r.sorted(len(reports), func(i int) int { return reports[i].Importance }, func(i int) string { return reports[i].ID })
	for k := len(order) - 1; k >= 0; k-- { // the important on top
		rep := &reports[order[k]]
		x, y, ok := r.pinSpot(rep.At, int(size))
		if !ok {
			continue
		}
		half := int(size) / 2
		r.grid.Take(image.Rect(x-half, y-half, x+half, y+half))
		r.hits.Symbol("reports", rep.ID, x, y, half)
		if r.inPicture(spot{x: int32(x), y: int32(y)}, 2*float64(size)) {
			r.report(rep, x, y, size)
		}
	}
}

// pinSpot returns the middle of the pin at a place: its tip, at (7, 22) of the grid, stands
// on it.
func (r *Renderer) pinSpot(at geo.Point, size int) (x, y int, ok bool) {
	x, y, ok = r.markSpot(at, float64(size)*0.75)
	return x + size*5/24, y - size*10/24, ok
}

// report draws a pin around (x, y).
func (r *Renderer) report(rep *Report, x, y int, size uint16) {
	edge, sign := r.style.Text2, r.style.Text
	if rep.Late {
		edge, sign = r.style.Warning, r.style.Warning
	}
	if rep.Step == ReportSent {
		sign = r.style.Chip
	}
	r.icon(raster.IconKey{Icon: rep.Step.Sign(), Size: size, Main: edge, Back: r.style.Chip, Halo: r.style.Sea}).Draw(&r.canvas, x, y)
	r.deadline(rep, x, y, size, edge)
	r.icon(raster.IconKey{Icon: categoryIcon(rep.Category), Size: size * 11 / 24, Main: sign}).Draw(&r.canvas, x, y-int(size)*2/24)
	if rep.Late {
		r.icon(raster.IconKey{Icon: IconWarning, Size: r.symbol(0.85), Main: r.style.Warning, Back: r.style.OnFill, Halo: r.style.Chip}).
			Draw(&r.canvas, x+int(size)*10/24, y-int(size)*10/24)
	}
	r.chosen(rep.Selected, x, y, 1.6)
}

// deadline draws how much of a report's time has passed, beside the tip of its pin.
func (r *Renderer) deadline(rep *Report, x, y int, size uint16, col color.RGBA) {
	if !(rep.Used > 0) {
		return
	}
	grid := float64(size) / 24
	high := max(2, int(math.Round(2.2*grid)))
	top := y + int(math.Round(7.4*grid))
	bar := image.Rect(x, top, x+int(math.Round(9.6*grid)), top+high)
	r.canvas.Rect(bar.Inset(-1), r.style.Sea)
	r.canvas.Rect(bar, r.style.Chip)
	bar.Max.X = bar.Min.X + max(1, int(math.Round(min(1, rep.Used)*float64(bar.Dx()))))
	r.canvas.Rect(bar, col)
}

// noteReports writes how late reports are, the latest first.
func (r *Renderer) noteReports(reports []Report) {
	pin := int(r.symbol(1.7))
	for _, i := range r.sorted(len(reports), func(i int) int { return reports[i].Importance }, func(i int) string { return reports[i].ID }) {
		rep := &reports[i]
		if rep.Note == "" || !rep.Late && !rep.Selected {
			continue
		}
		x, y, ok := r.pinSpot(rep.At, pin)
		if !ok {
			continue
		}
		col := r.style.Text
		if rep.Late {
			col = r.style.Warning
		}
		if rect, ok := r.writeBeside(x, y, pin*2/3, pin*2/3, rep.Note, col); ok {
			r.hits.Plate("reports", rep.ID, x, y, rect)
		}
	}
}

// wedges draws the fields of view under the cameras.
func (r *Renderer) wedges(cameras []Camera) {
	for i := range cameras {
		c := &cameras[i]
		x, y, ok := r.spotOf(c.At, r.sizes.Symbol/2)
		if reach := r.wedgeReach(c); ok && reach > 0 && r.inPicture(spot{x: int32(x), y: int32(y)}, reach+r.sizes.Line) {
			r.wedge(float64(x), float64(y), c, reach)
		}
	}
}

// wedgeReach is how many pixels far a camera's field of view is drawn, 0 where it is not
// known.
func (r *Renderer) wedgeReach(c *Camera) float64 {
	if math.IsNaN(c.Heading) || math.IsInf(c.Heading, 0) || !(c.Angle > 0 && c.Angle <= 360) {
		return 0
	}
	reach := 2.7 * r.sizes.Symbol
	if c.Range > 0 {
		most := float64(r.view.Width + r.view.Height)
		reach = min(max(reach, c.Range/r.view.MetersPerPixel(c.At[1])), most)
	}
	return reach
}

func (r *Renderer) wedge(x, y float64, c *Camera, reach float64) {
	points := append(r.points[:0], raster.XY{X: x, Y: y})
	const steps = 12
	for i := range steps + 1 {
		a := (c.Heading + c.Angle*(float64(i)/steps-0.5)) * math.Pi / 180
		points = append(points, raster.XY{X: x + math.Sin(a)*reach, Y: y - math.Cos(a)*reach})
	}
	fill, edge := r.style.Text, r.style.Text
	fill.A, edge.A = 52, 150
	if c.Health != Live {
		fill.A, edge.A = 18, 90
	}
	r.sheet.FillRing(points, fill)
	lines := &r.strokes
	lines.Reset(r.canvas.Win)
	for i, p := range points {
		q := points[(i+1)%len(points)]
		lines.Line(p.X, p.Y, q.X, q.Y, r.sizes.Line*0.4)
	}
	lines.Fill(&r.canvas, edge)
	r.points = points
}

func (r *Renderer) cameras(cameras []Camera) {
	size := r.symbol(1)
	half := int(size) / 2
	for i := range cameras {
		c := &cameras[i]
		x, y, ok := r.markSpot(c.At, r.sizes.Symbol/2)
		if !ok {
			continue
		}
		r.grid.Take(image.Rect(x-half, y-half, x+half, y+half))
		r.hits.Symbol("cameras", c.ID, x, y, half)
		if r.inPicture(spot{x: int32(x), y: int32(y)}, 3*float64(size)) {
			r.camera(c, x, y, size)
		}
	}
}

// camera draws a camera at (x, y) with the sign of its health.
func (r *Renderer) camera(c *Camera, x, y int, size uint16) {
	col, half := r.style.Text, int(size)/2
	if c.Health != Live {
		col = r.style.Text3
	}
	r.icon(raster.IconKey{Icon: IconCamera, Size: size, Main: col, Halo: r.haloAt(x, y)}).Draw(&r.canvas, x, y)
	key := raster.IconKey{Size: r.symbol(0.6), Main: r.style.Text, Back: r.style.Card, Halo: r.style.Card}
	key.Icon = c.Health.Sign()
	if c.Health == Live {
		key.Size, key.Main = r.symbol(0.4), r.style.Text2
	}
	r.icon(key).Draw(&r.canvas, x+half, y-half)
	r.chosen(c.Selected, x, y, 1.2)
}
