package wall

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"iocwall/server"
	"iocwall/server/auth"
	"iocwall/server/settings"
)

// patience guards against hanging only.
const patience = 30 * time.Second

// program is the part of the server's program that is tested.
type program struct {
	Wall Cmd `cmd:""`
}

// call runs the program and returns what it printed.
func call(t *testing.T, args ...string) (out, said string, err error) {
	t.Helper()
	var p program
	var stdout, stderr bytes.Buffer
	parser, err := kong.New(&p, kong.Name("wallsrv"), kong.Writers(&stdout, &stderr), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	k, err := parser.Parse(args)
	if err != nil {
		return "", "", err
	}
	k.BindTo(t.Context(), (*context.Context)(nil))
	err = k.Run()
	return stdout.String(), stderr.String(), err
}

// write makes a file.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const wallConfig = `data: data
listen: 127.0.0.1:0
relay: {listen: "127.0.0.1:0"}
wall: {id: main, name: Tường điều hành, columns: 2, rows: 1, px_w: 320, px_h: 180, bezel: 0, nodes: [1, 1]}
scenes:
  - {id: giao-ban, name: Giao ban, preset: 1, tiles: [{id: ban-do, kind: map, at: 1-2}]}
  - {id: bao-so-5, name: Bão số 5, tiles: [{id: trai, kind: map, at: "1", params: {title: "Cầu Rồng"}}, {id: phai, kind: clock, at: "2"}], zones: [{id: goc, name: Góc phải, at: "2"}]}
`

// wallServer is a server with a wall and what reaches it.
type wallServer struct {
	t     *testing.T
	addr  string
	dir   string
	store *auth.Store
}

func newWallServer(t *testing.T) *wallServer {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "ioc.yaml")
	if err := os.WriteFile(path, []byte(wallConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	config, problems := settings.Load(path)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s, err := server.New(t.Context(), server.Options{Config: config, Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	<-s.Ready()
	store, err := auth.Open(server.TokenFile(filepath.Join(dir, "data")))
	if err != nil {
		t.Fatal(err)
	}
	return &wallServer{t: t, addr: s.Addr(), dir: dir, store: store}
}

// token makes a token and returns its file.
func (s *wallServer) token(name string, role auth.Role) string {
	s.t.Helper()
	raw, _, err := s.store.Add(auth.Spec{Name: name, Role: role})
	file := filepath.Join(s.dir, name+".token")
	if err == nil {
		err = os.WriteFile(file, []byte(raw+"\n"), 0o600)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	// The server looks for new tokens now and then.
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if _, _, err := call(s.t, "wall", "list", "--server", s.addr, "--token-file", file); err == nil || !strings.Contains(err.Error(), "not known") {
			return file
		}
		if time.Now().After(end) {
			s.t.Fatal("the server never learns of the token")
		}
	}
}

// says runs a command and demands words in what it prints.
func (s *wallServer) says(token string, args []string, want ...string) string {
	s.t.Helper()
	out, said, err := call(s.t, append([]string{"wall", "--server", "ws://" + s.addr + "/feed", "--token-file", token}, args...)...)
	if err != nil {
		s.t.Errorf("%q: %v", args, err)
		return ""
	}
	for _, w := range want {
		if !strings.Contains(out+said, w) {
			s.t.Errorf("%q prints\n%s%s\nwithout %q", args, out, said, w)
		}
	}
	return out
}

// fails runs a command that is to end with an error.
func (s *wallServer) fails(token string, args []string, want string) {
	s.t.Helper()
	out, _, err := call(s.t, append([]string{"wall", "--server", s.addr, "--token-file", token}, args...)...)
	if err == nil || !strings.Contains(err.Error(), want) {
		s.t.Errorf("%q: %v %s, want %q", args, err, out, want)
	}
}

// typed splits a line; a text between bars stays together.
func typed(line string) []string {
	var out []string
	for i, part := range strings.Split(line, "|") {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// A wall is run from the command line.
func TestWallCommands(t *testing.T) {
	s := newWallServer(t)
	mai, kt, leader := s.token("Mai", auth.Operator), s.token("Kỹ thuật", auth.Technician), s.token("Lãnh đạo", auth.Leader)
	for _, x := range []struct {
		token, line string
		want        []string
	}{
		{leader, "list", []string{"Tường điều hành", "0 of 2", "Giao ban (giao-ban)"}},
		{mai, "switch bao-so-5", []string{"the wall main shows bao-so-5"}},
		{leader, "show", []string{"Bão số 5 (bao-so-5)", "by Mai", "map Cầu Rồng", "Góc phải", "absent   pc-01 (screens 1), never there"}},
		{leader, "show main", []string{"phai"}},
		{mai, "lock --tile trai --for 2h --note |theo dõi|", []string{"tile trai of the wall main is locked"}},
		{leader, "show", []string{"locked   trai by Mai", "theo dõi"}},
		{mai, "switch giao-ban", []string{"note: left out: ban-do"}},
		{mai, "unlock --screen 1", []string{"screen 1 of the wall main is no longer locked"}},
		{mai, "undo", []string{"shows the scene before again"}},
		{mai, "popup --text |Họp lúc 14:00\\nPhòng A| --title |Thông báo| --id hop --limit 10m", []string{"hop\n", "shown in the zone Góc phải (goc)"}},
		{leader, "show", []string{"Thông báo (hop)"}},
		{mai, "popup --map 16.0612,108.2274 --camera cau-rong --zone goc --priority 10 --id sau", []string{"sau\n", "waits for a zone, 1. in the queue"}},
		{mai, "close hop", []string{"the popup hop is closed"}},
		{mai, "close sau", []string{"closed"}},
		{leader, "log --screen 1", []string{"screen 1 of the wall main", "map Cầu Rồng", "Mai (bao-so-5)", "not known: the computer pc-01 had never been there"}},
		{leader, "log --screen 2 --from 2026-01-01", []string{"note Thông báo", "popup hop", "before"}},
		{leader, "nodes", []string{"pc-02", "never there"}},
		{kt, "identify --for 5s", []string{"shows it for 5s"}},
		{leader, "show", []string{"TEST     a test picture is shown (identify)"}},
		{kt, "identify --off", []string{"shows its scene again"}},
		{kt, "map --screen 2 --node pc-09 --output HDMI-2 --spare", []string{"screen 2 of the wall main is driven by pc-09 at HDMI-2"}},
		{leader, "nodes", []string{"pc-09"}},
		{kt, "enrol pc-09", []string{"wall node --name pc-09 --code ", "--server ws://" + s.addr + "/feed"}},
		{mai, "schedule save ca-ngay --name |Ca ngày| --scene giao-ban --scene bao-so-5 --dwell 1m --day workday --from 07:00 --to 17:00 --off", []string{"is saved"}},
		{mai, "schedule save ca-ngay --name |Ca ngày| --scene giao-ban --from 07:00 --to 24:00 --off", []string{"is saved"}},
		{leader, "schedule list", []string{"Ca ngày", "every day", "07:00", "24:00", "off"}},
		{mai, "schedule remove ca-ngay", []string{"is removed"}},
		{leader, "scene list", []string{"Bão số 5", "the wall"}},
		{leader, "scene history giao-ban", []string{"Giao ban", "1"}},
		{mai, "scene remove giao-ban", []string{"the scene giao-ban is removed"}},
		{leader, "scene history giao-ban", []string{"removed"}},
	} {
		s.says(x.token, typed(x.line), x.want...)
	}
	for _, x := range []struct{ token, line, want string }{
		{leader, "switch bao-so-5", "no right to scene.show"},
		{mai, "switch khong-co", `no scene "khong-co" ("wallsrv wall scene list" names the scenes)`},
		{mai, "--wall kia show", `no wall "kia"`},
		{mai, "lock --screen 9", "no screen 9"},
		{mai, "lock --screen 1 --tile x", "can't be used together"},
		{mai, "lock --screen 1 --for 90s", "whole minutes"},
		{mai, "popup", "nothing to show"},
		{mai, "popup --map 200,1", "latitude and longitude"},
		{mai, "close khong-co", "no popup"},
		{mai, "log --at 25:00", "is not a time"},
		{mai, "log --to 10:00", "--to needs --from"},
		{mai, "log --screen 9", "no screen 9"},
		{mai, "map --screen 7 --node pc-01", "has no screen 7"},
		{mai, "map --screen 1 --node pc-01", "no right to wall.save"},
		{mai, "enrol pc-01", "no right to node.enrol"},
		{mai, "schedule save x --scene bao-so-5 --from 7", "is not an hour"},
		{mai, "schedule remove x", "no schedule"},
		{mai, "schedule follow", "no schedule"},
		{mai, "scene remove bao-so-5", "is on the wall"},
		{mai, "scene history khong-co", "never had a scene"},
		{kt, "pattern --for 2h", "1s to 1h"},
	} {
		s.fails(x.token, typed(x.line), x.want)
	}
	for _, line := range []string{"list", "show", "nodes", "log", "scene list", "scene history bao-so-5", "schedule list", "switch bao-so-5"} {
		if out := s.says(mai, append(typed(line), "--json")); !json.Valid([]byte(out)) {
			t.Errorf("%s --json prints %s", line, out)
		}
	}
}

func TestWallScreenshot(t *testing.T) {
	s := newWallServer(t)
	mai := s.token("Mai", auth.Operator)
	file := filepath.Join(t.TempDir(), "tường.png")
	s.says(mai, []string{"screenshot", "-o", file, "--width", "400"}, "tường.png")
	if png, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("%v %.20q", err, png)
	}
	s.fails(mai, []string{"screenshot", "-o", file, "--screen", "9"}, "9")
}

// Without a token, a server or the right address it is said what to try.
func TestWallCommandsSayWhatToTry(t *testing.T) {
	token := write(t, "mai.token", "iocw_x\n")
	empty := write(t, "empty.token", "\n")
	for _, x := range []struct {
		args []string
		want string
	}{
		{[]string{"wall", "list"}, "--token-file"},
		{[]string{"wall", "list", "--token-file", empty}, "is empty"},
		{[]string{"wall", "list", "--token-file", token, "--server", "127.0.0.1:1"}, "is it running, and is --server right?"},
		{[]string{"wall", "list", "--token-file", token, "--server", "ftp://x"}, "http:// or https://"},
		{[]string{"wall", "list", "--token-file", token, "--server", "http://"}, "is no address"},
	} {
		if _, _, err := call(t, x.args...); err == nil || !strings.Contains(err.Error(), x.want) || strings.Contains(err.Error(), "iocw_x") {
			t.Errorf("%q: %v, want %q", x.args, err, x.want)
		}
	}
}

// Hours are those of Vietnam, the last ones up to now.
func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC) // 10:00 in Vietnam
	for text, want := range map[string]string{
		"09:42":                "2026-11-22T09:42:00+07:00",
		"10:00":                "2026-11-22T10:00:00+07:00",
		"10:01":                "2026-11-21T10:01:00+07:00",
		"23:59:59":             "2026-11-21T23:59:59+07:00",
		"2026-11-20 08:00":     "2026-11-20T08:00:00+07:00",
		"20/11/2026 08:00":     "2026-11-20T08:00:00+07:00",
		"2026-11-20":           "2026-11-20T00:00:00+07:00",
		"2026-11-20T01:00Z":    "",
		"2026-11-20T01:00:00Z": "2026-11-20T08:00:00+07:00",
		"9h42":                 "",
		"":                     "",
	} {
		got, err := moment(text, now)
		if want == "" {
			if err == nil {
				t.Errorf("%q is %v", text, got)
			}
			continue
		}
		if err != nil || got.In(vietnam()).Format(time.RFC3339) != want {
			t.Errorf("%q: %v %v, want %s", text, got, err, want)
		}
	}
	// Over midnight.
	l := logCmd{From: "23:30", To: "00:30", Limit: 5}
	q, err := l.query(now)
	if err != nil || q.Get("from") != "2026-11-21T23:30:00+07:00" || q.Get("to") != "2026-11-22T00:30:00+07:00" {
		t.Errorf("%v %v", q, err)
	}
	l = logCmd{From: "09:00", To: "11:00"}
	if q, err = l.query(now); err != nil || q.Get("to") != "2026-11-22T11:00:00+07:00" {
		t.Errorf("%v %v", q, err)
	}
}

func TestNumbers(t *testing.T) {
	for want, ns := range map[string][]int{"": nil, "3": {3}, "3, 4": {4, 3}, "1-3, 7": {7, 1, 2, 3}} {
		if got := numbers(ns); got != want {
			t.Errorf("%v: %q, want %q", ns, got, want)
		}
	}
}

// What is exported comes back; what somebody changed meanwhile is not lost.
func TestWallSceneFiles(t *testing.T) {
	s := newWallServer(t)
	mai := s.token("Mai", auth.Operator)
	file := filepath.Join(t.TempDir(), "bão.yaml")
	s.says(mai, []string{"scene", "export", "bao-so-5", "-o", file})
	raw, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(raw), "Bão số 5") || !strings.Contains(string(raw), "Cầu Rồng") {
		t.Fatalf("%v %s", err, raw)
	}
	s.says(mai, []string{"scene", "import", file}, "nothing differs")
	s.says(mai, []string{"scene", "diff", "bao-so-5", file}, "nothing differs")
	s.fails(mai, []string{"scene", "diff", "bao-so-5"}, "is the first one")
	changed := strings.Replace(string(raw), "Cầu Rồng", "Cầu Thuận Phước", 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	s.says(mai, []string{"scene", "import", file, "--check"}, "Cầu Rồng", "Cầu Thuận Phước")
	s.says(mai, []string{"scene", "import", file}, "the scene bao-so-5 of the wall main is saved")
	s.says(mai, []string{"scene", "diff", "bao-so-5"}, "Cầu Rồng", "Cầu Thuận Phước")
	s.says(mai, []string{"scene", "diff", "bao-so-5", "--from", "1", "--to", "2"}, "Cầu Thuận Phước")
	s.says(mai, []string{"scene", "export", "bao-so-5", "--at-version", "1"}, "Cầu Rồng")
	// The file is of version 1, and version 2 stands.
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	s.fails(mai, []string{"scene", "import", file}, "version 2 of Mai stands")
	s.says(mai, []string{"scene", "import", file, "--force"}, "is saved")
	s.says(mai, []string{"scene", "remove", "bao-so-5"}, "removed")
	s.fails(mai, []string{"scene", "export", "bao-so-5", "--at-version", "4"}, "export the one before")
	s.says(mai, []string{"scene", "import", file}, "is saved")
	s.says(mai, []string{"scene", "history", "bao-so-5"}, "5", "removed")
	if err := os.WriteFile(file, []byte(strings.Replace(string(raw), "kind: clock", "kind: clok", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.fails(mai, []string{"scene", "import", file}, "bão.yaml:")
	s.fails(mai, []string{"scene", "export", "khong-co"}, "has no scene")
}
