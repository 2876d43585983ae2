package room

import (
	"encoding/binary"
	"image"
)

// Crowd counts many symbols of one size in a grid, as Grid.Avoid does.
type Crowd struct {
	grid    *Grid
	box     int
	inverse uint64            // of the cells' size, of 1<<32
	asked   []image.Rectangle // where symbols may reach into what is asked for
}

// CrowdOf returns a Crowd of symbols that reach reach pixels each way. It counts
// them in the rectangles of asked, the only ones in which Free, Find and Force are
// asked for from now on, and need not count them elsewhere. The Crowd keeps asked
// and widens its rectangles.
func (g *Grid) CrowdOf(reach int, asked []image.Rectangle) Crowd {
	for i := range asked {
		asked[i] = asked[i].Inset(-reach - 2*g.cell)
	}
	return Crowd{g, reach, 1<<32/uint64(g.cell) + 1, asked}
}

// cell returns v / c.grid.cell, for a v of less than some ten thousands.
func (c *Crowd) cell(v int) int { return int(uint64(max(v, 0)) * c.inverse >> 32) }

// Avoid counts a symbol around (x, y).
func (c *Crowd) Avoid(x, y int) {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	if !c.wanted(x, y) {
		return
	}
	g, half := c.grid, c.grid.cell/2
	x0, x1 := c.cell(x-c.box+half), min(g.w, c.cell(x+c.box+half))
	y0, y1 := c.cell(y-c.box+half), min(g.h, c.cell(y+c.box+half))
	if x0 >= x1 || y0 >= y1 {
		return
	}
	if x1-x0 > 8 || (y1-1)*g.w+x0+8 > len(g.soft) {
		g.count(box{x0, y0, x1, y1})
		return
	}
	add := uint64(ones) >> (8 * (8 - (x1 - x0)))
	for at := y0*g.w + x0; y0 < y1; y0, at = y0+1, at+g.w {
		g.touch(y0, x0, x1)
		cells := g.soft[at : at+8]
		v := binary.LittleEndian.Uint64(cells)
		if full := (^v - ones) & v & tops; full == 0 {
			binary.LittleEndian.PutUint64(cells, v+add)
			continue
		}
		for i := range x1 - x0 { // one cell or more can count no further
			cells[i] = min(cells[i], 254) + 1
		}
	}
}

func (c *Crowd) wanted(x, y int) bool {
	for i := range c.asked {
		if r := &c.asked[i]; x >= r.Min.X && x < r.Max.X && y >= r.Min.Y && y < r.Max.Y {
			return true
		}
	}
	return false
}
