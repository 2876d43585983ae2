package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iocwall/geo"
)

func TestTileID(t *testing.T) {
	for _, c := range []struct {
		z, x, y int
		want    uint64
	}{
		{0, 0, 0, 0},
		{1, 0, 0, 1},
		{1, 0, 1, 2},
		{1, 1, 1, 3},
		{1, 1, 0, 4},
		{2, 0, 0, 5},
		{2, 3, 0, 20},
		{12, 3423, 1763, 19078479}, // the example of the specification
	} {
		if got := tileID(c.z, c.x, c.y); got != c.want {
			t.Errorf("tile %d/%d/%d has id %d, want %d", c.z, c.x, c.y, got, c.want)
		}
	}
	for z := range 7 { // each zoom fills its range, and neighbours on the curve are neighbours
		at := map[uint64][2]int{}
		for x := range 1 << z {
			for y := range 1 << z {
				at[tileID(z, x, y)] = [2]int{x, y}
			}
		}
		first := (uint64(1)<<(2*z) - 1) / 3
		for i := range uint64(1) << (2 * z) {
			p, ok := at[first+i]
			if !ok {
				t.Fatalf("zoom %d has no tile %d", z, first+i)
			}
			if before := at[first+i-1]; i > 0 && abs(p[0]-before[0])+abs(p[1]-before[1]) != 1 {
				t.Fatalf("zoom %d: %v does not touch %v", z, p, before)
			}
		}
	}
}

func abs(n int) int { return max(n, -n) }

// pyramid has all tiles of zooms 0 to top, each of its own bytes but for a run.
func pyramid(t testing.TB, top int) map[[3]int][]byte {
	tiles := map[[3]int][]byte{}
	sea := pictureOf(t, 16, color.White)
	for z := range top + 1 {
		for x := range 1 << z {
			for y := range 1 << z {
				tiles[[3]int{z, x, y}] = pictureOf(t, 16, color.RGBA{byte(40 * z), byte(x), byte(y), 255})
				if z == top && x >= 1<<z/2 {
					tiles[[3]int{z, x, y}] = sea
				}
			}
		}
	}
	return tiles
}

func TestPMTiles(t *testing.T) {
	tiles := pyramid(t, 4)
	delete(tiles, [3]int{4, 1, 2})
	for name, w := range map[string]written{
		"plain":           {},
		"gzip":            {internal: 2, packed: 2},
		"leaves":          {leaf: 7},
		"leaves and gzip": {leaf: 20, internal: 2},
	} {
		w.tiles, w.top, w.metadata = tiles, 4, `{"name":"Sông Thu Bồn","attribution":"<a href='x'>&copy; A</a> <b>B</b>","vector_layers":[{"id":"water","maxzoom":3,"fields":{"b":"","a":""}}]}`
		p := w.open(t)
		for k, want := range tiles {
			if got, err := p.Tile(t.Context(), k[0], k[1], k[2]); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s: tile %v: %d bytes, %v", name, k, len(got), err)
			}
		}
		for _, k := range [][3]int{{4, 1, 2}, {5, 0, 0}, {-1, 0, 0}, {2, 4, 0}, {2, 0, -1}, {40, 0, 0}} {
			if _, err := p.Tile(t.Context(), k[0], k[1], k[2]); !errors.Is(err, ErrNoTile) {
				t.Errorf("%s: tile %v: %v", name, k, err)
			}
		}
		info := p.Info()
		if info.Name != "Sông Thu Bồn" || info.Attribution != "© A B" || info.Format != PNG || info.TileSize != 256 || info.MaxZoom != 4 || len(info.Notes) > 0 {
			t.Errorf("%s: %+v", name, info)
		}
		if want := (geo.Bounds{Min: geo.Point{107, 15}, Max: geo.Point{109, 17}}); info.Bounds != want {
			t.Errorf("%s: bounds %v", name, info.Bounds)
		}
		if len(info.Layers) != 1 || info.Layers[0].Name != "water" || info.Layers[0].MaxZoom != 3 || !slices.Equal(info.Layers[0].Fields, []string{"a", "b"}) {
			t.Errorf("%s: layers %v", name, info.Layers)
		}
	}
}

func TestDirectoriesStayWithinTheirBudget(t *testing.T) {
	tiles := map[[3]int][]byte{}
	for x := range 32 {
		for y := range 32 {
			tiles[[3]int{5, x, y}] = []byte{byte(x), byte(y), 0}
		}
	}
	p := written{tiles: tiles, top: 5, leaf: 8}.open(t)
	p.cache.budget = 170 * dirEntryBytes // the root and a few leaves
	for k := range tiles {
		if _, err := p.Tile(t.Context(), k[0], k[1], k[2]); err != nil {
			t.Fatal(err)
		}
		if p.cache.used > p.cache.budget || len(p.cache.held) != p.cache.recent.Len() {
			t.Fatalf("%d bytes of directories, budget %d", p.cache.used, p.cache.budget)
		}
	}
}

func TestBrokenPMTiles(t *testing.T) {
	good := written{tiles: pyramid(t, 2), top: 2, metadata: "{}"}.file(t)
	change := func(at int, to ...byte) []byte {
		b := slices.Clone(good)
		copy(b[at:], to)
		return b
	}
	huge := []byte{255, 255, 255, 255, 255, 255, 255, 127}
	bare := func(directory []byte) []byte { return written{}.assemble(directory, nil, nil, make([]byte, 100)) }
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "less than a header"},
		{"short", good[:100], "less than a header"},
		{"no archive", make([]byte, 500), "no PMTiles file"},
		{"version 2", change(7, 2), "version 2"},
		{"truncated", good[:len(good)-10], "breaks off"},
		{"root beyond the end", change(8, huge...), "root directory end"},
		{"root of huge length", change(16, huge...), "root directory end"},
		{"metadata beyond the end", change(24, huge...), "description end"},
		{"leaves of huge length", change(48, huge...), "leaf directories end"},
		{"tiles beyond the end", change(56, huge...), "tiles end"},
		{"brotli", change(97, 3), "brotli"},
		{"zstd tiles", change(98, 4), "zstd"},
		{"unknown packing", change(98, 9), "unknown way"},
		{"avif", change(99, 5), "type 5"},
		{"zooms", change(100, 9, 3), "zooms 9 to 3"},
		{"zoom 200", change(101, 200), "zooms 0 to 200"},
		{"huge count", bare(binary.AppendUvarint(nil, 1<<60)), "claims 1152921504606846976 entries"},
		{"count beyond the bytes", bare([]byte{9, 0, 1, 1, 1}), "claims 9 entries"},
		{"entry of no length", bare([]byte{1, 0, 1, 0, 1}), "length of 0"},
		{"entry of no step", bare([]byte{2, 0, 0, 1, 1, 1, 1, 1, 1}), "does not follow"},
		{"first follows none", bare([]byte{1, 0, 1, 1, 0}), "follows none"},
		{"left over", bare([]byte{1, 0, 1, 1, 1, 7}), "left over"},
		{"breaks off", bare([]byte{1, 0, 1, 1, 0x80}), "breaks off"},
		{"broken gzip", bare([]byte{0x1f, 0x8b, 8, 0, 0, 0}), "gzip"},
		{"bomb", bare(zipped(t, make([]byte, maxDirectory+1))), "unpacks to more"},
	} {
		path := filepath.Join(t.TempDir(), "a.pmtiles")
		if err := os.WriteFile(path, c.file, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := OpenPMTiles(path)
		if err == nil {
			_ = a.Close()
			t.Errorf("%s is opened", c.name)
		} else if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v; want %q and the path", c.name, err, c.want)
		}
	}
	if _, err := OpenPMTiles(t.TempDir()); err == nil {
		t.Error("a folder is opened")
	}
}

// TestBrokenDirectories opens files in which one tile cannot be reached; the other can.
func TestBrokenDirectories(t *testing.T) {
	sea := pictureOf(t, 256, color.White)
	size := uint32(len(sea))
	for _, c := range []struct {
		name   string
		entry  dirEntry // of tile 1
		leaves []byte
		want   string
	}{
		{"tile beyond the section", dirEntry{1, 1 << 40, size, 1}, nil, "points to byte"},
		{"tile too long", dirEntry{1, 0, size + 1, 1}, nil, "points to byte"},
		{"offset that wraps", dirEntry{1, 1<<64 - 2, size, 1}, nil, "points to byte"},
		{"leaf beyond the section", dirEntry{1, 5, 5, 0}, nil, "points to byte"},
		{"leaf in a circle", dirEntry{1, 0, 5, 0}, packDirectory([]dirEntry{{1, 0, 5, 0}}), "circle"},
		{"broken leaf", dirEntry{1, 0, 2, 0}, []byte{9, 9}, "directory is broken"},
	} {
		root := []dirEntry{{0, 0, size, 1}, c.entry}
		file := written{top: 1}.assemble(packDirectory(root), nil, c.leaves, sea)
		p, err := newPMTiles(bytes.NewReader(file), int64(len(file)), "test")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if _, err := p.Tile(t.Context(), 1, 0, 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if got, err := p.Tile(t.Context(), 0, 0, 0); err != nil || !bytes.Equal(got, sea) {
			t.Errorf("%s: the good tile is lost: %v", c.name, err)
		}
	}
}

func TestBrokenDescription(t *testing.T) {
	for _, text := range []string{"{", `{"name":7}`, "\x1f\x8b"} {
		p := written{tiles: pyramid(t, 1), top: 1, metadata: text}.open(t)
		if len(p.Info().Notes) != 1 {
			t.Errorf("%q: notes %q", text, p.Info().Notes)
		}
		if _, err := p.Tile(t.Context(), 1, 0, 0); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	w := written{tiles: pyramid(t, 1), top: 1}.file(t)
	binary.LittleEndian.PutUint32(w[102:], 1<<31-1)
	p, err := newPMTiles(bytes.NewReader(w), int64(len(w)), "test")
	if err != nil || p.Info().Bounds != world() || len(p.Info().Notes) != 1 {
		t.Errorf("bounds that are none: %v, %+v", err, p)
	}
}

// TestRealFiles opens files that others have made, where they are at hand.
func TestRealFiles(t *testing.T) {
	for name, want := range map[string]struct {
		format   Format
		size     int
		low, top int
	}{
		"pmtiles_test_fixture_1.pmtiles":        {MVT, 512, 0, 0},
		"stamen_toner_z3_CC-BY+ODbL.pmtiles":    {PNG, 256, 0, 3},
		"usgs-mt-whitney-8-15-webp-512.pmtiles": {WebP, 512, 8, 15},
	} {
		path := filepath.Join("..", "..", "..", "..", "shared", "testdata", "tiles", name)
		if _, err := os.Stat(path); err != nil {
			t.Skipf("no files of others at hand: %v", err)
		}
		a, err := OpenPMTiles(path)
		if err != nil {
			t.Error(err)
			continue
		}
		info := a.Info()
		if info.Format != want.format || info.TileSize != want.size || info.MinZoom != want.low || info.MaxZoom != want.top {
			t.Errorf("%s: %+v", name, info)
		}
		count := 0
		x0, y0 := geo.Project(geo.Point{info.Bounds.Min[0], info.Bounds.Max[1]})
		x1, y1 := geo.Project(geo.Point{info.Bounds.Max[0], info.Bounds.Min[1]})
		for z := info.MinZoom; z <= min(info.MaxZoom, 13); z++ {
			n := float64(int(1) << z)
			for x := int(x0 * n); x <= int(x1*n); x++ {
				for y := int(y0 * n); y <= int(y1*n); y++ {
					tile, err := a.Tile(t.Context(), z, x, y)
					if errors.Is(err, ErrNoTile) {
						continue
					}
					if err == nil && info.Format != MVT {
						_, err = DecodePicture(tile)
					}
					if err != nil {
						t.Errorf("%s %d/%d/%d: %v", name, z, x, y, err)
					}
					count++
				}
			}
		}
		if count == 0 {
			t.Errorf("%s has no tiles", name)
		}
		t.Logf("%s: %d tiles, %q, notes %q", name, count, info.Attribution, info.Notes)
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}
}

func FuzzPMTiles(f *testing.F) {
	f.Add(written{tiles: pyramid(f, 2), top: 2, metadata: `{"name":"a"}`}.file(f))
	f.Add(written{tiles: pyramid(f, 2), top: 2, leaf: 4, internal: 2, packed: 2}.file(f))
	f.Add(written{}.assemble(packDirectory([]dirEntry{{1, 0, 5, 0}}), nil, packDirectory([]dirEntry{{1, 0, 5, 0}}), nil))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := newPMTiles(bytes.NewReader(file), int64(len(file)), "fuzz")
		if err != nil {
			return
		}
		for _, k := range [][3]int{{0, 0, 0}, {1, 1, 0}, {2, 3, 3}} {
			if tile, err := p.Tile(t.Context(), k[0], k[1], k[2]); err == nil && len(tile) > maxTileBytes {
				t.Fatalf("tile %v has %d bytes", k, len(tile))
			}
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add(packDirectory([]dirEntry{{0, 0, 10, 1}, {1, 10, 20, 3}, {9, 5, 1, 0}}))
	f.Add([]byte{1, 0, 1, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := decodeDirectory(b)
		if err != nil {
			return
		}
		for i, e := range entries {
			if e.length == 0 || i > 0 && e.id <= entries[i-1].id {
				t.Fatalf("entry %d is %+v", i, e)
			}
			if got, ok := lookUp(entries, e.id); !ok || got != e {
				t.Fatalf("entry %d is not found", i)
			}
		}
		if again, err := decodeDirectory(packDirectory(entries)); err != nil || !slices.Equal(again, entries) {
			t.Fatalf("what was read and written is not the same: %v", err)
		}
	})
}
