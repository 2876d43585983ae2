package director

import (
	"cmp"
	"maps"
	"slices"

	"iocwall/server/scene"
	"iocwall/server/world"
)

// endPopups closes what has been shown for its time, and what belongs to an alert
// that is over.
func (t *turn) endPopups() {
	for _, p := range t.popping() {
		if a, ok := t.st.Alert(p.Alert); p.Alert != "" && (!ok || !a.Open()) {
			t.say(world.PopupClosed{ID: p.ID, Why: "resolved"})
			continue
		}
		if p.Placed == "" || p.Limit <= 0 {
			continue
		}
		if end := p.Since + world.Time(p.Limit); t.now >= end {
			t.say(world.PopupClosed{ID: p.ID, Why: "limit"})
		} else {
			t.wakeAt(end)
		}
	}
}

// endLocks ends locks whose time is over, and those of tiles that are gone.
func (t *turn) endLocks() {
	for _, l := range t.st.Locks() {
		switch {
		case l.Wall != t.wall.ID:
		case l.Until != 0 && t.now >= l.Until:
			t.say(world.TileUnlocked{Wall: l.Wall, Tile: l.Tile, Why: "limit"})
		case t.wall.On.Generation != 0 && !on(t.wall.On, l.Tile) && !on(t.wall.Next, l.Tile):
			t.say(world.TileUnlocked{Wall: l.Wall, Tile: l.Tile, Why: "gone"})
		case l.Until != 0:
			t.wakeAt(l.Until)
		}
	}
}

// sweep ends what was on a wall that is gone.
func (t *turn) sweep() {
	for _, p := range t.popping() {
		t.say(world.PopupClosed{ID: p.ID, Why: "closed"})
	}
	for _, l := range t.st.Locks() {
		if l.Wall == t.wall.ID {
			t.say(world.TileUnlocked{Wall: l.Wall, Tile: l.Tile, Why: "gone"})
		}
	}
}

func on(s world.Switch, tile string) bool {
	return slices.ContainsFunc(s.Tiles, func(p world.Placed) bool { return p.ID == tile })
}

// arrange gives the popups of the wall the zones of a scene. The more important
// one has the choice, then the older one; a popup stays where it is, takes a free
// zone before one that is held, and displaces the least important one only. Zones
// over a locked tile are not given. What is not in the answer waits.
func (t *turn) arrange(sc world.SceneSaved, kept map[string]string, locked []world.Placed) map[string]string {
	var all []world.Popup
	holder := map[string]world.Popup{}
	for _, p := range t.popping() {
		if len(p.Tiles) == 0 {
			continue
		}
		all = append(all, p)
		if p.Placed != "" {
			holder[p.Placed] = p
		}
	}
	slices.SortStableFunc(all, before)
	locked = append(slices.Clip(locked), t.rescued()...)
	out := maps.Clone(kept) // they stay before anybody chooses
	for _, p := range all {
		if out[p.ID] != "" {
			continue
		}
		var fit []world.Zone
		for _, z := range sc.Zones {
			if (p.Zone == "" || p.Zone == z.ID) && p.Priority >= z.Least && !taken(out, z.ID) && free(z, locked) && scene.Seen(scene.RectOfZone(z), t.wall.Screens) > 0 {
				fit = append(fit, z)
			}
		}
		if len(fit) > 0 {
			slices.SortStableFunc(fit, func(a, b world.Zone) int { return t.prefer(p, a, b, holder, all) })
			out[p.ID] = fit[0].ID
		}
	}
	return out
}

// before orders popups: the more important first, then the older.
func before(a, b world.Popup) int {
	return cmp.Or(cmp.Compare(b.Priority, a.Priority), cmp.Compare(a.Asked, b.Asked), cmp.Compare(a.ID, b.ID))
}

// free reports whether no locked tile lies in the zone.
func free(z world.Zone, locked []world.Placed) bool {
	return !slices.ContainsFunc(locked, func(l world.Placed) bool {
		return scene.RectOfZone(z).Overlaps(scene.RectOf(l.Tile))
	})
}

// rescued returns the screens on which locked tiles of lost computers are seen, as tiles.
func (t *turn) rescued() []world.Placed {
	var out []world.Placed
	for _, l := range t.locks() {
		if l.Layer != world.LayerMoved || !mostly(scene.RectOf(t.belongs(l).Tile), t.wall.Screens, t.lost()) {
			continue
		}
		for _, s := range t.wall.Screens {
			if r := scene.RectOfScreen(s); r.Overlaps(scene.RectOf(l.Tile)) {
				l.Tile = r.Put(l.Tile)
				out = append(out, l)
			}
		}
	}
	return out
}

// prefer orders the zones that a popup may have.
func (t *turn) prefer(p world.Popup, a, b world.Zone, holder map[string]world.Popup, all []world.Popup) int {
	rank := func(z world.Zone) int {
		h, held := holder[z.ID]
		switch {
		case p.Placed == z.ID:
			return 0
		case t.dark(z):
			return 5
		case !held && !needed(z.ID, p, all):
			return 1
		case !held:
			return 2
		case h.Zone == "":
			return 3 // it may go elsewhere
		}
		return 4
	}
	if d := cmp.Compare(rank(a), rank(b)); d != 0 {
		return d
	}
	if ha, hb := holder[a.ID], holder[b.ID]; ha.ID != "" && hb.ID != "" {
		if d := before(hb, ha); d != 0 {
			return d
		}
	}
	return cmp.Compare(b.Least, a.Least) // leave the common ones to others
}

// needed reports whether another popup can have no other zone.
func needed(zone string, p world.Popup, all []world.Popup) bool {
	return slices.ContainsFunc(all, func(o world.Popup) bool { return o.ID != p.ID && o.Zone == zone })
}

// dark reports whether most of a zone lies on screens of lost computers.
func (t *turn) dark(z world.Zone) bool {
	lost := t.lost()
	return len(lost) > 0 && mostly(scene.RectOfZone(z), t.wall.Screens, lost)
}

// place says which popups have a zone now and which wait.
func (t *turn) place(places map[string]string) {
	var given []world.PopupPlaced
	for _, p := range t.popping() {
		if p.Placed == places[p.ID] {
			continue
		}
		if z := places[p.ID]; z == "" {
			t.say(world.PopupPlaced{ID: p.ID})
		} else {
			given = append(given, world.PopupPlaced{ID: p.ID, Zone: z})
		}
	}
	for _, b := range given {
		t.say(b)
	}
}
