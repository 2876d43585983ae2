package field

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// ringGap and ringLine are the focus ring of the design, in units.
const ringGap, ringLine = 2, 2

// CreateRenderer is for Fyne: the toolkit's, and the focus ring around it.
func (i *Input) CreateRenderer() fyne.WidgetRenderer {
	ring := canvas.NewRectangle(color.Transparent)
	ring.StrokeWidth = ringLine
	return &ringed{WidgetRenderer: i.Entry.CreateRenderer(), i: i, ring: ring}
}

type ringed struct {
	fyne.WidgetRenderer
	i    *Input
	ring *canvas.Rectangle
}

// Layout is for Fyne.
func (r *ringed) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	out := float32(ringGap + ringLine)
	r.ring.Move(fyne.NewPos(-out+ringLine/2, -out+ringLine/2))
	r.ring.Resize(fyne.NewSize(size.Width+2*out-ringLine, size.Height+2*out-ringLine))
}

// Objects is for Fyne.
func (r *ringed) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.ring}, r.WidgetRenderer.Objects()...)
}

// Refresh is for Fyne.
func (r *ringed) Refresh() {
	th := r.i.Theme()
	r.ring.StrokeColor = paintOf(th, theme.ColorNameFocus)
	r.ring.CornerRadius = th.Size(theme.SizeNameInputRadius) + ringGap + ringLine
	r.ring.Hidden = !r.i.focused || r.i.Disabled()
	r.ring.Refresh()
	r.WidgetRenderer.Refresh()
}
