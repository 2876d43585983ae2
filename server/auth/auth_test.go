package auth

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The whole matrix, written out a second time: a right given by mistake must
// be given twice to pass.
func TestAuthorisationMatrix(t *testing.T) {
	want := map[Role]string{
		Administrator: "alert.acknowledge camera.control camera.watch clip.save config.read config.write feed.read feed.resync map.edit metrics.read node.enrol observation.send popup.close popup.open recording.read report.open report.text scene.save scene.show scene.undo schedule.follow schedule.save state.read tile.lock tile.unlock user.manage wall.read wall.save wall.test",
		Operator:      "alert.acknowledge camera.control camera.watch clip.save feed.read feed.resync map.edit popup.close popup.open recording.read report.open report.text scene.save scene.show scene.undo schedule.follow schedule.save state.read tile.lock tile.unlock wall.read",
		Leader:        "camera.watch feed.read feed.resync recording.read state.read wall.read",
		Unit:          "camera.watch feed.read feed.resync recording.read report.open state.read",
		Desk:          "camera.watch feed.read feed.resync report.open report.text state.read",
		Analyst:       "feed.read feed.resync state.read",
		Approver:      "feed.read feed.resync state.read",
		Technician:    "camera.control camera.watch config.read config.write feed.read feed.resync metrics.read node.enrol recording.read scene.save scene.show scene.undo schedule.follow schedule.save state.read wall.read wall.save wall.test",
		Auditor:       "feed.read feed.resync state.read wall.read",
		Node:          "camera.watch feed.read feed.resync node.report recording.read",
		Provider:      "observation.send report.open",
	}
	for _, role := range Roles() {
		var got []string
		for _, r := range Rights() {
			if (Identity{Role: role}).May(r) {
				got = append(got, string(r))
			}
		}
		if g := strings.Join(got, " "); g != want[role] {
			t.Errorf("%s may\n %s\nwant\n %s", role, g, want[role])
		}
	}
	if (Identity{Role: "guest"}).May(ReadFeed) || (Identity{}).May(ReadFeed) {
		t.Error("a role nobody made may read the feed")
	}
	var denied *DeniedError
	err := (Identity{Role: Leader, Token: "ab"}).Demand(ShowScene)
	if !errors.As(err, &denied) || err.Error() != "the token ab (leader) has no right to scene.show; ask somebody with the role operator or technician, or an administrator" {
		t.Errorf("Demand = %v", err)
	}
	for _, hold := range []Hold{HoldPassword, HoldFactor, HoldArea} {
		id := Identity{Role: Administrator, User: "admin", Hold: hold}
		if err := id.Demand(ReadFeed); len(id.Rights()) != 0 || CodeOf(err) != Code(hold) || !strings.Contains(err.Error(), "no right to feed.read") {
			t.Errorf("with the hold %s: %v, %v", hold, id.Rights(), err)
		}
	}
}

func TestTokenLife(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 2, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	raw, tok, err := s.Add(Spec{Name: "Mai", Role: Operator, Areas: []string{"vn/quang-nam"}, TTL: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.Verify(raw)
	if err != nil || id.Name != "Mai" || id.Role != Operator || !slices.Equal(id.Areas, []string{"vn/quang-nam"}) {
		t.Fatalf("Verify = %+v, %v", id, err)
	}
	data, _ := os.ReadFile(path)
	if strings.Contains(string(data), raw) || strings.Contains(string(data), raw[5:]) {
		t.Error("the file holds the token itself")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, want 0600", info.Mode().Perm())
	}
	for in, want := range map[string]error{"": ErrNoToken, "iocw_nonsense": ErrUnknownToken, tok.SHA256: ErrUnknownToken} {
		if _, err := s.Verify(in); !errors.Is(err, want) {
			t.Errorf("Verify(%q) = %v, want %v", in, err, want)
		}
	}
	now = now.Add(time.Hour)
	if _, err := s.Verify(raw); !errors.Is(err, ErrExpired) {
		t.Errorf("an hour later: %v", err)
	}
	if s.Good(tok.ID) {
		t.Error("an expired token is good")
	}
}

func TestRevocationReachesARunningServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	server, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	cli, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	raw, tok, err := cli.Add(Spec{Name: "pc-03", Role: Node})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Verify(raw); err != nil {
		t.Fatalf("a token made a moment ago: %v", err)
	}
	// Both sides write: neither may lose the other's token.
	if _, _, err := server.Add(Spec{Name: "Hùng", Role: Leader}); err != nil {
		t.Fatal(err)
	}
	if err := cli.Revoke(tok.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(cli.List()); n != 2 {
		t.Errorf("%d tokens, want 2", n)
	}
	lost, err := server.Reload()
	if err != nil || !slices.Equal(lost, []string{tok.ID}) {
		t.Errorf("Reload = %v, %v", lost, err)
	}
	if _, err := server.Verify(raw); !errors.Is(err, ErrRevoked) {
		t.Errorf("revoked token: %v", err)
	}
	if err := cli.Revoke("nobody"); err == nil {
		t.Error("an unknown id was revoked")
	}
}

func TestDamagedFileOpensNoDoor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	if err := os.WriteFile(path, []byte("[{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("Open = %v", err)
	}
	for _, spec := range []Spec{{Name: "x", Role: "king"}, {Name: " ", Role: Leader}} {
		s, _ := Open(filepath.Join(t.TempDir(), "t"))
		if _, _, err := s.Add(spec); err == nil {
			t.Errorf("Add(%+v) was accepted", spec)
		}
	}
}

// Without areas an identity sees everything, which a unit never may.
func TestAUnitNeedsAreas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	many := make([]string, 100)
	for i := range many {
		many[i] = "vn/quang-nam/tam-ky"
	}
	for _, c := range []struct {
		name  string
		role  Role
		areas []string
		want  string
	}{
		{"a unit without areas", Unit, nil, "--area"},
		{"a unit of nowhere", Unit, []string{""}, "empty name"},
		{"an operator of nowhere", Operator, []string{"vn/quang-nam", " "}, "empty name"},
		{"too many", Unit, many, "too many"},
		{"a unit", Unit, []string{"vn/quang-nam/tam-ky"}, ""},
		{"an operator of everything", Operator, nil, ""},
	} {
		_, tok, err := s.Add(Spec{Name: "x", Role: c.role, Areas: c.areas})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
		if err == nil && !s.Good(tok.ID) {
			t.Errorf("%s: the token is not good", c.name)
		}
	}

	// What somebody wrote into the file by hand opens no door either.
	raw, tok, err := s.Add(Spec{Name: "UBND Tam Kỳ", Role: Unit, Areas: []string{"vn/quang-nam/tam-ky"}})
	if err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(path)
	for _, area := range []string{`""`, ``} {
		text := strings.ReplaceAll(string(data), `"vn/quang-nam/tam-ky"`, area)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Reload(); err != nil {
			t.Fatal(err)
		}
		if id, err := s.Verify(raw); !errors.Is(err, ErrNoArea) || s.Good(tok.ID) {
			t.Errorf("with the areas [%s]: %+v, %v", area, id, err)
		}
	}
}
