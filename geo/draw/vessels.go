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

// SpeedLineMinutes is how far ahead a speed line reaches.
const SpeedLineMinutes = 6

// dots draws plain points.
func (r *Renderer) dots(dots []Dot) {
	size := r.symbol(0.9)
	reach := float64(size)
	f := &r.fleet
	f.dots = f.dots[:0]
	f.tiles.begin(r.canvas.Win)
	var last color.RGBA
	var s *raster.Sprite
	for i := range dots {
		at := r.proj.At(dots[i].At)
		if !r.near(at, reach) || !r.inPicture(spot{x: int32(at.X), y: int32(at.Y)}, 2*reach) {
			continue
		}
		col := dots[i].Color
		if col.A == 0 {
			col = r.style.Vessel
		}
		if s == nil || col != last {
			last, s = col, r.icon(raster.IconKey{Icon: IconIslet, Size: size, Main: col, Halo: r.style.Sea})
		}
		p := placed{s, int32(math.Round(at.X)), int32(math.Round(at.Y))}
		f.dots = append(f.dots, p)
		f.tiles.add(p.x, p.y)
	}
	f.sortedDots = northToSouth(&f.tiles, f.sortedDots, f.dots)
	for i := range f.sortedDots {
		p := &f.sortedDots[i]
		p.sprite.Draw(&r.canvas, int(p.x), int(p.y))
	}
}

// placed is a sprite with its place in pixels of the view.
type placed struct {
	sprite *raster.Sprite
	x, y   int32
}

// Symbols are drawn tile by tile: what one touches of the picture then stays in
// the fastest of the processor's caches. Tiles are rows of the view first, so
// that southern symbols lie over northern ones everywhere alike.
const (
	tileHeight = 16
	tileWidth  = 128
	tilesAbove = 1 << 10 // pixels; symbols may stand so far outside the picture
)

// tiling remembers the tile of each of many symbols. Its tiles are those of the
// view, however little of it the picture shows; what is farther out than
// tilesAbove shares the outermost.
type tiling struct {
	of           []int32
	x0, y0       int32 // of the first tile
	across, down int32
	starts       []int32
}

// begin forgets all symbols, for a picture that is a window of the view.
func (t *tiling) begin(win image.Rectangle) {
	t.of = t.of[:0]
	t.x0, t.y0 = int32(win.Min.X-tilesAbove)&^(tileWidth-1), int32(win.Min.Y-tilesAbove)&^(tileHeight-1)
	t.across, t.down = (int32(win.Max.X+tilesAbove)-t.x0)/tileWidth+1, (int32(win.Max.Y+tilesAbove)-t.y0)/tileHeight+1
}

// add says where the next symbol is.
func (t *tiling) add(x, y int32) {
	column, row := min(uint32(max(0, x-t.x0))/tileWidth, uint32(t.across-1)), min(uint32(max(0, y-t.y0))/tileHeight, uint32(t.down-1))
	t.of = append(t.of, int32(row)*t.across+int32(column))
}

// northToSouth returns symbols sorted by their tiles, by counting; those of one
// tile keep their order. The result uses the memory of out.
func northToSouth[T any](t *tiling, out, in []T) []T {
	n := int(t.across * t.down)
	t.starts = slices.Grow(t.starts[:0], n+1)[:n+1]
	clear(t.starts)
	for _, tile := range t.of {
		t.starts[tile+1]++
	}
	for i := range n {
		t.starts[i+1] += t.starts[i]
	}
	out = slices.Grow(out[:0], len(in))[:len(in)]
	for i, tile := range t.of {
		out[t.starts[tile]] = in[i]
		t.starts[tile]++
	}
	return out
}

// fleet is what drawing many symbols keeps.
type fleet struct {
	dots, sortedDots   []placed
	ships, sortedShips []ship
	tiles              tiling
	rays               *raster.Rays
	// icons are the sprites of hulls by shape, heading and severity, found without a
	// map; they are those of one style and size.
	icons []*raster.Sprite
	// hidden is how many pixels of a speed line lie beneath a hull of a shape, by
	// degrees from its heading; nil before the first.
	hidden [hullShapes][]uint8
	style  Style
	size   uint16
}

// ship is how a vessel is drawn.
type ship struct {
	placed
	ahead    float32 // length of the speed line in pixels, 0 for none
	course   int32   // its direction as raster.RayTurn has it
	vessel   int32
	hidden   uint8 // pixels of the speed line that lie beneath the hull
	part     int16 // of 256, what age leaves
	trail    bool
	selected bool
	above    bool // it lies over the others
}

const (
	hullShapes     = int(IconLostRound-IconVessel) + 1
	hullSeverities = int(Critical-Notice) + 1 // Notice stands for none, too
)

// vessels draws trails, then speed lines, then hulls, so that no line lies over
// a hull. It leaves the places in r.spots.
func (r *Renderer) vessels(vs []Vessel) {
	f, trails := &r.fleet, false
	crowd := r.grid.CrowdOf(int(r.sizes.Symbol*0.3), r.panes.crowded())
	r.readyFleet()
	f.ships, r.spots = f.ships[:0], r.spots[:0]
	f.tiles.begin(r.canvas.Win)
	for i := range vs {
		v := &vs[i]
		at := r.vesselSpot(v)
		r.spots = append(r.spots, at)
		if !at.in {
			continue
		}
		crowd.Avoid(int(at.x), int(at.y))
		lost := v.Gone()
		s := ship{vessel: int32(i), part: fresh(v, lost), trail: r.trailReaches(v.Trail), selected: v.Selected, above: v.StandsOut()}
		if s.course, s.ahead = r.speedLine(v, lost); !s.trail && !r.inPicture(at, float64(s.ahead)+2*r.sizes.Symbol) {
			continue // it is on another screen
		}
		icon, turn := vesselIcon(v, lost), raster.TurnOf(v.Heading)
		s.placed = placed{r.hullIcon(icon, turn, v.Severity), at.x, at.y}
		if s.ahead > 0 {
			s.hidden = r.hiddenBy(icon, s.course-int32(turn)*raster.RayTurns/raster.Turns)
		}
		trails = trails || s.trail
		f.ships = append(f.ships, s)
		f.tiles.add(at.x, at.y)
	}
	f.sortedShips = northToSouth(&f.tiles, f.sortedShips, f.ships)
	for i := 0; trails && i < len(f.sortedShips); i++ {
		if s := &f.sortedShips[i]; s.trail {
			r.trail(vs[s.vessel].Trail)
		}
	}
	r.hulls(f.sortedShips)
}

func (r *Renderer) hulls(ships []ship) {
	f := &r.fleet
	if half := r.speedWidth(); f.rays == nil || !f.rays.Is(half, r.style.SpeedLine) {
		f.rays = raster.NewRays(half, r.style.SpeedLine)
	}
	for i := range ships {
		if s := &ships[i]; s.ahead > 0 {
			f.rays.Draw(&r.canvas, int(s.x), int(s.y), int(s.course), float64(s.ahead), float64(s.hidden))
		}
	}
	above := false
	for i := range ships {
		if s := &ships[i]; s.above {
			above = true
		} else {
			r.hull(s)
		}
	}
	for i := 0; above && i < len(ships); i++ {
		if s := &ships[i]; s.above {
			r.hull(s)
		}
	}
}

func (r *Renderer) hull(s *ship) {
	x, y := int(s.x), int(s.y)
	s.sprite.DrawFaded(&r.canvas, x, y, int(s.part))
	r.chosen(s.selected, x, y, 1)
	if image.Pt(x, y).In(r.canvas.Win) {
		r.stats.Vessels++
	}
}

// inPicture reports whether something around a spot may reach into the picture.
func (r *Renderer) inPicture(at spot, reach float64) bool {
	w, n := &r.canvas.Win, int(min(reach, 1e6))+1
	x, y := int(at.x), int(at.y)
	return x+n > w.Min.X && x-n < w.Max.X && y+n > w.Min.Y && y-n < w.Max.Y
}

// readyFleet empties the table of hulls when they no longer look so, or when
// there are so many sprites that those not in use should go.
func (r *Renderer) readyFleet() {
	f := &r.fleet
	if f.icons == nil {
		f.icons = make([]*raster.Sprite, hullShapes*raster.Turns*hullSeverities)
	}
	if size := r.symbol(1); f.style != r.style || f.size != size || r.pen.Crowded() {
		f.style, f.size = r.style, size
		clear(f.icons)
		clear(f.hidden[:])
	}
}

func (r *Renderer) vesselSpot(v *Vessel) spot {
	at := r.proj.At(v.At)
	// The reach holds the symbol and most speed lines that point into the view.
	if !r.near(at, r.sizes.Symbol*4) {
		return spot{}
	}
	x, y := int(math.Round(at.X)), int(math.Round(at.Y))
	if r.grid.Split() && image.Pt(x, y).In(r.view.Rect()) {
		x, y = r.grid.Settle(x, y, int(r.sizes.Symbol/4))
	}
	return spot{x: int32(x), y: int32(y), in: true}
}

// fresh is the part of 256 of its symbol that a vessel's age leaves: 40 % of it at
// the limit, in a few steps.
func fresh(v *Vessel, lost bool) int16 {
	const steps = 6
	step := 0
	if v.Limit > 0 {
		step = min(steps, max(0, int(float64(v.Age)/float64(v.Limit)*steps)))
	}
	if lost {
		step = steps / 2 // hollow already says it; 40 % would be too faint
	}
	return int16(256 - 154*step/steps)
}

// hiddenBy is how many pixels of a speed line lie beneath a hull, at degrees from
// its heading that are above -360.
func (r *Renderer) hiddenBy(icon raster.Icon, degrees int32) uint8 {
	of := &r.fleet.hidden[icon-IconVessel]
	if *of == nil {
		hull := r.icon(raster.IconKey{Icon: icon, Size: r.symbol(1), Main: r.style.Vessel, Back: r.style.Sea, Halo: r.style.Sea})
		*of = make([]uint8, raster.RayTurns)
		for i := range *of {
			(*of)[i] = uint8(min(hull.Hides(i, r.speedWidth()), 255))
		}
	}
	return (*of)[(degrees+raster.RayTurns)%raster.RayTurns]
}

// speedWidth is half the width of a speed line.
func (r *Renderer) speedWidth() float64 { return r.sizes.Line * 0.6 }

func (r *Renderer) hullIcon(icon raster.Icon, turn uint8, severity Severity) *raster.Sprite {
	severity = min(max(severity, Notice), Critical)
	at := (int(severity-Notice)*hullShapes+int(icon-IconVessel))*raster.Turns + int(turn)
	s := r.fleet.icons[at]
	if s == nil {
		main := r.style.Vessel
		if severity > Notice {
			main = r.severityColor(severity)
		}
		s = r.icon(raster.IconKey{
			Icon: icon, Turn: turn, Size: r.symbol(1), Main: main, Back: r.style.Sea, Halo: r.style.Sea,
		})
		r.fleet.icons[at] = s
	}
	if r.frame%8 == 0 { // often enough; it means a walk to memory
		s.Used = r.frame
	}
	return s
}

// speedLine returns the direction, as raster.RayTurn has it, and the length in
// pixels of a vessel's speed line; the length is 0 for none.
func (r *Renderer) speedLine(v *Vessel, lost bool) (course int32, ahead float32) {
	degrees := v.Course
	if degrees != degrees {
		degrees = v.Heading
	}
	if !(v.Speed > 0.3) || lost || math.IsNaN(degrees) || math.IsInf(degrees, 0) {
		return 0, 0
	}
	length := r.speedLength(v.Speed, r.proj.Stretch(v.At[1]))
	if length < r.sizes.Symbol*0.3 {
		return 0, 0
	}
	return int32(raster.RayTurn(degrees)), float32(length)
}

// mostKnots is the speed that the longest speed line stands for.
const mostKnots = 60

// speedLength is how many pixels a speed in knots is drawn at a latitude where all
// is drawn stretched so many times.
func (r *Renderer) speedLength(knots, stretch float64) float64 {
	meters := min(knots, mostKnots) * geo.MetersPerNauticalMile * SpeedLineMinutes / 60
	return meters * stretch * r.view.World / (2 * math.Pi * geo.EarthRadius)
}

// longestSpeedLine is how many pixels long a speed line in the view can be.
func (r *Renderer) longestSpeedLine() float64 {
	b := r.view.BoundsOf(r.view.Rect())
	stretch := max(r.proj.Stretch(b.Min[1]), r.proj.Stretch(b.Max[1]))
	return min(r.speedLength(mostKnots, stretch), float64(r.view.Width+r.view.Height))
}

func (r *Renderer) trail(points []geo.Point) {
	col := r.style.SpeedLine
	prev := r.proj.At(points[0])
	for i, p := range points[1:] {
		next := r.proj.At(p)
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

// mostChosen is how many chosen vessels are named before all that stays in place: of
// more, as a hand with a box may choose, the names would leave no room for that.
const mostChosen = 8

// nameChosen writes the names of the vessels that somebody looks for, whatever is
// around them.
func (r *Renderer) nameChosen(vs []Vessel) {
	n := 0
	for i := range vs {
		if vs[i].Selected {
			n++
		}
	}
	if n == 0 || n > mostChosen {
		return
	}
	size := r.sizes.Text
	for i := range vs {
		v, s := &vs[i], &r.spots[i]
		if !v.Selected || v.Name == "" || !s.in || !r.asks(int(s.x), int(s.y)) || !image.Pt(int(s.x), int(s.y)).In(r.view.Rect()) {
			continue
		}
		w, h, gap := int(r.width(v.Name, size, true))+2, int(size*raster.LinePitch), int(r.sizes.Symbol*0.75)
		rect, ok := r.grid.Find(int(s.x), int(s.y), w, h, gap)
		if !ok {
			if rect = r.grid.Force(int(s.x), int(s.y), w, h, gap); r.boxes.Cover(rect) {
				r.stats.LabelsLeft++
				continue
			}
		}
		s.named = true
		r.grid.Take(rect)
		r.stats.Names++
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), v.Name, r.label(size, true, r.style.Text, r.style.Sea))
	}
}

// nameVessels writes the names of the important vessels, the most important
// first and then by id, so that every screen comes to the same labels. Each is on
// the screen of its vessel, and nothing comes after them, so that those of other
// screens need no place.
func (r *Renderer) nameVessels(vs []Vessel) {
	r.order = r.order[:0]
	for i := range vs {
		s := &r.spots[i]
		if vs[i].Importance > 0 && vs[i].Name != "" && s.in && !s.named && r.grid.NearestPane(int(s.x), int(s.y)).Overlaps(r.canvas.Win) {
			r.order = append(r.order, int32(i))
		}
	}
	slices.SortFunc(r.order, func(a, b int32) int {
		if d := cmp.Compare(vs[b].Importance, vs[a].Importance); d != 0 {
			return d
		}
		return cmp.Or(strings.Compare(vs[a].ID, vs[b].ID), int(a-b))
	})
	size := r.sizes.Text
	h := int(size * raster.LinePitch)
	style := r.label(size, false, r.style.Text2, r.style.Sea)
	for _, i := range r.order {
		v, s := &vs[i], r.spots[i]
		w := int(r.width(v.Name, size, false)) + 2
		rect, ok := r.grid.Find(int(s.x), int(s.y), w, h, int(r.sizes.Symbol*0.55))
		if !ok {
			continue
		}
		r.grid.Take(rect)
		r.stats.Names++
		st := style
		if v.Severity > Notice || v.Selected {
			st.Color = r.style.Text
		}
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), v.Name, st)
	}
}
