package layout

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"iocwall/server/world"
)

// reference is the wall of 27 screens on 12 computers.
func reference() Grid {
	g := Grid{Columns: 9, Rows: 3, W: 1217.6, H: 684.9, Bezel: 3.5, PxW: 1920, PxH: 1080, First: 1, Order: Rows}
	for i := range 12 {
		c := Computer{Name: fmt.Sprintf("pc-%02d", i+1)}
		for o := range 3 {
			c.Outputs = append(c.Outputs, fmt.Sprintf("HDMI-%d", o+1))
		}
		g.Computers = append(g.Computers, c)
	}
	return g
}

func TestGridOf27(t *testing.T) {
	screens, bare := reference().Screens()
	if len(screens) != 27 || bare != 0 {
		t.Fatalf("%d screens, %d without an output", len(screens), bare)
	}
	if s := screens[16]; s.ID != 17 || s.X != 8547.7 || s.Y != 688.4 || s.W != 1217.6 || s.H != 684.9 {
		t.Errorf("screen 17 is %+v", s)
	}
	if s := screens[8]; math.Abs(s.X+s.W-10986.4) > 0.01 {
		t.Errorf("the wall is %g mm wide", s.X+s.W)
	}
	of := map[string][]int{}
	for _, s := range screens {
		if s.Node == "" || s.Output == "" {
			t.Errorf("screen %d: no output", s.ID)
		}
		of[s.Node] = append(of[s.Node], s.ID)
	}
	if len(of) != 12 {
		t.Errorf("%d computers", len(of))
	}
	for name, ids := range of {
		if n := len(ids); n < 2 || n > 3 {
			t.Errorf("%s drives %v", name, ids)
		}
		// Each drives screens that touch.
		for i := 1; i < len(ids); i++ {
			a, b := screens[ids[0]-1], screens[ids[i]-1]
			if math.Abs(a.X-b.X) > 2*1222 || math.Abs(a.Y-b.Y) > 690 {
				t.Errorf("%s drives %v, which are far apart", name, ids)
			}
		}
	}
	if ds := Deviations(screens); len(ds) > 0 {
		t.Errorf("a grid deviates: %+v", ds)
	}
	if fs := Check(world.WallDefined{ID: "main", Screens: screens}, func(string) (world.Node, bool) { return world.Node{}, false }); len(fs) > 0 {
		t.Errorf("a grid is wrong: %+v", fs)
	}
}

func TestOrders(t *testing.T) {
	for order, want := range map[Order][]float64{
		Rows:    {0, 110, 220, 0, 110, 220},
		Columns: {0, 0, 110, 110, 220, 220},
		Snake:   {0, 110, 220, 220, 110, 0},
	} {
		screens, bare := Grid{Columns: 3, Rows: 2, W: 100, H: 60, Bezel: 10, PxW: 1, PxH: 1, First: 5, Order: order}.Screens()
		var got []float64
		for i, s := range screens {
			got = append(got, s.X)
			if s.ID != 5+i {
				t.Errorf("%s: number %d at %d", order, s.ID, i)
			}
		}
		if !slices.Equal(got, want) || bare != 6 {
			t.Errorf("%s: %v, want %v", order, got, want)
		}
	}
	for _, g := range []Grid{{}, {Columns: 300, Rows: 1, W: 1, H: 1}, {Columns: 2, Rows: 2, W: math.NaN(), H: 1}} {
		if s, _ := g.Screens(); s != nil {
			t.Errorf("%+v has %d screens", g, len(s))
		}
	}
}

func TestDeviations(t *testing.T) {
	screens, _ := reference().Screens()
	screens[16].X += 6
	ds := Deviations(screens)
	if len(ds) != 1 || ds[0].Screen != 17 || ds[0].Side != Left || ds[0].Off != 6 || ds[0].Should != 8547.7 || !slices.Equal(ds[0].Peers, []int{8, 26}) {
		t.Errorf("%+v", ds)
	}
	screens[16].X -= 6
	screens[3].H += 4
	if ds = Deviations(screens); len(ds) != 1 || ds[0].Side != Height || ds[0].Should != 684.9 {
		t.Errorf("%+v", ds)
	}
}

func TestMoveSnaps(t *testing.T) {
	screens, _ := Grid{Columns: 2, Rows: 2, W: 1000, H: 500, Bezel: 4, PxW: 1, PxH: 1}.Screens()
	screens[3].X, screens[3].Y = 1030, 530
	x, y, guides := Move(screens, map[int]bool{4: true}, -20, -20, 10)
	if x != -26 || y != -26 || len(guides) != 2 {
		t.Errorf("moved by %g, %g with %+v", x, y, guides)
	}
	if x, y, guides = Move(screens, map[int]bool{4: true}, 100.4, 99.6, 10); x != 100 || y != 100 || len(guides) > 0 {
		t.Errorf("moved by %g, %g with %+v", x, y, guides)
	}
}

func TestGaps(t *testing.T) {
	screens, _ := reference().Screens()
	if g, other, ok := Gap(screens, 5, false); !ok || g != 3.5 || other != 6 {
		t.Errorf("right of 5: %g to %d", g, other)
	}
	if _, _, ok := Gap(screens, 9, false); ok {
		t.Error("there is something right of 9")
	}
	wider := SetGap(screens, 5, false, 10)
	if g, _, _ := Gap(wider, 5, false); g != 10 {
		t.Errorf("the gap is %g", g)
	}
	if len(Deviations(wider)) != 0 || wider[22].X != screens[22].X || wider[23].X != screens[23].X+6.5 {
		t.Errorf("the columns right of it did not move as one")
	}
	if Usual(wider) != 3.5 {
		t.Errorf("the usual bezel is %g", Usual(wider))
	}
}

func TestDraft(t *testing.T) {
	screens, _ := reference().Screens()
	d := Begin(world.WallDefined{ID: "main", Name: "Tường", Screens: screens}, 7)
	if d.Do("nothing", func(*world.WallDefined) {}) || d.Changed() || d.Steps() != 0 {
		t.Error("nothing is a step")
	}
	d.Do("move", func(w *world.WallDefined) { w.Screens[16].X += 6 })
	d.Do("drop", func(w *world.WallDefined) { w.Screens = w.Screens[:26] })
	if d.Changes() != 2 || !d.Changed() || len(screens) != 27 || screens[16].X != 8547.7 {
		t.Errorf("%d changes", d.Changes())
	}
	if name, ok := d.Undo(); !ok || name != "drop" || d.Changes() != 1 || len(d.Wall.Screens) != 27 {
		t.Errorf("undo %q", name)
	}
	if _, ok := d.Undo(); !ok || d.Changed() {
		t.Error("all undone, and it differs")
	}
	if _, ok := d.Undo(); ok {
		t.Error("there was a third step")
	}
}

func TestCheck(t *testing.T) {
	screens, _ := reference().Screens()
	screens[1].X -= 20
	screens[2].Node, screens[2].Output = "", ""
	screens[4].Output = screens[5].Output
	screens[4].Node = screens[5].Node
	screens[7].PxW = 3840
	got := map[string]int{}
	for _, f := range Check(world.WallDefined{Screens: screens}, func(name string) (world.Node, bool) {
		n := world.Node{}
		n.Monitors = []world.Monitor{{Output: "HDMI-1", PxW: 1920, PxH: 1080}, {Output: "HDMI-2", PxW: 1920, PxH: 1080}}
		return n, true
	}) {
		got[f.Code]++
	}
	for code, n := range map[string]int{"over": 1, "bare": 1, "twice": 1, "pixels": 1, "output": 3, "off": 1} {
		if got[code] != n {
			t.Errorf("%s: %d, want %d (%v)", code, got[code], n, got)
		}
	}
}

func TestBesideAndResize(t *testing.T) {
	screens, _ := reference().Screens()
	for _, x := range []struct {
		from, want int
		dx, dy     float64
	}{{14, 15, 1, 0}, {14, 13, -1, 0}, {14, 5, 0, -1}, {14, 23, 0, 1}, {9, 9, 1, 0}, {99, 1, 1, 0}} {
		if got := Beside(screens, x.from, x.dx, x.dy); got != x.want {
			t.Errorf("beside %d: %d, want %d", x.from, got, x.want)
		}
	}
	got := Resize(screens, 3, Corner, 10.4, -9999)
	if got[2].W != 1227.6 || got[2].H != 50 || screens[2].W != 1217.6 {
		t.Errorf("%+v", got[2])
	}
}
