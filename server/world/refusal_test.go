package world

import (
	"errors"
	"fmt"
	"io"
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

func TestClipFailure(t *testing.T) {
	for why, code := range map[string]string{"": "", "disk full": "", ClipNotKept: "clip.notkept", ClipGone: "clip.gone"} {
		if got := (Clip{Why: why}).Failure(); got.Code != code || got.Text != why {
			t.Errorf("%q is %+v", why, got)
		}
	}
}
