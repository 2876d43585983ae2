package area

import (
	"errors"
	"regexp"

	"iocwall/geo"
	"iocwall/server/world"
)

// position is how package geo writes one.
var position = regexp.MustCompile(`\[-?[0-9.e+-]+, -?[0-9.e+-]+\]`)

// Misdrawn returns what package geo found wrong with a shape as a refusal that programs
// can say in their own language; any other error as it is.
func Misdrawn(err error) error {
	if err == nil {
		return nil
	}
	at := position.FindString(err.Error())
	switch {
	case errors.Is(err, geo.ErrSwapped) && at != "":
		return world.Refuse("shape.swapped", "{why}", "why", err, "at", at)
	case errors.Is(err, geo.ErrRange) && at != "":
		return world.Refuse("shape.range", "{why}", "why", err, "at", at)
	case errors.Is(err, geo.ErrRange):
		return world.Refuse("shape.beyond", "{why}", "why", err)
	case errors.Is(err, geo.ErrUnclosed):
		return world.Refuse("shape.unclosed", "{why}", "why", err)
	case errors.Is(err, geo.ErrShort):
		return world.Refuse("shape.short", "{why}", "why", err)
	case errors.Is(err, geo.ErrCrossing) && at != "":
		return world.Refuse("shape.crossing", "{why}", "why", err, "at", at)
	case errors.Is(err, geo.ErrAntimeridian):
		return world.Refuse("shape.antimeridian", "{why}", "why", err)
	case errors.Is(err, geo.ErrCRS):
		return world.Refuse("shape.crs", "{why}", "why", err)
	case errors.Is(err, geo.ErrTooLarge):
		return world.Refuse("shape.large", "{why}", "why", err)
	case errors.Is(err, geo.ErrEmpty):
		return world.Refuse("shape.empty", "{why}", "why", err)
	case errors.Is(err, geo.ErrGeometry):
		return world.Refuse("shape.geometry", "{why}", "why", err)
	case errors.Is(err, geo.ErrCoordinates):
		return world.Refuse("shape.coordinates", "{why}", "why", err)
	case errors.Is(err, geo.ErrFeature):
		return world.Refuse("shape.feature", "{why}", "why", err)
	}
	return err
}
