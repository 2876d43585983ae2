package operator

import (
	"fyne.io/fyne/v2"

	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// card is what is dragged from the library, beside the pointer.
type card struct {
	env  *tile.Env
	pane *tile.Pane
	what thing
	over bool // it is over the wall
}

// cardWidth and cardHeight are its size in Fyne units at the usual size of text.
const cardWidth, cardHeight = 220, 56

func newCard(env *tile.Env) *card {
	c := &card{env: env}
	c.pane = tile.NewPane(env, "card", env.Kit.Theme.S1, c.paint)
	c.pane.Hide()
	return c
}

func (k *card) paint(c *paint.Canvas) {
	th, f := k.env.Kit.Theme, k.env.Kit.Fonts
	px := func(v float64) int { return int(v * k.env.Scale.Text / 16) }
	r := c.Img.Rect
	c.Frame(r, px(2), th.Focus)
	c.Icon(px(12), (r.Dy()-px(20))/2, px(20), k.what.icon, th.T1, th.S1)
	x := float64(px(42))
	room := float64(r.Dx()) - x - float64(px(8))
	body, small := k.env.Scale.Text, k.env.Scale.Text*14/16
	c.Text(x, float64(px(5)), float64(px(24)), f.Fit(room, body, true, k.what.name), body, true, th.T1)
	c.Text(x, float64(px(29)), float64(px(22)), f.Fit(room, small, false, k.env.Lang.T("operator.dragged")), small, false, th.T2)
}

// ghost shows what is dragged beside an absolute position.
func (p *Page) ghost(t thing, at fyne.Position) {
	k := p.card
	o := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.root)
	s := float32(p.text())
	if k.what.id != t.id || !k.pane.Visible() {
		k.what = t
		k.pane.Resize(fyne.NewSize(cardWidth*s, cardHeight*s))
		k.pane.Show()
		k.pane.Touch()
	}
	x, y := at.X-o.X+16, at.Y-o.Y-cardHeight*s/2
	if k.over {
		y = at.Y - o.Y + 64*s // what it would do stays to be seen
	}
	x = min(x, p.size.Width-cardWidth*s)
	k.pane.Move(fyne.NewPos(x, y))
}

// unghost takes it away.
func (p *Page) unghost() { p.card.pane.Hide() }
