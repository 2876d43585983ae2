package rule

import (
	"cmp"
	"container/heap"

	"iocwall/server/world"
)

// clock wakes one hold. It counts only while the hold still waits for just that
// time; others are passed over.
type clock struct {
	at   world.Time
	rule *rule
	key  string
}

// clocks is a heap by time, then by place in the file, then by entity, so that
// what falls due together is done in the same order every time.
type clocks []clock

func (c clocks) Len() int { return len(c) }

func (c clocks) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(c[i].at, c[j].at), cmp.Compare(c[i].rule.index, c[j].rule.index), cmp.Compare(c[i].key, c[j].key)) < 0
}

func (c clocks) Swap(i, j int) { c[i], c[j] = c[j], c[i] }

// Push adds x for package heap.
func (c *clocks) Push(x any) { *c = append(*c, x.(clock)) }

// Pop removes the last for package heap.
func (c *clocks) Pop() any {
	last := len(*c) - 1
	x := (*c)[last]
	(*c)[last] = clock{}
	*c = (*c)[:last]
	return x
}

// arm makes the hold be looked at again at the time. A hold that waits for an
// earlier time keeps it: it is looked at then and armed anew, so that data that
// comes often costs no clock each time.
func (s *Set) arm(r *rule, h *hold, at world.Time) {
	if at == 0 || h.due != 0 && h.due <= at {
		return
	}
	h.due = at
	heap.Push(&s.clocks, clock{at: at, rule: r, key: h.key})
}

// head returns the first clock that counts, and drops those before it.
func (s *Set) head() (clock, *hold, bool) {
	for len(s.clocks) > 0 {
		c := s.clocks[0]
		if h := c.rule.held[c.key]; h != nil && h.due == c.at {
			return c, h, true
		}
		heap.Pop(&s.clocks)
	}
	return clock{}, nil, false
}

// Next returns when Tick has something to do, zero when nothing waits.
func (s *Set) Next() world.Time {
	c, _, _ := s.head()
	return c.at
}

// Tick does what time alone brings about: a "for:" that ran out, silence that
// lasted, a "keep:" that is over, a wording that was held back.
func (s *Set) Tick(now world.Time, st *world.State) []world.Observation {
	now = s.advance(now)
	var out []world.Observation
	for {
		c, h, ok := s.head()
		if !ok || c.at > now {
			return out
		}
		heap.Pop(&s.clocks)
		h.due = 0
		if c.rule.what == Count {
			out = s.judge(out, c.rule, h, subject{now: now, state: st, at: now})
			continue
		}
		e, there := st.Entity(world.NewRef(c.rule.on, c.key))
		if !there {
			out = s.tickGone(out, c.rule, h, now)
			continue
		}
		vars := s.load(c.rule, now, st, e)
		out = s.look(out, c.rule, subject{now: now, state: st, entity: e, key: c.key, at: now, vars: vars})
	}
}

// tickGone is Tick for an entity that left the state: what was pending is over,
// an alert stays, unless its condition was over before the entity left.
func (s *Set) tickGone(out []world.Observation, r *rule, h *hold, now world.Time) []world.Observation {
	for i := range h.levels {
		l := &h.levels[i]
		if !l.active {
			*l = levelState{}
			continue
		}
		s.arm(r, h, l.step(now, now, now, 0, r.keep, unknown, unknown))
	}
	if h.alert != "" && h.worst() < 0 {
		out = s.resolve(out, r, h, now, ReasonOver)
	}
	if h.idle() {
		delete(r.held, h.key)
	}
	return out
}
