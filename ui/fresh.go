package ui

import (
	"slices"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/facts"
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
	seen       facts.Seen
}

// tellFresh tells the server how fresh the tiles are, when that has changed.
func (u *UI) tellFresh(now time.Time) {
	f, show := &u.fresh, u.glass.stage.Shown()
	if !u.model.link.Up {
		f.told = nil // what was on its way may be lost
	}
	if u.o.Mode != Node || !show.There || !u.model.link.Up || now.Sub(f.at) < freshGap || !u.drives(show.Wall) {
		return
	}
	seen := u.seen(now)
	if f.generation == show.Generation && f.told != nil && slices.Equal(seen, f.told) {
		return
	}
	f.told, f.generation, f.at = seen, show.Generation, now
	u.tell("tiles", act.ReportTiles{Seen: world.TilesSeen{Node: u.o.Name, Wall: show.Wall, Generation: show.Generation, Tiles: seen}})
}

// seen is what the tiles of all windows say, each tile once: the worst of its parts.
func (u *UI) seen(now time.Time) []world.TileSeen {
	for _, s := range u.face.surfaces() {
		for _, sl := range s.slots {
			c, says := sl.content.(healthy)
			if _, on := u.glass.placed[sl.tile.ID]; !says || !on {
				continue
			}
			h := tile.Health{State: tile.Broken, Reason: u.lang.T("tile.broken")}
			_ = tile.Safe(u.log, sl.tile.Kind, func() { h = c.Health(now) })
			u.fresh.seen.Add(sl.tile.ID, h)
		}
	}
	return u.fresh.seen.Tiles(world.TimeOf(u.model.serverTime(now)))
}
