package expr

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// edit records that runes [from, until) of the rewritten source stand for what
// began at rune was of the original and was n runes longer or shorter.
type edit struct{ from, until, was, wasUntil int }

// rewrite replaces duration literals by hidden names, which the library can
// read, and returns them with their values. It refuses what the language does
// not offer in names.
func rewrite(src string) (string, []edit, map[string]time.Duration, *srcError) {
	in := []rune(src)
	var out []rune
	var edits []edit
	spans := map[string]time.Duration{}
	for i := 0; i < len(in); {
		if n := skip(in[i:]); n > 0 {
			out = append(out, in[i:i+n]...)
			i += n
			continue
		}
		r := in[i]
		if r == '$' {
			return "", nil, nil, &srcError{at: i, msg: "$ is not part of the language"}
		}
		if !wordRune(r) {
			out = append(out, r)
			i++
			continue
		}
		n := wordLen(in[i:])
		word := string(in[i : i+n])
		if d, ok := ParseSpan(word); ok {
			name := "$d" + strconv.Itoa(len(spans))
			spans[name] = d
			edits = append(edits, edit{from: len(out), until: len(out) + len(name), was: i, wasUntil: i + n})
			out = append(out, []rune(name)...)
		} else {
			out = append(out, in[i:i+n]...)
		}
		i += n
	}
	return string(out), edits, spans, nil
}

type srcError struct {
	at  int
	msg string
}

// skip returns the length of the string or comment that s begins with, 0 if it
// begins with neither. One without an end reaches to the end of s.
func skip(s []rune) int {
	until := func(stop string, escape bool) int {
		for i := len(stop); i < len(s); i++ {
			if escape && s[i] == '\\' {
				i++
				continue
			}
			if strings.HasPrefix(string(s[i:min(i+len(stop), len(s))]), stop) {
				return i + len(stop)
			}
		}
		return len(s)
	}
	switch {
	case s[0] == '"' || s[0] == '\'':
		return until(string(s[0]), true)
	case s[0] == '`':
		return until("`", false)
	case len(s) > 1 && s[0] == '/' && s[1] == '/':
		for i, r := range s {
			if r == '\n' {
				return i
			}
		}
		return len(s)
	case len(s) > 1 && s[0] == '/' && s[1] == '*':
		for i := 2; i+1 < len(s); i++ {
			if s[i] == '*' && s[i+1] == '/' {
				return i + 2
			}
		}
		return len(s)
	}
	return 0
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// wordLen returns the length of the word or number at the start of s; a point
// between digits belongs to a number.
func wordLen(s []rune) int {
	number := unicode.IsDigit(s[0])
	i := 1
	for ; i < len(s); i++ {
		if wordRune(s[i]) {
			continue
		}
		if number && s[i] == '.' && unicode.IsDigit(s[i-1]) && i+1 < len(s) && unicode.IsDigit(s[i+1]) {
			continue
		}
		break
	}
	return i
}

// ParseSpan reads a duration as the language writes it: numbers with the units
// d, h, m, s and ms, the large ones first ("1h30m"). Numbers may have a decimal
// point. At most ten years.
func ParseSpan(s string) (time.Duration, bool) {
	units := []struct {
		name string
		span time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"ms", time.Millisecond}, {"m", time.Minute}, {"s", time.Second}}
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	var sum time.Duration
	last := time.Duration(1<<63 - 1)
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
		if n <= 0 {
			return 0, false
		}
		v, err := strconv.ParseFloat(s[:n], 64)
		if err != nil {
			return 0, false
		}
		s = s[n:]
		found := false
		for _, u := range units {
			if strings.HasPrefix(s, u.name) && u.span < last {
				if v > float64(10*366*24*time.Hour)/float64(u.span) {
					return 0, false
				}
				sum, last, s, found = sum+time.Duration(v*float64(u.span)), u.span, s[len(u.name):], true
				break
			}
		}
		if !found {
			return 0, false
		}
	}
	return sum, true
}

// original returns where the rune at of the rewritten source stood.
func original(edits []edit, at int) int {
	shift := 0
	for _, e := range edits {
		if at < e.from {
			break
		}
		if at < e.until {
			return e.was
		}
		shift = e.wasUntil - e.until
	}
	return at + shift
}

// position turns a rune of the source into a place in the document around it.
func position(src string, at int, o Options) Pos {
	p := o.At
	if p.Line == 0 {
		p = Pos{Line: 1, Column: 1}
	}
	for _, r := range src {
		if at <= 0 {
			break
		}
		at--
		if r == '\n' {
			p.Line++
			p.Column = o.Indent + 1
		} else {
			p.Column++
		}
	}
	return p
}

// plainMessage takes the library's wording out of its errors.
func plainMessage(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	for _, r := range [...][2]string{
		{"interface conversion: ", ""},
		{"interface {}", "any"},
		{"float64", "number"},
		{"string", "text"},
		{"bool", "truth"},
		{"time.Time", "moment"},
		{"time.Duration", "span"},
		{"orb.Point", "place"},
		{"int", "number"},
	} {
		s = replaceWord(s, r[0], r[1])
	}
	return s
}

func replaceWord(s, old, with string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, old)
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		end := i + len(old)
		inWord := i > 0 && wordRune(rune(s[i-1])) || end < len(s) && wordRune(rune(s[end])) && wordRune(rune(old[len(old)-1]))
		b.WriteString(s[:i])
		if inWord {
			b.WriteString(old)
		} else {
			b.WriteString(with)
		}
		s = s[end:]
	}
}
