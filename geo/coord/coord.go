// Package coord turns positions as people write them into points and back:
// decimal degrees, degrees and minutes, and the metres of Vietnam's national
// grid VN-2000 in a zone that the configuration names.
package coord

import "iocwall/geo"

// Zone is one zone of the VN-2000 grid: a transverse Mercator projection around
// a central meridian, with a false easting of 500 km.
type Zone struct {
	Meridian float64 // central meridian in degrees east
	Width    int     // 3 (scale 0.9999, provinces) or 6 (scale 0.9996, the nation)
}

// Grid is a position in the metres of a zone, named as in Vietnam: X runs north
// from the equator, Y runs east with 500,000 on the central meridian.
type Grid struct{ X, Y float64 }

// Form is how a position was written.
type Form string

// The forms that Parse knows.
const (
	FormDecimal Form = "decimal" // 15.4481, 108.5586
	FormMinutes Form = "minutes" // 15°42,0′B 108°57,6′Đ
	FormSeconds Form = "seconds" // 15°42′03″N 108°57′36″E
	FormGrid    Form = "grid"    // X=1738123 Y=557432
)

// Reading is a position that was read.
type Reading struct {
	Point geo.Point // WGS 84
	Form  Form
	Grid  Grid // as written; zero unless Form is FormGrid
}

// Province is a province and the meridian its cadastral maps use.
type Province struct {
	Name     string  // with its accents, as before 1 July 2025
	Now      string  // the province it belongs to since 1 July 2025
	Meridian float64 // central meridian of its 3° zone, degrees east
}

// Check returns why the zone cannot be used, nil if it can.
func (z Zone) Check() error { return nil }

// String writes the zone as ParseZone reads it: "107°45′ 3°".
func (z Zone) String() string { return "" }

// ParseZone reads a zone as a configuration writes it: a central meridian
// ("107.75", "107°45′", "107,75") and optionally the width after a slash or a
// blank ("107°45′/3", "105/6"). Without a width it is 3.
func ParseZone(text string) (Zone, error) { return Zone{}, nil }

// Grid returns the VN-2000 grid position of a WGS 84 point. It is an error where
// the point lies more than 10° of longitude from the zone's meridian.
func (z Zone) Grid(p geo.Point) (Grid, error) { return Grid{}, nil }

// Point returns the WGS 84 point of a VN-2000 grid position, at sea level.
func (z Zone) Point(g Grid) (geo.Point, error) { return geo.Point{}, nil }

// String writes the position as "X=1738123 Y=557432", in whole metres.
func (g Grid) String() string { return "" }

// Provinces returns the central meridians of the provinces in order of name. It
// is the caller's.
func Provinces() []Province { return nil }

// Parse reads a position: decimal degrees with comma or dot, degrees and
// minutes, degrees, minutes and seconds, with the letters of either language,
// or VN-2000 metres in the zone. Without letters latitude comes first. Zone may
// be zero; then metres are an error that says so. The errors say what to write
// instead; a position that makes sense only in the other order is an error that
// names the right one.
func Parse(text string, zone Zone) (Reading, error) { return Reading{}, nil }
