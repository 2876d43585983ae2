package recorder

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/world"
)

// morning is when the tests' history begins.
var morning = world.TimeOf(time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)) // 9:00 in Vietnam

// tape is a history in memory. Its records end where copied says.
type tape struct {
	mu      sync.Mutex
	events  []world.Event
	first   uint64
	copied  uint64
	changed chan struct{}
}

func newTape() *tape { return &tape{first: 1, changed: make(chan struct{})} }

// add appends events of seconds after the morning.
func (l *tape) add(seconds float64, bodies ...world.Body) world.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := morning + world.Time(seconds*1000)
	for _, b := range bodies {
		l.events = append(l.events, world.Event{Seq: uint64(len(l.events) + 1), Seen: at, Observation: world.Observation{Time: at, Body: b}})
	}
	close(l.changed)
	l.changed = make(chan struct{})
	return at
}

// copyAll makes records of all there is.
func (l *tape) copyAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copied = uint64(len(l.events))
}

func (l *tape) Read(ctx context.Context, from uint64, fn func(world.Event) error) error {
	l.mu.Lock()
	all := l.events[max(from, l.first, 1)-1:]
	l.mu.Unlock()
	for _, e := range all {
		if err := fn(e); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l *tape) Records(_ context.Context, from uint64, fn func(world.Event) error) error {
	l.mu.Lock()
	all := l.events[:l.copied]
	l.mu.Unlock()
	for _, e := range all {
		kind := e.Body.Kind()
		if e.Seq < from || kind == "tiles.seen" || kind == "vessel.position" {
			continue
		}
		if err := fn(e); err != nil {
			return err
		}
	}
	return nil
}

func (l *tape) Follow(ctx context.Context, from uint64, fn func(world.Event) error) error {
	for next := from; ; {
		l.mu.Lock()
		changed := l.changed
		l.mu.Unlock()
		if next <= l.Position().Seq {
			if err := l.Read(ctx, next, func(e world.Event) error { next = e.Seq + 1; return fn(e) }); err != nil {
				return err
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *tape) First() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.first
}

func (l *tape) Position() world.Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return world.Position{Seq: uint64(len(l.events))}
}

// start runs a recorder over the tape.
func (l *tape) start(t testing.TB, marks int) *Recorder {
	t.Helper()
	r, err := New(Options{Log: l, Marks: marks, Now: func() time.Time { return (morning + 100*3600_000).Std() }})
	if err != nil {
		t.Fatal(err)
	}
	l.run(t, r)
	return r
}

// run runs a recorder until the test ends.
func (l *tape) run(t testing.TB, r *Recorder) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// twoScreens is a wall of two screens, each with a computer.
func twoScreens() world.WallDefined {
	return world.WallDefined{ID: "main", Name: "Tường", Screens: []world.Screen{
		{ID: 1, W: 1000, H: 500, PxW: 100, PxH: 50, Node: "pc-01"},
		{ID: 2, X: 1010, W: 1000, H: 500, PxW: 100, PxH: 50, Node: "pc-02"},
	}}
}

func tile(id, kind string, x, w float64, by string, since world.Time) world.Placed {
	return world.Placed{Tile: world.Tile{ID: id, Kind: kind, X: x, W: w, H: 500}, Layer: world.LayerScene, From: "s", By: by, Since: since}
}

// show is a switch that was prepared and comes to pass later by a lead.
func (l *tape) show(seconds float64, gen uint64, lead world.Time, late []string, tiles ...world.Placed) {
	at := l.add(seconds, world.WallPrepared{Wall: "main", Generation: gen, Scene: "s", Tiles: tiles})
	l.add(seconds, world.WallCommitted{Wall: "main", Generation: gen, At: at + lead, Late: late})
}

// at asks for an instant and returns one line for each entry.
func at(t testing.TB, r *Recorder, screen int, seconds float64) (lines []string, note string) {
	t.Helper()
	when := morning + world.Time(seconds*1000)
	return ask(t, r, Query{Wall: "main", Screen: screen, From: when, To: when})
}

func ask(t testing.TB, r *Recorder, q Query) (lines []string, note string) {
	t.Helper()
	a, err := r.Log(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range a.Entries {
		line := fmt.Sprintf("%d %s", e.Screen, e.Tile)
		if q.From != q.To {
			line += fmt.Sprintf(" %g-%g", float64(e.At-morning)/1000, float64(max(e.Until, morning)-morning)/1000)
			for _, x := range e.Lost {
				line += fmt.Sprintf(" lost %g-%g", float64(x.From-morning)/1000, float64(max(x.Until, morning)-morning)/1000)
			}
		}
		if e.By != "" {
			line += " by " + e.By
		}
		if e.Why != "" {
			line += " why " + e.Why
		}
		if e.Lock != nil {
			line += " locked by " + e.Lock.Name
		}
		if e.Late != "" {
			line += " late"
		}
		if e.Fresh != nil && e.Fresh.State != Unknown {
			line += " " + e.Fresh.State
		}
		lines = append(lines, line)
	}
	return lines, a.Note
}

func equal(t testing.TB, what string, have []string, want ...string) {
	t.Helper()
	if !slices.Equal(have, want) {
		t.Errorf("%s: %q, want %q", what, have, want)
	}
}

func TestWhatWasOnAScreen(t *testing.T) {
	for _, copied := range []string{"none of it is a record yet", "all are records", "most are records"} {
		for _, marks := range []int{0, 4} {
			t.Run(fmt.Sprintf("%s, %d places held", copied, marks), func(t *testing.T) {
				l := newTape()
				var r *Recorder
				if copied == "none of it is a record yet" {
					r = l.start(t, marks)
				}
				l.add(0, twoScreens(), world.NodeLinked{Node: "pc-01", Up: true}, world.NodeLinked{Node: "pc-02", Up: true})
				l.show(10, 1, 0, nil, tile("map", "map", 0, 2010, "Mai", morning+10_000))
				l.show(20, 2, 150, nil, tile("cam", "camera", 0, 1000, "Lan", morning+20_000), tile("clock", "clock", 1010, 1000, "Lan", morning+20_000))
				l.add(25, world.TileLocked{Wall: "main", Tile: "clock", By: "x", Name: "Hoa"})
				if copied == "most are records" {
					l.copyAll()
				}
				l.add(30, world.NodeLinked{Node: "pc-02", Reason: "the link broke"})
				l.add(40, world.NodeLinked{Node: "pc-02", Up: true})
				// The second comes to pass before the first, which never does.
				l.show(50, 3, 300, nil, tile("never", "map", 0, 1000, "", 0))
				l.show(50.1, 4, 0, nil, tile("cam", "camera", 0, 1000, "Lan", morning+20_000), tile("note", "note", 1010, 1000, "", 0))
				l.add(60, world.TileUnlocked{Wall: "main", Tile: "clock"})
				l.add(70, world.WallPrepared{Wall: "main", Generation: 5, Tiles: []world.Placed{tile("refused", "map", 0, 1000, "", 0)}},
					world.WallRefused{Wall: "main", Generation: 5, Reason: "no"})
				for i := range 20 { // others come and go, so that places are given up
					l.show(100+float64(i), uint64(6+i), 0, nil, tile(fmt.Sprint("t", i), "map", 0, 1000, "", 0))
				}
				if copied == "all are records" {
					l.copyAll()
				}
				if r == nil {
					r = l.start(t, marks)
				}
				for _, x := range []struct {
					screen  int
					seconds float64
					want    []string
				}{
					{1, 5, nil},
					{1, 10, []string{"1 map by Mai"}},
					{0, 15, []string{"1 map by Mai", "2 map by Mai"}},
					{1, 20.149, []string{"1 map by Mai"}}, // decided, not there yet
					{1, 20.15, []string{"1 cam by Lan"}},
					{2, 24, []string{"2 clock by Lan"}},
					{2, 29, []string{"2 clock by Lan locked by Hoa"}},
					{1, 50.05, []string{"1 cam by Lan"}},
					{1, 50.5, []string{"1 cam by Lan"}},
					{2, 50.5, []string{"2 note"}},
					{1, 75, []string{"1 cam by Lan"}},
					{1, 103.5, []string{"1 t3"}},
					{1, 110, []string{"1 t10"}},
					{1, 119, []string{"1 t19"}},
					{2, 119, nil},
					{1, 9000, []string{"1 t19"}},
				} {
					got, _ := at(t, r, x.screen, x.seconds)
					equal(t, fmt.Sprintf("screen %d at %g s", x.screen, x.seconds), got, x.want...)
				}
				got, _ := ask(t, r, Query{Wall: "main", Screen: 2, From: morning + 1000, To: morning + 60_000})
				equal(t, "screen 2 over a minute", got, "2 map 10-20.15 by Mai", "2 clock 20.15-50.1 lost 30-40 by Lan locked by Hoa", "2 note 50.1-0")
				got, _ = ask(t, r, Query{Wall: "main", Screen: 1, From: morning + 30_000, To: morning + 101_000})
				equal(t, "screen 1 from 30 s", got, "1 cam 20.15-100 by Lan", "1 t0 100-101", "1 t1 101-0")
			})
		}
	}
}

// What a wall showed that was never switched is its scene as it was saved then.
func TestSceneSavedWhileShown(t *testing.T) {
	l := newTape()
	scene := func(v int, id string) world.SceneSaved {
		return world.SceneSaved{ID: "a", Wall: "main", Name: "A", Version: v, Tiles: []world.Tile{{ID: id, Kind: "map", W: 1000, H: 500}}}
	}
	l.add(0, twoScreens(), scene(1, "one"))
	l.add(10, world.SceneShown{Wall: "main", Scene: "a", By: "Mai"})
	l.add(20, scene(2, "two"))
	l.add(25, world.SceneSaved{ID: "b", Wall: "main", Name: "B", Version: 1})
	l.show(30, 1, 0, nil, tile("directed", "map", 0, 1000, "Lan", morning+30_000))
	l.add(40, scene(3, "three"))
	r := l.start(t, 0)
	for seconds, want := range map[float64][]string{
		5: nil, 12: {"1 one by Mai"}, 22: {"1 two by Mai"}, 28: {"1 two by Mai"}, 35: {"1 directed by Lan"}, 45: {"1 directed by Lan"},
	} {
		got, _ := at(t, r, 1, seconds)
		equal(t, fmt.Sprintf("at %g s", seconds), got, want...)
	}
	vs, err := r.Versions(t.Context(), "main", "a")
	if err != nil || len(vs) != 3 || vs[0].Version != 3 || vs[2].Version != 1 || vs[0].Tiles != 1 {
		t.Errorf("%+v %v", vs, err)
	}
	sc, when, err := r.Scene(t.Context(), "main", "a", 2)
	if err != nil || len(sc.Tiles) != 1 || sc.Tiles[0].ID != "two" || when != morning+20_000 {
		t.Errorf("%+v %v %v", sc, when, err)
	}
	if _, _, err := r.Scene(t.Context(), "main", "a", 9); err == nil {
		t.Error("a version that there never was")
	}
	if n, err := r.LastVersion(t.Context(), "a"); n != 3 || err != nil {
		t.Error(n, err)
	}
}

// A computer that was late showed what was before, as long as it said.
func TestLateComputer(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens())
	l.show(10, 1, 0, nil, tile("old", "map", 0, 2010, "", 0))
	l.show(20, 2, 100, []string{"pc-02"}, tile("new", "map", 0, 2010, "", 0))
	l.add(22, world.WallSwitched{Wall: "main", Generation: 2, Nodes: []world.NodeSwitch{{Node: "pc-01", After: 9}, {Node: "pc-02", After: 900}}})
	l.show(30, 3, 100, []string{"pc-02"}, tile("last", "map", 0, 2010, "", 0))
	r := l.start(t, 0)
	for seconds, want := range map[float64][]string{
		20.5: {"1 new", "2 old"}, 21: {"1 new", "2 new late"}, 31: {"1 last", "2 last late"},
	} {
		got, _ := at(t, r, 0, seconds)
		slices.Sort(got)
		equal(t, fmt.Sprintf("at %g s", seconds), got, want...)
	}
}

// A screen that another computer drives since shows the same; the answer names the
// right one.
func TestWallRedefined(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens())
	l.show(10, 1, 0, nil, tile("map", "map", 0, 2010, "", 0))
	w := twoScreens()
	w.Screens[1].Node = "pc-09"
	w.Screens = append(w.Screens, world.Screen{ID: 3, X: 2020, W: 1000, H: 500, PxW: 100, PxH: 50})
	l.add(20, w)
	r := l.start(t, 0)
	for seconds, want := range map[world.Time]string{15: "pc-02", 25: "pc-09"} {
		a, err := r.Log(t.Context(), Query{Wall: "main", Screen: 2, From: morning + seconds*1000, To: morning + seconds*1000})
		if err != nil || len(a.Entries) != 1 || a.Entries[0].Node != want {
			t.Errorf("at %d s: %+v %v, want %s", seconds, a.Entries, err, want)
		}
	}
	if _, err := r.Log(t.Context(), Query{Wall: "main", Screen: 3, From: morning + 15_000, To: morning + 15_000}); err == nil || !strings.Contains(err.Error(), "no screen 3") {
		t.Error(err)
	}
	got, _ := ask(t, r, Query{Wall: "main", Screen: 2, From: morning, To: morning + 30_000})
	equal(t, "over both", got, "2 map 10-20", "2 map 20-0")
}

func TestHowFresh(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens(), world.NodeLinked{Node: "pc-01", Up: true}, world.NodeLinked{Node: "pc-02", Up: true})
	l.show(10, 1, 0, nil, tile("cam", "camera", 0, 1000, "", morning+10_000), tile("map", "map", 1010, 1000, "", morning+10_000))
	seen := func(node string, gen uint64, tiles ...world.TileSeen) world.TilesSeen {
		return world.TilesSeen{Node: node, Wall: "main", Generation: gen, Tiles: tiles}
	}
	l.add(12, seen("pc-01", 1, world.TileSeen{Tile: "cam", State: "live", Since: morning + 10_400}))
	l.add(13, seen("pc-02", 1, world.TileSeen{Tile: "map", State: "live", Since: morning + 11_000}))
	for i := range 3000 { // much else goes by
		l.add(20+float64(i)/100, world.VesselPosition{MMSI: "574000001"})
	}
	l.add(60, seen("pc-01", 1, world.TileSeen{Tile: "cam", State: "broken", Reason: "no signal", Since: morning + 58_000}))
	l.add(70, world.NodeLinked{Node: "pc-01", Reason: "the link broke"})
	l.show(75, 2, 0, nil, tile("cam", "camera", 0, 1000, "", morning+10_000), tile("new", "map", 1010, 1000, "", morning+75_000))
	l.copyAll()
	r := l.start(t, 0)
	for _, x := range []struct {
		screen  int
		seconds float64
		state   string
		reason  string
	}{
		{1, 10.2, Unknown, "more than two minutes"},
		{1, 11, "live", ""}, // said a second later
		{1, 45, "live", ""},
		{1, 57, "live", ""},
		{1, 59, "broken", "no signal"},
		{1, 65, "broken", "no signal"},
		{1, 71, Unknown, "pc-01 was lost since 2026-11-22 09:01:10: nobody knows what the screen showed (the link broke)"},
		{2, 76, Unknown, "had not said yet"},
		{2, 170, Unknown, "more than two minutes"},
	} {
		when := morning + world.Time(x.seconds*1000)
		a, err := r.Log(t.Context(), Query{Wall: "main", Screen: x.screen, From: when, To: when})
		if err != nil || len(a.Entries) != 1 {
			t.Fatalf("at %g s: %+v %v", x.seconds, a, err)
		}
		if f := a.Entries[0].Fresh; f.State != x.state || !strings.Contains(f.Reason, x.reason) {
			t.Errorf("screen %d at %g s: %+v, want %s %s", x.screen, x.seconds, *f, x.state, x.reason)
		}
	}
	// The days are gone, the records are not.
	l.mu.Lock()
	l.first = 3005
	l.mu.Unlock()
	a, err := r.Log(t.Context(), Query{Wall: "main", Screen: 1, From: morning + 45_000, To: morning + 45_000})
	if err != nil || len(a.Entries) != 1 || !strings.Contains(a.Entries[0].Fresh.Reason, "no longer kept") {
		t.Errorf("%+v %v", a.Entries, err)
	}
}

// A computer whose tiles stay as they are says so once: that holds for hours, and
// over a start of the server.
func TestFreshForHours(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens(), world.NodeLinked{Node: "pc-01", Up: true}, world.NodeLinked{Node: "pc-02", Up: true})
	l.show(10, 1, 0, nil, tile("cam", "camera", 0, 1000, "", morning+10_000), tile("map", "map", 1010, 1000, "", morning+10_000))
	old := world.TilesSeen{Node: "pc-02", Wall: "main", Generation: 1, Tiles: []world.TileSeen{{Tile: "map", State: "still"}}}
	l.add(12, old)
	l.copyAll()
	r, err := New(Options{
		Log: l, Now: func() time.Time { return (morning + 100*3600_000).Std() },
		Nodes: func(context.Context) ([]world.Node, error) {
			return []world.Node{{NodeReported: world.NodeReported{Node: "pc-02"}, Seen: old, SeenAt: morning + 12_000}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	l.run(t, r)
	// It is heard from now on.
	l.add(100, world.TilesSeen{Node: "pc-01", Wall: "main", Generation: 1, Tiles: []world.TileSeen{{Tile: "cam", State: "live", Since: morning + 99_000}}})
	l.add(8000, world.TilesSeen{Node: "pc-01", Wall: "main", Generation: 1, Tiles: []world.TileSeen{{Tile: "cam", State: "broken", Since: morning + 7999_000}}})
	for _, x := range []struct {
		screen  int
		seconds float64
		state   string
	}{{1, 120, "live"}, {1, 7200, "live"}, {1, 7999.5, "broken"}, {1, 30_000, "broken"}, {2, 120, "still"}, {2, 30_000, "still"}, {1, 90, Unknown}} {
		when := morning + world.Time(x.seconds*1000)
		a, err := r.Log(t.Context(), Query{Wall: "main", Screen: x.screen, From: when, To: when})
		if err != nil || len(a.Entries) != 1 {
			t.Fatalf("at %g s: %+v %v", x.seconds, a, err)
		}
		if f := a.Entries[0].Fresh; f.State != x.state {
			t.Errorf("screen %d at %g s: %+v, want %s", x.screen, x.seconds, *f, x.state)
		}
	}
}

// Questions without an answer are told why.
func TestQuestions(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens())
	l.show(10, 1, 0, nil, tile("map", "map", 0, 2010, "Mai", morning+10_000))
	r := l.start(t, 0)
	for _, x := range []struct {
		query  string
		status int
		says   string
	}{
		{"wall=main&screen=1&at=2026-11-22T09:00:15+07:00", 200, `"by":"Mai"`},
		{"wall=main&screen=1&at=2026-11-22T09:00:15%2B07:00", 200, `"by":"Mai"`},
		{"wall=main&at=2026-11-22T08:00:00Z", 200, `"screen":2`},
		{"wall=main&at=2026-11-22T01:00:00Z", 200, `before 2026-11-22 09:00:10`},
		{"wall=main&from=2026-11-22T01:00:00Z&to=2026-11-22T09:00:00Z&limit=1", 200, `the first 1 of 2 entries`},
		{"wall=main", 200, `"tile":"map"`},
		{"", 400, "name the wall"},
		{"wall=other", 404, `no wall`},
		{"wall=main&screen=7", 404, "no screen 7"},
		{"wall=main&screen=x", 400, "not a number"},
		{"wall=main&at=09:42", 400, "not a time"},
		{"wall=main&at=2036-11-22T08:00:00Z", 400, "in the future"},
		{"wall=main&at=2026-11-22T08:00:00Z&from=2026-11-22T08:00:00Z", 400, "either at"},
		{"wall=main&to=2026-11-22T08:00:00Z", 400, "needs from"},
		{"wall=main&from=2026-11-22T08:00:00Z&to=2026-11-22T07:00:00Z", 400, "after the beginning"},
		{"wall=main&limit=9999999", 400, "the limit"},
		{"wall=main&secreen=1", 400, "no parameter"},
	} {
		w := httptest.NewRecorder()
		r.ServeLog(w, httptest.NewRequest(http.MethodGet, "/api/wall/log?"+x.query, nil))
		if w.Code != x.status || !strings.Contains(w.Body.String(), x.says) || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %d %s, want %d %s", x.query, w.Code, w.Body, x.status, x.says)
		}
	}
}

// Who asks before the history was read waits, and is told after a while.
func TestNotReadYet(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens())
	r, err := New(Options{Log: l})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Log(ctx, Query{Wall: "main", From: morning, To: morning}); err == nil || !strings.Contains(err.Error(), "still being read") {
		t.Error(err)
	}
}

// A history that cannot be followed any more is told to whoever asks, and does not
// keep scenes from being saved.
func TestHistoryBreaks(t *testing.T) {
	l := newTape()
	l.add(0, twoScreens(), world.SceneSaved{ID: "a", Wall: "main", Version: 3})
	l.copyAll()
	r := broken{l}.start(t)
	if _, err := r.Log(t.Context(), Query{Wall: "main", From: morning, To: morning}); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Error(err)
	}
	if n, err := r.LastVersion(t.Context(), "a"); n != 3 || err != nil {
		t.Error(n, err)
	}
}

// broken is a history that cannot be followed.
type broken struct{ *tape }

func (broken) Follow(context.Context, uint64, func(world.Event) error) error {
	return errors.New("the disk is gone")
}

func (b broken) start(t *testing.T) *Recorder {
	t.Helper()
	r, err := New(Options{Log: b, Now: func() time.Time { return (morning + 3600_000).Std() }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	// What is durable now is read; what comes later is not.
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		if r.mu.Lock(); r.broken != nil || time.Now().After(end) {
			r.mu.Unlock()
			return r
		}
		r.mu.Unlock()
	}
}

func FuzzQuery(f *testing.F) {
	f.Add("wall=main&screen=14&at=2026-11-22T09:42:00+07:00")
	f.Add("wall=main&from=2026-11-22T09:42:00Z&to=2026-11-22T09:43:00Z&limit=3")
	f.Fuzz(func(t *testing.T, text string) {
		v, err := url.ParseQuery(text)
		if err != nil {
			return
		}
		q, err := query(v, morning)
		if err == nil && (q.Wall == "" || q.Screen < 0 || q.Limit < 0) {
			t.Errorf("%q: %+v", text, q)
		}
	})
}
