package scene

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/world"
)

// The places of a zone, written as which share of the screens they take.
func TestShare(t *testing.T) {
	w := reference()
	at := func(a At) Rect {
		x, y, ww, h, err := a.Rect(w)
		if err != nil {
			t.Fatal(err)
		}
		return Rect{x, y, ww, h}
	}
	for _, c := range []struct {
		name string
		zone At
		n    int
		want []At
	}{
		{"one alone has all", At{Screens: "11-12"}, 1, []At{{Screens: "11-12"}}},
		{"a screen each", At{Screens: "11-12"}, 2, []At{{Screens: "11"}, {Screens: "12"}}},
		{"three on three", At{Screens: "11-13"}, 3, []At{{Screens: "11"}, {Screens: "12"}, {Screens: "13"}}},
		{"two by two", At{Screens: "4-14"}, 4, []At{{Screens: "4"}, {Screens: "5"}, {Screens: "13"}, {Screens: "14"}}},
		{"the last row is filled", At{Screens: "4-14"}, 3, []At{{Screens: "4"}, {Screens: "5"}, {Screens: "13-14"}}},
		{"quarters of a screen", At{Screens: "5"}, 4, []At{{Screens: "5", Cell: "2x2:1"}, {Screens: "5", Cell: "2x2:2"}, {Screens: "5", Cell: "2x2:3"}, {Screens: "5", Cell: "2x2:4"}}},
		{"one large, four small", At{Screens: "13-14"}, 5, []At{{Screens: "13"}, {Screens: "14", Cell: "2x2:1"}, {Screens: "14", Cell: "2x2:2"}, {Screens: "14", Cell: "2x2:3"}, {Screens: "14", Cell: "2x2:4"}}},
		{"nine on three by three", At{Screens: "4-24"}, 9, []At{
			{Screens: "4"}, {Screens: "5"}, {Screens: "6"}, {Screens: "13"}, {Screens: "14"}, {Screens: "15"}, {Screens: "22"}, {Screens: "23"}, {Screens: "24"},
		}},
	} {
		got := Share(w, at(c.zone), c.n)
		for i := range max(len(got), len(c.want)) {
			if i >= len(got) || i >= len(c.want) || fmt.Sprintf("%.1f", got[i]) != fmt.Sprintf("%.1f", at(c.want[i])) {
				t.Errorf("%s: %.1f, want %v", c.name, got, c.want)
				break
			}
		}
	}
	if got := Share(w, Rect{}, 3); got != nil {
		t.Errorf("no place was shared: %v", got)
	}
}

// Whatever is shared, the shares are inside and apart, and no screen's edge is
// crossed by a share that could be a screen of its own.
func TestShareProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := Grid{
			ID: "w", Columns: rapid.IntRange(1, 9).Draw(t, "columns"), Rows: rapid.IntRange(1, 3).Draw(t, "rows"),
			PanelW: 1217.6, PanelH: 684.9, Gap: rapid.Float64Range(0, 40).Draw(t, "gap"), PxW: 1920, PxH: 1080,
		}.Wall()
		_, _, ww, wh := Bounds(w)
		r := Rect{X: rapid.Float64Range(0, ww/2).Draw(t, "x"), Y: rapid.Float64Range(0, wh/2).Draw(t, "y")}
		r.W, r.H = rapid.Float64Range(100, ww-r.X).Draw(t, "w"), rapid.Float64Range(100, wh-r.Y).Draw(t, "h")
		n := rapid.IntRange(1, 16).Draw(t, "n")
		got := Share(w, r, n)
		if len(got) != n {
			t.Fatalf("%d shares, want %d", len(got), n)
		}
		for i, a := range got {
			if !r.Holds(a) || a.W <= 0 || a.H <= 0 {
				t.Fatalf("share %d %v is outside %v", i, a, r)
			}
			for j, b := range got[:i] {
				if a.Overlaps(b) {
					t.Fatalf("shares %d %v and %d %v lie over each other", i, a, j, b)
				}
			}
		}
	})
}

func zone(id string, r Rect) world.Zone { return world.Zone{ID: id, X: r.X, Y: r.Y, W: r.W, H: r.H} }

func sceneWithZones(zs ...world.Zone) world.SceneSaved { return world.SceneSaved{ID: "s", Zones: zs} }

func TestZonesAreChecked(t *testing.T) {
	w := reference()
	s := sceneWithZones(
		zone("a", Rect{0, 0, 1217.6, 684.9}), zone("a", Rect{2000, 0, 500, 500}), zone("", Rect{4000, 0, 500, 500}),
		zone("far", Rect{-9000, 0, 10, 10}), zone("flat", Rect{0, 0, 0, 10}), zone("over", Rect{100, 100, 100, 100}),
	)
	s.Zones[1].Least = 101
	var all []string
	for _, p := range CheckScene(w, s) {
		all = append(all, p.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{`zone 2 (a): the id "a" is used twice`, "zone 3 (): needs an id", "zone 4 (far): lies on no screen", "zone 5 (flat): needs a width", "zone 6 (over): lies over zone 1 (a)", "zone 2 (a): needs a least priority of 0 to 100"} {
		if !strings.Contains(text, want) {
			t.Errorf("no word of %q in:\n%s", want, text)
		}
	}
}
