package archive

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"database/sql"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// pictureOf makes a square PNG of one colour.
func pictureOf(t testing.TB, side int, c color.Color) []byte {
	t.Helper()
	return sized(t, side, side, c)
}

func sized(t testing.TB, w, h int, c color.Color) []byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{c})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func jpegOf(t testing.TB, side int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewGray(image.Rect(0, 0, side, side)), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// webpOf is a lossless WebP of one white pixel, and its parts told to be larger.
func webpOf(side int) []byte {
	// Bit by bit: no transform, no cache, no meta codes; five simple codes of one
	// symbol each, so that a pixel needs no bits at all.
	var bits []byte
	n := 0
	put := func(v, count int) {
		for i := range count {
			if n%8 == 0 {
				bits = append(bits, 0)
			}
			bits[n/8] |= byte(v>>i&1) << (n % 8)
			n++
		}
	}
	put(0x2f, 8)
	put(side-1, 14)
	put(side-1, 14)
	put(0, 4) // no alpha, version 0
	put(0, 1) // no transform
	put(0, 1) // no colour cache
	put(0, 1) // no meta codes
	for range 4 {
		put(1, 1)   // simple
		put(0, 1)   // one symbol
		put(1, 1)   // of 8 bits
		put(255, 8) // green, red, blue, alpha
	}
	put(1, 1)
	put(0, 1)
	put(0, 1)
	put(0, 1) // distance 0
	if len(bits)%2 == 1 {
		bits = append(bits, 0)
	}
	out := binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(12+len(bits)))
	out = append(out, "WEBPVP8L"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(bits)))
	return append(out, bits...)
}

func zipped(t testing.TB, raw []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// written is what the writer of PMTiles in this test makes a file of.
type written struct {
	tiles    map[[3]int][]byte
	kind     byte // of tiles; 0: png
	internal byte // compression of directories: 0 stands for none
	packed   byte // compression of tiles
	metadata string
	leaf     int // entries in a leaf directory; 0: all in the root
	low, top byte
}

func packDirectory(entries []dirEntry) []byte {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, e.offset+1)
	}
	return b
}

// file lays the parts out as the specification has it; tiles that follow each other
// with the same bytes become a run.
func (w written) file(t testing.TB) []byte {
	t.Helper()
	var entries []dirEntry
	var data []byte
	keys := make([][3]int, 0, len(w.tiles))
	for k := range w.tiles {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b [3]int) int { return cmp.Compare(tileID(a[0], a[1], a[2]), tileID(b[0], b[1], b[2])) })
	for i, k := range keys {
		tile, id := w.tiles[k], tileID(k[0], k[1], k[2])
		if i > 0 && bytes.Equal(tile, w.tiles[keys[i-1]]) && id == entries[len(entries)-1].id+uint64(entries[len(entries)-1].run) {
			entries[len(entries)-1].run++
			continue
		}
		if w.packed == 2 {
			tile = zipped(t, tile)
		}
		entries = append(entries, dirEntry{id: id, offset: uint64(len(data)), length: uint32(len(tile)), run: 1})
		data = append(data, tile...)
	}
	pack := func(b []byte) []byte {
		if w.internal == 2 {
			return zipped(t, b)
		}
		return b
	}
	var leaves []byte
	if w.leaf > 0 {
		var root []dirEntry
		for part := range slices.Chunk(entries, w.leaf) {
			leaf := pack(packDirectory(part))
			root = append(root, dirEntry{id: part[0].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		entries = root
	}
	return w.assemble(pack(packDirectory(entries)), pack([]byte(w.metadata)), leaves, data)
}

func (w written) assemble(root, metadata, leaves, data []byte) []byte {
	head := make([]byte, pmtilesHeader)
	copy(head, pmtilesMagic)
	head[7] = 3
	at := uint64(pmtilesHeader)
	for i, part := range [][]byte{root, metadata, leaves, data} {
		binary.LittleEndian.PutUint64(head[8+16*i:], at)
		binary.LittleEndian.PutUint64(head[16+16*i:], uint64(len(part)))
		at += uint64(len(part))
	}
	head[97], head[98], head[99] = max(1, w.internal), max(1, w.packed), w.kind
	if w.kind == 0 {
		head[99] = 2
	}
	head[100], head[101] = w.low, w.top
	for i, degrees := range []float64{107, 15, 109, 17} {
		binary.LittleEndian.PutUint32(head[102+4*i:], uint32(int32(math.Round(degrees*1e7))))
	}
	return slices.Concat(head, root, metadata, leaves, data)
}

func (w written) open(t testing.TB) *pmtiles {
	t.Helper()
	file := w.file(t)
	p, err := newPMTiles(bytes.NewReader(file), int64(len(file)), "test")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mbtilesFile writes an MBTiles file by statements.
func mbtilesFile(t testing.TB, statements ...any) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a map?#%.mbtiles")
	db, err := sql.Open("sqlite", filepath.Join(filepath.Dir(path), "plain"))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(statements); i++ {
		text := statements[i].(string)
		var args []any
		if i+1 < len(statements) {
			if list, ok := statements[i+1].([]any); ok {
				args = list
				i++
			}
		}
		if _, err := db.Exec(text, args...); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(filepath.Dir(path), "plain"), path); err != nil {
		t.Fatal(err)
	}
	return path
}
