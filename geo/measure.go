package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Length returns the length of a line along great circles in metres, 0 for fewer
// than two points.
func Length(line []Point) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += Distance(line[i-1], line[i])
	}
	return sum
}

// Area returns the size of an area on the sphere in square metres: outer rings
// less their holes, whichever way they turn. Its error against the ellipsoid is
// below 0.7 %. Rings must not go around a pole.
func Area(area MultiPolygon) float64 {
	sum := 0.0
	for _, polygon := range area {
		for i, ring := range polygon {
			if i == 0 {
				sum += RingArea(ring)
			} else {
				sum -= RingArea(ring)
			}
		}
	}
	return max(sum, 0)
}

// RingArea returns the size of what a ring encloses in square metres. It adds
// the spherical excess between each edge and the equator (R. W. Bevis and
// G. Cambareri, Computing the area of a spherical polygon, 1987).
func RingArea(ring orb.Ring) float64 {
	excess := 0.0
	for i := range ring {
		a, b := ring[i], ring[(i+1)%len(ring)]
		if a == b {
			continue
		}
		ta, tb := math.Tan(a[1]*degree/2), math.Tan(b[1]*degree/2)
		excess += 2 * math.Atan2(math.Tan((b[0]-a[0])*degree/2)*(ta+tb), 1+ta*tb)
	}
	return math.Abs(excess) * EarthRadius * EarthRadius
}
