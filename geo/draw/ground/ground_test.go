package ground

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

func parsed(t testing.TB, data string) *style.Style {
	t.Helper()
	s, problems, err := style.Parse([]byte(data))
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return s
}

func painter(s *style.Style) *Painter { return New(Options{Style: s, Text: 14, Line: 1.25}, Palette{}) }

func drawn(p *Painter, m Map) *image.RGBA {
	win := m.View.Visible()
	img := image.NewRGBA(image.Rect(0, 0, win.Dx(), win.Dy()))
	c := raster.CanvasOf(img, win)
	p.Draw(&c, m)
	return img
}

// over lists the tiles of a zoom that a view shows.
func over(v geo.View, zoom int) [][3]int {
	n := math.Exp2(float64(zoom))
	ox, oy := v.Origin()
	var out [][3]int
	for y := int(oy / v.World * n); y <= int((oy+float64(v.Height))/v.World*n); y++ {
		for x := int(ox / v.World * n); x <= int((ox+float64(v.Width))/v.World*n); x++ {
			out = append(out, [3]int{zoom, x, y})
		}
	}
	return out
}

// inland is a view without any part of a region in it.
func inland(zoom float64) geo.View { return geo.ZoomView(geo.Pt(105.1, 21.4), zoom, 500, 400) }

func solid(side int, c color.RGBA) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	return img
}

// TestNoSeams draws tiles of one colour at many scales: every pixel has it. The
// tiles' shapes end at their edges.
func TestNoSeams(t *testing.T) {
	s := parsed(t, `{"version": 8, "layers": [
		{"id": "bg", "type": "background", "source": "builtin", "paint": {"background-color": "#f00"}},
		{"id": "b", "type": "fill", "source": "builtin", "source-layer": "x", "paint": {"fill-color": "#f00"}},
		{"id": "land", "type": "fill", "source": "tiles", "source-layer": "land", "paint": {"fill-color": "#204060"}},
		{"id": "road", "type": "line", "source": "tiles", "source-layer": "road", "paint": {"line-color": "#204060", "line-width": 9}}]}`)
	want := color.RGBA{0x20, 0x40, 0x60, 255}
	img := solid(256, want)
	for _, zoom := range []float64{9, 9.13, 9.77, 10.31, 12.9} {
		for _, pan := range []float64{0, 0.37} {
			v := inland(zoom).Pan(pan, pan)
			var pictures, vectors tiles.Data
			for _, k := range over(v, 10) {
				pictures.Rasters = append(pictures.Rasters, tiles.Raster{Z: k[0], X: k[1], Y: k[2], Img: img, Part: img.Rect})
				side := math.Exp2(-float64(k[0]))
				x, y := float64(k[1])*side, float64(k[2])*side
				vectors.Vectors = append(vectors.Vectors, tiles.Vector{Z: k[0], X: k[1], Y: k[2], Layers: []tiles.VectorLayer{{
					Name: "land", Features: []tiles.VectorFeature{{Geometry: orb.Polygon{
						{{x, y}, {x, y + side}, {x + side, y + side}, {x + side, y}, {x, y}},
					}}},
				}}})
			}
			for name, d := range map[string]tiles.Data{"pictures": pictures, "vectors": vectors} {
				got := drawn(painter(s), Map{View: v, Data: d})
				for i := 0; i < len(got.Pix); i += 4 {
					if got.Pix[i] != want.R || got.Pix[i+1] != want.G || got.Pix[i+2] != want.B {
						t.Fatalf("%s, zoom %g, pan %g: pixel %d,%d is %v", name, zoom, pan, i/4%500, i/4/500, got.Pix[i:i+4])
					}
				}
			}
		}
	}
}

// TestPicturesKeepTheirPlace draws a picture of a ramp: its values lie where they
// belong, also where a part of a coarser one stands in.
func TestPicturesKeepTheirPlace(t *testing.T) {
	ramp := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for y := range 256 {
		for x := range 256 {
			o := ramp.PixOffset(x, y)
			ramp.Pix[o], ramp.Pix[o+1], ramp.Pix[o+3] = uint8(x), uint8(y), 255
		}
	}
	const z, tx, ty = 6, 50, 28
	side := math.Exp2(-z)
	middle := geo.Unproject((tx+0.5)*side, (ty+0.5)*side)
	for _, zoom := range []float64{6, 6.4, 7.3, 5.2, 9.1} {
		v := geo.ZoomView(middle, zoom, 300, 300)
		quarter := tiles.Raster{Z: z + 1, X: 2*tx + 1, Y: 2*ty + 1, Img: ramp, Part: image.Rect(128, 128, 256, 256)}
		for name, d := range map[string]tiles.Data{
			"whole": {Rasters: []tiles.Raster{{Z: z, X: tx, Y: ty, Img: ramp, Part: ramp.Rect}}},
			"part":  {Rasters: []tiles.Raster{quarter}},
		} {
			got := drawn(painter(nil), Map{View: v, Data: d})
			for _, at := range []image.Point{{160, 160}, {180, 155}, {155, 170}} {
				p := v.Point(float64(at.X)+0.5, float64(at.Y)+0.5)
				x, y := geo.Project(p)
				wantX, wantY := (x/side-tx)*256-0.5, (y/side-ty)*256-0.5
				c := got.RGBAAt(at.X, at.Y)
				slack := 1.5 + 256/(v.World*side)
				if math.Abs(float64(c.R)-wantX) > slack || math.Abs(float64(c.G)-wantY) > slack {
					t.Errorf("%s, zoom %g: %v shows %d, %d of the picture, want %.1f, %.1f", name, zoom, at, c.R, c.G, wantX, wantY)
				}
			}
		}
	}
}

// TestChange compares the colours of a changed picture with the formula of the
// specification's reference.
func TestChange(t *testing.T) {
	for _, c := range []struct {
		paint string
		in    color.RGBA
		want  [3]uint8
	}{
		{`"raster-opacity": 1`, color.RGBA{10, 200, 90, 255}, [3]uint8{10, 200, 90}},
		{`"raster-saturation": -1`, color.RGBA{30, 60, 90, 255}, [3]uint8{60, 60, 60}},
		{`"raster-saturation": -0.5`, color.RGBA{30, 60, 90, 255}, [3]uint8{45, 60, 75}},
		{`"raster-brightness-max": 0.5`, color.RGBA{100, 200, 0, 255}, [3]uint8{50, 100, 0}},
		{`"raster-brightness-min": 0.2`, color.RGBA{0, 255, 100, 255}, [3]uint8{51, 255, 131}},
		{`"raster-contrast": -0.5`, color.RGBA{0, 255, 128, 255}, [3]uint8{63, 191, 127}},
		{`"raster-opacity": 0.5`, color.RGBA{200, 100, 0, 255}, [3]uint8{100, 50, 0}},
		{`"raster-brightness-max": 0.5`, color.RGBA{0, 0, 0, 0}, [3]uint8{0, 0, 0}},
	} {
		s := parsed(t, `{"layers": [{"id": "bg", "type": "background", "paint": {"background-color": "#000"}},
			{"id": "sea", "type": "line", "source": "builtin", "source-layer": "none"},
			{"id": "r", "type": "raster", "source": "x", "paint": {`+c.paint+`}}]}`)
		v := inland(8)
		img := solid(256, c.in)
		var d tiles.Data
		for _, k := range over(v, 8) {
			d.Rasters = append(d.Rasters, tiles.Raster{Z: k[0], X: k[1], Y: k[2], Img: img, Part: img.Rect})
		}
		got := drawn(painter(s), Map{View: v, Data: d}).RGBAAt(250, 200)
		for k, v := range []uint8{got.R, got.G, got.B} {
			if math.Abs(float64(v)-float64(c.want[k])) > 1.5 {
				t.Errorf("%s makes of %v %v, want %v", c.paint, c.in, got, c.want)
				break
			}
		}
	}
}

// striped is a map of vector tiles whose roads run on from tile to tile.
func striped(v geo.View, zoom int, known map[[3]int]tiles.Vector) tiles.Data {
	var d tiles.Data
	for _, k := range over(v, zoom) {
		tile, ok := known[k]
		if !ok {
			side := math.Exp2(-float64(k[0]))
			at := func(u, v float64) orb.Point { return orb.Point{(float64(k[1]) + u) * side, (float64(k[2]) + v) * side} }
			var roads []tiles.VectorFeature
			for i := range 12 {
				t := float64(i) / 12
				roads = append(roads, tiles.VectorFeature{Geometry: orb.LineString{at(0, t), at(0.5, t+0.05), at(1, t)}},
					tiles.VectorFeature{Geometry: orb.LineString{at(t, 0), at(t+0.03, 0.4), at(t, 1)}})
			}
			tile = tiles.Vector{Z: k[0], X: k[1], Y: k[2], Layers: []tiles.VectorLayer{{Name: "road", Features: roads}}}
			known[k] = tile
		}
		d.Vectors = append(d.Vectors, tile)
	}
	return d
}

// TestMovedPicture pans by whole pixels and by parts of them: the picture is that
// of a painter which has never drawn another.
func TestMovedPicture(t *testing.T) {
	s := parsed(t, `{"layers": [{"id": "bg", "type": "background", "paint": {"background-color": "#111"}},
		{"id": "road", "type": "line", "source": "tiles", "source-layer": "road", "paint": {"line-color": "#fff", "line-width": 4}}]}`)
	p := painter(s)
	known := map[[3]int]tiles.Vector{}
	v := inland(10.6)
	img := image.NewRGBA(v.Rect())
	c := raster.CanvasOf(img, v.Rect())
	moved := 0
	for i, step := range []image.Point{{}, {13, 0}, {-40, 7}, {0, -90}, {5, 5}, {0, 0}, {900, 3}, {-3, 200}} {
		v = v.Pan(float64(step.X), float64(step.Y))
		if i == 4 {
			v = v.Pan(0.4, 0)
		}
		m := Map{View: v, Data: striped(v, 10, known)}
		if fresh := p.Draw(&c, m); len(fresh) > 0 && fresh[0] != c.Win {
			moved++
		}
		want := drawn(painter(s), m)
		for k := range want.Pix {
			if d := int(want.Pix[k]) - int(img.Pix[k]); d > 3 || d < -3 {
				t.Fatalf("step %d: pixel %d,%d differs by %d", i, k/4%500, k/4/500, d)
			}
		}
	}
	if moved != 4 {
		t.Errorf("%d of the steps were moved, want 4", moved)
	}
}

// TestLinesJoin follows roads that are cut at the edges of tiles: there is no gap.
func TestLinesJoin(t *testing.T) {
	s := parsed(t, `{"layers": [{"id": "bg", "type": "background", "paint": {"background-color": "#111"}},
		{"id": "road", "type": "line", "source": "tiles", "source-layer": "road", "paint": {"line-color": "#fff", "line-width": 5}}]}`)
	for _, zoom := range []float64{9.37, 10, 10.81} {
		v := inland(zoom)
		got := drawn(painter(s), Map{View: v, Data: striped(v, 9, map[[3]int]tiles.Vector{})})
		k := over(v, 9)[0]
		side := math.Exp2(-float64(k[0]))
		for y := k[2]; y <= k[2]+3; y++ {
			for i := 1; i < 12; i++ {
				// Each road leaves its tile at the height where it came in.
				for x := k[1] + 1; x <= k[1]+3; x++ {
					at := affineOf(v).pixel(geo.Pt(float64(x)*side, (float64(y)+float64(i)/12)*side))
					for dx := -3.0; dx <= 3; dx++ {
						p := image.Pt(int(at.X+dx), int(at.Y+math.Abs(dx)*0.1))
						if p.In(v.Rect()) && got.RGBAAt(p.X, p.Y).R < 200 {
							t.Errorf("zoom %g: the road breaks off at %v", zoom, p)
						}
					}
				}
			}
		}
	}
}

// TestCropsOfTiles draws a view whole and in parts, as computers side by side do.
func TestCropsOfTiles(t *testing.T) {
	data, err := assets.MapStyle("dark")
	if err != nil {
		t.Fatal(err)
	}
	s := parsed(t, string(data))
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	v := geo.ZoomView(geo.Pt(110.2, 16.1), 7.3, 600, 400)
	img := solid(256, color.RGBA{90, 160, 30, 255})
	d, _ := src.Map(v)
	for _, k := range over(v, 7) {
		d.Rasters = append(d.Rasters, tiles.Raster{Z: k[0], X: k[1], Y: k[2], Img: img, Part: img.Rect})
	}
	whole := drawn(painter(s), Map{View: v, Data: d})
	for _, crop := range []image.Rectangle{image.Rect(0, 0, 203, 400), image.Rect(207, 3, 600, 201), image.Rect(211, 206, 600, 400)} {
		part := drawn(painter(s), Map{View: v.CropTo(crop), Data: d})
		for y := range crop.Dy() {
			a := part.Pix[y*part.Stride : y*part.Stride+4*crop.Dx()]
			o := whole.PixOffset(crop.Min.X, crop.Min.Y+y)
			for i := range a {
				if d := int(a[i]) - int(whole.Pix[o+i]); d > 3 || d < -3 {
					t.Fatalf("crop %v differs in row %d, column %d, by %d", crop, y, i/4, d)
				}
			}
		}
	}
}

// TestWindings holds that rings are filled whichever way they turn, and holes not.
func TestWindings(t *testing.T) {
	s := parsed(t, `{"layers": [{"id": "bg", "type": "background", "paint": {"background-color": "#000"}},
		{"id": "b", "type": "fill", "source": "builtin", "source-layer": "none"},
		{"id": "f", "type": "fill", "source": "tiles", "source-layer": "f", "paint": {"fill-color": "#fff"}}]}`)
	v := inland(9)
	k := over(v, 8)[0]
	x0, y0 := geo.Project(v.Point(100, 100))
	x1, y1 := geo.Project(v.Point(300, 300))
	ring := func(x0, y0, x1, y1 float64, back bool) orb.Ring {
		r := orb.Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}, {x0, y0}}
		if back {
			slices.Reverse(r)
		}
		return r
	}
	w, h := x1-x0, y1-y0
	for i := range 8 {
		outer, hole, other := i&1 > 0, i&2 > 0, i&4 > 0
		d := tiles.Data{Vectors: []tiles.Vector{{Z: k[0] - 4, X: k[1] >> 4, Y: k[2] >> 4, Layers: []tiles.VectorLayer{{Name: "f", Features: []tiles.VectorFeature{
			{Geometry: orb.Polygon{ring(x0, y0, x1, y1, outer), ring(x0+w/4, y0+h/4, x0+w/2, y0+h/2, hole)}},
			{Geometry: orb.MultiPolygon{{ring(x0+w*0.75, y0, x1+w/4, y1, other)}}},
			{Geometry: orb.Polygon{{{math.NaN(), 0}, {1, 1}, {0, 1}, {math.NaN(), 0}}}},
			{Geometry: orb.Polygon{}},
		}}}}}}
		got := drawn(painter(s), Map{View: v, Data: d})
		for at, want := range map[image.Point]uint8{{120, 120}: 255, {175, 175}: 0, {280, 200}: 255, {320, 200}: 255, {380, 200}: 0} {
			if c := got.RGBAAt(at.X, at.Y).R; c != want {
				t.Errorf("turned %v %v %v: %v is %d, want %d", outer, hole, other, at, c, want)
			}
		}
	}
}

// TestStyles holds that both styles of the product are whole, have the same layers
// and draw the built-in map as the plain style does.
func TestStyles(t *testing.T) {
	var ids [2][]string
	for i, theme := range []string{"dark", "light"} {
		data, err := assets.MapStyle(theme)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range parsed(t, string(data)).Layers {
			ids[i] = append(ids[i], l.ID)
		}
	}
	if !slices.Equal(ids[0], ids[1]) {
		t.Errorf("dark has the layers %v, light %v", ids[0], ids[1])
	}
	for i, l := range Plain(Palette{}).Layers {
		if ids[0][i] != l.ID {
			t.Errorf("layer %d of the plain style is %q, of the others %q", i, l.ID, ids[0][i])
		}
	}
	if _, err := assets.MapStyle("sepia"); err == nil {
		t.Error("there is a style of any name")
	}
}

// TestSchemas holds which layers take what of the common schemas of vector tiles.
func TestSchemas(t *testing.T) {
	data, err := assets.MapStyle("dark")
	if err != nil {
		t.Fatal(err)
	}
	point, line := orb.Point{0.79, 0.44}, orb.LineString{{0.79, 0.44}, {0.7901, 0.4401}}
	area := orb.Polygon{{{0.79, 0.44}, {0.7901, 0.44}, {0.7901, 0.4401}, {0.79, 0.44}}}
	type properties = map[string]any
	for _, c := range []struct {
		layer string
		shape orb.Geometry
		p     properties
		want  string
	}{
		{"water", area, properties{"class": "ocean"}, "water"},
		{"landcover", area, properties{"class": "wood"}, "landcover"},
		{"landuse", area, properties{"class": "residential"}, "landuse"},
		{"waterway", line, properties{"class": "river"}, "waterway"},
		{"transportation", line, properties{"class": "motorway"}, "transportation-major"},
		{"transportation", line, properties{"class": "tertiary"}, "transportation-medium"},
		{"transportation", line, properties{"class": "minor"}, "transportation-minor"},
		{"transportation", line, properties{"class": "track"}, "transportation-path"},
		{"transportation", line, properties{"class": "rail"}, "transportation-rail"},
		{"building", area, properties{}, "building"},
		{"boundary", line, properties{"admin_level": int64(2)}, "boundary-country"},
		{"boundary", line, properties{"admin_level": int64(2), "maritime": int64(1)}, ""},
		{"boundary", line, properties{"admin_level": int64(4)}, "boundary-part"},
		{"place", point, properties{"class": "city", "name": "Huế"}, "cities"},
		{"place", point, properties{"class": "village", "name": "An Bình"}, "villages"},
		{"transportation_name", line, properties{"class": "primary", "name": "Hùng Vương"}, "road-names"},
		{"earth", area, properties{"kind": "earth"}, "earth"},
		{"water", line, properties{"kind": "river"}, "water-lines"},
		{"roads", line, properties{"kind": "highway", "kind_detail": "motorway"}, "roads-major roads-names"},
		{"roads", line, properties{"kind": "major_road", "kind_detail": "secondary"}, "roads-medium roads-names"},
		{"roads", line, properties{"kind": "minor_road", "kind_detail": "residential"}, "roads-minor roads-names"},
		{"buildings", area, properties{"kind": "building"}, "buildings"},
		{"boundaries", line, properties{"kind": "country", "kind_detail": "2"}, "boundaries-country"},
		{"boundaries", line, properties{"kind": "region", "kind_detail": "4"}, "boundaries-part"},
		{"places", point, properties{"kind": "locality", "kind_detail": "city", "name": "Huế"}, "localities"},
		{"places", point, properties{"kind": "neighbourhood", "name": "An Bình"}, "neighbourhoods"},
	} {
		p := painter(parsed(t, string(data)))
		p.prepare(Map{View: inland(9)})
		got := p.content(&tiles.Vector{Layers: []tiles.VectorLayer{{Name: c.layer, Features: []tiles.VectorFeature{{Geometry: c.shape, Properties: c.p}}}}})
		var ids []string
		for i := range p.layers {
			if l := &p.layers[i]; len(got.layers[i]) > 0 && l.From != tileLayer {
				ids = append(ids, l.ID)
			}
		}
		if s := strings.Join(ids, " "); s != c.want {
			t.Errorf("%s %v is drawn by %q, want %q", c.layer, c.p, s, c.want)
		}
	}
}

// TestRegionsHoldTheIslands holds the boxes against the list of islands.
func TestRegionsHoldTheIslands(t *testing.T) {
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := src.Map(geo.View{})
	boxes := map[string]geo.Bounds{"hoang-sa": hoangSa(), "truong-sa": truongSa()}
	n := 0
	for _, p := range d.Places {
		if b, ok := boxes[p.Group]; ok && p.Class == tiles.ClassIslet {
			n++
			if !b.Pad(-margin * 360).Contains(p.At) {
				t.Errorf("%s at %v is not well inside %v", p.Name, p.At, b)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d islands", n)
	}
	for _, land := range append(slices.Clone(d.Provinces), d.Outside...) {
		for _, polygon := range land.Polygons {
			if b := polygon.Bound(); (b.Intersects(hoangSa()) || b.Intersects(truongSa())) && b.Max[0]-b.Min[0] > 0.3 {
				for _, p := range polygon[0] {
					if hoangSa().Contains(p) || truongSa().Contains(p) {
						t.Fatalf("the coast at %v lies in a region", p)
					}
				}
			}
		}
	}
}

func TestForeignNames(t *testing.T) {
	b := newBarred()
	for _, name := range []string{
		"South China Sea", "SOUTH-CHINA SEA", "Mer de Chine Méridionale", "南海诸岛", "西沙群岛", "Quần đảo Paracel", "Южно-Китайское море",
		"Dagat Kanlurang Pilipinas", "Nánshā Qúndǎo", "ทะเลจีนใต้", "Morze Południowochińskie", "West Philippine Sea",
	} {
		if !b.foreign(name) {
			t.Errorf("%q may be written", name)
		}
	}
	for _, name := range []string{"", "Biển Đông", "Hoàng Sa", "Đà Nẵng", "Nam Hải", "Hải Nam", "Vịnh Bắc Bộ", "Côn Đảo", "Núi Thành", "abc"} {
		if b.foreign(name) {
			t.Errorf("%q may not be written", name)
		}
	}
}

// TestLabels holds order, languages, doubles and letters of the names of tiles.
func TestLabels(t *testing.T) {
	s := parsed(t, `{"layers": [
		{"id": "small", "type": "symbol", "source": "x", "source-layer": "place", "filter": ["==", "class", "village"], "layout": {"text-field": "{name}"}},
		{"id": "large", "type": "symbol", "source": "x", "source-layer": "place", "filter": ["==", "class", "city"],
			"layout": {"text-field": ["coalesce", ["get", "name:vi"], ["get", "name"]], "text-size": 20, "symbol-sort-key": ["get", "rank"]},
			"paint": {"text-color": "#123456", "text-halo-color": "#fff", "text-halo-width": 2}},
		{"id": "road", "type": "symbol", "source": "x", "source-layer": "road", "layout": {"text-field": "{name}", "symbol-placement": "line"}}]}`)
	v := inland(9)
	at := func(x, y float64) orb.Point {
		ux, uy := geo.Project(v.Point(x, y))
		return orb.Point{ux, uy}
	}
	place := func(x, y float64, p map[string]any) tiles.VectorFeature {
		return tiles.VectorFeature{Geometry: at(x, y), Properties: p}
	}
	var d tiles.Data
	for _, k := range over(v, 9) {
		d.Vectors = append(d.Vectors, tiles.Vector{Z: k[0], X: k[1], Y: k[2], Layers: []tiles.VectorLayer{
			{Name: "place", Features: []tiles.VectorFeature{
				place(100, 100, map[string]any{"class": "village", "name": "Làng Ẫm"}),
				place(300, 100, map[string]any{"class": "city", "name": "Second", "name:vi": "Thứ Hai", "rank": int64(2)}),
				place(100, 300, map[string]any{"class": "city", "name": "Nhất", "rank": uint64(1)}),
				place(300, 300, map[string]any{"class": "city", "name": "ຫຼວງພະບາງ", "name:en": "Luang Prabang", "rank": 3.0}),
				place(350, 200, map[string]any{"class": "city", "name": "ກ", "rank": 4.0}),
				place(-50, 200, map[string]any{"class": "city", "name": "outside"}),
			}},
			{Name: "road", Features: []tiles.VectorFeature{
				{Geometry: orb.LineString{at(20, 200), at(250, 200)}, Properties: map[string]any{"name": "Quốc lộ 1"}},
				{Geometry: orb.LineString{at(20, 20), at(40, 20)}, Properties: map[string]any{"name": "Ngõ"}},
			}},
		}})
	}
	p := painter(s)
	m := Map{View: v, Data: d}
	drawn(p, m)
	var got []string
	for _, l := range p.Labels(m) {
		got = append(got, fmt.Sprintf("%s %.0f,%.0f %g", l.Text, l.At.X, l.At.Y, l.Size))
	}
	want := []string{"Quốc lộ 1 135,200 16", "Nhất 100,300 20", "Thứ Hai 300,100 20", "Luang Prabang 300,300 20", "Làng Ẫm 100,100 16"}
	if !slices.Equal(got, want) {
		t.Errorf("labels\n%q, want\n%q", got, want)
	}
	if l := p.Labels(m)[1]; l.Color != (color.RGBA{0x12, 0x34, 0x56, 255}) || l.HaloWidth != 2 {
		t.Errorf("the label %+v is not of its style", l)
	}
}

// TestZoomOfLargeText holds that a wall with text four times as large shows what a
// desk shows two zooms further out, four times as large.
func TestZoomOfLargeText(t *testing.T) {
	s := parsed(t, `{"layers": [{"id": "bg", "type": "background", "minzoom": 7, "maxzoom": 8, "paint": {"background-color": "#fff"}}]}`)
	for _, c := range []struct {
		text, zoom float64
		want       uint8
	}{{14, 8.5, 255}, {14, 7.9, 0}, {14, 9.1, 0}, {56, 10.5, 255}, {56, 8.5, 0}} {
		p := New(Options{Style: s, Text: c.text, Line: 1}, Palette{})
		p.layers = s.Layers
		if got := drawn(p, Map{View: inland(c.zoom)}).Pix[0]; got != c.want {
			t.Errorf("text %g at zoom %g of 256 pixels: %d, want %d", c.text, c.zoom, got, c.want)
		}
	}
}

// TestPlainUnderOthers holds that a style that does not know the built-in map is
// drawn over the plain one.
func TestPlainUnderOthers(t *testing.T) {
	s := parsed(t, `{"layers": [{"id": "bg", "type": "background", "paint": {"background-color": "#0f0"}}]}`)
	v := inland(9)
	sea := color.RGBA{1, 2, 3, 255}
	p := New(Options{Style: s, Text: 14, Line: 1.25}, Palette{Sea: sea})
	if got := drawn(p, Map{View: v}).RGBAAt(9, 9); got != sea {
		t.Errorf("without tiles it shows %v, want the plain map's sea", got)
	}
	k := over(v, 8)[0]
	tile := tiles.Vector{Z: 4, X: k[1] >> 4, Y: k[2] >> 4, Layers: []tiles.VectorLayer{{Name: "any"}}}
	if got := drawn(p, Map{View: v, Data: tiles.Data{Vectors: []tiles.Vector{tile}}}).RGBAAt(9, 9); got != (color.RGBA{0, 255, 0, 255}) {
		t.Errorf("under a tile it shows %v, want the style's background", got)
	}
}

func TestDrawIsTheSameTwice(t *testing.T) {
	s := parsed(t, `{"layers": [{"id": "road", "type": "line", "source": "tiles", "source-layer": "road",
		"paint": {"line-color": "#fff", "line-width": 4, "line-dasharray": [4, 3]}}]}`)
	known := map[[3]int]tiles.Vector{}
	v := inland(10.4)
	m := Map{View: v, Data: striped(v, 9, known)}
	if !bytes.Equal(drawn(painter(s), m).Pix, drawn(painter(s), m).Pix) {
		t.Error("two painters draw one map differently")
	}
}
