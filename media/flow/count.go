package flow

import (
	"time"

	"iocwall/media/rtsp"
)

const (
	// spell is for how long units are looked at together to tell whether they wait.
	spell = 30 * time.Second
	// countShare is by how much time stamps run away at least, as a share of the time, that count pictures and tell no time.
	// What creeps up more slowly may be held back by something that does not look at sizes.
	countShare = 0.02
	// calmSpells is after how many spells without a queue what is left of one is of no use any more: the session is ended.
	// Time stamps that ran away in none of oddSpells are believed again.
	calmSpells = 4
	oddSpells  = 120
	// hiddenQueue is how late units are called that wait, while nothing tells how long.
	hiddenQueue = 2 * time.Second
)

// count follows time stamps that count pictures, while the camera makes more or fewer in a second: by these it comes later
// and later, or earlier, at no rate that could be known, but spell for spell it is seen by the sizes that nothing waits. It
// is for one session.
type count struct {
	begun   time.Time     // when the spell began, zero: there was none
	last    time.Time     // arrival
	due     time.Duration // how long it is to be
	bulk    bulk
	behind  time.Duration // when the spell began
	early   time.Duration
	calm    int           // spells without a queue, up to the last one
	ran     bool          // and in the last one time stamps ran away
	odd     int           // spells since time stamps ran away
	reserve time.Duration // by so much; it is forgiven after the next one: a queue may have begun to fill
	hidden  bool          // there is a queue, of any length
}

// note notes a unit.
func (c *count) note(u rtsp.Unit, l *Lateness, s *Stamps) {
	if c.begun.IsZero() {
		*c = count{begun: u.Arrived, last: u.Arrived, due: spell, behind: l.behind, early: l.early}
		if s.counts() && !s.waits() {
			c.calm = 1
		}
		return
	}
	c.bulk.note(u.Size, u.Arrived.Sub(c.last))
	c.last = u.Arrived
	took := u.Arrived.Sub(c.begun)
	if took < c.due {
		return
	}
	why := c.bulk.cause()
	if why == stamped && !c.bulk.varies() {
		why = unclear
	}
	if why == unclear && c.due == spell {
		c.due = 2 * spell
		return
	}
	c.judge(why, took, l, s)
	c.begun, c.due, c.bulk, c.behind, c.early = u.Arrived, spell, bulk{}, l.behind, l.early
}

// judge ends a spell that took so long.
func (c *count) judge(why cause, took time.Duration, l *Lateness, s *Stamps) {
	s.setWaits(why == queued)
	if why != stamped {
		c.hidden = c.hidden || why == queued && s.counts()
		c.calm, c.ran, c.reserve = 0, false, 0
		return
	}
	more, less := max(0, l.behind-c.behind), l.early-c.early
	ran := float64(max(more, less)) > countShare*float64(took)
	switch {
	case c.ran && ran:
		s.setCounts(true)
	case ran:
		c.odd = 0
	case c.odd == oddSpells:
		s.setCounts(false)
	default:
		c.odd++
	}
	if s.counts() {
		l.forgive(c.reserve)
	}
	c.calm++
	c.ran, c.reserve, c.hidden = ran, more, false
}

// late returns how late a unit is that is so late by its time stamps, and whether it is so for no reason any more.
func (c *count) late(behind time.Duration, s *Stamps) (late time.Duration, over bool) {
	if c.calm > 0 && s.counts() {
		behind = max(0, min(behind, c.behind-c.reserve))
		over = c.calm > calmSpells && behind > 2*unrest
	}
	if c.hidden || c.calm > 0 && s.counts() && c.due > spell {
		behind = max(behind, hiddenQueue)
	}
	return behind, over
}
