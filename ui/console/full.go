package console

import (
	"fyne.io/fyne/v2"
)

// edges is what bar and foot take of the window in Fyne units. In full screen the
// page has all of it, but for what may not stay unsaid: the bar comes back while the
// server is away, the foot while it says what happened.
func (c *Console) edges() (over, under float32) {
	bar, foot := true, true
	if c.base.Window().FullScreen() {
		bar, foot = c.bar.words.bad != "" && c.base.State() != nil && c.base.Away(c.base.Now()) > 0, c.foot.says.bold
	}
	show := func(o fyne.CanvasObject, on bool, h float32) float32 {
		if !on {
			o.Hide()
			return 0
		}
		o.Show()
		return c.unit(h)
	}
	return show(c.bar.root, bar, barHeight), show(c.foot.root, foot, footHeight)
}

// framed is what bar and foot took when the window was last laid out.
type framed struct{ over, under float32 }

// edged lays the window out anew when bar or foot came or went.
func (c *Console) edged() {
	over, under := c.edges()
	if now := (framed{over, under}); now != c.framed {
		c.framed = now
		c.root.Refresh()
	}
}

// fullScreen gives the page the whole screen, or the window its frame back.
func (c *Console) fullScreen() {
	w := c.base.Window()
	w.SetFullScreen(!w.FullScreen())
	c.remember()
	if w.FullScreen() {
		c.Say("", c.env.Lang.T("shell.full"))
	}
	c.edged()
}

// unfull leaves the full screen and reports whether there was one.
func (c *Console) unfull() bool {
	if !c.base.Window().FullScreen() {
		return false
	}
	c.fullScreen()
	return true
}
