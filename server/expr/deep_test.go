package expr_test

import (
	"strings"
	"testing"
	"time"

	"iocwall/server/expr"
)

// TestCompileTimeStaysSmall holds the shapes that make naive checkers and
// parsers take exponential or quadratic time.
func TestCompileTimeStaysSmall(t *testing.T) {
	env := testEnv(t)
	nest := func(before, core, after string, n int) string {
		return strings.Repeat(before, n) + core + strings.Repeat(after, n)
	}
	for name, src := range map[string]string{
		"overloads":        nest("round(", "level", ",1)", 160),
		"overload arity 1": nest("round(", "level", ")", 160),
		"variadic":         nest("max(1,", "level", ")", 160),
		"wrong type":       nest("round(", "name", ",1)", 160),
		"conditions":       nest("on ? 1 : (", "level", ")", 140),
		"negations":        nest("!", "on", "", 400),
		"brackets":         nest("(", "on", ")", 1800),
		"open brackets":    nest("(", "", "", 4000),
		"lists":            nest("[", "1", "]", 400),
		"maps":             nest("{a:", "1", "}", 240),
		"members":          nest("payload", "", ".a", 300),
		"indexes":          nest("payload[", "1", "]", 400),
		"open strings":     nest("'", "", "", 4001),
		"open comments":    nest("/*", "", "", 2000),
		"coalesce":         nest("payload ?? (", "1", ")", 200),
		"optional":         nest("payload", "", "?.a", 300),
		"unknown names":    nest("zzzz + ", "1", "", 200),
		"unknown calls":    nest("zzzz(", "1", ")", 200),
		"sums":             nest("1 + ", "1", "", 240),
		"durations":        nest("1h1m + ", "1s", "", 240),
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = expr.Compile(src, env, expr.Options{})
			}()
			select {
			case <-done:
			case <-time.After(20 * time.Second): // a hang guard
				t.Fatal("does not end")
			}
		})
	}
}
