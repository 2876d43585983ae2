//go:build xvfb

package main_test

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/paint"
)

// screening is what the screens are to show: the tiles of each.
type screening map[int][]string

// on returns what the wall shows of a scene with nothing over it.
func (s scenery) on() screening {
	out := screening{}
	for _, t := range s.tiles {
		for _, n := range t.first {
			out[n] = append(out[n], t.id)
		}
		if len(t.first) == 0 { // the second tile of a screen
			var n int
			_, _ = fmt.Sscan(t.at, &n)
			out[n] = append(out[n], t.id)
		}
	}
	return out
}

// with returns it with other tiles on some screens.
func (s screening) with(tiles []string, screens ...int) screening {
	out := maps.Clone(s)
	for _, n := range screens {
		out[n] = tiles
	}
	return out
}

// story is the scenario as it goes on.
type story struct {
	*wall27
	t     *testing.T
	began time.Time
	want  screening
}

// soon is how long a change may take here, whatever else the computer does; how long
// it takes is measured by the benchmarks.
const soon = 5 * time.Second

// expect waits until every screen shows just the tiles that are wanted, by their
// marks, and a fresh picture of the camera of each tile with a camera.
func (s *story) expect(limit time.Duration, what string, want screening) {
	s.t.Helper()
	s.want = want
	took := eventually(s.t, stateGuard, what, s.all(), s.wrong)
	if took > limit {
		s.t.Errorf("%s: it took %v, want %v at most", what, took, limit)
	}
}

// wrong says which screens differ from what is wanted.
func (s *story) wrong() string {
	cameras, names := s.cameras()
	var bad []string
	for _, p := range s.panes {
		want := s.want[p.screen]
		img := p.glass.grab(p.rect)
		got := marksOf(img)
		var marks []uint32
		for _, id := range want {
			marks = append(marks, paint.MarkerOf(id))
			names[paint.MarkerOf(id)] = id
		}
		slices.Sort(marks)
		if !slices.Equal(marks, got) {
			var shown []string
			for _, m := range got {
				shown = append(shown, fmt.Sprintf("%s(%06x)", names[m], m))
			}
			bad = append(bad, fmt.Sprintf("screen %d shows %v, want %v", p.screen, shown, want))
			continue
		}
		for _, id := range want {
			if n, ok := cameras[id]; ok && !inSight(img, s.cams[n-1]) {
				bad = append(bad, fmt.Sprintf("screen %d: no fresh picture of camera %d of %s", p.screen, n, id))
			}
		}
	}
	return strings.Join(bad, "; ")
}

func inSight(img *image.RGBA, c *camera) bool {
	_, ok := find(img, time.Now(), c)
	return ok
}

// cameras are the cameras by tile, of the scene that is wanted and of what is on the
// wall, and the names of tiles by mark.
func (s *story) cameras() (map[string]int, map[uint32]string) {
	out, names := map[string]int{}, map[uint32]string{}
	add := func(id, camera string) {
		var n int
		if _, err := fmt.Sscanf(camera, "cam-%d", &n); err == nil {
			out[id] = n
		}
	}
	for _, sc := range s.plan.scenes {
		for _, t := range sc.tiles {
			names[paint.MarkerOf(t.id)] = t.id
			add(t.id, strings.TrimPrefix(t.params, "camera: "))
		}
	}
	if s.server() {
		for _, t := range s.wall().On.Tiles {
			names[paint.MarkerOf(t.ID)] = t.ID
			add(t.ID, t.Param("camera"))
		}
	}
	return out, names
}

// server reports whether the server runs.
func (s *story) server() bool { return s.s.server.alive() }

// popped is what the screens show of a scene while something has popped up: the zone
// shows what the server says that it does.
func (s *story) popped(sc scenery) screening {
	s.t.Helper()
	var out screening
	eventually(s.t, stateGuard, "something pops up", s.all(), func() string {
		out = sc.on().with(nil, zone27Left, zone27Right)
		w, found := s.wall(), false
		for _, t := range w.On.Tiles {
			if t.Layer != world.LayerPopup {
				continue
			}
			found = true
			for _, sn := range w.Screens {
				if scene.RectOf(t.Tile).Shared(scene.RectOfScreen(sn)) > 1 {
					out[sn.ID] = append(out[sn.ID], t.ID)
				}
			}
		}
		return complain(!found, "nothing has")
	})
	return out
}

// must asks for an act that is not to be refused.
func (s *story) must(who token, name string, args any) {
	s.t.Helper()
	if _, err := s.command(who, name, args); err != nil {
		s.t.Error(err)
	}
}

// refused asks for an act that is to be refused.
func (s *story) refused(who token, name string, args any, words string) {
	s.t.Helper()
	if _, err := s.command(who, name, args); err == nil || !strings.Contains(err.Error(), words) {
		s.t.Errorf("%s %v: %v, want a refusal that says %q", name, args, err, words)
	}
}

// onWall names the wall and something else for a command.
func onWall(key, value string) map[string]any { return map[string]any{"wall": "main", key: value} }

// TestWallScenario plays three minutes with the programs as they are: switches, an
// alarm, a lock between two operators, a computer that is killed, a server that is
// killed, a monitor without a cable, numbers of screens, pictures of screens. After
// each step it reads all 27 screens.
func TestWallScenario(t *testing.T) {
	onlyWhenAsked(t)
	one, two := twoScenes()
	wide := wideScene()
	w := newWall27(t, plan27{scenes: []scenery{one, two, wide}, card: wideNode + 1, wide: true})
	lan, tech := w.s.token("operator", "Lê Thị Lan"), w.s.token("technician", "Kỹ thuật")
	w.begin(one)
	s := &story{wall27: w, t: t, began: time.Now()}
	s.expect(20*time.Second, "the wall of the day", one.on())

	s.must(s.mai, "scene.show", onWall("scene", "b"))
	s.expect(soon, "another scene", two.on())
	s.must(s.mai, "scene.undo", onWall("", ""))
	s.expect(soon, "a step back", one.on())

	s.level(4.5)
	s.expect(soon, "an alarm pops up", s.popped(one))
	s.level(3)
	s.expect(soon, "the zone is given back", one.on())

	s.must(s.mai, "tile.lock", onWall("tile", "a-25"))
	s.refused(lan, "tile.unlock", onWall("tile", "a-25"), "Trần Thị Mai")
	s.must(lan, "scene.show", onWall("scene", "b"))
	s.expect(soon, "a locked tile stays", two.on().with([]string{"a-25"}, 25))
	s.must(s.mai, "tile.unlock", onWall("tile", "a-25"))
	s.must(s.mai, "scene.show", onWall("scene", "a"))
	s.expect(soon, "the day again", one.on())

	s.killed(one)
	s.serverKilled(one, two)
	s.cable(one, two)
	s.inStep(one, wide)

	s.must(tech, "wall.test", map[string]any{"wall": "main", "picture": "identify", "seconds": 5})
	numbers := screening{}
	for n := 1; n <= screens27; n++ {
		numbers[n] = []string{fmt.Sprintf("identify:%d", n)}
	}
	s.expect(soon, "each screen shows its number", numbers)
	s.expect(10*time.Second, "the numbers are gone by themselves", one.on())
	s.pictures(one)
	for i := 0; time.Since(s.began) < 3*time.Minute; i++ {
		to := [2]scenery{two, one}[i%2]
		s.must(s.mai, "scene.show", onWall("scene", to.id))
		s.expect(soon, "a switch", to.on())
		time.Sleep(2 * time.Second)
	}
	for i, p := range s.nodes {
		if !p.alive() {
			t.Errorf("the computer %d has ended: %v", i+1, p.err)
		}
	}
}

// killed kills a computer and starts it again.
func (s *story) killed(one scenery) {
	s.kill(0)
	off := one.on().with(nil, 1, 2).with([]string{"a-01", "a-02"}, spare27)
	s.expect(5*time.Second, "a computer is killed: its important tiles are on the spare screen", off)
	s.boot(0)
	s.expect(20*time.Second, "it is started again: all is as before", one.on())
}

// serverKilled kills the server and starts it again.
func (s *story) serverKilled(one, two scenery) {
	s.s.server.signal(syscall.SIGKILL)
	<-s.s.server.ended
	for i := range 8 {
		time.Sleep(time.Second)
		want, blank := one.marks(), 0
		for _, p := range s.panes {
			if n, _, ok := p.glass.first(p.rect); !ok || n != want[p.screen] {
				blank++
			}
		}
		if blank > 0 {
			s.t.Errorf("%d s without the server %d screens do not show the scene any more", i+1, blank)
		}
	}
	s.s.serve()
	s.expect(40*time.Second, "the server is back, and no computer was started again", one.on())
	s.must(s.mai, "scene.show", onWall("scene", "b"))
	s.expect(soon, "a switch after that", two.on())
	s.must(s.mai, "scene.show", onWall("scene", "a"))
	s.expect(soon, "the day again", one.on())
}

// cable takes a monitor's cable out of the card and puts it in again. The X server has
// nothing to show where the monitor was, once its window is gone.
func (s *story) cable(one, two scenery) {
	p := s.panes[firstOf(wideNode)+1] // the last of three monitors of its computer
	p.glass.unplug(2)
	s.expect(5*time.Second, "a monitor without its cable", one.on().with(nil, p.screen))
	s.must(s.mai, "scene.show", onWall("scene", "b"))
	s.expect(5*time.Second, "a switch without that monitor", two.on().with(nil, p.screen))
	p.glass.plug(2)
	s.expect(10*time.Second, "the cable is in again", two.on())
	s.must(s.mai, "scene.show", onWall("scene", "a"))
	s.expect(soon, "the day again", one.on())
}

// pictures asks for pictures of screens and reads the marks in them.
func (s *story) pictures(one scenery) {
	for _, n := range []int{3, 18, 26} {
		img, err := s.screenshot(fmt.Sprintf("&screen=%d", n))
		if err != nil {
			s.t.Error(err)
			continue
		}
		var want []uint32
		for _, id := range one.on()[n] {
			want = append(want, paint.MarkerOf(id))
		}
		slices.Sort(want)
		if got := marksOf(img); !slices.Equal(got, want) {
			s.t.Errorf("the picture of screen %d holds the marks %06x, want %06x", n, got, want)
		}
	}
	img, err := s.screenshot("&width=1800")
	if err != nil {
		s.t.Error(err)
		return
	}
	if r := img.Rect; r.Dx() != 1800 || r.Dy() < 300 {
		s.t.Errorf("the picture of the wall is %v", r)
	}
	savePNG(s.t, s.t.ArtifactDir()+"/screenshot.png", img)
}

// screenshot asks the server for a picture of the wall.
func (s *story) screenshot(query string) (*image.RGBA, error) {
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.s.addr+"/api/wall/screenshot.png?wall=main"+query, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+s.mai.raw)
	client := http.Client{Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("screenshot%s: %d %s", query, res.StatusCode, body)
	}
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out, nil
}
