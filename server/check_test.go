package server

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/server/area"
	"iocwall/server/settings"
)

// A certificate that the server could not use is a mistake of the configuration.
func TestCertificates(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	certificate(t, in("a.pem"), in("a.key"))
	certificate(t, in("b.pem"), in("b.key"))
	for _, name := range []string{"no.pem", "no.key"} {
		if err := os.WriteFile(in(name), []byte("very secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range []struct {
		cert, key string
		good      bool
	}{{"a.pem", "a.key", true}, {"a.pem", "b.key", false}, {"a.key", "a.pem", false}, {"no.pem", "no.key", false}} {
		_, problems := settings.Parse(in("ioc.yaml"), []byte("listen: 0.0.0.0:8443\ntls: {cert: "+x.cert+", key: "+x.key+"}\n"))
		switch {
		case x.good && len(problems) > 0:
			t.Errorf("%s and %s: %v", x.cert, x.key, problems)
		case x.good:
		case len(problems) != 1 || !strings.Contains(problems[0].String(), "ioc.yaml:2:7: tls: the certificate and the key cannot be used") || strings.Contains(problems[0].String(), "secret"):
			t.Errorf("%s and %s: %v", x.cert, x.key, problems)
		}
	}
}

// Walls fetch pictures over TLS where a proxy speaks it.
func TestPicturesBehindAProxy(t *testing.T) {
	for text, want := range map[string]string{
		"tls: {proxy: true}\nrelay: {listen: \"127.0.0.1:0\", public: \"ioc.example.vn:8554\"}\n": "rtsps://ioc.example.vn:8554",
		"relay: {listen: \"127.0.0.1:0\", public: \"ioc.example.vn:8554\"}\n":                     "rtsp://ioc.example.vn:8554",
	} {
		c, problems := settings.Parse(filepath.Join(t.TempDir(), "ioc.yaml"), []byte("data: data\nlisten: 127.0.0.1:0\n"+text))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		s, err := New(t.Context(), Options{Config: c})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.relayURL(s.cameras.Addr()); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		stopped, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Run(stopped); err != nil {
			t.Error(err)
		}
	}
}

func TestCircles(t *testing.T) {
	for _, x := range []struct {
		name    string
		parents [][2]string
		want    int
	}{
		{"a tree", [][2]string{{"a", ""}, {"b", "a"}, {"c", "a"}, {"d", "c"}}, 0},
		{"strangers", [][2]string{{"a", "x"}, {"b", ""}}, 0},
		{"no ids", [][2]string{{"", ""}, {"", ""}, {"a", ""}}, 0},
		{"oneself", [][2]string{{"a", "a"}}, 1},
		{"a circle with a tail", [][2]string{{"t", "a"}, {"a", "b"}, {"b", "c"}, {"c", "a"}, {"u", "b"}}, 1},
		{"two circles", [][2]string{{"a", "b"}, {"b", "a"}, {"c", "d"}, {"d", "c"}, {"e", "c"}}, 2},
		{"one id twice", [][2]string{{"a", ""}, {"a", "b"}, {"b", "a"}}, 0},
	} {
		if got := area.Circles(x.parents); len(got) != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}
