package area

import (
	"iocwall/geo"
	"iocwall/server/world"
)

// Misdrawn returns what package geo found wrong with a file or a shape as a refusal that
// programs can say in their own language; any other error, and one that has a code, as
// it is.
func Misdrawn(err error) error {
	if code, _ := world.Say(err); code != "" {
		return err
	}
	code, values := geo.Say(err)
	if code == "" {
		return err
	}
	pairs := []any{"why", err}
	for name, v := range values {
		pairs = append(pairs, name, v)
	}
	return world.Refuse(code, "{why}", pairs...)
}
