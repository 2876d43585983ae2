package maps

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

const (
	// maxPoints and maxItems bound what is kept in memory of one layer, maxTexts
	// the bytes of its features' properties; properties beyond them are left out.
	maxPoints, maxItems, maxTexts = 3_000_000, 250_000, 48 << 20
)

// collection is a layer's features in memory. It never changes.
type collection struct {
	items    []item
	rejected int
	first    error // why the first one was rejected
	left     int   // features beyond what is kept in memory
	bare     int   // features whose properties were left out
	broken   error // where the file broke off
	topology *topology.Topology
	area     map[string]int // index of an area's outline, where the layer is one of areas
}

// item is one feature. Levels are its geometry simplified for the zooms of
// levelZooms; nil where that spares nothing.
type item struct {
	id, name, area string
	bounds         geo.Bounds
	shape          orb.Geometry
	levels         [len(levelZooms)]orb.Geometry
	properties     map[string]any
}

// levelZooms are the zooms up to which a simplified shape is as good as the
// whole: half a pixel.
var levelZooms = [...]float64{6, 9, 12} //nolint:gochecknoglobals // a constant list

// collect reads features and keeps what fits.
func collect(ctx context.Context, in io.Reader, w want) (*collection, error) {
	c := &collection{}
	ids := map[string]bool{}
	points, texts := 0, 0
	err := geo.EachFeature(in, func(f geo.Feature, why *geo.FeatureError) bool {
		if why != nil {
			if c.rejected++; c.first == nil {
				c.first = why
			}
			return ctx.Err() == nil
		}
		n := corners(f.Geometry)
		if len(c.items) >= maxItems || points+n > maxPoints {
			c.left++
			return ctx.Err() == nil
		}
		points += n
		it := item{id: f.ID, bounds: f.Geometry.Bound(), shape: f.Geometry, properties: f.Properties}
		if it.id == "" || ids[it.id] {
			it.id = "#" + strconv.Itoa(f.Index)
		}
		ids[it.id] = true
		it.name = nameOf(f.Properties, w.label)
		it.area, _ = f.Properties["area"].(string)
		if texts += weight(f.Properties); texts > maxTexts {
			it.properties = nil
			c.bare++
		}
		if !w.areas && n > 64 {
			it.simplify()
		}
		c.items = append(c.items, it)
		return ctx.Err() == nil
	})
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil && len(c.items) == 0 {
		return nil, &unreadableError{fmt.Errorf("read the features of layer %s: %w", w.id, err)}
	}
	c.broken = err
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
func (it *item) simplify() {
	whole := corners(it.shape)
	for i, z := range levelZooms {
		half := 360 / (256 * math.Exp2(z)) / 2
		g := simplify.DouglasPeucker(half).Simplify(orb.Clone(it.shape))
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

// at returns the shape for a zoom.
func (it *item) at(zoom float64) orb.Geometry {
	for i, z := range levelZooms {
		if zoom <= z && it.levels[i] != nil {
			return it.levels[i]
		}
	}
	return it.shape
}

// join makes the outlines of areas one net, so that neighbours meet at each zoom.
func (c *collection) join() {
	c.area = map[string]int{}
	var all []topology.Area
	for i := range c.items {
		it := &c.items[i]
		mp := polygons(it.shape)
		if it.area == "" || len(mp) == 0 {
			continue
		}
		if _, twice := c.area[it.area]; !twice {
			c.area[it.area] = i
			all = append(all, topology.Area{ID: it.area, Polygons: mp})
		}
	}
	var errs []error
	c.topology, errs = topology.New(all, topology.Options{Snap: 1})
	if len(errs) > 0 && c.first == nil {
		c.first = errs[0]
	}
}

// outline returns an area's outline for a zoom, nil where there is none. A zoom
// without bound asks for all detail.
func (c *collection) outline(area string, zoom float64) geo.MultiPolygon {
	i, ok := c.area[area]
	if !ok {
		return nil
	}
	var out geo.MultiPolygon
	if math.IsInf(zoom, 1) {
		out = c.topology.Full(area)
	} else {
		out = c.topology.Outline(area, zoom)
	}
	if len(out) == 0 {
		return polygons(c.items[i].shape)
	}
	return out
}

// areas returns the ids of the areas that have an outline.
func (c *collection) areas() []string {
	out := make([]string, 0, len(c.area))
	for id := range c.area {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

func polygons(g orb.Geometry) geo.MultiPolygon {
	return geo.Feature{Geometry: g}.MultiPolygon()
}

// place is a point of a feature to name or find it at.
func place(g orb.Geometry) geo.Point {
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
