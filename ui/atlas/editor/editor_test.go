package editor

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/words"
)

var noon = time.Unix(1e9, 0)

// plain is a map that stands still.
type plain struct {
	v    geo.View
	page Kind
	said []string
}

func (p *plain) View() geo.View                          { return p.v }
func (p *plain) Reach() int                              { return 12 }
func (p *plain) GoTo(at geo.Point, _ geo.Bounds, _ bool) { p.v.Center = at }
func (p *plain) Turn(k Kind)                             { p.page = k }
func (p *plain) Focus(string)                            {}
func (p *plain) Keyboard()                               {}
func (p *plain) Say(s string)                            { p.said = append(p.said, s) }
func (p *plain) Touch()                                  {}
func (p *plain) Ashore() func(geo.Point) bool            { return nil }

// bench is an editor with a server that answers when told.
type bench struct {
	*Editor
	t     *testing.T
	m     *plain
	texts *sheet.Texts
	state *world.State
	sent  []act.Command
	got   map[string]world.Receipt
	at    map[string]geo.Point // where what is stored lies
}

func newBench(t *testing.T) *bench {
	t.Helper()
	l, err := words.Load("vi")
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{
		t: t, m: &plain{v: geo.ZoomView(geo.Pt(108.5, 15.5), 10, 1600, 1000)}, texts: sheet.NewTexts(),
		state: world.New(1), got: map[string]world.Receipt{},
		at: map[string]geo.Point{"a": {108.4, 15.4}, "b": {108.7, 15.4}},
	}
	b.Editor = New(Host{
		Map: b.m, Lang: l, Texts: b.texts, State: func() *world.State { return b.state },
		Send:    func(c act.Command) error { b.sent = append(b.sent, c); return nil },
		Receipt: func(id string) (world.Receipt, bool) { r, ok := b.got[id]; return r, ok },
		Now:     func() time.Time { return noon }, ServerTime: func(n time.Time) time.Time { return n },
	})
	return b
}

func (b *bench) apply(body world.Body) {
	b.t.Helper()
	if _, err := b.state.Apply(world.Event{Seq: b.state.At().Seq + 1, Seen: world.TimeOf(noon), Observation: world.Observation{Time: world.TimeOf(noon), Body: body}}); err != nil {
		b.t.Fatal(err)
	}
}

// fence puts a fence into the state.
func (b *bench) fence(id string) *world.Fence {
	b.t.Helper()
	p := b.at[id]
	b.apply(world.FenceSaved{Saved: world.Saved{ID: id, Name: "Hàng rào " + id, Version: 1}, Polygons: geo.MultiPolygon{{{
		p, {p[0] + 0.1, p[1]}, {p[0] + 0.1, p[1] + 0.1}, {p[0], p[1] + 0.1}, p,
	}}}})
	f, _ := b.state.Fence(id)
	return &f
}

// drawn puts a drawing into the state.
func (b *bench) drawn(id string) *world.Drawing {
	b.t.Helper()
	p := b.at[id]
	b.apply(world.DrawingSaved{Saved: world.Saved{ID: id, Name: "Hình " + id, Version: 1}, Shapes: []world.DrawnShape{{Form: "line", Points: []geo.Point{p, {p[0] + 0.1, p[1]}}}}})
	d, _ := b.drawing(id)
	return &d
}

// move moves the first corner of the work in hand.
func (b *bench) move(by image.Point) {
	b.t.Helper()
	x, y := b.m.v.Pixel(b.first())
	b.Click(image.Pt(int(x), int(y)), false)
	if !b.MoveCorner(by) {
		b.t.Fatal("no corner was moved")
	}
}

func (b *bench) first() geo.Point { return b.work.hist.Now.Parts[0].Points[0] }

// answer answers the last command.
func (b *bench) answer(r world.Receipt) {
	b.t.Helper()
	b.got[b.sent[len(b.sent)-1].ID] = r
	b.Settle(noon)
}

func (b *bench) last() string { return b.m.said[len(b.m.said)-1] }

// kept checks the names of what is laid aside.
func (b *bench) kept(want ...string) {
	b.t.Helper()
	if got := b.Unsaved(); !slices.Equal(got, want) {
		b.t.Fatalf("laid aside are %q, not %q", got, want)
	}
}

// leave leaves the work in hand by the keyboard.
func (b *bench) leave() {
	for b.Busy() {
		b.Escape()
	}
}

// TestUnsavedIsKept: what was laid aside unsaved is there until it is saved or
// discarded, whatever else is taken in hand, and opening it takes it up again.
func TestUnsavedIsKept(t *testing.T) {
	b := newBench(t)
	fa, fb, da, db := b.fence("a"), b.fence("b"), b.drawn("a"), b.drawn("b")
	b.EditFence(fa)
	b.move(image.Pt(-20, 20))
	moved := b.first()
	b.EditFence(fb)
	if b.kept("Hàng rào a"); !strings.Contains(b.last(), "Hàng rào a") {
		t.Errorf("said: %q", b.last())
	}
	b.move(image.Pt(10, 10))
	b.leave()
	b.kept("Hàng rào b", "Hàng rào a")
	b.EditDrawing(da)
	b.move(image.Pt(0, 30))
	b.leave()
	b.EditDrawing(db)
	b.kept("Hình a", "Hàng rào b", "Hàng rào a")
	b.leave() // nothing was changed of it
	b.kept("Hình a", "Hàng rào b", "Hàng rào a")
	for ref, want := range map[world.Ref]bool{fa.Ref(): true, fb.Ref(): true, da.Ref(): true, db.Ref(): false, "vessel/a": false} {
		if b.Kept(ref) != want {
			t.Errorf("%s is kept: %v", ref, !want)
		}
	}
	if rows := b.KeptRows(Fence); len(rows) != 4 || rows[1].Name != "Hàng rào b" || rows[2].Name != "Hàng rào a" {
		t.Errorf("the list offers %+v", rows)
	}
	b.m.v.Center = geo.Pt(100, 10)
	if !b.Open(fa.Ref()) || b.first() != moved || b.m.page != Fence || b.texts.Get(fieldName) != "Hàng rào a" {
		t.Errorf("taken up again, %q has its corner at %v, not %v", b.texts.Get(fieldName), b.first(), moved)
	}
	if !b.m.v.Bounds().Contains(moved) {
		t.Error("the map does not look at it")
	}
	b.kept("Hình a", "Hàng rào b")
	b.EditFence(fa) // it is in hand
	if b.kept("Hình a", "Hàng rào b"); b.first() != moved {
		t.Error("opened once more, it is as the server has it")
	}
	b.Discard()
	b.kept("Hình a", "Hàng rào b")
	if b.EditFence(fa); b.first() == moved {
		t.Error("it was not discarded")
	}
	b.EditDrawing(da)
	b.Undo()
	b.leave()
	b.kept("Hàng rào b")
}

// TestDraftsAreKept: two new ones are two, and a new one goes on where it was left.
func TestDraftsAreKept(t *testing.T) {
	b := newBench(t)
	draw := func(name string, at image.Point) {
		t.Helper()
		b.EditFence(nil)
		for _, p := range []image.Point{{}, {100, 0}, {100, 100}} {
			b.Click(at.Add(p), false)
		}
		b.EndPart()
		b.texts.Write(fieldName, name)
	}
	draw("Một", image.Pt(100, 100))
	b.EditFence(b.fence("a"))
	b.kept("Một")
	b.EditFence(nil)
	b.kept()
	if b.texts.Get(fieldName) != "Một" || b.first() != b.m.v.Point(100, 100) {
		t.Fatalf("another new one was begun: %q", b.texts.Get(fieldName))
	}
	b.Save()
	b.leave()
	draw("Hai", image.Pt(500, 100)) // the first is on its way
	b.leave()
	b.kept("Hai", "Một")
	id := b.sent[0].Act.(act.SaveFence).Fence.ID
	f := *b.fence("a")
	f.Is.ID = id
	b.EditFence(&f) // its event came before the answer
	if b.kept("Hai"); b.texts.Get(fieldName) != "Một" {
		t.Errorf("what is being sent was opened anew: %q", b.texts.Get(fieldName))
	}
	b.leave()
	b.answer(world.Receipt{Reason: "không được"})
	b.kept("Một", "Hai")
	b.KeptRows(Fence)[2].Do()
	if b.texts.Get(fieldName) != "Hai" {
		t.Errorf("the row of the older one takes up %q", b.texts.Get(fieldName))
	}
	stale := b.KeptRows(Fence)[1].Do
	b.KeptRows(Fence)[1].Do()
	b.Discard()
	stale()
	if b.Busy() {
		t.Error("a row takes up what was discarded")
	}
	b.kept("Hai")
}

// TestChangedWhileSaving: what is changed after saving, before the answer came, stays
// in hand as the next version.
func TestChangedWhileSaving(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(b *bench)
		stays  bool
	}{
		{"nothing", func(*bench) {}, false},
		{"a corner is chosen", func(b *bench) { b.NextCorner(1) }, false},
		{"undone and done again", func(b *bench) { b.Undo(); b.Redo() }, false},
		{"a corner", func(b *bench) { b.move(image.Pt(-30, 0)) }, true},
		{"a corner being dragged", func(b *bench) {
			x, y := b.m.v.Pixel(b.first())
			b.Grab(image.Pt(int(x), int(y)))
			b.Drag(geo.Pt(108.3, 15.3))
		}, true},
		{"undone", func(b *bench) { b.Undo() }, true},
		{"a field", func(b *bench) { b.texts.Write(fieldNear, "500") }, true},
		{"another area begun", func(b *bench) { b.New() }, true},
	} {
		for _, fresh := range []bool{false, true} {
			b := newBench(t)
			if fresh {
				b.EditFence(nil)
				for _, p := range []image.Point{{600, 400}, {700, 400}, {700, 500}} {
					b.Click(p, false)
				}
				b.EndPart()
				b.texts.Write(fieldName, "Mới")
			} else {
				b.EditFence(b.fence("a"))
				b.move(image.Pt(-20, 20))
			}
			b.Save()
			f := b.sent[0].Act.(act.SaveFence).Fence
			c.change(b)
			b.answer(world.Receipt{OK: true, Seq: 9})
			if b.Busy() != c.stays {
				t.Errorf("%s, new %v: in hand afterwards: %v, said %q", c.name, fresh, b.Busy(), b.last())
				continue
			}
			if b.kept(); !c.stays {
				continue
			}
			if !strings.Contains(b.last(), "chưa lưu") {
				t.Errorf("%s, new %v: said %q", c.name, fresh, b.last())
			}
			if who, old := b.outdated(b.work); old {
				t.Errorf("%s, new %v: changed by %q, before the event came", c.name, fresh, who)
			}
			b.Drop()
			b.EndPart()
			b.Save()
			next := b.sent[len(b.sent)-1].Act.(act.SaveFence).Fence
			if len(b.sent) != 2 || next.ID != f.ID || next.Version != f.Version+1 {
				t.Errorf("%s, new %v: saved again as %s version %d, after %s version %d", c.name, fresh, next.ID, next.Version, f.ID, f.Version)
			}
		}
	}
}

// TestAnswerFindsItsWork: an answer is about what was sent, not about what was laid
// aside or taken in hand meanwhile.
func TestAnswerFindsItsWork(t *testing.T) {
	b := newBench(t)
	fa, fb := b.fence("a"), b.fence("b")
	b.EditFence(fb)
	b.move(image.Pt(5, 5))
	b.EditFence(fa)
	b.move(image.Pt(-20, 20))
	b.Save()
	b.leave()
	b.kept("Hàng rào a", "Hàng rào b")
	b.answer(world.Receipt{OK: true})
	b.kept("Hàng rào b") // the late answer is about a
	// Left, taken up and changed on the way, it is kept as the next version.
	b.EditFence(fb)
	b.Save()
	b.leave()
	b.EditFence(fb)
	b.move(image.Pt(7, 0))
	b.leave()
	b.answer(world.Receipt{OK: true})
	b.kept("Hàng rào b")
	b.EditFence(fb)
	if b.work.version != 2 {
		t.Errorf("it is made from version %d", b.work.version)
	}
	b.Discard()
	// Refused, it is as it was.
	b.EditFence(fa)
	b.move(image.Pt(3, 0))
	b.Save()
	b.leave()
	b.answer(world.Receipt{Reason: "không được"})
	b.kept("Hàng rào a")
	b.EditFence(fa)
	b.Save()
	if len(b.sent) != 4 {
		t.Errorf("refused, it is not sent again: %d commands", len(b.sent))
	}
}

// TestRemovedWhileChanged: what is removed is gone with its changes; what is changed
// after that is a new one.
func TestRemovedWhileChanged(t *testing.T) {
	for _, changed := range []bool{false, true} {
		b := newBench(t)
		b.EditFence(b.fence("a"))
		b.move(image.Pt(-20, 20))
		b.Remove()
		if changed {
			b.move(image.Pt(-20, 20))
		}
		b.answer(world.Receipt{OK: true})
		if b.kept(); b.Busy() != changed || b.Stored() {
			t.Errorf("changed %v: in hand %v, stored %v, said %q", changed, b.Busy(), b.Stored(), b.last())
		}
		if changed {
			b.Undo()
			b.leave()
			b.kept("Hàng rào a")
		}
	}
}

// TestKeptIsBounded: no more can be laid aside than is kept; the next stays in hand.
func TestKeptIsBounded(t *testing.T) {
	b := newBench(t)
	var all []*world.Drawing
	for i := range keptMost + 2 {
		id := fmt.Sprint("d", i)
		b.at[id] = geo.Pt(108.1+float64(i)/100, 15.2)
		all = append(all, b.drawn(id))
	}
	for _, d := range all[:keptMost+1] {
		b.EditDrawing(d)
		b.move(image.Pt(0, 9))
	}
	b.EditDrawing(all[keptMost+1])
	b.Escape() // the corner
	b.Escape()
	if n := len(b.Unsaved()); n != keptMost || !b.work.is(Drawing, all[keptMost].Is.ID) || !strings.Contains(b.last(), "20") {
		t.Fatalf("%d are kept, said %q", n, b.last())
	}
	b.MeasureBy(Measure)
	if b.Kind() != Drawing {
		t.Error("it was left for a measure")
	}
	b.EditDrawing(all[0]) // takes its place
	if n := len(b.Unsaved()); n != keptMost || !b.work.is(Drawing, all[0].Is.ID) {
		t.Errorf("%d are kept", n)
	}
}
