package draw_test

import (
	"path/filepath"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
)

// TestGoldenTiles compares pictures of maps in tiles with those in testdata: a
// town in vectors, and pictures around Hoàng Sa.
func TestGoldenTiles(t *testing.T) {
	built := source(t, tiles.Since2025)
	town := &tiled{Embedded: built, zoom: 14, vector: townTile(16)}
	near := &tiled{Embedded: built, zoom: 7, picture: remembered(photo(256, false))}
	for _, c := range []struct {
		name, theme string
		base        tiles.Source
		view        geo.View
		sizes       draw.Sizes
	}{
		{"tiles-town-dark", "dark", town, geo.ZoomView(geo.Pt(108.2, 15.9), 15.4, 640, 400), draw.Desk()},
		{"tiles-town-light", "light", town, geo.ZoomView(geo.Pt(108.2, 15.9), 15.4, 640, 400), draw.Desk()},
		{"tiles-town-wall", "dark", town, geo.ZoomView(geo.Pt(108.2, 15.9), 16.9, 960, 600), draw.Wall(40)},
		{"tiles-picture-dark", "dark", near, geo.ZoomView(geo.Pt(110.3, 15.9), 7.2, 480, 300), draw.Desk()},
	} {
		t.Run(c.name, func(t *testing.T) {
			dst := picture(c.view)
			if _, err := tiledRenderer(t, c.base, c.theme, c.sizes).Draw(dst, &draw.Frame{View: c.view}); err != nil {
				t.Fatal(err)
			}
			if c.sizes.Text > 28 {
				dst = halve(dst)
			}
			compare(t, filepath.Join("testdata", c.name+".png"), dst)
		})
	}
}
