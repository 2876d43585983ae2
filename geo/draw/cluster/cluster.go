// Package cluster gathers points that would cover each other on a map. It works
// in pixels of the whole world at one zoom, so the same points gather the same
// way wherever the view lies and however it is cut into screens; and what gathers
// at a place depends on the points around it alone, so that a screen need not look
// at those of another. It is pure and keeps its buffers; a Gatherer must be used by
// one goroutine at a time.
package cluster

import (
	"math"
	"slices"
)

// Point is a position in pixels of the world. The ID is the caller's.
type Point struct {
	X, Y float64
	ID   int32
}

// Group is points that stand together at their middle.
type Group struct {
	X, Y    float64
	Members []int32 // ids in the order given; valid until the next Gather
}

// Sizes are in pixels.
type Sizes struct {
	Cover float64 // points nearer than this cover each other
	Ring  float64 // radius of what is drawn for a group
}

// Reach is how far away a point may be, along either axis and in pixels, and still
// change a group in whose middle one stands, or what becomes of a point.
//
// From the middle of a group it is less than touch rings to that of the cell that stays
// one; as far again to each that it takes in, to another that may take that in, and
// to the three on which that depends; and 2 rings across the last one's cell. A point
// joins a ring that covers it. Points left pair twice with one that they cover, if
// that covers none that is nearer, and join the pair that covers them.
func (s Sizes) Reach() float64 {
	joins := s.Ring + s.Cover/2
	pairs := 2*s.Cover + joins + s.Cover/2
	return 6*touch*s.Ring + 2*s.Ring + joins + 2*pairs + joins
}

// touch is how many rings the middles of two groups are apart whose rings touch.
const touch = 1.9

// Most is how many points one Gather takes.
const Most = 1 << 20

// Gatherer gathers points. Its zero value is ready.
type Gatherer struct {
	keys    []uint64 // row, column and index of each point, sorted
	loose   []uint64 // before they were sorted
	starts  []int32  // of each cell, there
	cells   []cell
	grid    []int32 // one more than a cell's place in cells, 0 for an empty one; with a border around
	wide    uint64  // of the grid, 0 where points lie too far apart for one
	around  []int32 // cells in and around a cell
	colour  uint64  // of the first column and row
	group   []int32 // of each point, -1 for none
	groups  []Group
	of      []gathered // of each group
	single  []single
	partner []int32   // of each point of no group the nearest that it covers, -1 for none
	far     []float64 // of each point of no group, the square of how far that or a ring may be
	members []int32
	x0, y0  float64 // first column and row
}

// cell is a square of the world's pixels that holds points.
type cell struct {
	key      uint64 // row and column
	from, to int32  // in keys
	group    int32
}

// gathered is what is known of a group while points gather.
type gathered struct {
	x, y   float64 // its middle, before it took others in
	count  int32
	colour uint8    // of its cell: no two of one colour touch
	into   int32    // the group that took it in, itself if it stays, -1 before that is known
	near   [8]int32 // groups whose rings it touches
	nears  uint8
}

// single is a point of a cell that did not gather.
type single struct{ at, cell int32 }

const (
	indexBits  = 20
	columnBits = 22
	columnMask = 1<<columnBits - 1
)

// Gather returns the groups of two points and more, ordered by row and column of
// their cells. Points that are no numbers and those beyond Most stand alone. The
// result is valid until the next Gather.
//
// The world is cut into cells as wide as a ring. A cell in which two points cover
// each other gathers whole; of rings that would touch some stay and take in the
// others; what is left joins the ring that covers it, or the point across a cell's
// border.
func (g *Gatherer) Gather(points []Point, s Sizes) []Group {
	g.groups, g.of = g.groups[:0], g.of[:0]
	if len(points) > Most {
		points = points[:Most]
	}
	if len(points) < 2 || !(s.Cover > 0) || !(s.Ring >= s.Cover/2) {
		return nil
	}
	g.sort(points, 2*s.Ring)
	g.group = slices.Grow(g.group[:0], len(points))[:len(points)]
	for i := range g.group {
		g.group[i] = -1
	}
	for i := range g.cells {
		g.gatherCell(points, &g.cells[i], s)
	}
	g.unite(s)
	g.join(points, s)
	return g.collect(points)
}

// gatherCell makes a group of a cell in which two points cover each other.
func (g *Gatherer) gatherCell(points []Point, c *cell, s Sizes) {
	n := int(c.to - c.from)
	// Squares of this side hold one point each that covers no other.
	side := int(2*s.Ring/(s.Cover/math.Sqrt2)) + 1
	if n < 2 || n <= side*side && !g.covered(points, c, s.Cover) {
		return
	}
	var x, y float64
	c.group = int32(len(g.groups))
	for k := c.from; k < c.to; k++ {
		i := g.index(k)
		g.group[i] = c.group
		x, y = x+(points[i].X-x)/float64(k-c.from+1), y+(points[i].Y-y)/float64(k-c.from+1)
	}
	g.add(x, y, int32(n), uint8((c.key^g.colour)&1|(c.key>>columnBits^g.colour>>1)&1<<1))
}

func (g *Gatherer) covered(points []Point, c *cell, cover float64) bool {
	for a := c.from; a < c.to; a++ {
		for b := a + 1; b < c.to; b++ {
			if near(&points[g.index(a)], &points[g.index(b)], cover) {
				return true
			}
		}
	}
	return false
}

func near(a, b *Point, distance float64) bool {
	return square(a.X-b.X, a.Y-b.Y) < distance*distance
}

// square is that of a distance.
func square(dx, dy float64) float64 { return dx*dx + dy*dy }

// add adds a group of n points around (x, y).
func (g *Gatherer) add(x, y float64, n int32, colour uint8) int32 {
	id := int32(len(g.groups))
	g.groups = append(g.groups, Group{X: x, Y: y})
	g.of = append(g.of, gathered{x: x, y: y, count: n, colour: colour, into: -1})
	return id
}

// unite lets some groups take in those whose rings they would touch. Groups that
// touch are of cells side by side, which have different colours: each colour in
// turn keeps those that touch none that stays already.
func (g *Gatherer) unite(s Sizes) {
	const colours = 4
	near := touch * touch * s.Ring * s.Ring
	for i := range g.cells {
		if c := &g.cells[i]; c.group >= 0 {
			a := &g.of[c.group]
			for _, k := range g.near(c.key, 0, 1) {
				o := &g.cells[k]
				if o.key <= c.key || o.group < 0 {
					continue
				}
				if b := &g.of[o.group]; square(a.x-b.x, a.y-b.y) < near {
					a.near[a.nears], b.near[b.nears] = o.group, c.group
					a.nears, b.nears = a.nears+1, b.nears+1
				}
			}
		}
	}
	for colour := range uint8(colours) {
		for i := range g.of {
			if a := &g.of[i]; a.colour == colour && !slices.ContainsFunc(a.near[:a.nears], func(o int32) bool { return g.of[o].into == o }) {
				a.into = int32(i)
			}
		}
	}
	for i := range g.of {
		if g.of[i].into < 0 {
			g.takeIn(int32(i))
		}
	}
	for i := range g.cells {
		if c := &g.cells[i]; c.group >= 0 && g.of[c.group].into == c.group {
			g.keepApart(c, s)
		}
	}
}

// keepApart moves the middle of a group that took others in back towards where it was
// as far as its ring might touch that of another one, which may move as far.
func (g *Gatherer) keepApart(c *cell, s Sizes) {
	at, was := &g.groups[c.group], &g.of[c.group]
	dx, dy := at.X-was.x, at.Y-was.y
	moved := math.Hypot(dx, dy)
	if moved == 0 {
		return
	}
	most := min(moved, s.Ring) // two cells farther there is none near enough
	for _, k := range g.near(c.key, 2, 2) {
		if o := g.cells[k].group; o >= 0 && o != c.group && g.of[o].into == o {
			most = min(most, max(0, math.Sqrt(square(g.of[o].x-was.x, g.of[o].y-was.y))-touch*s.Ring)/2)
		}
	}
	at.X, at.Y = was.x+dx*most/moved, was.y+dy*most/moved
}

// takeIn lets the nearest of the groups that stay take one in, whose middle is then
// where its points are on average.
func (g *Gatherer) takeIn(id int32) {
	a, least := &g.of[id], math.Inf(1)
	for _, o := range a.near[:a.nears] {
		if d := square(a.x-g.of[o].x, a.y-g.of[o].y); g.of[o].into == o && d < least {
			a.into, least = o, d
		}
	}
	into, at := &g.of[a.into], &g.groups[a.into]
	into.count += a.count
	k := float64(a.count) / float64(into.count)
	at.X, at.Y = at.X+(a.x-at.X)*k, at.Y+(a.y-at.Y)*k
}

// collect lists the members of each group that has not become part of another.
func (g *Gatherer) collect(points []Point) []Group {
	for i := range g.of {
		g.of[i].count = 0
	}
	total := int32(0)
	for i, group := range g.group {
		if group >= 0 {
			g.group[i] = g.of[group].into
			g.of[g.group[i]].count++
			total++
		}
	}
	g.members = slices.Grow(g.members[:0], int(total))[:total]
	at := int32(0)
	for i := range g.groups {
		g.groups[i].Members = g.members[at : at : at+g.of[i].count]
		at += g.of[i].count
	}
	for i, group := range g.group {
		if group >= 0 {
			m := &g.groups[group].Members
			*m = append(*m, points[i].ID)
		}
	}
	return slices.DeleteFunc(g.groups, func(x Group) bool { return len(x.Members) == 0 })
}
