package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"github.com/alecthomas/kong"

	"iocwall/ui"
	"iocwall/ui/screens"
)

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{
		"0": 0, "12": 12, "512MB": 512_000_000, "2 GB": 2_000_000_000, "1.5g": 1_500_000_000, "64MiB": 64 << 20, "10kb": 10_000,
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "MB", "-5MB", "5 apples", "NaN", "1e40GB", "5MBMB"} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, got)
		}
	}
}

// TestGround: a base map that cannot be opened ends the start with a sentence that
// holds no secret; one that can is handed on with style and features.
func TestGround(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	file := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct {
		name, base, style string
		fails             string
	}{
		{"embedded", "embedded", "", ""},
		{"server", "https://user:geheim@tiles.example.org/{z}/{x}/{y}.png?key=geheim", "", ""},
		{"style", "", file("a.json", `{"version":8,"layers":[{"id":"background","type":"background","paint":{"background-color":"#101820"}}]}`), ""},
		{"no such file", "/nowhere/vn.pmtiles", "", "vn.pmtiles"},
		{"no archive", file("x.pmtiles", "hello"), "", "pmtiles"},
		{"no map", "ftp://user:geheim@example.org/x", "", "ftp"},
		{"no style", "embedded", file("b.json", "hello"), "b.json"},
	} {
		conn := &connection{Server: "ws://127.0.0.1:1/feed", TokenFile: "x", mapFlags: mapFlags{Map: c.base, MapCache: 64 << 20, MapStyle: c.style}}
		var o ui.Options
		g, err := newGround(conn, nil, &o)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) || strings.Contains(err.Error(), "geheim") {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if o.Base == nil || o.Maps.Features == nil || o.Maps.Tracks == nil || o.Maps.Cache == "" || (o.Maps.Ground != nil) != (c.style != "") || (g.cache != nil) != strings.HasPrefix(c.base, "https") {
			t.Errorf("%s: %+v", c.name, o.Maps)
		}
		if text := o.Base.Attribution().Text; strings.Contains(text, "geheim") {
			t.Errorf("%s: whom to name: %q", c.name, text)
		}
		if err := g.close(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// monitors are those of a computer.
type monitors []screens.Monitor

func (m monitors) List() ([]screens.Monitor, error) {
	if m == nil {
		return nil, errors.New("the display is gone")
	}
	return m, nil
}
func (monitors) Place(fyne.Window, screens.Monitor) {}
func (monitors) Changed() <-chan struct{}           { return nil }

// TestMapFlags: the base map has the memory that the monitors need, or that a person
// gives it, and names whom he names.
func TestMapFlags(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	was := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(was)
	large := screens.Monitor{W: 3840, H: 2160}
	for name, c := range map[string]struct {
		args    []string
		screens ui.Screens
		memory  int64
		limit   int64
		names   string
	}{
		"no monitors":      {nil, nil, 128 << 20, memoryLimit, "tiles.example.org · Natural Earth"},
		"not known":        {nil, monitors(nil), 128 << 20, memoryLimit, "tiles.example.org · Natural Earth"},
		"one small one":    {nil, monitors{{W: 1920, H: 1080}}, 128 << 20, memoryLimit, "tiles.example.org · Natural Earth"},
		"three large ones": {nil, monitors{large, large, large}, 3 * 2 * 10 * 3840 * 2160, memoryLimit + 3*2*10*3840*2160 - 128<<20, "tiles.example.org · Natural Earth"},
		"as a person says": {[]string{"--map-memory", "64MiB", "--map-attribution", "© OpenStreetMap contributors"}, monitors{large}, 64 << 20, memoryLimit, "© OpenStreetMap contributors · Natural Earth"},
	} {
		conn := connection{Server: "ws://127.0.0.1:1/feed", TokenFile: "x"}
		k, err := kong.New(&conn.mapFlags)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Parse(append([]string{"--map", "https://tiles.example.org/{z}/{x}/{y}"}, c.args...)); err != nil {
			t.Fatal(err)
		}
		o := ui.Options{Screens: c.screens}
		g, err := newGround(&conn, nil, &o)
		if err != nil {
			t.Fatal(err)
		}
		if got, limit := g.base.Stats().Budget, debug.SetMemoryLimit(-1); got != c.memory || limit != c.limit {
			t.Errorf("%s: %d bytes of tiles, a limit of %d; want %d, %d", name, got, limit, c.memory, c.limit)
		}
		if got := o.Base.Attribution().Text; got != c.names {
			t.Errorf("%s: it names %q, want %q", name, got, c.names)
		}
		if err := g.close(); err != nil {
			t.Error(err)
		}
	}
}

// TestFeaturesOfTheServer: features are asked for with the token, and the server's
// reason for not giving them is the error.
func TestFeaturesOfTheServer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer secret":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.EscapedPath() == "/api/map/layers/b%E1%BB%87nh%20vi%E1%BB%87n%2F2":
			_, _ = io.WriteString(w, "features")
		default:
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, `{"error":"no layer of this id"}`)
		}
	}))
	defer s.Close()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &connection{Server: strings.Replace(s.URL, "http", "ws", 1) + "/feed", TokenFile: token}
	d, err := c.door()
	if err != nil {
		t.Fatal(err)
	}
	get := features(d)
	f, err := get(t.Context(), "bệnh viện/2", "")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); string(b) != "features" || err != nil {
		t.Errorf("got %q, %v", b, err)
	}
	if _, err := get(t.Context(), "x", ""); err == nil || err.Error() != "no layer of this id" {
		t.Errorf("error %v", err)
	}
}
