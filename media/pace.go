package media

import "time"

// How a camera goes to a smaller stream while pictures come late, and back.
const (
	stepAfter = 3 * time.Second  // pictures must be late for so long
	stepBack  = time.Minute      // and be on time for so long before the better stream is tried again
	stepMax   = 16 * time.Minute // the wait doubles up to this when the better stream was late again at once
	// When this computer is overloaded, cameras step one after the other: the first may be enough.
	paceDown = 2 * time.Second
	paceUp   = 10 * time.Second
)

// pacing spaces the steps of all cameras of a deck.
type pacing struct{ down, up time.Time }

// pace decides how many streams below the wanted one a camera is played.
type pace struct {
	level int
	late  time.Time     // since when pictures are late, zero when they are not
	well  time.Time     // since when they are on time at this level
	back  time.Time     // when the better stream was last gone back to
	wait  time.Duration // how long they must be on time before going back
}

// step notes how pictures come now; can says whether there is a smaller stream. It reports whether the level changed.
func (c *pace) step(now time.Time, late, live, can bool, all *pacing) bool {
	if !late {
		c.late = time.Time{}
	} else if c.late.IsZero() {
		c.late = now
	}
	if !live {
		c.well = time.Time{}
	} else if c.well.IsZero() {
		c.well = now
	}
	c.wait = max(c.wait, stepBack)
	switch {
	case late && can && now.Sub(c.late) >= stepAfter && now.Sub(all.down) >= paceDown:
		if !c.back.IsZero() && now.Sub(c.back) < 2*stepBack {
			c.wait = min(2*c.wait, stepMax)
		} else {
			c.wait = stepBack
		}
		all.down = now
		c.level++
		c.late, c.well = time.Time{}, time.Time{}
		return true
	case c.level > 0 && live && now.Sub(c.well) >= c.wait && now.Sub(all.up) >= paceUp:
		all.up = now
		c.level--
		c.back, c.late, c.well = now, time.Time{}, time.Time{}
		return true
	}
	return false
}
