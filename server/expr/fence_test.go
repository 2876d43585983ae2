package expr

import (
	"testing"

	"iocwall/server/world"
)

// A vessel knows the fences it is inside or near of, by id and by purpose.
func TestFencesOfAVessel(t *testing.T) {
	st := world.New(1)
	for i, b := range []world.Body{
		world.FenceSaved{Saved: world.Saved{ID: "san-ho", Name: "San hô Cù Lao Chàm", Version: 1}, Purpose: "protected"},
		world.FenceSaved{Saved: world.Saved{ID: "cam", Name: "Vùng cấm", Version: 1}, Purpose: "restricted"},
		world.VesselPosition{MMSI: "574000001"},
		world.FenceCrossed{Fence: "san-ho", About: "vessel/574000001", State: world.FenceInside},
		world.FenceCrossed{Fence: "cam", About: "vessel/574000001", State: world.FenceNear},
	} {
		e := world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: world.Time(1000 * (i + 1)), Body: b}}
		if _, err := st.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	v, _ := st.Vessel("574000001")
	env, _ := ForKind(world.KindVessel)
	for src, want := range map[string]bool{
		`inside("san-ho")`:                       true,
		`inside("cam")`:                          false,
		`inside("khac")`:                         false,
		`near("cam") && near("san-ho")`:          true,
		`insideAny("protected")`:                 true,
		`insideAny("restricted")`:                false,
		`nearAny("restricted")`:                  true,
		`insideAny("") && !insideAny("danger")`:  true,
		`fence == "san-ho"`:                      true,
		`fenceName == "San hô Cù Lao Chàm"`:      true,
		`age(fenceSince) == 1s`:                  true,
		`"x" in ["x"] && inside(fence)`:          true,
		`any(["san-ho", "cam"], inside(#))`:      true,
		`inside("san-ho") ? near("cam") : false`: true,
	} {
		p, err := Compile(src, env, Options{Want: Truth})
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		vars := Vars{}
		env.Loader(p).Load(vars, 5000, st, v)
		var m Machine
		if got, err := m.Truth(p, vars); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", src, got, err, want)
		}
	}
	station, _ := ForKind(world.KindStation)
	if _, err := Compile(`inside("san-ho")`, station, Options{Want: Truth}); err == nil {
		t.Error("a station is asked for its fences")
	}
}
