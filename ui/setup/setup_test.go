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
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/setup/kit"
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

// asked is the newest question about a door.
func asked(b *setuptest.Bench, door string) page.Request {
	for i := len(b.Asked) - 1; i >= 0; i-- {
		if path, _, _ := strings.Cut(b.Asked[i].Path, "?"); path == door {
			return b.Asked[i]
		}
	}
	return page.Request{}
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
		{"setup", "vi", "dark", 1, 1920, 984},
		{"setup-en-light", "en", "light", 1, 1920, 984},
		{"setup-large", "vi", "dark", 1.5, 1920, 984},
		{"setup-laptop", "vi", "light", 1, 1366, 672},
		{"setup-laptop-large", "en", "dark", 1.5, 1366, 672},
	} {
		if os.Getenv("IOCWALL_GALLERY") == "" && c.text == 1 && c.w == 1920 {
			continue // the hardest two are enough where nobody looks
		}
		b := setuptest.New(t, c.lang, c.theme, c.text)
		fyne.CurrentApp().Settings().SetTheme(look.ToolkitAt(b.Env().Kit.Theme, c.text))
		b.Fleet(true)
		b.Unwell()
		b.Answers["POST /api/setup/areas"] = layerSeen{Version: "v", New: 2, Ending: 1, Rejected: 1, First: []layerRow{{ID: "vn/da-nang-2025/cu", Name: "Xã Cũ", What: "ending"}, {ID: "vn/da-nang-2025/an", Name: "Xã An", What: "new"}, {ID: "vn/da-nang-2025/binh", Name: "Phường Bình", What: "new"}}, Faults: []fault{{Error: "feature 4: it has no name", Say: "layer.feature", Values: map[string]string{"feature": "4", "why": "it has no name", "why.code": "layer.name.none", "why.list": "cap, ma"}}}}
		b.Answers["POST /api/setup/config/check"] = map[string]any{"ok": true, "changes": []configChange{{Part: "cameras", Added: []string{"ben", "cau-moi"}}, {Part: "evidence"}}, "pending": []string{"evidence"}}
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
			case partAreas:
				p.of(name).(*areasPart).look([]byte("layer"))
			case partConfig:
				p.Refresh(b.Clock)
				m := p.of(name).(*configPart)
				m.input.SetText(m.input.Text + "evidence: {before: 5s}\n")
				m.dirty = true
				m.check()
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
		p.of(partScreens).(*wall.Screens).Draft().Undo()
		press(p, fyne.KeyEscape)
		shot(b, p, c.name+"-unchosen", c.w, c.h)
		p.choose(partScreens)
		p.Rune('g')
		shot(b, p, c.name+"-grid", c.w, c.h)
		press(p, fyne.KeyEscape)
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
	check := func(answer map[string]any) {
		t.Helper()
		b.Answers["POST /api/setup/config/check"] = answer
		test.Tap(m.test)
		p.Refresh(b.Clock)
	}
	titleOf := func() string { title, _ := m.Right.Words(); return title }
	type rows = map[string]any
	m.input.SetText(m.input.Text + "stations: []\n")
	m.dirty = true
	m.face()
	if !m.save.Disabled() {
		t.Error("what was not checked may be written")
	}
	check(rows{"ok": false, "problems": []rows{{"line": 3, "column": 7, "path": "data", "message": "needs a folder"}}})
	if len(m.rows.List()) != 1 || m.rows.List()[0].Title != "Dòng 3:7" || !m.save.Disabled() {
		t.Errorf("mistakes: %+v", m.rows.List())
	}
	m.rows.Press(0)
	if m.input.CursorRow != 2 || m.input.CursorColumn != 6 {
		t.Errorf("the cursor is in row %d, column %d", m.input.CursorRow, m.input.CursorColumn)
	}
	// What begins anew and when it counts is told before anything is written.
	check(rows{"ok": true, "changes": []rows{{"part": "cameras", "added": []string{"ben"}}, {"part": "stations", "added": []string{"tram"}}}})
	if titleOf() != "Sẽ xảy ra khi áp dụng" || len(m.rows.List()) != 2 || m.rows.List()[0].Title != "Camera +ben" || !strings.Contains(m.rows.List()[0].Text, "hình ngắt vài giây") || !strings.Contains(m.rows.List()[1].Text, "không gì khởi động lại") || m.save.Disabled() {
		t.Errorf("%s: %+v %+v", titleOf(), m.rows.List()[0], m.rows.List()[1])
	}
	// A letter more, and it is neither what was checked nor written.
	was := m.input.Text
	m.input.SetText(was + "#")
	p.Refresh(b.Clock)
	if title, remark := m.Right.Words(); title != "Sẽ xảy ra khi áp dụng" || remark != "Kiểm tra lại sau khi sửa" || !m.save.Disabled() {
		t.Errorf("of another text it says %q %q", title, remark)
	}
	m.input.SetText(was)
	m.face()
	b.Answers["PUT /api/setup/config"] = error(&page.Refusal{Status: 403, Code: "administrator", Say: "setup.administrator", Text: "Chưa ghi gì: chỉ quản trị viên sửa được listen"})
	test.Tap(m.save)
	if m.note.Text != "Chưa ghi gì: chỉ quản trị viên sửa được listen" || !m.dirty {
		t.Errorf("said %q", m.note.Text)
	}
	b.Answers["PUT /api/setup/config"] = rows{"version": "fedcba9876543210", "changes": []rows{{"part": "cameras", "added": []string{"ben"}}}}
	test.Tap(m.save)
	p.Refresh(b.Clock)
	if m.dirty || !strings.Contains(m.note.Text, "cameras +ben") || titleOf() != "Đã ghi" || asked(b, "/api/setup/config").Path != "/api/setup/config?from=0123456789abcdef" {
		t.Errorf("said %q after %s", m.note.Text, asked(b, "/api/setup/config").Path)
	}
	// What needs a restart says so, is written for it and asks for it.
	m.input.SetText(m.input.Text + "evidence: {before: 5s}\n")
	m.dirty = true
	check(rows{"ok": true, "changes": []rows{{"part": "cameras", "added": []string{"moi"}}, {"part": "evidence"}}, "pending": []string{"evidence"}})
	if m.save.Text != "Ghi, đợi khởi động lại" || m.rows.List()[0].Text != "Đợi cùng lần khởi động lại đó" || m.rows.List()[1].Icon != "warning" {
		t.Errorf("%q %+v %+v", m.save.Text, m.rows.List()[0], m.rows.List()[1])
	}
	b.Answers["PUT /api/setup/config"] = rows{"version": "aaaa456789abcdef", "changes": []rows{{"part": "evidence"}}, "pending": []string{"evidence"}}
	test.Tap(m.save)
	if !strings.Contains(m.note.Text, "khi máy chủ khởi động lại") || !strings.HasSuffix(asked(b, "/api/setup/config").Path, "&later=1") || m.save.Text != "Ghi và áp dụng" {
		t.Errorf("said %q after %s", m.note.Text, asked(b, "/api/setup/config").Path)
	}
}

// A layer of areas is looked at and then taken over as it was looked at; when something
// else is wanted of it, it is looked at again first.
func TestAreasAreTakenOver(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	b.Unwell()
	p := seat(b)
	p.choose(partAreas)
	p.Refresh(b.Clock)
	m := p.of(partAreas).(*areasPart)
	if !m.apply.Disabled() || m.rows.Len() != 3 {
		t.Fatalf("at the start: %d areas", m.rows.Len())
	}
	press(p, fyne.KeyDown, fyne.KeyUp)
	if m.above.Text() != "vn/da-nang-2025" {
		t.Errorf("the area above is %q", m.above.Text())
	}
	setuptest.Type(m.from, "2026-01-01")
	answer := map[string]any{"version": "0011223344556677", "new": 2, "redrawn": 1, "ending": 1, "rejected": 1, "first": []map[string]any{
		{"id": "vn/da-nang-2025/c", "name": "Cũ", "what": "ending"}, {"id": "vn/da-nang-2025/a", "name": "An", "what": "new"}, {"id": "vn/da-nang-2025/b", "name": "Bình", "what": "new"}, {"id": "vn/da-nang-2025/d", "name": "Đông", "what": "redrawn"},
	}, "faults": []map[string]any{{"error": "feature 4: it has no name; say which", "say": "layer.feature", "values": map[string]string{"feature": "4", "why": "it has no name", "why.code": "layer.name.none", "why.list": "cap, ma"}}}}
	b.Answers["POST /api/setup/areas"] = answer
	m.look([]byte("layer"))
	if m.apply.Disabled() || m.found.Len() != 5 || asked(b, "/api/setup/areas").Path != "/api/setup/areas?from=2026-01-01&level=commune&parent=vn%2Fda-nang-2025" {
		t.Fatalf("%d found after %s", m.found.Len(), asked(b, "/api/setup/areas").Path)
	}
	b.Shot(t, p, "setup-areas-looked", 1366, 672)
	for _, want := range []string{"2 thêm mới, 1 đổi ranh giới, 1 kết thúc", "Cũ", "kết thúc · vn/da-nang-2025/c"} {
		if !b.Shows(want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if wrong := m.found.At(4).Wrong; !strings.HasPrefix(wrong, "Đối tượng 4: Không có tên") {
		t.Errorf("of the feature that cannot be used: %q", wrong)
	}
	m.level.SetSelectedIndex(1)
	if !m.apply.Disabled() || m.found.Len() != 0 {
		t.Error("what was not looked at may be taken over")
	}
	setuptest.Enter(m.above)
	test.TapAt(m.end, fyne.NewPos(10, m.end.Size().Height/2))
	last := asked(b, "/api/setup/areas")
	if m.apply.Disabled() || last.Path != "/api/setup/areas?end=1&from=2026-01-01&level=district&parent=vn%2Fda-nang-2025" {
		t.Fatalf("looked at %s", last.Path)
	}
	b.Answers["PUT /api/setup/areas"] = error(&page.Refusal{Status: 412, Code: "version", Text: "the areas are not what was looked at"})
	test.Tap(m.apply)
	p.Refresh(b.Clock)
	if !m.apply.Disabled() {
		t.Error("it may be sent again without a look")
	}
	setuptest.Enter(m.from)
	b.Answers["PUT /api/setup/areas"] = answer
	test.Tap(m.apply)
	last = asked(b, "/api/setup/areas")
	if last.Method != "PUT" || !strings.Contains(last.Path, "version=0011223344556677") || string(last.Body.([]byte)) != "layer" || !m.apply.Disabled() || len(b.Undos) != 1 {
		t.Errorf("%s %s", last.Method, last.Path)
	}
	b.Tell(t, world.AreaDefined{ID: "vn/da-nang-2025/a", Name: "An", Level: "commune", Parent: "vn/da-nang-2025"})
	b.Clock = b.Clock.Add(2 * time.Second)
	p.Refresh(b.Clock)
	if m.rows.Len() != 4 {
		t.Errorf("%d areas afterwards", m.rows.Len())
	}
	// Who may not change anything may look.
	b.Who.Rights = []string{"config.read"}
	setuptest.Enter(m.from)
	if !m.apply.Disabled() || m.found.Len() != 5 {
		t.Error("who may only read may apply, or cannot look")
	}
}

// What may have begun before anybody looked says so.
func TestAtLeastSince(t *testing.T) {
	for _, c := range []struct{ lang, right, text string }{{"vi", "≥ 24 phút", "Có thể đã hỏng từ trước"}, {"en", "≥ 24 min", "may have begun before"}} {
		b := setuptest.New(t, c.lang, "dark", 1)
		b.Fleet(true)
		b.Unwell()
		r := b.Answers["GET /api/setup/health"].(kit.Report)
		r.Items[0].AtLeast = true
		p := seat(b)
		p.Refresh(b.Clock)
		row := p.wrong.rows.List()[0]
		if row.Right != c.right || !strings.Contains(row.Text, c.text) {
			t.Errorf("%q %q", row.Right, row.Text)
		}
		if row := p.wrong.rows.List()[1]; strings.Contains(row.Right, "≥") {
			t.Errorf("%q", row.Right)
		}
		// Nothing of it is cut off where there is little room.
		b.Shot(t, p, "setup-least-"+c.lang, 1366, 672)
		said := ""
		for _, m := range b.Marks {
			said += m.Text + " "
		}
		for _, word := range strings.Fields(row.Title + " " + row.Text) {
			if !strings.Contains(said, word) {
				t.Errorf("%q is not painted", word)
			}
		}
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
	for _, code := range []string{"administrator", "version", "version.areas", "problems", "problems.areas", "restart", "refused", "disk", "nofile", "same", "layer"} {
		keys = append(keys, "no.setup."+code)
	}
	for _, what := range []string{"new", "redrawn", "same", "ending"} {
		keys = append(keys, "setup.layer.what."+what, "setup.layer.count."+what)
	}
	for _, part := range []string{"cameras", "sources", "rules", "now", "restart", "waits"} {
		keys = append(keys, "setup.effect."+part)
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
