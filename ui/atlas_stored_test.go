package ui

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/assets"
	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/atlas"
)

// indicator is the demonstration's outlines of wards and communes with a figure
// for each.
func indicator(t testing.TB) (file string, bodies []world.Body) {
	t.Helper()
	files, err := assets.DemoFiles()
	if err != nil {
		t.Fatal(err)
	}
	file = string(files["xa-phuong.geojson"])
	bodies = []world.Body{
		world.LayerSaved{Saved: world.Saved{ID: "xa-phuong", Name: "Phường, xã", Version: 1}, Areas: true, SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(file))), Bytes: int64(len(file))},
		world.FigureDefined{ID: "paht-xa", Name: "Phản ánh đúng hạn theo xã", Unit: "%"},
	}
	n := 0
	err = geo.EachFeature(strings.NewReader(file), func(f geo.Feature, why *geo.FeatureError) bool {
		if why != nil {
			t.Fatal(why)
		}
		area, _ := f.Properties["area"].(string)
		name, _ := f.Properties["name"].(string)
		id := fmt.Sprintf("paht-xa.%d", n)
		bodies = append(bodies, world.AreaDefined{ID: area, Name: name, Level: "commune"}, world.FigureDefined{ID: id, Name: name, Of: "paht-xa", Unit: "%", Area: area})
		if n%17 != 0 {
			bodies = append(bodies, world.FigureReported{Figure: id, Period: "2026-11", Value: f64(float64(40 + n*7%60))})
		}
		n++
		return true
	})
	if err != nil || n < 50 {
		t.Fatalf("%d communes, %v", n, err)
	}
	return file, bodies
}

// indicated is the map in hand over the demonstration's communes.
func indicated(t testing.TB, lang, theme string, w, h float32) (*bench, *mosaic) {
	t.Helper()
	file, bodies := indicator(t)
	o := Options{Mode: Mosaic, Lang: lang, Theme: theme, Width: w, Height: h}
	o.Maps.Features = func(context.Context, string, string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(file)), nil
	}
	b := newBench(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- b.ui.maps.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	b.tick(0)
	m := b.mosaic()
	m.win.Resize(fyne.NewSize(w, h))
	b.give(snapshot(province(9, 3)))
	for _, body := range append(chartBodies(), bodies...) {
		b.give(b.event(body))
	}
	m.open("page", "map")
	b.drawn(m)
	return b, m
}

// until ticks until the map in hand says so.
func (b *bench) until(what string, ok func() bool) {
	b.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			b.t.Fatalf("not within 20 s: %s; the map says %q, its pane\n%s", what, b.mosaic().atlas().Said(), b.mosaic().atlas().Words())
		}
		b.tick(50 * time.Millisecond)
		time.Sleep(5 * time.Millisecond)
	}
}

func writeField(b *bench, m *mosaic, text string) {
	for _, r := range text {
		m.win.Canvas().Focused().TypedRune(r)
	}
	b.tick(time.Second)
}

// row chooses an item of the pane's list by the keyboard.
func row(b *bench, m *mosaic, name string) {
	b.t.Helper()
	b.tick(time.Second)
	key(m, fyne.KeyF6)
	n := -1
	for i, line := range items(m) {
		if strings.HasPrefix(line, name) {
			n = i
		}
	}
	if n < 0 {
		b.t.Fatalf("no row %q in %q", name, m.atlas().Words())
	}
	for range items(m) {
		key(m, fyne.KeyUp)
	}
	for range n {
		key(m, fyne.KeyDown)
	}
	key(m, fyne.KeyReturn)
	b.tick(time.Second)
}

// items are the rows of the pane that can be chosen.
func items(m *mosaic) []string { return strings.Split(m.atlas().Items(), "\n") }

// TestIndicatorOnTheMap: the demonstration's communes take the colours of classes;
// limits that are none are said under their field and the map stays.
func TestIndicatorOnTheMap(t *testing.T) {
	b, m := indicated(t, "vi", "dark", 1920, 1080)
	a := m.atlas()
	a.Rune('2')
	plain := shoot(m.win, 1920, 1080)
	row(b, m, "Phản ánh đúng hạn theo xã")
	b.until("the communes are coloured", func() bool {
		b.again(m)
		return differ(plain, shoot(m.win, 1920, 1080), image.Rect(300, 150, 1400, 900)) > 0.1
	})
	keep(t, "atlas-desk-indicator", shoot(m.win, 1920, 1080))
	if w := a.Words(); !strings.Contains(w, "Mốc chia mức") {
		t.Errorf("the pane has no field for limits:\n%s", w)
	}
	for range 3 {
		m.win.Canvas().FocusNext() // the list's next neighbour is the field
		if strings.Contains(fmt.Sprintf("%T", m.win.Canvas().Focused()), "Entry") {
			break
		}
	}
	writeField(b, m, "70,x")
	key(m, fyne.KeyReturn)
	b.until("limits that are none are said", func() bool { return strings.Contains(a.Words(), "70,x ") })
	b.again(m)
	keep(t, "atlas-desk-indicator-wrong", shoot(m.win, 1920, 1080))
}

func differ(a, b *image.RGBA, in image.Rectangle) float64 {
	n := 0
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(in.Dx()*in.Dy())
}

// TestFilterInItsPlace: a filter is in force from Enter on; one that is none is
// said under its field, with the layer left as it was.
func TestFilterInItsPlace(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	a.Rune('2')
	row(b, m, "Tàu")
	m.win.Canvas().FocusNext()
	writeField(b, m, "speed >")
	key(m, fyne.KeyReturn)
	b.until("the fault stands in its place", func() bool {
		for _, line := range strings.Split(a.Words(), "\n") {
			if rest, ok := strings.CutPrefix(line, "Lọc lớp Tàu"); ok && strings.Contains(rest, "speed > ") {
				return true
			}
		}
		return false
	})
	b.again(m)
	keep(t, "atlas-desk-filter-wrong", shoot(m.win, 1920, 1080))
}

// TestLayersByMouse: a click on its box takes a layer off the map and puts it back.
func TestLayersByMouse(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	a.Rune('2')
	b.tick(time.Second)
	head := strings.Split(a.Words(), "\n")[1]
	box := fyne.NewPos(1920-400+24, fyne.CurrentApp().Driver().AbsolutePositionForObject(a.Root()).Y+44+48+20)
	test.TapCanvas(m.win.Canvas(), box)
	b.tick(time.Second)
	if now := strings.Split(a.Words(), "\n")[1]; now == head {
		t.Fatalf("a click on the box switches nothing: %q", now)
	}
	test.TapCanvas(m.win.Canvas(), box)
	b.tick(time.Second)
	if now := strings.Split(a.Words(), "\n")[1]; now != head {
		t.Errorf("a second click does not switch it back: %q, not %q", now, head)
	}
}

// TestChangedByAnother: while a fence is edited somebody else saves it: that is
// said with the name, and F5 takes up what they saved.
func TestChangedByAnother(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	f, ring := takeFence(b, m)
	drag(m, ring[2], geo.Pt(ring[2][0]+.03, ring[2][1]))
	theirs := f.Is
	theirs.Version, theirs.By, theirs.Near = 4, "hùng", 900
	b.give(b.event(theirs))
	b.tick(time.Second)
	if w := a.Words(); !strings.Contains(w, "hùng") || !strings.Contains(a.Names(), "Tải lại") {
		t.Fatalf("another's change is not said: %q\n%s", a.Names(), w)
	}
	b.again(m)
	keep(t, "atlas-desk-outdated", shoot(m.win, 1920, 1080))
	key(m, fyne.KeyF5)
	b.tick(time.Second)
	if w := a.Words(); strings.Contains(w, "hùng") || !strings.Contains(w, "900") {
		t.Errorf("after F5:\n%s", w)
	}
	a.Shortcut(control(fyne.KeyReturn))
	if act, ok := answer(b, true, "").(act.SaveFence); !ok || act.Fence.Version != 4 || act.Fence.Near != 900 || act.Fence.Polygons[0][0][2] != ring[2] {
		t.Errorf("sent %+v", act)
	}
}

// TestUnsavedIsFound: fences left unsaved are marked in the list, outlast a change of
// pages, and go on where they were.
func TestUnsavedIsFound(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	_, ring := takeFence(b, m)
	drag(m, ring[2], geo.Pt(ring[2][0]+.03, ring[2][1]))
	typeSearch(b, m, "ky ha neo")
	key(m, fyne.KeyReturn)
	b.drawn(m)
	key(m, fyne.KeyReturn)
	b.again(m)
	other, _ := b.ui.model.state.Fence("neo")
	at := other.Is.Polygons[0][0][1]
	drag(m, at, geo.Pt(at[0]+.005, at[1]+.005))
	key(m, fyne.KeyEscape)
	key(m, fyne.KeyEscape)
	a.Rune('4')
	b.again(m)
	m.open("page", "wall")
	b.tick(time.Second)
	m.open("page", "map")
	b.drawn(m)
	words := a.Words()
	if strings.Count(words, "Sửa tiếp") != 2 || strings.Count(words, "Chưa lưu") < 3 {
		t.Errorf("after another page the list says\n%s", words)
	}
	keep(t, "atlas-desk-unsaved", shoot(m.win, 1920, 1080))
	typeSearch(b, m, "khu bao ton")
	key(m, fyne.KeyReturn)
	b.drawn(m)
	key(m, fyne.KeyReturn)
	b.again(m)
	if !strings.Contains(a.Names(), "Hoàn tác “dời góc”") {
		t.Errorf("taken up again: %q", a.Names())
	}
	a.Shortcut(control(fyne.KeyReturn))
	drag(m, ring[3], geo.Pt(ring[3][0], ring[3][1]+.02))
	if act, ok := answer(b, true, "").(act.SaveFence); !ok || act.Fence.ID != "cham" {
		t.Errorf("sent %+v", act)
	}
	if !strings.Contains(a.Said(), "phần sửa sau đó chưa lưu") || !strings.Contains(a.Names(), "Hoàn tác") {
		t.Errorf("changed after it was sent: said %q, buttons %q", a.Said(), a.Names())
	}
	b.again(m)
	keep(t, "atlas-desk-saved-more", shoot(m.win, 1920, 1080))
}

// TestDrawingByMouse: a line, an area and a text are drawn and saved as one.
func TestDrawingByMouse(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	a.Rune('5')
	a.Rune('n')
	b.tick(time.Second)
	c := a.View().Center
	at := func(x, y float64) geo.Point { return geo.Pt(c[0]+x, c[1]+y) }
	clickAt(m, at(-.2, 0))
	clickAt(m, at(.2, .1))
	a.Key(fyne.KeyReturn)
	row(b, m, "Vùng")
	for _, p := range []geo.Point{at(-.1, -.1), at(.1, -.1), at(.1, -.2)} {
		clickAt(m, p)
		b.tick(time.Second)
	}
	clickAt(m, at(-.1, -.1)) // the first corner closes it
	row(b, m, "Chữ")
	writeField(b, m, "Ô tìm 1")
	clickAt(m, at(0, .2))
	b.again(m)
	keep(t, "atlas-desk-drawing", shoot(m.win, 1920, 1080))
	a.Shortcut(control(fyne.KeyReturn)) // no name yet: its field has the keyboard
	b.tick(time.Second)
	writeField(b, m, "Phương án")
	m.win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(control(fyne.KeyReturn))
	act, ok := answer(b, true, "").(act.SaveDrawing)
	var forms []string
	for _, s := range act.Drawing.Shapes {
		forms = append(forms, s.Form)
	}
	if !ok || strings.Join(forms, " ") != "line area text" || act.Drawing.Name != "Phương án" || act.Drawing.Shapes[2].Text != "Ô tìm 1" || len(act.Drawing.Shapes[1].Points) != 3 {
		t.Errorf("sent %+v", act)
	}
}

// TestFilesOfFences: what a file held and what was not kept of it is said; a door
// that fails says why.
func TestFilesOfFences(t *testing.T) {
	var fails error
	var read string
	o := Options{Mode: Mosaic, Lang: "vi", Theme: "dark", Width: 1920, Height: 1080}
	o.Atlas.Files = atlas.Files{
		Read:  func(done func(io.ReadCloser, error)) { done(io.NopCloser(strings.NewReader("rào")), nil) },
		Write: func(_ string, done func(io.WriteCloser, error)) { done(&written{}, nil) },
		Import: func(_ context.Context, file io.Reader) (atlas.Imported, error) {
			text, _ := io.ReadAll(file)
			read = string(text)
			return atlas.Imported{Kept: 3, Unchanged: 1, Refused: 5, Rejected: []atlas.Rejection{{Index: 2, Why: "edges cross", Code: "shape.crossing", Values: map[string]string{"at": "[108.5, 15.5]"}}, {Index: 4, Why: "of a later server"}}}, fails
		},
		Export: func(context.Context, io.Writer) error { return fails },
	}
	b := newBench(t, o)
	b.tick(0)
	m := b.mosaic()
	m.win.Resize(fyne.NewSize(1920, 1080))
	b.give(snapshot(province(9, 3)))
	m.open("page", "map")
	b.drawn(m)
	a := m.atlas()
	a.Rune('4')
	a.Rune('i')
	b.until("the import is done", func() bool { return strings.Contains(a.Said(), "không nhận") })
	b.tick(time.Second)
	if w := a.Words(); read != "rào" || !strings.Contains(w, "features[2]: Đường bao tự cắt gần [108.5, 15.5]") || !strings.Contains(w, "features[4]: of a later server") || !strings.Contains(a.Said(), "5 không nhận") {
		t.Errorf("read %q, said %q:\n%s", read, a.Said(), w)
	}
	b.again(m)
	keep(t, "atlas-desk-import", shoot(m.win, 1920, 1080))
	fails = errors.New("no room on the disk")
	a.Rune('e')
	b.until("the failure is said", func() bool { return strings.Contains(a.Said(), "no room on the disk") })
}

type written struct{ strings.Builder }

func (*written) Close() error { return nil }
