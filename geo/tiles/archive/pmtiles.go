package archive

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"iocwall/geo"
)

// PMTiles version 3, after the specification at
// https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md: a header of 127
// bytes, a root directory, a description in JSON, leaf directories, tile data.
const (
	pmtilesMagic  = "PMTiles"
	pmtilesHeader = 127
	pmtilesDepth  = 4 // directories between the header and a tile

	maxPacked    = 4 << 20 // of a directory or description as it is stored
	maxDirectory = 2 << 20 // of a directory unpacked
)

type (
	compression byte
	section     struct{ at, size uint64 }
)

func (c compression) check(of string) error {
	switch c {
	case 0, 1, 2: // unknown, none, gzip: the bytes themselves tell
		return nil
	case 3, 4:
		name := map[compression]string{3: "brotli", 4: "zstd"}[c]
		return fmt.Errorf("its %s are packed with %s, which cannot be read here; pack the archive with gzip", of, name)
	}
	return fmt.Errorf("its %s are packed in an unknown way (%d)", of, c)
}

// pmtiles is an Archive in a PMTiles file.
type pmtiles struct {
	file  io.ReaderAt
	close func() error
	name  string // of the file, for errors
	size  uint64
	head  pmtilesHead
	info  Info
	cache *directories
}

type pmtilesHead struct {
	root, metadata, leaves, tiles section
	internal, packed              compression
	format                        Format
	minZoom, maxZoom              int
	bounds                        geo.Bounds
}

// OpenPMTiles opens a PMTiles file of version 3. It reads tiles from the file when
// they are asked for and keeps directories of at most 16 MiB in memory.
func OpenPMTiles(path string) (Archive, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("archive: open PMTiles: %w", err)
	}
	stat, err := f.Stat()
	if err == nil && !stat.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	var p *pmtiles
	if err == nil {
		p, err = newPMTiles(f, stat.Size(), path)
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("archive: open PMTiles %s: %w", path, err)
	}
	p.close = f.Close
	return p, nil
}

func newPMTiles(file io.ReaderAt, size int64, name string) (*pmtiles, error) {
	p := &pmtiles{file: file, name: name, size: uint64(size), cache: newDirectories(16 << 20), close: func() error { return nil }}
	buf := make([]byte, pmtilesHeader)
	if n, err := file.ReadAt(buf, 0); err != nil && !(errors.Is(err, io.EOF) && n == len(buf)) {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("it has %d bytes, less than a header; copy the file again", n)
		}
		return nil, err
	}
	var err error
	if p.head, err = decodePMTilesHead(buf, p.size); err != nil {
		return nil, err
	}
	p.info = Info{Format: p.head.format}
	if err := p.info.setZooms(p.head.minZoom, p.head.maxZoom); err != nil {
		return nil, err
	}
	p.info.setBounds(p.head.bounds)
	if text, err := p.read(p.head.metadata, maxPacked, maxMetadata); err != nil {
		p.info.Notes = append(p.info.Notes, "the description cannot be read: "+err.Error())
	} else if len(text) > 0 {
		p.info.describe(text)
	}
	root, err := p.directory(p.head.root)
	if err != nil {
		return nil, fmt.Errorf("its root directory is broken: %w", err)
	}
	p.info.learnSize(p.first(root))
	return p, nil
}

// decodePMTilesHead reads the header of a file of size bytes.
func decodePMTilesHead(b []byte, size uint64) (pmtilesHead, error) {
	var h pmtilesHead
	if len(b) < pmtilesHeader || string(b[:7]) != pmtilesMagic {
		return h, errors.New("it is no PMTiles file")
	}
	if b[7] != 3 {
		return h, fmt.Errorf("it is PMTiles version %d; convert it to version 3", b[7])
	}
	part := func(at int) section {
		return section{binary.LittleEndian.Uint64(b[at:]), binary.LittleEndian.Uint64(b[at+8:])}
	}
	h.root, h.metadata, h.leaves, h.tiles = part(8), part(24), part(40), part(56)
	for _, s := range []struct {
		section
		name string
	}{{h.root, "root directory"}, {h.metadata, "description"}, {h.leaves, "leaf directories"}, {h.tiles, "tiles"}} {
		if s.at > size || s.size > size-s.at {
			return h, fmt.Errorf("its %s end at byte %d + %d of %d: the file breaks off; copy it again", s.name, s.at, s.size, size)
		}
	}
	h.internal, h.packed = compression(b[97]), compression(b[98])
	if err := errors.Join(h.internal.check("directories"), h.packed.check("tiles")); err != nil {
		return h, err
	}
	formats := map[byte]Format{1: MVT, 2: PNG, 3: JPEG, 4: WebP}
	if h.format = formats[b[99]]; h.format == "" {
		return h, fmt.Errorf("its tiles are of type %d; only mvt, png, jpeg and webp can be drawn", b[99])
	}
	h.minZoom, h.maxZoom = int(b[100]), int(b[101])
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(b[at:]))) / 1e7 }
	h.bounds = geo.Bounds{Min: geo.Point{degrees(102), degrees(106)}, Max: geo.Point{degrees(110), degrees(114)}}
	return h, nil
}

// read returns a part of the file, unpacked.
func (p *pmtiles) read(s section, packed, unpacked int) ([]byte, error) {
	if s.at > p.size || s.size > p.size-s.at {
		return nil, fmt.Errorf("byte %d + %d is beyond the end of the file (%d)", s.at, s.size, p.size)
	}
	if s.size > uint64(packed) {
		return nil, fmt.Errorf("it has %d bytes, more than %d", s.size, packed)
	}
	buf := make([]byte, s.size)
	if n, err := p.file.ReadAt(buf, int64(s.at)); n < len(buf) {
		return nil, fmt.Errorf("byte %d cannot be read: %w", s.at+uint64(n), err)
	}
	return unpack(buf, unpacked)
}

func (p *pmtiles) directory(s section) ([]dirEntry, error) {
	if entries, ok := p.cache.get(s); ok {
		return entries, nil
	}
	raw, err := p.read(s, maxPacked, maxDirectory)
	if err != nil {
		return nil, err
	}
	entries, err := decodeDirectory(raw)
	if err != nil {
		return nil, err
	}
	p.cache.put(s, entries)
	return entries, nil
}

// within returns a part of a section, if it lies in there.
func (s section) within(offset, size uint64) (section, error) {
	if offset > s.size || size > s.size-offset {
		return section{}, fmt.Errorf("a directory points to byte %d + %d of a section of %d", offset, size, s.size)
	}
	return section{s.at + offset, size}, nil
}

// Tile implements Archive.
func (p *pmtiles) Tile(ctx context.Context, z, x, y int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !OnMap(z, x, y) || z < p.info.MinZoom || z > p.info.MaxZoom {
		return nil, ErrNoTile
	}
	at, err := p.find(tileID(z, x, y))
	if err != nil {
		return nil, err
	}
	tile, err := p.read(at, maxTileBytes, maxTileBytes)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return tile, nil
}

// find follows the directories to a tile.
func (p *pmtiles) find(id uint64) (section, error) {
	at := p.head.root
	for range pmtilesDepth {
		entries, err := p.directory(at)
		if err != nil {
			return section{}, fmt.Errorf("a directory is broken: %w", err)
		}
		e, ok := lookUp(entries, id)
		if !ok {
			return section{}, ErrNoTile
		}
		if e.run > 0 {
			return p.head.tiles.within(e.offset, uint64(e.length))
		}
		if at, err = p.head.leaves.within(e.offset, uint64(e.length)); err != nil {
			return section{}, err
		}
	}
	return section{}, fmt.Errorf("its directories lie more than %d deep, or in a circle; make the archive again", pmtilesDepth)
}

// first returns some tile near the beginning, or nil.
func (p *pmtiles) first(entries []dirEntry) []byte {
	for range pmtilesDepth {
		if len(entries) == 0 {
			return nil
		}
		e := entries[len(entries)-1]
		if e.run > 0 {
			at, err := p.head.tiles.within(e.offset, uint64(e.length))
			if err != nil {
				return nil
			}
			tile, _ := p.read(at, maxTileBytes, maxTileBytes)
			return tile
		}
		at, err := p.head.leaves.within(e.offset, uint64(e.length))
		if err != nil {
			return nil
		}
		if entries, err = p.directory(at); err != nil {
			return nil
		}
	}
	return nil
}

// Info implements Archive.
func (p *pmtiles) Info() Info { return p.info }

// Close implements Archive.
func (p *pmtiles) Close() error { return p.close() }
