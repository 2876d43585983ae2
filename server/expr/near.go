package expr

import (
	"slices"
	"strings"
)

// Nearest returns the name that word was probably meant to be, or "" when none
// comes close: at most one edit in three characters, a swap counting as one.
// Of equally near names the first in order is taken.
func Nearest(word string, names []string) string {
	best, bestAt := "", max(1, len([]rune(word))/3)+1
	for _, n := range slices.Sorted(slices.Values(names)) {
		if d := editDistance(strings.ToLower(word), strings.ToLower(n)); d < bestAt {
			best, bestAt = n, d
		}
	}
	return best
}

// near is a mistake in a name, for which another one may have been meant.
func near(code, name string, names []string) mistake {
	m := mistake{code: code, values: map[string]string{"name": name}}
	if n := Nearest(name, names); n != "" {
		m.hint, m.code, m.values["near"] = "did you mean "+n+"?", code+".near", n
	}
	return m
}

// editDistance is the optimal string alignment distance (Damerau).
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return max(len(x), len(y))
	}
	var before []int
	prev := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev = prev, row
	}
	return prev[len(y)]
}
