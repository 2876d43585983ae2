package rule

import (
	"cmp"
	"slices"
	"strings"

	"iocwall/server/expr"
	"iocwall/server/world"
)

// Resume makes the set's memory agree with the state: at start, and after a
// reload that did not Take the old set. Open alerts in the state are taken
// over; conditions that hold begin to count from the time of the entity's
// newest datum. It returns what follows at once: alerts of rules that are gone
// or whose conditions were changed resolve, conditions that turned true or false
// while nobody looked raise and resolve.
func (s *Set) Resume(now world.Time, st *world.State) []world.Observation {
	now = s.advance(now)
	for _, r := range s.rules {
		clear(r.held)
		clear(r.members)
	}
	clear(s.open)
	s.clocks = nil
	out := s.adopt(now, st)
	return s.survey(out, s.rules, now, st)
}

// Take carries the memory of rules that are the same over from old, the set in
// use until now, then does what Resume does for the others. old must not be
// used any more.
func (s *Set) Take(old *Set, now world.Time, st *world.State) []world.Observation {
	now = s.advance(max(now, old.now))
	before := map[string]*rule{}
	for _, r := range old.rules {
		before[r.id+"~"+r.print] = r
	}
	var taken, others []*rule
	for _, r := range s.rules {
		if was := before[r.id+"~"+r.print]; was != nil {
			r.held, r.members = was.held, was.members
			taken = append(taken, r)
			continue
		}
		others = append(others, r)
	}
	for _, r := range taken {
		for _, h := range r.held {
			h.due = 0
			if h.alert != "" {
				s.open[h.alert] = opened{r, h}
			}
		}
	}
	out := s.adopt(now, st)
	for _, r := range taken {
		out = s.rewake(out, r, now, st)
	}
	return s.survey(out, others, now, st)
}

// adopt takes over the open alerts that rules of this set have raised, and
// resolves those whose rule is gone. Alerts that no rule has raised are left.
func (s *Set) adopt(now world.Time, st *world.State) []world.Observation {
	var open []world.Alert
	for e := range st.Entities(world.KindAlert) {
		if a, ok := e.(world.Alert); ok && a.Open() && strings.HasPrefix(a.ID, a.Rule+"~") {
			open = append(open, a)
		}
	}
	slices.SortFunc(open, func(a, b world.Alert) int { return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.ID, b.ID)) })
	var out []world.Observation
	end := func(a world.Alert, reason string) {
		out = append(out, world.Observation{Time: now, Body: world.AlertResolved{ID: a.ID, Reason: reason}})
	}
	for _, a := range open {
		if _, known := s.open[a.ID]; known {
			continue
		}
		i := slices.IndexFunc(s.rules, func(r *rule) bool { return r.id == a.Rule })
		switch {
		case i < 0:
			end(a, ReasonRuleGone)
		case !strings.HasPrefix(a.ID, s.rules[i].prefix()):
			end(a, ReasonRuleChanged)
		default:
			r := s.rules[i]
			if r.held[a.About.ID()] != nil {
				end(a, ReasonOver) // one condition has one alert
				continue
			}
			h := r.holdOf(a)
			r.held[h.key] = h
			s.open[a.ID] = opened{r, h}
		}
	}
	return out
}

// holdOf remembers an alert as if it had been raised just now.
func (r *rule) holdOf(a world.Alert) *hold {
	h := &hold{
		key: a.About.ID(), alert: a.ID, levels: make([]levelState, len(r.levels)), value: a.Value,
		said: said{severity: a.Severity, title: a.Title, at: a.Updated},
	}
	h.said.text, h.said.remark = withoutRemark(a.Text)
	h.said.unit, h.said.where = a.Unit, a.Where
	if a.Limit != nil {
		h.said.limit, h.said.limited = *a.Limit, true
	}
	for i := range h.levels {
		if r.levels[i].severity.Rank() <= a.Severity.Rank() {
			h.levels[i] = levelState{active: true, since: a.Since, began: a.Since}
		}
	}
	return h
}

// survey looks at every entity anew, for the rules given.
func (s *Set) survey(out []world.Observation, rules []*rule, now world.Time, st *world.State) []world.Observation {
	for _, kind := range expr.Kinds() {
		var mine []*rule
		for _, r := range rules {
			if r.on == kind {
				mine = append(mine, r)
			}
		}
		if len(mine) == 0 {
			continue
		}
		newest := map[*rule]world.Time{}
		for _, e := range entities(st, kind) {
			heard := heardBefore(expr.Heard(e.entity), now)
			sub := subject{now: now, state: st, entity: e.entity, key: e.key, at: heard, learnt: heard, vars: s.load(mine[0], now, st, e.entity)}
			for _, r := range mine {
				if r.what != Count {
					out = s.look(out, r, sub)
				} else if r.where == nil || s.ask(r, r.where, sub) == yes {
					r.members[e.key] = struct{}{}
					newest[r] = max(newest[r], heard)
				}
			}
		}
		for _, r := range mine {
			if r.what == Count {
				at := heardBefore(newest[r], now)
				out = s.judge(out, r, r.held[""], subject{now: now, state: st, at: at, learnt: at})
			}
		}
	}
	return out
}

// rewake sets the clocks of a rule whose memory was carried over, and says its
// words anew if they have changed.
func (s *Set) rewake(out []world.Observation, r *rule, now world.Time, st *world.State) []world.Observation {
	keys := make([]string, 0, len(r.held))
	for key := range r.held {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		h := r.held[key]
		if r.what == Count {
			out = s.judge(out, r, h, subject{now: now, state: st, at: now})
			continue
		}
		e, there := st.Entity(world.NewRef(r.on, key))
		if !there {
			out = s.tickGone(out, r, h, now)
			continue
		}
		out = s.look(out, r, subject{now: now, state: st, entity: e, key: key, at: now, vars: s.load(r, now, st, e)})
	}
	return out
}

func heardBefore(t, now world.Time) world.Time {
	if t == 0 || t > now {
		return now
	}
	return t
}

type keyed struct {
	key    string
	entity world.Entity
}

// entities returns the entities of the kind by id.
func entities(st *world.State, kind string) []keyed {
	all := make([]keyed, 0, st.Count(kind))
	for e := range st.Entities(kind) {
		all = append(all, keyed{e.Ref().ID(), e})
	}
	slices.SortFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	return all
}
