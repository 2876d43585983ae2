package wall

import (
	"image"
	"math"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/layout"
	"iocwall/ui/tile"
)

// plan is the wall in millimetres: its screens as rectangles that hands choose, move
// and size. It belongs to the toolkit's goroutine.
type plan struct {
	widget.BaseWidget
	m       *Screens
	k       kit.Kit
	pane    *tile.Pane
	size    image.Point
	focused bool

	// view is how the wall lies in the picture.
	scale    float64 // device pixels a millimetre
	ox, oy   float64
	hand     hand
	guides   []layout.Guide
	shift    bool
	pressed  image.Point
	pressing bool
}

// hand is a drag on its way.
type hand struct {
	on     bool
	edge   layout.Edge
	id     int
	dx, dy float64 // millimetres as dragged
	before []world.Screen
}

var (
	_ fyne.Focusable    = (*plan)(nil)
	_ fyne.Draggable    = (*plan)(nil)
	_ desktop.Mouseable = (*plan)(nil)
)

func newPlan(m *Screens) *plan {
	p := &plan{m: m, k: m.k}
	p.pane = tile.NewPane(p.k.Env, "setup", p.k.Env.Kit.Theme.S1, p.paint)
	p.ExtendBaseWidget(p)
	return p
}

// CreateRenderer is for Fyne.
func (p *plan) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(p.pane.Raster)
}

// MinSize is for Fyne.
func (p *plan) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Resize is for Fyne.
func (p *plan) Resize(s fyne.Size) {
	p.BaseWidget.Resize(s)
	d := p.k.Density()
	if at := image.Pt(int(s.Width*d), int(s.Height*d)); at != p.size {
		p.size = at
		p.pane.Touch()
	}
}

// fit computes how the wall lies in the picture.
func (p *plan) fit(screens []world.Screen) {
	if p.hand.on {
		return // the wall must not move under the hand
	}
	x, y, w, h := scene.Bounds(world.WallDefined{Screens: screens})
	side, top := float64(p.k.Px(kit.Pad)), float64(p.k.Px(34))
	p.scale = 0.1
	if w > 0 && h > 0 {
		p.scale = min((float64(p.size.X)-2*side)/w, (float64(p.size.Y)-top-side)/h)
	}
	p.ox = side - x*p.scale + max(0, (float64(p.size.X)-2*side-w*p.scale)/2)
	p.oy = top - y*p.scale
}

// rect is where a screen lies in the picture.
func (p *plan) rect(s world.Screen) image.Rectangle {
	at := func(o, v float64) int { return int(math.Round(o + v*p.scale)) }
	return image.Rect(at(p.ox, s.X), at(p.oy, s.Y), at(p.ox, s.X+s.W), at(p.oy, s.Y+s.H))
}

func (p *plan) paint(c *paint.Canvas) {
	screens := p.m.seen()
	p.fit(screens)
	if len(screens) == 0 {
		p.nothing(c)
		return
	}
	p.ruler(c, screens)
	faults := p.m.byScreen()
	for _, s := range screens {
		p.screen(c, s, faults[s.ID])
	}
	p.computers(c, screens)
	for _, s := range screens {
		if p.m.picked[s.ID] && p.m.grid == nil {
			c.Frame(p.rect(s).Inset(-p.k.Px(1)), p.k.Px(2), p.k.Env.Kit.Theme.Focus)
		}
	}
	for _, g := range p.guides {
		p.guide(c, g)
	}
	if p.focused {
		c.RoundLine(c.Img.Rect.Inset(p.k.Px(2)), float64(p.k.Px(6)), float64(p.k.Px(2)), p.k.Env.Kit.Theme.Focus)
	}
}

// nothing says that there is no wall yet, and what to do.
func (p *plan) nothing(c *paint.Canvas) {
	text := p.k.T("setup.plan.none")
	if p.k.Host.Desk().State() == nil {
		text = p.k.T("loading")
	}
	for i, t := range p.k.Env.Kit.Fonts.Wrap(text, float64(p.size.X-2*p.k.Px(kit.Pad)), float64(p.k.Px(kit.Body)), false, 3) {
		c.Text(float64(p.k.Px(kit.Pad)), float64(p.k.Px(40)+i*p.k.Px(24)), float64(p.k.Px(24)), t, float64(p.k.Px(kit.Body)), false, p.k.Env.Kit.Theme.T2)
	}
}

// ruler says how wide the wall is.
func (p *plan) ruler(c *paint.Canvas, screens []world.Screen) {
	th, k, f := p.k.Env.Kit.Theme, p.k, p.k.Env.Kit.Fonts
	x, _, w, _ := scene.Bounds(world.WallDefined{Screens: screens})
	size, h := float64(k.Px(kit.Small)), float64(k.Px(30))
	left, right := p.ox+x*p.scale, p.ox+(x+w)*p.scale
	from, to := k.Number(math.Round(x))+" mm", k.Number(math.Round(x+w))+" mm"
	a := c.Text(left, 0, h, from, size, false, th.T2)
	b := f.Width(to, false, size)
	c.Text(right-b, 0, h, to, size, false, th.T2)
	y := int(h / 2)
	c.Fill(image.Rect(int(left+a)+k.Px(12), y, int(right-b)-k.Px(12), y+1), th.Line2)
}

// screen paints one screen: number, computer and output, how it stands.
func (p *plan) screen(c *paint.Canvas, s world.Screen, faults []layout.Fault) {
	th, k, f := p.k.Env.Kit.Theme, p.k, p.k.Env.Kit.Fonts
	r := p.rect(s)
	ground := th.S2
	if p.m.picked[s.ID] && p.m.grid == nil {
		ground = th.S3
	}
	c.Fill(r, ground)
	c.Frame(r, 1, th.Line2)
	word, icon := p.m.stands(s, faults)
	inner := r.Inset(k.Px(6))
	// Screens of one size look alike, however their edges are rounded.
	wide, high := int(s.W*p.scale), int(s.H*p.scale)
	if high < k.Px(52) {
		// There is room for the number and how it stands.
		size := float64(k.Px(kit.Large))
		if high < k.Px(30) || float64(wide) <= f.Width("00", true, size)+float64(k.Px(30)) {
			size = float64(k.Px(kit.Small))
		}
		if float64(high) >= 1.2*size {
			at := float64(r.Min.X + k.Px(5))
			w := c.Text(at, float64(r.Min.Y), float64(r.Dy()), f.Fit(float64(r.Max.X)-at, size, true, strconv.Itoa(s.ID)), size, true, th.T1)
			if float64(wide) > max(w, f.Width("00", true, size))+float64(k.Px(30)) {
				c.Icon(r.Max.X-k.Px(20), r.Min.Y+(r.Dy()-k.Px(16))/2, k.Px(16), icon, kit.Ink(th, icon), th.OnFill)
			}
		}
		return
	}
	big, text, line := float64(k.Px(kit.Large)), float64(k.Px(kit.Small)), float64(k.Px(19))
	at := float64(inner.Min.X + k.Px(4))
	room := float64(inner.Max.X) - at
	c.Text(at, float64(inner.Min.Y), float64(k.Px(26)), f.Fit(room, big, true, strconv.Itoa(s.ID)), big, true, th.T1)
	if inner.Dx() > k.Px(64) {
		c.Icon(inner.Max.X-k.Px(20), inner.Min.Y+k.Px(2), k.Px(18), icon, kit.Ink(th, icon), th.OnFill)
	}
	who := k.T("setup.screen.bare")
	alts := []string{who, k.T("setup.stands.bare")}
	if s.Node != "" {
		alts = []string{s.Node + " · " + s.Output, s.Node}
		if s.Output == "" {
			alts = alts[1:]
		}
	}
	y := float64(inner.Min.Y + k.Px(26))
	if y+line <= float64(inner.Max.Y)+2 {
		c.Text(at, y, line, f.Fit(room, text, false, alts...), text, false, th.T1)
	}
	if y+2*line <= float64(inner.Max.Y)+2 {
		c.Text(at, y+line, line, f.Fit(room, text, false, word), text, false, th.T2)
	}
}

// computers draws a bold line where the next screen is another computer's.
func (p *plan) computers(c *paint.Canvas, screens []world.Screen) {
	th := p.k.Env.Kit.Theme
	w := max(2, p.k.Px(2))
	for _, s := range screens {
		r := p.rect(s)
		for _, below := range []bool{false, true} {
			_, other, ok := layout.Gap(screens, s.ID, below)
			if ok {
				if o := screens[layout.Index(screens, other)]; o.Node == s.Node && s.Node != "" {
					continue
				}
			}
			if below {
				c.Fill(image.Rect(r.Min.X, r.Max.Y-w/2, r.Max.X, r.Max.Y+w-w/2), th.T2)
			} else {
				c.Fill(image.Rect(r.Max.X-w/2, r.Min.Y, r.Max.X+w-w/2, r.Max.Y), th.T2)
			}
		}
	}
	x, y, bw, bh := scene.Bounds(world.WallDefined{Screens: screens})
	all := p.rect(world.Screen{X: x, Y: y, W: bw, H: bh})
	c.Fill(image.Rect(all.Min.X, all.Min.Y, all.Max.X, all.Min.Y+w), th.T2)
	c.Fill(image.Rect(all.Min.X, all.Min.Y, all.Min.X+w, all.Max.Y), th.T2)
}

// guide draws a line that something was moved to.
func (p *plan) guide(c *paint.Canvas, g layout.Guide) {
	col, dash := p.k.Env.Kit.Theme.Focus, float64(p.k.Px(6))
	if g.Down {
		x := p.ox + g.At*p.scale
		c.Line([]paint.Point{{X: x, Y: 0}, {X: x, Y: float64(p.size.Y)}}, 1, col, dash, dash)
		return
	}
	y := p.oy + g.At*p.scale
	c.Line([]paint.Point{{X: 0, Y: y}, {X: float64(p.size.X), Y: y}}, 1, col, dash, dash)
}

// px is a place of the widget in the picture.
func (p *plan) at(pos fyne.Position) image.Point {
	d := p.k.Density()
	return image.Pt(int(pos.X*d), int(pos.Y*d))
}

// hit returns the screen at a place and the edge of it that is near, if it is the one
// that is chosen.
func (p *plan) hit(at image.Point) (id int, e layout.Edge) {
	list := p.m.seen()
	near := p.k.Px(6)
	for _, s := range slices.Backward(list) {
		r := p.rect(s)
		if p.m.picked[s.ID] && len(p.m.picked) == 1 && at.In(r.Inset(-near)) {
			right, bottom := abs(at.X-r.Max.X) <= near, abs(at.Y-r.Max.Y) <= near
			switch {
			case right && bottom:
				return s.ID, layout.Corner
			case right:
				return s.ID, layout.RightEdge
			case bottom:
				return s.ID, layout.BottomEdge
			}
		}
	}
	for _, s := range list {
		if at.In(p.rect(s)) {
			return s.ID, layout.NoEdge
		}
	}
	return 0, layout.NoEdge
}

func abs(v int) int { return max(v, -v) }

// MouseDown remembers where a drag begins, and whether Shift is held.
func (p *plan) MouseDown(e *desktop.MouseEvent) {
	p.pressed, p.pressing = p.at(e.Position), true
	p.shift = e.Modifier&(fyne.KeyModifierShift|fyne.KeyModifierControl) != 0
}

// MouseUp is for Fyne.
func (p *plan) MouseUp(*desktop.MouseEvent) { p.pressing = false }

// Tapped chooses a screen; with Shift one more, or one less.
func (p *plan) Tapped(e *fyne.PointEvent) {
	id, _ := p.hit(p.at(e.Position))
	p.m.pick(id, p.shift)
	p.k.Host.Focus(p)
}

// Dragged moves what is chosen, or sizes it at its edge.
func (p *plan) Dragged(e *fyne.DragEvent) {
	if p.m.grid != nil || !p.k.Host.Desk().May("wall.save") || p.scale <= 0 {
		return
	}
	d := float64(p.k.Density())
	if !p.hand.on {
		from := p.pressed
		if !p.pressing {
			from = p.at(fyne.NewPos(e.Position.X-e.Dragged.DX, e.Position.Y-e.Dragged.DY))
		}
		id, edge := p.hit(from)
		if id == 0 {
			return
		}
		if !p.m.picked[id] {
			p.m.pick(id, false)
			edge = layout.NoEdge
		}
		p.hand = hand{on: true, edge: edge, id: id, before: p.m.draft.Wall.Screens}
	}
	p.hand.dx += float64(e.Dragged.DX) * d / p.scale
	p.hand.dy += float64(e.Dragged.DY) * d / p.scale
	p.m.drag(p.hand)
}

// DragEnd makes one step of the drag.
func (p *plan) DragEnd() {
	if !p.hand.on {
		return
	}
	h := p.hand
	p.hand, p.guides = hand{}, nil
	p.m.drop(h)
	p.pane.Touch()
}

// FocusGained is for Fyne.
func (p *plan) FocusGained() { p.focused = true; p.pane.Touch() }

// FocusLost is for Fyne.
func (p *plan) FocusLost() { p.focused = false; p.pane.Touch() }

// TypedRune hands letters to the page.
func (p *plan) TypedRune(r rune) { p.k.Host.Rune(r) }

// TypedKey hands keys to the page.
func (p *plan) TypedKey(e *fyne.KeyEvent) { p.k.Host.Key(e) }

// TypedShortcut is for Fyne: Ctrl Z takes the last step back.
func (p *plan) TypedShortcut(s fyne.Shortcut) {
	switch s.(type) {
	case *fyne.ShortcutUndo:
		p.m.Undo()
	case *fyne.ShortcutSelectAll:
		p.m.pickAll()
	}
}

// held reports whether Shift is down.
func held() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}
