package ui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/mapface"
	"iocwall/ui/screens"
	"iocwall/ui/tile"
)

// sheet returns a state with one map of the parameters over screens of a wall of
// columns × rows, and the things of the province on it.
func sheet(columns, rows int, over string, bodies []world.Body, params ...world.Param) *world.State {
	s := province(columns, rows)
	add := func(b world.Body) {
		at := world.TimeOf(noon.Add(-time.Minute))
		if _, err := s.Apply(world.Event{Seq: s.At().Seq + 1, Seen: at, Observation: world.Observation{Time: at, Body: b}}); err != nil {
			panic(err)
		}
	}
	for _, b := range bodies {
		add(b)
	}
	w, _ := s.Wall("main")
	x, y, wd, h, err := scene.At{Screens: over}.Rect(w.WallDefined)
	if err != nil {
		panic(err)
	}
	add(world.SceneSaved{ID: "flood", Wall: "main", Name: "Bản đồ", Version: 2, Tiles: []world.Tile{{ID: "map", Kind: "map", X: x, Y: y, W: wd, H: h, Params: params}}})
	return s
}

// mapsOf returns the maps of a UI.
func mapsOf(u *UI) []mapContent {
	var out []mapContent
	for _, s := range u.face.surfaces() {
		for _, sl := range s.slots {
			if m, ok := sl.content.(mapContent); ok {
				out = append(out, m)
			}
		}
	}
	return out
}

// TestMapOverNodes: each computer draws its crop of one view, with the same things
// on it.
func TestMapOverNodes(t *testing.T) {
	var whole geo.View
	var crops []image.Rectangle
	var names []string
	for _, pc := range []string{"pc-01", "pc-02"} {
		b := newBench(t, Options{Mode: Node, Name: pc, Screens: &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "a", W: 1920, H: 1080}, {Name: "b", X: 1920, W: 1920, H: 1080}}}})
		b.give(snapshot(sheet(9, 3, "1-4", nil, world.Param{Key: "bounds", Value: "107.2,14.9,109.6,16.3"})))
		b.settle()
		for _, m := range mapsOf(b.ui) {
			if whole.Width == 0 {
				whole = m.View().Whole()
			}
			if m.View().Whole() != whole {
				t.Errorf("%s looks at %+v, the first at %+v", pc, m.View().Whole(), whole)
			}
			crops = append(crops, m.View().Crop)
		}
		for name, w := range b.ui.face.(*node).windows {
			names = append(names, pc+name)
			keep(t, "map-"+pc+"-"+name, shoot(w.win, 1920, 1080))
		}
	}
	if len(crops) != 4 || len(names) != 4 {
		t.Fatalf("%d maps on %v", len(crops), names)
	}
	for i, a := range crops {
		if a.Empty() || a.Dx() > 1921 {
			t.Errorf("part %d draws %v", i, a)
		}
		for _, b := range crops[i+1:] {
			if a.Overlaps(b) {
				t.Errorf("parts %v and %v overlap", a, b)
			}
		}
	}
}

// stumbling is a base map that drawing stumbles over until told otherwise.
type stumbling struct {
	*tiles.Embedded
	over atomic.Bool
	err  atomic.Pointer[error]
}

func (s *stumbling) Map(v geo.View) (tiles.Data, error) {
	drawing := strings.Contains(string(debug.Stack()), "(*Renderer).Draw")
	if drawing && s.over.Load() {
		panic("stumbled")
	}
	if err := s.err.Load(); drawing && err != nil {
		return tiles.Data{}, *err
	}
	return s.Embedded.Map(v)
}

// TestMapGoesOn: a map that cannot be drawn says since when, even before its first
// picture, and is drawn as soon as that can be done.
func TestMapGoesOn(t *testing.T) {
	under, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	none := errors.New("nothing to draw on")
	for _, panics := range []bool{true, false} {
		base := &stumbling{Embedded: under}
		if base.over.Store(panics); !panics {
			base.err.Store(&none)
		}
		b := newBench(t, Options{Mode: Mosaic, Base: base})
		b.give(snapshot(sheet(1, 1, "1", nil, world.Param{Key: "bounds", Value: "107.8,15.1,109.2,16.1"})))
		m := mapsOf(b.ui)[0]
		for range 20 {
			b.tick(time.Second)
			time.Sleep(5 * time.Millisecond)
		}
		if v := m.Shown(b.now); v.Now.Sub(v.Drawn) < 15*time.Second || v.Drawn.IsZero() || !m.Drawn().IsZero() {
			t.Errorf("panics %v: after 20 s without a picture it was drawn %v, now is %v", panics, v.Drawn, v.Now)
		}
		base.over.Store(false)
		base.err.Store(nil)
		for range 2000 {
			if b.tick(mapface.Refresh); !m.Drawn().IsZero() {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if m.Drawn().IsZero() {
			t.Errorf("panics %v: it gave up", panics)
		}
	}
}

// TestMapCountsByTheServersClock: ages in the strip are those of the data, whatever
// this computer's clock says.
func TestMapCountsByTheServersClock(t *testing.T) {
	b := newBench(t, Options{Mode: Mosaic})
	b.give(snapshot(sheet(1, 1, "1", []world.Body{world.VesselPosition{MMSI: "574000001", Pos: geo.Point{108.6, 15.6}}},
		world.Param{Key: "bounds", Value: "107.8,15.1,109.2,16.1"}, world.Param{Key: "layers", Value: "vessels"})))
	b.settle()
	m := mapsOf(b.ui)[0]
	b.ui.model.link.Offset = int64(3 * time.Hour / time.Millisecond)
	b.tick(mapface.Refresh)
	b.tick(time.Second)
	if v := m.Shown(b.now); v.Now.Sub(b.now) != 3*time.Hour || v.Now.Sub(v.Drawn) > 30*time.Second {
		t.Errorf("it is %v, ages count from %v, drawn %v", b.now, v.Now, v.Drawn)
	}
}

const hospitals = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"Đa khoa Quảng Nam"},"geometry":{"type":"Point","coordinates":[108.48,15.57]}},{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[400,0]}}]}`

func hospitalLayer() world.LayerSaved {
	sum := sha256.Sum256([]byte(hospitals))
	return world.LayerSaved{
		Saved: world.Saved{ID: "benh-vien", Name: "Bệnh viện", Version: 1}, SHA256: hex.EncodeToString(sum[:]), Features: 2,
		Look: []world.Param{{Key: "icon", Value: "hospital"}},
	}
}

// TestMapWithFeatures: features come after the first picture, which is then drawn
// anew; what is wrong with parameters stands on the tile.
func TestMapWithFeatures(t *testing.T) {
	fail := errors.New("no network")
	var mu sync.Mutex
	b := newBench(t, Options{Mode: Mosaic, Lang: "vi", Width: 1920, Height: 1080, Maps: MapOptions{
		Features: func(context.Context, string, string) (io.ReadCloser, error) {
			mu.Lock()
			defer mu.Unlock()
			if fail != nil {
				return nil, fail
			}
			return io.NopCloser(strings.NewReader(hospitals)), nil
		},
		Cache: t.TempDir(),
	}})
	b.ui.jobs.start(b.ui.runMaps(b.ui.maps))
	b.give(snapshot(sheet(1, 1, "1", []world.Body{hospitalLayer()},
		world.Param{Key: "bounds", Value: "107.8,15.1,109.2,16.1"}, world.Param{Key: "layers", Value: "vessels,benh-vien"}, world.Param{Key: "zoom", Value: "far"},
		world.Param{Key: "filter.vessels", Value: "speed > "})))
	m := mapsOf(b.ui)[0]
	until := func(what string, ok func() bool) {
		t.Helper()
		for range 2000 {
			b.tick(mapface.PartGap)
			if ok() {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		t.Fatalf("%s: strips %+v", what, m.Shown(b.now).Layers)
	}
	find := func(name string) (l tile.MapLayer) {
		for _, x := range m.Shown(b.now).Layers {
			if x.Name == name {
				l = x
			}
		}
		return l
	}
	until("the reason", func() bool { return strings.Contains(find("Bệnh viện").Fault, "no network") })
	mu.Lock()
	fail = nil
	mu.Unlock()
	if len(m.Shown(b.now).Faults) != 1 || !strings.Contains(m.Shown(b.now).Faults[0], "zoom") || !strings.Contains(find("Tàu").Fault, "1:") {
		t.Errorf("faults %v, strip %+v", m.Shown(b.now).Faults, find("Tàu"))
	}
	until("the features", func() bool { return find("Bệnh viện").Whole == "1/2 · loại 1" })
	b.settle()
	keep(t, "map-features", shoot(b.mosaic().win, 1920, 1080))
}

// arriving is a base map whose parts come when told.
type arriving struct {
	*tiles.Embedded
	mu      sync.Mutex
	told    func()
	pending int
}

func (a *arriving) Map(v geo.View) (tiles.Data, error) {
	d, err := a.Embedded.Map(v)
	a.mu.Lock()
	defer a.mu.Unlock()
	d.Pending = a.pending
	return d, err
}

func (a *arriving) Watch(f func()) func() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = f
	return func() {}
}

// TestMapPartsCome: a picture with parts missing is drawn anew when they come, and
// not for nothing afterwards.
func TestMapPartsCome(t *testing.T) {
	under, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	base := &arriving{Embedded: under, pending: 3}
	b := newBench(t, Options{Mode: Mosaic, Base: base})
	b.ui.jobs.start(b.ui.runMaps(b.ui.maps))
	b.give(snapshot(sheet(1, 1, "1", nil, world.Param{Key: "bounds", Value: "107.8,15.1,109.2,16.1"})))
	b.settle()
	m := mapsOf(b.ui)[0]
	if !m.Coming() {
		t.Error("the map does not know that parts are missing")
	}
	for range 1000 {
		base.mu.Lock()
		ready := base.told != nil
		base.pending = 0
		base.mu.Unlock()
		if ready {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	sent := m.Asked()
	base.told()
	b.tick(mapface.PartGap)
	if m.Asked() == sent {
		t.Error("the map is not drawn anew when parts came")
	}
	for range 1000 {
		if b.tick(0); !m.Coming() {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	sent = m.Asked()
	b.tick(mapface.Gap)
	if m.Coming() || m.Asked() != sent {
		t.Error("the map is drawn for nothing")
	}
}
