package atlas

import (
	"image"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/world"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/atlas/sketch"
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
		return a.endPart() || a.enter() || a.openIt()
	case fyne.KeyDelete, fyne.KeyBackspace:
		return a.removeCorner()
	case fyne.KeyInsert:
		return a.insertCorner()
	case fyne.KeyF5:
		if w := a.work; w != nil && w.id != "" {
			a.reload()
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
	if a.work != nil && a.work.chosen.Part >= 0 && a.moveCorner(way.Mul(a.px(nudge))) {
		return
	}
	a.follow = ""
	a.view = dragged(a.view, way.Mul(-a.px(pull)))
	a.moved()
}

// escape leaves one thing at a time: the results, a drag, a corner, the work, the
// choice; false when there is nothing left to leave.
func (a *Atlas) escape() bool {
	w := a.work
	switch {
	case a.search.on:
		return a.closeSearch()
	case a.tool == toolBox:
		a.tool = toolHand
	case w != nil && (w.moving != nil || w.chosen.Part >= 0):
		w.moving, w.chosen, w.dragging = nil, sketch.Nowhere(), sketch.Nowhere()
	case w != nil && w.hist.Now.On >= 0 && len(w.hist.Now.Parts[w.hist.Now.On].Points) > 0 && w.kind != workMeasure && w.kind != workArea:
		a.act("atlas.act.drop", w.hist.Now.Drop(w.hist.Now.On))
	case w != nil:
		a.keep()
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
		a.measureBy(workMeasure)
	case 'a', 'A':
		a.measureBy(workArea)
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
		return a.putCorner(image.Pt(a.view.Width/2, a.view.Height/2))
	default:
		return a.pageRune(r)
	}
	return true
}

// pageRune takes the letters of the page that is open.
func (a *Atlas) pageRune(r rune) bool {
	switch {
	case r == 'n' || r == 'N':
		if a.work != nil && a.work.kind == workFence {
			a.newPart(sketch.FormRing)
		} else {
			a.newOne()
		}
	case (r == 'i' || r == 'I') && a.page == pageFences:
		a.importFile()
	case (r == 'e' || r == 'E') && a.page == pageFences:
		a.export()
	default:
		return false
	}
	return true
}

func (a *Atlas) nearer(notches float64) {
	a.view = zoomed(a.view, image.Pt(a.view.Width/2, a.view.Height/2), notches)
	a.moved()
}

// whole looks again at what the map was opened for.
func (a *Atlas) whole() {
	if s := a.h.State(); s != nil {
		a.follow = ""
		a.view = kept(a.m.View(s, a.view.Width, a.view.Height).Whole())
		a.moved()
	}
}

func (a *Atlas) boxTool() {
	if a.work != nil {
		a.keep()
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
	a.search.on = false
	a.face.top()
	a.touch()
	a.face.refresh(a.h.Now())
	if p == pageDetail || a.work != nil {
		a.h.Keyboard()
	} else {
		a.face.focusList()
	}
}

// giveBack gives the keyboard back after a press of a button, unless a field
// wants it.
func (a *Atlas) giveBack() {
	if len(a.wrong) == 0 {
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
		return a.undo()
	case *fyne.ShortcutRedo:
		return a.redo()
	case *desktop.CustomShortcut:
		if c.Modifier == fyne.KeyModifierControl|fyne.KeyModifierShift && c.KeyName == fyne.KeyZ {
			return a.redo()
		}
		return c.Modifier == fyne.KeyModifierControl && a.control(c.KeyName)
	}
	return false
}

func (a *Atlas) control(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyK:
		a.openSearch("")
	case fyne.KeyM:
		a.h.Leave()
	case fyne.KeyReturn, fyne.KeyEnter:
		if a.work == nil && a.page == pageViews {
			a.saveView()
			return true
		}
		a.save()
	case fyne.KeyD:
		if a.work == nil {
			return false
		}
		a.discard()
	case fyne.KeyDelete:
		if a.work == nil && a.page == pageViews {
			a.removeView()
			return true
		}
		a.remove()
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
		control(fyne.KeyK), control(fyne.KeyM), control(fyne.KeyReturn), control(fyne.KeyEnter), control(fyne.KeyD), control(fyne.KeyDelete),
	}
}

// Actions are what can be done with the map as a whole, in order.
func (a *Atlas) Actions() []Action {
	l := a.h.Lang
	act := func(group, key, label string, on bool, do func()) Action {
		return Action{Key: key, Label: l.T(label), Do: do, Chosen: on, Group: group}
	}
	kind := workKind(-1)
	if a.work != nil {
		kind = a.work.kind
	}
	out := []Action{
		act("find", "Ctrl K", "atlas.act.search", false, func() { a.openSearch("") }),
		act("find", "J", "atlas.act.area", false, a.jumpTo),
		act("tool", "S", "atlas.act.box", a.tool == toolBox, a.boxTool),
		act("tool", "D", "atlas.act.measure", kind == workMeasure, func() { a.measureBy(workMeasure) }),
		act("tool", "A", "atlas.act.measurearea", kind == workArea, func() { a.measureBy(workArea) }),
		act("view", "+", "atlas.act.in", false, func() { a.nearer(1) }),
		act("view", "−", "atlas.act.out", false, func() { a.nearer(-1) }),
		act("view", "0", "atlas.act.whole", false, a.whole),
		act("foot", "U", "atlas.act.form", false, a.nextForm),
	}
	if w := a.work; w != nil && w.chosen.Part >= 0 {
		out = append(out, act("corner", "Ins", "atlas.corner.add", false, func() { a.insertCorner() }), act("corner", "Del", "atlas.corner.remove", false, func() { a.removeCorner() }))
	}
	return out
}

// foundRows are the results under the field.
func (a *Atlas) foundRows() []sheet.Row {
	s := &a.search
	if !s.on {
		return nil
	}
	l := a.h.Lang
	var rows []sheet.Row
	if s.kind == kindArea {
		rows = append(rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.act.area"), Right: strconv.Itoa(len(s.found))})
	}
	if s.fault != "" {
		rows = append(rows, sheet.Row{Kind: sheet.RowFault, Text: s.fault})
	}
	for i, f := range s.found {
		r := sheet.Row{Kind: sheet.RowItem, Name: f.name, Right: l.T(kindKey(f.kind)), Text: f.detail, Chosen: i == s.at, Do: func() { a.take(f) }}
		if f.matched != "" {
			r.Text = l.T("atlas.search.matched", "name", f.matched)
		}
		rows = append(rows, r)
	}
	switch {
	case len(s.found) > 0 || s.fault != "":
	case s.busy && s.names == nil:
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.busy")})
	case s.text == "":
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.how")})
	default:
		rows = append(rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.search.none", "text", s.text)})
	}
	return rows
}

// kindKey is the catalogue's word for a kind of result.
func kindKey(kind string) string { return "atlas.kind." + kind }

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
