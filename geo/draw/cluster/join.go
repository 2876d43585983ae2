package cluster

import (
	"math"
	"slices"
)

// join puts points that stand alone into the group whose ring covers them, or
// makes groups of those that cover each other across the border of their cells.
func (g *Gatherer) join(points []Point, s Sizes) {
	n := len(points)
	g.far, g.partner = slices.Grow(g.far[:0], n)[:n], slices.Grow(g.partner[:0], n)[:n]
	g.single = g.single[:0]
	for n := range g.cells {
		c := &g.cells[n]
		for k := c.from; k < c.to && c.group < 0; k++ {
			i := g.index(k)
			g.single, g.partner[i] = append(g.single, single{i, int32(n)}), i
		}
	}
	for pairs := range 3 { // none yet, then of all that is left, and of what that left
		first := int32(0)
		if pairs > 0 {
			first = int32(len(g.groups))
			g.pair(points, s)
		}
		for _, x := range g.single {
			if g.group[x.at] < 0 {
				g.far[x.at] = square(s.Ring+s.Cover/2, 0)
			}
		}
		for id := first; int(id) < len(g.groups); id++ {
			if g.of[id].into == id {
				g.cover(points, id, first, 2*s.Ring)
			}
		}
	}
}

// cover puts the points that the ring of a group covers into it, unless the ring of
// another group, from the first on, is nearer. The cells are side wide.
func (g *Gatherer) cover(points []Point, id, first int32, side float64) {
	at := &g.groups[id]
	column, row := math.Floor(at.X/side)-g.x0, math.Floor(at.Y/side)-g.y0
	for _, n := range g.near(uint64(max(0, row))<<columnBits|uint64(max(0, column)), 1, 1) {
		c := &g.cells[n]
		if c.group >= 0 {
			continue
		}
		for k := c.from; k < c.to; k++ {
			i := g.index(k)
			if g.group[i] >= 0 && g.group[i] < first {
				continue
			}
			if d := square(points[i].X-at.X, points[i].Y-at.Y); d < g.far[i] {
				g.group[i], g.far[i] = id, d
			}
		}
	}
}

// pair makes groups of the points that are the nearest to each other of those that
// they cover.
func (g *Gatherer) pair(points []Point, s Sizes) {
	// Who had no partner before has none now.
	g.single = slices.DeleteFunc(g.single, func(x single) bool { return g.group[x.at] >= 0 || g.partner[x.at] < 0 })
	for _, x := range g.single {
		g.partner[x.at], g.far[x.at] = -1, math.Inf(1)
	}
	for _, x := range g.single {
		g.partners(points, x, s.Cover)
	}
	for _, x := range g.single {
		i, j := x.at, g.partner[x.at]
		if j < 0 || g.partner[j] != i || g.group[i] >= 0 {
			continue
		}
		id := g.add((points[i].X+points[j].X)/2, (points[i].Y+points[j].Y)/2, 2, 0)
		g.of[id].into = id
		g.group[i], g.group[j] = id, id
		g.far[i], g.far[j] = 0, 0 // no other pair takes them
	}
}

// partners makes a point and those that it covers known to each other, of the cells
// that come after its own, in which it covers none.
func (g *Gatherer) partners(points []Point, x single, cover float64) {
	own, p := &g.cells[x.cell], &points[x.at]
	for _, n := range g.near(own.key, 0, 1) {
		c := &g.cells[n]
		if c.key <= own.key || c.group >= 0 {
			continue
		}
		for k := c.from; k < c.to; k++ {
			j := g.index(k)
			if d := square(points[j].X-p.X, points[j].Y-p.Y); d < cover*cover && g.group[j] < 0 {
				g.meet(x.at, j, d)
				g.meet(j, x.at, d)
			}
		}
	}
}

// meet makes j the partner of i if it is the nearest so far, of two as near the first.
func (g *Gatherer) meet(i, j int32, d float64) {
	if d < g.far[i] || d == g.far[i] && j < g.partner[i] {
		g.partner[i], g.far[i] = j, d
	}
}
