package ui

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/mapface"
	"iocwall/ui/tile"
)

// chartBench is a mosaic with fences, drawings, views and figures of areas.
func chartBench(t testing.TB, w, h float32, lang, theme string) (*bench, *mosaic) {
	t.Helper()
	b := newBench(t, Options{Mode: Mosaic, Lang: lang, Theme: theme, Width: w, Height: h})
	b.tick(0)
	m := b.mosaic()
	m.win.Resize(fyne.NewSize(w, h))
	b.give(snapshot(province(9, 3)))
	for _, body := range chartBodies() {
		b.give(b.event(body))
	}
	b.tick(time.Second)
	return b, m
}

func chartBodies() []world.Body {
	ring := func(x, y, w, h float64) geo.MultiPolygon {
		return geo.MultiPolygon{{{{x, y}, {x + w, y}, {x + w*1.2, y + h*.6}, {x + w*.5, y + h}, {x, y + h*.8}, {x, y}}}}
	}
	saved := func(id, name string, version int) world.Saved {
		return world.Saved{ID: id, Name: name, Version: version, By: "mai"}
	}
	out := []world.Body{
		world.FenceSaved{Saved: saved("cham", "Khu bảo tồn Cù Lao Chàm", 3), Purpose: "bảo vệ", Near: 2000, Margin: 200, Dwell: 60000, Polygons: ring(108.42, 15.88, .16, .12)},
		world.FenceSaved{Saved: saved("neo", "Vùng neo đậu Kỳ Hà", 1), Purpose: "neo đậu", Polygons: ring(108.72, 15.46, .1, .08)},
		world.DrawingSaved{Saved: saved("tim", "Khoanh vùng tìm kiếm", 2), Shapes: []world.DrawnShape{
			{Form: "area", Points: []geo.Point{{108.9, 15.6}, {109.1, 15.62}, {109.05, 15.78}, {108.88, 15.75}}},
			{Form: "text", Points: []geo.Point{{108.97, 15.69}}, Text: "Tìm từ 03:32"},
		}},
		world.MapViewSaved{Saved: saved("bien", "Biển Quảng Nam", 1), Params: []world.Param{{Key: "bounds", Value: "108.3,15.2,109.6,16.2"}}},
		world.MapViewSaved{Saved: saved("hoi-an", "Hội An và Cửa Đại", 4), Params: []world.Param{{Key: "bounds", Value: "108.2,15.8,108.5,16.0"}}},
		world.FigureDefined{ID: "ontime-all", Name: "Đúng hạn theo xã", Unit: "%"},
	}
	for i, name := range []string{"Phường Tam Kỳ", "Phường Hội An", "Xã Duy Xuyên"} {
		id := fmt.Sprintf("vn/dn/%d", i)
		out = append(out,
			world.AreaDefined{ID: id, Name: name, Level: "commune", Pos: geo.Pt(108.3+.1*float64(i), 15.6+.1*float64(i)), Placed: true},
			world.FigureDefined{ID: fmt.Sprintf("ontime-%d", i), Name: name, Of: "ontime-all", Unit: "%", Area: id},
		)
	}
	return out
}

// drawn waits until the map in hand shows a picture of where it looks.
func (b *bench) drawn(m *mosaic) {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		b.tick(0)
		v, at := m.atlas().Shown()
		if !at.IsZero() && v == m.atlas().View() {
			b.tick(time.Second)
			b.tick(0)
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	b.t.Fatal("the map in hand was not drawn")
}

// again waits for a picture made after now.
func (b *bench) again(m *mosaic) {
	b.t.Helper()
	b.tick(2 * time.Second)
	since := b.now
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		b.tick(0)
		if v, at := m.atlas().Shown(); !at.Before(since) && v == m.atlas().View() {
			b.tick(0)
			return
		}
		b.now = b.now.Add(10 * time.Millisecond)
		time.Sleep(5 * time.Millisecond)
	}
	b.t.Fatal("the map in hand was not drawn again")
}

// clickAt presses the mouse at a place of the map.
func clickAt(m *mosaic, p geo.Point) {
	x, y := m.atlas().View().Pixel(p)
	clickPixel(m, fyne.NewPos(float32(x), float32(y)))
}

func clickPixel(m *mosaic, at fyne.Position) {
	h := m.atlas().Hand().(desktop.Mouseable)
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = at
	h.MouseDown(e)
	h.MouseUp(e)
}

func control(k fyne.KeyName) fyne.Shortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl}
}

// TestAtlasOpens: a double click on a map takes it in hand, Escape gives it back;
// Ctrl+M opens it without a tile.
func TestAtlasOpens(t *testing.T) {
	b, m := chartBench(t, 1920, 1080, "vi", "dark")
	m.double("map")
	b.drawn(m)
	if m.win.Canvas().Focused() != m.atlas().Hand() {
		t.Fatal("the map in hand has not the keyboard")
	}
	if got := m.chart().Tools().Names(); !strings.HasPrefix(got, "Tìm|Đến vùng|Chọn vùng|Đo đường") {
		t.Errorf("buttons %q", got)
	}
	key := func(k fyne.KeyName) { m.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k}) }
	was := m.atlas().View()
	key(fyne.KeyRight)
	if m.atlas().View() == was {
		t.Error("the arrow does not move the map")
	}
	key(fyne.KeyEscape)
	b.tick(time.Second)
	if m.win.Canvas().Focused() == m.atlas().Hand() || m.board().hidden {
		t.Error("Escape does not go back to the wall")
	}
	m.s.openMap(nil)
	b.drawn(m)
	if m.win.Canvas().Focused() != m.atlas().Hand() || !m.board().hidden {
		t.Fatal("Ctrl+M opens nothing")
	}
}

// TestAtlasPictures makes the pictures for people to judge.
func TestAtlasPictures(t *testing.T) {
	for _, c := range []struct {
		name        string
		w, h        float32
		lang, theme string
	}{
		{"desk", 1920, 1080, "vi", "dark"},
		{"laptop", 1366, 768, "vi", "light"},
		{"laptop-en", 1366, 768, "en", "dark"},
		{"desk-en", 1920, 1080, "en", "light"},
	} {
		t.Run(c.name, func(t *testing.T) { atlasPictures(t, c.name, c.w, c.h, c.lang, c.theme) })
	}
}

func atlasPictures(t *testing.T, name string, w, h float32, lang, theme string) {
	b, m := chartBench(t, w, h, lang, theme)
	snap := func(what string) {
		b.again(m)
		keep(t, "atlas-"+name+"-"+what, shoot(m.win, int(w), int(h)))
	}
	m.enlarge("map")
	b.drawn(m)
	a := m.atlas()
	snap("empty")
	vessel, _ := b.ui.model.state.Vessel("574000012")
	clickAt(m, vessel.Last.Pos)
	if a.Chosen() == "" {
		t.Error("a click on a vessel chooses nothing")
	}
	snap("detail")
	a.Rune('2')
	snap("layers")
	a.Rune('3')
	snap("views")
	a.Rune('4')
	snap("fences")
	a.Rune('1')
	a.Rune('d')
	for _, p := range []geo.Point{{108.5, 15.6}, {108.8, 15.7}, {109.2, 15.5}} {
		clickAt(m, p)
		b.tick(time.Second)
	}
	snap("measure")
	a.Key(fyne.KeyEscape)
	f, _ := b.ui.model.state.Fence("cham")
	a.Rune('4')
	b.tick(0)
	typeSearch(b, m, "khu bao ton")
	snap("search")
	a.Key(fyne.KeyReturn)
	m.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.tick(time.Second)
	b.drawn(m)
	a.Key(fyne.KeyReturn) // takes the fence in hand
	snap("fence")
	ring := f.Is.Polygons[0][0]
	drag(m, ring[1], geo.Pt(ring[4][0]-.05, ring[4][1]-.05))
	snap("crossing")
	drag(m, ring[2], geo.Pt(ring[2][0]+.03, ring[2][1]))
	snap("moved")
}

func typeSearch(b *bench, m *mosaic, text string) {
	m.atlas().Shortcut(control(fyne.KeyF))
	b.tick(0)
	for _, r := range text {
		m.win.Canvas().Focused().TypedRune(r)
	}
	for range 100 {
		b.tick(10 * time.Millisecond)
		time.Sleep(2 * time.Millisecond)
	}
}

// drag pulls what is at one place of the map to another.
func drag(m *mosaic, from, to geo.Point) {
	v := m.atlas().View()
	px := func(p geo.Point) image.Point {
		x, y := v.Pixel(p)
		return image.Pt(int(x), int(y))
	}
	p, q := px(from), px(to)
	h := m.atlas().Hand()
	e := &desktop.MouseEvent{Button: desktop.MouseButtonPrimary}
	e.Position = fyne.NewPos(float32(p.X), float32(p.Y))
	h.(desktop.Mouseable).MouseDown(e)
	for i := 1; i <= 4; i++ {
		at := p.Add(q.Sub(p).Mul(i).Div(4))
		h.(fyne.Draggable).Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(at.X), float32(at.Y))}})
	}
	h.(desktop.Mouseable).MouseUp(e)
	h.(fyne.Draggable).DragEnd()
}

// countedPlane counts the pictures that are put over the window.
type countedPlane struct {
	shown atomic.Int32
	lit   atomic.Bool
}

// Show is for tile.Plane.
func (p *countedPlane) Show(*image.RGBA, image.Rectangle) error {
	p.shown.Add(1)
	p.lit.Store(true)
	return nil
}

// Hide is for tile.Plane.
func (p *countedPlane) Hide() { p.lit.Store(false) }

// Close is for tile.Plane.
func (p *countedPlane) Close() { p.lit.Store(false) }

// TestNothingLiesOverTheMap: a picture of the wall's map that was being drawn when
// the map in hand was opened is not put over it.
func TestNothingLiesOverTheMap(t *testing.T) {
	p := &countedPlane{}
	b := newBench(t, Options{Mode: Mosaic, Lang: "vi", Theme: "dark", Planes: func(fyne.Window, color.RGBA) (tile.Plane, error) { return p, nil }})
	b.tick(0)
	m := b.mosaic()
	m.win.Resize(fyne.NewSize(1920, 1080))
	b.give(snapshot(sheet(9, 3, "1-4", nil)))
	b.settle()
	b.tick(time.Second)
	if p.shown.Load() == 0 {
		t.Fatal("the wall's map is on no plane")
	}
	b.tick(mapface.Refresh)
	for _, c := range mapsOf(b.ui) {
		for !c.Waiting() {
			time.Sleep(time.Millisecond)
		}
	}
	m.open("page", "map")
	shown := p.shown.Load()
	b.drawn(m)
	if p.lit.Load() || p.shown.Load() != shown {
		t.Error("a picture of the wall's map lies over the map in hand")
	}
	m.open("page", "wall")
	b.tick(time.Second)
	b.settle()
	b.tick(time.Second)
	if !p.lit.Load() {
		t.Error("the wall's map does not come back")
	}
}
