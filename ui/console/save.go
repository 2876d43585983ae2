package console

import (
	"path/filepath"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
	"iocwall/ui/console/chip"
	"iocwall/ui/field"
)

// Measures of the question where to save, in Fyne units.
const saveWide, saveHigh = 640, 196

// save asks where a file is to go and writes it beside the toolkit.
func (c *Console) save(name string, content func() ([]byte, error)) {
	l := c.env.Lang
	if c.o.Files == nil {
		c.Say(world.Warning, l.T("shell.save.nowhere"))
		return
	}
	where := filepath.Join(c.o.Files.Folder(), filepath.Base(name))
	var in *field.Field
	write := func() {
		path := in.Text()
		if path == "" {
			path = where
		}
		c.drop()
		c.write(path, content)
	}
	in = field.New(field.Options{Kind: field.Code, Lang: l, Label: l.T("shell.save.where"), Enter: write, Escape: c.drop, Plain: true})
	in.SetText(where)
	title := c.heading(l.T("shell.save"))
	title.TextSize, title.TextStyle.Bold, title.Color = c.unit(20), true, c.env.Kit.Theme.T1
	yes := chip.New(hands{c}, chip.Face{Role: chip.Primary, Text: l.T("shell.save.do"), Key: "Enter"}, write)
	no := chip.New(hands{c}, chip.Face{Role: chip.Button, Text: l.T("shell.save.not"), Key: "Esc"}, c.drop)
	s := &sheet{}
	s.place = func(window fyne.Size) (fyne.Position, fyne.Size) {
		u := c.unit
		size := fyne.NewSize(min(u(saveWide), window.Width-u(32)), u(saveHigh))
		at := fyne.NewPos((window.Width-size.Width)/2, (window.Height-size.Height)/3)
		title.Move(at.AddXY(u(20), u(14)))
		in.Move(at.AddXY(u(20), u(52)))
		in.Resize(fyne.NewSize(size.Width-u(40), in.MinSize().Height))
		x := u(20)
		for _, b := range []*chip.Chip{yes, no} {
			w := u(b.Wide())
			b.Move(at.AddXY(x, size.Height-u(56)))
			b.Resize(fyne.NewSize(w, u(40)))
			x += w + u(8)
		}
		return at, size
	}
	c.lift(s, title, in, yes, no)
	// By the window: the field has none before it was painted.
	c.base.Window().Canvas().Focus(in.Input)
}

// write makes the content and writes it, beside the toolkit, and says where it is.
func (c *Console) write(path string, content func() ([]byte, error)) {
	l, files := c.env.Lang, c.o.Files
	c.Say("", l.T("shell.save.doing", "path", filepath.Base(path)))
	c.base.Job(func(<-chan struct{}) func() {
		b, err := content()
		if err == nil {
			path, err = files.Write(path, b)
		}
		return func() {
			if err != nil {
				c.o.Log.Warn("file not saved", "path", path, "error", err)
				c.Say(world.Warning, l.T("shell.save.wrong", "why", err.Error()))
				return
			}
			c.Say("", l.T("shell.save.done", "path", path))
		}
	})
}
