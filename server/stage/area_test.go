package stage

import (
	"testing"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/scene"
	"iocwall/server/world"
)

// Who may see the cameras of some areas only puts no others on a wall, where they
// would see them.
func TestCamerasOfOtherAreas(t *testing.T) {
	w := scene.Grid{ID: "main", Columns: 2, Rows: 1, PanelW: 1000, PanelH: 600, PxW: 1920, PxH: 1080}.Wall()
	camera := func(id string) world.Tile {
		return world.Tile{ID: id, Kind: "camera", W: 400, H: 300, Params: []world.Param{{Key: "camera", Value: id}}}
	}
	theirs := world.SceneSaved{ID: "theirs", Wall: "main", Name: "Của họ", Version: 1, Tiles: []world.Tile{camera("far")}}
	l := &ledger{t: t, events: map[string]int{}, still: newStill(t, w,
		world.AreaDefined{ID: "a"}, world.AreaDefined{ID: "b"},
		world.CameraDefined{ID: "near", Area: "a"}, world.CameraDefined{ID: "far", Area: "b"}, theirs)}
	s, err := New(Options{History: l})
	if err != nil {
		t.Fatal(err)
	}
	bounded := auth.Identity{Token: "t1", Name: "Lan", Role: auth.Operator, Areas: []string{"a"}}
	whole := auth.Identity{Token: "t2", Name: "Mai", Role: auth.Operator}
	popup := func(camera world.Tile) act.Act {
		return act.OpenPopup{Popup: world.PopupAsked{Wall: "main", Tiles: []world.Tile{camera}}}
	}
	save := func(id string, version int, tiles ...world.Tile) act.Act {
		return act.SaveScene{Scene: world.SceneSaved{ID: id, Wall: "main", Name: "X", Version: version, Tiles: tiles}}
	}
	aside := camera("far")
	aside.X = 500
	for _, x := range []struct {
		what string
		id   auth.Identity
		act  act.Act
		ok   bool
	}{
		{"popup of the own area", bounded, popup(camera("near")), true},
		{"popup of another area", bounded, popup(camera("far")), false},
		{"popup of who sees all", whole, popup(camera("far")), true},
		{"scene of another area", bounded, save("mine", 0, camera("far")), false},
		{"a tile that was there, elsewhere", bounded, save("theirs", 1, aside), true},
		{"a camera that nobody knows", bounded, popup(camera("none")), true},
	} {
		if _, err := s.Do(t.Context(), x.id, x.act); (err == nil) != x.ok {
			t.Errorf("%s: %v", x.what, err)
		}
	}
}
