package world

import (
	"math"

	"iocwall/geo"
)

// Sight says whether a camera sees a place.
type Sight int

// From the worst to the best.
const (
	Blind  Sight = iota // it does not
	MaySee              // it can be turned there, or nobody said where it looks
	InView              // the place lies in its field of view
)

const (
	// usualReach is taken for the reach of a camera of which that is not known.
	usualReach = 2000.0
	// feet is how near a place must be to stand under the camera, where its heading
	// tells nothing.
	feet = 15.0
)

// Sight returns whether the camera sees the place, by its reach, heading and field
// of view as they were defined, and how far away that is in metres. A camera
// without a place is Blind.
func (c Camera) Sight(at geo.Point) (Sight, float64) {
	pos, known := c.Place()
	if !known {
		return Blind, math.Inf(1)
	}
	away := geo.Distance(pos, at)
	reach := c.Reach
	if reach <= 0 {
		reach = usualReach
	}
	switch {
	case away > reach:
		return Blind, away
	case away <= feet:
		return InView, away
	case c.Heading == NotAvailable || c.View <= 0:
		return MaySee, away
	}
	off := geo.NormalDegrees(geo.Bearing(pos, at) - c.Heading)
	if min(off, 360-off) <= c.View/2 {
		return InView, away
	}
	if c.PTZ {
		return MaySee, away
	}
	return Blind, away
}
