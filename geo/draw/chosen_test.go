package draw_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"iocwall/geo"
	"iocwall/geo/draw"
)

// TestChosenIsNamed holds that a vessel somebody looks for is named, however little
// room the symbols around it leave, and that many chosen leave room for the rest.
func TestChosenIsNamed(t *testing.T) {
	f := &draw.Frame{View: geo.ZoomView(geo.Pt(108.7, 15.7), 9, 900, 600)}
	middle := geo.Pt(108.7, 15.7)
	for y := range 25 {
		for x := range 31 {
			f.Marks = append(f.Marks, draw.Mark{ID: fmt.Sprint(x, " ", y), At: f.View.Point(float64(x)*30, float64(y)*25), Icon: draw.IconSchool})
		}
	}
	f.Vessels = []draw.Vessel{{ID: "a", Name: "QNa-90041-TS", At: middle, Importance: 30, Heading: math.NaN()}}
	r := renderer(t, draw.Dark(), draw.Desk())
	names := func() int {
		st, err := r.Draw(picture(f.View), f)
		if err != nil {
			t.Fatal(err)
		}
		return st.Names
	}
	if n := names(); n != 0 {
		t.Errorf("there is room for %d names, the test is about none", n)
	}
	f.Vessels[0].Selected = true
	if n := names(); n != 1 {
		t.Errorf("of the one chosen vessel %d are named", n)
	}
	for i := range 20 {
		v := f.Vessels[0]
		v.ID, v.At = fmt.Sprint(i), f.View.Point(float64(i)*40, 300)
		f.Vessels = append(f.Vessels, v)
	}
	if n := names(); n != 0 {
		t.Errorf("%d names of many chosen vessels lie over symbols", n)
	}
}

// TestStandsOut holds that vessels which are as any other hide no chosen one and none
// that there is an alert about.
func TestStandsOut(t *testing.T) {
	for _, v := range []draw.Vessel{{Selected: true}, {Severity: draw.Warning}, {Severity: draw.Critical}} {
		f := &draw.Frame{View: geo.ZoomView(geo.Pt(109.5, 15.7), 9, 600, 600)}
		v.At, v.Heading, v.Course = f.View.Point(100, 100), math.NaN(), math.NaN()
		f.Vessels = []draw.Vessel{v}
		r := renderer(t, draw.Dark(), draw.Desk())
		draws := func() []byte {
			return drawnAt(t, r, f, 100, 100)
		}
		alone := draws()
		for range 4 {
			f.Vessels = append(f.Vessels, draw.Vessel{At: f.View.Point(103, 102), Heading: math.NaN(), Course: math.NaN()})
		}
		if !bytes.Equal(alone, draws()) {
			t.Errorf("a vessel of severity %d, chosen %v, lies under others", v.Severity, v.Selected)
		}
	}
}

// drawnAt draws a frame and returns the pixels around a place.
func drawnAt(t *testing.T, r *draw.Renderer, f *draw.Frame, x, y int) []byte {
	t.Helper()
	p := picture(f.View)
	if _, err := r.Draw(p, f); err != nil {
		t.Fatal(err)
	}
	var out []byte
	for row := y - 4; row < y+4; row++ {
		out = append(out, p.Pix[p.PixOffset(x-4, row):p.PixOffset(x+4, row)]...)
	}
	return out
}

// TestWhatLiesOver holds that no station hides the sign of an alert about it, and no
// field of view the count in a ring.
func TestWhatLiesOver(t *testing.T) {
	v := geo.ZoomView(geo.Pt(109.5, 15.7), 9, 600, 600)
	at := v.Point(100, 100)
	for _, c := range []struct {
		name        string
		above, both draw.Frame
	}{
		{
			"an alert over its station",
			draw.Frame{Alerts: []draw.Alert{{At: at, Severity: draw.Critical}}},
			draw.Frame{Alerts: []draw.Alert{{At: at, Severity: draw.Critical}}, Stations: []draw.Station{{At: at, Kind: draw.Level, Value: "3,5 m"}}},
		},
		{
			"a ring over a field of view",
			draw.Frame{Gather: draw.Gather{Reports: true}, Reports: []draw.Report{{At: at}, {At: at}}},
			draw.Frame{Gather: draw.Gather{Reports: true}, Reports: []draw.Report{{At: at}, {At: at}}, Cameras: []draw.Camera{{At: v.Point(60, 100), Heading: 90, Angle: 60, Range: 80 * v.MetersPerPixel(15.7)}}},
		},
	} {
		r := renderer(t, draw.Dark(), draw.Desk())
		c.above.View, c.both.View = v, v
		if !bytes.Equal(drawnAt(t, r, &c.above, 100, 100), drawnAt(t, r, &c.both, 100, 100)) {
			t.Errorf("%s: it is drawn under", c.name)
		}
	}
}

// TestTextsKeepOffAlerts holds that a text among alerts stands beside all of them.
func TestTextsKeepOffAlerts(t *testing.T) {
	f := &draw.Frame{View: geo.ZoomView(geo.Pt(109.5, 15.7), 9, 800, 600), WantHits: true}
	for i := range 15 {
		f.Alerts = append(f.Alerts, draw.Alert{ID: fmt.Sprint(i), At: f.View.Point(300+float64(i%5)*24, 280+float64(i/5)*20), Severity: draw.Warning})
	}
	for i := range 3 {
		f.Texts = append(f.Texts, draw.Text{ID: fmt.Sprint(i), At: f.View.Point(340+float64(i)*10, 300), Text: "Tàu tìm kiếm: KN 497", Plate: true})
	}
	st, err := renderer(t, draw.Dark(), draw.Desk()).Draw(picture(f.View), f)
	if err != nil {
		t.Fatal(err)
	}
	texts := 0
	for y := range 600 {
		for x := range 800 {
			over := map[string]int{}
			for _, h := range st.Hits.At(x, y, 0) {
				over[h.Layer]++
			}
			texts = max(texts, over["texts"])
			if over["texts"] > 0 && over["alerts"] > 0 {
				t.Fatalf("a text lies over an alert at %d, %d", x, y)
			}
		}
	}
	if texts != 1 {
		t.Errorf("%d texts lie at one place", texts)
	}
}

// TestSmallMapsShow holds that the words of an alert do not cover a small map.
func TestSmallMapsShow(t *testing.T) {
	for _, c := range []struct {
		w, h  int
		words bool
	}{{1400, 800, true}, {320, 200, true}, {213, 114, false}, {160, 90, false}} {
		f := &draw.Frame{View: geo.ZoomView(geo.Pt(107.9, 15.5), 13, c.w, c.h), WantHits: true}
		f.Alerts = []draw.Alert{{At: f.View.Center, Severity: draw.Critical, Title: "Lũ Câu Lâu 4,12 m, trên BĐ3", Text: "chưa ai nhận"}}
		st, err := renderer(t, draw.Dark(), draw.Desk()).Draw(picture(f.View), f)
		if err != nil {
			t.Fatal(err)
		}
		words := false
		for i := range c.w * c.h {
			x, y := i%c.w, i/c.w
			far := max(x-c.w/2, c.w/2-x, y-c.h/2, c.h/2-y) > 30
			words = words || far && len(st.Hits.At(x, y, 0)) > 0
		}
		if words != c.words {
			t.Errorf("%d × %d: the alert's words are there: %v", c.w, c.h, words)
		}
	}
}
