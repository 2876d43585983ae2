package document

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"iocwall/server/scene"
	"iocwall/server/world"
)

func wall() world.WallDefined {
	w := scene.Grid{
		ID: "main", Name: "Tường chính", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Gap: 7, PxW: 1920, PxH: 1080,
		Seat: 5000, PerNode: []int{3}, NodeFormat: "pc-%02d",
	}.Wall()
	w.Screens[26].Spare, w.Screens[0].Output = true, "HDMI-1"
	return w
}

const golden = `wall: main
id: ngay-thuong
name: Ngày thường
version: 3
preset: 1
tiles:
  - {id: line, kind: alerts, at: "1-9", top: 208}
  - {id: map, kind: map, at: "13-24", important: true, params: {center: "15.5,108.4", layers: "vessels,stations", zoom: "11"}}
  - {id: cam, kind: camera, at: "10", cell: "2x2:3", params: {camera: cau-cau-lau}}
  - {id: odd, kind: clock, mm: [10.5, 1400, 200, 100.25]}
  - {id: note, kind: note, at: "27", params: {text: "Dòng một\nDòng \"hai\" # 3", title: "on"}}
zones:
  - {id: bao-dong, name: "Báo động: đỏ", at: "16-17", least: 40}
`

func TestGolden(t *testing.T) {
	s, problems := ReadScene("s.yaml", []byte(golden), wall())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got := string(WriteScene(wall(), s)); got != golden {
		t.Errorf("written again:\n%s\nwant:\n%s", got, golden)
	}
	if s.Wall != "main" || s.Version != 3 || len(s.Tiles) != 5 || s.Tiles[4].Param("text") != "Dòng một\nDòng \"hai\" # 3" || !s.Tiles[1].Important || s.Zones[0].Least != 40 {
		t.Errorf("read %+v", s)
	}
	if x := s.Tiles[3]; x.X != 10.5 || x.H != 100.25 {
		t.Errorf("in millimetres: %+v", x)
	}
}

// Every fault is told, each with its place.
func TestFaults(t *testing.T) {
	const text = `wall: other
id: ""
nmae: x
version: -1
preset: 10
tiles:
  - {kind: camra, at: "1"}
  - {kind: map, at: "99"}
  - {kind: map}
  - {kind: map, at: "2", mm: [1, 2, 3, 4]}
  - {kind: map, at: "2", top: 5, below: 5}
  - {kind: map, mm: [1, 2, 3]}
  - {kind: map, mm: [1, 2, 3, 1000000000]}
  - {id: a, kind: clock, at: "5"}
  - {id: a, kind: clock, at: "5"}
zones:
  - {id: z, at: "7", least: 200}
  - {at: "8-3"}
`
	_, problems := ReadScene("s.yaml", []byte(text), wall())
	var all []string
	for _, p := range problems {
		all = append(all, p.String())
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{
		`s.yaml:1:7: wall: the scene is one of the wall "other"`,
		`s.yaml:2:5: id: a scene needs an id`,
		`s.yaml:3:1: nmae: unknown key; did you mean "name"?`,
		`s.yaml:4:10: version: is less than 0`,
		`s.yaml:5:9: preset: 10 is no key`,
		`s.yaml:7:12: tiles[0].kind: no kind of tile "camra"; did you mean "camera"?`,
		`s.yaml:8:6: tiles[1]: screens: the wall main has no screen 99`,
		`s.yaml:9:6: tiles[2]: does not say where it lies`,
		`s.yaml:10:6: tiles[3]: has a place in screens and one in millimetres`,
		`s.yaml:11:6: tiles[4]: has a strip of less than 0 pixels, or both`,
		`tiles[5].mm: expected 4 values, found 3`,
		`tiles[6].mm: 1e+09 mm is farther`,
		`s.yaml:15:6: tiles[8]: the id "a" is used twice`,
		`tiles[8]: lies over tile`,
		`s.yaml:17:6: zones[0]: needs a least priority of 0 to 100`,
		`s.yaml:18:6: zones[1]: screens "8-3"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no word of %q in\n%s", want, got)
		}
	}
	for _, c := range []struct{ text, want string }{
		{"a: [", "not YAML"},
		{"- 1", "expected keys and values"},
		{strings.Repeat("#", MaxBytes+1), "at most"},
		{"", "a scene needs an id"},
	} {
		if _, problems := ReadScene("s.yaml", []byte(c.text), wall()); len(problems) == 0 || !strings.Contains(problems[0].String(), c.want) {
			t.Errorf("%.10q: %v, want %q", c.text, problems, c.want)
		}
	}
}

// closeTo reports whether two scenes are the same to a hundredth of a millimetre.
func closeTo(a, b world.SceneSaved) bool {
	near := func(x, y scene.Rect) bool {
		for _, d := range []float64{x.X - y.X, x.Y - y.Y, x.W - y.W, x.H - y.H} {
			if math.Abs(d) > 0.011 {
				return false
			}
		}
		return true
	}
	if len(a.Tiles) != len(b.Tiles) || len(a.Zones) != len(b.Zones) {
		return false
	}
	for i := range a.Tiles {
		if !near(scene.RectOf(a.Tiles[i]), scene.RectOf(b.Tiles[i])) {
			return false
		}
		a.Tiles[i] = scene.RectOf(b.Tiles[i]).Put(a.Tiles[i])
	}
	for i := range a.Zones {
		if !near(scene.RectOfZone(a.Zones[i]), scene.RectOfZone(b.Zones[i])) {
			return false
		}
		a.Zones[i].X, a.Zones[i].Y, a.Zones[i].W, a.Zones[i].H = b.Zones[i].X, b.Zones[i].Y, b.Zones[i].W, b.Zones[i].H
	}
	return reflect.DeepEqual(a, b)
}

// What is written is read back the same, and what lies on the grid in words.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := wall()
		s := world.SceneSaved{ID: rapid.StringN(1, 20, 40).Draw(t, "id"), Wall: "main", Name: rapid.String().Draw(t, "name"), Version: rapid.IntRange(0, 9).Draw(t, "version"), Preset: rapid.IntRange(0, 9).Draw(t, "preset")}
		words := 0
		for i, screen := range rapid.SliceOfNDistinct(rapid.IntRange(0, 26), 0, 8, rapid.ID).Draw(t, "screens") {
			r := scene.RectOfScreen(w.Screens[screen])
			if rapid.Bool().Draw(t, "snapped") {
				words++
				_, r, _ = scene.Snap(w, scene.Rect{X: r.X, Y: r.Y, W: r.W * rapid.Float64Range(0.2, 1).Draw(t, "w"), H: r.H * rapid.Float64Range(0.2, 1).Draw(t, "h")})
			} else {
				r.X, r.W = r.X+rapid.Float64Range(1, 300).Draw(t, "x"), rapid.Float64Range(10, 800).Draw(t, "w")
			}
			x := r.Put(world.Tile{ID: string(rune('a'+i)) + strings.ReplaceAll(rapid.String().Draw(t, "tile"), "/", "-"), Kind: rapid.SampledFrom(world.TileKinds()).Draw(t, "kind"), Important: rapid.Bool().Draw(t, "important")})
			for _, k := range []string{"a", "b c", "đ:", "on"}[:rapid.IntRange(0, 4).Draw(t, "params")] {
				x.Params = append(x.Params, world.Param{Key: k, Value: rapid.String().Draw(t, "value")})
			}
			if rapid.Bool().Draw(t, "zone") {
				s.Zones = append(s.Zones, world.Zone{ID: x.ID, Name: rapid.String().Draw(t, "zone name"), X: x.X, Y: x.Y, W: x.W, H: x.H, Least: rapid.IntRange(0, 100).Draw(t, "least")})
			}
			s.Tiles = append(s.Tiles, x)
		}
		for i := range s.Tiles { // sorted as params are
			ps := s.Tiles[i].Params
			if len(ps) == 4 {
				ps[2], ps[3] = ps[3], ps[2]
			}
		}
		text := WriteScene(w, s)
		got, problems := ReadScene("s.yaml", text, w)
		if len(problems) > 0 {
			t.Fatalf("%v\n%s", problems, text)
		}
		if !closeTo(got, s) {
			t.Fatalf("read\n%+v\nwant\n%+v\n%s", got, s, text)
		}
		if n := strings.Count(string(text), ", at: "); n < words {
			t.Fatalf("%d places in words, %d were snapped:\n%s", n, words, text)
		}
	})
}

// FuzzReadScene holds that what is read without a problem is written and read the
// same again.
func FuzzReadScene(f *testing.F) {
	f.Add([]byte(golden))
	f.Add([]byte("id: a\ntiles: [{kind: map, at: \"1-27\", below: 3, cell: \"3x2:2-6\"}]\n"))
	f.Add([]byte("id: \"\\u0000\"\ntiles:\n- kind: map\n  mm: [0, 0, 1e5, .5]\n"))
	f.Add([]byte("id: &a x\nname: *a\n"))
	w := wall()
	f.Fuzz(func(t *testing.T, src []byte) {
		s, problems := ReadScene("f", src, w)
		if len(problems) > 0 {
			return
		}
		text := WriteScene(w, s)
		again, problems := ReadScene("f", text, w)
		if len(problems) > 0 || !closeTo(again, s) {
			t.Fatalf("%q: %v\n%s\n%+v\n%+v", src, problems, text, again, s)
		}
	})
}
