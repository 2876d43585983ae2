package desk

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Tool is a button for what is in front: a press does something, or holding it
// does until it is let go.
type Tool struct {
	// Key is the key that does the same, printed on the button.
	Key, Label string
	Do         func()
	// Hold and Release, when set, stand in the place of Do.
	Hold, Release func()
	// Chosen marks what is on, Off what cannot be done now.
	Chosen, Off bool
	// Group parts the buttons: those of one group stand together.
	Group string
}

// face is what a button shows.
func (t Tool) face() string {
	s := t.Label + "  " + t.Key
	if t.Chosen {
		s = "✓ " + s
	}
	return s
}

// toolGap lies between groups, toolSpace between the buttons of one, in Fyne
// units.
const (
	toolGap, toolSpace = 20, 4
	toolHeight         = 40
)

// ToolsHeight is the height of a row of tools in Fyne units, at the usual size of
// text.
const ToolsHeight = 52

// Tools is a row of buttons for what is in front.
type Tools struct {
	root    *fyne.Container
	buttons []*toolButton
	width   float32 // of the row, in Fyne units
	scale   float32 // of text
	unfocus func()
}

// NewTools returns an empty row; unfocus gives the keyboard back to the window after
// a click.
func NewTools(unfocus func()) *Tools {
	return &Tools{root: container.NewWithoutLayout(), scale: 1, unfocus: unfocus}
}

// Object is what a page shows of it.
func (d *Tools) Object() fyne.CanvasObject { return d.root }

// Lay gives the row its place; all are Fyne units but scale, the size of text.
func (d *Tools) Lay(at fyne.Position, width, scale float32) {
	d.root.Move(at)
	d.root.Resize(fyne.NewSize(width, ToolsHeight*scale))
	if width != d.width || scale != d.scale {
		d.width, d.scale = width, scale
		d.line()
	}
}

// Set puts buttons in the row, in order. Buttons that do not fit are left away:
// their keys go on working.
func (d *Tools) Set(tools []Tool) {
	if len(tools) != len(d.buttons) {
		d.build(tools)
		return
	}
	for i, t := range tools {
		b := d.buttons[i]
		if b.tool.Key != t.Key || b.tool.Group != t.Group || (t.Hold == nil) != (b.tool.Hold == nil) {
			d.build(tools)
			return
		}
	}
	renamed := false
	for i, t := range tools {
		b := d.buttons[i]
		renamed = renamed || b.Text != t.face()
		b.tool = t
		able(&b.Button, !t.Off)
	}
	if renamed {
		for _, b := range d.buttons {
			b.SetText(b.tool.face())
		}
		d.line()
	}
}

// build makes the row anew. A button that is held lets go: nobody could tell it
// that the mouse did.
func (d *Tools) build(tools []Tool) {
	for _, b := range d.buttons {
		b.MouseUp(nil)
		d.root.Remove(b)
	}
	d.buttons = d.buttons[:0:0]
	for _, t := range tools {
		b := newToolButton(t, func() { d.unfocus() })
		able(&b.Button, !t.Off)
		d.buttons = append(d.buttons, b)
		d.root.Add(b)
	}
	d.line()
}

// Width is how wide all the buttons are, in Fyne units.
func (d *Tools) Width() float32 {
	sum, group := float32(0), ""
	for _, b := range d.buttons {
		if group != "" && group != b.tool.Group {
			sum += toolGap * d.scale
		}
		group = b.tool.Group
		sum += b.MinSize().Width + toolSpace*d.scale
	}
	return sum
}

// line puts the buttons in a row.
func (d *Tools) line() {
	x, group := float32(0), ""
	for _, b := range d.buttons {
		if group != "" && group != b.tool.Group {
			x += toolGap * d.scale
		}
		group = b.tool.Group
		w := b.MinSize().Width
		b.Move(fyne.NewPos(x, (ToolsHeight-toolHeight)*d.scale/2))
		b.Resize(fyne.NewSize(w, toolHeight*d.scale))
		if x+w > d.width {
			b.Hide()
		} else {
			b.Show()
		}
		x += w + toolSpace*d.scale
	}
	d.root.Refresh()
}

// toolButton is a button that tells when it is held.
type toolButton struct {
	widget.Button
	tool    Tool
	unfocus func()
	held    bool
}

var _ desktop.Mouseable = (*toolButton)(nil)

func newToolButton(t Tool, unfocus func()) *toolButton {
	b := &toolButton{tool: t, unfocus: unfocus}
	b.Text = t.face()
	b.OnTapped = func() {
		if b.tool.Do != nil {
			b.tool.Do()
		}
		b.unfocus()
	}
	b.ExtendBaseWidget(b)
	return b
}

// MouseDown begins what is held.
func (b *toolButton) MouseDown(e *desktop.MouseEvent) {
	if b.tool.Hold != nil && e.Button == desktop.MouseButtonPrimary {
		b.held = true
		b.tool.Hold()
	}
}

// MouseUp ends it.
func (b *toolButton) MouseUp(*desktop.MouseEvent) {
	if b.held {
		b.held = false
		b.tool.Release()
	}
}

// MouseOut ends it too: a button that was left is not held.
func (b *toolButton) MouseOut() {
	b.MouseUp(nil)
	b.Button.MouseOut()
}

// Names are the tools offered, for tests and for reading aloud.
func (d *Tools) Names() string {
	var out []string
	for _, b := range d.buttons {
		out = append(out, b.tool.Label)
	}
	return strings.Join(out, "|")
}

// Press does what a tool's button does; it reports whether there is such a tool.
func (d *Tools) Press(key string) bool {
	for _, b := range d.buttons {
		if b.tool.Key == key && b.tool.Do != nil {
			b.tool.Do()
			return true
		}
	}
	return false
}
