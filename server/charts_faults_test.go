package server

import (
	"net/http"
	"strings"
	"testing"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

// Two layers of one file, of which one takes only outlines of areas: what is
// remembered of the one is not taken for the other.
func TestTwoLayersOfOneFile(t *testing.T) {
	c := &centre{tb: t, dir: t.TempDir(), logs: &journalText{}}
	c.write("tinh.geojson", strings.Replace(communes, `"features":[`, `"features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[108.2,16]},"properties":{"name":"trụ sở"}},`, 1))
	c.configure(`layers:
  - {id: tinh, name: Tỉnh, file: tinh.geojson, areas: true}
  - {id: tat-ca, name: Tất cả, file: tinh.geojson}
`)
	c.start()
	t.Cleanup(func() { c.stop() })
	for range 2 {
		<-c.Ready()
		for _, l := range stateOf(c).Layers() {
			if want := map[string]int{"tinh": 1, "tat-ca": 2}[l.Is.ID]; l.Is.Features != want {
				t.Errorf("%s has %d features, want %d", l.Is.ID, l.Is.Features, want)
			}
		}
		c.stop()
		c.start()
	}
}

// A refusal is written down whatever was asked for.
func TestLongRefusalsAreAudited(t *testing.T) {
	c := newCentre(t, "")
	mai := c.token("Mai", auth.Operator)
	long := strings.Repeat("x", 1<<20)
	view := world.MapViewSaved{Saved: world.Saved{ID: "v" + long, Name: "V"}, Params: []world.Param{{Key: long, Value: "1"}}}
	for _, id := range []string{"a", "b"} {
		if status, r := c.order(mai, act.Command{ID: id, Act: act.SaveMapView{View: view}}); status != http.StatusConflict || len(r.Reason) > 1000 {
			t.Fatalf("%d %.200s", status, r.Reason)
		}
		view.ID = "v"
	}
	audited := 0
	for _, e := range c.events() {
		if b, ok := e.Body.(world.Audited); ok && b.Act == "mapview.save" {
			audited++
		}
	}
	if audited != 2 {
		t.Errorf("%d of 2 refusals are in the history", audited)
	}
}
