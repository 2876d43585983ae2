package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// menu lists tools below each other, one of them chosen as in all lists: the toolkit's
// own menus mark it by a colour on which words are hard to read.
type menu struct {
	widget.BaseWidget
	tools []Tool
	at    int // the chosen one
	first int // the first one seen
	scale float32
	close func()

	edge, ground, mark, bar *canvas.Rectangle
	words, keys             []*canvas.Text
}

var (
	_ fyne.Focusable    = (*menu)(nil)
	_ fyne.Tappable     = (*menu)(nil)
	_ fyne.Scrollable   = (*menu)(nil)
	_ desktop.Hoverable = (*menu)(nil)
)

// menuRow is the height of a row, menuPad what is left and right of words, in Fyne
// units at the usual size of text.
const menuRow, menuPad = 36, 14

func newMenu(tools []Tool, scale float32) *menu {
	m := &menu{tools: tools, scale: scale, close: func() {}}
	th, v := fyne.CurrentApp().Settings().Theme(), fyne.CurrentApp().Settings().ThemeVariant()
	m.edge = canvas.NewRectangle(th.Color(theme.ColorNameInputBorder, v))
	m.ground = canvas.NewRectangle(th.Color(theme.ColorNameMenuBackground, v))
	m.mark = canvas.NewRectangle(th.Color(theme.ColorNameHover, v))
	m.bar = canvas.NewRectangle(th.Color(theme.ColorNameFocus, v))
	for _, t := range tools {
		ink := th.Color(theme.ColorNameForeground, v)
		if t.Off || t.Do == nil {
			ink = th.Color(theme.ColorNameDisabled, v)
		}
		key := t.Key
		t.Key = ""
		m.words = append(m.words, canvas.NewText(t.face(false), ink))
		m.keys = append(m.keys, canvas.NewText(key, ink))
		m.words[len(m.words)-1].TextSize, m.keys[len(m.keys)-1].TextSize = theme.TextSize(), theme.TextSize()
	}
	m.ExtendBaseWidget(m)
	return m
}

// MinSize is as wide as the longest words, as high as all rows.
func (m *menu) MinSize() fyne.Size {
	words, keys := float32(0), float32(0)
	for i := range m.words {
		words, keys = max(words, m.words[i].MinSize().Width), max(keys, m.keys[i].MinSize().Width)
	}
	if keys > 0 {
		keys += menuPad * m.scale
	}
	return fyne.NewSize(words+keys+2*menuPad*m.scale, float32(len(m.tools))*menuRow*m.scale+2)
}

// CreateRenderer is for Fyne.
func (m *menu) CreateRenderer() fyne.WidgetRenderer { return &menuRenderer{m} }

type menuRenderer struct{ m *menu }

func (r *menuRenderer) Destroy()           {}
func (r *menuRenderer) MinSize() fyne.Size { return r.m.MinSize() }
func (r *menuRenderer) Refresh() {
	r.Layout(r.m.Size())
	canvas.Refresh(r.m)
}

func (r *menuRenderer) Objects() []fyne.CanvasObject {
	out := []fyne.CanvasObject{r.m.edge, r.m.ground, r.m.mark, r.m.bar}
	for i := range r.m.words {
		out = append(out, r.m.words[i], r.m.keys[i])
	}
	return out
}

func (r *menuRenderer) Layout(s fyne.Size) {
	m := r.m
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	row, pad := menuRow*m.scale, menuPad*m.scale
	put(m.edge, 0, 0, s.Width, s.Height)
	put(m.ground, 1, 1, s.Width-2, s.Height-2)
	put(m.mark, 1, 1+float32(m.at-m.first)*row, s.Width-2, row)
	put(m.bar, 1, 1+float32(m.at-m.first)*row, 4*m.scale, row)
	for i := range m.words {
		seen := i >= m.first && i < m.first+m.rows()
		w, k := m.words[i], m.keys[i]
		w.Hidden, k.Hidden = !seen, !seen
		y := 1 + float32(i-m.first)*row
		size := w.MinSize()
		put(w, pad, y+(row-size.Height)/2, size.Width, size.Height)
		size = k.MinSize()
		put(k, s.Width-pad-size.Width, y+(row-size.Height)/2, size.Width, size.Height)
	}
}

// rows is how many rows are seen.
func (m *menu) rows() int { return max(1, int((m.Size().Height-1)/(menuRow*m.scale))) }

// show opens the menu below or above a button.
func (m *menu) show(c fyne.Canvas, b fyne.CanvasObject) {
	at, all := fyne.CurrentApp().Driver().AbsolutePositionForObject(b), c.Size()
	size := m.MinSize()
	size.Height = min(size.Height, all.Height)
	at.Y += b.Size().Height
	p := widget.NewPopUp(m, c)
	m.close = p.Hide
	p.Resize(size)
	around := p.MinSize().Subtract(m.MinSize()) // what the toolkit puts around it
	at.X, at.Y = max(0, min(at.X, all.Width-size.Width-around.Width)), max(0, min(at.Y, all.Height-size.Height-around.Height))
	p.ShowAtPosition(at)
	c.Focus(m)
}

// choose goes to a row, and brings it into sight.
func (m *menu) choose(i int) {
	m.at = min(max(i, 0), len(m.tools)-1)
	m.first = min(max(m.first, m.at-m.rows()+1), m.at)
	m.Refresh()
}

func (m *menu) do() {
	t := m.tools[m.at]
	if t.Off || t.Do == nil {
		return
	}
	m.close()
	t.Do()
}

// TypedKey chooses, does and closes.
func (m *menu) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		m.choose((m.at + 1) % len(m.tools))
	case fyne.KeyUp:
		m.choose((m.at + len(m.tools) - 1) % len(m.tools))
	case fyne.KeyHome:
		m.choose(0)
	case fyne.KeyEnd:
		m.choose(len(m.tools) - 1)
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.do()
	case fyne.KeyEscape:
		m.close()
	}
}

// TypedRune is for Fyne.
func (m *menu) TypedRune(rune) {}

// FocusGained and FocusLost are for Fyne.
func (m *menu) FocusGained() {}

// FocusLost is for Fyne.
func (m *menu) FocusLost() {}

// under is the row at a place, -1 for none.
func (m *menu) under(p fyne.Position) int {
	i := m.first + int((p.Y-1)/(menuRow*m.scale))
	if p.Y < 1 || i >= len(m.tools) {
		return -1
	}
	return i
}

// Tapped does what is under the pointer.
func (m *menu) Tapped(e *fyne.PointEvent) {
	if i := m.under(e.Position); i >= 0 {
		m.choose(i)
		m.do()
	}
}

// MouseIn, MouseMoved and MouseOut choose what is under the pointer.
func (m *menu) MouseIn(e *desktop.MouseEvent) { m.MouseMoved(e) }

// MouseMoved is for Fyne.
func (m *menu) MouseMoved(e *desktop.MouseEvent) {
	if i := m.under(e.Position); i >= 0 && i != m.at {
		m.choose(i)
	}
}

// MouseOut is for Fyne.
func (m *menu) MouseOut() {}

// Scrolled goes through rows that have no room.
func (m *menu) Scrolled(e *fyne.ScrollEvent) {
	by := 1
	if e.Scrolled.DY > 0 {
		by = -1
	}
	m.choose(m.at + by)
}
