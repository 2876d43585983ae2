package wall

import (
	"fmt"
	"image"
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/paint"
	"iocwall/ui/setup/kit"
	"iocwall/ui/tile"
)

// Machine is a computer of the wall and how much of it is used.
type Machine struct {
	world.Node
	Screens int
	// Share is what the wall needs of what it was measured to decode, negative where
	// it was not measured; Streams says which.
	Share   float64
	Streams string
}

// Fleet returns the computers of the state, with what the walls need of them.
func Fleet(st *world.State) []Machine {
	if st == nil {
		return nil
	}
	var out []Machine
	for _, n := range st.Nodes() {
		m := Machine{Node: n, Share: -1}
		var streams []scene.Stream
		for _, w := range st.Walls() {
			for _, s := range w.Screens {
				if s.Node == n.Node {
					m.Screens++
				}
			}
			tiles := make([]world.Tile, 0, len(w.On.Tiles))
			for _, t := range w.On.Tiles {
				tiles = append(tiles, t.Tile)
			}
			if sc, ok := st.Scene(w.Shown.Scene); ok && w.On.Generation == 0 {
				tiles = sc.Tiles
			}
			for _, t := range tiles {
				streams = append(streams, scene.StreamsOf(w.WallDefined, n.Node, t, st)...)
			}
		}
		if len(n.Budget) > 0 {
			m.Share, m.Streams = scene.Load(n.Budget, streams), scene.Tally(streams)
		}
		out = append(out, m)
	}
	return out
}

// machines paints the computers in two columns: decode load used of measured.
type machines struct {
	widget.BaseWidget
	k    kit.Kit
	pane *tile.Pane
	list []Machine
	pace kit.Pace
	sig  string
	size image.Point
	off  int
}

func newMachines(k kit.Kit) *machines {
	m := &machines{k: k}
	m.pane = tile.NewPane(k.Env, "setup", k.Env.Kit.Theme.S1, m.paint)
	m.ExtendBaseWidget(m)
	return m
}

// CreateRenderer is for Fyne.
func (m *machines) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(m.pane.Raster)
}

// MinSize is for Fyne.
func (m *machines) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// Resize is for Fyne.
func (m *machines) Resize(s fyne.Size) {
	m.BaseWidget.Resize(s)
	d := m.k.Density()
	m.size = image.Pt(int(s.Width*d), int(s.Height*d))
	m.pane.Touch()
}

func (m *machines) refresh(now time.Time) {
	if !m.pace.Due(now, "") {
		return
	}
	m.list = Fleet(m.k.Host.Desk().State())
	sig := ""
	for _, x := range m.list {
		sig += fmt.Sprint(x.NodeReported.Node, x.Up, x.Screens, math.Round(100*x.Share), x.Pictures, len(x.Problems), "\x00")
	}
	if sig != m.sig {
		m.sig = sig
		m.pane.Touch()
	}
}

// cell is the height of one computer.
const cell = 56

func (m *machines) columns() int {
	if m.size.X > m.k.Px(520) {
		return 2
	}
	return 1
}

func (m *machines) paint(c *paint.Canvas) {
	k, th := m.k, m.k.Env.Kit.Theme
	if len(m.list) == 0 {
		for i, t := range k.Env.Kit.Fonts.Wrap(k.T("setup.nodes.none"), float64(m.size.X-2*k.Px(kit.Pad)), float64(k.Px(kit.Body)), false, 3) {
			c.Text(float64(k.Px(kit.Pad)), float64(k.Px(kit.Pad)+i*k.Px(24)), float64(k.Px(24)), t, float64(k.Px(kit.Body)), false, th.T2)
		}
		return
	}
	n := m.columns()
	wide := (m.size.X - 2*k.Px(kit.Pad) - (n-1)*k.Px(kit.Gap+8)) / n
	for i, x := range m.list {
		left := k.Px(kit.Pad) + i%n*(wide+k.Px(kit.Gap+8))
		m.one(c, x, image.Rect(left, i/n*k.Px(cell)+k.Px(8)-m.off, left+wide, (i/n+1)*k.Px(cell)+k.Px(8)-m.off))
	}
}

// Mark is the symbol of a computer, and its word.
func Mark(k kit.Kit, x Machine) (icon, word string) {
	switch {
	case !x.Up:
		return "offline", k.T("setup.node.away")
	case len(x.Problems) > 0:
		return "warning", k.T("setup.node.problem")
	case x.Share > scene.Headroom:
		return "warning", k.T("setup.node.over")
	case strings.Contains(strings.ToLower(x.Pictures), "software"):
		return "notice", k.T("setup.node.software")
	}
	return "normal", k.T("setup.node.good")
}

func (m *machines) one(c *paint.Canvas, x Machine, r image.Rectangle) {
	k, th, f := m.k, m.k.Env.Kit.Theme, m.k.Env.Kit.Fonts
	icon, word := Mark(k, x)
	line := k.Px(26)
	c.Icon(r.Min.X, r.Min.Y+(line-k.Px(18))/2, k.Px(18), icon, kit.Ink(th, icon), th.OnFill)
	right := k.T("setup.node.unmeasured")
	if x.Share >= 0 {
		right = k.Env.Lang.Percent(100*x.Share, 0)
	}
	if !x.Up {
		right = "—"
	}
	w := f.Width(right, false, float64(k.Px(kit.Body)))
	c.Text(float64(r.Max.X)-w, float64(r.Min.Y), float64(line), right, float64(k.Px(kit.Body)), false, th.T1)
	at := float64(r.Min.X + k.Px(26))
	at += c.Text(at, float64(r.Min.Y), float64(line), x.NodeReported.Node, float64(k.Px(kit.Body)), true, th.T1) + float64(k.Px(8))
	screens := k.T("setup.node.screens", "n", k.Whole(x.Screens))
	room := float64(r.Max.X) - w - float64(k.Px(10)) - at
	c.Text(at, float64(r.Min.Y), float64(line), f.Fit(room, float64(k.Px(kit.Small)), false, screens+" · "+word, screens), float64(k.Px(kit.Small)), false, th.T2)
	bar := image.Rect(r.Min.X, r.Min.Y+k.Px(28), r.Max.X, r.Min.Y+k.Px(36))
	c.Fill(bar, th.S3)
	if x.Share > 0 && x.Up {
		used := bar
		used.Max.X = bar.Min.X + int(float64(bar.Dx())*min(1, x.Share))
		c.Fill(used, th.T2)
	}
	limit := bar.Min.X + int(float64(bar.Dx())*scene.Headroom)
	c.Fill(image.Rect(limit, bar.Min.Y-k.Px(2), limit+max(1, k.Px(1)), bar.Max.Y+k.Px(2)), th.T3)
}

// Scrolled moves the list.
func (m *machines) Scrolled(e *fyne.ScrollEvent) {
	all := (len(m.list)+m.columns()-1)/m.columns()*m.k.Px(cell) + m.k.Px(16)
	was := m.off
	m.off = max(0, min(m.off-int(e.Scrolled.DY*m.k.Density()), all-m.size.Y))
	if m.off != was {
		m.pane.Touch()
	}
}

// Tapped opens the computer under the pointer.
func (m *machines) Tapped(e *fyne.PointEvent) {
	d := m.k.Density()
	n := m.columns()
	i := (int(e.Position.Y*d)+m.off-m.k.Px(8))/m.k.Px(cell)*n + min(n-1, int(e.Position.X*d)*n/max(1, m.size.X))
	if i >= 0 && i < len(m.list) {
		m.k.Host.Go("nodes/" + m.list[i].NodeReported.Node)
	}
}
