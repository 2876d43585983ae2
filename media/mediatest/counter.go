package mediatest

import (
	"image"
	"image/color"
	"image/draw"
)

// The counter is a row of square cells, read like a bar code from any scan line through it. In units of one cell, on
// black: white 3, black 1, white 1, black 1, then 24 data cells (16 bits of the number, 8 bits of CRC, most significant
// first, white is 1), then black 1, white 1, black 1, white 3. Two black cells stand before and after.
const (
	counterBits  = 16
	counterData  = counterBits + 8
	counterSpan  = 6 + counterData + 6 // from the first to the last white edge, in cells
	counterQuiet = 2                   // black cells on either side
)

// MaxCounter is the largest number the counter can show.
const MaxCounter = 1<<counterBits - 1

// crc8 is the CRC-8 of ITU-T I.432.1 (polynomial x^8+x^2+x+1, result xor 0x55) over the two bytes of n.
func crc8(n uint16) uint8 {
	c := uint8(0)
	for _, b := range [2]uint8{uint8(n >> 8), uint8(n)} {
		c ^= b
		for range 8 {
			if c&0x80 != 0 {
				c = c<<1 ^ 0x07
			} else {
				c <<= 1
			}
		}
	}
	return c ^ 0x55
}

// cells returns the whole row, true for white, without the quiet zones.
func cells(n uint16) []bool {
	row := []bool{true, true, true, false, true, false}
	code := uint32(n)<<8 | uint32(crc8(n))
	for i := counterData - 1; i >= 0; i-- {
		row = append(row, code>>i&1 == 1)
	}
	return append(row, false, true, false, true, true, true)
}

// CounterRect returns where DrawCounter draws on a picture of the given size: three quarters of its width, at the bottom.
func CounterRect(size image.Point) image.Rectangle {
	cell := max(2, size.X*12/640)
	w, h := cell*(counterSpan+2*counterQuiet), cell*3
	x, y := (size.X-w)/2, size.Y-h-cell/2
	return image.Rect(x, y, x+w, y+h)
}

// DrawCounter draws the number n (modulo 65536) as big black and white blocks onto the bottom of a picture. The blocks
// survive compression, colour conversion and scaling down to 160 pixels of picture width.
func DrawCounter(img draw.Image, n int) {
	r := CounterRect(img.Bounds().Size()).Add(img.Bounds().Min)
	draw.Draw(img, r, image.Black, image.Point{}, draw.Src)
	cell := r.Dy() / 3
	y0, y1 := r.Min.Y+cell/2, r.Max.Y-cell/2
	for i, white := range cells(uint16(n)) {
		if white {
			x := r.Min.X + (i+counterQuiet)*cell
			draw.Draw(img, image.Rect(x, y0, x+cell, y1), image.White, image.Point{}, draw.Src)
		}
	}
}

// Reading is a counter found in a picture.
type Reading struct {
	N      int             // the number
	Bounds image.Rectangle // where its cells were seen
}

// ReadCounter returns the number shown in img, whose scale and offset may be anything. With several counters in the
// picture it returns the one seen on most scan lines; ok is false when there is none.
func ReadCounter(img image.Image) (n int, ok bool) {
	best := 0
	for _, r := range FindCounters(img) {
		if rows := r.Bounds.Dy(); rows > best {
			best, n, ok = rows, r.N, true
		}
	}
	return n, ok
}

// FindCounters returns all counters in img, for example those of all tiles on a screen, from top to bottom.
func FindCounters(img image.Image) []Reading {
	var groups []*group
	b := img.Bounds()
	line := make([]uint8, b.Dx())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		lumaRow(img, y, line)
		for _, hit := range scanLine(line) {
			groups = addHit(groups, hit, y, b.Min.X)
		}
	}
	var out []Reading
	for _, g := range groups {
		if r, ok := g.reading(); ok {
			out = append(out, r)
		}
	}
	return out
}

// hit is a counter seen on one scan line.
type hit struct {
	n      int
	x0, x1 int
}

// group gathers the hits of one counter.
type group struct {
	x0, x1, y0, y1 int
	votes          map[int]int
}

// addHit puts a hit to its group or opens a new one.
func addHit(groups []*group, h hit, y, dx int) []*group {
	x0, x1 := h.x0+dx, h.x1+dx
	tolerance := max(2, (x1-x0)/20)
	for _, g := range groups {
		if abs(g.x0-x0) <= tolerance && abs(g.x1-x1) <= tolerance && y-g.y1 <= max(3, (x1-x0)/20) {
			g.votes[h.n]++
			g.y1 = y
			return groups
		}
	}
	return append(groups, &group{x0: x0, x1: x1, y0: y, y1: y, votes: map[int]int{h.n: 1}})
}

// reading returns what most lines agree on. A counter of less than two lines is chance.
func (g *group) reading() (Reading, bool) {
	best, total, n := 0, 0, 0
	for v, c := range g.votes {
		total += c
		if c > best || c == best && v < n {
			best, n = c, v
		}
	}
	r := Reading{N: n, Bounds: image.Rect(g.x0, g.y0, g.x1, g.y1+1)}
	return r, best >= 2 && best*2 > total
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

// lumaRow writes the brightness of row y into line.
func lumaRow(img image.Image, y int, line []uint8) {
	b := img.Bounds()
	if rgba, ok := img.(*image.RGBA); ok {
		row := rgba.Pix[rgba.PixOffset(b.Min.X, y):]
		for x := range line {
			p := row[4*x : 4*x+3 : 4*x+3]
			line[x] = uint8((77*int(p[0]) + 150*int(p[1]) + 29*int(p[2])) >> 8)
		}
		return
	}
	for x := range line {
		line[x] = color.GrayModel.Convert(img.At(b.Min.X+x, y)).(color.Gray).Y
	}
}

// scanLine finds the counters on one line of brightness. It tries two thresholds, since a tile may be dimmed.
func scanLine(line []uint8) []hit {
	for _, threshold := range [2]uint8{110, 60} {
		if hits := scanAt(line, threshold); len(hits) > 0 {
			return hits
		}
	}
	return nil
}

// scanAt finds the counters on one line at one threshold.
func scanAt(line []uint8, threshold uint8) []hit {
	var edges []int // where runs begin; even runs are black
	white := false
	edges = append(edges, 0)
	for x, v := range line {
		if (v > threshold) != white {
			edges = append(edges, x)
			white = !white
		}
	}
	edges = append(edges, len(line))
	var hits []hit
	for i := 1; i+3 < len(edges); i += 2 {
		// Runs i (white), i+1 (black), i+2 (white) should measure 3:1:1.
		unit := float64(edges[i+3]-edges[i]) / 5
		if unit < 1.5 || !near(edges[i+1]-edges[i], 3*unit) || !near(edges[i+2]-edges[i+1], unit) ||
			!near(edges[i+3]-edges[i+2], unit) {
			continue
		}
		if h, ok := readAt(line, edges, i, unit); ok {
			hits = append(hits, h)
		}
	}
	return hits
}

// near allows for blurred edges.
func near(got int, want float64) bool {
	d := float64(got) - want
	return d <= want*0.4+0.8 && -d <= want*0.4+0.8
}

// readAt looks for the closing pattern of a counter that opens at edge i and reads the cells between.
func readAt(line []uint8, edges []int, i int, unit float64) (hit, bool) {
	x0 := edges[i]
	for j := i + 4; j+3 < len(edges); j += 2 {
		// Runs j (white), j+1 (black), j+2 (white) should measure 1:1:3 and end the span.
		end := edges[j+3]
		cell := float64(end-x0) / counterSpan
		if cell > unit*1.3 {
			break
		}
		if cell < unit*0.75 || !near(edges[j+1]-edges[j], cell) || !near(edges[j+2]-edges[j+1], cell) ||
			!near(edges[j+3]-edges[j+2], 3*cell) {
			continue
		}
		level := (int(sample(line, float64(x0)+1.5*cell, cell)) + int(sample(line, float64(x0)+3.5*cell, cell))) / 2
		code := uint32(0)
		for k := range counterData {
			code <<= 1
			if int(sample(line, float64(x0)+(6.5+float64(k))*cell, cell)) > level {
				code |= 1
			}
		}
		n := uint16(code >> 8)
		if crc8(n) == uint8(code) {
			return hit{n: int(n), x0: x0, x1: end}, true
		}
	}
	return hit{}, false
}

// sample averages the middle of a cell.
func sample(line []uint8, x, cell float64) uint8 {
	from, to := int(x-cell/4), int(x+cell/4)
	from, to = max(0, from), min(len(line)-1, to)
	sum := 0
	for i := from; i <= to; i++ {
		sum += int(line[i])
	}
	return uint8(sum / max(1, to-from+1))
}
