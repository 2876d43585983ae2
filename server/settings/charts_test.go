package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iocwall/server/world"
)

// Every fault of what is kept on the map is told at its place.
func TestBadLayers(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.geojson"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := `fences: none.geojson
layers:
  - {id: "a b", name: A, file: a.geojson}
  - {id: b, file: none.geojson}
  - {id: b, name: B, file: .}
  - {id: c, name: C, dated: yesterday, looks: {}}
figures:
  - {id: f, name: F, each: vn/da-nag-2025}
`
	_, problems := Parse(filepath.Join(dir, "ioc.yaml"), []byte(text))
	all := make([]string, 0, len(problems))
	for _, p := range problems {
		p.File = filepath.Base(p.File)
		all = append(all, p.String())
	}
	said := strings.Join(all, "\n")
	for _, want := range []string{
		"ioc.yaml:1:9: fences: open ", `ioc.yaml:3:10: layers[0].id: "a b" is not an id`, "layers[1]: needs a name", "layers[1].file: open ",
		`layers[2].id: "b" is used twice`, `layers[2].file: "." is not a file`, `layers[3].dated: "yesterday" is not a day`, "layers[3].file: names no file",
		`layers[3].looks: unknown key; did you mean "look"?`, `figures[0].each.area: no area "vn/da-nag-2025"; did you mean "vn/da-nang-2025"`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("missing %s in\n%s", want, said)
		}
	}
}

func TestLayerFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.geojson"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, problems := Parse(filepath.Join(dir, "ioc.yaml"), []byte(`fences: a.geojson
layers:
  - {id: a, name: A, name_en: Ay, file: a.geojson, areas: true, source: Sở, dated: "2026-11-01", look: {width: "2", fill: "#ffffff"}}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	l := c.LayerFiles()[0]
	if l.Path != filepath.Join(dir, "a.geojson") || l.At.Line != 3 || l.Dated != world.TimeOf(mustDay(t, "2026-11-01")) || !l.Areas || l.NameEn != "Ay" ||
		!slices.Equal(l.Look, []world.Param{{Key: "fill", Value: "#ffffff"}, {Key: "width", Value: "2"}}) {
		t.Errorf("%+v", l)
	}
	if path, at := c.FencesFile(); path != l.Path || at.Line != 1 {
		t.Errorf("fences in %s at %v", path, at)
	}
}

// An indicator for each area has a part for each that is in force, and no other.
func TestPartsOfAFigure(t *testing.T) {
	const tree = `
areas:
  - {id: vn/da-nang-2025, name: Đà Nẵng, level: province}
  - {id: vn/da-nang-2025/q, name: Huyện cũ, level: commune, parent: vn/da-nang-2025, valid_to: "2025-07-01"}
  - {id: vn/da-nang-2025/a, name: A, level: commune, parent: vn/da-nang-2025, valid_from: "2025-07-01"}
  - {id: vn/da-nang-2025/b, name: B, level: commune, parent: vn/da-nang-2025}
  - {id: vn/da-nang-2025/b/c, name: C, level: commune, parent: vn/da-nang-2025/b}
  - {id: vn/da-nang-2025/s, name: S, level: special, parent: vn/da-nang-2025}
`
	const alone = "figures: [{id: xa, name: Đúng hạn, name_en: On time, unit: \"%\", target: 90}]"
	each := strings.Replace(alone, "target: 90", "target: 90, each: vn/da-nang-2025, each_level: commune", 1)
	st := world.New(1)
	defined(t, st, each, []byte(tree))
	var ids []string
	for _, f := range st.Figures() {
		if f.Of != "" {
			ids = append(ids, f.ID+" of "+f.Of+" in "+f.Area)
		}
	}
	if want := []string{"xa.a of xa in vn/da-nang-2025/a", "xa.b of xa in vn/da-nang-2025/b"}; !slices.Equal(ids, want) {
		t.Errorf("parts %q, want %q", ids, want)
	}
	if f, _ := st.Figure("xa.b"); f.Name != "Đúng hạn – B" || f.NameEn != "On time – B" || f.Short != "B" || *f.Target != 90 {
		t.Errorf("%+v", f.FigureDefined)
	}
	if again := defined(t, st, each, []byte(tree)); len(again) > 0 {
		t.Errorf("a restart writes %v", again)
	}
	if got := defined(t, st, alone, []byte(tree)); got["entity.gone"] != 2 || len(st.Figures()) != 1 {
		t.Errorf("without its parts: %v", got)
	}
}

// Two indicators of one id would take each other's place with every reload.
func TestPartsThatCollide(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"areas.yaml": `areas:
  - {id: p, name: P, level: province}
  - {id: p/xa, name: Xã, level: commune, parent: p}
  - {id: q/xa, name: Xã khác, level: commune, parent: p}
  - {id: p/xã-có-dấu, name: Xã có dấu, level: ward, parent: p}
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]string{
		"{id: f, name: F, each: p, each_level: commune}":                          `figures[0].each: the parts for "p/xa" and "q/xa" would both be "f.xa"`,
		"{id: f.xa, name: G}\n  - {id: f, name: F, each: p, each_level: commune}": `figures[1].each: the part for "p/xa" would be "f.xa", which is an indicator of its own`,
		"{id: f, name: F, each: p, each_level: ward}":                             `figures[0].each: the part for "p/xã-có-dấu" would be "f.xã-có-dấu", which is no id`,
		"{id: f, name: F, each: p, each_level: xã}":                               `figures[0].each: no area right below "p" is of the level "xã"`,
		"{id: f, name: F, each: q/xa}":                                            `figures[0].each: no area is right below "q/xa"`,
		"{id: f, name: F, each_level: commune}":                                   `figures[0].each_level: says nothing without each`,
	} {
		_, problems := Parse(filepath.Join(dir, "ioc.yaml"), []byte("areas: areas.yaml\nfigures:\n  - "+text+"\n"))
		var all []string
		for _, p := range problems {
			all = append(all, p.String())
		}
		if said := strings.Join(all, "\n"); !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", text, said, want)
		}
	}
}

// A file of areas that is there and cannot be read is a mistake like others.
func TestAreasThatAreAFolder(t *testing.T) {
	_, problems := Parse(filepath.Join(t.TempDir(), "ioc.yaml"), []byte("areas: .\n"))
	if len(problems) == 0 || !strings.Contains(problems[0].String(), "is a directory") {
		t.Errorf("%v", problems)
	}
}
