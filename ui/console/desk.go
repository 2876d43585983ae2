package console

import (
	"fmt"
	"time"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/page"
)

// answerLimit is how long a command may be without an answer before the console
// says so; a receipt that comes later is not missed: the state shows what it did.
const answerLimit = 10 * time.Second

// desk is what pages are given: the client and, around it, the console.
type desk struct {
	Base
	c *Console
}

var _ page.Desk = (*desk)(nil)

// asked is a command on its way.
type asked struct {
	id   string
	sent time.Time
	done func(world.Receipt)
}

// May is for page.Desk.
func (d *desk) May(right string) bool { return d.Person().May(right) }

// Ask is for page.Desk.
func (d *desk) Ask(a act.Act, done func(world.Receipt)) { d.c.ask(a, done) }

// Open is for page.Desk.
func (d *desk) Open(l page.Link) { d.c.Open(l) }

// Back is for page.Desk.
func (d *desk) Back() { d.c.Back() }

// Say is for page.Desk.
func (d *desk) Say(s world.Severity, text string) { d.c.Say(s, text) }

// Did is for page.Desk.
func (d *desk) Did(text string, undo func()) {
	d.c.did.push(done{text: text, at: d.Now(), undo: undo})
	d.c.line = said{}
	d.c.foot.refresh(d.Now())
	d.Poke()
}

// Copy is for page.Desk.
func (d *desk) Copy(text string) {
	d.c.o.App.Clipboard().SetContent(text)
	d.c.Say("", d.c.env.Lang.T("shell.copied", "text", short(text, 60)))
}

// Save is for page.Desk.
func (d *desk) Save(name string, content func() ([]byte, error)) { d.c.save(name, content) }

// ask sends a command; done is called once, later, on the toolkit's goroutine.
func (c *Console) ask(a act.Act, done func(world.Receipt)) {
	if done == nil {
		done = c.refused
	}
	c.serial++
	now := c.base.Now()
	x := asked{id: fmt.Sprintf("desk-%x-%d", c.started.UnixMilli(), c.serial), sent: now, done: done}
	if err := c.base.Send(act.Command{ID: x.id, Act: a}); err != nil {
		c.o.Log.Error("command not sent", "act", a.Act(), "error", err)
		no := world.Refused(x.id, err)
		reason := c.env.Lang.T("shell.ask.unsent", "why", c.env.Lang.Reason(no.Code, no.Reason))
		c.later = append(c.later, func() { done(world.Receipt{ID: x.id, Reason: reason}) })
	} else {
		c.asked = append(c.asked, x)
	}
	c.base.Poke()
}

// refused says a refusal that nobody else says.
func (c *Console) refused(r world.Receipt) {
	if !r.OK {
		c.Say(world.Warning, c.env.Lang.T("shell.refused", "reason", r.Reason))
	}
}

// answers hands receipts to who waits for them. What is called may ask again.
func (c *Console) answers(now time.Time) {
	waiting, later := c.asked, c.later
	c.asked, c.later = nil, nil
	for _, f := range later {
		f()
	}
	for _, x := range waiting {
		r, ok := c.base.Receipt(x.id)
		switch {
		case ok:
			x.done(r)
		case now.Sub(x.sent) >= answerLimit:
			x.done(world.Receipt{ID: x.id, Reason: c.env.Lang.T("shell.ask.silent", "age", c.env.Lang.Age(answerLimit))})
		default:
			c.asked = append(c.asked, x)
		}
	}
}

// short is a text of at most so many letters.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
