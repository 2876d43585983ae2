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
