package brief

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/words"
)

func lang(t *testing.T, code string) *words.Lang {
	t.Helper()
	l, err := words.Load(code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func param(pairs ...string) []world.Param {
	var out []world.Param
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, world.Param{Key: pairs[i], Value: pairs[i+1]})
	}
	return out
}

func TestParse(t *testing.T) {
	l := lang(t, "vi")
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
		got, faults := Parse(l, c.params)
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
	l := lang(t, "en")
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
		got, faults := Parse(l, p.List())
		if p.Trail < 0 {
			p.Trail = -1
		}
		if !reflect.DeepEqual(got, p) || len(faults) > 0 {
			t.Errorf("%+v became %+v, %v", p, got, faults)
		}
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

func TestClasses(t *testing.T) {
	for _, c := range []struct {
		name    string
		classes Classes
		values  []float64
		want    []float64
	}{
		{"quantile", Classes{}, []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 100}, []float64{2, 4, 6, 8}},
		{"equal", Classes{Equal: true}, []float64{0, 1, 2, 3, 100}, []float64{20, 40, 60, 80}},
		{"fixed", Classes{Limits: []float64{50, 70}}, []float64{1}, []float64{50, 70}},
		{"nothing", Classes{}, nil, nil},
		{"all equal", Classes{}, []float64{4, 4, 4}, nil},
		{"two values", Classes{}, []float64{4, 4, 4, 9}, []float64{4}},
		{"few", Classes{}, []float64{1, 2, 3}, []float64{1, 2}},
	} {
		if got := c.classes.Breaks(c.values); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	for v, want := range map[float64]int{49: 0, 50: 0, 50.1: 1, 70: 1, 71: 2} {
		if got := Class([]float64{50, 70}, v); got != want {
			t.Errorf("%v is in class %d, want %d", v, got, want)
		}
	}
}
