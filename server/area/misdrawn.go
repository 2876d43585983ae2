package area

import (
	"errors"
	"regexp"

	"iocwall/geo"
	"iocwall/server/world"
)

// position is how package geo writes one, place how it writes where in a file it is.
var (
	position = regexp.MustCompile(`\[-?[0-9.e+-]+, -?[0-9.e+-]+\]`)
	place    = regexp.MustCompile(` byte ([0-9]+)`)
)

// Misdrawn returns what package geo found wrong with a file or a shape as a refusal that
// programs can say in their own language; any other error, and one that has a code, as
// it is.
func Misdrawn(err error) error {
	if err == nil {
		return nil
	}
	if code, _ := world.Say(err); code != "" {
		return err
	}
	at, n := position.FindString(err.Error()), ""
	if m := place.FindStringSubmatch(err.Error()); m != nil {
		n = m[1]
	}
	switch {
	case errors.Is(err, geo.ErrCut) && n == "0":
		return world.Refuse("shape.nothing", "{why}", "why", err)
	case errors.Is(err, geo.ErrCut):
		return world.Refuse("shape.cut", "{why}", "why", err, "n", n)
	case errors.Is(err, geo.ErrUTF16):
		return world.Refuse("shape.utf16", "{why}", "why", err)
	case errors.Is(err, geo.ErrCompressed):
		return world.Refuse("shape.compressed", "{why}", "why", err)
	case errors.Is(err, geo.ErrGoesOn):
		return world.Refuse("shape.goeson", "{why}", "why", err, "n", n)
	case errors.Is(err, geo.ErrNotGeoJSON) && n != "":
		return world.Refuse("shape.foreign.at", "{why}", "why", err, "n", n)
	case errors.Is(err, geo.ErrNotGeoJSON):
		return world.Refuse("shape.foreign", "{why}", "why", err)
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
