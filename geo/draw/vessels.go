package draw

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// SpeedLineMinutes is how far ahead a speed line reaches.
const SpeedLineMinutes = 6

// dots draws plain points.
func (r *Renderer) dots(dots []Dot) {
	size := r.symbol(0.9)
	reach := float64(size)
	r.spots = r.spots[:0]
	for i := range dots {
		at := r.proj.at(dots[i].At)
		r.spots = append(r.spots, spot{int32(math.Round(at.X)), int32(math.Round(at.Y)), r.near(at, reach)})
	}
	var last color.RGBA
	var s *raster.Sprite
	for _, i := range r.northToSouth() {
		col := dots[i].Color
		if col.A == 0 {
			col = r.style.Vessel
		}
		if s == nil || col != last {
			last, s = col, r.icon(raster.IconKey{Icon: IconIslet, Size: size, Main: col, Halo: r.style.Sea})
		}
		s.Draw(&r.canvas, int(r.spots[i].x), int(r.spots[i].y))
	}
}

// bandRows is the height of a band of the picture that stays in the
// processor's cache while its symbols are drawn.
const bandRows = 16

// northToSouth returns the spots in view sorted into bands by counting. Drawing
// them in this order is several times faster than at random, and lets southern
// symbols lie over northern ones everywhere alike.
func (r *Renderer) northToSouth() []int32 {
	const above = 1 << 10 // spots may stand above the view
	bands := (r.view.Height+2*above)/bandRows + 2
	if cap(r.bands) < bands {
		r.bands = make([]int32, bands)
	}
	r.bands = r.bands[:bands]
	clear(r.bands)
	band := func(s spot) int { return max(0, min(bands-2, (int(s.y)+above)/bandRows)) }
	n := 0
	for _, s := range r.spots {
		if s.in {
			r.bands[band(s)+1]++
			n++
		}
	}
	for i := 1; i < bands; i++ {
		r.bands[i] += r.bands[i-1]
	}
	if cap(r.order) < n {
		r.order = make([]int32, n)
	}
	r.order = r.order[:n]
	for i, s := range r.spots {
		if s.in {
			b := band(s)
			r.order[r.bands[b]] = int32(i)
			r.bands[b]++
		}
	}
	return r.order
}

// vessels draws trails, then speed lines, then hulls, so that no line lies over
// a hull. It leaves the places in r.spots.
func (r *Renderer) vessels(vs []Vessel) {
	r.spots = r.spots[:0]
	for i := range vs {
		r.spots = append(r.spots, r.vesselSpot(&vs[i]))
	}
	order := r.northToSouth()
	for _, i := range order {
		if len(vs[i].Trail) > 1 {
			r.trail(vs[i].Trail)
		}
	}
	for _, i := range order {
		r.speedLine(&vs[i], r.spots[i])
	}
	box := int(r.sizes.Symbol * 0.3)
	for _, i := range order {
		x, y := int(r.spots[i].x), int(r.spots[i].y)
		r.vesselIcon(&vs[i]).Draw(&r.canvas, x, y)
		if vs[i].Selected {
			r.icon(raster.IconKey{Icon: IconSelected, Size: r.symbol(1.5), Main: r.style.Focus}).Draw(&r.canvas, x, y)
		}
		r.grid.avoid(image.Rect(x-box, y-box, x+box, y+box))
		if image.Pt(x, y).In(r.canvas.Win) {
			r.stats.Vessels++
		}
	}
}

func (r *Renderer) vesselSpot(v *Vessel) spot {
	at := r.proj.at(v.At)
	// The reach holds the symbol and most speed lines that point into the view.
	if !r.near(at, r.sizes.Symbol*4) {
		return spot{}
	}
	x, y := int(math.Round(at.X)), int(math.Round(at.Y))
	if image.Pt(x, y).In(r.view.Rect()) {
		x, y = r.grid.settle(x, y, int(r.sizes.Symbol/4))
	}
	return spot{int32(x), int32(y), true}
}

// lost reports whether the symbol is hollow.
func (v *Vessel) lost() bool { return v.Lost || v.Limit > 0 && v.Age >= v.Limit }

func (r *Renderer) vesselIcon(v *Vessel) *raster.Sprite {
	lost := v.lost()
	key := raster.IconKey{
		Icon: vesselIcon(v, lost), Turn: raster.TurnOf(v.Heading), Size: r.symbol(1),
		Main: r.style.Vessel, Back: r.style.Sea, Halo: r.style.Sea,
	}
	switch v.Severity {
	case Warning:
		key.Main = r.style.Warning
	case Severe:
		key.Main = r.style.Severe
	case Critical:
		key.Main = r.style.Critical
	}
	if v.Limit > 0 {
		key.Fade = uint8(min(raster.Fades, max(0, int(float64(v.Age)/float64(v.Limit)*raster.Fades))))
	}
	if lost {
		key.Fade = raster.Fades / 2 // hollow already says it; 40 % would be too faint
	}
	return r.icon(key)
}

func (r *Renderer) speedLine(v *Vessel, s spot) {
	course := v.Course
	if course != course {
		course = v.Heading
	}
	if !(v.Speed > 0.3) || math.IsNaN(course) || math.IsInf(course, 0) || v.lost() {
		return
	}
	meters := min(v.Speed, 60) * geo.MetersPerNauticalMile * SpeedLineMinutes / 60
	length := meters / r.view.MetersPerPixel(v.At[1])
	if length < r.sizes.Symbol*0.3 {
		return
	}
	sin, cos := math.Sincos(course * math.Pi / 180)
	x, y := float64(s.x)+0.5, float64(s.y)+0.5
	r.canvas.Line(x, y, x+sin*length, y-cos*length, r.sizes.Line*0.6, r.style.SpeedLine)
}

func (r *Renderer) trail(points []geo.Point) {
	col := r.style.SpeedLine
	prev := r.proj.at(points[0])
	for i, p := range points[1:] {
		next := r.proj.at(p)
		if !r.near(next, 1e5) || !r.near(prev, 1e5) {
			prev = next
			continue
		}
		if i+2 < len(points) && math.Abs(next.X-prev.X)+math.Abs(next.Y-prev.Y) < 2 {
			continue
		}
		col.A = uint8(40 + 110*(i+1)/len(points))
		r.canvas.Line(prev.X, prev.Y, next.X, next.Y, r.sizes.Line*0.5, col)
		prev = next
	}
}

// nameVessels writes the names of the important vessels, the most important
// first and then by id, so that every screen comes to the same labels.
func (r *Renderer) nameVessels(vs []Vessel) {
	r.order = r.order[:0]
	for i := range vs {
		if vs[i].Importance > 0 && vs[i].Name != "" && r.spots[i].in {
			r.order = append(r.order, int32(i))
		}
	}
	slices.SortFunc(r.order, func(a, b int32) int {
		if d := vs[b].Importance - vs[a].Importance; d != 0 {
			return d
		}
		return strings.Compare(vs[a].ID, vs[b].ID)
	})
	size := r.sizes.Text
	h := int(size * raster.LinePitch)
	style := r.label(size, false, r.style.Text2, r.style.Sea)
	for _, i := range r.order {
		v, s := &vs[i], r.spots[i]
		w := int(r.width(v.Name, size, false)) + 2
		rect, ok := r.grid.find(int(s.x), int(s.y), w, h, int(r.sizes.Symbol*0.55))
		if !ok {
			r.stats.LabelsLeft++
			continue
		}
		r.grid.take(rect)
		r.stats.Labels++
		st := style
		if v.Severity > Notice || v.Selected {
			st.Color = r.style.Text
		}
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), v.Name, st)
	}
}

// fleet is what drawing many vessels keeps between frames.
type fleet struct{}
