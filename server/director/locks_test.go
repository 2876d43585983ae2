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
