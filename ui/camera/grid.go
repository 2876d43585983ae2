package camera

import (
	"image"
	"math"
	"slices"
	"strconv"
	"time"

	"iocwall/ui/look"
	"iocwall/ui/tile"
)

// GridOptions say which cameras stand beside each other on a tile.
type GridOptions struct {
	Pick Pick
	// Cells is how many there are at most: 1, 4, 9, 16, 25 or 36; 0 means as many
	// as there are cameras. More cameras take turns, page by page.
	Cells int
	// Dwell is how long a page is shown; "" is ten seconds.
	Dwell string
	Quiet bool
}

// Grid shows many cameras beside each other, each with its own truth. Cameras
// that fail keep their cells: a dark cell is what must be seen.
type Grid struct {
	h     *Host
	o     GridOptions
	env   *tile.Env // of the cells
	outer *tile.Env
	group *group
	turn  rotation

	cells  []*View
	ids    []string
	page   int
	pages  int
	side   int
	spot   Spot
	placed bool
	hidden bool
	veiled bool
}

// least is the least text of a cell as a share of the wall's: 10 arc minutes
// where the wall has 17. Smaller letters nobody reads from the seats; cells too
// low for them show only picture and fault.
const least = 0.59

// NewGrid returns a grid that starts once it is placed and updated.
func NewGrid(h *Host, env *tile.Env, o GridOptions) *Grid {
	own := *env
	g := &Grid{h: h, o: o, env: &own, outer: env, turn: rotation{dwell: dwellOf(o.Dwell)}}
	g.group = newGroup(env, "grid", g.rescale)
	return g
}

// Object is the tile's widget.
func (g *Grid) Object() tile.Tile { return g.group }

// Views are the cameras of the page shown.
func (g *Grid) Views() []*View { return g.cells }

// At is the camera of the cell under a point.
func (g *Grid) At(p image.Point) (*View, image.Point) {
	for _, c := range g.cells {
		if r := c.at.Rect.Sub(g.spot.Rect.Min); p.In(r) {
			return c, r.Min
		}
	}
	return nil, image.Point{}
}

// Close ends all cells.
func (g *Grid) Close() {
	for _, c := range g.cells {
		c.Close()
	}
	g.cells = nil
}

// Hide parks all cells.
func (g *Grid) Hide(off bool) {
	g.hidden = off
	for _, c := range g.cells {
		c.Hide(off)
	}
}

// Veil keeps the pictures off the display while the cells play.
func (g *Grid) Veil(on bool) {
	g.veiled = on
	for _, c := range g.cells {
		c.Veil(on)
	}
}

// Ready reports whether each cell has a picture or has failed.
func (g *Grid) Ready() bool {
	return g.placed && !slices.ContainsFunc(g.cells, func(c *View) bool { return !c.Ready() })
}

// Place lays the cells out anew.
func (g *Grid) Place(s Spot) {
	g.spot, g.placed = s, false
}

// Pause holds the page shown, or lets pages go on; Step shows another page.
func (g *Grid) Pause() { g.turn.hold(!g.turn.held); g.h.Poke() }

// Step shows the page that many further, and holds there.
func (g *Grid) Step(by int) { g.turn.step(by, g.pages); g.h.Poke() }

// Paused reports whether the pages were held by hand.
func (g *Grid) Paused() bool { return g.turn.held }

// Update brings the page and its cells up to date.
func (g *Grid) Update(now time.Time) bool {
	ids := g.o.Pick.IDs(g.h.State())
	if len(ids) == 0 {
		ids = []string{""} // one cell, which says so
	}
	per := g.o.Cells
	if per <= 0 {
		per = len(ids)
	}
	per = gridOf(max(1, per))
	g.pages = max(1, (len(ids)+per-1)/per)
	page := g.turn.now(now, g.pages, func(int) bool { return false }).at
	if g.page < g.pages && slices.ContainsFunc(g.cells, func(c *View) bool { return c.replay != nil }) {
		page = g.page // somebody looks at what was: the pages wait
	}
	from, to := min(len(ids), page*per), min(len(ids), (page+1)*per)
	side := int(math.Round(math.Sqrt(float64(per))))
	if ids = ids[from:to]; !slices.Equal(ids, g.ids) || !g.placed || page != g.page || side != g.side {
		g.lay(ids, page, side)
	}
	moving := false
	for i, c := range g.cells {
		if g.pages > 1 && i == 0 {
			c.Aside([]string{g.h.Lang.T("grid.page", "at", strconv.Itoa(page+1), "of", strconv.Itoa(g.pages))})
		}
		if c.Update(now) {
			moving = true
		}
	}
	return moving
}

// lay puts cameras in their cells; one that was there goes on.
func (g *Grid) lay(ids []string, page, side int) {
	old := map[string][]*View{} // a camera may be named twice
	for _, c := range g.cells {
		old[c.Camera()] = append(old[c.Camera()], c)
	}
	g.ids, g.page, g.side, g.placed = append([]string(nil), ids...), page, side, true
	g.rescale()
	g.cells = g.cells[:0:0]
	var places []placed
	for i, id := range ids {
		whole := g.cell(i, side)
		rect := whole.Intersect(g.spot.Rect)
		if rect.Dx() < 2 || rect.Dy() < 2 {
			continue // on another screen
		}
		var v *View
		if same := old[id]; len(same) > 0 {
			v, old[id] = same[0], same[1:]
		} else {
			v = New(g.h, g.env, Options{Camera: id, Quiet: g.o.Quiet})
			v.Veil(g.veiled)
		}
		v.Place(Spot{Tile: g.spot.Tile, Rect: rect, Whole: whole, Lower: rect.Max.Y == whole.Max.Y, Others: g.spot.Others, Pixels: g.spot.Pixels.Div(side)})
		v.Hide(g.hidden)
		g.cells = append(g.cells, v)
		places = append(places, placed{Tile: v.Object(), At: rect.Sub(g.spot.Rect.Min)})
	}
	g.group.Lay(places)
	for _, same := range old {
		for _, v := range same {
			v.Close()
		}
	}
}

// cell is where a cell lies in the window: a few pixels apart from the others.
func (g *Grid) cell(i, side int) image.Rectangle {
	w := g.spot.Whole
	gap := max(2, g.outer.Scale.Px(4))
	at := func(from, size, n int) (lo, hi int) {
		lo, hi = from+(size+gap)*n/side, from+(size+gap)*(n+1)/side-gap
		return lo, hi
	}
	x0, x1 := at(w.Min.X, w.Dx(), i%side)
	y0, y1 := at(w.Min.Y, w.Dy(), i/side)
	return image.Rect(x0, y0, x1, y1)
}

// rescale gives the cells a text that suits their height, but none that cannot
// be read.
func (g *Grid) rescale() {
	s, h := g.outer.Scale, float64(g.spot.Whole.Dy())/float64(max(1, g.side))
	text := min(s.Text, max(s.Text*least, h*56/360))
	if g.outer.Scale.Text <= 24 { // at a desk letters have their least size already
		text = min(s.Text, max(12, h*56/360))
	}
	g.env.Density, g.env.Dense = g.outer.Density, text < 0.75*s.Text || h < 6*text
	g.env.Scale = look.TextScale(text)
	for _, c := range g.cells {
		c.Object().Repaint()
	}
}
