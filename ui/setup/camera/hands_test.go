package camera

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/setup/setuptest"
)

// seat puts the part on a window, as the page does.
func seat(b *setuptest.Bench) *Part {
	h := &setuptest.Host{Bench: b}
	m := New(h.Kit())
	h.Part = m
	h.Seat(m.Object(), 1340, 900)
	m.Show(true)
	m.Refresh(b.Clock)
	return m
}

// A table of cameras is tried, its mistakes are listed, and it is applied as it was
// tried.
func TestTableOfCameras(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	m := seat(b)
	test.Tap(m.tools[1].(interface {
		fyne.Tappable
		fyne.CanvasObject
	}))
	s := m.sheet
	if s == nil || s.kind != sheetTable {
		t.Fatal("no sheet for a table")
	}
	b.Answers["POST /api/setup/cameras/csv"] = func(r page.Request) any {
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
	setuptest.Type(s.fields["table"], "id,name,main")
	s.fields["table"].SetText("id,name,main\nben,Bến,rtsp://x/y\n")
	test.Tap(s.do)
	if s.rows.Len() != 2 || !s.ready || s.do.Text != "Nhập vào cấu hình" {
		t.Fatalf("tried: %d rows, ready %v, %q", s.rows.Len(), s.ready, s.do.Text)
	}
	test.Tap(s.do)
	asked := ""
	for _, r := range b.Asked {
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
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	m := seat(b)
	b.Answers["POST /api/setup/cameras/discover"] = map[string]any{"found": []map[string]any{{"address": "http://10.0.0.9/onvif", "from": "10.0.0.9", "model": "X1"}}}
	b.Answers["POST /api/setup/cameras/onvif"] = func(r page.Request) any {
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
	setuptest.Type(s.fields["pos"], "108.2, 15.8")
	setuptest.Type(s.fields["user"], "viewer")
	test.Tap(s.do)
	if !s.ready {
		t.Fatal("it was not asked")
	}
	test.Tap(s.do)
	if m.sheet != nil {
		t.Error("it was not brought in")
	}
}

// The password of a camera that refused the login is changed, and nobody is told it.
func TestPassword(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	m := seat(b)
	m.Open("cam-013")
	m.Refresh(b.Clock)
	if len(b.Boards) != 1 || len(b.Boards[0].Spots) != 1 || b.Boards[0].Spots[0].Tile.Param("camera") != "cam-013" {
		t.Errorf("its picture is not shown: %+v", b.Boards)
	}
	m.EditPassword()
	if m.sheet == nil || m.sheet.kind != sheetPassword || m.sheet.of.ID != "cam-013" {
		t.Fatalf("no way to change the password: %+v", m.sheet)
	}
	setuptest.Enter(m.sheet.fields["user"])
	if m.sheet.fields["password"].Said() == "" {
		t.Error("an empty password is taken")
	}
	b.Answers["POST /api/setup/cameras"] = map[string]any{"version": "x"}
	setuptest.Type(m.sheet.fields["password"], "hunter2")
	setuptest.Enter(m.sheet.fields["password"])
	last := b.Asked[len(b.Asked)-1]
	if set := last.Body.(map[string]any)["set"].(map[string]any); last.Path != "/api/setup/cameras" || set["id"] != "cam-013" || set["password"] != "hunter2" || set["name"] != nil {
		t.Errorf("asked %+v", last)
	}
	if m.sheet != nil || strings.Contains(strings.Join(b.Said, " "), "hunter2") {
		t.Error("the sheet is still there, or the password was said")
	}
	m.Open("?SW-TK-03")
	if m.site != "SW-TK-03" || m.rows.Len() != 12 {
		t.Errorf("%d cameras of the site %q", m.rows.Len(), m.site)
	}
}

// Why a camera gives no picture is said in words.
func TestReasonsAreWords(t *testing.T) {
	b := setuptest.New(t, "vi", "dark", 1)
	b.Fleet(true)
	m := seat(b)
	b.Tell(b.TB, world.CameraHealth{Camera: "cam-001", State: world.CameraSilent, Reason: "no-packets", Since: setuptest.At(-time.Minute)})
	m.List.Choose("cam-001")
	m.Refresh(b.Clock)
	b.Marks = nil
	b.Window().Canvas().Capture()
	if !b.Shows("Không có gói tin đến") || b.Shows("no-packets") {
		t.Errorf("%+v", b.Marks)
	}
}

// What stands in an empty field is said to be an example, so that nobody takes it for
// what is there.
func TestExamplesSaySo(t *testing.T) {
	for lang, want := range map[string]string{"vi": "ví dụ cau-cau-lau", "en": "for example cau-cau-lau"} {
		b := setuptest.New(t, lang, "dark", 1)
		b.Fleet(true)
		m := seat(b)
		test.Tap(m.tools[0].(interface {
			fyne.Tappable
			fyne.CanvasObject
		}))
		if m.sheet == nil || m.sheet.kind != sheetAdd || m.sheet.fields["id"].Input.PlaceHolder != want {
			t.Errorf("%s: %+v", lang, m.sheet)
		}
	}
}
