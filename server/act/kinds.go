package act

import (
	"maps"
	"slices"
)

// Kinds returns the names of all acts there are, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(actKinds)) }
