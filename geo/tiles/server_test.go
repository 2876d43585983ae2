package tiles

import (
	"bytes"
	"context"
	"image/color"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo/tiles/archive"
)

// peer is a tile server: the bytes of a path, nil for a 404.
type peer func(path string) []byte

func (p peer) RoundTrip(r *http.Request) (*http.Response, error) {
	body, status := p(r.URL.Path), http.StatusOK
	if body == nil {
		status = http.StatusNotFound
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// served runs f beside a map of a server.
func served(t *testing.T, spec string, o Options, f func(t *testing.T, tiled *Tiled)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o.Under = ground{}
		tiled, err := Open(spec, o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- tiled.Run(ctx) }()
		f(t, tiled)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestServersSayWhatTheyAre draws the tiles of servers whose addresses do not say
// whether they are pictures: at the zooms that are right for what comes.
func TestServersSayWhatTheyAre(t *testing.T) {
	vector := layerOf("water", message(2, feature(1, kindPoint, nil, []uint32{1<<3 | moveTo, 8, 8})))
	picture, large := pngOf(256, color.White), pngOf(512, color.White)
	for name, c := range map[string]struct {
		tile       []byte
		zoom       float64
		vectors, z int
	}{
		"vector tiles":                  {vector, 11.4, 1, 10},
		"vector tiles beyond their end": {vector, 18.2, 1, 14},
		"pictures":                      {picture, 11.4, 0, 11},
		"large pictures":                {large, 11.4, 0, 10},
	} {
		var asked atomic.Int32
		server := peer(func(path string) []byte {
			asked.Add(1)
			if c.vectors > 0 && (strings.HasPrefix(path, "/vietnam/15/") || strings.HasPrefix(path, "/vietnam/16/") ||
				strings.HasPrefix(path, "/vietnam/17/") || strings.HasPrefix(path, "/vietnam/18/")) {
				return nil
			}
			return c.tile
		})
		served(t, "http://example.org/vietnam/{z}/{x}/{y}", Options{Server: archive.ServerOptions{Transport: server}, Attribution: "© OpenStreetMap contributors"}, func(t *testing.T, tiled *Tiled) {
			settle(t, tiled, hoiAn(c.zoom))
			time.Sleep(time.Second)
			d := settle(t, tiled, hoiAn(c.zoom))
			squares := squaresOf(d)
			if len(squares) == 0 || d.Failed != 0 || (len(d.Vectors) > 0) != (c.vectors > 0) || (len(d.Rasters) > 0) != (c.vectors == 0) || !covers(squares, hoiAn(c.zoom)) {
				t.Errorf("%s: %d pictures, %d vector tiles, %d failed: %v", name, len(d.Rasters), len(d.Vectors), d.Failed, d.Problem)
			}
			for _, k := range squares {
				if k.z != c.z {
					t.Errorf("%s: a tile of zoom %d", name, k.z)
				}
			}
			if n := asked.Load(); int(n) > 5*len(squares)+60 {
				t.Errorf("%s: the server is asked for %d tiles to draw %d", name, n, len(squares))
			}
			if a := tiled.Attribution().Text; a != "© OpenStreetMap contributors · Natural Earth" {
				t.Errorf("%s: it names %s", name, a)
			}
		})
	}
}

// TestDescribedServer draws what a TileJSON describes, and names whom it names.
func TestDescribedServer(t *testing.T) {
	server := peer(func(path string) []byte {
		switch {
		case path == "/vn.json":
			return []byte(`{"tiles":["/t/{z}/{x}/{y}"],"minzoom":4,"maxzoom":7,"attribution":"Sở Xây dựng"}`)
		case strings.HasPrefix(path, "/t/7/"):
			return pngOf(256, color.White)
		}
		return nil
	})
	served(t, "http://example.org/vn.json", Options{Server: archive.ServerOptions{Transport: server}}, func(t *testing.T, tiled *Tiled) {
		settle(t, tiled, hoiAn(11.4))
		time.Sleep(time.Second)
		d := settle(t, tiled, hoiAn(11.4))
		for _, r := range d.Rasters {
			if r.Z != 7 {
				t.Errorf("a tile of zoom %d", r.Z)
			}
		}
		if a := tiled.Attribution().Text; len(d.Rasters) == 0 || a != "Sở Xây dựng · Natural Earth" || tiled.Info().MaxZoom != 7 {
			t.Errorf("%d tiles, %s, %+v", len(d.Rasters), a, tiled.Info())
		}
	})
}

// TestAMomentOf404 has a server that says 404 of all tiles for a moment: what was
// there stays in view and says that it is old, the rest comes minutes later.
func TestAMomentOf404(t *testing.T) {
	dir := t.TempDir()
	var gone atomic.Bool
	server := peer(func(string) []byte {
		if gone.Load() {
			return nil
		}
		return pngOf(256, color.White)
	})
	cache, err := archive.OpenCache(dir, 8<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cache.Close() }()
	served(t, "http://example.org/{z}/{x}/{y}.png", Options{Server: archive.ServerOptions{Transport: server}, Cache: cache}, func(t *testing.T, tiled *Tiled) {
		here := hoiAn(10)
		settle(t, tiled, here)
		time.Sleep(8 * 24 * time.Hour) // they have gone stale
		gone.Store(true)
		mapOf(t, tiled, here)
		time.Sleep(10 * time.Second)
		if d := mapOf(t, tiled, here); d.Old != len(d.Rasters) || d.Problem == nil || !covers(squaresOf(d), here) {
			t.Errorf("%d tiles, %d of them old: %v", len(d.Rasters), d.Old, d.Problem)
		}
		there := here.Pan(3000, 0)
		if d := settle(t, tiled, there); len(d.Rasters) != 0 {
			t.Errorf("%d tiles from nowhere", len(d.Rasters))
		}
		gone.Store(false)
		for _, v := range []struct {
			name string
			look func() Data
		}{{"what was there", func() Data { return mapOf(t, tiled, here) }}, {"the rest", func() Data { return mapOf(t, tiled, there) }}} {
			for range 700 {
				v.look()
				time.Sleep(time.Second)
			}
			if d := v.look(); d.Old+d.Failed+d.Pending > 0 || len(d.Rasters) == 0 {
				t.Errorf("%s is not whole again: %d tiles, %d old, %d failed: %v", v.name, len(d.Rasters), d.Old, d.Failed, d.Problem)
			}
		}
	})
}
