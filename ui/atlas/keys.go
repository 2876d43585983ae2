package atlas

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/world"
	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/picture"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/maps"
)

// Key takes a key that no field wanted, and reports whether it did anything.
func (a *Atlas) Key(k fyne.KeyName) bool {
	const pull, nudge = 120, 8
	switch k {
	case fyne.KeyLeft:
		a.arrow(image.Pt(-1, 0), pull, nudge)
	case fyne.KeyRight:
		a.arrow(image.Pt(1, 0), pull, nudge)
	case fyne.KeyUp:
		a.arrow(image.Pt(0, -1), pull, nudge)
	case fyne.KeyDown:
		a.arrow(image.Pt(0, 1), pull, nudge)
	case fyne.KeyEscape:
		if !a.escape() {
			a.h.Leave()
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		return a.edit.EndPart() || a.enter() || a.openIt()
	case fyne.KeyDelete, fyne.KeyBackspace:
		return a.edit.RemoveCorner()
	case fyne.KeyInsert:
		return a.edit.InsertCorner()
	case fyne.KeyF5:
		if a.edit.Stored() {
			a.edit.Reload()
		}
	case fyne.KeyF2:
		if a.page == pageViews {
			a.renameView()
		}
	case fyne.KeyF6:
		a.face.focusList()
	default:
		return false
	}
	return true
}

// arrow moves the corner the keyboard has, or the map.
func (a *Atlas) arrow(way image.Point, pull, nudge float32) {
	if a.edit.MoveCorner(way.Mul(a.px(nudge))) {
		return
	}
	a.follow = ""
	a.view = picture.Dragged(a.view, way.Mul(-a.px(pull)))
	a.moved()
}

// escape leaves one thing at a time: the results, a drag, a corner, the work, the
// choice; false when there is nothing left to leave.
func (a *Atlas) escape() bool {
	switch {
	case a.find.On():
		return a.closeSearch()
	case a.tool == toolBox:
		a.tool = toolHand
	case a.edit.Escape():
	case a.cursor >= 0:
		a.cursor = -1
	case a.follow != "":
		a.follow = ""
	case a.back():
	default:
		return false
	}
	a.touch()
	return true
}

// Rune takes single letters and signs: no field has the keyboard.
func (a *Atlas) Rune(r rune) bool {
	switch r {
	case '+', '=':
		a.nearer(1)
	case '-', '_', '−':
		a.nearer(-1)
	case '0':
		a.whole()
	case '1', '2', '3', '4', '5':
		a.turn(page(r - '1'))
	case 'd', 'D':
		a.edit.MeasureBy(editor.Measure)
	case 'a', 'A':
		a.edit.MeasureBy(editor.Area)
	case 's', 'S':
		a.boxTool()
	case 'f', 'F':
		a.followOne()
	case 'h', 'H':
		if a.one == "" && len(a.chosen) > 1 {
			a.spread()
		} else {
			a.goToOne()
		}
	case 'j', 'J':
		a.jumpTo()
	case 'u', 'U':
		a.nextForm()
	case ' ':
		return a.edit.PutCorner()
	default:
		return a.pageRune(r)
	}
	return true
}

// pageRune takes the letters of the page that is open.
func (a *Atlas) pageRune(r rune) bool {
	switch {
	case r == 'n' || r == 'N':
		if !a.edit.New() {
			a.newOne()
		}
	case (r == 'i' || r == 'I') && a.page == pageFences:
		a.files.read()
	case (r == 'e' || r == 'E') && a.page == pageFences:
		a.files.export()
	default:
		return false
	}
	return true
}

func (a *Atlas) nearer(notches float64) {
	a.view = picture.Zoomed(a.view, image.Pt(a.view.Width/2, a.view.Height/2), notches)
	a.moved()
}

// whole looks again at what the map was opened for.
func (a *Atlas) whole() {
	if s := a.h.State(); s != nil {
		a.follow = ""
		a.view = picture.Kept(a.m.View(s, a.view.Width, a.view.Height).Whole())
		a.moved()
	}
}

func (a *Atlas) boxTool() {
	if a.edit.Busy() {
		a.edit.Keep()
	}
	if a.tool == toolBox {
		a.tool = toolHand
	} else {
		a.tool = toolBox
	}
	a.touch()
}

// turn shows a page of the pane and gives its list the keyboard; the map has it
// for the detail.
func (a *Atlas) turn(p page) {
	a.page = p
	a.find.Hide()
	a.face.top()
	a.touch()
	a.face.refresh(a.h.Now())
	if p == pageDetail || a.edit.Busy() {
		a.h.Keyboard()
	} else {
		a.face.focusList()
	}
}

// giveBack gives the keyboard back after a press of a button, unless a field
// wants it.
func (a *Atlas) giveBack() {
	if !a.texts.Refused() {
		a.h.Keyboard()
	}
}

// fieldShortcut reports whether a shortcut is a field's own.
func fieldShortcut(s fyne.Shortcut) bool {
	switch s.(type) {
	case *fyne.ShortcutUndo, *fyne.ShortcutRedo, *fyne.ShortcutCopy, *fyne.ShortcutCut, *fyne.ShortcutPaste, *fyne.ShortcutSelectAll:
		return true
	}
	return false
}

// Shortcut takes a combination of keys and reports whether it did anything.
func (a *Atlas) Shortcut(s fyne.Shortcut) bool {
	switch c := s.(type) {
	case *fyne.ShortcutUndo:
		return a.edit.Undo()
	case *fyne.ShortcutRedo:
		return a.edit.Redo()
	case *desktop.CustomShortcut:
		if c.Modifier == fyne.KeyModifierControl|fyne.KeyModifierShift && c.KeyName == fyne.KeyZ {
			return a.edit.Redo()
		}
		return c.Modifier == fyne.KeyModifierControl && a.control(c.KeyName)
	}
	return false
}

func (a *Atlas) control(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyF:
		a.openSearch("")
	case fyne.KeyM:
		a.h.Leave()
	case fyne.KeyReturn, fyne.KeyEnter:
		if !a.edit.Busy() && a.page == pageViews {
			a.saveView()
			return true
		}
		a.edit.Save()
	case fyne.KeyD:
		if !a.edit.Busy() {
			return false
		}
		a.edit.Discard()
	case fyne.KeyDelete:
		if !a.edit.Busy() && a.page == pageViews {
			a.removeView()
			return true
		}
		a.edit.Remove()
	default:
		return false
	}
	return true
}

// Shortcuts are the combinations of keys that a window hands to Shortcut.
func Shortcuts() []fyne.Shortcut {
	control := func(k fyne.KeyName) fyne.Shortcut {
		return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl}
	}
	return []fyne.Shortcut{
		&fyne.ShortcutUndo{}, &fyne.ShortcutRedo{},
		&desktop.CustomShortcut{KeyName: fyne.KeyZ, Modifier: fyne.KeyModifierControl | fyne.KeyModifierShift},
		control(fyne.KeyF), control(fyne.KeyM), control(fyne.KeyReturn), control(fyne.KeyEnter), control(fyne.KeyD), control(fyne.KeyDelete),
	}
}

// Actions are what can be done with the map as a whole, in order.
func (a *Atlas) Actions() []sheet.Action {
	l := a.h.Lang
	act := func(group, key, label string, on bool, do func()) sheet.Action {
		return sheet.Action{Key: key, Label: l.T(label), Do: do, Chosen: on, Group: group}
	}
	kind := a.edit.Kind()
	out := []sheet.Action{
		act("find", "Ctrl F", "atlas.act.search", false, func() { a.openSearch("") }),
		act("find", "J", "atlas.act.area", false, a.jumpTo),
		act("tool", "S", "atlas.act.box", a.tool == toolBox, a.boxTool),
		act("tool", "D", "atlas.act.measure", kind == editor.Measure, func() { a.edit.MeasureBy(editor.Measure) }),
		act("tool", "A", "atlas.act.measurearea", kind == editor.Area, func() { a.edit.MeasureBy(editor.Area) }),
		act("view", "+", "atlas.act.in", false, func() { a.nearer(1) }),
		act("view", "−", "atlas.act.out", false, func() { a.nearer(-1) }),
		act("view", "0", "atlas.act.whole", false, a.whole),
		act("foot", "U", "atlas.act.form", false, a.nextForm),
	}
	if a.edit.HasCorner() {
		out = append(out, act("corner", "Ins", "atlas.corner.add", false, func() { a.edit.InsertCorner() }), act("corner", "Del", "atlas.corner.remove", false, func() { a.edit.RemoveCorner() }))
	}
	return out
}

// plateOf is a thing's name plate: what it is called, and what is first said of it.
func (a *Atlas) plateOf(refs []world.Ref) []string {
	if len(refs) == 0 {
		return []string{"", ""}
	}
	d, ok := a.describe(refs[0])
	if !ok {
		return []string{"", ""}
	}
	return []string{d.Title, plateLine(d)}
}

func plateLine(d maps.Detail) string {
	if len(d.Lines) == 0 {
		return d.Kind
	}
	return d.Kind + " · " + d.Lines[0].Text
}

func refsList(r world.Ref) []world.Ref { return []world.Ref{r} }
