package chart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/core"
	"iocwall/server/world"
)

// Whoever is told that a fence was saved may rely on it being watched.
func TestASavedFenceIsWatched(t *testing.T) {
	ring := func(west, east, south, north float64) []geo.Point {
		return []geo.Point{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
	}
	for name, area := range map[string]geo.MultiPolygon{
		"a hole across the antimeridian": {{ring(100, 110, 10, 20), ring(-170, 170, 12, 13)}},
		"a part across it":               {{ring(100, 110, 10, 20)}, {ring(-179, 179, 12, 13)}},
		"a hole":                         {{ring(100, 110, 10, 20), ring(104, 105, 12, 13)}},
		"a part without rings":           {{ring(100, 110, 10, 20)}, {}},
	} {
		f := square("a", 0)
		f.Polygons = area
		saved := CheckFence(f)
		watched := geo.CheckArea(area) // which the watch asks
		if (saved == nil) != (watched == nil) {
			t.Errorf("%s: saved: %v, watched: %v", name, saved, watched)
		}
	}
}

// What is refused is said in a few words, however long what was asked for is: it
// is written down for good.
func TestRefusalsAreShort(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, params := range map[string][]world.Param{
		"a long key":           {{Key: long, Value: "1"}},
		"a long key twice":     {{Key: long, Value: "1"}, {Key: long, Value: "1"}},
		"a long key, no value": {{Key: long}},
		"a key not to be read": {{Key: "filter.\x00" + long, Value: "\x00"}},
		"a key of nothing":     {{Key: "", Value: ""}},
	} {
		err := CheckView(world.MapViewSaved{Saved: world.Saved{ID: "v", Name: "Biển"}, Params: params})
		if err == nil || len(err.Error()) > 400 {
			t.Errorf("%s: %.100v", name, err)
		}
	}
}

// slow is a history whose loop takes a request only after its asker has gone, as
// with a full disk.
type slow struct {
	past
	gone sync.WaitGroup
}

func (s *slow) Ask(ctx context.Context, q core.Request) (uint64, error) {
	s.gone.Go(func() { _, _ = s.past.Ask(context.Background(), q) })
	<-ctx.Done()
	return 0, ctx.Err()
}

// Who gives up does not read what the loop still writes.
func TestGivingUpALayer(t *testing.T) {
	for range 20 {
		s := &slow{past: past{st: world.New(1)}}
		c, err := New(Options{History: s, Store: nowhere{}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		l, err := c.saveLayer(ctx, mai, world.LayerSaved{Saved: world.Saved{ID: "a", Name: "A"}})
		if !errors.Is(err, context.Canceled) || l.ID != "a" {
			t.Errorf("%+v, %v", l, err)
		}
		s.gone.Wait()
	}
}

// nowhere is a store whose disk is broken.
type nowhere struct{}

var errBroken = fmt.Errorf("blob: %w", &fs.PathError{Op: "write", Path: "/srv/secret/map", Err: errors.New("input/output error")})

func (nowhere) Keep(context.Context, func(io.Writer) error) (string, error) { return "", errBroken }
func (nowhere) Open(string) (io.ReadCloser, int64, error)                   { return nil, 0, errBroken }

// timed is an answer whose request's deadlines can be seen.
type timed struct {
	*httptest.ResponseRecorder
	read time.Time
}

func (d *timed) SetReadDeadline(t time.Time) error { d.read = t; return nil }
func (d *timed) SetWriteDeadline(time.Time) error  { return nil }

// A file may take a while to be put on disk after its last byte came: the time for
// a piece does not run on, or the request would be given up with the file.
func TestNoDeadlineAfterTheLastByte(t *testing.T) {
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader("{}"))
	in := body(t.Context(), w, r, 1000)
	if _, err := in.Read(make([]byte, 1)); err != nil || time.Until(w.read) > pieceLimit {
		t.Errorf("%v; for a piece there are %v", err, time.Until(w.read))
	}
	if _, err := io.ReadAll(in); err != nil || time.Until(w.read) < wholeLimit-time.Minute {
		t.Errorf("%v; after the last there are %v", err, time.Until(w.read))
	}
}

// Who sends a byte now and then does not hold the door for ever.
func TestADribbleEnds(t *testing.T) {
	w := &timed{ResponseRecorder: httptest.NewRecorder()}
	ctx, cancel := context.WithCancelCause(t.Context())
	r := httptest.NewRequest(http.MethodPut, "/", strings.NewReader("{}"))
	in := body(ctx, w, r, 1000)
	why := errors.New("it took longer than half an hour")
	cancel(why)
	if _, err := in.Read(make([]byte, 1)); !errors.Is(err, why) {
		t.Errorf("%v after the time was over", err)
	}
}

// What is wrong with the server's own disk is for its log, not for the client.
func TestABrokenDiskIsLogged(t *testing.T) {
	var log bytes.Buffer
	c, err := New(Options{History: &past{st: world.New(1)}, Store: nowhere{}, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	h, said := doorsOf(c, mai)
	w := do(h, "PUT", "/api/map/layers/a?name=A", hospitals)
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "/srv/secret") || !strings.Contains(log.String(), "/srv/secret") || len(*said) != 0 {
		t.Errorf("%d %s\nlog: %s", w.Code, w.Body, &log)
	}
}

// A proxy that packs answers weakens their tags, and a client may know several.
func TestTags(t *testing.T) {
	c := newCharts(t, &past{st: world.New(1)})
	h, _ := doorsOf(c, mai)
	if w := do(h, "PUT", "/api/map/layers/a?name=A", hospitals); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	tag := do(h, "GET", "/api/map/layers/a", "").Header().Get("ETag")
	for known, want := range map[string]int{
		tag: http.StatusNotModified, "W/" + tag: http.StatusNotModified, `"x", W/` + tag: http.StatusNotModified,
		`"x"`: http.StatusOK, strings.Trim(tag, `"`): http.StatusOK, "": http.StatusOK,
	} {
		if w := do(h, "GET", "/api/map/layers/a", "", "If-None-Match", known); w.Code != want {
			t.Errorf("%s: %d, want %d", known, w.Code, want)
		}
	}
}

// A layer that was a mistake can be taken off again, one of the configuration there
// only.
func TestRemovingALayer(t *testing.T) {
	p := &past{st: world.New(1)}
	h, said := doorsOf(newCharts(t, p), mai)
	kept := world.LayerSaved{Saved: world.Saved{ID: "c", Name: "C", Version: 1, By: Source}, SHA256: "1"}
	if _, err := p.st.Apply(world.Event{Seq: 1, Observation: world.Observation{Time: 1, Body: kept}}); err != nil {
		t.Fatal(err)
	}
	if w := do(h, "PUT", "/api/map/layers/a?name=A", hospitals); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	for _, x := range []struct {
		id   string
		want int
	}{{"a", 204}, {"a", 404}, {"none", 404}, {"c", 422}} {
		if w := do(h, "DELETE", "/api/map/layers/"+x.id, ""); w.Code != x.want {
			t.Errorf("%s: %d %s, want %d", x.id, w.Code, w.Body, x.want)
		}
	}
	if l, ok := p.said[1].(world.LayerSaved); !ok || !l.Removed || l.Version != 2 || l.By != "Mai" || l.ID != "a" || len(p.st.Layers()) != 1 || len(*said) != 1 {
		t.Errorf("in the history: %+v, %d layers, %d refusals", p.said[1], len(p.st.Layers()), len(*said))
	}
}

// There is an end to how many layers there are.
func TestNotTooManyLayers(t *testing.T) {
	p := &past{st: world.New(1)}
	for i := range mostStored {
		l := world.LayerSaved{Saved: world.Saved{ID: fmt.Sprint("l", i), Name: "L", Version: 1}}
		if _, err := p.st.Apply(world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: 1, Body: l}}); err != nil {
			t.Fatal(err)
		}
	}
	h, _ := doorsOf(newCharts(t, p), mai)
	if w := do(h, "PUT", "/api/map/layers/more?name=A", hospitals); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "500 layers already") {
		t.Errorf("one more: %d %s", w.Code, w.Body)
	}
	if w := do(h, "PUT", "/api/map/layers/l7?name=A", hospitals); w.Code != http.StatusOK {
		t.Errorf("one that is there: %d %s", w.Code, w.Body)
	}
}

// What is wrong with a feature is said in a few words, whatever is in it, and soon.
func TestRejectionsAreShort(t *testing.T) {
	long := strings.Repeat("x", 4<<20)
	p := &past{st: world.New(1)}
	for i, id := range []string{"vn/da-nang-2025/hoi-an", "vn/da-nang-2025/dien-ban"} {
		if _, err := p.st.Apply(world.Event{Seq: uint64(i + 1), Observation: world.Observation{Time: 1, Body: world.AreaDefined{ID: id, Name: id}}}); err != nil {
			t.Fatal(err)
		}
	}
	h, said := doorsOf(newCharts(t, p), mai)
	const outline = `"geometry":{"type":"Polygon","coordinates":[[[108,15],[109,15],[109,16],[108,15]]]}`
	good := `{"type":"Feature",` + outline + `,"properties":{"area":"vn/da-nang-2025/hoi-an"}}`
	for name, feature := range map[string]string{
		"a long type":     `{"type":"` + long + `"}`,
		"a long geometry": `{"type":"Feature","geometry":{"type":"` + long + `","coordinates":[]}}`,
		"a long number":   `{"type":1` + strings.Repeat("0", 4<<20) + `}`,
		"a long area":     `{"type":"Feature",` + outline + `,"properties":{"area":"` + long + `"}}`,
	} {
		began := time.Now()
		w := do(h, "PUT", "/api/map/layers/xa?name=X&areas=true", `{"type":"FeatureCollection","features":[`+good+","+feature+`]}`)
		if w.Code != http.StatusOK || w.Body.Len() > 1000 || !strings.Contains(w.Body.String(), `"rejectedCount":1`) {
			t.Errorf("%s: %d, %d bytes: %.200s", name, w.Code, w.Body.Len(), w.Body)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: it took %v", name, took)
		}
	}
	crs := `{"type":"FeatureCollection","crs":{"properties":{"name":"` + long + `"}},"features":[` + good + `]}`
	if w := do(h, "PUT", "/api/map/layers/xa?name=X", crs); w.Code != http.StatusUnprocessableEntity || w.Body.Len() > 1000 || len((*said)[0].Reason) > 1000 {
		t.Errorf("a long name of coordinates: %d, %d bytes", w.Code, w.Body.Len())
	}
}

// Many outlines of unknown areas are passed over without looking for each what it
// might have been.
func TestManyUnknownAreas(t *testing.T) {
	var areas []string
	for i := range 4000 {
		areas = append(areas, fmt.Sprintf("vn/tinh-%d/xa-phuong-so-%d", i%34, i))
	}
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	const outline = `"geometry":{"type":"Polygon","coordinates":[[[108,15],[109,15],[109,16],[108,15]]]}`
	for i := range 20_000 {
		fmt.Fprintf(&b, `{"type":"Feature",%s,"properties":{"area":"vn/tinh-khac/mot-xa-rat-la-%d"}},`, outline, i)
	}
	b.WriteString(`{"type":"Feature",` + outline + `,"properties":{"area":"` + areas[0] + `"}}]}`)
	began := time.Now()
	read, err := Check(t.Context(), world.LayerSaved{Saved: world.Saved{ID: "xa", Name: "Xã"}, Areas: true}, areas, strings.NewReader(b.String()))
	if err != nil || read.Rejected != 20_000 {
		t.Errorf("%d, %v", read.Rejected, err)
	}
	if took := time.Since(began); took > time.Minute { // it took minutes without the race detector
		t.Errorf("it took %v", took)
	}
}
