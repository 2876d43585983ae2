package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"iocwall/geo/coord"
	"iocwall/server"
	"iocwall/server/auth"
)

// realServer serves on loopback until the test ends; the connection has a token of
// the role.
func realServer(t *testing.T, role auth.Role) *connection {
	t.Helper()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	write := func(name, text string) {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("ioc.yaml", "name: Thử\ndata: data\nlisten: 127.0.0.1:0\nrelay: {listen: \"127.0.0.1:0\"}\n")
	if err := os.Mkdir(path("data"), 0o700); err != nil {
		t.Fatal(err)
	}
	store, err := auth.Open(server.TokenFile(path("data")))
	if err != nil {
		t.Fatal(err)
	}
	raw, _, err := store.Add(auth.Spec{Name: "Mai", Role: role})
	if err != nil {
		t.Fatal(err)
	}
	write("token", raw+"\n")
	config, problems := server.LoadConfig(path("ioc.yaml"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s, err := server.New(t.Context(), server.Options{Config: config, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	select {
	case <-s.Ready():
	case err := <-ended:
		ended <- err
		t.Fatalf("the server ended: %v", err)
	}
	return &connection{Server: "ws://" + s.Addr() + "/feed", TokenFile: path("token")}
}

const someFences = `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.5,15.9],[108.6,15.9],[108.6,16],[108.5,16],[108.5,15.9]]]},
 "properties":{"name":"Khu bảo tồn Cù Lao Chàm","purpose":"protected","near":500}},
{"type":"Feature","geometry":{"type":"Point","coordinates":[108.5,15.9]},"properties":{"name":"Điểm"}},
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108,15],[109,16],[109,15],[108,16],[108,15]]]},"properties":{"name":"Nơ"}}]}`

// TestFencesThroughTheServer: a file of fences goes to a real server, which says
// what it did not keep and why; it comes back as a file that says the same.
func TestFencesThroughTheServer(t *testing.T) {
	d, err := realServer(t, auth.Operator).door()
	if err != nil {
		t.Fatal(err)
	}
	files := fences(d)
	got, err := files.Import(t.Context(), strings.NewReader(someFences))
	if err != nil {
		t.Fatal(err)
	}
	if got.Kept != 1 || got.Unchanged != 0 || got.Refused != 2 || len(got.Rejected) != 2 {
		t.Fatalf("imported %+v", got)
	}
	for i, want := range []struct{ why, code string }{{"Point", "import.form"}, {"cross", "shape.crossing"}} {
		if r := got.Rejected[i]; r.Index != i+1 || !strings.Contains(r.Why, want.why) || r.Code != want.code || len(r.Values) == 0 {
			t.Errorf("rejected %+v, want feature %d for %+v", r, i+1, want)
		}
	}
	var out bytes.Buffer
	if err := files.Export(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "Cù Lao Chàm") || strings.Contains(text, "Nơ") {
		t.Errorf("exported %s", text)
	}
	if got, err = files.Import(t.Context(), &out); err != nil || got.Kept != 1 || got.Unchanged != 1 || got.Refused != 0 {
		t.Errorf("what was exported comes back as %+v, %v", got, err)
	}
	if _, err = files.Import(t.Context(), strings.NewReader("no file")); err == nil || !strings.Contains(err.Error(), "nothing was imported") {
		t.Errorf("no GeoJSON: %v", err)
	}
}

// TestFencesAreNotForAll: who may not edit the map is told so, and may read.
func TestFencesAreNotForAll(t *testing.T) {
	d, err := realServer(t, auth.Leader).door()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fences(d).Import(t.Context(), strings.NewReader(someFences)); err == nil || strings.Contains(err.Error(), "answers") {
		t.Errorf("import: %v", err)
	}
	var out bytes.Buffer
	if err := fences(d).Export(t.Context(), &out); err != nil || !strings.Contains(out.String(), "FeatureCollection") {
		t.Errorf("export: %q, %v", out.String(), err)
	}
}

func TestZoneOfTheCentre(t *testing.T) {
	var z zone
	if err := z.UnmarshalText([]byte("107.75/3")); err != nil || coord.Zone(z) != (coord.Zone{Meridian: 107.75, Width: 3}) {
		t.Errorf("got %+v, %v", z, err)
	}
	for _, text := range []string{"107.75/4", "x", "200/3"} {
		if err := new(zone).UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "107.75/3") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
