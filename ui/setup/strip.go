package setup

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/paint"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/wall"
	"iocwall/ui/tile"
)

// strip is what stands right in the row of tabs: the draft and what can be done with
// it.
type strip struct {
	p     *Page
	k     kit.Kit
	pane  *tile.Pane
	undo  *widget.Button
	check *widget.Button
	apply *widget.Button
	text  string
	seen  bool
}

func newStrip(p *Page) *strip {
	k := p.k
	s := &strip{p: p, k: k}
	s.pane = tile.NewPane(k.Env, "setup", k.Env.Kit.Theme.Bg, s.paint)
	s.undo = k.Button(k.T("setup.undo"), "Ctrl Z", func() { s.screens().Undo() })
	s.check = k.Button(k.T("setup.check"), "K", func() { s.screens().Check() })
	s.apply = k.Primary(k.T("setup.apply"), "", func() { s.screens().Apply() })
	for _, o := range s.objects() {
		o.Hide()
	}
	return s
}

func (s *strip) screens() *wall.Screens { return s.p.of(partScreens).(*wall.Screens) }

func (s *strip) objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{s.pane.Raster, s.undo, s.check, s.apply}
}

// plate is the width of the words on the draft, in device pixels.
func (s *strip) plate() int {
	if s.text == "" {
		return 0
	}
	size := float64(s.k.Px(kit.Small))
	return int(size*2.4+s.k.Env.Kit.Fonts.Width(s.text, true, size)) + 2
}

func (s *strip) width() float32 {
	if !s.seen {
		return 0
	}
	w := float32(s.plate()) / s.k.Density()
	for _, b := range []*widget.Button{s.undo, s.check, s.apply} {
		w += b.MinSize().Width + s.k.U(8)
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
		kit.Put(b, x, y, w, high)
		x -= s.k.U(8)
	}
	w := float32(s.plate()) / s.k.Density()
	kit.Put(s.pane.Raster, x-w, y, w, high)
}

// refresh brings it in line with the draft and reports whether it takes another place.
func (s *strip) refresh() bool {
	seen := s.p.part == partScreens
	text := ""
	if seen {
		m := s.screens()
		if n := m.Draft().Changes(); m.Draft().Changed() {
			text = s.k.T("setup.draft", "n", s.k.Whole(n))
		}
		if m.Draft().Steps() > 0 {
			s.undo.Enable()
		} else {
			s.undo.Disable()
		}
		if m.Draft().Changed() && s.k.Host.Desk().May("wall.save") && !m.Sending() {
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
	size := float64(s.k.Px(kit.Small))
	y := (b.Dy() - paint.PlateHeight(size)) / 2
	c.Plate(0, y, paint.Plate{Kind: paint.PlateWarning, Icon: "warning", Text: s.text}, size, image.Pt(b.Dx(), 0).X)
}
