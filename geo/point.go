// Package geo holds positions on the earth and what is computed from them:
// distances, bearings, Web-Mercator views, prepared polygons, an index of areas,
// GeoJSON, and positions as people write them. Points are WGS 84 longitude and
// latitude in degrees; distances are metres; bearings are degrees clockwise from
// true north in [0, 360).
package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Point is a position as longitude and latitude in degrees, in that order.
type Point = orb.Point

// Bounds is a box of longitudes and latitudes; it never wraps the antimeridian.
type Bounds = orb.Bound

// Polygon is one outer ring and its holes; every ring repeats its first point.
type Polygon = orb.Polygon

// MultiPolygon is a list of polygons that together are one area.
type MultiPolygon = orb.MultiPolygon

// EarthRadius is the mean radius of the earth in metres (IUGG R1).
const EarthRadius = 6371008.8

// MetersPerNauticalMile is the length of the international nautical mile.
const MetersPerNauticalMile = 1852.0

const degree = math.Pi / 180

// Pt makes a Point from a longitude and a latitude.
func Pt(lon, lat float64) Point { return Point{lon, lat} }

// Valid reports whether p is a finite longitude in [-180, 180] and a finite
// latitude in [-90, 90].
func Valid(p Point) bool {
	// The comparisons are false for NaN, and infinities are out of range.
	return p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90
}

// Distance returns the great-circle distance between a and b in metres by the
// haversine formula; its error against the ellipsoid is below 0.6 %.
func Distance(a, b Point) float64 {
	sinLat := math.Sin((b[1] - a[1]) * degree / 2)
	sinLon := math.Sin((b[0] - a[0]) * degree / 2)
	h := sinLat*sinLat + math.Cos(a[1]*degree)*math.Cos(b[1]*degree)*sinLon*sinLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

// Bearing returns the initial great-circle bearing from a to b in degrees,
// clockwise from true north, in [0, 360). It is 0 where a equals b.
func Bearing(a, b Point) float64 {
	dLon := (b[0] - a[0]) * degree
	sinA, cosA := math.Sincos(a[1] * degree)
	sinB, cosB := math.Sincos(b[1] * degree)
	y := math.Sin(dLon) * cosB
	x := cosA*sinB - sinA*cosB*math.Cos(dLon)
	return NormalDegrees(math.Atan2(y, x) / degree)
}

// Destination returns the point reached from p after meters along the great
// circle that starts at bearing. Its longitude is in [-180, 180).
func Destination(p Point, bearing, meters float64) Point {
	d := meters / EarthRadius
	sinD, cosD := math.Sincos(d)
	sinLat, cosLat := math.Sincos(p[1] * degree)
	sinB, cosB := math.Sincos(bearing * degree)
	lat := math.Asin(max(-1, min(1, sinLat*cosD+cosLat*sinD*cosB)))
	lon := p[0]*degree + math.Atan2(sinB*sinD*cosLat, cosD-sinLat*math.Sin(lat))
	return Point{math.Mod(lon/degree+540, 360) - 180, lat / degree}
}

// NormalDegrees brings an angle in degrees into [0, 360).
func NormalDegrees(a float64) float64 {
	a = math.Mod(a, 360)
	if a < 0 {
		a += 360
	}
	if a >= 360 { // -1e-17 + 360 rounds up
		a = 0
	}
	return a
}

// Around returns the smallest box that holds the circle of meters around p,
// clipped to the valid longitudes and latitudes.
func Around(p Point, meters float64) Bounds {
	dLat := meters / EarthRadius / degree
	dLon := 360.0
	if c := math.Cos(min(math.Abs(p[1])+dLat, 90) * degree); c > 1e-9 {
		dLon = dLat / c
	}
	return Bounds{
		Min: Point{max(p[0]-dLon, -180), max(p[1]-dLat, -90)},
		Max: Point{min(p[0]+dLon, 180), min(p[1]+dLat, 90)},
	}
}

// BoundsOf returns the smallest box that holds all points, and false for none.
func BoundsOf(points []Point) (Bounds, bool) {
	if len(points) == 0 {
		return Bounds{}, false
	}
	b := Bounds{Min: points[0], Max: points[0]}
	for _, p := range points[1:] {
		b = b.Extend(p)
	}
	return b, true
}
