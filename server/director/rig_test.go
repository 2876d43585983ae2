package director

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/scene"
	"iocwall/server/world"
)

// monday is 2026-11-23 08:00 in Vietnam.
var monday = world.TimeOf(time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC))

// fataler is what a test and a property have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// rig is a director in a loop without a disk: what it says is applied at once.
type rig struct {
	t    fataler
	st   *world.State
	d    *Director
	now  world.Time
	hist []world.Event
	// slow are computers that answer later than at once, negative for never;
	// deaf ones refuse with this reason.
	slow map[string]time.Duration
	deaf map[string]string
	due  []answer
	outs []Outcome
	held map[string]held // what of the wall main is locked, by tile
}

// held is a locked tile as it was last on the wall, and where it goes back to from a
// spare screen, once that is known.
type held struct {
	world.Placed
	home scene.Rect
}

type answer struct {
	at   world.Time
	node string
	say  func(now world.Time) []world.Observation
}

func newRig(t fataler, bodies ...world.Body) *rig {
	r := &rig{t: t, st: world.New(1), now: monday, slow: map[string]time.Duration{}, deaf: map[string]string{}, held: map[string]held{}}
	for _, b := range bodies {
		r.apply(world.Observation{Time: r.now, Body: b})
	}
	r.start()
	return r
}

// start makes a director for the state as it is.
func (r *rig) start() {
	var out []world.Observation
	r.d, out = New(r.st, r.now, Options{})
	r.run(out)
}

func (r *rig) apply(o world.Observation) world.Change {
	r.t.Helper()
	e := world.Event{Seq: r.st.At().Seq + 1, Seen: r.now, Source: "test", Observation: o}
	c, err := r.st.Apply(e)
	if err != nil {
		r.t.Fatalf("%v", err)
	}
	r.hist = append(r.hist, e)
	switch b := e.Body.(type) {
	case world.TileLocked:
		delete(r.held, b.Tile)
		r.hold()
	case world.TileUnlocked:
		delete(r.held, b.Tile)
	case world.WallCommitted:
		r.hold()
	case world.SceneSaved:
		for id, h := range r.held {
			if h.Layer == world.LayerMoved { // it goes where the scene has it now
				r.held[id] = held{Placed: h.Placed}
			}
		}
	}
	return c
}

// hold holds that locked tiles stay: only a lost computer takes one to a spare screen,
// from which it goes back where it was.
func (r *rig) hold() {
	r.t.Helper()
	w := r.wall()
	tiles := wanted(w.On.Tiles, w.On.Left)
	for _, l := range r.st.Locks() {
		if l.Wall != "main" {
			continue
		}
		i := slices.IndexFunc(tiles, func(p world.Placed) bool { return p.ID == l.Tile })
		was, there := r.held[l.Tile]
		if i < 0 {
			if there {
				r.t.Errorf("generation %d: the locked tile %s is gone", w.On.Generation, l.Tile)
			}
			continue
		}
		p := tiles[i]
		at := scene.RectOf(p.Tile)
		switch {
		case p.Layer == world.LayerTest:
			continue
		case there && !sameContent(was.Tile, p.Tile):
			r.t.Errorf("generation %d: the locked tile %s shows %v, not %v", w.On.Generation, l.Tile, p.Params, was.Params)
		case p.Layer == world.LayerMoved:
		case there && at != scene.RectOf(was.Tile) && was.home.W > 0 && at != was.home:
			r.t.Errorf("generation %d: the locked tile %s (%s) was moved to %v", w.On.Generation, l.Tile, p.Layer, at)
		default:
			was.home = at
		}
		r.held[l.Tile] = held{p, was.home}
	}
}

// run applies what was said and what follows from it.
func (r *rig) run(obs []world.Observation) {
	r.t.Helper()
	for n := 0; len(obs) > 0; n++ {
		if n > 3000 {
			r.t.Fatalf("no end of events, the last is %s %+v", obs[0].Body.Kind(), obs[0].Body)
		}
		c := r.apply(obs[0])
		obs = append(obs[1:], r.d.Note(c, r.st)...)
		if b, ok := c.Event.Body.(world.WallPrepared); ok {
			r.heard(b)
		}
		if b, ok := c.Event.Body.(world.WallCommitted); ok {
			r.changed(b)
		}
	}
}

// heard lets the computers answer to a switch.
func (r *rig) heard(b world.WallPrepared) {
	w, _ := r.st.Wall(b.Wall)
	for _, n := range drivers(r.st, w.WallDefined) {
		if r.slow[n] < 0 {
			continue
		}
		r.due = append(r.due, answer{r.now.Add(r.slow[n]), n, func(now world.Time) []world.Observation {
			return r.d.Ready(now, r.st, n, act.ReportReady{Wall: b.Wall, Generation: b.Generation, Refused: r.deaf[n]})
		}})
	}
}

// changed lets the computers say when they changed.
func (r *rig) changed(b world.WallCommitted) {
	w, _ := r.st.Wall(b.Wall)
	for i, n := range drivers(r.st, w.WallDefined) {
		if r.slow[n] < 0 {
			continue
		}
		at := b.At.Add(time.Duration(i) * 3 * time.Millisecond)
		r.due = append(r.due, answer{max(at, r.now), n, func(now world.Time) []world.Observation {
			return r.d.Switched(now, r.st, n, act.ReportSwitched{Wall: b.Wall, Generation: b.Generation, At: at, Clock: 2, Paint: 5})
		}})
	}
}

// put says something and lets follow what follows at once.
func (r *rig) put(bodies ...world.Body) {
	r.t.Helper()
	for _, b := range bodies {
		r.run([]world.Observation{{Time: r.now, Body: b}})
	}
	r.pass(0)
}

// pass lets time pass.
func (r *rig) pass(d time.Duration) {
	r.t.Helper()
	end := r.now.Add(d)
	for n := 0; ; n++ {
		if n > 100_000 {
			r.t.Fatalf("the director never sleeps: next is %v at %v", r.d.Next(), r.now)
		}
		at := r.d.Next()
		i := -1
		for j, a := range r.due {
			if at == 0 || a.at <= at {
				at, i = a.at, j
			}
		}
		if at == 0 || at > end {
			break
		}
		r.now = max(r.now, at)
		if i >= 0 {
			a := r.due[i]
			r.due = slices.Delete(r.due, i, i+1)
			if node, _ := r.st.Node(a.node); node.Up {
				r.run(a.say(r.now))
			}
			continue
		}
		r.run(r.d.Tick(r.now, r.st))
		if next := r.d.Next(); next != 0 && next <= r.now {
			r.t.Fatalf("a tick at %v left the next one at %v", r.now, next)
		}
	}
	r.now = end
}

// show asks for a scene.
func (r *rig) show(a Ask) error {
	r.t.Helper()
	if a.Wall == "" {
		a.Wall = "main"
	}
	obs, err := r.d.Show(r.now, r.st, a, func(o Outcome) { r.outs = append(r.outs, o) })
	r.run(obs)
	r.pass(0)
	return err
}

func (r *rig) wall() world.Wall { w, _ := r.st.Wall("main"); return w }

// shows returns what is on the wall as "id@screens", tiles of test pictures apart.
func (r *rig) shows() []string {
	var out []string
	w := r.wall()
	for _, p := range w.On.Tiles {
		at := ""
		for _, s := range w.Screens {
			if scene.RectOfScreen(s).Overlaps(scene.RectOf(p.Tile)) {
				at += fmt.Sprintf(",%d", s.ID)
			}
		}
		layer := ""
		if p.Layer != world.LayerScene {
			layer = " " + p.Layer
		}
		out = append(out, fmt.Sprintf("%s@%s%s", p.ID, at[min(1, len(at)):], layer))
	}
	return out
}

func (r *rig) want(what string, tiles ...string) {
	r.t.Helper()
	if got := r.shows(); !slices.Equal(got, tiles) {
		r.t.Errorf("%s: the wall shows\n %v, want\n %v", what, got, tiles)
	}
	r.check()
}

// check holds what must be so at any time.
func (r *rig) check() {
	r.t.Helper()
	for _, w := range r.st.Walls() {
		ids := map[string]bool{}
		for i, a := range w.On.Tiles {
			if ids[a.ID] {
				r.t.Errorf("two tiles %q on the wall", a.ID)
			}
			ids[a.ID] = true
			for _, b := range w.On.Tiles[:i] {
				if a.Layer != world.LayerTest && scene.RectOf(a.Tile).Overlaps(scene.RectOf(b.Tile)) {
					r.t.Errorf("generation %d: %s (%s) lies over %s (%s)", w.On.Generation, a.ID, a.Layer, b.ID, b.Layer)
				}
			}
		}
	}
}

// The wall of the tests: four columns by two rows, a computer for each two
// screens, the last screen a spare one.
//
//	1 2 3 4     pc-01 drives 1 2, pc-02 3 4
//	5 6 7 8     pc-03 drives 5 6, pc-04 7 8
func testWall() world.WallDefined {
	w := scene.Grid{
		ID: "main", Columns: 4, Rows: 2, PanelW: 1217.6, PanelH: 684.9, Gap: 7.6, PxW: 1920, PxH: 1080,
		PerNode: []int{2}, NodeFormat: "pc-%02d",
	}.Wall()
	w.Screens[7].Spare = true
	return w
}

func tileAt(id, kind, at string, params ...string) world.Tile {
	x, y, w, h, err := scene.At{Screens: at}.Rect(testWall())
	if err != nil {
		panic(err)
	}
	t := world.Tile{ID: id, Kind: kind, X: x, Y: y, W: w, H: h}
	for i := 0; i+1 < len(params); i += 2 {
		t.Params = append(t.Params, world.Param{Key: params[i], Value: params[i+1]})
	}
	return t
}

func important(t world.Tile) world.Tile { t.Important = true; return t }

func zoneAt(id, at string, least int) world.Zone {
	t := tileAt(id, "", at)
	return world.Zone{ID: id, X: t.X, Y: t.Y, W: t.W, H: t.H, Least: least}
}

// day is the usual scene, with two zones of two screens each; night has one zone
// elsewhere; plain none.
func day() world.SceneSaved {
	return world.SceneSaved{
		ID: "day", Wall: "main", Name: "Ngày thường", Version: 1,
		Tiles: []world.Tile{
			important(tileAt("line", "line", "1")), tileAt("map", "map", "2"), tileAt("cam-a", "camera", "3", "camera", "a"), tileAt("cam-b", "camera", "4", "camera", "b"),
			tileAt("figures", "figure", "5"), tileAt("wide", "map", "6-7"), tileAt("clock", "clock", "8"),
		},
		Zones: []world.Zone{zoneAt("east", "3-4", 0), zoneAt("south", "5-6", 0)},
	}
}

func night() world.SceneSaved {
	return world.SceneSaved{
		ID: "night", Wall: "main", Version: 1,
		Tiles: []world.Tile{tileAt("map", "map", "1-6"), tileAt("cam-a", "camera", "3", "camera", "c"), tileAt("cam-d", "camera", "7", "camera", "d")},
		Zones: []world.Zone{zoneAt("west", "1-2", 50)},
	}
}

func plain() world.SceneSaved {
	return world.SceneSaved{ID: "plain", Wall: "main", Version: 1, Tiles: []world.Tile{tileAt("all", "map", "1-8")}}
}

// small has a zone of day's name that is smaller, and one that is elsewhere.
func small() world.SceneSaved {
	return world.SceneSaved{
		ID: "small", Wall: "main", Version: 1, Tiles: []world.Tile{tileAt("map", "map", "5-6")},
		Zones: []world.Zone{zoneAt("east", "3", 0), zoneAt("south", "7-8", 0)},
	}
}

func opening() []world.Body {
	return []world.Body{testWall(), day(), night(), plain(), world.SceneShown{Wall: "main", Scene: "day", Why: "first"}}
}

func popup(id string, priority, tiles int) world.PopupAsked {
	p := world.PopupAsked{ID: id, Wall: "main", Priority: priority, By: "Lan"}
	for i := range tiles {
		p.Tiles = append(p.Tiles, world.Tile{ID: fmt.Sprint(i), Kind: "camera", Params: []world.Param{{Key: "camera", Value: fmt.Sprint(id, i)}}})
	}
	return p
}

func nodes(up bool, names ...string) (out []world.Body) {
	for _, n := range names {
		out = append(out, world.NodeLinked{Node: n, Up: up})
	}
	return out
}

func (r *rig) popups() string {
	out := ""
	for _, p := range r.st.Popups() {
		out += fmt.Sprintf("%s:%s ", p.ID, p.Placed)
	}
	return out
}

func (r *rig) wantPopups(want string) {
	r.t.Helper()
	if got := r.popups(); got != want+" " && got != want {
		r.t.Errorf("popups are %q, want %q", got, want)
	}
}

var _ fataler = (*testing.T)(nil)
