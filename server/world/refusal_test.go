package world

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
)

// TestRefuse: the holes of the sentence are filled once, whatever the values hold; a
// stranger's value is bounded; an error among the values lies behind.
func TestRefuse(t *testing.T) {
	r := Refuse("changed", "the {what} was changed (version {version}): {why}", "what", "{version}", "version", 3, "why", io.ErrUnexpectedEOF)
	if r.Text != "the {version} was changed (version 3): unexpected EOF" || r.Values["version"] != "3" || !errors.Is(r, io.ErrUnexpectedEOF) {
		t.Errorf("%+v", r)
	}
	if long := Refuse("x", "{id}", "id", strings.Repeat("é", 500)); len(long.Text) > 100 || !strings.HasSuffix(long.Text, "é…") {
		t.Errorf("%q", long.Text)
	}
	got := Refused("1", fmt.Errorf("show: %w", r))
	if got.OK || got.ID != "1" || got.Code != "changed" || got.Values["version"] != "3" || !strings.HasPrefix(got.Reason, "show: ") {
		t.Errorf("%+v", got)
	}
	if got := Refused("1", io.EOF); got.Code != "" || got.Reason != "EOF" {
		t.Errorf("%+v", got)
	}
}

// TestRefusalBehind: a refusal that lies behind another is said with its code and its
// values, however deep it lies.
func TestRefusalBehind(t *testing.T) {
	inner := Refuse("point", "point {n}: {why}", "n", 3, "why", fmt.Errorf("seen: %w", Refuse("swapped", "swapped at {at}", "at", "[1, 2]")))
	r := Refuse("shape", "shape {n}: {why}", "n", 2, "why", inner)
	if r.Text != "shape 2: point 3: seen: swapped at [1, 2]" || !errors.Is(r, inner) {
		t.Errorf("%+v", r)
	}
	for key, want := range map[string]string{"n": "2", "why.code": "point", "why.n": "3", "why.why.code": "swapped", "why.why.at": "[1, 2]"} {
		if r.Values[key] != want {
			t.Errorf("%s is %q, want %q", key, r.Values[key], want)
		}
	}
	if r := Refuse("shape", "{why}", "why", &Refusal{Text: "odd"}); len(r.Values) != 1 || r.Text != "odd" {
		t.Errorf("%+v", r)
	}
}

// TestSay: of several causes that were joined each is said, however deep they lie; of
// an error with words around one cause it is that cause.
func TestSay(t *testing.T) {
	a, b, c := Refuse("a", "no a {n}", "n", 1), Refuse("b", "no b"), Refuse("c", "no c {n}", "n", 3)
	plain := errors.New("disk full")
	type values = map[string]string
	both := values{"1": "no a 1", "1.code": "a", "1.n": "1", "2": "no b", "2.code": "b"}
	for name, x := range map[string]struct {
		err    error
		code   string
		values values
	}{
		"nothing":              {nil, "", nil},
		"no code":              {plain, "", nil},
		"no codes":             {errors.Join(plain, io.EOF), "", nil},
		"one":                  {fmt.Errorf("show: %w", a), "a", values{"n": "1"}},
		"one and nothing":      {errors.Join(nil, a), "a", values{"n": "1"}},
		"two":                  {errors.Join(a, b), Many, both},
		"two with words":       {fmt.Errorf("show: %w", errors.Join(fmt.Errorf("seen: %w", a), b)), Many, both},
		"three, nested":        {errors.Join(errors.Join(a, b), c), Many, values{"1": "no a 1", "1.code": "a", "1.n": "1", "2": "no b", "2.code": "b", "3": "no c 3", "3.code": "c", "3.n": "3"}},
		"one without a code":   {errors.Join(b, plain), Many, values{"1": "no b", "1.code": "b", "2": "disk full"}},
		"words around two":     {fmt.Errorf("%w: %w", io.EOF, a), "a", values{"n": "1"}},
		"a refusal of its own": {&Refusal{Text: "odd", cause: a}, "a", values{"n": "1"}},
	} {
		if code, got := Say(x.err); code != x.code || !maps.Equal(got, x.values) {
			t.Errorf("%s: %s %q", name, code, got)
		}
	}
	r := Refuse("file", "the file: {why}", "why", errors.Join(a, b))
	if want := (values{"why": "no a 1\nno b", "why.code": Many, "why.1": "no a 1", "why.1.code": "a", "why.1.n": "1", "why.2": "no b", "why.2.code": "b"}); !maps.Equal(r.Values, want) || !errors.Is(r, b) {
		t.Errorf("%q", r.Values)
	}
	if got := Refused("1", errors.Join(a, b)); got.Code != Many || !maps.Equal(got.Values, both) {
		t.Errorf("%+v", got)
	}
}

// TestTexts: what people are to copy comes whole.
func TestTexts(t *testing.T) {
	text := strings.Repeat("é", 5000)
	if r := Refuse("x", "write {text}", "text", text); r.Values["text"] != text || r.Text != "write "+text {
		t.Errorf("%d bytes", len(r.Text))
	}
}

func TestClipFailure(t *testing.T) {
	for why, code := range map[string]string{"": "", "disk full": "", ClipNotKept: "clip.notkept", ClipGone: "clip.gone"} {
		if got := (Clip{Why: why}).Failure(); got.Code != code || got.Text != why {
			t.Errorf("%q is %+v", why, got)
		}
	}
}
