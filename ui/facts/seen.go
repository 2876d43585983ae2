package facts

import (
	"slices"
	"strings"

	"iocwall/server/world"
	"iocwall/ui/tile"
)

// Seen gathers how fresh the tiles of a computer are and remembers since when. The
// zero value has seen nothing.
type Seen struct {
	now  map[string]tile.Health
	last map[string]world.TileSeen
}

// Add takes what one part of a tile says; the worst part counts.
func (s *Seen) Add(id string, h tile.Health) {
	if s.now == nil {
		s.now = map[string]tile.Health{}
	}
	if was, there := s.now[id]; !there || h.Worse(was) {
		s.now[id] = h
	}
}

// Tiles returns what was added since the last call, by the tiles' ids. A tile that
// does not tell since when it is as it is has been so since it was first seen to be.
func (s *Seen) Tiles(now world.Time) []world.TileSeen {
	out := make([]world.TileSeen, 0, len(s.now))
	for id, h := range s.now {
		t := world.TileSeen{Tile: id, State: string(h.State), Reason: h.Reason, Since: now}
		was, known := s.last[id]
		switch same := known && was.State == t.State && was.Reason == t.Reason; {
		case same:
			t.Since = was.Since
		case !h.Since.IsZero():
			t.Since = world.TimeOf(h.Since)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b world.TileSeen) int { return strings.Compare(a.Tile, b.Tile) })
	s.now, s.last = nil, map[string]world.TileSeen{}
	for _, t := range out {
		s.last[t.Tile] = t
	}
	return out
}
