// Package rule turns changes of the state into alerts. A rule file is YAML; its
// conditions are written in the language of package expr. Parse reads and
// checks a file and reports every mistake at once; a Set evaluates it.
//
// A rule looks at the entities of one kind (on: station) or counts them
// (count: report). where: says which of them concern it, when: what must hold,
// for: how long it must hold before there is an alert, clear: what must hold for
// it to be over (without it: when: no longer holds), keep: how long it must be
// over before the alert resolves. absent: takes the place of when: and means
// that nothing newer was heard for so long. levels: give one alert several
// severities; the worst level that holds is the alert's. Words are templates,
// see template. name: is what people call the rule, unit: the unit of its value where
// the reading or the indicator does not say it; an alert carries both, with the number
// that when: compares the value with and the fence that its vessel is at.
//
// While the value: of a rule is not known, conditions that name it neither begin
// nor end anything: an alert stays with its last words, none is raised. An alert about an entity whose data turned
// stale, or that left the state because it was silent, stays open and says so.
//
// A Set is pure in its arguments plus a memory of its own: which conditions
// hold since when and which alerts are open. It reads no clock, does no I/O and
// starts no goroutine, so the same history gives the same alerts, byte for
// byte. The loop that owns the journal calls Resume once, Eval after each event
// it applied, Tick when the time of Next has come, and appends what they return.
package rule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"iocwall/server/expr"
	"iocwall/server/world"
)

// Source is the source name under which the loop appends what a Set returns.
const Source = "rule"

// Reasons of alerts that resolved, as AlertResolved carries them. Walls
// translate them.
const (
	// ReasonOver: the condition no longer holds.
	ReasonOver = "condition over"
	// ReasonUnconcerned: where: no longer holds for the entity.
	ReasonUnconcerned = "no longer concerned"
	// ReasonEntityGone: the entity was closed or taken out of the configuration.
	ReasonEntityGone = "entity removed"
	// ReasonRuleGone and ReasonRuleChanged: the rule file no longer holds the
	// rule, or holds other conditions under its id.
	ReasonRuleGone    = "rule removed"
	ReasonRuleChanged = "rule changed"
)

// updateGap is the shortest time between two wordings of an alert. A change of
// severity, or of whether its data are stale, is told at once.
const updateGap = 10 * time.Second

// What says how a rule looks at the world.
type What string

// The kinds of rule.
const (
	Threshold What = "threshold"
	Absence   What = "absence"
	Count     What = "count"
)

// Set is a checked rule file with its memory. It belongs to one goroutine.
type Set struct {
	rules  []*rule
	kinds  map[string]*kindRules
	clocks clocks
	faults map[string]Fault
	// now is the latest time given; the clock of a Set does not go back.
	now     world.Time
	machine expr.Machine
	// open finds the hold of an alert by the alert's id.
	open map[string]opened
}

type opened struct {
	rule *rule
	hold *hold
}

// kindRules are the rules that look at one kind of entity, with what fills the
// variables of their conditions once for all of them.
type kindRules struct {
	rules  []*rule
	loader *expr.Loader
	vars   expr.Vars
}

// Problem is one mistake in a rule file. Line and Column start at 1.
type Problem struct {
	File         string
	Line, Column int
	Msg          string
	// Hint says what was probably meant, empty when nothing comes close.
	Hint string
}

// String returns "file:line:column: message (hint)".
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Msg)
	if p.Hint != "" {
		s += " (" + p.Hint + ")"
	}
	return s
}

// Info describes a rule for people.
type Info struct {
	ID string
	// On is the kind of entity the rule looks at.
	On   string
	What What
	// Title is the template of the alert line.
	Title string
	// Open counts its open alerts, Pending the conditions whose "for:" runs.
	Open, Pending int
	// Line is where it stands in the file.
	Line int
}

// Fault counts the evaluations of one rule that failed; a failed evaluation
// changes nothing: an open alert stays, none is raised.
type Fault struct {
	Rule  string
	Count uint64
	// Last is the newest error, Entity what it was evaluated for, At when.
	Last   string
	Entity world.Ref
	At     world.Time
}

// Rules describes the rules in the order of the file.
func (s *Set) Rules() []Info {
	out := make([]Info, 0, len(s.rules))
	for _, r := range s.rules {
		i := Info{ID: r.id, On: r.on, What: r.what, Title: r.title.source, Line: r.line}
		for _, h := range r.held {
			switch {
			case h.alert != "":
				i.Open++
			case slices.ContainsFunc(h.levels, func(l levelState) bool { return l.began != 0 }):
				i.Pending++
			}
		}
		out = append(out, i)
	}
	return out
}

// Faults returns the rules that failed to evaluate, by id.
func (s *Set) Faults() []Fault {
	return slices.SortedFunc(maps.Values(s.faults), func(a, b Fault) int { return cmp.Compare(a.Rule, b.Rule) })
}

func (s *Set) fault(r *rule, ref world.Ref, err error) {
	f := s.faults[r.id]
	f.Rule, f.Count, f.Last, f.Entity, f.At = r.id, f.Count+1, err.Error(), ref, s.now
	s.faults[r.id] = f
}

// advance keeps the set's clock from going back.
func (s *Set) advance(now world.Time) world.Time {
	s.now = max(s.now, now)
	return s.now
}
