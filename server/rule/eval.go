package rule

import (
	"math"
	"strconv"
	"strings"

	"iocwall/server/expr"
	"iocwall/server/world"
)

// subject is what a rule is evaluated for.
type subject struct {
	now   world.Time
	state *world.State
	// entity is nil, and key empty, for a rule that counts.
	entity world.Entity
	key    string
	// at is when the newest datum was true.
	at world.Time
	// learnt is when it was known, now when zero.
	learnt world.Time
	vars   expr.Vars
}

// Eval evaluates what change c may have turned true or false. st is the state
// after c. now is the server's clock and must not go back between calls; an
// earlier time counts as the latest one seen.
func (s *Set) Eval(now world.Time, st *world.State, c world.Change) []world.Observation {
	if c.Effect == world.EffectNone {
		return nil
	}
	kind := c.Ref.Kind()
	if kind == world.KindAlert {
		s.noteAlert(c)
		return nil
	}
	k := s.kinds[kind]
	if k == nil {
		return nil
	}
	now = s.advance(now)
	at := c.Event.Time
	if at == 0 || at > now {
		at = now
	}
	if c.Effect == world.EffectRemoved {
		return s.removed(k, now, at, st, c)
	}
	e, ok := st.Entity(c.Ref)
	if !ok {
		return nil
	}
	k.loader.Load(k.vars, now, st, e)
	sub := subject{now: now, state: st, entity: e, key: c.Ref.ID(), at: at, vars: k.vars}
	var out []world.Observation
	for _, r := range k.rules {
		out = s.look(out, r, sub)
	}
	return out
}

// look evaluates one rule for one entity that is there.
func (s *Set) look(out []world.Observation, r *rule, sub subject) []world.Observation {
	concerned := yes
	if r.where != nil {
		concerned = s.ask(r, r.where, sub)
	}
	if concerned == unknown {
		return out
	}
	if r.what == Count {
		return s.count(out, r, sub, concerned == yes)
	}
	h := r.held[sub.key]
	if concerned == no {
		if h != nil {
			return s.drop(out, r, h, sub.now, ReasonUnconcerned)
		}
		return out
	}
	if !r.ownValue {
		return s.judge(out, r, h, sub)
	}
	// A figure has a value of its own, which the next rule wants to find.
	was, had := sub.vars["value"]
	out = s.judge(out, r, h, sub)
	if had {
		sub.vars["value"] = was
	}
	return out
}

// load fills the variables of the rule's kind anew.
func (s *Set) load(r *rule, now world.Time, st *world.State, e world.Entity) expr.Vars {
	k := s.kinds[r.on]
	k.loader.Load(k.vars, now, st, e)
	return k.vars
}

func (s *Set) ask(r *rule, p *expr.Program, sub subject) verdict {
	b, err := s.machine.Truth(p, sub.vars)
	switch {
	case err != nil:
		s.fault(r, refOf(sub.entity), err)
		return unknown
	case b:
		return yes
	}
	return no
}

func refOf(e world.Entity) world.Ref {
	if e == nil {
		return ""
	}
	return e.Ref()
}

// count keeps a count rule's set up to date and judges it when its size changed.
func (s *Set) count(out []world.Observation, r *rule, sub subject, in bool) []world.Observation {
	_, was := r.members[sub.key]
	if in == was {
		return out
	}
	if in {
		r.members[sub.key] = struct{}{}
	} else {
		delete(r.members, sub.key)
	}
	sub.entity, sub.key, sub.vars = nil, "", nil
	return s.judge(out, r, r.held[""], sub)
}

// judge evaluates the levels of a rule and says what follows. h is nil when
// nothing is remembered.
func (s *Set) judge(out []world.Observation, r *rule, h *hold, sub subject) []world.Observation {
	if sub.learnt == 0 {
		sub.learnt = sub.now
	}
	value, ok := s.valueOf(r, &sub)
	if !ok {
		return out
	}
	fresh := h == nil
	if fresh {
		h = &r.spare
		h.key = sub.key
		for i := range h.levels {
			h.levels[i] = levelState{}
		}
	}
	var due world.Time
	for i := range r.levels {
		if t := s.stepLevel(r, &r.levels[i], &h.levels[i], sub, value); t != 0 && (due == 0 || t < due) {
			due = t
		}
	}
	if fresh {
		if due == 0 && h.worst() < 0 {
			return out
		}
		h = &hold{key: sub.key, levels: append([]levelState(nil), h.levels...)}
		r.held[sub.key] = h
	}
	out, again := s.tell(out, r, h, sub, value)
	if again != 0 && (due == 0 || again < due) {
		due = again
	}
	if due != 0 && due <= sub.now {
		due = sub.now + 1
	}
	s.arm(r, h, due)
	if h.idle() {
		delete(r.held, sub.key)
	}
	return out
}

// valueOf returns the rule's number and puts it where conditions find it. It is
// not ok when the expression failed.
func (s *Set) valueOf(r *rule, sub *subject) (float64, bool) {
	if r.what == Count {
		v := float64(len(r.members))
		sub.vars = expr.Vars{"value": v}
		return v, true
	}
	if r.value == nil {
		return math.NaN(), true
	}
	v, err := s.machine.Number(r.value, sub.vars)
	if err != nil {
		s.fault(r, refOf(sub.entity), err)
		return v, false
	}
	if r.ownValue {
		sub.vars["value"] = v
	}
	return v, true
}

func (s *Set) stepLevel(r *rule, l *level, state *levelState, sub subject, value float64) world.Time {
	if l.absent > 0 {
		return s.stepAbsence(r, l, state, sub)
	}
	holds := unknown
	if !l.onValue || !math.IsNaN(value) {
		holds = s.ask(r, l.when, sub)
	}
	clears := unknown
	switch {
	case holds == unknown:
	case l.clear == nil:
		clears = opposite(holds)
	case holds == yes:
		clears = no
	case state.active:
		clears = s.ask(r, l.clear, sub)
	}
	return state.step(sub.now, sub.at, sub.learnt, l.lasting, r.keep, holds, clears)
}

// stepAbsence holds when nothing was heard for so long. It began when the
// entity was last heard.
func (s *Set) stepAbsence(r *rule, l *level, state *levelState, sub subject) world.Time {
	heard := expr.Heard(sub.entity)
	silentAt := heard.Add(l.absent)
	if sub.now < silentAt {
		if !state.active {
			*state = levelState{}
			return silentAt
		}
		due := state.step(sub.now, sub.at, sub.learnt, 0, r.keep, no, yes)
		if due == 0 {
			return silentAt
		}
		return min(due, silentAt)
	}
	return state.step(sub.now, heard, heard, 0, r.keep, yes, no)
}

// tell raises, updates or resolves the hold's alert. It returns when a wording
// that was held back is due.
func (s *Set) tell(out []world.Observation, r *rule, h *hold, sub subject, value float64) ([]world.Observation, world.Time) {
	i := h.worst()
	switch {
	case i < 0 && h.alert != "":
		return s.resolve(out, r, h, sub.now, ReasonOver), 0
	case i < 0:
		h.muted = false
		return out, 0
	case h.muted:
		return out, 0
	}
	if h.alert == "" {
		w := s.wordsFor(r, h, i, sub, value)
		w.said.remark = remarkOn(r, sub.entity, "")
		return s.raise(out, r, h, sub, w), 0
	}
	w := words{said: h.said, value: h.value}
	// While the condition is over but kept, or nobody can tell, the last words
	// that were true stand, unless they were of a worse level: then the words are of
	// what holds now.
	switch at := h.holds(i, r.levels[i].severity != h.said.severity); {
	case at >= 0:
		w = s.wordsFor(r, h, at, sub, value)
		w.said.remark = remarkOn(r, sub.entity, "")
	default:
		w.said.remark = remarkOn(r, sub.entity, w.said.remark)
	}
	w.said.severity, w.said.at = r.levels[i].severity, sub.now
	if w.said.same(h.said) {
		return out, 0
	}
	urgent := w.said.severity != h.said.severity || w.said.remark != h.said.remark
	if next := h.said.at.Add(updateGap); !urgent && sub.now < next {
		return out, next
	}
	h.said, h.value = w.said, w.value
	return append(out, world.Observation{Time: sub.now, Body: world.AlertUpdated{
		ID: h.alert, Severity: w.said.severity, Title: w.said.title, Text: w.said.body(), Value: w.value,
		Unit: w.said.unit, Limit: w.said.bound(), Where: w.said.where,
	}}), 0
}

func (s *Set) raise(out []world.Observation, r *rule, h *hold, sub subject, w words) []world.Observation {
	since := h.since()
	b := world.AlertRaised{
		ID: s.alertID(r, h, since, sub.state), Rule: r.id, Severity: w.said.severity,
		Title: w.said.title, Text: w.said.body(), Instruction: w.instruction,
		Area: r.area, Since: since, Value: w.value, Show: r.show,
		Called: r.called, Unit: w.said.unit, Limit: w.said.bound(), Where: w.said.where,
	}
	if e := sub.entity; e != nil {
		b.About = e.Ref()
		b.Pos, b.Placed = e.Place()
		if b.Area == "" {
			b.Area = e.In()
		}
	}
	h.alert, h.said, h.value = b.ID, w.said, w.value
	s.open[b.ID] = opened{r, h}
	return append(out, world.Observation{Time: sub.now, Body: b})
}

// alertID names an alert by rule, conditions, entity and the instant it began.
// Two alerts can begin at one instant when a source corrects itself; the later
// one gets a number.
func (s *Set) alertID(r *rule, h *hold, since world.Time, st *world.State) string {
	base := r.prefix() + h.ref(r) + "/" + strconv.FormatInt(int64(since), 10)
	id := base
	for n := 2; ; n++ {
		if _, used := st.Alert(id); !used && id != h.last {
			return id
		}
		id = base + "." + strconv.Itoa(n)
	}
}

// prefix begins the ids of the rule's alerts.
func (r *rule) prefix() string { return r.id + "~" + r.print + "/" }

func (h *hold) ref(r *rule) string {
	if r.what == Count {
		return r.on + "/*"
	}
	return r.on + "/" + h.key
}

func (s *Set) resolve(out []world.Observation, r *rule, h *hold, now world.Time, reason string) []world.Observation {
	out = append(out, world.Observation{Time: now, Body: world.AlertResolved{ID: h.alert, Reason: reason}})
	delete(s.open, h.alert)
	h.last, h.alert, h.said, h.value = h.alert, "", said{}, nil
	// The id stays known until the alert is surely in the state.
	s.arm(r, h, now.Add(updateGap))
	return out
}

// drop forgets a hold and resolves its alert.
func (s *Set) drop(out []world.Observation, r *rule, h *hold, now world.Time, reason string) []world.Observation {
	for i := range h.levels {
		h.levels[i] = levelState{}
	}
	h.muted = false
	if h.alert != "" {
		out = s.resolve(out, r, h, now, reason)
	}
	if h.idle() {
		delete(r.held, h.key)
	}
	return out
}

// removed handles an entity that left the state. What fell silent or found no
// room keeps its alert, which says so; what was closed or taken out of the
// configuration does not.
func (s *Set) removed(k *kindRules, now, at world.Time, st *world.State, c world.Change) []world.Observation {
	var out []world.Observation
	id := c.Ref.ID()
	gone, _ := c.Event.Body.(world.EntityGone)
	silent := gone.Reason == "silent" || gone.Reason == "no room"
	for _, r := range k.rules {
		if r.what == Count {
			out = s.count(out, r, subject{now: now, state: st, key: id, at: at}, false)
			continue
		}
		h := r.held[id]
		switch {
		case h == nil:
		case !silent || h.alert == "":
			out = s.drop(out, r, h, now, ReasonEntityGone)
		case !strings.HasPrefix(h.said.remark, remarkGone):
			out = s.tellGone(out, r, h, now)
		}
	}
	return out
}

// noteAlert takes notice of an alert that somebody else resolved.
func (s *Set) noteAlert(c world.Change) {
	b, ok := c.Event.Body.(world.AlertResolved)
	if !ok || c.Event.Source == Source {
		return
	}
	if o, ours := s.open[b.ID]; ours {
		delete(s.open, b.ID)
		o.hold.last, o.hold.alert, o.hold.muted = o.hold.alert, "", true
	}
}
