package draw_test

import (
	"fmt"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
)

// BenchmarkPan1080 moves the view a little every time, with all tiles at hand, on
// the three kinds of base map: what a hand or a followed ship asks for.
func BenchmarkPan1080(b *testing.B) {
	built := source(b, tiles.Since2025)
	at := geo.Pt(108.2, 15.9)
	for _, c := range []struct {
		name string
		base tiles.Source
		zoom float64
		step float64 // pixels
	}{
		{"builtin", built, 9.4, 3.3},
		{"pictures", &tiled{Embedded: built, zoom: 13, picture: remembered(photo(256, false))}, 13.4, 3.3},
		{"pictures/whole-pixels", &tiled{Embedded: built, zoom: 13, picture: remembered(photo(256, false))}, 13.4, 3},
		{"pictures/not-scaled", &tiled{Embedded: built, zoom: 13, picture: remembered(photo(256, false))}, 13, 3.3},
		{"vectors", &tiled{Embedded: built, zoom: 14, vector: townTile(30)}, 15.4, 3.3},
		{"vectors/whole-pixels", &tiled{Embedded: built, zoom: 14, vector: townTile(30)}, 15.4, 3},
		{"vectors/far", &tiled{Embedded: built, zoom: 11, vector: townTile(30)}, 12.1, 3.3},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := tiledRenderer(b, c.base, "dark", draw.Desk())
			view := geo.ZoomView(at, c.zoom, 1920, 1080)
			f := &draw.Frame{View: view}
			dst := picture(view)
			for i := range 5 {
				f.View = view.Pan(float64(i*50), 30)
				if _, err := r.Draw(dst, f); err != nil {
					b.Fatal(err)
				}
			}
			name := "map-pan-" + strings.ReplaceAll(c.name, "/", "-")
			measure(b, name, fmt.Sprintf("base map, all tiles at hand, panned by %g pixels every frame", c.step), r, f, func(i int) {
				f.View = view.Pan(float64(i%50)*c.step, float64(i%7))
			})
		})
	}
}
