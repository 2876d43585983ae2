package chart

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/blob"
	"iocwall/server/core"
	"iocwall/server/world"
)

// past is a history in memory. While together is above one, so many requests are
// decided before the first of them is applied, as in one batch of the loop.
type past struct {
	mu       sync.Mutex
	st       *world.State
	together int
	waiting  []waits
	said     []world.Body
}

// waits is a request that was decided.
type waits struct{ apply, end func() }

func (p *past) Ask(_ context.Context, q core.Request) (uint64, error) {
	p.mu.Lock()
	now := world.Time(1_763_690_000_000 + int64(p.st.At().Seq+1)*1000)
	obs, err := q.Decide(now, p.st)
	if err != nil {
		p.mu.Unlock()
		return 0, err
	}
	done := make(chan struct{})
	p.waiting = append(p.waiting, waits{func() {
		for _, o := range obs {
			p.said = append(p.said, o.Body)
			if _, err := p.st.Apply(world.Event{Seq: p.st.At().Seq + 1, Seen: now, Source: q.Source, Observation: o}); err != nil {
				panic(err)
			}
		}
	}, func() {
		if q.After != nil {
			q.After(p.st)
		}
		close(done)
	}})
	if len(p.waiting) >= p.together {
		for _, w := range p.waiting {
			w.apply()
		}
		for _, w := range p.waiting {
			w.end()
		}
		p.waiting = nil
	}
	seq := p.st.At().Seq
	p.mu.Unlock()
	<-done
	return seq, nil
}

func (p *past) Call(_ context.Context, f func(*world.State)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(p.st)
	return nil
}

func newCharts(t testing.TB, p *past) *Charts {
	t.Helper()
	files, err := blob.New(blob.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{History: p, Store: files})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var (
	mai  = auth.Identity{Token: "t1", Name: "Mai", Role: auth.Operator}
	hung = auth.Identity{Token: "t2", Name: "Hùng", Role: auth.Administrator}
	ward = auth.Identity{Token: "t3", Name: "Xã", Role: auth.Unit, Areas: []string{"vn"}}
)

// square is a fence around 108.5, 15.9.
func square(id string, version int) world.FenceSaved {
	return world.FenceSaved{
		Saved: world.Saved{ID: id, Name: "Cù Lao Chàm", Version: version}, Purpose: "protected", Near: 500, Margin: 50, Dwell: 30_000,
		Polygons: geo.MultiPolygon{{{{108, 15}, {109, 15}, {109, 16}, {108, 16}, {108, 15}}}},
	}
}

func TestVersionsOfAFence(t *testing.T) {
	p := &past{st: world.New(1)}
	c := newCharts(t, p)
	save := func(id auth.Identity, f world.FenceSaved) string {
		_, err := c.SaveFence(t.Context(), id, act.SaveFence{Fence: f})
		if err == nil {
			return ""
		}
		return err.Error()
	}
	removed := square("a", 2)
	removed.Removed = true
	for _, x := range []struct {
		who  auth.Identity
		f    world.FenceSaved
		want string
	}{
		{ward, square("a", 0), "no right to map.edit"},
		{mai, square("a", 3), "removed meanwhile"},
		{mai, square("a", 0), ""},
		{hung, square("a", 0), "changed meanwhile (version 1); load it again"},
		{hung, square("a", 1), ""},
		{mai, square("a", 1), "(version 2)"},
		{mai, removed, ""},
		{mai, removed, "no fence"},
		{hung, square("a", 2), "removed meanwhile"},
		{hung, square("a", 0), ""}, // what was taken back is a new one
	} {
		if got := save(x.who, x.f); x.want == "" && got != "" || !strings.Contains(got, x.want) {
			t.Errorf("%s saves version %d: %q, want %q", x.who.Name, x.f.Version, got, x.want)
		}
	}
	f, there := p.st.Fence("a")
	if !there || f.Is.By != "Hùng" || f.Is.Version != 1 || f.Is.Dwell != 30_000 {
		t.Errorf("in the state: %+v", f)
	}
	if b, ok := p.said[2].(world.FenceSaved); !ok || !b.Removed || b.Version != 3 || b.By != "Mai" || b.Polygons != nil {
		t.Errorf("the removal is %+v", p.said[2])
	}
}

// Two save the same version in one moment: the first in the history stands and the
// second is told so.
func TestTwoSavesAtOnce(t *testing.T) {
	p := &past{st: world.New(1), together: 2}
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, who := range []auth.Identity{mai, hung} {
		c := newCharts(t, p) // each with a turn of its own, so that both are decided first
		wg.Go(func() {
			_, errs[i] = c.SaveMapView(t.Context(), who, act.SaveMapView{View: world.MapViewSaved{Saved: world.Saved{ID: "v", Name: "Biển"}}})
		})
	}
	wg.Wait()
	st := p.st.MapViews()
	if len(st) != 1 || (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%d views, errors %v", len(st), errs)
	}
	loser := errors.Join(errs...)
	var refused *RefusedError
	if !errors.As(loser, &refused) || !strings.Contains(loser.Error(), st[0].Is.By+" saved the view a moment earlier") {
		t.Errorf("the second is told %q", loser)
	}
}

func TestBadFences(t *testing.T) {
	with := func(change func(*world.FenceSaved)) world.FenceSaved {
		f := square("a", 0)
		change(&f)
		return f
	}
	ring := func(points ...geo.Point) func(*world.FenceSaved) {
		return func(f *world.FenceSaved) { f.Polygons = geo.MultiPolygon{{points}} }
	}
	long := make([]geo.Point, 6000)
	for _, x := range []struct {
		f    world.FenceSaved
		want string
	}{
		{square("a b", 0), "is not an id"},
		{with(func(f *world.FenceSaved) { f.Name = " " }), "needs a name"},
		{with(func(f *world.FenceSaved) { f.Name = strings.Repeat("ơ", 101) }), "longer than 200 bytes"},
		{with(func(f *world.FenceSaved) { f.Name = "a\x00" }), "control character"},
		{with(func(f *world.FenceSaved) { f.Near = -1 }), "near of the fence"},
		{with(func(f *world.FenceSaved) { f.Dwell = -1 }), "dwell of the fence"},
		{with(func(f *world.FenceSaved) { f.From, f.Until = 5, 5 }), "not after its beginning"},
		{with(func(f *world.FenceSaved) { f.Polygons = nil }), "no corners"},
		{with(ring(geo.Point{108, 15}, geo.Point{109, 16}, geo.Point{109, 15}, geo.Point{108, 16}, geo.Point{108, 15})), "polygon 1, ring 1 of the fence: ring crosses itself"},
		{with(ring(geo.Point{108, 15}, geo.Point{109, 16}, geo.Point{109, 15})), "not closed"},
		{with(ring(geo.Point{15, 108}, geo.Point{109, 16}, geo.Point{109, 15}, geo.Point{15, 108})), "swapped"},
		{with(ring(long...)), "more than 5000 corners"},
	} {
		if err := CheckFence(x.f); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v, want %q", err, x.want)
		}
	}
	if err := CheckFence(square("a", 0)); err != nil {
		t.Error(err)
	}
}

func TestDrawings(t *testing.T) {
	a, b, c := geo.Point{108, 15}, geo.Point{108.1, 15}, geo.Point{108, 15.1}
	for _, x := range []struct {
		shape world.DrawnShape
		want  string
	}{
		{world.DrawnShape{Form: "line", Points: []geo.Point{a, b}}, ""},
		{world.DrawnShape{Form: "measure", Points: []geo.Point{a, b, c}, Text: "đường đi"}, ""},
		{world.DrawnShape{Form: "area", Points: []geo.Point{a, b, c}}, ""},
		{world.DrawnShape{Form: "text", Points: []geo.Point{a}, Text: "Điểm tập kết"}, ""},
		{world.DrawnShape{Form: "circle", Points: []geo.Point{a}}, "no form"},
		{world.DrawnShape{Form: "area", Points: []geo.Point{a, b}}, "needs 3 at least"},
		{world.DrawnShape{Form: "text", Points: []geo.Point{a}}, "says nothing"},
		{world.DrawnShape{Form: "line", Points: []geo.Point{a, {15, 108}}}, "shape 1 of the drawing: point 2: longitude and latitude are swapped"},
		{world.DrawnShape{Form: "line", Points: make([]geo.Point, 5001)}, "more than 5000 points"},
	} {
		err := CheckDrawing(world.DrawingSaved{Saved: world.Saved{ID: "d", Name: "Vẽ"}, Shapes: []world.DrawnShape{x.shape}})
		if (err == nil) != (x.want == "") || err != nil && !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", x.shape.Form, err, x.want)
		}
	}
	if err := CheckDrawing(world.DrawingSaved{Saved: world.Saved{ID: "d", Name: "Vẽ"}, Shapes: make([]world.DrawnShape, 501)}); err == nil || !strings.Contains(err.Error(), "500 shapes") {
		t.Errorf("too many shapes: %v", err)
	}
	p := &past{st: world.New(1)}
	keeper := newCharts(t, p)
	d := world.DrawingSaved{Saved: world.Saved{ID: "d", Name: "Vẽ"}, Shapes: []world.DrawnShape{{Form: "line", Points: []geo.Point{a, b}}}}
	if _, err := keeper.SaveDrawing(t.Context(), mai, act.SaveDrawing{Drawing: d}); err != nil {
		t.Fatal(err)
	}
	d.Version, d.Removed = 1, true
	if _, err := keeper.SaveDrawing(t.Context(), hung, act.SaveDrawing{Drawing: d}); err != nil || len(p.st.Drawings()) != 0 {
		t.Errorf("removing it: %v, %d left", err, len(p.st.Drawings()))
	}
}

func TestParamsOfAView(t *testing.T) {
	for text, want := range map[string]string{
		"center=15.57,108.47":              "",
		"center=108.47,15.57":              "latitude and longitude",
		"bounds=107.4,15,109.5,16.3":       "",
		"bounds=109.5,15,107.4,16.3":       "west, south",
		"zoom=11.5":                        "",
		"zoom=x":                           "0 to 22",
		"layers=vessels,benh-vien":         "",
		"filter.vessels=speed > 5":         "",
		"filter.=x":                        "no parameter",
		"areas=paht-xa":                    "",
		"classes=50,70,90":                 "",
		"classes=90,50":                    "limits that rise",
		"cluster=no":                       "",
		"cluster=maybe":                    `"no" or "yes"`,
		"trail=60":                         "",
		"limit=30m":                        "",
		"limit=45":                         "",
		"limit=0":                          "a time",
		"trail=1h30m":                      "",
		"title=Biển":                       "",
		"trail=":                           "",
		"classes=1,1":                      "limits that rise",
		"limit=soon":                       "a time",
		"colour=red":                       "no parameter",
		"follow=vessel/574000001":          "",
		"home=" + strings.Repeat("x", 3e3): "longer than",
	} {
		key, value, _ := strings.Cut(text, "=")
		err := CheckView(world.MapViewSaved{Saved: world.Saved{ID: "v", Name: "Biển"}, Params: []world.Param{{Key: key, Value: value}}})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", text, err, want)
		}
	}
	twice := []world.Param{{Key: "zoom", Value: "1"}, {Key: "zoom", Value: "2"}}
	if err := CheckView(world.MapViewSaved{Saved: world.Saved{ID: "v", Name: "Biển"}, Params: twice}); err == nil {
		t.Error("a parameter may be there twice")
	}
}
