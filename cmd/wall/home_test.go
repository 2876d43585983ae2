package main

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/server/world"
)

func TestHomeIsOneComputersAndOneProcesss(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "pc-03")
	h, err := openHome(dir, "pc-03")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info, err)
	}
	if _, err := openHome(dir, "pc-03"); err == nil || !strings.Contains(err.Error(), "--state") {
		t.Errorf("a second process: %v", err)
	}
	if err := h.keepIdentity(identity{Node: "pc-03"}, "secret"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".new-17"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openHome(dir, "pc-04"); err == nil || !strings.Contains(err.Error(), `"pc-03"`) {
		t.Errorf("another computer: %v", err)
	}
	h, err = openHome(dir, "pc-03")
	if err != nil {
		t.Fatalf("after a refusal: %v", err)
	}
	defer h.Close()
	if _, err := os.Stat(filepath.Join(dir, ".new-17")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was half written is left: %v", err)
	}
	if info, err := os.Stat(h.path("token")); err != nil || info.Mode().Perm() != 0o600 || !h.enrolled() {
		t.Errorf("the token: %v, %v", info, err)
	}
}

func TestHomeDir(t *testing.T) {
	for _, c := range []struct{ systemd, xdg, home, want string }{
		{"/var/lib/iocwall/pc-03", "/s", "/h", "/var/lib/iocwall/pc-03"},
		{"/var/lib/a:/var/lib/b", "/s", "/h", "/var/lib/a"},
		{"", "/s", "/h", "/s/iocwall/pc-03"},
		{"", "", "/h", "/h/.local/state/iocwall/pc-03"},
	} {
		t.Setenv("STATE_DIRECTORY", c.systemd)
		t.Setenv("XDG_STATE_HOME", c.xdg)
		t.Setenv("HOME", c.home)
		if got, err := homeDir("pc-03"); got != c.want || err != nil {
			t.Errorf("%+v: %q, %v", c, got, err)
		}
	}
}

func TestGrantIsKept(t *testing.T) {
	h := newHome(t)
	if h.grant("ws://a/feed") != nil {
		t.Error("a grant from nowhere")
	}
	want := world.RelayGrant{URL: "rtsp://10.0.0.5:8554", Token: "secret", Expires: 17}
	if err := h.keepGrant("ws://a/feed", want); err != nil {
		t.Fatal(err)
	}
	if got := h.grant("ws://a/feed"); got == nil || *got != want {
		t.Errorf("got %v", got)
	}
	if got := h.grant("ws://b/feed"); got != nil {
		t.Errorf("another server's right is used: %v", got)
	}
	if info, err := os.Stat(h.path("relay.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file: %v, %v", info, err)
	}
	for _, text := range []string{"", "{", `{"url":"rtsp://x"}`, `{"server":"ws://a/feed","url":"rtsp://x"}`, `{"url":"rtsp://x","token":"secret"}`, `[]`} {
		if err := os.WriteFile(h.path("relay.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := h.grant("ws://a/feed"); got != nil {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// newHome is the folder of pc-03.
func newHome(t *testing.T) *home {
	t.Helper()
	h, err := openHome(t.TempDir(), "pc-03")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestAdmit lets computers in at a door that knows one code.
func TestAdmit(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		var in struct{ Node, Code string }
		if r.URL.Path != "/api/nodes/enrol" || r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&in) != nil || r.Header.Get("Authorization") != "" {
			t.Errorf("%s %s %+v", r.Method, r.URL, in)
		}
		switch in.Code {
		case "ABCD-EFGH-JK":
			_, _ = w.Write([]byte(`{"node":"` + in.Node + `","token":"the token"}`))
		case "OTHR-EFGH-JK":
			_, _ = w.Write([]byte(`{"node":"pc-07","token":"the token"}`))
		case "PAGE-EFGH-JK":
			_, _ = w.Write([]byte(`<html>`))
		default:
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"error":"the code is not good: it is wrong, was used, or is older than 15 minutes"}`))
		}
	}))
	defer srv.Close()
	at := "ws" + strings.TrimPrefix(srv.URL, "http") + "/feed"
	for name, c := range map[string]struct{ server, code, want string }{
		"good":         {at, "ABCD-EFGH-JK", ""},
		"no code":      {at, "", "--code"},
		"wrong":        {at, "XXXX-EFGH-JK", "the code is not good"},
		"another name": {at, "OTHR-EFGH-JK", "--name pc-07"},
		"no server":    {"ws://127.0.0.1:1/feed", "ABCD-EFGH-JK", "the code stays good"},
		"not a server": {at, "PAGE-EFGH-JK", "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHome(t)
			conn := &connection{Server: c.server}
			err := conn.admit(t.Context(), h, c.code)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || h.enrolled() {
					t.Errorf("%v, want %q", err, c.want)
				}
				if !strings.Contains(err.Error(), "wallsrv wall enrol pc-03") {
					t.Errorf("%v does not say what makes a code", err)
				}
				if c.code != "" && strings.Contains(err.Error(), c.code) {
					t.Errorf("the code is in the error: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			// Later starts need no code, and one that stands there is not used again.
			before := asked
			for _, code := range []string{"", c.code, " abcd-efgh-jk"} {
				later := &connection{Server: c.server}
				if err := later.admit(t.Context(), h, code); err != nil {
					t.Error(err)
				}
				if got, err := later.token(); got != "the token" || err != nil {
					t.Errorf("token %q, %v", got, err)
				}
			}
			if asked != before {
				t.Error("a code was used again")
			}
			// A new one is, but a computer that was let in before starts without.
			quiet := slog.LevelError + 1
			if err := (&connection{Server: c.server, LogLevel: quiet}).admit(t.Context(), h, "XXXX-EFGH-JK"); err != nil || asked != before+1 {
				t.Errorf("a new code: %v", err)
			}
			if err := (&connection{Server: "ws://127.0.0.1:1/feed", LogLevel: quiet}).admit(t.Context(), h, "XXXX-EFGH-JK"); err != nil {
				t.Errorf("a new code without the server: %v", err)
			}
			if got, err := conn.token(); got != "the token" || err != nil {
				t.Errorf("after a code that was refused: %q, %v", got, err)
			}
		})
	}
	named := &connection{TokenFile: "mine"}
	if err := named.admit(t.Context(), newHome(t), ""); err != nil || named.TokenFile != "mine" {
		t.Errorf("with a token's file: %v, %q", err, named.TokenFile)
	}
}
