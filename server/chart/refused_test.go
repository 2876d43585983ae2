package chart

import (
	"errors"
	"io"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

// TestCausesHaveCodes: what is wrong with a shape or a feature of a file has a code
// wherever people are told of it, so that they read it in their own language.
func TestCausesHaveCodes(t *testing.T) {
	saved := world.Saved{ID: "a", Name: "A"}
	crossing := geo.MultiPolygon{{{{108, 15}, {109, 16}, {109, 15}, {108, 16}, {108, 15}}}}
	swapped := world.DrawnShape{Form: "line", Points: []geo.Point{{108, 15}, {15, 108}}}
	feature := func(properties, geometry string) string {
		return `{"type":"FeatureCollection","features":[{"type":"Feature","properties":` + properties + `,"geometry":` + geometry + `}]}`
	}
	const box = `{"type":"Polygon","coordinates":[[[108,15],[109,15],[109,16],[108,15]]]}`
	fences := func(text string) error {
		_, read, err := decodeFences(strings.NewReader(text))
		return errors.Join(err, fenceless(read))
	}
	layer := func(text string) error {
		_, err := normalise(t.Context(), io.Discard, strings.NewReader(text), nil)
		return err
	}
	for name, c := range map[string]struct {
		err  error
		want map[string]string
	}{
		"a fence that crosses itself": {CheckFence(world.FenceSaved{Saved: saved, Polygons: crossing}), map[string]string{"": "fence.ring", "why.code": "shape.crossing", "why.at": "[108.50000, 15.50000]"}},
		"a drawing":                   {CheckDrawing(world.DrawingSaved{Saved: saved, Shapes: []world.DrawnShape{swapped}}), map[string]string{"": "drawing.shape", "why.code": "drawing.point", "why.n": "2", "why.why.code": "shape.swapped", "why.why.at": "[15, 108]"}},
		"a file of fences":            {fences(feature(`{"name":"A","near":"far"}`, box)), map[string]string{"": "import.useless", "feature": "0", "why.code": "import.number", "why.key": "near"}},
		"several of one":              {fences(feature(`{"name":7,"near":"far"}`, box)), map[string]string{"": "import.useless", "why.code": "many", "why.1.code": "import.number", "why.1.key": "near", "why.2.code": "import.text", "why.2.key": "name"}},
		"a point as a fence":          {fences(feature(`{"name":"A"}`, `{"type":"Point","coordinates":[108,15]}`)), map[string]string{"": "import.useless", "why.code": "import.form", "why.form": "Point"}},
		"no fence":                    {fences(`{"type":"FeatureCollection","features":[]}`), map[string]string{"": "import.nofence"}},
		"a layer":                     {layer(feature(`{}`, `{"type":"Point","coordinates":[15,108]}`)), map[string]string{"": "file.useless", "n": "1", "why.code": "shape.swapped"}},
	} {
		var say world.Sayable
		if !errors.As(c.err, &say) {
			t.Errorf("%s: %v", name, c.err)
			continue
		}
		code, values := say.Say()
		for key, want := range c.want {
			if got := values[key]; key == "" && code != want || key != "" && got != want {
				t.Errorf("%s: %s is %q of %s, want %q: %v", name, key, got, code, want, values)
			}
		}
	}
}
