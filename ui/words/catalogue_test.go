package words

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var hole = regexp.MustCompile(`\{([a-z]+)[:}]`)

// TestCataloguesAgree fails on a text that one language lacks, is empty, or
// has other holes than the default language's.
func TestCataloguesAgree(t *testing.T) {
	first := load(t, Codes()[0])
	for _, code := range Codes() {
		l := load(t, code)
		if code != first.Code && !slices.Equal(l.Keys(), first.Keys()) {
			for _, k := range first.Keys() {
				if !l.Has(k) {
					t.Errorf("%s lacks %q", code, k)
				}
			}
			for _, k := range l.Keys() {
				if !first.Has(k) {
					t.Errorf("%s has %q, which %s lacks", code, k, first.Code)
				}
			}
		}
		for _, k := range l.Keys() {
			text := l.T(k)
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %q is empty", code, k)
			}
			if strings.ContainsRune(text, '!') {
				t.Errorf("%s: %q shouts", code, k)
			}
			if a, b := holes(text), holes(first.T(k)); !slices.Equal(a, b) {
				t.Errorf("%s: %q has holes %v, %s has %v", code, k, a, first.Code, b)
			}
		}
	}
}

func holes(s string) []string {
	var out []string
	for _, m := range hole.FindAllStringSubmatch(s, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return out
}

func TestT(t *testing.T) {
	en := load(t, "en")
	for _, c := range []struct{ got, want string }{
		{en.T("age.days", "n", "1"), "1 day"},
		{en.T("age.days", "n", "2"), "2 days"},
		{en.T("no.such.key"), "[no.such.key]"},
		{en.T("since", "time", "09:42"), "since 09:42"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if _, err := Load("xx"); err == nil {
		t.Error("an unknown language loads")
	}
}
