package field

import (
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/typing"
	"iocwall/ui/words"
)

// Kind is what a field is for.
type Kind string

// Kinds. Code is text that is never Vietnamese: logins, addresses, keys.
const (
	Text     Kind = ""
	Lines    Kind = "lines"
	Password Kind = "password"
	Number   Kind = "number"
	Code     Kind = "code"
	Query    Kind = "query"
)

// Options say what a field is. Only Lang is needed.
type Options struct {
	Kind Kind
	// Lang is the language of what the field says itself.
	Lang *words.Lang
	// Memory keeps how the person types; nil forgets it with the field.
	Memory Memory
	// Label stands over the field, Hint in it while it is empty.
	Label, Hint string
	// Most is how many letters fit, 0 for any number; Rows how many lines are seen at
	// least of Lines, 3 where zero.
	Most, Rows int
	// Changed is told of every new text, Enter of the key (with Ctrl in Lines),
	// Escape of that one while there is nothing to clear.
	Changed func(text string)
	Enter   func()
	Escape  func()
	// Keys gets the first word on keys that are no letters, and reports whether it
	// took one.
	Keys func(fyne.KeyName) bool
	// Focus is told when the field gets the keyboard and loses it.
	Focus func(has bool)
	// Plain shows neither the sign nor the button that clears.
	Plain bool
}

// Input is the part of a field that takes the keyboard: the toolkit's entry, which
// composes Vietnamese. Types that embed it call Prepare instead of ExtendBaseWidget
// and hand keys on to Input's methods.
type Input struct {
	widget.Entry

	o       Options
	self    fyne.Focusable
	setting Setting
	comp    composer
	steps   steps
	chord   chord
	tail    *tail
	focused bool
	program bool // the text is being written by the program
	// refuse is told why a key was not taken, "" when the next one is.
	refuse func(key string)
}

// NewInput returns an empty field without label.
func NewInput(o Options) *Input {
	i := &Input{}
	i.Prepare(i, o)
	return i
}

// Prepare makes an embedded Input ready; self is the widget that embeds it.
func (i *Input) Prepare(self interface {
	fyne.Widget
	fyne.Focusable
}, o Options,
) {
	i.o, i.self = o, self
	i.Password = o.Kind == Password
	i.MultiLine = o.Kind == Lines
	i.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	if i.MultiLine {
		i.Wrapping = fyne.TextWrapWord
		if o.Rows > 0 {
			i.SetMinRowsVisible(o.Rows)
		}
	}
	i.ExtendBaseWidget(self)
	i.PlaceHolder = o.Hint
	i.OnChanged = i.changed
	i.setting = Load(o.Memory)
	i.adopt()
	if !o.Plain {
		i.tail = newTail(i)
		i.ActionItem = i.tail
	}
}

// composes reports whether the field could ever compose.
func (i *Input) composes() bool {
	return i.o.Kind != Password && i.o.Kind != Number && i.o.Kind != Code
}

// adopt makes the setting that of this field.
func (i *Input) adopt() {
	i.comp.style = typing.Style{}
	if i.composes() {
		i.comp.style = i.setting.style()
	}
	if i.tail != nil {
		i.tail.Refresh()
	}
}

// Setting is how the field types now.
func (i *Input) Setting() Setting { return i.setting }

// choose changes how the person types.
func (i *Input) choose(s Setting) {
	i.finish()
	i.setting = s
	Save(i.o.Memory, s)
	i.adopt()
}

// Switch goes from Vietnamese to English and back, as the key does.
func (i *Input) Switch() {
	if i.composes() {
		i.choose(i.setting.switched())
	}
}

// SetText writes a text. It cannot be undone.
func (i *Input) SetText(text string) {
	i.comp.drop()
	i.steps.clear()
	i.Entry.SetText(text)
}

func (i *Input) changed(text string) {
	if i.tail != nil {
		i.tail.Refresh()
	}
	if i.o.Changed != nil && !i.program {
		i.o.Changed(text)
	}
}

// quietly does something in many steps and tells of it once.
func (i *Input) quietly(do func()) {
	was := i.Text
	i.program = true
	do()
	i.program = false
	if i.Text != was {
		i.changed(i.Text)
	}
}

// before is the text up to the cursor.
func (i *Input) before() string {
	rs := []rune(i.Text)
	return string(rs[:min(max(i.CursorTextOffset(), 0), len(rs))])
}

// apply does an edit at the cursor.
func (i *Input) apply(e edit) {
	for range e.erase {
		i.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	}
	for _, r := range e.write {
		i.Entry.TypedRune(r)
	}
}

// finish ends the word at the cursor.
func (i *Input) finish() {
	if i.comp.word.Empty() {
		return
	}
	i.quietly(func() { i.apply(i.comp.end(i.before())) })
}

// TypedRune takes a letter.
func (i *Input) TypedRune(r rune) {
	if i.Disabled() || !i.admits(r) {
		return
	}
	kind := "type"
	if unicode.IsSpace(r) || unicode.IsPunct(r) {
		kind = "break!"
	}
	if i.selected() {
		i.comp.drop()
		kind = "replace!"
	}
	i.steps.note(i.Text, kind)
	if kind != "type" {
		i.steps.kind = "type" // what follows belongs to it
	}
	foreign := false
	i.quietly(func() {
		if i.selected() {
			i.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
		}
		var e edit
		e, foreign = i.comp.key(i.before(), r)
		i.apply(e)
	})
	if foreign { // the system composes
		s := i.setting
		s.Method = System
		i.choose(s)
	}
}

func (i *Input) selected() bool { return i.SelectedText() != "" }

// admits reports whether a letter may stand in the field, and says why not.
func (i *Input) admits(r rune) bool {
	why := ""
	switch {
	case i.o.Kind == Number && !numeral(r):
		why = "field.digits"
	case i.o.Most > 0 && !i.selected() && utf8.RuneCountInString(i.Text) >= i.o.Most:
		why = "field.full"
	}
	if i.refuse != nil {
		i.refuse(why)
	}
	return why == ""
}

// TypedKey takes a key.
func (i *Input) TypedKey(k *fyne.KeyEvent) {
	if i.Disabled() || i.o.Keys != nil && i.o.Keys(k.Name) {
		return
	}
	switch k.Name {
	case fyne.KeyBackspace:
		i.steps.note(i.Text, "erase")
		if !i.selected() {
			if e, ok := i.comp.back(i.before()); ok {
				i.quietly(func() { i.apply(e) })
				return
			}
		}
	case fyne.KeyDelete:
		i.finish()
		i.steps.note(i.Text, "delete")
	case fyne.KeyEscape:
		i.escape()
		return
	case fyne.KeyReturn, fyne.KeyEnter:
		i.finish()
		if !i.MultiLine {
			if i.o.Enter != nil {
				i.o.Enter()
			}
			return
		}
		i.steps.note(i.Text, "line!")
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyPageDown, fyne.KeyTab:
		i.finish()
		i.steps.kind = ""
	default: // the key of a letter comes before the letter
	}
	i.Entry.TypedKey(k)
}

// escape clears a search, or is handed on.
func (i *Input) escape() {
	i.finish()
	if i.o.Kind == Query && i.Text != "" {
		i.Clear()
		return
	}
	if i.o.Escape != nil {
		i.o.Escape()
	}
}

// Clear empties the field as the person's own act: Ctrl+Z brings the text back.
func (i *Input) Clear() {
	if i.Text == "" {
		return
	}
	i.comp.drop()
	i.steps.note(i.Text, "clear!")
	i.quietly(func() {
		i.Entry.TypedShortcut(&fyne.ShortcutSelectAll{})
		i.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	})
}

// TypedShortcut takes a key with Ctrl.
func (i *Input) TypedShortcut(s fyne.Shortcut) {
	i.chord.spoil()
	switch x := s.(type) {
	case *fyne.ShortcutUndo:
		i.finish()
		i.travel(i.steps.back, i.Undo)
		return
	case *fyne.ShortcutRedo:
		i.finish()
		i.travel(i.steps.forth, i.Redo)
		return
	case *fyne.ShortcutPaste, *fyne.ShortcutCut:
		i.finish()
		i.steps.note(i.Text, "paste!")
	case *desktop.CustomShortcut:
		if x.Modifier == fyne.KeyModifierControl && i.command(x.KeyName) {
			return
		}
		if !jump(x) {
			i.handOn(x)
			return
		}
		i.finish()
		i.steps.note(i.Text, "word!")
	}
	i.Entry.TypedShortcut(s)
}

// jump reports whether the toolkit's entry takes a shortcut: the cursor goes over a
// word, or in one of its other systems to an end of the line.
func jump(s *desktop.CustomShortcut) bool {
	over := s.KeyName == fyne.KeyLeft || s.KeyName == fyne.KeyRight
	return over && s.Modifier&^fyne.KeyModifierShift == fyne.KeyModifierShortcutDefault
}

// handOn gives the window what means nothing to a field: the toolkit tells shortcuts to
// who has the keyboard and to nobody else.
func (i *Input) handOn(s fyne.Shortcut) {
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(i.self.(fyne.CanvasObject)).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

// command takes a key with Ctrl that means something to a field.
func (i *Input) command(k fyne.KeyName) bool {
	switch {
	case k == fyne.KeySpace && i.composes():
		i.Switch()
	case (k == fyne.KeyReturn || k == fyne.KeyEnter) && i.o.Enter != nil:
		i.finish()
		i.o.Enter()
	default:
		return false
	}
	return true
}

// travel goes to another step by the toolkit's own undo, which knows where the cursor
// was.
func (i *Input) travel(to func(now string) (string, bool), one func()) {
	text, ok := to(i.Text)
	if !ok {
		return
	}
	i.quietly(func() {
		for i.Text != text {
			was := i.Text
			one()
			if i.Text == was {
				break
			}
		}
	})
}

// FocusGained is for Fyne.
func (i *Input) FocusGained() {
	i.focused = true
	if s := Load(i.o.Memory); i.o.Memory != nil && s != i.setting {
		i.setting = s
	}
	i.adopt()
	i.Entry.FocusGained()
	if i.o.Focus != nil {
		i.o.Focus(true)
	}
}

// FocusLost is for Fyne.
func (i *Input) FocusLost() {
	i.focused = false
	i.finish()
	i.Entry.FocusLost()
	if i.o.Focus != nil {
		i.o.Focus(false)
	}
}

// MouseDown is for Fyne: the word is over before the cursor goes elsewhere.
func (i *Input) MouseDown(m *desktop.MouseEvent) {
	i.finish()
	i.steps.kind = ""
	i.Entry.MouseDown(m)
}

// KeyDown is for Fyne; it sees the keys that switch.
func (i *Input) KeyDown(k *fyne.KeyEvent) {
	i.chord.down(k.Name)
	i.Entry.KeyDown(k)
}

// KeyUp is for Fyne.
func (i *Input) KeyUp(k *fyne.KeyEvent) {
	if i.chord.up(k.Name) {
		i.Switch()
	}
	i.Entry.KeyUp(k)
}

// MinSize is the height of a control of the design, or that of the lines.
func (i *Input) MinSize() fyne.Size {
	m := i.Entry.MinSize()
	return fyne.NewSize(m.Width, max(m.Height, controlHigh))
}
