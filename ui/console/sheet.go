package console

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// sheet is a card over the page that has the keyboard until it is closed: the
// help, the search, a menu. A click beside the card closes it.
type sheet struct {
	widget.BaseWidget
	c    *Console
	card *canvas.Rectangle
	in   *fyne.Container
	// place says where the card lies in a window of that size, and puts what is in
	// it; all in Fyne units.
	place func(window fyne.Size) (fyne.Position, fyne.Size)
	// alone hides the page: each letter typed in the sheet repaints the window, and
	// without a GPU that takes as long as there is to be seen.
	alone bool
	// head is how much of the card is the sheet's to draw where what is in it draws the
	// rest of it, 0 for all: what lies under something else is filled for nothing.
	head float32
	// key takes keys first; Escape closes when it does not want it.
	key func(*fyne.KeyEvent) bool
	// closed is told of the end.
	closed func()
	box    image.Rectangle
}

var _ fyne.Tappable = (*sheet)(nil)

// lift shows a sheet; another one that is open is closed.
func (c *Console) lift(s *sheet, objects ...fyne.CanvasObject) {
	c.drop()
	th := c.env.Kit.Theme
	s.c = c
	s.card = canvas.NewRectangle(th.S1)
	s.card.StrokeColor, s.card.StrokeWidth, s.card.CornerRadius = th.Line2, 1, 6
	s.in = container.NewWithoutLayout(append([]fyne.CanvasObject{s.card}, objects...)...)
	s.ExtendBaseWidget(s)
	c.sheet = s
	if s.alone {
		c.holder.Hide()
	}
	c.base.Window().Canvas().Overlays().Add(s)
	c.over()
}

// drop closes the sheet that is open.
func (c *Console) drop() {
	s := c.sheet
	if s == nil {
		return
	}
	c.sheet = nil
	c.holder.Show()
	c.base.Window().Canvas().Overlays().Remove(s)
	if s.closed != nil {
		s.closed()
	}
	c.over()
}

// CreateRenderer is for Fyne.
func (s *sheet) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.in) }

// Resize is for Fyne: an overlay is as large as the window.
func (s *sheet) Resize(size fyne.Size) {
	s.BaseWidget.Resize(size)
	s.lay()
}

// lay places the card.
func (s *sheet) lay() {
	size := s.Size()
	if s.place == nil || size.IsZero() {
		return
	}
	at, wide := s.place(size)
	s.card.Move(at)
	s.card.Resize(wide)
	if s.head > 0 {
		s.card.Resize(fyne.NewSize(wide.Width, min(s.head, wide.Height)))
	}
	s.box = s.c.device(at, wide)
	s.c.over()
}

// Tapped closes the sheet: the click was beside the card.
func (s *sheet) Tapped(e *fyne.PointEvent) {
	at := s.c.device(e.Position, fyne.Size{}).Min
	if !at.In(s.box) {
		s.c.drop()
	}
}

// device is a place in the window in device pixels.
func (c *Console) device(at fyne.Position, size fyne.Size) image.Rectangle {
	d := c.env.Density
	if d <= 0 {
		d = 1
	}
	return image.Rect(int(at.X*d), int(at.Y*d), int((at.X+size.Width)*d+0.5), int((at.Y+size.Height)*d+0.5))
}

// over tells what lies over the page, when that changed.
func (c *Console) over() {
	var now []image.Rectangle
	if c.sheet != nil && !c.sheet.box.Empty() {
		now = append(now, c.sheet.box)
	}
	now = append(now, c.notices.boxes()...)
	same := len(now) == len(c.covered)
	for i := range now {
		same = same && now[i] == c.covered[i]
	}
	if same {
		return
	}
	c.covered = now
	if c.o.Over != nil {
		c.o.Over(now)
	}
}
