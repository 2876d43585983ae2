//go:build xvfb

package main_test

import (
	"fmt"
	"image"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/media/mediatest"
	"iocwall/server/world"
	"iocwall/ui/paint"
)

// Each computer of the small wall has an X server of its own.
const (
	cameras27     = 27
	cameraFPS     = 12
	nodes27Format = "pc-%02d"
)

// pane is one screen of the wall, in the pixels of its computer's X server.
type pane struct {
	screen int
	node   int // from 0
	glass  *glass
	rect   image.Rectangle
}

// placed is a tile of a scene of the small wall, and the screens on which it begins:
// the screens whose first mark is its own.
type placed struct {
	id, kind, at, cell string
	params             string
	first              []int
	important          bool
}

// scenery is a scene of the small wall.
type scenery struct {
	id    string
	tiles []placed
	extra string // more YAML of the scene
}

// yaml writes the scene as the configuration has it.
func (s scenery) yaml() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  - id: %s\n    name: Cảnh %s\n%s    tiles:\n", s.id, s.id, s.extra)
	for _, t := range s.tiles {
		fmt.Fprintf(&b, "      - {id: %s, kind: %s, at: %q", t.id, t.kind, t.at)
		if t.cell != "" {
			fmt.Fprintf(&b, ", cell: %q", t.cell)
		}
		if t.important {
			b.WriteString(", important: true")
		}
		fmt.Fprintf(&b, ", params: {%s}}\n", t.params)
	}
	return b.String()
}

// marks are the numbers of the first mark of each screen, by screen.
func (s scenery) marks() map[int]uint32 {
	out := map[int]uint32{}
	for _, t := range s.tiles {
		for _, n := range t.first {
			out[n] = paint.MarkerOf(t.id)
		}
	}
	return out
}

// camera returns the number of the tile's camera, zero for a tile without one.
func (p placed) camera() (n int) {
	_, _ = fmt.Sscanf(p.params, "camera: cam-%d", &n)
	return n
}

// cameraTile is a tile with a camera over one screen; important ones move when their
// computer is lost.
func cameraTile(scene string, screen, cam int) placed {
	return placed{
		id: fmt.Sprintf("%s-%02d", scene, screen), kind: "camera", at: fmt.Sprint(screen),
		params: fmt.Sprintf("camera: cam-%02d", cam), first: []int{screen}, important: screen <= 4 || screen == 22,
	}
}

// scene27 makes a scene of cameras, a map over several screens, figures on one.
// Shift is how far the cameras are moved, so that two scenes show no camera at the
// same place.
func scene27(id string, shift int, mapAt string, mapOn []int, figures int) scenery {
	s := scenery{id: id, extra: zone27}
	taken := map[int]bool{figures: true}
	for _, n := range mapOn {
		taken[n] = true
	}
	for n := 1; n <= screens27; n++ {
		if !taken[n] {
			s.tiles = append(s.tiles, cameraTile(id, n, (n-1+shift)%cameras27+1))
		}
	}
	if mapAt != "" {
		s.tiles = append(s.tiles, placed{id: id + "-map", kind: "map", at: mapAt, params: `bounds: "107.2,14.7,110.4,16.3"`, first: mapOn})
	}
	if figures > 0 {
		first := placed{id: id + "-fig1", kind: "figure", at: fmt.Sprint(figures), cell: "2x1:1", params: "figure: dung-han", first: []int{figures}}
		second := placed{id: id + "-fig2", kind: "figure", at: fmt.Sprint(figures), cell: "2x1:2", params: "figure: hai-long"}
		s.tiles = append(s.tiles, first, second)
	}
	return s
}

// wideScene is a scene in which one camera's picture goes over two computers; of the
// second, the first monitor is meant.
func wideScene() scenery {
	s := scene27("c", 18, "", nil, 0)
	first := firstOf(wideNode) - 1
	s.tiles = slices.DeleteFunc(s.tiles, func(t placed) bool { return t.first[0] == first || t.first[0] == first+1 })
	s.tiles = append(s.tiles, placed{
		id: "c-wide", kind: "camera", at: fmt.Sprintf("%d-%d", first, first+1),
		params: fmt.Sprintf("camera: cam-%02d", wideCamera), first: []int{first, first + 1},
	})
	return s
}

// wideNode is the second of the two computers that show the wide picture, from 0.
const wideNode = 8

// firstOf is the number of a computer's first screen.
func firstOf(node int) int {
	n := 1
	for _, screens := range perNode[:node] {
		n += screens
	}
	return n
}

// zone27 is where alerts pop up over a scene: two screens of one computer.
const (
	zone27      = "    zones: [{id: " + alarmZone + ", name: Báo động, at: \"7-8\"}]\n"
	zone27Left  = 7
	zone27Right = 8
	// alarmCamera stands where the gauge is.
	alarmCamera = 13
)

// text27 is the configuration of the small wall; the scenes stand behind it.
const text27 = `
rules: rules.yaml
stations:
  - {id: cau-lau, name: Câu Lâu, what: level, pos: [108.42, 15.8], area: vn/da-nang-2025}
figures:
  - {id: dung-han, name: Hồ sơ đúng hạn, unit: "%", target: 90}
  - {id: hai-long, name: Hài lòng, unit: "%", target: 85}
wall: {id: main, name: Tường nhỏ, columns: 9, rows: 3, px_w: 320, px_h: 180, seat: 2500, nodes: [2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2], spare: [27]}
scenes:
`

// plan27 is what a small wall is to be.
type plan27 struct {
	scenes []scenery
	// card is the computer whose monitors are at a graphics card's outputs, from 1; the
	// others have virtual X servers. Zero is none.
	card int
	// wide adds the camera wideCamera, whose picture is as wide as two screens.
	wide bool
}

// wideCamera is the number of the camera whose picture is as wide as two screens and
// has a counter on each.
const wideCamera = cameras27 + 1

// wall27 is the small wall as it runs.
type wall27 struct {
	tb      testing.TB
	plan    plan27
	s       *site
	mai     token
	gauge   token // sends readings of the gauge
	cams    []*camera
	glasses []*glass
	homes   []string // folders of what each computer keeps
	tokens  []token
	nodes   []*program
	panes   []pane          // by screen, from 0
	line    image.Rectangle // through a camera's counter, from a screen's corner
	asked   int
}

// newWall27 makes cameras and X servers and writes the server's configuration.
func newWall27(tb testing.TB, plan plan27) *wall27 {
	tb.Helper()
	w := &wall27{tb: tb, plan: plan, cams: cameras(tb, plan.wide)}
	text := text27
	for _, sc := range plan.scenes {
		text += sc.yaml()
	}
	w.s = newSite(tb, w.cams, text)
	w.s.write("rules.yaml", highWater(1, ""))
	w.mai, w.gauge = w.s.token("operator", "Trần Thị Mai"), w.s.token("provider", "Trạm Câu Lâu")
	screen := 0
	for i, n := range perNode {
		kind := newGlass
		if i == plan.card-1 {
			kind = newCard
		}
		g := kind(tb, n, screenW, screenH)
		w.glasses, w.homes = append(w.glasses, g), append(w.homes, tb.TempDir())
		for j := range n {
			screen++
			w.panes = append(w.panes, pane{screen: screen, node: i, glass: g, rect: image.Rect(j*screenW, 0, (j+1)*screenW, screenH)})
		}
		w.tokens = append(w.tokens, w.s.token("node", fmt.Sprintf(nodes27Format, i+1)))
	}
	return w
}

// cameras starts the wall's cameras.
func cameras(tb testing.TB, wide bool) (out []*camera) {
	tb.Helper()
	options := mediatest.ClipOptions{Scene: mediatest.Street, Width: 320, Height: 176, FPS: cameraFPS, Length: 90 * time.Second, Counter: true}
	clip, err := mediatest.NewClip(tb.Context(), options)
	if err != nil {
		tb.Skip(err)
	}
	for i := range cameras27 {
		// The cameras are more than three seconds apart in the clip, so that a fresh
		// counter belongs to one of them only: see find.
		start := i * clip.Frames() / cameras27
		out = append(out, newCamera(tb, fmt.Sprintf("cam-%02d", i+1), mediatest.Options{Clip: clip, Start: start}))
	}
	if wide {
		options.Width, options.Abreast = 2*options.Width, 2
		if clip, err = mediatest.NewClip(tb.Context(), options); err != nil {
			tb.Skip(err)
		}
		out = append(out, newCamera(tb, fmt.Sprintf("cam-%02d", wideCamera), mediatest.Options{Clip: clip}))
	}
	return out
}

// begin starts the server and the computers and waits for the scene.
func (w *wall27) begin(first scenery) {
	w.tb.Helper()
	w.s.serve()
	w.nodes = make([]*program, len(perNode))
	for i := range perNode {
		w.boot(i)
	}
	began := time.Now()
	w.shows(first, startGuard)
	w.tb.Logf("all screens show the scene %s after %.1f s", first.id, time.Since(began).Seconds())
	w.tb.Cleanup(func() {
		if w.tb.Failed() {
			w.saveAll()
		}
	})
}

// boot starts the i-th computer.
func (w *wall27) boot(i int) {
	w.tb.Helper()
	w.nodes[i] = w.s.client(w.glasses[i].name, w.homes[i], w.tokens[i], "node", "--name", fmt.Sprintf(nodes27Format, i+1), "--state", w.homes[i], "--markers")
}

// all are the programs that must live.
func (w *wall27) all() []*program {
	out := []*program{w.s.server}
	for _, p := range w.nodes {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

// shows waits until each screen's first mark is that of the scene.
func (w *wall27) shows(s scenery, guard time.Duration) {
	w.tb.Helper()
	want := s.marks()
	eventually(w.tb, guard, "all screens show the scene "+s.id, w.all(), func() string { return w.differ(want) })
}

// differ complains about the screens that show something else.
func (w *wall27) differ(want map[int]uint32) string {
	var wrong []string
	for _, p := range w.panes {
		if n, _, ok := p.glass.first(p.rect); !ok || n != want[p.screen] {
			wrong = append(wrong, fmt.Sprint(p.screen))
		}
	}
	if len(wrong) > 0 {
		return "screens " + strings.Join(wrong, ", ") + " show something else"
	}
	return ""
}

// live complains about camera tiles of the scene whose camera is not seen to run: a
// counter that the camera sent in the last seconds must be on its screen.
func (w *wall27) live(s scenery, except ...int) string {
	var wrong []string
	now := time.Now()
	for _, t := range s.tiles {
		if t.kind != "camera" || len(t.first) != 1 {
			continue
		}
		p := w.panes[t.first[0]-1]
		if _, ok := find(p.glass.grab(p.rect), now, w.cams[t.camera()-1]); !ok {
			wrong = append(wrong, fmt.Sprint(t.first[0]))
		}
	}
	if len(wrong) > 0 {
		return "no fresh picture of the camera on screens " + strings.Join(wrong, ", ")
	}
	return ""
}

// command asks for an act and returns how long the answer took.
func (w *wall27) command(who token, name string, args any) (time.Duration, error) {
	w.asked++
	began := time.Now()
	status, body := w.s.api("POST", "/api/commands", who, map[string]any{"id": fmt.Sprintf("t-%d", w.asked), "act": name, "args": args})
	if status != http.StatusOK {
		return time.Since(began), fmt.Errorf("%s: %d %s", name, status, body)
	}
	return time.Since(began), nil
}

// show switches to a scene.
func (w *wall27) show(id string) (time.Duration, error) {
	return w.command(w.mai, "scene.show", map[string]any{"wall": "main", "scene": id})
}

// level sends a reading of the gauge. From four metres on there is an alert.
func (w *wall27) level(metres float64) {
	w.tb.Helper()
	reading := []map[string]any{{"kind": "station.reading", "body": map[string]any{"station": "cau-lau", "quantity": "level", "value": metres, "unit": "m"}}}
	if status, body := w.s.api("POST", "/api/observations", w.gauge, reading); status != http.StatusOK {
		w.tb.Fatalf("the reading was not taken: %d %s", status, body)
	}
}

// wall returns the wall as the server tells it.
func (w *wall27) wall() world.Wall {
	w.tb.Helper()
	all, complaint := list[world.Wall](w.s, w.mai, world.KindWall)
	if len(all) != 1 {
		w.tb.Fatalf("%d walls: %s", len(all), complaint)
	}
	return all[0]
}

// picture composes what all screens show, in a grid.
func (w *wall27) picture() *image.RGBA {
	const columns = 9
	img := image.NewRGBA(image.Rect(0, 0, columns*(screenW+4), 3*(screenH+4)))
	for i, p := range w.panes {
		part := p.glass.grab(p.rect)
		at := image.Pt(i%columns*(screenW+4), i/columns*(screenH+4))
		for y := range screenH {
			copy(img.Pix[img.PixOffset(at.X, at.Y+y):], part.Pix[y*part.Stride:y*part.Stride+4*screenW])
		}
	}
	return img
}

// saveAll keeps a picture of the wall.
func (w *wall27) saveAll() {
	path := filepath.Join(w.tb.ArtifactDir(), "wall27.png")
	savePNG(w.tb, path, w.picture())
	w.tb.Logf("the wall is in %s", path)
}

// onlyWhenAsked skips what takes minutes and all of the computer's processors.
func onlyWhenAsked(tb testing.TB) {
	tb.Helper()
	if os.Getenv("IOCWALL_WALL") == "" {
		tb.Skip("it takes minutes; make test-wall runs it")
	}
}
