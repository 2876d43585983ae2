package maps

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/maps/feature"
)

func layer(id, sum string, version int) world.LayerSaved {
	return world.LayerSaved{Saved: world.Saved{ID: id, Name: id, Version: version}, SHA256: sum, Features: 12}
}

// TestFeaturesThatCannotCome: the strip says why, and it is tried again where that
// can help.
func TestFeaturesThatCannotCome(t *testing.T) {
	lib := &library{}
	good := lib.put(hospitals())
	torn := lib.put(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"A"},"geometry":{"type":"Point","coordinates":[108,15]}},{"type":`)
	other := lib.put("# no GeoJSON")
	lib.files["0123"] = []byte(hospitals()) // not what its sum says
	for _, c := range []struct {
		name, sum  string
		marks      int
		strip      string
		withoutAll bool
	}{
		{"good", good, 12, "", false},
		{"torn", torn, 1, "chưa đọc hết", false},
		{"other", other, 0, "Chưa tải được", false},
		{"wrong sum", "0123", 0, "Chưa tải được", false},
		{"not there", strings.Repeat("ab", 32), 0, "Chưa tải được", false},
		{"no sum", "", 0, "Chưa tải được", false},
		{"a path", "../../etc/passwd", 0, "Chưa tải được", false},
		{"no library", good, 0, "Chưa tải được", true},
	} {
		o := Options{Features: lib.open, Cache: t.TempDir()}
		if c.withoutAll {
			o.Features = nil
		}
		h := newHistory(t, o)
		h.add(ago(0), layer("x", c.sum, 1))
		if l := strip(t, h.picture("layers", "x"), "x"); l.Dated != "đang tải" {
			t.Errorf("%s: before it came: %+v", c.name, l)
		}
		before := h.m.Version()
		settle(t, h.m)
		if h.m.Version() == before {
			t.Errorf("%s: nobody is told", c.name)
		}
		p := h.picture("layers", "x", "bounds", "107,14,110,17")
		l := strip(t, p, "x")
		if len(p.Frame.Marks) != c.marks || !strings.Contains(l.Whole+l.Fault, c.strip) {
			t.Errorf("%s: %d marks, strip %+v", c.name, len(p.Frame.Marks), l)
		}
		if strings.Contains(l.Fault, "Bearer") {
			t.Errorf("%s: fault %q", c.name, l.Fault)
		}
		infos := h.m.Open(param("layers", "x")).Layers(h.s)
		if last := infos[len(infos)-1]; last.Key != "x" || !last.On || (last.Fault != "") != (c.strip == "Chưa tải được") {
			t.Errorf("%s: in the list %+v", c.name, last)
		}
	}
}

// TestNewFeatures: what is shown stays until its next version was read; what is
// gone is forgotten.
func TestNewFeatures(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	marks := func() int { return len(h.picture("layers", "x", "bounds", "107,14,110,17").Frame.Marks) }
	h.add(ago(0), layer("x", lib.put(hospitals()), 1))
	marks()
	settle(t, h.m)
	h.add(ago(0), layer("x", lib.put(strings.ReplaceAll(hospitals(), `"BV 3"`, `"BV 33"`)), 2))
	if n := marks(); n != 12 {
		t.Errorf("%d marks while the new ones come", n)
	}
	settle(t, h.m)
	names := ""
	h.m.Named(func(_ world.Ref, _, name string, _ geo.Point) bool { names += name + ","; return true })
	if n := marks(); n != 12 || !strings.Contains(names, "BV 2,BV 33,BV 4,") {
		t.Errorf("%d marks, named %q", n, names)
	}
	last := layer("x", "", 3)
	last.Removed = true
	h.add(ago(0), last)
	if n := marks(); n != 0 || h.m.features.Peek("x") != nil {
		t.Errorf("%d marks remain", n)
	}
}

// TestAreasOfALayer: outlines of areas come from a layer before the built-in ones,
// and a detail keeps numerator and denominator.
func TestAreasOfALayer(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	square := `{"type":"Feature","properties":{"area":"vn/da-nang-2025","name":"Đà Nẵng"},"geometry":{"type":"Polygon","coordinates":[[[108,15],[108.5,15],[108.5,15.5],[108,15.5],[108,15]]]}}`
	l := layer("tinh", lib.put(`{"type":"FeatureCollection","features":[`+square+`]}`), 1)
	l.Areas = true
	provinces(h)
	whole, ok := h.m.Outline(h.s, "vn/da-nang-2025")
	if !ok || len(whole) < 2 {
		t.Fatalf("the built-in outline has %d polygons", len(whole))
	}
	h.add(ago(0), l)
	h.picture("areas", "ontime")
	settle(t, h.m)
	if o, ok := h.m.Outline(h.s, "vn/da-nang-2025"); !ok || len(o) != 1 || !o.Bound().Contains(geo.Point{108.2, 15.2}) || o.Bound().Max[0] > 108.51 {
		t.Errorf("outline %v", o)
	}
	p := h.picture("layers", "areas", "bounds", "107,14,110,17")
	if len(p.Frame.Areas) != 1 || p.Frame.Areas[0].ID != "area/vn/da-nang-2025" || p.Frame.Areas[0].Hatch {
		t.Errorf("outlines alone: %+v", p.Frame.Areas)
	}
	d, ok := h.m.Describe(h.s, "area/vn/da-nang-2025", noon)
	text := fmt.Sprint(d)
	if !ok || !strings.Contains(text, "(") || !strings.Contains(text, "10/2026") || !strings.Contains(text, "Cũ") {
		t.Errorf("detail %v", text)
	}
}

// TestFormerAreas: an area that ended has the outline it had.
func TestFormerAreas(t *testing.T) {
	h := newHistory(t, Options{})
	end := world.TimeOf(time.Date(2025, 6, 30, 17, 0, 0, 0, time.UTC))
	h.add(ago(0),
		world.AreaDefined{ID: "vn/quang-nam", Name: "Quảng Nam", Until: end}, world.AreaDefined{ID: "vn/da-nang", Name: "Đà Nẵng", Until: end},
		world.AreaDefined{ID: "vn/da-nang-2025", Name: "Đà Nẵng", From: end})
	tamKy, daNang := geo.Point{108.48, 15.57}, geo.Point{108.2, 16.05}
	for id, want := range map[string][2]bool{"vn/quang-nam": {true, false}, "vn/da-nang": {false, true}, "vn/da-nang-2025": {true, true}} {
		o, ok := h.m.Outline(h.s, id)
		a := geo.Prepare(o)
		if got := [2]bool{a.Contains(tamKy), a.Contains(daNang)}; !ok || got != want {
			t.Errorf("%s holds Tam Kỳ and Đà Nẵng: %v, want %v", id, got, want)
		}
	}
	if _, ok := h.m.Outline(h.s, "vn/nowhere"); ok {
		t.Error("there is an outline of nowhere")
	}
}

// TestDescribe: everything a map can show has a title, and no text is missing.
func TestDescribe(t *testing.T) {
	for _, code := range []string{"vi", "en"} {
		lib := &library{}
		h := newHistory(t, Options{})
		h.m = newMaps(t, code, Options{Features: lib.open})
		coast(h, lib)
		all := []string{"layers", "vessels,areas,benh-vien,ranh-bien,quy-hoach", "areas", "ontime"}
		h.picture(all...)
		settle(t, h.m)
		refs := []world.Ref{FeatureRef("benh-vien", "#3"), FeatureRef("ranh-bien", "12nm"), FeatureRef("quy-hoach", "2")}
		for e := range h.s.Entities("") {
			switch e.Ref().Kind() {
			case world.KindVessel, world.KindStation, world.KindReport, world.KindCamera, world.KindAlert, world.KindFence, world.KindDrawing, world.KindArea:
				refs = append(refs, e.Ref())
			}
		}
		for _, r := range refs {
			d, ok := h.m.Describe(h.s, r, noon)
			text := fmt.Sprint(d.Kind, "|", d.Title, "|", d.Lines)
			want := map[string]string{"vi": "{Giá trị 4,12\u00a0m} {Ngưỡng 4,00\u00a0m} {Nơi Cù Lao Chàm} {Quy tắc Quy tắc thử}", "en": "{Value 4.12\u00a0m} {Threshold 4.00\u00a0m} {Where Cù Lao Chàm} {Rule Quy tắc thử}"}[code]
			if r.Kind() == world.KindAlert && !strings.Contains(text, want) {
				t.Errorf("%s does not say %s: %s", r, want, text)
			}
			if !ok || d.Ref != r || d.Title == "" || len(d.Lines) == 0 && r != "area/vn" || strings.Contains(text, "[") && strings.Contains(text, "detail.") {
				t.Errorf("%s: %s", r, text)
			}
		}
		if _, ok := h.m.Describe(h.s, "vessel/0", noon); ok {
			t.Error("a vessel that is not there is described")
		}
		for _, l := range h.m.Open(nil).Layers(h.s) {
			if l.Name == "" || strings.HasPrefix(l.Name, "[") {
				t.Errorf("layer %+v", l)
			}
		}
	}
}

// TestFeatureSize: a feature of several parts has the size of all of them, less
// their holes.
func TestFeatureSize(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	box := func(w, s, d float64) string {
		return fmt.Sprintf("[[%[1]v,%[2]v],[%[3]v,%[2]v],[%[3]v,%[4]v],[%[1]v,%[4]v],[%[1]v,%[2]v]]", w, s, w+d, s+d)
	}
	shape := `[[` + box(108, 15, 0.1) + `,` + box(108.02, 15.02, 0.05) + `],[` + box(108.5, 15, 0.1) + `]]`
	h.add(ago(0), layer("x", lib.put(`{"type":"FeatureCollection","features":[{"type":"Feature","id":"a","properties":{"name":"Hồ"},"geometry":{"type":"MultiPolygon","coordinates":`+shape+`}}]}`), 1))
	h.picture("layers", "x", "bounds", "107,14,110,17")
	settle(t, h.m)
	d, ok := h.m.Describe(h.s, FeatureRef("x", "a"), noon)
	// Twice 119.4 km² less 29.8 km².
	if text := fmt.Sprint(d.Lines); !ok || !strings.Contains(text, "209 km²") {
		t.Errorf("described as %s", text)
	}
}

func TestRefs(t *testing.T) {
	layer, id, ok := SplitFeature(FeatureRef("a", "b/c"))
	if layer != "a" || id != "b/c" || !ok {
		t.Errorf("%q %q", layer, id)
	}
	if _, _, ok := SplitFeature("vessel/1"); ok {
		t.Error("a vessel is a feature")
	}
}

// TestNotWhole: a layer of which not all was read says so.
func TestNotWhole(t *testing.T) {
	m := newMaps(t, "vi", Options{})
	if s := m.wholeness(world.LayerSaved{Features: 12}, &feature.Collection{Items: make([]feature.Item, 2), Left: 10}); s != "2/12 · chưa đọc hết" {
		t.Errorf("the strip says %q", s)
	}
}

// TestNamesOfLayersThatAreOff: what has a name is found whether its layer is on or not, and
// costs what is shown no room.
func TestNamesOfLayersThatAreOff(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	square := `{"type":"Feature","properties":{"name":"Quy hoạch A"},"geometry":{"type":"Polygon","coordinates":[[[108,15],[108.5,15],[108.5,15.5],[108,15.5],[108,15]]]}}`
	bare := `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[108,15]}}`
	h.add(ago(0), layer("x", lib.put(hospitals()), 1))
	h.add(ago(0), layer("y", lib.put(`{"type":"FeatureCollection","features":[`+square+","+bare+`]}`), 1))
	h.add(ago(0), layer("z", "", 1)) // cannot be read
	h.picture("layers", "x", "bounds", "107,14,110,17")
	settle(t, h.m)
	named := func() (names []string, missing int) {
		missing = h.m.Named(func(_ world.Ref, layer, name string, at geo.Point) bool {
			if layer == "y" && !(geo.MultiPolygon{{{{108, 15}, {108.5, 15}, {108.5, 15.5}, {108, 15.5}, {108, 15}}}}).Bound().Contains(at) {
				t.Errorf("%s lies at %v", name, at)
			}
			names = append(names, name)
			return true
		})
		return names, missing
	}
	if names, missing := named(); len(names) != 12 || missing != 2 {
		t.Errorf("before the others were read: %q, %d layers are missing", names, missing)
	}
	settle(t, h.m)
	if names, missing := named(); len(names) != 13 || names[12] != "Quy hoạch A" || missing != 1 {
		t.Errorf("%q, %d layers are missing", names, missing)
	}
	if h.m.features.Peek("y") != nil {
		t.Error("the layer was read whole for its names")
	}
	if n := len(h.picture("layers", "x,y", "bounds", "107,14,110,17").Frame.Areas); n != 0 {
		t.Errorf("%d areas of a layer of which the names alone were read", n)
	}
	settle(t, h.m)
	if n := len(h.picture("layers", "x,y", "bounds", "107,14,110,17").Frame.Areas); n != 1 {
		t.Errorf("%d areas of a layer that was switched on", n)
	}
}

// TestFoundInALayerThatIsOff: what was found by its name is there while the whole of its
// layer is read, and if that fails; what is in neither is gone.
func TestFoundInALayerThatIsOff(t *testing.T) {
	for _, fails := range []bool{false, true} {
		lib := &library{}
		h := newHistory(t, Options{Features: lib.open})
		h.add(ago(0), layer("x", lib.put(hospitals()), 1))
		h.picture()
		h.m.Named(func(world.Ref, string, string, geo.Point) bool { return true })
		settle(t, h.m)
		said := func() string {
			d, ok := h.m.Describe(h.s, FeatureRef("x", "#3"), noon)
			if !ok || d.Title != "BV 3" || d.Kind != "x" || !d.Placed || d.At == (geo.Point{}) {
				t.Errorf("fails %v: %+v, %v", fails, d, ok)
			}
			return fmt.Sprint(d.Lines)
		}
		if text := said(); text != "[{Tình trạng đang tải}]" {
			t.Errorf("while the layer comes: %s", text)
		}
		if _, ok := h.m.Describe(h.s, FeatureRef("x", "#99"), noon); ok {
			t.Error("what is in no layer is described")
		}
		if fails {
			lib.fail = errors.New("no network")
		}
		settle(t, h.m)
		if text := said(); strings.Contains(text, "Chưa tải được") != fails || strings.Contains(text, "đang tải") {
			t.Errorf("fails %v: %s", fails, text)
		}
	}
}
