// Package style reads how a map looks from a small subset of the MapLibre style
// specification (https://maplibre.org/maplibre-style-spec/), version 8, as JSON.
// What it does not know is reported with its place, and the rest is used.
//
// A Style is compiled once; its filters and values are then evaluated for every
// feature without allocating. It never changes and is safe for use from many
// goroutines. README.md beside the product's own styles lists the subset.
package style

import (
	"fmt"
	"math"
)

// Builtin is the source of the map that the product carries in itself. Layers of
// other sources take from the tiles of whatever map is shown.
const Builtin = "builtin"

// Kind says how a layer is drawn.
type Kind string

// Kinds of layers.
const (
	Background Kind = "background"
	Fill       Kind = "fill"
	Line       Kind = "line"
	Symbol     Kind = "symbol"
	Raster     Kind = "raster"
)

// Style is a list of layers, the lowest first.
type Style struct {
	Name   string
	Layers []Layer
}

// Layer draws the features of one source layer in one way. Which of its values
// count depends on Kind.
type Layer struct {
	ID     string
	Kind   Kind
	Source string // Builtin or any other name
	// From is the layer of the source that features are taken from.
	From string
	// The layer is drawn at zooms from MinZoom up to, not including, MaxZoom.
	MinZoom, MaxZoom float64
	Filter           Filter

	Color   Color  // of the background, fill, line or text
	Opacity Number // 0 to 1; of everything but a symbol

	Outline Color // of a fill; used where Outlined
	// Outlined says that a fill has an outline colour of its own.
	Outlined bool

	Width  Number    // of a line, in pixels
	Dashes []float64 // dash, gap, dash … in widths of the line; nil for none
	// Taper is the part of its width that a line has at its first point; 1 is all
	// of it. It and OnLand are of this product: the layer's metadata gives them as
	// "taper" and "on-land".
	Taper float64
	// OnLand ends a line where the background shows.
	OnLand bool

	Text Label // of a symbol

	Picture Picture // of a raster
}

// Label says what a symbol layer writes.
type Label struct {
	Field     Text
	Size      Number // in pixels
	Halo      Color
	HaloWidth Number // in pixels
	SortKey   Number // lower is placed first
	AlongLine bool   // at the middle of a line rather than at a point
	Bold      bool
	Slanted   bool
	Upper     bool    // in capitals
	Spacing   float64 // between letters, in em
}

// Picture says how the colours of a raster are changed.
type Picture struct {
	Saturation, Contrast         Number // -1 to 1; 0 leaves the picture as it is
	BrightnessMin, BrightnessMax Number // what black and white become, 0 to 1
}

// Shows reports whether the layer is drawn at a zoom of ours.
func (l *Layer) Shows(zoom float64) bool { return zoom >= l.MinZoom && zoom < l.MaxZoom }

// Zoom returns the zoom as styles count it, in tiles of 512 pixels, of a map on
// which the whole world is world pixels wide. It is one less than the zoom in
// tiles of 256 pixels.
func Zoom(world float64) float64 { return math.Log2(world / 512) }

// Geometry is what a feature consists of.
type Geometry string

// Geometries, as filters name them.
const (
	Point      Geometry = "Point"
	LineString Geometry = "LineString"
	Polygon    Geometry = "Polygon"
)

// Scope is what a filter or a value may depend on.
type Scope struct {
	Zoom       float64 // see the function Zoom
	Geometry   Geometry
	ID         uint64
	Properties map[string]any // string, float64, int64, uint64 or bool
}

// Problem is one thing in a style that is not used.
type Problem struct {
	Path     string // such as layers[3].paint.line-width
	Layer    string // id of the layer; empty outside of layers
	Property string // such as "line-width"; empty if it concerns the whole layer
	Text     string // what is wrong and what is done instead
}

func (p Problem) String() string {
	if p.Layer == "" {
		return fmt.Sprintf("%s: %s", p.Path, p.Text)
	}
	return fmt.Sprintf("%s (layer %q): %s", p.Path, p.Layer, p.Text)
}
