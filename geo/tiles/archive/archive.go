// Package archive gives the tiles of a map as bytes: from a PMTiles or MBTiles file,
// or from a tile server with a cache on the disk. It also decodes pictures, since
// some archives can only be understood by looking at one of their tiles.
package archive

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"iocwall/geo"
)

// Format is how the tiles of a map are written.
type Format string

// Formats of tiles: pictures, and vector tiles.
const (
	PNG  Format = "png"
	JPEG Format = "jpeg"
	WebP Format = "webp"
	MVT  Format = "mvt" // Mapbox Vector Tile 2.1
)

// parseFormat understands the names that files and addresses use.
func parseFormat(name string) (Format, bool) {
	switch strings.ToLower(name) {
	case "png":
		return PNG, true
	case "jpg", "jpeg":
		return JPEG, true
	case "webp":
		return WebP, true
	case "pbf", "mvt":
		return MVT, true
	}
	return "", false
}

// MaxZoom is the finest zoom that a map may have: 2.4 m a tile.
const MaxZoom = 24

const (
	maxTileBytes = 8 << 20 // of one tile, packed or unpacked
	maxMetadata  = 4 << 20 // of an archive's description, unpacked
)

// ErrNoTile says that a map has no tile at a place: sea, or beyond its bounds. It
// is no failure.
var ErrNoTile = errors.New("there is no such tile")

// ErrBroken is part of the error where a tile is there and is not in order: trying
// again soon is of no use.
var ErrBroken = errors.New("the tile is broken")

// OldError says that a tile is an older one, kept from when the server last gave it.
type OldError struct {
	Since time.Time // when it was fetched
	Why   error     // why no newer one could be had
}

func (e *OldError) Error() string {
	return fmt.Sprintf("it is of %s, and could not be renewed: %v", e.Since.Format(time.DateTime), e.Why)
}

// Unwrap returns why no newer tile could be had.
func (e *OldError) Unwrap() error { return e.Why }

// Archive holds the tiles of one map: a file or a server.
type Archive interface {
	// Tile returns the tile of zoom z, column x and row y, both counted from the
	// north-west, unpacked but not decoded. It may wait for disk or network, can be
	// called from many goroutines, and the bytes belong to the caller. Without such
	// a tile the error is ErrNoTile. Bytes that come with an OldError are good
	// enough, and no newer ones could be had.
	Tile(ctx context.Context, z, x, y int) ([]byte, error)
	// Info says what the archive holds and does not wait. It never changes, except
	// that a server is known better once tiles were asked of it.
	Info() Info
	// Close frees files and connections. Tile fails afterwards.
	Close() error
}

// Info describes a map in tiles.
type Info struct {
	Name             string
	Format           Format     // empty as long as a server has not shown it
	TileSize         int        // pixels a side of its pictures, 256 or 512; 512 for vector tiles
	MinZoom, MaxZoom int        // zooms that the map has
	Bounds           geo.Bounds // outside of which it has no tiles
	Attribution      string     // whom to name, as plain text
	Layers           []LayerInfo
	Notes            []string // what is wrong with its description, for people; the tiles are good nevertheless
}

// LayerInfo describes a layer of vector tiles.
type LayerInfo struct {
	Name             string
	MinZoom, MaxZoom int
	Fields           []string // names of the properties of its features, sorted
}

// world is what a map covers that does not say so.
func world() geo.Bounds {
	return geo.Bounds{Min: geo.Point{-180, -geo.MaxLatitude}, Max: geo.Point{180, geo.MaxLatitude}}
}

// setBounds takes the bounds of a description, or notes that they are nonsense.
func (i *Info) setBounds(b geo.Bounds) {
	i.Bounds = world()
	if b == (geo.Bounds{}) {
		return
	}
	if !geo.Valid(b.Min) || !geo.Valid(b.Max) || b.Min[0] >= b.Max[0] || b.Min[1] >= b.Max[1] {
		i.Notes = append(i.Notes, fmt.Sprintf("bounds %g,%g,%g,%g are no area; the whole world is assumed",
			b.Min[0], b.Min[1], b.Max[0], b.Max[1]))
		return
	}
	i.Bounds = b
}

// setZooms takes the zooms of a description, or says why it cannot be one.
func (i *Info) setZooms(low, high int) error {
	if low < 0 || high > MaxZoom || low > high {
		return fmt.Errorf("zooms %d to %d; they must lie within 0 to %d", low, high, MaxZoom)
	}
	i.MinZoom, i.MaxZoom = low, high
	return nil
}

// learnSize looks at one of the pictures to learn how large they are.
func (i *Info) learnSize(tile []byte) {
	if i.TileSize = 512; i.Format == MVT {
		return
	}
	if _, w, _, err := measure(tile); err != nil || w < 512 {
		i.TileSize = 256
	}
}

// description is the part of TileJSON that archives carry.
type description struct {
	Name        string `json:"name"`
	Attribution string `json:"attribution"`
	Layers      []struct {
		ID      string         `json:"id"`
		MinZoom *int           `json:"minzoom"`
		MaxZoom *int           `json:"maxzoom"`
		Fields  map[string]any `json:"fields"`
	} `json:"vector_layers"`
}

// describe reads a description in JSON; what is wrong with it becomes a note.
func (i *Info) describe(text []byte) {
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		i.Notes = append(i.Notes, "the description cannot be read, so name and attribution may be missing: "+err.Error())
		return
	}
	if d.Name != "" {
		i.Name = d.Name
	}
	if d.Attribution != "" {
		i.Attribution = plain(d.Attribution)
	}
	for _, l := range d.Layers {
		layer := LayerInfo{Name: l.ID, MinZoom: i.MinZoom, MaxZoom: i.MaxZoom, Fields: slices.Sorted(maps.Keys(l.Fields))}
		if l.MinZoom != nil {
			layer.MinZoom = *l.MinZoom
		}
		if l.MaxZoom != nil {
			layer.MaxZoom = *l.MaxZoom
		}
		i.Layers = append(i.Layers, layer)
	}
}

// sniff tells the format of a tile without gzip by its bytes. A vector tile is a
// message whose only fields of its own are layers, number 3.
func sniff(tile []byte) (Format, error) {
	f, _, _, err := measure(tile)
	if err == nil || f != "" || len(tile) == 0 {
		return f, err
	}
	number, kind, _ := protowire.ConsumeTag(tile)
	if number == 3 && kind == protowire.BytesType && checkVector(tile) == nil {
		return MVT, nil
	}
	return "", fmt.Errorf("it is neither png, jpeg, webp nor a vector tile; it begins with %q", tile[:min(16, len(tile))])
}

// checkVector refuses what is no message at all.
func checkVector(tile []byte) error {
	for len(tile) > 0 {
		_, _, n := protowire.ConsumeField(tile)
		if n < 0 {
			return protowire.ParseError(n)
		}
		tile = tile[n:]
	}
	return nil
}

// plain turns the HTML of attributions into text of at most 200 characters.
func plain(s string) string {
	var out strings.Builder
	for s != "" {
		text, rest, tag := strings.Cut(s, "<")
		out.WriteString(text)
		if !tag {
			break
		}
		_, s, _ = strings.Cut(rest, ">")
	}
	runes := []rune(strings.Join(strings.Fields(html.UnescapeString(out.String())), " "))
	if len(runes) > 200 {
		runes = append(runes[:199], '…')
	}
	return string(runes)
}

// unpack returns data without gzip, which it is looked at for: many archives and
// servers do not say. The result has at most limit bytes.
func unpack(data []byte, limit int) ([]byte, error) {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		if len(data) > limit {
			return nil, fmt.Errorf("it has %d bytes, more than %d", len(data), limit)
		}
		return data, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("its gzip cannot be read: %w", err)
	}
	out, err := io.ReadAll(io.LimitReader(z, int64(limit)+1))
	if err != nil {
		return nil, fmt.Errorf("its gzip cannot be read: %w", err)
	}
	if len(out) > limit {
		return nil, fmt.Errorf("it unpacks to more than %d bytes", limit)
	}
	return out, nil
}

// unpackTile returns a tile without gzip.
func unpackTile(data []byte) ([]byte, error) {
	out, err := unpack(data, maxTileBytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return out, nil
}

// OnMap tells whether there can be a tile (z, x, y).
func OnMap(z, x, y int) bool {
	return z >= 0 && z <= MaxZoom && x >= 0 && y >= 0 && x < 1<<z && y < 1<<z
}
