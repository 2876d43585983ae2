package maps

import (
	"image"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/maps/brief"
	"iocwall/ui/tile"
)

// strip returns what the strip says of a layer.
func strip(t *testing.T, p Picture, name string) tile.MapLayer {
	t.Helper()
	for _, l := range p.Layers {
		if l.Name == name {
			return l
		}
	}
	t.Fatalf("no layer %q among %+v", name, p.Layers)
	return tile.MapLayer{}
}

const coastBounds = "107.8,15.1,109.9,16.3"

// TestEveryLayer: a map of all layers holds what the state does, and its strips say
// how whole each is.
func TestEveryLayer(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	coast(h, lib)
	all := "vessels,stations,reports,cameras,alerts,fences,drawings,areas,benh-vien,ranh-bien,quy-hoach"
	h.picture("bounds", coastBounds, "layers", all, "areas", "ontime", "home", "vn/da-nang-2025")
	settle(t, h.m)
	p := h.picture("bounds", coastBounds, "layers", all, "areas", "ontime", "home", "vn/da-nang-2025")
	f := p.Frame
	if len(f.Vessels) != 60 || len(f.Stations) != 8 || len(f.Reports) != 23 || len(f.Cameras) != 8 || len(f.Alerts) != 3 {
		t.Errorf("%d vessels, %d stations, %d reports, %d cameras, %d alerts", len(f.Vessels), len(f.Stations), len(f.Reports), len(f.Cameras), len(f.Alerts))
	}
	layers := map[string]int{}
	for _, a := range f.Areas {
		layers[a.Layer]++
	}
	for _, l := range f.Lines {
		layers[l.Layer]++
	}
	for _, m := range f.Marks {
		layers[m.Layer]++
	}
	if want := map[string]int{Areas: layers[Areas], Fences: 1, Drawings: 3, "benh-vien": 12, "ranh-bien": 1, "quy-hoach": 4}; !reflect.DeepEqual(layers, want) || layers[Areas] < 2 {
		t.Errorf("shapes by layer %v", layers)
	}
	if !reflect.DeepEqual(f.Home, []string{"da-nang"}) {
		t.Errorf("home %v", f.Home)
	}
	for name, whole := range map[string]string{
		"Tàu": "59/60 tàu", "Trạm": "7/8 trạm", "Phản ánh": "24 đang mở, 5 trễ · 1 không rõ vị trí", "Camera": "4/8 camera",
		"Đúng hạn": "31/34 có số liệu · kỳ 10/2026", "Bệnh viện": "12/13 · loại 2",
	} {
		if l := strip(t, p, name); l.Whole != whole || l.Fault != "" {
			t.Errorf("%s: %+v, want %q", name, l, whole)
		}
	}
	if f.Furniture.Credit != "Sở Y tế" || !strings.Contains(f.Furniture.Data, "09:42") {
		t.Errorf("furniture says %q, %q", f.Furniture.Credit, f.Furniture.Data)
	}
	for _, l := range p.Layers {
		if strings.Contains(l.Whole+l.Dated, "[") {
			t.Errorf("strip %+v", l)
		}
	}
}

// TestVessels: heading, trail, importance, selection, and age by the server's
// clock.
func TestVessels(t *testing.T) {
	h := newHistory(t, Options{})
	coast(h, &library{})
	m := h.m.Open(param("bounds", coastBounds, "layers", "vessels", "trail", "10"))
	n := h.now(m.View(h.s, 1600, 1000))
	n.Selected = []world.Ref{"vessel/574000003"}
	by := map[string]draw.Vessel{}
	for _, v := range m.Picture(n).Frame.Vessels {
		by[v.ID] = v
	}
	if v := by["574000012"]; v.Severity != draw.Severe || v.Importance != 23 || v.Name != "QNa-90012-TS" {
		t.Errorf("alarmed: %+v", v)
	}
	if v := by["574000003"]; !v.Selected || v.Importance != 30 || v.Kind != draw.Passenger {
		t.Errorf("chosen: %+v", v)
	}
	if v := by["574000007"]; !v.Lost {
		t.Errorf("lost: %+v", v)
	}
	for id, v := range by {
		if n := len(v.Trail); n < 9 || n > 12 || v.Trail[n-1] != v.At {
			t.Errorf("%s trails %d points", id, n)
		}
	}
	if v := by["574000030"]; v.Age != 30*time.Second || v.Limit != brief.UsualLimit {
		t.Errorf("age %v of %v", v.Age, v.Limit)
	}
	m.Set(param("bounds", coastBounds, "trail", "0", "limit", "1m"))
	p := m.Picture(h.now(m.View(h.s, 1600, 1000)))
	for _, v := range p.Frame.Vessels {
		if v.Trail != nil || v.Limit != time.Minute {
			t.Fatalf("%+v", v)
		}
	}
}

// TestNodesAgree: two clients that heard the same, one of them in another order and
// in batches of its own, make the same frame.
func TestNodesAgree(t *testing.T) {
	type event struct {
		at world.Time
		b  world.Body
	}
	var all []event
	for i := range 400 {
		mmsi := "57400000" + string(rune('0'+i%7))
		all = append(all, event{ago(time.Duration(i*7) * time.Second), world.VesselPosition{MMSI: mmsi, Pos: geo.Point{108 + float64(i%7)/10, 15 + float64(i)/1000}, Heading: 5, Speed: 4}})
	}
	frames := make([]*draw.Frame, 2)
	for k := range frames {
		h := newHistory(t, Options{})
		order := make([]int, len(all))
		for i := range order {
			order[i] = len(all) - 1 - i // as time goes on
		}
		p := h.m.Open(param("bounds", "107,14,110,16"))
		if k == 1 {
			// Late ones come within what is kept: the newest of each vessel stays last.
			r := rand.New(rand.NewPCG(1, 2))
			for i := 0; i+40 < len(order); i += 40 {
				r.Shuffle(20, func(a, b int) { order[i+a], order[i+b] = order[i+b], order[i+a] })
			}
		}
		for n, i := range order {
			e := world.Event{Seq: h.s.At().Seq + 1, Seen: world.TimeOf(noon), Observation: world.Observation{Time: all[i].at, Body: all[i].b}}
			c, err := h.s.Apply(e)
			if err != nil {
				t.Fatal(err)
			}
			h.m.Observe(c)
			if k == 1 && n%50 == 0 {
				p.Picture(h.now(p.View(h.s, 800, 600)))
			}
		}
		frames[k] = p.Picture(h.now(p.View(h.s, 800, 600))).Frame
	}
	if !reflect.DeepEqual(frames[0], frames[1]) {
		t.Error("the frames differ")
	}
	if len(frames[0].Vessels) != 7 || len(frames[0].Vessels[0].Trail) < 15 {
		t.Errorf("%d vessels", len(frames[0].Vessels))
	}
}

// TestScreens: the glass under the strip is none of the map's.
func TestScreens(t *testing.T) {
	h := newHistory(t, Options{})
	p := h.m.Open(param("bounds", coastBounds))
	n := h.now(p.View(h.s, 1000, 500))
	n.Screens = []image.Rectangle{image.Rect(0, 0, 490, 540), image.Rect(510, 0, 1000, 540), image.Rect(0, 560, 490, 900)}
	if got := p.Picture(n).Frame.Screens; len(got) != 2 || got[1] != image.Rect(510, 0, 1000, 500) {
		t.Errorf("panes %v", got)
	}
}

// TestFollow: the view keeps its scale and moves with the thing.
func TestFollow(t *testing.T) {
	h := newHistory(t, Options{})
	coast(h, &library{})
	still := h.m.Open(param("bounds", coastBounds)).View(h.s, 1600, 1000)
	p := h.m.Open(param("bounds", coastBounds, "follow", "vessel/574000012"))
	v, _ := h.s.Vessel("574000012")
	if got := p.View(h.s, 1600, 1000); got.Center != v.Last.Pos || got.World != still.World {
		t.Errorf("view %+v", got)
	}
	if f := p.Picture(h.now(still)).Frame; !f.Vessels[12].Selected {
		t.Error("what is followed is not marked")
	}
	lost := h.m.Open(param("bounds", coastBounds, "follow", "vessel/1"))
	if got := lost.View(h.s, 1600, 1000); got != still {
		t.Errorf("following nothing looks at %+v", got)
	}
	if f := lost.Picture(h.now(still)).Faults; len(f) != 1 || f[0].Key != "follow" {
		t.Errorf("faults %v", f)
	}
}

// TestGone: what leaves the state leaves the map, also after the state was
// replaced.
func TestGone(t *testing.T) {
	h := newHistory(t, Options{})
	coast(h, &library{})
	h.picture("bounds", coastBounds)
	h.add(ago(0), world.EntityGone{Ref: "vessel/574000001"})
	h.add(ago(0), world.CameraDefined{ID: "cam-1", Removed: true})
	h.add(ago(0), world.VesselPosition{MMSI: "574099999", Pos: geo.Point{109, 15.7}, Heading: world.NotAvailable, Speed: world.NotAvailable, Course: world.NotAvailable})
	p := h.picture("bounds", coastBounds)
	if ids := vesselsOf(p.Frame); len(ids) != 60 || ids[1] != "574000002" || ids[59] != "574099999" || len(p.Frame.Cameras) != 7 {
		t.Errorf("vessels %v, %d cameras", ids, len(p.Frame.Cameras))
	}
	old := h.s
	h.s = world.New(2)
	if p := h.picture("bounds", coastBounds); len(p.Frame.Vessels) != 0 {
		t.Error("vessels of the state before are still there")
	}
	h.s = old
	if p := h.picture("bounds", coastBounds); len(p.Frame.Vessels) != 60 {
		t.Errorf("%d vessels came back", len(p.Frame.Vessels))
	}
}

// TestBrokenPlaces: positions that are none do no harm.
func TestBrokenPlaces(t *testing.T) {
	h := newHistory(t, Options{})
	h.add(ago(0), world.VesselPosition{MMSI: "1", Pos: geo.Point{500, 95}})
	h.add(ago(0), world.CameraDefined{ID: "c", Pos: geo.Point{-200, 3}})
	h.add(ago(0), world.ReportOpened{ID: "r", Placed: true, Pos: geo.Point{108, -91}})
	h.add(ago(0), world.DrawingSaved{Saved: world.Saved{ID: "d", Version: 1}, Shapes: []world.DrawnShape{
		{Form: "area"}, {Form: "area", Points: []geo.Point{{1, 1}, {2, 2}}}, {Form: "measure", Points: []geo.Point{{1, 1}}}, {Form: "line", Points: []geo.Point{{400, 1}, {1, 1}}}, {Form: "?", Points: []geo.Point{{1, 1}}},
	}})
	p := h.picture()
	if f := p.Frame; len(f.Vessels)+len(f.Cameras)+len(f.Reports)+len(f.Areas) > 0 {
		t.Errorf("frame %+v", f)
	}
	if w := strip(t, p, "Phản ánh").Whole; !strings.Contains(w, "1 không rõ vị trí") {
		t.Errorf("the report nowhere is not counted: %q", w)
	}
}

// TestMeasures: distances are nautical miles at sea and kilometres on land, and
// sizes are those of a sphere.
func TestMeasures(t *testing.T) {
	m := newMaps(t, "vi", Options{})
	for _, c := range []struct{ got, want string }{
		{m.Leg(geo.Point{109, 15}, geo.Point{109, 16}), "60,0\u00a0hải lý · 000°"},
		{m.Leg(geo.Point{107.9, 15.4}, geo.Point{107.9, 15.5}), "11\u00a0km · 000°"},
		{m.Leg(geo.Point{107.9, 15.4}, geo.Point{107.901, 15.4}), "107\u00a0m · 090°"},
		{m.Size(box(108, 15, 108.01, 15.01)[0][0]), "1,2 km²"},
		{m.Size(box(108, 15, 109, 16)[0][0]), "11.915 km²"},
		{m.Size(box(108, 15, 108.001, 15.001)[0][0]), "1,2 ha"},
	} {
		if a, b := strings.ReplaceAll(c.got, "\u00a0", " "), strings.ReplaceAll(c.want, "\u00a0", " "); a != b {
			t.Errorf("got %q, want %q", a, b)
		}
	}
}
