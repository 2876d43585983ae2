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
