package tiles

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"google.golang.org/protobuf/encoding/protowire"

	"iocwall/geo"
	"iocwall/geo/tiles/archive"
)

// message puts a field before others of a message.
func message(num protowire.Number, body []byte, rest ...[]byte) []byte {
	b := protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), body)
	return append(b, slices.Concat(rest...)...)
}

func number(num protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), v)
}

func packed(num protowire.Number, values ...uint32) []byte {
	var b []byte
	for _, v := range values {
		b = protowire.AppendVarint(b, uint64(v))
	}
	return message(num, b)
}

func feature(id, kind uint64, tags, commands []uint32) []byte {
	return slices.Concat(number(1, id), packed(2, tags...), number(3, kind), packed(4, commands...))
}

func layerOf(name string, parts ...[]byte) []byte {
	return message(3, message(1, []byte(name), append(parts, number(15, 2))...))
}

// commands encodes paths of positions in units of the tile: n moves, lines, a close.
func path(closed bool, from *[2]int, points ...[2]int) []uint32 {
	var out []uint32
	for i, p := range points {
		switch i {
		case 0:
			out = append(out, 1<<3|moveTo)
		case 1:
			out = append(out, uint32(len(points)-1)<<3|lineTo)
		}
		out = append(out, uint32(protowire.EncodeZigZag(int64(p[0]-from[0]))), uint32(protowire.EncodeZigZag(int64(p[1]-from[1]))))
		*from = p
	}
	if closed {
		out = append(out, 1<<3|closePath)
	}
	return out
}

func TestDecodeVector(t *testing.T) {
	var at [2]int
	islands := slices.Concat(
		path(true, &at, [2]int{0, 0}, [2]int{100, 0}, [2]int{100, 100}, [2]int{0, 100}),
		path(true, &at, [2]int{10, 10}, [2]int{10, 20}, [2]int{20, 20}),
		path(true, &at, [2]int{50, 50}, [2]int{60, 50}), // a ring without area
		path(true, &at, [2]int{200, 0}, [2]int{300, 0}, [2]int{300, 100}))
	at = [2]int{}
	rivers := slices.Concat(path(false, &at, [2]int{0, 0}, [2]int{256, 256}), path(false, &at, [2]int{256, 0}, [2]int{0, 256}, [2]int{-10, 256}))
	tile := slices.Concat(
		layerOf("water", message(3, []byte("name")), message(3, []byte("rank")), message(3, []byte("deep")), message(3, []byte("wet")), message(3, []byte("id")), message(3, []byte("old")), message(3, []byte("none")),
			message(4, message(1, []byte("Thu Bồn"))), message(4, number(4, 7)), message(4, protowire.AppendFixed64(protowire.AppendTag(nil, 3, protowire.Fixed64Type), math.Float64bits(2.5))),
			message(4, number(7, 1)), message(4, number(5, math.MaxUint64)), message(4, number(6, protowire.EncodeZigZag(-9))), message(4, nil),
			number(5, 256),
			message(2, feature(math.MaxUint64, kindPolygon, []uint32{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6}, islands)),
			message(2, feature(2, kindLine, nil, rivers))),
		message(1, []byte("unknown field")),
		layerOf("places", number(5, 256), message(2, feature(3, kindPoint, nil, []uint32{1<<3 | moveTo, 2 * 128, 2 * 64})),
			message(2, feature(4, kindPoint, nil, []uint32{2<<3 | moveTo, 2 * 128, 2 * 64, 0, 1})),
			message(2, feature(5, 9, nil, []uint32{1})), // of an unknown kind
			message(2, feature(6, kindLine, nil, []uint32{1<<3 | moveTo, 0, 0}))))
	v, err := DecodeVector(tile, 1, 1, 0)
	if err != nil || v.Rejected != 0 {
		t.Fatal(err, v.Problems)
	}
	if len(v.Layers) != 2 || v.Layers[0].Name != "water" || v.Layers[1].Name != "places" || v.Bytes < 1000 {
		t.Fatalf("%+v", v)
	}
	pt := func(x, y float64) orb.Point { return orb.Point{0.5 + x/512, y / 512} }
	got := v.Layers[0].Features
	if want := (orb.MultiPolygon{
		{{pt(0, 0), pt(100, 0), pt(100, 100), pt(0, 100), pt(0, 0)}, {pt(10, 10), pt(10, 20), pt(20, 20), pt(10, 10)}},
		{{pt(200, 0), pt(300, 0), pt(300, 100), pt(200, 0)}},
	}); !reflect.DeepEqual(got[0].Geometry, orb.Geometry(want)) {
		t.Errorf("islands %v", got[0].Geometry)
	}
	if want := map[string]any{"name": "Thu Bồn", "rank": int64(7), "deep": 2.5, "wet": true, "id": uint64(math.MaxUint64), "old": int64(-9)}; !reflect.DeepEqual(got[0].Properties, want) {
		t.Errorf("properties %v", got[0].Properties)
	}
	if got[0].ID != math.MaxUint64 {
		t.Errorf("id %d", got[0].ID)
	}
	if want := (orb.MultiLineString{{pt(0, 0), pt(256, 256)}, {pt(256, 0), pt(0, 256), pt(-10, 256)}}); !reflect.DeepEqual(got[1].Geometry, orb.Geometry(want)) {
		t.Errorf("rivers %v", got[1].Geometry)
	}
	got = v.Layers[1].Features
	if len(got) != 2 || got[0].Geometry != orb.Geometry(pt(128, 64)) || !reflect.DeepEqual(got[1].Geometry, orb.Geometry(orb.MultiPoint{pt(128, 64), pt(128, 63)})) {
		t.Errorf("places %v", got)
	}
}

func TestBrokenVectorTiles(t *testing.T) {
	good := message(2, feature(1, kindPoint, nil, []uint32{1<<3 | moveTo, 8, 8}))
	for _, c := range []struct {
		name string
		tile []byte
		want string
	}{
		{"text", []byte("<html>"), "broken vector tile"},
		{"breaks off", layerOf("a", good)[:9], "broken vector tile"},
		{"length that lies", []byte{0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f}, "broken vector tile"},
		{"no extent", layerOf("a", good, number(5, 0)), "0 units"},
		{"huge extent", layerOf("a", good, number(5, 1<<40)), "units wide"},
		{"broken value", layerOf("a", message(4, []byte{0x0a, 9})), `value 0 of layer "a"`},
		{"many features", layerOf("a", slices.Repeat(message(2, nil), maxDecoded/bytesFeature+1)), "more than 48 MiB"},
		{"many points", layerOf("a", slices.Repeat(message(2, packed(4, slices.Repeat([]uint32{0}, 1<<16)...)), 70)), "more than 48 MiB"},
	} {
		if v, err := DecodeVector(c.tile, 3, 1, 1); err == nil || v != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := DecodeVector(nil, 3, 8, 0); err == nil {
		t.Error("a tile that cannot be is decoded")
	}
	if v, err := DecodeVector(nil, 3, 7, 0); err != nil || len(v.Layers) != 0 {
		t.Errorf("an empty tile: %v, %v", v, err)
	}
}

// TestBrokenFeatures puts one broken feature before a good one.
func TestBrokenFeatures(t *testing.T) {
	good := message(2, feature(7, kindPoint, []uint32{0, 0}, []uint32{1<<3 | moveTo, 8, 8}))
	for _, c := range []struct {
		name     string
		kind     uint64
		tags     []uint32
		commands []uint32
		want     string
	}{
		{"no geometry", kindPoint, nil, nil, "no points"},
		{"breaks off", kindPoint, nil, []uint32{3<<3 | moveTo, 8, 8}, "breaks off: 3 points are told, 1 are there"},
		{"huge count", kindPoint, nil, []uint32{math.MaxUint32&^7 | moveTo, 8, 8}, "breaks off"},
		{"count of none", kindPoint, nil, []uint32{moveTo, 8, 8}, "unknown"},
		{"unknown command", kindLine, nil, []uint32{1<<3 | 3, 8, 8}, "unknown"},
		{"line from nowhere", kindLine, nil, []uint32{1<<3 | lineTo, 8, 8}, "begins nowhere"},
		{"line of points", kindPoint, nil, []uint32{1<<3 | moveTo, 8, 8, 1<<3 | lineTo, 2, 2}, "begins nowhere"},
		{"closed line", kindLine, nil, []uint32{1<<3 | moveTo, 8, 8, 1<<3 | lineTo, 2, 2, 1<<3 | closePath}, "none"},
		{"closes nothing", kindPolygon, nil, []uint32{1<<3 | closePath}, "none"},
		{"two beginnings", kindPolygon, nil, []uint32{2<<3 | moveTo, 8, 8, 2, 2}, "begins at 2 points"},
		{"open ring", kindPolygon, nil, []uint32{1<<3 | moveTo, 8, 8, 2<<3 | lineTo, 2, 2, 4, 0}, "not closed"},
		{"far away", kindPoint, nil, []uint32{1<<3 | moveTo, 2 * 4096 * (maxReach + 1), 8}, "tiles away"},
		{"odd tags", kindPoint, []uint32{0}, []uint32{1<<3 | moveTo, 8, 8}, "no pairs"},
		{"tag to nowhere", kindPoint, []uint32{0, 1}, []uint32{1<<3 | moveTo, 8, 8}, "points nowhere"},
		{"key to nowhere", kindPoint, []uint32{math.MaxUint32, 0}, []uint32{1<<3 | moveTo, 8, 8}, "points nowhere"},
	} {
		tile := layerOf("a", message(3, []byte("k")), message(4, number(4, 1)), message(2, feature(1, c.kind, c.tags, c.commands)), good)
		v, err := DecodeVector(tile, 3, 1, 1)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if v.Rejected != 1 || !strings.Contains(v.Problems[0].Error(), c.want) || !strings.Contains(v.Problems[0].Error(), `layer "a", feature 0`) {
			t.Errorf("%s: %d rejected, %v, want %q", c.name, v.Rejected, v.Problems, c.want)
		}
		if len(v.Layers) != 1 || len(v.Layers[0].Features) != 1 || v.Layers[0].Features[0].ID != 7 {
			t.Errorf("%s: the good feature is lost: %+v", c.name, v.Layers)
		}
	}
	torn := layerOf("a", message(2, []byte{0x22, 9, 1}), good, message(3, []byte("k")), message(4, number(4, 1)))
	if v, err := DecodeVector(torn, 0, 0, 0); err != nil || v.Rejected != 1 || len(v.Layers) != 1 {
		t.Errorf("a torn feature: %v, %+v", err, v)
	}
}

// TestRealVectorTile decodes a tile that others have made, where it is at hand.
func TestRealVectorTile(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "testdata", "tiles", "pmtiles_test_fixture_1.pmtiles")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("no file of others at hand: %v", err)
	}
	a, err := archive.OpenPMTiles(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	raw, err := a.Tile(t.Context(), 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	v, err := DecodeVector(raw, 0, 0, 0)
	if err != nil || v.Rejected > 0 || len(v.Layers) == 0 {
		t.Fatalf("%v, %+v", err, v)
	}
	for _, l := range v.Layers {
		for _, f := range l.Features {
			t.Logf("%s %d %v %v", l.Name, f.ID, f.Geometry.GeoJSONType(), f.Properties)
			b := f.Geometry.Bound()
			if sw := geo.Unproject(b.Min[0], b.Max[1]); !geo.Valid(sw) {
				t.Errorf("it lies at %v", sw)
			}
		}
	}
}

func FuzzVector(f *testing.F) {
	var at [2]int
	f.Add(layerOf("a", message(3, []byte("k")), message(4, number(4, 1)), message(2, feature(1, kindPolygon, []uint32{0, 0},
		path(true, &at, [2]int{0, 0}, [2]int{9, 0}, [2]int{9, 9})))), uint8(3))
	f.Add(layerOf("a", number(5, 256), message(2, feature(1, kindPoint, nil, []uint32{2<<3 | moveTo, 8, 8, 1, 1}))), uint8(0))
	f.Fuzz(func(t *testing.T, tile []byte, z uint8) {
		v, err := DecodeVector(tile, int(z), 0, 0)
		if err != nil {
			return
		}
		if v.Bytes > maxDecoded || v.Rejected > 0 && len(v.Problems) == 0 {
			t.Fatalf("%d bytes, %d rejected, %v", v.Bytes, v.Rejected, v.Problems)
		}
		for _, l := range v.Layers {
			for _, f := range l.Features {
				if err := drawable(f.Geometry, math.Exp2(-float64(z))); err != nil {
					t.Fatalf("layer %q: %v", l.Name, err)
				}
			}
		}
	})
}

// drawable says what is wrong with a geometry of the tile in the corner.
func drawable(g orb.Geometry, side float64) error {
	switch g := g.(type) {
	case orb.Point, orb.MultiPoint:
	case orb.LineString:
		if len(g) < 2 {
			return fmt.Errorf("a line of %d points", len(g))
		}
	case orb.MultiLineString:
		for _, l := range g {
			if err := drawable(l, side); err != nil {
				return err
			}
		}
	case orb.Polygon:
		for _, ring := range g {
			if len(ring) < 4 || !ring.Closed() {
				return fmt.Errorf("ring %v", ring)
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if err := drawable(p, side); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("it is a %T", g)
	}
	b := g.Bound()
	for _, v := range []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} {
		if !(math.Abs(v) <= side*maxReach*(1+1e-9)) {
			return fmt.Errorf("it reaches to %g", v)
		}
	}
	return nil
}
