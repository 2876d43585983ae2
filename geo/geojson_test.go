package geo_test

import (
	"errors"
	"strings"
	"testing"

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

func TestBrokenFiles(t *testing.T) {
	for _, c := range []struct{ name, in, says string }{
		{"empty", ``, "opening brace"},
		{"list", `[]`, "expected an object"},
		{"torn", collection(feature(goodRing))[:90], "feature 0"},
		{"features is no list", `{"features":{}}`, "expected a list"},
		{"no type", `{"a":1}`, "expected a FeatureCollection"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := geo.ReadGeoJSON(strings.NewReader(c.in))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
		})
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

func FuzzReadGeoJSON(f *testing.F) {
	f.Add(collection(feature(goodRing)))
	for _, c := range badFeatures() {
		f.Add(collection(c.json))
		f.Add(c.json)
	}
	f.Fuzz(func(t *testing.T, in string) {
		features, _, _ := geo.ReadGeoJSON(strings.NewReader(in))
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
