package sheet

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/field"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// FieldHigh is the height of a field and of a button, in Fyne units.
const FieldHigh = 40

const labelHigh, gap = 22, 8

// Typing is how people type into an entry.
type Typing struct {
	// Lang is the language of what the entry says itself.
	Lang *words.Lang
	// Memory keeps how the person types; nil forgets it with the entry.
	Memory field.Memory
	// Code says that what is typed is never Vietnamese: numbers, expressions.
	Code bool
}

// Entry is a field that may hand keys on before it takes them itself.
type Entry struct {
	field.Input
	// Name is the field's.
	Name string
	// Enter is what Enter does; nil does nothing.
	Enter func()
	// Focused is told that it got the keyboard, Keys and Cut take a key and a
	// shortcut and report whether they did; they may be nil.
	Focused func()
	Keys    func(fyne.KeyName) bool
	Cut     func(fyne.Shortcut) bool
}

// NewEntry returns an empty field; changed is told what is in it.
func NewEntry(name string, typing Typing, changed func(text string)) *Entry {
	e := &Entry{Name: name}
	o := field.Options{Lang: typing.Lang, Memory: typing.Memory, Changed: changed, Enter: e.enter, Keys: e.takes}
	if typing.Code {
		o.Kind, o.Plain = field.Code, true
	}
	e.Prepare(e, o)
	return e
}

func (e *Entry) enter() {
	if e.Enter != nil {
		e.Enter()
	}
}

func (e *Entry) takes(k fyne.KeyName) bool { return e.Keys != nil && e.Keys(k) }

// FocusGained is for Fyne.
func (e *Entry) FocusGained() {
	e.Input.FocusGained()
	if e.Focused != nil {
		e.Focused()
	}
}

// TypedShortcut takes shortcuts, after those that have the first word.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if e.Cut == nil || !e.Cut(s) {
		e.Input.TypedShortcut(s)
	}
}

// wrong is what is wrong with a field, in at most two lines.
type wrong struct {
	text  string
	lines [2]*canvas.Text
}

// say shows a text as wide as there is room, and reports whether its lines
// are others than before.
func (x *wrong) say(kit *paint.Kit, text string, wide float32) bool {
	broken := append(kit.Fonts.Wrap(text, float64(wide), SmallSize, false, len(x.lines)), "", "")
	x.text = text
	changed := false
	for i, t := range x.lines {
		if t.Text != broken[i] {
			t.Text, changed = broken[i], true
			t.Refresh()
		}
	}
	return changed
}

// high is the room it takes.
func (x *wrong) high() float32 {
	h := float32(0)
	for _, t := range x.lines {
		if t.Text != "" {
			h += labelHigh
		}
	}
	return h
}

// Form is the fields and buttons at the bottom of a pane.
type Form struct {
	kit     *paint.Kit
	texts   *Texts
	make    func(name string) *Entry
	pressed func()

	sig     string
	wide    float32 // the fields' room
	fields  []Field
	labels  []*canvas.Text
	entries []*Entry
	wrongs  []*wrong
	buttons []*widget.Button
	acts    []Action
}

// NewForm returns a form without fields. An entry is made when a field is first
// shown; pressed is called after a button was.
func NewForm(kit *paint.Kit, texts *Texts, entry func(name string) *Entry, pressed func()) *Form {
	return &Form{kit: kit, texts: texts, make: entry, pressed: pressed}
}

// Objects are what a window shows of it, in the order of the keyboard.
func (f *Form) Objects() []fyne.CanvasObject {
	var out []fyne.CanvasObject
	for i := range f.entries {
		out = append(out, f.labels[i], f.entries[i], f.wrongs[i].lines[0], f.wrongs[i].lines[1])
	}
	for _, b := range f.buttons {
		out = append(out, b)
	}
	return out
}

// Words are the labels of the fields, what is in them and what is wrong with it.
func (f *Form) Words() []string {
	var out []string
	for i, e := range f.entries {
		out = append(out, strings.TrimSpace(strings.Join([]string{f.labels[i].Text, e.Text, f.wrongs[i].text}, " ")))
	}
	return out
}

// Entry returns the entry of a field that is shown, nil for another.
func (f *Form) Entry(name string) *Entry {
	for _, e := range f.entries {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Set shows a panel's fields and buttons, and reports whether other ones than
// before.
func (f *Form) Set(p Panel) bool {
	var sig strings.Builder
	for _, x := range p.Fields {
		sig.WriteString(x.Name + "\x00" + x.Label + "\x00")
	}
	sig.WriteString("\x01")
	for _, x := range p.Acts {
		sig.WriteString(x.Label + "\x00" + x.Key + "\x00")
		if x.Chosen {
			sig.WriteString("x")
		}
	}
	same := sig.String() == f.sig
	f.fields, f.acts = p.Fields, p.Acts
	if !same {
		f.sig = sig.String()
		f.build(p)
	}
	moved := !same
	for i, x := range p.Fields {
		wrong := x.Wrong
		if wrong == "" {
			wrong = f.texts.wrong[x.Name]
		}
		f.entries[i].Enter = x.Enter
		moved = f.wrongs[i].say(f.kit, wrong, f.wide) || moved
	}
	return moved
}

// build makes the fields and buttons anew; fields that stay keep the keyboard.
func (f *Form) build(p Panel) {
	th := f.kit.Theme
	old := f.entries
	f.labels, f.entries, f.wrongs, f.buttons = nil, nil, nil, nil
	for _, x := range p.Fields {
		label := canvas.NewText(x.Label, th.T2)
		label.TextSize = SmallSize
		w := &wrong{}
		for j := range w.lines {
			w.lines[j] = canvas.NewText("", th.Critical)
			w.lines[j].TextSize = SmallSize
		}
		i := slices.IndexFunc(old, func(e *Entry) bool { return e.Name == x.Name })
		var e *Entry
		if i >= 0 {
			e = old[i]
		} else {
			e = f.make(x.Name)
			e.Text = f.texts.is[x.Name]
		}
		e.SetPlaceHolder(x.Hint)
		f.labels, f.entries, f.wrongs = append(f.labels, label), append(f.entries, e), append(f.wrongs, w)
	}
	for i, x := range p.Acts {
		b := widget.NewButton(faceOf(x), func() {
			if i < len(f.acts) {
				f.acts[i].Do()
			}
			f.pressed()
		})
		if p.Primary && i == 0 {
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

// Refill puts the texts into the fields.
func (f *Form) Refill() {
	for _, e := range f.entries {
		if e.Text != f.texts.is[e.Name] {
			e.SetText(f.texts.is[e.Name])
		}
	}
}

// Lay places fields and buttons at the bottom of the pane and returns where they
// begin.
func (f *Form) Lay(left, bottom, wide float32) float32 {
	inner := wide - 2*SheetPad
	f.wide = inner
	rows := f.buttonRows(inner)
	y := bottom - 2*gap - float32(len(rows))*(FieldHigh+gap)
	at := y
	for _, r := range rows {
		x := left + SheetPad
		for _, b := range r {
			w := min(b.MinSize().Width, inner)
			Put(b, x, at+gap, w, FieldHigh)
			x += w + gap
		}
		at += FieldHigh + gap
	}
	if len(rows) == 0 {
		y = bottom - gap
	}
	for end := len(f.entries); end > 0; {
		start := end - 1
		for start > 0 && f.fields[start].Half {
			start--
		}
		y = f.layRow(start, end, left+SheetPad, y, inner)
		end = start
	}
	if len(f.entries) > 0 {
		y -= gap
	}
	return y
}

// layRow places fields beside each other above a height and returns their top.
func (f *Form) layRow(start, end int, x, bottom, wide float32) float32 {
	high := float32(labelHigh + FieldHigh + gap)
	for i := start; i < end; i++ {
		high = max(high, labelHigh+FieldHigh+gap+f.wrongs[i].high())
	}
	n := float32(end - start)
	w := (wide - gap*(n-1)) / n
	for i := start; i < end; i++ {
		left := x + float32(i-start)*(w+gap)
		Put(f.labels[i], left, bottom-high, w, labelHigh)
		Put(f.entries[i], left, bottom-high+labelHigh, w, FieldHigh)
		for j, t := range f.wrongs[i].lines {
			Put(t, x, bottom-high+labelHigh+FieldHigh+float32(j)*labelHigh, wide, labelHigh)
		}
	}
	return bottom - high
}

// buttonRows breaks the buttons into rows.
func (f *Form) buttonRows(wide float32) [][]*widget.Button {
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

// Put places an object; nothing is smaller than 1×1.
func Put(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(max(w, 1), max(h, 1)))
}
