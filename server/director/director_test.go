package director

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

var (
	dayTiles = []string{"line@1", "map@2", "cam-a@3", "cam-b@4", "figures@5", "wide@6,7", "clock@8"}
	allNodes = []string{"pc-01", "pc-02", "pc-03", "pc-04"}
)

// An old history says what is shown and no more: the director lays it out.
func TestAnOldWallIsComposed(t *testing.T) {
	r := newRig(t, opening()...)
	r.want("at start", dayTiles...)
	if w := r.wall(); w.On.Generation != 1 || w.On.Why != "first" || w.On.At != monday || w.On.Tiles[0].From != "day" {
		t.Errorf("on is %+v", w.On)
	}
	n := len(r.hist)
	r.start()
	r.pass(time.Hour)
	if len(r.hist) != n {
		t.Errorf("a second start said %+v", r.hist[n:])
	}
}

func TestSwitchInStep(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.slow = map[string]time.Duration{"pc-01": 100 * time.Millisecond, "pc-02": 300 * time.Millisecond}
	began := r.now
	if err := r.show(Ask{Scene: "night", By: "Lan"}); err != nil {
		t.Fatal(err)
	}
	r.pass(299 * time.Millisecond)
	if w := r.wall(); w.Next.Generation != 2 || w.On.Generation != 1 || len(r.outs) != 0 || w.Next.Deadline != began+1500 {
		t.Fatalf("before all are ready: on %d, next %d, %v", w.On.Generation, w.Next.Generation, r.outs)
	}
	r.pass(5 * time.Second)
	w := r.wall()
	if len(r.outs) != 1 || r.outs[0].Err != nil || r.outs[0].At != began+450 || r.outs[0].Scene != "night" || r.outs[0].Generation != 2 || len(r.outs[0].Late) > 0 {
		t.Fatalf("outcome %+v, began %v", r.outs, began)
	}
	if w.Shown.By != "Lan" || w.On.At != began+450 || len(w.On.Nodes) != 4 || w.On.Skew != 9 || w.On.Took != 459 {
		t.Errorf("on is %+v", w.On)
	}
	r.want("after", "map@1,2,5,6", "cam-a@3", "cam-d@7")
}

func TestStragglersAreLate(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	began := r.now
	r.slow = map[string]time.Duration{"pc-03": -1, "pc-02": 1600 * time.Millisecond}
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	r.pass(1499 * time.Millisecond)
	if r.wall().On.Generation != 1 {
		t.Fatal("it did not wait")
	}
	r.pass(time.Second)
	if o := r.outs; len(o) != 1 || o[0].At != began+1650 || !slices.Equal(o[0].Late, []string{"pc-02", "pc-03"}) {
		t.Fatalf("outcome %+v", o)
	}
	r.pass(2 * time.Second)
	// pc-03 never told; the others are known 2 s after the change.
	if w := r.wall(); len(w.On.Nodes) != 3 || w.On.Skew != 9 {
		t.Errorf("reports %+v", w.On.Nodes)
	}
}

// A computer that is lost while a switch waits for it is not waited for.
func TestLostWhileWaitedFor(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.slow["pc-02"] = -1
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	r.pass(200 * time.Millisecond)
	r.put(world.NodeLinked{Node: "pc-02", Reason: "gone"})
	if o := r.outs; len(o) != 1 || o[0].Err != nil || len(o[0].Late) > 0 {
		t.Errorf("outcome %+v", o)
	}
}

func TestRefusedByAComputer(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.deaf["pc-02"] = "it cannot decode that much"
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	r.pass(time.Second)
	if o := r.outs; len(o) != 1 || o[0].Err == nil || o[0].Err.Error() != "pc-02 refused: it cannot decode that much" {
		t.Fatalf("outcome %+v", o)
	}
	w := r.wall()
	if w.On.Generation != 1 || w.Next.Generation != 0 || w.Refused.Generation != 2 || w.Refused.Node != "pc-02" {
		t.Errorf("on %d, next %d, refused %+v", w.On.Generation, w.Next.Generation, w.Refused)
	}
	// What nobody waits for is not tried without end either.
	r.put(popup("p", 10, 1))
	r.pass(29 * time.Second)
	if w := r.wall(); w.Refused.Generation != 3 {
		t.Errorf("refused %d", w.Refused.Generation)
	}
	r.wantPopups("p:")
	delete(r.deaf, "pc-02")
	r.pass(5 * time.Second)
	r.wantPopups("p:east")
}

// A computer that refuses for a day what pops up does not fill the history with tries.
func TestRefusedForADay(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.deaf["pc-02"] = "it cannot decode that much"
	r.put(popup("p", 10, 1))
	was := len(r.hist)
	r.pass(24 * time.Hour)
	if n := len(r.hist) - was; n > 2*200 {
		t.Errorf("%d events of a day", n)
	}
	delete(r.deaf, "pc-02")
	r.pass(retryMost + time.Minute)
	r.wantPopups("p:east")
}

// The newest wish waits for the switch under way, those before it are told.
func TestTwoOperators(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.slow["pc-01"] = 800 * time.Millisecond
	began := r.now
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	_ = r.show(Ask{Scene: "day", By: "Mai"})
	_ = r.show(Ask{Scene: "plain", By: "Vinh"})
	if len(r.outs) != 1 || r.outs[0].Err == nil || !strings.Contains(r.outs[0].Err.Error(), "Vinh asked for another scene") {
		t.Fatalf("outcomes %+v", r.outs)
	}
	r.pass(3500 * time.Millisecond)
	if len(r.outs) != 3 || r.outs[1].Scene != "night" || r.outs[2].Scene != "plain" || r.outs[2].Err != nil || r.outs[2].At > began+3400 {
		t.Fatalf("outcomes %+v", r.outs)
	}
	if w := r.wall(); w.Shown.Scene != "plain" || w.Shown.By != "Vinh" {
		t.Errorf("shown %+v", w.Shown)
	}
}

func TestWhatCannotBeShown(t *testing.T) {
	r := newRig(t, append(opening(), world.WallDefined{ID: "small", Screens: testWall().Screens[:1]})...)
	for _, c := range []struct {
		ask  Ask
		want string
	}{
		{Ask{Wall: "x", Scene: "day"}, `no wall "x"`},
		{Ask{Scene: "x"}, `no scene "x"`},
		{Ask{Wall: "small", Scene: "day"}, `one of the wall "main"`},
		{Ask{Undo: true}, "nothing to go back to"},
	} {
		if err := r.show(c.ask); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", c.ask, err, c.want)
		}
	}
	if len(r.outs) != 0 {
		t.Errorf("outcomes %+v", r.outs)
	}
}

func TestUndo(t *testing.T) {
	r := newRig(t, opening()...)
	for _, s := range []string{"night", "plain"} {
		r.pass(time.Minute)
		_ = r.show(Ask{Scene: s, By: "Lan"})
	}
	for _, want := range []string{"night", "day"} {
		r.pass(time.Minute)
		if err := r.show(Ask{Undo: true, By: "Lan"}); err != nil || r.wall().Shown.Scene != want || !r.wall().On.Undo {
			t.Errorf("%v, shown %+v, want %s", err, r.wall().Shown, want)
		}
	}
	if err := r.show(Ask{Undo: true}); err == nil {
		t.Error("undone more often than done")
	}
	r.want("at the end", dayTiles...)
}

func TestPopupsAndGiveBack(t *testing.T) {
	r := newRig(t, opening()...)
	before := slices.Clone(r.wall().On.Tiles)
	r.pass(time.Second)
	r.put(popup("a", 40, 2))
	r.wantPopups("a:east")
	r.want("one", "line@1", "map@2", "figures@5", "wide@6,7", "clock@8", "popup:a:1@3 popup", "popup:a:2@4 popup")
	if p := r.wall().On.Tiles[5]; p.From != "a" || p.By != "Lan" || p.Since != r.now {
		t.Errorf("placed %+v", p)
	}
	// The second takes the free zone, which covers a part of a wider tile.
	r.pass(time.Second)
	r.put(popup("b", 20, 1))
	r.wantPopups("a:east b:south")
	r.want("two", "line@1", "map@2", "clock@8", "popup:a:1@3 popup", "popup:a:2@4 popup", "popup:b:1@5,6 popup")
	if l := r.wall().On.Left; len(l) != 1 || l[0].Tile != "wide" || !strings.Contains(l[0].Why, "zone south") {
		t.Errorf("left out: %+v", l)
	}
	// Equal ones wait, higher ones displace the least important.
	r.pass(time.Second)
	r.put(popup("c", 20, 1))
	r.wantPopups("a:east b:south c:")
	r.pass(time.Second)
	r.put(popup("d", 60, 1))
	r.wantPopups("a:east b: c: d:south")
	// The older of those that wait is next.
	r.put(world.PopupClosed{ID: "a", By: "Lan"})
	r.wantPopups("b:east c: d:south")
	r.put(world.PopupClosed{ID: "d"})
	r.wantPopups("b:east c:south")
	r.put(world.PopupClosed{ID: "b"}, world.PopupClosed{ID: "c"})
	if after := r.wall().On.Tiles; !slices.EqualFunc(after, before, func(a, b world.Placed) bool { return sameTile(a.Tile, b.Tile) && a.Layer == b.Layer }) {
		t.Errorf("given back %+v, want %+v", after, before)
	}
	r.want("given back", dayTiles...)
}

func TestZonesAreChosen(t *testing.T) {
	with := func(p world.PopupAsked, zone string) world.PopupAsked { p.Zone = zone; return p }
	for _, c := range []struct {
		name string
		asks []world.PopupAsked
		want string
	}{
		{"its own zone", []world.PopupAsked{with(popup("a", 10, 1), "south")}, "a:south"},
		{"no such zone", []world.PopupAsked{with(popup("a", 10, 1), "north")}, "a:"},
		{"the same zone twice", []world.PopupAsked{with(popup("a", 10, 1), "south"), with(popup("b", 10, 1), "south")}, "a:south b:"},
		{"a choosy one displaces one of the same rank not", []world.PopupAsked{popup("a", 10, 1), with(popup("b", 10, 1), "east")}, "a:east b:"},
		{"the higher one takes it and the lower one moves", []world.PopupAsked{popup("a", 10, 1), with(popup("b", 20, 1), "east")}, "a:south b:east"},
		{"a free zone before a held one", []world.PopupAsked{popup("a", 10, 1), popup("b", 90, 1)}, "a:east b:south"},
		{"without tiles it waits", []world.PopupAsked{popup("a", 10, 0)}, "a:"},
		{"of another wall", []world.PopupAsked{{ID: "a", Wall: "x", Tiles: popup("a", 1, 1).Tiles}}, "a:"},
	} {
		r := newRig(t, opening()...)
		for _, p := range c.asks {
			r.pass(time.Second)
			r.put(p)
		}
		if got := strings.TrimSpace(r.popups()); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		r.check()
	}
}

// A zone whose screens were taken down is none: nobody would see what pops up there.
func TestZonesWithoutScreens(t *testing.T) {
	r := newRig(t, opening()...)
	w := testWall()
	w.Screens = slices.Delete(slices.Clone(w.Screens), 2, 4)
	r.put(w, popup("a", 10, 1), popup("b", 10, 1))
	r.wantPopups("a:south b:")
}

func TestPopupsEnd(t *testing.T) {
	r := newRig(t, opening()...)
	p := popup("a", 10, 1)
	p.Limit = 60_000
	r.put(p)
	r.pass(59 * time.Second)
	r.wantPopups("a:east")
	r.pass(time.Second)
	r.wantPopups("")
	r.want("given back", dayTiles...)
	// It waits without an end, and its time begins when it is shown.
	r.put(popup("x", 50, 1), popup("y", 50, 1), p)
	r.pass(time.Hour)
	r.wantPopups("a: x:east y:south")
	r.put(world.PopupClosed{ID: "x"})
	r.pass(59 * time.Second)
	r.wantPopups("a:east y:south")
	r.pass(2 * time.Second)
	r.wantPopups("y:south")
}

// Another scene has other zones: what popped up goes there, or waits.
func TestPopupsOverScenes(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(popup("a", 40, 2), popup("b", 60, 2))
	r.wantPopups("a:east b:south")
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	r.wantPopups("a: b:west") // west is for 50 and more
	r.want("night", "cam-a@3", "cam-d@7", "popup:b:1@1 popup", "popup:b:2@2 popup")
	if l := r.outs[0].Left; len(l) != 1 || l[0].Tile != "map" {
		t.Errorf("left %+v", l)
	}
	_ = r.show(Ask{Undo: true})
	r.wantPopups("a:south b:east")
	_ = r.show(Ask{Scene: "plain", By: "Lan"})
	r.wantPopups("a: b:")
	r.want("plain", "all@1,2,3,4,5,6,7,8")
}

func TestLostComputer(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(10 * time.Second)
	lostAt := r.now
	r.slow["pc-02"] = -1 // the worst: another one does not answer
	r.put(world.NodeLinked{Node: "pc-01", Reason: "silent"})
	r.pass(1800 * time.Millisecond)
	moved := []string{"map@2", "cam-a@3", "cam-b@4", "figures@5", "wide@6,7", "line@8 moved"}
	r.want("lost", moved...)
	if w := r.wall(); w.On.At > lostAt+1800 || len(w.On.Left) != 1 || w.On.Left[0].Tile != "clock" || w.On.Tiles[5].From != "pc-01" {
		t.Errorf("after %v; left %+v", w.On.At.Sub(lostAt), w.On.Left)
	}
	delete(r.slow, "pc-02")
	r.put(world.NodeLinked{Node: "pc-01", Up: true})
	r.pass(time.Second)
	r.want("back for a second", moved...)
	r.pass(2 * time.Second)
	r.want("back", dayTiles...)
}

// TestWhoMovedIt: what goes elsewhere when its computer is lost, and comes back, is by
// nobody else than before: neither who shows the scene nor who changed it moved it.
func TestWhoMovedIt(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	r.pass(time.Second)
	_ = r.show(Ask{Scene: "day", By: "Lan"})
	r.pass(10 * time.Second)
	edited := day()
	edited.Version, edited.By = edited.Version+1, "Mai"
	edited.Tiles = slices.Clone(edited.Tiles)
	at := slices.IndexFunc(edited.Tiles, func(x world.Tile) bool { return x.ID == "line" })
	edited.Tiles[at].Params = []world.Param{{Key: "text", Value: "x"}}
	r.put(edited)
	r.pass(time.Second)
	is := func(when, layer, why string) {
		t.Helper()
		for _, p := range r.wall().On.Tiles {
			if p.ID == "line" && (p.Layer != layer || p.By != "Mai" || p.Why != why) {
				t.Errorf("%s: %s by %q, why %q", when, p.Layer, p.By, p.Why)
			}
			if p.ID == "map" && (p.By != "Lan" || p.Why != "") {
				t.Errorf("%s: the map is by %q, why %q", when, p.By, p.Why)
			}
		}
	}
	is("changed", world.LayerScene, "")
	for range 2 {
		r.put(world.NodeLinked{Node: "pc-01", Reason: "silent"})
		r.pass(3 * time.Second)
		is("lost", world.LayerMoved, "")
		r.put(popup("a", 40, 1)) // the wall is laid out anew
		r.pass(time.Second)
		is("still lost", world.LayerMoved, "")
		r.put(world.NodeLinked{Node: "pc-01", Up: true})
		r.pass(time.Minute)
		is("back", world.LayerScene, "node/pc-01")
		r.put(world.PopupClosed{ID: "a"})
		r.pass(time.Second)
		is("back for long", world.LayerScene, "node/pc-01")
	}
	_ = r.show(Ask{Scene: "night", By: "Vinh"})
	r.pass(time.Second)
	_ = r.show(Ask{Undo: true, By: "Vinh"})
	r.pass(time.Second)
	if p := r.wall().On.Tiles; !slices.ContainsFunc(p, func(x world.Placed) bool { return x.ID == "line" && x.By == "Vinh" && x.Why == "" }) {
		t.Errorf("shown anew: %+v", p)
	}
}

// TestWhoMovedItTwice: tiles that share the spare screen with those of a second lost
// computer, and get other places on it, stay whose they were; what somebody changes of
// them there is by that person.
func TestWhoMovedItTwice(t *testing.T) {
	first := day()
	first.Tiles[1].Important, first.Tiles[2].Important = true, true // map on pc-01, cam-a on pc-02
	r := newRig(t, append([]world.Body{testWall(), first, night(), world.SceneShown{Wall: "main", Scene: "night", Why: "first"}}, nodes(true, allNodes...)...)...)
	r.pass(10 * time.Second)
	_ = r.show(Ask{Scene: "day", By: "Lan"})
	r.pass(time.Second)
	edit := func(by, text string, ids ...string) {
		t.Helper()
		s, _ := r.st.Scene("day")
		next := s.SceneSaved
		next.Version, next.By, next.Tiles = next.Version+1, by, slices.Clone(next.Tiles)
		for i, x := range next.Tiles {
			if slices.Contains(ids, x.ID) {
				next.Tiles[i].Params = []world.Param{{Key: "text", Value: text}}
			}
		}
		r.put(next)
		r.pass(time.Second)
	}
	is := func(when string, want ...string) {
		t.Helper()
		var got []string
		for _, p := range r.wall().On.Tiles {
			if p.ID == "line" || p.ID == "map" || p.ID == "cam-a" {
				got = append(got, p.ID+" "+p.Layer+" "+p.By+p.Why)
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", when, got, want)
		}
	}
	edit("Mai", "x", "line", "map")
	r.put(nodes(false, "pc-01")...)
	r.pass(3 * time.Second)
	is("one lost", "cam-a scene Lan", "line moved Mai", "map moved Mai")
	r.put(nodes(false, "pc-02")...)
	r.pass(3 * time.Second)
	is("two lost", "cam-a moved Lan", "line moved Mai", "map moved Mai")
	edit("Vinh", "y", "map")
	is("changed there", "cam-a moved Lan", "line moved Mai", "map moved Vinh")
	r.put(nodes(true, "pc-02")...)
	r.pass(time.Minute)
	is("one is back", "cam-a scene Lannode/pc-02", "line moved Mai", "map moved Vinh")
	r.put(nodes(true, "pc-01")...)
	r.pass(time.Minute)
	is("both are back", "cam-a scene Lannode/pc-02", "line scene Mainode/pc-01", "map scene Vinhnode/pc-01")
}

// A computer that comes and goes does not make the wall flicker, and a moment
// without a connection is none.
func TestFlapping(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(10 * time.Second)
	was := r.wall().On.Generation
	for range 10 {
		r.put(world.NodeLinked{Node: "pc-01"})
		r.pass(250 * time.Millisecond)
		r.put(world.NodeLinked{Node: "pc-01", Up: true})
		r.pass(10 * time.Second)
	}
	if g := r.wall().On.Generation; g != was {
		t.Errorf("%d switches of a connection that was made anew", g-was)
	}
	for range 20 {
		r.put(world.NodeLinked{Node: "pc-01"})
		r.pass(5 * time.Second)
		r.put(world.NodeLinked{Node: "pc-01", Up: true})
		r.pass(5 * time.Second)
	}
	if g := r.wall().On.Generation; g != was+1 {
		t.Errorf("%d switches of a computer that comes and goes", g-was)
	}
	r.pass(2 * time.Minute)
	r.want("settled", dayTiles...)
}

func TestSparesAreShared(t *testing.T) {
	w, s := testWall(), day()
	for i := range s.Tiles[:5] {
		s.Tiles[i].Important = true
	}
	bodies := append([]world.Body{w, s, world.SceneShown{Wall: "main", Scene: "day"}}, nodes(true, allNodes...)...)
	r := newRig(t, bodies...)
	r.pass(10 * time.Second)
	r.put(nodes(false, "pc-01", "pc-02", "pc-03")...)
	r.pass(3 * time.Second)
	r.want("five share one", "wide@6,7", "line@8 moved", "map@8 moved", "cam-a@8 moved", "cam-b@8 moved", "figures@8 moved")
	r.put(nodes(false, "pc-04")...)
	r.pass(3 * time.Second)
	r.want("all lost", dayTiles...) // nowhere to go: they wait in their places
	if l := r.wall().On.Left; len(l) != 5 || !strings.Contains(l[0].Why, "no spare screen") {
		t.Errorf("left %+v", l)
	}
	r.put(nodes(true, allNodes...)...)
	r.pass(time.Minute)
	r.want("all back", dayTiles...)
}

// What pops up where the computer is lost is shown on the spare screen.
func TestPopupOnALostComputer(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(10 * time.Second)
	p := popup("a", 50, 2)
	p.Zone = "east"
	r.put(p)
	r.pass(time.Second)
	r.put(nodes(false, "pc-02")...)
	r.pass(3 * time.Second)
	r.want("lost", "line@1", "map@2", "figures@5", "wide@6,7", "popup:a:1@8 moved", "popup:a:2@8 moved")
	// The next one takes the zone that can be seen.
	r.put(popup("b", 10, 1))
	r.pass(time.Second)
	r.wantPopups("a:east b:south")
}

func TestTestPictures(t *testing.T) {
	r := newRig(t, testWall()) // no scene at all
	r.put(world.WallTested{Wall: "main", Picture: world.TestIdentify, By: "Vinh", Until: r.now.Add(30 * time.Second)})
	w := r.wall()
	if len(w.On.Tiles) != 8 || w.On.Tiles[6].ID != "identify:7" || w.On.Tiles[6].Param("node") != "pc-04" || w.On.Tiles[6].Layer != world.LayerTest {
		t.Fatalf("on %+v", w.On.Tiles)
	}
	r.put(world.WallTested{Wall: "main"})
	r.want("ended by hand")
	r.put(day(), world.SceneShown{Wall: "main", Scene: "day"})
	r.want("a scene", dayTiles...)
	r.put(world.WallTested{Wall: "main", Picture: "moon", Until: r.now.Add(time.Minute)})
	r.want("no such picture", dayTiles...)
}

func TestRemovedSceneStays(t *testing.T) {
	r := newRig(t, opening()...)
	s := day()
	s.Version, s.Removed = 2, true
	r.put(s)
	r.want("removed", dayTiles...)
	if err := r.show(Ask{Scene: "night", By: "Lan"}); err != nil {
		t.Error(err)
	}
	if err := r.show(Ask{Undo: true}); err == nil || !strings.Contains(err.Error(), `no scene "day"`) {
		t.Errorf("went back to what is gone: %v", err)
	}
	// What is gone is stepped over.
	r = newRig(t, opening()...)
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	_ = r.show(Ask{Scene: "plain", By: "Lan"})
	s = night()
	s.Version, s.Removed = 2, true
	r.put(s)
	if err := r.show(Ask{Undo: true, By: "Lan"}); err != nil || r.wall().Shown.Scene != "day" || len(r.wall().Before) != 0 {
		t.Errorf("%v, shown %+v, before %+v", err, r.wall().Shown, r.wall().Before)
	}
}

func TestAlertsPopUp(t *testing.T) {
	at := geo.Pt(108.3, 15.88)
	cam := func(id string, bearing, meters, heading, view, reach float64) world.CameraDefined {
		return world.CameraDefined{ID: id, Pos: geo.Destination(at, bearing, meters), Heading: heading, View: view, Reach: reach}
	}
	bodies := append(opening(),
		cam("c-sees", 180, 300, 0, 60, 500),
		cam("b-nearer", 270, 100, 80, 40, 500),
		cam("looks-away", 180, 50, 180, 60, 500),
		cam("too-far", 180, 600, 0, 60, 500),
		cam("unknown", 90, 200, world.NotAvailable, 0, 0),
		cam("refused", 180, 10, 0, 60, 500),
		world.CameraHealth{Camera: "refused", State: world.CameraRefused},
		cam("silent", 180, 20, 0, 60, 500),
		world.CameraHealth{Camera: "silent", State: world.CameraSilent},
	)
	turns := cam("turns", 0, 150, 0, 60, 500)
	turns.PTZ = true
	r := newRig(t, append(bodies, turns)...)
	alert := world.AlertRaised{ID: "r~s", Rule: "flood", Called: "Lũ sông", Severity: world.Severe, Title: "Lũ", Pos: at, Placed: true, Show: &world.AlertShow{Zone: "east", Cameras: 3, Map: true, Limit: 600_000}}
	r.put(alert)
	p, ok := r.st.Popup("r~s@main")
	if !ok || p.Priority != 60 || p.Alert != "r~s" || p.Why != "Lũ sông" || p.Limit != 600_000 || p.Placed != "east" || p.Title != "Lũ" {
		t.Fatalf("popup %+v", p)
	}
	var got []string
	for _, x := range p.Tiles {
		got = append(got, x.Kind+" "+x.Param("alert")+x.Param("camera")+x.Param("center"))
	}
	if want := []string{"alert r~s", "camera b-nearer", "camera c-sees", "camera turns", "map 15.88000,108.30000"}; !slices.Equal(got, want) {
		t.Errorf("tiles %q, want %q", got, want)
	}
	r.want("shown", "line@1", "map@2", "figures@5", "wide@6,7", "clock@8",
		"popup:r~s@main:1@3 popup", "popup:r~s@main:2@4 popup", "popup:r~s@main:3@4 popup", "popup:r~s@main:4@4 popup", "popup:r~s@main:5@4 popup")
	r.put(world.AlertUpdated{ID: "r~s", Severity: world.Critical, Title: "Lũ lớn"})
	if p, _ := r.st.Popup("r~s@main"); p.Priority != 80 || p.Placed != "east" {
		t.Errorf("updated popup %+v", p)
	}
	n := len(r.hist)
	r.put(world.AlertUpdated{ID: "r~s", Severity: world.Critical, Title: "Lũ lớn 2"})
	if len(r.hist) != n+1 {
		t.Errorf("an update of words set off %+v", r.hist[n+1:])
	}
	r.put(world.AlertResolved{ID: "r~s"})
	r.wantPopups("")
	r.want("resolved", dayTiles...)

	about := func(n int) (out []string) {
		for _, c := range seeing(r.st, "camera/too-far", at, true, n) {
			out = append(out, c.ID)
		}
		return out
	}
	if got, want := about(9), []string{"too-far", "b-nearer", "c-sees", "turns", "unknown", "silent"}; !slices.Equal(got, want) {
		t.Errorf("seeing %v, want %v", got, want)
	}
	if got := about(0); got != nil {
		t.Errorf("none asked for, %v came", got)
	}
}

// The alert that was raised when the server stopped has its popup after the start.
func TestAlertBeforeAStop(t *testing.T) {
	bodies := append(opening(), world.AlertRaised{ID: "a", Severity: world.Warning, Show: &world.AlertShow{}})
	r := newRig(t, bodies...)
	r.wantPopups("a@main:east")
	r.put(world.PopupClosed{ID: "a@main", By: "Lan"})
	r.pass(time.Minute)
	r.put(world.FigureReported{Figure: "x", Period: "1"})
	r.start()
	r.wantPopups("") // closed by hand: it does not come back
}

// A switch that a stop interrupted is finished.
func TestStopDuringASwitch(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.put(popup("p", 90, 1))
	r.slow["pc-01"] = -1
	_ = r.show(Ask{Scene: "night", By: "Lan"})
	if r.wall().Next.Scene != "night" {
		t.Fatal("nothing is being prepared")
	}
	r.due = nil
	r.start()
	r.pass(10 * time.Second)
	w := r.wall()
	if w.Shown.Scene != "night" || w.Shown.By != "Lan" || w.Next.Generation != 0 || len(w.On.Late) != 4 {
		t.Errorf("shown %+v, next %d, late %v", w.Shown, w.Next.Generation, w.On.Late)
	}
	r.wantPopups("p:west")
}

// What was said and lost on its way is said again.
func TestLostOnItsWay(t *testing.T) {
	r := newRig(t, opening()...)
	obs, err := r.d.Show(r.now, r.st, Ask{Wall: "main", Scene: "night", By: "Lan"}, func(o Outcome) { r.outs = append(r.outs, o) })
	if err != nil || len(obs) == 0 {
		t.Fatal(obs, err)
	}
	r.pass(9 * time.Second) // obs are dropped
	if r.wall().Shown.Scene != "day" {
		t.Fatal("it came from nowhere")
	}
	r.pass(2 * time.Second)
	if r.wall().Shown.Scene != "night" || len(r.outs) != 1 || r.outs[0].Err != nil {
		t.Errorf("shown %+v, outcomes %+v", r.wall().Shown, r.outs)
	}
}

// A flood of alerts is bounded, and the loop stays quick.
func TestFloodOfAlerts(t *testing.T) {
	r := newRig(t, opening()...)
	began := time.Now()
	for i := range 400 {
		r.pass(10 * time.Millisecond)
		r.put(world.AlertRaised{ID: strconv.Itoa(i), Severity: world.Severe, Show: &world.AlertShow{Cameras: 4, Map: true}})
	}
	if n := r.st.Count(world.KindPopup); n != mostPopups {
		t.Errorf("%d popups", n)
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	r.check()
}

// TestWhoseHand: a tile that was changed while its scene is shown carries who changed
// it; all others go on carrying who showed the scene, also after what popped up over
// them is gone.
func TestWhoseHand(t *testing.T) {
	r := newRig(t, opening()...)
	if err := r.show(Ask{Scene: "night", By: "Lan"}); err != nil {
		t.Fatal(err)
	}
	r.pass(time.Second)
	_ = r.show(Ask{Scene: "day", By: "Lan"})
	r.pass(time.Second)
	hands := func() map[string]string {
		out := map[string]string{}
		for _, p := range r.wall().On.Tiles {
			if p.Layer == world.LayerScene {
				out[p.ID] = p.By + p.Why
			}
		}
		return out
	}
	r.put(popup("a", 40, 1)) // over the east
	r.pass(time.Second)
	edited := day()
	edited.Version, edited.By = edited.Version+1, "Mai"
	edited.Tiles = slices.Clone(edited.Tiles)
	edited.Tiles[0].Params = []world.Param{{Key: "zoom", Value: "9"}}
	r.put(edited)
	r.pass(time.Second)
	r.put(world.PopupClosed{ID: "a", By: "Vinh"})
	r.pass(time.Second)
	for id, by := range hands() {
		want := "Lan"
		if id == edited.Tiles[0].ID {
			want = "Mai"
		}
		if by != want {
			t.Errorf("%s is by %q, not %q", id, by, want)
		}
	}
	if len(hands()) != len(edited.Tiles) {
		t.Errorf("tiles %v", hands())
	}
	_ = r.show(Ask{Scene: "night", By: "Vinh"})
	r.pass(time.Second)
	_ = r.show(Ask{Undo: true, By: "Vinh"})
	r.pass(time.Second)
	if got := hands()[edited.Tiles[0].ID]; got != "Vinh" {
		t.Errorf("of a scene that was shown anew it is by %q", got)
	}
}
