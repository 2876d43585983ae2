package field

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Column is a layout that stacks objects, each as wide as there is room and as high
// as it then needs: text breaks into lines. Buttons are as high as fields.
type Column struct {
	// Gap is between two objects, in units.
	Gap float32
}

// Layout is for Fyne.
func (c Column) Layout(os []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range os {
		if !o.Visible() {
			continue
		}
		h := high(o, size.Width)
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h + c.Gap
	}
}

// MinSize is for Fyne: the height at the width the objects have now.
func (c Column) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, c.Height(os, 0))
}

// Height is what the objects need at a width; 0 takes the width they have.
func (c Column) Height(os []fyne.CanvasObject, wide float32) float32 {
	y := float32(0)
	for _, o := range os {
		if !o.Visible() {
			continue
		}
		w := wide
		if w == 0 {
			w = o.Size().Width
		}
		y += high(o, w) + c.Gap
	}
	return max(0, y-c.Gap)
}

// high is how high an object is at a width.
func high(o fyne.CanvasObject, wide float32) float32 {
	if wide > 0 && o.Size().Width != wide {
		o.Resize(fyne.NewSize(wide, o.MinSize().Height))
	}
	h := o.MinSize().Height
	if _, ok := o.(*widget.Button); ok {
		h = max(h, controlHigh)
	}
	return h
}

// Words returns a text of several lines that lines up with fields; small is that of
// an explanation.
func Words(text string, small bool) fyne.CanvasObject {
	t := widget.NewLabel(text)
	t.Wrapping = fyne.TextWrapWord
	if small {
		t.SizeName, t.Importance = theme.SizeNameCaptionText, widget.LowImportance
	}
	return container.New(flush{}, t)
}

// Bold returns a name of one line that lines up with fields, cut where it is too long.
func Bold(text string) fyne.CanvasObject {
	t := widget.NewLabel(text)
	t.TextStyle.Bold, t.Truncation = true, fyne.TextTruncateEllipsis
	return container.New(flush{}, t)
}

// flush takes the padding of a label away.
type flush struct{}

// Layout is for Fyne.
func (flush) Layout(os []fyne.CanvasObject, size fyne.Size) {
	p := theme.InnerPadding()
	os[0].Move(fyne.NewPos(-p, -p))
	os[0].Resize(size.AddWidthHeight(2*p, 2*p))
}

// MinSize is for Fyne.
func (flush) MinSize(os []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, max(0, os[0].MinSize().Height-2*theme.InnerPadding()))
}
