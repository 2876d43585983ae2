package atlas

import (
	"reflect"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

func TestSketchMakesAFence(t *testing.T) {
	s := sketch{on: -1}.begin(formRing, "", 0)
	q := square().points
	for _, p := range q {
		s = s.add(p)
	}
	s = s.end()
	hole := s.begin(formRing, "", 0)
	for _, d := range []geo.Point{{.02, .02}, {.05, .02}, {.05, .05}} {
		hole = hole.add(geo.Pt(tamKy[0]+d[0], tamKy[1]+d[1]))
	}
	hole = hole.end()
	mp := hole.fence()
	if len(mp) != 1 || len(mp[0]) != 2 || len(mp[0][0]) != 5 || mp[0][0][0] != mp[0][0][4] {
		t.Fatalf("a square with a hole: %v", mp)
	}
	if len(s.parts) != 1 {
		t.Error("a sketch was changed by what was made from it")
	}
	if back := ofFence(mp); !reflect.DeepEqual(back, hole) {
		t.Errorf("there and back: %+v, not %+v", back, hole)
	}
	if n := hole.polygons(); n != 1 {
		t.Errorf("%d polygons", n)
	}
	// A hole of three corners goes with the first of them; the outer ring stays.
	if next, ok := hole.remove(spot{1, corner{i: 0}}); !ok || len(next.parts) != 1 {
		t.Errorf("without a corner of the hole: %+v %v", next, ok)
	}
	triangle, _ := hole.remove(spot{0, corner{i: 0}})
	if _, ok := triangle.remove(spot{0, corner{i: 0}}); ok {
		t.Error("an outer ring of two corners is allowed")
	}
	if left := hole.drop(0); len(left.parts) != 0 {
		t.Errorf("a hole without its ring is left: %+v", left)
	}
	bad := hole.set(0, hole.parts[0].move(1, geo.Pt(q[3][0], q[3][1]+.1)))
	if at, _, _, ok := bad.crossing(); !ok || at != 0 {
		t.Errorf("crossing edges are not seen: %v", bad.parts[0].points)
	}
}

func TestSketchMakesADrawing(t *testing.T) {
	s := sketch{on: -1}.begin(formLine, "", 0).add(tamKy).add(geo.Pt(109, 15)).end()
	s = s.begin(formText, "Neo", 0).add(tamKy)
	if s.on != -1 {
		t.Error("a text wants a second point")
	}
	s = s.begin(formArea, "", 0).add(tamKy).end()
	if len(s.parts) != 2 {
		t.Errorf("an area of one corner is kept: %+v", s.parts)
	}
	want := []world.DrawnShape{
		{Form: "line", Points: []geo.Point{tamKy, {109, 15}}},
		{Form: "text", Points: []geo.Point{tamKy}, Text: "Neo"},
	}
	got := s.write(1, "Neo đậu").drawing()
	want[1].Text = "Neo đậu"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("stored as %+v", got)
	}
	if back := ofDrawing(got); !reflect.DeepEqual(back.drawing(), got) {
		t.Errorf("there and back: %+v", back)
	}
	if b, ok := s.bounds(); !ok || !b.Contains(tamKy) {
		t.Errorf("its box is %v", b)
	}
}
