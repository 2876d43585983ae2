package draw

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/tiles"
)

func rendererWithin(t *testing.T, style Style, sizes Sizes) *Renderer {
	t.Helper()
	src, err := tiles.NewEmbedded(assets.Basemap(), tiles.Since2025)
	if err != nil {
		t.Fatal(err)
	}
	r, err := New(Options{Base: src, Style: style, Sizes: sizes, Words: Vietnamese(), Regular: assets.Regular(), Bold: assets.Bold()})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// named reports whether the picture just drawn names an archipelago in place,
// with both lines whole inside the view.
func named(r *Renderer, archipelago string) bool {
	lines := twoLines(archipelago)
	found := [2]bool{}
	for _, p := range r.pending {
		for i, l := range lines {
			end := p.x + int(r.width(l, r.sizes.Text, false))
			if p.key.Text == l && p.x >= 0 && end <= r.view.Width+2 && p.y > 0 && p.y < r.view.Height {
				found[i] = true
			}
		}
	}
	return found[0] && found[1]
}

// TestIslandsAtEveryZoom looks at both archipelagos, the coast and the whole
// region at every zoom in every style: whatever view holds sea shows both
// archipelagos by name, in place or in the inset.
func TestIslandsAtEveryZoom(t *testing.T) {
	const hoangSa, truongSa = "Quần đảo Hoàng Sa (Việt Nam)", "Quần đảo Trường Sa (Việt Nam)"
	places := map[string]geo.Point{
		"Hoàng Sa": geo.Pt(111.608, 16.533), "Trường Sa Lớn": geo.Pt(111.92, 8.645), "Sơn Ca": geo.Pt(114.479, 10.375),
		"coast": geo.Pt(108.6, 15.6), "sea": geo.Pt(113, 13.5),
	}
	for _, style := range []Style{Dark(), Light()} {
		for _, sizes := range []Sizes{Desk(), Wall(40)} {
			r := rendererWithin(t, style, sizes)
			for name, at := range places {
				for zoom := 3.0; zoom <= 17; zoom += 2 {
					f := &Frame{View: geo.ZoomView(at, zoom, 640, 560)}
					if _, err := r.Draw(image.NewRGBA(image.Rect(0, 0, 640, 560)), f); err != nil {
						t.Fatal(err)
					}
					what := fmt.Sprintf("%s, text %g, %s at zoom %g", style.Name, sizes.Text, name, zoom)
					inset := !r.inset.box.Empty()
					if r.ground.sea.any && !inset && !(named(r, hoangSa) && named(r, truongSa)) {
						t.Errorf("%s: neither inset nor both names in place", what)
					}
					for group, full := range map[string]string{"hoang-sa": hoangSa, "truong-sa": truongSa} {
						if _, inView, _ := r.groupBox(group); inView > 0 && !named(r, full) {
							t.Errorf("%s: islands are in view without %q", what, full)
						}
					}
				}
			}
		}
	}
}

// TestIslandsInFlatViews looks at the coast through strips that have no room for
// the inset: signs at the edge name both archipelagos, whole and side by side.
func TestIslandsInFlatViews(t *testing.T) {
	for _, c := range []struct {
		w, h  int
		sizes Sizes
	}{
		{1920, 270, Wall(42)}, {1920, 180, Wall(42)}, {3840, 200, Wall(42)}, {900, 100, Desk()}, {640, 70, Desk()}, {213, 114, Desk()}, {160, 90, Desk()},
	} {
		r := rendererWithin(t, Dark(), c.sizes)
		f := &Frame{View: geo.ZoomView(geo.Pt(108.6, 15.6), 8, c.w, c.h), Furniture: Furniture{Scale: true, Attribution: true}}
		if _, err := r.Draw(image.NewRGBA(image.Rect(0, 0, c.w, c.h)), f); err != nil {
			t.Fatal(err)
		}
		what := fmt.Sprintf("%d×%d, text %g", c.w, c.h, c.sizes.Text)
		if in := r.inset.box; !in.Empty() && !in.In(f.View.Rect()) {
			t.Errorf("%s: the inset %v is cut", what, in)
		} else if !in.Empty() {
			continue
		}
		signs := r.inset.pointers
		for _, full := range []string{"Quần đảo Hoàng Sa (Việt Nam)", "Quần đảo Trường Sa (Việt Nam)"} {
			at := slices.IndexFunc(signs, func(p pointer) bool { return strings.HasPrefix(strings.Join(p.lines, " "), full) })
			if at < 0 && !named(r, full) {
				t.Errorf("%s: neither a sign to %s, nor its name, nor the inset", what, full)
			}
		}
		if len(signs) == 2 && signs[0].rect.Overlaps(signs[1].rect) {
			t.Errorf("%s: the signs %v and %v lie on each other", what, signs[0].rect, signs[1].rect)
		}
		for _, s := range signs {
			if !s.rect.In(f.View.Rect()) {
				t.Errorf("%s: the sign of %s at %v is cut", what, s.lines[0], s.rect)
			}
		}
	}
}

// TestIslandsLeaveRoom holds that what names the islands leaves most of a map to be
// seen, and that a map with room has the signs at its edge.
func TestIslandsLeaveRoom(t *testing.T) {
	span := func(columns, rows, w, h int) (out []image.Rectangle) {
		for i := range columns * rows {
			out = append(out, image.Rect(0, 0, w, h).Add(image.Pt(i%columns*(w+8), i/columns*(h+8))))
		}
		return out
	}
	for _, c := range []struct {
		screens []image.Rectangle
		sizes   Sizes
		most    float64 // of the view
		signs   int
	}{
		{span(1, 1, 1920, 1000), Wall(56), 0.3, 0},
		{span(1, 1, 960, 920), Wall(56), 0.4, 0},
		{span(3, 2, 1920, 1000), Wall(56), 0.15, 2},
		{span(2, 1, 1920, 1000), Wall(56), 0.25, 2},
		{span(1, 1, 213, 114), Desk(), 0.6, 2},
		{span(1, 1, 160, 90), Desk(), 0.75, 2},
	} {
		size := c.screens[len(c.screens)-1].Max
		r := rendererWithin(t, Dark(), c.sizes)
		f := &Frame{View: geo.ZoomView(geo.Pt(108.6, 15.6), 11, size.X, size.Y), Screens: c.screens}
		if _, err := r.Draw(image.NewRGBA(f.View.Rect()), f); err != nil {
			t.Fatal(err)
		}
		taken := r.inset.box.Dx() * r.inset.box.Dy()
		for _, p := range r.inset.pointers {
			taken += p.rect.Dx() * p.rect.Dy()
		}
		part := float64(taken) / float64(size.X*size.Y)
		if part > c.most || len(r.inset.pointers) != c.signs {
			t.Errorf("%v, text %g: %d signs, %.0f %% of the map is covered", size, c.sizes.Text, len(r.inset.pointers), 100*part)
		}
	}
}

// TestSignsHideNoAlert holds that a sign to the islands makes way for an alert.
func TestSignsHideNoAlert(t *testing.T) {
	r := rendererWithin(t, Dark(), Wall(40))
	f := &Frame{View: geo.ZoomView(geo.Pt(108.6, 15.6), 10, 2600, 1400)}
	draw := func() {
		if _, err := r.Draw(image.NewRGBA(f.View.Rect()), f); err != nil {
			t.Fatal(err)
		}
		if len(r.inset.pointers) != 2 {
			t.Fatalf("%d signs", len(r.inset.pointers))
		}
	}
	draw()
	for _, p := range r.inset.pointers {
		at := p.rect.Min.Add(p.rect.Max).Div(2)
		f.Alerts = append(f.Alerts, Alert{At: f.View.Point(float64(at.X), float64(at.Y)), Severity: Notice})
	}
	draw()
	for _, p := range r.inset.pointers {
		for i := range f.Alerts {
			x, y := f.View.Pixel(f.Alerts[i].At)
			if image.Pt(int(x), int(y)).In(p.rect) {
				t.Errorf("the sign %q at %v hides an alert", p.lines[0], p.rect)
			}
		}
	}
}

// TestNoTextIsCut holds that what finds no room but under the map's own boxes is left
// out: the end of a name would be missing, and it would be another's.
func TestNoTextIsCut(t *testing.T) {
	r := rendererWithin(t, Dark(), Desk())
	f := &Frame{View: geo.ZoomView(geo.Pt(109.5, 15.7), 9, 460, 190)}
	for i := range 14 {
		at := f.View.Point(240, 15+float64(i)*12)
		f.Texts = append(f.Texts, Text{At: at, Text: "Tàu tìm kiếm: KN 497 và KN 498", Plate: true})
		f.Vessels = append(f.Vessels, Vessel{ID: fmt.Sprint(i), Name: "QNa-90041-TS", At: at, Selected: true})
		f.Alerts = append(f.Alerts, Alert{ID: fmt.Sprint(i), At: at, Severity: Severe, Title: "Mất tín hiệu"})
	}
	if _, err := r.Draw(image.NewRGBA(f.View.Rect()), f); err != nil {
		t.Fatal(err)
	}
	if r.inset.box.Empty() || len(r.pending) < 5 {
		t.Fatalf("inset %v, %d texts", r.inset.box, len(r.pending))
	}
	for _, p := range r.pending {
		size := float64(p.key.Style.Size)
		box := image.Rect(p.x, p.y-int(size/2), p.x+int(r.width(p.key.Text, size, p.key.Style.Bold)), p.y)
		if box.Overlaps(r.inset.box) {
			t.Errorf("%q is cut by the inset", p.key.Text)
		}
	}
}

// TestLabelsKeepOffBezels checks every queued text and every box against the
// panes of glass.
func TestLabelsKeepOffBezels(t *testing.T) {
	r := rendererWithin(t, Dark(), Wall(30))
	f := &Frame{View: geo.FitView(geo.Bounds{Min: geo.Pt(107.3, 14.95), Max: geo.Pt(110, 16.15)}, 1640, 1000, 0)}
	for _, y := range []int{0, 510} {
		for _, x := range []int{0, 550, 1100} {
			f.Screens = append(f.Screens, image.Rect(x, y, x+540, y+490))
		}
	}
	for i := range 400 {
		f.Vessels = append(f.Vessels, Vessel{
			ID: fmt.Sprint(i), At: geo.Pt(107.3+float64(i%20)*0.14, 15+float64(i/20)*0.06), Name: fmt.Sprintf("QNa-%d", i), Importance: 1,
		})
		if i%10 == 0 {
			f.Stations = append(f.Stations, Station{ID: fmt.Sprint(i), At: f.Vessels[i].At, Value: "42", Word: "Tốt"})
		}
		if i%67 == 0 {
			f.Alerts = append(f.Alerts, Alert{ID: fmt.Sprint(i), At: f.Vessels[i].At, Severity: Severe, Title: "Mất tín hiệu", Text: "từ 09:31"})
		}
	}
	if _, err := r.Draw(image.NewRGBA(image.Rect(0, 0, 1640, 1000)), f); err != nil {
		t.Fatal(err)
	}
	if len(r.pending) < 40 {
		t.Fatalf("only %d texts were placed", len(r.pending))
	}
	for _, p := range r.pending {
		size := float64(p.key.Style.Size)
		box := image.Rect(p.x, p.y-int(size), p.x+int(r.width(p.key.Text, size, p.key.Style.Bold)), p.y+int(size*raster.Descent))
		if _, ok := r.grid.Pane(box); !ok {
			t.Errorf("%q at %v crosses a bezel", p.key.Text, box)
		}
	}
	for i, s := range r.spots {
		at := image.Pt(int(s.x), int(s.y))
		if s.in && at.In(r.view.Rect()) {
			if _, ok := r.grid.Pane(image.Rectangle{Min: at, Max: at.Add(image.Pt(1, 1))}); !ok {
				t.Errorf("vessel %d at %v stands on a bezel", i, at)
			}
		}
	}
}
