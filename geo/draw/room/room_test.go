package room

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestFind(t *testing.T) {
	var g Grid
	view := image.Rect(0, 0, 200, 100)
	left, right := image.Rect(0, 0, 95, 100), image.Rect(105, 0, 200, 100)
	g.Reset(view, []image.Rectangle{left, right}, 5)
	if r, ok := g.Find(20, 50, 30, 10, 5); !ok || r.Min.X != 25 {
		t.Errorf("in an empty grid: %v %v", r, ok)
	}
	g.Take(image.Rect(25, 40, 60, 60))
	if r, ok := g.Find(40, 30, 30, 10, 5); !ok || r.Overlaps(image.Rect(25, 40, 60, 60)) {
		t.Errorf("beside what is taken: %v %v", r, ok)
	}
	if r, ok := g.Find(90, 20, 30, 10, 5); !ok || !r.In(left) {
		t.Errorf("at a bezel: %v %v", r, ok)
	}
	if x, y := g.Settle(99, 50, 4); x != 90 || y != 50 {
		t.Errorf("settled on %d, %d", x, y)
	}
	g.Take(view)
	if r, ok := g.First(40, 50, 10, 10, 5, 9); ok {
		t.Errorf("found %v where all is taken", r)
	}
	if r := g.Force(198, 98, 30, 10, 5); !r.In(right) {
		t.Errorf("forced to %v", r)
	}
}

// TestOutside asks for room beside the view, and makes all free again.
func TestOutside(t *testing.T) {
	var g Grid
	view := image.Rect(0, 0, 200, 100)
	for range 2 {
		g.Reset(view, []image.Rectangle{image.Rect(-900, -900, 900, 900)}, 5)
		for _, r := range []image.Rectangle{{image.Pt(500, 95), image.Pt(500, 99)}, image.Rect(300, 90, 400, 99), image.Rect(-90, 40, -50, 60), image.Rect(20, 200, 60, 300)} {
			if _, ok := g.Free(r); !ok {
				t.Errorf("%v is taken", r)
			}
			g.Take(r)
		}
		if _, ok := g.Free(view); !ok {
			t.Error("what was taken before, or outside, is not free")
		}
		g.Take(image.Rect(150, 20, 900, 900))
		if _, ok := g.Free(image.Rect(100, 50, 160, 60)); ok {
			t.Error("what is taken is free")
		}
	}
}

// TestCrowd holds that counting many symbols comes to what counting each does.
func TestCrowd(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, cell := range []int{2, 3, 7, 11} {
		var one, many Grid
		view := image.Rect(0, 0, 300+cell, 170)
		one.Reset(view, nil, cell)
		many.Reset(view, nil, cell)
		box := 1 + rnd.IntN(12)
		crowd := many.CrowdOf(box)
		for range 3000 {
			x, y := rnd.IntN(340)-20, rnd.IntN(210)-20
			one.Avoid(image.Rect(x-box, y-box, x+box, y+box))
			crowd.Avoid(x, y)
		}
		if !slices.Equal(one.soft, many.soft) {
			t.Errorf("cells of %d pixels differ", cell)
		}
	}
}
