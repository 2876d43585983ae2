package draw_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
)

// layerScenes are frames with one kind of layer each.
func layerScenes(style draw.Style) map[string]func(*draw.Frame) {
	land := geo.Bounds{Min: geo.Pt(107.5, 15.1), Max: geo.Pt(108.6, 16.0)}
	return map[string]func(*draw.Frame){
		"areas":    func(f *draw.Frame) { choropleth(f, style, mesh(land, 5, 4, 1)) },
		"clusters": crowd,
		"marks":    func(f *draw.Frame) { f.Marks = places() },
		"sketches": func(f *draw.Frame) {
			sketches(f)
			f.Band = image.Rect(400, 120, 520, 200)
			f.Furniture = draw.Furniture{Scale: true, Attribution: true, Data: "Mới nhất 09:42:05 · cũ nhất 03:32", Credit: "Nền tỉnh", Legend: []draw.LegendItem{
				{Heading: true, Text: "Vùng"},
				{Icon: draw.IconFence, Text: "Hàng rào"},
				{Line: style.Text2, Dashed: true, Text: "Ranh giới biển"},
				{Icon: draw.IconHospital, Text: "Bệnh viện"},
			}}
		},
	}
}

func TestGoldenLayers(t *testing.T) {
	for name, fill := range layerScenes(draw.Dark()) {
		for _, c := range []struct {
			kind  string
			style draw.Style
			sizes draw.Sizes
		}{{"dark", draw.Dark(), draw.Desk()}, {"light", draw.Light(), draw.Desk()}, {"wall", draw.Dark(), draw.Wall(56)}} {
			if c.kind == "light" && name != "areas" || c.kind == "wall" && name != "clusters" {
				continue
			}
			t.Run(name+"-"+c.kind, func(t *testing.T) {
				f := &draw.Frame{View: coast(720, 405), Home: []string{"da-nang"}}
				if c.kind == "wall" {
					f.View = coast(1920, 1080)
				}
				if c.kind == "light" {
					fill = layerScenes(c.style)[name]
				}
				fill(f)
				dst := picture(f.View)
				if _, err := renderer(t, c.style, c.sizes).Draw(dst, f); err != nil {
					t.Fatal(err)
				}
				if c.kind == "wall" {
					dst = halve(dst)
				}
				compare(t, filepath.Join("testdata", name+"-"+c.kind+".png"), dst)
			})
		}
	}
}

// TestEveryLayerDraws compares a frame with one thing to the same without it.
func TestEveryLayerDraws(t *testing.T) {
	at := geo.Pt(108.3, 15.6)
	ring := geo.MultiPolygon{{circle(at, 0.2)}}
	white := color.RGBA{255, 255, 255, 255}
	empty := picture(coast(400, 300))
	r := renderer(t, draw.Dark(), draw.Desk())
	if _, err := r.Draw(empty, &draw.Frame{View: coast(400, 300)}); err != nil {
		t.Fatal(err)
	}
	pair := func(n int) []draw.Vessel { return make([]draw.Vessel, n) }
	two := pair(2)
	two[0].At, two[1].At = at, at
	for name, f := range map[string]draw.Frame{
		"area with a fill":   {Areas: []draw.Area{{Polygons: ring, Fill: white}}},
		"area with an edge":  {Areas: []draw.Area{{Polygons: ring, Edge: white, Width: 1}}},
		"area without value": {Areas: []draw.Area{{Polygons: ring, Hatch: true}}},
		"chosen area":        {Areas: []draw.Area{{Polygons: ring, Selected: true}}},
		"named area":         {Areas: []draw.Area{{Polygons: ring, Name: "Tam Kỳ"}}},
		"fence":              {Areas: []draw.Area{{Polygons: ring, Fence: true}}},
		"line":               {Lines: []draw.Line{{Points: ring[0][0]}}},
		"named line":         {Lines: []draw.Line{{Points: ring[0][0], Color: color.RGBA{A: 1}, Width: 0.1, Name: "Đường"}}},
		"dot":                {Dots: []draw.Dot{{At: at}}},
		"vessel":             {Vessels: []draw.Vessel{{At: at}}},
		"station":            {Stations: []draw.Station{{At: at}}},
		"report":             {Reports: []draw.Report{{At: at}}},
		"camera":             {Cameras: []draw.Camera{{At: at}}},
		"alert":              {Alerts: []draw.Alert{{At: at, Severity: draw.Notice}}},
		"alert's area":       {Alerts: []draw.Alert{{At: geo.Pt(0, 0), Severity: draw.Severe, Area: ring}}},
		"mark":               {Marks: []draw.Mark{{At: at}}},
		"named mark":         {Marks: []draw.Mark{{At: at, Name: "Chợ", Importance: 1}}},
		"text":               {Texts: []draw.Text{{At: at, Text: "Chữ"}}},
		"text on a plate":    {Texts: []draw.Text{{At: at, Text: "Chữ", Plate: true}}},
		"handle":             {Handles: []draw.Handle{{At: at}}},
		"middle handle":      {Handles: []draw.Handle{{At: at, Middle: true}}},
		"band":               {Band: image.Rect(10, 10, 50, 50)},
		"cluster":            {Vessels: two, Gather: draw.Gather{Vessels: true}},
		"data":               {Furniture: draw.Furniture{Data: "Mới nhất 09:42"}},
		"credit":             {Furniture: draw.Furniture{Credit: "Nền tỉnh"}},
		"legend":             {Furniture: draw.Furniture{Legend: []draw.LegendItem{{Text: "A", Swatch: &draw.Swatch{Hatch: true}}}}},
	} {
		f.View = coast(400, 300)
		dst := picture(f.View)
		if _, err := r.Draw(dst, &f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if bytes.Equal(dst.Pix, empty.Pix) {
			t.Errorf("%s: nothing was drawn", name)
		}
	}
}

// TestSpans draws random scenes with every layer over 3 × 2 screens with bezels or
// without, some of a screen of another size, and over ones far apart, whole and by a
// renderer for each screen, and compares every pixel.
func TestSpans(t *testing.T) {
	const w, h = 300, 200
	for seed := range uint64(12) {
		rnd := rand.New(rand.NewPCG(seed, 11))
		sizes := []draw.Sizes{draw.Desk(), draw.Wall(28)}[seed%2]
		bezel := []int{14, 0, 120}[seed%3]
		f := everything(rnd, geo.FitView(geo.Bounds{Min: geo.Pt(107.3, 14.95), Max: geo.Pt(109.8, 16.15)}, 3*w+2*bezel, 2*h+bezel, 0))
		for y := range 2 {
			for x := range 3 {
				f.Screens = append(f.Screens, image.Rect(0, 0, w, h).Add(image.Pt(x*(w+bezel), y*(h+bezel))))
			}
		}
		if seed%9 > 5 {
			f.Screens[4].Max.Y -= 60
			f.Screens = slices.Delete(f.Screens, 2, 3)
		}
		for i := range f.Vessels {
			if v := &f.Vessels[i]; i%7 == 0 { // from other screens, too
				v.Speed = rnd.Float64() * 70
				v.Trail = []geo.Point{geo.Destination(v.At, v.Heading+180, 2e3+rnd.ExpFloat64()*2e4), v.At}
			}
		}
		for i := range f.Cameras {
			f.Cameras[i].Heading, f.Cameras[i].Angle, f.Cameras[i].Range = rnd.Float64()*360, 40, rnd.ExpFloat64()*1e4
		}
		whole := picture(f.View)
		want, err := renderer(t, draw.Dark(), sizes).Draw(whole, f)
		if err != nil {
			t.Fatal(err)
		}
		if want.Clusters == 0 || want.Labels == 0 {
			t.Fatalf("seed %d: %+v", seed, want)
		}
		var all draw.Stats
		for _, s := range f.Screens {
			f.View = f.View.CropTo(s)
			part := picture(f.View)
			got, err := renderer(t, draw.Dark(), sizes).Draw(part, f)
			if err != nil {
				t.Fatal(err)
			}
			all.Names, all.Labels, all.Clusters = all.Names+got.Names, all.Labels+got.Labels, all.Clusters+got.Clusters
			for y := range s.Dy() {
				a := part.Pix[y*part.Stride : y*part.Stride+s.Dx()*4]
				o := whole.PixOffset(s.Min.X, s.Min.Y+y)
				if !alike(a, whole.Pix[o:o+s.Dx()*4]) {
					t.Fatalf("seed %d: row %d of screen %v differs from the whole view", seed, y, s)
				}
			}
		}
		if all.Names != want.Names || all.Labels != want.Labels || all.Clusters != want.Clusters {
			t.Errorf("seed %d: on all screens %+v, on the whole %+v", seed, all, want)
		}
		for _, found := range want.Hits.In(f.View.Rect()) {
			if found.Members != nil && !slices.ContainsFunc(f.Screens, func(s image.Rectangle) bool { return found.At.In(s) }) {
				t.Errorf("seed %d: a cluster's middle lies on a bezel at %v", seed, found.At)
			}
		}
		f.View = f.View.Whole()
	}
}

// TestPannedPicture pans a map with every layer: the picture is that of a renderer
// which has never drawn another.
func TestPannedPicture(t *testing.T) {
	for seed := range uint64(2) {
		v := coast(500, 400)
		f := everything(rand.New(rand.NewPCG(seed, 5)), v)
		f.Band = image.Rectangle{}
		r := renderer(t, draw.Dark(), draw.Desk())
		part := image.Rect(60, 40, 440, 380)
		for i, step := range []image.Point{{}, {13, 0}, {-40, 7}, {0, -90}, {5, 5}, {}, {900, 3}, {-3, 150}, {250, -120}} {
			v = v.Pan(float64(step.X), float64(step.Y))
			switch i {
			case 4:
				v = v.Pan(0.4, 0)
			case 7:
				f.Areas[0].Fill = color.RGBA{200, 30, 90, 200}
			}
			f.View = v.CropTo(part)
			got, want := picture(f.View), picture(f.View)
			if _, err := r.Draw(got, f); err != nil {
				t.Fatal(err)
			}
			if _, err := renderer(t, draw.Dark(), draw.Desk()).Draw(want, f); err != nil {
				t.Fatal(err)
			}
			if !alike(got.Pix, want.Pix) {
				t.Fatalf("seed %d, step %d: another picture than without the ones before", seed, i)
			}
		}
	}
}

// everything is a random frame with all layers on.
func everything(rnd *rand.Rand, v geo.View) *draw.Frame {
	f := scene(v)
	crowd(f)
	b := v.Bounds()
	somewhere := func() geo.Point {
		return geo.Pt(b.Min[0]+rnd.Float64()*(b.Max[0]-b.Min[0]), b.Min[1]+rnd.Float64()*(b.Max[1]-b.Min[1]))
	}
	choropleth(f, draw.Dark(), mesh(b, 4+rnd.IntN(5), 3+rnd.IntN(4), rnd.Uint64()))
	sketches(f)
	f.Marks = append(f.Marks, places()...)
	for i := range f.Vessels {
		f.Vessels[i].At = geo.Destination(f.Vessels[i].At, rnd.Float64()*360, rnd.Float64()*9000)
	}
	for i := range 12 {
		f.Reports[i].At, f.Cameras[i].At, f.Marks[i].At, f.Texts[i%2].At = somewhere(), somewhere(), somewhere(), somewhere()
	}
	for i := range f.Alerts {
		f.Alerts[i].At = somewhere()
	}
	f.Band = image.Rect(rnd.IntN(v.Width), rnd.IntN(v.Height), rnd.IntN(v.Width), rnd.IntN(v.Height))
	f.Furniture = draw.Furniture{Scale: true, Attribution: true, Data: "Mới nhất 09:42:05", Credit: "Nền tỉnh"}
	f.WantHits = true
	return f
}

// TestPanKeepsClusters pans a map: rings whose members lie well in view stay as
// they are.
func TestPanKeepsClusters(t *testing.T) {
	f := &draw.Frame{View: coast(900, 600), WantHits: true}
	crowd(f)
	r := renderer(t, draw.Dark(), draw.Desk())
	rings := func(dx, dy int) map[string]image.Point {
		f.View = coast(900, 600).Pan(float64(dx), float64(dy))
		stats, err := r.Draw(picture(f.View), f)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]image.Point{}
		for _, found := range stats.Hits.In(f.View.Rect()) {
			if at := found.At.Add(image.Pt(dx, dy)); found.Members != nil && at.In(image.Rect(150, 150, 750, 450)) {
				out[fmt.Sprint(found.Layer, found.Members)] = at
			}
		}
		return out
	}
	first := rings(0, 0)
	if len(first) < 20 {
		t.Fatalf("%d rings", len(first))
	}
	for _, d := range []image.Point{{1, 0}, {37, -20}, {-120, 75}, {100, 100}} {
		for members, at := range rings(d.X, d.Y) {
			before, ok := first[members]
			if gap := at.Sub(before); !ok && at.In(image.Rect(170, 170, 730, 430)) || ok && (max(gap.X, -gap.X) > 1 || max(gap.Y, -gap.Y) > 1) {
				t.Errorf("panned by %v: a ring at %v was at %v before, %v", d, at, before, ok)
			}
		}
	}
}

// TestNoSeams fills areas that share edges with one colour: no pixel between them
// may show what lies beneath.
func TestNoSeams(t *testing.T) {
	white := color.RGBA{255, 255, 255, 255}
	for _, zoom := range []float64{8, 9.37, 10.5} {
		f := &draw.Frame{View: geo.ZoomView(geo.Pt(20.2, 45.6), zoom, 300, 300), Areas: mesh(geo.Bounds{Min: geo.Pt(18, 43), Max: geo.Pt(23, 48)}, 24, 20, 5)}
		for i := range f.Areas {
			f.Areas[i].Fill = white
		}
		dst := picture(f.View)
		if _, err := renderer(t, draw.Dark(), draw.Sizes{Text: 4, Symbol: 4, Line: 1}).Draw(dst, f); err != nil {
			t.Fatal(err)
		}
		dark := 0
		for y := range 300 {
			for x := range 300 {
				if c := dst.RGBAAt(x, y); c.R < 250 {
					dark++
				}
			}
		}
		if dark > 0 {
			t.Errorf("zoom %g: %d pixels show what lies beneath", zoom, dark)
		}
	}
}

func TestHitsOfAFrame(t *testing.T) {
	f := scene(coast(960, 540))
	f.Gather.Vessels = true
	sketches(f)
	f.Marks = places()
	r := renderer(t, draw.Dark(), draw.Desk())
	without, with := picture(f.View), picture(f.View)
	stats, err := r.Draw(without, f)
	if err != nil || stats.Hits != nil {
		t.Fatalf("%v, hits %v though nobody asked", err, stats.Hits)
	}
	f.WantHits = true
	if stats, err = r.Draw(with, f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(without.Pix, with.Pix) {
		t.Error("the picture depends on whether hits are wanted")
	}
	x, y := f.View.Pixel(f.Alerts[0].At)
	if found := stats.Hits.At(int(x), int(y), 3); len(found) == 0 || found[0].Layer != "alerts" || found[0].ID != "1" {
		t.Errorf("at the alert: %v", found)
	}
	x, y = f.View.Pixel(geo.Pt(109.3, 15.4))
	if found := stats.Hits.At(int(x), int(y), 0); len(found) == 0 || found[len(found)-1].Layer != "fences" || found[len(found)-1].ID != "f" {
		t.Errorf("in the fence: %v", found)
	}
	layers := map[string]int{}
	members := 0
	for _, found := range stats.Hits.In(f.View.Rect()) {
		layers[found.Layer]++
		members += len(found.Members)
	}
	for layer, want := range map[string]int{
		"stations": 7, "reports": 5, "cameras": 3, "alerts": 3, "places": 16, "texts": 2, "fences": 2, "drawings": 2, "sea": 1,
	} {
		if layers[layer] != want {
			t.Errorf("%d of %s, want %d", layers[layer], layer, want)
		}
	}
	if n := layers["vessels"]; n < 80 || members == 0 || n+members > 2*len(f.Vessels) {
		t.Errorf("%d vessels and clusters with %d members", n, members)
	}
}

// TestOddLayers draws what files and hands give in bad hours.
func TestOddLayers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	long := make([]geo.Point, 1_000_000)
	for i := range long {
		sin, cos := math.Sincos(float64(i) / 1000)
		long[i] = geo.Pt(108.5+cos*0.3, 15.5+sin*0.3+float64(i%7)*1e-3)
	}
	world := []geo.Point{{-179, 80}, {179, 80}, {179, -80}, {-179, -80}, {-179, 80}}
	crossing := []geo.Point{{170, 10}, {-170, 10}, {-170, 20}, {170, 20}, {170, 10}}
	f := &draw.Frame{WantHits: true, Gather: draw.Gather{Vessels: true, Stations: true, Reports: true, Cameras: true, Marks: true}}
	for _, ring := range [][]geo.Point{nil, {{nan, nan}}, {{108, 15}}, {{108, 15}, {nan, inf}, {109, 16}, {108, 16}}, world, crossing, {{1e300, -1e300}, {inf, 0}, {0, 0}}} {
		for _, a := range []draw.Area{{Fill: color.RGBA{9, 9, 9, 99}}, {Hatch: true}, {Fence: true}, {Edge: color.RGBA{A: 255}, Width: nan}, {Selected: true, Dashed: true}} {
			a.Polygons, a.Name = geo.MultiPolygon{{}, {ring}, {ring, ring}}, "x y"
			f.Areas = append(f.Areas, a)
		}
		f.Lines = append(f.Lines, draw.Line{Points: ring, Name: "x", Dashed: true}, draw.Line{Points: ring, Width: inf, Selected: true})
		for _, p := range ring {
			for range 2 {
				f.Marks = append(f.Marks, draw.Mark{At: p, Icon: 255, Name: "x", Importance: 1})
				f.Texts = append(f.Texts, draw.Text{At: p, Text: "x"}, draw.Text{At: p, Plate: true})
				f.Handles = append(f.Handles, draw.Handle{At: p})
				f.Vessels = append(f.Vessels, draw.Vessel{At: p})
				f.Stations = append(f.Stations, draw.Station{At: p, Importance: math.MinInt})
				f.Reports = append(f.Reports, draw.Report{At: p})
				f.Cameras = append(f.Cameras, draw.Camera{At: p, Health: 200})
			}
		}
	}
	f.Lines = append(f.Lines, draw.Line{Points: long, Name: "dài", Dashed: true})
	f.Areas = append(f.Areas, draw.Area{Polygons: geo.MultiPolygon{{long}}, Name: "rộng", Hatch: true})
	f.Band = image.Rect(-1<<40, -1<<40, 1<<40, 1<<40)
	f.Furniture = draw.Furniture{Data: string(bytes.Repeat([]byte("dài · "), 400)), Credit: " · · ", Legend: []draw.LegendItem{{Swatch: &draw.Swatch{}}, {Icon: 255}}}
	r := renderer(t, draw.Dark(), draw.Desk())
	for _, v := range []geo.View{
		geo.ZoomView(geo.Pt(108.5, 15.5), 0, 200, 150), geo.ZoomView(geo.Pt(108.5, 15.5), 9, 200, 150),
		geo.ZoomView(geo.Pt(108.5, 15.5), 22, 200, 150), geo.ZoomView(geo.Pt(180, 15), 4, 200, 150), geo.ZoomView(geo.Pt(0, 85), 3, 200, 150),
	} {
		f.View = v
		stats, err := r.Draw(picture(v), f)
		if err != nil {
			t.Errorf("zoom %g: %v", v.Zoom(), err)
		}
		stats.Hits.At(100, 75, 10)
	}
}

// TestKeptSheetFollows changes areas and lines in every way: what was kept from
// the frame before must not show.
func TestKeptSheetFollows(t *testing.T) {
	base := func() *draw.Frame {
		f := &draw.Frame{View: coast(300, 200)}
		f.Areas = []draw.Area{{Layer: "a", Polygons: geo.MultiPolygon{{circle(geo.Pt(108.3, 15.6), 0.2)}}, Fill: color.RGBA{200, 0, 0, 255}, Edge: color.RGBA{0, 200, 0, 255}, Width: 1}}
		f.Lines = []draw.Line{{Points: []geo.Point{{107.5, 15.2}, {109, 16}}, Width: 2}}
		return f
	}
	r := renderer(t, draw.Dark(), draw.Desk())
	for name, change := range map[string]func(*draw.Frame){
		"nothing":       func(*draw.Frame) {},
		"fill":          func(f *draw.Frame) { f.Areas[0].Fill.R++ },
		"edge":          func(f *draw.Frame) { f.Areas[0].Edge.B = 99 },
		"width":         func(f *draw.Frame) { f.Areas[0].Width = 3 },
		"hatch":         func(f *draw.Frame) { f.Areas[0].Hatch = true },
		"chosen":        func(f *draw.Frame) { f.Areas[0].Selected = true },
		"fence":         func(f *draw.Frame) { f.Areas[0].Fence = true },
		"corner":        func(f *draw.Frame) { f.Areas[0].Polygons[0][0][5][0] += 0.1 },
		"line":          func(f *draw.Frame) { f.Lines[0].Points[1][1] -= 0.1 },
		"dashes":        func(f *draw.Frame) { f.Lines[0].Dashed = true },
		"no area":       func(f *draw.Frame) { f.Areas = nil },
		"nothing of it": func(f *draw.Frame) { f.Areas, f.Lines = nil, nil },
		"view":          func(f *draw.Frame) { f.View = f.View.Pan(3, 4) },
		"crop":          func(f *draw.Frame) { f.View = f.View.CropTo(image.Rect(50, 20, 250, 150)) },
	} {
		first, f := base(), base()
		change(f)
		kept, fresh := picture(f.View), picture(f.View)
		if _, err := r.Draw(picture(first.View), first); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := r.Draw(kept, f); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := renderer(t, draw.Dark(), draw.Desk()).Draw(fresh, f); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(kept.Pix, fresh.Pix) {
			t.Errorf("%s: the picture shows what was kept", name)
		}
	}
}

// TestFewAllocationsOfLayers draws all layers.
func TestFewAllocationsOfLayers(t *testing.T) {
	f := everything(rand.New(rand.NewPCG(1, 1)), coast(960, 540))
	f.WantHits = false
	fewAllocations(t, f)
}
