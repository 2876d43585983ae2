package maps

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

func TestParse(t *testing.T) {
	m := newMaps(t, "vi", Options{})
	for _, c := range []struct {
		name   string
		params []world.Param
		want   Params
		faults string // keys of what is wrong
	}{
		{"nothing", nil, Params{}, ""},
		{"bounds", param("bounds", "107.2, 14.9,109.6,16.3"), Params{Bounds: &geo.Bounds{Min: geo.Point{107.2, 14.9}, Max: geo.Point{109.6, 16.3}}}, ""},
		{"bounds turned round", param("bounds", "109.6,14.9,107.2,16.3"), Params{}, "bounds"},
		{"bounds off the earth", param("bounds", "107,14,109,160"), Params{}, "bounds"},
		{"three bounds", param("bounds", "1,2,3"), Params{}, "bounds"},
		{"center", param("center", "15.5,108.4", "zoom", "11.5"), Params{Center: &geo.Point{108.4, 15.5}, Zoom: 11.5}, ""},
		{"center swapped", param("center", "108.4,15.5"), Params{}, "center"},
		{"zoom", param("zoom", "abc"), Params{}, "zoom"},
		{"zoom NaN", param("zoom", "NaN"), Params{}, "zoom"},
		{"layers", param("layers", "vessels, alerts,,x"), Params{Layers: []string{"vessels", "alerts", "x"}}, ""},
		{"no layers", param("layers", "none"), Params{Layers: []string{}}, ""},
		{"filters", param("filter.vessels", "speed > 3", "filter.", "x"), Params{Filters: map[string]string{"vessels": "speed > 3"}}, "filter."},
		{"areas", param("areas", "ontime", "classes", "50,70,90"), Params{Areas: "ontime", Classes: Classes{Limits: []float64{50, 70, 90}}}, ""},
		{"equal classes", param("classes", "equal"), Params{Classes: Classes{Equal: true}}, ""},
		{"limits that fall", param("classes", "90,70"), Params{}, "classes"},
		{"limits twice", param("classes", "70,70"), Params{}, "classes"},
		{"too many limits", param("classes", "1,2,3,4,5,6,7"), Params{}, "classes"},
		{"switches", param("cluster", "no", "legend", "no"), Params{Apart: true, NoLegend: true}, ""},
		{"switch", param("cluster", "maybe"), Params{}, "cluster"},
		{"spans", param("trail", "45", "limit", "90m"), Params{Trail: 45 * time.Minute, Limit: 90 * time.Minute}, ""},
		{"no trail", param("trail", "0"), Params{Trail: -1}, ""},
		{"spans that are none", param("trail", "-4", "limit", "long"), Params{}, "trail limit"},
		{"follow", param("follow", "vessel/574000001"), Params{Follow: "vessel/574000001"}, ""},
		{"follow nothing", param("follow", "574000001"), Params{}, "follow"},
		{"unknown", param("colour", "red", "title", "Biển"), Params{Title: "Biển"}, "colour"},
		{"empty is not set", param("zoom", "", "bounds", " "), Params{}, ""},
	} {
		got, faults := m.Parse(c.params)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
		var keys []string
		for _, f := range faults {
			keys = append(keys, f.Key)
			if !strings.Contains(f.Text, f.Key) || strings.Contains(f.Text, "[") {
				t.Errorf("%s: fault %q", c.name, f.Text)
			}
		}
		if s := strings.Join(keys, " "); s != c.faults {
			t.Errorf("%s: faults at %q, want %q", c.name, s, c.faults)
		}
	}
}

// TestParamsRoundTrip: what List writes, Parse reads.
func TestParamsRoundTrip(t *testing.T) {
	m := newMaps(t, "en", Options{})
	for _, p := range []Params{
		{},
		{Layers: []string{}},
		{
			Title: "Sea", Bounds: &geo.Bounds{Min: geo.Point{107.25, 14.9}, Max: geo.Point{109.6, 16.3}}, Home: []string{"vn/da-nang-2025"},
			Layers: []string{"vessels", "areas"}, Filters: map[string]string{"vessels": "speed > 3", "alerts": "taken"}, Areas: "x", Classes: Classes{Limits: []float64{1.5, 2}},
			Apart: true, SavedView: "v", Follow: "vessel/1", Trail: 30 * time.Minute, NoLegend: true, Limit: time.Hour,
		},
		{Center: &geo.Point{108.5, 15.25}, Zoom: 10.125, Classes: Classes{Equal: true}, Trail: -1},
	} {
		got, faults := m.Parse(p.List())
		if p.Trail < 0 {
			p.Trail = -1
		}
		if !reflect.DeepEqual(got, p) || len(faults) > 0 {
			t.Errorf("%+v became %+v, %v", p, got, faults)
		}
	}
}

// TestSavedView: a view stands behind the map's own parameters, and where those
// say where to look, the view does not.
func TestSavedView(t *testing.T) {
	h := newHistory(t, Options{})
	coast(h, &library{})
	for _, c := range []struct {
		own    []world.Param
		bounds bool
		layers int
		faults int
	}{
		{param("view", "bien"), true, 2, 0},
		{param("view", "bien", "center", "15,108"), false, 2, 0},
		{param("view", "bien", "layers", "vessels"), true, 1, 0},
		{param("view", "gone"), false, 0, 1},
	} {
		p := h.m.Open(c.own)
		pic := p.Picture(h.now(p.View(h.s, 800, 500)))
		got := p.Params(h.s)
		if (got.Bounds != nil) != c.bounds || len(got.Layers) != c.layers || len(pic.Faults) != c.faults {
			t.Errorf("%v: %+v with faults %v", c.own, got, pic.Faults)
		}
	}
	// The view is saved anew, and then it is gone.
	p := h.m.Open(param("view", "bien"))
	before := p.View(h.s, 800, 500)
	h.add(ago(time.Minute), world.MapViewSaved{Saved: world.Saved{ID: "bien", Version: 2}, Params: param("bounds", "107,14,108,15")})
	if p.View(h.s, 800, 500) == before {
		t.Error("the map does not follow its saved view")
	}
	h.add(ago(0), world.MapViewSaved{Saved: world.Saved{ID: "bien", Version: 3, Removed: true}})
	if f := p.Picture(h.now(before)).Faults; len(f) != 1 || f[0].Key != "view" {
		t.Errorf("a view that was removed gives %v", f)
	}
}

func TestOn(t *testing.T) {
	for _, c := range []struct {
		p     Params
		layer string
		want  bool
	}{
		{Params{}, Vessels, true},
		{Params{}, Areas, false},
		{Params{Areas: "x"}, Areas, true},
		{Params{}, "hospitals", false},
		{Params{Layers: []string{"hospitals"}}, "hospitals", true},
		{Params{Layers: []string{"hospitals"}}, Vessels, false},
		{Params{Layers: []string{}}, Vessels, false},
		{Params{Layers: []string{Vessels}, Areas: "x"}, Areas, false},
	} {
		if got := c.p.On(c.layer); got != c.want {
			t.Errorf("%+v: %s is on: %v", c.p, c.layer, got)
		}
	}
}
