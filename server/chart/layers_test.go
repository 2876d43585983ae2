package chart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// doorsOf mounts the doors for one who may enter.
func doorsOf(c *Charts, id auth.Identity) (http.Handler, *[]world.Audited) {
	var said []world.Audited
	d := Doors{Charts: c, Audit: func(_ context.Context, _ auth.Identity, a world.Audited) { said = append(said, a) }}
	mux := http.NewServeMux()
	as := func(f func(http.ResponseWriter, *http.Request, auth.Identity)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { f(w, r, id) }
	}
	mux.HandleFunc("GET /api/map/layers/{id}", as(d.Layer))
	mux.HandleFunc("PUT /api/map/layers/{id}", as(d.PutLayer))
	mux.HandleFunc("DELETE /api/map/layers/{id}", as(d.DeleteLayer))
	mux.HandleFunc("GET /api/map/fences", as(d.Fences))
	mux.HandleFunc("POST /api/map/fences", as(d.ImportFences))
	return mux, &said
}

func do(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const hospitals = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":7,"geometry":{"type":"Point","coordinates":[108.21234567891,16.0]},"properties":{"name":"Bệnh viện <A>","beds":1200,"wards":["x"]}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[16.0,108.2]},"properties":{}},
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108,15],[109,16],[109,15],[108,16],[108,15]]]},"properties":{}},
{"type":"Feature","geometry":{"type":"LineString","coordinates":[[108,15],[109,16]]},"properties":null}
]}`

func TestLayerThroughTheDoors(t *testing.T) {
	p := &past{st: world.New(1)}
	h, said := doorsOf(newCharts(t, p), mai)
	put := func(path, body string) (int, imported, string) {
		w := do(h, "PUT", path, body)
		var out imported
		_ = json.Unmarshal(w.Body.Bytes(), &out)
		return w.Code, out, w.Body.String()
	}
	status, out, text := put("/api/map/layers/benh-vien?name=B%E1%BB%87nh+vi%E1%BB%87n&source=S%E1%BB%9F+Y+t%E1%BA%BF&dated=2026-11-01&look.icon=health", hospitals)
	if status != http.StatusOK || out.Features != 2 || out.RejectedCount != 2 || out.Version != 1 || len(out.Rejected) != 2 {
		t.Fatalf("%d %s", status, text)
	}
	if out.Rejected[0].Index != 1 || !strings.Contains(out.Rejected[0].Error, "swapped") || out.Rejected[1].Index != 2 || !strings.Contains(out.Rejected[1].Error, "crosses itself") {
		t.Errorf("rejected: %+v", out.Rejected)
	}
	l, _ := layerOf(p.st, "benh-vien")
	if l.Name != "Bệnh viện" || l.By != "Mai" || l.Features != 2 || l.Rejected != 2 || l.Dated == 0 || len(l.Look) != 1 {
		t.Errorf("in the state: %+v", l)
	}
	w := do(h, "GET", "/api/map/layers/benh-vien", "")
	const want = `{"type":"FeatureCollection","features":[
{"type":"Feature","id":"7","geometry":{"type":"Point","coordinates":[108.2123457,16]},"properties":{"beds":1200,"name":"Bệnh viện <A>","wards":["x"]}},
{"type":"Feature","geometry":{"type":"LineString","coordinates":[[108,15],[109,16]]},"properties":{}}
]}
`
	if w.Code != http.StatusOK || w.Body.String() != want || int64(w.Body.Len()) != l.Bytes {
		t.Errorf("%d\n%s\nwant\n%s", w.Code, w.Body, want)
	}
	tag := w.Header().Get("ETag")
	if again := do(h, "GET", "/api/map/layers/benh-vien", "", "If-None-Match", tag); tag != `"`+l.SHA256+`"` || again.Code != http.StatusNotModified || again.Body.Len() != 0 {
		t.Errorf("with the tag %s: %d", tag, again.Code)
	}
	// What is not said again stays, and what is kept reads as what it was read from.
	status, out, text = put("/api/map/layers/benh-vien?look.label=name", want)
	l2, _ := layerOf(p.st, "benh-vien")
	if status != http.StatusOK || out.Version != 2 || l2.SHA256 != l.SHA256 || l2.Name != l.Name || len(l2.Look) != 2 || l2.Rejected != 0 {
		t.Errorf("%d %s: %+v", status, text, l2)
	}
	for _, x := range []struct{ path, body, want string }{
		{"/api/map/layers/x?name=X", "{", "cannot be read to its end"},
		{"/api/map/layers/x?name=X", hospitals[:400], "cannot be read to its end"},
		{"/api/map/layers/x?name=X", `{"type":"FeatureCollection","features":[]}`, "no features"},
		{"/api/map/layers/x?name=X", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null}]}`, "none of the 1 features"},
		{"/api/map/layers/x", hospitals, "needs a name"},
		{"/api/map/layers/vessels?name=X", hospitals, "the map's own"},
		{"/api/map/layers/x?name=X&look.colour=red", hospitals, "has no"},
		{"/api/map/layers/x?name=X&look.fill=red", hospitals, "write a colour"},
		{"/api/map/layers/x?name=X&dated=today", hospitals, "is no day"},
		{"/api/map/layers/x?name=X&limit=3", hospitals, "a layer has no"},
	} {
		if status, _, text := put(x.path, x.body); status != http.StatusUnprocessableEntity || !strings.Contains(text, x.want) {
			t.Errorf("%s: %d %s, want %q", x.path, status, text, x.want)
		}
	}
	if len(p.st.Layers()) != 1 || len(*said) != 10 {
		t.Errorf("%d layers, %d refusals written down", len(p.st.Layers()), len(*said))
	}
	if w := do(h, "GET", "/api/map/layers/none", ""); w.Code != http.StatusNotFound {
		t.Errorf("a layer that is not there: %d", w.Code)
	}
}

// Outlines of areas must say of which area they are.
func TestAreaLayer(t *testing.T) {
	p := &past{st: world.New(1)}
	c := newCharts(t, p)
	l := world.LayerSaved{Saved: world.Saved{ID: "xa", Name: "Xã"}, Areas: true}
	outline := `"geometry":{"type":"Polygon","coordinates":[[[108,15],[109,15],[109,16],[108,15]]]}`
	text := `{"type":"FeatureCollection","features":[
{"type":"Feature",` + outline + `,"properties":{"area":"vn/da-nang-2025/hoi-an"}},
{"type":"Feature",` + outline + `,"properties":{"area":"vn/da-nang-2025/hoi-on"}},
{"type":"Feature",` + outline + `,"properties":{}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[108,15]},"properties":{"area":"vn/da-nang-2025/hoi-an"}}]}`
	got, read, err := c.Read(t.Context(), l, []string{"vn", "vn/da-nang-2025/hoi-an"}, strings.NewReader(text))
	if err != nil || got.Features != 1 || got.Rejected != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []string{`did you mean "vn/da-nang-2025/hoi-an"`, `no property "area"`, "is a Point"} {
		if !strings.Contains(read.First[i].Error, want) {
			t.Errorf("%s, want %q", read.First[i].Error, want)
		}
	}
}

// endless makes features without end; its file never lies in memory.
type endless struct {
	left int
	buf  bytes.Buffer
}

func (e *endless) Read(b []byte) (int, error) {
	for e.buf.Len() < len(b) && e.left > 0 {
		e.left--
		fmt.Fprintf(&e.buf, `{"type":"Feature","geometry":{"type":"Point","coordinates":[108,%d.5]},"properties":{"text":"%s"}}`, e.left%90, strings.Repeat("x", 2000))
		if e.left > 0 {
			e.buf.WriteByte(',')
		} else {
			e.buf.WriteString("]}")
		}
	}
	return e.buf.Read(b)
}

// A long file takes no more memory than a short one.
func TestALongFileIsNotHeld(t *testing.T) {
	c := newCharts(t, &past{st: world.New(1)})
	const features = 12_000 // of two kilobytes
	in := io.MultiReader(strings.NewReader(`{"type":"FeatureCollection","features":[`), &endless{left: features})
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	most := uint64(0)
	fit := 0
	r, err := c.keep(t.Context(), in, func(geo.Feature) error {
		if fit++; fit%4000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
		return nil
	})
	if err != nil || r.Features != features || r.Bytes < features*2000 {
		t.Fatalf("%+v, %v", r, err)
	}
	if most > before.HeapAlloc+6<<20 {
		t.Errorf("%d MB of %d MB were held", (most-before.HeapAlloc)>>20, r.Bytes>>20)
	}
}

func TestDefinitionsFollowTheConfiguration(t *testing.T) {
	p := &past{st: world.New(1)}
	apply := func(layers []world.LayerSaved, fences []world.FenceSaved) []world.Body {
		var out []world.Body
		for _, o := range Definitions(1_763_690_000_000, p.st, layers, fences) {
			out = append(out, o.Body)
			if _, err := p.st.Apply(world.Event{Seq: p.st.At().Seq + 1, Observation: o}); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	a := world.LayerSaved{Saved: world.Saved{ID: "a", Name: "A"}, SHA256: "1"}
	b := world.LayerSaved{Saved: world.Saved{ID: "b", Name: "B"}, SHA256: "2"}
	fence := square("f", 0)
	if got := apply([]world.LayerSaved{a, b}, []world.FenceSaved{fence}); len(got) != 3 {
		t.Fatalf("at first: %v", got)
	}
	if got := apply([]world.LayerSaved{a, b}, []world.FenceSaved{fence}); len(got) != 0 {
		t.Errorf("the same again: %v", got)
	}
	// A person changes the fence and one layer; then theirs stand.
	c := newCharts(t, p)
	mine := square("f", 1)
	mine.Name = "Khác"
	if _, err := c.SaveFence(t.Context(), mai, act.SaveFence{Fence: mine}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.saveLayer(t.Context(), mai, world.LayerSaved{Saved: b.Saved, SHA256: "9"}); err != nil {
		t.Fatal(err)
	}
	a.SHA256 = "3"
	got := apply([]world.LayerSaved{a, b}, []world.FenceSaved{fence})
	if len(got) != 1 || got[0].(world.LayerSaved).SHA256 != "3" || got[0].(world.LayerSaved).Version != 2 {
		t.Errorf("after a change of the file: %v", got)
	}
	if got := apply(nil, nil); len(got) != 1 || !got[0].(world.LayerSaved).Removed || len(p.st.Layers()) != 1 || len(p.st.Fences()) != 1 {
		t.Errorf("without them: %v, %d layers, %d fences", got, len(p.st.Layers()), len(p.st.Fences()))
	}
}

func TestFencesGoOutAndComeBack(t *testing.T) {
	p := &past{st: world.New(1)}
	c := newCharts(t, p)
	h, _ := doorsOf(c, mai)
	first := square("rao-1", 0)
	first.From, first.Until = 1_763_690_000_000, 1_763_700_000_123
	first.Polygons = append(first.Polygons, geo.Polygon{{{107.123456789012, 14}, {107.2, 14}, {107.2, 14.1}, {107.123456789012, 14}}})
	second := square("rao-2", 0)
	second.Near, second.Margin, second.Dwell, second.Purpose = 0, 0, 1500, ""
	for _, f := range []world.FenceSaved{first, second} {
		if _, err := c.SaveFence(t.Context(), hung, act.SaveFence{Fence: f}); err != nil {
			t.Fatal(err)
		}
	}
	text := do(h, "GET", "/api/map/fences", "").Body.String()
	w := do(h, "POST", "/api/map/fences", text)
	var out imported
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 || out.Unchanged != 2 || out.RejectedCount != 0 || p.st.At().Seq != 2 {
		t.Errorf("the same back: %d %s", w.Code, w.Body)
	}
	// Another centre takes them in whole.
	other := &past{st: world.New(1)}
	h2, _ := doorsOf(newCharts(t, other), mai)
	if w := do(h2, "POST", "/api/map/fences", text); w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	for _, f := range []world.FenceSaved{first, second} {
		got, _ := other.st.Fence(f.ID)
		f.Version, f.By = 1, "Mai"
		if fmt.Sprint(got.Is) != fmt.Sprint(f) {
			t.Errorf("came over as\n%+v\nwant\n%+v", got.Is, f)
		}
	}
	outline := `"geometry":{"type":"Polygon","coordinates":[[[108,15],[109,15],[109,16],[108,15]]]}`
	mixed := `{"type":"FeatureCollection","features":[
{"type":"Feature",` + outline + `,"properties":{"name":"Vùng cấm Đảo Ngọc","near":300,"dwell":1.5}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[108,15]},"properties":{"name":"X"}},
{"type":"Feature",` + outline + `,"properties":{"name":"Y","near":"far"}},
{"type":"Feature",` + outline + `,"properties":{"id":"rao-1","name":"Cũ","version":7}},
{"type":"Feature",` + outline + `,"properties":{"name":"vùng cấm đảo ngọc"}}]}`
	w = do(h, "POST", "/api/map/fences", mixed)
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != 200 || out.Features != 1 || out.RejectedCount != 4 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if f, there := p.st.Fence("vung-cam-dao-ngoc"); !there || f.Is.Dwell != 1500 {
		t.Errorf("it became %+v", f.Is)
	}
	if w := do(h, "POST", "/api/map/fences", `{"type":"FeatureCollection","features":[]}`); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an empty file: %d", w.Code)
	}
}

// Whatever comes in, reading it ends, and what is kept can be read again whole.
func FuzzNormalise(f *testing.F) {
	f.Add([]byte(hospitals))
	f.Add([]byte(`{"type":"Point","coordinates":[1e-9,-0.0]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		r, err := normalise(t.Context(), &out, bytes.NewReader(in), nil)
		if err != nil {
			return
		}
		again, rejected, err := geo.ReadGeoJSON(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("what was kept cannot be read: %v\n%s", err, out.Bytes())
		}
		if n := len(again) + len(rejected); n != r.Features || r.Bytes != int64(out.Len()) {
			t.Errorf("%d features were kept, %d are read; %d bytes said, %d written", r.Features, n, r.Bytes, out.Len())
		}
	})
}

// Whatever comes in, a fence that is taken is one that can be saved.
func FuzzDecodeFences(f *testing.F) {
	f.Add([]byte(hospitals))
	text, err := EncodeFences([]world.Fence{{Is: square("a", 1)}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, in []byte) {
		fences, errs := DecodeFences(bytes.NewReader(in))
		for _, x := range fences {
			if err := CheckFence(x); err != nil {
				t.Errorf("%v (%v)", err, errors.Join(errs...))
			}
		}
	})
}
