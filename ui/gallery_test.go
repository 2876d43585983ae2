package ui

import (
	"testing"

	"iocwall/ui/screens"
)

// TestMosaicPictures renders the whole wall in one window; with IOCWALL_GALLERY
// set to a folder the pictures are kept there for people to judge.
func TestMosaicPictures(t *testing.T) {
	for _, c := range []struct {
		name          string
		columns, rows int
		w, h          float32
		lang, theme   string
	}{
		{"mosaic-27", 9, 3, 1920, 1080, "vi", "dark"},
		{"mosaic-27-en-light", 9, 3, 1920, 1080, "en", "light"},
		{"mosaic-1", 1, 1, 1366, 768, "vi", "dark"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, Options{Mode: Mosaic, Lang: c.lang, Theme: c.theme, Width: c.w, Height: c.h})
			b.tick(0)
			m := b.ui.face.(*mosaic)
			shoot(m.win, int(c.w), int(c.h))
			b.give(snapshot(province(c.columns, c.rows)))
			b.settle()
			img := shoot(m.win, int(c.w), int(c.h))
			keep(t, c.name, img)
			if c.name == "mosaic-27" {
				m.enlarge("fig-ontime")
				b.settle()
				keep(t, c.name+"-zoom", shoot(m.win, int(c.w), int(c.h)))
			}
		})
	}
}

// TestNodePictures renders the screens of one computer of the wall.
func TestNodePictures(t *testing.T) {
	fs := &fakeScreens{changed: make(chan struct{}, 1), list: []screens.Monitor{{Name: "HDMI-1", W: 1920, H: 1080}, {Name: "HDMI-2", X: 1920, W: 1920, H: 1080}}}
	for _, pc := range []string{"pc-01", "pc-02", "pc-03", "pc-04", "pc-07"} {
		b := newBench(t, Options{Mode: Node, Name: pc, Screens: fs, Lang: "vi"})
		b.give(snapshot(province(9, 3)))
		b.settle()
		for name, w := range b.ui.face.(*node).windows {
			keep(t, "node-"+pc+"-"+name, shoot(w.win, 1920, 1080))
		}
	}
}
