package director

import (
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/server/world"
)

func TestLocksStay(t *testing.T) {
	r := newRig(t, opening()...)
	lock := func(id string) world.TileLocked {
		return world.TileLocked{Wall: "main", Tile: id, By: "t1", Name: "Lan"}
	}
	r.put(lock("cam-a"))
	r.want("locked", dayTiles...)
	// Nothing pops up over it.
	r.put(popup("a", 90, 1), popup("b", 90, 1))
	r.wantPopups("a:south b:")
	// It stays when another scene comes; the one of the same name beside it does not.
	r.pass(time.Minute)
	_ = r.show(Ask{Scene: "night", By: "Mai"})
	r.wantPopups("a:west b:")
	r.want("night", "cam-d@7", "cam-a@3 locked", "popup:a:1@1,2 popup")
	if p := r.wall().On.Tiles[1]; p.From != "day" || p.Param("camera") != "a" {
		t.Errorf("locked is %+v", p)
	}
	if l := r.outs[0].Left; !slices.ContainsFunc(l, func(x world.LeftOut) bool {
		return x.Tile == "cam-a" && strings.Contains(x.Why, "locked tile cam-a")
	}) {
		t.Errorf("left %+v", l)
	}
	// A test picture lies over it and leaves it.
	r.put(world.WallTested{Wall: "main", Picture: world.TestPattern, By: "Vinh", Until: r.now.Add(time.Minute)})
	r.want("pattern", "cam-a@3 locked", "pattern@1,2,3,4,5,6,7,8 test")
	r.pass(time.Minute)
	r.want("after the pattern", "cam-d@7", "cam-a@3 locked", "popup:a:1@1,2 popup")
	r.put(world.TileUnlocked{Wall: "main", Tile: "cam-a"})
	r.want("unlocked", "cam-a@3", "cam-d@7", "popup:a:1@1,2 popup")
	if p := r.wall().On.Tiles[0]; p.From != "night" {
		t.Errorf("the scene's own is not back: %+v", p)
	}
}

// A locked tile of a scene that comes back is the scene's own again: nothing is
// left out for it.
func TestLockedTilesComeHome(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(world.TileLocked{Wall: "main", Tile: "cam-a", By: "t1", Name: "Lan"})
	_ = r.show(Ask{Scene: "plain", By: "Mai"})
	r.want("plain", "cam-a@3 locked")
	_ = r.show(Ask{Scene: "day", By: "Mai"})
	r.want("day", dayTiles...)
	if l := r.outs[1].Left; len(l) != 0 {
		t.Errorf("left %+v", l)
	}
	if r.st.Count(world.KindLock) != 1 {
		t.Error("the lock is gone")
	}
}

// With a wall goes what popped up on it and who locked something there; the wall
// that comes in its place is directed.
func TestWallIsGone(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(popup("a", 10, 1), world.TileLocked{Wall: "main", Tile: "cam-a", By: "t1"})
	r.put(world.EntityGone{Ref: world.NewRef(world.KindWall, "main")})
	if p, l := r.st.Count(world.KindPopup), r.st.Count(world.KindLock); p+l != 0 {
		t.Errorf("%d popups and %d locks of a wall that is gone", p, l)
	}
	if err := r.show(Ask{Scene: "day", By: "Mai"}); err == nil {
		t.Error("a wall that is gone was switched")
	}
	hall := testWall()
	hall.ID = "hall"
	sc := plain()
	sc.Wall, sc.Version = "hall", 2
	r.put(hall, sc, world.SceneShown{Wall: "hall", Scene: "plain"})
	if w, _ := r.st.Wall("hall"); w.On.Generation != 1 || len(w.On.Tiles) != 1 {
		t.Errorf("the wall in its place is not directed: %+v", w.On)
	}
	// A stop came between the end of a wall and that of its popups.
	r = newRig(t, append(opening(), popup("a", 10, 1), world.TileLocked{Wall: "main", Tile: "cam-a", By: "t1"}, world.EntityGone{Ref: "wall/main"})...)
	if p, l := r.st.Count(world.KindPopup), r.st.Count(world.KindLock); p+l != 0 {
		t.Errorf("%d popups and %d locks after a stop", p, l)
	}
}

func TestLockedTilesOfEditedScenes(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(world.TileLocked{Wall: "main", Tile: "map", By: "t1"})
	s := day()
	s.Version = 2
	s.Tiles[1], s.Tiles[2] = tileAt("map", "map", "3"), tileAt("cam-a", "camera", "2", "camera", "a")
	r.put(s)
	r.want("edited", "line@1", "cam-b@4", "figures@5", "wide@6,7", "clock@8", "map@2 locked")
	if l := r.wall().On.Left; len(l) != 2 || l[0].Tile != "map" || !strings.Contains(l[0].Why, "locked as it was") || l[1].Tile != "cam-a" {
		t.Errorf("left %+v", l)
	}
	r.put(world.TileUnlocked{Wall: "main", Tile: "map"})
	r.want("unlocked", "line@1", "map@3", "cam-a@2", "cam-b@4", "figures@5", "wide@6,7", "clock@8")
}

func TestLocksEnd(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(world.TileLocked{Wall: "main", Tile: "map", By: "t1", Until: r.now.Add(time.Minute)}, world.TileLocked{Wall: "main", Tile: "nothing", By: "t1"})
	if r.st.Count(world.KindLock) != 1 {
		t.Error("a lock of nothing stays")
	}
	r.pass(time.Minute)
	if r.st.Count(world.KindLock) != 0 {
		t.Error("a lock whose time is over stays")
	}
}

// A popup with a locked tile stays as it is while it is open, and the tile after.
func TestLockedPopup(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(popup("a", 10, 2), world.TileLocked{Wall: "main", Tile: "popup:a:2", By: "t1"})
	r.put(popup("b", 90, 1), popup("c", 90, 1))
	r.wantPopups("a:east b:south c:")
	r.put(world.PopupClosed{ID: "a"})
	r.want("closed", "line@1", "map@2", "cam-a@3", "clock@8", "popup:a:2@4 locked", "popup:b:1@5,6 popup")
	// Opened anew under its name it does not take the locked one's.
	r.put(world.PopupClosed{ID: "b"}, world.PopupClosed{ID: "c"}, popup("a", 10, 2))
	r.want("again", "line@1", "map@2", "cam-a@3", "clock@8", "popup:a:2@4 locked", "popup:a:1@5 popup", "popup:a:3@6 popup")
}

// A tile that is locked while a switch is on its way stays.
func TestLockedDuringASwitch(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.slow["pc-01"] = 500 * time.Millisecond
	_ = r.show(Ask{Scene: "plain", By: "Mai"})
	r.put(world.TileLocked{Wall: "main", Tile: "cam-b", By: "t1"})
	r.pass(3 * time.Second)
	r.want("after", "cam-b@4 locked")
	if o := r.outs; len(o) != 1 || o[0].Err != nil || len(o[0].Left) != 1 {
		t.Errorf("outcome %+v", o)
	}
}

// A locked tile that a spare screen shows, since its computer is lost, stays there
// whatever comes, and goes back to its place, which nothing else takes meanwhile.
func TestLockedOnASpareScreen(t *testing.T) {
	s := day()
	s.Tiles[3].Important = true // cam-b on screen 4, in the zone east
	lose := func(lock string, before ...world.Body) *rig {
		r := newRig(t, append([]world.Body{testWall(), s, night(), plain(), world.SceneShown{Wall: "main", Scene: "day"}}, nodes(true, allNodes...)...)...)
		r.pass(10 * time.Second)
		r.put(before...)
		r.put(world.TileLocked{Wall: "main", Tile: lock, By: "t1"})
		r.put(nodes(false, "pc-02")...)
		r.pass(3 * time.Second)
		return r
	}
	back := func(r *rig) {
		r.put(nodes(true, "pc-02")...)
		r.pass(time.Minute)
	}
	zone := func(p world.PopupAsked, zone string) world.PopupAsked { p.Zone = zone; return p }

	// A popup keeps its zone, though another wants no other one.
	r := lose("popup:x:2", popup("x", 60, 2), popup("a", 0, 1))
	lost := []string{"line@1", "map@2", "popup:a:1@5,6 popup", "popup:x:1@8 moved", "popup:x:2@8 moved"}
	r.want("a popup", lost...)
	r.put(zone(popup("b", 90, 1), "east"), popup("x", 60, 3))
	r.want("another wants its zone", lost...)
	r.wantPopups("a:south b: x:east")
	// A test picture leaves all of it there.
	r.put(world.WallTested{Wall: "main", Picture: world.TestPattern, By: "Vinh", Until: r.now.Add(time.Minute)})
	r.pass(time.Minute)
	r.want("after the pattern", lost...)
	back(r)
	r.want("a popup is back", "line@1", "map@2", "clock@8", "popup:x:1@3 popup", "popup:x:2@4 popup", "popup:a:1@5,6 popup")

	// It stays when its popup is closed.
	r = lose("popup:x:2", popup("x", 60, 2))
	r.put(world.PopupClosed{ID: "x"})
	r.want("closed", "line@1", "map@2", "cam-a@3", "cam-b@4", "figures@5", "wide@6,7", "popup:x:2@8 locked")
	for _, p := range r.wall().On.Tiles {
		if p.ID == "popup:x:2" && (p.From != "x" || p.Why != "" || p.By != "Lan") {
			t.Errorf("closed: %+v", p)
		}
	}

	// What the scene has in a zone: nothing pops up there.
	r = lose("cam-b")
	r.put(zone(popup("b", 90, 1), "east"))
	r.want("in a zone", "line@1", "map@2", "cam-a@3", "figures@5", "wide@6,7", "cam-b@8 moved")
	back(r)
	r.want("in a zone and back", dayTiles...)

	// It stays when its scene is removed.
	r = lose("cam-b")
	s.Version, s.Removed = 2, true
	r.put(s)
	r.want("removed", "line@1", "map@2", "cam-a@3", "figures@5", "wide@6,7", "cam-b@8 locked")
	s.Version, s.Removed = 1, false

	// It stays when its zone is changed for one with another locked tile in it.
	r = lose("popup:x:1", popup("x", 60, 1), world.TileLocked{Wall: "main", Tile: "wide", By: "t1"})
	s.Version, s.Zones = 2, []world.Zone{zoneAt("east", "5-6", 0)}
	r.put(s)
	r.want("another zone", "line@1", "map@2", "cam-a@3", "cam-b@4", "figures@5", "wide@6,7", "popup:x:1@8 locked")
	s.Version, s.Zones = 1, day().Zones

	// It stays when another scene comes that was under way before it was locked.
	r = lose("line")
	r.slow["pc-01"] = 500 * time.Millisecond
	_ = r.show(Ask{Scene: "plain", By: "Mai"})
	r.put(world.TileLocked{Wall: "main", Tile: "cam-b", By: "t1"})
	r.pass(3 * time.Second)
	r.want("another scene", "line@1 locked", "cam-b@8 locked")
}

// A tile that is locked while a scene comes that has another one of its name in its
// place stays.
func TestLockedWhileItsNamesakeComes(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(5 * time.Second)
	r.slow["pc-01"] = 500 * time.Millisecond
	_ = r.show(Ask{Scene: "night", By: "Mai"})
	r.put(world.TileLocked{Wall: "main", Tile: "cam-a", By: "t1"})
	r.pass(3 * time.Second)
	for _, p := range r.wall().On.Tiles {
		if p.ID == "cam-a" && p.Param("camera") != "a" {
			t.Errorf("locked is %+v", p)
		}
	}
}

// The other tiles of a popup with a locked one are there again after a test picture.
func TestLockedPopupAfterATestPicture(t *testing.T) {
	r := newRig(t, opening()...)
	r.put(popup("a", 10, 2), world.TileLocked{Wall: "main", Tile: "popup:a:2", By: "t1"})
	before := r.shows()
	r.put(world.WallTested{Wall: "main", Picture: world.TestPattern, By: "Vinh", Until: r.now.Add(time.Minute)})
	r.pass(time.Minute)
	r.want("after the pattern", before...)
}

func locked(id string) world.TileLocked { return world.TileLocked{Wall: "main", Tile: id, By: "t1"} }

func zoned(p world.PopupAsked, zone string) world.PopupAsked { p.Zone = zone; return p }

// starting is a rig with its computers up, and scenes in place of those of the same name.
func starting(t *testing.T, scenes ...world.SceneSaved) *rig {
	bodies := opening()
	for _, s := range scenes {
		bodies = slices.DeleteFunc(bodies, func(b world.Body) bool { x, is := b.(world.SceneSaved); return is && x.ID == s.ID })
		bodies = slices.Insert(bodies, 1, world.Body(s))
	}
	r := newRig(t, append(bodies, nodes(true, allNodes...)...)...)
	r.pass(10 * time.Second)
	return r
}

// sharingASpare is a wall whose spare screen shows two locked tiles of a lost computer, of which
// the scene then takes one out and has the other there.
func sharingASpare(t *testing.T, zones []world.Zone, more ...world.Body) *rig {
	s := day()
	s.Tiles[2].Important, s.Tiles[3].Important = true, true
	s.Tiles, s.Zones = s.Tiles[:6], zones
	r := starting(t, s)
	r.put(locked("cam-a"), locked("cam-b"))
	r.put(more...)
	r.put(nodes(false, "pc-02")...)
	r.pass(3 * time.Second)
	s.Version, s.Tiles = 2, []world.Tile{s.Tiles[0], s.Tiles[1], important(tileAt("cam-b", "camera", "8", "camera", "b"))}
	r.put(s)
	r.pass(time.Minute)
	return r
}

// Where a locked tile cannot go back where it belongs, it stays where it is seen: the wall
// goes on with everything else, and no tile lies over another.
func TestLockedTilesNeverHoldTheWallUp(t *testing.T) {
	// alarm holds that what comes in an emergency is shown.
	alarm := func(r *rig) {
		r.t.Helper()
		r.put(zoned(popup("alarm", 99, 1), "south"))
		r.pass(time.Minute)
		if p, _ := r.st.Popup("alarm"); p.Placed == "" {
			t.Errorf("the alarm waits: %s %v", r.popups(), r.shows())
		}
	}

	// Another scene has the popup's zone larger, and a locked tile in it.
	r := starting(t, small())
	r.put(locked("cam-b"))
	_ = r.show(Ask{Scene: "small", By: "Mai"})
	r.pass(time.Minute)
	r.put(zoned(popup("a", 10, 1), "east"), locked("popup:a:1"))
	r.pass(time.Minute)
	if err := r.show(Ask{Scene: "day", By: "Mai"}); err != nil {
		t.Error(err)
	}
	r.pass(time.Minute)
	r.want("a larger zone", "line@1", "map@2", "cam-b@4", "figures@5", "wide@6,7", "clock@8", "popup:a:1@3 locked")
	alarm(r)

	// The zone grows while the popup has it.
	r = starting(t)
	r.put(zoned(popup("a", 10, 1), "east"), locked("popup:a:1"), locked("clock"))
	r.pass(time.Second)
	s := day()
	s.Version, s.Zones = 2, []world.Zone{zoneAt("east", "3-8", 0), zoneAt("south", "5-6", 0)}
	r.put(s)
	r.pass(time.Minute)
	r.want("a zone that grows", "line@1", "map@2", "figures@5", "wide@6,7", "clock@8", "popup:a:1@3,4 locked")
	alarm(r)

	// Two on one spare screen, and the scene takes one out and moves the other there.
	r = sharingASpare(t, day().Zones)
	r.want("two on a spare screen", "line@1", "map@2", "cam-a@8 locked", "cam-b@8 locked")
	alarm(r)

	// A zone comes to lie over the spare screen with a locked tile.
	s = day()
	s.Tiles[3].Important = true
	s.Zones = []world.Zone{zoneAt("east", "3", 0), zoneAt("south", "5-6", 0)}
	r = starting(t, s)
	r.put(zoned(popup("x", 10, 1), "east"), locked("popup:x:1"), locked("cam-b"))
	r.put(nodes(false, "pc-02")...)
	r.pass(3 * time.Second)
	e := s
	e.Version, e.Tiles, e.Zones = 2, s.Tiles[:3], []world.Zone{zoneAt("east", "8", 0), s.Zones[1]}
	r.put(e)
	r.pass(time.Minute)
	r.want("a zone on the spare screen", "line@1", "map@2", "cam-a@3", "cam-b@8 locked", "popup:x:1@8 locked")
	alarm(r)

	// Nothing pops up on the spare screen that shows a locked tile.
	s = day()
	s.Tiles[3].Important = true
	s.Zones = []world.Zone{zoneAt("low", "7-8", 0)}
	r = starting(t, s)
	r.put(nodes(false, "pc-02")...)
	r.pass(3 * time.Second)
	r.put(locked("cam-b"), popup("a", 90, 1))
	r.pass(time.Minute)
	r.want("a popup over the spare screen", "line@1", "map@2", "cam-a@3", "figures@5", "wide@6,7", "cam-b@8 moved")
	r.put(nodes(true, "pc-02")...)
	r.pass(time.Minute)
	r.want("back, it may", "line@1", "map@2", "cam-a@3", "cam-b@4", "figures@5", "popup:a:1@7,8 popup")

	// One that has a longer name for a namesake's sake keeps it, and goes back home.
	n := night()
	n.Tiles, n.Zones = []world.Tile{tileAt("ground", "map", "5-6"), important(tileAt("map", "camera", "3", "camera", "c"))}, nil
	r = starting(t, n)
	r.put(locked("map"))
	_ = r.show(Ask{Scene: "night", By: "Mai"})
	r.pass(time.Minute)
	r.put(nodes(false, "pc-02")...)
	r.pass(3 * time.Second)
	r.put(locked("night/map"))
	r.want("a longer name", "ground@5,6", "map@2 locked", "night/map@8 moved")
	r.put(world.TileUnlocked{Wall: "main", Tile: "map"})
	r.put(nodes(true, "pc-02")...)
	r.pass(time.Minute)
	r.want("a longer name, back", "ground@5,6", "night/map@3")
}

// A popup of which a tile is locked while it is about to give way to a more important one
// stays, though the screen it would go to is a lost computer's.
func TestLockedWhileItIsDisplaced(t *testing.T) {
	r := newRig(t, append(opening(), nodes(true, allNodes...)...)...)
	r.pass(10 * time.Second)
	r.put(popup("a", 0, 1))
	r.put(nodes(false, "pc-03")...)
	r.pass(time.Second)
	r.slow["pc-01"] = 400 * time.Millisecond
	r.put(popup("b", 1, 1), world.TileLocked{Wall: "main", Tile: "popup:a:1", By: "t"})
	r.pass(10 * time.Second)
	if p, _ := r.st.Popup("a"); p.Placed != "east" || !slices.Contains(r.shows(), "popup:a:1@3,4 popup") {
		t.Errorf("%s %v", r.popups(), r.shows())
	}
}

// A locked tile that a spare screen shows is not taken back into the dark, and nothing
// takes the screen from it while its place is dark.
func TestLockedTilesDoNotGoDark(t *testing.T) {
	s := day()
	s.Tiles[1].Important = true // map on 2; line on 1 is
	lose := func(scene world.SceneSaved, bodies ...world.Body) *rig {
		r := starting(t, scene)
		r.put(bodies...)
		r.put(nodes(false, "pc-01")...)
		r.pass(10 * time.Second)
		return r
	}

	// Another one beside it is edited, or taken out.
	for _, change := range []func(e *world.SceneSaved){
		func(e *world.SceneSaved) { e.Tiles[0].Params = []world.Param{{Key: "x", Value: "y"}} },
		func(e *world.SceneSaved) { e.Tiles = e.Tiles[1:] },
	} {
		r := lose(s, locked("line"), locked("map"))
		e := s
		e.Version, e.Tiles = 2, slices.Clone(s.Tiles)
		change(&e)
		r.put(e)
		r.pass(time.Minute)
		r.want("another is edited", "cam-a@3", "cam-b@4", "figures@5", "wide@6,7", "line@8 locked", "map@8 locked")
	}

	// A popup beside it is closed.
	z := s
	z.Zones = []world.Zone{zoneAt("west", "1", 0)}
	r := lose(z, popup("a", 50, 1), locked("popup:a:1"), locked("map"))
	r.put(world.PopupClosed{ID: "a"})
	r.pass(time.Minute)
	r.want("a popup is closed", "line@1", "cam-a@3", "cam-b@4", "figures@5", "wide@6,7", "map@8 locked", "popup:a:1@8 locked")

	// One of its two computers is back, and an alarm wants the spare screen.
	w := testWall()
	w.Screens[7].Spare, w.Screens[0].Spare = false, true
	z = day()
	z.Tiles[0].Important, z.Tiles[5].Important = false, true // wide on 6-7
	z.Zones = []world.Zone{zoneAt("west", "1", 0)}
	r = starting(t, z)
	r.put(w, locked("wide"))
	r.put(nodes(false, "pc-03")...)
	r.pass(10 * time.Second)
	r.put(nodes(false, "pc-04")...)
	r.pass(10 * time.Second)
	r.put(popup("alarm", 99, 1))
	r.put(nodes(true, "pc-03")...)
	r.pass(time.Minute)
	r.want("one of two is back", "map@2", "cam-a@3", "cam-b@4", "figures@5", "clock@8", "wide@1 moved")
}

// An alarm of which a tile is locked stays whole when locked tiles elsewhere have no place
// to go back to.
func TestLockedAlarmsStayWhole(t *testing.T) {
	r := sharingASpare(t, []world.Zone{zoneAt("south", "5-6", 0)}, popup("alarm", 99, 2), locked("popup:alarm:2"))
	r.want("edited", "line@1", "map@2", "cam-a@8 locked", "cam-b@8 locked", "popup:alarm:1@5 popup", "popup:alarm:2@6 popup")
}

// A tile of a popup that is locked while its rescue is under way comes back as large as it
// was, though the scene that comes, or the popup that was asked for anew, has it smaller.
func TestLockedWhileItIsRescued(t *testing.T) {
	r := starting(t, small())
	r.slow["pc-01"] = 300 * time.Millisecond
	r.put(popup("a", 0, 1))
	r.put(nodes(false, "pc-02")...)
	_ = r.show(Ask{Scene: "small", By: "Lan"})
	r.pass(400 * time.Millisecond)
	r.put(locked("popup:a:1"))
	r.put(nodes(true, "pc-02")...)
	r.pass(time.Minute)
	r.want("a smaller zone", "map@5,6", "popup:a:1@3,4 locked", "popup:a:2@7,8 popup")

	r = starting(t)
	r.slow["pc-01"] = 1400 * time.Millisecond
	r.put(zoned(popup("a", 50, 1), "south"))
	r.put(nodes(false, "pc-03")...)
	r.pass(700 * time.Millisecond)
	r.put(popup("a", 50, 2))
	r.pass(700 * time.Millisecond)
	r.put(locked("popup:a:1"))
	r.pass(time.Minute)
	r.put(nodes(true, "pc-03")...)
	r.pass(time.Minute)
	r.want("more tiles", "line@1", "map@2", "cam-a@3", "cam-b@4", "clock@8", "popup:a:1@5,6 popup")
}
