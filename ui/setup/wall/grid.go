package wall

import (
	"fmt"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/world"
	"iocwall/ui/field"
	"iocwall/ui/setup/kit"
	"iocwall/ui/setup/layout"
)

// gridForm makes a wall of equal screens in one step; the plan shows what it would be.
type gridForm struct {
	m       *Screens
	k       kit.Kit
	frame   *kit.Frame
	inner   *fyne.Container
	scroll  *container.Scroll
	number  map[string]*field.Field
	panel   *widget.Select
	order   *widget.Select
	drive   *widget.Check
	use     *widget.Button
	end     *widget.Button
	note    *canvas.Text
	labels  [2]*canvas.Text
	edges   [2]*fyne.Container // of panel and order
	screens []world.Screen
	bare    int
	bad     bool
	sig     string
	high    float32
}

// gridNumbers are the fields of a grid, with what they begin with.
func gridNumbers() []string {
	return []string{"columns", "rows", "first", "w", "h", "bezel", "pxw", "pxh"}
}

// openGrid begins a grid with what the wall is now.
func (m *Screens) openGrid() {
	if m.grid != nil || !m.k.Host.May("wall.save") {
		return
	}
	g := newGrid(m)
	m.grid = g
	m.objects()
	g.refresh()
	m.redraw()
	m.k.Host.Focus(g.number["columns"].Input)
}

// closeGrid leaves the wall as it was.
func (m *Screens) closeGrid() {
	m.grid = nil
	m.objects()
	m.redraw()
}

func newGrid(m *Screens) *gridForm {
	k := m.k
	g := &gridForm{m: m, k: k, number: map[string]*field.Field{}}
	start := map[string]string{"columns": "9", "rows": "3", "first": "1", "w": k.MM(1217.6), "h": k.MM(684.9), "bezel": k.MM(3.5), "pxw": "1920", "pxh": "1080"}
	var objects []fyne.CanvasObject
	for _, name := range gridNumbers() {
		x := field.New(field.Options{Kind: field.Number, Lang: k.Env.Lang, Label: k.T("setup.grid." + name), Plain: true, Enter: g.apply, Escape: m.closeGrid, Changed: func(string) { g.refresh() }})
		x.SetText(start[name])
		g.number[name] = x
		objects = append(objects, x)
	}
	var sizes, orders []string
	for _, p := range layout.Panels() {
		sizes = append(sizes, k.T("setup.grid.inch", "n", strconv.Itoa(p.Inch), "w", k.MM(p.W), "h", k.MM(p.H)))
	}
	g.panel = k.Select(sizes, func(string) {
		if i := g.panel.SelectedIndex(); i >= 0 {
			p := layout.Panels()[i]
			g.number["w"].SetText(k.MM(p.W))
			g.number["h"].SetText(k.MM(p.H))
			g.refresh()
		}
	})
	g.panel.SetSelectedIndex(2)
	for _, o := range layout.Orders() {
		orders = append(orders, k.T("setup.grid.order."+string(o)))
	}
	g.order = k.Select(orders, func(string) { g.refresh() })
	g.order.SetSelectedIndex(0)
	g.drive = widget.NewCheck(k.T("setup.grid.drive"), func(bool) { g.refresh() })
	g.drive.SetChecked(true)
	g.use = k.Primary(k.T("setup.grid.use"), "Enter", g.apply)
	g.end = k.Button(k.T("setup.grid.end"), "Esc", m.closeGrid)
	g.note = canvas.NewText("", k.Env.Kit.Theme.T2)
	g.note.TextSize = k.U(kit.Small)
	for i, t := range []string{k.T("setup.grid.panel"), k.T("setup.grid.order")} {
		g.labels[i] = canvas.NewText(t, k.Env.Kit.Theme.T2)
		g.labels[i].TextSize = k.U(kit.Small)
		objects = append(objects, g.labels[i])
	}
	g.edges = [2]*fyne.Container{k.Edged(g.panel), k.Edged(g.order)}
	objects = append(objects, g.edges[0], g.edges[1], g.drive, g.use, g.end, g.note)
	g.inner = kit.Arrange(g.lay, objects...)
	g.scroll = container.NewVScroll(container.New(tallGrid{g}, g.inner))
	g.frame = kit.NewFrame(k, g.scroll)
	return g
}

// tallGrid gives the fields the height they need.
type tallGrid struct{ g *gridForm }

// Layout is for Fyne.
func (l tallGrid) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	kit.Put(l.g.inner, 0, 0, s.Width, s.Height)
}

// MinSize is for Fyne.
func (l tallGrid) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(1, l.g.high) }

func (g *gridForm) lay(s fyne.Size) {
	k := g.k
	x, y := k.U(kit.Pad), k.U(12)
	w := s.Width - 2*x
	var fields []fyne.CanvasObject
	for _, name := range gridNumbers() {
		fields = append(fields, g.number[name])
	}
	y += k.Stack(x, y, w, 3, fields[:3]...)
	half := (w - k.U(12)) / 2
	kit.Put(g.labels[0], x, y, half, k.U(22))
	kit.Put(g.labels[1], x+half+k.U(12), y, half, k.U(22))
	y += k.U(24)
	kit.Put(g.edges[0], x, y, half, k.U(kit.Control))
	kit.Put(g.edges[1], x+half+k.U(12), y, half, k.U(kit.Control))
	y += k.U(kit.Control + 10)
	columns := 5
	if w < k.U(340) {
		columns = 3
	}
	y += k.Stack(x, y, w, columns, fields[3:]...)
	kit.Put(g.drive, x, y, w, k.U(32))
	y += k.U(36)
	kit.Put(g.note, x, y, w, k.U(24))
	y += k.U(32)
	y += k.Row(x, y, w, g.use, g.end) + k.U(12)
	if y != g.high {
		g.high = y
		g.scroll.Refresh()
	}
}

// computers are those that are let in, with the outputs they reported; one that never
// reported any counts with two.
func (g *gridForm) computers() []layout.Computer {
	st := g.k.Host.Desk().State()
	if st == nil || !g.drive.Checked {
		return nil
	}
	var out []layout.Computer
	for _, n := range st.Nodes() {
		c := layout.Computer{Name: n.Node}
		for _, o := range n.Monitors {
			c.Outputs = append(c.Outputs, o.Output)
		}
		if len(c.Outputs) > 0 {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return g.named()
	}
	return out
}

// named are the computers that drive the wall as it is, whether or not they came yet,
// each with as many outputs as it has screens.
func (g *gridForm) named() []layout.Computer {
	var out []layout.Computer
	screens := g.m.base().Screens
	if len(screens) == 0 {
		screens = g.m.draft.Wall.Screens
	}
	for _, s := range screens {
		i := slices.IndexFunc(out, func(c layout.Computer) bool { return c.Name == s.Node })
		switch {
		case s.Node == "":
		case i < 0:
			out = append(out, layout.Computer{Name: s.Node, Outputs: []string{s.Output}})
		default:
			out[i].Outputs = append(out[i].Outputs, s.Output)
		}
	}
	return out
}

// refresh reads the fields and shows what they would make.
func (g *gridForm) refresh() {
	if g.note == nil || g.end == nil {
		return // still being made
	}
	v := map[string]float64{}
	g.bad = false
	limits := map[string][2]float64{"columns": {1, 64}, "rows": {1, 64}, "first": {1, 9000}, "w": {50, 10000}, "h": {50, 10000}, "bezel": {0, 500}, "pxw": {100, 32768}, "pxh": {100, 32768}}
	for _, name := range gridNumbers() {
		n, err := g.number[name].Number()
		l := limits[name]
		wrong := ""
		if err != nil || n < l[0] || n > l[1] {
			g.bad, wrong = true, g.k.T("setup.field.between", "low", g.k.Number(l[0]), "high", g.k.Number(l[1]))
		}
		g.number[name].Wrong(wrong)
		v[name] = n
	}
	if !g.bad && v["columns"]*v["rows"] > layout.Most {
		g.bad = true
		g.number["rows"].Wrong(g.k.T("setup.grid.most", "n", g.k.Whole(layout.Most)))
	}
	g.screens, g.bare = nil, 0
	if !g.bad {
		g.screens, g.bare = layout.Grid{
			Columns: int(v["columns"]), Rows: int(v["rows"]), W: v["w"], H: v["h"], Bezel: v["bezel"], PxW: int(v["pxw"]), PxH: int(v["pxh"]),
			First: int(v["first"]), Order: layout.Orders()[max(0, g.order.SelectedIndex())], Computers: g.computers(),
		}.Screens()
	}
	k := g.k
	note := k.T("setup.grid.note", "n", k.Whole(len(g.screens)), "nodes", k.Whole(len(g.computers())))
	if g.bare > 0 {
		note = k.T("setup.grid.bare", "n", k.Whole(len(g.screens)), "bare", k.Whole(g.bare))
	}
	if g.bad {
		g.use.Disable()
		note = k.T("setup.grid.bad")
	} else {
		g.use.Enable()
	}
	g.note.Text = note
	g.note.Refresh()
	g.frame.Say(k.T("setup.grid.title"), k.T("setup.grid.remark"))
	if sig := fmt.Sprint(g.screens); sig != g.sig {
		g.sig = sig
		g.m.plan.pane.Touch()
	}
}

// apply makes the draft of the grid: one step, which can be undone.
func (g *gridForm) apply() {
	if g.bad || len(g.screens) == 0 {
		return
	}
	m, screens := g.m, g.screens
	m.grid = nil
	m.picked = map[int]bool{}
	m.do(m.k.T("setup.step.grid", "n", m.k.Whole(len(screens))), func(w *world.WallDefined) {
		if w.ID == "" {
			w.ID, w.Name, w.Seat = "main", m.k.T("setup.wall.name"), 5000
			m.wall = w.ID
		}
		w.Screens = screens
	})
	m.objects()
	m.redraw()
}
