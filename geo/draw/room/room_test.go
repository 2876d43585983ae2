package room

import (
	"image"
	"math/rand/v2"
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
		crowd := many.CrowdOf(box, []image.Rectangle{view})
		for range 3000 {
			x, y := rnd.IntN(340)-20, rnd.IntN(210)-20
			one.Avoid(image.Rect(x-box, y-box, x+box, y+box))
			crowd.Avoid(x, y)
		}
		for range 500 {
			r := image.Rect(rnd.IntN(340)-20, rnd.IntN(210)-20, rnd.IntN(340)-20, rnd.IntN(210)-20)
			_, each := one.Cost(r)
			if _, all := many.Cost(r); all != each {
				t.Fatalf("cells of %d pixels: %d symbols in %v, not %d", cell, all, r, each)
			}
		}
	}
}

// TestCosts compares what many random boxes cost with a count of every cell, again
// after all was made free.
func TestCosts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 1))
	var g Grid
	somewhere := func(most int) image.Rectangle {
		at := image.Pt(rnd.IntN(1200)-100, rnd.IntN(300)-50)
		return image.Rectangle{Min: at, Max: at.Add(image.Pt(rnd.IntN(most), rnd.IntN(most)))}
	}
	for round := range 12 {
		view := image.Rect(0, 0, 200+rnd.IntN(800), 150+rnd.IntN(60))
		g.Reset(view, nil, 2+round%4)
		hard, soft := make([]bool, g.w*g.h), make([]int, g.w*g.h)
		each := func(r image.Rectangle, do func(i int)) {
			c := g.cells(r)
			for y := c.y0; y < c.y1; y++ {
				for x := c.x0; x < c.x1; x++ {
					do(y*g.w + x)
				}
			}
		}
		crowd := g.CrowdOf(5, []image.Rectangle{view})
		for range 60 {
			taken, wide, at := somewhere(60), somewhere(400), somewhere(2).Min
			g.Take(taken)
			each(taken, func(i int) { hard[i] = true })
			g.Avoid(wide)
			each(wide, func(i int) { soft[i]++ })
			crowd.Avoid(at.X, at.Y)
			each(image.Rect(at.X-5, at.Y-5, at.X+5, at.Y+5), func(i int) { soft[i]++ })
			r, wantHard, wantSoft := somewhere(300), 0, 0
			each(r, func(i int) {
				wantSoft += soft[i]
				if hard[i] {
					wantHard++
				}
			})
			if h, s := g.Cost(r); h != wantHard || s != wantSoft {
				t.Fatalf("round %d: %v costs %d and %d, not %d and %d", round, r, h, s, wantHard, wantSoft)
			}
			if got := g.Clear(r); got != (wantHard == 0 && r.In(view)) {
				t.Fatalf("round %d: %v is clear: %v", round, r, got)
			}
		}
	}
}

// TestAround holds that the box around a screen has every place nearest to it, and
// little more on a wall of screens alike.
func TestAround(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 5))
	view := image.Rect(0, 0, 330, 220)
	for round := range 200 {
		var screens []image.Rectangle
		for i := range 6 {
			s := image.Rect(0, 0, 100, 100).Add(image.Pt(i%3*110+5, i/3*110+5))
			if round > 0 {
				s = image.Rect(rnd.IntN(300), rnd.IntN(200), rnd.IntN(300), rnd.IntN(200))
			}
			if !s.Empty() {
				screens = append(screens, s)
			}
		}
		var g Grid
		g.Reset(view, screens, 4)
		for range 200 {
			p := image.Pt(rnd.IntN(330), rnd.IntN(220))
			if s := g.NearestPane(p.X, p.Y); !p.In(g.Around(s, view)) {
				t.Fatalf("%v is nearest to %v, but not in %v: screens %v", p, s, g.Around(s, view), screens)
			}
		}
		if box := g.Around(screens[0], view); round == 0 && (box.Dx() > 113 || box.Dy() > 113) {
			t.Errorf("around %v: %v", screens[0], box)
		}
	}
}

// TestSettleOn moves symbols on to screens, some too small for them.
func TestSettleOn(t *testing.T) {
	for _, c := range []struct {
		name         string
		pane         image.Rectangle
		x, y, margin int
		want         image.Point
	}{
		{"inside", image.Rect(0, 0, 100, 100), 40, 60, 10, image.Pt(40, 60)},
		{"on a bezel", image.Rect(0, 0, 100, 100), 120, 60, 10, image.Pt(89, 60)},
		{"at a corner", image.Rect(0, 0, 100, 100), -5, 99, 10, image.Pt(10, 89)},
		{"too narrow", image.Rect(100, 0, 115, 100), 101, 99, 10, image.Pt(107, 89)},
		{"too low", image.Rect(0, 50, 100, 70), 99, 60, 10, image.Pt(89, 60)},
		{"far too small", image.Rect(0, 0, 3, 3), 50, 50, 10, image.Pt(1, 1)},
	} {
		if x, y := SettleOn(c.pane, c.x, c.y, c.margin); image.Pt(x, y) != c.want {
			t.Errorf("%s: settled on %d, %d, not %v", c.name, x, y, c.want)
		}
	}
}
