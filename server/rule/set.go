// Package rule turns changes of the state into alerts. A rule file is YAML; its
// conditions are written in the language of package expr. Parse reads and
// checks a file and reports every mistake at once; a Set evaluates it.
//
// A Set is pure in its arguments plus a memory of its own: which conditions
// hold since when and which alerts are open. It reads no clock, does no I/O and
// starts no goroutine, so the same history gives the same alerts, byte for
// byte. The loop that owns the journal calls Resume once, Eval after each event
// it applied, Tick when the time of Next has come, and appends what they return.
package rule

import (
	"fmt"

	"iocwall/server/world"
)

// Source is the source name under which the loop appends what a Set returns.
const Source = "rule"

// Set is a checked rule file with its memory. It belongs to one goroutine.
type Set struct {
	rules  []*rule
	byKind map[string][]*rule
	clocks clocks
	faults map[string]*Fault
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
	On string
	// What is "threshold", "absence" or "count".
	What string
	// Title is the template of the alert line.
	Title string
	// Open counts its open alerts, Pending the conditions whose "for:" runs.
	Open, Pending int
	Line          int
}

// Fault counts the evaluations of one rule that failed; a failed evaluation
// changes nothing: an open alert stays, none is raised.
type Fault struct {
	Rule  string
	Count uint64
	// Last is the newest error, Entity what it was evaluated for.
	Last   string
	Entity world.Ref
	At     world.Time
}

// Parse reads and checks a rule file. name stands in the problems. With at
// least one problem the set is nil. An empty file is a set without rules.
func Parse(name string, src []byte) (*Set, []Problem) { return &Set{}, nil }

// Resume makes the set's memory agree with the state: at start, and after a
// reload that did not Take the old set. Open alerts in the state are taken
// over; conditions that hold begin to count from the time of the entity's
// newest datum. It returns what follows at once: alerts of rules that are gone
// or whose conditions were changed resolve, conditions that turned true or false
// while nobody looked raise and resolve.
func (s *Set) Resume(now world.Time, st *world.State) []world.Observation { return nil }

// Take carries the memory of rules that are the same over from old, the set in
// use until now, then does what Resume does for the others. old must not be
// used any more.
func (s *Set) Take(old *Set, now world.Time, st *world.State) []world.Observation { return nil }

// Eval evaluates what change c may have turned true or false. st is the state
// after c. now is the server's clock and must not go back between calls; an
// earlier time counts as the latest one seen.
func (s *Set) Eval(now world.Time, st *world.State, c world.Change) []world.Observation { return nil }

// Tick does what time alone brings about: a "for:" that ran out, silence that
// lasted, a "keep:" that is over, a wording that was held back.
func (s *Set) Tick(now world.Time, st *world.State) []world.Observation { return nil }

// Next returns when Tick has something to do, zero when nothing waits.
func (s *Set) Next() world.Time { return 0 }

// Rules describes the rules in the order of the file.
func (s *Set) Rules() []Info { return nil }

// Faults returns the rules that failed to evaluate, by id.
func (s *Set) Faults() []Fault { return nil }
