package scene

import (
	"testing"

	"iocwall/server/world"
)

func TestDiff(t *testing.T) {
	w := reference()
	tile := func(id, kind, at string, params ...string) world.Tile {
		r := rectAt(t, w, At{Screens: at})
		x := r.Put(world.Tile{ID: id, Kind: kind})
		for i := 0; i < len(params); i += 2 {
			x.Params = append(x.Params, world.Param{Key: params[i], Value: params[i+1]})
		}
		return x
	}
	a := world.SceneSaved{ID: "s", Version: 3, Name: "Ngày", Tiles: []world.Tile{
		tile("map", "map", "1-2", "zoom", "9"), tile("cam", "camera", "3", "camera", "a"), tile("old", "clock", "4"), tile("same", "line", "5"),
	}, Zones: []world.Zone{zone("z", Rect{0, 0, 100.5, 100}), zone("gone", rectAt(t, w, At{Screens: "8"}))}}
	b := world.SceneSaved{ID: "s", Version: 4, Name: "Đêm", Preset: 2, Tiles: []world.Tile{
		tile("cam", "tour", "3", "dwell", "10s"), tile("map", "map", "6-7", "zoom", "11"), tile("same", "line", "5"), tile("new", "clock", "9", "a", "b"),
	}, Zones: []world.Zone{zone("z", rectAt(t, w, At{Screens: "9"})), zone("more", rectAt(t, w, At{Screens: "10"}))}}
	b.Tiles[0].Important = true
	b.Zones[1].Name, b.Zones[1].Least = "Báo động", 40
	want := `--- s version 3
+++ s version 4
~ name: "Ngày" -> "Đêm"
~ preset: 0 -> 2
- tile old clock at 4
+ tile new clock at 9 a="b"
~ tile cam: kind camera -> tour; important false -> true; camera "a" -> -; dwell - -> "10s"
~ tile map: at 1-2 -> 6-7; zoom "9" -> "11"
~ order of tiles
- zone gone at 8
+ zone more at 10 "Báo động" least 40
- zone z at 0,0 100.5 x 100 mm
+ zone z at 9
`
	if got := Diff(a, b).Text(w); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if d := Diff(a, a); !d.Empty() || d.Text(w) != "" {
		t.Errorf("a scene differs from itself: %+v", d)
	}
}
