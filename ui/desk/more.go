package desk

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// more is the button at the end of a row that opens a menu of what has no room there.
type more struct {
	label, key string
	button     *widget.Button
	from       int // the first button without room
	open       *menu
}

// OnMore puts a button at the end of the row while some tools have no room in it: it
// opens a menu of them. The key is printed on it; OpenMore is what that does.
func (d *Tools) OnMore(label, key string) {
	d.more = &more{label: label, key: key}
	d.more.button = widget.NewButton("", d.OpenMore)
	d.more.button.Hide()
	d.root.Add(d.more.button)
}

// MoreKey prints another key on the button at the end, empty for none.
func (d *Tools) MoreKey(key string) {
	if d.more != nil && d.more.key != key {
		d.more.key = key
		d.line()
	}
}

// More is what the button at the end says, empty where all has room.
func (d *Tools) More() string {
	if d.more == nil || !d.more.button.Visible() {
		return ""
	}
	return d.more.button.Text
}

// width is how much room the button takes at most.
func (m *more) width(d *Tools) float32 { return d.wide(m.face(len(d.buttons)+len(d.aside), true)) }

func (m *more) face(n int, chosen bool) string {
	s := m.label + " (" + strconv.Itoa(n) + ")"
	if m.key != "" {
		s += "  " + m.key
	}
	if chosen {
		s = "✓ " + s
	}
	return s
}

// put shows the button after the first n tools, where there are others.
func (m *more) put(d *Tools, n int, at fyne.Position) {
	m.from = n
	rest, chosen := d.Rest(), false
	if len(rest) == 0 {
		m.button.Hide()
		return
	}
	for _, t := range rest {
		chosen = chosen || t.Chosen
	}
	if face := m.face(len(rest), chosen); m.button.Text != face {
		m.button.SetText(face)
	}
	m.button.Move(at)
	m.button.Resize(fyne.NewSize(d.wide(m.button.Text), toolHeight*d.scale))
	m.button.Show()
}

// Rest are the tools that have no room in the row.
func (d *Tools) Rest() []Tool {
	if d.more == nil {
		return nil
	}
	var out []Tool
	for _, b := range d.buttons[min(d.more.from, len(d.buttons)):] {
		out = append(out, b.tool)
	}
	return append(out, d.aside...)
}

// OpenMore opens the menu of what has no room: arrows choose, Enter does it. It does
// nothing where all has room.
func (d *Tools) OpenMore() {
	rest := d.Rest()
	if len(rest) == 0 {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(d.root)
	if c == nil {
		return
	}
	for i := range rest {
		if do := rest[i].Do; do != nil {
			rest[i].Do = func() {
				do()
				d.unfocus()
			}
		}
	}
	d.more.open = newMenu(rest, d.scale)
	d.more.open.show(c, d.more.button)
}

// CloseMore closes the menu if it is open: the page under it goes.
func (d *Tools) CloseMore() {
	if d.more != nil && d.more.open != nil {
		d.more.open.close()
		d.more.open = nil
	}
}
