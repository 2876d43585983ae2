package tiles

import (
	"github.com/paulmach/orb"

	"iocwall/geo"
)

// Set names one division of the country into provinces.
type Set string

const (
	// Before2025 is the division into 63 provinces that ended on 30 June 2025.
	Before2025 Set = "before-2025"
	// Since2025 is the division into 34 provinces in force since 1 July 2025.
	Since2025 Set = "since-2025"
)

// Basemap is the embedded vector map as it is stored. Provinces of both sets
// share their outlines as arcs, so that neighbours can have no gap or overlap.
type Basemap struct {
	Arcs    [][]geo.Point    // province outlines between two junctions; WGS 84
	Areas   []Area           // provinces of both sets
	Outside geo.MultiPolygon // land that is not Vietnam's; it may reach under the provinces
	Lines   []Line           // rivers and roads
	Places  []Place          // names with a position
}

// Area is one province of one set.
type Area struct {
	Set         Set
	ID          string // last part of the area's id in the area tree, such as "quang-nam"
	Name        string
	Approximate bool // the outline is known to be misplaced or coarse
	Polygons    [][]Ring
}

// Ring is a closed chain of arcs: i is arc i forwards, ^i is arc i backwards.
type Ring []int32

// Class says what a line or a place is, and so how it is drawn.
type Class string

// Classes of lines and places.
const (
	ClassRiver       Class = "river"
	ClassRoad        Class = "road"
	ClassBorder      Class = "border" // between two provinces
	ClassEdge        Class = "edge"   // outer edge of Vietnam: coast or land border
	ClassCity        Class = "city"
	ClassTown        Class = "town"
	ClassIsland      Class = "island"      // island near the coast
	ClassIslet       Class = "islet"       // island of an archipelago
	ClassArchipelago Class = "archipelago" // must be named whenever it is in view
	ClassSea         Class = "sea"
	ClassProvince    Class = "province"
)

// Line is a river or a road; all of them are schematic, drawn by hand.
type Line struct {
	Class  Class
	Rank   int // 1 is the most important
	Name   string
	Points []geo.Point
}

// Place is a name with a position.
type Place struct {
	Class Class
	Rank  int // 1 is the most important
	Name  string
	Group string // archipelago of an islet; id of the province, otherwise empty
	At    geo.Point
}

// Outline returns the area's polygons, or an error if an arc is missing or a
// ring is not closed.
func (m *Basemap) Outline(a Area) (geo.MultiPolygon, error) {
	out := make(geo.MultiPolygon, 0, len(a.Polygons))
	for _, rings := range a.Polygons {
		polygon := make(orb.Polygon, 0, len(rings))
		for _, ring := range rings {
			points, err := m.ring(a, ring)
			if err != nil {
				return nil, err
			}
			polygon = append(polygon, points)
		}
		out = append(out, polygon)
	}
	return out, nil
}
