package sketch

import (
	"reflect"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

func TestSketchMakesAFence(t *testing.T) {
	s := Sketch{On: -1}.Begin(FormRing, "", 0)
	q := square().Points
	for _, p := range q {
		s = s.Add(p)
	}
	s = s.End()
	hole := s.Begin(FormRing, "", 0)
	for _, d := range []geo.Point{{.02, .02}, {.05, .02}, {.05, .05}} {
		hole = hole.Add(geo.Pt(place()[0]+d[0], place()[1]+d[1]))
	}
	hole = hole.End()
	mp := hole.Fence()
	if len(mp) != 1 || len(mp[0]) != 2 || len(mp[0][0]) != 5 || mp[0][0][0] != mp[0][0][4] {
		t.Fatalf("a square with a hole: %v", mp)
	}
	if len(s.Parts) != 1 {
		t.Error("a sketch was changed by what was made from it")
	}
	if back := OfFence(mp); !reflect.DeepEqual(back, hole) {
		t.Errorf("there and back: %+v, not %+v", back, hole)
	}
	if n := hole.Polygons(); n != 1 {
		t.Errorf("%d polygons", n)
	}
	// A hole of three corners goes with the first of them; the outer ring stays.
	if next, ok := hole.Remove(Spot{1, Corner{I: 0}}); !ok || len(next.Parts) != 1 {
		t.Errorf("without a corner of the hole: %+v %v", next, ok)
	}
	triangle, _ := hole.Remove(Spot{0, Corner{I: 0}})
	if _, ok := triangle.Remove(Spot{0, Corner{I: 0}}); ok {
		t.Error("an outer ring of two corners is allowed")
	}
	if left := hole.Drop(0); len(left.Parts) != 0 {
		t.Errorf("a hole without its ring is left: %+v", left)
	}
	bad := hole.Set(0, hole.Parts[0].Move(1, geo.Pt(q[3][0], q[3][1]+.1)))
	if at, _, _, ok := bad.Crossing(); !ok || at != 0 {
		t.Errorf("crossing edges are not seen: %v", bad.Parts[0].Points)
	}
}

func TestSketchMakesADrawing(t *testing.T) {
	s := Sketch{On: -1}.Begin(FormLine, "", 0).Add(place()).Add(geo.Pt(109, 15)).End()
	s = s.Begin(FormText, "Neo", 0).Add(place())
	if s.On != -1 {
		t.Error("a text wants a second point")
	}
	s = s.Begin(FormArea, "", 0).Add(place()).End()
	if len(s.Parts) != 2 {
		t.Errorf("an area of one corner is kept: %+v", s.Parts)
	}
	want := []world.DrawnShape{
		{Form: "line", Points: []geo.Point{place(), {109, 15}}},
		{Form: "text", Points: []geo.Point{place()}, Text: "Neo"},
	}
	got := s.Write(1, "Neo đậu").Drawing()
	want[1].Text = "Neo đậu"
	if !reflect.DeepEqual(got, want) {
		t.Errorf("stored as %+v", got)
	}
	if back := OfDrawing(got); !reflect.DeepEqual(back.Drawing(), got) {
		t.Errorf("there and back: %+v", back)
	}
	if b, ok := s.Bounds(); !ok || !b.Contains(place()) {
		t.Errorf("its box is %v", b)
	}
}
