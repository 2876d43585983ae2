package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/recorder"
	"iocwall/server/stage"
	"iocwall/server/world"
)

// wallActs are all acts of walls, of things that there are not.
func wallActs() map[string]actCase {
	const admin, operator, technician, node = auth.Administrator, auth.Operator, auth.Technician, auth.Node
	staff, hands, builders := []auth.Role{admin, operator, technician}, []auth.Role{admin, operator}, []auth.Role{admin, technician}
	return map[string]actCase{
		"undo":     {act.UndoScene{Wall: "x"}, staff},
		"schedule": {act.SaveSchedule{Schedule: world.ScheduleSaved{Saved: world.Saved{ID: "x"}}}, staff},
		"follow":   {act.FollowSchedule{Wall: "x"}, staff},
		"build":    {act.SaveWall{Wall: world.WallDefined{ID: "x"}}, builders},
		"test":     {act.TestWall{Wall: "x", Picture: world.TestPattern}, builders},
		"lock":     {act.LockTile{Wall: "x", Tile: "y"}, hands},
		"unlock":   {act.UnlockTile{Wall: "x", Tile: "y"}, hands},
		"pop up":   {act.OpenPopup{Popup: world.PopupAsked{ID: "x", Wall: "y"}}, hands},
		"close":    {act.ClosePopup{Popup: "x"}, hands},
		"ready":    {act.ReportReady{Wall: "x", Generation: 1}, []auth.Role{node}},
		"switched": {act.ReportSwitched{Wall: "x", Generation: 1}, []auth.Role{node}},
		"report":   {act.ReportNode{Report: world.NodeReported{Node: "x"}}, []auth.Role{node}},
		"tiles":    {act.ReportTiles{Seen: world.TilesSeen{Node: "x", Wall: "y"}}, []auth.Role{node}},
	}
}

// pairConfig is a wall of two screens, each with a computer, and scenes for it.
const pairConfig = `
wall: {id: main, name: Tường thử, columns: 2, rows: 1, px_w: 320, px_h: 180, bezel: 0, nodes: [1, 1]}
scenes:
  - {id: a, name: Giao ban, preset: 1, tiles: [{id: map, kind: map, at: 1-2}]}
  - {id: b, name: Bão số 5, tiles: [{id: left, kind: map, at: "1"}, {id: right, kind: clock, at: "2"}], zones: [{id: phai, name: Bên phải, at: "2"}]}
  - {id: c, name: Đêm, tiles: [{id: night, kind: clock, at: "1"}, {id: quiet, kind: map, at: "2"}]}
`

// hands are somebody who gives commands.
type hands struct {
	c     *centre
	token string
	last  int
}

func (c *centre) hands(name string, role auth.Role) *hands {
	c.tb.Helper()
	return &hands{c: c, token: c.token(name, role)}
}

// try does an act and returns the receipt.
func (h *hands) try(a act.Act) world.Receipt {
	h.c.tb.Helper()
	h.last++
	_, r := h.c.order(h.token, act.Command{ID: fmt.Sprint(h.last), Act: a})
	return r
}

// must does an act that is to succeed.
func (h *hands) must(a act.Act) world.Receipt {
	h.c.tb.Helper()
	r := h.try(a)
	if !r.OK {
		h.c.tb.Errorf("%s: %s", a.Act(), r.Reason)
	}
	return r
}

// refused does an act that is to be refused for a reason.
func (h *hands) refused(a act.Act, why string) {
	h.c.tb.Helper()
	if r := h.try(a); r.OK || !strings.Contains(r.Reason, why) {
		h.c.tb.Errorf("%s: %+v, want a refusal: %s", a.Act(), r, why)
	}
}

// view asks for a wall as it is.
func (c *centre) view(token, wall string) (v stage.WallView) {
	c.tb.Helper()
	status, text := c.do("GET", "/api/walls/"+wall, token, "", "")
	if err := json.Unmarshal([]byte(text), &v); status != http.StatusOK || err != nil {
		c.tb.Fatalf("%d %v %s", status, err, text)
	}
	return v
}

func params(pairs ...string) (out []world.Param) {
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, world.Param{Key: pairs[i], Value: pairs[i+1]})
	}
	return out
}

// What is wrong with what people ask of walls is said, and nothing is changed.
func TestWallsRefuseWhatCannotBe(t *testing.T) {
	c := newCentre(t, pairConfig)
	mai, kt := c.hands("Mai", auth.Operator), c.hands("Kỹ thuật", auth.Technician)
	before := c.view(mai.token, "main")
	scene := func(change func(*world.SceneSaved)) act.SaveScene {
		sc := world.SceneSaved{ID: "x", Wall: "main", Name: "X", Tiles: []world.Tile{{ID: "t", Kind: "clock", W: 100, H: 100}}}
		change(&sc)
		return act.SaveScene{Scene: sc}
	}
	wall := func(change func(*world.WallDefined)) act.SaveWall {
		w := before.Wall
		w.Screens = slices.Clone(w.Screens)
		change(&w)
		return act.SaveWall{Wall: w}
	}
	schedule := func(change func(*world.ScheduleSaved)) act.SaveSchedule {
		x := world.ScheduleSaved{Saved: world.Saved{ID: "s", Name: "S"}, Wall: "main", Scenes: []string{"a", "b"}, Dwell: 5000}
		change(&x)
		return act.SaveSchedule{Schedule: x}
	}
	popup := func(change func(*world.PopupAsked)) act.OpenPopup {
		p := world.PopupAsked{ID: "p", Wall: "main", Tiles: []world.Tile{{Kind: "note"}}}
		change(&p)
		return act.OpenPopup{Popup: p}
	}
	whole := before.Wall.Screens[1].X + before.Wall.Screens[1].W
	for _, x := range []struct {
		act act.Act
		why string
	}{
		{act.ShowScene{Wall: "other", Scene: "a"}, "no wall"},
		{act.ShowScene{Wall: "main", Scene: "z"}, "no scene"},
		{act.UndoScene{Wall: "main"}, "back to"},
		{act.FollowSchedule{Wall: "main"}, "no schedule"},
		{scene(func(s *world.SceneSaved) { s.ID = "a b" }), "not an id"},
		{scene(func(s *world.SceneSaved) { s.Name = " " }), "needs a name"},
		{scene(func(s *world.SceneSaved) { s.Name = strings.Repeat("x", 201) }), "longer than 200"},
		{scene(func(s *world.SceneSaved) { s.Wall = "other" }), "no wall"},
		{scene(func(s *world.SceneSaved) { s.Preset = 10 }), "not between 0 and 9"},
		{scene(func(s *world.SceneSaved) { s.Version = 3 }), "save it as a new one"},
		{scene(func(s *world.SceneSaved) { s.Tiles[0].Kind = "clok" }), "no kind of tile"},
		{scene(func(s *world.SceneSaved) { s.Tiles[0].Kind = "pattern" }), "no kind of tile"},
		{scene(func(s *world.SceneSaved) { s.Tiles[0].ID = "popup:1:2" }), "kept for"},
		{scene(func(s *world.SceneSaved) { s.Tiles[0].X = 1e9 }), "lies on no screen"},
		{scene(func(s *world.SceneSaved) { s.Tiles[0].Params = params("a", "1", "a", "2") }), "twice"},
		{scene(func(s *world.SceneSaved) { s.Tiles[0].Params = params("a", strings.Repeat("x", 2001)) }), "longer than 2000"},
		{scene(func(s *world.SceneSaved) { s.Tiles = append(s.Tiles, world.Tile{ID: "u", Kind: "map", W: 50, H: 50}) }), "lies over"},
		{scene(func(s *world.SceneSaved) { s.Zones = []world.Zone{{ID: "z", X: whole - 100, W: 200, H: 100}} }), "beyond the wall"},
		{scene(func(s *world.SceneSaved) {
			s.Zones = []world.Zone{{ID: "z", W: 200, H: 100}, {ID: "y", X: 100, W: 200, H: 100}}
		}), "lies over"},
		{scene(func(s *world.SceneSaved) { s.Removed = true }), "no such scene"},
		{act.SaveScene{Scene: world.SceneSaved{ID: "a", Version: 1, Removed: true}}, "is on the wall"},
		{schedule(func(s *world.ScheduleSaved) { s.Days = []string{"mn"} }), "no day"},
		{schedule(func(s *world.ScheduleSaved) { s.Dwell = 4999 }), "5 seconds"},
		{schedule(func(s *world.ScheduleSaved) { s.Scenes = nil }), "names no scene"},
		{schedule(func(s *world.ScheduleSaved) { s.Scenes = []string{"a", "q"} }), "has no scene"},
		{schedule(func(s *world.ScheduleSaved) { s.From = 1440 }), "first minute"},
		{schedule(func(s *world.ScheduleSaved) { s.Removed = true }), "no such schedule"},
		{act.LockTile{Wall: "main"}, "either a tile or a screen"},
		{act.LockTile{Wall: "main", Tile: "map", Screen: 1}, "either a tile or a screen"},
		{act.LockTile{Wall: "main", Tile: "none"}, "shows no tile"},
		{act.LockTile{Wall: "main", Screen: 3}, "no screen 3"},
		{act.LockTile{Wall: "main", Tile: "map", Minutes: -1}, "minutes"},
		{act.UnlockTile{Wall: "main", Tile: "map"}, "nothing is locked"},
		{popup(func(p *world.PopupAsked) { p.Tiles = nil }), "shows nothing"},
		{popup(func(p *world.PopupAsked) { p.Tiles = make([]world.Tile, 17) }), "a zone holds 16"},
		{popup(func(p *world.PopupAsked) { p.Tiles[0].Kind = "identify" }), "no kind of tile"},
		{popup(func(p *world.PopupAsked) { p.Priority = 101 }), "priority"},
		{popup(func(p *world.PopupAsked) { p.Limit = -1 }), "seconds"},
		{popup(func(p *world.PopupAsked) { p.Wall = "other" }), "no wall"},
		{popup(func(p *world.PopupAsked) { p.Alert = "none" }), "no open alert"},
		{popup(func(p *world.PopupAsked) { p.ID = "alert/1" }), "not an id"},
		{act.ClosePopup{Popup: "none"}, "no popup"},
	} {
		mai.refused(x.act, x.why)
	}
	for _, x := range []struct {
		act act.Act
		why string
	}{
		{wall(func(w *world.WallDefined) { w.Screens[1].X = 100 }), "lies over screen 1"},
		{wall(func(w *world.WallDefined) { w.Screens = w.Screens[:1] }), "no screen any more: right of the scene b, the zone phai of the scene b, quiet of the scene c"},
		{wall(func(w *world.WallDefined) {
			for i := range w.Screens {
				w.Screens[i].Node, w.Screens[i].Output = "pc-01", "HDMI-1"
			}
		}), "drives screen 1 already"},
		{wall(func(w *world.WallDefined) { w.Screens[0].Node, w.Screens[0].Output = "", "HDMI-1" }), "no computer"},
		{wall(func(w *world.WallDefined) { w.Screens[0].Node = "../etc" }), "not an id"},
		{wall(func(w *world.WallDefined) { w.Screens[0].PxW = 0 }), "pixels across"},
		{wall(func(w *world.WallDefined) { w.Screens = nil }), "no screen"},
		{act.TestWall{Wall: "main", Picture: "bars"}, "no test picture"},
		{act.TestWall{Wall: "main", Picture: "pattern", Seconds: 3601}, "3600"},
	} {
		kt.refused(x.act, x.why)
	}
	after := c.view(mai.token, "main")
	if fmt.Sprint(after.Wall) != fmt.Sprint(before.Wall) || fmt.Sprint(after.Scenes) != fmt.Sprint(before.Scenes) || len(after.Locked)+len(after.Queue)+len(after.Schedules) > 0 {
		t.Errorf("something changed: %+v", after)
	}
}

// A key belongs to one scene; a scene that was removed and comes again goes on
// counting; its versions stay.
func TestScenesAreKept(t *testing.T) {
	c := newCentre(t, pairConfig)
	mai := c.hands("Mai", auth.Operator)
	sc := world.SceneSaved{ID: "moi", Wall: "main", Name: "Mới", Preset: 1, Tiles: []world.Tile{{ID: "t", Kind: "clock", W: 100, H: 100}}}
	if r := mai.must(act.SaveScene{Scene: sc}); !strings.Contains(r.Reason, `the key 1 was that of the scene "a"`) {
		t.Errorf("%+v", r)
	}
	keys := map[string]int{}
	for _, x := range c.view(mai.token, "main").Scenes {
		keys[x.ID] = x.Preset
	}
	if keys["moi"] != 1 || keys["a"] != 0 {
		t.Errorf("keys %v", keys)
	}
	mai.must(act.SaveSchedule{Schedule: world.ScheduleSaved{Saved: world.Saved{ID: "s", Name: "S"}, Wall: "main", Scenes: []string{"moi"}, From: 1, To: 2, Off: true}})
	mai.refused(act.SaveScene{Scene: world.SceneSaved{ID: "moi", Version: 1, Removed: true}}, `the schedule "s" shows the scene`)
	mai.must(act.SaveSchedule{Schedule: world.ScheduleSaved{Saved: world.Saved{ID: "s", Version: 1, Removed: true}}})
	mai.must(act.SaveScene{Scene: world.SceneSaved{ID: "moi", Version: 1, Removed: true}})
	sc.Tiles[0].Kind = "map"
	mai.must(act.SaveScene{Scene: sc})
	var vs []recorder.Version
	status, text := c.do("GET", "/api/walls/main/scenes/moi/versions", mai.token, "", "")
	if err := json.Unmarshal([]byte(text), &vs); status != http.StatusOK || err != nil || len(vs) != 3 || vs[0].Version != 3 || !vs[1].Removed || vs[2].By != "Mai" {
		t.Errorf("%d %v %s", status, err, text)
	}
	var first recorder.Saved
	status, text = c.do("GET", "/api/walls/main/scenes/moi/versions/1", mai.token, "", "")
	if err := json.Unmarshal([]byte(text), &first); status != http.StatusOK || err != nil || first.Scene.Tiles[0].Kind != "clock" {
		t.Errorf("%d %v %s", status, err, text)
	}
}

// A scene of the configuration that somebody removed comes again with the next start
// and goes on counting.
func TestScenesComeAgain(t *testing.T) {
	c := newCentre(t, pairConfig)
	mai := c.hands("Mai", auth.Operator)
	mai.must(act.SaveScene{Scene: world.SceneSaved{ID: "b", Version: 1, Removed: true}})
	c.stop()
	c.start()
	mai = c.hands("Mai", auth.Operator)
	i := slices.IndexFunc(c.view(mai.token, "main").Scenes, func(x stage.SceneBrief) bool { return x.ID == "b" })
	if scenes := c.view(mai.token, "main").Scenes; i < 0 || scenes[i].Version != 3 {
		t.Errorf("scenes %+v", scenes)
	}
}

// What is on a wall is of all areas and in words of the centre's people, and a unit
// sees its own area alone: its feed holds no word of a note, wherever it stands, and
// no id of what pops up.
func TestUnitsDoNotSeeWhatIsOnWalls(t *testing.T) {
	const words, id = "Gọi ông Bảy 0905", "chay-cho-con"
	c := newCentre(t, pairConfig)
	mai, unit := c.hands("Mai", auth.Operator), c.token("Liên Chiểu", auth.Unit, daNang)
	note := world.Tile{ID: "ghi-chu", Kind: "note", W: 320, H: 180, Params: params("text", words)}
	tells := func(of any) bool {
		text, err := json.Marshal(of)
		return err != nil || strings.Contains(string(text), words) || strings.Contains(string(text), id)
	}
	// watch counts the events on a feed that tell of the note.
	watch := func(e *eye) *int {
		n := new(int)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.touched = func(ch world.Change) {
			if ch.Event.Body != nil && tells(ch.Event) {
				*n++
			}
		}
		return n
	}
	operators, units := c.look(mai.token), c.look(unit)
	told, said := watch(operators), watch(units)
	mai.must(act.SaveScene{Scene: world.SceneSaved{ID: "n", Wall: "main", Name: "N", Tiles: []world.Tile{note}, Zones: []world.Zone{{ID: "z", W: 320, H: 180}}}})
	mai.must(act.ShowScene{Wall: "main", Scene: "n"})
	mai.must(act.OpenPopup{Popup: world.PopupAsked{ID: id, Wall: "main", Title: words, Tiles: []world.Tile{{Kind: "note", Params: params("text", words)}}}})
	holds := func(s *world.State) bool {
		w, _ := s.Wall("main")
		return w.On.Scene == "n" && slices.ContainsFunc(w.On.Tiles, func(p world.Placed) bool { return p.From == id && p.Param("text") == words })
	}
	operators.until("the note on the wall", holds)
	mai.must(act.LockTile{Wall: "main", Tile: "popup:" + id + ":1", Note: words})
	c.observe(c.token("Trạm", auth.Provider), `[{"kind":"vessel.position","body":{"mmsi":"574000001","pos":[108.33,15.88],"speed":1,"course":2,"heading":3}}]`)
	// What comes later has passed all of that.
	late := c.look(unit)
	for _, e := range []*eye{units, late} {
		e.until("its vessel", func(s *world.State) bool { return s.Count(world.KindVessel) == 1 })
		e.mu.Lock()
		for _, kind := range entityKinds() {
			for x := range e.state.Entities(kind) {
				if tells(x) {
					t.Errorf("a unit's feed has of the note: %+v", x)
				}
			}
		}
		e.mu.Unlock()
	}
	operators.mu.Lock()
	units.mu.Lock()
	if *told == 0 || *said > 0 {
		t.Errorf("%d events that tell of the note came to an operator, %d to a unit", *told, *said)
	}
	units.mu.Unlock()
	operators.mu.Unlock()
	for _, kind := range []string{world.KindWall, world.KindScene, world.KindPopup, world.KindLock, world.KindSchedule, world.KindNode} {
		if status, text := c.do("GET", "/api/state/"+kind, unit, "", ""); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", kind, status, text)
		}
		if slices.Contains(toWire(auth.Identity{Role: auth.Unit}).Kinds, kind) {
			t.Errorf("the feed of a unit has the kind %s", kind)
		}
	}
}

// Two operators want the same at the same moment: one has it, the other is told.
func TestTwoOperators(t *testing.T) {
	c := newCentre(t, pairConfig)
	mai, lan := c.hands("Mai", auth.Operator), c.hands("Lan", auth.Operator)
	both := func(a, b act.Act) (ra, rb world.Receipt) {
		var wg sync.WaitGroup
		wg.Go(func() { ra = mai.try(a) })
		wg.Go(func() { rb = lan.try(b) })
		wg.Wait()
		return ra, rb
	}
	one := func(what string, a, b world.Receipt, why string) {
		t.Helper()
		loser := a
		if a.OK {
			loser = b
		}
		if a.OK == b.OK || !strings.Contains(loser.Reason, why) {
			t.Errorf("%s: %+v and %+v", what, a, b)
		}
	}
	for i := range 5 {
		v := c.view(mai.token, "main")
		sc := world.SceneSaved{ID: "a", Wall: "main", Name: fmt.Sprint("Mai ", i), Version: v.Scenes[0].Version, Tiles: []world.Tile{{ID: "map", Kind: "map", W: 100, H: 100}}}
		other := sc
		other.Name = fmt.Sprint("Lan ", i)
		a, b := both(act.SaveScene{Scene: sc}, act.SaveScene{Scene: other})
		one("save", a, b, "changed meanwhile")
		a, b = both(act.LockTile{Wall: "main", Tile: "map"}, act.LockTile{Wall: "main", Tile: "map"})
		one("lock", a, b, "locked already: map by")
		owner, guest := mai, lan
		if b.OK {
			owner, guest = lan, mai
		}
		guest.refused(act.UnlockTile{Wall: "main", Tile: "map"}, "only who locked it or an administrator")
		if i == 0 {
			c.hands("Quản trị", auth.Administrator).must(act.UnlockTile{Wall: "main", Screen: 1})
			continue
		}
		owner.must(act.UnlockTile{Wall: "main", Tile: "map"})
	}
	// An operator's popup is not another one's to replace, but anybody may close it.
	p := world.PopupAsked{ID: "p", Wall: "main", Tiles: []world.Tile{{Kind: "note", Params: params("text", "một")}}}
	mai.must(act.OpenPopup{Popup: p})
	lan.refused(act.OpenPopup{Popup: p}, "somebody else's")
	lan.must(act.ClosePopup{Popup: "p"})
}

// seat plays a wall computer: it answers what is prepared as it is told to.
type seat struct {
	*hands
	eye  *eye
	name string
}

func (c *centre) seat(name string) *seat {
	c.tb.Helper()
	s := &seat{hands: c.hands(name, auth.Node), name: name}
	s.eye = c.look(s.token)
	s.eye.until(name+" to be there", func(st *world.State) bool { n, ok := st.Node(name); return ok && n.Up })
	return s
}

// answer waits for what is prepared of a scene and answers it.
func (s *seat) answer(scene, refused string) {
	s.c.tb.Helper()
	var gen uint64
	s.eye.until("the scene "+scene+" being prepared", func(st *world.State) bool {
		w, _ := st.Wall("main")
		gen = w.Next.Generation
		return w.Next.Scene == scene
	})
	s.must(act.ReportReady{Wall: "main", Generation: gen, Refused: refused})
}

// A switch waits for the computers; who asks is told of those that were late, of one
// that refused, of somebody who was faster, and of what a lock left out.
func TestSwitchesAreAnswered(t *testing.T) {
	c := newCentre(t, pairConfig)
	mai, lan, hoa := c.hands("Mai", auth.Operator), c.hands("Lan", auth.Operator), c.hands("Hoa", auth.Operator)
	one, two := c.seat("pc-01"), c.seat("pc-02")
	var wg sync.WaitGroup
	var r world.Receipt
	wg.Go(func() { r = mai.try(act.ShowScene{Wall: "main", Scene: "b"}) })
	one.answer("b", "")
	two.answer("b", "")
	wg.Wait()
	if !r.OK || r.Reason != "" || r.Seq == 0 {
		t.Errorf("both ready: %+v", r)
	}
	wg.Go(func() { r = mai.try(act.ShowScene{Wall: "main", Scene: "c"}) })
	one.answer("c", "no room for two more cameras")
	wg.Wait()
	if r.OK || !strings.Contains(r.Reason, "pc-01") || !strings.Contains(r.Reason, "no room for two more cameras") {
		t.Errorf("one refuses: %+v", r)
	}
	if v := c.view(mai.token, "main"); v.Scene != "b" || v.Refused == nil || v.Refused.Node != "pc-01" {
		t.Errorf("after a refusal: %+v", v.WallBrief)
	}
	// Nobody answers: the wall changes without them at the deadline. What comes
	// meanwhile waits, and the newest wish is what is done.
	var first, second, third world.Receipt
	wg.Go(func() { first = mai.try(act.ShowScene{Wall: "main", Scene: "a"}) })
	one.eye.until("a being prepared", func(st *world.State) bool { w, _ := st.Wall("main"); return w.Next.Scene == "a" })
	wg.Go(func() { second = lan.try(act.ShowScene{Wall: "main", Scene: "c"}) })
	time.Sleep(200 * time.Millisecond) // it waits on the loop, where nobody sees it
	wg.Go(func() { third = hoa.try(act.ShowScene{Wall: "main", Scene: "b"}) })
	wg.Wait()
	if !first.OK || !strings.Contains(first.Reason, "not ready in time") || !strings.Contains(first.Reason, "pc-01") || !strings.Contains(first.Reason, "pc-02") {
		t.Errorf("nobody answers: %+v", first)
	}
	if second.OK || !strings.Contains(second.Reason, "asked for another scene") {
		t.Errorf("superseded: %+v", second)
	}
	if !third.OK {
		t.Errorf("the newest wish: %+v", third)
	}
	mai.must(act.LockTile{Wall: "main", Tile: "right", Note: "đang theo dõi"})
	if r := mai.must(act.ShowScene{Wall: "main", Scene: "a"}); !strings.Contains(r.Reason, "left out: map") {
		t.Errorf("over a lock: %+v", r)
	}
	mai.must(act.UndoScene{Wall: "main"})
	if v := c.view(mai.token, "main"); v.Scene != "b" || len(v.Locked) != 1 || v.Locked[0].Name != "Mai" {
		t.Errorf("back: %+v", v)
	}
}

// Computers speak for themselves only, in bounds, and not without end.
func TestComputersAreHeldInBounds(t *testing.T) {
	c := newCentre(t, pairConfig)
	one := c.seat("pc-01")
	told := func(kind string) (n int) {
		for _, e := range c.events() {
			if e.Body.Kind() == kind {
				n++
			}
		}
		return n
	}
	report := world.NodeReported{Node: "pc-01", Version: "1.0", Monitors: []world.Monitor{{Output: "HDMI-1", PxW: 1920, PxH: 1080}}, Memory: 1 << 20, CPU: 0.1}
	one.must(act.ReportNode{Report: report})
	report.Memory, report.CPU = 2<<20, 0.2
	one.must(act.ReportNode{Report: report}) // nothing new within the minute
	if n := told("node.reported"); n != 1 {
		t.Errorf("%d reports are kept, want 1", n)
	}
	report.Monitors = nil
	one.must(act.ReportNode{Report: report})
	if n := told("node.reported"); n != 2 {
		t.Errorf("%d reports are kept, want 2", n)
	}
	other := report
	other.Node = "pc-02"
	one.refused(act.ReportNode{Report: other}, "cannot speak for")
	report.Problems = make([]string, 21)
	one.refused(act.ReportNode{Report: report}, "the problems are 21")
	gen := c.view(c.token("Mai", auth.Operator), "main").Generation
	seen := world.TilesSeen{Node: "pc-01", Wall: "main", Generation: gen, Tiles: []world.TileSeen{{Tile: "map", State: "live"}}}
	one.must(act.ReportTiles{Seen: seen})
	one.must(act.ReportTiles{Seen: seen})
	if n := told("tiles.seen"); n != 1 {
		t.Errorf("%d reports of tiles are kept, want 1", n)
	}
	status, text := c.do("GET", "/api/wall/log?wall=main&screen=1", c.token("Lan", auth.Leader), "", "")
	if status != http.StatusOK || !strings.Contains(text, `"fresh":{"state":"live"`) {
		t.Errorf("how fresh: %d %s", status, text)
	}
	seen.Tiles = []world.TileSeen{{Tile: "map", State: "fine"}}
	one.refused(act.ReportTiles{Seen: seen}, "no state of a tile")
	seen.Tiles, seen.Generation = nil, gen+7
	one.refused(act.ReportTiles{Seen: seen}, "never shown its generation")
	seen.Node, seen.Generation = "pc-02", gen
	one.refused(act.ReportTiles{Seen: seen}, "cannot speak for")
	c.seat("pc-77").refused(act.ReportReady{Wall: "main", Generation: 1}, "drives no screen")
	refusals := 0
	for range 30 {
		report.Problems = []string{fmt.Sprint(refusals)}
		if r := one.try(act.ReportNode{Report: report}); !r.OK && strings.Contains(r.Reason, "too often") {
			refusals++
		}
	}
	if n := told("node.reported"); refusals < 10 || n > 25 {
		t.Errorf("%d of 30 were refused, %d reports are kept", refusals, n)
	}
}

// The recorder tells who put what there, after a restart as well.
func TestWallLogOfTheServer(t *testing.T) {
	c := newCentre(t, pairConfig)
	mai := c.hands("Mai", auth.Operator)
	ask := func(at time.Time) (a recorder.Answer) {
		t.Helper()
		q := url.Values{"wall": {"main"}, "screen": {"2"}, "at": {at.Format(time.RFC3339Nano)}}
		status, text := c.do("GET", "/api/wall/log?"+q.Encode(), mai.token, "", "")
		if err := json.Unmarshal([]byte(text), &a); status != http.StatusOK || err != nil {
			t.Fatalf("%d %v %s", status, err, text)
		}
		return a
	}
	began := time.Now()
	mai.must(act.ShowScene{Wall: "main", Scene: "b"})
	first := time.Now()
	time.Sleep(5 * time.Millisecond)
	mai.must(act.OpenPopup{Popup: world.PopupAsked{ID: "p", Wall: "main", Title: "Cháy", Tiles: []world.Tile{{Kind: "note", Params: params("text", "Cháy chợ")}}}})
	eventually(t, "the popup is shown", func() bool {
		v := c.view(mai.token, "main")
		return len(v.Zones) == 1 && v.Zones[0].Popup != nil && slices.ContainsFunc(v.On.Tiles, func(p world.Placed) bool { return p.Layer == world.LayerPopup })
	})
	popped := time.Now()
	time.Sleep(5 * time.Millisecond)
	mai.must(act.ClosePopup{Popup: "p"})
	check := func() {
		t.Helper()
		if a := ask(first); len(a.Entries) != 1 || a.Entries[0].Tile != "right" || a.Entries[0].By != "Mai" || a.Entries[0].Fresh == nil ||
			!strings.Contains(a.Entries[0].Fresh.Reason, "pc-02 had never been there") {
			t.Errorf("after the switch: %+v", a)
		}
		if a := ask(popped); len(a.Entries) != 1 || a.Entries[0].Layer != world.LayerPopup || a.Entries[0].From != "p" || a.Entries[0].By != "Mai" {
			t.Errorf("with the popup: %+v", a)
		}
		if a := ask(began.Add(-time.Hour)); len(a.Entries) != 0 || !strings.Contains(a.Note, "nothing is known") {
			t.Errorf("before it all: %+v", a)
		}
	}
	check()
	c.stop()
	c.start()
	check()
}
