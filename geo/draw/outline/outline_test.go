package outline

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
)

// TestNeighboursShareCorners runs along one wriggling edge in both directions.
func TestNeighboursShareCorners(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 9))
	for range 50 {
		var edge []geo.Point
		for i := range 300 {
			edge = append(edge, geo.Pt(108+float64(i)*1e-4, 15+rnd.Float64()*1e-3))
		}
		s := Scale{World: 256 * math.Exp2(7+rnd.Float64()*6), X: rnd.Float64() * 1e4, Y: rnd.Float64() * 1e4}
		there := Append(nil, edge, s)
		slices.Reverse(edge)
		back := Append(nil, edge, s)
		slices.Reverse(back)
		if !slices.Equal(there, back) {
			t.Fatalf("%d corners there, %d back, or other ones", len(there), len(back))
		}
	}
}

func TestAppend(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	s := Scale{World: 360}
	for _, c := range []struct {
		name   string
		points []geo.Point
		want   []float64 // x of each corner
	}{
		{"nothing", nil, nil},
		{"no numbers", []geo.Point{{nan, 1}, {1, inf}, {-inf, nan}, {1e300, 0}}, nil},
		{"numbers beside others", []geo.Point{{0, 0}, {nan, nan}, {10, 0}}, []float64{180, 190}},
		{"twice the same", []geo.Point{{0, 0}, {0, 0}, {0.01, 0}, {10, 0}}, []float64{180, 190}},
		{"eastwards across the antimeridian", []geo.Point{{170, 0}, {-170, 0}, {-160, 0}}, []float64{350, 370, 380}},
		{"there and back", []geo.Point{{-170, 0}, {170, 0}, {-170, 0}}, []float64{10, -10, 10}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []float64
			for _, p := range Append(nil, c.points, s) {
				got = append(got, p.X)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestTurned(t *testing.T) {
	ring := []raster.XY{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}}
	if a := Area(Turned(ring, true)); a != 100 {
		t.Errorf("area %g, want 100", a)
	}
	if a := Area(Turned(ring, false)); a != -100 {
		t.Errorf("area %g, want -100", a)
	}
	if a := Area(Turned(ring, false)); a != -100 {
		t.Errorf("turned twice, area %g", a)
	}
}

func TestThin(t *testing.T) {
	for _, c := range []struct{ in, want []raster.XY }{
		{nil, nil},
		{[]raster.XY{{X: 1, Y: 1}}, []raster.XY{{X: 1, Y: 1}}},
		{[]raster.XY{{X: 0, Y: 0}, {X: 5, Y: 0.2}, {X: 10, Y: 0}, {X: 10, Y: 5}, {X: 10, Y: 9}}, []raster.XY{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 9}}},
		{[]raster.XY{{X: 0, Y: 0}, {X: 5, Y: 0}, {X: 0, Y: 0}}, []raster.XY{{X: 0, Y: 0}, {X: 5, Y: 0}, {X: 0, Y: 0}}},
		{[]raster.XY{{X: 0, Y: 0}, {X: 5, Y: 2}, {X: 10, Y: 0}}, []raster.XY{{X: 0, Y: 0}, {X: 5, Y: 2}, {X: 10, Y: 0}}},
	} {
		if got := Thin(slices.Clone(c.in), 0.3); !slices.Equal(got, c.want) {
			t.Errorf("%v thinned to %v, want %v", c.in, got, c.want)
		}
	}
	long := make([]raster.XY, 100)
	for i := range long {
		long[i].X = float64(i)
	}
	if got := Thin(long, 0.3); len(got) > 12 || got[len(got)-1].X != 99 {
		t.Errorf("a straight line keeps %d corners, the last at %v", len(got), got[len(got)-1])
	}
}

func TestInner(t *testing.T) {
	square := []geo.Point{{100, -5}, {110, -5}, {110, 5}, {100, 5}, {100, -5}}
	hole := []geo.Point{{104, -1}, {106, -1}, {106, 1}, {104, 1}, {104, -1}}
	for _, c := range []struct {
		name    string
		mp      geo.MultiPolygon
		lon     float64
		room    float64 // degrees
		without bool
	}{
		{"nothing", nil, 0, 0, true},
		{"empty rings", geo.MultiPolygon{{}, {{}}}, 0, 0, true},
		{"a line", geo.MultiPolygon{{{{100, 0}, {110, 0}}}}, 0, 0, true},
		{"no numbers", geo.MultiPolygon{{{{math.NaN(), 0}, {110, math.NaN()}, {1, 1}}}}, 0, 0, true},
		{"a square", geo.MultiPolygon{{square}}, 105, 5, false},
		{"the larger of two", geo.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}}}, {square}}, 105, 5, false},
		{"beside a hole", geo.MultiPolygon{{square, hole}}, math.NaN(), 2.34, false},
		{"a bracket", geo.MultiPolygon{{{{100, -5}, {101, -5}, {101, 4}, {109, 4}, {109, -5}, {112, -5}, {112, 5}, {100, 5}}}}, 110.4, 1.6, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := Inner(c.mp)
			if ok == c.without {
				t.Fatalf("found %+v, %v", got, ok)
			}
			if c.without {
				return
			}
			lon := geo.Unproject(got.X, got.Y)[0]
			if math.Abs(lon-c.lon) > 0.4 {
				t.Errorf("at longitude %.2f, want %.2f", lon, c.lon)
			}
			if room := got.Room * 360; math.Abs(room-c.room) > c.room/12 {
				t.Errorf("room %.2f°, want %.2f°", room, c.room)
			}
			if got.Left < got.Room || got.Right < got.Room {
				t.Errorf("%+v goes less far to a side than there is room", got)
			}
		})
	}
}

func TestSumsDiffer(t *testing.T) {
	a := []geo.Point{{1, 2}, {3, 4}}
	seen := map[uint64]string{}
	for name, sum := range map[string]uint64{
		"as is":       Sum(1, a),
		"other start": Sum(2, a),
		"turned":      Sum(1, []geo.Point{{3, 4}, {1, 2}}),
		"shorter":     Sum(1, a[:1]),
		"a hair":      Sum(1, []geo.Point{{1, 2}, {3, math.Nextafter(4, 5)}}),
		"text":        Text(1, "ab"),
		"other text":  Text(1, "ba"),
	} {
		if other, ok := seen[sum]; ok {
			t.Errorf("%q and %q have one sum", name, other)
		}
		seen[sum] = name
	}
}

func BenchmarkInner(b *testing.B) {
	var ring []geo.Point
	for i := range 500 {
		sin, cos := math.Sincos(float64(i) / 500 * 2 * math.Pi)
		k := 0.1 + 0.02*math.Sin(float64(i)/9)
		ring = append(ring, geo.Pt(108+cos*k, 15+sin*k))
	}
	for b.Loop() {
		Inner(geo.MultiPolygon{{ring}})
	}
}
