package cluster

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func sizes() Sizes { return Sizes{Cover: 16, Ring: 22} }

func TestGather(t *testing.T) {
	at := func(xy ...float64) []Point {
		var out []Point
		for i := 0; i < len(xy); i += 2 {
			out = append(out, Point{xy[i], xy[i+1], int32(i / 2)})
		}
		return out
	}
	for _, c := range []struct {
		name   string
		points []Point
		want   string
	}{
		{"nothing", nil, "[]"},
		{"one", at(1, 1), "[]"},
		{"two far apart", at(10, 10, 100, 10), "[]"},
		{"two in one cell that do not touch", at(2, 2, 40, 40), "[]"},
		{"two that cover each other", at(10, 10, 14, 10), "[[0 1]]"},
		{"two across a cell's border", at(43, 10, 45, 10), "[[0 1]]"},
		{"two across the corner of four cells", at(43, 43, 45, 45), "[[0 1]]"},
		{"a third under the ring", at(35, 10, 40, 10, 62, 10), "[[0 1 2]]"},
		{"two pairs under one ring", at(30, 10, 35, 10, 50, 10, 55, 10), "[[0 1 2 3]]"},
		{"two pairs apart", at(10, 10, 14, 10, 100, 10, 104, 10), "[[0 1] [2 3]]"},
		{"west and north of the origin", at(-10, -10, -14, -10), "[[0 1]]"},
		{"no numbers", at(math.NaN(), 1, 2, math.Inf(1), 10, 10, 11, 11), "[[2 3]]"},
		{"farther apart than any world", at(-1e14, 0, 1e14, 0, 1e14, 1), "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := members(new(Gatherer).Gather(c.points, sizes())); got != c.want {
				t.Errorf("gathered %s, want %s", got, c.want)
			}
		})
	}
}

func members(groups []Group) string {
	out := [][]int32{}
	for _, g := range groups {
		out = append(out, g.Members)
	}
	return fmt.Sprint(out)
}

// TestNothingCovers gathers random points: every one is in one group at most, a
// group has two or more, and what stands alone covers nothing else alone.
func TestNothingCovers(t *testing.T) {
	var g Gatherer
	rnd := rand.New(rand.NewPCG(1, 1))
	for round := range 60 {
		points := scatter(rnd, 20+rnd.IntN(400), 200+rnd.Float64()*2000)
		in := make([]int, len(points))
		for _, group := range g.Gather(points, sizes()) {
			if len(group.Members) < 2 || !slices.IsSorted(group.Members) {
				t.Fatalf("round %d: members %v", round, group.Members)
			}
			for _, m := range group.Members {
				in[m]++
				if d := math.Hypot(points[m].X-group.X, points[m].Y-group.Y); d > 8*sizes().Ring {
					t.Errorf("round %d: a member is %.0f pixels from its ring", round, d)
				}
			}
		}
		for i := range points {
			if in[i] > 1 {
				t.Fatalf("round %d: point %d is in %d groups", round, i, in[i])
			}
			for j := range points[:i] {
				if in[i]+in[j] == 0 && near(&points[i], &points[j], sizes().Cover) {
					t.Errorf("round %d: %d and %d stand alone and cover each other", round, i, j)
				}
			}
		}
	}
}

func scatter(rnd *rand.Rand, n int, wide float64) []Point {
	out := make([]Point, n)
	for i := range out {
		out[i] = Point{1e6 + rnd.Float64()*wide, 2e6 + rnd.Float64()*wide, int32(i)}
	}
	return out
}

// TestPanning gathers what lies in a window that moves: what is well inside of
// two windows gathers the same way in both.
func TestPanning(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 1))
	const margin, wide = 12 * 44, 1200
	seen := 0
	var g Gatherer
	for round := range 40 {
		points := scatter(rnd, 1500+round*200, 3000)
		window := func(x, y float64) map[string]bool {
			var in []Point
			for _, p := range points {
				if p.X > x-margin && p.X < x+wide+margin && p.Y > y-margin && p.Y < y+wide+margin {
					in = append(in, p)
				}
			}
			out := map[string]bool{}
			for _, group := range g.Gather(in, sizes()) {
				if group.X > 1e6+900 && group.X < 1e6+1500 && group.Y > 2e6+900 && group.Y < 2e6+1500 {
					out[fmt.Sprintf("%.6f %.6f %v", group.X, group.Y, group.Members)] = true
				}
			}
			return out
		}
		a := window(1e6+600, 2e6+600)
		b := window(1e6+600+rnd.Float64()*300, 2e6+600+rnd.Float64()*300)
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("round %d: groups before and others after:\n%v\n%v", round, a, b)
		}
		seen += len(a)
	}
	if seen < 500 {
		t.Errorf("only %d groups were compared", seen)
	}
}

func TestFewAllocations(t *testing.T) {
	var g Gatherer
	points := scatter(rand.New(rand.NewPCG(3, 1)), 5000, 2000)
	g.Gather(points, sizes())
	if n := testing.AllocsPerRun(5, func() { g.Gather(points, sizes()) }); n > 3 {
		t.Errorf("%.0f allocations", n)
	}
}

func BenchmarkGather20000(b *testing.B) {
	var g Gatherer
	points := scatter(rand.New(rand.NewPCG(3, 1)), 20000, 2000)
	for b.Loop() {
		g.Gather(points, sizes())
	}
}
