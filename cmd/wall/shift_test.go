package main_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/tiles"
	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/wire"
	"iocwall/server/world"
	"iocwall/ui/paint"
)

// shiftLength is how long the shift is.
const shiftLength = 20 * time.Minute

// shift is a shift in the control room: a center, twelve computers with 27 screens,
// and the desks of two operators, all in fake time.
type shift struct {
	tb      testing.TB
	dir     string
	app     fyne.App
	base    tiles.Source
	toolkit *serial
	net     *pipeNet
	ids     map[string]wire.Identity
	center  *center
	nodes   [12]*shiftNode
	mai     *shiftDesk
	lan     *shiftDesk
	began   time.Time
	names   map[uint32]string
	want    map[int][]string // the tiles of each screen
	all     []int            // the numbers of all screens
	looks   int              // at one screen
	stop    []func()
}

// TestShift plays twenty minutes of a shift: switches, an alarm, locks, lost
// computers, a lost server, a monitor without a cable, a schedule, a scene that is
// too much, a step back and test pictures. The loop, the director, the stage, the
// hub, the clients and the windows are those of the product; the network and the
// clock are the test's own. After each step it reads from the pixels of all 27
// screens which tiles and which cameras they show.
func TestShift(t *testing.T) {
	app := test.NewTempApp(t)
	base, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := newShift(t, dir, app, base)
		defer s.end()
		s.switches()
		s.alarm()
		s.locks()
		s.lostComputer()
		s.silentComputer()
		s.lostServer()
		s.unplugged()
		s.schedule()
		s.tooMuch()
		s.testPictures()
		if rest := shiftLength - time.Since(s.began); rest > 0 {
			time.Sleep(rest)
		}
		s.check("at the end of the shift")
		t.Logf("%v of shift, %d looks at a screen, %d events", time.Since(s.began).Round(time.Second), s.looks, s.center.loop.Stats().Seq)
	})
}

func newShift(tb testing.TB, dir string, app fyne.App, base tiles.Source) *shift {
	s := &shift{
		tb: tb, dir: dir, app: app, base: base, toolkit: newSerial(), net: &pipeNet{wires: map[*pipeWire]string{}},
		ids: map[string]wire.Identity{}, began: time.Now(), names: map[uint32]string{},
	}
	for n := range screens27 {
		s.all = append(s.all, n+1)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.toolkit.run(ctx) })
	s.stop = append(s.stop, func() { cancel(); wg.Wait() })
	s.mai, s.lan = s.sit("Mai", "operator"), s.sit("Lan", "operator")
	for i := range s.nodes {
		s.boot(i)
	}
	s.center = openCenter(tb, dir, highWater(2, ", map: true"), s.net, s.ids)
	s.center.put("config", s.province()...)
	time.Sleep(10 * time.Second) // who found nobody comes again
	s.want = s.scene("ngay")
	s.mai.must(act.ShowScene{Wall: "main", Scene: "ngay"})
	time.Sleep(3 * time.Second)
	s.check("at the beginning of the shift")
	return s
}

func (s *shift) end() {
	for i, n := range s.nodes {
		if n != nil {
			s.crash(i)
		}
	}
	for _, d := range []*shiftDesk{s.mai, s.lan} {
		d.cancel()
		d.wg.Wait()
	}
	s.center.close()
	for _, f := range slices.Backward(s.stop) {
		f()
	}
}

// driver returns which computer has a screen, and which of its monitors it is.
func (s *shift) driver(screen int) (node, monitor int) {
	left := screen - 1
	for i, n := range perNode {
		if left < n {
			return i, left
		}
		left -= n
	}
	s.tb.Fatalf("no screen %d", screen)
	return 0, 0
}

// grid is the wall.
func (s *shift) grid() world.WallDefined {
	w := scene.Grid{
		ID: "main", Name: "Tường chính", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, Gap: 7, PxW: screenW, PxH: screenH, Seat: 2500,
		PerNode: perNode[:], NodeFormat: "pc-%02d",
	}.Wall()
	w.Screens[spare27-1].Spare = true
	return w
}

// at is a place on the wall.
func (s *shift) at(spec, cell string) (x, y, w, h float64) {
	x, y, w, h, err := scene.At{Screens: spec, Cell: cell}.Rect(s.grid())
	if err != nil {
		s.tb.Fatal(err)
	}
	return x, y, w, h
}

func (s *shift) tile(id, kind, spec, cell, key, value string) world.Tile {
	t := world.Tile{ID: id, Kind: kind, Params: []world.Param{{Key: key, Value: value}}}
	t.X, t.Y, t.W, t.H = s.at(spec, cell)
	return t
}

// The scenes: of the day and of the night, with maps and figures, and one of
// cameras alone.
func (s *shift) scenes() []world.SceneSaved {
	build := func(id, prefix string, step int, mapAt string, mapOn []int, figures int) world.SceneSaved {
		sc := world.SceneSaved{ID: id, Wall: "main", Name: "Cảnh " + id, Version: 1}
		for n := 1; n <= screens27; n++ {
			if n == figures || slices.Contains(mapOn, n) {
				continue
			}
			t := s.tile(fmt.Sprintf("%s-%02d", prefix, n), "camera", fmt.Sprint(n), "", "camera", fmt.Sprintf("cam-%02d", (n-1+step)%screens27+1))
			t.Important = n <= 2 || n == 18
			sc.Tiles = append(sc.Tiles, t)
		}
		if mapAt != "" {
			sc.Tiles = append(sc.Tiles, s.tile(prefix+"-map", "map", mapAt, "", "bounds", "107.2,14.7,110.4,16.3"))
		}
		if figures > 0 {
			sc.Tiles = append(sc.Tiles, s.tile(prefix+"-fig1", "figure", fmt.Sprint(figures), "2x1:1", "figure", "dung-han"),
				s.tile(prefix+"-fig2", "figure", fmt.Sprint(figures), "2x1:2", "figure", "hai-long"))
		}
		z := world.Zone{ID: "bao-dong", Name: "Báo động"}
		z.X, z.Y, z.W, z.H = s.at("7-17", "")
		sc.Zones = []world.Zone{z}
		return sc
	}
	return []world.SceneSaved{
		build("ngay", "a", 0, "5-15", []int{5, 6, 14, 15}, 9),
		build("dem", "b", 9, "1-12", []int{1, 2, 3, 10, 11, 12}, 27),
		build("don", "c", 13, "", nil, 0),
	}
}

// scene returns which tiles each screen shows of a scene with nothing over it.
func (s *shift) scene(id string) map[int][]string {
	out := map[int][]string{}
	for _, sc := range s.scenes() {
		if sc.ID != id {
			continue
		}
		for _, t := range sc.Tiles {
			for _, n := range s.screensOf(t) {
				out[n] = append(out[n], t.ID)
			}
		}
	}
	if len(out) == 0 {
		s.tb.Fatalf("no scene %q", id)
	}
	return out
}

// screensOf returns the numbers of the screens that a tile lies on.
func (s *shift) screensOf(t world.Tile) (out []int) {
	for _, sc := range s.grid().Screens {
		if min(t.X+t.W, sc.X+sc.W)-max(t.X, sc.X) > 1 && min(t.Y+t.H, sc.Y+sc.H)-max(t.Y, sc.Y) > 1 {
			out = append(out, sc.ID)
		}
	}
	return out
}

// province is what the center knows from its configuration.
func (s *shift) province() []world.Body {
	out := []world.Body{s.grid()}
	for i := range screens27 {
		c := world.CameraDefined{
			ID: fmt.Sprintf("cam-%02d", i+1), Name: fmt.Sprintf("Máy quay %d", i+1), Pos: geo.Point{108 + 0.02*float64(i), 15.8},
			Heading: 0, View: 60, Reach: 500, Streams: []world.CameraStream{{Name: "main", Width: 640, Height: 360}},
		}
		if i+1 == 26 { // it stands on the other side of the river and looks back
			c.Pos, c.Heading = geo.Point{108 + 0.02*12, 15.804}, 180
		}
		out = append(out, c)
	}
	out = append(out, world.StationDefined{ID: "cau-lau", Name: "Câu Lâu", What: "level", Pos: geo.Point{108 + 0.02*12, 15.802}})
	for _, f := range []string{"dung-han", "hai-long"} {
		out = append(out, world.FigureDefined{ID: f, Name: f, Unit: "%"})
	}
	for _, sc := range s.scenes() {
		out = append(out, sc)
	}
	return out
}

// name remembers a tile so that its mark can be told in words.
func (s *shift) name(mark uint32) string {
	if n, ok := s.names[mark]; ok {
		return n
	}
	return fmt.Sprintf("mark %06x", mark)
}

// check reads all screens and holds them against want, and the cameras on them
// against what the tiles of the wall say. It returns the number of screens that
// differ.
func (s *shift) check(step string) int {
	s.tb.Helper()
	_, bad := s.differ(s.all)
	for _, b := range bad {
		s.tb.Errorf("%s (%v into the shift): %s", step, time.Since(s.began).Round(time.Second), b)
	}
	return len(bad)
}

// dark is what a screen shows that is off.
const dark = "dark"

// differ returns which of the screens show something else than is wanted, and what,
// in words.
func (s *shift) differ(screens []int) (wrong []int, bad []string) {
	s.looks += len(screens)
	cameras := s.cameraTiles()
	for _, n := range screens {
		if what := s.wrong(n, cameras); what != "" {
			wrong, bad = append(wrong, n), append(bad, fmt.Sprintf("screen %d %s", n, what))
		}
	}
	return wrong, bad
}

// wrong says what is wrong on a screen, empty for nothing.
func (s *shift) wrong(n int, cameras map[string]int) string {
	got, want := s.screen(n), s.want[n]
	switch off := slices.Equal(want, []string{dark}); {
	case got.dark != off:
		return fmt.Sprintf("is dark: %v, want %v", got.dark, want)
	case off:
		return ""
	}
	var marks []uint32
	for _, id := range want {
		m := paint.MarkerOf(id)
		s.names[m] = id
		marks = append(marks, m)
	}
	slices.Sort(marks)
	if !slices.Equal(marks, got.marks) {
		var names []string
		for _, m := range got.marks {
			names = append(names, s.name(m))
		}
		return fmt.Sprintf("shows %v, want %v", names, want)
	}
	now := second(time.Now())
	for _, id := range want {
		cam, ok := cameras[id]
		if at, there := got.cameras[cam]; ok && (!there || now-at > 2) {
			return fmt.Sprintf("shows %s without camera %d of this second, %d; it shows the cameras and seconds %v", id, cam, now, got.cameras)
		}
	}
	return ""
}

// cameraTiles are the cameras of all tiles of the scenes and of what is on the wall.
func (s *shift) cameraTiles() map[string]int {
	out := map[string]int{}
	add := func(t world.Tile) {
		n := 0
		if _, err := fmt.Sscanf(t.Param("camera"), "cam-%d", &n); err == nil && t.Kind == "camera" {
			out[t.ID] = n
		}
	}
	for _, sc := range s.scenes() {
		for _, t := range sc.Tiles {
			add(t)
		}
	}
	s.mai.mu.Lock()
	defer s.mai.mu.Unlock()
	if w, ok := s.mai.state.Wall("main"); ok {
		for _, t := range w.On.Tiles {
			s.names[paint.MarkerOf(t.ID)] = t.ID
			add(t.Tile)
		}
	}
	return out
}

// within waits until all screens show what is wanted, and fails when that takes
// longer.
func (s *shift) within(limit time.Duration, step string) time.Duration {
	s.tb.Helper()
	began, open := time.Now(), s.all
	for {
		synctest.Wait()
		wrong, bad := s.differ(open)
		took := time.Since(began)
		switch {
		case len(bad) > 0 && took >= limit:
			s.tb.Errorf("%s (%v into the shift): not within %v: %s", step, time.Since(s.began).Round(time.Second), limit, strings.Join(bad, "; "))
			return took
		case len(bad) == 0 && len(open) == len(s.all):
			s.tb.Logf("%s: after %v", step, took)
			return took
		case len(bad) == 0:
			open = s.all
			continue
		}
		open = wrong
		time.Sleep(50 * time.Millisecond)
	}
}

// put changes what is wanted of some screens.
func put(want map[int][]string, tiles []string, screens ...int) map[int][]string {
	out := maps.Clone(want)
	for _, n := range screens {
		out[n] = tiles
	}
	return out
}
