package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What an import writes is a file of areas that a configuration can name.
func TestAreasImport(t *testing.T) {
	const outline = `"geometry":{"type":"Polygon","coordinates":[[[108.3,15.86],[108.4,15.86],[108.4,15.95],[108.3,15.86]]]}`
	layer := write(t, "xa.geojson", `{"type":"FeatureCollection","features":[
{"type":"Feature",`+outline+`,"properties":{"name":"Hội An \"cổ\"","code":"20413"}},
{"type":"Feature",`+outline+`,"properties":{}}]}`)
	dir := filepath.Dir(layer)
	areas, outlines := filepath.Join(dir, "areas.yaml"), filepath.Join(dir, "ranh.geojson")
	args := []string{"areas", "import", layer, "--level", "commune", "--parent", "vn/da-nang-2025", "--valid-from", "2025-07-01", "--outlines", outlines, "--out", areas}
	_, said, err := call(t, args...)
	if err != nil || !strings.Contains(said, "left out: feature 1: it has no name") || !strings.Contains(said, "1 areas: 1 new, 0 in the tree already; 1 features left out") {
		t.Fatalf("%v\n%s", err, said)
	}
	config := filepath.Join(dir, "ioc.yaml")
	for name, text := range map[string]string{config: "data: data\nareas: areas.yaml\nlayers:\n  - {id: xa, name: Xã, file: ranh.geojson, areas: true}\n  - {id: ba, name: Ba, file: xa.geojson, areas: true}\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, _, err := call(t, "check", config)
	if err == nil || !strings.Contains(out, "ioc.yaml:5") || !strings.Contains(out, "none of the 2 features can be used") || strings.Contains(out, "ioc.yaml:4") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, x := range []struct{ args, want string }{
		{strings.Join(args, "\n"), "give a file that is not there yet"},
		{"areas\nimport\n" + layer + "\n--level\ncommune\n--parent\nvn/da-nag", "did you mean"},
		{"areas\nimport\n" + layer + "\n--level\ncommune\n--outlines\n" + layer, "written over the layer"},
		{"areas\nimport\n" + config + "\n--level\ncommune\n--outlines\n" + outlines, "GeoJSON"},
	} {
		if _, _, err := call(t, strings.Split(x.args, "\n")...); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%q: %v, want %q", x.args, err, x.want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The file of areas finds its outlines wherever the two are written, and an import
// that cannot be finished leaves both as they were.
func TestAreasImportElsewhere(t *testing.T) {
	layer := write(t, "xa: moi #1.geojson", `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[108.3,15.86],[108.4,15.86],[108.4,15.95],[108.3,15.86]]]},"properties":{"name":"Hội An"}}]}`)
	dir := t.TempDir()
	t.Chdir(filepath.Dir(layer))
	config := filepath.Join(dir, "ioc.yaml")
	if err := os.WriteFile(config, []byte("data: data\nareas: areas.yaml\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	areas := filepath.Join(dir, "areas.yaml")
	for _, outlines := range []string{"", filepath.Join(dir, "ranh", "xa.geojson"), filepath.Join(filepath.Dir(layer), "ở đây.geojson"), "đây.geojson"} {
		args := []string{"areas", "import", layer, "--level", "commune", "--parent", "vn/da-nang-2025", "--out", areas}
		if outlines != "" {
			args = append(args, "--outlines", outlines)
			if err := os.MkdirAll(filepath.Dir(outlines), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := call(t, args...); err != nil {
			t.Fatalf("%q: %v", outlines, err)
		}
		if out, _, err := call(t, "check", config); err != nil {
			t.Errorf("%q: %v\n%s", outlines, err, out)
		}
		if err := os.Remove(areas); err != nil {
			t.Fatal(err)
		}
	}
	// The file of areas is there: neither it nor the outlines are touched.
	kept := filepath.Join(dir, "ranh.geojson")
	for _, name := range []string{areas, kept} {
		if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := call(t, "areas", "import", layer, "--level", "commune", "--parent", "vn/da-nang-2025", "--out", areas, "--outlines", kept)
	for _, name := range []string{areas, kept} {
		if text, _ := os.ReadFile(name); err == nil || string(text) != "mine" {
			t.Errorf("%v; %s is %.40q", err, filepath.Base(name), text)
		}
	}
}
