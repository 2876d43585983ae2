// Package cluster gathers points that would cover each other on a map. It works
// in pixels of the whole world at one zoom, so the same points gather the same
// way wherever the view lies and however it is cut into screens. It is pure and
// keeps its buffers; a Gatherer must be used by one goroutine at a time.
package cluster

import (
	"cmp"
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
	group   []int32 // of each point, -1 for none
	groups  []Group
	parent  []int32 // the group that took another one in, or itself
	count   []int32
	order   []int32
	members []int32
	x0, y0  float64 // first column and row
}

// cell is a square of the world's pixels that holds points.
type cell struct {
	key      uint64 // row and column
	from, to int32  // in keys
	group    int32
}

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
// each other gathers whole; rings that would overlap become one; what is left
// joins the ring that covers it, or the point across a cell's border.
func (g *Gatherer) Gather(points []Point, s Sizes) []Group {
	g.groups, g.parent = g.groups[:0], g.parent[:0]
	if len(points) > Most {
		points = points[:Most]
	}
	if len(points) < 2 || !(s.Cover > 0) || !(s.Ring >= s.Cover/2) {
		return nil
	}
	g.sort(points, 2*s.Ring)
	g.group = append(g.group[:0], make([]int32, len(points))...)
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

// sort puts the points into cells.
func (g *Gatherer) sort(points []Point, side float64) {
	g.x0, g.y0 = math.Inf(1), math.Inf(1)
	for i := range points {
		if p := &points[i]; valid(p) {
			g.x0, g.y0 = min(g.x0, math.Floor(p.X/side)), min(g.y0, math.Floor(p.Y/side))
		}
	}
	g.keys, g.cells = g.keys[:0], g.cells[:0]
	columns, rows := uint64(0), uint64(0)
	for i := range points {
		p := &points[i]
		if !valid(p) {
			continue
		}
		column, row := math.Floor(p.X/side)-g.x0, math.Floor(p.Y/side)-g.y0
		if column <= columnMask && row <= columnMask {
			columns, rows = max(columns, uint64(column)+1), max(rows, uint64(row)+1)
			g.keys = append(g.keys, (uint64(row)<<columnBits|uint64(column))<<indexBits|uint64(i))
		}
	}
	g.wide = 0
	if columns*rows <= 32*uint64(len(g.keys)) {
		g.sortByCounting(columns, rows)
		g.wide = columns + 2
		n := int(g.wide * (rows + 2))
		g.grid = slices.Grow(g.grid[:0], n)[:n]
		clear(g.grid)
	} else {
		slices.Sort(g.keys)
	}
	for i, k := range g.keys {
		if n := len(g.cells); n == 0 || g.cells[n-1].key != k>>indexBits {
			g.cells = append(g.cells, cell{key: k >> indexBits, from: int32(i), group: -1})
			if g.wide > 0 {
				g.grid[g.place(k>>indexBits)] = int32(len(g.cells))
			}
		}
		g.cells[len(g.cells)-1].to = int32(i + 1)
	}
}

// sortByCounting sorts the keys of columns × rows cells by counting: there are few cells
// for so many points.
func (g *Gatherer) sortByCounting(columns, rows uint64) {
	n := int(columns * rows)
	g.starts = slices.Grow(g.starts[:0], n+1)[:n+1]
	clear(g.starts)
	at := func(key uint64) uint64 {
		return key>>(indexBits+columnBits)*columns + key>>indexBits&columnMask
	}
	for _, k := range g.keys {
		g.starts[at(k)+1]++
	}
	for i := range n {
		g.starts[i+1] += g.starts[i]
	}
	g.loose, g.keys = g.keys, slices.Grow(g.loose[:0], len(g.keys))[:len(g.keys)]
	for _, k := range g.loose { // those of one cell stay in order
		i := &g.starts[at(k)]
		g.keys[*i] = k
		*i++
	}
}

func valid(p *Point) bool {
	const most = 1e15 // beyond any world
	return p.X > -most && p.X < most && p.Y > -most && p.Y < most
}

func (g *Gatherer) index(k int32) int32 { return int32(g.keys[k] & (1<<indexBits - 1)) }

// gatherCell makes a group of a cell in which two points cover each other.
func (g *Gatherer) gatherCell(points []Point, c *cell, s Sizes) {
	n := int(c.to - c.from)
	// Squares of this side hold one point each that covers no other.
	side := int(2*s.Ring/(s.Cover/math.Sqrt2)) + 1
	if n < 2 || n <= side*side && !g.covered(points, c, s.Cover) {
		return
	}
	c.group = g.add()
	for k := c.from; k < c.to; k++ {
		g.put(points, g.index(k), c.group)
	}
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

func (g *Gatherer) add() int32 {
	n := int32(len(g.groups))
	g.groups, g.parent, g.count = append(g.groups, Group{}), append(g.parent, n), append(g.count[:n], 0)
	return n
}

// put adds point i to a group, whose middle is where its members are on average.
func (g *Gatherer) put(points []Point, i, group int32) {
	g.group[i] = group
	g.shift(group, points[i].X, points[i].Y, 1)
}

func (g *Gatherer) shift(group int32, x, y float64, n int32) {
	at := &g.groups[group]
	g.count[group] += n
	k := float64(n) / float64(g.count[group])
	at.X, at.Y = at.X+(x-at.X)*k, at.Y+(y-at.Y)*k
}

// root returns the group that a group has become part of.
func (g *Gatherer) root(group int32) int32 {
	for group >= 0 && g.parent[group] != group {
		group = g.parent[group]
	}
	return group
}

// place is where a cell stands in the grid.
func (g *Gatherer) place(key uint64) uint64 {
	return (key>>columnBits+1)*g.wide + key&columnMask + 1
}

// around calls do for the cells in and around a cell, by row and column.
func (g *Gatherer) around(key uint64, do func(*cell)) {
	if g.wide > 0 {
		for at, end := g.place(key)-g.wide, g.place(key)+g.wide; at <= end; at += g.wide {
			for _, i := range g.grid[at-1 : at+2] {
				if i > 0 {
					do(&g.cells[i-1])
				}
			}
		}
		return
	}
	column := int64(key & columnMask)
	for dy := int64(-1); dy <= 1; dy++ {
		row := int64(key>>columnBits) + dy
		if row < 0 {
			continue
		}
		first := uint64(row)<<columnBits | uint64(max(0, column-1))
		i, _ := slices.BinarySearchFunc(g.cells, first, func(c cell, k uint64) int { return cmp.Compare(c.key, k) })
		for ; i < len(g.cells) && g.cells[i].key <= uint64(row)<<columnBits|uint64(column+1); i++ {
			do(&g.cells[i])
		}
	}
}

// unite lets larger groups take in the smaller ones whose rings they would touch.
func (g *Gatherer) unite(s Sizes) {
	g.order = g.order[:0]
	for i := range g.cells {
		if g.cells[i].group >= 0 {
			g.order = append(g.order, int32(i))
		}
	}
	slices.SortFunc(g.order, func(a, b int32) int {
		if d := g.count[g.cells[b].group] - g.count[g.cells[a].group]; d != 0 {
			return int(d)
		}
		return int(a - b)
	})
	for _, i := range g.order {
		c := &g.cells[i]
		if g.parent[c.group] != c.group {
			continue
		}
		g.around(c.key, func(other *cell) {
			o := other.group
			if o < 0 || o == c.group || g.parent[o] != o {
				return
			}
			a, b := &g.groups[c.group], &g.groups[o]
			if square(a.X-b.X, a.Y-b.Y) < 1.9*1.9*s.Ring*s.Ring {
				g.parent[o] = c.group
				g.shift(c.group, b.X, b.Y, g.count[o])
			}
		})
	}
}

// join puts points that stand alone into the group whose ring covers them, or
// makes groups of those that cover each other across the border of their cells.
func (g *Gatherer) join(points []Point, s Sizes) {
	for n := range g.cells {
		c := &g.cells[n]
		for k := c.from; k < c.to; k++ {
			if i := g.index(k); g.group[i] < 0 {
				g.joinOne(points, i, c, s)
			}
		}
	}
}

func (g *Gatherer) joinOne(points []Point, i int32, c *cell, s Sizes) {
	p := &points[i]
	best, least := int32(-1), (s.Ring+s.Cover/2)*(s.Ring+s.Cover/2) // squares of distances
	partner, nearest := int32(-1), s.Cover*s.Cover
	var there *cell
	g.around(c.key, func(other *cell) {
		if o := g.root(other.group); o >= 0 {
			if d := square(g.groups[o].X-p.X, g.groups[o].Y-p.Y); d < least {
				best, least = o, d
			}
		}
		if other == c || best >= 0 || int(other.to-other.from) > 64 {
			return
		}
		for k := other.from; k < other.to; k++ {
			j := g.index(k)
			if g.group[j] >= 0 {
				continue
			}
			if d := square(points[j].X-p.X, points[j].Y-p.Y); d < nearest {
				partner, nearest, there = j, d, other
			}
		}
	})
	switch {
	case best >= 0:
		g.group[i] = best
	case partner >= 0:
		n := g.add()
		g.put(points, i, n)
		g.put(points, partner, n)
		for _, at := range []*cell{c, there} {
			if at.group < 0 {
				at.group = n
			}
		}
	}
}

// collect lists the members of each group that has not become part of another.
func (g *Gatherer) collect(points []Point) []Group {
	clear(g.count)
	total := int32(0)
	for i, group := range g.group {
		if group >= 0 {
			g.group[i] = g.root(group)
			g.count[g.group[i]]++
			total++
		}
	}
	g.members = slices.Grow(g.members[:0], int(total))[:total]
	at := int32(0)
	for i := range g.groups {
		g.groups[i].Members = g.members[at : at : at+g.count[i]]
		at += g.count[i]
	}
	for i, group := range g.group {
		if group >= 0 {
			m := &g.groups[group].Members
			*m = append(*m, points[i].ID)
		}
	}
	return slices.DeleteFunc(g.groups, func(x Group) bool { return len(x.Members) == 0 })
}
