package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"iocwall/assets"
	"iocwall/cmd/wall/door"
	"iocwall/geo/coord"
	"iocwall/geo/style"
	"iocwall/geo/tiles"
	"iocwall/geo/tiles/archive"
	"iocwall/server/world/track"
	"iocwall/ui"
	"iocwall/ui/page"
)

// mapFlags choose the map under everything.
type mapFlags struct {
	Map string `help:"Base map: embedded, a file that ends in .pmtiles or .mbtiles, the address of a tile server as in https://example.org/{z}/{x}/{y}.png, or that of its TileJSON, which ends in .json." default:"embedded" env:"IOCWALL_MAP" placeholder:"FILE|URL"`
	// Whom to name is often a condition of the licence, and no server of pictures says it.
	MapAttribution string   `help:"Whom to name on the base map, as in \"© OpenStreetMap contributors\"; whom its file or server names if left out." name:"map-attribution" env:"IOCWALL_MAP_ATTRIBUTION" placeholder:"TEXT"`
	MapCache       byteSize `help:"How much of a tile server's map is kept on disk, as in 512MB; 0 keeps nothing." default:"512MB" name:"map-cache" placeholder:"SIZE"`
	MapMemory      byteSize `help:"How much memory the tiles of the base map may take, as in 512MB; if they need more they are drawn coarser. Twice what this computer's monitors show at once, at least 134MB, if left out." name:"map-memory" placeholder:"SIZE"`
	Zone           zone     `help:"VN-2000 zone in which metres are written and read: its central meridian and its width in degrees, as in 107.75/3 or 107°45′/3; that of the province in the middle of the map if left out." env:"IOCWALL_ZONE" placeholder:"107.75/3"`
	MapStyle       string   `help:"Style of the base map, a file in the map's subset of the MapLibre style; the theme's own if left out." type:"existingfile" name:"map-style" placeholder:"FILE"`
}

// tracksLimit is how long an answer about where vessels were may be on its way: a
// line of 1 Mbit/s carries the longest in less.
const tracksLimit = 25 * time.Second

// zone is a zone of VN-2000 as flags name it.
type zone coord.Zone

// UnmarshalText reads a zone; see coord.ParseZone.
func (z *zone) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	got, err := coord.ParseZone(string(text))
	if err != nil {
		return fmt.Errorf("%w; write it as in 107.75/3", err)
	}
	*z = zone(got)
	return nil
}

// byteSize is a number of bytes, written as in 512MB or 2GB.
type byteSize int64

// UnmarshalText reads a size; MB are 1,000,000 bytes, MiB 1,048,576.
func (s *byteSize) UnmarshalText(text []byte) error {
	digits := strings.TrimRight(strings.TrimSpace(string(text)), "kKmMgGiIbB ")
	unit := strings.ToUpper(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(text)), digits)))
	v, err := strconv.ParseFloat(digits, 64)
	factors := map[string]float64{"": 1, "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "K": 1e3, "M": 1e6, "G": 1e9, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
	factor, known := factors[unit]
	if err != nil || !known || !(v >= 0) || v*factor > math.MaxInt64/2 {
		return fmt.Errorf("%q is no size; write it as in 512MB or 2GB", text)
	}
	*s = byteSize(v * factor)
	return nil
}

// ground is the base map, which fetches its tiles beside the client.
type ground struct {
	base  *tiles.Tiled
	cache *archive.Cache
}

// newGround opens the base map and hands it, its style and the server's layers of
// features to the client. A wall computer keeps what it fetched of them in its own
// folder h, so that it has them when it starts without the server. What is wrong with a file is an error; a folder for
// tiles that cannot be used is not.
func newGround(c *connection, h *home, o *ui.Options) (*ground, error) {
	under, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		return nil, err
	}
	g := &ground{}
	folder, err := cacheFolder(h)
	if err != nil {
		c.logger().Warn("nothing of the map is kept on disk", "error", err)
	} else {
		o.Maps.Cache = filepath.Join(folder, "features")
	}
	if isServer := strings.Contains(c.Map, "://"); isServer && folder != "" && c.MapCache > 0 {
		if g.cache, err = archive.OpenCache(filepath.Join(folder, "tiles"), int64(c.MapCache)); err != nil {
			c.logger().Warn("tiles of the map are not kept on disk", "error", err)
		}
	}
	if o.Maps.Ground, err = c.style(); err == nil {
		memory := c.tileMemory(o.Screens)
		g.base, err = tiles.Open(c.Map, tiles.Options{
			Under: under, Cache: g.cache, Memory: memory, Log: c.logger(), Attribution: c.MapAttribution,
		})
		if err == nil && g.base.Info().Name != "" {
			// The collector need not become eager because of the tiles.
			debug.SetMemoryLimit(memoryLimit + max(0, memory-tiles.MemoryFor(0)))
		}
	}
	if err == nil {
		err = c.atlas(o)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("map: %w", err), g.close())
	}
	o.Base = g.base
	return g, nil
}

// tileMemory is how many bytes the tiles of the base map may take: what a person says,
// or what the monitors of this computer need.
func (c *connection) tileMemory(s ui.Screens) int64 {
	if c.MapMemory > 0 {
		return int64(c.MapMemory)
	}
	pixels := 0
	if s != nil {
		all, err := s.List()
		if err != nil {
			c.logger().Warn("the base map does not know how large the monitors are", "error", err)
		}
		for _, m := range all {
			pixels += m.W * m.H
		}
	}
	return tiles.MemoryFor(pixels)
}

// cacheFolder is where what was fetched of maps is kept.
func cacheFolder(h *home) (string, error) {
	if h != nil {
		return h.path("maps"), nil
	}
	folder, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, "iocwall"), nil
}

// Run fetches tiles until ctx ends.
func (g *ground) Run(ctx context.Context) error {
	return errors.Join(g.base.Run(ctx), g.close())
}

func (g *ground) close() error {
	if g.cache == nil {
		return nil
	}
	return g.cache.Close()
}

// style reads the style of the base map, nil for the theme's own. What is not
// understood in it is told and left out.
func (c *connection) style() (*style.Style, error) {
	if c.MapStyle == "" {
		return nil, nil
	}
	data, err := os.ReadFile(c.MapStyle)
	if err != nil {
		return nil, err
	}
	s, problems, err := style.Parse(data)
	for _, p := range problems {
		c.logger().Warn("part of the map's style is not used", "style", c.MapStyle, "problem", p.String())
	}
	if err != nil {
		return nil, fmt.Errorf("style %s: %w", c.MapStyle, err)
	}
	return s, nil
}

// atlas hands the server's doors of the map and the zone of the centre on.
func (c *connection) atlas(o *ui.Options) error {
	d, err := c.door()
	if err != nil {
		return err
	}
	o.Maps.Features, o.Maps.Tracks = features(d), tracks(d)
	o.Atlas.Files, o.Atlas.Zone = fences(d), coord.Zone(c.Zone)
	return nil
}

// tracks asks the server where vessels were.
func tracks(d *door.Door) func(ctx context.Context, q track.Question) (track.Answer, error) {
	return func(ctx context.Context, q track.Question) (a track.Answer, err error) {
		err = d.Call(ctx, page.Request{Method: http.MethodPost, Path: "/api/tracks", Body: q, Into: &a, Timeout: tracksLimit})
		return a, err
	}
}

// features fetches the features of layers from the server.
func features(d *door.Door) func(ctx context.Context, id, sha256 string) (io.ReadCloser, error) {
	return func(ctx context.Context, id, _ string) (io.ReadCloser, error) {
		return d.Get(ctx, "/api/map/layers/"+url.PathEscape(id), nil)
	}
}
