package archive

import (
	"errors"
	"fmt"
	"image/color"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/geo"
)

// waterTile is a vector tile with one empty layer.
func waterTile() []byte {
	return []byte{0x1a, 0x0c, 0x0a, 0x05, 'w', 'a', 't', 'e', 'r', 0x28, 0x80, 0x20, 0x78, 0x02}
}

// TestFormatIsLearnt asks servers whose addresses do not say what their tiles are.
func TestFormatIsLearnt(t *testing.T) {
	for name, c := range map[string]struct {
		tile    []byte
		options ServerOptions
		want    string
	}{
		"vector tiles":         {waterTile(), ServerOptions{}, "mvt 512 0-14"},
		"vector tiles, packed": {zipped(t, waterTile()), ServerOptions{}, "mvt 512 0-14"},
		"with zooms":           {waterTile(), ServerOptions{MinZoom: 3, MaxZoom: 16}, "mvt 512 3-16"},
		"small pictures":       {pictureOf(t, 256, color.White), ServerOptions{}, "png 256 0-19"},
		"large pictures":       {pictureOf(t, 512, color.White), ServerOptions{}, "png 512 0-19"},
		"said to be small":     {pictureOf(t, 512, color.White), ServerOptions{TileSize: 256}, "png 256 0-19"},
	} {
		for _, kept := range []bool{false, true} {
			c.options.URL = "http://example.org/vietnam/{z}/{x}/{y}"
			c.options.Transport = answers(func(*http.Request) (*http.Response, error) { return answer(200, c.tile), nil })
			if kept {
				c.options.Cache = openCache(t, t.TempDir(), cacheMinimum)
				if _, err := openServer(t, c.options).Tile(t.Context(), 5, 1, 1); err != nil {
					t.Fatal(err)
				}
				c.options.Transport = answers(func(*http.Request) (*http.Response, error) { return nil, errors.New("no way there") })
			}
			s := openServer(t, c.options)
			if f := s.Info().Format; f != "" {
				t.Errorf("%s: it knows of %s before it asked", name, f)
			}
			_, err := s.Tile(t.Context(), 5, 1, 1)
			i := s.Info()
			if got := fmt.Sprintf("%s %d %d-%d", i.Format, i.TileSize, i.MinZoom, i.MaxZoom); err != nil || got != c.want || i.Name != "example.org" {
				t.Errorf("%s, kept %v: %s, %v; want %s", name, kept, got, err, c.want)
			}
		}
	}
	for _, page := range []string{"<html>", "{}", "no tile here", "\n\x02hi"} {
		s := openServer(t, ServerOptions{URL: "http://example.org/{z}/{x}/{y}", Transport: answers(func(*http.Request) (*http.Response, error) {
			return answer(200, []byte(page)), nil
		})})
		if _, err := s.Tile(t.Context(), 5, 1, 1); err == nil || !strings.Contains(err.Error(), "something else than a tile") || s.Info().Format != "" {
			t.Errorf("%q is %s, %v", page, s.Info().Format, err)
		}
	}
}

func TestDescription(t *testing.T) {
	for name, c := range map[string]struct {
		source, text string
		options      ServerOptions
		want         string // address of a tile, or the error
		info         string
	}{
		"whole": {
			"https://example.org/maps/vn.json?key=secret1", `{"tilejson":"3.0.0","tiles":["https://example.org/maps/vn/{z}/{x}/{y}?key=secret1"],"name":"Việt Nam",
			"minzoom":2,"maxzoom":16,"bounds":[102,8,110,24],"attribution":"© <a href='x'>OpenStreetMap</a>","vector_layers":[{"id":"water","fields":{}}]}`,
			ServerOptions{},
			"https://example.org/maps/vn/5/1/2?key=secret1", `mvt 512 2-16 [102 8] "Việt Nam" "© OpenStreetMap" 1`,
		},
		"pictures, packed, beside it": {
			"http://u:pass@example.org/a/tiles.JSON", `{"tiles":["../b/{z}/{x}/{y}@2x.png"]}`,
			ServerOptions{},
			"http://u:pass@example.org/b/5/1/2@2x.png", `png 512 0-19 [-180 -85.0511] "example.org" "example.org" 0`,
		},
		"what is configured counts": {
			"http://example.org/t.json", `{"tiles":["http://example.org/{z}/{x}/{y}"],"format":"pbf","maxzoom":9,"attribution":"a","name":"n"}`,
			ServerOptions{MinZoom: 1, MaxZoom: 3, Attribution: "© b", Name: "m", Bounds: geo.Bounds{Min: geo.Point{1, 2}, Max: geo.Point{3, 4}}},
			"", `mvt 512 1-3 [1 2] "m" "© b" 0`,
		},
		"rows from the south": {
			"http://example.org/t.json", `{"tiles":["http://example.org/{z}/{x}/{y}.png"],"scheme":"tms"}`,
			ServerOptions{},
			"http://example.org/5/1/29.png", `png 256 0-19 [-180 -85.0511] "example.org" "example.org" 0`,
		},
		"behind a proxy": {
			"https://example.org:8443/t.json", `{"tiles":["http://example.org/{z}/{x}/{y}"],"bounds":[9,9,1,1],"minzoom":9,"maxzoom":3}`,
			ServerOptions{},
			"https://example.org:8443/5/1/2", ` 256 0-19 [-180 -85.0511] "example.org" "example.org" 0`,
		},
		"of another server": {"http://example.org/t.json", `{"tiles":["http://other.org/{z}/{x}/{y}?key=secret1"]}`, ServerOptions{}, "another server", ""},
		"no tiles":          {"http://example.org/t.json", `{"tiles":[]}`, ServerOptions{}, "no TileJSON", ""},
		"no JSON":           {"http://example.org/t.json", `<html>secret1`, ServerOptions{}, "no TileJSON", ""},
		"no template":       {"http://example.org/t.json", `{"tiles":["http://example.org/{z}/{x}?key=secret1"]}`, ServerOptions{}, "cannot be used", ""},
		"no URL":            {"http://example.org/t.json", `{"tiles":["http://%zz/secret1"]}`, ServerOptions{}, "no URL", ""},
	} {
		var asked []string
		c.options.URL = c.source
		c.options.Transport = answers(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.URL.String())
			if len(asked) == 1 {
				text := []byte(c.text)
				if strings.Contains(name, "packed") {
					text = zipped(t, text)
				}
				return answer(200, text), nil
			}
			return answer(204, nil), nil
		})
		s := openServer(t, c.options)
		_, err := s.Tile(t.Context(), 5, 1, 2)
		if c.info == "" {
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "example.org") || strings.Contains(err.Error(), "secret1") {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
			if got := codeOf(err); got != "tiles.description" {
				t.Errorf("%s: it says %s", name, got)
			}
			if _, err := s.Tile(t.Context(), 5, 1, 3); err == nil || len(asked) != 1 {
				t.Errorf("%s: it is asked again at once: %q, %v", name, asked, err)
			}
			continue
		}
		i := s.Info()
		got := fmt.Sprintf("%s %d %d-%d %.6v %q %q %d", i.Format, i.TileSize, i.MinZoom, i.MaxZoom, i.Bounds.Min, i.Name, i.Attribution, len(i.Layers))
		want := []string{c.source, c.want}
		if c.want == "" {
			want = want[:1] // beyond the zooms
		}
		if !errors.Is(err, ErrNoTile) || got != c.info || !slices.Equal(asked, want) {
			t.Errorf("%s: %s, asked for %q, %v\nwant %s, %q", name, got, asked, err, c.info, want)
		}
	}
}

// TestDescriptionIsKept begins again without the server, and with one that has lost
// its description.
func TestDescriptionIsKept(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		cache, err := OpenCache(dir, cacheMinimum)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = cache.Close() }()
		asked := 0
		var next func(*http.Request) (*http.Response, error)
		open := func(c *Cache) *server {
			return openServer(t, ServerOptions{URL: "http://example.org/t.json", Cache: c, Transport: answers(func(r *http.Request) (*http.Response, error) {
				asked++
				return next(r)
			})})
		}
		next = func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/t.json" {
				return answer(200, []byte(`{"tiles":["/{z}/{x}/{y}"],"attribution":"Ai đó"}`), "Cache-Control", "max-age=60"), nil
			}
			return answer(200, waterTile()), nil
		}
		if _, err := open(cache).Tile(t.Context(), 3, 1, 1); err != nil || asked != 2 {
			t.Fatalf("asked %d times, %v", asked, err)
		}
		time.Sleep(time.Hour)
		next = func(*http.Request) (*http.Response, error) { return answer(404, nil), nil }
		s := open(cache)
		if _, err := s.Tile(t.Context(), 3, 1, 1); err != nil || s.Info().Attribution != "Ai đó" || s.Info().Format != MVT {
			t.Errorf("%+v, %v", s.Info(), err)
		}
		asked = 0
		s = open(nil)
		for range 50 {
			if _, err := s.Tile(t.Context(), 3, 1, 1); err == nil || errors.Is(err, ErrNoTile) || !strings.Contains(err.Error(), "no description") {
				t.Errorf("%v", err)
			}
		}
		if asked != 1 {
			t.Errorf("a description that is not there is asked for %d times", asked)
		}
	})
}

// FuzzDescription holds that no description breaks anything or brings tiles of
// another server.
func FuzzDescription(f *testing.F) {
	for _, text := range []string{
		`{"tiles":["http://example.org/{z}/{x}/{y}"],"minzoom":2,"maxzoom":16,"bounds":[102,8,110,24],"scheme":"tms","vector_layers":[{"id":"a"}]}`,
		`{"tiles":["//other.org/{z}/{x}/{-y}.pbf"]}`, `{"tiles":["{z}/{x}/{y}"],"maxzoom":-1,"bounds":[1e999]}`, `{"tiles":["http://example.org@other.org/{z}/{x}/{y}"]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := read(text, ServerOptions{URL: "https://u:p@example.org/a/t.json"})
		if err != nil {
			return
		}
		if d.template.host != "example.org" || !strings.HasPrefix(d.template.address(3, 1, 1), "https://") || d.info.MaxZoom > MaxZoom || d.info.MinZoom < 0 {
			t.Errorf("%+v", d)
		}
	})
}

// FuzzSniff holds that what is taken for a tile has the form of one.
func FuzzSniff(f *testing.F) {
	f.Add(waterTile())
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Add([]byte("<html>"))
	f.Fuzz(func(t *testing.T, tile []byte) {
		if got, err := sniff(tile); err == nil && got == MVT && (len(tile) == 0 || checkVector(tile) != nil) {
			t.Errorf("%q is %s", tile, got)
		}
	})
}
