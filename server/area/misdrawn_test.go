package area

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

// TestMisdrawn: what package geo finds has a code, with the place where people look for
// it; the words and the cause stay.
func TestMisdrawn(t *testing.T) {
	feature := func(geometry string) error {
		var err error
		text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + geometry + `}]}`
		if cut := geo.EachFeature(strings.NewReader(text), func(_ geo.Feature, why *geo.FeatureError) bool {
			if why != nil {
				err = why.Err
			}
			return true
		}); cut != nil {
			t.Fatal(cut)
		}
		return err
	}
	for name, c := range map[string]struct {
		err      error
		code, at string
	}{
		"swapped":      {geo.CheckPoint(geo.Point{15.88, 108.33}), "shape.swapped", "[15.88, 108.33]"},
		"metres":       {geo.CheckPoint(geo.Point{548000, 1750000}), "shape.range", "[548000, 1.75e+06]"},
		"far":          {geo.CheckPoint(geo.Point{200, 95}), "shape.range", "[200, 95]"},
		"beyond":       {geo.CheckPoint(geo.Point{190, 15}), "shape.beyond", ""},
		"unclosed":     {geo.CheckRing([]geo.Point{{108, 15}, {109, 15}, {109, 16}}), "shape.unclosed", ""},
		"short":        {geo.CheckRing([]geo.Point{{108, 15}, {109, 15}, {108, 15}}), "shape.short", ""},
		"crossing":     {geo.CheckRing([]geo.Point{{108, 15}, {109, 16}, {109, 15}, {108, 16}, {108, 15}}), "shape.crossing", "[108.50000, 15.50000]"},
		"antimeridian": {feature(`{"type":"LineString","coordinates":[[179,15],[-179,15]]}`), "shape.antimeridian", ""},
		"empty":        {feature(`null`), "shape.empty", ""},
		"strange":      {feature(`{"type":"Circle","coordinates":[108,15]}`), "shape.geometry", ""},
		"nested":       {feature(`{"type":"Polygon","coordinates":[[108,15],[109,15]]}`), "shape.coordinates", ""},
		"one point":    {feature(`{"type":"LineString","coordinates":[[108,15]]}`), "shape.coordinates", ""},
		"no object":    {feature(`7`), "shape.geometry", ""},
		"in a file":    {feature(`{"type":"Polygon","coordinates":[[[15,108],[15,109],[16,109],[15,108]]]}`), "shape.swapped", "[15, 108]"},
	} {
		got := Misdrawn(c.err)
		var say world.Sayable
		if c.err == nil || !errors.As(got, &say) {
			t.Errorf("%s: %v is %v", name, c.err, got)
			continue
		}
		code, values := say.Say()
		if code != c.code || values["at"] != c.at || got.Error() != c.err.Error() || !errors.Is(got, c.err) {
			t.Errorf("%s: %s %v: %v", name, code, values, got)
		}
	}
	for code, err := range map[string]error{"shape.crs": fmt.Errorf("feature 1: %w", geo.ErrCRS), "shape.large": geo.ErrTooLarge, "shape.feature": geo.ErrFeature} {
		var say world.Sayable
		if !errors.As(Misdrawn(err), &say) {
			t.Errorf("%v has no code", err)
		} else if got, _ := say.Say(); got != code {
			t.Errorf("%v is %s", err, got)
		}
	}
	for text, want := range map[string]string{
		"":                        "shape.nothing",
		`{"type":"Featur`:         "shape.cut 15",
		"[]":                      "shape.foreign",
		`{"features":{}}`:         "shape.foreign.at 13",
		"\xff\xfe{\x00":           "shape.utf16",
		"PK\x03\x04":              "shape.compressed",
		`{"features":[]} {`:       "shape.goeson 17",
		`{"crs":{"Properties":7}`: "shape.crs",
	} {
		err := Misdrawn(geo.EachFeature(strings.NewReader(text), func(geo.Feature, *geo.FeatureError) bool { return true }))
		code, values := world.Say(err)
		if got := strings.TrimSpace(code + " " + values["n"]); got != want || strings.Contains(values["why"], "geojson:") {
			t.Errorf("%q is %s: %v", text, got, err)
		}
	}
	coded := world.Refuse("fence.ring", "ring {n}: {why}", "n", 2, "why", Misdrawn(geo.CheckPoint(geo.Point{15, 108})))
	if got := Misdrawn(coded); !errors.Is(got, coded) || fmt.Sprint(got) != fmt.Sprint(coded) {
		t.Errorf("what has a code became %v", got)
	}
	for _, err := range []error{nil, io.EOF} {
		if got := Misdrawn(err); !errors.Is(got, err) || fmt.Sprint(got) != fmt.Sprint(err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}
