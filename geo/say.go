package geo

import (
	"errors"
	"regexp"
)

// position is how positions are written in errors, place how it is written where in a
// file something is.
var (
	position = regexp.MustCompile(`\[-?[0-9.e+-]+, -?[0-9.e+-]+\]`)
	place    = regexp.MustCompile(` byte ([0-9]+)`)
)

// Say returns what a program needs to say in its own language what is wrong with a file
// or a shape: the code of a sentence, and its values, among them "at", a position, and
// "n", a byte of the file, where they are known. The code is empty if the error is none
// of this package.
func Say(err error) (code string, values map[string]string) {
	if err == nil {
		return "", nil
	}
	values = map[string]string{}
	at := position.FindString(err.Error())
	n := ""
	if m := place.FindStringSubmatch(err.Error()); m != nil {
		n = m[1]
	}
	switch {
	case errors.Is(err, ErrCut) && n == "0":
		return "shape.nothing", values
	case errors.Is(err, ErrCut):
		values["n"] = n
		return "shape.cut", values
	case errors.Is(err, ErrUTF16):
		return "shape.utf16", values
	case errors.Is(err, ErrCompressed):
		return "shape.compressed", values
	case errors.Is(err, ErrGoesOn):
		values["n"] = n
		return "shape.goeson", values
	case errors.Is(err, ErrNotGeoJSON) && n != "":
		values["n"] = n
		return "shape.foreign.at", values
	case errors.Is(err, ErrNotGeoJSON):
		return "shape.foreign", values
	case errors.Is(err, ErrSwapped) && at != "":
		values["at"] = at
		return "shape.swapped", values
	case errors.Is(err, ErrRange) && at != "":
		values["at"] = at
		return "shape.range", values
	case errors.Is(err, ErrRange):
		return "shape.beyond", values
	case errors.Is(err, ErrUnclosed):
		return "shape.unclosed", values
	case errors.Is(err, ErrShort):
		return "shape.short", values
	case errors.Is(err, ErrCrossing) && at != "":
		values["at"] = at
		return "shape.crossing", values
	case errors.Is(err, ErrAntimeridian):
		return "shape.antimeridian", values
	case errors.Is(err, ErrCRS):
		return "shape.crs", values
	case errors.Is(err, ErrTooLarge):
		return "shape.large", values
	case errors.Is(err, ErrEmpty):
		return "shape.empty", values
	case errors.Is(err, ErrGeometry):
		return "shape.geometry", values
	case errors.Is(err, ErrCoordinates):
		return "shape.coordinates", values
	case errors.Is(err, ErrFeature):
		return "shape.feature", values
	}
	return "", nil
}
