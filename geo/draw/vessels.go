package draw

import (
	"image"
	"math"
	"slices"
	"strings"

	"iocwall/geo"
)

// SpeedLineMinutes is how far ahead a speed line reaches.
const SpeedLineMinutes = 6

// dots draws plain points.
func (r *Renderer) dots(dots []Dot) {
	size := r.symbol(0.9)
	reach := float64(size)
	for i := range dots {
		d := &dots[i]
		at := r.proj.at(d.At)
		if !r.near(at, reach) {
			continue
		}
		col := d.Color
		if col.A == 0 {
			col = r.style.Vessel
		}
		r.icon(iconKey{icon: IconIslet, size: size, main: col, halo: r.style.Sea}).draw(&r.canvas, int(at.x), int(at.y))
	}
}

// vessels draws trails, then speed lines, then hulls, so that no line lies over
// a hull. It leaves the places in r.spots.
func (r *Renderer) vessels(vs []Vessel) {
	r.spots = r.spots[:0]
	for i := range vs {
		r.spots = append(r.spots, r.vesselSpot(&vs[i]))
	}
	for i := range vs {
		if len(vs[i].Trail) > 1 && r.spots[i].in {
			r.trail(vs[i].Trail)
		}
	}
	for i := range vs {
		if r.spots[i].in {
			r.speedLine(&vs[i], r.spots[i])
		}
	}
	box := int(r.sizes.Symbol * 0.3)
	for i := range vs {
		s := r.spots[i]
		if !s.in {
			continue
		}
		x, y := int(s.x), int(s.y)
		r.vesselIcon(&vs[i]).draw(&r.canvas, x, y)
		if vs[i].Selected {
			r.icon(iconKey{icon: IconSelected, size: r.symbol(1.5), main: r.style.Focus}).draw(&r.canvas, x, y)
		}
		r.grid.avoid(image.Rect(x-box, y-box, x+box, y+box))
		if image.Pt(x, y).In(r.canvas.win) {
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
	x, y := int(math.Round(at.x)), int(math.Round(at.y))
	if image.Pt(x, y).In(r.view.Rect()) {
		x, y = r.grid.settle(x, y, int(r.sizes.Symbol/4))
	}
	return spot{int32(x), int32(y), true}
}

// lost reports whether the symbol is hollow.
func (v *Vessel) lost() bool { return v.Lost || v.Limit > 0 && v.Age >= v.Limit }

func (r *Renderer) vesselIcon(v *Vessel) *sprite {
	lost := v.lost()
	key := iconKey{
		icon: vesselIcon(v, lost), turn: turnOf(v.Heading), size: r.symbol(1),
		main: r.style.Vessel, back: r.style.Sea, halo: r.style.Sea,
	}
	switch v.Severity {
	case Warning:
		key.main = r.style.Warning
	case Severe:
		key.main = r.style.Severe
	case Critical:
		key.main = r.style.Critical
	}
	if v.Limit > 0 {
		key.fade = uint8(min(fades, max(0, int(float64(v.Age)/float64(v.Limit)*fades))))
	}
	if lost {
		key.fade = fades / 2 // hollow already says it; 40 % would be too faint
	}
	return r.icon(key)
}

func (r *Renderer) speedLine(v *Vessel, s spot) {
	course := v.Course
	if course != course {
		course = v.Heading
	}
	if !(v.Speed > 0.3) || course != course || v.lost() {
		return
	}
	meters := min(v.Speed, 60) * geo.MetersPerNauticalMile * SpeedLineMinutes / 60
	length := meters / r.view.MetersPerPixel(v.At[1])
	if length < r.sizes.Symbol*0.3 {
		return
	}
	sin, cos := math.Sincos(course * math.Pi / 180)
	x, y := float64(s.x)+0.5, float64(s.y)+0.5
	r.canvas.line(x, y, x+sin*length, y-cos*length, r.sizes.Line*0.6, r.style.SpeedLine)
}

func (r *Renderer) trail(points []geo.Point) {
	col := r.style.SpeedLine
	prev := r.proj.at(points[0])
	for i, p := range points[1:] {
		next := r.proj.at(p)
		col.A = uint8(40 + 110*(i+1)/len(points))
		r.canvas.line(prev.x, prev.y, next.x, next.y, r.sizes.Line*0.5, col)
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
	h := int(size * linePitch)
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
			st.color = r.style.Text
		}
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), v.Name, st)
	}
}
