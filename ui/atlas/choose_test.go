package atlas

import (
	"slices"
	"testing"

	"iocwall/server/world"
)

// TestPointerChoosesNothing: what is under the pointer has its plate; the mark is of
// what is chosen or followed.
func TestPointerChoosesNothing(t *testing.T) {
	a := &Atlas{one: "vessel/1", follow: "vessel/2", hover: "vessel/3"}
	if got, want := a.selected(), []world.Ref{"vessel/1", "vessel/2"}; !slices.Equal(got, want) {
		t.Errorf("marked are %q, want %q", got, want)
	}
}
