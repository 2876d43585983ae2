package ui

import (
	"math"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
)

// openAtlas is the map in hand on the whole window.
func openAtlas(t *testing.T) (*bench, *mosaic) {
	t.Helper()
	b, m := chartBench(t, 1920, 1080, "vi", "dark")
	m.open("page", "map")
	b.drawn(m)
	return b, m
}

// key presses a key where the keyboard is.
func key(m *mosaic, k fyne.KeyName) { m.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k}) }

// answer gives a receipt for the last command, and returns its act.
func answer(b *bench, ok bool, reason string) act.Act {
	b.t.Helper()
	sent := b.feed.commands()
	if len(sent) == 0 {
		b.t.Fatal("nothing was sent")
	}
	last := sent[len(sent)-1]
	at := b.ui.model.state.At().Seq
	b.give(world.Batch{Epoch: 1, From: at + 1, To: at, Seen: world.TimeOf(b.now), Receipts: []world.Receipt{{ID: last.ID, OK: ok, Reason: reason}}})
	b.tick(time.Second)
	return last.Act
}

// TestSearchGoesThere: names without accents, numbers and positions of all three
// kinds are found by the keyboard alone, and the map goes there.
func TestSearchGoesThere(t *testing.T) {
	b, m := openAtlas(t)
	tamKy := geo.Pt(108.474, 15.574)
	for _, c := range []struct {
		text   string
		near   geo.Point
		meters float64
		chosen world.Ref
	}{
		{"tam ky", tamKy, 6000, ""},
		{"15,4481 108,5586", geo.Pt(108.5586, 15.4481), 20, ""},
		{"15°42,0′B 108°57,6′Đ", geo.Pt(108.96, 15.7), 20, ""},
		{"X=1725559 Y=569508", geo.Pt(108.4, 15.6012), 40, ""},
		{"574000012", geo.Point{}, 0, "vessel/574000012"},
		{"ky ha neo", geo.Pt(108.78, 15.5), 20_000, "fence/neo"},
	} {
		typeSearch(b, m, c.text)
		key(m, fyne.KeyReturn)
		b.tick(0)
		a := m.atlas()
		if c.meters > 0 && geo.Distance(a.View().Center, c.near) > c.meters {
			t.Errorf("%q: the map looks at %v, %.0f m away", c.text, a.View().Center, geo.Distance(a.View().Center, c.near))
		}
		if a.Chosen() != c.chosen {
			t.Errorf("%q chooses %q", c.text, a.Chosen())
		}
		if m.win.Canvas().Focused() != a.Hand() {
			t.Errorf("%q: the map does not have the keyboard again", c.text)
		}
	}
}

// takeFence searches a fence by its name and takes it in hand; ring is its outline.
func takeFence(b *bench, m *mosaic) (f world.Fence, ring []geo.Point) {
	b.t.Helper()
	typeSearch(b, m, "khu bao ton")
	key(m, fyne.KeyReturn)
	b.drawn(m)
	key(m, fyne.KeyReturn)
	b.again(m)
	f, there := b.ui.model.state.Fence("cham")
	if !there {
		b.t.Fatal("there is no fence cham")
	}
	return f, f.Is.Polygons[0][0]
}

// TestFenceIsEdited: a corner moves, the act is undone and done again, what
// crosses is refused, and the fence is sent once with the version it was made from.
func TestFenceIsEdited(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	_, ring := takeFence(b, m)
	to := geo.Pt(ring[2][0]+.03, ring[2][1]+.01)
	drag(m, ring[2], to)
	b.tick(time.Second)
	if !strings.Contains(a.Names(), "Hoàn tác “dời góc”") {
		t.Errorf("after a move: %q", a.Names())
	}
	a.Shortcut(&fyne.ShortcutUndo{})
	b.tick(time.Second)
	if !strings.Contains(a.Names(), "Làm lại “dời góc”") || !strings.Contains(a.Said(), "dời góc") {
		t.Errorf("after undo: %q, said %q", a.Names(), a.Said())
	}
	a.Shortcut(&desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift})
	drag(m, ring[1], geo.Pt(ring[4][0]-.05, ring[4][1]-.05))
	b.tick(time.Second)
	if !strings.Contains(a.Said(), "cắt cạnh") {
		t.Errorf("a crossing: %q", a.Said())
	}
	save := control(fyne.KeyReturn)
	a.Shortcut(save)
	a.Shortcut(save)
	if n := len(b.feed.commands()); n != 1 {
		t.Fatalf("%d commands were sent", n)
	}
	act, ok := answer(b, false, "đã đổi bởi hùng").(act.SaveFence)
	if !ok || act.Fence.ID != "cham" || act.Fence.Version != 3 || act.Fence.Near != 2000 || act.Fence.Dwell != 60000 {
		t.Fatalf("sent %+v", act)
	}
	if got := act.Fence.Polygons[0][0][2]; math.Hypot(got[0]-to[0], got[1]-to[1]) > 1e-3 || geo.CheckArea(act.Fence.Polygons) != nil {
		t.Errorf("the corner is sent at %v, not %v", got, to)
	}
	if !strings.Contains(a.Said(), "đã đổi bởi hùng") || !strings.Contains(a.Names(), "Bỏ thay đổi") {
		t.Errorf("refused: said %q, buttons %q", a.Said(), a.Names())
	}
	// A refusal with a code is said in the person's language.
	sent := b.feed.commands()
	at := b.ui.model.state.At().Seq
	coded := world.Receipt{ID: sent[len(sent)-1].ID, Reason: "the fence was changed meanwhile (version 4); load it again", Code: "changed", Values: map[string]string{"what": "fence", "version": "4"}}
	b.give(world.Batch{Epoch: 1, From: at + 1, To: at, Seen: world.TimeOf(b.now), Receipts: []world.Receipt{coded}})
	if r := b.ui.model.receipts[coded.ID]; !strings.HasPrefix(r.Reason, "Có người đã sửa hàng rào này") || r.Code != "changed" {
		t.Errorf("the refusal is kept as %+v", r)
	}
	// Left with Escape it is kept, and goes on where it was.
	key(m, fyne.KeyEscape)
	key(m, fyne.KeyEscape)
	b.tick(time.Second)
	if !strings.Contains(a.Said(), "chưa lưu") {
		t.Errorf("left unsaved: %q", a.Said())
	}
	a.Rune('4')
	m.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.tick(time.Second)
	if !strings.Contains(a.Names(), "Hoàn tác “dời góc”") {
		t.Errorf("taken up again: %q", a.Names())
	}
	a.Shortcut(save)
	answer(b, true, "")
	if !strings.HasPrefix(a.Said(), "Đã lưu") || strings.Contains(a.Names(), "Bỏ thay đổi") {
		t.Errorf("saved: said %q, buttons %q", a.Said(), a.Names())
	}
}

// TestDrawnByKeys: a fence is drawn and named by the keyboard alone.
func TestDrawnByKeys(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	a.Rune('4')
	a.Rune('n')
	b.tick(time.Second)
	for _, k := range []fyne.KeyName{fyne.KeyRight, fyne.KeyDown, fyne.KeyLeft} {
		a.Rune(' ')
		key(m, k)
	}
	a.Rune(' ')
	key(m, fyne.KeyReturn)
	b.tick(time.Second)
	a.Shortcut(control(fyne.KeyReturn))
	b.tick(time.Second)
	if n := len(b.feed.commands()); n != 0 {
		t.Fatalf("a fence without a name is sent: %+v", b.feed.commands())
	}
	for _, r := range "Vùng cấm" {
		m.win.Canvas().Focused().TypedRune(r)
	}
	m.win.Canvas().Focused().(fyne.Shortcutable).TypedShortcut(control(fyne.KeyReturn))
	act, ok := answer(b, true, "").(act.SaveFence)
	if !ok || act.Fence.Name != "Vùng cấm" || act.Fence.Version != 0 || act.Fence.ID == "" || len(act.Fence.Polygons) != 1 || len(act.Fence.Polygons[0][0]) != 5 {
		t.Errorf("sent %+v", act)
	}
}

// TestChoiceAndFollow: a box lists what is in it, a vessel is followed until the
// map is pulled, Tab goes through the symbols.
func TestChoiceAndFollow(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	v, _ := b.ui.model.state.Vessel("574000012")
	a.Rune('s')
	drag(m, geo.Pt(v.Last.Pos[0]-.3, v.Last.Pos[1]+.3), geo.Pt(v.Last.Pos[0]+.3, v.Last.Pos[1]-.3))
	b.tick(time.Second)
	if !strings.Contains(a.Names(), "Phóng tới nhóm") || a.Chosen() != "" {
		t.Errorf("a box gives %q", a.Names())
	}
	key(m, fyne.KeyEscape)
	typeSearch(b, m, v.MMSI)
	key(m, fyne.KeyReturn)
	a.Rune('f')
	at := geo.Pt(v.Last.Pos[0]+.05, v.Last.Pos[1])
	b.give(b.event(world.VesselPosition{MMSI: v.MMSI, Pos: at, Speed: 7, Course: 90, Heading: 90}))
	b.tick(time.Second)
	if a.View().Center != at {
		t.Errorf("followed to %v, the map looks at %v", at, a.View().Center)
	}
	key(m, fyne.KeyLeft)
	was := a.View().Center
	b.give(b.event(world.VesselPosition{MMSI: v.MMSI, Pos: geo.Pt(at[0]+.05, at[1]), Speed: 7, Course: 90, Heading: 90}))
	b.tick(time.Second)
	if a.View().Center != was {
		t.Error("followed on after the map was pulled")
	}
	b.drawn(m)
	key(m, fyne.KeyEscape)
	for range 200 {
		key(m, fyne.KeyTab)
		if m.win.Canvas().Focused() != a.Hand() {
			t.Fatal("Tab left the map without a vessel to open")
		}
		key(m, fyne.KeyReturn)
		if a.Chosen() != "" {
			return
		}
		key(m, fyne.KeyEscape)
	}
	t.Error("no symbol is opened by the keyboard")
}

// TestViewsAndLayers: a view is saved with what is seen, a layer is switched off,
// a broken filter is said in its place.
func TestViewsAndLayers(t *testing.T) {
	b, m := openAtlas(t)
	a := m.atlas()
	a.Rune('2')
	list := m.win.Canvas().Focused()
	list.TypedRune(' ') // the first layer: vessels
	b.tick(time.Second)
	a.Rune('3')
	a.Shortcut(control(fyne.KeyReturn))
	b.tick(time.Second)
	for _, r := range "Ca đêm" {
		m.win.Canvas().Focused().TypedRune(r)
	}
	key(m, fyne.KeyReturn)
	act, ok := answer(b, true, "").(act.SaveMapView)
	params := map[string]string{}
	for _, p := range act.View.Params {
		params[p.Key] = p.Value
	}
	if !ok || act.View.Name != "Ca đêm" || strings.Contains(params["layers"], "vessels") || params["layers"] == "" || params["bounds"] == "" {
		t.Errorf("sent %+v", act)
	}
}
