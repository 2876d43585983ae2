package list

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"iocwall/ui/look"
	"iocwall/ui/paint"
)

// TestPictures paints lists as people see them, in both themes and at both ends of
// the text's size: no text leaves its row, none is smaller than allowed.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name, lang, theme string
		size              float64
		w, h              int
		n                 int
	}{
		{"dark", "vi", "dark", 1, 1200, 640, 10},
		{"light", "en", "light", 1, 1000, 500, 1000},
		{"large", "vi", "light", 1.5, 1200, 760, 1000},
		{"narrow", "vi", "dark", 1, 520, 600, 40},
		{"slim", "vi", "dark", 1, 272, 600, 40},
		{"empty", "vi", "dark", 1, 800, 400, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHost(t, c.lang, c.theme, c.size)
			app := test.NewTempApp(t)
			app.Settings().SetTheme(look.ToolkitAt(h.env.Kit.Theme, c.size))
			var small []string
			h.env.Trace = func(m paint.Mark) {
				if m.Size < 14*c.size-0.5 {
					small = append(small, m.Text)
				}
			}
			l, rows := newThings(h)
			rows.Set(things(c.n))
			screen(t, l, float32(c.w), float32(c.h))
			l.Update(noon)
			if c.n > 3 {
				l.Choose(rows.At(3).id)
				l.Chip("open", c.n > 20)
				l.Focus()
			}
			shot(t, l, c.name, c.w, c.h)
			if len(small) > 0 {
				t.Errorf("too small: %q", small)
			}
		})
	}
}

// TestStatePictures paints what stands in the place of rows.
func TestStatePictures(t *testing.T) {
	h := newHost(t, "vi", "dark", 1)
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.Toolkit(h.env.Kit.Theme))
	for _, c := range []struct {
		name   string
		status Status
		n      int
		retry  func()
		search string
	}{
		{"failed", Failed, 0, func() {}, ""},
		{"failed-old", Failed, 8, func() {}, ""},
		{"denied", Denied, 0, nil, ""},
		{"nomatch", Ready, 8, nil, "xyz"},
		{"coming", Ready, 30, nil, ""},
	} {
		l, rows := newThings(h)
		rows.Set(things(c.n))
		screen(t, l, 900, 420)
		l.Update(noon)
		l.Search(c.search)
		text := ""
		if c.status == Failed {
			text = "Máy chủ không trả lời trong 15 giây; thử lại sau 40 giây"
		}
		l.Say(c.status, "", text, c.retry)
		if c.name == "coming" {
			l.body.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 150)}})
			next := things(33)
			rows.Set(next[3:])
			l.Update(noon)
		}
		shot(t, l, "state-"+c.name, 900, 420)
	}
}
