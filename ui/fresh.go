package ui

import (
	"slices"
	"strings"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/tile"
)

// freshGap is the least time between two words on how fresh the tiles are.
const freshGap = 2 * time.Second

// healthy is a content that says how fresh it is.
type healthy interface {
	Health(now time.Time) tile.Health
}

// fresh is what was last told of the tiles of this computer's screens.
type fresh struct {
	told       []world.TileSeen
	generation uint64
	at         time.Time
	// since is when a tile's state began that does not tell itself.
	since map[string]world.TileSeen
}

// tellFresh tells the server how fresh the tiles are, when that has changed.
func (u *UI) tellFresh(now time.Time) {
	f, show := &u.fresh, u.glass.stage.Shown()
	if u.o.Mode != Node || !show.There || !u.model.link.Up || now.Sub(f.at) < freshGap || !u.drives(show.Wall) {
		return
	}
	seen := u.seen(now)
	if f.generation == show.Generation && slices.Equal(seen, f.told) {
		return
	}
	f.told, f.generation, f.at = seen, show.Generation, now
	u.tell("tiles", act.ReportTiles{Seen: world.TilesSeen{Node: u.o.Name, Wall: show.Wall, Generation: show.Generation, Tiles: seen}})
}

// seen is what the tiles of all windows say, each tile once: the worst of its parts.
func (u *UI) seen(now time.Time) []world.TileSeen {
	worst := map[string]tile.Health{}
	for _, s := range u.face.surfaces() {
		for _, sl := range s.slots {
			c, says := sl.content.(healthy)
			if _, on := u.glass.placed[sl.tile.ID]; !says || !on {
				continue
			}
			var h tile.Health
			if err := tile.Safe(u.log, sl.tile.Kind, func() { h = c.Health(now) }); err != nil {
				h = tile.Health{State: tile.Broken, Reason: u.lang.T("tile.broken")}
			}
			if was, there := worst[sl.tile.ID]; !there || h.Worse(was) {
				worst[sl.tile.ID] = h
			}
		}
	}
	out := make([]world.TileSeen, 0, len(worst))
	for id, h := range worst {
		out = append(out, u.fresh.begun(id, h, world.TimeOf(u.model.serverTime(now))))
	}
	slices.SortFunc(out, func(a, b world.TileSeen) int { return strings.Compare(a.Tile, b.Tile) })
	f := map[string]world.TileSeen{}
	for _, t := range out {
		f[t.Tile] = t
	}
	u.fresh.since = f
	return out
}

// begun says since when a tile is as it is: by its own word, or since it was first
// seen to be so.
func (f *fresh) begun(id string, h tile.Health, now world.Time) world.TileSeen {
	t := world.TileSeen{Tile: id, State: string(h.State), Reason: h.Reason, Since: now}
	was, known := f.since[id]
	switch same := known && was.State == t.State && was.Reason == t.Reason; {
	case same:
		t.Since = was.Since
	case !h.Since.IsZero():
		t.Since = world.TimeOf(h.Since)
	}
	return t
}
