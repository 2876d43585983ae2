package console

import (
	"time"

	"fyne.io/fyne/v2"

	"iocwall/server/world"
)

// layout is what is remembered of the window.
type layout struct {
	Width  float32 `json:"width,omitempty"`
	Height float32 `json:"height,omitempty"`
	Full   bool    `json:"full,omitempty"`
	Page   string  `json:"page,omitempty"`
}

// layoutName is under what name it is remembered.
const layoutName = "console"

// keptLeast and keptMost bound what a window is restored to, in Fyne units.
const keptLeast, keptMost = 640, 8000

// restore makes the window as it was.
func (c *Console) restore() {
	if !c.base.Memory().Get(layoutName, &c.kept) {
		return
	}
	w := c.base.Window()
	k := c.kept
	if k.Width >= keptLeast && k.Height >= keptLeast/2 && k.Width <= keptMost && k.Height <= keptMost {
		w.Resize(fyne.NewSize(k.Width, k.Height))
	}
	if k.Full {
		w.SetFullScreen(true)
	}
}

// resized notes the window's size; it is kept when that stays, not at each step of a
// window that is being pulled.
func (c *Console) resized(s fyne.Size) {
	if !c.base.Window().FullScreen() && (c.kept.Width != s.Width || c.kept.Height != s.Height) {
		c.kept.Width, c.kept.Height, c.pulled = s.Width, s.Height, c.base.Now()
	}
}

// keptAfter is how long a window has had its size before that is remembered.
const keptAfter = 2 * time.Second

// settled remembers the window's size when nobody pulls at it any more.
func (c *Console) settled(now time.Time) {
	if !c.pulled.IsZero() && now.Sub(c.pulled) >= keptAfter {
		c.remember()
	}
}

// remember keeps how the window is.
func (c *Console) remember() {
	c.pulled = time.Time{}
	c.kept.Full = c.base.Window().FullScreen()
	c.base.Memory().Set(layoutName, c.kept)
}

// sessionWarning is how long before its end a session is told to end.
const sessionWarning = 5 * time.Minute

// session says once that the session ends soon, and ends it.
func (c *Console) session(now time.Time) {
	end := c.base.Person().Expires
	if end.IsZero() {
		return
	}
	at, l := c.base.ServerTime(now), c.env.Lang
	left := end.Sub(at)
	switch {
	case left > sessionWarning:
		c.warned, c.ended = false, false
	case left <= 0 && !c.ended:
		c.ended = true
		c.Say(world.Warning, l.T("shell.session.over", "time", l.Clock(end)))
		if c.o.Expired != nil {
			c.o.Expired()
		}
	case left > 0 && !c.warned:
		c.warned = true
		c.notices.tell(l.T("shell.session.soon", "time", l.Clock(end), "left", l.Deadline(end, at)))
	}
}
