package setup

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/area"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/settings"
	"iocwall/server/source"
	"iocwall/server/strict"
	"iocwall/server/world"
)

var noon = time.Date(2026, 11, 21, 9, 42, 7, 0, time.UTC)

func at(d time.Duration) world.Time { return world.TimeOf(noon.Add(d)) }

// history is a state that a test tells.
type history struct {
	t  testing.TB
	st *world.State
}

func (h *history) tell(bodies ...world.Body) {
	h.t.Helper()
	for _, b := range bodies {
		e := world.Event{Seq: h.st.At().Seq + 1, Seen: at(0), Source: "test", Observation: world.Observation{Time: at(0), Body: b}}
		if _, err := h.st.Apply(e); err != nil {
			h.t.Fatal(err)
		}
	}
}

func judged(t testing.TB, f Facts, bodies ...world.Body) *judge {
	h := &history{t, world.New(1)}
	h.tell(bodies...)
	c := settings.Default()
	j := &judge{now: at(0), facts: f, config: &c}
	j.state(h.st)
	j.server()
	slices.SortStableFunc(j.items, worse)
	return j
}

func codes(j *judge) string {
	var out []string
	for _, it := range j.items {
		out = append(out, it.Code)
	}
	return strings.Join(out, " ")
}

func camera(id, site string, state world.CameraState) []world.Body {
	h := world.CameraHealth{Camera: id, State: state, Since: at(-time.Minute), Tries: 5}
	if state == world.CameraSilent {
		h.Cause = site
	}
	return []world.Body{world.CameraDefined{ID: id, Name: "Camera " + id, Site: site}, h}
}

// Forty dark cameras behind one switch are one thing that is wrong.
func TestOneCause(t *testing.T) {
	var bodies []world.Body
	for i := range 40 {
		bodies = append(bodies, camera(fmt.Sprintf("a%d", i), "SW-1", world.CameraSilent)...)
	}
	for i := range 5 {
		bodies = append(bodies, camera(fmt.Sprintf("b%d", i), "", world.CameraFrozen)...)
	}
	bodies = append(bodies, camera("c", "", world.CameraRefused)...)
	bodies = append(bodies, camera("d", "", world.CameraLive)...)
	j := judged(t, Facts{}, bodies...)
	if got := codes(j); got != "cameras.site cameras.frozen camera.refused" {
		t.Fatalf("got %s", got)
	}
	if it := j.items[0]; it.Count != 40 || it.Values["site"] != "SW-1" || it.Values["more"] != "35" || it.Since != at(-time.Minute) || len(it.Things) != 40 {
		t.Errorf("%+v", it)
	}
	if it := j.items[2]; it.Action != "password" || it.Target != "c" {
		t.Errorf("%+v", it)
	}
	if o := j.overview[2]; o.Code != "cameras" || o.Good != 1 || o.Of != 47 {
		t.Errorf("%+v", o)
	}
	var all []world.Body
	for i := range 12 {
		all = append(all, camera(fmt.Sprintf("a%d", i), "", world.CameraSilent)...)
	}
	if got := codes(judged(t, Facts{}, all...)); got != "cameras.all" {
		t.Errorf("all dark: %s", got)
	}
}

func TestNodesAndScreens(t *testing.T) {
	w := world.WallDefined{ID: "main", Name: "Tường", Screens: []world.Screen{
		{ID: 1, W: 1000, H: 500, PxW: 1920, PxH: 1080, Node: "a", Output: "HDMI-1"},
		{ID: 2, X: 1010, W: 1000, H: 500, PxW: 3840, PxH: 2160, Node: "a", Output: "HDMI-2"},
		{ID: 3, X: 2020, W: 1000, H: 500, PxW: 1920, PxH: 1080, Node: "a", Output: "DP-9"},
		{ID: 4, X: 3030, W: 1000, H: 500, PxW: 1920, PxH: 1080},
		{ID: 5, X: 4040, W: 1000, H: 500, PxW: 1920, PxH: 1080, Node: "b", Output: "HDMI-1"},
		{ID: 6, X: 5050, W: 1000, H: 500, PxW: 1920, PxH: 1080, Node: "c", Output: "HDMI-1"},
	}}
	reported := world.NodeReported{Node: "a", CPU: 0.95, Problems: []string{"no VA-API", "hot"}, Monitors: []world.Monitor{{Output: "HDMI-1", PxW: 1920, PxH: 1080}, {Output: "HDMI-2", PxW: 1920, PxH: 1080}}, Budget: []world.Decoding{{Codec: "h264", Width: 1920, Height: 1080, FPS: 25, Streams: 1}}}
	var tiles []world.Tile
	bodies := []world.Body{
		world.NodeEnrolled{Node: "a"},
		reported,
		world.NodeLinked{Node: "a", Up: true},
		world.NodeEnrolled{Node: "b"},
		world.NodeLinked{Node: "b", Up: true},
		world.NodeLinked{Node: "b", Reason: "its connection ended"},
		w,
	}
	for i := range 2 {
		id := fmt.Sprintf("k%d", i)
		bodies = append(bodies, world.CameraDefined{ID: id, Name: id, Streams: []world.CameraStream{{Name: "main", Width: 1920, Height: 1080, FPS: 25}}})
		tiles = append(tiles, world.Tile{ID: id, Kind: "camera", X: float64(i) * 1010, W: 1000, H: 500, Params: []world.Param{{Key: "camera", Value: id}}})
	}
	bodies = append(bodies, world.SceneSaved{ID: "s", Wall: "main", Version: 1, Tiles: tiles}, world.SceneShown{Wall: "main", Scene: "s"})
	j := judged(t, Facts{}, bodies...)
	want := map[string]string{"node.away": "b", "nodes.never": "c", "node.problem": "node/a", "node.slow": "node/a", "screens.bare": "4", "screens.output": "3", "screens.pixels": "2", "node.overload": "a"}
	for _, it := range j.items {
		if target, there := want[it.Code]; !there || it.Target != target && it.Target != "node/"+target {
			t.Errorf("%s %s (%+v)", it.Code, it.Target, it.Values)
		}
		delete(want, it.Code)
	}
	if len(want) > 0 {
		t.Errorf("nothing is said of %v", want)
	}
	if o := j.overview[1]; o.Code != "screens" || o.Good != 1 || o.Of != 6 {
		t.Errorf("%+v", o)
	}
	if o := j.overview[0]; o.Good != 1 || o.Of != 3 {
		t.Errorf("%+v", o)
	}
}

func TestServerItself(t *testing.T) {
	j := judged(t, Facts{
		Full: noon.Add(-time.Minute), Free: 1 << 30, Size: 100 << 30, Damaged: []string{"2026-11-20.db"}, Started: noon.Add(-time.Hour), Certificate: noon.Add(-time.Hour),
		Expiring: []Expiry{{Name: "pc-01", At: noon.Add(48 * time.Hour)}, {Name: "far", At: noon.Add(900 * time.Hour)}, {Name: "gone", At: noon.Add(-time.Hour)}},
	}, world.SourceHealth{Source: "x", State: world.SourceFailed, Since: at(-time.Hour), Reason: "login refused"})
	if got := codes(j); got != "cert.ended journal.full source.failed disk.low journal.damaged tokens.ending" && got != "journal.full cert.ended source.failed disk.low journal.damaged tokens.ending" {
		t.Errorf("got %s", got)
	}
	last := j.items[len(j.items)-1]
	if last.Values["list"] != "pc-01" || last.Values["days"] != "2" {
		t.Errorf("%+v", last)
	}
	if j := judged(t, Facts{Free: 90 << 30, Size: 100 << 30, Certificate: noon.Add(20 * 24 * time.Hour)}); codes(j) != "cert.ending" || j.items[0].Severity != world.Warning {
		t.Errorf("%+v", j.items)
	}
}

// looker is a server of which a test says what is wrong.
type looker struct {
	*Setup
	h     *history
	facts Facts
	now   time.Time
}

func newLooker(t *testing.T, dir string, h *history, started time.Time) *looker {
	t.Helper()
	l := &looker{h: h, facts: Facts{Started: started}, now: started}
	c := settings.Default()
	var err error
	l.Setup, err = New(Options{
		Faults: filepath.Join(dir, "faults.json"), Running: func() *settings.Config { return &c }, Fixed: func(*settings.Config) []string { return nil },
		Check: func(context.Context, *settings.Config) []strict.Problem { return nil }, Apply: func(context.Context, *settings.Config) error { return nil },
		Look:  func(_ context.Context, f func(*world.State)) error { f(h.st); return nil },
		Facts: func() Facts { return l.facts }, Ground: &area.Ground{}, Ask: func(context.Context, core.Request) (uint64, error) { return 0, nil },
		Layer: func(_ context.Context, l world.LayerSaved, _ []string, _ io.Reader) (world.LayerSaved, error) {
			return l, nil
		},
		Audit: func(context.Context, auth.Identity, world.Audited) error { return nil }, Now: func() time.Time { return l.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// at looks some time after noon and returns what is wrong by its code.
func (l *looker) at(after time.Duration) map[string]Item {
	l.h.t.Helper()
	l.now = noon.Add(after)
	j, err := l.look(context.Background())
	if err != nil {
		l.h.t.Fatal(err)
	}
	out := map[string]Item{}
	for _, it := range j.items {
		out[it.Code] = it
	}
	return out
}

// What a count did lately is told for a while, and what has no time of its own is so
// since the look before, when it was not; at the first look it is so since then at least.
func TestPast(t *testing.T) {
	l := newLooker(t, t.TempDir(), &history{t, world.New(1)}, noon)
	look := func(after time.Duration, rejected, overruns uint64) map[string]Item {
		l.facts.Sources, l.facts.Overruns = []source.Counts{{Name: "x", Rejected: rejected}}, overruns
		return l.at(after)
	}
	l.facts.Size, l.facts.Free = 100, 10
	if got := look(0, 5, 0); len(got) != 1 || got["disk.low"].Since != at(0) || !got["disk.low"].AtLeast {
		t.Errorf("first: %+v", got)
	}
	if got := look(time.Minute, 9, 0); got["source.rejecting"].Values["n"] != "4" || got["disk.low"].Since != at(0) || !got["disk.low"].AtLeast {
		t.Errorf("second: %+v", got)
	}
	if got := look(6*time.Minute, 10, 2)["rules.overrun"]; got.Since != at(time.Minute) || got.AtLeast {
		t.Errorf("third: %+v", got)
	}
	if got := look(20*time.Minute, 10, 2); len(got) != 1 {
		t.Errorf("long after: %+v", got)
	}
	if got := look(21*time.Minute, 3, 2); len(got) != 1 {
		t.Errorf("after a restart: %+v", got)
	}
}

// Since when something is wrong is known after a restart, also of what the state dates
// anew then; what was well in between is wrong anew, and what nobody could know of is
// wrong since then at least.
func TestSinceOutlivesARestart(t *testing.T) {
	dir, h := t.TempDir(), &history{t, world.New(1)}
	wrong := func(name string, since time.Duration) {
		h.tell(world.SourceHealth{Source: name, State: world.SourceRetrying, Since: at(since), Reason: "away"})
	}
	h.tell(camera("cau", "", world.CameraFrozen)...)
	wrong("zalo", -time.Hour)
	wrong("mua", -time.Hour)
	l := newLooker(t, dir, h, noon.Add(-2*time.Hour))
	l.facts.Size, l.facts.Free = 100, 10
	first := l.at(0)
	if got := first["source.retrying"]; got.Since != at(-time.Hour) || first["disk.low"].Since != at(0) {
		t.Fatalf("%+v", first)
	}

	// The server is started again: sources and cameras begin anew.
	l = newLooker(t, dir, h, noon.Add(time.Hour))
	h.tell(world.SourceHealth{Source: "zalo", State: world.SourceStarting, Since: at(time.Hour)}, world.SourceHealth{Source: "mua", State: world.SourceStarting, Since: at(time.Hour)})
	h.tell(world.CameraHealth{Camera: "cau", State: world.CameraOpening, Since: at(time.Hour)})
	if got := l.at(time.Hour); len(got) != 0 {
		t.Fatalf("while all begins: %+v", got)
	}
	h.tell(world.SourceHealth{Source: "mua", State: world.SourceRunning, Since: at(time.Hour)})
	l.at(time.Hour + 20*time.Second)
	wrong("zalo", time.Hour+40*time.Second)
	h.tell(world.CameraHealth{Camera: "cau", State: world.CameraFrozen, Since: at(time.Hour + 40*time.Second)})
	l.facts.Size, l.facts.Free = 100, 10
	got := l.at(time.Hour + time.Minute)
	for code, since := range map[string]time.Duration{"source.retrying": -time.Hour, "camera.frozen": -time.Minute, "disk.low": 0} {
		if it := got[code]; it.Since != at(since) {
			t.Errorf("%s since %v, at least %v", code, it.Since, it.AtLeast)
		}
	}
	h.tell(world.SourceHealth{Source: "zalo", State: world.SourceRunning, Since: at(time.Hour + 2*time.Minute)})
	wrong("mua", time.Hour+2*time.Minute)
	if it := l.at(time.Hour + 2*time.Minute)["source.retrying"]; it.Since != at(time.Hour+2*time.Minute) || it.AtLeast {
		t.Errorf("what ran in between: %+v", it)
	}

	// Nothing is known of before.
	l = newLooker(t, t.TempDir(), h, noon.Add(3*time.Hour))
	wrong("mua", 3*time.Hour+10*time.Second)
	if it := l.at(3*time.Hour + time.Minute)["source.retrying"]; it.Since != at(3*time.Hour+10*time.Second) || !it.AtLeast {
		t.Errorf("without a file: %+v", it)
	}
}

// While a look does not come to its end nobody waits for it longer than asked to, and the
// server's own gives up in time.
func TestLooksThatHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLooker(t, t.TempDir(), &history{t, world.New(1)}, noon)
		var well atomic.Bool
		look := l.o.Look
		l.o.Look = func(ctx context.Context, f func(*world.State)) error {
			if well.Load() {
				return look(ctx, f)
			}
			<-ctx.Done()
			return ctx.Err()
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx) }()
		synctest.Wait()
		soon, end := context.WithTimeout(t.Context(), time.Second)
		defer end()
		if _, err := l.look(soon); err == nil {
			t.Error("it was looked twice at a time")
		}
		time.Sleep(lookEvery)
		well.Store(true)
		time.Sleep(2 * lookEvery)
		if _, err := l.look(t.Context()); err != nil {
			t.Error(err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A file that cannot be read or written keeps nobody from being told what is wrong.
func TestSinceWithoutItsFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "faults.json"), []byte("null}"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := newLooker(t, dir, &history{t, world.New(1)}, noon)
	l.facts.Size, l.facts.Free = 100, 10
	if got := l.at(0)["disk.low"]; got.Since != at(0) || !got.AtLeast {
		t.Errorf("%+v", got)
	}
	l = newLooker(t, filepath.Join(dir, "not", "there"), l.h, noon)
	l.facts.Size, l.facts.Free = 100, 10
	l.at(0)
	if got := l.at(time.Minute)["disk.low"]; got.Since != at(0) {
		t.Errorf("%+v", got)
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"password: hunter2\n":                    "password: •••\n",
		"    password: \"hunter2\" # old\n":      "    password: \"•••\" # old\n",
		"- {user: u, password: hunter2, x: 1}\n": "- {user: u, password: •••, x: 1}\n",
		"password: env:CAMERA\n":                 "password: env:CAMERA\n",
		"token: file:/etc/t\n":                   "token: file:/etc/t\n",
		"url: rtsp://u:hunter2@10.0.0.9/x\n":     "url: rtsp://•••@10.0.0.9/x\n",
		"  api_key: abc\n":                       "  api_key: •••\n",
		"name: token của tôi\n":                  "name: token của tôi\n",
		"tls: {cert: a.pem, key: a.key}\n":       "tls: {cert: a.pem, key: a.key}\n",
	} {
		if got, n := redact(in); got != want || (n > 0) != (got != in) {
			t.Errorf("%q became %q (%d)", in, got, n)
		}
	}
	if masked("a\nb •••\n") != 2 || masked("a") != 0 {
		t.Error("the mask is not found")
	}
}

// FuzzRedact holds that a text keeps its lines, that what is taken out stays out, and
// that nothing is taken out twice.
func FuzzRedact(f *testing.F) {
	f.Add("password: hunter2\ncameras:\n  - {user: u, password: \"x\"}\nurl: rtsp://a:b@c/d")
	f.Fuzz(func(t *testing.T, text string) {
		clean, n := redact(text)
		if strings.Count(clean, "\n") != strings.Count(text, "\n") {
			t.Errorf("%q became %q", text, clean)
		}
		if n == 0 && clean != text {
			t.Errorf("%q became %q, and nothing was hidden", text, clean)
		}
		if _, again := redact(clean); n > 0 && again > n {
			t.Errorf("%q hides more the second time", text)
		}
	})
}

func TestDifferences(t *testing.T) {
	parse := func(text string) *settings.Config {
		c, problems := settings.Parse(filepath.Join(t.TempDir(), "x.yaml"), []byte("data: d\n"+text))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return c
	}
	a := parse("name: A\nstations:\n  - {id: x, name: X, what: air, pos: [108, 15]}\n  - {id: y, name: Y, what: air, pos: [108, 15]}\nsources:\n  - {name: s, kind: ais, connect: \"127.0.0.1:1\"}\n")
	b := parse("# moved\n\nname: B\nstations:\n  - {id: y, name: Z, what: air, pos: [108, 15]}\n  - {id: z, name: Z, what: air, pos: [108, 15]}\nsources:\n  - {name: s, kind: ais, connect: \"127.0.0.1:1\"}\n")
	if got := sentence(Differences(a, b)); got != "name; stations +z -x ~y" {
		t.Errorf("got %q", got)
	}
	if got := sentence(Differences(a, a)); got != "comments or order only" {
		t.Errorf("got %q", got)
	}
}

func TestLogbook(t *testing.T) {
	b := NewLogbook()
	var out bytes.Buffer
	l := slog.New(b.Handler(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	l.Info("a camera is live", "camera", "cau", "remote", "10.0.0.9")
	l.With("source", "ais1").Warn("failed", "err", "dial tcp: password=hunter2 refused", "url", "rtsp://u:hunter3@h/x")
	l.WithGroup("g").Info("in a group", "source", "no")
	l.Debug("nothing")
	if out.Len() == 0 || strings.Contains(out.String(), "live") {
		t.Errorf("handed on: %s", out.String())
	}
	all := b.Since("", 0, 100)
	if len(all) != 3 || all[0].About != "camera/cau" || all[1].About != "source/ais1" || all[2].About != "" || all[1].Level != "warn" {
		t.Fatalf("%+v", all)
	}
	if s := fmt.Sprint(all); strings.Contains(s, "hunter") {
		t.Errorf("a secret: %s", s)
	}
	if got := b.Since("source/ais1", 0, 10); len(got) != 1 || got[0].Seq != 2 {
		t.Errorf("%+v", got)
	}
	if got := b.Since("", 2, 10); len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("%+v", got)
	}
	// One that says much hides nothing of another, and memory is bounded.
	for i := range 5000 {
		l.Info("again", "source", "loud", "n", i)
	}
	for i := range 2 * things {
		l.Info("once", "client", fmt.Sprint(i))
	}
	if n := len(b.Since("source/loud", 0, 10_000)); n != 0 && n != linesOfOne {
		t.Errorf("%d lines of one", n)
	}
	if n := len(b.Since("", 0, 10_000)); n != linesOfAll || len(b.About()) != things {
		t.Errorf("%d lines, %d things", n, len(b.About()))
	}
	newest := b.Since("", 0, 2)
	if len(newest) != 2 || newest[1].Seq != newest[0].Seq+1 || newest[1].Text != "once" {
		t.Errorf("%+v", newest)
	}
}

// made returns a Setup on a file of its own.
func made(t testing.TB, text string, apply func(*settings.Config) error) (*Setup, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ioc.yaml")
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
	running, problems := settings.Load(path)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s, err := New(Options{
		File: path, Running: func() *settings.Config { return running }, Fixed: func(*settings.Config) []string { return nil },
		Check: func(context.Context, *settings.Config) []strict.Problem { return nil },
		Apply: func(_ context.Context, c *settings.Config) error {
			if err := apply(c); err != nil {
				return err
			}
			running = c
			return nil
		},
		Look: func(_ context.Context, f func(*world.State)) error { f(world.New(1)); return nil }, Facts: func() Facts { return Facts{} },
		Ground: &area.Ground{}, Ask: func(context.Context, core.Request) (uint64, error) { return 0, nil },
		Layer: func(_ context.Context, l world.LayerSaved, _ []string, _ io.Reader) (world.LayerSaved, error) {
			return l, nil
		}, Audit: func(context.Context, auth.Identity, world.Audited) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, path
}

// What the server does not take over is not left in the file, and a file that cannot
// be written says so; nothing is lost either way.
func TestRefusedChangeLeavesTheFile(t *testing.T) {
	const text = "data: d\nname: A\n"
	s, path := made(t, text, func(c *settings.Config) error {
		return fmt.Errorf("the port is taken; the running configuration stays")
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("PUT", "/api/setup/config?from="+versionOf([]byte(text)), strings.NewReader("data: d\nname: B\n"))
	s.PutConfig(w, r, auth.Identity{})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "the port is taken") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got, _ := os.ReadFile(path); string(got) != text {
		t.Errorf("the file is %q", got)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", info.Mode())
	}
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := (file{link}).write("data: d\n"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link was replaced: %v", err)
	}
	none, _ := New(Options{
		Running: s.o.Running, Fixed: s.o.Fixed, Check: s.o.Check, Apply: s.o.Apply, Look: s.o.Look, Facts: s.o.Facts, Ground: s.o.Ground, Ask: s.o.Ask, Layer: s.o.Layer, Audit: s.o.Audit,
	})
	w = httptest.NewRecorder()
	none.GetConfig(w, httptest.NewRequest("GET", "/", nil), auth.Identity{})
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "without a configuration file") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// FuzzDoors holds that no body makes a door fail: each answers with words, and the
// file is always a right configuration.
func FuzzDoors(f *testing.F) {
	f.Add(uint8(0), `{"set":{"id":"a","name":"A","pos":[108,15],"main":"rtsp://h/x"}}`)
	f.Add(uint8(1), "id,name,main,lat,lon\na,A,rtsp://h/x,15,108\n")
	f.Add(uint8(2), "data: d\ncameras: []\n")
	f.Add(uint8(3), `{"remove":"b"}`)
	f.Fuzz(func(t *testing.T, door uint8, body string) {
		const text = "data: d\ncameras:\n  - {id: b, name: B, pos: [108, 15], streams: [{name: main, url: \"rtsp://127.0.0.1/x\"}]}\n"
		s, path := made(t, text, func(*settings.Config) error { return nil })
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/?apply=1&from="+versionOf([]byte(text)), strings.NewReader(body))
		switch door % 3 {
		case 0:
			s.PostCamera(w, r, auth.Identity{})
		case 1:
			s.PostTable(w, r, auth.Identity{})
		case 2:
			s.PutConfig(w, r, auth.Identity{})
		}
		if w.Code >= 500 || !strings.HasPrefix(w.Body.String(), "{") {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if _, problems := settings.Load(path); len(problems) > 0 {
			got, _ := os.ReadFile(path)
			t.Errorf("%v in\n%s", problems, got)
		}
	})
}

// Taking away secrets that nothing names any more takes none away that is only about
// to be named, and none at all when it is not known what is named.
func TestSweepLeavesWhatIsBeingWritten(t *testing.T) {
	const text = "data: d\ncameras: []\n"
	s, path := made(t, text, func(*settings.Config) error { return nil })
	there := func(reference string) bool {
		_, err := os.Stat(strings.TrimPrefix(reference, "file:"))
		return err == nil
	}
	first, forgetFirst, err := s.keepSecret("a", "hunter2")
	if err != nil {
		t.Fatal(err)
	}
	second, forgetSecond, err := s.keepSecret("b", "hunter3")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text+"# "+second+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	forgetSecond(false)
	if !there(first) || !there(second) {
		t.Errorf("kept and not named yet: %v, named: %v", there(first), there(second))
	}
	// The configuration cannot be read for a moment: all stays.
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	s.sweepSecrets()
	if !there(second) {
		t.Error("a secret was taken away though nobody knows whether it is named")
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	forgetFirst(true)
	third, forgetThird, err := s.keepSecret("c", "hunter4")
	if err != nil {
		t.Fatal(err)
	}
	forgetThird(false) // it was not named after all
	if there(first) || there(third) || !there(second) {
		t.Errorf("failed: %v, not named: %v, named: %v", there(first), there(third), there(second))
	}
}
