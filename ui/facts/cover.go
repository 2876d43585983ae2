package facts

import (
	"time"

	"iocwall/server/world"
	"iocwall/ui/tile"
)

// Cover adds what lies over a tile of a wall: its lock, the pop-up it belongs to,
// the computer it stood in for.
func Cover(c *tile.Cover, s *world.State, wall string, p world.Placed) {
	if l, locked := s.Lock(wall, p.ID); locked {
		c.LockedBy = l.Name
		if l.Until != 0 {
			c.LockedUntil = l.Until.Std()
		}
	}
	switch p.Layer {
	case world.LayerPopup:
		c.Popup = popup(s, p)
	case world.LayerMoved:
		c.Moved = p.From
	}
}

// popup is the pop-up that a tile belongs to, nil when that has ended: the tile
// goes with the next change of the wall.
func popup(s *world.State, p world.Placed) *tile.Popup {
	pop, ok := s.Popup(p.From)
	if !ok {
		return nil
	}
	out := &tile.Popup{Title: pop.Title}
	if a, ok := s.Alert(pop.Alert); ok {
		out.Severity, out.Title = a.Severity, a.Title
	}
	if pop.Limit > 0 && pop.Placed != "" {
		out.Until = pop.Since.Std().Add(time.Duration(pop.Limit) * time.Millisecond)
	}
	return out
}
