// Package coord turns positions as people write them into points: decimal degrees,
// degrees and minutes, and the metres of Vietnam's national grid VN-2000 in a zone
// that the configuration names. Points become metres of that grid, too.
package coord

import (
	"fmt"
	"math"

	"iocwall/geo"
)

// Zone is one zone of the VN-2000 grid: a transverse Mercator projection around
// a central meridian, with a false easting of 500 km (Decision 83/2000/QĐ-TTg,
// Circular 973/2001/TT-TCĐC).
type Zone struct {
	Meridian float64 // central meridian in degrees east
	Width    int     // 3 (scale 0.9999, provinces) or 6 (scale 0.9996, the nation)
}

// Grid is a position in the metres of a zone, named as in Vietnam: X runs north
// from the equator, Y runs east with 500,000 on the central meridian.
type Grid struct{ X, Y float64 }

// farthest is how many degrees of longitude from its meridian a zone is used;
// there the series is still exact to a hundredth of a millimetre.
const farthest = 10

// Limits of Y and X that a zone can have between 30° south and north.
const (
	falseEasting = 500e3
	mostEast     = 1.7e6
	mostNorth    = 3.4e6
)

// Check returns why the zone cannot be used, nil if it can.
func (z Zone) Check() error {
	quarters := z.Meridian * 4
	switch {
	case z == Zone{}:
		return fmt.Errorf("no zone of VN-2000 is set; name a central meridian such as 107°45′")
	case z.Width != 3 && z.Width != 6:
		return fmt.Errorf("a zone of VN-2000 is 3° or 6° wide, not %d°", z.Width)
	case !(z.Meridian >= 99 && z.Meridian <= 120):
		return fmt.Errorf("the central meridian %g° is not one of VN-2000; expected 102° to 117°", z.Meridian)
	case z.Width == 6 && math.Mod(z.Meridian-99, 6) != 0:
		return fmt.Errorf("a 6° zone of VN-2000 has the central meridian 99°, 105°, 111° or 117°, not %g°", z.Meridian)
	case quarters != math.Trunc(quarters):
		return fmt.Errorf("the central meridian %g° is not a multiple of 15′", z.Meridian)
	}
	return nil
}

// String writes the zone as ParseZone reads it: "107°45′/3".
func (z Zone) String() string {
	minutes := int(math.Round(z.Meridian * 60))
	return fmt.Sprintf("%d°%02d′/%d", minutes/60, minutes%60, z.Width)
}

// Grid returns the VN-2000 grid position of a WGS 84 point at the height 0. It is
// an error where the point is not Valid or lies more than 10° of longitude from
// the zone's meridian.
func (z Zone) Grid(p geo.Point) (Grid, error) {
	if err := z.Check(); err != nil {
		return Grid{}, err
	}
	if err := geo.CheckPoint(p); err != nil {
		return Grid{}, err
	}
	lat, lon := toVN2000(p)
	if math.Abs(lon-z.Meridian) > farthest {
		return Grid{}, fmt.Errorf("longitude %.2f° is too far from the zone's meridian %g°", lon, z.Meridian)
	}
	north, east := z.mercator().forward(lat, lon-z.Meridian)
	return Grid{X: north, Y: east + falseEasting}, nil
}

// Point returns the WGS 84 point of a VN-2000 grid position at the height 0 of
// that system. Point and Grid undo each other to within two millimetres. It is an
// error where the position cannot be in the zone.
func (z Zone) Point(g Grid) (geo.Point, error) {
	if err := z.Check(); err != nil {
		return geo.Point{}, err
	}
	if !(math.Abs(g.X) <= mostNorth) {
		return geo.Point{}, fmt.Errorf("X=%.0f is not in Vietnam: north of the equator it is 600,000 to 2,700,000 m", g.X)
	}
	if !(math.Abs(g.Y-falseEasting) <= mostEast-falseEasting) {
		return geo.Point{}, fmt.Errorf("Y=%.0f is not in the zone %v: near its meridian it is 500,000 m", g.Y, z)
	}
	lat, off := z.mercator().inverse(g.X, g.Y-falseEasting)
	return toWGS84(lat, z.Meridian+off), nil
}

// String writes the position as "X=1738123 Y=557432", in whole metres.
func (g Grid) String() string { return fmt.Sprintf("X=%.0f Y=%.0f", g.X, g.Y) }

func (z Zone) mercator() mercator {
	if z.Width == 6 {
		return mercator{scale: 0.9996}
	}
	return mercator{scale: 0.9999}
}
