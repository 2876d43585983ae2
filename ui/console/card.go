package console

import (
	"image"
	"image/color"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/console/chip"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
)

// Measures of a notice in Fyne units.
const (
	cardWide, cardHigh, cardLine, cardGap = 400, 124, 24, 8
	moreHigh                              = 36
)

// card shows a notice. It does not take the keyboard.
type card struct {
	widget.BaseWidget
	n     *notices
	of    *notice
	pane  *tile.Pane
	all   *fyne.Container
	chips []*chip.Chip
	hover bool
}

var (
	_ desktop.Hoverable = (*card)(nil)
	_ fyne.Tappable     = (*card)(nil)
)

// newCard shows a notice; keyed prints the keys on its buttons.
func (n *notices) newCard(x *notice, keyed bool) *card {
	k := &card{n: n, of: x}
	l := n.c.env.Lang
	k.pane = tile.NewPane(n.c.env, "notice", color.RGBA{}, k.draw)
	k.all = container.NewWithoutLayout(k.pane.Raster)
	add := func(r chip.Role, text, key string, do func()) {
		if !keyed {
			key = ""
		}
		b := chip.New(hands{n.c}, chip.Face{Role: r, Text: text, Key: key, Off: x.sending}, do)
		k.chips = append(k.chips, b)
		k.all.Add(b)
	}
	if x.alert != "" && x.by == "" && n.c.desk.May("alert.acknowledge") {
		text := l.T("shell.notice.take")
		if x.sending {
			text = l.T("shell.notice.sending")
		}
		r := chip.Button
		if keyed {
			r = chip.Primary
		}
		add(r, text, "Alt X", func() { n.acknowledge(x) })
	}
	if x.alert != "" || x.count != [5]int{} {
		add(chip.Button, l.T("shell.notice.open"), "Alt O", func() { n.show(x) })
	}
	add(chip.Plain, l.T("shell.notice.close"), "", func() { n.dismiss(x) })
	k.ExtendBaseWidget(k)
	return k
}

// CreateRenderer is for Fyne.
func (k *card) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(k.all) }

// Resize is for Fyne.
func (k *card) Resize(s fyne.Size) {
	k.BaseWidget.Resize(s)
	k.pane.Resize(s)
	u := k.n.c.unit
	x := u(12)
	for i, b := range k.chips {
		w := u(b.Wide())
		if i == len(k.chips)-1 {
			x = s.Width - w - u(8)
		}
		b.Move(fyne.NewPos(x, s.Height-u(46)))
		b.Resize(fyne.NewSize(w, u(36)))
		x += w + u(8)
	}
}

// Tapped opens what the card tells of.
func (k *card) Tapped(*fyne.PointEvent) { k.n.show(k.of) }

// MouseIn is for Fyne: a card that is pointed at stays.
func (k *card) MouseIn(*desktop.MouseEvent) { k.hover = true }

// MouseMoved is for Fyne.
func (k *card) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is for Fyne.
func (k *card) MouseOut() { k.hover = false }

func (k *card) draw(c *paint.Canvas) {
	th, f, s, l := k.n.c.env.Kit.Theme, k.n.c.env.Kit.Fonts, k.n.c.scale(), k.n.c.env.Lang
	r, x := c.Img.Rect, k.of
	c.Round(r, 6*s, th.S1)
	edge, wide := th.Line2, max(1, s)
	if x.severity == world.Critical {
		edge, wide = th.Critical, 2*s
	}
	c.RoundLine(r, 6*s, wide, edge)
	kind, icon := tile.SeveritySign(x.severity)
	text := l.T("severity." + string(x.severity))
	if x.alert == "" && x.count == [5]int{} {
		text = l.T("shell.notice.word")
	}
	c.Plate(int(12*s), int(12*s), paint.Plate{Kind: kind, Icon: icon, Text: text}, 14*s, r.Dx()/2)
	right := l.T("shell.notice.since", "time", l.Stamp(x.since, k.n.now))
	if x.by != "" {
		right = x.by
	}
	right = f.Fit(float64(r.Dx())/2-24*s, 14*s, false, right)
	c.Text(float64(r.Dx())-14*s-f.Width(right, false, 14*s), 10*s, 24*s, right, 14*s, false, th.T2)
	for i, line := range k.lines() {
		c.Text(14*s, (42+24*float64(i))*s, 24*s, line, 16*s, true, th.T1)
	}
}

// lines are the title in at most two lines.
func (k *card) lines() []string {
	s := k.n.c.scale()
	return k.n.c.env.Kit.Fonts.Wrap(k.title(), (cardWide-28)*s, 16*s, true, 2)
}

// title is the alert's, or how many came at once.
func (k *card) title() string {
	x, l := k.of, k.n.c.env.Lang
	if x.count == [5]int{} {
		return x.title
	}
	total := 0
	var parts []string
	for rank := len(x.count) - 1; rank > 0; rank-- {
		if x.count[rank] == 0 {
			continue
		}
		total += x.count[rank]
		for _, s := range []world.Severity{world.Critical, world.Severe, world.Warning} {
			if s.Rank() == rank {
				parts = append(parts, strconv.Itoa(x.count[rank])+" "+strings.ToLower(l.T("severity."+string(s))))
			}
		}
	}
	return l.T("shell.notice.many", "n", strconv.Itoa(total)) + ": " + strings.Join(parts, " · ")
}

// arrange makes a card for each of the first notices.
func (n *notices) arrange() {
	old := n.card
	n.card = nil
	objects := []fyne.CanvasObject{}
	first := n.first()
	n.fit = n.room()
	for i, x := range n.list {
		if i == n.fit {
			break
		}
		k := n.newCard(x, x == first || first == nil && i == 0)
		for _, o := range old {
			k.hover = k.hover || o.of == x && o.hover
		}
		n.card = append(n.card, k)
		objects = append(objects, k)
	}
	if over := len(n.list) - n.fit; over > 0 {
		n.more.Set(chip.Face{Role: chip.Button, Text: n.c.env.Lang.T("shell.notice.more", "n", strconv.Itoa(over))})
		objects = append(objects, n.more)
	}
	n.root.Objects = objects
	n.lay()
	n.root.Refresh()
	n.c.base.Poke()
}

// room is how many cards there is room for in the window, one at least.
func (n *notices) room() int {
	size := n.root.Size()
	if size.IsZero() {
		return noticeCards
	}
	free := size.Height - n.c.unit(barHeight+footHeight+moreHigh+24)
	return max(1, min(noticeCards, int(free/n.c.unit(cardHigh+cardLine+cardGap))))
}

// lay puts the cards into a corner in which no field lies that is being typed in.
func (n *notices) lay() {
	size := n.root.Size()
	if size.IsZero() || len(n.root.Objects) == 0 {
		n.c.over()
		return
	}
	if n.room() != n.fit {
		n.arrange() // another height has room for more or fewer
		return
	}
	at := n.corner(size)
	for _, o := range n.root.Objects {
		s := n.high(o)
		if at != o.Position() || s != o.Size() {
			o.Move(at)
			o.Resize(s)
		}
		at = at.AddXY(0, s.Height+n.c.unit(cardGap))
	}
	n.c.over()
}

func (n *notices) high(o fyne.CanvasObject) fyne.Size {
	h := float32(moreHigh)
	if k, is := o.(*card); is {
		h = float32(cardHigh + cardLine*(len(k.lines())-1))
	}
	return fyne.NewSize(n.c.unit(cardWide), n.c.unit(h))
}

// corner is where the stack begins: the right top, or the right bottom where the page
// has its buttons at the top, or the next corner that leaves the field free which has
// the keyboard.
func (n *notices) corner(size fyne.Size) fyne.Position {
	u := n.c.unit
	var high float32
	for _, o := range n.root.Objects {
		high += n.high(o).Height + u(cardGap)
	}
	left, right := u(16), size.Width-u(cardWide+16)
	top, low := u(barHeight+12), size.Height-u(footHeight)-high-u(4)
	at, has := n.c.typing()
	first, second := top, low
	if n.c.headed() {
		first, second = low, top
	}
	for _, p := range []fyne.Position{{X: right, Y: first}, {X: right, Y: second}, {X: left, Y: second}, {X: left, Y: first}} {
		mine := n.c.device(p, fyne.NewSize(u(cardWide), high))
		if !has || !mine.Overlaps(at) {
			return p
		}
	}
	return fyne.NewPos(right, first)
}

// headed reports whether the page has its buttons at the right top and wants the
// cards below.
func (c *Console) headed() bool {
	if c.shown == nil {
		return false
	}
	p, is := c.shown.page.(interface{ Headed() bool })
	return is && p.Headed()
}

// typing is where the field lies that has the keyboard.
func (c *Console) typing() (image.Rectangle, bool) {
	canvas := c.base.Window().Canvas()
	o, is := canvas.Focused().(fyne.CanvasObject)
	if _, own := o.(*chip.Chip); !is || own {
		return image.Rectangle{}, false
	}
	return c.device(fyne.CurrentApp().Driver().AbsolutePositionForObject(o), o.Size()), true
}

// boxes are where the cards lie, in device pixels of the window.
func (n *notices) boxes() []image.Rectangle {
	var out []image.Rectangle
	for _, o := range n.root.Objects {
		out = append(out, n.c.device(o.Position(), o.Size()))
	}
	return out
}
