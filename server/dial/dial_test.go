package dial

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBase(t *testing.T) {
	for server, want := range map[string]string{
		"ws://127.0.0.1:8080/feed":               "http://127.0.0.1:8080",
		"wss://ioc.example.vn/feed?x=1#y":        "https://ioc.example.vn",
		"https://mai:secret@ioc.example.vn/a%2F": "https://ioc.example.vn",
		"ioc.example.vn:8080":                    "http://ioc.example.vn:8080",
	} {
		if u, err := Base(server); err != nil || u.String() != want {
			t.Errorf("%s: %v, %v; want %s", server, u, err, want)
		}
	}
	for _, server := range []string{"", "http://", "ftp://ioc.example.vn", "http://[::1"} {
		if u, err := Base(server); err == nil || !strings.Contains(err.Error(), "--server") {
			t.Errorf("%q: %v, %v", server, u, err)
		}
	}
}

func TestToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	for text, want := range map[string]string{" ioc_1\n": "ioc_1", "\n": ""} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Token(path); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if _, err := Token(path + "-"); err == nil || !strings.HasPrefix(err.Error(), "token: ") {
		t.Error(err)
	}
}

// TestClient trusts a server by its authority's file, not without it, and goes
// nowhere else.
func TestClient(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	srv := httptest.NewTLSServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	defer srv.Close()
	srv.Config.ErrorLog = nil
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		ca    string
		trust bool
	}{{ca, true}, {"", false}} {
		client, transport, err := Client(c.ca)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Get(srv.URL)
		if (err == nil) != c.trust {
			t.Errorf("with the authority %q: %v", c.ca, err)
		}
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if resp.StatusCode != http.StatusTemporaryRedirect {
				t.Error(resp.Status)
			}
		}
		transport.CloseIdleConnections()
	}
	if err := os.WriteFile(ca, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Client(ca); err == nil || !strings.Contains(err.Error(), "PEM") {
		t.Error(err)
	}
}
