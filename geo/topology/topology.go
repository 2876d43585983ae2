// Package topology keeps the outlines of neighbouring areas as arcs that both
// share, so that outlines simplified for a zoom leave no gap and no overlap
// between neighbours.
package topology

import "iocwall/geo"

// Area is one outline with its id.
type Area struct {
	ID       string
	Polygons geo.MultiPolygon
}

// Options say how outlines become arcs.
type Options struct {
	// Snap is the distance in metres within which a corner of one outline is
	// taken for the corner or the edge of another; zero for exact equality.
	Snap float64
	// Keep are boxes whose parts are never dropped however small they are.
	Keep []geo.Bounds
}

// Topology holds areas as arcs. It never changes, save that outlines once asked
// for are remembered; it may be used from many goroutines at once.
type Topology struct{}

// New builds the topology. Areas that cannot be used (broken rings, an id twice)
// are left out and named in the errors.
func New(areas []Area, o Options) (*Topology, []error) { return &Topology{}, nil }

// Areas returns the ids in the order given to New.
func (t *Topology) Areas() []string { return nil }

// Outline returns an area simplified for a zoom of 256-pixel tiles, nil for an
// id that is not there. Neighbours share their corners exactly. The result is
// shared; it must not be changed.
func (t *Topology) Outline(area string, zoom float64) geo.MultiPolygon { return nil }

// Full returns an area in full detail, as snapped; it must not be changed.
func (t *Topology) Full(area string) geo.MultiPolygon { return nil }

// At returns the ids of the areas that hold p in full detail, sorted; more than
// one on a shared edge or where areas overlap.
func (t *Topology) At(p geo.Point) []string { return nil }
