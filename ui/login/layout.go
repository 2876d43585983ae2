package login

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/look"
)

// Sizes in units at text scale 1.
const (
	cardWide    = 460
	broadWide   = 720
	cardPad     = 32
	controlHigh = 40
)

// middle puts the card in the middle of the window, and its content on it. A tall card
// stands below the bar, with less around what stands on it if need be; only where even
// that is too high it stands beside the bar.
type middle struct {
	unit  func() float32
	broad bool
	// bar is the width of what stands at the top right, which the card leaves free.
	bar func() float32
}

// Layout is for Fyne.
func (m *middle) Layout(os []fyne.CanvasObject, size fyne.Size) {
	pad := float32(cardPad)
	w, h := m.card(os, size.Width, pad)
	low, right := 2*edge+controlHigh*m.unit(), size.Width-m.bar()-2*edge
	if (size.Height-h)/2 < low && (size.Width+w)/2 > right {
		pad = cardPad / 2
		w, h = m.card(os, size.Width, pad)
	}
	at := fyne.NewPos((size.Width-w)/2, max((size.Height-h)/2, edge))
	switch {
	case at.Y >= low || at.X+w <= right:
	case h <= size.Height-low-edge:
		at.Y = low
	default:
		at.X = max(edge, right-w)
	}
	os[0].Move(at)
	os[0].Resize(fyne.NewSize(w, h))
	os[1].Move(at.AddXY(pad, pad))
	os[1].Resize(fyne.NewSize(w-2*pad, h-2*pad))
}

// edge is kept free above and below.
const edge = 16

// card is the size of the card in a window of some width, with so much around what
// stands on it.
func (m *middle) card(os []fyne.CanvasObject, wide, pad float32) (w, h float32) {
	w = cardWide * m.unit()
	if m.broad {
		w = broadWide * m.unit()
	}
	w -= 2 * (cardPad - pad)
	if wide > 0 {
		w = min(w, wide-2*edge)
	}
	rows := os[1].(*fyne.Container)
	return w, rows.Layout.(field.Column).Height(rows.Objects, w-2*pad) + 2*pad
}

// MinSize is for Fyne.
func (m *middle) MinSize(os []fyne.CanvasObject) fyne.Size {
	_, h := m.card(os, 0, cardPad/2)
	return fyne.NewSize(320, h+2*edge)
}

// corner puts buttons at the top right.
type corner struct{}

// Layout is for Fyne.
func (corner) Layout(os []fyne.CanvasObject, size fyne.Size) {
	x := size.Width - edge
	for i := len(os) - 1; i >= 0; i-- {
		m := os[i].MinSize()
		x -= m.Width
		os[i].Move(fyne.NewPos(x, edge))
		os[i].Resize(m)
		x -= 8
	}
}

// MinSize is for Fyne.
func (corner) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, 1) }

// split puts a picture to the left of a column.
type split struct{ gap float32 }

// Layout is for Fyne.
func (s split) Layout(os []fyne.CanvasObject, size fyne.Size) {
	m := os[0].MinSize()
	os[0].Resize(m)
	os[0].Move(fyne.NewPos(0, 0))
	os[1].Move(fyne.NewPos(m.Width+s.gap, 0))
	os[1].Resize(fyne.NewSize(size.Width-m.Width-s.gap, size.Height))
}

// MinSize is for Fyne.
func (s split) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(os[0].MinSize().Width, max(os[0].MinSize().Height, os[1].MinSize().Height))
}

// notice says what is in the way, with a mark beside it: shape and words first.
type notice struct {
	widget.BaseWidget
	label *widget.Label
	edge  *canvas.Rectangle
	bar   *canvas.Rectangle
	th    look.Theme
}

func newNotice(th look.Theme) *notice {
	n := &notice{label: widget.NewLabel(""), edge: canvas.NewRectangle(th.S2), bar: canvas.NewRectangle(color.Transparent), th: th}
	n.label.Wrapping = fyne.TextWrapWord
	n.edge.CornerRadius = 4
	n.ExtendBaseWidget(n)
	n.Hide()
	return n
}

// say shows a text, or nothing.
func (n *notice) say(text, code string) {
	n.bar.FillColor = n.th.Critical
	switch code {
	case "away", "busy", "locked", "failed":
		n.bar.FillColor = n.th.Warning
	case "over.expired", "over.many", "over.rights", "over.password", "over.unknown":
		n.bar.FillColor = n.th.Notice
	}
	n.label.SetText(text)
	n.Hidden = text == ""
	n.Refresh()
}

// CreateRenderer is for Fyne.
func (n *notice) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.New(beside{}, n.edge, n.bar, n.label))
}

// beside is a bar of 4 units left of a text.
type beside struct{}

// Layout is for Fyne.
func (beside) Layout(os []fyne.CanvasObject, size fyne.Size) {
	os[0].Resize(size)
	os[1].Resize(fyne.NewSize(4, size.Height))
	os[2].Move(fyne.NewPos(8, 0))
	os[2].Resize(fyne.NewSize(size.Width-8, size.Height))
}

// MinSize is for Fyne.
func (beside) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, os[2].MinSize().Height)
}
