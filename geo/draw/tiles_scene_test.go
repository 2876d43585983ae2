package draw_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
)

// tiled is a Source of hand-made tiles over the built-in map.
type tiled struct {
	*tiles.Embedded
	zoom    int // of all tiles
	version uint64
	picture func(z, x, y int) tiles.Raster
	vector  func(z, x, y int) tiles.Vector
	known   map[[3]int]tiles.Vector
}

// Map gives all tiles that meet the view's crop.
func (s *tiled) Map(v geo.View) (tiles.Data, error) {
	d, err := s.Embedded.Map(v)
	d.Version = s.version
	n := math.Exp2(float64(s.zoom))
	ox, oy := v.Origin()
	r := v.Visible()
	tile := func(px, o float64) int { return int(min(max((px+o)/v.World*n, 0), n-1)) }
	for y := tile(float64(r.Min.Y), oy); y <= tile(float64(r.Max.Y-1), oy); y++ {
		for x := tile(float64(r.Min.X), ox); x <= tile(float64(r.Max.X-1), ox); x++ {
			if s.picture != nil {
				d.Rasters = append(d.Rasters, s.picture(s.zoom, x, y))
			}
			if s.vector != nil {
				key := [3]int{s.zoom, x, y}
				if _, ok := s.known[key]; !ok {
					if s.known == nil {
						s.known = map[[3]int]tiles.Vector{}
					}
					s.known[key] = s.vector(s.zoom, x, y)
				}
				d.Vectors = append(d.Vectors, s.known[key])
			}
		}
	}
	return d, err
}

func mapStyle(t testing.TB, theme string) *style.Style {
	t.Helper()
	data, err := assets.MapStyle(theme)
	if err != nil {
		t.Fatal(err)
	}
	s, problems, err := style.Parse(data)
	if err != nil || len(problems) > 0 {
		t.Fatalf("the %s style: %v %v", theme, err, problems)
	}
	return s
}

func tiledRenderer(t testing.TB, s tiles.Source, theme string, sizes draw.Sizes) *draw.Renderer {
	t.Helper()
	colors := draw.Dark()
	if theme == "light" {
		colors = draw.Light()
	}
	r, err := draw.New(draw.Options{
		Base: s, Style: colors, Sizes: sizes, Words: draw.Vietnamese(), Regular: assets.Regular(), Bold: assets.Bold(),
		Ground: mapStyle(t, theme),
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// town makes vector tiles in the schema of OpenMapTiles: a river, quarters, a net
// of streets, houses and names, the same in every tile. Nothing reaches beyond the
// tile but streets, by a little.
type town struct{ z, x, y float64 }

func (c town) at(u, v float64) orb.Point {
	side := math.Exp2(-c.z)
	return orb.Point{(c.x + u) * side, (c.y + v) * side}
}

func (c town) ring(uv ...float64) orb.Ring {
	var r orb.Ring
	for i := 0; i < len(uv); i += 2 {
		r = append(r, c.at(uv[i], uv[i+1]))
	}
	return append(r, r[0])
}

func (c town) line(uv ...float64) orb.LineString {
	r := c.ring(uv...)
	return orb.LineString(r[:len(r)-1])
}

func townTile(streets int) func(z, x, y int) tiles.Vector {
	return func(z, x, y int) tiles.Vector {
		c := town{float64(z), float64(x), float64(y)}
		rnd := rand.New(rand.NewPCG(uint64(x), uint64(y)))
		var water, use, roads, houses, places, names []tiles.VectorFeature
		add := func(to *[]tiles.VectorFeature, g orb.Geometry, class, name string) {
			p := map[string]any{"class": class, "rank": int64(len(name))}
			if name != "" {
				p["name"], p["name:en"], p["name_int"] = name, "not this one", "nor this one"
			}
			*to = append(*to, tiles.VectorFeature{ID: uint64(len(*to)), Geometry: g, Properties: p})
		}
		var river orb.Ring
		for i := 0; i <= 20; i++ {
			river = append(river, c.at(float64(i)/20, 0.30+0.06*math.Sin(float64(i)/20*2*math.Pi)))
		}
		for i := 20; i >= 0; i-- {
			river = append(river, c.at(float64(i)/20, 0.38+0.05*math.Sin(float64(i)/20*2*math.Pi)))
		}
		add(&water, orb.Polygon{append(river, river[0])}, "river", "")
		add(&use, orb.Polygon{c.ring(0.05, 0.5, 0.45, 0.5, 0.45, 0.95, 0.05, 0.95)}, "residential", "")
		add(&use, orb.Polygon{c.ring(0.6, 0.6, 0.8, 0.55, 0.9, 0.8, 0.65, 0.85), c.ring(0.7, 0.65, 0.75, 0.65, 0.75, 0.7, 0.7, 0.7)}, "park", "")
		add(&use, orb.Polygon{c.ring(0.6, 0.05, 1, 0.05, 1, 0.25, 0.6, 0.25)}, "industrial", "")
		classes := []string{"minor", "minor", "minor", "tertiary", "minor", "service", "minor", "secondary"}
		for i := range streets {
			t := (float64(i) + 0.5) / float64(streets)
			class := classes[i%len(classes)]
			if i == streets/2 {
				class = "primary"
			}
			var across, down []float64
			for k := range 33 {
				u := -0.02 + 1.04*float64(k)/32
				across = append(across, u, t+0.01*math.Sin(u*2*math.Pi))
				down = append(down, t+0.01*math.Sin(u*2*math.Pi), u)
			}
			add(&roads, c.line(across...), class, "")
			add(&roads, c.line(down...), class, "")
			if i%5 == 2 {
				add(&names, c.line(across...), class, fmt.Sprintf("Đường Hùng Vương %d", i))
			}
			for k := range streets {
				u, w := (float64(k)+0.2)/float64(streets), 0.6/float64(streets)*(0.5+rnd.Float64()/2)
				add(&houses, orb.Polygon{c.ring(u, t, u+w, t, u+w, t+w/2, u, t+w/2)}, "", "")
			}
		}
		add(&roads, c.line(-0.02, 0.4492, 0.5, 0.47, 1.02, 0.4492), "motorway", "")
		add(&roads, c.line(-0.02, 0.9516, 0.5, 0.91, 1.02, 0.9516), "rail", "")
		add(&places, c.at(0.25, 0.7), "village", fmt.Sprintf("Phường An Xuân %d", (x+y)%100))
		add(&places, c.at(0.7, 0.15), "town", fmt.Sprintf("Nguyễn Thị Ẫm %d", x%100))
		return tiles.Vector{Z: z, X: x, Y: y, Layers: []tiles.VectorLayer{
			{Name: "water", Features: water},
			{Name: "landuse", Features: use},
			{Name: "building", Features: houses},
			{Name: "transportation", Features: roads},
			{Name: "transportation_name", Features: names},
			{Name: "place", Features: places},
		}}
	}
}

// photo makes pictures like a satellite's: fields of many colours, and a frame
// along the tile's edge where framed.
func photo(side int, framed bool) func(z, x, y int) tiles.Raster {
	return func(z, x, y int) tiles.Raster {
		img := image.NewRGBA(image.Rect(0, 0, side, side))
		rnd := rand.New(rand.NewPCG(uint64(x), uint64(y)))
		var fields [64][3]uint8
		for i := range fields {
			v := uint8(rnd.IntN(90))
			fields[i] = [3]uint8{70 + v, 100 + v + uint8(rnd.IntN(30)), 60 + v/2}
		}
		for py := range side {
			for px := range side {
				f := fields[py*8/side*8+px*8/side]
				o := img.PixOffset(px, py)
				img.Pix[o], img.Pix[o+1], img.Pix[o+2], img.Pix[o+3] = f[0]+uint8(px&7), f[1]+uint8(py&7), f[2], 255
				if framed && (px == 0 || py == 0) {
					img.Pix[o], img.Pix[o+1], img.Pix[o+2] = 255, 255, 255
				}
			}
		}
		return tiles.Raster{Z: z, X: x, Y: y, Img: img, Part: img.Rect}
	}
}

// remembered makes each tile once, as a source does.
func remembered(f func(z, x, y int) tiles.Raster) func(z, x, y int) tiles.Raster {
	known := map[[3]int]tiles.Raster{}
	return func(z, x, y int) tiles.Raster {
		r, ok := known[[3]int{z, x, y}]
		if !ok {
			r = f(z, x, y)
			known[[3]int{z, x, y}] = r
		}
		return r
	}
}
