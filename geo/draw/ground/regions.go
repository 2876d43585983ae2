package ground

import (
	"image"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/tiles"
)

// What is shown of Hoàng Sa, Trường Sa and Biển Đông never depends on whose map
// lies below:
//
//   - In the boxes of both archipelagos the picture is the built-in map's, at
//     every zoom, with a soft seam.
//   - Over pictures the boxes are larger by the length of a written name, and
//     where pictures are coarse enough to have the sea's name written on them the
//     open sea is covered too.
//   - Of vector tiles, labels in the boxes, of the sea, and by one of the names
//     in names.go are left out, and so are boundary lines in the open sea.

// hoangSa and truongSa hold all islands of the archipelagos with more than half a
// degree of sea around them.
func hoangSa() geo.Bounds {
	return geo.Bounds{Min: geo.Pt(110.5, 15.1), Max: geo.Pt(113.5, 17.75)}
}

func truongSa() geo.Bounds {
	return geo.Bounds{Min: geo.Pt(110.9, 7.2), Max: geo.Pt(116.6, 12.15)}
}

// openSea is Biển Đông away from its coasts.
func openSea() []geo.Point {
	return []geo.Point{
		{109.9, 17.9},
		{111.3, 19.2},
		{113.0, 20.6},
		{115.5, 21.9},
		{117.6, 22.4},
		{119.4, 22.2},
		{120.9, 21.6},
		{121.2, 19.2},
		{120.2, 18.2},
		{119.7, 16.2},
		{119.6, 14.4},
		{118.9, 12.4},
		{118.3, 10.6},
		{117.0, 8.8},
		{116.2, 7.3},
		{115.0, 6.1},
		{113.2, 4.4},
		{112.0, 3.5},
		{109.4, 4.2},
		{107.3, 5.6},
		{106.0, 7.6},
		{107.4, 9.3},
		{109.2, 10.6},
		{109.7, 12.0},
		{109.7, 13.5},
		{109.5, 15.0},
		{108.9, 16.4},
		{108.7, 17.2},
	}
}

// boxOfBounds projects longitudes and latitudes to the unit square.
func boxOfBounds(b geo.Bounds) box {
	x0, y0 := geo.Project(geo.Pt(b.Min[0], b.Max[1]))
	x1, y1 := geo.Project(geo.Pt(b.Max[0], b.Min[1]))
	return box{x0, y0, x1, y1}
}

// archipelagos returns the boxes of the archipelagos in the unit square.
func archipelagos() [2]box { return [2]box{boxOfBounds(hoangSa()), boxOfBounds(truongSa())} }

// inside reports whether a point lies in a closed polygon.
func inside(polygon []geo.Point, p geo.Point) bool {
	in := false
	for i, a := range polygon {
		b := polygon[(i+1)%len(polygon)]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < a[0]+(p[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			in = !in
		}
	}
	return in
}

const (
	coverCell = 8 // pixels between two samples of a cover
	// halfName is about half the length of a name on a picture, in pixels of a tile
	// that has 256.
	halfName = 60
	// margin is the sea around the islands that the boxes have anyway, and widest is
	// the most that is added to it, both in the unit square.
	margin, widest = 0.6 / 360, 3.0 / 360
	// seaNamed is the zoom, in tiles of 256 pixels, up to which the sea's name may
	// be written on pictures.
	seaNamed = 8.5
	// softSeam is how wide the seam is in pixels of a map with ordinary text.
	softSeam = 44
)

// cover says how much of the picture is the built-in map's: samples from 0, none,
// to 255, at every eighth pixel of the view.
type cover struct {
	whole bool // everything is
	none  bool // nothing is
	w, h  int
	x, y  int // of the first sample, in pixels of the view
	cells []uint8
}

// build finds the cover of a window.
func (k *cover) build(m Map, win image.Rectangle, scale float64) {
	boxes := archipelagos()
	pad, coarse := padding(m.Data.Rasters)
	at := affineOf(m.View)
	var rects [2][2]raster.XY
	for i, b := range boxes {
		rects[i][0] = at.pixel(geo.Pt(b.x0-pad, b.y0-pad))
		rects[i][1] = at.pixel(geo.Pt(b.x1+pad, b.y1+pad))
	}
	var sea []geo.Point // in pixels
	if coarse {
		for _, p := range openSea() {
			x, y := geo.Project(p)
			q := at.pixel(geo.Pt(x, y))
			sea = append(sea, geo.Pt(q.X, q.Y))
		}
	}
	k.x, k.y = floorTo(win.Min.X, coverCell), floorTo(win.Min.Y, coverCell)
	k.w, k.h = (win.Max.X-k.x+coverCell-1)/coverCell+1, (win.Max.Y-k.y+coverCell-1)/coverCell+1
	k.cells = k.cells[:0]
	soft := softSeam * scale
	if near := win.Inset(-int(soft) - 3*coverCell); !coarse && !overlaps(rects[0], near) && !overlaps(rects[1], near) {
		k.whole, k.none = false, true
		return
	}
	least, most := uint8(255), uint8(0)
	for y := range k.h {
		for x := range k.w {
			px, py := float64(k.x+x*coverCell), float64(k.y+y*coverCell)
			d := min(beyond(rects[0], px, py), beyond(rects[1], px, py))
			if d > 0 && coarse {
				d = min(d, beyondPolygon(sea, geo.Pt(px, py), soft+2*coverCell))
			}
			// The seam begins a cell outside, so that samples between are whole inside.
			v := uint8(255 * min(max(1-(d-2*coverCell)/soft, 0), 1))
			least, most = min(least, v), max(most, v)
			k.cells = append(k.cells, v)
		}
	}
	k.whole, k.none = least == 255, most == 0
}

func floorTo(v, n int) int { return int(math.Floor(float64(v)/float64(n))) * n }

// padding returns how far beyond the boxes a written name may reach on the
// coarsest of the pictures, in the unit square, and whether the sea's name may be
// on one.
func padding(pictures []tiles.Raster) (pad float64, seaNames bool) {
	for i := range pictures {
		r := &pictures[i]
		if r.Img == nil || r.Part.Empty() {
			continue
		}
		// A picture of 512 pixels has letters twice as large.
		pixel := math.Exp2(-float64(r.Z)) * float64(r.Img.Rect.Dx()) / float64(r.Part.Dx()) / 256
		pad = max(pad, halfName*pixel-margin)
		seaNames = seaNames || -math.Log2(pixel*256) <= seaNamed
	}
	return min(pad, widest), seaNames
}

func overlaps(r [2]raster.XY, win image.Rectangle) bool {
	return r[0].X < float64(win.Max.X) && r[1].X > float64(win.Min.X) && r[0].Y < float64(win.Max.Y) && r[1].Y > float64(win.Min.Y)
}

// beyond is how far a pixel lies from a rectangle; 0 inside.
func beyond(r [2]raster.XY, x, y float64) float64 {
	return math.Hypot(max(r[0].X-x, 0, x-r[1].X), max(r[0].Y-y, 0, y-r[1].Y))
}

// beyondPolygon is how far a pixel lies from a polygon, or any number above far.
func beyondPolygon(polygon []geo.Point, p geo.Point, far float64) float64 {
	if inside(polygon, p) {
		return 0
	}
	least := far * 2
	for i, a := range polygon {
		b := polygon[(i+1)%len(polygon)]
		dx, dy := b[0]-a[0], b[1]-a[1]
		t := min(max(((p[0]-a[0])*dx+(p[1]-a[1])*dy)/max(dx*dx+dy*dy, 1e-9), 0), 1)
		least = min(least, math.Hypot(p[0]-a[0]-t*dx, p[1]-a[1]-t*dy))
	}
	return least
}

// keep copies the built-in map where something of it will cover the tiles.
func (p *Painter) keep(c *raster.Canvas) {
	if p.cover.none {
		return
	}
	row := c.Win.Dx() * 4
	if n := row * c.Win.Dy(); cap(p.kept) < n {
		p.kept = make([]byte, n)
	} else {
		p.kept = p.kept[:n]
	}
	for y := range c.Win.Dy() {
		copy(p.kept[y*row:(y+1)*row], c.Row(y+c.Win.Min.Y, c.Win.Min.X, c.Win.Max.X))
	}
}

// restore lays what was kept over the tiles.
func (p *Painter) restore(c *raster.Canvas) {
	k := &p.cover
	if k.none {
		return
	}
	row := c.Win.Dx() * 4
	for y := c.Win.Min.Y; y < c.Win.Max.Y; y++ {
		cy, fy := (y-k.y)/coverCell, (y-k.y)%coverCell
		upper, lower := k.cells[cy*k.w:(cy+1)*k.w], k.cells[min(cy+1, k.h-1)*k.w:]
		dst := c.Row(y, c.Win.Min.X, c.Win.Max.X)
		src := p.kept[(y-c.Win.Min.Y)*row : (y-c.Win.Min.Y+1)*row]
		for cx := range k.w - 1 {
			from := max(k.x+cx*coverCell, c.Win.Min.X)
			to := min(k.x+(cx+1)*coverCell, c.Win.Max.X)
			a := int(upper[cx])*(coverCell-fy) + int(lower[cx])*fy
			b := int(upper[cx+1])*(coverCell-fy) + int(lower[cx+1])*fy
			if a == 0 && b == 0 || from >= to {
				continue
			}
			o := (from - c.Win.Min.X) * 4
			n := (to - c.Win.Min.X) * 4
			if a == 255*coverCell && b == a {
				copy(dst[o:n], src[o:n])
				continue
			}
			for x := from; x < to; x++ {
				fx := x - k.x - cx*coverCell
				weight := (a*(coverCell-fx) + b*fx) / (coverCell * coverCell)
				for ; o < (x+1-c.Win.Min.X)*4; o++ {
					dst[o] = uint8((int(src[o])*weight + int(dst[o])*(255-weight) + 127) / 255)
				}
			}
		}
	}
}

// boundary reports whether a line of a tile bounds a country or a part of one.
func boundary(layer string, properties map[string]any) bool {
	switch layer {
	case "boundary", "boundaries", "admin", "administrative", "admin_lines", "boundary_lines", "border", "borders":
		return true
	}
	_, level := properties["admin_level"]
	_, claimed := properties["claimed_by"]
	return level || claimed
}

// outsideSea returns lines without their edges in the open sea and in the
// archipelagos.
func outsideSea(lines [][]geo.Point) [][]geo.Point {
	sea := openSea()
	for i, p := range sea {
		sea[i][0], sea[i][1] = geo.Project(p)
	}
	boxes := archipelagos()
	ours := func(p geo.Point) bool { return boxes[0].holds(p) || boxes[1].holds(p) || inside(sea, p) }
	var out [][]geo.Point
	for _, line := range lines {
		from := 0
		for i := 0; i+1 < len(line); i++ {
			middle := geo.Pt((line[i][0]+line[i+1][0])/2, (line[i][1]+line[i+1][1])/2)
			if !ours(middle) && !ours(line[i]) && !ours(line[i+1]) {
				continue
			}
			if i > from {
				out = append(out, line[from:i+1])
			}
			from = i + 1
		}
		if len(line)-from > 1 {
			out = append(out, line[from:])
		}
	}
	return out
}
