// Package benchmap measures the map beside other ways to draw one: what a frame
// costs with 20,000 points that all move, against MapLibre GL JS and against the
// 2D canvas, both in a headless Chromium whose graphics are drawn in software as
// ours are.
package benchmap

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb/geojson"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
)

const (
	width, height = 1920, 1080
	points        = 20000
	ourFrames     = 60 // of each round
	peerFrames    = 8
	rounds        = 5
)

// colors of the points.
func colors() [3]color.RGBA {
	return [3]color.RGBA{{200, 210, 220, 255}, {255, 211, 77, 255}, {125, 182, 255, 255}}
}

// traveller is a point: longitude and latitude, and by how much both change from
// one frame to the next.
type traveller [4]float64

func (t traveller) at(n int) geo.Point {
	return geo.Pt(t[0]+t[2]*float64(n), t[1]+t[3]*float64(n))
}

// scene is what both sides draw.
type scene struct {
	view       geo.View
	travellers []traveller
	base       tiles.Source
}

func newScene(b *testing.B) *scene {
	b.Helper()
	base, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		b.Fatal(err)
	}
	s := &scene{base: base, view: geo.FitView(geo.Bounds{Min: geo.Pt(107.3, 14.95), Max: geo.Pt(110, 16.15)}, width, height, 0)}
	rnd := rand.New(rand.NewPCG(5, 6))
	for range points {
		s.travellers = append(s.travellers, traveller{
			107.3 + rnd.Float64()*2.7, 14.95 + rnd.Float64()*1.2, (rnd.Float64() - 0.5) * 1e-3, (rnd.Float64() - 0.5) * 1e-3,
		})
	}
	return s
}

func (s *scene) renderer(b *testing.B) *draw.Renderer {
	b.Helper()
	r, err := draw.New(draw.Options{
		Base: s.base, Style: draw.Dark(), Sizes: draw.Desk(), Words: draw.Vietnamese(), Regular: assets.Regular(), Bold: assets.Bold(),
	})
	if err != nil {
		b.Fatal(err)
	}
	return r
}

// files are what the pages fetch.
func (s *scene) files(b *testing.B) map[string][]byte {
	b.Helper()
	data, err := s.base.Map(s.view)
	if err != nil {
		b.Fatal(err)
	}
	land := geojson.NewFeatureCollection()
	for _, shape := range slices.Concat(data.Outside, data.Provinces) {
		if shape.Bounds.Intersects(s.view.Bounds()) {
			land.Append(geojson.NewFeature(shape.Polygons))
		}
	}
	var names []string
	for _, c := range colors() {
		names = append(names, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	ox, oy := s.view.Origin()
	text, err := json.Marshal(map[string]any{
		"center": s.view.Center, "world": s.view.World, "origin": [2]float64{ox, oy},
		"land": land, "points": s.travellers, "colors": names,
	})
	if err != nil {
		b.Fatal(err)
	}
	base := image.NewRGBA(image.Rect(0, 0, width, height))
	if _, err := s.renderer(b).Draw(base, &draw.Frame{View: s.view}); err != nil {
		b.Fatal(err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, base); err != nil {
		b.Fatal(err)
	}
	return map[string][]byte{"scene.json": text, "base.png": picture.Bytes()}
}

// ours draws frames and returns the processor time of one.
type ours struct {
	scene    *scene
	renderer *draw.Renderer
	frame    draw.Frame
	picture  *image.RGBA
	n        int
}

func (s *scene) ours(b *testing.B) *ours {
	o := &ours{scene: s, renderer: s.renderer(b), picture: image.NewRGBA(image.Rect(0, 0, width, height))}
	o.frame = draw.Frame{View: s.view, Dots: make([]draw.Dot, points)}
	c := colors()
	for i := range o.frame.Dots {
		o.frame.Dots[i].Color = c[i%len(c)]
	}
	return o
}

func (o *ours) frames(b *testing.B, frames int) time.Duration {
	b.Helper()
	from := cpu(b)
	for range frames {
		o.n = (o.n + 1) % 200
		for i, t := range o.scene.travellers {
			o.frame.Dots[i].At = t.at(o.n)
		}
		if _, err := o.renderer.Draw(o.picture, &o.frame); err != nil {
			b.Fatal(err)
		}
	}
	return (cpu(b) - from) / time.Duration(frames)
}

// cpu returns the processor time of this process.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkMap20kMapLibre compares with MapLibre GL JS 5: a GeoJSON source set
// anew for each frame, a layer of circles, and the same land under them.
func BenchmarkMap20kMapLibre(b *testing.B) {
	chromium(b)
	dir := maplibre(b)
	s := newScene(b)
	files := s.files(b)
	for _, name := range []string{"maplibre-gl.js", "maplibre-gl.css"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			b.Fatal(err)
		}
		files[name] = data
	}
	page := func() *browser { return open(b, "maplibre.html", files) }
	for b.Loop() {
		versus(b, "map20k-vs-maplibre", "MapLibre GL JS 5.24.1, circles of one colour from a GeoJSON source", s, map[string]func() *browser{"": page})
	}
}

// BenchmarkMap20kCanvas compares with Chromium's 2D canvas, on the graphics
// processor and in memory, whichever costs less.
func BenchmarkMap20kCanvas(b *testing.B) {
	chromium(b)
	s := newScene(b)
	files := s.files(b)
	for b.Loop() {
		versus(b, "map20k-vs-canvas2d", "Canvas 2D, drawImage of a sprite for each point over a picture", s, map[string]func() *browser{
			", on the graphics processor": func() *browser { return open(b, "canvas2d.html", files) },
			", in memory":                 func() *browser { return open(b, "canvas2d.html#read", files) },
		})
	}
}

// versus measures ours and a peer in turn and prints the ratio. Of several ways
// of the peer it takes the cheapest.
func versus(b *testing.B, name, words string, s *scene, ways map[string]func() *browser) {
	b.Helper()
	var best *browser
	least, how := time.Duration(0), ""
	for way, page := range ways {
		br := page()
		br.frames(b, 3) // fill the caches
		check(b, br.shown(b))
		cost, a := br.frames(b, peerFrames)
		b.Logf("%s%s: %v a frame, %+v", name, way, cost, a)
		if a.Width < width || a.Height < height {
			b.Fatalf("the window is %d × %d pixels, too small to show the map", a.Width, a.Height)
		}
		if best == nil || cost < least {
			best, least, how = br, cost, way
		}
	}
	o := s.ours(b)
	o.frames(b, 5)
	check(b, o.picture)
	var mine, theirs []time.Duration
	var ratios []float64
	for range rounds {
		x := o.frames(b, ourFrames)
		y, _ := best.frames(b, peerFrames)
		b.Logf("ours %v, peer %v CPU a frame", x, y)
		mine, theirs, ratios = append(mine, x), append(theirs, y), append(ratios, float64(x)/float64(y))
	}
	ratio := median(ratios)
	b.ReportMetric(ratio, "ratio")
	fmt.Printf("\nRATIO %s %.4f (ours %.2f ms CPU a frame, peer %.1f ms CPU a frame; 20,000 points, all moved every frame, 1920 × 1080; headless Chromium with software GL, all its processes, %s%s; medians of %d rounds in turn)\n",
		name, ratio, ms(median(mine)), ms(median(theirs)), words, how, rounds)
}

// check fails unless a picture has the map's size and thousands of pixels in the
// colour of points, and others.
func check(b *testing.B, m image.Image) {
	b.Helper()
	if m.Bounds().Dx() != width || m.Bounds().Dy() != height {
		b.Fatalf("the picture is %v", m.Bounds())
	}
	want, found, dark := colors()[1], 0, 0
	for y := range height {
		for x := range width {
			r, g, bl, _ := m.At(x, y).RGBA()
			switch {
			case near(r>>8, want.R) && near(g>>8, want.G) && near(bl>>8, want.B):
				found++
			case r+g+bl < 0x18000:
				dark++
			}
		}
	}
	if found < 20000 || dark < width*height/4 {
		b.Fatalf("the picture has %d pixels of points and %d of sea or land", found, dark)
	}
}

func near(v uint32, want uint8) bool { return v+12 >= uint32(want) && v <= uint32(want)+12 }

func median[T ~float64 | ~int64](values []T) T {
	s := slices.Sorted(slices.Values(values))
	return s[len(s)/2]
}

func ms(d time.Duration) float64 { return float64(d) / 1e6 }
