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
	// Stream names the stream of each camera that has one of that name; empty leaves
	// the choice to the deck.
	Stream string
	Quiet  bool
}

// Grid shows many cameras beside each other, each with its own truth. Cameras
// that fail keep their cells: a dark cell is what must be seen. The cameras of the
// next page are opened before its turn, and the page before stays until each of
// them has a picture or has failed, so that a change shows no gap.
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
	next   []*View   // cameras of the page to come that are not on this one
	coming []string  // what that page shows
	asked  time.Time // since when it should be on the tile
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
	g.drop()
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
	if off {
		g.drop()
	}
}

// Veil keeps the pictures off the display while the cells play.
func (g *Grid) Veil(on bool) {
	g.veiled = on
	for _, c := range slices.Concat(g.cells, g.next) {
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
	side := int(math.Round(math.Sqrt(float64(per))))
	of := func(page int) []string { return ids[min(len(ids), page*per):min(len(ids), (page+1)*per)] }
	due := g.turn.now(g.h.ServerTime(now), g.pages, func(int) bool { return false })
	page, coming := due.at, []string(nil)
	switch there := len(g.ids) > 0 && g.page < g.pages; {
	case there && slices.ContainsFunc(g.cells, func(c *View) bool { return c.replay != nil }):
		page = g.page // somebody looks at what was: the pages wait
	case g.hidden:
	case there && page != g.page:
		if g.prepare(of(page)); !g.arrived(now) {
			page, coming = g.page, of(due.at)
		}
	case due.soon && due.next != page:
		coming = of(due.next)
	}
	if shown := of(page); !slices.Equal(shown, g.ids) || !g.placed || page != g.page || side != g.side {
		g.lay(shown, page, side)
	}
	g.prepare(coming)
	for _, c := range g.next {
		c.Update(now)
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

// prepare opens the cameras of the page to come without decoding them, and lets go of
// what was opened for another; those that are on the tile go on there.
func (g *Grid) prepare(ids []string) {
	if slices.Equal(ids, g.coming) {
		return
	}
	g.drop()
	g.coming = slices.Clone(ids)
	on := viewsOf(g.cells)
	for i, id := range ids {
		spot, here := g.spotOf(i, g.side)
		if !here || on.take(id) != nil {
			continue
		}
		v := g.view(id)
		v.Preload(true)
		v.Hide(true)
		g.put(v, spot, g.group.Prepare)
		g.next = append(g.next, v)
	}
}

// arrived has the page to come decoded, and reports whether each of its cameras has
// a picture or has failed, or has had its time.
func (g *Grid) arrived(now time.Time) bool {
	if g.asked.IsZero() {
		g.asked = now
		for _, v := range g.next {
			v.Hide(false)
			v.Update(now)
		}
	}
	return now.Sub(g.asked) >= patience || !slices.ContainsFunc(g.next, func(v *View) bool { return !v.Ready() })
}

// drop lets go of what was opened for the page to come.
func (g *Grid) drop() {
	for _, v := range g.next {
		v.Close()
	}
	g.next, g.coming, g.asked = nil, nil, time.Time{}
}

// lay puts cameras in their cells; one that was there, or was opened for this, goes
// on.
func (g *Grid) lay(ids []string, page, side int) {
	old := viewsOf(slices.Concat(g.cells, g.next))
	g.ids, g.page, g.side, g.placed = slices.Clone(ids), page, side, true
	g.rescale()
	g.cells, g.next = g.cells[:0:0], nil
	var places []placed
	for i, id := range ids {
		spot, here := g.spotOf(i, side)
		if !here {
			continue
		}
		v := old.take(id)
		if v == nil {
			v = g.view(id)
		}
		v.Hide(g.hidden)
		v.Preload(false)
		g.put(v, spot, func(p placed) { places = append(places, p) })
		g.cells = append(g.cells, v)
	}
	g.group.Lay(places)
	for _, same := range old {
		for _, v := range same {
			v.Close()
		}
	}
	g.drop()
}

func (g *Grid) view(id string) *View {
	v := New(g.h, g.env, Options{Camera: id, Prefer: g.o.Stream, Quiet: g.o.Quiet})
	v.Veil(g.veiled)
	return v
}

// put gives a camera its place, and the group the place of its tile.
func (g *Grid) put(v *View, s Spot, lay func(placed)) {
	v.Place(s)
	lay(placed{Tile: v.Object(), At: s.Rect.Sub(g.spot.Rect.Min)})
}

// spotOf is where a cell lies, and whether anything of it lies on this screen.
func (g *Grid) spotOf(i, side int) (Spot, bool) {
	whole := g.cell(i, side)
	rect := whole.Intersect(g.spot.Rect)
	return Spot{
		Tile: g.spot.Tile, Rect: rect, Whole: whole, Lower: rect.Max.Y == whole.Max.Y, Others: g.spot.Others, Pixels: g.spot.Pixels.Div(side),
	}, rect.Dx() >= 2 && rect.Dy() >= 2
}

// views are cameras by their ids: one may be named twice.
type views map[string][]*View

func viewsOf(all []*View) views {
	out := views{}
	for _, v := range all {
		out[v.Camera()] = append(out[v.Camera()], v)
	}
	return out
}

// take takes a view of a camera out, nil when there is none.
func (o views) take(id string) *View {
	same := o[id]
	if len(same) == 0 {
		return nil
	}
	o[id] = same[1:]
	return same[0]
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
	for _, c := range slices.Concat(g.cells, g.next) {
		c.Object().Repaint()
	}
}
