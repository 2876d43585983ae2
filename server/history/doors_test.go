package history

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"iocwall/server/auth"
	"iocwall/server/world"
)

// A ship that came from another area does not tell a unit where it was there.
func TestNoPositionsOfOtherAreas(t *testing.T) {
	st := world.New(1)
	b := &book{}
	tell := func(at int, body world.Body) {
		t.Helper()
		b.add(at, body)
		e := b.events[len(b.events)-1]
		e.Seq = st.At().Seq + 1
		if _, err := st.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	tell(1, world.AreaDefined{ID: "a", Name: "A"})
	tell(1, world.AreaDefined{ID: "b", Name: "B"})
	tell(2, world.VesselPosition{MMSI: "574000001", Pos: [2]float64{108, 16}, Speed: 9, Area: "a"})
	tell(4000, world.VesselPosition{MMSI: "574000001", Pos: [2]float64{109, 15}, Speed: 0, Area: "b"})
	x := read(t, b, Options{})
	d := Doors{
		Index: x, OnLoop: func(_ context.Context, f func(*world.State)) error { f(st); return nil },
		Kinds: func(auth.Role) []string { return nil }, All: []string{world.KindVessel},
	}
	for who, want := range map[string]int{"": 2, "b": 1} {
		id := auth.Identity{Role: auth.Operator}
		if who != "" {
			id = auth.Identity{Role: auth.Unit, Areas: []string{who}}
		}
		w := httptest.NewRecorder()
		d.Serve(w, httptest.NewRequest("GET", "/api/history?kind=vessel&id=574000001", nil), id)
		var a Answer
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || len(a.Entries) != want {
			t.Errorf("%q: %d entries, want %d: %d %s", who, len(a.Entries), want, w.Code, w.Body)
		}
	}
}
