package area

import (
	"strings"
	"testing"

	"iocwall/assets"
	"iocwall/server/strict"
)

func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		"areas: [{id: a, name: A, level: x, parent: b}]":                                                 "no area \"b\"",
		"areas: [{id: a, name: A, level: x, valid_from: 2025}]":                                          "is not a day",
		"areas: [{id: a, name: A}, {id: a, name: B}]":                                                    "used twice",
		"areas: [{id: a, name: A}]\nsuccessions: [{from: a, to: c, share: 2}]":                           "share above 0",
		"areas: [{id: a, name: A, valid_from: \"2025-07-01\", valid_to: \"2025-01-01\"}]":                "not after",
		"areas: [{id: abc, name: A}]\nsuccessions: [{from: abd, to: abc, share: 1, at: \"2025-07-01\"}]": "did you mean \"abc\"",
	} {
		if _, ps := Parse("a.yaml", []byte(text)); !contains(ps, want) {
			t.Errorf("%s\ngives %v, want %q", text, ps, want)
		}
	}
}

func contains(ps []strict.Problem, text string) bool {
	for _, p := range ps {
		if strings.Contains(p.String(), text) {
			return true
		}
	}
	return false
}

func TestCircles(t *testing.T) {
	for _, x := range []struct {
		parents [][2]string
		want    int
	}{
		{nil, 0},
		{[][2]string{{"a", ""}, {"b", "a"}}, 0},
		{[][2]string{{"a", "a"}}, 1},
		{[][2]string{{"a", "b"}, {"b", "a"}, {"c", "a"}}, 1},
	} {
		if got := Circles(x.parents); len(got) != x.want {
			t.Errorf("%v has circles at %v, want %d", x.parents, got, x.want)
		}
	}
}

// Whatever the file says, reading it ends, and what it gives can be looked up.
func FuzzParse(f *testing.F) {
	f.Add([]byte("areas: [{id: a, name: A, level: x, parent: b, valid_from: \"2025-07-01\"}]\nsuccessions: [{from: a, to: a, share: 1}]"))
	f.Add(assets.Areas()[:2000])
	f.Fuzz(func(t *testing.T, src []byte) {
		set, _ := Parse("f.yaml", src)
		if _, err := NewLocator(set, assets.Basemap()); err != nil {
			t.Errorf("a tree of areas breaks the outlines: %v", err)
		}
	})
}
