package tiles

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"iocwall/geo/tiles/archive"
)

const (
	serverWorkers = 4             // as many as a server is asked at once
	serverRefresh = 6 * time.Hour // the cache knows better which tiles are still good
)

// Options says how Open makes a map.
type Options struct {
	Under   Source                // the built-in map, seen where the other has no tiles; required
	Cache   *archive.Cache        // for tile servers, shared by all of them; nil: none
	Memory  int64                 // bytes of decoded tiles; 0: 128 MiB
	Workers int                   // tiles fetched at once; 0: 2, for servers 4
	Server  archive.ServerOptions // for tile servers; its URL and Cache are set by Open
	// Attribution says whom to name on the map; none: whom the file or server names.
	Attribution string
	Log         *slog.Logger
}

// Open makes the map that spec names: "embedded" (or nothing) for the built-in one
// alone, a file that ends in .pmtiles or .mbtiles, or the URL of a tile server such
// as https://example.org/{z}/{x}/{y}.png, or of its TileJSON, which ends in .json. Its tiles come once Run runs. What is
// wrong with a file is an error here; a server is not asked before it is needed.
func Open(spec string, o Options) (*Tiled, error) {
	var a archive.Archive
	var refresh time.Duration
	var err error
	scheme, _, isURL := strings.Cut(spec, "://")
	switch {
	case spec == "" || spec == "embedded":
	case isURL && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")):
		s := o.Server
		s.URL, s.Cache = spec, o.Cache
		if o.Workers == 0 {
			o.Workers = serverWorkers
		}
		refresh = serverRefresh
		a, err = archive.OpenServer(s)
	case isURL:
		err = fmt.Errorf("tiles: a map at an address that begins with %s:// cannot be opened; use http or https, or the path of a file", scheme)
	case strings.EqualFold(filepath.Ext(spec), ".pmtiles"):
		a, err = archive.OpenPMTiles(spec)
	case strings.EqualFold(filepath.Ext(spec), ".mbtiles"):
		a, err = archive.OpenMBTiles(spec)
	default:
		if strings.ContainsAny(spec, "{@?") {
			spec = "an address" // there may be a key in it
		}
		err = fmt.Errorf(`tiles: %q is no map; write "embedded", a file that ends in .pmtiles or .mbtiles, `+
			`or the address of a tile server like https://example.org/{z}/{x}/{y}.png`, spec)
	}
	if err != nil {
		return nil, err
	}
	t, err := NewTiled(TiledOptions{Under: o.Under, Archive: a, Memory: o.Memory, Workers: o.Workers, Attribution: o.Attribution, Refresh: refresh, Log: o.Log})
	if err != nil && a != nil {
		_ = a.Close()
	}
	return t, err
}
