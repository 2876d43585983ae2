package tiles

import (
	"fmt"
	"image"
	"math"
	"slices"
	"time"

	"iocwall/geo"
	"iocwall/geo/tiles/archive"
)

// deepest is how many zooms coarser a tile may be that stands in for another; a
// picture of 256 pixels has one left then.
const deepest = 8

// Map implements Source. It gives what is decoded for the drawn part of the view,
// lets other tiles stand in for what is not, and asks Run for the rest.
func (t *Tiled) Map(view geo.View) (Data, error) {
	data, err := t.under.Map(view)
	if err != nil {
		return data, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	z, ok := t.zoom(view)
	if !ok {
		return data, nil
	}
	t.tick++
	c := &cover{t: t, now: time.Now(), z: z, data: &data}
	l := t.looks[z]
	if l == nil {
		l = &look{}
		t.looks[z] = l
	}
	l.asked = c.now
	l.refine(c.now)
	c.z -= l.coarser
	c.look(view)
	if l.coarser > 0 {
		data.Failed += (len(c.have) + len(c.lack)) << (2 * (z - c.z))
		data.Problem = t.noRoom(z)
	}
	if data.Problem == nil {
		data.Problem = c.why
	}
	c.emit()
	if c.asked {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	return data, nil
}

// cover is the work of one Map. The lock of t is held meanwhile.
type cover struct {
	t     *Tiled
	now   time.Time
	z     int
	data  *Data
	asked bool
	have  []tileKey // squares that have a tile of their own
	lack  []tileKey // squares that have none, or not yet
	sum   uint64
	why   error // why the first of the old tiles could not be renewed
}

// look goes through the squares that are drawn.
func (c *cover) look(view geo.View) {
	ox, oy := view.Origin()
	r := view.Visible()
	n := math.Exp2(float64(c.z))
	scale := n / view.World
	west, north := (ox+float64(r.Min.X))*scale, (oy+float64(r.Min.Y))*scale
	east, south := (ox+float64(r.Max.X))*scale, (oy+float64(r.Max.Y))*scale
	if r.Empty() || east <= 0 || south <= 0 || west >= n || north >= n {
		return
	}
	bx0, by0, bx1, by1 := span(c.t.info.Bounds, c.z)
	x0, x1 := max(bx0, int(max(west, 0))), min(bx1, int(math.Ceil(min(east, n)))-1)
	y0, y1 := max(by0, int(max(north, 0))), min(by1, int(math.Ceil(min(south, n)))-1)
	if x1 < x0 || y1 < y0 {
		return
	}
	if columns, rows := x1-x0+1, y1-y0+1; columns > maxViewTiles/rows {
		c.data.Failed++
		c.data.Problem = archive.Said(fmt.Errorf("tiles: %d × %d tiles are too many for one picture; draw a smaller crop of it", columns, rows), "tiles.many")
		return
	}
	c.have = make([]tileKey, 0, (x1-x0+1)*(y1-y0+1))
	for y := y0; y <= y1; y++ {
		for x := x0; x <= x1; x++ {
			dx, dy := float64(x)+0.5-(west+east)/2, float64(y)+0.5-(north+south)/2
			c.square(tileKey{c.z, x, y}, dx*dx+dy*dy)
		}
	}
}

// square decides what is drawn in a square, and what is asked for.
func (c *cover) square(k tileKey, far float64) {
	if c.state(k, far) == atHand {
		c.have = append(c.have, k)
		return
	}
	c.lack = append(c.lack, k)
	// Where a map has no tile, or a broken one, the coarser one is all there is.
	for p, was := k, c.seen(k); was == notHad && p.z > c.t.info.MinZoom; {
		p = p.parent()
		was = c.seenOrAsk(p, far)
	}
}

type tileState int

const (
	atHand tileState = iota
	underWay
	notHad
)

// state looks for a tile, asks for it if it is not there, and counts.
func (c *cover) state(k tileKey, far float64) tileState {
	if e, ok := c.t.loaded[k]; ok {
		c.t.recent.MoveToFront(e)
		l := e.Value.(*loaded)
		l.used = c.now
		c.renew(k, l, far)
		return atHand
	}
	if f, ok := c.t.failed[k]; ok && c.now.Before(f.until) {
		f.asked = true
		if f.err != nil {
			c.data.Failed++
			if c.data.Problem == nil {
				c.data.Problem = f.err
			}
		}
		return notHad
	}
	c.data.Pending++
	c.ask(k, far)
	return underWay
}

// renew asks for a tile that has become old, after those that are not there at all,
// and counts it if it could not be had anew.
func (c *cover) renew(k tileKey, l *loaded, far float64) {
	if l.old != nil {
		if c.data.Old++; c.why == nil {
			c.why = l.old
		}
	}
	age := c.now.Sub(l.came)
	due := c.t.refresh > 0 && age > c.t.refresh || l.old != nil && age > brokenFor
	if due && c.t.failed[k] == nil {
		c.ask(k, far+maxViewTiles)
	}
}

// seen tells the state of a tile without asking for it.
func (c *cover) seen(k tileKey) tileState {
	if _, ok := c.t.loaded[k]; ok {
		return atHand
	}
	if f, ok := c.t.failed[k]; ok && c.now.Before(f.until) {
		return notHad
	}
	return underWay
}

// seenOrAsk asks for a coarser tile that has to stand in for good. It is not counted
// as failed again, for its square already is.
func (c *cover) seenOrAsk(k tileKey, far float64) tileState {
	s := c.seen(k)
	if s == underWay {
		c.data.Pending++
		c.ask(k, far)
	}
	return s
}

func (c *cover) ask(k tileKey, far float64) {
	if c.t.flight[k] {
		return
	}
	w := c.t.wanted[k]
	if w == nil {
		if len(c.t.wanted) >= maxWanted {
			return // it is asked for again when others have come
		}
		w = &want{}
		c.t.wanted[k] = w
		c.asked = true
	}
	if w.tick != c.t.tick || far < w.far {
		*w = want{tick: c.t.tick, far: far, at: c.now}
	}
}

// emit lists what is drawn, coarse tiles first, so that no two cover the same place.
func (c *cover) emit() {
	var stands []stand
	var finer []tileKey
	if len(c.lack) > 0 {
		stands, finer = c.standIns()
	}
	c.data.grow(c.t.info.Format, len(stands)+len(c.have)+len(finer))
	for _, s := range stands {
		c.draw(s.square, s.tile)
	}
	for _, k := range c.have {
		c.draw(k, k)
	}
	for _, k := range finer {
		c.draw(k, k)
	}
	if c.sum != 0 {
		c.data.Version = mix(c.data.Version, c.sum)
	}
}

func (d *Data) grow(f archive.Format, n int) {
	if f == archive.MVT {
		d.Vectors = slices.Grow(d.Vectors, n)
	} else {
		d.Rasters = slices.Grow(d.Rasters, n)
	}
}

// stand is a square and the coarser tile that fills it for a while.
type stand struct{ square, tile tileKey }

// standIns finds what is drawn in the squares without a tile of their own: a coarser
// one, over as large a square as no better tile is drawn in; or what finer ones are
// at hand, for they were drawn a moment ago if the view has moved away.
func (c *cover) standIns() (stands []stand, finer []tileKey) {
	divided := map[tileKey]bool{} // squares in which something better is drawn somewhere
	divide := func(k tileKey) {
		for k.z > 0 {
			if k = k.parent(); divided[k] {
				return
			}
			divided[k] = true
		}
	}
	for _, k := range c.have {
		divide(k)
	}
	tiles := make(map[tileKey]tileKey, len(c.lack))
	for _, k := range c.lack {
		if tile, ok := c.coarser(k); ok {
			tiles[k] = tile
			divide(tile)
			continue
		}
		if had := len(finer); had < len(c.children(&finer, k)) {
			divide(k)
		}
	}
	filled := map[tileKey]bool{}
	for _, k := range c.lack {
		tile, ok := tiles[k]
		if !ok {
			continue
		}
		square := k
		for square.z > tile.z && !divided[square.parent()] {
			square = square.parent()
		}
		if !filled[square] {
			filled[square] = true
			stands = append(stands, stand{square, tile})
		}
	}
	slices.SortStableFunc(stands, func(a, b stand) int { return a.square.z - b.square.z })
	return stands, finer
}

// coarser returns the finest tile at hand that has k in it.
func (c *cover) coarser(k tileKey) (tileKey, bool) {
	for tile := k; tile.z > 0 && k.z-tile.z < deepest; {
		tile = tile.parent()
		if e, found := c.t.loaded[tile]; found {
			c.t.recent.MoveToFront(e)
			e.Value.(*loaded).used = c.now
			return tile, true
		}
	}
	return k, false
}

// children appends the tiles at hand of the next finer zoom, and returns them all.
func (c *cover) children(to *[]tileKey, k tileKey) []tileKey {
	for i := range 4 {
		child := tileKey{k.z + 1, k.x<<1 + i&1, k.y<<1 + i>>1}
		if _, ok := c.t.loaded[child]; ok {
			*to = append(*to, child)
		}
	}
	return *to
}

// draw adds a tile, or a part of it, as the content of a square.
func (c *cover) draw(square, tile tileKey) {
	l := c.t.loaded[tile].Value.(*loaded)
	where := uint64(square.z)<<56 ^ uint64(square.x)<<28 ^ uint64(square.y)
	c.sum += mix(where, l.serial) // a sum, for the order says nothing
	if l.vector != nil {
		c.data.Vectors = append(c.data.Vectors, Vector{Z: square.z, X: square.x, Y: square.y, Layers: l.vector.Layers})
		return
	}
	if part := partOf(l.picture.Rect, square, tile); !part.Empty() {
		c.data.Rasters = append(c.data.Rasters, Raster{Z: square.z, X: square.x, Y: square.y, Img: l.picture, Part: part})
	}
}

// mix makes one number of two, by the finalizer of SplitMix64.
func mix(a, b uint64) uint64 {
	h := a*0x9e3779b97f4a7c15 + b
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// partOf returns the part of a tile's picture that covers a square in it.
func partOf(whole image.Rectangle, square, tile tileKey) image.Rectangle {
	deep := square.z - tile.z
	x, y, side := square.x-tile.x<<deep, square.y-tile.y<<deep, whole.Dx()
	return image.Rect(x*side>>deep, y*side>>deep, (x+1)*side>>deep, (y+1)*side>>deep).Add(whole.Min)
}

// span returns the first and last column and row of the tiles of zoom z that touch b.
func span(b geo.Bounds, z int) (x0, y0, x1, y1 int) {
	west, north := geo.Project(geo.Point{b.Min[0], b.Max[1]})
	east, south := geo.Project(geo.Point{b.Max[0], b.Min[1]})
	return column(west, z), column(north, z), column(east, z), column(south, z)
}

// column returns the column or row of zoom z at a place in the unit square.
func column(at float64, z int) int {
	n := math.Exp2(float64(z))
	return int(max(0, min(n-1, math.Floor(at*n))))
}
