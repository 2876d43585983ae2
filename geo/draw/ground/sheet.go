package ground

import (
	"image"
	"maps"
	"math"

	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// tileLayer is a layer that every vector tile has: the square it covers. Its one
// feature has a property for each of the tile's layers.
const tileLayer = "tile"

// box is a rectangle of the Web-Mercator unit square.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) meets(o box) bool { return b.x0 <= o.x1 && b.x1 >= o.x0 && b.y0 <= o.y1 && b.y1 >= o.y0 }

func (b box) holds(p geo.Point) bool {
	return p[0] >= b.x0 && p[0] < b.x1 && p[1] >= b.y0 && p[1] < b.y1
}

func (b box) join(o box) box {
	return box{min(b.x0, o.x0), min(b.y0, o.y0), max(b.x1, o.x1), max(b.y1, o.y1)}
}

func (b box) middle() geo.Point { return geo.Pt((b.x0+b.x1)/2, (b.y0+b.y1)/2) }

// boxOf returns the box around points; there must be one.
func boxOf(points []geo.Point) box {
	b := box{points[0][0], points[0][1], points[0][0], points[0][1]}
	for _, p := range points[1:] {
		b.x0, b.x1 = min(b.x0, p[0]), max(b.x1, p[0])
		b.y0, b.y1 = min(b.y0, p[1]), max(b.y1, p[1])
	}
	return b
}

// finite reports whether a box is one of numbers, and none beyond any map.
func (b box) finite() bool {
	return b.x0 > -1e3 && b.y0 > -1e3 && b.x1 < 1e3 && b.y1 < 1e3 && b.x0 <= b.x1 && b.y0 <= b.y1
}

// affine maps the unit square to pixels of the view.
type affine struct{ sx, sy, bx, by float64 }

func affineOf(v geo.View) affine {
	ox, oy := v.Origin()
	return affine{v.World, v.World, -ox, -oy}
}

func (a affine) pixel(p geo.Point) raster.XY {
	return raster.XY{X: p[0]*a.sx + a.bx, Y: p[1]*a.sy + a.by}
}

// back returns the part of the unit square that a rectangle of pixels shows, and
// reach pixels around it.
func (a affine) back(r image.Rectangle, reach float64) box {
	return box{
		(float64(r.Min.X) - reach - a.bx) / a.sx, (float64(r.Min.Y) - reach - a.by) / a.sy,
		(float64(r.Max.X) + reach - a.bx) / a.sx, (float64(r.Max.Y) + reach - a.by) / a.sy,
	}
}

// feature is what a layer draws. Its paths are rings, lines or, with one point
// each, points of the Web-Mercator unit square.
type feature struct {
	properties map[string]any
	geometry   style.Geometry
	id         uint64
	bounds     box
	paths      [][]geo.Point
	text       string // to be written in place of what the style says
}

// content is what the layers of a style take from one tile, or from the built-in
// map, each in the order of its features.
type content struct {
	layers [][]feature
	used   uint64 // the last picture that it was drawn in
}

// sheet is a content with its place in the picture.
type sheet struct {
	content *content
	square  box             // of a tile
	clip    image.Rectangle // the tile and the window
	tile    image.Rectangle // the tile alone; empty for the built-in map
	at      affine
}

// cut reports whether an edge runs along the tile's own edge or beyond it.
func (s *sheet) cut(a, b raster.XY) bool {
	const near = 0.01
	t := s.tile
	return a.X <= float64(t.Min.X)+near && b.X <= float64(t.Min.X)+near || a.X >= float64(t.Max.X)-near && b.X >= float64(t.Max.X)-near ||
		a.Y <= float64(t.Min.Y)+near && b.Y <= float64(t.Min.Y)+near || a.Y >= float64(t.Max.Y)-near && b.Y >= float64(t.Max.Y)-near
}

// square returns the box of a tile and the pixels it covers. Edges are rounded,
// so that neighbours share them whatever the scale.
func square(v geo.View, z, x, y int) (box, image.Rectangle) {
	side := math.Exp2(-float64(z))
	b := box{float64(x) * side, float64(y) * side, float64(x+1) * side, float64(y+1) * side}
	ox, oy := v.Origin()
	// Clamped, so that tiles far away stay numbers.
	round := func(f float64) int { return int(math.Floor(max(-1e8, min(1e8, f)) + 0.5)) }
	return b, image.Rect(round(b.x0*v.World-ox), round(b.y0*v.World-oy), round(b.x1*v.World-ox), round(b.y1*v.World-oy))
}

// arrange finds the sheets of the vector tiles in the window. A tile's geometry
// is stretched to its rounded edges, by less than a pixel, so that even what is
// cut at them meets its neighbour.
func (p *Painter) arrange(m Map, win image.Rectangle) {
	p.sheets = p.sheets[:0]
	for i := range m.Data.Vectors {
		v := &m.Data.Vectors[i]
		b, r := square(m.View, v.Z, v.X, v.Y)
		clip := r.Intersect(win)
		if len(v.Layers) == 0 || clip.Empty() {
			continue
		}
		sx, sy := float64(r.Dx())/(b.x1-b.x0), float64(r.Dy())/(b.y1-b.y0)
		at := affine{sx, sy, float64(r.Min.X) - b.x0*sx, float64(r.Min.Y) - b.y0*sy}
		p.sheets = append(p.sheets, sheet{content: p.content(v), square: b, clip: clip, tile: r, at: at})
	}
}

// content returns what the style takes from a tile. It is kept while the tile is
// in use; stand-ins that share a coarser tile share it.
func (p *Painter) content(v *tiles.Vector) *content {
	key := &v.Layers[0]
	c := p.contents[key]
	if c == nil {
		c = &content{layers: make([][]feature, len(p.layers))}
		byName := map[string]*tiles.VectorLayer{}
		has := map[string]any{}
		for i := range v.Layers {
			byName[v.Layers[i].Name] = &v.Layers[i]
			has[v.Layers[i].Name] = true
		}
		for i := range p.layers {
			l := &p.layers[i]
			if l.Source == style.Builtin {
				continue
			}
			if l.From == tileLayer && l.Kind == style.Fill {
				c.layers[i] = p.choose(l, []feature{whole(has)})
			} else if from := byName[l.From]; from != nil {
				c.layers[i] = p.take(l, from)
			}
		}
		p.contents[key] = c
	}
	c.used = p.drawn
	return c
}

// whole is the feature of a tile's own square; it is cut to it when drawn.
func whole(has map[string]any) feature {
	ring := []geo.Point{{-1, -1}, {2, -1}, {2, 2}, {-1, 2}}
	return feature{properties: has, geometry: style.Polygon, bounds: boxOf(ring), paths: [][]geo.Point{ring}}
}

// maxKept bounds what is kept of tiles out of view.
const maxKept = 96

func (p *Painter) forget() {
	if len(p.contents) > maxKept {
		maps.DeleteFunc(p.contents, func(_ *tiles.VectorLayer, c *content) bool { return p.drawn-c.used > 2 })
	}
	if len(p.changed) > maxKept {
		maps.DeleteFunc(p.changed, func(_ changedKey, c *changed) bool { return p.drawn-c.used > 2 })
	}
}

// take returns the features of a tile's layer that a layer of the style draws.
func (p *Painter) take(l *style.Layer, from *tiles.VectorLayer) []feature {
	var out []feature
	scope := style.Scope{Zoom: p.brushes[0].scope.Zoom}
	for i := range from.Features {
		v := &from.Features[i]
		f := feature{properties: v.Properties, id: v.ID}
		f.geometry = geometryOf(v.Geometry)
		scope.Properties, scope.Geometry, scope.ID = f.properties, f.geometry, f.id
		if l.Kind == style.Fill && f.geometry != style.Polygon || !l.Filter.Zooms() && !l.Filter.Holds(&scope) {
			continue
		}
		f.paths = paths(v.Geometry, l.Kind == style.Fill)
		if l.Kind == style.Line && boundary(from.Name, v.Properties) {
			f.paths = outsideSea(f.paths)
		}
		if !f.measure() {
			continue
		}
		if l.Kind == style.Symbol && !p.barred.nameable(&f, from.Name) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// choose filters features of the built-in map.
func (p *Painter) choose(l *style.Layer, features []feature) []feature {
	var out []feature
	for _, f := range features {
		scope := style.Scope{Zoom: p.brushes[0].scope.Zoom, Properties: f.properties, Geometry: f.geometry}
		if l.Filter.Zooms() || l.Filter.Holds(&scope) {
			out = append(out, f)
		}
	}
	return out
}

// measure fills in the bounds; it drops paths that are not numbers and reports
// whether any is left.
func (f *feature) measure() bool {
	kept := f.paths[:0]
	for _, path := range f.paths {
		if len(path) == 0 {
			continue
		}
		b := boxOf(path)
		if !b.finite() {
			continue
		}
		if len(kept) == 0 {
			f.bounds = b
		}
		f.bounds = f.bounds.join(b)
		kept = append(kept, path)
	}
	f.paths = kept
	return len(kept) > 0
}

func geometryOf(g orb.Geometry) style.Geometry {
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		return style.Point
	case orb.Polygon, orb.MultiPolygon:
		return style.Polygon
	}
	return style.LineString
}

// paths takes a geometry apart. Rings of a fill are turned so that outer ones
// wind one way and holes the other, whatever the tile's maker thought.
func paths(g orb.Geometry, fill bool) [][]geo.Point {
	switch g := g.(type) {
	case orb.Point:
		return [][]geo.Point{{g}}
	case orb.MultiPoint:
		out := make([][]geo.Point, len(g))
		for i := range g {
			out[i] = g[i : i+1]
		}
		return out
	case orb.LineString:
		return [][]geo.Point{g}
	case orb.MultiLineString:
		out := make([][]geo.Point, len(g))
		for i := range g {
			out[i] = g[i]
		}
		return out
	case orb.Polygon:
		return rings(nil, g, fill)
	case orb.MultiPolygon:
		var out [][]geo.Point
		for _, polygon := range g {
			out = rings(out, polygon, fill)
		}
		return out
	}
	return nil
}

func rings(out [][]geo.Point, polygon orb.Polygon, fill bool) [][]geo.Point {
	for i, ring := range polygon {
		if len(ring) < 3 {
			continue
		}
		points := []geo.Point(ring)
		if fill && turned(points) != (i > 0) {
			points = make([]geo.Point, len(ring))
			for k, q := range ring {
				points[len(ring)-1-k] = q
			}
		}
		out = append(out, points)
	}
	return out
}

// turned reports the way a ring winds.
func turned(ring []geo.Point) bool {
	sum := 0.0
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		sum += (a[0]-ring[0][0])*(b[1]-ring[0][1]) - (b[0]-ring[0][0])*(a[1]-ring[0][1])
	}
	return sum < 0
}
