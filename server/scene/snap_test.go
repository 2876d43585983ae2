package scene

import (
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/world"
)

func rectAt(t interface{ Fatal(...any) }, w world.WallDefined, a At) Rect {
	x, y, ww, h, err := a.Rect(w)
	if err != nil {
		t.Fatal(err)
	}
	return Rect{x, y, ww, h}
}

func TestFind(t *testing.T) {
	w := reference()
	for _, a := range []At{
		{Screens: "1"},
		{Screens: "4-24"},
		{Screens: "1-27"},
		{Screens: "5", Cell: "2x2:3"},
		{Screens: "5", Cell: "3x1:1-2"},
		{Screens: "5", Cell: "1x2:2"},
		{Screens: "1-9", Top: 208},
		{Screens: "1", Below: 208, Cell: "2x2:1"},
		{Screens: "1-9", Below: 208},
		{Screens: "4-15", Cell: "3x3:2-6"},
		{Screens: "10", Below: 112, Cell: "3x1:2-3"},
		{Screens: "27", Cell: "4x4:16"},
		{Screens: "27", Cell: "6x1:2"},
	} {
		r := rectAt(t, w, a)
		if got, ok := Find(w, r); !ok || got != a {
			t.Errorf("%+v is found as %+v, %v", a, got, ok)
		}
	}
	for _, r := range []Rect{{3, 0, 1217.6, 684.9}, {0, 0, 1300, 684.9}, {0, 0, 100, 100.05}, {-1217.6, 0, 1217.6, 684.9}, {0, 0, 1217.6, 0}} {
		if got, ok := Find(w, r); ok {
			t.Errorf("%v is found as %+v", r, got)
		}
	}
	if got := (At{Screens: "1-9", Below: 208, Cell: "2x2:1"}).String(); got != "1-9 below 208 cell 2x2:1" {
		t.Error(got)
	}
}

func TestSnap(t *testing.T) {
	w := reference()
	for _, c := range []struct {
		name string
		r    Rect
		want At
	}{
		{"nearly a screen", Rect{20, -10, 1200, 700}, At{Screens: "1"}},
		{"nearly a half", Rect{5, 10, 600, 680}, At{Screens: "1", Cell: "2x1:1"}},
		{"nearly two thirds", Rect{5, 10, 800, 680}, At{Screens: "1", Cell: "3x1:1-2"}},
		{"a corner", Rect{600, 350, 640, 350}, At{Screens: "1", Cell: "2x2:4"}},
		{"over a bezel", Rect{100, 20, 2300, 650}, At{Screens: "1-2"}},
		{"a strip over three", Rect{30, 0, 3600, 330}, At{Screens: "1-3", Cell: "1x2:1"}},
		{"a block", Rect{3700, 20, 3600, 2000}, At{Screens: "4-24"}},
		{"far away", Rect{99999, 99999, 10, 10}, At{Screens: "27", Cell: "3x3:9"}},
	} {
		got, r, ok := Snap(w, c.r)
		if !ok || got != c.want || !got.says(w, r) {
			t.Errorf("%s: %+v %v %v, want %+v", c.name, got, r, ok, c.want)
		}
	}
	if _, _, ok := Snap(world.WallDefined{}, Rect{W: 1, H: 1}); ok {
		t.Error("a wall without screens has a grid")
	}
}

// What was snapped once stays, has words, and no grid place is nearer than it.
func TestSnapProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Grid{
			ID: "w", Columns: rapid.IntRange(1, 5).Draw(t, "columns"), Rows: rapid.IntRange(1, 3).Draw(t, "rows"),
			PanelW: rapid.Float64Range(300, 2000).Draw(t, "pw"), PanelH: rapid.Float64Range(200, 1200).Draw(t, "ph"),
			Gap: rapid.Float64Range(1, 40).Draw(t, "gap"), PxW: 1920, PxH: 1080,
		}.Wall()
		_, _, ww, wh := Bounds(w)
		r := Rect{rapid.Float64Range(-50, ww).Draw(t, "x"), rapid.Float64Range(-50, wh).Draw(t, "y"), rapid.Float64Range(10, ww).Draw(t, "w"), rapid.Float64Range(10, wh).Draw(t, "h")}
		at, got, ok := Snap(w, r)
		if !ok || !at.says(w, got) {
			t.Fatalf("%v: %+v is not %v", r, at, got)
		}
		if again, _, _ := Snap(w, got); again != at {
			t.Fatalf("%+v snaps on to %+v", at, again)
		}
		if found, ok := Find(w, got); !ok || !found.says(w, got) {
			t.Fatalf("%+v is found as %+v, %v", at, found, ok)
		}
	})
}
