package setup

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// strip is what stands right in the row of tabs: the draft and what can be done with
// it.
type strip struct {
	k     kit
	pane  *tile.Pane
	undo  *widget.Button
	check *widget.Button
	apply *widget.Button
	text  string
	seen  bool
	shut  bool // nothing can be applied
}

func newStrip(k kit) *strip {
	s := &strip{k: k}
	s.pane = tile.NewPane(k.env, "setup", k.env.Kit.Theme.Bg, s.paint)
	s.undo = k.button(k.t("setup.undo"), "Ctrl Z", func() { s.screens().undo() })
	s.check = k.button(k.t("setup.check"), "K", func() { s.screens().check() })
	s.apply = k.primary(k.t("setup.apply"), "", func() { s.screens().apply() })
	for _, o := range s.objects() {
		o.Hide()
	}
	return s
}

func (s *strip) screens() *screensPart { return s.k.p.of(partScreens).(*screensPart) }

func (s *strip) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.pane.Raster, s.undo, s.check, s.apply}
}

// plate is the width of the words on the draft, in device pixels.
func (s *strip) plate() int {
	if s.text == "" {
		return 0
	}
	size := float64(s.k.px(small))
	return int(size*2.4+s.k.env.Kit.Fonts.Width(s.text, true, size)) + 2
}

func (s *strip) width() float32 {
	if !s.seen {
		return 0
	}
	w := float32(s.plate()) / s.k.density()
	for _, b := range []*widget.Button{s.undo, s.check, s.apply} {
		w += b.MinSize().Width + s.k.u(8)
	}
	return w
}

// lay places the strip with its right edge at x.
func (s *strip) lay(x, y, high float32) {
	if !s.seen {
		return
	}
	for _, b := range []*widget.Button{s.apply, s.check, s.undo} {
		w := b.MinSize().Width
		x -= w
		put(b, x, y, w, high)
		x -= s.k.u(8)
	}
	w := float32(s.plate()) / s.k.density()
	put(s.pane.Raster, x-w, y, w, high)
}

// refresh brings it in line with the draft and reports whether it takes another place.
func (s *strip) refresh() bool {
	seen := s.k.p.part == partScreens
	text := ""
	if seen {
		m := s.screens()
		if n := m.draft.Changes(); m.draft.Changed() {
			text = s.k.t("setup.draft", "n", s.k.whole(n))
		}
		if m.draft.Steps() > 0 {
			s.undo.Enable()
		} else {
			s.undo.Disable()
		}
		if m.draft.Changed() && s.k.p.desk.May("wall.save") && !m.sending {
			s.apply.Enable()
		} else {
			s.apply.Disable()
		}
	}
	if seen == s.seen && text == s.text {
		return false
	}
	s.seen, s.text = seen, text
	for _, o := range s.objects() {
		if seen {
			o.Show()
		} else {
			o.Hide()
		}
	}
	if text == "" {
		s.pane.Hide()
	}
	s.pane.Touch()
	return true
}

func (s *strip) paint(c *paint.Canvas) {
	if s.text == "" {
		return
	}
	b := c.Img.Rect
	size := float64(s.k.px(small))
	y := (b.Dy() - paint.PlateHeight(size)) / 2
	c.Plate(0, y, paint.Plate{Kind: paint.PlateWarning, Icon: "warning", Text: s.text}, size, image.Pt(b.Dx(), 0).X)
}
