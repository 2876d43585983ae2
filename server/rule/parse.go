package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"iocwall/server/expr"
	"iocwall/server/strict"
	"iocwall/server/world"
)

// maxFile bounds a rule file in bytes.
const maxFile = 1 << 20

// Parse reads and checks a rule file. name stands in the problems. With at
// least one problem the set is nil. An empty file is a set without rules.
func Parse(name string, src []byte) (*Set, []Problem) {
	p := &parser{file: name, lines: strings.Split(string(src), "\n"), ids: map[string]int{}}
	if len(src) > maxFile {
		p.add(Problem{Line: 1, Column: 1, Msg: fmt.Sprintf("the file has %d bytes, at most %d are allowed", len(src), maxFile)})
		return nil, p.problems
	}
	var f fileYAML
	doc, bad := strict.Parse(name, src)
	p.take(bad)
	if len(bad) == 0 {
		p.doc = doc
		p.take(doc.Decode(&f))
	}
	var rules []*rule
	for i := range f.Rules {
		if r := p.rule(fmt.Sprintf("rules[%d]", i), &f.Rules[i]); r != nil {
			r.index = i
			rules = append(rules, r)
		}
	}
	if len(p.problems) > 0 {
		sortProblems(p.problems)
		return nil, p.problems
	}
	return newSet(rules), nil
}

type fileYAML struct {
	Rules []ruleYAML `yaml:"rules"`
	// Tests is kept for the runner of rule tests.
	Tests strict.Node `yaml:"tests"`
}

type ruleYAML struct {
	ID          phrase         `yaml:"id"`
	Name        phrase         `yaml:"name"`
	On          phrase         `yaml:"on"`
	Count       phrase         `yaml:"count"`
	Where       phrase         `yaml:"where"`
	Value       phrase         `yaml:"value"`
	Unit        phrase         `yaml:"unit"`
	When        phrase         `yaml:"when"`
	Clear       phrase         `yaml:"clear"`
	Absent      *time.Duration `yaml:"absent"`
	For         *time.Duration `yaml:"for"`
	Keep        *time.Duration `yaml:"keep"`
	Severity    phrase         `yaml:"severity"`
	Levels      []levelYAML    `yaml:"levels"`
	Title       phrase         `yaml:"title"`
	Text        phrase         `yaml:"text"`
	Instruction []phrase       `yaml:"instruction"`
	Area        phrase         `yaml:"area"`
	Show        *showYAML      `yaml:"show"`
}

type levelYAML struct {
	Name     phrase         `yaml:"name"`
	Severity phrase         `yaml:"severity"`
	When     phrase         `yaml:"when"`
	Clear    phrase         `yaml:"clear"`
	Absent   *time.Duration `yaml:"absent"`
	For      *time.Duration `yaml:"for"`
	Title    phrase         `yaml:"title"`
	Text     phrase         `yaml:"text"`
}

// phrase is a text that knows where it stands.
type phrase struct {
	text      string
	line, col int
}

// UnmarshalNode reads any scalar.
func (p *phrase) UnmarshalNode(n strict.Node) []strict.Problem {
	at := n.Problem("", "", "")
	p.line, p.col = at.Line, at.Column
	return n.Decode(&p.text)
}

func (p phrase) given() bool { return p.line != 0 }

type parser struct {
	file     string
	lines    []string
	doc      *strict.Doc
	ids      map[string]int
	problems []Problem
}

func (p *parser) add(x Problem) {
	x.File = p.file
	p.problems = append(p.problems, x)
}

func (p *parser) take(ps []strict.Problem) {
	for _, x := range ps {
		msg := x.Message
		if x.Path != "" {
			msg = x.Path + ": " + msg
		}
		p.add(Problem{Line: max(x.Line, 1), Column: max(x.Column, 1), Msg: msg, Hint: x.Suggestion})
	}
}

// at reports a mistake at the place of a path.
func (p *parser) at(path, hint, format string, args ...any) {
	p.take([]strict.Problem{p.doc.Problem(path, fmt.Sprintf(format, args...), hint)})
}

// on reports a mistake in a phrase.
func (p *parser) on(ph phrase, path, hint, format string, args ...any) {
	p.add(Problem{Line: ph.line, Column: ph.col, Msg: path + ": " + fmt.Sprintf(format, args...), Hint: hint})
}

// options says where the text of a phrase begins in the file: behind the quote
// or, for a block, in the next line.
func (p *parser) options(ph phrase, want expr.Type) expr.Options {
	o := expr.Options{Want: want, At: expr.Pos{Line: ph.line, Column: ph.col}}
	if ph.line < 1 || ph.line > len(p.lines) {
		return o
	}
	line := []rune(p.lines[ph.line-1])
	if ph.col < 1 || ph.col > len(line) {
		return o
	}
	switch line[ph.col-1] {
	case '"', '\'':
		o.At.Column++
	case '|', '>':
		for i := ph.line; i < len(p.lines); i++ {
			if t := strings.TrimLeft(p.lines[i], " "); t != "" {
				o.Indent = len(p.lines[i]) - len(t)
				o.At = expr.Pos{Line: ph.line + 1, Column: o.Indent + 1}
				break
			}
		}
	}
	return o
}

func (p *parser) compile(ph phrase, path string, env *expr.Env, want expr.Type) *expr.Program {
	if !ph.given() || env == nil {
		return nil
	}
	prog, err := expr.Compile(ph.text, env, p.options(ph, want))
	if err == nil {
		return prog
	}
	var e *expr.Error
	if !errors.As(err, &e) {
		p.on(ph, path, "", "%v", err)
		return nil
	}
	p.add(Problem{Line: e.Line, Column: e.Column, Msg: path + ": " + e.Msg, Hint: e.Hint})
	return nil
}

func (p *parser) template(ph phrase, path string, env *expr.Env) template {
	if env == nil {
		return template{}
	}
	t, bad := parseTemplate(ph.text, env, p.options(ph, expr.Any))
	for _, e := range bad {
		p.add(Problem{Line: e.Line, Column: e.Column, Msg: path + ": " + e.Msg, Hint: e.Hint})
	}
	return t
}

func (p *parser) rule(path string, y *ruleYAML) *rule {
	r := &rule{id: y.ID.text, line: y.ID.line, area: y.Area.text, held: map[string]*hold{}}
	p.identity(path, y)
	r.what = p.what(path, y)
	r.on = y.On.text
	if r.what == Count {
		r.on = y.Count.text
		r.members = map[string]struct{}{}
	}
	own, ok := p.kind(path, y, r)
	if !ok {
		return nil
	}
	conditions, words := p.environments(path, y, r, own)
	r.where = p.compile(y.Where, path+".where", own, expr.Truth)
	p.timeless(r.where, y.Where, path+".where")
	p.levels(path, y, r, conditions, words)
	p.facts(path, y, r, words)
	if y.Keep != nil {
		r.keep = *y.Keep
	}
	r.title = p.template(y.Title, path+".title", words)
	r.text = p.template(y.Text, path+".text", words)
	for i, line := range y.Instruction {
		r.instruction = append(r.instruction, p.template(line, fmt.Sprintf("%s.instruction[%d]", path, i), words))
	}
	r.show = p.show(path+".show", y.Show)
	if len(p.problems) > 0 {
		return nil
	}
	r.finish(words, y)
	return r
}

var idPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

func (p *parser) identity(path string, y *ruleYAML) {
	switch first, used := p.ids[y.ID.text]; {
	case !y.ID.given():
		p.at(path+".id", "", "needs an id")
	case !idPattern.MatchString(y.ID.text):
		p.on(y.ID, path+".id", "use small letters, digits and dashes, at most 40", "%q is not an id", y.ID.text)
	case used:
		p.on(y.ID, path+".id", fmt.Sprintf("line %d has it already", first), "%q is used twice", y.ID.text)
	default:
		p.ids[y.ID.text] = y.ID.line
	}
	if !y.Title.given() || strings.TrimSpace(y.Title.text) == "" {
		p.at(path+".title", "", "needs a title")
	}
}

// what tells the kind of rule and complains about keys of another kind.
func (p *parser) what(path string, y *ruleYAML) What {
	absent := y.Absent != nil || slices.ContainsFunc(y.Levels, func(l levelYAML) bool { return l.Absent != nil })
	switch {
	case y.On.given() && y.Count.given():
		p.on(y.Count, path+".count", "a rule looks at entities one by one (on:) or counts them (count:)", "cannot stand beside on:")
	case !y.On.given() && !y.Count.given():
		p.at(path+".on", "write on: and a kind of entity, or count: and a kind", "says nothing about what it looks at")
	}
	if !y.Count.given() {
		if absent {
			return Absence
		}
		return Threshold
	}
	if absent {
		p.at(path+".absent", "", "cannot stand in a rule that counts")
	}
	if y.Value.given() {
		p.on(y.Value, path+".value", "the value of a rule that counts is the count", "cannot stand in a rule that counts")
	}
	return Count
}

func (p *parser) kind(path string, y *ruleYAML, r *rule) (*expr.Env, bool) {
	key, ph := path+".on", y.On
	if r.what == Count {
		key, ph = path+".count", y.Count
	}
	if !ph.given() {
		return nil, false
	}
	env, ok := expr.ForKind(ph.text)
	if !ok {
		p.on(ph, key, strict.Nearest(ph.text, expr.Kinds()), "%q is not a kind of entity a rule can look at", ph.text)
	}
	return env, ok
}

// environments returns what conditions and words may name, and compiles value:.
func (p *parser) environments(path string, y *ruleYAML, r *rule, own *expr.Env) (conditions, words *expr.Env) {
	value := expr.Var{Name: "value", Type: expr.Number, Doc: "the value of the rule"}
	extra := []expr.Var{
		value,
		{Name: "level", Type: expr.Text, Doc: "the name of the level"},
		{Name: "began", Type: expr.Moment, Doc: "when the condition began"},
		{Name: "now", Type: expr.Moment, Doc: "the server's time"},
	}
	if r.what == Count {
		return must(expr.NewEnv(value)), must(expr.NewEnv(extra...))
	}
	conditions, words = own, must(own.With(extra...))
	if y.Value.given() {
		r.ownValue = true
		r.value = p.compile(y.Value, path+".value", own, expr.Number)
		p.timeless(r.value, y.Value, path+".value")
		return must(own.With(value)), words
	}
	if prog, err := expr.Compile("value", own, expr.Options{Want: expr.Number}); err == nil {
		r.value = prog
	}
	return conditions, words
}

// must unwraps what can fail for wrong names only.
func must(e *expr.Env, err error) *expr.Env {
	if err != nil {
		panic(err)
	}
	return e
}

// timeless refuses conditions that change without an event.
func (p *parser) timeless(prog *expr.Program, ph phrase, path string) {
	if prog != nil && prog.Uses("now") {
		p.on(ph, path, "silence is absent: 30m; deadlines and staleness are facts like overdue, lost and stale", "a condition cannot look at the clock, since it is evaluated when something changes")
	}
}

func (p *parser) levels(path string, y *ruleYAML, r *rule, conditions, words *expr.Env) {
	if len(y.Levels) == 0 {
		l := levelYAML{Severity: y.Severity, When: y.When, Clear: y.Clear, Absent: y.Absent}
		r.levels = []level{p.level(path, &l, y, conditions, words)}
		return
	}
	for key, given := range map[string]bool{"when": y.When.given(), "clear": y.Clear.given(), "severity": y.Severity.given(), "absent": y.Absent != nil} {
		if given {
			p.at(path+"."+key, "put it into each level", "cannot stand beside levels:")
		}
	}
	for i := range y.Levels {
		at := fmt.Sprintf("%s.levels[%d]", path, i)
		l := p.level(at, &y.Levels[i], y, conditions, words)
		if n := len(r.levels); n > 0 && l.severity.Rank() != 0 && l.severity.Rank() <= r.levels[n-1].severity.Rank() {
			p.on(y.Levels[i].Severity, at+".severity", "put the levels in order, the worst one last, each with a severity of its own", "%s is not worse than the level before", l.severity)
		}
		r.levels = append(r.levels, l)
	}
}

func (p *parser) level(path string, y *levelYAML, of *ruleYAML, conditions, words *expr.Env) level {
	l := level{name: y.Name.text, severity: world.Severity(y.Severity.text)}
	if !y.Severity.given() {
		p.at(path+".severity", "there are notice, warning, severe and critical", "needs a severity")
	} else if l.severity.Rank() == 0 {
		p.on(y.Severity, path+".severity", strict.Nearest(y.Severity.text, severities()), "%q is not a severity", y.Severity.text)
	}
	l.when = p.compile(y.When, path+".when", conditions, expr.Truth)
	l.clear = p.compile(y.Clear, path+".clear", conditions, expr.Truth)
	p.timeless(l.when, y.When, path+".when")
	p.timeless(l.clear, y.Clear, path+".clear")
	if of.For != nil {
		l.lasting = *of.For
	}
	if y.For != nil {
		l.lasting = *y.For
	}
	switch {
	case y.Absent == nil && !y.When.given():
		p.at(path+".when", "", "needs a condition")
	case y.Absent != nil && (y.When.given() || y.Clear.given()):
		p.at(path+".absent", "silence begins and ends by itself", "cannot stand beside when: or clear:")
	case y.Absent != nil && *y.Absent < time.Second:
		p.at(path+".absent", "", "must be at least 1s")
	case y.Absent != nil && l.lasting > 0:
		p.at(path+".for", "make absent: longer", "cannot stand beside absent:")
	case y.Absent != nil:
		l.absent = *y.Absent
	}
	if y.Title.given() {
		t := p.template(y.Title, path+".title", words)
		l.title = &t
	}
	if y.Text.given() {
		t := p.template(y.Text, path+".text", words)
		l.text = &t
	}
	return l
}

func severities() []string {
	return []string{string(world.Notice), string(world.Warning), string(world.Severe), string(world.Critical)}
}

// finish computes what follows from a rule without mistakes.
func (r *rule) finish(words *expr.Env, y *ruleYAML) {
	var said []*expr.Program
	for _, t := range append([]template{r.title, r.text}, r.instruction...) {
		said = append(said, t.programs()...)
	}
	r.spare.levels = make([]levelState, len(r.levels))
	for i := range r.levels {
		l := &r.levels[i]
		l.onValue = l.when != nil && l.when.Uses("value") || l.clear != nil && l.clear.Uses("value")
	}
	parts := []string{r.on, string(r.what), y.Where.text, y.Value.text}
	for _, l := range r.levels {
		for _, t := range []*template{l.title, l.text} {
			if t != nil {
				said = append(said, t.programs()...)
			}
		}
		if l.limit != nil {
			said = append(said, l.limit)
		}
		parts = append(parts, string(l.severity), source(l.when), source(l.clear), l.absent.String())
		r.tellsAge = r.tellsAge || l.absent > 0
		for _, fact := range []string{"stale", "lost"} {
			r.tellsAge = r.tellsAge || l.when != nil && l.when.Uses(fact)
		}
	}
	r.words = words.Loader(said...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	r.print = hex.EncodeToString(sum[:4])
}

func source(p *expr.Program) string {
	if p == nil {
		return ""
	}
	return p.Source()
}

func (r *rule) conditions() []*expr.Program {
	var out []*expr.Program
	for _, p := range append([]*expr.Program{r.where, r.value}, levelPrograms(r.levels)...) {
		if p != nil {
			out = append(out, p)
		}
	}
	return out
}

func levelPrograms(ls []level) []*expr.Program {
	var out []*expr.Program
	for _, l := range ls {
		out = append(out, l.when, l.clear)
	}
	return out
}

func newSet(rules []*rule) *Set {
	s := &Set{rules: rules, kinds: map[string]*kindRules{}, faults: map[string]Fault{}, open: map[string]opened{}}
	for _, kind := range expr.Kinds() {
		k := &kindRules{vars: expr.Vars{}}
		var all []*expr.Program
		for _, r := range rules {
			if r.on == kind {
				k.rules = append(k.rules, r)
				all = append(all, r.conditions()...)
			}
		}
		if len(k.rules) > 0 {
			env, _ := expr.ForKind(kind)
			k.loader = env.Loader(all...)
			s.kinds[kind] = k
		}
	}
	return s
}

func sortProblems(ps []Problem) {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}
