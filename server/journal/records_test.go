package journal

import (
	"os"
	"regexp"
	"testing"

	"iocwall/server/world"
)

// Each kind of body must be decided on: kept for ever or not.
func TestEveryKindIsDecided(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../world/kinds.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, m := range regexp.MustCompile(`"([a-z.]+)":\s+codecOf\[`).FindAllSubmatch(raw, -1) {
		kind := string(m[1])
		found[kind] = true
		if _, ok := kept[kind]; !ok {
			t.Errorf("say in records.go whether %q outlives retention", kind)
		}
	}
	if len(found) < 20 {
		t.Fatalf("only %d kinds found", len(found))
	}
	for kind := range kept {
		if !found[kind] {
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
