package auth

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iocwall/server/world"
)

// TestUnit holds that a user has the agency that was given, that it changes without
// logging anybody out, that it is in the history, and that it gives no right: who may
// see what is said by areas alone.
func TestUnit(t *testing.T) {
	o := newOffice(t)
	one, made, err := o.Add(t.Context(), By{Who: "cli"}, UserSpec{Login: "lan", Name: "Lan", Role: Unit, Areas: []Term{{Area: "vn/dn"}}, Unit: "so-nnmt"})
	if err != nil || made.Unit != "so-nnmt" {
		t.Fatalf("%+v, %v", made, err)
	}
	raw, id := o.enter("lan", one, "")
	if id.Unit != "so-nnmt" {
		t.Errorf("the identity has %q", id.Unit)
	}
	unit := "so-xd"
	if u, err := o.Change(By{Who: "cli"}, "lan", UserEdit{Unit: &unit}); err != nil || u.Unit != "so-xd" || len(u.Areas) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	id, err = o.Verify(raw)
	if err != nil || id.Unit != "so-xd" || len(id.Areas) != 1 || id.Areas[0] != "vn/dn" {
		t.Errorf("another unit ends the session, or widens it: %+v, %v", id, err)
	}
	name := "Lan Anh"
	if u, err := o.Change(By{Who: "cli"}, "lan", UserEdit{Name: &name}); err != nil || u.Unit != "so-xd" {
		t.Errorf("another name takes the unit away: %+v, %v", u, err)
	}
	if !slices.ContainsFunc(o.book.Notes, func(n Note) bool { return n.Act == "user.change" && n.Text == "unit so-xd" }) {
		t.Errorf("the history says %+v", o.book.Notes)
	}
	if _, _, err := o.Add(t.Context(), By{}, UserSpec{Login: "tam", Name: "Tâm", Role: Unit, Unit: "so-nnmt"}); err == nil {
		t.Error("a unit without an area sees something")
	} else if no := world.Refused("", err); no.Code != "user.areas.unit" || no.Reason != "a unit sees its own areas only, so it needs at least one" {
		t.Errorf("a unit without an area is refused with %s: %q", no.Code, no.Reason)
	}
	long := strings.Repeat("x", longestUnit+1)
	if _, err := o.Change(By{}, "lan", UserEdit{Unit: &long}); CodeOf(err) != CodeInvalid {
		t.Errorf("an endless unit: %v", err)
	}
}

// TestOldFile holds that a file of users from before there were units is read, and
// that what is written of users without one is as it was.
func TestOldFile(t *testing.T) {
	o := newOffice(t)
	path := filepath.Join(t.TempDir(), "old.json")
	old := `{"users":[{"id":"u1","login":"dung","name":"Dũng","role":"unit","areas":[{"area":"vn/dn/hoi-an"}],"created":"2026-01-02T08:00:00Z","password":"x"}]}`
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	u, err := o.open(path).User("dung")
	if err != nil || u.Unit != "" || len(u.Areas) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	o.add("mai", Operator)
	if raw, err := os.ReadFile(o.file.path); err != nil || strings.Contains(string(raw), "unit") {
		t.Errorf("a user without a unit is written as %s, %v", raw, err)
	}
}
