package why

import (
	"math"
	"strconv"
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/words"
)

// Words is a refusal of the server's in the person's language, from its code and
// values; where the catalogue has no sentence for the code, or the server has filled
// none of its holes, it is the server's text. Of several causes each is said.
func Words(l *words.Lang, code string, values map[string]string, text string) string {
	if code == world.Many {
		return many(l, values, text)
	}
	key := "no." + code
	if code == "" || !l.Has(key) {
		return text
	}
	pairs := make([]string, 0, 2*len(values))
	for name, v := range values {
		switch code := values[name+".code"]; {
		case strings.Contains(name, "."): // of what lies behind
		case code != "":
			pairs = append(pairs, name, Words(l, code, behind(values, name), v))
		default:
			pairs = append(pairs, name, filled(l, name, v))
		}
	}
	out := l.T(key, pairs...)
	if strings.ContainsAny(out, "{}") && !strings.ContainsAny(strings.Join(pairs, ""), "{}") {
		return text // of a server that says less
	}
	return out
}

// many says several causes.
func many(l *words.Lang, values map[string]string, text string) string {
	var out []string
	for {
		name := strconv.Itoa(len(out) + 1)
		v, there := values[name]
		if !there {
			break
		}
		out = append(out, Words(l, values[name+".code"], behind(values, name), v))
	}
	if len(out) == 0 {
		return text
	}
	return strings.Join(out, "; ")
}

// behind are the values of the refusal that is a value of another one.
func behind(values map[string]string, name string) map[string]string {
	out := map[string]string{}
	for key, v := range values {
		if rest, ok := strings.CutPrefix(key, name+"."); ok && rest != "code" {
			out[rest] = v
		}
	}
	return out
}

// filled is one value as its sentence takes it: by its name it is a thing, a list of
// roles, a right, a number or a time.
func filled(l *words.Lang, name, v string) string {
	switch name {
	case "what", "where", "other":
		return thing(l, v)
	case "things":
		return each(v, ", ", func(s string) string { return thing(l, s) })
	case "role", "roles":
		return each(v, " or ", func(s string) string { return known(l, "shell.role.", s) })
	case "reason":
		return known(l, "no.reason.", v)
	case "right":
		return known(l, "no.right.", v)
	case "type", "want":
		return known(l, "no.type.", v)
	case "who":
		if strings.HasPrefix(v, "the ") {
			return thing(l, v)
		}
		return known(l, "no.who.", v)
	case "n", "most", "least", "version", "value":
		return number(l, v)
	case "text":
		return strings.ReplaceAll(v, "\n", "; ") // a line for each thing
	case "seconds":
		if s, err := strconv.ParseFloat(v, 64); err == nil {
			return l.Age(time.Duration(s * float64(time.Second)))
		}
	case "span":
		if d, err := time.ParseDuration(v); err == nil {
			return l.Age(d)
		}
	}
	return v
}

// known is a word of the catalogue for a word of the server's, or the latter.
func known(l *words.Lang, prefix, v string) string {
	if key := prefix + strings.ReplaceAll(v, " ", "-"); v != "" && l.Has(key) {
		return l.T(key)
	}
	return v
}

// each says the parts of a list.
func each(v, by string, say func(string) string) string {
	var out []string
	for s := range strings.SplitSeq(v, by) {
		out = append(out, say(s))
	}
	return strings.Join(out, ", ")
}

// thing is what a refusal is about: "the name of tile \"cam-1\"" is a word, the thing
// whose it is, and what people called that.
func thing(l *words.Lang, v string) string {
	if a, b, ok := strings.Cut(v, " of "); ok {
		return l.T("no.of", "part", thing(l, a), "whole", thing(l, b))
	}
	for _, article := range []string{"the ", "a ", "an "} {
		v = strings.TrimPrefix(v, article)
	}
	if s := known(l, "no.word.", v); s != v {
		return s
	}
	if head, rest, ok := strings.Cut(v, " "); ok && l.Has("no.word."+head) {
		return l.T("no.word."+head) + " " + rest
	}
	return v
}

// number is a number as people write it.
func number(l *words.Lang, v string) string {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return v
	}
	return l.Measured(f, "")
}
