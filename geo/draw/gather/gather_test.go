package gather

import (
	"fmt"
	"image"
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw/hit"
	"iocwall/geo/draw/room"
	"iocwall/geo/draw/scene"
	"iocwall/geo/draw/sign"
)

// gathered gathers a frame over two screens with a bezel between them.
func gathered(f *scene.Frame) (*Gathering, *hit.Hits) {
	f.View = geo.ZoomView(geo.Pt(108, 15), 10, 400, 300)
	f.Screens = []image.Rectangle{image.Rect(0, 0, 195, 300), image.Rect(205, 0, 400, 300)}
	return gatheredAsSeen(f)
}

// gatheredAsSeen gathers a frame as its view and screens are.
func gatheredAsSeen(f *scene.Frame) (*Gathering, *hit.Hits) {
	f.Gather = scene.Gather{Vessels: true, Stations: true, Reports: true, Cameras: true, Marks: true}
	var grid room.Grid
	grid.Reset(f.View.Rect(), f.Screens, 4)
	g, hits := new(Gathering), hit.NewRecorder(f.View)
	g.Gather(Input{
		Frame: f, Grid: &grid, Panes: grid.Panes(), Where: []image.Rectangle{f.View.Rect().Inset(-160)}, Text: 14, Symbol: 20, Decimal: ",", Hits: hits,
		Width: func(s string) float64 { return 8 * float64(len(s)) },
	})
	return g, hits.Hits()
}

// summary says count, kind and worst sign of each ring, then what stands alone.
func summary(g *Gathering) string {
	var out []string
	for _, r := range g.Rings {
		late := ""
		if r.Late {
			late = "!"
		}
		out = append(out, fmt.Sprintf("%s/%d/%d%s", r.Count, r.Kind, r.Worst, late))
	}
	alone := len(g.Vessels) + len(g.Stations) + len(g.Reports) + len(g.Cameras) + len(g.Marks)
	return strings.Join(append(out, fmt.Sprint(alone)), " ")
}

func TestRings(t *testing.T) {
	at := geo.Pt(107.9, 15.05)
	ring := func(n int, kind, worst sign.Icon) string { return fmt.Sprintf("%d/%d/%d", n, kind, worst) }
	for _, c := range []struct {
		name  string
		frame scene.Frame
		want  string
	}{
		{"nothing", scene.Frame{}, "0"},
		{"one vessel", scene.Frame{Vessels: []scene.Vessel{{At: at}}}, "1"},
		{"vessels of one kind", scene.Frame{Vessels: []scene.Vessel{{At: at, Kind: scene.Cargo}, {At: at, Kind: scene.Cargo}}}, ring(2, sign.Cargo, sign.None) + " 0"},
		{"vessels of two kinds", scene.Frame{Vessels: []scene.Vessel{{At: at, Kind: scene.Cargo}, {At: at}}}, ring(2, sign.Vessel, sign.None) + " 0"},
		{"chosen and alarmed vessels", scene.Frame{Vessels: []scene.Vessel{
			{At: at}, {At: at}, {At: at, Selected: true}, {At: at, Severity: scene.Warning}, {At: at, Severity: scene.Critical},
		}}, ring(2, sign.Vessel, sign.None) + " 3"},
		{"a lost vessel before a notice", scene.Frame{Vessels: []scene.Vessel{{At: at, Lost: true}, {At: at, Severity: scene.Notice}}}, ring(2, sign.Vessel, sign.Offline) + " 0"},
		{"a notice", scene.Frame{Vessels: []scene.Vessel{{At: at, Severity: scene.Notice}, {At: at}}}, ring(2, sign.Vessel, sign.Notice) + " 0"},
		{"late reports", scene.Frame{Reports: []scene.Report{{At: at}, {At: at, Late: true}, {At: at}}}, ring(3, sign.Report, sign.Warning) + "! 0"},
		{"reports in time", scene.Frame{Reports: []scene.Report{{At: at}, {At: at}}}, ring(2, sign.Report, sign.None) + " 0"},
		{"the worst camera", scene.Frame{Cameras: []scene.Camera{{At: at, Health: scene.Frozen}, {At: at, Health: scene.Offline}, {At: at}}}, ring(3, sign.Camera, sign.Offline) + " 0"},
		{"a stale station", scene.Frame{Stations: []scene.Station{{At: at, Kind: scene.Water, Stale: true}, {At: at, Kind: scene.Water}}}, ring(2, sign.Water, sign.Stale) + " 0"},
		{"layers by themselves", scene.Frame{Marks: []scene.Mark{
			{At: at, Layer: "a", Icon: sign.School}, {At: at, Layer: "b"}, {At: at, Layer: "a", Icon: sign.School}, {At: at, Layer: "c"},
		}}, ring(2, sign.School, sign.None) + " 2"},
		{"far out of view", scene.Frame{Vessels: []scene.Vessel{{At: geo.Pt(100, 5)}, {At: geo.Pt(100, 5)}}}, "0"},
		{"no numbers", scene.Frame{Vessels: []scene.Vessel{{At: geo.Pt(math.NaN(), 15)}, {At: geo.Pt(108, math.Inf(1))}}}, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := gathered(&c.frame)
			if got := summary(g); got != c.want {
				t.Errorf("gathered %q, want %q", got, c.want)
			}
		})
	}
}

func TestWorstStation(t *testing.T) {
	at := geo.Pt(107.9, 15.05)
	g, _ := gathered(&scene.Frame{Stations: []scene.Station{
		{ID: "a", At: at, Value: "42", Importance: 1},
		{ID: "b", At: at, Value: "180", Importance: 4},
		{ID: "c", At: at, Value: "300", Importance: 6, Stale: true},
		{ID: "d", At: at, Importance: 9},
	}})
	if len(g.Rings) != 1 || g.Rings[0].Station.ID != "b" {
		t.Errorf("the ring %+v does not show the worst fresh value", g.Rings)
	}
}

// TestPlaces holds that no ring lies on a bezel, on what stands alone, or on
// another ring, and that a hand finds its members.
func TestPlaces(t *testing.T) {
	middle := geo.Pt(108, 15)
	f := &scene.Frame{
		Vessels: []scene.Vessel{{ID: "v", At: middle}, {ID: "w", At: middle}, {ID: "x", At: middle, Selected: true}},
		Reports: []scene.Report{{ID: "r", At: middle}, {ID: "s", At: middle}},
	}
	for i := range 1234 {
		f.Marks = append(f.Marks, scene.Mark{ID: fmt.Sprint(i), At: geo.Pt(107.8, 15.1)})
	}
	g, hits := gathered(f)
	if len(g.Rings) != 3 || g.Rings[2].Count != "1.234" {
		t.Fatalf("rings %+v", g.Rings)
	}
	for i, r := range g.Rings {
		box := image.Rect(r.X-r.Half, r.Y-r.Half, r.X+r.Half, r.Y+r.Half)
		if !box.In(f.Screens[0]) && !box.In(f.Screens[1]) {
			t.Errorf("ring %d at %v is on no screen", i, box)
		}
		for k := range i {
			o := &g.Rings[k]
			if d := math.Hypot(float64(r.X-o.X), float64(r.Y-o.Y)); d < 0.8*float64(r.Half+o.Half) {
				t.Errorf("rings %d and %d lie on each other", k, i)
			}
		}
		found := hits.At(r.X, r.Y, 0)
		if len(found) == 0 || len(found[0].Members) < 2 {
			t.Errorf("at ring %d: %v", i, found)
		}
	}
}

// TestCountsShow holds that no symbol that is drawn over rings hides the count of one,
// of whatever layer they are.
func TestCountsShow(t *testing.T) {
	at := geo.Pt(107.9, 15.05)
	for _, c := range []struct {
		name   string
		dx, dy float64 // of the symbol from its place
		half   float64
		frame  scene.Frame
	}{
		{"a station", 0, 0, 11, scene.Frame{Stations: []scene.Station{{At: at}}}},
		{"a camera", 0, 0, 10, scene.Frame{Cameras: []scene.Camera{{At: at}}}},
		{"a mark", 0, 0, 10, scene.Frame{Marks: []scene.Mark{{At: at}}}},
		{"the pin of a report", 7, -14, 14, scene.Frame{Reports: []scene.Report{{At: at}}}},
		{"an alert", 0, 0, 16, scene.Frame{Alerts: []scene.Alert{{At: at, Severity: scene.Critical}}}},
		{"an alarmed vessel", 0, 0, 10, scene.Frame{Vessels: []scene.Vessel{{At: at, Severity: scene.Severe}}}},
		{"a chosen vessel", 0, 0, 10, scene.Frame{Vessels: []scene.Vessel{{At: at, Selected: true}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.frame
			f.Vessels = append(f.Vessels, scene.Vessel{At: at}, scene.Vessel{At: at}, scene.Vessel{At: at})
			for i := range 8 {
				f.Reports = append(f.Reports, scene.Report{At: geo.Pt(at[0]+0.2, at[1]+0.0001*float64(i))})
				f.Marks = append(f.Marks, scene.Mark{Layer: "schools", At: at})
			}
			g, _ := gathered(&f)
			if len(g.Rings) < 3 {
				t.Fatalf("rings %+v", g.Rings)
			}
			x, y := f.View.Pixel(at)
			for _, r := range g.Rings {
				far, want := math.Hypot(float64(r.X)-x-c.dx, float64(r.Y)-y-c.dy), 0.8*(float64(r.Half)+c.half)
				if far < want-2 {
					t.Errorf("the ring of %s stands %.0f pixels from it, want %.0f", r.Count, far, want)
				}
			}
		})
	}
}

// TestPannedByPixels holds that rings stay where they are on the ground while a map of
// one screen is moved by single pixels.
func TestPannedByPixels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 9))
	near := func() geo.Point { return geo.Pt(108+rnd.NormFloat64()*0.04, 15+rnd.NormFloat64()*0.03) }
	var f scene.Frame
	for range 40 {
		f.Vessels = append(f.Vessels, scene.Vessel{At: near()})
		f.Marks = append(f.Marks, scene.Mark{At: near()})
	}
	for range 5 {
		f.Stations = append(f.Stations, scene.Station{At: near()})
		f.Cameras = append(f.Cameras, scene.Camera{At: near()})
		f.Alerts = append(f.Alerts, scene.Alert{At: near()})
	}
	f.View = geo.ZoomView(geo.Pt(108, 15), 10, 800, 600)
	was := map[image.Point]string{}
	for step := range 60 {
		g, _ := gatheredAsSeen(&f)
		is := map[image.Point]string{}
		for _, r := range g.Rings {
			is[image.Pt(r.X+step, r.Y)] = r.Count
		}
		if step > 0 && !maps.Equal(is, was) {
			t.Fatalf("after %d pixels the rings are %v, before %v", step, is, was)
		}
		was, f.View = is, f.View.Pan(1, 0)
	}
	if len(was) < 5 {
		t.Fatalf("only the rings %v", was)
	}
}
