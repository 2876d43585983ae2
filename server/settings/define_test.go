package settings

import (
	"strings"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/server/area"
	"iocwall/server/calendar"
	"iocwall/server/world"
)

// defined applies what the configuration says to a state and returns the kinds
// of event it took.
func defined(t *testing.T, st *world.State, text string, areas []byte) map[string]int {
	t.Helper()
	c, problems := Parse("test.yaml", []byte(text))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	set, problems := area.Parse("areas", areas)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	now := world.Time(1_763_690_000_000 + int64(st.At().Seq+1)*1000)
	kinds := map[string]int{}
	for _, o := range Definitions(c, set, now, st, nil) {
		kinds[o.Body.Kind()]++
		if _, err := st.Apply(world.Event{Seq: st.At().Seq + 1, Seen: o.Time, Source: Source, Observation: o}); err != nil {
			t.Fatal(err)
		}
	}
	return kinds
}

const small = `
cameras: [{id: c1, name: Cầu, pos: [108, 15], streams: [{name: main, url: "rtsp://10.0.0.1/a"}]}]
stations: [{id: s1, name: Trạm, what: air, pos: [108, 15], every: 1h}]
figures: [{id: f1, name: Chỉ tiêu, unit: "%", target: 90}]
agencies: [{id: a1, name: Sở}]
domains: [{id: economy, name: Kinh tế, figure: f1, rules: [r1]}]
scenes: [{id: ngay, name: Ngày, tiles: [{kind: camera, at: "1", params: {camera: c1}}]}]
`

// A restart with the same configuration writes nothing; what changed is one
// event; what is gone from the configuration leaves the state.
func TestDefinitionsAreWrittenOnce(t *testing.T) {
	st := world.New(1)
	first := defined(t, st, small, assets.Areas())
	for _, kind := range []string{"camera.defined", "station.defined", "figure.defined", "agency.defined", "domain.defined", "wall.defined", "scene.saved", "scene.shown"} {
		if first[kind] != 1 {
			t.Errorf("%d events of %s at the first start, want 1", first[kind], kind)
		}
	}
	if first["area.defined"] < 34+63 || first["area.succeeded"] < 63 {
		t.Errorf("%d areas and %d successions", first["area.defined"], first["area.succeeded"])
	}
	if again := defined(t, st, small, assets.Areas()); len(again) > 0 {
		t.Errorf("the second start writes %v", again)
	}
	changed := `
cameras: []
stations: [{id: s1, name: Trạm mới, what: air, pos: [108, 15], every: 1h}]
figures: []
agencies: [{id: a1, name: Sở}]
scenes: [{id: ngay, name: Ngày, tiles: [{kind: clock, at: "1"}]}]
`
	got := defined(t, st, changed, assets.Areas())
	want := map[string]int{"camera.defined": 1, "station.defined": 1, "entity.gone": 2, "scene.saved": 1}
	for kind, n := range want {
		if got[kind] != n {
			t.Errorf("%d events of %s after the change, want %d (all: %v)", got[kind], kind, n, got)
		}
	}
	if _, ok := st.Camera("c1"); ok {
		t.Error("the camera is still there")
	}
	if _, ok := st.Figure("f1"); ok {
		t.Error("the figure is still there")
	}
	if n := len(st.Domains()); n != 0 {
		t.Errorf("%d domains are still there", n)
	}
	if sc, _ := st.Scene("ngay"); sc.Version != 2 {
		t.Errorf("the scene has version %d, want 2", sc.Version)
	}
}

// A scene that people changed by hand is theirs.
func TestScenesOfPeopleStand(t *testing.T) {
	st := world.New(1)
	defined(t, st, small, assets.Areas())
	sc, _ := st.Scene("ngay")
	mine := sc.SceneSaved
	mine.Version, mine.By, mine.Name = 2, "Mai", "Của Mai"
	if _, err := st.Apply(world.Event{Seq: st.At().Seq + 1, Seen: st.Seen(), Source: "x", Observation: world.Observation{Time: st.Seen(), Body: mine}}); err != nil {
		t.Fatal(err)
	}
	if again := defined(t, st, small, assets.Areas()); len(again) > 0 {
		t.Errorf("the restart writes %v over a scene of Mai's", again)
	}
}

// A scene that was removed by hand and comes again with the next start goes on
// counting its versions.
func TestScenesGoOnCounting(t *testing.T) {
	c, problems := Parse("test.yaml", []byte(small))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	set, problems := area.Parse("areas", assets.Areas())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if ids := c.SceneIDs(); len(ids) != 1 || ids[0] != "ngay" {
		t.Fatalf("scenes %v", ids)
	}
	for _, o := range Definitions(c, set, 1000, world.New(1), map[string]int{"ngay": 6, "other": 9}) {
		if b, ok := o.Body.(world.SceneSaved); ok && b.Version != 7 {
			t.Errorf("version %d after 6", b.Version)
		}
	}
}

// When the law changes, only what it changes is written, and what an area
// became stays known.
func TestAreasChangeByEvents(t *testing.T) {
	st := world.New(1)
	before := `
areas:
  - {id: vn, name: Việt Nam, level: country}
  - {id: vn/qn, name: Quảng Nam, level: province, parent: vn}
`
	after := `
areas:
  - {id: vn, name: Việt Nam, level: country}
  - {id: vn/qn, name: Quảng Nam, level: province, parent: vn, valid_to: "2025-07-01"}
  - {id: vn/dn, name: Đà Nẵng, level: province, parent: vn, valid_from: "2025-07-01"}
successions:
  - {from: vn/qn, to: vn/dn, at: "2025-07-01", share: 1}
`
	defined(t, st, "{}", []byte(before))
	got := defined(t, st, "{}", []byte(after))
	if got["area.defined"] != 2 || got["area.succeeded"] != 1 || len(got) != 2 {
		t.Errorf("the change writes %v", got)
	}
	a, _ := st.Area("vn/qn")
	midnight := world.TimeOf(mustDay(t, "2025-07-01"))
	if a.ValidAt(midnight) || !a.ValidAt(midnight-1) || len(a.Became) != 1 || a.Became[0].New != "vn/dn" {
		t.Errorf("Quảng Nam is %+v", a)
	}
}

func mustDay(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation(time.DateOnly, s, calendar.Vietnam())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Zones, keys, spare screens and schedules of the configuration come into the
// history; what people changed at the wall stays as they left it.
func TestWallOfTheConfiguration(t *testing.T) {
	text := `
wall: {columns: 3, rows: 1, nodes: [3], spare: [3]}
scenes:
  - {id: ngay, name: Ngày, preset: 1, tiles: [{kind: clock, at: "1", important: true}], zones: [{id: z, name: Báo động, at: "2", least: 40}]}
  - {id: dem, name: Đêm, tiles: [{kind: clock, at: "1"}]}
schedules: [{id: toi, name: Tối, scenes: [dem], days: [workday], from: "18:00", to: "06:30", priority: 2}]
`
	st := world.New(1)
	defined(t, st, text, assets.Areas())
	w, _ := st.Wall("main")
	ngay, _ := st.Scene("ngay")
	if len(w.Screens) != 3 || !w.Screens[2].Spare || w.Screens[0].Spare {
		t.Errorf("screens %+v", w.Screens)
	}
	if z := ngay.Zones; len(z) != 1 || z[0].X != w.Screens[1].X || z[0].W != w.Screens[1].W || z[0].Least != 40 || ngay.Preset != 1 || !ngay.Tiles[0].Important {
		t.Errorf("scene %+v", ngay)
	}
	all := st.Schedules()
	if len(all) != 1 || all[0].Is.From != 18*60 || all[0].Is.To != 6*60+30 || all[0].Is.Priority != 2 || all[0].Is.Wall != "main" {
		t.Fatalf("schedules %+v", all)
	}
	// A technician exchanges two computers.
	by := w.WallDefined
	by.By, by.Screens = "tech", []world.Screen{w.Screens[0], w.Screens[1], w.Screens[2]}
	by.Screens[0].Node = "pc-09"
	event(t, st, by)
	if got := defined(t, st, text, assets.Areas()); len(got) > 0 {
		t.Errorf("the next start writes %v", got)
	}
	if got := defined(t, st, strings.NewReplacer("columns: 3", "columns: 4", "nodes: [", "nodes: [1, ").Replace(text), assets.Areas()); got["wall.defined"] != 0 {
		t.Errorf("a configuration of another size takes the technician's wall: %v", got)
	}
	got := defined(t, st, "wall: {columns: 3, rows: 1, nodes: [3], spare: [3]}\nscenes: [{id: ngay, name: Ngày, tiles: [{kind: clock, at: \"1\"}]}]\n", assets.Areas())
	if got["schedule.saved"] != 1 || len(st.Schedules()) != 0 || got["scene.saved"] != 2 || got["wall.defined"] != 0 {
		t.Errorf("what is no more in the configuration: %v", got)
	}
	if _, there := st.Scene("dem"); there {
		t.Error("the scene is still there")
	}
}

// A wall that has another name in the configuration is one wall still; one that people
// hung up stays.
func TestWallIsRenamed(t *testing.T) {
	st := world.New(1)
	defined(t, st, small, assets.Areas())
	event(t, st, world.WallDefined{ID: "hall", Name: "Sảnh", Screens: []world.Screen{{ID: 1, W: 1, H: 1, PxW: 1, PxH: 1}}, By: "tech"})
	if got := defined(t, st, "wall: {id: chinh}\n"+small, assets.Areas()); got["entity.gone"] != 1 || got["wall.defined"] != 1 || got["scene.saved"] != 1 || got["scene.shown"] != 1 {
		t.Errorf("another name writes %v", got)
	}
	if ws := st.Walls(); len(ws) != 2 || ws[0].ID != "chinh" || ws[1].ID != "hall" || ws[0].Shown.Scene != "ngay" {
		t.Errorf("walls %+v", ws)
	}
	if got := defined(t, st, "wall: {id: chinh}\n"+small, assets.Areas()); len(got) != 0 {
		t.Errorf("the next start writes %v", got)
	}
}

// event applies what a person did.
func event(t *testing.T, st *world.State, b world.Body) {
	t.Helper()
	now := st.Seen() + 1000
	if _, err := st.Apply(world.Event{Seq: st.At().Seq + 1, Seen: now, Source: "token/tech", Observation: world.Observation{Time: now, Body: b}}); err != nil {
		t.Fatal(err)
	}
}
