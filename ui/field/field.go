package field

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Field is a label, what takes the keyboard, and below it what is wrong and what to
// do about it.
type Field struct {
	widget.BaseWidget
	// Input takes the keyboard.
	Input *Input

	label  *canvas.Text
	wrong  *widget.Label
	said   string // by the owner
	refuse string // by the field itself
}

// New returns an empty field.
func New(o Options) *Field {
	f := &Field{Input: NewInput(o), label: canvas.NewText(o.Label, nil), wrong: widget.NewLabel("")}
	f.wrong.Wrapping = fyne.TextWrapWord
	f.wrong.Importance = widget.DangerImportance
	f.wrong.SizeName = theme.SizeNameCaptionText
	f.wrong.Hide()
	f.Input.refuse = func(key string) {
		text := ""
		if key != "" {
			text = o.Lang.T(key, "n", o.Lang.Int(int64(o.Most)))
		}
		if text != f.refuse {
			f.refuse = text
			f.show()
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// Text is what stands in the field.
func (f *Field) Text() string { return f.Input.Text }

// SetText writes a text that cannot be undone.
func (f *Field) SetText(text string) { f.Input.SetText(text) }

// Wrong says what is wrong with the text and what to do; "" that nothing is.
func (f *Field) Wrong(text string) {
	if text != f.said {
		f.said = text
		f.show()
	}
}

// Said is what stands below the field.
func (f *Field) Said() string { return f.wrong.Text }

// Number reads the text of a field of numbers.
func (f *Field) Number() (float64, error) { return ParseNumber(f.Input.o.Lang.Code, f.Input.Text) }

// Enable and Disable let people type or not.
func (f *Field) Enable() { f.Input.Enable() }

// Disable is the other of Enable.
func (f *Field) Disable() { f.Input.Disable() }

// Focus gives the field the keyboard.
func (f *Field) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(f.Input); c != nil {
		c.Focus(f.Input)
	}
}

func (f *Field) show() {
	text := f.refuse
	if text == "" {
		text = f.said
	}
	f.wrong.SetText(text)
	f.wrong.Hidden = text == ""
	f.Refresh()
}

// CreateRenderer is for Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	r := &fieldRenderer{f}
	r.paint()
	return r
}

type fieldRenderer struct{ f *Field }

// labelHigh is the room of a label in units, of which labelGap is free for the focus
// ring.
const labelHigh, labelGap = 27, 5

func (r *fieldRenderer) top() float32 {
	if r.f.label.Text == "" {
		return 0
	}
	return labelHigh * unit(r.f.Theme())
}

// MinSize is for Fyne. What is wrong adds to the height as soon as the width is known.
func (r *fieldRenderer) MinSize() fyne.Size {
	m := r.f.Input.MinSize()
	h := r.top() + m.Height
	if !r.f.wrong.Hidden {
		h += r.f.wrong.MinSize().Height - r.f.Theme().Size(theme.SizeNameInnerPadding)
	}
	return fyne.NewSize(max(m.Width, r.f.label.MinSize().Width), h)
}

// Layout is for Fyne.
func (r *fieldRenderer) Layout(size fyne.Size) {
	f, pad := r.f, r.f.Theme().Size(theme.SizeNameInnerPadding)
	f.label.Move(fyne.NewPos(0, 0))
	f.label.Resize(fyne.NewSize(size.Width, max(0, r.top()-labelGap)))
	below := float32(0)
	if !f.wrong.Hidden {
		f.wrong.Resize(fyne.NewSize(size.Width+2*pad, f.wrong.MinSize().Height))
		below = f.wrong.MinSize().Height - pad
	}
	high := max(f.Input.MinSize().Height, size.Height-r.top()-below)
	f.Input.Move(fyne.NewPos(0, r.top()))
	f.Input.Resize(fyne.NewSize(size.Width, high))
	f.wrong.Move(fyne.NewPos(-pad, r.top()+high-pad/2))
}

func (r *fieldRenderer) paint() {
	th := r.f.Theme()
	r.f.label.Color = paintOf(th, theme.ColorNamePlaceHolder)
	r.f.label.TextSize = th.Size(theme.SizeNameCaptionText)
}

// Refresh is for Fyne.
func (r *fieldRenderer) Refresh() {
	r.paint()
	r.Layout(r.f.Size())
	r.f.label.Refresh()
	r.f.Input.Refresh()
	r.f.wrong.Refresh()
}

// Objects is for Fyne.
func (r *fieldRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.f.label, r.f.Input, r.f.wrong}
}

// Destroy is for Fyne.
func (r *fieldRenderer) Destroy() {}
