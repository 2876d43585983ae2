package atlas

import (
	"fyne.io/fyne/v2"

	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/sheet"
)

// The fields of the pane, by name; those of what is edited are the editor's.
const (
	fieldFilter = "filter"
	fieldLimits = "limits"
	fieldView   = "view"
)

// typing is how people type into a field: expressions and numbers have no marks.
func (a *Atlas) typing(name string) sheet.Typing {
	code := name == fieldFilter || name == fieldLimits || editor.Figures(name)
	return sheet.Typing{Lang: a.h.Lang, Memory: a.h.Memory, Code: code}
}

// entry makes a field of the pane that hands the keys of the map on to the map.
func (a *Atlas) entry(name string) *sheet.Entry {
	e := sheet.NewEntry(name, a.typing(name), func(text string) {
		if a.texts.Write(name, text) {
			a.edit.Wrote(name, text)
			a.touch()
		}
	})
	e.Text = a.texts.Get(name)
	e.Cut = a.cut
	e.Keys = func(k fyne.KeyName) bool {
		switch k {
		case fyne.KeyEscape:
			a.h.Keyboard()
			return true
		case fyne.KeyF5, fyne.KeyF2:
			return a.Key(k)
		}
		return false
	}
	return e
}

// searchEntry makes the field over the map: Escape leaves it, the arrows choose a
// result, Enter takes it.
func (a *Atlas) searchEntry() *sheet.Entry {
	e := sheet.NewEntry(fieldSearch, a.typing(fieldSearch), func(text string) {
		a.find.Type(text)
		a.touch()
	})
	e.PlaceHolder = a.h.Lang.T("atlas.search.hint")
	e.Cut, e.Enter = a.cut, a.takeChosen
	e.Focused = func() {
		if !a.find.On() {
			a.find.Reopen()
			a.touch()
		}
	}
	e.Keys = func(k fyne.KeyName) bool {
		switch {
		case k == fyne.KeyEscape && e.Text != "":
			e.SetText("")
		case k == fyne.KeyEscape:
			a.closeSearch()
		case k == fyne.KeyUp:
			a.moveFound(-1)
		case k == fyne.KeyDown:
			a.moveFound(1)
		case k == fyne.KeyF5 || k == fyne.KeyF2:
			return a.Key(k)
		default:
			return false
		}
		return true
	}
	return e
}

// cut gives the map its own shortcuts before a field has them.
func (a *Atlas) cut(s fyne.Shortcut) bool { return !fieldShortcut(s) && a.Shortcut(s) }
