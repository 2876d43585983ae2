package console

import (
	"image"

	"fyne.io/fyne/v2"

	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// help shows all keys: those of the page on the left, those of the window on the
// right.
type help struct {
	c     *Console
	pane  *tile.Pane
	title [2]string
	keys  [2][]page.Key
	// first is the first line shown, rows how many fit.
	first, rows int
}

// Measures of the help in Fyne units.
const (
	helpLine  = 28
	helpHead  = 96
	helpWide  = 960
	helpKey   = 150
	helpTitle = 56
)

// openHelp shows all keys.
func (c *Console) openHelp() {
	h := &help{c: c}
	l := c.env.Lang
	h.title = [2]string{l.T("shell.help.page"), l.T("shell.help.window")}
	if c.shown != nil {
		h.title[0] = c.shown.page.Title()
		h.keys[0] = c.shown.page.Keys()
	}
	h.keys[1] = c.ownKeys()
	h.pane = tile.NewPane(c.env, "help", c.env.Kit.Theme.S1, h.draw)
	s := &sheet{key: h.key}
	s.place = func(window fyne.Size) (fyne.Position, fyne.Size) {
		rows := max(len(h.keys[0]), len(h.keys[1]))
		size := fyne.NewSize(min(c.unit(helpWide), window.Width-c.unit(32)), min(c.unit(float32(helpHead+rows*helpLine+24)), window.Height-c.unit(32)))
		at := fyne.NewPos((window.Width-size.Width)/2, (window.Height-size.Height)/2)
		h.pane.Move(at.AddXY(1, 1))
		h.pane.Resize(size.SubtractWidthHeight(2, 2))
		h.rows = int((size.Height/c.unit(1) - helpHead - 16) / helpLine)
		h.move(0)
		return at, size
	}
	s.closed = func() { c.helping = false }
	c.lift(s, h.pane.Raster)
	c.helping = true
}

// key scrolls where not all keys fit.
func (h *help) key(e *fyne.KeyEvent) bool {
	switch e.Name {
	case fyne.KeyDown:
		h.move(1)
	case fyne.KeyUp:
		h.move(-1)
	case fyne.KeyPageDown:
		h.move(h.rows)
	case fyne.KeyPageUp:
		h.move(-h.rows)
	default:
		return false
	}
	return true
}

// over is how many lines do not fit.
func (h *help) over() int { return max(0, max(len(h.keys[0]), len(h.keys[1]))-h.rows) }

func (h *help) move(by int) {
	h.first = max(0, min(h.first+by, h.over()))
	h.pane.Touch()
}

// ownKeys are the keys of the window.
func (c *Console) ownKeys() []page.Key {
	l := c.env.Lang
	out := []page.Key{{Keys: "?", Text: l.T("shell.key.help")}, {Keys: "Esc", Text: l.T("shell.key.escape")}, {Keys: "Tab", Text: l.T("shell.key.tab")}, {Keys: "Ctrl 1–9", Text: l.T("shell.key.pages")}}
	for _, s := range c.shortcuts() {
		if s.keys != "" {
			out = append(out, page.Key{Keys: s.keys, Text: l.T(s.text)})
		}
	}
	return append(out, page.Key{Keys: "F11", Text: l.T("shell.key.full")})
}

func (h *help) draw(c *paint.Canvas) {
	th, f, k := h.c.env.Kit.Theme, h.c.env.Kit.Fonts, h.c.scale()
	r := c.Img.Rect
	w := float64(r.Dx())
	c.Text(24*k, 0, helpTitle*k, h.c.env.Lang.T("shell.help"), 20*k, true, th.T1)
	esc := h.c.env.Lang.T("shell.help.close")
	if h.over() > 0 {
		esc = h.c.env.Lang.T("shell.help.more") + " · " + esc
	}
	c.Text(w-24*k-f.Width(esc, false, 14*k), 0, helpTitle*k, esc, 14*k, false, th.T2)
	c.Fill(image.Rect(0, int(helpTitle*k), r.Dx(), int(helpTitle*k)+1), th.Line1)
	half := w / 2
	for side := range h.keys {
		x := 24*k + float64(side)*half
		room := half - 48*k
		c.Text(x, helpTitle*k, (helpHead-helpTitle)*k, f.Fit(room, 16*k, true, h.title[side]), 16*k, true, th.T1)
		if len(h.keys[side]) == 0 {
			c.Text(x, helpHead*k, helpLine*k, h.c.env.Lang.T("shell.help.none"), 16*k, false, th.T2)
		}
		shown := h.keys[side][min(h.first, len(h.keys[side])):]
		for i, key := range shown[:min(len(shown), max(0, h.rows))] {
			y := (helpHead + float64(i)*helpLine) * k
			c.Text(x, y, helpLine*k, f.Fit(helpKey*k-8*k, 16*k, true, key.Keys), 16*k, true, th.T1)
			c.Text(x+helpKey*k, y, helpLine*k, f.Fit(room-helpKey*k, 16*k, false, key.Text), 16*k, false, th.T2)
		}
	}
	c.Fill(image.Rect(int(half), int((helpTitle+16)*k), int(half)+1, r.Dy()-int(16*k)), th.Line1)
}
