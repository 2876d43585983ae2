package wall

import (
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/setup/layout"
	"iocwall/ui/setup/setuptest"
)

// seat puts the part on a window, as the page does.
func seat(b *setuptest.Bench) *Screens {
	h := &setuptest.Host{Bench: b}
	m := New(h.Kit())
	h.Part = m
	h.Seat(m.Object(), 1340, 900)
	m.Refresh(b.Clock)
	return m
}

// capture paints the plan, which computes how the wall lies in it.
func capture(b *setuptest.Bench) { b.Window().Canvas().Capture() }

func press(m *Screens, names ...fyne.KeyName) {
	for _, n := range names {
		m.Key(&fyne.KeyEvent{Name: n})
	}
}

// saves are the walls that were sent.
func saves(b *setuptest.Bench) []act.SaveWall {
	var out []act.SaveWall
	for _, a := range b.Acts {
		if s, ok := a.(act.SaveWall); ok {
			out = append(out, s)
		}
	}
	return out
}

// remarkOf is what stands beside the title of the plan.
func remarkOf(m *Screens) string { _, remark := m.frame.Words(); return remark }

// tap presses the plan at a screen, with or without Shift.
func tap(m *Screens, id int, more bool) {
	at := m.plan.rect(m.seen()[layout.Index(m.seen(), id)])
	pos := fyne.NewPos(float32(at.Min.X+at.Dx()/2), float32(at.Min.Y+at.Dy()/2))
	e := &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: pos}}
	if more {
		e.Modifier = fyne.KeyModifierShift
	}
	m.plan.MouseDown(e)
	m.plan.MouseUp(e)
	m.plan.Tapped(&e.PointEvent)
}

// drag moves the pointer over the plan from one place to another, in millimetres.
func drag(m *Screens, x, y, dx, dy float64) {
	pl := m.plan
	from := fyne.NewPos(float32(pl.ox+x*pl.scale), float32(pl.oy+y*pl.scale))
	pl.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}})
	for i := range 4 {
		step := fyne.NewDelta(float32(dx*pl.scale)/4, float32(dy*pl.scale)/4)
		from = from.AddXY(step.DX, step.DY)
		pl.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: from}, Dragged: step})
		_ = i
	}
	pl.DragEnd()
}

// A wall of 27 screens on twelve computers is laid out by one key, four numbers and
// two presses, and goes to the server as one command.
func TestGridOf27(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(false)
	b.Unwell()
	m := seat(b)
	if len(m.draft.Wall.Screens) != 1 {
		t.Fatalf("the draft begins with %d screens", len(m.draft.Wall.Screens))
	}
	if !m.Letter('g') || m.grid == nil {
		t.Fatal("G opens no grid")
	}
	g := m.grid
	setuptest.Type(g.number["columns"], "9")
	setuptest.Type(g.number["rows"], "3")
	setuptest.Type(g.number["bezel"], "3,5")
	g.panel.SetSelectedIndex(2)
	if len(m.seen()) != 27 || len(m.draft.Wall.Screens) != 1 {
		t.Errorf("the preview has %d screens, the draft %d", len(m.seen()), len(m.draft.Wall.Screens))
	}
	setuptest.Type(g.number["columns"], "0")
	if !g.use.Disabled() || g.number["columns"].Said() == "" {
		t.Error("a grid without columns can be used")
	}
	setuptest.Type(g.number["columns"], "9")
	setuptest.Enter(g.number["columns"])
	if m.grid != nil || len(m.draft.Wall.Screens) != 27 || !m.draft.Changed() {
		t.Fatalf("the grid is not the draft: %d screens", len(m.draft.Wall.Screens))
	}
	m.Refresh(b.Clock)
	w, _ := b.World.Wall("main")
	m.Apply()
	sent := saves(b)
	if len(sent) != 1 || sent[0].From != w.Defined || len(sent[0].Wall.Screens) != 27 {
		t.Fatalf("sent %+v", sent)
	}
	of := map[string]int{}
	for _, s := range sent[0].Wall.Screens {
		c, r := float64((s.ID-1)%9), float64((s.ID-1)/9)
		if math.Abs(s.X-c*1221.1) > 0.06 || math.Abs(s.Y-r*688.4) > 0.06 || s.W != 1217.6 || s.H != 684.9 || s.PxW != 1920 || s.Output == "" {
			t.Errorf("screen %d is %+v", s.ID, s)
		}
		of[s.Node]++
	}
	if len(of) != 12 {
		t.Errorf("%d computers drive it", len(of))
	}
	if m.draft.Changed() || len(m.Faults()) > 0 {
		t.Errorf("after it: changed %v, %+v", m.draft.Changed(), m.Faults())
	}
	// What was applied can be taken back.
	b.Undos[len(b.Undos)-1]()
	if sent = saves(b); len(sent) != 2 || len(sent[1].Wall.Screens) != 1 {
		t.Errorf("undo sends %+v", sent)
	}
}

// Screens are chosen, moved, sized, straightened and taken back by hand and key.
func TestScreensByHand(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	b.Unwell()
	m := seat(b)
	m.Refresh(b.Clock)
	capture(b)

	tap(m, 5, false)
	tap(m, 6, true)
	if len(m.picked) != 2 || !m.picked[5] || !m.picked[6] {
		t.Fatalf("chosen %v", m.picked)
	}
	tap(m, 6, true)
	press(m, fyne.KeyDown)
	if s, ok := m.only(); !ok || s.ID != 14 {
		t.Errorf("below 5 is %v", m.picked)
	}
	press(m, fyne.KeyRight, fyne.KeyUp)
	if s, _ := m.only(); s.ID != 6 {
		t.Errorf("chosen %v", m.picked)
	}

	// A deviation that a person typed is told and straightened.
	tap(m, 17, false)
	f := m.form
	setuptest.Type(f.number[numLeft], "8.550,7")
	setuptest.Enter(f.number[numLeft])
	i := layout.Index(m.draft.Wall.Screens, 17)
	if m.draft.Wall.Screens[i].X != 8550.7 || len(m.Faults()) != 1 {
		t.Fatalf("typed: %+v, %+v", m.draft.Wall.Screens[i], m.Faults())
	}
	title, text := m.say(m.wrongs()[0])
	if title != "Màn 17 lệch 3,0 mm" || text != "Lệch 3,0 mm sang phải so với màn 8 và 26. Đúng ra 8.547,7 mm." {
		t.Errorf("told %q, %q", title, text)
	}
	if !f.take.Visible() || f.take.Text != "Lấy 8.547,7" {
		t.Errorf("the button says %q", f.take.Text)
	}
	test.Tap(f.take)
	if m.draft.Wall.Screens[i].X != 8547.7 || len(m.Faults()) != 0 || m.draft.Changed() {
		t.Errorf("straightened: %+v", m.draft.Wall.Screens[i])
	}
	setuptest.Type(f.number[numWide], "0")
	setuptest.Enter(f.number[numWide])
	if f.number[numWide].Said() == "" || m.draft.Wall.Screens[i].W != 1217.6 {
		t.Error("a screen without width was taken")
	}

	// By hand: dragged away it stays where it was dropped; near its column it snaps.
	capture(b)
	drag(m, 9000, 1000, 0, 400)
	if y := m.draft.Wall.Screens[i].Y; math.Abs(y-1088) > 12 {
		t.Errorf("dropped at %g", y)
	}
	m.Undo()
	capture(b)
	steps := m.draft.Steps()
	drag(m, 9000, 1000, 30, 20)
	if s := m.draft.Wall.Screens[i]; s.X != 8547.7 || s.Y != 688.4 || m.draft.Steps() != steps {
		t.Errorf("it does not snap back: %+v", s)
	}
	capture(b)
	drag(m, 8547.7+1217.6, 1000, -100, 0)
	if w := m.draft.Wall.Screens[i].W; math.Abs(w-1117.6) > 12 {
		t.Errorf("sized to %g", w)
	}
	m.nudge(1, 0)
	if m.draft.Wall.Screens[i].X != 8548.7 {
		t.Errorf("nudged to %g", m.draft.Wall.Screens[i].X)
	}
	for m.draft.Steps() > 0 {
		m.Undo()
	}
	if m.draft.Changed() {
		t.Error("all was taken back, and it differs")
	}
	press(m, fyne.KeyDelete)
	if len(m.draft.Wall.Screens) != 26 {
		t.Errorf("%d screens after Delete", len(m.draft.Wall.Screens))
	}
	m.Undo()
	if len(m.draft.Wall.Screens) != 27 {
		t.Error("Delete cannot be taken back")
	}
	m.Letter('I')
	m.Letter('t')
	var pictures []string
	for _, a := range b.Acts {
		if x, ok := a.(act.TestWall); ok {
			pictures = append(pictures, x.Picture)
		}
	}
	if strings.Join(pictures, " ") != "identify pattern" {
		t.Errorf("test pictures %v", pictures)
	}
}

// A bezel, a computer and an output are set for what is chosen.
func TestFieldsOfScreens(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	m := seat(b)
	m.Refresh(b.Clock)
	m.choose([]int{5})
	f := m.form
	setuptest.Type(f.number[numRight], "10")
	setuptest.Enter(f.number[numRight])
	if gap, _, _ := layout.Gap(m.draft.Wall.Screens, 5, false); gap != 10 || len(layout.Deviations(m.draft.Wall.Screens)) != 0 {
		t.Errorf("the bezel is %g", gap)
	}
	f.node.SetSelected("pc-12")
	f.output.SetSelected("HDMI-3")
	if s, _ := m.only(); s.Node != "pc-12" || s.Output != "HDMI-3" {
		t.Errorf("driven by %s %s", s.Node, s.Output)
	}
	m.choose([]int{1, 2, 3})
	setuptest.Type(f.number[numPxW], "3840")
	setuptest.Enter(f.number[numPxW])
	for _, s := range f.chosen() {
		if s.PxW != 3840 {
			t.Errorf("screen %d has %d pixels", s.ID, s.PxW)
		}
	}
	f.spare.SetChecked(true)
	if !m.draft.Wall.Screens[2].Spare {
		t.Error("screen 3 is not spare")
	}
	m.choose([]int{1})
	setuptest.Type(f.number[numID], "5")
	setuptest.Enter(f.number[numID])
	if f.number[numID].Said() == "" {
		t.Error("a number was taken twice")
	}
	setuptest.Type(f.number[numID], "99")
	setuptest.Enter(f.number[numID])
	if layout.Index(m.draft.Wall.Screens, 99) < 0 {
		t.Error("the number did not change")
	}
}

// What cannot be applied is not sent; what the server refuses is told; a wall that
// somebody else changed is not overwritten, and a draft outlives the page.
func TestDraftIsSafe(t *testing.T) {
	b := setuptest.New(t, "en", "light", 1)
	b.Fleet(true)
	m := seat(b)
	m.Refresh(b.Clock)
	m.do("over", func(w *world.WallDefined) { w.Screens[3].X -= 100 })
	m.Apply()
	if len(saves(b)) != 0 || len(b.Said) == 0 || !strings.Contains(b.Said[len(b.Said)-1], "overlap") {
		t.Errorf("sent %d, said %v", len(saves(b)), b.Said)
	}
	m.Undo()
	m.do("move", func(w *world.WallDefined) { w.Screens[26].X += 2 })
	b.Result = world.Receipt{Reason: "no such thing"}
	m.Apply()
	if len(saves(b)) != 1 || !m.draft.Changed() || !strings.Contains(b.Said[len(b.Said)-1], "no such thing") {
		t.Errorf("refused: %v", b.Said)
	}
	// Another language makes the page anew.
	m.Close()
	if m = seat(b); !m.draft.Changed() || m.draft.Changes() != 1 {
		t.Fatalf("the draft is gone: %d changes", m.draft.Changes())
	}
	w, _ := b.World.Wall("main")
	other := w.WallDefined
	other.By = "Lan"
	other.Screens = append([]world.Screen(nil), w.Screens...)
	other.Screens[0].Spare = true
	b.Clock = b.Clock.Add(1e9)
	b.Tell(t, other)
	m.Refresh(b.Clock)
	if !m.stale || !strings.Contains(remarkOf(m), "Lan") || m.draft.Changes() != 1 {
		t.Errorf("stale %v, %q", m.stale, remarkOf(m))
	}
	m.discard()
	if m.stale || m.draft.Changed() || !m.draft.Wall.Screens[0].Spare {
		t.Error("the draft does not follow the wall")
	}
	b.Who.Rights = []string{"config.read"}
	m.do("move", func(w *world.WallDefined) { w.Screens[0].X++ })
	if m.draft.Changed() {
		t.Error("somebody without the right changed the draft")
	}
}

// Where no screen is chosen the form says what to do and how large the wall is, and
// offers no field; with a screen it is the other way round.
func TestNothingChosen(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	m := seat(b)
	seen := func() (fields int) {
		for _, x := range m.form.number {
			if x.Visible() {
				fields++
			}
		}
		return fields
	}
	b.Marks = nil
	capture(b)
	if seen() != 0 || m.form.edges[0].Visible() || m.form.try.Visible() {
		t.Errorf("%d fields of no screen", seen())
	}
	for _, want := range []string{"Bấm một màn trong sơ đồ", "27", "10.986 × 2.062 mm", "56,0 triệu", "9"} {
		found := false
		for _, x := range b.Marks {
			found = found || strings.Contains(x.Text, want)
		}
		if !found {
			t.Errorf("%q is not shown", want)
		}
	}
	capture(b)
	tap(m, 17, false)
	if seen() != len(numbers()) || !m.form.edges[0].Visible() || m.form.empty.Object().Visible() || m.form.take.Visible() {
		t.Errorf("%d fields of a screen", seen())
	}
	press(m, fyne.KeyEscape)
	if seen() != 0 || !m.form.empty.Object().Visible() {
		t.Errorf("%d fields after Esc", seen())
	}
}

// On a low page with large text the plan keeps its room: the fields stand beside it, each
// screen says its number and how it stands, and nothing of the grid leaves its pane.
func TestLowPage(t *testing.T) {
	b := setuptest.New(t, "en", "dark", 1.5)
	b.Fleet(true)
	h := &setuptest.Host{Bench: b}
	m := New(h.Kit())
	h.Part = m
	h.Seat(m.Object(), 1334, 500)
	m.Refresh(b.Clock)
	b.Marks = nil
	capture(b)
	if m.nodesF.Box.Visible() || m.plan.rect(m.seen()[0]).Dx() < 60 {
		t.Errorf("screen 1 is %v", m.plan.rect(m.seen()[0]))
	}
	numbers := map[string]bool{}
	for _, x := range b.Marks {
		numbers[x.Text] = true
	}
	for _, n := range []string{"1", "10", "19", "27"} {
		if !numbers[n] {
			t.Errorf("screen %s has no number", n)
		}
	}
	m.Letter('g')
	m.Refresh(b.Clock)
	width := m.grid.inner.Size().Width
	for name, x := range m.grid.number {
		if x.Size().Width < 90 || x.Position().X+x.Size().Width > width {
			t.Errorf("%s is %v wide at %v of %v", name, x.Size().Width, x.Position().X, width)
		}
	}
	if m.grid.drive.MinSize().Width > width {
		t.Errorf("%q is %v wide of %v", m.grid.drive.Text, m.grid.drive.MinSize().Width, width)
	}
}
