package console

import (
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
)

// desk is what pages are given: the client and, around it, the console.
type desk struct {
	Base
	c *Console
}

var _ page.Desk = (*desk)(nil)

// May is for page.Desk.
func (d *desk) May(right string) bool { return d.Person().May(right) }

// Ask is for page.Desk.
func (d *desk) Ask(a act.Act, done func(world.Receipt)) {}

// Open is for page.Desk.
func (d *desk) Open(l page.Link) { d.c.Open(l) }

// Back is for page.Desk.
func (d *desk) Back() {}

// Say is for page.Desk.
func (d *desk) Say(s world.Severity, text string) {}

// Did is for page.Desk.
func (d *desk) Did(text string, undo func()) {}

// Copy is for page.Desk.
func (d *desk) Copy(text string) {}

// Save is for page.Desk.
func (d *desk) Save(name string, content func() ([]byte, error)) {}
