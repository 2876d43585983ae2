package feature

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"

	"iocwall/geo"
	"iocwall/geo/topology"
)

// room bounds what is kept in memory of one layer: its features, their corners, and
// the bytes of their properties, which are left out beyond.
type room struct{ items, points, texts int }

func usualRoom() room { return room{items: 250_000, points: 3_000_000, texts: 48 << 20} }

// Collection is a layer's features in memory. It never changes.
type Collection struct {
	Want     Want // what it was read for
	Items    []Item
	Rejected int
	First    error // why the first one was rejected
	Left     int   // features beyond what is kept in memory
	Bare     int   // features whose properties were left out
	Broken   error // where the file broke off
	taken    room  // what it takes of what may be kept
	cut      bool  // there was less room for it than usual
	topology *topology.Topology
	area     map[string]int // index of an area's outline, where the layer is one of areas
}

// outlineZooms are the zooms that outlines of areas are simplified for; a finer one
// has all detail. They are made when the layer is read: that can take seconds.
var outlineZooms = [...]float64{5, 7, 9, 11, 13} //nolint:gochecknoglobals // a constant list

// Item is one feature.
type Item struct {
	ID, Name, Area string
	Bounds         geo.Bounds
	Shape          orb.Geometry   // in all detail
	Properties     map[string]any // nil where there was no room for them
	// levels are simplified for the zooms of levelZooms; nil where that spares
	// nothing.
	levels [len(levelZooms)]orb.Geometry
}

// levelZooms are the zooms up to which a simplified shape is as good as the
// whole: half a pixel.
var levelZooms = [...]float64{6, 9, 12} //nolint:gochecknoglobals // a constant list

// collect reads features and keeps what fits.
func collect(ctx context.Context, in io.Reader, w Want, most room) (*Collection, error) {
	c := &Collection{Want: w}
	ids := map[string]bool{}
	points, texts := 0, 0
	err := geo.EachFeature(in, func(f geo.Feature, why *geo.FeatureError) bool {
		if why != nil {
			if c.Rejected++; c.First == nil {
				c.First = why
			}
			return ctx.Err() == nil
		}
		if w.names {
			if f.Geometry, f.Properties = Place(f.Geometry), map[string]any{"name": nameOf(f.Properties, w.label)}; f.Properties["name"] == "" {
				return ctx.Err() == nil
			}
		}
		n := corners(f.Geometry)
		if len(c.Items) >= most.items || points+n > most.points {
			c.Left++
			return ctx.Err() == nil
		}
		points += n
		it := Item{ID: f.ID, Bounds: f.Geometry.Bound(), Shape: f.Geometry, Properties: f.Properties}
		if it.ID == "" || ids[it.ID] {
			it.ID = "#" + strconv.Itoa(f.Index)
		}
		ids[it.ID] = true
		it.Name = nameOf(f.Properties, w.label)
		it.Area, _ = f.Properties["area"].(string)
		if texts += weight(f.Properties); texts > most.texts {
			it.Properties = nil
			c.Bare++
		}
		if !w.areas && n > 64 {
			it.simplify()
		}
		c.Items = append(c.Items, it)
		return ctx.Err() == nil
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && len(c.Items) == 0 {
		return nil, &unreadableError{fmt.Errorf("read the features of layer %s: %w", w.id, err)}
	}
	c.Broken = err
	c.taken = room{len(c.Items), points, min(texts, most.texts)}
	if w.areas {
		c.join()
	}
	return c, nil
}

// nameOf returns a feature's name: the property the layer names, or the usual
// ones.
func nameOf(p map[string]any, label string) string {
	keys := []string{label}
	if label == "" {
		keys = []string{"name", "ten", "title"}
	}
	for _, k := range keys {
		switch v := p[k].(type) {
		case string:
			return strings.TrimSpace(v)
		case float64:
			return strconv.FormatFloat(v, 'f', -1, 64)
		}
	}
	return ""
}

// weight is about how many bytes properties take.
func weight(p map[string]any) int {
	n := 0
	for k, v := range p {
		n += len(k) + 48
		switch v := v.(type) {
		case string:
			n += len(v)
		case map[string]any:
			n += weight(v)
		case []any:
			n += 16 * len(v)
			for _, x := range v {
				if s, ok := x.(string); ok {
					n += len(s)
				}
			}
		}
	}
	return n
}

func corners(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += corners(p)
		}
	default:
		return 1
	}
	return n
}

// simplify keeps coarser shapes of lines and areas.
func (it *Item) simplify() {
	whole := corners(it.Shape)
	for i, z := range levelZooms {
		half := 360 / (256 * math.Exp2(z)) / 2
		g := simplify.DouglasPeucker(half).Simplify(orb.Clone(it.Shape))
		if g = closedOnly(g); g != nil && corners(g)*4 < whole*3 {
			it.levels[i] = g
		}
	}
}

// closedOnly drops rings that are no areas any more; it returns nil when nothing
// remains.
func closedOnly(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Polygon:
		if len(g) == 0 || len(g[0]) < 4 {
			return nil
		}
		return slices.DeleteFunc(g, func(r orb.Ring) bool { return len(r) < 4 })
	case orb.MultiPolygon:
		out := orb.MultiPolygon{}
		for _, p := range g {
			if q, ok := closedOnly(p).(orb.Polygon); ok {
				out = append(out, q)
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	}
	return g
}

// At returns the shape for a zoom.
func (it *Item) At(zoom float64) orb.Geometry {
	for i, z := range levelZooms {
		if zoom <= z && it.levels[i] != nil {
			return it.levels[i]
		}
	}
	return it.Shape
}

// join makes the outlines of areas one net, so that neighbours meet at each zoom.
func (c *Collection) join() {
	c.area = map[string]int{}
	var all []topology.Area
	for i := range c.Items {
		it := &c.Items[i]
		mp := Polygons(it.Shape)
		if it.Area == "" || len(mp) == 0 {
			continue
		}
		if _, twice := c.area[it.Area]; !twice {
			c.area[it.Area] = i
			all = append(all, topology.Area{ID: it.Area, Polygons: mp})
		}
	}
	var errs []error
	c.topology, errs = topology.New(all, topology.Options{Snap: 1})
	if len(errs) > 0 && c.First == nil {
		c.First = errs[0]
	}
	for id := range c.area {
		for _, z := range outlineZooms {
			c.topology.Outline(id, z)
		}
	}
}

// Outline returns an area's outline for a zoom, nil where there is none. A zoom
// without bound asks for all detail.
func (c *Collection) Outline(area string, zoom float64) geo.MultiPolygon {
	i, ok := c.area[area]
	if !ok {
		return nil
	}
	out := c.topology.Full(area)
	for _, z := range outlineZooms {
		if zoom <= z {
			out = c.topology.Outline(area, z)
			break
		}
	}
	if len(out) == 0 {
		return Polygons(c.Items[i].Shape)
	}
	return out
}

// Areas returns the ids of the areas that have an outline.
func (c *Collection) Areas() []string {
	out := make([]string, 0, len(c.area))
	for id := range c.area {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// Polygons returns the areas of a geometry, nil for points and lines.
func Polygons(g orb.Geometry) geo.MultiPolygon {
	return geo.Feature{Geometry: g}.MultiPolygon()
}

// Place is a point of a feature to name or find it at.
func Place(g orb.Geometry) geo.Point {
	switch g := g.(type) {
	case orb.Point:
		return g
	case orb.MultiPoint:
		return g[0]
	case orb.LineString:
		return g[len(g)/2]
	case orb.MultiLineString:
		return g[0][len(g[0])/2]
	}
	return g.Bound().Center()
}
