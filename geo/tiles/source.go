// Package tiles gives the base map under the living layers. A Source answers
// with what is at hand for a view; the embedded vector map always has all of it.
package tiles

import (
	"errors"
	"fmt"
	"image"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

// Source gives the base map of a view. Implementations are safe for use from
// many goroutines.
type Source interface {
	// Map returns what is at hand for the view and never waits for disk or
	// network. What it returns is shared and must not be changed.
	Map(view geo.View) (Data, error)
	// Attribution returns whom to name on the map, and the date of its boundaries.
	Attribution() Attribution
}

// Attribution says where a base map comes from.
type Attribution struct {
	Text            string // such as "Natural Earth"
	BoundariesSince string // first day of the boundaries shown, YYYY-MM-DD; empty if it has none
}

// Data is the content of a base map for one view.
type Data struct {
	// Version changes whenever the content for an unchanged view has changed.
	Version uint64
	// Pending counts parts that are still being fetched; 0 means complete.
	Pending int
	// Failed counts parts that could not be had and are not being fetched now, and
	// Problem is why one of them could not, for people. What the map never had is not
	// counted. Old counts parts that are shown although they should have been renewed
	// and could not be; Problem is why one of them could not if none failed, and nil if
	// both are 0.
	Failed, Old int
	Problem     error

	// Rasters and Vectors are the tiles of a map that comes in tiles, in drawing
	// order (coarse ones first); none for the built-in map. No two of them cover the
	// same place. Where they are missing or break off, the shapes below are seen.
	Rasters []Raster
	Vectors []Vector

	Outside   []Shape // land that is not Vietnam's
	Provinces []Shape // Vietnam's, over the land outside
	Lines     []Path  // borders, rivers, roads
	Places    []Place // names, most important first within a class
}

// Raster is one picture of the base map. It covers a square of the map: the tile
// (X, Y) of zoom Z, counted from the north-west, whose side is 1/2^Z of the
// Web-Mercator square. X and Y lie in 0…2^Z−1: the map is not repeated beyond the
// antimeridian. Z need not be that of the view: beyond the finest zoom of a map its
// finest tiles are drawn larger, and others stand in while tiles are on their way.
type Raster struct {
	Z, X, Y int
	Img     *image.RGBA     // shared and never changed; opaque or with premultiplied alpha
	Part    image.Rectangle // of Img that covers the square, never empty: a coarser tile may stand in
}

// Vector is one vector tile, or the part of a coarser one that stands in for it: it
// covers the square (Z, X, Y) as a Raster does, and its features are to be drawn
// clipped to that square, which they may exceed by far. Layers are in the order of
// the tile, shared and never changed.
type Vector struct {
	Z, X, Y int
	Layers  []VectorLayer
}

// VectorLayer is one layer of a vector tile, such as "water".
type VectorLayer struct {
	Name     string
	Features []VectorFeature
}

// VectorFeature is one feature of a layer. Its geometry is in the Web-Mercator
// unit square, as geo.Project gives it, so that drawing needs no trigonometry; it
// may reach beyond the tile. Rings are closed; the first of a polygon is its outer
// one and the others are holes. A tile does not say in which direction rings turn.
type VectorFeature struct {
	ID         uint64
	Geometry   orb.Geometry   // Point, MultiPoint, LineString, MultiLineString, Polygon or MultiPolygon
	Properties map[string]any // string, float64, int64, uint64 or bool; shared
}

// Shape is a filled area.
type Shape struct {
	ID          string // of a province, otherwise empty
	Name        string
	Approximate bool
	Bounds      geo.Bounds
	Polygons    geo.MultiPolygon
}

// Path is a drawn line.
type Path struct {
	Class  Class
	Rank   int
	Bounds geo.Bounds
	Points []geo.Point
}

// Embedded is the Source of the built-in vector map in one division of the
// country. It holds everything in memory and never changes.
type Embedded struct {
	data  Data
	since string
	index geo.Index[string]
}

// NewEmbedded decodes a base map file for one division into provinces.
func NewEmbedded(data []byte, set Set) (*Embedded, error) {
	m, err := Decode(data)
	if err != nil {
		return nil, err
	}
	return newEmbedded(m, set)
}

func newEmbedded(m *Basemap, set Set) (*Embedded, error) {
	e := &Embedded{}
	switch set {
	case Before2025:
		e.since = "2008-08-01"
	case Since2025:
		e.since = "2025-07-01"
	default:
		return nil, fmt.Errorf("tiles: no division %q; choose %q or %q", set, Before2025, Since2025)
	}
	uses := make([]int, len(m.Arcs))
	for _, a := range m.Areas {
		if a.Set != set {
			continue
		}
		outline, err := m.Outline(a)
		if err != nil {
			return nil, err
		}
		e.data.Provinces = append(e.data.Provinces, Shape{
			ID: a.ID, Name: a.Name, Approximate: a.Approximate, Bounds: outline.Bound(), Polygons: outline,
		})
		e.index.Add(geo.Prepare(outline), a.ID)
		countArcs(a, uses)
	}
	if len(e.data.Provinces) == 0 {
		return nil, errors.New("tiles: the base map has no provinces of the division " + string(set))
	}
	e.addPaths(m, uses)
	for _, polygon := range m.Outside {
		e.data.Outside = append(e.data.Outside, Shape{Bounds: polygon.Bound(), Polygons: geo.MultiPolygon{polygon}})
	}
	e.data.Places = m.Places
	return e, nil
}

func countArcs(a Area, uses []int) {
	for _, rings := range a.Polygons {
		for _, ring := range rings {
			for _, n := range ring {
				uses[max(n, ^n)]++
			}
		}
	}
}

// addPaths turns arcs into borders: an arc that one province uses is the outer
// edge, one that two use lies between them.
func (e *Embedded) addPaths(m *Basemap, uses []int) {
	for i, arc := range m.Arcs {
		class := ClassEdge
		switch uses[i] {
		case 0:
			continue
		case 1:
		default:
			class = ClassBorder
		}
		e.addPath(class, 1, arc)
	}
	for _, l := range m.Lines {
		e.addPath(l.Class, l.Rank, l.Points)
	}
}

func (e *Embedded) addPath(class Class, rank int, points []geo.Point) {
	if b, ok := geo.BoundsOf(points); ok {
		e.data.Lines = append(e.data.Lines, Path{Class: class, Rank: rank, Bounds: b, Points: points})
	}
}

// Map implements Source; the answer is the same for every view.
func (e *Embedded) Map(geo.View) (Data, error) { return e.data, nil }

// Attribution implements Source.
func (e *Embedded) Attribution() Attribution {
	return Attribution{Text: "Natural Earth", BoundariesSince: e.since}
}

// Provinces returns the provinces of the division. The slice is shared.
func (e *Embedded) Provinces() []Shape { return e.data.Provinces }

// Province returns the province with an id.
func (e *Embedded) Province(id string) (Shape, bool) {
	for _, p := range e.data.Provinces {
		if p.ID == id {
			return p, true
		}
	}
	return Shape{}, false
}

// ProvinceAt returns the id of the province that holds p, and false at sea.
func (e *Embedded) ProvinceAt(p geo.Point) (string, bool) {
	id, found := "", false
	e.index.At(p, func(hit string) bool {
		id, found = hit, true
		return false
	})
	return id, found
}
