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
	// Key is the key that does the same, printed on the button, if it is not empty.
	Key, Label string
	// Short, when set, stands for Label where the row has no room for all of it.
	Short string
	Do    func()
	// Hold and Release, when set, stand in the place of Do.
	Hold, Release func()
	// Chosen marks what is on, Off what cannot be done now.
	Chosen, Off bool
	// Group parts the buttons: those of one group stand together.
	Group string
	// Aside keeps it off the row: it is in the menu of what has no room there.
	Aside bool
}

// face is what a button shows.
func (t Tool) face(short bool) string {
	s := t.Label
	if short && t.Short != "" {
		s = t.Short
	}
	if t.Key != "" {
		s += "  " + t.Key
	}
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
	aside   []Tool  // that have no button
	width   float32 // of the row, in Fyne units
	scale   float32 // of text
	unfocus func()
	more    *more // nil where what does not fit is left away
	ruler   *widget.Button
	widths  map[string]float32 // of buttons, by what they say
}

// NewTools returns an empty row; unfocus gives the keyboard back to the window after
// a click.
func NewTools(unfocus func()) *Tools {
	return &Tools{root: container.NewWithoutLayout(), scale: 1, unfocus: unfocus, ruler: widget.NewButton("", nil), widths: map[string]float32{}}
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

// Set puts buttons in the row, in order. Those that do not fit are in the menu at its
// end, where OnMore made one; else they are left away and their keys go on working.
func (d *Tools) Set(tools []Tool) {
	var row, aside []Tool
	for _, t := range tools {
		if t.Aside {
			aside = append(aside, t)
		} else {
			row = append(row, t)
		}
	}
	moved := len(aside) != len(d.aside)
	for i := range min(len(aside), len(d.aside)) {
		moved = moved || aside[i].Label != d.aside[i].Label || aside[i].Chosen != d.aside[i].Chosen
	}
	d.aside = aside
	anew := len(row) != len(d.buttons)
	for i := 0; i < len(row) && !anew; i++ {
		t, b := row[i], d.buttons[i]
		anew = b.tool.Key != t.Key || b.tool.Group != t.Group || (t.Hold == nil) != (b.tool.Hold == nil)
	}
	if anew {
		d.build(row)
		return
	}
	for i, t := range row {
		b := d.buttons[i]
		moved = moved || b.tool.face(false) != t.face(false) || b.tool.face(true) != t.face(true)
		b.tool = t
		able(&b.Button, !t.Off)
	}
	if moved {
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

// Width is how wide all the buttons are with all they say, in Fyne units.
func (d *Tools) Width() float32 {
	sum := d.measure(len(d.buttons), false)
	if len(d.aside) > 0 && d.more != nil {
		sum += d.more.width(d)
	}
	return sum
}

// measure is how wide the first n buttons are.
func (d *Tools) measure(n int, short bool) float32 {
	sum, group := float32(0), ""
	for _, b := range d.buttons[:n] {
		if group != "" && group != b.tool.Group {
			sum += toolGap * d.scale
		}
		group = b.tool.Group
		sum += d.wide(b.tool.face(short)) + toolSpace*d.scale
	}
	return sum
}

// wide is the width of a button that says something.
func (d *Tools) wide(text string) float32 {
	w, known := d.widths[text]
	if !known {
		d.ruler.SetText(text)
		w = d.ruler.MinSize().Width
		d.widths[text] = w
	}
	return w
}

// fit is how many buttons have room: with all their words, else with few, else
// without the last ones.
func (d *Tools) fit() (n int, short bool) {
	n = len(d.buttons)
	tail, room := float32(0), d.width+toolSpace*d.scale
	if d.more != nil && len(d.aside) > 0 {
		tail = d.more.width(d)
	}
	if d.measure(n, false)+tail <= room {
		return n, false
	}
	if d.measure(n, true)+tail <= room {
		return n, true
	}
	if d.more != nil {
		tail = d.more.width(d)
	}
	for n > 0 && d.measure(n, true)+tail > room {
		n--
	}
	return n, true
}

// line puts the buttons in a row.
func (d *Tools) line() {
	n, short := d.fit()
	x, group := float32(0), ""
	y := float32(ToolsHeight-toolHeight) * d.scale / 2
	for i, b := range d.buttons {
		face := b.tool.face(short)
		if b.Text != face {
			b.SetText(face)
		}
		if i >= n {
			b.Hide()
			continue
		}
		if group != "" && group != b.tool.Group {
			x += toolGap * d.scale
		}
		group = b.tool.Group
		w := d.wide(face)
		b.Move(fyne.NewPos(x, y))
		b.Resize(fyne.NewSize(w, toolHeight*d.scale))
		b.Show()
		x += w + toolSpace*d.scale
	}
	if d.more != nil {
		d.more.put(d, n, fyne.NewPos(x, y))
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
	b.Text = t.face(false)
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
