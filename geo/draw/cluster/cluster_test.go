package cluster

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
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

// TestApart holds that groups of many points stand apart, however dense they are, and
// near their points.
func TestApart(t *testing.T) {
	var g Gatherer
	rnd := rand.New(rand.NewPCG(1, 4))
	s, all, near := sizes(), 0, 0
	for range 60 {
		var many []Group
		for _, group := range g.Gather(scatter(rnd, 4000, 600+rnd.Float64()*2000), s) {
			if len(group.Members) > 3 {
				many = append(many, group)
			}
		}
		all += len(many)
		for i, a := range many {
			for _, b := range many[:i] {
				if d := math.Hypot(a.X-b.X, a.Y-b.Y); d < 0.99*touch*s.Ring {
					near++
				}
			}
		}
	}
	if all < 5000 || near > all/100 {
		t.Errorf("of %d rings %d touch another", all, near)
	}
}

func scatter(rnd *rand.Rand, n int, wide float64) []Point {
	out := make([]Point, n)
	for i := range out {
		out[i] = Point{1e6 + rnd.Float64()*wide, 2e6 + rnd.Float64()*wide, int32(i)}
	}
	return out
}

// TestReach gathers all points and those around a window: groups in the window are the
// same, however many there are, and what stands alone there stands alone.
func TestReach(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 1))
	seen := 0
	var g Gatherer
	for round := range 400 {
		s := Sizes{Cover: 10 + rnd.Float64()*20}
		s.Ring = s.Cover * (0.5 + rnd.Float64())
		points := chained(rnd, 500+rnd.IntN(3000), s)
		const x0, y0, wide = 1e6 + 900, 2e6 + 900, 300.0
		in := func(x, y, margin float64) bool {
			return x >= x0-margin && x < x0+wide+margin && y >= y0-margin && y < y0+wide+margin
		}
		window := func(points []Point) string {
			var out []string
			alone := map[int32]bool{}
			for _, p := range points {
				alone[p.ID] = in(p.X, p.Y, 0)
			}
			for _, group := range g.Gather(points, s) {
				for _, m := range group.Members {
					delete(alone, m)
				}
				if in(group.X, group.Y, 0) {
					out = append(out, fmt.Sprintf("%.6f %.6f %v", group.X, group.Y, group.Members))
				}
			}
			seen += len(out)
			for id, here := range alone {
				if here {
					out = append(out, fmt.Sprint(id))
				}
			}
			slices.Sort(out)
			return strings.Join(out, "\n")
		}
		around := slices.DeleteFunc(slices.Clone(points), func(p Point) bool { return !in(p.X, p.Y, s.Reach()) })
		if all, near := window(points), window(around); all != near {
			t.Fatalf("round %d, %+v: of all points\n%s\nof those around\n%s", round, s, all, near)
		}
	}
	if seen < 5000 {
		t.Errorf("only %d groups were compared", seen)
	}
}

// chained scatters points so that many lie as far apart as those that cover each
// other or groups that touch: in rows, over lattices and at random.
func chained(rnd *rand.Rand, n int, s Sizes) []Point {
	const wide = 2100
	step := s.Cover * 0.98
	if rnd.IntN(2) == 0 {
		step = s.Ring * (1.5 + rnd.Float64()*0.5)
	}
	out := make([]Point, n)
	for i := range out {
		x, y := rnd.Float64()*wide, rnd.Float64()*wide
		switch i % 3 {
		case 1:
			x = math.Round(x/step) * step
		case 2:
			x, y = math.Round(x/step)*step+rnd.Float64()*s.Cover/9, math.Round(y/step)*step
		}
		out[i] = Point{1e6 + x, 2e6 + y, int32(i)}
	}
	return out
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

func BenchmarkGather1500(b *testing.B) {
	var g Gatherer
	points := scatter(rand.New(rand.NewPCG(3, 1)), 1500, 2500)
	for b.Loop() {
		g.Gather(points, Sizes{Cover: 16, Ring: 13})
	}
}
