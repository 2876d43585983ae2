package draw

import (
	"image"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"iocwall/geo"
	painter "iocwall/geo/draw/ground"
	"iocwall/geo/draw/mercator"
	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// ground is the rasterised base map of the last view, and the names on it.
type ground struct {
	style   *style.Style // nil: the plain one
	painter *painter.Painter
	valid   bool
	view    geo.View
	version uint64
	home    []string
	pix     []byte
	fresh   []image.Rectangle // what was drawn anew for this picture
	labels  []painter.Label
	written []writtenName
	shape   raster.Shape
	strokes raster.Strokes
	sea     seaMask
	seaView geo.View // whole view that sea was made for
	seaOf   builtinMap
}

// drawGround draws the base map anew when the view, the home provinces or the map
// have changed.
func (r *Renderer) drawGround(f *Frame) {
	g := &r.ground
	win := r.canvas.Win
	n := win.Dx() * win.Dy() * 4
	g.fresh = nil
	if !g.valid || g.view != f.View || g.version != r.data.Version || !slices.Equal(g.home, f.Home) {
		if cap(g.pix) < n {
			g.pix = make([]byte, n)
		}
		g.pix = g.pix[:n]
		if g.painter == nil {
			g.painter = painter.New(painter.Options{Style: g.style, Text: r.sizes.Text, Line: r.sizes.Line}, palette(&r.style))
		}
		m := painter.Map{View: f.View, Data: r.data, Home: f.Home}
		g.fresh = g.painter.Draw(&raster.Canvas{Pix: g.pix, Stride: win.Dx() * 4, Win: win}, m)
		g.labels = g.painter.Labels(m)
		g.valid, g.view, g.version = true, f.View, r.data.Version
		g.home = append(g.home[:0], f.Home...)
		if whole, of := f.View.Whole(), builtinOf(&r.data); g.seaView != whole || g.seaOf != of {
			g.sea.build(r.data, whole)
			g.seaView, g.seaOf = whole, of
		}
		r.stats.BaseDrawn = true
	}
}

func palette(s *Style) painter.Palette {
	return painter.Palette{
		Sea: s.Sea, Land: s.Land, Outside: s.Outside, Country: s.Country, River: s.River, Road: s.Road,
		Border: s.Border, HomeEdge: s.HomeEdge, Edge: s.Edge, Islet: s.Text2,
	}
}

// density is how many em of text a degree of longitude takes; it decides what a
// map at this scale can hold.
func (r *Renderer) density() float64 { return r.view.World / 360 / r.sizes.Text }

// addShapes adds the shapes that meet bounds, or only those with an id in only.
func addShapes(s *raster.Shape, shapes []tiles.Shape, bounds geo.Bounds, p mercator.Projection, only []string, buf *[]raster.XY) {
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

// addRing adds a ring, leaving out corners closer than about a third of a pixel.
func addRing(s *raster.Shape, ring orb.Ring, p mercator.Projection, buf *[]raster.XY) {
	points, last := (*buf)[:0], orb.Point{}
	least := 0.3 * 360 / p.World() // degrees
	for i, q := range ring {
		if i > 0 && math.Abs(q[0]-last[0])+math.Abs(q[1]-last[1]) < least {
			continue
		}
		points, last = append(points, p.At(q)), q
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

	shape  raster.Shape
	points []raster.XY
	taken  []bool
	rooms  []float64
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
	p := mercator.Scaled(v, m.scale)
	s, n := &m.shape, m.w*m.h
	if len(m.cells) != n {
		m.cells, m.rooms, m.taken = make([]float64, n), make([]float64, n), make([]bool, n)
	}
	clear(m.taken)
	mark := func(y, x0, x1 int, a uint32) {
		for x := x0; x < x1 && a > 200; x++ {
			m.taken[y*m.w+x] = true
		}
	}
	s.Reset(image.Rect(0, 0, m.w, m.h))
	b := v.Bounds()
	addShapes(s, data.Outside, b, p, nil, &m.points)
	s.Sweep(mark)
	addShapes(s, data.Provinces, b, p, nil, &m.points)
	s.Sweep(mark)
	m.any = slices.Contains(m.taken, false)
	m.spot, m.room = m.widest(m.taken, m.cells, v)
	m.provinces = m.provinces[:0]
	for i := range data.Provinces {
		sh := &data.Provinces[i]
		if !sh.Bounds.Intersects(b) {
			continue
		}
		for k := range m.taken {
			m.taken[k] = true
		}
		addShapes(s, data.Provinces[i:i+1], b, p, nil, &m.points)
		s.Sweep(func(y, x0, x1 int, a uint32) {
			for x := x0; x < x1 && a > 127; x++ {
				m.taken[y*m.w+x] = false
			}
		})
		if at, wide := m.widest(m.taken, m.rooms, v); wide > 0 {
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
