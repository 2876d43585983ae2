package draw_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
)

// TestRealFiles draws maps from files: the pictures show, in the view's place and
// in the style's colours.
func TestRealFiles(t *testing.T) {
	for _, c := range []struct {
		file string
		view geo.View
	}{
		{"stamen_toner_z3_CC-BY+ODbL.pmtiles", geo.ZoomView(geo.Pt(108, 16), 3.9, 700, 500)},
		{"usgs-mt-whitney-8-15-webp-512.pmtiles", geo.ZoomView(geo.Pt(-118.29, 36.58), 13.6, 700, 500)},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join("..", "..", "..", "shared", "testdata", "tiles", c.file)
			if _, err := os.Stat(path); err != nil {
				t.Skipf("the map file is not here: %v", err)
			}
			src, err := tiles.Open(path, tiles.Options{Under: source(t, tiles.Since2025)})
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- src.Run(ctx) }()
			complete(t, src, c.view)
			for _, theme := range []string{"dark", "light"} {
				r := tiledRenderer(t, src, theme, draw.Desk())
				dst, bare := picture(c.view), picture(c.view)
				if _, err := r.Draw(dst, &draw.Frame{View: c.view}); err != nil {
					t.Fatal(err)
				}
				if _, err := tiledRenderer(t, source(t, tiles.Since2025), theme, draw.Desk()).Draw(bare, &draw.Frame{View: c.view}); err != nil {
					t.Fatal(err)
				}
				if n := differ(dst.Pix, bare.Pix); n < len(dst.Pix)/4/5 {
					t.Errorf("%s: only %d pixels are not those of the built-in map", theme, n)
				}
			}
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// complete waits until the map has all it can have for a view.
func complete(t *testing.T, src *tiles.Tiled, v geo.View) {
	t.Helper()
	news := make(chan struct{}, 1)
	defer src.Watch(func() {
		select {
		case news <- struct{}{}:
		default:
		}
	})()
	hung := time.After(30 * time.Second)
	for {
		d, err := src.Map(v)
		if err != nil {
			t.Fatal(err)
		}
		if d.Pending == 0 {
			if d.Failed > 0 || len(d.Rasters)+len(d.Vectors) == 0 {
				t.Fatalf("%d tiles failed, %d are there: %v", d.Failed, len(d.Rasters)+len(d.Vectors), d.Problem)
			}
			return
		}
		select {
		case <-news:
		case <-hung:
			t.Fatalf("%d tiles are still on their way", d.Pending)
		}
	}
}

// differ counts the pixels in which two pictures are not alike.
func differ(a, b []byte) int {
	n := 0
	for i := 0; i < len(a); i += 4 {
		d := 0
		for k := range 3 {
			d = max(d, int(a[i+k])-int(b[i+k]), int(b[i+k])-int(a[i+k]))
		}
		if d > 12 {
			n++
		}
	}
	return n
}
