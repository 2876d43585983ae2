package ui

import (
	"image"
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"iocwall/server/scene"
	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/screens"
	"iocwall/ui/tile"
)

// node covers each monitor of this computer with its screen of the wall.
type node struct {
	u       *UI
	windows map[string]*nodeWindow // by the monitor's name
	order   []string
	asked   bool // somebody asked which monitor is which
	// monitors are those listed last; blind says that they could not be listed since.
	monitors []screens.Monitor
	blind    bool
}

type nodeWindow struct {
	win     fyne.Window
	monitor screens.Monitor
	surface *surface
	screen  *world.Screen // what of the wall it shows, nil for none
}

func newNode(u *UI) *node { return &node{u: u, windows: map[string]*nodeWindow{}} }

func (n *node) refresh(time.Time) {
	if is := n.identifies(); is != n.asked || n.blind {
		n.asked = is
		n.arrange(n.blind)
	}
}

// identifies reports whether the screens of the wall show their numbers: monitors
// that show none then say that of themselves.
func (n *node) identifies() bool {
	w, _, ok, _ := n.u.model.wall(n.u.o.Wall)
	now := world.TimeOf(n.u.model.serverTime(n.u.o.Now()))
	return ok && w.Test.Picture == world.TestIdentify && (w.Test.Until == 0 || now < w.Test.Until)
}

func (n *node) step(time.Time) {}

func (n *node) surfaces() []*surface {
	out := make([]*surface, 0, len(n.order))
	for _, name := range n.order {
		out = append(out, n.windows[name].surface)
	}
	return out
}

func (n *node) close() {
	for _, w := range n.windows {
		w.surface.close()
		w.win.Close()
	}
}

// arrange places a window on every monitor and the scene's tiles on it. The
// window of a monitor that is unplugged is hidden and comes back with it; every
// change of the monitors places all windows again. While the monitors cannot be
// listed, those known before are believed, and asked for again: the wall goes on.
func (n *node) arrange(monitorsChanged bool) {
	monitors, err := n.u.o.Screens.List()
	if err != nil {
		if !n.blind {
			n.u.log.Error("monitors not listed", "error", err)
		}
		monitors = n.monitors
	}
	n.monitors, n.blind = monitors, err != nil
	there := map[string]bool{}
	n.order = n.order[:0]
	for _, m := range monitors {
		there[m.Name] = true
		n.order = append(n.order, m.Name)
	}
	for name, w := range n.windows {
		if !there[name] {
			w.surface.close()
			w.win.Hide()
		}
	}
	assigned := n.assign(monitors)
	for i, m := range monitors {
		n.cover(m, assigned[i], monitorsChanged)
	}
	n.prepare()
}

// prepare opens what comes on each window, unseen.
func (n *node) prepare() {
	coming := n.u.glass.stage.Coming()
	for _, name := range n.order {
		w := n.windows[name]
		if !coming.There || w.screen == nil {
			w.surface.prepare(nil)
			continue
		}
		w.surface.prepare(screenSpots(n.u.glass.wall, coming.Layout(), *w.screen, w.monitor, w.surface.env.Scale))
	}
}

// assign gives each monitor the wall's screen of the same node and output. A
// screen of this node without an output takes the next free monitor in reading
// order.
func (n *node) assign(monitors []screens.Monitor) []*world.Screen {
	out := make([]*world.Screen, len(monitors))
	w, _, ok, _ := n.u.model.wall(n.u.o.Wall)
	if !ok {
		return out
	}
	var open []*world.Screen
	for i := range w.Screens {
		s := &w.Screens[i]
		if s.Node != n.u.o.Name {
			continue
		}
		found := false
		for j, m := range monitors {
			if s.Output != "" && s.Output == m.Name && out[j] == nil {
				out[j], found = s, true
			}
		}
		if !found && s.Output == "" {
			open = append(open, s)
		}
	}
	for j := range out {
		if out[j] == nil && len(open) > 0 {
			out[j], open = open[0], open[1:]
		}
	}
	return out
}

func (n *node) cover(m screens.Monitor, s *world.Screen, again bool) {
	u := n.u
	w := n.windows[m.Name]
	fresh := w == nil
	if fresh {
		w = &nodeWindow{win: u.borderless(u.lang.T("app.title") + " " + m.Name)}
		n.windows[m.Name] = w
	}
	wall, _, _, _ := u.model.wall(u.o.Wall)
	show := u.glass.stage.Shown()
	w.screen = s
	scale := screenScale(wall.WallDefined, s, m)
	if w.surface == nil {
		w.surface = newSurface(u, u.env(scale, 1), w.win)
		w.win.SetContent(w.surface.root)
	}
	w.surface.rescale(scale, w.win.Canvas().Scale())
	if fresh || again || w.monitor != m {
		w.monitor = m
		u.o.Screens.Place(w.win, m)
	}
	switch {
	case u.model.state == nil:
		w.surface.lay(full(m, messageTile("waiting", "loading", u.lang.T("wall.waiting"), u.waitingFor())))
	case s == nil && n.identifies():
		w.surface.lay(full(m, world.Tile{ID: "identify:" + m.Name, Kind: "identify", Params: []world.Param{{Key: "node", Value: u.o.Name}, {Key: "output", Value: m.Name}}}))
	case s == nil:
		w.surface.lay(full(m, messageTile("unassigned", "node", u.lang.T("wall.noscreen"), u.lang.T("wall.noscreen.next", "node", u.o.Name, "output", m.Name))))
	case !show.There:
		w.surface.lay(full(m, messageTile("noscene", "node", u.lang.T("wall.noscene"), u.lang.T("wall.noscene.next"))))
	default:
		w.surface.lay(screenSpots(wall.WallDefined, show.Layout(), *s, m, scale))
	}
}

// waitingFor says why there is nothing yet.
func (u *UI) waitingFor() string {
	if r := u.model.link.Reason; r != "" && !u.model.link.Up {
		return r
	}
	return u.lang.T("wall.waiting.next")
}

// borderless makes a window without a frame, or an ordinary one where the
// toolkit's driver has none.
func (u *UI) borderless(title string) fyne.Window {
	var w fyne.Window
	if d, ok := u.o.App.Driver().(desktop.Driver); ok {
		w = d.CreateSplashWindow()
	} else {
		w = u.o.App.NewWindow(title)
	}
	w.SetTitle(title)
	w.SetPadded(false)
	return w
}

func (u *UI) env(s look.Scale, density float32) *tile.Env {
	return &tile.Env{Kit: u.kit, Lang: u.lang, Scale: s, Density: density, Log: u.log, Markers: u.o.Markers}
}

// screenScale computes text sizes from the screen's millimetres, the monitor's
// pixels and the seats' distance; what is not known is taken from the monitor,
// then from the reference wall.
func screenScale(w world.WallDefined, s *world.Screen, m screens.Monitor) look.Scale {
	p := look.Panel{WidthMM: 1217.6, HeightMM: 684.9, WidthPX: m.W, HeightPX: m.H}
	switch {
	case s != nil && s.W > 0 && s.H > 0:
		p.WidthMM, p.HeightMM = s.W, s.H
	case m.WidthMM > 0 && m.HeightMM > 0 && s != nil:
		p.WidthMM, p.HeightMM = float64(m.WidthMM), float64(m.HeightMM)
	}
	return look.WallScale(p.PxPerMM(), w.Seat, 0)
}

func full(m screens.Monitor, t world.Tile) []spot {
	r := image.Rect(0, 0, m.W, m.H)
	return []spot{{tile: t, rect: r, whole: r, columns: 1, rows: 1}}
}

// screenSpots lays a scene out on one screen, in the monitor's pixels. Tiles
// keep a gap to their neighbours on the screen and to its edges; a tile that
// goes on behind the bezel reaches to the edge there.
func screenSpots(w world.WallDefined, sc world.SceneSaved, s world.Screen, m screens.Monitor, scale look.Scale) []spot {
	defined := w.Screens
	screens := append([]world.Screen(nil), w.Screens...)
	for i := range screens {
		if screens[i].ID == s.ID {
			screens[i].PxW, screens[i].PxH = m.W, m.H
		}
	}
	w.Screens = screens
	// Laying out all of a wall takes longer than a change may.
	sc.Tiles = slices.DeleteFunc(slices.Clone(sc.Tiles), func(t world.Tile) bool {
		return t.X >= s.X+s.W || s.X >= t.X+t.W || t.Y >= s.Y+s.H || s.Y >= t.Y+t.H
	})
	plan, _ := scene.Layout(w, sc)
	var out []spot
	for _, sp := range plan.Screens {
		if sp.Screen.ID != s.ID {
			continue
		}
		for _, p := range sp.Tiles {
			whole := p.Whole
			if p.Columns > 1 || p.Rows > 1 {
				whole.Max = whole.Min.Add(sizeOn(sp.Screen, p.Tile))
			}
			if p.Tile.Kind != "pattern" && p.Tile.Kind != "identify" {
				whole = whole.Inset(scale.Px(4)) // what tests the wall reaches to its edges
			}
			rect := whole.Intersect(image.Rect(0, 0, m.W, m.H))
			if rect.Dx() < 2 || rect.Dy() < 2 {
				continue
			}
			at := spot{
				tile: p.Tile, rect: rect, whole: whole,
				column: p.Column, columns: p.Columns, row: p.Row, rows: p.Rows,
				glass: panes(w, sp.Screen, whole),
			}
			if p.Columns > 1 || p.Rows > 1 {
				at.others, at.pixels = others(w, sp.Screen), wallPixels(defined, p.Tile)
			}
			out = append(out, at)
		}
	}
	return out
}

// sizeOn is the size of an entire tile in the pixels of a screen, the same on all
// screens as fine: where its edges lie is rounded on each by itself.
func sizeOn(s world.Screen, t world.Tile) image.Point {
	return image.Pt(int(math.Round(t.W*float64(s.PxW)/s.W)), int(math.Round(t.H*float64(s.PxH)/s.H)))
}

// panes returns the wall's screens in the pixels of a tile that starts at
// whole's corner on screen s.
func panes(w world.WallDefined, s world.Screen, whole image.Rectangle) []image.Rectangle {
	var out []image.Rectangle
	for _, o := range w.Screens {
		if r := pane(o, s).Intersect(whole).Sub(whole.Min); !r.Empty() {
			out = append(out, r)
		}
	}
	return out
}

// pane is where a screen lies in the pixels of screen s.
func pane(o, s world.Screen) image.Rectangle {
	if s.W <= 0 || s.H <= 0 {
		return image.Rectangle{}
	}
	kx, ky := float64(s.PxW)/s.W, float64(s.PxH)/s.H
	return image.Rect(
		int((o.X-s.X)*kx), int((o.Y-s.Y)*ky),
		int((o.X+o.W-s.X)*kx), int((o.Y+o.H-s.Y)*ky))
}

// others returns the screens of other computers in the pixels of screen s, less what
// rounding may add to them.
func others(w world.WallDefined, s world.Screen) []image.Rectangle {
	var out []image.Rectangle
	for _, o := range w.Screens {
		if r := pane(o, s).Inset(1); o.Node != "" && o.Node != s.Node && !r.Empty() {
			out = append(out, r)
		}
	}
	return out
}

// wallPixels is the size of a tile in the pixels of the finest screen it lies on, as
// the wall's definition tells: all computers find the same.
func wallPixels(defined []world.Screen, t world.Tile) image.Point {
	k := 0.0
	for _, s := range defined {
		if s.W > 0 && s.X < t.X+t.W && t.X < s.X+s.W && s.Y < t.Y+t.H && t.Y < s.Y+s.H {
			k = max(k, float64(s.PxW)/s.W)
		}
	}
	return image.Pt(int(math.Round(t.W*k)), int(math.Round(t.H*k)))
}
