package camera

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"iocwall/ui/tile"
)

// placed is a tile at its place in a group, in device pixels.
type placed struct {
	Tile tile.Tile
	At   image.Rectangle
}

// group is a tile made of tiles.
type group struct {
	widget.BaseWidget
	env     *tile.Env
	kind    string
	root    *fyne.Container
	tiles   []tile.Tile
	repaint func()
}

// newGroup returns an empty group; repaint brings its tiles to a new scale.
func newGroup(env *tile.Env, kind string, repaint func()) *group {
	g := &group{env: env, kind: kind, root: container.NewWithoutLayout(), repaint: repaint}
	g.ExtendBaseWidget(g)
	return g
}

// Kind is the tile's kind as scenes name it.
func (g *group) Kind() string { return g.kind }

// Name is the name of the first tile.
func (g *group) Name() string {
	if len(g.tiles) == 0 {
		return ""
	}
	return g.tiles[0].Name()
}

// Repaint paints all tiles anew.
func (g *group) Repaint() { g.repaint() }

// Prepare gives a tile that is to be shown later its size.
func (g *group) Prepare(p placed) {
	d := density(g.env)
	p.Tile.Resize(fyne.NewSize(float32(p.At.Dx())/d, float32(p.At.Dy())/d))
}

// Lay puts tiles in their places, in place of those that were there.
func (g *group) Lay(places []placed) {
	d := density(g.env)
	g.tiles = g.tiles[:0:0]
	objects := make([]fyne.CanvasObject, 0, len(places))
	for _, p := range places {
		p.Tile.Move(fyne.NewPos(float32(p.At.Min.X)/d, float32(p.At.Min.Y)/d))
		g.Prepare(p)
		g.tiles = append(g.tiles, p.Tile)
		objects = append(objects, p.Tile)
	}
	g.root.Objects = objects
	g.root.Refresh()
}

// CreateRenderer is for Fyne.
func (g *group) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(g.root) }

// MinSize is 1×1: windows, not tiles, decide sizes.
func (g *group) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// stack is a tile that shows one of several tiles, as large as itself.
type stack struct {
	widget.BaseWidget
	env  *tile.Env
	kind string
	root *fyne.Container
	on   tile.Tile
}

// newStack returns an empty stack.
func newStack(env *tile.Env, kind string) *stack {
	s := &stack{env: env, kind: kind, root: container.NewStack()}
	s.ExtendBaseWidget(s)
	return s
}

// Env is what the tiles of the stack share with it.
func (s *stack) Env() *tile.Env { return s.env }

// Kind is the tile's kind as scenes name it.
func (s *stack) Kind() string { return s.kind }

// Name is the name of the tile shown.
func (s *stack) Name() string {
	if s.on == nil {
		return ""
	}
	return s.on.Name()
}

// Repaint paints the tile shown anew.
func (s *stack) Repaint() {
	if s.on != nil {
		s.on.Repaint()
	}
}

// Prepare gives a tile that is to be shown later its size.
func (s *stack) Prepare(t tile.Tile) { t.Resize(s.Size()) }

// Put puts a tile on top; the one that was there is taken away.
func (s *stack) Put(t tile.Tile) {
	if t == s.on {
		return
	}
	s.on = t
	t.Move(fyne.NewPos(0, 0))
	t.Resize(s.Size())
	s.root.Objects = []fyne.CanvasObject{t}
	s.root.Refresh()
}

// CreateRenderer is for Fyne.
func (s *stack) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.root) }

// MinSize is 1×1: windows, not tiles, decide sizes.
func (s *stack) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

func density(e *tile.Env) float32 {
	if e.Density <= 0 {
		return 1
	}
	return e.Density
}
