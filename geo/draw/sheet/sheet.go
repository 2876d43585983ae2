// Package sheet draws what seldom changes on a map: areas, lines and fences over
// the base map. The result is kept until something of it changes. A Sheet must be
// used by one goroutine at a time.
package sheet

import (
	"image"
	"image/color"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/outline"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/scene"
)

// Look is the sizes in pixels and the colours that a Sheet draws with.
type Look struct {
	Text, Line                        float64
	Sea, Card, CardEdge, Text2, Focus color.RGBA
}

// Sheet draws and keeps areas, lines and fences. Its zero value is ready.
type Sheet struct {
	look   Look
	canvas *raster.Canvas
	view   geo.View
	scale  outline.Scale

	kept    bool
	of      geo.View
	sum     uint64
	pix     []byte
	under   []byte  // what lies beneath the layer being drawn, where an area takes part of a pixel
	left    []uint8 // how much of each pixel the areas of the layer being drawn have left, of 255
	shape   raster.Shape
	strokes raster.Strokes
	rings   []raster.XY
	points  []raster.XY
	mids    []middle // of each line that has a name
	sums    []uint64 // of each area's outline
	shapes  []*shape // of each area
	known   map[uint64]*shape
	borders map[uint64]*borders
	alike   []int // areas whose edges are drawn at once
	frame   uint64
}

// middle is where a line is half way through the view.
type middle struct {
	raster.XY
	ok bool
}

// Begin takes the picture that is drawn next, a window of the view.
func (s *Sheet) Begin(canvas *raster.Canvas, view geo.View, look Look) {
	if s.known == nil {
		s.known, s.borders = map[uint64]*shape{}, map[uint64]*borders{}
	}
	if s.look != look {
		s.look, s.kept = look, false
	}
	x, y := view.Origin()
	s.canvas, s.view, s.scale = canvas, view, outline.Scale{World: view.World, X: x, Y: y}
	s.frame++
}

// Forget lets go of what was kept.
func (s *Sheet) Forget() { s.kept = false }

// Draw draws the base map, and over it areas, lines and fences, or takes them from
// the last picture. Base is of the size of the picture. Fresh are the windows in
// which it was drawn anew; elsewhere it is what it was, moved with the view.
func (s *Sheet) Draw(base *raster.Canvas, areas []scene.Area, lines []scene.Line, fresh []image.Rectangle) {
	if len(areas)+len(lines) == 0 {
		s.kept = false
		s.canvas.Copy(base, s.canvas.Win)
		return
	}
	sum := s.sumOf(areas, lines)
	s.arrange(areas)
	moved := s.kept && s.sum == sum && s.move(fresh)
	if !moved || s.of != s.view {
		s.middles(lines)
	}
	if !moved {
		fresh = []image.Rectangle{s.canvas.Win}
	}
	all := s.canvas
	for _, win := range fresh {
		all.Copy(base, win)
		part := all.Part(win)
		s.canvas = &part
		s.fills(areas)
		s.edges(areas)
		s.lines(lines)
		s.fences(areas)
	}
	s.canvas = all
	s.keep(fresh)
	s.kept, s.of, s.sum = true, s.view, sum
}

// move moves what was kept with the view, or reports that it cannot be: all that
// does not stay must be fresh.
func (s *Sheet) move(fresh []image.Rectangle) bool {
	win := s.canvas.Win
	d, ok := s.of.Offset(s.view)
	if !ok || s.of.Visible() != win {
		return false
	}
	stay := win.Intersect(win.Add(d))
	left := win.Dx()*win.Dy() - stay.Dx()*stay.Dy()
	for _, r := range fresh {
		if r.Overlaps(stay) {
			return false
		}
		left -= r.Dx() * r.Dy()
	}
	if left != 0 {
		return false
	}
	kept := raster.Canvas{Pix: s.pix, Stride: win.Dx() * 4, Win: win}
	kept.Move(d)
	return true
}

// keep copies the windows that were drawn, and gives the picture all the others.
func (s *Sheet) keep(drawn []image.Rectangle) {
	win := s.canvas.Win
	row := win.Dx() * 4
	s.pix = room(s.pix, row*win.Dy())
	kept := raster.Canvas{Pix: s.pix, Stride: row, Win: win}
	for _, r := range drawn {
		kept.Copy(s.canvas, r)
	}
	if len(drawn) != 1 || drawn[0] != win {
		s.canvas.Copy(&kept, win)
	}
}

// room returns a buffer of n bytes, of the memory of b if that has so many.
func room(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}

// middles finds the middle of each line that has a name.
func (s *Sheet) middles(lines []scene.Line) {
	s.mids = s.mids[:0]
	for i := range lines {
		m := middle{}
		if lines[i].Name != "" {
			m = s.middle(lines[i].Points)
		}
		s.mids = append(s.mids, m)
	}
}

// sumOf is a checksum over all that the sheet shows.
func (s *Sheet) sumOf(areas []scene.Area, lines []scene.Line) uint64 {
	s.sums = s.sums[:0]
	h := outline.Mix(1, uint64(len(areas)))
	for i := range areas {
		a := &areas[i]
		p := uint64(len(a.Polygons))
		for _, polygon := range a.Polygons {
			p = outline.Mix(p, uint64(len(polygon)))
			for _, ring := range polygon {
				p = outline.Sum(p, ring)
			}
		}
		s.sums = append(s.sums, p)
		h = outline.Mix(outline.Text(outline.Mix(h, p), a.Layer), math.Float64bits(a.Width))
		h = outline.Mix(h, packed(a.Fill)<<32|packed(a.Edge))
		h = outline.Mix(h, flags(a.Hatch, a.Selected, a.Dashed, a.Fence))
	}
	for i := range lines {
		l := &lines[i]
		h = outline.Mix(outline.Sum(h, l.Points), math.Float64bits(l.Width))
		h = outline.Mix(h, packed(l.Color)<<32|flags(l.Dashed, l.Selected, l.Name != ""))
	}
	return h
}

func packed(c color.RGBA) uint64 {
	return uint64(c.R)<<24 | uint64(c.G)<<16 | uint64(c.B)<<8 | uint64(c.A)
}

func flags(set ...bool) uint64 {
	out := uint64(0)
	for i, s := range set {
		if s {
			out |= 1 << i
		}
	}
	return out
}

// Middle returns the middle of the part that the view shows of the i-th line of
// the last Draw, in pixels of the view; false where it shows little or the line
// has no name.
func (s *Sheet) Middle(i int) (raster.XY, bool) { return s.mids[i].XY, s.mids[i].ok }
