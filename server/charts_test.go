package server

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/chart"
	"iocwall/server/world"
)

const (
	places = `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[108.2158,16.0725]},"properties":{"name":"Bệnh viện Đà Nẵng"}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[16.06,108.24]},"properties":{"name":"ngược"}}]}`
	communes = `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.3,15.86],[108.4,15.86],[108.4,15.95],[108.3,15.86]]]},"properties":{"area":"vn/da-nang-2025"}}]}`
	fencesFile = `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.5,15.9],[108.6,15.9],[108.6,16],[108.5,16],[108.5,15.9]]]},
 "properties":{"id":"san-ho","name":"San hô","purpose":"protected","near":500}}]}`
	mapConfig = `fences: rao.geojson
layers:
  - {id: benh-vien, name: Bệnh viện, file: benh-vien.geojson, source: Sở Y tế, dated: "2026-11-01", look: {icon: hospital}}
  - {id: tinh, name: Tỉnh, file: tinh.geojson, areas: true}
`
	fenceRules = `rules:
  - {id: vao, on: vessel, when: 'insideAny("protected")', severity: severe, title: "Tàu {{name}} vào {{fenceName}}"}
`
)

// newMapped is a centre with layers, a fence, a rule for it and a receiver.
func newMapped(t *testing.T) (*centre, *receiver) {
	t.Helper()
	r := newReceiver(t)
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	for name, text := range map[string]string{"benh-vien.geojson": places, "tinh.geojson": communes, "rao.geojson": fencesFile, "rules.yaml": fenceRules} {
		c.write(name, text)
	}
	c.configure("rules: rules.yaml\n" + mapConfig + r.source())
	c.start()
	t.Cleanup(c.stop)
	return c, r
}

// alertAt returns the newest alert of a rule.
func alertAt(s *world.State, rule string) (out world.Alert, there bool) {
	for _, a := range s.Alerts() {
		if a.Rule == rule && a.Since >= out.Since {
			out, there = a, true
		}
	}
	return out, there
}

// A vessel from a receiver enters a protected fence of the configuration: it is an
// event, the wall sees it, and there is an alert until the vessel has left.
func TestVesselCrossesAFence(t *testing.T) {
	c, r := newMapped(t)
	eye := c.look(c.token("Mai", auth.Operator))
	conn := r.accept()
	send(t, conn, r.sentences(particulars(574000001, "QNA 90123 TS"), position(574000001, 108.45, 15.95, 7)))
	eye.until("the vessel", func(s *world.State) bool { _, ok := s.Vessel("574000001"); return ok })
	send(t, conn, r.sentences(position(574000001, 108.55, 15.95, 7)))
	eye.until("the vessel in the fence, and the alert", func(s *world.State) bool {
		v, _ := s.Vessel("574000001")
		a, raised := alertAt(s, "vao")
		return len(v.Fences) == 1 && v.Fences[0].Fence == "san-ho" && v.Fences[0].State == world.FenceInside && raised && a.Title == "Tàu QNA 90123 TS vào San hô"
	})
	c.stop()
	c.start()
	send(t, r.accept(), r.sentences(position(574000001, 108.7, 15.95, 7)))
	eye.until("that it left", func(s *world.State) bool {
		v, _ := s.Vessel("574000001")
		a, raised := alertAt(s, "vao")
		return len(v.Fences) == 0 && (!raised || a.Resolved != 0)
	})
	var got []string
	for _, e := range c.events() {
		if b, ok := e.Body.(world.FenceCrossed); ok {
			got = append(got, string(b.State)+b.Why)
		}
	}
	if !slices.Equal(got, []string{"inside", "left"}) {
		t.Errorf("the history has the crossings %q", got)
	}
}

// What the configuration keeps on the map follows its files; what people changed
// stands, and what they removed stays removed.
func TestMapOfTheConfiguration(t *testing.T) {
	c, _ := newMapped(t)
	mai, node := c.token("Mai", auth.Operator), c.token("pc-01", auth.Node)
	layer := func(id string) (out world.LayerSaved) {
		for _, l := range stateOf(c).Layers() {
			if l.Is.ID == id {
				out = l.Is
			}
		}
		return out
	}
	<-c.Ready()
	first := layer("benh-vien")
	if first.Features != 1 || first.Rejected != 1 || first.By != "config" || first.Source != "Sở Y tế" || !layer("tinh").Areas {
		t.Fatalf("%+v, %+v", first, layer("tinh"))
	}
	if !strings.Contains(c.logs.String(), "swapped") {
		t.Error("the log does not say what was left out")
	}
	if status, text := c.do("GET", "/api/map/layers/benh-vien", node, "", ""); status != http.StatusOK || !strings.Contains(text, "Bệnh viện Đà Nẵng") {
		t.Errorf("a node fetches the layer: %d %s", status, text)
	}
	at := stateOf(c).At().Seq
	c.stop()
	c.start()
	<-c.Ready()
	for _, e := range c.events() {
		if e.Seq > at && e.Source == chart.Source {
			t.Errorf("a restart wrote %+v", e)
		}
	}
	// What was kept is gone, but for the name of it: it is read again.
	c.stop()
	if err := os.RemoveAll(c.path("data/map")); err != nil {
		t.Fatal(err)
	}
	c.start()
	<-c.Ready()
	if status, text := c.do("GET", "/api/map/layers/benh-vien", node, "", ""); status != http.StatusOK {
		t.Errorf("after its file was lost: %d %s", status, text)
	}
	// A person removes the fence; it does not come back.
	f, _ := stateOf(c).Fence("san-ho")
	removed := f.Is
	removed.Removed = true
	if status, r := c.order(mai, act.Command{ID: "x", Act: act.SaveFence{Fence: removed}}); status != http.StatusOK {
		t.Fatalf("%d %+v", status, r)
	}
	c.write("benh-vien.geojson", strings.Replace(places, "[16.06,108.24]", "[108.24,16.06]", 1))
	if err := c.Reload(t.Context(), c.load()); err != nil {
		t.Fatal(err)
	}
	if l := layer("benh-vien"); l.Version != 2 || l.Features != 2 || l.SHA256 == first.SHA256 {
		t.Errorf("after a change of the file: %+v", l)
	}
	if _, there := stateOf(c).Fence("san-ho"); there {
		t.Error("the fence came back")
	}
	good := c.conf()
	for name, x := range map[string]struct{ file, text, want string }{
		"a torn layer":        {"benh-vien.geojson", places[:100], "layers[0]"},
		"a layer that is not": {"benh-vien.geojson", "", "no such file"},
		"a fence that is bad": {"rao.geojson", strings.Replace(fencesFile, "[108.6,15.9]", "[15.9,108.6]", 1), "rao.geojson: feature 0: ring 0: point 1"},
	} {
		c.write("benh-vien.geojson", places)
		c.write("rao.geojson", fencesFile)
		config := c.load()
		c.write(x.file, x.text)
		if x.text == "" {
			if err := os.Remove(c.path(x.file)); err != nil {
				t.Fatal(err)
			}
			if _, problems := LoadConfig(c.path("ioc.yaml")); len(problems) != 1 || !strings.Contains(problems[0].String(), "layers[0].file") {
				t.Errorf("%s: the check says %v", name, problems)
			}
		}
		if err := c.Reload(t.Context(), config); err == nil || !strings.Contains(err.Error(), x.want) || c.conf() != good {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
}

// A file longer than other requests may be comes in by the door.
func TestLongLayer(t *testing.T) {
	c := newCentre(t, "")
	mai := c.token("Mai", auth.Operator)
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	const features = 30_000
	for i := range features {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.%05d,15],[108.2,15.1],[108.1,15.3],[108.%05d,15]]]},"properties":{"thua":%d,"to":"%s"}}`, i, i, i, strings.Repeat("x", 100))
	}
	b.WriteString("]}")
	if b.Len() < maxBody {
		t.Fatalf("only %d bytes", b.Len())
	}
	status, text := c.do("PUT", "/api/map/layers/thua-dat?name=Th%E1%BB%ADa+%C4%91%E1%BA%A5t", mai, "application/geo+json", b.String())
	if status != http.StatusOK || !strings.Contains(text, fmt.Sprintf(`"features":%d`, features)) {
		t.Fatalf("%d %s", status, text)
	}
	status, text = c.do("GET", "/api/map/layers/thua-dat", c.token("Xã", auth.Unit), "", "")
	if got := len(strings.Split(text, "\n")); status != http.StatusOK || got != features+3 {
		t.Errorf("%d, %d lines", status, got)
	}
	unit := c.token("Xã khác", auth.Unit)
	shape := world.FenceSaved{Saved: world.Saved{ID: "a", Name: "A"}, Polygons: geo.MultiPolygon{{{{108, 15}, {109, 15}, {109, 16}, {108, 15}}}}}
	if status, r := c.order(unit, act.Command{ID: "f", Act: act.SaveFence{Fence: shape}}); status != http.StatusConflict || !strings.Contains(r.Reason, "no right to map.edit") {
		t.Errorf("a unit draws a fence: %d %+v", status, r)
	}
	if status, r := c.order(mai, act.Command{ID: "f", Act: act.SaveFence{Fence: shape}}); status != http.StatusOK || r.Seq == 0 {
		t.Errorf("an operator draws a fence: %d %+v", status, r)
	}
	if status, text := c.do("GET", "/api/map/fences", unit, "", ""); status != http.StatusOK || !strings.Contains(text, `"name":"A"`) {
		t.Errorf("%d %s", status, text)
	}
}
