package coord

import (
	"math"

	"iocwall/geo"
)

// The seven parameters of Decision 05/2007/QĐ-BTNMT of 27 February 2007 from
// VN-2000 to WGS 84. The rotations are those of the coordinate frame (EPSG:6960,
// method EPSG:9607): tools that turn the position vector instead (PROJ's towgs84)
// take them with the opposite sign. Confusing the two puts a point half a metre
// away.
const (
	shiftX, shiftY, shiftZ = -191.90441429, -39.30318279, -111.45032835 // metres
	turnX, turnY, turnZ    = -0.00928836, 0.01975479, -0.00427372       // seconds of arc
	stretch                = 1 + 0.252906278e-6
)

type vector struct{ x, y, z float64 }

// turned rotates the coordinate frame by the small angles, or back.
func (v vector) turned(back bool) vector {
	const second = degree / 3600
	rx, ry, rz := turnX*second, turnY*second, turnZ*second
	if back {
		rx, ry, rz = -rx, -ry, -rz
	}
	return vector{
		v.x + rz*v.y - ry*v.z,
		v.y - rz*v.x + rx*v.z,
		v.z + ry*v.x - rx*v.y,
	}
}

// toWGS84 takes VN-2000 degrees at the height 0.
func toWGS84(lat, lon float64) geo.Point {
	v := cartesian(lat, lon).turned(false)
	lat, lon = vector{shiftX + stretch*v.x, shiftY + stretch*v.y, shiftZ + stretch*v.z}.geodetic()
	return geo.Pt(lon, lat)
}

// toVN2000 takes a WGS 84 point at the height 0.
func toVN2000(p geo.Point) (lat, lon float64) {
	v := cartesian(p[1], p[0])
	v = vector{(v.x - shiftX) / stretch, (v.y - shiftY) / stretch, (v.z - shiftZ) / stretch}
	return v.turned(true).geodetic()
}

// cartesian returns the earth-centred metres of a place on the ellipsoid.
func cartesian(lat, lon float64) vector {
	sinLat, cosLat := math.Sincos(lat * degree)
	sinLon, cosLon := math.Sincos(lon * degree)
	r := semiMajor / math.Sqrt(1-eccentricity2*sinLat*sinLat)
	return vector{r * cosLat * cosLon, r * cosLat * sinLon, r * (1 - eccentricity2) * sinLat}
}

// geodetic returns latitude and longitude in degrees by Bowring's formula, which
// is exact to less than a micrometre near the ellipsoid (Survey Review 23, 1976).
func (v vector) geodetic() (lat, lon float64) {
	const minor = semiMajor * (1 - flattening)
	const second2 = eccentricity2 / (1 - eccentricity2)
	p := math.Hypot(v.x, v.y)
	sin, cos := math.Sincos(math.Atan2(v.z*semiMajor, p*minor))
	lat = math.Atan2(v.z+second2*minor*sin*sin*sin, p-eccentricity2*semiMajor*cos*cos*cos)
	return lat / degree, math.Atan2(v.y, v.x) / degree
}
