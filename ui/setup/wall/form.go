package wall

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/layout"
)

// form is the fields of the screens that are chosen.
type form struct {
	m       *Screens
	k       kit.Kit
	frame   *kit.Frame
	scroll  *container.Scroll
	inner   *fyne.Container
	number  map[string]*field.Field
	node    *widget.Select
	output  *widget.Select
	spare   *widget.Check
	take    *widget.Button
	try     *widget.Button
	note    *canvas.Text
	now     *canvas.Text
	who     *canvas.Text
	labels  [2]*canvas.Text
	edges   [2]*fyne.Container // of node and output
	empty   *kit.Facts         // what to do, while no screen is chosen
	off     layout.Deviation
	filling bool
	high    float32
}

// The numbers of a screen, in the order of the fields.
const (
	numLeft, numTop, numWide, numHigh = "x", "y", "w", "h"
	numRight, numBelow                = "right", "below"
	numPxW, numPxH, numID             = "pxw", "pxh", "id"
)

func numbers() []string {
	return []string{numLeft, numTop, numWide, numHigh, numRight, numBelow, numPxW, numPxH, numID}
}

func newForm(m *Screens) *form {
	k := m.k
	f := &form{m: m, k: k, number: map[string]*field.Field{}}
	th := k.Env.Kit.Theme
	objects := []fyne.CanvasObject{}
	for _, name := range numbers() {
		x := field.New(field.Options{
			Kind: field.Number, Lang: k.Env.Lang, Label: k.T("setup.field." + name), Plain: true,
			Enter: func() { f.enter(name) }, Focus: func(has bool) {
				if !has {
					f.enter(name)
				}
			},
		})
		f.number[name] = x
		objects = append(objects, x)
	}
	text := func(c string) *canvas.Text {
		t := canvas.NewText(c, th.T2)
		t.TextSize = k.U(kit.Small)
		objects = append(objects, t)
		return t
	}
	f.labels = [2]*canvas.Text{text(k.T("setup.field.node")), text(k.T("setup.field.output"))}
	f.node = k.Select(nil, func(string) { f.drive() })
	f.output = k.Select(nil, func(string) { f.drive() })
	f.spare = widget.NewCheck(k.T("setup.field.spare"), func(on bool) {
		if f.filling {
			return
		}
		f.m.do(k.T("setup.step.spare", "screens", f.m.names()), func(w *world.WallDefined) { f.each(w, func(s *world.Screen) { s.Spare = on }) })
	})
	f.take = k.Button("", "", func() { f.straighten() })
	f.try = k.Button(k.T("setup.try"), "", func() { f.m.test(world.TestPattern) })
	f.note, f.now, f.who = text(""), text(""), text("")
	f.note.Color = th.T1
	f.empty = kit.NewFacts(k)
	f.edges = [2]*fyne.Container{k.Edged(f.node), k.Edged(f.output)}
	objects = append(objects, f.edges[0], f.edges[1], f.spare, f.take, f.try, f.empty.Object())
	f.inner = kit.Arrange(f.lay, objects...)
	f.scroll = container.NewVScroll(container.New(tall{f}, f.inner))
	f.frame = kit.NewFrame(k, f.scroll)
	return f
}

// tall gives the fields the height they need.
type tall struct{ f *form }

// Layout is for Fyne.
func (l tall) Layout(_ []fyne.CanvasObject, s fyne.Size) { kit.Put(l.f.inner, 0, 0, s.Width, s.Height) }

// MinSize is for Fyne.
func (l tall) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, l.f.high) }

func (f *form) lay(s fyne.Size) {
	k := f.k
	if f.empty.Object().Visible() {
		f.tall(f.empty.Height(s.Width) + k.U(12))
		kit.Put(f.empty.Object(), 0, k.U(4), s.Width, f.high)
		return
	}
	x, y := k.U(kit.Pad), k.U(12)
	w := s.Width - 2*x
	columns := 2
	if w > k.U(520) {
		columns = 3
	}
	var fields []fyne.CanvasObject
	for _, name := range numbers() {
		fields = append(fields, f.number[name])
	}
	y += k.Stack(x, y, w, columns, fields...)
	half := (w - k.U(12)) / 2
	kit.Put(f.labels[0], x, y, half, k.U(22))
	kit.Put(f.labels[1], x+half+k.U(12), y, half, k.U(22))
	y += k.U(24)
	kit.Put(f.edges[0], x, y, half, k.U(kit.Control))
	kit.Put(f.edges[1], x+half+k.U(12), y, half, k.U(kit.Control))
	y += k.U(kit.Control + 10)
	for _, t := range []*canvas.Text{f.note} {
		if t.Text != "" {
			kit.Put(t, x, y, w, k.U(24))
			y += k.U(30)
		}
	}
	y += k.Row(x, y, w, f.take, f.try, f.spare) + k.U(10)
	for _, t := range []*canvas.Text{f.now, f.who} {
		kit.Put(t, x, y, w, k.U(22))
		y += k.U(22)
	}
	f.tall(y + k.U(12))
}

// tall says how high the fields are.
func (f *form) tall(high float32) {
	if high != f.high {
		f.high = high
		f.scroll.Refresh()
	}
}

// show shows the fields where screens are chosen, and what to do where none is.
func (f *form) show(chosen bool) {
	for _, o := range f.inner.Objects {
		switch {
		case chosen != (o == f.empty.Object()):
			o.Show()
		default:
			o.Hide()
		}
	}
	if !chosen {
		f.empty.Set(f.m.totals())
	}
}

// each calls change for every screen that is chosen.
func (f *form) each(w *world.WallDefined, change func(*world.Screen)) {
	for i := range w.Screens {
		if f.m.picked[w.Screens[i].ID] {
			change(&w.Screens[i])
		}
	}
}

// chosen are the screens that are chosen.
func (f *form) chosen() []world.Screen {
	return slices.DeleteFunc(slices.Clone(f.m.seen()), func(s world.Screen) bool { return !f.m.picked[s.ID] })
}

// of returns one of the numbers of a screen; false where it has none.
func (f *form) of(s world.Screen, name string) (float64, bool) {
	switch name {
	case numLeft:
		return s.X, true
	case numTop:
		return s.Y, true
	case numWide:
		return s.W, true
	case numHigh:
		return s.H, true
	case numPxW:
		return float64(s.PxW), true
	case numPxH:
		return float64(s.PxH), true
	case numID:
		return float64(s.ID), true
	}
	v, _, ok := layout.Gap(f.m.seen(), s.ID, name == numBelow)
	return v, ok
}

// fill writes what is chosen into the fields, but for the one being typed in.
func (f *form) fill() {
	f.filling = true
	defer func() { f.filling = false }()
	list := f.chosen()
	one := len(list) == 1
	for _, name := range numbers() {
		x := f.number[name]
		text, known := f.common(list, name)
		if !one && (name == numLeft || name == numTop || name == numID) || !known && (name == numRight || name == numBelow) || len(list) == 0 {
			x.Disable()
		} else {
			x.Enable()
		}
		if x.Text() != text {
			x.SetText(text)
		}
		x.Wrong("")
	}
	f.show(len(list) > 0)
	f.drivers(list)
	f.remarks(list)
	f.inner.Refresh()
	f.lay(f.inner.Size())
}

// common is a number that all of the screens have, as text.
func (f *form) common(list []world.Screen, name string) (text string, known bool) {
	for i, s := range list {
		v, ok := f.of(s, name)
		if !ok {
			return "", false
		}
		t := f.text(name, v)
		if i > 0 && t != text {
			return "", true
		}
		text = t
	}
	return text, len(list) > 0
}

func (f *form) text(name string, v float64) string {
	if name == numID || name == numPxW || name == numPxH {
		return strconv.Itoa(int(v))
	}
	return f.k.MM(v)
}

// drivers offers computers and outputs.
func (f *form) drivers(list []world.Screen) {
	none := f.k.T("setup.field.none")
	names, outputs := []string{none}, []string{none}
	node, output := "", ""
	if len(list) > 0 {
		node, output = list[0].Node, list[0].Output
	}
	for _, s := range list {
		if s.Node != node {
			node, output = "", ""
		}
	}
	if len(list) > 1 {
		output = ""
	}
	if st := f.k.Host.Desk().State(); st != nil {
		for _, n := range st.Nodes() {
			names = append(names, n.Node)
			if n.Node == node {
				for _, o := range n.Monitors {
					outputs = append(outputs, o.Output)
				}
			}
		}
	}
	for _, s := range f.m.seen() {
		if s.Node != "" && !slices.Contains(names, s.Node) {
			names = append(names, s.Node)
		}
	}
	if output != "" && !slices.Contains(outputs, output) {
		outputs = append(outputs, output)
	}
	f.node.Options, f.output.Options = names, outputs
	f.node.Selected, f.output.Selected = orNone(node, none), orNone(output, none)
	spare := len(list) > 0
	for _, s := range list {
		spare = spare && s.Spare
	}
	f.spare.SetChecked(spare)
	for _, x := range []fyne.Disableable{f.node, f.output, f.spare, f.try} {
		if len(list) == 0 {
			x.Disable()
		} else {
			x.Enable()
		}
	}
	if len(list) > 1 {
		f.output.Disable()
	}
	f.node.Refresh()
	f.output.Refresh()
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// remarks say what deviates, and by which button it does not any more.
func (f *form) remarks(list []world.Screen) {
	k := f.k
	f.note.Text, f.off = "", layout.Deviation{}
	f.take.Hide()
	if len(list) == 1 {
		for _, d := range layout.Deviations(f.m.seen()) {
			if d.Screen == list[0].ID {
				f.off = d
				break
			}
		}
	}
	if f.off.Screen != 0 {
		_, f.note.Text = f.m.say(layout.Fault{Code: "off", Screens: []int{f.off.Screen}, Off: f.off})
		f.take.SetText(k.T("setup.take", "mm", k.MM(f.off.Should)))
		f.take.Show()
	}
	f.note.Refresh()
	title, remark := k.T("setup.screen.none"), ""
	switch len(list) {
	case 0:
	case 1:
		s := list[0]
		title = k.T("setup.screen", "n", strconv.Itoa(s.ID))
		remark = strings.Trim(strings.Join([]string{s.Node, s.Output, strconv.Itoa(s.PxW) + "×" + strconv.Itoa(s.PxH)}, " · "), " ·")
	default:
		title = k.T("setup.screens", "n", k.Whole(len(list)))
	}
	f.frame.Say(title, remark)
}

// enter takes what was written in a field.
func (f *form) enter(name string) {
	if f.filling || len(f.m.picked) == 0 {
		return
	}
	x := f.number[name]
	text, _ := f.common(f.chosen(), name)
	if x.Text() == text || x.Text() == "" {
		return
	}
	v, err := x.Number()
	low, high := -50000.0, 200000.0
	switch name {
	case numWide, numHigh:
		low, high = 50, 10000
	case numRight, numBelow:
		low, high = 0, 500
	case numPxW, numPxH:
		low, high = 100, 32768
	case numID:
		low, high = 1, 9999
	}
	if err != nil || v < low || v > high {
		x.Wrong(f.k.T("setup.field.between", "low", f.k.Number(low), "high", f.k.Number(high)))
		return
	}
	x.Wrong("")
	f.write(name, v)
}

// write puts a number into the screens that are chosen.
func (f *form) write(name string, v float64) {
	step := f.k.T("setup.step.field", "what", f.k.T("setup.field."+name), "screens", f.m.names())
	if name == numID {
		s, ok := f.m.only()
		if !ok || layout.Index(f.m.draft.Wall.Screens, int(v)) >= 0 {
			f.number[name].Wrong(f.k.T("setup.field.taken"))
			return
		}
		f.m.do(step, func(w *world.WallDefined) { w.Screens[layout.Index(w.Screens, s.ID)].ID = int(v) })
		f.m.choose([]int{int(v)})
		return
	}
	f.m.do(step, func(w *world.WallDefined) {
		if name == numRight || name == numBelow {
			for _, s := range f.chosen() {
				w.Screens = layout.SetGap(w.Screens, s.ID, name == numBelow, v)
			}
			return
		}
		f.each(w, func(s *world.Screen) {
			switch name {
			case numLeft:
				layout.Left.Set(s, v)
			case numTop:
				layout.Top.Set(s, v)
			case numWide:
				layout.Width.Set(s, v)
			case numHigh:
				layout.Height.Set(s, v)
			case numPxW:
				s.PxW = int(math.Round(v))
			case numPxH:
				s.PxH = int(math.Round(v))
			}
		})
	})
}

// drive takes the computer and the output that were chosen.
func (f *form) drive() {
	if f.filling {
		return
	}
	none := f.k.T("setup.field.none")
	node, output := strings.TrimSuffix(f.node.Selected, none), strings.TrimSuffix(f.output.Selected, none)
	f.m.do(f.k.T("setup.step.drive", "screens", f.m.names()), func(w *world.WallDefined) {
		f.each(w, func(s *world.Screen) {
			if s.Node != node {
				s.Node, s.Output = node, ""
				return
			}
			if len(f.m.picked) == 1 {
				s.Output = output
			}
		})
	})
}

// straighten takes the value that the others have.
func (f *form) straighten() {
	if f.off.Screen == 0 {
		return
	}
	d := f.off
	f.m.do(f.k.T("setup.step.straight", "screens", strconv.Itoa(d.Screen), "mm", f.k.MM(d.Should)), func(w *world.WallDefined) {
		if i := layout.Index(w.Screens, d.Screen); i >= 0 {
			d.Side.Set(&w.Screens[i], d.Should)
		}
	})
}

// refresh says what the screen shows now.
func (f *form) refresh(now time.Time) {
	k := f.k
	text, who := "", ""
	if s, ok := f.m.only(); ok {
		text, who = f.m.shows(s, k.Host.Desk().ServerTime(now))
	}
	for _, x := range []struct {
		t    *canvas.Text
		text string
	}{{f.now, text}, {f.who, who}} {
		room := float64(f.inner.Size().Width-2*k.U(kit.Pad)) * float64(k.Density())
		fit := k.Env.Kit.Fonts.Fit(room, float64(k.Px(kit.Small)), false, x.text)
		if x.t.Text != fit {
			x.t.Text = fit
			x.t.Refresh()
		}
	}
}

// shows says what a screen shows and who put it there.
func (m *Screens) shows(s world.Screen, now time.Time) (text, who string) {
	w, ok := m.current()
	if !ok {
		return "", ""
	}
	k := m.k
	for _, t := range w.On.Tiles {
		if t.X < s.X+s.W && s.X < t.X+t.W && t.Y < s.Y+s.H && s.Y < t.Y+t.H {
			name := t.Param("title")
			if name == "" {
				name = t.Param("camera")
			}
			if name == "" {
				name = t.Kind
			}
			by := t.By
			if _, back := world.CameBack(t.Why); back || t.Layer == world.LayerMoved {
				by = "" // nobody put it there
			} else if by == "" {
				by = t.Why
			}
			text = k.T("setup.shows", "what", name, "time", k.Env.Lang.Stamp(t.Since.Std(), now))
			if by != "" {
				text += " · " + by
			}
			break
		}
	}
	for _, o := range m.draft.Wall.Screens {
		if o.Spare && o.Node != s.Node && s.Node != "" {
			return text, k.T("setup.spare.takes", "n", strconv.Itoa(o.ID))
		}
	}
	return text, k.T("setup.spare.none")
}

// totals say what to do with a wall of which no screen is chosen, and how large it is.
func (m *Screens) totals() []kit.Line {
	k, list := m.k, m.seen()
	if len(list) == 0 {
		return []kit.Line{{Value: k.T("setup.total.none"), Hint: true}}
	}
	first := list[0]
	left, top, right, below := first.X, first.Y, first.X+first.W, first.Y+first.H
	pixels, spare, bare := 0, 0, 0
	nodes := map[string]bool{}
	for _, s := range list {
		left, top, right, below = min(left, s.X), min(top, s.Y), max(right, s.X+s.W), max(below, s.Y+s.H)
		pixels += s.PxW * s.PxH
		if s.Spare {
			spare++
		}
		if s.Node == "" {
			bare++
		} else {
			nodes[s.Node] = true
		}
	}
	out := []kit.Line{
		{Value: k.T("setup.total.how"), Hint: true},
		{Name: k.T("setup.total.screens"), Value: k.Whole(len(list))},
		{Name: k.T("setup.total.size"), Value: k.T("setup.total.size.text", "w", k.Env.Lang.Number(math.Round(right-left), 0), "h", k.Env.Lang.Number(math.Round(below-top), 0))},
		{Name: k.T("setup.total.pixels"), Value: k.T("setup.total.pixels.text", "n", k.Env.Lang.Number(float64(pixels)/1e6, 1))},
		{Name: k.T("setup.total.nodes"), Value: k.Whole(len(nodes))},
		{Name: k.T("setup.total.spare"), Value: k.Whole(spare)},
	}
	if bare > 0 {
		out = append(out, kit.Line{Name: k.T("setup.total.bare"), Value: k.Whole(bare), Wrong: true})
	}
	return out
}
