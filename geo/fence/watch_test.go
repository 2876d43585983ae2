package fence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"iocwall/geo"
	"iocwall/geo/fence"
)

// second is a time so many seconds after a fixed one.
func second(s int) time.Time { return time.Unix(1_750_000_000+int64(s), 0).UTC() }

// box is a square of a hundredth of a degree (about 1.1 km) whose south-western
// corner is at 108° east 15° north, plus an offset in degrees.
func box(dx, dy float64) geo.MultiPolygon {
	x, y := 108+dx, 15+dy
	return geo.MultiPolygon{{{{x, y}, {x + 0.01, y}, {x + 0.01, y + 0.01}, {x, y + 0.01}, {x, y}}}}
}

// south is a place so many metres south of the box's southern edge; negative is
// inside.
func south(meters float64) geo.Point {
	return geo.Pt(108.005, 15-meters/(geo.EarthRadius*3.141592653589793/180))
}

// say writes crossings shortly: "f v near>inside@30 dwell".
func say(crossings []fence.Crossing) string {
	var out []string
	for _, c := range crossings {
		s := fmt.Sprintf("%s %s %s>%s@%d", c.Fence, c.Object, c.Was, c.State, c.At.Unix()-second(0).Unix())
		if c.Why != "" {
			s += " " + c.Why
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

// step is one call and what it must say.
type step struct {
	do   func(w *fence.Watch) []fence.Crossing
	want string
}

func move(at int, pos geo.Point, want string) step {
	return step{func(w *fence.Watch) []fence.Crossing { return w.Move("v", second(at), pos) }, want}
}

func tick(at int, want string) step {
	return step{func(w *fence.Watch) []fence.Crossing { return w.Tick(second(at)) }, want}
}

func set(t *testing.T, at int, f fence.Fence, want string) step {
	return step{func(w *fence.Watch) []fence.Crossing {
		out, err := w.Set(f, second(at))
		if err != nil {
			t.Fatal(err)
		}
		return out
	}, want}
}

func TestWatch(t *testing.T) {
	plain := fence.Fence{ID: "f", Area: box(0, 0)}
	all := fence.Fence{ID: "f", Area: box(0, 0), Near: 500, Margin: 100, Dwell: 60 * time.Second}
	slow := fence.Fence{ID: "f", Area: box(0, 0), Margin: 100, Dwell: 60 * time.Second}
	margin := fence.Fence{ID: "f", Area: box(0, 0), Margin: 100}
	near := fence.Fence{ID: "f", Area: box(0, 0), Near: 500, Margin: 100}
	dated := fence.Fence{ID: "f", Area: box(0, 0), From: second(100), Until: second(200)}
	wide := margin
	wide.Area = box(0, -0.005)
	cases := []struct {
		name   string
		fence  fence.Fence
		script []step
	}{
		{"in and out", plain, []step{
			move(0, south(50), ""), move(10, south(-50), "f v >inside@10"), move(20, south(-60), ""),
			move(30, south(1), "f v inside>left@30"), move(40, south(5000), ""),
		}},
		{"leaves beyond the margin only", margin, []step{
			move(0, south(50), ""), move(10, south(-1), "f v >inside@10"), move(20, south(99), ""),
			move(30, south(-1), ""), move(40, south(101), "f v inside>left@40"), move(50, south(99), ""),
		}},
		{"near", near, []step{
			move(0, south(550), ""), move(10, south(499), "f v >near@10"), move(20, south(590), ""),
			move(30, south(601), "f v near>left@30"), move(40, south(400), "f v >near@40"),
			move(50, south(-10), "f v near>inside@50"), move(60, south(90), ""),
			move(70, south(110), "f v inside>near@70"), move(80, south(9000), "f v near>left@80"),
		}},
		{"straight in, far out", near, []step{
			move(0, south(-10), "f v >inside@0"), move(10, south(9000), "f v inside>left@10"),
		}},
		{"dwell by positions", slow, []step{
			move(0, south(-10), "f v >entering@0"), move(30, south(50), ""), move(59, south(-10), ""),
			move(61, south(50), "f v entering>inside@61"), move(200, south(150), "f v inside>left@200"),
		}},
		{"dwell by the clock", slow, []step{
			move(0, south(-10), "f v >entering@0"), tick(59, ""), tick(75, "f v entering>inside@60 dwell"), tick(99, ""), move(70, south(-20), ""),
		}},
		{"passing through is not entering", slow, []step{
			move(0, south(-10), "f v >entering@0"), move(100, south(500), "f v entering>left@100"), tick(200, ""),
			move(201, south(-10), "f v >entering@201"), move(220, south(500), "f v entering>left@220"),
			move(230, south(-10), "f v >entering@230"), tick(289, ""), tick(290, "f v entering>inside@290 dwell"),
		}},
		{"near while the dwell lasts", all, []step{
			move(0, south(-10), "f v >near@0, f v near>entering@0"), move(70, south(-10), "f v entering>inside@70"),
		}},
		{"near again before the dwell was over", all, []step{
			move(0, south(400), "f v >near@0"), move(10, south(-10), "f v near>entering@10"), move(20, south(90), ""),
			move(30, south(110), "f v entering>near@30"), move(40, south(9000), "f v near>left@40"),
			move(50, south(-10), "f v >near@50, f v near>entering@50"), move(60, south(9000), "f v entering>left@60"),
		}},
		{"late positions decide nothing", near, []step{
			move(100, south(9000), ""), move(90, south(-10), ""), move(80, south(300), ""), tick(300, ""),
		}},
		{"a late one between decides only what the newest left open", margin, []step{
			move(0, south(500), ""), move(100, south(50), ""), move(90, south(-10), "f v >inside@90"), move(80, south(500), ""),
			move(95, south(500), "f v inside>left@95"), move(94, south(-10), ""),
		}},
		{"a late fix begins the stay earlier", slow, []step{
			move(50, south(-10), "f v >entering@50"), move(10, south(-10), "f v entering>entering@10"), move(70, south(-10), "f v entering>inside@70"),
		}},
		{"a late fix cuts the stay", slow, []step{
			move(0, south(-10), "f v >entering@0"), move(50, south(-10), ""), move(40, south(500), "f v entering>entering@50"), tick(65, ""),
			tick(115, "f v entering>inside@110 dwell"), move(45, south(500), ""), tick(400, ""),
		}},
		{"late and long enough", slow, []step{
			move(100, south(-10), "f v >entering@100"), move(30, south(-10), "f v entering>inside@90"),
		}},
		{"duplicates", near, []step{
			move(0, south(-10), "f v >inside@0"), move(0, south(-10), ""), move(5, south(9000), "f v inside>left@5"),
			move(0, south(-10), ""), move(5, south(9000), ""),
		}},
		{"equal times, the northern one counts", plain, []step{
			move(0, south(50), ""), move(0, south(-50), "f v >inside@0"), move(0, south(60), ""),
		}},
		{"begins and ends", dated, []step{
			move(0, south(-10), ""), tick(99, ""), tick(101, "f v >inside@100 began"), tick(150, ""),
			move(160, south(-10), ""), tick(205, "f v inside>left@200 ended"), move(210, south(-20), ""), tick(300, ""),
		}},
		{"positions after the end do not count", dated, []step{
			tick(150, ""), move(201, south(-10), ""), tick(202, ""),
		}},
		{"begins and ends between two ticks", dated, []step{
			move(0, south(-10), ""), tick(50, ""), tick(500, ""),
		}},
		{"changed", margin, []step{
			move(0, south(-10), "f v >inside@0"), set(t, 10, margin, ""),
			set(t, 20, fence.Fence{ID: "f", Area: box(0, 0.5)}, "f v inside>left@20 changed"),
			set(t, 30, wide, "f v >inside@30 changed"),
			set(t, 40, margin, ""),
			set(t, 50, fence.Fence{ID: "f", Area: box(0, 0.0001), Margin: 100}, ""),
			set(t, 60, fence.Fence{ID: "f", Area: box(0, 0.0001)}, "f v inside>left@60 changed"),
		}},
		{"a new fence over something", plain, []step{
			move(0, south(-10), "f v >inside@0"),
			set(t, 10, fence.Fence{ID: "g", Area: box(0, 0)}, "g v >inside@10 began"),
			set(t, 20, fence.Fence{ID: "h", Area: box(0, 0), Dwell: 5 * time.Second}, "h v >entering@20 began"),
			tick(24, ""), tick(30, "h v entering>inside@25 dwell"),
			{func(w *fence.Watch) []fence.Crossing { return w.Remove("g", second(40)) }, "g v inside>left@40 removed"},
			{func(w *fence.Watch) []fence.Crossing { return w.Remove("g", second(41)) }, ""},
			{func(w *fence.Watch) []fence.Crossing { return w.Forget("v", second(50)) }, "f v inside>left@50 lost, h v inside>left@50 lost"},
			{func(w *fence.Watch) []fence.Crossing { return w.Forget("v", second(51)) }, ""},
		}},
		{"positions that are none", plain, []step{
			move(0, geo.Pt(15, 108), ""), move(0, geo.Pt(108, 15.005), "f v >inside@0"),
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, errs := fence.New([]fence.Fence{c.fence})
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			for i, s := range c.script {
				if got := say(s.do(w)); got != s.want {
					t.Errorf("step %d: got %q, want %q", i, got, s.want)
				}
			}
		})
	}
}

func TestRestore(t *testing.T) {
	all := fence.Fence{ID: "f", Area: box(0, 0), Near: 500, Margin: 100, Dwell: 60 * time.Second}
	entering := []fence.Stay{{"f", fence.Near, second(-60)}, {"f", fence.Entering, second(-50)}}
	cases := []struct {
		name   string
		pos    geo.Point
		stays  []fence.Stay
		script []step
	}{
		{"inside", south(-10), []fence.Stay{{"f", fence.Inside, second(-100)}}, []step{tick(10, ""), move(20, south(50), ""), move(30, south(200), "f v inside>near@30")}},
		{"inside, in the margin", south(50), []fence.Stay{{"f", fence.Inside, second(-100)}}, []step{tick(10, ""), move(20, south(9000), "f v inside>left@20")}},
		{"near", south(550), []fence.Stay{{"f", fence.Near, second(-100)}}, []step{tick(10, ""), move(20, south(650), "f v near>left@20")}},
		{"nothing known", south(550), nil, []step{tick(10, ""), move(20, south(550), "")}},
		{"nothing was said of the stay", south(-10), []fence.Stay{{"f", fence.Near, second(-10)}}, []step{
			tick(5, "f v near>entering@0 changed"), tick(59, ""), tick(60, "f v entering>inside@60 dwell"),
		}},
		{"the dwell was not over", south(-10), entering, []step{tick(9, ""), tick(10, "f v entering>inside@10 dwell")}},
		{"the dwell was over meanwhile", south(-10), []fence.Stay{{"f", fence.Near, second(-90)}, {"f", fence.Entering, second(-80)}}, []step{tick(1, "f v entering>inside@-20 dwell")}},
		{"the dwell was not over, in the margin", south(50), entering, []step{tick(9, ""), move(20, south(50), "f v entering>inside@20")}},
		{"left before the dwell was over", south(400), entering, []step{tick(9, "f v entering>near@9 changed"), tick(99, "")}},
		{"a late fix from before the stay does not lengthen it", south(-10), entering, []step{
			move(-55, south(-10), ""), move(-70, south(9000), ""), tick(9, ""), tick(10, "f v entering>inside@10 dwell"),
		}},
		{"a late fix cuts the stay that goes on", south(-10), entering, []step{
			move(-20, south(9000), "f v entering>entering@0"), tick(59, ""), tick(60, "f v entering>inside@60 dwell"),
		}},
		{"moved while nobody looked", south(9000), []fence.Stay{{"f", fence.Inside, second(-100)}}, []step{tick(10, "f v inside>left@10 changed"), move(20, south(9000), "")}},
		{"moved, and moves", south(9000), []fence.Stay{{"f", fence.Inside, second(-100)}}, []step{move(20, south(9000), "f v inside>left@20")}},
		{"a fence that is gone", south(-10), []fence.Stay{{"x", fence.Inside, second(-100)}, {"f", fence.Inside, second(-5)}}, []step{tick(10, "")}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, errs := fence.New([]fence.Fence{all})
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			w.Restore("v", second(0), c.pos, c.stays)
			for _, s := range w.Stays("v") {
				if !slices.Contains(c.stays, s) {
					t.Errorf("restored %v out of nothing", s)
				}
			}
			for i, s := range c.script {
				if got := say(s.do(w)); got != s.want {
					t.Errorf("step %d: got %q, want %q", i, got, s.want)
				}
			}
		})
	}
}

func TestBadFences(t *testing.T) {
	good := fence.Fence{ID: "good", Area: box(0, 0)}
	crossed := geo.MultiPolygon{{{{0, 0}, {2, 2}, {2, 0}, {0, 2}, {0, 0}}}}
	cases := []struct {
		fence fence.Fence
		says  string
	}{
		{fence.Fence{Area: box(0, 0)}, "no id"},
		{fence.Fence{ID: "a", Area: box(0, 0), Near: -1}, "fence a: near is -1 m"},
		{fence.Fence{ID: "a", Area: box(0, 0), Margin: 1e9}, "margin is 1e+09 m"},
		{fence.Fence{ID: "a", Area: box(0, 0), Dwell: -1}, "dwell"},
		{fence.Fence{ID: "a", Area: box(0, 0), From: second(2), Until: second(2)}, "not after it begins"},
		{fence.Fence{ID: "a"}, "no polygons"},
		{fence.Fence{ID: "a", Area: crossed}, "polygon 0: ring 0: ring crosses itself"},
		{fence.Fence{ID: "a", Area: geo.MultiPolygon{{orb.Ring{{0, 0}}}}}, "ring"},
		{good, "given twice"},
	}
	for _, c := range cases {
		w, errs := fence.New([]fence.Fence{good, c.fence})
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), c.says) {
			t.Errorf("got %v, want it to say %q", errs, c.says)
		}
		if n, _ := w.Len(); n != 1 {
			t.Errorf("%s: %d fences are left", c.says, n)
		}
	}
}

func TestQuestions(t *testing.T) {
	w, errs := fence.New([]fence.Fence{
		{ID: "b", Area: box(0, 0)},
		{ID: "a", Area: box(0.005, 0), Near: 5000},
		{ID: "later", Area: box(0, 0), From: second(100)},
	})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	at := geo.Pt(108.007, 15.005)
	if got := w.Inside(at); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("inside %v", got)
	}
	w.Tick(second(100))
	if got := w.Inside(at); !slices.Equal(got, []string{"a", "b", "later"}) {
		t.Errorf("inside %v", got)
	}
	got := w.Near(geo.Pt(108, 14.999), 1000)
	if len(got) != 3 || got[0].Fence != "b" || got[1].Fence != "later" || got[2].Fence != "a" {
		t.Errorf("near %v", got)
	}
	if d := got[0].Meters; d < 111 || d > 111.4 {
		t.Errorf("a thousandth of a degree is %g m", d)
	}
	if got := w.Near(at, 0); len(got) != 3 || got[0].Meters != 0 {
		t.Errorf("near %v", got)
	}
	if got := w.Stays("nobody"); got != nil {
		t.Errorf("nobody stays in %v", got)
	}
}
