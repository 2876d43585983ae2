package rule

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"iocwall/server/expr"
)

// template is a text with expressions in double braces: "Lũ {{name}}
// {{value|vi 2}} m". What follows the last single | says how the value is
// written:
//
//	{{number|vi 2}}   1.234,50; without a number of decimals none; "–" when not known
//	{{moment|clock}}  09:42
//	{{moment|date}}   21/11/2026
//	{{moment|when}}   09:42 21/11
//	{{span|span}}     3 giờ 12 phút, rounded down
//
// Without it a text is written as it is, a number with the decimals it has, a
// moment as with when, a span as with span, a truth as có or không. Times are
// those of Vietnam. A literal {{ is written {{"{{"}}.
type template struct {
	source string
	parts  []part
}

type part struct {
	text   string
	value  *expr.Program
	format string
	digits int
}

// formats is the literal list of formats with the type each wants.
func formats() map[string]expr.Type {
	return map[string]expr.Type{"vi": expr.Number, "clock": expr.Moment, "date": expr.Moment, "when": expr.Moment, "span": expr.Span}
}

// parseTemplate compiles a template. All its mistakes are returned.
func parseTemplate(src string, env *expr.Env, o expr.Options) (template, []*expr.Error) {
	t := template{source: src}
	var bad []*expr.Error
	for at := 0; at < len(src); {
		i := strings.Index(src[at:], "{{")
		if i < 0 {
			t.parts = append(t.parts, part{text: src[at:]})
			break
		}
		if i > 0 {
			t.parts = append(t.parts, part{text: src[at : at+i]})
		}
		at += i + 2
		end := closing(src[at:])
		if end < 0 {
			bad = append(bad, &expr.Error{Pos: offset(src[:at-2], o), Msg: "{{ without }}"})
			break
		}
		p, err := parsePart(src[at:at+end], env, expr.Options{At: offset(src[:at], o), Indent: o.Indent})
		if err != nil {
			bad = append(bad, err)
		}
		t.parts = append(t.parts, p)
		at += end + 2
	}
	return t, bad
}

func parsePart(src string, env *expr.Env, o expr.Options) (part, *expr.Error) {
	code, format := splitFormat(src)
	p := part{}
	if format != "" {
		name, arg, _ := strings.Cut(strings.TrimSpace(format), " ")
		want, ok := formats()[name]
		at := offset(src[:len(code)+1], o)
		if !ok {
			e := &expr.Error{Pos: at, Msg: fmt.Sprintf("unknown format %q", name), Hint: "there are vi N, clock, date, when and span"}
			if n := expr.Nearest(name, []string{"vi", "clock", "date", "when", "span"}); n != "" {
				e.Hint = "did you mean " + n + "?"
			}
			return p, e
		}
		p.format, o.Want = name, want
		if arg = strings.TrimSpace(arg); arg != "" {
			n, err := strconv.Atoi(arg)
			if err != nil || n < 0 || n > 6 || name != "vi" {
				return p, &expr.Error{Pos: at, Msg: fmt.Sprintf("%q cannot follow %s", arg, name), Hint: "only vi takes a number, of 0 to 6 decimals"}
			}
			p.digits = n
		}
	}
	prog, err := expr.Compile(code, env, o)
	if err != nil {
		return p, asExprError(err, o)
	}
	p.value = prog
	return p, nil
}

// closing returns where the }} outside of quotes is.
func closing(s string) int {
	var quote byte
	for i := 0; i < len(s); i++ {
		switch {
		case quote != 0 && s[i] == '\\':
			i++
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case s[i] == '"' || s[i] == '\'' || s[i] == '`':
			quote = s[i]
		case strings.HasPrefix(s[i:], "}}"):
			return i
		}
	}
	return -1
}

// splitFormat splits at the last single | outside of quotes.
func splitFormat(s string) (code, format string) {
	var quote byte
	at := -1
	for i := 0; i < len(s); i++ {
		switch {
		case quote != 0:
			if s[i] == quote {
				quote = 0
			}
		case s[i] == '"' || s[i] == '\'' || s[i] == '`':
			quote = s[i]
		case strings.HasPrefix(s[i:], "||"):
			i++
		case s[i] == '|':
			at = i
		}
	}
	if at < 0 {
		return s, ""
	}
	return s[:at], s[at+1:]
}

// offset returns the place in the document behind the text before.
func offset(before string, o expr.Options) expr.Pos {
	p := o.At
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		return expr.Pos{Line: p.Line + strings.Count(before, "\n"), Column: o.Indent + 1 + utf8.RuneCountInString(before[i+1:])}
	}
	return expr.Pos{Line: p.Line, Column: p.Column + utf8.RuneCountInString(before)}
}

func (t template) programs() []*expr.Program {
	var out []*expr.Program
	for _, p := range t.parts {
		if p.value != nil {
			out = append(out, p.value)
		}
	}
	return out
}

// render fills the template in. A part that fails is written "–", and the error
// returned beside the rest.
func (t template) render(m *expr.Machine, vars expr.Vars) (string, error) {
	if len(t.parts) == 1 && t.parts[0].value == nil {
		return t.parts[0].text, nil
	}
	var b strings.Builder
	var bad error
	for _, p := range t.parts {
		if p.value == nil {
			b.WriteString(p.text)
			continue
		}
		v, err := m.Eval(p.value, vars)
		if err != nil {
			bad = err
			v = math.NaN()
		}
		b.WriteString(p.write(v))
	}
	return b.String(), bad
}

func (p part) write(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return viNumber(float64(v), p.decimals())
	case float64:
		return viNumber(v, p.decimals())
	case bool:
		if v {
			return "có"
		}
		return "không"
	case time.Time:
		return viTime(v, p.format)
	case time.Duration:
		return viSpan(v)
	}
	return "–"
}

func (p part) decimals() int {
	if p.format == "vi" {
		return p.digits
	}
	return -1
}
