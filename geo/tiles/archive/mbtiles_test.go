package archive

import (
	"bytes"
	"context"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
)

const (
	makeMetadata = "CREATE TABLE metadata (name text, value text)"
	makeTiles    = "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
	insertMeta   = "INSERT INTO metadata VALUES (?, ?)"
	insertTile   = "INSERT INTO tiles VALUES (?, ?, ?, ?)"
)

func TestMBTiles(t *testing.T) {
	north, south := pictureOf(t, 512, color.White), pictureOf(t, 512, color.Black)
	path := mbtilesFile(t, makeMetadata, makeTiles, insertTile, []any{2, 1, 0, []byte{}}, insertTile, []any{2, 1, 1, []byte{0x1f, 0x8b, 9}},
		insertMeta, []any{"name", "Cù Lao Chàm"}, insertMeta, []any{"format", "png"}, insertMeta, []any{"bounds", "107, 15,109,17"},
		insertMeta, []any{"attribution", "<i>Ảnh</i> &amp; bản đồ"}, insertMeta, []any{"minzoom", "0"}, insertMeta, []any{"maxzoom", "99"},
		insertTile, []any{1, 0, 1, north}, insertTile, []any{1, 0, 0, south}, insertTile, []any{2, 0, 0, []byte{}},
		insertTile, []any{2, 0, 1, make([]byte, maxTileBytes+1)}, insertTile, []any{2, 0, 2, []byte{0x1f, 0x8b, 9}})
	if err := os.Chmod(filepath.Dir(path), 0o500); err != nil {
		t.Fatal(err)
	}
	a, err := OpenMBTiles(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		left, err := os.ReadDir(filepath.Dir(path))
		if err != nil || len(left) != 1 {
			t.Errorf("files were left beside the map: %v, %v", left, err)
		}
		if err := os.Chmod(filepath.Dir(path), 0o700); err != nil {
			t.Error(err)
		}
	}()
	for y, want := range [][]byte{north, south} { // rows are counted from the south in the file
		if got, err := a.Tile(t.Context(), 1, 0, y); err != nil || !bytes.Equal(got, want) {
			t.Errorf("row %d: %d bytes, %v", y, len(got), err)
		}
	}
	for _, k := range [][3]int{{1, 1, 0}, {0, 0, 0}, {2, 0, 3}, {3, 0, 0}, {1, 2, 0}, {1, 0, -1}} {
		if _, err := a.Tile(t.Context(), k[0], k[1], k[2]); !errors.Is(err, ErrNoTile) {
			t.Errorf("tile %v: %v", k, err)
		}
	}
	for y, want := range map[int]string{2: "more than 8388608", 1: "gzip"} {
		if _, err := a.Tile(t.Context(), 2, 0, y); !errors.Is(err, ErrBroken) || !strings.Contains(err.Error(), want) {
			t.Errorf("broken row %d: %v, want %q", y, err, want)
		}
	}
	info := a.Info()
	if info.Name != "Cù Lao Chàm" || info.Attribution != "Ảnh & bản đồ" || info.MinZoom != 1 || info.MaxZoom != 2 || info.TileSize != 512 || info.Format != PNG {
		t.Errorf("%+v", info)
	}
	if want := (geo.Bounds{Min: geo.Point{107, 15}, Max: geo.Point{109, 17}}); info.Bounds != want {
		t.Errorf("bounds %v", info.Bounds)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Tile(done, 1, 0, 0); err == nil {
		t.Error("a tile comes although nobody waits for it")
	}
}

func TestVectorMBTiles(t *testing.T) {
	tile := []byte{0x1a, 0x00}
	path := mbtilesFile(t, makeMetadata, "CREATE TABLE images (id text, data blob)", "CREATE TABLE map (z integer, x integer, y integer, id text)",
		"CREATE VIEW tiles AS SELECT z AS zoom_level, x AS tile_column, y AS tile_row, data AS tile_data FROM map JOIN images USING (id)",
		insertMeta, []any{"format", "pbf"}, insertMeta, []any{"json", `{"vector_layers":[{"id":"roads"}]}`}, insertMeta, []any{"bounds", "a,b"},
		"INSERT INTO images VALUES ('a', ?)", []any{zipped(t, tile)}, "INSERT INTO map VALUES (3, 6, 4, 'a')")
	a, err := OpenMBTiles(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	if got, err := a.Tile(t.Context(), 3, 6, 3); err != nil || !bytes.Equal(got, tile) {
		t.Errorf("%v, %v", got, err)
	}
	info := a.Info()
	if info.Format != MVT || info.TileSize != 512 || len(info.Layers) != 1 || info.Layers[0].MaxZoom != 3 || len(info.Notes) != 1 || info.Bounds != world() {
		t.Errorf("%+v", info)
	}
}

func TestBrokenMBTiles(t *testing.T) {
	tile := pictureOf(t, 256, color.White)
	whole := mbtilesFile(t, makeMetadata, makeTiles, insertTile, []any{1, 0, 0, tile})
	raw, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	file := func(b []byte) string {
		path := filepath.Join(t.TempDir(), "b.mbtiles")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ name, path, want string }{
		{"missing", filepath.Join(t.TempDir(), "no.mbtiles"), "no such file"},
		{"a folder", t.TempDir(), "no file"},
		{"empty", file(nil), "is it an MBTiles file"},
		{"text", file(bytes.Repeat([]byte("lorem ipsum "), 500)), "is it an MBTiles file"},
		{"truncated", file(raw[:len(raw)/2]), "cannot be read"},
		{"no tables", mbtilesFile(t, "CREATE TABLE a (b)"), "is it an MBTiles file"},
		{"no table of tiles", mbtilesFile(t, makeMetadata), "table tiles"},
		{"no tiles", mbtilesFile(t, makeMetadata, makeTiles), "no tiles"},
		{"unknown format", mbtilesFile(t, makeMetadata, makeTiles, insertMeta, []any{"format", "tiff"}, insertTile, []any{1, 0, 0, []byte("II*")}), `"tiff"`},
		{"values of any size", mbtilesFile(t, makeMetadata, "CREATE VIEW tiles AS SELECT 1 AS zoom_level, 0 AS tile_column, 0 AS tile_row, randomblob(900000000) AS tile_data"), "are in the format"},
		{"zooms", mbtilesFile(t, makeMetadata, makeTiles, insertTile, []any{77, 0, 0, tile}), "zooms 77 to 77"},
	} {
		a, err := OpenMBTiles(c.path)
		if err == nil {
			_ = a.Close()
			t.Errorf("%s is opened", c.name)
		} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: %v; want %q and the path", c.name, err, c.want)
		}
	}
}

// TestMBTilesThatNeverAnswer holds that a view of a file cannot stop the wall.
func TestMBTilesThatNeverAnswer(t *testing.T) {
	endless := "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT 1 AS zoom_level, 0 AS tile_column, 0 AS tile_row, CASE WHEN max(i) > 0 THEN x'00' END AS tile_data FROM n"
	path := mbtilesFile(t, makeMetadata, "CREATE VIEW tiles AS "+endless)
	began := time.Now()
	if a, err := openMBTiles(path, 200*time.Millisecond); err == nil {
		_ = a.Close()
		t.Error("it is opened")
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func FuzzMBTilesMetadata(f *testing.F) {
	f.Add("png", "107,15,109,17", "<b>a</b>", `{"vector_layers":[{"id":"a","fields":{"b":1}}]}`, []byte{})
	f.Add("", "1,2", "&lt;<", "{", webpOf(16))
	f.Fuzz(func(t *testing.T, format, bounds, attribution, text string, tile []byte) {
		info, err := decodeMBTilesMetadata(map[string]string{"format": format, "bounds": bounds, "attribution": attribution}, tile)
		if err != nil {
			return
		}
		info.describe([]byte(text))
		if !geo.Valid(info.Bounds.Min) || !geo.Valid(info.Bounds.Max) || len([]rune(info.Attribution)) > 200 || info.TileSize != 256 && info.TileSize != 512 {
			t.Fatalf("%+v", info)
		}
	})
}
