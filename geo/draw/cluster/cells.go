package cluster

import (
	"cmp"
	"math"
	"slices"
)

// sort puts the points into cells.
func (g *Gatherer) sort(points []Point, side float64) {
	g.x0, g.y0 = math.Inf(1), math.Inf(1)
	for i := range points {
		if p := &points[i]; valid(p) {
			g.x0, g.y0 = min(g.x0, p.X), min(g.y0, p.Y)
		}
	}
	g.x0, g.y0 = math.Floor(g.x0/side), math.Floor(g.y0/side)
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
	g.colour = uint64(odd(g.x0)) | uint64(odd(g.y0))<<1
	g.wide = 0
	if columns*rows <= 32*uint64(len(g.keys)) {
		g.sortByCounting(columns, rows)
		g.wide = columns + 2*border
		n := int(g.wide * (rows + 2*border))
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

// odd is 1 for a whole number that is, else 0.
func odd(v float64) uint8 {
	if math.Mod(v, 2) != 0 {
		return 1
	}
	return 0
}

func valid(p *Point) bool {
	const most = 1e15 // beyond any world
	return p.X > -most && p.X < most && p.Y > -most && p.Y < most
}

func (g *Gatherer) index(k int32) int32 { return int32(g.keys[k] & (1<<indexBits - 1)) }

// border is how many empty cells stand around the grid.
const border = 2

// place is where a cell stands in the grid.
func (g *Gatherer) place(key uint64) uint64 {
	return (key>>columnBits+border)*g.wide + key&columnMask + border
}

// near lists the cells in and up to far cells around a cell, of up rows above and far
// below, by row and column. The list is valid until the next call.
func (g *Gatherer) near(key uint64, up, far int) []int32 {
	g.around = g.around[:0]
	if n := uint64(far); g.wide > 0 {
		for at, end := g.place(key)-uint64(up)*g.wide, g.place(key)+n*g.wide; at <= end; at += g.wide {
			for _, i := range g.grid[at-n : at+n+1] {
				if i > 0 {
					g.around = append(g.around, i-1)
				}
			}
		}
		return g.around
	}
	column := int64(key & columnMask)
	n := int64(far)
	for row := int64(key>>columnBits) - int64(up); row <= int64(key>>columnBits)+n; row++ {
		if row < 0 {
			continue
		}
		first := uint64(row)<<columnBits | uint64(max(0, column-n))
		i, _ := slices.BinarySearchFunc(g.cells, first, func(c cell, k uint64) int { return cmp.Compare(c.key, k) })
		for ; i < len(g.cells) && g.cells[i].key <= uint64(row)<<columnBits|uint64(column+n); i++ {
			g.around = append(g.around, int32(i))
		}
	}
	return g.around
}
