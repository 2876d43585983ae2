package page

import (
	"strings"
	"testing"
)

func TestLinks(t *testing.T) {
	for _, l := range []Link{{"alert", "CB-0412"}, {"vessel", "574000123"}, {"camera", "cầu câu lâu/1?x#y%"}, {"page", "alerts"}} {
		got, err := ParseLink("  " + l.String() + "\n")
		if err != nil || got != l {
			t.Errorf("ParseLink(%q) = %+v, %v, want %+v", l.String(), got, err, l)
		}
	}
	for in, want := range map[string]string{
		"":                    "begin",
		"https://x/alert/1":   "begin",
		"iocwall://alert":     "no thing",
		"iocwall:///1":        "no thing",
		"iocwall://Alert/1":   "letters",
		"iocwall://alert/%zz": "%",
		"iocwall://alert/%00": "not text",
		"iocwall://alert/" + strings.Repeat("a", 300): "too long",
	} {
		if _, err := ParseLink(in); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "iocwall://alert/CB-0412") {
			t.Errorf("ParseLink(%q) = %v, want %q", in, err, want)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	f.Add("iocwall://alert/CB-0412")
	f.Add("iocwall://a/%2F%25")
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLink(s)
		if err != nil {
			return
		}
		if again, err := ParseLink(l.String()); err != nil || again != l {
			t.Errorf("%q became %+v, then %+v, %v", s, l, again, err)
		}
	})
}

func TestOffers(t *testing.T) {
	p := Person{Role: "operator", Rights: []string{"feed.read", "scene.show"}}
	for _, c := range []struct {
		k    Kind
		want bool
	}{
		{Kind{}, true},
		{Kind{Rights: []string{"scene.show", "feed.read"}}, true},
		{Kind{Rights: []string{"scene.show", "wall.save"}}, false},
		{Kind{Roles: []string{"leader"}}, false},
		{Kind{Roles: []string{"leader", "operator"}, Rights: []string{"feed.read"}}, true},
	} {
		if got := c.k.Offers(p); got != c.want {
			t.Errorf("%+v: %v", c.k, got)
		}
	}
}
