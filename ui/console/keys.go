package console

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/ui/console/chip"
	"iocwall/ui/tile"
)

// shortcut is one of the console's own keys with a modifier.
type shortcut struct {
	key  fyne.KeyName
	mod  fyne.KeyModifier
	do   func()
	keys string // how it is printed; empty is not shown in the help
	text string // key of the catalogue
}

// shortcuts are the console's own.
func (c *Console) shortcuts() []shortcut {
	const ctrl, alt = fyne.KeyModifierControl, fyne.KeyModifierAlt
	list := []shortcut{
		{fyne.KeyK, ctrl, c.openSearch, "Ctrl K", "shell.key.search"},
		{fyne.KeyZ, ctrl, c.undoLast, "Ctrl Z", "shell.key.undo"},
		{fyne.KeyL, ctrl, c.copyLink, "Ctrl L", "shell.key.link"},
		{fyne.KeyLeft, alt, c.Back, "Alt ←", "shell.key.back"},
		{fyne.KeyEqual, ctrl, func() { c.grow(1) }, "Ctrl + −", "shell.key.size"},
		{fyne.KeyEqual, ctrl | fyne.KeyModifierShift, func() { c.grow(1) }, "", ""},
		{fyne.KeyPlus, ctrl, func() { c.grow(1) }, "", ""},
		{fyne.KeyMinus, ctrl, func() { c.grow(-1) }, "", ""},
		{fyne.Key0, ctrl, func() { c.grow(-9) }, "", ""},
		{fyne.KeyX, alt, c.notices.take, "Alt X", "shell.key.take"},
		{fyne.KeyO, alt, c.notices.open, "Alt O", "shell.key.open"},
		{fyne.KeyM, alt, c.hush, "Alt M", "shell.key.hush"},
	}
	for i, k := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9} {
		list = append(list, shortcut{key: k, mod: ctrl, do: func() { c.openTab(i) }})
	}
	return list
}

// bind gives the window the console's shortcuts.
func (c *Console) bind() {
	canvas := c.base.Window().Canvas()
	for _, s := range c.shortcuts() {
		canvas.AddShortcut(&desktop.CustomShortcut{KeyName: s.key, Modifier: s.mod}, func(s fyne.Shortcut) { c.Shortcut(s) })
	}
	// The toolkit has a name of its own for what takes back.
	canvas.AddShortcut(&fyne.ShortcutUndo{}, func(s fyne.Shortcut) { c.Shortcut(s) })
}

// Shortcut takes a shortcut and reports whether it meant something.
func (c *Console) Shortcut(s fyne.Shortcut) bool {
	if c.closed {
		return false
	}
	if _, ok := s.(*fyne.ShortcutUndo); ok {
		c.undoLast()
		return true
	}
	k, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	for _, own := range c.shortcuts() {
		if own.key == k.KeyName && own.mod == k.Modifier {
			own.do()
			return true
		}
	}
	return false
}

// Key takes a key that no field wanted: what lies over the page first, then the
// page, then the window.
func (c *Console) Key(e *fyne.KeyEvent) {
	switch {
	case c.sheet != nil:
		if (c.sheet.key == nil || !c.sheet.key(e)) && e.Name == fyne.KeyEscape {
			c.drop()
		}
	case e.Name == fyne.KeyF11:
		c.fullScreen()
	case c.shown != nil && c.shown.page.Key(e):
	case e.Name == fyne.KeyEscape && !c.unfull():
		c.Back()
	}
}

// Rune takes a letter that no field wanted.
func (c *Console) Rune(r rune) {
	switch {
	case r == '?':
		if c.helping {
			c.drop()
		} else {
			c.openHelp()
		}
	case c.sheet != nil:
	case c.shown != nil && c.shown.page.Rune(r):
	case r == 'm' || r == 'M':
		c.hush()
	}
}

func (c *Console) openTab(i int) {
	if kinds := c.tabbed(); i < len(kinds) {
		c.turn(kinds[i].ID)
	}
}

// copyLink puts the link of what is shown on the clipboard.
func (c *Console) copyLink() { c.desk.Copy(c.Where().String()) }

// hush silences the sounds for two minutes, or lets them be heard again.
func (c *Console) hush() {
	l, now := c.env.Lang, c.base.Now()
	if c.sound.hushed(now) {
		c.sound.until = time.Time{}
		c.Say("", l.T("shell.hush.off"))
		return
	}
	c.sound.until = now.Add(hushLimit)
	c.Say("", l.T("shell.hush", "time", l.ClockSeconds(c.sound.until)))
}

// hands is what the buttons of the window ask of it.
type hands struct{ c *Console }

var _ chip.Host = hands{}

// Env and all that follow are for chip.Host.
func (h hands) Env() *tile.Env       { return h.c.env }
func (h hands) Text() float64        { return h.c.o.Look.Text }
func (h hands) Unfocus()             { h.c.base.Window().Canvas().Unfocus() }
func (h hands) Key(e *fyne.KeyEvent) { h.c.Key(e) }
func (h hands) Rune(r rune)          { h.c.Rune(r) }
