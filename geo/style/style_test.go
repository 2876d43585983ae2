package style

import (
	"encoding/json"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"testing"
)

// layerOf parses a style of one layer given without its braces.
func layerOf(t testing.TB, fields string) (Layer, []Problem) {
	t.Helper()
	s, problems, err := Parse([]byte(`{"version":8,"layers":[{"id":"a","source":"tiles","source-layer":"x",` + fields + `}]}`))
	if err != nil {
		t.Fatalf("%s: %v %v", fields, err, problems)
	}
	return s.Layers[0], problems
}

func scope(zoom float64, properties string) *Scope {
	s := &Scope{Zoom: zoom, Geometry: LineString, ID: 7}
	if err := json.Unmarshal([]byte(properties), &s.Properties); err != nil {
		panic(err)
	}
	return s
}

func TestZoomIsThatOf512Pixels(t *testing.T) {
	for _, c := range []struct{ world, want float64 }{{512, 0}, {256, -1}, {256 * 1024, 9}, {512 * math.Sqrt2, 0.5}} {
		if got := Zoom(c.world); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("a world of %g pixels has zoom %g, want %g", c.world, got, c.want)
		}
	}
}

func TestColors(t *testing.T) {
	for _, c := range []struct {
		text string
		want color.NRGBA
		bad  bool
	}{
		{text: "#0d1A26", want: color.NRGBA{0x0d, 0x1a, 0x26, 255}},
		{text: "#abc", want: color.NRGBA{0xaa, 0xbb, 0xcc, 255}},
		{text: "#abc8", want: color.NRGBA{0xaa, 0xbb, 0xcc, 0x88}},
		{text: "#11223344", want: color.NRGBA{0x11, 0x22, 0x33, 0x44}},
		{text: "rgb(1, 2,3)", want: color.NRGBA{1, 2, 3, 255}},
		{text: "rgba(1,2,3,0.5)", want: color.NRGBA{1, 2, 3, 128}},
		{text: "rgb(100% 0% 50% / 20%)", want: color.NRGBA{255, 0, 128, 51}},
		{text: "hsl(120, 100%, 25%)", want: color.NRGBA{0, 128, 0, 255}},
		{text: "hsla(-120,100%,50%,.25)", want: color.NRGBA{0, 0, 255, 64}},
		{text: " SteelBlue ", want: color.NRGBA{70, 130, 180, 255}},
		{text: "transparent"},
		{text: "#12", bad: true},
		{text: "#ggg", bad: true},
		{text: "rgb(1,2)", bad: true},
		{text: "rgb(1,2,NaN)", bad: true},
		{text: "rgb(1,2,3", bad: true},
		{text: "hsl(1,2,3)", bad: true},
		{text: "blackish", bad: true},
		{text: "", bad: true},
	} {
		got, ok := parseColor(c.text)
		if ok == c.bad || ok && got != c.want {
			t.Errorf("%q gives %v, %v; want %v, %v", c.text, got, ok, c.want, !c.bad)
		}
	}
}

func TestFilters(t *testing.T) {
	river := `{"class":"river","rank":3,"main":true,"name":"Thu Bồn"}`
	for _, c := range []struct {
		filter string
		want   bool
	}{
		{`["==","class","river"]`, true},
		{`["==","class","lake"]`, false},
		{`["!=","class","lake"]`, true},
		{`["!=","none","lake"]`, true},
		{`["==","$type","LineString"]`, true},
		{`["==","$id",7]`, true},
		{`["<","rank",3]`, false},
		{`["<=","rank",3]`, true},
		{`[">","rank",2.5]`, true},
		{`[">=","rank","3"]`, false},
		{`["in","class","lake","river"]`, true},
		{`["!in","class","lake","river"]`, false},
		{`["has","name"]`, true},
		{`["!has","name"]`, false},
		{`["has","$type"]`, true},
		{`["all",["==","class","river"],["==","main",true]]`, true},
		{`["any",["==","class","lake"],["==","main",false]]`, false},
		{`["none",["==","class","lake"],["==","main",false]]`, true},
		{`["all"]`, true},
		{`["any"]`, false},
		{`["==",["get","class"],"river"]`, true},
		{`["!=",["get","class"],"river"]`, false},
		{`[">",["get","rank"],2]`, true},
		{`["<",["get","missing"],2]`, false},
		{`["in",["get","class"],["literal",["lake","river"]]]`, true},
		{`["in","hu",["get","name"]]`, true},
		{`["!",["has","name"]]`, false},
		{`["match",["get","class"],["lake","river"],true,false]`, true},
		{`["==",["geometry-type"],"Polygon"]`, false},
		{`[">=",["zoom"],9]`, true},
		{`["all",["has","name"],["==",["+",["get","rank"],1],4]]`, true},
		{`["==",["to-number","3"],["get","rank"]]`, true},
		{`["case",["get","main"],false,true]`, false},
		{`true`, true},
		{`["any",["==",["get","class"],"river"],false]`, true},
	} {
		l, problems := layerOf(t, `"type":"line","filter":`+c.filter)
		if len(problems) > 0 {
			t.Errorf("%s: %v", c.filter, problems)
		}
		if got := l.Filter.Holds(scope(9, river)); got != c.want {
			t.Errorf("%s is %v, want %v", c.filter, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		width  string
		zoom   float64
		want   float64
		varies bool
	}{
		{`2.5`, 3, 2.5, false},
		{`{"stops":[[5,1],[10,6]]}`, 4, 1, false},
		{`{"stops":[[5,1],[10,6]]}`, 7, 3, false},
		{`{"stops":[[5,1],[10,6]]}`, 12, 6, false},
		{`{"base":2,"stops":[[0,0],[2,3]]}`, 1, 1, false},
		{`["interpolate",["linear"],["zoom"],5,1,10,6]`, 7, 3, false},
		{`["interpolate",["exponential",2],["zoom"],0,0,2,3,4,9]`, 1, 1, false},
		{`["interpolate",["linear"],["zoom"],5,["match",["get","class"],"a",2,4],10,10]`, 5, 4, true},
		{`["step",["zoom"],1,5,2,10,3]`, 4.9, 1, false},
		{`["step",["zoom"],1,5,2,10,3]`, 5, 2, false},
		{`["step",["get","rank"],1,5,2,10,3]`, 5, 3, true},
		{`["coalesce",["get","none"],["get","rank"]]`, 5, 12, true},
		{`["case",["==",["get","class"],"b"],7,8]`, 5, 7, true},
		{`["get","class"]`, 5, 1, true},
		{`["*",2,["/",["-",["get","rank"],2],5]]`, 5, 4, true},
		{`["/",1,0]`, 5, 1, false},
	} {
		l, problems := layerOf(t, `"type":"line","paint":{"line-width":`+c.width+`}`)
		if len(problems) > 0 {
			t.Errorf("%s: %v", c.width, problems)
		}
		got := l.Width.At(scope(c.zoom, `{"class":"b","rank":12}`))
		if math.Abs(got-c.want) > 1e-9 || l.Width.Varies() != c.varies {
			t.Errorf("%s at zoom %g is %g, varies %v; want %g, %v", c.width, c.zoom, got, l.Width.Varies(), c.want, c.varies)
		}
	}
}

func TestPaint(t *testing.T) {
	for _, c := range []struct {
		color string
		want  color.NRGBA
	}{
		{`"#102030"`, color.NRGBA{16, 32, 48, 255}},
		{`{"stops":[[0,"#000"],[10,"#646464"]]}`, color.NRGBA{50, 50, 50, 255}},
		{`["interpolate",["linear"],["zoom"],0,"#000",10,"#646464"]`, color.NRGBA{50, 50, 50, 255}},
		{`["interpolate",["linear"],["zoom"],0,"rgba(255,0,0,0)",10,"#00f"]`, color.NRGBA{0, 0, 255, 128}},
		{`["match",["get","class"],["wood","b"],"#010203","#fff"]`, color.NRGBA{1, 2, 3, 255}},
		{`["get","colour"]`, color.NRGBA{0xaa, 0xbb, 0xcc, 255}},
		{`["coalesce",["get","none"],"#010101"]`, color.NRGBA{1, 1, 1, 255}},
	} {
		l, problems := layerOf(t, `"type":"fill","paint":{"fill-color":`+c.color+`}`)
		if len(problems) > 0 {
			t.Errorf("%s: %v", c.color, problems)
		}
		if got := l.Color.At(scope(5, `{"class":"b","colour":"#abc"}`)); got != c.want {
			t.Errorf("%s is %v, want %v", c.color, got, c.want)
		}
	}
}

func TestTexts(t *testing.T) {
	for _, c := range []struct{ field, want string }{
		{`"{name}"`, "Thu Bon"},
		{`"{name} ({ref}, {n})"`, "Thu Bon (QL1, 3)"},
		{`"plain {"`, "plain {"},
		{`["get","name:vi"]`, "Thu Bồn"},
		{`["coalesce",["get","name:xx"],["get","name:vi"],["get","name"]]`, "Thu Bồn"},
		{`["concat",["get","ref"]," · ",["to-string",["get","n"]]]`, "QL1 · 3"},
		{`["upcase",["get","name:vi"]]`, "THU BỒN"},
		{`{"stops":[[0,"{ref}"],[8,"{name}"]]}`, "{name}"},
		{`["step",["zoom"],["get","ref"],8,["get","name"]]`, "Thu Bon"},
		{`["get","missing"]`, ""},
	} {
		l, problems := layerOf(t, `"type":"symbol","layout":{"text-field":`+c.field+`,"text-font":["Noto Sans Bold"]}`)
		if len(problems) > 0 {
			t.Errorf("%s: %v", c.field, problems)
		}
		if got := l.Text.Field.At(scope(9, `{"name":"Thu Bon","name:vi":"Thu Bồn","ref":"QL1","n":3}`)); got != c.want || !l.Text.Bold {
			t.Errorf("%s is %q, want %q", c.field, got, c.want)
		}
	}
}

// TestProblems holds that all that is not understood is told at once, with its
// place, and that the rest is used.
func TestProblems(t *testing.T) {
	s, problems, err := Parse([]byte(`{"version": 8, "terrain": {}, "layers": [
		{"id": "sky", "type": "sky"},
		{"id": "roads", "type": "line", "source-layer": "roads", "paint": {"line-color": "reddish", "line-blur": 3, "line-width": ["zoomy"]},
		 "layout": {"line-cap": "butt"}},
		{"id": "names", "type": "symbol", "source-layer": "places", "layout": {"text-field": "{name}", "icon-image": "dot", "text-size": "big"}},
		{"id": "odd", "type": "fill", "source-layer": "x", "filter": ["within", {}]},
		{"id": "roads", "type": "background"},
		{"id": "none", "type": "fill", "source-layer": "x", "layout": {"visibility": "none"}},
		{"id": "nowhere", "type": "fill"},
		17,
		{"id": "ramp", "type": "line", "source-layer": "x", "minzoom": "3", "paint": {
			"line-width": ["interpolate", ["linear"], ["zoom"], 5, 1, 5, 2], "line-dasharray": [0, 0],
			"line-color": {"property": "x", "stops": []}, "line-opacity": ["interpolate", ["cubic-bezier", 0, 0, 1, 1], ["zoom"], 1, 0, 2, 1]}}
	]}`))
	if err != nil {
		t.Fatal(err)
	}
	var ids, paths []string
	for _, l := range s.Layers {
		ids = append(ids, l.ID)
	}
	if want := []string{"roads", "names", "ramp"}; !slices.Equal(ids, want) {
		t.Errorf("layers %v, want %v", ids, want)
	}
	for _, p := range problems {
		paths = append(paths, p.Layer+" "+p.Path)
	}
	slices.Sort(paths)
	want := []string{
		" layers[7]", " terrain", "names layers[2].layout.icon-image", "names layers[2].layout.text-size",
		"nowhere layers[6].source-layer", "odd layers[3].filter", "ramp layers[8].minzoom", "ramp layers[8].paint.line-color",
		"ramp layers[8].paint.line-dasharray", "ramp layers[8].paint.line-opacity", "ramp layers[8].paint.line-width",
		"roads layers[1].layout.line-cap", "roads layers[1].paint.line-blur", "roads layers[1].paint.line-color",
		"roads layers[1].paint.line-width", "roads layers[4].id", "sky layers[0].type",
	}
	if !slices.Equal(paths, want) {
		t.Errorf("problems\n%s\nwant\n%s", strings.Join(paths, "\n"), strings.Join(want, "\n"))
	}
	if w := s.Layers[0].Width.At(&Scope{}); w != 1 {
		t.Errorf("a width that is not understood is %g, want the default 1", w)
	}
	if got := problems[2].String(); !strings.HasPrefix(got, `layers[1].paint.line-color (layer "roads"): "reddish" is no colour`) {
		t.Errorf("the problem says %q", got)
	}
}

func TestNoStyle(t *testing.T) {
	deep := strings.Repeat(`["!",`, 100) + "true" + strings.Repeat("]", 100)
	for _, c := range []struct{ data, says string }{
		{``, "not a JSON object"},
		{`[]`, "not a JSON object"},
		{`{}`, "no list of layers"},
		{`{"layers":[]}`, "no list of layers"},
		{`{"layers":[{}]}`, "none of its layers"},
		{`{"layers":[{"id":"a","type":"background"}]} x`, "something follows"},
		{`{"layers":[{"id":"a","type":"fill","source-layer":"x","filter":` + deep + `}]}`, "none of its layers"},
		{`{"layers":[` + strings.Repeat(`0,`, 1000) + `0]}`, "1001 layers"},
		{strings.Repeat(" ", maxBytes+1), "bytes"},
	} {
		if _, _, err := Parse([]byte(c.data)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%.60q gives %v, want it to say %q", c.data, err, c.says)
		}
	}
}

// TestEvaluationAllocatesNothing holds what drawing relies on.
func TestEvaluationAllocatesNothing(t *testing.T) {
	l, _ := layerOf(t, `"type":"line",
		"filter":["all",["match",["get","class"],["primary","trunk"],true,false],["!=",["get","brunnel"],"tunnel"],["in","oneway",1,2]],
		"paint":{"line-color":["match",["get","class"],"trunk","#fff","#ccc"],
		"line-width":["interpolate",["exponential",1.5],["zoom"],5,["match",["get","class"],"trunk",2,1],18,30]}`)
	s := scope(11.3, `{"class":"trunk","oneway":1}`)
	n := testing.AllocsPerRun(100, func() {
		if !l.Filter.Holds(s) || l.Color.At(s).R != 255 || l.Width.At(s) < 2 {
			t.Error("the layer does not take the feature")
		}
	})
	if n > 0 {
		t.Errorf("%g allocations a feature", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`"#abc"`, `["==","class","river"]`)
	f.Add(`["interpolate",["exponential",1.2],["zoom"],5,1,10,["get","x"]]`, `["in",["get","a"],["literal",["b",1]]]`)
	f.Add(`{"base":1.5,"stops":[[1,"hsl(1,2%,3%)"],[2,"rgba(1,2,3,.5)"]]}`, `["none",["!has","$id"],["!in","a",1]]`)
	f.Add(`["match",["get","x"],["a","b"],"red",1,"blue","#123"]`, `["any",["<",["zoom"],3],["case",true,false,true]]`)
	f.Add(`["step",["zoom"],"a",3,["concat","{x}",["upcase","q"]]]`, `["all",["!",["has","x"]]]`)
	f.Fuzz(func(t *testing.T, value, filter string) {
		var layers []string
		for i, kind := range []string{"background", "fill", "line", "symbol", "raster"} {
			layers = append(layers, fmt.Sprintf(`{"id":"%d","type":%q,"source-layer":"x","filter":%s,"layout":{"text-field":%s,"text-size":%[4]s},
				"paint":{"background-color":%[4]s,"fill-color":%[4]s,"line-width":%[4]s,"line-dasharray":%[4]s,"raster-opacity":%[4]s}}`, i, kind, filter, value))
		}
		style, problems, err := Parse([]byte(`{"layers":[` + strings.Join(layers, ",") + `]}`))
		if err != nil {
			return
		}
		for _, p := range problems {
			if p.Text == "" || p.Path == "" {
				t.Errorf("an empty problem %+v", p)
			}
		}
		for _, s := range []*Scope{{}, scope(9, `{"a":"b","x":3,"class":"river"}`)} {
			for i := range style.Layers {
				l := &style.Layers[i]
				l.Filter.Holds(s)
				l.Color.At(s)
				l.Text.Field.At(s)
				if w := l.Width.At(s); math.IsNaN(w) || math.IsInf(w, 0) {
					t.Errorf("a width of %g", w)
				}
			}
		}
	})
}
