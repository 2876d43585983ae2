package stage

import (
	"context"
	"fmt"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/world"
)

const (
	// longestLock bounds a lock with an end, in minutes: a week.
	longestLock = 7 * 24 * 60
	mostLocks   = 500
)

// lock keeps a tile, or all tiles on a screen, where they are.
func (s *Stage) lock(ctx context.Context, id auth.Identity, a act.LockTile) (Done, error) {
	if err := first(
		oneOf(a.Tile, a.Screen),
		text("the note", a.Note, longestName),
		within("the minutes", float64(a.Minutes), 0, longestLock),
	); err != nil {
		return Done{}, err
	}
	var note string
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		w, err := wallOf(st, a.Wall)
		if err != nil {
			return nil, err
		}
		tiles, err := chosen(w, standing(st, w), a.Tile, a.Screen)
		if err != nil {
			return nil, err
		}
		var out []world.Observation
		var others []string
		for _, t := range tiles {
			if err := lockable(t); err != nil {
				return nil, err
			}
			if l, there := st.Lock(w.ID, t.ID); there && l.By != id.Token {
				others = append(others, fmt.Sprintf("%s by %s", t.ID, l.Name))
				continue
			}
			b := world.TileLocked{Wall: w.ID, Tile: t.ID, By: id.Token, Name: id.Name, Note: a.Note}
			if a.Minutes > 0 {
				b.Until = now + world.Time(a.Minutes)*60_000
			}
			out = append(out, world.Observation{Time: now, Body: b})
		}
		switch {
		case len(out) == 0:
			return nil, refuse("lock.taken", "locked already: {list}", "list", list(others))
		case st.Count(world.KindLock)+len(out) > mostLocks:
			return nil, refuse("lock.many", "there are {n} locks already; end one that is not needed", "n", st.Count(world.KindLock))
		case len(others) > 0:
			note = "locked already: " + list(others)
		}
		return out, nil
	}, nil)
	return Done{Seq: seq, Note: note}, err
}

// unlock ends locks of the sender's; an administrator ends any.
func (s *Stage) unlock(ctx context.Context, id auth.Identity, a act.UnlockTile) (Done, error) {
	if err := oneOf(a.Tile, a.Screen); err != nil {
		return Done{}, err
	}
	var note string
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		w, err := wallOf(st, a.Wall)
		if err != nil {
			return nil, err
		}
		tiles := []world.Placed{{Tile: world.Tile{ID: a.Tile}}} // it may have left the wall
		if a.Tile == "" {
			if tiles, err = chosen(w, standing(st, w), "", a.Screen); err != nil {
				return nil, err
			}
		}
		var out []world.Observation
		var others []string
		for _, t := range tiles {
			l, there := st.Lock(w.ID, t.ID)
			switch {
			case !there:
			case l.By != id.Token && id.Role != auth.Administrator:
				others = append(others, fmt.Sprintf("%s is locked by %s", t.ID, l.Name))
			default:
				out = append(out, world.Observation{Time: now, Body: world.TileUnlocked{Wall: w.ID, Tile: t.ID, By: id.Name}})
			}
		}
		switch {
		case len(out) == 0 && len(others) > 0:
			return nil, refuse("lock.others", "{list}; only who locked it or an administrator may unlock it", "list", list(others))
		case len(out) == 0:
			return nil, refuse("lock.none", "nothing is locked there")
		case len(others) > 0:
			note = list(others)
		}
		return out, nil
	}, nil)
	return Done{Seq: seq, Note: note}, err
}

// oneOf checks that either a tile or a screen is named.
func oneOf(tile string, screen int) error {
	if (tile == "") == (screen == 0) {
		return refuse("lock.which", "name either a tile or a screen")
	}
	return nil
}

// lockable says why a tile cannot be locked, nil when it can.
func lockable(t world.Placed) error {
	if t.Layer == world.LayerTest {
		return refuse("lock.test", "the wall shows a test picture; end it first")
	}
	return nil
}

// standing returns the tiles on a wall; a wall without a generation shows its
// scene as it was saved.
func standing(st *world.State, w world.Wall) []world.Placed {
	if w.On.Generation != 0 {
		return w.On.Tiles
	}
	sc, _ := st.Scene(w.Shown.Scene)
	out := make([]world.Placed, 0, len(sc.Tiles))
	for _, t := range sc.Tiles {
		out = append(out, world.Placed{Tile: t, Layer: world.LayerScene, From: sc.ID, By: w.Shown.By, Why: w.Shown.Why, Since: w.Since})
	}
	return out
}

// chosen returns the tile of that id, or all tiles on the screen.
func chosen(w world.Wall, tiles []world.Placed, id string, screen int) ([]world.Placed, error) {
	if id != "" {
		for _, t := range tiles {
			if t.ID == id {
				return []world.Placed{t}, nil
			}
		}
		return nil, refuse("wall.tile", "the wall {wall} shows no tile \"{tile}\"", "wall", w.ID, "tile", clip(id))
	}
	sc, ok := screenOf(w.WallDefined, screen)
	if !ok {
		return nil, refuse("wall.screen", "the wall {wall} has no screen {screen}", "wall", w.ID, "screen", screen)
	}
	var out []world.Placed
	for _, t := range tiles {
		if on(sc, t.Tile) {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, refuse("screen.empty", "screen {screen} shows no tile", "screen", screen)
	}
	return out, nil
}

// screenOf returns the screen of that number.
func screenOf(w world.WallDefined, id int) (world.Screen, bool) {
	for _, sc := range w.Screens {
		if sc.ID == id {
			return sc, true
		}
	}
	return world.Screen{}, false
}
