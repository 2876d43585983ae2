package atlas

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"iocwall/ui/atlas/sheet"
)

// entry is a field that hands the keys of the map on to the map.
type entry struct {
	widget.Entry
	a    *Atlas
	name string
	done func()
}

func newEntry(a *Atlas, name string) *entry {
	e := &entry{a: a, name: name}
	e.ExtendBaseWidget(e)
	e.OnChanged = func(text string) {
		if name == fieldSearch {
			a.search.text = text
			if a.search.on || text != "" {
				a.search.on = true
				a.index()
				a.find()
			}
			a.touch()
			return
		}
		a.wrote(name, text)
	}
	return e
}

// FocusGained opens the list of results with the field.
func (e *entry) FocusGained() {
	e.Entry.FocusGained()
	if e.name == fieldSearch && !e.a.search.on {
		e.a.search.on = true
		e.a.index()
		e.a.find()
		e.a.touch()
	}
}

// TypedKey lets Escape leave the field, the arrows choose a result, Enter take it.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	a := e.a
	switch {
	case k.Name == fyne.KeyEscape && e.name == fieldSearch:
		if e.Text != "" {
			e.SetText("")
			return
		}
		a.closeSearch()
	case k.Name == fyne.KeyEscape:
		a.h.Keyboard()
	case e.name == fieldSearch && (k.Name == fyne.KeyUp || k.Name == fyne.KeyDown):
		by := 1
		if k.Name == fyne.KeyUp {
			by = -1
		}
		a.moveFound(by)
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter:
		if e.name == fieldSearch {
			a.takeChosen()
		} else if e.done != nil {
			e.done()
		}
	case k.Name == fyne.KeyF5 || k.Name == fyne.KeyF2:
		a.Key(k.Name)
	default:
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut gives the map its own shortcuts and the field the rest.
func (e *entry) TypedShortcut(s fyne.Shortcut) {
	if !fieldShortcut(s) && e.a.Shortcut(s) {
		return
	}
	e.Entry.TypedShortcut(s)
}

// form is the fields and buttons at the bottom of the pane.
type form struct {
	sig     string
	fields  []field
	labels  []*canvas.Text
	entries []*entry
	wrongs  []*canvas.Text
	buttons []*widget.Button
	acts    []Action
}

func (f *form) objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i := range f.entries {
		out = append(out, f.labels[i], f.entries[i], f.wrongs[i])
	}
	for _, b := range f.buttons {
		out = append(out, b)
	}
	return out
}

func (f *form) entry(name string) *entry {
	for _, e := range f.entries {
		if e.name == name {
			return e
		}
	}
	return nil
}

// set shows a panel's fields and buttons, and reports whether other ones than
// before.
func (f *form) set(a *Atlas, p panel) bool {
	var sig strings.Builder
	for _, x := range p.fields {
		sig.WriteString(x.name + "\x00" + x.label + "\x00")
	}
	sig.WriteString("\x01")
	for _, x := range p.acts {
		sig.WriteString(x.Label + "\x00" + x.Key + "\x00")
		if x.Chosen {
			sig.WriteString("x")
		}
	}
	same := sig.String() == f.sig
	f.fields, f.acts = p.fields, p.acts
	if !same {
		f.sig = sig.String()
		f.build(a, p)
	}
	moved := !same
	for i, x := range p.fields {
		wrong := x.wrong
		if wrong == "" {
			wrong = a.wrong[x.name]
		}
		f.entries[i].done = x.enter
		if f.wrongs[i].Text != wrong {
			f.wrongs[i].Text = wrong
			f.wrongs[i].Refresh()
			moved = true
		}
	}
	return moved
}

// build makes the fields and buttons anew; fields that stay keep the keyboard.
func (f *form) build(a *Atlas, p panel) {
	th := a.h.Kit.Theme
	old := f.entries
	f.labels, f.entries, f.wrongs, f.buttons = nil, nil, nil, nil
	for _, x := range p.fields {
		label := canvas.NewText(x.label, th.T2)
		label.TextSize = sheet.SmallSize
		wrong := canvas.NewText("", th.Critical)
		wrong.TextSize = sheet.SmallSize
		i := slices.IndexFunc(old, func(e *entry) bool { return e.name == x.name })
		var e *entry
		if i >= 0 {
			e = old[i]
		} else {
			e = newEntry(a, x.name)
			e.Text = a.texts[x.name]
		}
		e.SetPlaceHolder(x.hint)
		f.labels, f.entries, f.wrongs = append(f.labels, label), append(f.entries, e), append(f.wrongs, wrong)
	}
	for i, x := range p.acts {
		b := widget.NewButton(faceOf(x), func() {
			if i < len(f.acts) {
				f.acts[i].Do()
			}
			a.giveBack()
		})
		if p.primary && i == 0 {
			b.Importance = widget.HighImportance
		}
		f.buttons = append(f.buttons, b)
	}
}

// faceOf is a button's text: what it does and its key.
func faceOf(x Action) string {
	s := x.Label + "  " + x.Key
	if x.Chosen {
		s = "✓ " + s
	}
	return s
}

// refill puts the texts into the fields.
func (f *form) refill(a *Atlas) {
	for _, e := range f.entries {
		if e.Text != a.texts[e.name] {
			e.SetText(a.texts[e.name])
		}
	}
}

// lay places fields and buttons at the bottom of the pane and returns where they
// begin.
func (f *form) lay(a *Atlas, left, bottom, wide float32) float32 {
	inner := wide - 2*sheet.SheetPad
	rows := f.buttonRows(inner)
	y := bottom - 2*gap - float32(len(rows))*(fieldHigh+gap)
	at := y
	for _, r := range rows {
		x := left + sheet.SheetPad
		for _, b := range r {
			w := min(b.MinSize().Width, inner)
			put(b, x, at+gap, w, fieldHigh)
			x += w + gap
		}
		at += fieldHigh + gap
	}
	if len(rows) == 0 {
		y = bottom - gap
	}
	for end := len(f.entries); end > 0; {
		start := end - 1
		for start > 0 && f.fields[start].half {
			start--
		}
		y = f.layRow(start, end, left+sheet.SheetPad, y, inner)
		end = start
	}
	if len(f.entries) > 0 {
		y -= gap
	}
	_ = a
	return y
}

// layRow places fields beside each other above a height and returns their top.
func (f *form) layRow(start, end int, x, bottom, wide float32) float32 {
	high := float32(labelHigh + fieldHigh + gap)
	for i := start; i < end; i++ {
		if f.wrongs[i].Text != "" {
			high = labelHigh + fieldHigh + gap + labelHigh
		}
	}
	n := float32(end - start)
	w := (wide - gap*(n-1)) / n
	for i := start; i < end; i++ {
		left := x + float32(i-start)*(w+gap)
		put(f.labels[i], left, bottom-high, w, labelHigh)
		put(f.entries[i], left, bottom-high+labelHigh, w, fieldHigh)
		put(f.wrongs[i], x, bottom-high+labelHigh+fieldHigh, wide, labelHigh)
	}
	return bottom - high
}

// buttonRows breaks the buttons into rows.
func (f *form) buttonRows(wide float32) [][]*widget.Button {
	var rows [][]*widget.Button
	x := float32(0)
	for _, b := range f.buttons {
		w := b.MinSize().Width
		if len(rows) == 0 || x+w > wide {
			rows = append(rows, nil)
			x = 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], b)
		x += w + gap
	}
	return rows
}
