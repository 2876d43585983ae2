// Package room finds room for labels on a map: the whole view in coarse cells, of
// which some are taken and some are better left free. What it finds beside a place is
// on the screen of that and depends on what stands there alone, so that a picture
// need not know what other screens of a span hold.
package room

import (
	"encoding/binary"
	"image"
	"math"
	"math/bits"
)

// Grid is where labels find room: the whole view in coarse cells. Hard cells
// are taken by other labels and marks, soft ones count symbols that a label
// should rather not cover.
type Grid struct {
	cell   int
	w, h   int
	words  int      // of a row of hard
	hard   []uint64 // a bit for each cell
	soft   []uint8
	rows   []part // of soft that counts anything
	wide   []box  // places to avoid that are not counted in soft
	panes  []image.Rectangle
	screen bool // panes are real screens with edges between them
}

// part is where in a row something is, from lo up to hi.
type part struct{ lo, hi int }

// box is a rectangle of cells.
type box struct{ x0, y0, x1, y1 int }

// mostWide is how many places to avoid are kept as they are: each is compared with
// every box that a label may take.
const mostWide = 8

// Reset makes everything free: the whole view, the screens it spans, none meaning
// one as large as the view, and the size of a cell in pixels.
func (g *Grid) Reset(view image.Rectangle, screens []image.Rectangle, cell int) {
	for y, r := range g.rows {
		if r.lo < r.hi {
			clear(g.soft[y*g.w+r.lo : y*g.w+r.hi])
		}
	}
	g.cell = max(2, cell)
	g.w, g.h = (view.Dx()+g.cell-1)/g.cell, (view.Dy()+g.cell-1)/g.cell
	g.words = (g.w + 63) / 64
	if n := g.words * g.h; cap(g.hard) < n {
		g.hard = make([]uint64, n)
	}
	if n := g.w * g.h; cap(g.soft) < n {
		g.soft = make([]uint8, n)
	}
	g.hard, g.soft = g.hard[:g.words*g.h], g.soft[:g.w*g.h]
	clear(g.hard)
	g.rows = append(g.rows[:0], make([]part, g.h)...)
	for y := range g.rows {
		g.rows[y].lo = g.w
	}
	g.wide = g.wide[:0]
	g.panes = append(g.panes[:0], screens...)
	g.screen = len(screens) > 0
	if !g.screen {
		g.panes = append(g.panes, view)
	}
}

// Pane returns the screen that holds all of r.
func (g *Grid) Pane(r image.Rectangle) (image.Rectangle, bool) {
	for _, p := range g.panes {
		if r.In(p) {
			return p, true
		}
	}
	return image.Rectangle{}, false
}

// Split reports whether the view spans screens with edges between them.
func (g *Grid) Split() bool { return g.screen }

// Panes returns the screens. They must not be changed.
func (g *Grid) Panes() []image.Rectangle { return g.panes }

// NearestPane returns the screen nearest to a point.
func (g *Grid) NearestPane(x, y int) image.Rectangle {
	best, distance := g.panes[0], int(^uint(0)>>1)
	for _, p := range g.panes {
		cx, cy := min(max(x, p.Min.X), p.Max.X-1), min(max(y, p.Min.Y), p.Max.Y-1)
		if d := (cx-x)*(cx-x) + (cy-y)*(cy-y); d < distance {
			best, distance = p, d
		}
	}
	return best
}

// Glass returns the part of the screen nearest to a point in which labels stand: their
// keylines stay inside of it, too.
func (g *Grid) Glass(x, y int) image.Rectangle {
	if !g.screen {
		return g.panes[0]
	}
	return g.NearestPane(x, y).Inset(g.cell)
}

// Around returns a box that holds every place of view whose nearest screen is p. It
// ends half-way to a screen at p's side that is at least as long as p there.
func (g *Grid) Around(p, view image.Rectangle) image.Rectangle {
	for _, q := range g.panes {
		if q.Min.Y <= p.Min.Y && q.Max.Y >= p.Max.Y {
			if q.Min.X >= p.Max.X {
				view.Max.X = min(view.Max.X, (p.Max.X+q.Min.X)/2+2)
			}
			if q.Max.X <= p.Min.X {
				view.Min.X = max(view.Min.X, (p.Min.X+q.Max.X)/2-2)
			}
		}
		if q.Min.X <= p.Min.X && q.Max.X >= p.Max.X {
			if q.Min.Y >= p.Max.Y {
				view.Max.Y = min(view.Max.Y, (p.Max.Y+q.Min.Y)/2+2)
			}
			if q.Max.Y <= p.Min.Y {
				view.Min.Y = max(view.Min.Y, (p.Min.Y+q.Max.Y)/2-2)
			}
		}
	}
	return view
}

// Settle moves the centre of a symbol off bezels and screen edges, to at least
// margin pixels inside the nearest screen. Without screens it stays.
func (g *Grid) Settle(x, y, margin int) (int, int) {
	if !g.screen {
		return x, y
	}
	return SettleOn(g.NearestPane(x, y), x, y, margin)
}

// SettleOn moves the centre of a symbol on to a screen, to at least margin pixels
// inside, or to the middle of one that is too narrow or too low for that, as the end
// of a map that reaches a little on to another screen may be.
func SettleOn(p image.Rectangle, x, y, margin int) (int, int) {
	return within(x, p.Min.X, p.Max.X, margin), within(y, p.Min.Y, p.Max.Y, margin)
}

// within returns the number nearest to v that is at least margin from both ends of lo
// up to hi, their middle where there is none.
func within(v, lo, hi, margin int) int {
	if hi-lo <= 2*margin {
		return (lo + hi) / 2
	}
	return min(max(v, lo+margin), hi-1-margin)
}

// cells rounds to the nearest cell both ways, so that boxes side by side do not
// share one; overlaps of less than half a cell go unnoticed.
func (g *Grid) cells(r image.Rectangle) box {
	half := g.cell / 2
	x0, y0 := min(g.w, max(0, (r.Min.X+half)/g.cell)), min(g.h, max(0, (r.Min.Y+half)/g.cell))
	return box{x0, y0, max(x0, min(g.w, (r.Max.X+half)/g.cell)), max(y0, min(g.h, (r.Max.Y+half)/g.cell))}
}

// bitsOf returns the bits of cells from x0 up to x1 that are in word i of a row.
func bitsOf(i, x0, x1 int) uint64 {
	lo, hi := max(0, x0-64*i), min(64, x1-64*i)
	return ^uint64(0) << lo & (^uint64(0) >> (64 - hi))
}

// Take makes the cells of r hard.
func (g *Grid) Take(r image.Rectangle) {
	c := g.cells(r)
	for i := c.x0 >> 6; i<<6 < c.x1; i++ {
		mask := bitsOf(i, c.x0, c.x1)
		for y := c.y0; y < c.y1; y++ {
			g.hard[y*g.words+i] |= mask
		}
	}
}

// Avoid counts a symbol in the cells of r.
func (g *Grid) Avoid(r image.Rectangle) {
	c := g.cells(r)
	switch {
	case c.x0 == c.x1 || c.y0 == c.y1:
	case len(g.wide) < mostWide:
		g.wide = append(g.wide, c)
	default:
		g.count(c)
	}
}

// count counts a symbol in each cell of a box.
func (g *Grid) count(c box) {
	for y := c.y0; y < c.y1; y++ {
		g.touch(y, c.x0, c.x1)
		row := g.soft[y*g.w+c.x0 : y*g.w+c.x1]
		for x := range row {
			row[x] = min(row[x], 254) + 1
		}
	}
}

// touch says that a row of soft counts something from x0 up to x1.
func (g *Grid) touch(y, x0, x1 int) {
	r := &g.rows[y]
	r.lo, r.hi = min(r.lo, x0), max(r.hi, x1)
}

// Cost counts the hard and soft cells under r.
func (g *Grid) Cost(r image.Rectangle) (hard, soft int) {
	c := g.cells(r)
	return g.taken(c, math.MaxInt), g.symbols(c)
}

// taken counts the hard cells of a box; it is any number above enough where there
// are more.
func (g *Grid) taken(c box, enough int) int {
	n := 0
	for i := c.x0 >> 6; i<<6 < c.x1; i++ {
		mask := bitsOf(i, c.x0, c.x1)
		for y := c.y0; y < c.y1 && n <= enough; y++ {
			n += bits.OnesCount64(g.hard[y*g.words+i] & mask)
		}
	}
	return n
}

// symbols counts the symbols in all cells of a box.
func (g *Grid) symbols(c box) int {
	const pairs = 0x00ff00ff00ff00ff
	n := 0
	for y := c.y0; y < c.y1; y++ {
		r := &g.rows[y]
		x0, x1 := max(c.x0, r.lo), min(c.x1, r.hi)
		if x0 >= x1 {
			continue
		}
		row := g.soft[y*g.w+x0 : y*g.w+x1]
		for ; len(row) >= 8; row = row[8:] {
			v := binary.LittleEndian.Uint64(row)
			n += int((v&pairs + v>>8&pairs) * 0x0001000100010001 >> 48)
		}
		for _, v := range row {
			n += int(v)
		}
	}
	for i := range g.wide {
		w := &g.wide[i]
		if x, y := min(c.x1, w.x1)-max(c.x0, w.x0), min(c.y1, w.y1)-max(c.y0, w.y0); x > 0 && y > 0 {
			n += x * y
		}
	}
	return n
}

// Free returns how many symbols r would cover, and false if it does not lie on
// one screen or touches something hard.
func (g *Grid) Free(r image.Rectangle) (soft int, ok bool) {
	if !g.Clear(r) {
		return 0, false
	}
	return g.symbols(g.cells(r)), true
}

// Clear reports whether r lies on one screen and touches nothing hard.
func (g *Grid) Clear(r image.Rectangle) bool {
	_, in := g.Pane(r)
	return in && g.taken(g.cells(r), 0) == 0
}

// Side is where a label stands relative to its anchor, in eighths of a turn.
type Side struct{ DX, DY int } // -1, 0, 1

// Sides lists the places of a label, the best first.
func Sides() [8]Side {
	return [8]Side{{1, 0}, {-1, 0}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}, {0, -1}, {0, 1}}
}

// beside returns the box of w × h pixels at one side of (x, y), gap pixels away.
func (s Side) beside(x, y, w, h, gap int) image.Rectangle {
	x0, y0 := x-w/2, y-h/2
	diagonal := gap
	if s.DX != 0 && s.DY != 0 {
		diagonal = gap * 2 / 3
	}
	switch s.DX {
	case 1:
		x0 = x + diagonal
	case -1:
		x0 = x - diagonal - w
	}
	switch s.DY {
	case 1:
		y0 = y + diagonal
	case -1:
		y0 = y - diagonal - h
	}
	return image.Rect(x0, y0, x0+w, y0+h)
}

// First returns the first free box beside (x, y), near before far, on the screen
// nearest to there; symbols that move do not count, so that the label stays where
// it is.
func (g *Grid) First(x, y, w, h, gap, far int) (image.Rectangle, bool) {
	pane := g.Glass(x, y)
	for _, distance := range []int{gap, far} {
		for _, s := range Sides() {
			r := s.beside(x, y, w, h, distance)
			if r.In(pane) && g.taken(g.cells(r), 0) == 0 {
				return r, true
			}
		}
	}
	return image.Rectangle{}, false
}

// Find returns the free box beside (x, y) that covers the fewest symbols. It lies
// on the screen nearest to there: which one a label is found on does not depend on
// what others hold.
func (g *Grid) Find(x, y, w, h, gap int) (image.Rectangle, bool) {
	var best image.Rectangle
	least, found := 0, false
	pane := g.Glass(x, y)
	for _, s := range Sides() {
		r := s.beside(x, y, w, h, gap)
		if !r.In(pane) {
			continue
		}
		c := g.cells(r)
		if g.taken(c, 0) > 0 {
			continue
		}
		soft := g.symbols(c)
		if soft == 0 {
			return r, true
		}
		if !found || soft < least {
			best, least, found = r, soft, true
		}
	}
	return best, found
}

// Force returns the box near (x, y) that covers the least, moved on to one
// screen whatever it covers.
func (g *Grid) Force(x, y, w, h, gap int) image.Rectangle {
	var best image.Rectangle
	least := int(^uint(0) >> 1)
	pane := g.Glass(x, y)
	for ring := range 4 {
		for _, s := range Sides() {
			r := Inside(s.beside(x, y, w, h, gap*(1+ring)), pane)
			cells := g.cells(r.Intersect(pane))
			hard := g.taken(cells, least/1000)
			if hard > least/1000 {
				continue
			}
			if c := hard*1000 + g.symbols(cells) + ring*4; c < least {
				best, least = r, c
			}
		}
	}
	return best
}

// Inside moves r into pane; one that is larger keeps its top left corner inside.
func Inside(r, pane image.Rectangle) image.Rectangle {
	dx := max(min(0, pane.Max.X-r.Max.X), pane.Min.X-r.Min.X)
	dy := max(min(0, pane.Max.Y-r.Max.Y), pane.Min.Y-r.Min.Y)
	return r.Add(image.Pt(dx, dy))
}
