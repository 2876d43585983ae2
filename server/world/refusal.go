package world

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// longestValue bounds a value of a refusal, in bytes: it may be what a stranger sent.
// Lists and reasons are the server's own and may be longer; a text is for people to
// copy, and comes whole as far as anybody would.
const (
	longestValue = 80
	longestList  = 400
	longestText  = 16 << 10
)

// Many is the code of several causes. Its values "1", "2" and so on are their
// sentences; the code and the values of each lie behind it, as Refuse writes them.
const Many = "many"

// Refusal says why something was not done: in English, and as a code with values, from
// which a program says it in another language. It holds no secret.
type Refusal struct {
	// Code is a stable word such as "scene.changed"; Values fill the holes of its
	// sentence.
	Code   string
	Values map[string]string
	// Text is the sentence in English.
	Text string
	// cause lies behind it, nil for nothing.
	cause error
}

// Refuse makes a Refusal. Pairs are name, value: "{name}" in the text becomes the
// value as fmt.Sprint writes it; an error among the values is what Unwrap returns. What
// Say returns of it are the value "name.code" and those of "name." and their names, so
// that a program says what lies behind in its own language, too.
func Refuse(code, text string, pairs ...any) *Refusal {
	r := &Refusal{Code: code}
	var holes []string
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		if err, ok := pairs[i+1].(error); ok {
			r.behind(name, err)
		}
		most := longestValue
		switch name {
		case "list", "things", "why", "hint", "what", "where", "roles":
			most = longestList
		case "text":
			most = longestText
		}
		value = bounded(value, most)
		r.set(name, value)
		holes = append(holes, "{"+name+"}", value)
	}
	r.Text = strings.NewReplacer(holes...).Replace(text)
	return r
}

// bounded cuts a text to some bytes.
func bounded(s string, most int) string {
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

func (r *Refusal) set(name, value string) {
	if r.Values == nil {
		r.Values = map[string]string{}
	}
	r.Values[name] = value
}

// behind takes what lies behind the refusal.
func (r *Refusal) behind(name string, err error) {
	r.cause = err
	code, values := Say(err)
	if code == "" {
		return
	}
	r.set(name+".code", code)
	for key, v := range values {
		r.set(name+"."+key, v)
	}
}

func (r *Refusal) Error() string { return r.Text }

// Unwrap returns what lies behind the refusal, nil for nothing.
func (r *Refusal) Unwrap() error { return r.cause }

// Say returns what a program needs to say it in its own language.
func (r *Refusal) Say() (code string, values map[string]string) { return r.Code, r.Values }

// Sayable is an error that programs can say in their own language.
type Sayable interface {
	error
	// Say returns the code and the values of the sentence.
	Say() (code string, values map[string]string)
}

// Say returns what a program needs to say an error in its own language: the code and
// the values of the first in it that is Sayable, or Many of several causes that were
// joined. Of these, one without a code is its text. The code is empty where nothing in
// it has one.
func Say(err error) (code string, values map[string]string) {
	list, coded := causesOf(err)
	switch {
	case !coded:
		return "", nil
	case len(list) == 1:
		return list[0].code, list[0].values
	}
	values = map[string]string{}
	for i, c := range list {
		name := strconv.Itoa(i + 1)
		values[name] = c.text
		if c.code == "" {
			continue
		}
		values[name+".code"] = c.code
		for key, v := range c.values {
			values[name+"."+key] = v
		}
	}
	return Many, values
}

// cause is one of the errors that an error consists of.
type cause struct {
	text, code string
	values     map[string]string
}

// causesOf takes an error apart; coded tells whether one of the causes has a code.
func causesOf(err error) (out []cause, coded bool) {
	if say, ok := err.(Sayable); ok { //nolint:errorlint // what it wraps comes below
		if code, values := say.Say(); code != "" {
			return []cause{{bounded(err.Error(), longestList), code, values}}, true
		}
	}
	switch x := err.(type) { //nolint:errorlint // likewise
	case interface{ Unwrap() error }:
		if out, coded = causesOf(x.Unwrap()); coded {
			return out, true
		}
	case interface{ Unwrap() []error }:
		parts := x.Unwrap()
		joined := errors.Join(parts...)
		all := joined != nil && joined.Error() == err.Error() // else the first one counts, with words around it
		for _, part := range parts {
			list, has := causesOf(part)
			if has && !all {
				return list, true
			}
			out, coded = append(out, list...), coded || has
		}
		if coded {
			return out, true
		}
	}
	if err == nil {
		return nil, false
	}
	return []cause{{text: bounded(err.Error(), longestList)}}, false
}

// Refused returns the receipt of a command that was not done.
func Refused(id string, err error) Receipt {
	out := Receipt{ID: id, Reason: err.Error()}
	out.Code, out.Values = Say(err)
	return out
}
