package rule

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"iocwall/server/calendar"
	"iocwall/server/expr"
	"iocwall/server/world"
)

// words is what an alert is going to say.
type words struct {
	said        said
	instruction string
	value       *float64
}

// wordsFor renders the words of a rule's level.
func (s *Set) wordsFor(r *rule, h *hold, i int, sub subject, value float64) words {
	l := &r.levels[i]
	vars := expr.Vars{"value": value, "level": l.name, "began": h.since().Std()}
	if sub.entity != nil {
		r.words.Load(vars, sub.now, sub.state, sub.entity)
		vars["value"] = value
	}
	vars["now"] = sub.now.Std()
	say := func(t *template, own template) string {
		if t == nil {
			t = &own
		}
		text, err := t.render(&s.machine, vars)
		if err != nil {
			s.fault(r, refOf(sub.entity), err)
		}
		return text
	}
	w := words{said: said{severity: l.severity, at: sub.now}}
	w.said.title = say(l.title, r.title)
	w.said.text = say(l.text, r.text)
	if h.alert == "" {
		lines := make([]string, 0, len(r.instruction))
		for _, t := range r.instruction {
			lines = append(lines, say(nil, t))
		}
		w.instruction = strings.Join(lines, "\n")
	}
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		w.value = &value
		w.said.unit = r.unitOf(sub.entity)
		w.said.limit, w.said.limited = s.limitOf(l, vars)
	}
	w.said.where = r.whereOf(sub)
	return w
}

// The remarks on an alert whose data are old, before the time.
const (
	remarkStale = "Số liệu cũ, lần cuối "
	remarkGone  = "Không còn số liệu từ "
)

// remarkOn returns what an alert says of the age of its data. known is what it
// says now.
func remarkOn(r *rule, e world.Entity, known string) string {
	if r.tellsAge || e == nil {
		return ""
	}
	if expr.Stale(e) != 0 {
		return remarkStale + viTime(expr.Heard(e).Std(), "when") + "."
	}
	return known
}

// withoutRemark parts the text of an alert from the remark behind it.
func withoutRemark(text string) (own, remark string) {
	for _, mark := range []string{remarkStale, remarkGone} {
		if i := strings.LastIndex(text, mark); i >= 0 {
			return strings.TrimSuffix(text[:i], " "), text[i:]
		}
	}
	return text, ""
}

// tellGone says of an open alert that its entity is no longer heard of.
func (s *Set) tellGone(out []world.Observation, r *rule, h *hold, now world.Time) []world.Observation {
	if r.tellsAge {
		return out
	}
	h.said.remark, h.said.at = remarkGone+viTime(now.Std(), "when")+".", now
	return append(out, world.Observation{Time: now, Body: world.AlertUpdated{
		ID: h.alert, Severity: h.said.severity, Title: h.said.title, Text: h.said.body(), Value: h.value,
		Unit: h.said.unit, Limit: h.said.bound(), Where: h.said.where,
	}})
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}

// viNumber writes a number the Vietnamese way: 1.234,5, with U+2212 before a
// negative one. Fewer than no digits mean those it has.
func viNumber(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	s := strconv.FormatFloat(math.Abs(v), 'f', digits, 64)
	whole, rest, _ := strings.Cut(s, ".")
	var b strings.Builder
	if v < 0 && strings.Trim(s, "0.") != "" {
		b.WriteString("−")
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(r)
	}
	if rest != "" {
		b.WriteByte(',')
		b.WriteString(rest)
	}
	return b.String()
}

func viTime(t time.Time, format string) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(calendar.Vietnam())
	switch format {
	case "clock":
		return t.Format("15:04")
	case "date":
		return t.Format("02/01/2006")
	}
	return t.Format("15:04 02/01")
}

// viSpan writes a length of time in its two largest units, rounded down.
func viSpan(d time.Duration) string {
	if d < 0 {
		return "−" + viSpan(-d)
	}
	days, hours, mins := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	two := func(a int, unit string, b int, small string) string {
		if b == 0 {
			return fmt.Sprintf("%d %s", a, unit)
		}
		return fmt.Sprintf("%d %s %d %s", a, unit, b, small)
	}
	switch {
	case days > 0:
		return two(days, "ngày", hours, "giờ")
	case hours > 0:
		return two(hours, "giờ", mins, "phút")
	case mins > 0:
		return fmt.Sprintf("%d phút", mins)
	}
	return fmt.Sprintf("%d giây", int(d.Seconds()))
}

func asExprError(err error, o expr.Options) *expr.Error {
	var e *expr.Error
	if errors.As(err, &e) {
		return e
	}
	return &expr.Error{Pos: o.At, Msg: err.Error()}
}
