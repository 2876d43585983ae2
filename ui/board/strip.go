package board

import (
	"fmt"
	"image"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// readable is the least height in Fyne units of an alert line whose words can be
// read.
const readable = 30

// Plain reports whether the board shows a tile of the wall itself since in its place
// there is no room for words: an alert line becomes a strip in the colour of the worst
// alert, with how many there are of each severity. Such a tile need not be drawn below.
func (b *Board) Plain(t world.Tile, r image.Rectangle) bool {
	return t.Kind == "line" && r.Dy() < b.px(readable)
}

// strip stands for an alert line.
type strip struct {
	tile string
	pane *tile.Pane
	said string
	at   image.Rectangle
}

// spreadStrips lays out the strips, where the wall is drawn here.
func (b *Board) spreadStrips() {
	var want []world.Placed
	if b.own && b.d.State() != nil && b.size != (image.Point{}) {
		for _, t := range b.tiles() {
			if b.Plain(t.Tile, b.plan.Rect(scene.RectOf(t.Tile))) {
				want = append(want, t)
			}
		}
	}
	for len(b.strips) < len(want) {
		s := &strip{}
		s.pane = tile.NewPane(b.env, "strip", b.env.Kit.Theme.S1, func(c *paint.Canvas) { b.paintStrip(c) })
		b.strips = append(b.strips, s)
		b.Refresh()
	}
	said := fmt.Sprint(b.alerts(), b.old())
	for i, s := range b.strips {
		if i >= len(want) {
			s.pane.Hide()
			continue
		}
		r := b.plan.Rect(scene.RectOf(want[i].Tile)).Intersect(image.Rectangle{Max: b.size})
		if s.pane.Visible() && s.at == r && s.said == said && s.tile == want[i].ID {
			continue
		}
		s.tile, s.at, s.said = want[i].ID, r, said
		d := b.density()
		s.pane.Move(fyne.NewPos(float32(r.Min.X)/d, float32(r.Min.Y)/d))
		s.pane.Resize(fyne.NewSize(float32(r.Dx())/d, float32(r.Dy())/d))
		s.pane.Show()
		s.pane.Touch()
	}
}

// old reports whether the server is away: what it said last may be so no more.
func (b *Board) old() bool { return b.d.Away(b.now) > 0 }

// tally is how many open alerts there are of a severity.
type tally struct {
	severity world.Severity
	n        int
}

// alerts counts the open ones, the worst first.
func (b *Board) alerts() []tally {
	var out []tally
	for _, a := range b.d.Alerts() {
		i := slices.IndexFunc(out, func(t tally) bool { return t.severity == a.Severity })
		if i < 0 {
			i, out = len(out), append(out, tally{severity: a.Severity})
		}
		out[i].n++
	}
	slices.SortFunc(out, func(x, y tally) int { return y.severity.Rank() - x.severity.Rank() })
	return out
}

// paintStrip fills the strip in the colour of the worst alert, and counts them by
// sign and number where these can be read; while the server is away the mark of what is
// old comes first.
func (b *Board) paintStrip(c *paint.Canvas) {
	th, f := b.env.Kit.Theme, b.env.Kit.Fonts
	r := c.Img.Rect
	all := b.alerts()
	ground, ink := th.S1, th.T2
	if len(all) > 0 {
		switch all[0].severity {
		case world.Critical:
			ground, ink = th.CriticalFill, th.White
		case world.Severe:
			ground, ink = th.SevereFill, th.Ink
		case world.Warning:
			ground, ink = th.WarningFill, th.Ink
		default:
			ink = th.Notice
		}
	}
	c.Fill(r, ground)
	if len(all) > 0 && all[0].severity == world.Critical {
		c.Frame(r, 1, th.White)
	}
	size := b.env.Scale.Text * 14 / 16
	icon := min(int(size), r.Dy()-4)
	x := b.px(6)
	if b.old() {
		c.Icon(x, (r.Dy()-icon)/2, icon, "stale", ink, ground)
		x += icon + b.px(14)
	}
	for _, t := range all {
		_, sign := tile.SeveritySign(t.severity)
		n := strconv.Itoa(t.n)
		if float64(r.Dy()) < size+2 {
			n = "" // the sign alone
		}
		wide := icon + b.px(4) + int(f.Width(n, true, size)) + b.px(14)
		if x+wide > r.Dx() {
			return
		}
		c.Icon(x, (r.Dy()-icon)/2, icon, sign, ink, ground)
		c.Text(float64(x+icon+b.px(4)), 0, float64(r.Dy()), n, size, true, ink)
		x += wide
	}
}
