package hit

import (
	"image"
	"math"
	"strings"
	"sync"
	"testing"

	"iocwall/geo"
)

func box(w, s, e, n float64) geo.MultiPolygon {
	return geo.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

// chart is a picture with something of each kind, 1,000 pixels a degree.
func chart() (*Hits, geo.View) {
	v := geo.View{Center: geo.Pt(108, 0), World: 360_000, Width: 1000, Height: 1000}
	r := NewRecorder(v.CropTo(image.Rect(0, 0, 10, 10)))
	r.Area("areas", "big", box(107.6, -0.4, 108.4, 0.4))
	r.Area("areas", "small", box(107.9, -0.1, 108.1, 0.1))
	r.Area("areas", "ring", geo.MultiPolygon{{box(107.6, -0.4, 108.4, 0.4)[0][0], box(107.7, -0.3, 108.3, 0.3)[0][0]}})
	r.Line("lines", "sea", []geo.Point{{107.5, 0.2}, {108.5, 0.2}}, 4)
	r.Symbol("vessels", "a", 500, 500, 8)
	r.Symbol("vessels", "b", 506, 500, 8)
	r.Plate("stations", "chip", 520, 420, image.Rect(530, 410, 590, 430))
	r.Symbol("stations", "chip", 520, 420, 8)
	r.Cluster("reports", 700, 700, 20, []string{"r0", "r1", "r2"})
	r.Cluster("reports", 730, 700, 20, []string{"s0", "s1"})
	return r.Hits(), v
}

func names(found []Found) string {
	var out []string
	for _, f := range found {
		out = append(out, f.ID+strings.Join(f.Members, "+"))
	}
	return strings.Join(out, " ")
}

func TestAt(t *testing.T) {
	h, _ := chart()
	for _, c := range []struct {
		name  string
		x, y  int
		reach float64
		want  string
	}{
		{"the nearest of two symbols", 501, 500, 0, "a b small big"},
		{"the other one", 506, 500, 0, "b a small big"},
		{"within reach", 486, 500, 8, "a small big"},
		{"out of reach", 486, 500, 3, "small big"},
		{"a chip away from its symbol, once", 560, 420, 0, "chip small big"},
		{"a cluster with its members", 690, 700, 0, "r0+r1+r2 big"},
		{"two clusters", 715, 700, 0, "s0+s1 r0+r1+r2 big"},
		{"a line before areas", 300, 301, 2, "sea big"},
		{"a line too far", 300, 310, 2, "big"},
		{"in the ring, not in its hole", 150, 500, 0, "ring big"},
		{"nothing", 20, 900, 0, ""},
		{"far outside", 1 << 40, -1 << 40, 5, ""},
		{"a reach that is no number", 500, 500, math.NaN(), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := names(h.At(c.x, c.y, c.reach)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestIn(t *testing.T) {
	h, _ := chart()
	for _, c := range []struct {
		name string
		rect image.Rectangle
		want string
	}{
		{"symbols whose middle is inside", image.Rect(490, 490, 503, 510), "a small big"},
		{"drawn backwards", image.Rectangle{Min: image.Pt(503, 510), Max: image.Pt(490, 490)}, "a small big"},
		{"a line that passes through", image.Rect(300, 295, 320, 310), "sea big"},
		{"all", image.Rect(0, 0, 1000, 1000), "a b chip r0+r1+r2 s0+s1 sea small ring big"},
		{"a corner of an area", image.Rect(50, 850, 130, 920), "ring big"},
		{"around an area's corner from outside", image.Rect(20, 20, 60, 60), ""},
		{"empty", image.Rectangle{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := names(h.In(c.rect)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// TestNothingRecorded uses what is there when nobody asked for hits.
func TestNothingRecorded(t *testing.T) {
	var r *Recorder
	if n := testing.AllocsPerRun(10, func() {
		r.Symbol("vessels", "a", 1, 1, 1)
		r.Plate("vessels", "a", 1, 1, image.Rect(0, 0, 1, 1))
		r.Line("lines", "", nil, 1)
		r.Area("areas", "", nil)
	}); n > 0 {
		t.Errorf("recording nothing allocates %.0f times", n)
	}
	h := r.Hits()
	if h.At(1, 1, 10) != nil || h.In(image.Rect(0, 0, 9, 9)) != nil {
		t.Error("found something in nothing")
	}
}

func TestOddShapes(t *testing.T) {
	nan := math.NaN()
	v := geo.ZoomView(geo.Pt(108, 15), 9, 100, 100)
	r := NewRecorder(v)
	r.Area("areas", "", geo.MultiPolygon{{}, {{}}, {{{nan, nan}}}, {{{108, 15}, {nan, 16}, {109, 15}}}})
	r.Line("lines", "", []geo.Point{{nan, nan}, {108, 15}, {math.Inf(1), 3}}, nan)
	h := r.Hits()
	for _, p := range []image.Point{{50, 50}, {-1, 1 << 50}} {
		h.At(p.X, p.Y, 3)
		h.In(image.Rectangle{Min: p, Max: p.Add(image.Pt(10, 10))})
	}
}

func TestManyReaders(t *testing.T) {
	h, _ := chart()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for x := range 200 {
				h.At(x*5, 500, 4)
				h.In(image.Rect(x, x, 2*x+1, 600))
			}
		})
	}
	all.Wait()
}
