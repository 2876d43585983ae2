package ui

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/look"
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

// TestPoppedUpMapOverRows: a map that an alert opened over two rows of screens is one
// map on the computers that show it, and as it is without the alert.
func TestPoppedUpMapOverRows(t *testing.T) {
	views := map[geo.View]string{}
	for _, popped := range []bool{false, true} {
		parts := 0
		for _, pc := range []string{"pc-01", "pc-04", "pc-05"} {
			b := newBench(t, Options{Mode: Node, Name: pc, Screens: &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{
				{Name: "a", W: 1920, H: 1080}, {Name: "b", X: 1920, W: 1920, H: 1080}, {Name: "c", X: 3840, W: 1920, H: 1080},
			}}})
			vessel := world.VesselPosition{MMSI: "574000001", Pos: geo.Pt(108.6, 15.6), Speed: 5, Course: 90, Heading: 90}
			b.give(snapshot(sheet(9, 3, "27", []world.Body{vessel})))
			w, _, _, _ := b.ui.model.wall("")
			x, y, wd, ht, err := scene.At{Screens: "1-11"}.Rect(w.WallDefined)
			if err != nil {
				t.Fatal(err)
			}
			p := world.Placed{Layer: world.LayerScene, From: "next", Tile: world.Tile{
				ID: "popup:p1:1", Kind: "map", X: x, Y: y, W: wd, H: ht, Params: []world.Param{{Key: "bounds", Value: "107.2,14.9,109.6,16.3"}},
			}}
			if popped {
				p.Layer, p.From = world.LayerPopup, "p1"
				b.give(b.event(world.PopupAsked{ID: "p1", Wall: "main", Title: "Lũ Câu Lâu", Alert: "flood", Priority: 90}))
				b.give(b.event(world.PopupPlaced{ID: "p1", Zone: "z"}))
			}
			b.prepare(1, p)
			b.commit(1, 0)
			b.settle()
			b.tick(mapface.Refresh)
			b.settle()
			for _, m := range mapsOf(b.ui) {
				if (m.Shown(b.now).Cover.Popup != nil) != popped {
					t.Errorf("popped up %v: %s says %+v", popped, pc, m.Shown(b.now).Cover)
				}
				parts++
				views[m.View().Whole()] += fmt.Sprintf(" %v:%s%v", popped, pc, m.View().Crop)
			}
			for name, w := range b.ui.face.(*node).windows {
				keep(t, fmt.Sprintf("map-rows-%v-%s-%s", popped, pc, name), shoot(w.win, 1920, 1080))
			}
		}
		if parts != 4 {
			t.Errorf("popped up %v: %d parts", popped, parts)
		}
	}
	if len(views) != 1 {
		t.Errorf("the parts look at %d different views: %v", len(views), views)
	}
}

// TestMapPartsAgree: all parts of a map look at one view, in zones of any shape, with
// the frame of an alert and without, on the wall and at the desk, in texts of any size.
func TestMapPartsAgree(t *testing.T) {
	b := newBench(t, Options{Mode: Mosaic})
	b.give(snapshot(sheet(9, 3, "1", nil)))
	w, _, _, _ := b.ui.model.wall("")
	h := *b.ui.charts
	h.Start = func(func(context.Context)) context.CancelFunc { return func() {} } // nothing is drawn
	var popup *tile.Popup
	h.Cover = func(time.Time, string) tile.Cover { return tile.Cover{Popup: popup} }
	seen := func(env *tile.Env, sp spot) geo.View {
		m := mapface.New(&h, env, sp.tile)
		defer m.Close()
		mapContent{m}.place(sp)
		m.Object().Resize(fyne.NewSize(float32(sp.rect.Dx()), float32(sp.rect.Dy())))
		m.Update(b.now, true)
		if v := m.View(); v.Crop.Min != sp.rect.Min.Sub(sp.whole.Min) || v.Crop.Dx() != sp.rect.Dx() || v.Crop.Max.Y > v.Height {
			t.Errorf("a part at %v of %v draws %v of %d×%d", sp.rect, sp.whole, v.Crop, v.Width, v.Height)
		}
		return m.View()
	}
	// Off the grid the whole is not as wide on each screen: it is rounded there.
	for _, zone := range []scene.At{
		{Screens: "14"},
		{Screens: "1-5"},
		{Screens: "5-14"},
		{Screens: "1-12"},
		{Screens: "1-27"},
		{Screens: "1-12", Cell: "7x1:2-6"},
		{Screens: "1-27", Cell: "1x7:2-6"},
		{Screens: "1-5", Below: 208},
		{Screens: "1-21", Cell: "5x3:7"},
	} {
		for _, seat := range []float64{5000, 7500} {
			w.Seat = seat
			var tl world.Tile
			var err error
			if tl.X, tl.Y, tl.W, tl.H, err = zone.Rect(w.WallDefined); err != nil {
				t.Fatal(err)
			}
			tl.ID, tl.Kind, tl.Params = "map", "map", []world.Param{{Key: "bounds", Value: "107.2,14.9,109.6,16.3"}}
			views, parts := map[geo.View]int{}, 0
			for _, p := range []*tile.Popup{nil, {Severity: world.Critical, Title: "Lũ Câu Lâu"}} {
				popup = p
				for _, s := range w.Screens {
					m := screens.Monitor{W: 1920, H: 1080}
					scale := screenScale(w.WallDefined, &s, m)
					for _, sp := range screenSpots(w.WallDefined, world.SceneSaved{ID: "s", Tiles: []world.Tile{tl}}, s, m, scale) {
						views[seen(b.ui.env(scale, 1), sp).Whole()]++
						parts++
					}
				}
			}
			if parts < 2 || len(views) != 1 {
				t.Errorf("%+v, seats at %v mm: %d parts look at %d different views: %v", zone, seat, parts, len(views), views)
			}
		}
	}
	for _, text := range []float64{1, 1.5} {
		for _, at := range []image.Rectangle{image.Rect(10, 20, 410, 245), image.Rect(0, 0, 1900, 400), image.Rect(0, 0, 90, 50)} {
			sp := spot{tile: world.Tile{ID: "map", Kind: "map"}, rect: at, whole: at, rows: 1}
			popup = nil
			bare := seen(b.ui.env(look.DeskScale(16*text), 1), sp)
			popup = &tile.Popup{Title: "Lũ Câu Lâu"}
			if framed := seen(b.ui.env(look.DeskScale(16*text), 1), sp); framed != bare || framed.Width == 0 {
				t.Errorf("text × %v at %v: %+v with a frame, %+v without", text, at, framed, bare)
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
	if len(m.Shown(b.now).Faults) != 1 || !strings.Contains(m.Shown(b.now).Faults[0], "zoom") || !strings.Contains(find("Tàu").Fault, "Lọc sai") {
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
