package scene

import (
	"image"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/world"
)

func reference() world.WallDefined {
	return Grid{
		ID: "main", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Gap: 7.6, PxW: 1920, PxH: 1080,
		Seat: 5000, PerNode: []int{2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2}, NodeFormat: "pc-%02d",
	}.Wall()
}

func TestGridIsTheReferenceWall(t *testing.T) {
	w := reference()
	if len(w.Screens) != 27 || len(Check(w)) != 0 {
		t.Fatalf("%d screens, problems %v", len(w.Screens), Check(w))
	}
	nodes := map[string]int{}
	for _, s := range w.Screens {
		nodes[s.Node]++
	}
	if len(nodes) != 12 {
		t.Errorf("%d nodes, want 12: %v", len(nodes), nodes)
	}
	if last := w.Screens[26]; math.Abs(last.X-8*(1217.6+7.6)) > 1e-6 || math.Abs(last.Y-2*(684.9+7.6)) > 1e-6 {
		t.Errorf("screen 27 at %v, %v", last.X, last.Y)
	}
}

func TestAt(t *testing.T) {
	w := reference()
	for _, c := range []struct {
		at   At
		want image.Rectangle // in pixels of the screen the place starts on
		on   int
	}{
		{At{Screens: "1"}, image.Rect(0, 0, 1920, 1080), 1},
		{At{Screens: "5", Cell: "2x2:4"}, image.Rect(960, 540, 1920, 1080), 5},
		{At{Screens: "1", Top: 208}, image.Rect(0, 0, 1920, 208), 1},
		{At{Screens: "1", Below: 208, Cell: "2x2:1"}, image.Rect(0, 208, 960, 644), 1},
		{At{Screens: "27", Cell: "3x1:1-2"}, image.Rect(0, 0, 1280, 1080), 27},
	} {
		x, y, ww, h, err := c.at.Rect(w)
		if err != nil {
			t.Errorf("%+v: %v", c.at, err)
			continue
		}
		plan, _ := Layout(w, world.SceneSaved{Tiles: []world.Tile{{ID: "a", Kind: "clock", X: x, Y: y, W: ww, H: h}}})
		got := plan.Screens[c.on-1].Tiles
		if len(got) != 1 || got[0].Visible != c.want {
			t.Errorf("%+v lies at %+v, want %v", c.at, got, c.want)
		}
		for i, sp := range plan.Screens {
			if i != c.on-1 && len(sp.Tiles) > 0 {
				t.Errorf("%+v spills on to screen %d", c.at, i+1)
			}
		}
	}
	for _, bad := range []At{{Screens: "x"}, {Screens: "28"}, {Screens: "24-4"}, {Screens: "1", Cell: "2x2"}, {Screens: "1", Cell: "2x2:5"}, {Screens: "1", Cell: "0x2:1"}} {
		if _, _, _, _, err := bad.Rect(w); err == nil {
			t.Errorf("%+v was accepted", bad)
		}
	}
}

func TestSpanLeavesOutWhatBezelsHide(t *testing.T) {
	w := reference()
	x, y, ww, h, err := At{Screens: "4-24"}.Rect(w)
	if err != nil {
		t.Fatal(err)
	}
	plan, problems := Layout(w, world.SceneSaved{Tiles: []world.Tile{{ID: "map", Kind: "map", X: x, Y: y, W: ww, H: h}}})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	centre := plan.Screens[13].Tiles[0] // screen 14, the middle of three by three
	if centre.Column != 1 || centre.Row != 1 || centre.Columns != 3 || centre.Rows != 3 {
		t.Errorf("centre is %+v", centre)
	}
	// One screen and one bezel of 7.6 mm (12 px) lie left of the centre.
	if centre.Whole.Min.X != -(1920 + 12) {
		t.Errorf("whole starts at %d px, want %d", centre.Whole.Min.X, -(1920 + 12))
	}
}

func TestProblemsAreAllNamed(t *testing.T) {
	w := reference()
	w.Screens[1].X = 10
	w.Screens[2].PxW = 0
	w.Screens[3].ID = 1
	s := world.SceneSaved{Tiles: []world.Tile{
		{ID: "a", Kind: "clock", X: -5000, W: 10, H: 10},
		{ID: "a", W: 0},
		{ID: "popup:a:1", Kind: "clock", W: 10, H: 10},
		{ID: "day/map", Kind: "clock", W: 10, H: 10},
	}}
	_, problems := Layout(w, s)
	var all []string
	for _, p := range problems {
		all = append(all, p.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"lies over screen", "above zero", "used twice; number", "on no screen", "used twice in this scene", "needs a kind", "\"popup:a:1\" is kept for what the server puts", "\"day/map\" is kept"} {
		if !strings.Contains(text, want) {
			t.Errorf("no word of %q in:\n%s", want, text)
		}
	}
}

// TestNamesAreNoTemplates: what people called a thing stands in a refusal as it is.
func TestNamesAreNoTemplates(t *testing.T) {
	p := problem("tile 1 ({id})", "layout.id.twice", "the id \"{id}\" is used twice in this scene", "id", "{where}")
	if got := p.Refusal().Text; got != p.Error() || !strings.Contains(got, `"{where}"`) {
		t.Errorf("%s, want %s", got, p.Error())
	}
}

// Two tiles over each other are named, tiles that touch are not.
func TestTilesOverEachOther(t *testing.T) {
	at := func(id string, x, y, w, h float64) world.Tile {
		return world.Tile{ID: id, Kind: "clock", X: x, Y: y, W: w, H: h}
	}
	for _, c := range []struct {
		name string
		a, b world.Tile
		over bool
	}{
		{"apart", at("a", 0, 0, 100, 100), at("b", 200, 0, 100, 100), false},
		{"side by side", at("a", 0, 0, 100, 100), at("b", 100, 0, 100, 100), false},
		{"rounded", at("a", 0, 0, 100.9, 100), at("b", 100, 0, 100, 100), false},
		{"an edge too far", at("a", 0, 0, 102, 100), at("b", 100, 0, 100, 100), true},
		{"a corner", at("a", 0, 0, 100, 100), at("b", 98, 98, 100, 100), true},
		{"above each other", at("a", 0, 0, 100, 100), at("b", 0, 99.5, 100, 100), false},
		{"inside", at("a", 0, 0, 500, 500), at("b", 100, 100, 10, 10), true},
		{"the same", at("a", 0, 0, 100, 100), at("b", 0, 0, 100, 100), true},
	} {
		got := CheckScene(reference(), world.SceneSaved{Tiles: []world.Tile{c.a, c.b}})
		if len(got) > 0 != c.over {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.over && len(got) == 1 && (got[0].Tile != 2 || got[0].Error() != "tile 2 (b): lies over tile 1 (a); give each a place of its own") {
			t.Errorf("%s: %+v", c.name, got[0])
		}
	}
}

func TestTilesAreBounded(t *testing.T) {
	if got := CheckScene(reference(), world.SceneSaved{ID: "s", Tiles: make([]world.Tile, maxTiles+1)}); len(got) != 1 || got[0].Error() != "scene s: has 501 tiles; a scene may have 500" {
		t.Error(got)
	}
}

// Whatever the wall, visible parts lie on their screen and inside the whole.
func TestLayoutProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{
			ID: "w", Columns: rapid.IntRange(1, 9).Draw(t, "columns"), Rows: rapid.IntRange(1, 4).Draw(t, "rows"),
			PanelW: rapid.Float64Range(300, 2000).Draw(t, "w"), PanelH: rapid.Float64Range(200, 1200).Draw(t, "h"),
			Gap: rapid.Float64Range(0, 40).Draw(t, "gap"), PxW: rapid.IntRange(320, 3840).Draw(t, "pxw"), PxH: rapid.IntRange(180, 2160).Draw(t, "pxh"),
		}
		w := g.Wall()
		_, _, ww, wh := Bounds(w)
		tile := world.Tile{
			ID: "t", Kind: "map", X: rapid.Float64Range(0, ww-50).Draw(t, "x"), Y: rapid.Float64Range(0, wh-50).Draw(t, "y"),
			W: rapid.Float64Range(50, 3000).Draw(t, "tw"), H: rapid.Float64Range(50, 3000).Draw(t, "th"),
		}
		plan, _ := Layout(w, world.SceneSaved{Tiles: []world.Tile{tile}})
		for _, sp := range plan.Screens {
			for _, p := range sp.Tiles {
				if !p.Visible.In(image.Rect(0, 0, g.PxW, g.PxH)) || !p.Visible.In(p.Whole) {
					t.Fatalf("screen %d: visible %v, whole %v", sp.Screen.ID, p.Visible, p.Whole)
				}
				if p.Column >= p.Columns || p.Row >= p.Rows {
					t.Fatalf("screen %d: part %d,%d of %dx%d", sp.Screen.ID, p.Column, p.Row, p.Columns, p.Rows)
				}
			}
		}
	})
}
