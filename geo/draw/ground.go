package draw

import (
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/tiles"
)

// ground is the rasterised base map of the last view.
type ground struct {
	valid   bool
	view    geo.View
	version uint64
	home    []string
	pix     []byte
	shape   raster.Shape
	strokes raster.Strokes
	sea     seaMask
	seaView geo.View // whole view that sea was made for
}

// drawGround copies the base map into the picture, drawing it anew when the
// view, the home provinces or the map have changed.
func (r *Renderer) drawGround(f *Frame) {
	g := &r.ground
	win := r.canvas.Win
	n := win.Dx() * win.Dy() * 4
	if !g.valid || g.view != f.View || g.version != r.data.Version || !slices.Equal(g.home, f.Home) {
		if cap(g.pix) < n {
			g.pix = make([]byte, n)
		}
		g.pix = g.pix[:n]
		g.valid, g.view, g.version = true, f.View, r.data.Version
		g.home = append(g.home[:0], f.Home...)
		out := r.canvas
		r.canvas = raster.Canvas{Pix: g.pix, Stride: win.Dx() * 4, Win: win}
		r.baseMap(f.Home)
		r.canvas = out
		if whole := f.View.Whole(); g.seaView != whole {
			g.sea.build(r.data, whole)
			g.seaView = whole
		}
		r.stats.BaseDrawn = true
	}
	row := win.Dx() * 4
	if r.canvas.Stride == row {
		copy(r.canvas.Pix[:n], g.pix)
		return
	}
	for y := range win.Dy() {
		copy(r.canvas.Pix[y*r.canvas.Stride:y*r.canvas.Stride+row], g.pix[y*row:(y+1)*row])
	}
}

// baseMap draws sea, land, rivers, roads and borders.
func (r *Renderer) baseMap(home []string) {
	g, c, s := &r.ground, &r.canvas, r.style
	c.Rect(c.Win, s.Sea)
	bounds := r.view.BoundsOf(c.Win)
	g.shape.Reset(c.Win)
	addShapes(&g.shape, r.data.Outside, bounds, r.proj, nil, &r.points)
	g.shape.Fill(c, s.Outside)

	country := s.Land
	if len(home) > 0 {
		country = s.Country
	}
	addShapes(&g.shape, r.data.Provinces, bounds, r.proj, nil, &r.points)
	g.shape.Fill(c, country)
	if len(home) > 0 {
		addShapes(&g.shape, r.data.Provinces, bounds, r.proj, home, &r.points)
		g.shape.Fill(c, s.Land)
	}
	g.strokes.Reset(c.Win)
	r.mapLines(bounds, tiles.ClassRiver, s.River)
	r.mapLines(bounds, tiles.ClassRoad, s.Road)
	r.mapLines(bounds, tiles.ClassBorder, s.Border)
	r.mapLines(bounds, tiles.ClassEdge, s.Edge)
	if len(home) > 0 {
		r.homeEdge(bounds, home)
	}
	r.islets(bounds)
}

// density is how many em of text a degree of longitude takes; it decides what a
// map at this scale can hold.
func (r *Renderer) density() float64 { return r.view.World / 360 / r.sizes.Text }

// lineWidth is in pixels; 0 leaves the line out at this scale.
func (r *Renderer) lineWidth(class tiles.Class, rank int) float64 {
	d, u := r.density(), r.sizes.Line
	switch class {
	case tiles.ClassRiver:
		if d < 3 || rank > 1 && d < 12 {
			return 0
		}
		return u * min(1+d/14, 4) * map[bool]float64{true: 1, false: 0.65}[rank == 1]
	case tiles.ClassRoad:
		if d < 6 || rank > 1 && d < 12 {
			return 0
		}
		return u * map[bool]float64{true: 1.9, false: 1.2}[rank == 1]
	case tiles.ClassBorder:
		return u * 0.8
	}
	return u
}

func (r *Renderer) mapLines(bounds geo.Bounds, class tiles.Class, col color.RGBA) {
	for i := range r.data.Lines {
		l := &r.data.Lines[i]
		if l.Class != class || !l.Bounds.Intersects(bounds) {
			continue
		}
		if w := r.lineWidth(class, l.Rank); w > 0 {
			source := 1.0
			if class == tiles.ClassRiver {
				source = 0.35
			}
			r.addLine(l.Points, w/2, source)
		}
	}
	if class == tiles.ClassRiver || class == tiles.ClassRoad {
		// Schematic lines may leave a coarse coast; they end where the sea begins.
		r.ground.strokes.FillExcept(&r.canvas, col, r.style.Sea)
		return
	}
	r.ground.strokes.Fill(&r.canvas, col)
}

// addLine draws a line that grows from source times its half width to all of it.
func (r *Renderer) addLine(points []geo.Point, half, source float64) {
	half = max(half, 0.35)
	prev := r.proj.at(points[0])
	for i, p := range points[1:] {
		next := r.proj.at(p)
		if math.Abs(next.X-prev.X)+math.Abs(next.Y-prev.Y) < 0.7 {
			continue
		}
		w := half * min(1, source+1.6*(1-source)*float64(i)/float64(len(points)))
		r.ground.strokes.Line(prev.X, prev.Y, next.X, next.Y, max(w, 0.35))
		prev = next
	}
}

func (r *Renderer) homeEdge(bounds geo.Bounds, home []string) {
	for i := range r.data.Provinces {
		p := &r.data.Provinces[i]
		if !slices.Contains(home, p.ID) || !p.Bounds.Intersects(bounds) {
			continue
		}
		for _, polygon := range p.Polygons {
			for _, ring := range polygon {
				r.addLine(ring, r.sizes.Line*0.75, 1)
			}
		}
	}
	r.ground.strokes.Fill(&r.canvas, r.style.HomeEdge)
}

// islets draws the islands of the archipelagos as points.
func (r *Renderer) islets(bounds geo.Bounds) {
	half := max(1.2, r.sizes.Symbol/14)
	if r.density() > 30 {
		half *= 1.6
	}
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class == tiles.ClassIslet && bounds.Pad(0.2).Contains(p.At) {
			at := r.proj.at(p.At)
			r.ground.strokes.Line(at.X, at.Y, at.X, at.Y, half)
		}
	}
	r.ground.strokes.Fill(&r.canvas, r.style.Text2)
}

// addShapes adds the shapes that meet bounds, or only those with an id in only.
func addShapes(s *raster.Shape, shapes []tiles.Shape, bounds geo.Bounds, p projection, only []string, buf *[]raster.XY) {
	for i := range shapes {
		sh := &shapes[i]
		if !sh.Bounds.Intersects(bounds) || only != nil && !slices.Contains(only, sh.ID) {
			continue
		}
		for _, polygon := range sh.Polygons {
			for _, ring := range polygon {
				if ring.Bound().Intersects(bounds) {
					addRing(s, ring, p, buf)
				}
			}
		}
	}
}

// addRing adds a ring, leaving out corners closer than a third of a pixel.
func addRing(s *raster.Shape, ring orb.Ring, p projection, buf *[]raster.XY) {
	points := (*buf)[:0]
	var prev raster.XY
	for i, q := range ring {
		at := p.at(q)
		if i > 0 && math.Abs(at.X-prev.X)+math.Abs(at.Y-prev.Y) < 0.33 {
			continue
		}
		points = append(points, at)
		prev = at
	}
	s.Ring(points)
	*buf = points
}

// seaMask is the whole view in coarse cells: where the sea is, and its widest spot.
type seaMask struct {
	w, h  int
	scale float64 // cells per pixel
	cells []float64
	any   bool
	spot  geo.Point // in the middle of the widest stretch of sea in view
	room  float64   // distance from there to land or the view's edge, in pixels

	provinces []provinceSpot
}

// provinceSpot is where a province's name stands: the widest part in view.
type provinceSpot struct {
	id, name string
	at       geo.Point
	room     float64 // distance to its edge, in pixels
}

// seaCells is the width of the coarse view.
const seaCells = 96

func (m *seaMask) build(data tiles.Data, v geo.View) {
	m.scale = seaCells / float64(v.Width)
	m.w, m.h = seaCells, max(1, int(math.Round(float64(v.Height)*m.scale)))
	p := projectionOf(v)
	p.world, p.ox, p.oy = p.world*m.scale, p.ox*m.scale, p.oy*m.scale
	var s raster.Shape
	var buf []raster.XY
	s.Reset(image.Rect(0, 0, m.w, m.h))
	b := v.Bounds()
	addShapes(&s, data.Outside, b, p, nil, &buf)
	land := make([]bool, m.w*m.h)
	mark := func(y, x0, x1 int, a uint32) {
		for x := x0; x < x1 && a > 200; x++ {
			land[y*m.w+x] = true
		}
	}
	s.Sweep(mark)
	addShapes(&s, data.Provinces, b, p, nil, &buf)
	s.Sweep(mark)
	m.cells = make([]float64, m.w*m.h)
	m.any = slices.Contains(land, false)
	m.spot, m.room = m.widest(land, m.cells, v)
	m.provinces = m.provinces[:0]
	other, room := make([]bool, len(land)), make([]float64, len(land))
	for i := range data.Provinces {
		sh := &data.Provinces[i]
		if !sh.Bounds.Intersects(b) {
			continue
		}
		for k := range other {
			other[k] = true
		}
		addShapes(&s, data.Provinces[i:i+1], b, p, nil, &buf)
		s.Sweep(func(y, x0, x1 int, a uint32) {
			for x := x0; x < x1 && a > 127; x++ {
				other[y*m.w+x] = false
			}
		})
		if at, wide := m.widest(other, room, v); wide > 0 {
			m.provinces = append(m.provinces, provinceSpot{sh.ID, sh.Name, at, wide})
		}
	}
}

// widest finds the cell farthest from those taken and from the edge, and how
// far that is in pixels. It fills cells with the distances in cells.
func (m *seaMask) widest(taken []bool, cells []float64, v geo.View) (at geo.Point, room float64) {
	for i := range cells {
		x, y := i%m.w, i/m.w
		cells[i] = float64(min(x, y, m.w-1-x, m.h-1-y)) + 1
		if taken[i] {
			cells[i] = 0
		}
	}
	relax := func(i, j int, d float64) { cells[i] = min(cells[i], cells[j]+d) }
	for y := 1; y < m.h; y++ {
		for x := 1; x < m.w-1; x++ {
			i := y*m.w + x
			relax(i, i-1, 1)
			relax(i, i-m.w, 1)
			relax(i, i-m.w-1, 1.4)
			relax(i, i-m.w+1, 1.4)
		}
	}
	for y := m.h - 2; y >= 0; y-- {
		for x := m.w - 2; x > 0; x-- {
			i := y*m.w + x
			relax(i, i+1, 1)
			relax(i, i+m.w, 1)
			relax(i, i+m.w+1, 1.4)
			relax(i, i+m.w-1, 1.4)
		}
	}
	for i, d := range cells {
		if d/m.scale > room {
			room = d / m.scale
			at = v.Point((float64(i%m.w)+0.5)/m.scale, (float64(i/m.w)+0.5)/m.scale)
		}
	}
	return at, room
}
