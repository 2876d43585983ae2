package maps

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/geo/tiles"
	"iocwall/server/world"
)

// faulty is a base map of which not all is as it should be.
type faulty struct {
	tiles.Source
	failed, old int
	why         error
}

func (f *faulty) Map(v geo.View) (tiles.Data, error) {
	d, err := f.Source.Map(v)
	d.Failed, d.Old, d.Problem = f.failed, f.old, f.why
	return d, err
}

// TestBaseMapFaults: tiles of the base map that are missing or old are said in its
// strip, before the layers that are well.
func TestBaseMapFaults(t *testing.T) {
	h := newHistory(t, Options{})
	base := &faulty{Source: h.m.o.Base}
	h.m.o.Base = base
	for _, c := range []struct {
		failed, old int
		want        string
	}{{0, 0, ""}, {3, 0, "thiếu 3 ô: no way there"}, {0, 2, "2 ô cũ, chưa làm mới được: no way there"}, {3, 2, "thiếu 3 ô: no way there"}} {
		if base.failed, base.old, base.why = c.failed, c.old, nil; c.want != "" {
			base.why = errors.New("no way there")
		}
		if l := strip(t, h.picture("bounds", coastBounds), "Nền"); l.Fault != c.want {
			t.Errorf("%d failed, %d old: %+v", c.failed, c.old, l)
		}
	}
}

// TestOldFeatures: features of the version before are said to be that.
func TestOldFeatures(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	picture := func() Picture { return h.picture("layers", "x", "bounds", "107,14,110,17") }
	first := layer("x", lib.put(hospitals()), 1)
	first.Dated = world.TimeOf(noon.AddDate(-1, 0, 0))
	h.add(ago(0), first)
	picture()
	settle(t, h.m)
	if l := strip(t, picture(), "x"); l.Fault != "" || l.Dated != "số liệu 21/11/2025" {
		t.Errorf("the first version: %+v", l)
	}
	next := layer("x", strings.Repeat("ab", 32), 2)
	next.Dated = world.TimeOf(noon)
	next.Features = 40
	h.add(ago(0), next)
	p := picture()
	if l := strip(t, p, "x"); len(p.Frame.Marks) != 12 || l.Dated != "bản trước, đang tải bản 2" || l.Whole != "12/40 · loại 1" {
		t.Errorf("while the second comes: %d marks, %+v", len(p.Frame.Marks), l)
	}
	settle(t, h.m)
	p = picture()
	if l := strip(t, p, "x"); len(p.Frame.Marks) != 12 || !strings.HasPrefix(l.Fault, "Bản trước, chưa tải được bản 2: ") || !strings.Contains(l.Fault, "no features") {
		t.Errorf("the second does not come: %d marks, %+v", len(p.Frame.Marks), l)
	}
}

// TestPeriods: values of different periods beside each other are said to be that;
// so are those of areas that ended, and what is no plain number.
func TestPeriods(t *testing.T) {
	h := newHistory(t, Options{})
	end := world.TimeOf(time.Date(2025, 6, 30, 17, 0, 0, 0, time.UTC))
	v := 12.0
	for i, area := range []string{"vn/da-nang-2025", "vn/hue", "vn/quang-ngai-2025"} {
		h.add(ago(0), world.AreaDefined{ID: area, Name: area, Level: "province", Parent: "vn", From: end},
			world.FigureDefined{ID: "p" + strconv.Itoa(i), Of: "poor", Area: area, Name: "Hộ nghèo", Unit: "hộ"},
			world.FigureReported{Figure: "p" + strconv.Itoa(i), Period: "2026-10", Label: "10/2026", Value: &v, Qualifier: "about"})
	}
	see := []string{"areas", "poor", "bounds", coastBounds}
	if l := strip(t, h.picture(see...), "Hộ nghèo"); l.Whole != "3/3 có số liệu · kỳ 10/2026" {
		t.Errorf("one period: %+v", l)
	}
	h.add(ago(0), world.FigureReported{Figure: "p1", Period: "2026-11", Label: "11/2026", Value: &v})
	h.add(ago(0), world.AreaDefined{ID: "vn/quang-nam", Name: "Quảng Nam", Level: "province", Parent: "vn", Until: end},
		world.FigureDefined{ID: "old", Of: "poor", Area: "vn/quang-nam", Name: "Hộ nghèo"}, world.FigureReported{Figure: "old", Period: "2024", Value: &v})
	p := h.picture(see...)
	if l := strip(t, p, "Hộ nghèo"); l.Whole != "3/3 có số liệu · 1 của địa bàn không còn" || l.Fault != "khác kỳ: 10/2026 – 11/2026" {
		t.Errorf("two periods: %+v", l)
	}
	names := ""
	for _, a := range p.Frame.Areas {
		names += a.Name + "|"
	}
	if !strings.Contains(names, "vn/da-nang-2025 ≈\u00a012|") {
		t.Errorf("areas are named %q", names)
	}
}

// TestNowhere: what has no place is counted, and odd places are none.
func TestNowhere(t *testing.T) {
	h := newHistory(t, Options{})
	h.add(ago(0),
		world.StationDefined{ID: "s1", Name: "A", Pos: geo.Point{108.2, 15.9}}, world.StationDefined{ID: "s2", Name: "B"},
		world.CameraDefined{ID: "c1", Name: "A", Pos: geo.Point{108.2, 15.9}}, world.CameraDefined{ID: "c2", Name: "B"},
		world.VesselPosition{MMSI: "574000001", Pos: geo.Point{108.5, 15.9}}, world.VesselStatic{MMSI: "574000002", Name: &world.VesselName{Name: "B"}})
	p := h.picture("bounds", coastBounds)
	for name, want := range map[string]string{"Tàu": "1/1 tàu · 1 không rõ vị trí", "Trạm": "0/1 trạm · 1 không rõ vị trí", "Camera": "0/1 camera · 1 không rõ vị trí"} {
		if l := strip(t, p, name); l.Whole != want {
			t.Errorf("%s: %+v, want %q", name, l, want)
		}
	}
	if f := p.Frame; len(f.Stations) != 1 || len(f.Vessels) != 1 || len(f.Cameras) != 1 {
		t.Errorf("%d stations, %d vessels, %d cameras", len(f.Stations), len(f.Vessels), len(f.Cameras))
	}
}

// TestTrailsOfTheGone: past positions of vessels that a new state does not have are
// forgotten.
func TestTrailsOfTheGone(t *testing.T) {
	h := newHistory(t, Options{})
	h.add(ago(time.Minute), world.VesselPosition{MMSI: "574000001", Pos: geo.Point{108.5, 15.9}})
	h.picture()
	next := world.New(2)
	if _, err := next.Apply(world.Event{Seq: 1, Seen: ago(0), Observation: world.Observation{Time: ago(0), Body: world.VesselPosition{MMSI: "574000002", Pos: geo.Point{108.5, 15.9}}}}); err != nil {
		t.Fatal(err)
	}
	h.s = next
	h.picture()
	if one, two := h.m.trails.Known("574000001"), h.m.trails.Known("574000002"); one != 0 || two != 1 {
		t.Errorf("%d points of the vessel that is gone, %d of the other", one, two)
	}
}

// TestSeats: what is wrong stands first, and each layer keeps its seat whatever is
// wrong with others on one computer.
func TestSeats(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	coast(h, lib)
	base := &faulty{Source: h.m.o.Base}
	h.m.o.Base = base
	see := []string{"bounds", coastBounds, "layers", "vessels,stations,reports,benh-vien"}
	seats := func() (first string, all map[string]int) {
		all = map[string]int{}
		p := h.picture(see...)
		for _, l := range p.Layers {
			all[l.Name] = l.Seat
		}
		return p.Layers[0].Name, all
	}
	settle(t, func() *Maps { seats(); return h.m }())
	_, well := seats()
	base.failed, base.why = 1, errors.New("no way there")
	if first, bad := seats(); first != "Nền" || !reflect.DeepEqual(bad, well) || len(bad) != 5 {
		t.Errorf("%s is first; seats %v, before %v", first, bad, well)
	}
	if well["Tàu"] != 0 || well["Bệnh viện"] != 3 || well["Nền"] != 4 {
		t.Errorf("seats %v", well)
	}
}

// TestALateCameraIsNotShownAsGood: packets come, so the relay calls it live, but its pictures are old.
func TestALateCameraIsNotShownAsGood(t *testing.T) {
	h := newHistory(t, Options{})
	h.add(ago(time.Hour),
		world.CameraDefined{ID: "c1", Name: "A", Pos: geo.Point{108.2, 15.9}}, world.CameraDefined{ID: "c2", Name: "B", Pos: geo.Point{108.3, 15.9}})
	h.add(ago(time.Minute),
		world.CameraHealth{Camera: "c1", State: world.CameraLive}, world.CameraHealth{Camera: "c2", State: world.CameraLive, Reason: "late"})
	p := h.picture("bounds", coastBounds, "layers", "cameras")
	signs := map[string]draw.Health{}
	for _, c := range p.Frame.Cameras {
		signs[c.ID] = c.Health
	}
	if signs["c1"] != draw.Live || signs["c2"] != draw.Stale {
		t.Errorf("signs %v", signs)
	}
	if l := strip(t, p, "Camera"); l.Whole != "1/2 camera" {
		t.Errorf("%q is said", l.Whole)
	}
}
