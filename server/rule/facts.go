package rule

import (
	"math"
	"regexp"
	"strings"
	"unicode/utf8"

	"iocwall/server/expr"
	"iocwall/server/world"
)

// longestRuleName and longestUnit bound what an alert carries, in characters.
const (
	longestRuleName = 60
	longestUnit     = 20
)

// onReading is a value that is a reading of one quantity; compared is a condition
// that compares the value with one thing.
var (
	onReading = regexp.MustCompile(`^\s*reading\("([^"]+)"\)\s*$`)
	compared  = regexp.MustCompile(`^\s*value\s*(?:>=|<=|>|<)\s*([^&|?:]+)$`)
)

// facts finds what the rule's alerts tell people beside its words: its name, the unit
// of its value, the limits of its levels, whether it happens at fences.
func (p *parser) facts(path string, y *ruleYAML, r *rule, words *expr.Env) {
	r.called, r.unit = strings.TrimSpace(y.Name.text), strings.TrimSpace(y.Unit.text)
	if utf8.RuneCountInString(r.called) > longestRuleName {
		p.on(y.Name, path+".name", "", "the name is longer than %d characters", longestRuleName)
	}
	if utf8.RuneCountInString(r.unit) > longestUnit {
		p.on(y.Unit, path+".unit", "", "the unit is longer than %d characters", longestUnit)
	}
	if m := onReading.FindStringSubmatch(source(r.value)); m != nil {
		r.quantity = m[1]
	}
	for _, prog := range append([]*expr.Program{r.where}, levelPrograms(r.levels)...) {
		text := source(prog)
		r.fenced = r.fenced || r.on == world.KindVessel && (strings.Contains(text, "inside") || strings.Contains(text, "near") || strings.Contains(text, "fence"))
	}
	for i := range r.levels {
		l := &r.levels[i]
		m := compared.FindStringSubmatch(source(l.when))
		if m == nil {
			continue
		}
		// What cannot be read as a number of its own is no limit.
		if prog, err := expr.Compile(m[1], words, expr.Options{Want: expr.Number}); err == nil && !prog.Uses("value") {
			l.limit = prog
		}
	}
}

// unitOf is the unit of the rule's value for an entity, nil where it counts.
func (r *rule) unitOf(e world.Entity) string {
	switch x := e.(type) {
	case world.Station:
		if got, ok := x.Reading(r.quantity); ok && r.unit == "" {
			return got.Unit
		}
	case world.Figure:
		if r.unit == "" && !r.ownValue {
			return x.Unit
		}
	}
	return r.unit
}

// limitOf is the number that a level's condition compares the value with.
func (s *Set) limitOf(l *level, vars expr.Vars) (float64, bool) {
	if l.limit == nil {
		return 0, false
	}
	v, err := s.machine.Number(l.limit, vars)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false // the alert is told without it
	}
	return v, true
}

// whereOf is the name of the fence that a vessel's alert is about: the one it is
// inside of, else the one it is near; of several the one that it came to last.
func (r *rule) whereOf(sub subject) string {
	v, ok := sub.entity.(world.Vessel)
	if !ok || !r.fenced {
		return ""
	}
	var at world.FenceStay
	for _, x := range v.Fences {
		closer := x.State == world.FenceInside && at.State != world.FenceInside
		if at.Fence == "" || closer || x.State == at.State && x.Since > at.Since {
			at = x
		}
	}
	if f, there := sub.state.Fence(at.Fence); there && f.Is.Name != "" {
		return f.Is.Name
	}
	return at.Fence
}
