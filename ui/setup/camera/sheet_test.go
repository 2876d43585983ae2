package camera

import (
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/page"
	"iocwall/ui/setup/setuptest"
)

// picture draws a window, and keeps it where somebody wants to look at it.
func picture(t *testing.T, b *setuptest.Bench, name string) {
	t.Helper()
	img := b.Window().Canvas().Capture()
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err == nil {
		err = png.Encode(f, img)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// All that a refusal wants to have written by hand can be read: a line for each camera,
// and what has no room is scrolled to.
func TestRefusedImportIsToldWhole(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		text              float64
		w, h              float32
		cameras           int
	}{
		{"sheet-few", "vi", "dark", 1, 1340, 900, 3},
		{"sheet-many", "vi", "light", 1, 1340, 900, 40},
		{"sheet-large", "en", "dark", 1.5, 1366, 600, 40},
	} {
		b := setuptest.New(t, c.lang, c.theme, c.text)
		fyne.CurrentApp().Settings().SetTheme(look.ToolkitAt(b.Env().Kit.Theme, c.text))
		b.Fleet(true)
		m := seat(b)
		b.Window().Resize(fyne.NewSize(c.w, c.h))
		m.enter(newCameraSheet(m, sheetTable, world.Camera{}))
		s := m.sheet
		b.Answers["POST /api/setup/cameras/csv"] = func(page.Request) any {
			return map[string]any{"version": "v1", "rows": []map[string]any{{"line": 2, "id": "ben", "name": "Bến", "what": "new"}}}
		}
		s.fields["table"].SetText("id,name,main\nben,Bến,rtsp://x/y\n")
		test.Tap(s.do)
		short := s.high
		var lines []string
		for i := range c.cameras {
			lines = append(lines, fmt.Sprintf("camera cau-%02d: name: Cầu Câu Lâu %d, area: vn/da-nang-2025", i, i))
		}
		head := b.Env().Lang.T("no.roster.lines", "text", "")
		b.Answers["POST /api/setup/cameras/csv"] = error(&page.Refusal{Status: 409, Say: "roster.lines", Values: map[string]string{"text": strings.Join(lines, "\n")}, Text: head + strings.Join(lines, "; ")})
		test.Tap(s.do)
		m.Refresh(b.Clock)
		b.Marks = nil
		picture(t, b, c.name)
		var all strings.Builder
		for _, x := range b.Marks {
			if x.Row.Max.X > x.Bounds.Max.X+2 && x.Bounds.Dx() > 10 {
				t.Errorf("%s: %q leaves its picture", c.name, x.Text)
			}
			all.WriteString(x.Text + " ")
		}
		for _, want := range append(lines, strings.TrimSpace(head)) {
			if !strings.Contains(all.String(), want) {
				t.Errorf("%s: %q is not shown", c.name, want)
			}
		}
		note := s.note.Object().(*container.Scroll)
		if end := note.Position().Y + note.Size().Height - s.root.Offset.Y; end > s.root.Size().Height+1 {
			t.Errorf("%s: the note ends at %v, out of sight below %v", c.name, end, s.root.Size().Height)
		}
		if c.cameras > 10 {
			if note.Content.MinSize().Height <= note.Size().Height {
				t.Errorf("%s: the note is as high as all its lines, %v", c.name, note.Size())
			}
			note.ScrollToBottom()
			picture(t, b, c.name+"-end")
		} else if note.Content.MinSize().Height > note.Size().Height {
			t.Errorf("%s: the note has %v, needs %v", c.name, note.Size(), note.Content.MinSize())
		}
		// What comes next takes its place again.
		b.Answers["POST /api/setup/cameras/csv"] = map[string]any{"version": "v1"}
		s.ready = false
		test.Tap(s.do)
		if s.high > short {
			t.Errorf("%s: the sheet stays as high as with the refusal, %v of %v", c.name, s.high, short)
		}
	}
}
