package console

import (
	"errors"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
)

var plain = Look{"vi", "dark", 1}

// TestNewNeeds: what is missing is named.
func TestNewNeeds(t *testing.T) {
	if _, err := New(Options{}); err == nil || !strings.Contains(err.Error(), "App, Base and Pages") {
		t.Errorf("error %v", err)
	}
}

// TestPagesFollowTheRole: a person is offered what the rights and the role allow,
// the role's first page first, and somebody without any page is told so.
func TestPagesFollowTheRole(t *testing.T) {
	rights := func(s *stand, o *Options) {
		for i := range o.Pages {
			switch o.Pages[i].ID {
			case "setup":
				o.Pages[i].Rights = []string{"setup.write"}
			case "reports":
				o.Pages[i].Roles = []string{"desk"}
			case "cameras":
				o.Pages[i].First = []string{"operator"}
			default:
				o.Pages[i].Rights = []string{"state.read"}
			}
		}
	}
	s := newStand(t, 1920, 1080, plain, rights)
	var ids []string
	for _, k := range s.c.offered() {
		ids = append(ids, k.ID)
	}
	if got := strings.Join(ids, " "); got != "cameras operator alerts map figures stations" {
		t.Errorf("offered: %s", got)
	}
	if !s.made["cameras"].shown || s.made["operator"] != nil {
		t.Error("the role's first page is not the only one open")
	}
	if s.c.Open(page.Link{Kind: "report", ID: "R-1"}) || !strings.Contains(s.c.line.text, "R-1") {
		t.Errorf("a link to a page of others was opened, or nothing said: %q", s.c.line.text)
	}
	s = newStand(t, 1366, 768, plain, rights, func(s *stand, o *Options) {
		s.person = page.Person{Name: "Bình", Role: "auditor"}
		for i := range o.Pages {
			o.Pages[i].Roles = []string{"desk"}
		}
	})
	if s.c.shown != nil || len(s.c.bar.tabs) != 0 {
		t.Error("pages without rights")
	}
	s.apply(wall27()...)
	s.tick(time.Second) // nothing shown, and all goes on
	s.key(fyne.KeyEscape)
	s.typed("x")
	s.keep("nopage")
}

// TestLinks: a link goes to the page of its kind, Back to where it came from, and
// copying gives the link of what is shown.
func TestLinks(t *testing.T) {
	s := newStand(t, 1920, 1080, plain)
	s.apply(wall27()...)
	d := s.c.Desk()
	d.Open(page.Link{Kind: "alert", ID: "CB-1"})
	d.Open(page.Link{Kind: "camera", ID: "CAM-07"})
	d.Open(page.Link{Kind: "camera", ID: "CAM-12"})
	if s.made["cameras"].link.ID != "CAM-12" || !s.made["cameras"].shown || s.made["alerts"].shown {
		t.Fatalf("shown: %+v", s.made["cameras"])
	}
	s.strike(fyne.KeyL, fyne.KeyModifierControl)
	if got := s.app.Clipboard().Content(); got != "iocwall://camera/CAM-12" {
		t.Errorf("copied %q", got)
	}
	for _, want := range []string{"camera/CAM-07", "alert/CB-1", "page/operator", "page/operator"} {
		s.strike(fyne.KeyLeft, fyne.KeyModifierAlt)
		if got := s.c.Where(); got.Kind+"/"+got.ID != want {
			t.Errorf("back at %v, want %s", got, want)
		}
	}
	s.strike(fyne.Key2, fyne.KeyModifierControl)
	if !s.made["alerts"].shown {
		t.Error("Ctrl 2 does not open the second page")
	}
	s.click("Bản đồ")
	if s.c.Where() != (page.Link{Kind: "page", ID: "map"}) {
		t.Errorf("a tab leads to %v", s.c.Where())
	}
	// A tab brings the page as it was left; where it is open, it goes to its beginning.
	s.click(s.c.env.Lang.T("operator.title"))
	op := s.made["operator"]
	d.Open(page.Link{Kind: "node", ID: "pc-01"})
	s.click("Bản đồ")
	s.click(s.c.env.Lang.T("operator.title"))
	if want := (page.Link{Kind: "node", ID: "pc-01"}); op.link != want || s.c.Where() != want {
		t.Errorf("left at pc-01, came back at %v, says %v", op.link, s.c.Where())
	}
	s.click(s.c.env.Lang.T("operator.title"))
	if want := (page.Link{Kind: "page", ID: "operator"}); op.link != want || s.c.Where() != want {
		t.Errorf("the tab of the open page: page at %v, console at %v", op.link, s.c.Where())
	}
	if s.c.Open(page.Link{Kind: "nothing", ID: "7"}) {
		t.Error("a link of no kind was opened")
	}
}

// TestSwitchingLook: language, theme and size may change at any time; the same page
// shows the same thing after it, the old pages are closed after the new ones opened.
func TestSwitchingLook(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	s.tick(0)
	s.c.Open(page.Link{Kind: "camera", ID: "CAM-07"})
	old := s.made["cameras"]
	s.click("Trần Thị Mai")
	s.click("English")
	now := s.made["cameras"]
	if now == old || !old.closed || now.closed || now.link.ID != "CAM-07" || s.c.Where().ID != "CAM-07" {
		t.Fatalf("after the switch: old %+v new %+v", old, now)
	}
	if s.look.Lang != "en" || s.c.env.Lang.Code != "en" {
		t.Error("still Vietnamese")
	}
	for _, want := range []float64{1.25, 1.5, 1.5} {
		s.strike(fyne.KeyEqual, fyne.KeyModifierControl)
		if s.look.Text != want {
			t.Errorf("text %v, want %v", s.look.Text, want)
		}
	}
	if got := s.c.bar.root.Size().Height; got != barHeight*1.5 {
		t.Errorf("bar is %v high", got)
	}
	s.strike(fyne.Key0, fyne.KeyModifierControl)
	if s.look.Text != 1 {
		t.Errorf("text %v after Ctrl 0", s.look.Text)
	}
}

// TestAsk: an answer is handed over once; silence and a failing send become
// receipts that say so, and a refusal that nobody waits for is said at the foot.
func TestAsk(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	var got []world.Receipt
	take := func(r world.Receipt) { got = append(got, r) }
	d := s.c.Desk()
	d.Ask(act.AcknowledgeAlert{Alert: "a"}, take)
	s.tick(time.Second)
	if len(got) != 0 || len(s.sent) != 1 {
		t.Fatalf("%d answers, %d sent", len(got), len(s.sent))
	}
	s.answers[s.sent[0].ID] = world.Receipt{ID: s.sent[0].ID, OK: true}
	s.tick(time.Second)
	s.tick(time.Second)
	if len(got) != 1 || !got[0].OK {
		t.Fatalf("answers %+v", got)
	}
	d.Ask(act.AcknowledgeAlert{Alert: "b"}, take)
	s.tick(9 * time.Second)
	if len(got) != 1 {
		t.Fatal("given up too early")
	}
	s.tick(time.Second)
	if len(got) != 2 || got[1].OK || !strings.Contains(got[1].Reason, "không trả lời") {
		t.Fatalf("silence: %+v", got)
	}
	s.fail = errors.New("mất mạng")
	d.Ask(act.AcknowledgeAlert{Alert: "c"}, func(r world.Receipt) {
		take(r)
		s.fail = nil
		d.Ask(act.AcknowledgeAlert{Alert: "d"}, nil) // from within an answer
	})
	if len(got) != 2 {
		t.Fatal("answered before the call returned")
	}
	s.tick(0)
	if len(got) != 3 || !strings.Contains(got[2].Reason, "mất mạng") {
		t.Fatalf("failing send: %+v", got)
	}
	last := s.sent[len(s.sent)-1]
	s.answers[last.ID] = world.Receipt{ID: last.ID, Reason: "cần quyền nhận cảnh báo"}
	s.tick(time.Second)
	if !strings.Contains(s.c.line.text, "cần quyền nhận cảnh báo") || s.c.foot.says.icon != "warning-open" {
		t.Errorf("said %q", s.c.line.text)
	}
	if s.sent[0].ID == s.sent[1].ID {
		t.Error("two commands with one ID")
	}
}

// TestUndo: acts are taken back in reverse; one that cannot be does not stand in the
// way of those before it, and the button names what it takes back.
func TestUndo(t *testing.T) {
	s := newStand(t, 1920, 1080, plain)
	s.apply(wall27()...)
	var log []string
	d := s.c.Desk()
	d.Did("Kéo Cảng Kỳ Hà vào màn 1", func() { log = append(log, "kéo") })
	d.Did("Trả cảnh", func() { log = append(log, "trả") })
	s.tick(0)
	if s.c.foot.undo.Name() != "Hoàn tác" || !strings.Contains(s.c.foot.says.said, "09:42 Trả cảnh") {
		t.Errorf("foot %+v", s.c.foot.says)
	}
	d.Did("Nhận CB-1", nil)
	s.tick(0)
	if s.c.foot.undo.Name() != "Hoàn tác “Trả cảnh”" {
		t.Errorf("button %q", s.c.foot.undo.Name())
	}
	s.strike(fyne.KeyZ, fyne.KeyModifierControl)
	s.click("Hoàn tác “Kéo Cảng Kỳ Hà vào màn 1”")
	s.strike(fyne.KeyZ, fyne.KeyModifierControl)
	if strings.Join(log, " ") != "trả kéo" {
		t.Errorf("undone: %v", log)
	}
	if !strings.Contains(s.c.line.text, "Không hoàn tác được: Nhận CB-1") {
		t.Errorf("said %q", s.c.line.text)
	}
	for range 2 * doneLimit {
		d.Did("x", func() {})
	}
	if len(s.c.did.acts) != doneLimit {
		t.Errorf("%d acts kept", len(s.c.did.acts))
	}
}

// TestKeysReachThePageFirst: single letters are the page's where it wants them; the
// help opens and closes by its key; Escape closes what lies over the page.
func TestKeysReachThePageFirst(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	s.made["operator"].wants = 'm'
	s.typed("m")
	if s.made["operator"].hits != 1 || s.c.sound.hushed(s.now) {
		t.Error("the page's letter was taken by the window")
	}
	s.typed("M")
	if !s.c.sound.hushed(s.now) {
		t.Error("M does not silence")
	}
	s.typed("?")
	if !s.c.helping || len(s.win.Canvas().Overlays().List()) != 1 {
		t.Fatal("no help")
	}
	s.typed("x")
	if s.made["operator"].hits != 1 {
		t.Error("a letter went through the help")
	}
	s.typed("?")
	if s.c.helping || len(s.win.Canvas().Overlays().List()) != 0 {
		t.Error("the help stays")
	}
	s.c.openPerson()
	s.key(fyne.KeyDown)
	s.key(fyne.KeyEscape)
	if s.c.sheet != nil {
		t.Error("Escape does not close the menu")
	}
	s.c.openPerson()
	test.TapCanvas(s.win.Canvas(), fyne.NewPos(20, 400))
	if s.c.sheet != nil {
		t.Error("a click beside the menu does not close it")
	}
	s.key(fyne.KeyF11)
	if !s.win.FullScreen() {
		t.Error("F11 does not fill the screen")
	}
}

// TestRemembered: size, page and full screen are as they were.
func TestRemembered(t *testing.T) {
	s := newStand(t, 1500, 900, plain)
	s.c.Open(page.Link{Kind: "page", ID: "map"})
	s.c.Close()
	if !s.made["map"].closed || !s.made["operator"].closed {
		t.Error("pages stay open")
	}
	kept := s.memory
	p := newStand(t, 1200, 800, plain)
	p.win.Resize(fyne.NewSize(1300, 850))
	p.tick(time.Second)
	if strings.Contains(string(p.memory[layoutName]), "1300") {
		t.Error("remembered while somebody may still pull")
	}
	p.tick(time.Second)
	if !strings.Contains(string(p.memory[layoutName]), "1300") {
		t.Errorf("a new size is not remembered: %s", p.memory[layoutName])
	}
	n := newStand(t, 700, 500, plain, func(s *stand, o *Options) { s.memory = kept })
	if n.c.shown.kind.ID != "map" || n.c.kept.Width != 700 {
		t.Errorf("restored %+v page %s", n.c.kept, n.c.shown.kind.ID)
	}
	for _, broken := range []string{`{"width":1e9,"height":-4,"page":"nowhere"}`, `[]`, `{"width":"x"}`} {
		n := newStand(t, 700, 500, plain, func(s *stand, o *Options) { s.memory[layoutName] = []byte(broken) })
		if n.c.shown.kind.ID != "operator" {
			t.Errorf("%s: page %s", broken, n.c.shown.kind.ID)
		}
	}
	o := newStand(t, 700, 500, plain, func(s *stand, o *Options) { o.First = "iocwall://vessel/574000001" })
	if o.made["map"].link.ID != "574000001" {
		t.Error("the link to begin with was not opened")
	}
}

// TestSession: five minutes before its end the session's end is told once; then the
// client is told.
func TestSession(t *testing.T) {
	over := 0
	s := newStand(t, 1366, 768, plain, func(s *stand, o *Options) {
		s.person.Expires = noon.Add(8 * time.Minute)
		o.Expired = func() { over++ }
	})
	s.apply(wall27()...)
	s.tick(0)
	if len(s.c.notices.list) != 0 {
		t.Fatal("told too early")
	}
	s.tick(3 * time.Minute)
	s.tick(time.Second)
	if n := s.c.notices.list; len(n) != 1 || !strings.Contains(n[0].title, "09:50") || !strings.Contains(n[0].title, "còn 5 phút") {
		t.Fatalf("told %+v", n)
	}
	s.tick(5 * time.Minute)
	s.tick(time.Minute)
	if over != 1 {
		t.Errorf("told of the end %d times", over)
	}
}

// TestSave: a file goes where the person says, and what went wrong is said.
func TestSave(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	d := s.c.Desk()
	d.Save("../../etc/cb.csv", func() ([]byte, error) { return []byte("a;b"), nil })
	s.key(fyne.KeyReturn)
	s.tick(0)
	if s.saved["/srv/mai/Tài liệu/cb.csv"] != "a;b" || !strings.Contains(s.c.line.text, "Đã lưu /srv/mai/Tài liệu/cb.csv") {
		t.Errorf("saved %v, said %q", s.saved, s.c.line.text)
	}
	s.wrong = errDisk
	d.Save("cb.csv", func() ([]byte, error) { return nil, nil })
	s.click("Lưu")
	s.tick(0)
	if !strings.Contains(s.c.line.text, "đĩa đầy") {
		t.Errorf("said %q", s.c.line.text)
	}
	d.Save("cb.csv", func() ([]byte, error) { t.Error("made without being asked for"); return nil, nil })
	s.key(fyne.KeyEscape)
	s.tick(0)
	if s.c.sheet != nil {
		t.Error("Escape does not end it")
	}
}

// TestBarTellsTheTruth: a late or lost server stands in a plate, whatever the width.
func TestBarTellsTheTruth(t *testing.T) {
	for _, w := range []float32{640, 1366, 1920} {
		s := newStand(t, w, 768, plain)
		s.tick(0)
		if s.c.bar.words.bad == "" {
			t.Errorf("%v: nothing is said before the first data", w)
		}
		s.apply(wall27()...)
		s.tick(time.Second)
		if b := s.c.bar.words; b.bad != "" || b.status != "27/27 màn hình · 9/9 máy · máy chủ 0,2\u00a0s" {
			t.Errorf("%v: %+v", w, b)
		}
		s.apply(world.NodeLinked{Node: "pc-03", Reason: "silent"})
		s.silence = 12 * time.Second
		s.tick(time.Second)
		if b := s.c.bar.words; b.bad != "Máy chủ trễ 12 giây" || !strings.HasPrefix(b.status, "24/27 màn hình · 8/9 máy") {
			t.Errorf("%v: %+v", w, b)
		}
		s.away = 3 * time.Minute
		s.tick(time.Second)
		if b := s.c.bar.words; b.bad != "Mất máy chủ 3 phút" || b.status != "" {
			t.Errorf("%v: %+v", w, b)
		}
	}
}

// TestHiddenTabIsNamed: a page whose tab has no place in the bar stands there by its
// title; the menu "…" opens those that have none.
func TestHiddenTabIsNamed(t *testing.T) {
	s := newStand(t, 1000, 700, Look{"vi", "dark", 1.5})
	s.apply(wall27()...)
	s.tick(0)
	if s.c.bar.fit >= len(s.c.bar.tabs) || s.c.bar.words.title != "" {
		t.Fatalf("%d tabs fit, title %q", s.c.bar.fit, s.c.bar.words.title)
	}
	s.click("…")
	s.click(s.c.kindName("source"))
	s.tick(time.Second)
	if s.c.Where().ID != "setup" || s.c.bar.words.title == "" {
		t.Errorf("shown %v, title %q", s.c.Where(), s.c.bar.words.title)
	}
	s.click(s.c.bar.tabs[0].Name())
	s.tick(time.Second)
	if s.c.bar.words.title != "" {
		t.Errorf("title %q beside its own tab", s.c.bar.words.title)
	}
}

// TestFullScreen: in full screen the page has the whole window; what happened and a
// server that is away are said all the same, and Esc leads out.
func TestFullScreen(t *testing.T) {
	s := newStand(t, 1366, 768, plain)
	s.apply(wall27()...)
	s.tick(0)
	frame := func() (bar, foot bool, high float32) {
		return s.c.bar.root.Visible(), s.c.foot.root.Visible(), s.c.holder.Size().Height
	}
	check := func(what string, bar, foot bool) {
		t.Helper()
		b, f, high := frame()
		want := float32(768)
		if bar {
			want -= barHeight
		}
		if foot {
			want -= footHeight
		}
		if b != bar || f != foot || high != want {
			t.Errorf("%s: bar %v, foot %v, page %v high; want %v %v %v", what, b, f, high, bar, foot, want)
		}
	}
	check("a window", true, true)
	s.key(fyne.KeyF11)
	s.tick(time.Second)
	if s.win.FullScreen(); !strings.Contains(s.c.line.text, "F11") {
		t.Errorf("how to come back is not said: %q", s.c.line.text)
	}
	check("full screen, how to leave it", false, true)
	s.tick(saidTrouble)
	check("full screen", false, false)
	s.away = time.Minute
	s.tick(time.Second)
	check("server away", true, false)
	s.away = 0
	s.tick(time.Second)
	s.c.Say(world.Warning, "không được")
	s.tick(time.Second)
	check("a refusal", false, true)
	s.tick(saidTrouble)
	s.key(fyne.KeyEscape)
	s.tick(saidTrouble)
	check("after Esc", true, true)
	if s.win.FullScreen() {
		t.Error("still full screen")
	}
}
