package console

import (
	"time"

	"iocwall/server/world"
)

// doneLimit is how many acts can be taken back.
const doneLimit = 50

// done is one thing that the person did.
type done struct {
	text string
	at   time.Time
	undo func()
}

// history are the acts, oldest first.
type history struct{ acts []done }

func (h *history) last() (done, bool) {
	if len(h.acts) == 0 {
		return done{}, false
	}
	return h.acts[len(h.acts)-1], true
}

func (h *history) push(d done) {
	h.acts = append(h.acts, d)
	if over := len(h.acts) - doneLimit; over > 0 {
		h.acts = append(h.acts[:0:0], h.acts[over:]...)
	}
}

// next is the last act that can be taken back.
func (h *history) next() (done, bool) {
	for i := len(h.acts) - 1; i >= 0; i-- {
		if h.acts[i].undo != nil {
			return h.acts[i], true
		}
	}
	return done{}, false
}

// pop takes that act away. What cannot be taken back does not stand in its way.
func (h *history) pop() (done, bool) {
	for i := len(h.acts) - 1; i >= 0; i-- {
		if d := h.acts[i]; d.undo != nil {
			h.acts = append(h.acts[:i:i], h.acts[i+1:]...)
			return d, true
		}
	}
	return done{}, false
}

// undoLast takes back what was done last, or says why not. Whether it is back is for the
// act's own page to say: the server may refuse.
func (c *Console) undoLast() {
	l := c.env.Lang
	if d, ok := c.did.pop(); ok {
		c.Say("", l.T("shell.undoing", "what", d.text))
		d.undo()
	} else if last, ok := c.did.last(); ok {
		c.Say(world.Notice, l.T("shell.undo.not", "what", last.text))
	} else {
		c.Say(world.Notice, l.T("shell.undo.none"))
	}
}

// Say shows one line at the foot for some seconds; an empty severity is for what
// went well.
func (c *Console) Say(s world.Severity, text string) {
	stay := saidLimit
	if s != "" && s != world.Notice {
		stay = saidTrouble
	}
	now := c.base.Now()
	c.line = said{severity: s, text: text, until: now.Add(stay)}
	c.foot.refresh(now)
	c.base.Poke()
}
