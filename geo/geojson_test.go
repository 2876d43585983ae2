package geo_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/paulmach/orb"

	"iocwall/geo"
)

// feature wraps coordinates of a polygon.
func feature(coordinates string) string {
	return `{"type":"Feature","properties":{"n":1},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`
}

const goodRing = `[[[108,15],[109,15],[109,16],[108,15]]]`

// badFeatures feeds the table test and the fuzz target.
func badFeatures() []struct {
	name, json, says string
	is               error
} {
	return []struct {
		name, json, says string
		is               error
	}{
		{"crossing", feature(`[[[0,0],[2,2],[2,0],[0,2],[0,0]]]`), "edge 0 and edge 2 near [1.00000, 1.00000]", geo.ErrCrossing},
		{"unclosed", feature(`[[[0,0],[2,0],[2,2],[0,2]]]`), "repeat the first point", geo.ErrUnclosed},
		{"short", feature(`[[[0,0],[2,0],[0,0]]]`), "3 points", geo.ErrShort},
		{"swapped", feature(`[[[15,108],[15,109],[16,109],[15,108]]]`), "[15, 108], expected [longitude, latitude]", geo.ErrSwapped},
		{"out of range", feature(`[[[1081,15],[109,15],[109,16],[1081,15]]]`), "point 0", geo.ErrRange},
		{"no rings", feature(`[]`), "no rings", nil},
		{"second ring", feature(`[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2]]]`), "ring 1", geo.ErrUnclosed},
		{"no geometry", `{"type":"Feature","properties":{},"geometry":null}`, "no geometry", nil},
		{"not a feature", `{"type":"Polygon"}`, "", nil},
		{"a number", `7`, "", nil},
		{"one number", feature(`[[[108],[109,15],[109,16],[108]]]`), "a position has 1 numbers", nil},
		{"words", feature(`[[["108","15"],[109,15],[109,16],["108","15"]]]`), "point 0: the coordinates do not fit the geometry: a position is not a list of numbers", nil},
		{"not nested", feature(`[[108,15],[109,15],[109,16],[108,15]]`), "ring 0: point 0: the coordinates do not fit the geometry: a position is not a list", nil},
		{"nested too much", feature(`[[[[108,15],[109,15],[109,16],[108,15]]]]`), "not a list of numbers", nil},
		{"no coordinates", `{"type":"Feature","properties":{},"geometry":{"type":"Polygon"}}`, "not nested as its type says", nil},
		{"NaN", feature(`[[[NaN,15],[109,15],[109,16],[NaN,15]]]`), "invalid character 'N'", nil},
		{"too large a number", feature(`[[[1e999,15],[109,15],[109,16],[1e999,15]]]`), "not a list of numbers", nil},
		{"metres", feature(`[[[586580,1708677],[586590,1708677],[586590,1708690],[586580,1708677]]]`), "look like metres of a projection", geo.ErrRange},
		{"beyond 180", feature(`[[[179,15],[181,15],[181,16],[179,15]]]`), "point 1: position out of range: longitude 181 is beyond 180°", geo.ErrRange},
		{"antimeridian", feature(`[[[179,15],[-179,15],[-179,16],[179,16],[179,15]]]`), "edge 0 from longitude 179 to -179 crosses the antimeridian; cut it", geo.ErrAntimeridian},
		{"line over the antimeridian", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[170,1],[-170,1]]}}`, "edge 0", geo.ErrAntimeridian},
		{"line of one point", `{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[170,1]]}}`, "1 points, expected at least 2", nil},
		{"all in one place", feature(`[[[108,15],[108,15],[108,15],[108,15],[108,15]]]`), "at most two places", geo.ErrShort},
		{"mixed collection", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}}`, "mixes points, lines and areas", nil},
		{"empty collection", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[]}}`, "empty", nil},
		{"broken in a collection", `{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Circle"}]}}`, "geometry 0 of the collection", nil},
		{"not JSON", `{"type":"Feature",}`, "not a feature", nil},
		{"a bracket too many", `{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2}]}`, "not a feature", nil},
		{"unknown geometry", `{"type":"Feature","properties":{},"geometry":{"type":"Circle","coordinates":[1,2]}}`, "", nil},
		{"too deep", feature(strings.Repeat("[", 100) + strings.Repeat("]", 100)), "nest deeper", nil},
	}
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","name":"x","features":[` + strings.Join(features, ",") + `],"bbox":[0,0,1,1]}`
}

func TestBadFeaturesAreNamedAndTheRestLoads(t *testing.T) {
	for _, c := range badFeatures() {
		t.Run(c.name, func(t *testing.T) {
			good := feature(goodRing)
			features, rejected, err := geo.ReadGeoJSON(strings.NewReader(collection(good, c.json, good)))
			if err != nil {
				t.Fatal(err)
			}
			if len(features) != 2 || features[0].Index != 0 || features[1].Index != 2 {
				t.Fatalf("the good features did not load: %v", features)
			}
			if len(rejected) != 1 || rejected[0].Index != 1 {
				t.Fatalf("rejected: %v", rejected)
			}
			if msg := rejected[0].Error(); !strings.HasPrefix(msg, "feature 1: ") || !strings.Contains(msg, c.says) {
				t.Errorf("message %q does not say %q", msg, c.says)
			}
			if c.is != nil && !errors.Is(rejected[0], c.is) {
				t.Errorf("%v is not %v", rejected[0], c.is)
			}
		})
	}
}

// TestBrokenFiles: what is no GeoJSON is told with its place, and by what programs know it.
func TestBrokenFiles(t *testing.T) {
	for _, c := range []struct {
		name, in, says string
		is             error
	}{
		{"empty", ``, "opening brace: the file breaks off at byte 0", geo.ErrCut},
		{"list", `[]`, "expected an object", geo.ErrNotGeoJSON},
		{"no JSON", `xin chào`, "expected an object", geo.ErrNotGeoJSON},
		{"torn", collection(feature(goodRing))[:90], "feature 0: the file breaks off at byte 90", geo.ErrCut},
		{"torn in a member", `{"type":"Feature`, "the file breaks off at byte 16", geo.ErrCut},
		{"torn before a colon", `{"type"`, "the file breaks off at byte 7", geo.ErrCut},
		{"torn before the list", `{"features":`, "the file breaks off at byte 12", geo.ErrCut},
		{"features is no list", `{"features":{}}`, "expected a list", geo.ErrNotGeoJSON},
		{"no type", `{"a":1}`, "expected a FeatureCollection", geo.ErrNotGeoJSON},
		{"no features", `{"type":"FeatureCollection"}`, `without "features"`, geo.ErrNotGeoJSON},
		{"a member that is not JSON", `{"type":x}`, "no JSON before byte 9", geo.ErrNotGeoJSON},
		{"UTF-16", "\xff\xfe{\x00", "save it as UTF-8", geo.ErrUTF16},
		{"compressed", "\x1f\x8b\x08", "unpack it", geo.ErrCompressed},
		{"no comma", `{"features":[1 2]}`, "feature 1: the file is not GeoJSON: '2' at byte 16, expected a comma", geo.ErrNotGeoJSON},
		{"no comma between members", `{"type":"x" "features":[]}`, "expected a comma or the closing brace", geo.ErrNotGeoJSON},
		{"no colon", `{"type" "x"}`, "no colon", geo.ErrNotGeoJSON},
		{"no name", `{7:1}`, "no member's name", geo.ErrNotGeoJSON},
		{"breaks off in a name", `{"typ`, "breaks off at byte 5", geo.ErrCut},
		{"two files", collection(feature(goodRing)) + collection(feature(goodRing)), "something follows the end", geo.ErrGoesOn},
		{"a word after the end", collection(feature(goodRing)) + "\n x", "something follows the end", geo.ErrGoesOn},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := geo.ReadGeoJSON(strings.NewReader(c.in))
			if err == nil || !strings.Contains(err.Error(), c.says) || !errors.Is(err, c.is) {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
		})
	}
	broken := errors.New("connection reset")
	for _, head := range []string{``, `{"type"`, `{"features":`, collection(feature(goodRing))} {
		in := io.MultiReader(strings.NewReader(head), iotest.ErrReader(broken))
		if _, _, err := geo.ReadGeoJSON(in); !errors.Is(err, broken) || !errors.Is(err, geo.ErrCut) {
			t.Errorf("after %q: %v", head, err)
		}
	}
}

func TestTornFileKeepsWhatCameBefore(t *testing.T) {
	whole := collection(feature(goodRing), feature(goodRing))
	features, _, err := geo.ReadGeoJSON(strings.NewReader(whole[:len(whole)-60]))
	if err == nil || len(features) != 1 {
		t.Errorf("got %d features and %v", len(features), err)
	}
}

func TestLoneFeatureAndGeometry(t *testing.T) {
	for _, in := range []string{feature(goodRing), `{"type":"Polygon","coordinates":` + goodRing + `}`} {
		features, rejected, err := geo.ReadGeoJSON(strings.NewReader(in))
		if err != nil || len(rejected) != 0 || len(features) != 1 {
			t.Fatalf("%s: %v %v %v", in, features, rejected, err)
		}
		if mp := features[0].MultiPolygon(); len(mp) != 1 {
			t.Errorf("area %v", mp)
		}
	}
	features, _, err := geo.ReadGeoJSON(strings.NewReader(`{"type":"Feature","id":7,"properties":null,"geometry":{"type":"Point","coordinates":[108,15]}}`))
	if err != nil || len(features) != 1 || features[0].ID != "7" || features[0].Geometry != geo.Pt(108, 15) {
		t.Errorf("got %v, %v", features, err)
	}
}

func TestOddButGood(t *testing.T) {
	good := feature(goodRing)
	for _, c := range []struct{ name, in string }{
		{"mark of byte order", "\xef\xbb\xbf" + collection(good)},
		{"white space", " \n\t" + strings.ReplaceAll(collection(good), ",", " ,\r\n ") + " \n"},
		{"features first", `{"features":[` + good + `],"type":"FeatureCollection"}`},
		{"heights", collection(feature(`[[[108,15,3.5],[109,15,0],[109,16,-2],[108,15,3.5]]]`))},
		{"heights and measures", collection(feature(`[[[108,15,3.5,7],[109,15,0,8],[109,16,-2,9],[108,15,3.5,7]]]`))},
		{"points twice", collection(feature(`[[[108,15],[109,15],[109,15],[109,16],[108,15]]]`))},
		{"exponents", collection(feature(`[[[1.08e2,15],[109,15E0],[109,16],[108,15]]]`))},
		{"a collection of areas", collection(`{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":` + goodRing + `}]}}`)},
		{"crs that is WGS 84", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[` + good + `]}`},
		{"crs by number", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4326"}},"features":[` + good + `]}`},
		{"crs null", `{"type":"FeatureCollection","crs":null,"features":[` + good + `]}`},
		{"brackets in text", `{"note":"]}[{\"","features":[` + strings.Replace(good, `"n":1`, `"n":"]}\\\" ["`, 1) + `]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			features, rejected, err := geo.ReadGeoJSON(strings.NewReader(c.in))
			if err != nil || len(rejected) > 0 || len(features) != 1 {
				t.Fatalf("got %v %v %v", features, rejected, err)
			}
			if mp := features[0].MultiPolygon(); len(mp) != 1 || mp[0][0][0] != geo.Pt(108, 15) {
				t.Errorf("area %v", mp)
			}
		})
	}
}

func TestOtherCoordinateSystems(t *testing.T) {
	crs := `"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::3405"}}`
	for _, in := range []string{
		`{"type":"FeatureCollection",` + crs + `,"features":[` + feature(goodRing) + `]}`,
		`{"type":"FeatureCollection","features":[` + feature(goodRing) + `],` + crs + `}`,
		`{"type":"FeatureCollection","crs":7,"features":[` + feature(goodRing) + `]}`,
	} {
		features, _, err := geo.ReadGeoJSON(strings.NewReader(in))
		if !errors.Is(err, geo.ErrCRS) || len(features) > 0 {
			t.Errorf("%s: %d features, %v", in, len(features), err)
		}
	}
}

func TestIDs(t *testing.T) {
	for in, want := range map[string]string{`"a b"`: "a b", `574012345`: "574012345", `null`: "", `" "`: "", `1.5`: "1.5"} {
		text := `{"type":"Feature","id":` + in + `,"properties":null,"geometry":{"type":"Point","coordinates":[108,15]}}`
		features, _, err := geo.ReadGeoJSON(strings.NewReader(collection(text)))
		if err != nil || len(features) != 1 || features[0].ID != want {
			t.Errorf("%s: got %v, %v", in, features, err)
		}
	}
}

// stream writes a collection piece by piece, so that nobody holds all of it.
func stream(write func(w io.Writer)) io.Reader {
	r, w := io.Pipe()
	go func() {
		b := bufio.NewWriter(w)
		_, _ = b.WriteString(`{"type":"FeatureCollection","features":[` + feature(goodRing))
		write(b)
		_, _ = b.WriteString("]}")
		_ = b.Flush()
		_ = w.Close()
	}()
	return r
}

// TestALargeFileTakesLittleMemory streams 60 MB with a broken feature and one
// that is larger than allowed among them.
func TestALargeFileTakesLittleMemory(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	parcel, err := json.Marshal(star(rnd, geo.Pt(108, 15), 100, 0.1))
	if err != nil {
		t.Fatal(err)
	}
	one := "," + feature("["+string(parcel)+"]")
	count := 44 << 20 / len(one)
	r := stream(func(w io.Writer) {
		for i := range count {
			_, _ = io.WriteString(w, one)
			if i == 100 {
				_, _ = io.WriteString(w, `,{"type":"Feature","properties":{"x":"`)
				for range 17 << 10 {
					_, _ = io.WriteString(w, strings.Repeat("x", 1<<10))
				}
				_, _ = io.WriteString(w, `"}},{"type":"Feature"}`)
			}
		}
	})
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	good, bad, peak := 0, []string{}, uint64(0)
	err = geo.EachFeature(r, func(_ geo.Feature, why *geo.FeatureError) bool {
		if why != nil {
			bad = append(bad, why.Error())
		} else {
			good++
		}
		if good%500 == 0 || why != nil {
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
		}
		return true
	})
	if err != nil || good != count+1 {
		t.Errorf("%d of %d features, %v", good, count+1, err)
	}
	if len(bad) != 2 || !strings.HasPrefix(bad[0], "feature 102: feature is too large") || !strings.HasPrefix(bad[1], "feature 103: it has no geometry") {
		t.Errorf("rejected: %q", bad)
	}
	if grown := int64(peak) - int64(before.HeapAlloc); grown > 64<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	} else {
		t.Logf("%d features, the heap grew by %d MB at most", good, grown>>20)
	}
}

// written is a collection of the geometries of features.
func written(features []geo.Feature) (string, error) {
	var out []string
	for _, f := range features {
		g, err := geo.AppendGeometry(nil, f.Geometry, nil)
		if err != nil {
			return "", err
		}
		out = append(out, `{"type":"Feature","properties":{},"geometry":`+string(g)+`}`)
	}
	return collection(out...), nil
}

func TestWriteIsReadBack(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	ring := star(rnd, geo.Pt(108, 15), 30, 1)
	hole := star(rnd, geo.Pt(108, 15), 5, 0.1)
	hole.Reverse()
	want := []geo.Feature{
		{Geometry: orb.Point{108.123456789012, 15}, Properties: map[string]any{}},
		{Index: 1, Geometry: orb.Polygon{ring, hole}, Properties: map[string]any{}},
		{Index: 2, Geometry: orb.MultiPolygon{{ring, hole}, {star(rnd, geo.Pt(111, 15), 4, 1)}}, Properties: map[string]any{}},
		{Index: 3, Geometry: orb.MultiLineString{{{1, 2}, {3, 4}}}, Properties: map[string]any{}},
		{Index: 4, Geometry: orb.LineString{{1, 2}, {-3e-9, 4}}, Properties: map[string]any{}},
		{Index: 5, Geometry: orb.MultiPoint{{1, 2}}, Properties: map[string]any{}},
	}
	text, err := written(want)
	if err != nil {
		t.Fatal(err)
	}
	got, rejected, err := geo.ReadGeoJSON(strings.NewReader(text))
	if err != nil || len(rejected) > 0 {
		t.Fatal(rejected, err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, bad := range []orb.Geometry{nil, orb.Point{math.NaN(), 1}, orb.Polygon{{{1, 2}, {3, math.Inf(1)}}}, orb.Collection{orb.Point{1, 2}}} {
		if out, err := geo.AppendGeometry(nil, bad, nil); err == nil {
			t.Errorf("%v was written: %s", bad, out)
		}
	}
	rounded, err := geo.AppendGeometry([]byte("x"), orb.Point{108.16, 15}, func(b []byte, v float64) []byte { return fmt.Appendf(b, "%.1f", v) })
	if want := `x{"type":"Point","coordinates":[108.2,15.0]}`; err != nil || string(rounded) != want {
		t.Errorf("rounded: %s, %v, want %s", rounded, err, want)
	}
}

func FuzzReadGeoJSON(f *testing.F) {
	f.Add(collection(feature(goodRing)))
	for _, c := range badFeatures() {
		f.Add(collection(c.json))
		f.Add(c.json)
	}
	f.Fuzz(func(t *testing.T, in string) {
		features, _, _ := geo.ReadGeoJSON(strings.NewReader(in))
		text, err := written(features)
		if err != nil {
			t.Fatalf("what was read is not written: %v", err)
		}
		again, rejected, err := geo.ReadGeoJSON(strings.NewReader(text))
		if err != nil || len(rejected) > 0 || len(again) != len(features) {
			t.Fatalf("of %d features %d came back: %v %v", len(features), len(again), rejected, err)
		}
		for _, ft := range features {
			if mp := ft.MultiPolygon(); mp != nil {
				for _, polygon := range mp {
					for _, ring := range polygon {
						if err := geo.CheckRing(ring); err != nil {
							t.Fatalf("a broken ring came through: %v", err)
						}
					}
				}
			}
		}
	})
}
