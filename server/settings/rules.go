package settings

import (
	"os"

	"iocwall/server/rule"
	"iocwall/server/strict"
)

// RuleSet reads the rule file; without one there are no rules. With problems the
// set must not be used.
func (c *Config) RuleSet() (*rule.Set, []strict.Problem) {
	var src []byte
	if c.Rules != "" {
		var err error
		if src, err = os.ReadFile(c.Path(c.Rules)); err != nil {
			return nil, []strict.Problem{{File: c.Rules, Message: err.Error()}}
		}
	}
	set, ps := rule.Parse(c.Rules, src)
	var problems []strict.Problem
	for _, p := range ps {
		problems = append(problems, strict.Problem{File: p.File, Line: p.Line, Column: p.Column, Message: p.Msg, Suggestion: p.Hint})
	}
	return set, problems
}
