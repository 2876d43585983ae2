package world

import (
	"errors"
	"fmt"
	"strings"
)

// longestValue bounds a value of a refusal, in bytes: it may be what a stranger sent.
// Lists and reasons are the server's own and may be longer.
const (
	longestValue = 80
	longestList  = 400
)

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
// value as fmt.Sprint writes it; an error among the values is what Unwrap returns. Of
// one that is Sayable the code is the value "name.code", and its own values are
// "name." and theirs, so that a program says what lies behind in its own language, too.
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
		}
		if len(value) > most {
			value = strings.ToValidUTF8(value[:most], "") + "…"
		}
		if r.Values == nil {
			r.Values = map[string]string{}
		}
		r.Values[name] = value
		holes = append(holes, "{"+name+"}", value)
	}
	r.Text = strings.NewReplacer(holes...).Replace(text)
	return r
}

// behind takes what lies behind the refusal.
func (r *Refusal) behind(name string, err error) {
	r.cause = err
	var say Sayable
	if !errors.As(err, &say) {
		return
	}
	code, values := say.Say()
	if code == "" {
		return
	}
	if r.Values == nil {
		r.Values = map[string]string{}
	}
	r.Values[name+".code"] = code
	for key, v := range values {
		r.Values[name+"."+key] = v
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

// Refused returns the receipt of a command that was not done.
func Refused(id string, err error) Receipt {
	out := Receipt{ID: id, Reason: err.Error()}
	var say Sayable
	if errors.As(err, &say) {
		out.Code, out.Values = say.Say()
	}
	return out
}
