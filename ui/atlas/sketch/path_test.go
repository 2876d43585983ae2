package sketch

import (
	"image"
	"math"
	"strings"
	"testing"

	"iocwall/geo"
	"iocwall/ui/words"
)

func place() geo.Point { return geo.Pt(108.4735, 15.5736) }

// square is a ring one tenth of a degree wide, its corner at Tam Kỳ.
func square() Path {
	x, y := place()[0], place()[1]
	return Path{Closed: true, Points: []geo.Point{{x, y}, {x + .1, y}, {x + .1, y + .1}, {x, y + .1}}}
}

func TestPathActs(t *testing.T) {
	p := square()
	before := p.Points[1]
	moved := p.Move(1, geo.Pt(109, 15))
	if p.Points[1] != before || moved.Points[1] != geo.Pt(109, 15) {
		t.Error("moving a corner changes the path it was made from")
	}
	if q := p.Insert(3, p.Middle(3)); len(q.Points) != 5 || q.Points[4] != p.Middle(3) {
		t.Errorf("a corner in the last edge: %v", q.Points)
	}
	q, ok := p.remove(0)
	if !ok || len(q.Points) != 3 || q.Points[0] != before {
		t.Errorf("without the first corner: %v %v", q.Points, ok)
	}
	if _, ok := q.remove(0); ok {
		t.Error("a ring of two corners is allowed")
	}
	if _, ok := (Path{Points: p.Points[:2]}).remove(0); ok {
		t.Error("a line of one point is allowed")
	}
	for _, c := range []struct {
		p Path
		n int
	}{{Path{}, 0}, {Path{Points: p.Points[:1]}, 0}, {Path{Points: p.Points}, 3}, {p, 4}, {Path{Points: p.Points[:2], Closed: true}, 1}} {
		if c.p.Edges() != c.n {
			t.Errorf("%v has %d edges", c.p, c.p.Edges())
		}
	}
}

func TestPick(t *testing.T) {
	p := square()
	v := geo.FitView(geo.Bounds{Min: p.Points[0], Max: p.Points[2]}, 800, 800, 100)
	pixel := func(q geo.Point) image.Point {
		x, y := v.Pixel(q)
		return image.Pt(int(math.Round(x)), int(math.Round(y)))
	}
	for _, c := range []struct {
		name string
		at   image.Point
		want Corner
		ok   bool
	}{
		{"a corner", pixel(p.Points[2]).Add(image.Pt(4, 3)), Corner{I: 2}, true},
		{"a middle", pixel(p.Middle(3)), Corner{I: 3, Middle: true}, true},
		{"beside all", pixel(p.Points[2]).Add(image.Pt(40, 40)), Corner{}, false},
	} {
		got, ok := p.Pick(v, c.at, 14)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %+v %v", c.name, got, ok)
		}
	}
	small := v
	small.World /= 64
	if got, ok := p.Pick(small, image.Pt(400, 400), 30); !ok || got.Middle {
		t.Errorf("in a small ring the middle of an edge is taken before a corner: %+v %v", got, ok)
	}
}

func TestCrossing(t *testing.T) {
	at := func(xy ...float64) []geo.Point {
		var out []geo.Point
		for i := 0; i < len(xy); i += 2 {
			out = append(out, geo.Pt(108+xy[i]/10, 15+xy[i+1]/10))
		}
		return out
	}
	for _, c := range []struct {
		name   string
		points []geo.Point
		open   bool
		i, j   int
		ok     bool
	}{
		{"a square", at(0, 0, 1, 0, 1, 1, 0, 1), false, 0, 0, false},
		{"a bow tie", at(0, 0, 1, 1, 1, 0, 0, 1), false, 0, 2, true},
		{"a corner on an edge", at(0, 0, 2, 0, 2, 2, 1, 0, 0, 2), false, 0, 2, true},
		{"a spike", at(0, 0, 2, 0, 1, 0, 1, 2), false, 0, 1, true},
		{"a star's inner corner", at(0, 0, 2, 1, 4, 0, 2, 4), false, 0, 0, false},
		{"an open line that would cross if closed", at(0, 0, 1, 1, 1, 0, 0, .6), true, 0, 2, true},
		{"a triangle", at(0, 0, 1, 0, 0, 1), false, 0, 0, false},
	} {
		p := Path{Points: c.points, Closed: !c.open}
		i, j, ok := p.Crossing()
		if i != c.i || j != c.j || ok != c.ok {
			t.Errorf("%s: edges %d and %d, %v", c.name, i, j, ok)
		}
		if ok && !c.open {
			ring := append(append([]geo.Point{}, c.points...), c.points[0])
			// The server takes touching and folding rings; the hand is not let make them.
			if strict := c.name == "a corner on an edge" || c.name == "a spike"; geo.CheckRing(ring) == nil && !strict {
				t.Errorf("%s: the server would take it", c.name)
			}
			found := false
			for k := range c.points {
				_, _, hit := p.CrossingAt(k)
				found = found || hit
			}
			if !found {
				t.Errorf("%s: not found at any of its corners", c.name)
			}
		}
	}
}

func TestMeasure(t *testing.T) {
	vi, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	onshore := func(p geo.Point) bool { return p[0] < 108.5 }
	line := func(p ...geo.Point) Path { return Path{Points: p} }
	// A minute of latitude is a nautical mile but for the sphere's radius.
	sea := line(geo.Pt(109, 15), geo.Pt(109, 15.1))
	land := line(geo.Pt(108, 15), geo.Pt(108, 15.01))
	both := line(geo.Pt(108, 15), geo.Pt(109, 15), geo.Pt(109, 15.5))
	for _, c := range []struct {
		name        string
		p           Path
		total, last string
	}{
		{"at sea", sea, "6,00 hải lý", "6,00 hải lý · 000°"},
		{"on land", land, "1,11 km", "1,11 km · 000°"},
		{"over the coast", both, "163 km (88,0 hải lý)", "30,0 hải lý · 000°"},
		{"one corner", line(geo.Pt(108, 15)), "0\u00a0m", ""},
	} {
		m := Measure(c.p, onshore)
		if got := strings.ReplaceAll(m.Total(vi), "\u00a0", " "); got != strings.ReplaceAll(c.total, "\u00a0", " ") {
			t.Errorf("%s: %q", c.name, got)
		}
		if got := strings.ReplaceAll(m.Last(vi), "\u00a0", " "); got != c.last {
			t.Errorf("%s, the last piece: %q", c.name, got)
		}
	}
	// A square of a tenth of a degree at 15.6° north: 11.12 km × 10.71 km.
	if m := Measure(square(), nil); math.Abs(m.Area/1e6-119.1) > 0.5 || len(m.Legs) != 4 {
		t.Errorf("the square has %.2f km² and %d edges", m.Area/1e6, len(m.Legs))
	}
	for m2, want := range map[float64]string{900: "900 m²", 25_000: "2,50 ha", 3.5e6: "3,50 km²", 1234e6: "1.234 km²"} {
		if got := strings.ReplaceAll(AreaWords(vi, m2), "\u00a0", " "); got != want {
			t.Errorf("%g m²: %q", m2, got)
		}
	}
}
