package why

import (
	"maps"
	"testing"

	"iocwall/server/world"
)

func TestNamed(t *testing.T) {
	st := world.New(1)
	items := []world.Item{
		{Enter: world.Camera{CameraDefined: world.CameraDefined{ID: "cam-1", Name: "Cổng chính"}}},
		{Enter: world.Scene{SceneSaved: world.SceneSaved{ID: "flood", Name: "Mưa bão"}}},
		{Enter: world.Alert{AlertRaised: world.AlertRaised{ID: "a1", Title: "Lũ Câu Lâu"}}},
		{Enter: world.Popup{PopupAsked: world.PopupAsked{ID: "p1", Alert: "a1"}}},
		{Enter: world.Schedule{Is: world.ScheduleSaved{Saved: world.Saved{ID: "night", Name: "Ban đêm"}, Wall: "main"}}},
		{Enter: world.Wall{WallDefined: world.WallDefined{ID: "hall", Name: "Sảnh"}}},
		{Enter: world.Wall{WallDefined: world.WallDefined{ID: "main", Name: "Tường chính"}, On: world.Switch{WallPrepared: world.WallPrepared{Tiles: []world.Placed{{Tile: world.Tile{ID: "t1", Kind: "clock"}}}}}}},
	}
	if _, err := st.ApplyBatch(&world.Batch{Epoch: 1, Items: items}, nil); err != nil {
		t.Fatal(err)
	}
	called := func(t world.Tile) string { return "Ô " + t.Kind }
	for name, c := range map[string]struct {
		values, want map[string]string
		tile         func(world.Tile) string
	}{
		"nothing":  {nil, nil, called},
		"scene":    {map[string]string{"scene": "flood", "wall": "main"}, map[string]string{"scene": "Mưa bão", "wall": "Tường chính"}, called},
		"camera":   {map[string]string{"camera": "cam-1", "n": "3"}, map[string]string{"camera": "Cổng chính", "n": "3"}, called},
		"alert":    {map[string]string{"alert": "a1"}, map[string]string{"alert": "Lũ Câu Lâu"}, called},
		"popup":    {map[string]string{"popup": "p1"}, map[string]string{"popup": "Lũ Câu Lâu"}, called},
		"tile":     {map[string]string{"tile": "t1", "wall": "main"}, map[string]string{"tile": "Ô clock", "wall": "Tường chính"}, called},
		"any wall": {map[string]string{"tile": "t1"}, map[string]string{"tile": "Ô clock"}, called},
		"schedule": {map[string]string{"schedule": "night", "scene": "flood"}, map[string]string{"schedule": "Ban đêm", "scene": "Mưa bão"}, called},
		"walls":    {map[string]string{"wall": "main", "otherwall": "hall"}, map[string]string{"wall": "Tường chính", "otherwall": "Sảnh"}, called},
		"behind":   {map[string]string{"why": "no tile t1", "why.code": "wall.tile", "why.tile": "t1", "why.wall": "main"}, map[string]string{"why": "no tile t1", "why.code": "wall.tile", "why.tile": "Ô clock", "why.wall": "Tường chính"}, called},
		"no namer": {map[string]string{"tile": "t1"}, map[string]string{"tile": "t1"}, nil},
		"unknown":  {map[string]string{"scene": "x", "camera": "x", "alert": "x", "popup": "x", "tile": "x", "area": "x", "wall": "x", "schedule": "x"}, map[string]string{"scene": "x", "camera": "x", "alert": "x", "popup": "x", "tile": "x", "area": "x", "wall": "x", "schedule": "x"}, called},
	} {
		before := maps.Clone(c.values)
		if got := Named(st, c.values, c.tile); !maps.Equal(got, c.want) || !maps.Equal(c.values, before) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := Named(nil, map[string]string{"scene": "flood"}, called); got["scene"] != "flood" {
		t.Errorf("before the first data: %v", got)
	}
}
