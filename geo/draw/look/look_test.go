package look

import "testing"

// TestRamp holds that classes can be told apart without their hues, and from land.
func TestRamp(t *testing.T) {
	for _, s := range []Style{Dark(), Light()} {
		grey := func(i int, n int) int {
			c := s.Ramp(n)[i]
			return (299*int(c.R) + 587*int(c.G) + 114*int(c.B)) / 1000
		}
		for n := 1; n <= 6; n++ {
			if got := s.Ramp(n); len(got) != n || got[0] == s.Land || got[0].A != 255 {
				t.Errorf("%s: %d classes are %v", s.Name, n, got)
			}
			for i := 1; i < n; i++ {
				if step := grey(i, n) - grey(i-1, n); max(step, -step) < 12 {
					t.Errorf("%s: classes %d and %d of %d differ by %d in grey", s.Name, i-1, i, n, step)
				}
			}
		}
	}
	s := Dark()
	if len(s.Ramp(0)) != 0 || s.Severity(-1) != s.Text3 || s.Severity(99) != s.Critical {
		t.Error("bounds of classes or severities")
	}
}
