package console

import "testing"

// TestPictures renders the window in both languages and themes, at both sizes of
// screen and with large text.
func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name string
		w, h float32
		look Look
	}{
		{"shell-vi-dark-1920", 1920, 1080, Look{"vi", "dark", 1}},
		{"shell-en-light-1920", 1920, 1080, Look{"en", "light", 1}},
		{"shell-vi-light-1366", 1366, 768, Look{"vi", "light", 1}},
		{"shell-en-dark-1366-150", 1366, 768, Look{"en", "dark", 1.5}},
		{"shell-vi-dark-1920-150", 1920, 1080, Look{"vi", "dark", 1.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStand(t, c.w, c.h, c.look)
			s.apply(wall27()...)
			s.tick(0)
			s.c.Desk().Did("Trả cảnh “Ngày thường”", func() {})
			s.tick(0)
			s.keep(c.name)
			s.c.openHelp()
			s.keep(c.name + "-help")
			s.c.drop()
			s.c.openPerson()
			s.keep(c.name + "-menu")
		})
	}
}
