package setup

import (
	"errors"
	"math"
	"net/url"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/page"
	"iocwall/ui/setup/layout"
	"iocwall/ui/words"
)

// seat puts the page on a window of a size, as the console does.
func (b *bench) seat(w, h float32) *Page {
	b.tb.Helper()
	p := b.open()
	win := b.Window()
	win.SetPadded(false)
	win.SetContent(p.Object())
	win.Resize(fyne.NewSize(w, h))
	p.Refresh(b.Clock)
	return p
}

func press(p *Page, names ...fyne.KeyName) {
	for _, n := range names {
		p.Key(&fyne.KeyEvent{Name: n})
	}
}

// typed writes a text into a field as hands do.
func typed(f *field.Field, text string) {
	f.Input.FocusGained()
	f.Input.TypedShortcut(&fyne.ShortcutSelectAll{})
	f.Input.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	for _, r := range text {
		f.Input.TypedRune(r)
	}
}

func enter(f *field.Field) { f.Input.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }

func (b *bench) screens() *screensPart { return b.page.of(partScreens).(*screensPart) }

// saves are the walls that were sent.
func (b *bench) saves() []act.SaveWall {
	var out []act.SaveWall
	for _, a := range b.acts {
		if s, ok := a.(act.SaveWall); ok {
			out = append(out, s)
		}
	}
	return out
}

// A wall of 27 screens on twelve computers is laid out by one key, four numbers and
// two presses, and goes to the server as one command.
func TestGridOf27(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, false)
	b.unwell()
	p := b.seat(1920, 984)
	m := b.screens()
	if len(m.draft.Wall.Screens) != 1 {
		t.Fatalf("the draft begins with %d screens", len(m.draft.Wall.Screens))
	}
	if !p.Rune('g') || m.grid == nil {
		t.Fatal("G opens no grid")
	}
	g := m.grid
	typed(g.number["columns"], "9")
	typed(g.number["rows"], "3")
	typed(g.number["bezel"], "3,5")
	g.panel.SetSelectedIndex(2)
	if len(m.seen()) != 27 || len(m.draft.Wall.Screens) != 1 {
		t.Errorf("the preview has %d screens, the draft %d", len(m.seen()), len(m.draft.Wall.Screens))
	}
	typed(g.number["columns"], "0")
	if !g.use.Disabled() || g.number["columns"].Said() == "" {
		t.Error("a grid without columns can be used")
	}
	typed(g.number["columns"], "9")
	enter(g.number["columns"])
	if m.grid != nil || len(m.draft.Wall.Screens) != 27 || !m.draft.Changed() {
		t.Fatalf("the grid is not the draft: %d screens", len(m.draft.Wall.Screens))
	}
	p.Refresh(b.Clock)
	if p.bar.apply.Disabled() {
		t.Fatal("it cannot be applied")
	}
	w, _ := b.World.Wall("main")
	test.Tap(p.bar.apply)
	sent := b.saves()
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
	if m.draft.Changed() || len(m.faults()) > 0 {
		t.Errorf("after it: changed %v, %+v", m.draft.Changed(), m.faults())
	}
	// What was applied can be taken back.
	b.undo[len(b.undo)-1]()
	if sent = b.saves(); len(sent) != 2 || len(sent[1].Wall.Screens) != 1 {
		t.Errorf("undo sends %+v", sent)
	}
}

// tap presses the plan at a screen, with or without Shift.
func tap(m *screensPart, id int, more bool) {
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
func drag(m *screensPart, x, y, dx, dy float64) {
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

// Screens are chosen, moved, sized, straightened and taken back by hand and key.
func TestScreensByHand(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, true)
	b.unwell()
	p := b.seat(1920, 984)
	m := b.screens()
	p.Refresh(b.Clock)
	b.Shot(t, p, "hands", 1920, 984)

	tap(m, 5, false)
	tap(m, 6, true)
	if len(m.picked) != 2 || !m.picked[5] || !m.picked[6] {
		t.Fatalf("chosen %v", m.picked)
	}
	tap(m, 6, true)
	press(p, fyne.KeyDown)
	if s, ok := m.only(); !ok || s.ID != 14 {
		t.Errorf("below 5 is %v", m.picked)
	}
	press(p, fyne.KeyRight, fyne.KeyUp)
	if s, _ := m.only(); s.ID != 6 {
		t.Errorf("chosen %v", m.picked)
	}

	// A deviation that a person typed is told and straightened.
	tap(m, 17, false)
	f := m.form
	typed(f.number[numLeft], "8.550,7")
	enter(f.number[numLeft])
	i := layout.Index(m.draft.Wall.Screens, 17)
	if m.draft.Wall.Screens[i].X != 8550.7 || len(m.faults()) != 1 {
		t.Fatalf("typed: %+v, %+v", m.draft.Wall.Screens[i], m.faults())
	}
	title, text := m.say(m.wrongs()[0])
	if title != "Màn 17 lệch 3,0 mm" || text != "Lệch 3,0 mm sang phải so với màn 8 và 26. Đúng ra 8.547,7 mm." {
		t.Errorf("told %q, %q", title, text)
	}
	if !f.take.Visible() || f.take.Text != "Lấy 8.547,7" {
		t.Errorf("the button says %q", f.take.Text)
	}
	test.Tap(f.take)
	if m.draft.Wall.Screens[i].X != 8547.7 || len(m.faults()) != 0 || m.draft.Changed() {
		t.Errorf("straightened: %+v", m.draft.Wall.Screens[i])
	}
	typed(f.number[numWide], "0")
	enter(f.number[numWide])
	if f.number[numWide].Said() == "" || m.draft.Wall.Screens[i].W != 1217.6 {
		t.Error("a screen without width was taken")
	}

	// By hand: dragged away it stays where it was dropped; near its column it snaps.
	b.Shot(t, p, "hands", 1920, 984)
	drag(m, 9000, 1000, 0, 400)
	if y := m.draft.Wall.Screens[i].Y; math.Abs(y-1088) > 12 {
		t.Errorf("dropped at %g", y)
	}
	m.undo()
	b.Shot(t, p, "hands", 1920, 984)
	steps := m.draft.Steps()
	drag(m, 9000, 1000, 30, 20)
	if s := m.draft.Wall.Screens[i]; s.X != 8547.7 || s.Y != 688.4 || m.draft.Steps() != steps {
		t.Errorf("it does not snap back: %+v", s)
	}
	b.Shot(t, p, "hands", 1920, 984)
	drag(m, 8547.7+1217.6, 1000, -100, 0)
	if w := m.draft.Wall.Screens[i].W; math.Abs(w-1117.6) > 12 {
		t.Errorf("sized to %g", w)
	}
	m.nudge(1, 0)
	if m.draft.Wall.Screens[i].X != 8548.7 {
		t.Errorf("nudged to %g", m.draft.Wall.Screens[i].X)
	}
	for m.draft.Steps() > 0 {
		m.undo()
	}
	if m.draft.Changed() {
		t.Error("all was taken back, and it differs")
	}
	press(p, fyne.KeyDelete)
	if len(m.draft.Wall.Screens) != 26 {
		t.Errorf("%d screens after Delete", len(m.draft.Wall.Screens))
	}
	test.Tap(p.bar.undo)
	if len(m.draft.Wall.Screens) != 27 {
		t.Error("Delete cannot be taken back")
	}
	p.Rune('I')
	p.Rune('t')
	var pictures []string
	for _, a := range b.acts {
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
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, true)
	p := b.seat(1920, 984)
	m := b.screens()
	p.Refresh(b.Clock)
	m.choose([]int{5})
	f := m.form
	typed(f.number[numRight], "10")
	enter(f.number[numRight])
	if gap, _, _ := layout.Gap(m.draft.Wall.Screens, 5, false); gap != 10 || len(layout.Deviations(m.draft.Wall.Screens)) != 0 {
		t.Errorf("the bezel is %g", gap)
	}
	f.node.SetSelected("pc-12")
	f.output.SetSelected("HDMI-3")
	if s, _ := m.only(); s.Node != "pc-12" || s.Output != "HDMI-3" {
		t.Errorf("driven by %s %s", s.Node, s.Output)
	}
	m.choose([]int{1, 2, 3})
	typed(f.number[numPxW], "3840")
	enter(f.number[numPxW])
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
	typed(f.number[numID], "5")
	enter(f.number[numID])
	if f.number[numID].Said() == "" {
		t.Error("a number was taken twice")
	}
	typed(f.number[numID], "99")
	enter(f.number[numID])
	if layout.Index(m.draft.Wall.Screens, 99) < 0 {
		t.Error("the number did not change")
	}
}

// What cannot be applied is not sent; what the server refuses is told; a wall that
// somebody else changed is not overwritten, and a draft outlives the page.
func TestDraftIsSafe(t *testing.T) {
	b := newBench(t, "en", "light", 1)
	fleetOf12(b, true)
	p := b.seat(1920, 984)
	m := b.screens()
	p.Refresh(b.Clock)
	m.do("over", func(w *world.WallDefined) { w.Screens[3].X -= 100 })
	m.apply()
	if len(b.saves()) != 0 || len(b.Said) == 0 || !strings.Contains(b.Said[len(b.Said)-1], "overlap") {
		t.Errorf("sent %d, said %v", len(b.saves()), b.Said)
	}
	m.undo()
	m.do("move", func(w *world.WallDefined) { w.Screens[26].X += 2 })
	b.receipt = world.Receipt{Reason: "no such thing"}
	m.apply()
	if len(b.saves()) != 1 || !m.draft.Changed() || !strings.Contains(b.Said[len(b.Said)-1], "no such thing") {
		t.Errorf("refused: %v", b.Said)
	}
	// Another language makes the page anew.
	p.Close()
	p = b.seat(1920, 984)
	if m = b.screens(); !m.draft.Changed() || m.draft.Changes() != 1 {
		t.Fatalf("the draft is gone: %d changes", m.draft.Changes())
	}
	w, _ := b.World.Wall("main")
	other := w.WallDefined
	other.By = "Lan"
	other.Screens = append([]world.Screen(nil), w.Screens...)
	other.Screens[0].Spare = true
	b.Clock = b.Clock.Add(1e9)
	b.Tell(t, other)
	p.Refresh(b.Clock)
	if !m.stale || !strings.Contains(m.frame.remark, "Lan") || m.draft.Changes() != 1 {
		t.Errorf("stale %v, %q", m.stale, m.frame.remark)
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

// What is wrong is told with what helps, and a press leads there.
func TestWhatIsWrongLeadsThere(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, true)
	b.unwell()
	p := b.seat(1920, 984)
	p.Refresh(b.Clock)
	p.Refresh(b.Clock)
	r := p.wrong.rows
	if len(r.list) != 4 || r.list[0].title != "SW-TK-03: 12 camera mất hình" || !strings.Contains(r.list[0].text, "và 7 nữa") || r.list[0].right != "24 phút" || r.list[0].act != "Xem 12 camera" {
		t.Fatalf("%+v", r.list)
	}
	r.press(0)
	cams := p.of(partCameras).(*camerasPart)
	if p.part != partCameras || cams.site != "SW-TK-03" || cams.rows.Len() != 12 {
		t.Errorf("it leads to %s with %d cameras", p.part, cams.rows.Len())
	}
	r.press(1)
	if cams.sheet == nil || cams.sheet.kind != sheetPassword || cams.sheet.of.ID != "cam-013" || cams.site != "" {
		t.Fatalf("no way to change the password: %+v", cams.sheet)
	}
	b.answers["POST /api/setup/cameras"] = map[string]any{"version": "x"}
	typed(cams.sheet.fields["password"], "hunter2")
	enter(cams.sheet.fields["password"])
	last := b.asked[len(b.asked)-1]
	if last.Path != "/api/setup/cameras" && b.asked[len(b.asked)-2].Path != "/api/setup/cameras" {
		t.Errorf("asked %s", last.Path)
	}
	if cams.sheet != nil || strings.Contains(strings.Join(b.Said, " "), "hunter2") {
		t.Error("the sheet is still there, or the password was said")
	}
	r.press(2)
	if p.part != partSources || p.of(partSources).(*sourcesPart).list.Chosen() != "zalo" {
		t.Errorf("the source: %s", p.part)
	}
	r.press(3)
	if p.part != partLogs || p.of(partLogs).(*logsPart).log.of != "node/pc-08" {
		t.Errorf("the log: %s", p.part)
	}
	b.answers["GET /api/setup/health"] = errors.New("connection refused")
	p.health.soon()
	p.Refresh(b.Clock)
	p.Refresh(b.Clock)
	if !strings.Contains(p.wrong.frame.remark, "trước") {
		t.Errorf("old words are not said to be old: %q", p.wrong.frame.remark)
	}
}

// A table of cameras is tried, its mistakes are listed, and it is applied as it was
// tried.
func TestTableOfCameras(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, true)
	p := b.seat(1920, 984)
	p.choose(partCameras)
	m := p.of(partCameras).(*camerasPart)
	test.Tap(m.tools[1].(interface {
		fyne.Tappable
		fyne.CanvasObject
	}))
	s := m.sheet
	if s == nil || s.kind != sheetTable {
		t.Fatal("no sheet for a table")
	}
	b.answers["POST /api/setup/cameras/csv"] = func(r page.Request) any {
		u, _ := url.Parse(r.Path)
		text := string(r.Body.([]byte))
		if strings.Contains(text, "bad") {
			return map[string]any{"rows": []any{}, "problems": []map[string]any{{"line": 3, "column": 5, "path": "lat", "message": "108.3 is not between -90 and 90 degrees", "advice": "are lat and lon swapped?"}}, "version": "v1"}
		}
		return map[string]any{"version": "v1", "done": u.Query().Get("apply") == "1", "rows": []map[string]any{{"line": 2, "id": "ben", "name": "Bến", "what": "new"}, {"line": 3, "id": "cau", "name": "Cầu", "what": "same"}}}
	}
	s.fields["table"].SetText("id,name,main\nbad")
	test.Tap(s.do)
	if s.rows.Len() != 1 || s.ready || s.rows.At(0).What != "wrong" {
		t.Errorf("mistakes: %d, ready %v", s.rows.Len(), s.ready)
	}
	typed(s.fields["table"], "id,name,main")
	s.fields["table"].SetText("id,name,main\nben,Bến,rtsp://x/y\n")
	test.Tap(s.do)
	if s.rows.Len() != 2 || !s.ready || s.do.Text != "Nhập vào cấu hình" {
		t.Fatalf("tried: %d rows, ready %v, %q", s.rows.Len(), s.ready, s.do.Text)
	}
	test.Tap(s.do)
	asked := ""
	for _, r := range b.asked {
		if strings.HasPrefix(r.Path, "/api/setup/cameras/csv?") {
			asked = r.Path
		}
	}
	if asked != "/api/setup/cameras/csv?apply=1&from=v1" || m.sheet != nil {
		t.Errorf("applied by %q", asked)
	}
}

// A camera of the network is found, asked and brought in.
func TestCameraOfTheNetwork(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, true)
	p := b.seat(1920, 984)
	p.choose(partCameras)
	m := p.of(partCameras).(*camerasPart)
	b.answers["POST /api/setup/cameras/discover"] = map[string]any{"found": []map[string]any{{"address": "http://10.0.0.9/onvif", "from": "10.0.0.9", "model": "X1"}}}
	b.answers["POST /api/setup/cameras/onvif"] = func(r page.Request) any {
		body := r.Body.(map[string]any)
		return map[string]any{"version": "v1", "done": body["apply"], "notes": []string{"Acme X1: main h264"}, "rows": []map[string]any{{"id": "cam-9", "name": "Acme", "what": "new"}}}
	}
	m.enter(newCameraSheet(m, sheetFind, world.Camera{}))
	s := m.sheet
	test.Tap(s.do)
	if s.rows.Len() != 1 {
		t.Fatalf("found %d", s.rows.Len())
	}
	s.list.Update(b.Clock)
	s.list.Choose("0 http://10.0.0.9/onvif")
	if s.picked == "" {
		s.picked = s.found[0].Address
		s.face()
	}
	test.Tap(s.do)
	if s.fields["pos"].Said() == "" {
		t.Error("a camera without a place was asked")
	}
	typed(s.fields["pos"], "108.2, 15.8")
	typed(s.fields["user"], "viewer")
	test.Tap(s.do)
	if !s.ready {
		t.Fatal("it was not asked")
	}
	test.Tap(s.do)
	if m.sheet != nil {
		t.Error("it was not brought in")
	}
}

// The configuration is read, checked and written with the version it was read at.
func TestConfigurationAsText(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	b.unwell()
	p := b.seat(1920, 984)
	p.choose(partConfig)
	p.Refresh(b.Clock)
	m := p.of(partConfig).(*configPart)
	if !strings.Contains(m.input.Text, "Cầu Câu Lâu") || m.dirty || !m.save.Disabled() {
		t.Fatalf("read %q", m.input.Text)
	}
	b.answers["POST /api/setup/config/check"] = map[string]any{"ok": false, "problems": []map[string]any{{"line": 3, "column": 7, "path": "data", "message": "needs a folder"}}}
	m.input.SetText(m.input.Text + "stations: []\n")
	m.dirty = true
	m.face()
	test.Tap(m.test)
	if m.rows.Len() != 1 {
		t.Errorf("%d mistakes", m.rows.Len())
	}
	m.jump("3:7data")
	if m.input.CursorRow != 2 {
		t.Errorf("the cursor is in row %d", m.input.CursorRow)
	}
	b.answers["PUT /api/setup/config"] = error(&page.Refusal{Status: 412, Code: "version", Text: "changed by somebody else"})
	test.Tap(m.save)
	if m.note.Text != "changed by somebody else" || !m.dirty {
		t.Errorf("said %q", m.note.Text)
	}
	b.answers["PUT /api/setup/config"] = map[string]any{"version": "fedcba9876543210", "changes": []map[string]any{{"part": "cameras", "added": []string{"ben"}}}}
	test.Tap(m.save)
	if m.dirty || !strings.Contains(m.note.Text, "cameras +ben") || b.asked[len(b.asked)-1].Path != "/api/setup/config?from=0123456789abcdef" {
		t.Errorf("said %q after %s", m.note.Text, b.asked[len(b.asked)-1].Path)
	}
}

// A computer is let in by a code that is shown with the command to type.
func TestEnrol(t *testing.T) {
	b := newBench(t, "vi", "dark", 1)
	fleetOf12(b, true)
	b.unwell()
	p := b.seat(1920, 984)
	p.openText("nodes/+pc-13")
	p.Refresh(b.Clock)
	m := p.of(partNodes).(*nodesPart)
	if m.name.Text() != "pc-13" {
		t.Fatalf("the name is %q", m.name.Text())
	}
	b.answers["POST /api/nodes/codes"] = enrolment{Node: "pc-13", Code: "ABCD-EFGH-JK", Expires: b.Clock.Add(15 * 60e9)}
	test.Tap(m.code)
	p.Refresh(b.Clock)
	test.Tap(m.copy)
	if len(b.Copied) != 1 || b.Copied[0] != "wall node --name pc-13 --server wss://ioc.example.vn:8443/feed --code ABCD-EFGH-JK" {
		t.Errorf("copied %v", b.Copied)
	}
	b.Clock = b.Clock.Add(16 * 60e9)
	p.Refresh(b.Clock)
	if m.got.Code != "" {
		t.Error("a code that is no good any more is shown")
	}
}

// Every code of the server has its words in both languages, and so has what the page
// makes of codes of its own.
func TestWordsOfCodes(t *testing.T) {
	var keys []string
	for _, code := range []string{
		"journal.full", "journal.damaged", "disk.low", "config.pending", "config.broken", "config.wall", "cert.ending", "cert.ended", "tokens.ending",
		"source.failed", "source.retrying", "source.starting", "source.rejecting", "source.losing", "node.away", "nodes.never", "node.problem", "node.slow",
		"node.unmeasured", "node.overload", "node.clock", "wall.skew", "wall.refused", "wall.digest", "rules.overrun", "times.future", "screens.bare",
		"screens.output", "screens.pixels", "cameras.all", "cameras.site", "cameras.silent", "cameras.refused", "cameras.frozen", "cameras.full",
		"camera.silent", "camera.refused", "camera.frozen", "camera.full", "stations.stale",
	} {
		keys = append(keys, "setup.fault."+code, "setup.fault."+code+".text")
	}
	for _, a := range []string{"logs", "enrol", "screen", "config", "node", "camera", "password", "cameras", "source"} {
		keys = append(keys, "setup.act."+a)
	}
	for _, n := range parts() {
		keys = append(keys, "setup.part."+n)
	}
	for _, n := range numbers() {
		keys = append(keys, "setup.field."+n)
	}
	for _, n := range gridNumbers() {
		keys = append(keys, "setup.grid."+n)
	}
	for _, f := range []string{"none", "over", "size", "number", "bare", "output", "twice", "pixels", "off"} {
		keys = append(keys, "setup.draft."+f, "setup.draft."+f+".text")
		if f != "none" {
			keys = append(keys, "setup.stands."+f)
		}
	}
	for _, s := range []world.CameraState{world.CameraUnknown, world.CameraIdle, world.CameraOpening, world.CameraLive, world.CameraFrozen, world.CameraSilent, world.CameraRefused, world.CameraFull} {
		keys = append(keys, "setup.camera."+stateName(s))
	}
	for _, s := range []world.SourceState{"", world.SourceStarting, world.SourceRunning, world.SourceRetrying, world.SourceFailed, world.SourceStopped} {
		keys = append(keys, "setup.source."+string(s))
	}
	for _, kind := range []sheetKind{sheetAdd, sheetEdit, sheetPassword, sheetDrop, sheetTable, sheetFind} {
		keys = append(keys, "setup.sheet.title."+string(kind), "setup.sheet.do."+string(kind))
	}
	for _, code := range words.Codes() {
		l, err := words.Load(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys {
			if !l.Has(key) {
				t.Errorf("%s lacks %q", code, key)
			}
		}
	}
}
