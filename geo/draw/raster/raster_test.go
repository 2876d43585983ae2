package raster

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"iocwall/assets"
)

func TestParsePath(t *testing.T) {
	for _, d := range []string{"5 5", "M1", "Q1 2 3 4", "M1 1L", "Mx"} {
		if _, err := ParsePath(d); err == nil {
			t.Errorf("%q is accepted", d)
		}
	}
	subs, err := ParsePath("M2 2h4v4H2Zm8 8l2-1a2 2 0 1 0-2-2")
	if err != nil || len(subs) != 2 || !subs[0].Closed || subs[1].Closed {
		t.Fatalf("got %v, %v", subs, err)
	}
	if last := subs[1].Points[len(subs[1].Points)-1]; last != (XY{10, 7}) {
		t.Errorf("the arc ends at %v", last)
	}
}

// TestCoverageIsArea fills shapes and compares the sum of coverage with the area.
func TestCoverageIsArea(t *testing.T) {
	for name, c := range map[string]struct {
		rings [][]XY
		area  float64
	}{
		"square on pixels":    {[][]XY{{{2, 2}, {12, 2}, {12, 12}, {2, 12}}}, 100},
		"square between them": {[][]XY{{{2.5, 2.25}, {12.5, 2.25}, {12.5, 12.25}, {2.5, 12.25}}}, 100},
		"triangle":            {[][]XY{{{1, 1}, {19, 3}, {5, 17}}}, 140},
		"hole":                {[][]XY{{{0, 0}, {20, 0}, {20, 20}, {0, 20}}, {{5, 5}, {5, 15}, {15, 15}, {15, 5}}}, 300},
		"beyond the window":   {[][]XY{{{-50, -50}, {70, -50}, {70, 70}, {-50, 70}}}, 400},
		"left of the window":  {[][]XY{{{-9, 0}, {4, 0}, {4, 20}, {-9, 20}}}, 80},
	} {
		t.Run(name, func(t *testing.T) {
			var s Shape
			s.Reset(image.Rect(0, 0, 20, 20))
			for _, r := range c.rings {
				s.Ring(r)
			}
			sum := 0.0
			s.Sweep(func(_, x0, x1 int, a uint32) { sum += float64(x1-x0) * float64(a) / 255 })
			if math.Abs(sum-c.area) > 0.6 {
				t.Errorf("covers %.2f pixels, want %.0f", sum, c.area)
			}
			s.Sweep(func(y, x0, x1 int, a uint32) { t.Errorf("left over in row %d: %d–%d %d", y, x0, x1, a) })
		})
	}
}

func TestStrokesUnite(t *testing.T) {
	dst := image.NewRGBA(image.Rect(0, 0, 30, 10))
	c := CanvasOf(dst, dst.Rect)
	var s Strokes
	s.Reset(dst.Rect)
	s.Line(5, 5, 20, 5, 2)
	s.Line(15, 5, 25, 5, 2)
	s.Fill(&c, color.RGBA{R: 200, A: 128})
	if a, b := dst.RGBAAt(10, 5), dst.RGBAAt(17, 5); a != b || a.R < 95 || a.R > 105 {
		t.Errorf("one line gives %v, two over each other %v", a, b)
	}
	if p := dst.RGBAAt(10, 9); p.A != 0 {
		t.Errorf("a pixel beside the line has %v", p)
	}
}

// TestShapesAlikeWholeAndCut fills shapes with shallow edges at once and in
// windows that cut them.
func TestShapesAlikeWholeAndCut(t *testing.T) {
	const side = 90
	rnd := rand.New(rand.NewPCG(2, 6))
	for range 200 {
		var ring []XY
		for range 3 + rnd.IntN(4) {
			ring = append(ring, XY{rnd.Float64()*500 - 200, 20 + rnd.Float64()*float64(1+rnd.IntN(60))})
		}
		fill := func(dst *image.RGBA, win image.Rectangle) {
			var s Shape
			c := CanvasOf(dst.SubImage(win).(*image.RGBA), win)
			s.Reset(win)
			s.Ring(ring)
			s.Fill(&c, color.RGBA{R: 255, G: 255, B: 255, A: 255})
		}
		whole, cut := image.NewRGBA(image.Rect(0, 0, side, side)), image.NewRGBA(image.Rect(0, 0, side, side))
		fill(whole, whole.Rect)
		for y := 0; y < side; y += 30 {
			for x := 0; x < side; x += 15 {
				fill(cut, image.Rect(x, y, x+15, y+30))
			}
		}
		for i := range whole.Pix {
			if d := int(whole.Pix[i]) - int(cut.Pix[i]); d > 1 || d < -1 {
				t.Fatalf("%v: pixel %d, %d has %d whole and %d cut", ring, i/4%side, i/4/side, whole.Pix[i], cut.Pix[i])
			}
		}
	}
}

func TestMove(t *testing.T) {
	win := image.Rect(10, 20, 18, 26)
	for _, d := range []image.Point{{}, {3, 0}, {0, -2}, {-3, 2}, {7, 5}, {8, 0}, {0, -9}} {
		m := image.NewRGBA(image.Rect(0, 0, 8, 6))
		for i := range m.Pix {
			m.Pix[i] = uint8(i)
		}
		old := image.NewRGBA(m.Rect)
		copy(old.Pix, m.Pix)
		c := CanvasOf(m, win)
		fresh := c.Move(d)
		for y := win.Min.Y; y < win.Max.Y; y++ {
			for x := win.Min.X; x < win.Max.X; x++ {
				p, in := image.Pt(x, y), 0
				for _, r := range fresh {
					if p.In(r) {
						in++
					}
				}
				from := p.Sub(d)
				switch q := from.Sub(win.Min); {
				case from.In(win) != (in == 0) || in > 1:
					t.Errorf("moved by %v: %v comes from %v, and is in %d of %v", d, p, from, in, fresh)
				case in == 0 && m.RGBAAt(x-win.Min.X, y-win.Min.Y) != old.RGBAAt(q.X, q.Y):
					t.Errorf("moved by %v: %v is not what was at %v", d, p, from)
				}
			}
		}
	}
}

func FuzzParsePath(f *testing.F) {
	for _, d := range []string{"M2 2h4v4H2Z", "m1 1c1 2 3 4 5 6s1 2 3 4", "M0 0a0 0 0 1 0 5 5", "M1e9 1", "x"} {
		f.Add(d)
	}
	f.Fuzz(func(t *testing.T, d string) {
		subs, err := ParsePath(d)
		if err != nil {
			return
		}
		for _, s := range subs {
			if len(s.Points) < 2 {
				t.Errorf("%q gives a path of %d points", d, len(s.Points))
			}
		}
	})
}

func FuzzParseTypeface(f *testing.F) {
	f.Add(assets.Regular()[:4096])
	f.Add([]byte("OTTO"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if face, err := ParseTypeface(data); err == nil {
			face.Layout("Tiếng Việt ▲", 14, 0, nil)
		}
	})
}
