package console

import (
	"image"
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"iocwall/server/world"
	"iocwall/ui/console/chip"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// foot is the bottom of the window: what happened, what was done last with its
// undo, the keys of the page.
type foot struct {
	c    *Console
	root *fyne.Container
	pane *tile.Pane
	undo *chip.Chip
	says footWords
}

// footWords is what the foot says.
type footWords struct {
	icon, said string
	bold       bool
	keys       string
	// undo is what can be taken back, on the button.
	undo string
}

// saidLimit is how long a line stays; one that tells of trouble stays longer.
const saidLimit, saidTrouble = 6 * time.Second, 12 * time.Second

// said is one line of what happened.
type said struct {
	severity world.Severity
	text     string
	until    time.Time
}

func (c *Console) newFoot() *foot {
	f := &foot{c: c}
	f.pane = tile.NewPane(c.env, "foot", c.env.Kit.Theme.S2, f.draw)
	f.undo = chip.New(hands{c}, chip.Face{Role: chip.Button, Small: true, Icon: "undo", Text: c.env.Lang.T("shell.undo"), Key: "Ctrl Z"}, c.undoLast)
	f.undo.Hide()
	f.root = container.NewWithoutLayout(f.pane.Raster, f.undo)
	return f
}

func (f *foot) refresh(now time.Time) {
	w := f.words(now)
	if w == f.says {
		return
	}
	f.says = w
	f.lay()
	f.pane.Touch()
}

func (f *foot) words(now time.Time) footWords {
	c, l := f.c, f.c.env.Lang
	var w footWords
	var keys []string
	if c.shown != nil {
		for _, k := range c.shown.page.Keys() {
			if k.Foot {
				keys = append(keys, k.Keys+" "+k.Text)
			}
		}
	}
	w.keys = strings.Join(append(keys, "? "+l.T("shell.keys.all")), " · ")
	last, has := c.did.last()
	if d, ok := c.did.next(); ok && last.undo != nil {
		w.undo = l.T("shell.undo")
	} else if ok {
		w.undo = l.T("shell.undo.of", "what", short(d.text, 28))
	}
	switch {
	case c.line.text != "" && now.Before(c.line.until):
		w.icon, w.said, w.bold = markOf(c.line.severity), c.line.text, true
	case c.base.State() != nil && c.base.Away(now) > 0:
		w.icon, w.said = "stale", l.T("shell.away.foot")
	case has:
		w.said = l.T("shell.did", "time", l.Clock(last.at), "what", last.text)
	case c.noSound() != "":
		w.icon, w.said = "offline", c.noSound()
	case c.o.Status != nil:
		w.said = c.o.Status()
	}
	return w
}

// markOf is the symbol of a severity in a line, nothing for one without.
func markOf(s world.Severity) string {
	if s == "" {
		return "done"
	}
	_, icon := tile.SeveritySign(s)
	return icon
}

// lay places the button behind the words.
func (f *foot) lay() {
	size := f.root.Size()
	if size.IsZero() {
		return
	}
	f.pane.Resize(size)
	if f.says.undo == "" {
		f.undo.Hide()
		return
	}
	was := f.undo.Face()
	was.Text = f.says.undo
	f.undo.Set(was)
	u := f.c.unit
	w := u(f.undo.Wide())
	x := u(16+footIcon(f.says)) + u(float32(f.c.env.Kit.Fonts.Width(f.says.said, f.says.bold, 14))) + u(12)
	x = min(x, size.Width*0.62-w)
	f.undo.Move(fyne.NewPos(x, u(2)))
	f.undo.Resize(fyne.NewSize(w, u(footHeight-4)))
	f.undo.Show()
}

func footIcon(w footWords) float32 {
	if w.icon != "" {
		return 24
	}
	return 0
}

func (f *foot) draw(c *paint.Canvas) {
	th, fonts, k := f.c.env.Kit.Theme, f.c.env.Kit.Fonts, f.c.scale()
	r := c.Img.Rect
	h, size := float64(r.Dy()), 14*k
	c.Fill(image.Rect(0, 0, r.Dx(), max(1, int(k))), th.Line1)
	x, right := 16*k, float64(r.Dx())-16*k
	if f.says.icon != "" {
		ic := int(18*k + 0.5)
		c.Icon(int(x), (r.Dy()-ic)/2, ic, f.says.icon, f.markColor(), th.S2)
		x += 24 * k
	}
	room := right - x
	if f.undo.Visible() {
		d := float64(f.c.env.Density)
		room = min(float64(f.undo.Position().X)*d-8*k-x, room)
	} else {
		room *= 0.62
	}
	ink := th.T2
	if f.says.bold {
		ink = th.T1
	}
	x += c.Text(x, 0, h, fonts.Fit(room, size, f.says.bold, f.says.said), size, f.says.bold, ink)
	if f.undo.Visible() {
		x = float64(f.undo.Position().X+f.undo.Size().Width) * float64(f.c.env.Density)
	}
	x += 24 * k
	keys := f.fitKeys(right-x, size)
	c.Text(right-fonts.Width(keys, false, size), 0, h, keys, size, false, th.T2)
}

// fitKeys is as many keys as fit; how to see all of them stays to the last.
func (f *foot) fitKeys(room, size float64) string {
	parts := strings.Split(f.says.keys, " · ")
	last := parts[len(parts)-1]
	for n := len(parts) - 1; n >= 0; n-- {
		s := strings.Join(append(append([]string{}, parts[:n]...), last), " · ")
		if f.c.env.Kit.Fonts.Width(s, false, size) <= room {
			return s
		}
	}
	return ""
}

// markColor is the colour of the line's symbol.
func (f *foot) markColor() color.RGBA {
	th := f.c.env.Kit.Theme
	switch f.says.icon {
	case "critical":
		return th.Critical
	case "severe-open":
		return th.Severe
	case "warning-open":
		return th.Warning
	case "notice-open":
		return th.Notice
	case "done":
		return th.Done
	}
	return th.T2
}
