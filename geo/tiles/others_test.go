package tiles

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/geo/tiles/archive"
)

// TestOthersMBTiles reads MBTiles made by other programs: every tile of every file
// is decoded, and what is no map is refused in words. "make test-maps" fetches the
// files, the test data of github.com/brendan-ward/mbtiles-go (MIT).
func TestOthersMBTiles(t *testing.T) {
	dir := os.Getenv("IOCWALL_MBTILES")
	if dir == "" {
		t.Skip(`there are no maps of others here; "make test-maps" fetches them`)
	}
	want := map[string]string{
		"geography-class-jpg.mbtiles": "jpeg 256 tiles", "geography-class-png.mbtiles": "png 256 tiles", "geography-class-webp.mbtiles": "webp 256 tiles",
		"geography-class-png-missing-metadata.mbtiles": "png 256 tiles", "world_cities.mbtiles": "mvt 512 tiles",
		"incomplete.mbtiles": "", "invalid.mbtiles": "", "not.mbtiles": "", "invalid-tile-format.mbtiles": "",
	}
	for name, kind := range want {
		t.Run(name, func(t *testing.T) {
			a, err := archive.OpenMBTiles(filepath.Join(dir, name))
			if kind == "" {
				if err == nil {
					err = errors.Join(decodeAll(t, a), a.Close())
				}
				if err == nil || !strings.Contains(err.Error(), "mbtiles") && !strings.Contains(err.Error(), "tile") {
					t.Errorf("what is no map is taken: %v", err)
				}
				t.Log(err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(decodeAll(t, a), a.Close()); err != nil {
				t.Error(err)
			}
			i := a.Info()
			if got := fmt.Sprintf("%s %d tiles", i.Format, i.TileSize); got != kind {
				t.Errorf("it is %q, want %q", got, kind)
			}
			t.Logf("%+v", i)
		})
	}
}

// decodeAll decodes every tile of a map up to zoom 6.
func decodeAll(t *testing.T, a archive.Archive) error {
	t.Helper()
	i, n := a.Info(), 0
	for z := i.MinZoom; z <= min(i.MaxZoom, 6); z++ {
		for y := range 1 << z {
			for x := range 1 << z {
				data, err := a.Tile(t.Context(), z, x, y)
				if errors.Is(err, archive.ErrNoTile) {
					continue
				}
				if err != nil {
					return err
				}
				if i.Format == archive.MVT {
					_, err = DecodeVector(data, z, x, y)
				} else {
					_, err = archive.DecodePicture(data)
				}
				if err != nil {
					return fmt.Errorf("tile %d/%d/%d: %w", z, x, y, err)
				}
				n++
			}
		}
	}
	if n == 0 {
		return errors.New("the map holds no tile")
	}
	t.Logf("%d tiles", n)
	return nil
}
