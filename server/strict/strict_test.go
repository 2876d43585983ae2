package strict

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

type sample struct {
	Name  string        `yaml:"name"`
	Port  int           `yaml:"port"`
	Ratio float64       `yaml:"ratio"`
	On    bool          `yaml:"on"`
	Keep  time.Duration `yaml:"keep"`
	Pos   [2]float64    `yaml:"pos"`
	Inner struct {
		Limit *float64 `yaml:"limit"`
	} `yaml:"inner"`
	List []struct {
		ID   string `yaml:"id"`
		Rest Node   `yaml:"rest"`
	} `yaml:"list"`
	Table map[string]int `yaml:"table"`
}

func TestDecode(t *testing.T) {
	doc, ps := Parse("a.yaml", []byte(`
name: Trung tâm
port: 8080
ratio: 0.5
on: true
keep: 90d
pos: [108.5, 15.5]
inner: {limit: 4}
list:
  - id: a
    rest: {x: 1}
  - {id: b}
table: {one: 1, two: 2}
`))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	var s sample
	if ps := doc.Decode(&s); len(ps) > 0 {
		t.Fatal(ps)
	}
	got := fmt.Sprint(s.Name, s.Port, s.Ratio, s.On, s.Keep, s.Pos, *s.Inner.Limit, s.List[0].ID, s.List[1].ID, s.Table)
	if want := "Trung tâm8080 0.5 true 2160h0m0s [108.5 15.5] 4abmap[one:1 two:2]"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var rest struct {
		X int `yaml:"x"`
	}
	if ps := s.List[0].Rest.Decode(&rest); len(ps) > 0 || rest.X != 1 {
		t.Errorf("rest = %+v, %v", rest, ps)
	}
	if p := s.List[0].Rest.Problem("x", "is odd", "use 2"); p.String() != "a.yaml:11:15: list[0].rest.x: is odd; use 2" {
		t.Errorf("problem = %s", p)
	}
	if p := doc.Problem("inner.limit.deeper", "no", ""); p.Line != 8 {
		t.Errorf("nearest = %s", p)
	}
}

// Every fault of a document is reported, each at its place, and the rest of the
// document is read.
func TestAllProblemsAtOnce(t *testing.T) {
	doc, ps := Parse("a.yaml", []byte(`naem: x
port: "80"
ratio: much
on: yes please
keep: soon
pos: [1]
inner: 3
list: {id: a}
table: {one: 1, one: 2}
name: kept
`))
	var s sample
	ps = append(ps, doc.Decode(&s)...)
	want := []string{
		`a.yaml:1:1: naem: unknown key; did you mean "name"?`,
		`a.yaml:2:7: port: "80" is not a whole number`,
		`a.yaml:3:8: ratio: "much" is not a number; write it with a point, as in 12.5`,
		`a.yaml:4:5: on: "yes please" is not true or false; write true or false`,
		`a.yaml:5:7: keep: "soon" is not a duration; write "30s", "15m", "6h" or "90d"`,
		`a.yaml:6:6: pos: expected 2 values, found 1`,
		`a.yaml:7:8: inner: expected keys and values, found "3"`,
		`expected a list, found keys and values`,
	}
	text := Error(ps).Error()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("no word of %s", w)
		}
	}
	if s.Name != "kept" {
		t.Errorf("name = %q", s.Name)
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestNotYAML(t *testing.T) {
	for _, src := range []string{"a: [1", "a: b: c", "\t- x", "{", "a: 1\n---\nb: 2\n"} {
		if _, ps := Parse("x.yaml", []byte(src)); len(ps) != 1 || ps[0].Line == 0 {
			t.Errorf("%q gives %v", src, ps)
		}
	}
	for _, src := range []string{"", "# only a comment\n"} {
		var s sample
		doc, ps := Parse("x.yaml", []byte(src))
		if ps = append(ps, doc.Decode(&s)...); len(ps) > 0 {
			t.Errorf("%q gives %v", src, ps)
		}
	}
	doc, _ := Parse("x.yaml", []byte("name: &a x\nport: *a\n"))
	var s sample
	if ps := doc.Decode(&s); len(ps) != 2 {
		t.Errorf("anchors give %v", ps)
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"recieve", `did you mean "receive"?`}, //nolint:misspell // on purpose
		{"zzzzzz", "known here: receive, send"},
		{"SEND", `did you mean "send"?`},
	} {
		if got := Nearest(c.word, []string{"receive", "send"}); got != c.want {
			t.Errorf("Nearest(%q) = %s", c.word, got)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"name: x", "list: [{id: a, rest: [1, {b: c}]}]", "pos: [1, 2]\ntable: {a: 1}", "? [a]: b", "&a [*a]", "- - - -", "a: |\n  b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, ps := Parse("f.yaml", src)
		var s sample
		for _, p := range append(ps, doc.Decode(&s)...) {
			if p.Message == "" {
				t.Errorf("a problem without a message: %+v", p)
			}
		}
	})
}
