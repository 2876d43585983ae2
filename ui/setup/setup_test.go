package setup

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/setup/setuptest"
	"iocwall/ui/setup/wall"
	"iocwall/ui/words"
)

// seat puts the page on a window, as the console does.
func seat(b *setuptest.Bench) *Page {
	p := New(b).(*Page)
	win := b.Window()
	win.SetPadded(false)
	win.SetContent(p.Object())
	win.Resize(fyne.NewSize(1920, 984))
	p.Refresh(b.Clock)
	return p
}

func press(p *Page, names ...fyne.KeyName) {
	for _, n := range names {
		p.Key(&fyne.KeyEvent{Name: n})
	}
}

// shot paints the page twice: lists measure themselves the first time.
func shot(b *setuptest.Bench, p *Page, name string, w, h int) {
	b.Shot(b.TB, p, name, w, h)
	p.Refresh(b.Clock)
	b.Shot(b.TB, p, name, w, h)
}

// remarkOf is what stands beside the title of what is wrong.
func remarkOf(p *Page) string { _, remark := p.wrong.frame.Words(); return remark }

// TestPictures paints every part in both languages and themes and with large text.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              int
	}{
		{"setup", "vi", "dark", 1, 1920, 984}, {"setup-en-light", "en", "light", 1, 1920, 984}, {"setup-large", "vi", "dark", 1.5, 1920, 984}, {"setup-laptop", "vi", "light", 1, 1366, 672},
	} {
		if os.Getenv("IOCWALL_GALLERY") == "" && c.text == 1 && c.w == 1920 {
			continue // the hardest two are enough where nobody looks
		}
		b := setuptest.New(t, c.lang, c.theme, c.text)
		b.Fleet(true)
		b.Unwell()
		p := seat(b)
		for _, name := range parts() {
			p.choose(name)
			switch name {
			case partScreens:
				p.Refresh(b.Clock)
				p.of(name).(*wall.Screens).Draft().Do("test", func(w *world.WallDefined) { w.Screens[16].X += 3 })
				p.Go(partScreens + "/17")
			case partCameras:
				p.Go(partCameras + "/cam-013")
			case partSources:
				p.Go(partSources + "/zalo")
			case partNodes:
				p.Go(partNodes + "/pc-08")
			case partLogs:
				p.Go(partLogs + "/source/zalo")
			}
			shot(b, p, c.name+"-"+name, c.w, c.h)
			for _, m := range b.Marks {
				if m.Row.Max.X > m.Bounds.Max.X+2 && m.Bounds.Dx() > 10 {
					t.Errorf("%s %s: %q leaves its picture", c.name, name, m.Text)
				}
			}
		}
		p.choose(partScreens)
		p.Rune('g')
		shot(b, p, c.name+"-grid", c.w, c.h)
		press(p, fyne.KeyEscape)
		p.of(partScreens).(*wall.Screens).Draft().Undo()
		p.Close()
	}
}

// What is wrong is told with what helps, and a press leads there.
func TestWhatIsWrongLeadsThere(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	b.Unwell()
	p := seat(b)
	p.Refresh(b.Clock)
	p.Refresh(b.Clock)
	r := p.wrong.rows
	if len(r.List()) != 4 || r.List()[0].Title != "SW-TK-03: 12 camera mất hình" || !strings.Contains(r.List()[0].Text, "và 7 nữa") || r.List()[0].Right != "24 phút" || r.List()[0].Act != "Xem 12 camera" {
		t.Fatalf("%+v", r.List())
	}
	r.Press(0)
	if p.part != partCameras {
		t.Errorf("it leads to %s", p.part)
	}
	p.Refresh(b.Clock)
	b.Shot(t, p, "wrong", 1920, 984)
	if !b.Shows("SW-TK-03: 12 camera") {
		t.Error("the cameras of the site are not shown")
	}
	r.Press(1)
	b.Shot(t, p, "wrong", 1920, 984)
	if !b.Shows("Mật khẩu của Cổng KCN Điện Nam") {
		t.Error("no way to change the password")
	}
	r.Press(2)
	if p.part != partSources || p.of(partSources).(*sourcesPart).List.Chosen() != "zalo" {
		t.Errorf("the source: %s", p.part)
	}
	r.Press(3)
	if p.part != partLogs || p.of(partLogs).(*logsPart).log.of != "node/pc-08" {
		t.Errorf("the log: %s", p.part)
	}
	b.Answers["GET /api/setup/health"] = errors.New("connection refused")
	p.health.soon()
	p.Refresh(b.Clock)
	p.Refresh(b.Clock)
	if !strings.Contains(remarkOf(p), "trước") {
		t.Errorf("old words are not said to be old: %q", remarkOf(p))
	}
}

// The configuration is read, checked and written with the version it was read at.
func TestConfigurationAsText(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Unwell()
	p := seat(b)
	p.choose(partConfig)
	p.Refresh(b.Clock)
	m := p.of(partConfig).(*configPart)
	if !strings.Contains(m.input.Text, "Cầu Câu Lâu") || m.dirty || !m.save.Disabled() {
		t.Fatalf("read %q", m.input.Text)
	}
	b.Answers["POST /api/setup/config/check"] = map[string]any{"ok": false, "problems": []map[string]any{{"line": 3, "column": 7, "path": "data", "message": "needs a folder"}}}
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
	b.Answers["PUT /api/setup/config"] = error(&page.Refusal{Status: 412, Code: "version", Text: "changed by somebody else"})
	test.Tap(m.save)
	if m.note.Text != "changed by somebody else" || !m.dirty {
		t.Errorf("said %q", m.note.Text)
	}
	b.Answers["PUT /api/setup/config"] = map[string]any{"version": "fedcba9876543210", "changes": []map[string]any{{"part": "cameras", "added": []string{"ben"}}}}
	test.Tap(m.save)
	if m.dirty || !strings.Contains(m.note.Text, "cameras +ben") || b.Asked[len(b.Asked)-1].Path != "/api/setup/config?from=0123456789abcdef" {
		t.Errorf("said %q after %s", m.note.Text, b.Asked[len(b.Asked)-1].Path)
	}
}

// A computer is let in by a code that is shown with the command to type.
func TestEnrol(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	b.Unwell()
	p := seat(b)
	p.Go("nodes/+pc-13")
	p.Refresh(b.Clock)
	m := p.of(partNodes).(*nodesPart)
	if m.name.Text() != "pc-13" {
		t.Fatalf("the name is %q", m.name.Text())
	}
	b.Answers["POST /api/nodes/codes"] = enrolment{Node: "pc-13", Code: "ABCD-EFGH-JK", Expires: b.Clock.Add(15 * time.Minute)}
	test.Tap(m.code)
	p.Refresh(b.Clock)
	test.Tap(m.copy)
	if len(b.Copied) != 1 || b.Copied[0] != "wall node --name pc-13 --server wss://ioc.example.vn:8443/feed --code ABCD-EFGH-JK" {
		t.Errorf("copied %v", b.Copied)
	}
	b.Clock = b.Clock.Add(16 * time.Minute)
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
	for _, n := range []string{"x", "y", "w", "h", "right", "below", "pxw", "pxh", "id"} {
		keys = append(keys, "setup.field."+n)
	}
	for _, n := range []string{"columns", "rows", "first", "w", "h", "bezel", "pxw", "pxh"} {
		keys = append(keys, "setup.grid."+n)
	}
	for _, f := range []string{"none", "over", "size", "number", "bare", "output", "twice", "pixels", "off"} {
		keys = append(keys, "setup.draft."+f, "setup.draft."+f+".text")
		if f != "none" {
			keys = append(keys, "setup.stands."+f)
		}
	}
	for _, s := range []string{"unknown", "idle", "opening", "live", "frozen", "silent", "refused", "full"} {
		keys = append(keys, "setup.camera."+s)
	}
	for _, s := range []world.SourceState{"", world.SourceStarting, world.SourceRunning, world.SourceRetrying, world.SourceFailed, world.SourceStopped} {
		keys = append(keys, "setup.source."+string(s))
	}
	for _, kind := range []string{"add", "edit", "password", "drop", "csv", "find"} {
		keys = append(keys, "setup.sheet.title."+kind, "setup.sheet.do."+kind)
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
