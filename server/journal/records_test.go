package journal

import (
	"slices"
	"testing"

	"iocwall/server/world"
)

// Each kind of body must be decided on: kept for ever or not.
func TestEveryKindIsDecided(t *testing.T) {
	t.Parallel()
	kinds := world.Kinds()
	for _, kind := range kinds {
		if _, ok := kept[kind]; !ok {
			t.Errorf("say in records.go whether %q outlives retention", kind)
		}
	}
	for kind := range kept {
		if !slices.Contains(kinds, kind) {
			t.Errorf("records.go decides on %q, which there is not", kind)
		}
	}
}

func TestIsRecord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body world.Body
		want bool
	}{
		{world.Audited{}, true},
		{world.VesselPosition{}, false},
		{world.Reading{}, false},
		{world.FigureReported{}, true},
		{world.EntityGone{Ref: "vessel/574000001"}, false},
		{world.EntityGone{Ref: "report/PA-1"}, true},
		{world.EntityGone{Ref: "alert/x"}, true},
		{world.Unknown{Name: "made.later"}, true},
	} {
		if isRecord(c.body) != c.want {
			t.Errorf("%s %+v: %v", c.body.Kind(), c.body, !c.want)
		}
	}
}
