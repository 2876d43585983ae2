// Package trend keeps the newest points of a series, oldest first.
package trend

import (
	"cmp"
	"slices"
)

// With returns points, sorted by key, with p in its place, and whether that
// changed them. A point of the same key is replaced where corrects says so. Of
// more than most points the oldest goes; p, if it would be that one, is left
// out. Points is not changed.
func With[P any](points []P, p P, most int, key func(P) string, corrects func(p, old P) bool) ([]P, bool) {
	i, found := slices.BinarySearchFunc(points, key(p), func(q P, k string) int { return cmp.Compare(key(q), k) })
	switch {
	case found && !corrects(p, points[i]), !found && i == 0 && len(points) == most:
		return points, false
	case found:
		points = slices.Clone(points)
		points[i] = p
		return points, true
	}
	points = slices.Insert(slices.Clone(points), i, p)
	if len(points) > most {
		points = points[1:]
	}
	return points, true
}
