package rule

import (
	"time"

	"iocwall/server/expr"
	"iocwall/server/world"
)

// rule is a compiled rule with what it remembers.
type rule struct {
	id, on string
	// called is the name for people, empty for none.
	called string
	what   What
	line   int
	index  int
	// print tells whether a rule of the same id has the same conditions.
	print string

	where *expr.Program
	// value is the number the alert carries and conditions may name.
	value *expr.Program
	// ownValue: the rule names its value itself, rather than the entity.
	ownValue bool
	levels   []level
	// unit is that of the value as the rule says it; else quantity is what the value
	// is a reading of, empty for none.
	unit, quantity string
	// fenced: the rule is about fences, so its alerts say which.
	fenced bool
	keep   time.Duration
	area   string
	// show is what of its alerts pops up on walls, nil for nothing.
	show *world.AlertShow

	title, text template
	instruction []template
	words       *expr.Loader
	// tellsAge: the rule is about silence itself, so its alert needs no remark
	// on stale data.
	tellsAge bool

	held map[string]*hold
	// spare is where a hold is tried out before it is worth keeping.
	spare hold
	// members are the entities a count rule counts.
	members map[string]struct{}
}

// level is one severity of a rule. A rule without levels has one.
type level struct {
	name        string
	severity    world.Severity
	when, clear *expr.Program
	// onValue: a condition names the value, so that without one it says nothing.
	onValue bool
	// limit is what when: compares the value with, nil for nothing.
	limit       *expr.Program
	absent      time.Duration
	lasting     time.Duration
	title, text *template
}

// hold is what a rule remembers of one entity; a rule that counts has one hold
// with the empty key.
type hold struct {
	key    string
	levels []levelState
	// alert is the open alert's id, empty when there is none; last the id of the
	// one before.
	alert, last string
	said        said
	value       *float64
	// muted: somebody else resolved the alert; it is not raised again before the
	// condition was over.
	muted bool
	// due is when the hold's clock goes off, zero when none runs.
	due world.Time
}

// levelState is where one level stands. The condition holds since the datum of
// time since, learnt at began; over is when it was found no longer to hold.
type levelState struct {
	active             bool
	since, began, over world.Time
	// open: the last look could not tell whether the condition holds.
	open bool
}

// said is what the open alert says.
type said struct {
	severity    world.Severity
	title, text string
	// remark follows the text: that the data are old, or that there are none.
	remark string
	// unit, limit and where are as in world.AlertRaised; limited: there is one.
	unit, where string
	limit       float64
	limited     bool
	at          world.Time
}

func (s said) body() string { return join(s.text, s.remark) }

// bound is the limit as events carry it.
func (s said) bound() *float64 {
	if !s.limited {
		return nil
	}
	return &s.limit
}

// same reports whether two wordings are the same.
func (s said) same(t said) bool {
	s.at = t.at
	return s == t
}

// verdict is the answer of a condition.
type verdict int

const (
	unknown verdict = iota
	no
	yes
)

func opposite(v verdict) verdict {
	switch v {
	case yes:
		return no
	case no:
		return yes
	}
	return unknown
}

// step moves the level on. at is when the datum was true, learnt when it was
// known; holds and clears are what the conditions say. It returns when time
// alone will change it, zero for never.
func (l *levelState) step(now, at, learnt world.Time, lasting, keep time.Duration, holds, clears verdict) world.Time {
	l.open = holds == unknown
	if !l.active {
		switch holds {
		case no:
			*l = levelState{}
		case yes:
			if l.began == 0 {
				l.since, l.began = at, learnt
			}
		case unknown:
		}
		if l.began == 0 {
			return 0
		}
		if due := l.began.Add(lasting); now < due {
			return due
		}
		l.active = true
	}
	switch clears {
	case no:
		l.over = 0
	case yes:
		if l.over == 0 {
			l.over = learnt
		}
	case unknown:
	}
	if l.over == 0 {
		return 0
	}
	if due := l.over.Add(keep); now < due {
		return due
	}
	*l = levelState{}
	return 0
}

// worst returns the highest active level, -1 when none is.
func (h *hold) worst() int {
	for i := len(h.levels) - 1; i >= 0; i-- {
		if h.levels[i].active {
			return i
		}
	}
	return -1
}

// holds returns the level whose words are true while level i is the worst active
// one: i itself while its condition holds. Otherwise the words said before stand, -1,
// unless others are asked for and it is known how things are: then it is the worst
// level whose condition holds, or i, which is over but kept.
func (h *hold) holds(i int, other bool) int {
	if l := h.levels[i]; l.over == 0 && !l.open {
		return i
	} else if !other || l.open {
		return -1
	}
	for j := i - 1; j >= 0; j-- {
		if l := h.levels[j]; l.active && l.over == 0 && !l.open {
			return j
		}
	}
	return i
}

// since returns when the first of the active levels began to hold.
func (h *hold) since() world.Time {
	var t world.Time
	for _, l := range h.levels {
		if l.active && (t == 0 || l.since < t) {
			t = l.since
		}
	}
	return t
}

// idle reports whether there is nothing to remember.
func (h *hold) idle() bool {
	if h.alert != "" || h.due != 0 || h.muted {
		return false
	}
	for _, l := range h.levels {
		if l.active || l.began != 0 {
			return false
		}
	}
	return true
}
