package area

import (
	"encoding/json"
	"strings"
	"testing"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/server/world"
)

func planned(t *testing.T, tree *Set, layer string, from string, end bool) Plan {
	t.Helper()
	p, err := MakePlan(strings.NewReader(layer), ImportOptions{Tree: tree, Level: "commune", Parent: "vn/da-nang-2025", From: from}, end)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// grown is a tree with what a plan adds to it, as a start reads it.
func grown(t *testing.T, tree *Set, p Plan) *Set {
	t.Helper()
	raw, err := json.Marshal(p.Added)
	if err != nil {
		t.Fatal(err)
	}
	added, err := DecodeAdded(raw)
	if err != nil {
		t.Fatal(err)
	}
	out, problems := tree.With("added.json", added)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return out
}

func idsOf(list []world.AreaDefined) string {
	var out []string
	for _, a := range list {
		out = append(out, strings.TrimPrefix(a.ID, "vn/da-nang-2025/"))
	}
	return strings.Join(out, " ")
}

// A layer is compared with the tree: what is new, what gets another outline, what is as
// it was and what ends; a tree that has grown says so of the same layer, and lies where
// the layer lies.
func TestPlan(t *testing.T) {
	file := builtIn(t)
	first := collection(box(108.30, 15.86, 0.04, `{"name":"Xã Một"}`), box(108.34, 15.86, 0.04, `{"name":"Xã Hai"}`), `{"type":"Feature","geometry":{"type":"Point","coordinates":[108,15]},"properties":{"name":"Điểm"}}`)
	p := planned(t, file, first, "2025-07-01", false)
	if idsOf(p.New) != "mot hai" || len(p.Redrawn)+len(p.Same)+len(p.Ending) > 0 || len(p.Rejected) != 1 {
		t.Fatalf("%+v", p)
	}
	tree := grown(t, file, p)
	if p := planned(t, tree, first, "2025-07-01", true); p.Changes()-len(p.Ending) != 0 || idsOf(p.Same) != "mot hai" || strings.Contains(idsOf(p.Ending), "mot") {
		t.Errorf("again: %+v", p)
	}
	next := collection(box(108.30, 15.86, 0.05, `{"name":"Một"}`), box(108.40, 15.86, 0.04, `{"name":"Xã Ba"}`))
	p = planned(t, tree, next, "2026-07-01", true)
	if idsOf(p.New) != "ba" || idsOf(p.Redrawn) != "mot" || !strings.Contains(" "+idsOf(p.Ending)+" ", " hai ") {
		t.Fatalf("%+v", p)
	}
	tree = grown(t, tree, p)
	l, err := NewLocator(tree, assets.Basemap())
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		at        geo.Point
		day, want string
	}{
		{geo.Pt(108.36, 15.88), "2026-06-30", "hai"},
		{geo.Pt(108.36, 15.88), "2026-07-01", ""},
		{geo.Pt(108.345, 15.905), "2026-07-01", "mot"}, // the larger outline
		{geo.Pt(108.42, 15.88), "2026-07-01", "ba"},
	} {
		got := strings.TrimPrefix(l.At(x.at, on(t, x.day)), "vn/da-nang-2025/")
		if got != x.want && (x.want != "" || got != "vn/da-nang-2025") {
			t.Errorf("%v on %s: %q, want %q", x.at, x.day, got, x.want)
		}
	}
	if _, err := MakePlan(strings.NewReader(next), ImportOptions{Tree: tree, Level: "commune", Parent: "vn/da-nang-2025"}, true); err == nil {
		t.Error("areas end on no day")
	}
}

// What lies in an area that ends ends with it, and what has not begun does not.
func TestPlanEndsWhatLiesWithin(t *testing.T) {
	file, problems := Parse("a.yaml", []byte(`areas:
  - {id: p, name: P, level: province}
  - {id: p/d, name: D, level: district, parent: p}
  - {id: p/d/c, name: C, level: commune, parent: p/d}
  - {id: p/e, name: E, level: district, parent: p, valid_from: "2027-01-01"}
  - {id: p/f, name: F, level: district, parent: p}
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p, err := MakePlan(strings.NewReader(collection(box(108, 15, 1, `{"name":"F"}`))), ImportOptions{Tree: file, Level: "district", Parent: "p", From: "2026-01-01"}, true)
	if err != nil || idsOf(p.Ending) != "p/d p/d/c" || idsOf(p.Redrawn) != "p/f" {
		t.Fatalf("%v %+v", err, p)
	}
	tree := grown(t, file, p)
	if tree.Areas[2].Until != on(t, "2026-01-01") || tree.Areas[3].Until != 0 || file.Areas[2].Until != 0 {
		t.Errorf("%+v", tree.Areas)
	}
}

// What was added stands beside a file that says other things meanwhile: the file counts,
// and what hangs in the air is told.
func TestAddedBesideAnotherFile(t *testing.T) {
	added := Added{Areas: []world.AreaDefined{{ID: "p/n", Name: "N", Level: "commune", Parent: "p"}, {ID: "gone", Until: 5}}}
	for text, want := range map[string]string{
		"areas: [{id: p, name: P, level: x}]":                                                  "",
		"areas: [{id: p, name: P, level: x}, {id: p/n, name: M, level: commune, parent: p}]":   "",
		"areas: [{id: q, name: Q, level: x}]":                                                  `p/n lies in "p"`,
		"areas: [{id: p, name: P, level: x}, {id: gone, name: G, valid_from: \"2026-01-01\"}]": "gone ends before it begins",
	} {
		file, _ := Parse("a.yaml", []byte(text))
		set, problems := file.With("added.json", added)
		if want == "" && len(problems) > 0 || want != "" && (!contains(problems, want) || problems[0].File != "added.json") {
			t.Errorf("%s: %v", text, problems)
		}
		if a := set.Areas[len(set.Areas)-1]; want == "" && (a.ID != "p/n" || a.Name != "N" && a.Name != "M" || len(set.Areas) != 2) {
			t.Errorf("%s: %+v", text, set.Areas)
		}
	}
}

// FuzzDecodeAdded holds that whatever the file holds, a tree with it can be looked up.
func FuzzDecodeAdded(f *testing.F) {
	f.Add([]byte(`{"areas":[{"id":"vn/x","name":"X","level":"commune","parent":"vn"}],"outlines":{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"area":"vn/x","name":"X"},"geometry":{"type":"Polygon","coordinates":[[[108,15],[109,15],[109,16],[108,15]]]}}]}}`))
	f.Add([]byte(`{"outlines":{"features":[{"geometry":null}]}}`))
	file, _ := Parse("a.yaml", []byte("areas: [{id: vn, name: Việt Nam, level: country}]"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		added, err := DecodeAdded(raw)
		if err != nil {
			return
		}
		set, problems := file.With("f.json", added)
		if _, err := NewLocator(set, assets.Basemap()); err != nil && len(problems) == 0 {
			t.Error(err)
		}
	})
}
