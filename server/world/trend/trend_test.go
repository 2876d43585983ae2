package trend

import (
	"slices"
	"strings"
	"testing"
)

// Points are written "key:rank".
func TestWith(t *testing.T) {
	key := func(p string) string { k, _, _ := strings.Cut(p, ":"); return k }
	for _, c := range []struct {
		points, p, want string
		changed         bool
	}{
		{"", "a:1", "a:1", true},
		{"a:1 c:1", "b:1", "a:1 b:1 c:1", true},
		{"a:1 c:1", "c:2", "a:1 c:2", true},
		{"a:1 c:2", "c:1", "a:1 c:2", false},
		{"b:1 c:1 d:1", "e:1", "c:1 d:1 e:1", true},
		{"b:1 c:1 d:1", "a:1", "b:1 c:1 d:1", false},
	} {
		before := strings.Fields(c.points)
		kept := slices.Clone(before)
		got, changed := With(before, c.p, 3, key, func(p, old string) bool { return p > old })
		if strings.Join(got, " ") != c.want || changed != c.changed || !slices.Equal(before, kept) {
			t.Errorf("%q with %q gives %q %v, from %q", c.points, c.p, got, changed, before)
		}
	}
}
