package draw

import (
	"image"
	"image/color"
	"math"

	"iocwall/geo"
	"iocwall/geo/draw/outline"
	"iocwall/geo/draw/raster"
)

// sheet is the base map with areas, lines and fences over it. They seldom change
// while vessels move, so it is kept until they do.
type sheet struct {
	valid bool
	view  geo.View
	sum   uint64
	pix   []byte
	cover []uint8 // how much of each pixel the areas of the layer being drawn take
	rings []raster.XY
	mids  []middle // of each line that has a name
	spots map[uint64]innerSpot
	sums  []uint64 // of each area's outline
}

// middle is where a line is half way through the view.
type middle struct {
	raster.XY
	ok bool
}

// innerSpot is the place of an area's name; Used is the last frame it was for.
type innerSpot struct {
	outline.Spot
	ok   bool
	used uint64
}

// sheet draws areas, lines and fences, or takes them from the last frame.
func (r *Renderer) sheet(f *Frame) {
	if len(f.Areas)+len(f.Lines) == 0 {
		r.sheets.valid = false
		return
	}
	s := &r.sheets
	sum := r.sumOf(f)
	win := r.canvas.Win
	row := win.Dx() * 4
	if s.valid && !r.stats.BaseDrawn && s.view == f.View && s.sum == sum {
		for y := range win.Dy() {
			copy(r.canvas.Pix[y*r.canvas.Stride:y*r.canvas.Stride+row], s.pix[y*row:(y+1)*row])
		}
		return
	}
	r.fills(f.Areas)
	r.edges(f.Areas)
	r.lines(f.Lines)
	r.fences(f.Areas)
	s.mids = s.mids[:0]
	for i := range f.Lines {
		m := middle{}
		if f.Lines[i].Name != "" {
			m = r.middle(f.Lines[i].Points)
		}
		s.mids = append(s.mids, m)
	}
	r.keepSheet()
	s.valid, s.view, s.sum = true, f.View, sum
}

// keepSheet copies the picture.
func (r *Renderer) keepSheet() {
	s, win := &r.sheets, r.canvas.Win
	row := win.Dx() * 4
	if n := row * win.Dy(); cap(s.pix) < n {
		s.pix = make([]byte, n)
	} else {
		s.pix = s.pix[:n]
	}
	for y := range win.Dy() {
		copy(s.pix[y*row:(y+1)*row], r.canvas.Pix[y*r.canvas.Stride:y*r.canvas.Stride+row])
	}
}

// sumOf is a checksum over all that the sheet shows.
func (r *Renderer) sumOf(f *Frame) uint64 {
	s := &r.sheets
	s.sums = s.sums[:0]
	h := outline.Mix(1, uint64(len(f.Areas)))
	for i := range f.Areas {
		a := &f.Areas[i]
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
	for i := range f.Lines {
		l := &f.Lines[i]
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

// scale is the projection for outlines.
func (r *Renderer) scale() outline.Scale {
	return outline.Scale{World: r.proj.world, X: r.proj.ox, Y: r.proj.oy}
}

// inCrop reports whether a shape may show in the part that is drawn.
func (r *Renderer) inCrop(mp geo.MultiPolygon) bool {
	if len(mp) == 0 {
		return false
	}
	b, pad := mp.Bound(), 2*(r.sizes.Text+8)/r.view.World*360
	return b.Pad(pad).Intersects(r.view.BoundsOf(r.canvas.Win))
}

// addPolygons adds polygons to the shape, holes turned against their outlines.
func (r *Renderer) addPolygons(mp geo.MultiPolygon) {
	for _, polygon := range mp {
		for i, ring := range polygon {
			r.sheets.rings = outline.Append(r.sheets.rings[:0], ring, r.scale())
			outline.Turned(r.sheets.rings, i == 0)
			r.addRing(r.sheets.rings)
		}
	}
}

// addRing adds a ring to the shape, cut where the window ends: else shallow edges
// would be drawn differently where screens meet.
func (r *Renderer) addRing(ring []raster.XY) {
	r.cut = outline.Cut(r.cut[:0], ring, float64(r.canvas.Win.Min.X), float64(r.canvas.Win.Max.X))
	r.shape.Ring(r.cut)
}

// fills draws the insides of areas. The pixels of an edge that two areas of one
// layer share belong to both by parts, so that what lies beneath does not shine
// through between them.
func (r *Renderer) fills(areas []Area) {
	layer, started := "", false
	for i := range areas {
		a := &areas[i]
		if a.Fence || a.Fill.A == 0 && !a.Hatch || !r.inCrop(a.Polygons) {
			continue
		}
		if !started || a.Layer != layer {
			layer, started = a.Layer, true
			r.keepSheet()
			n := r.canvas.Win.Dx() * r.canvas.Win.Dy()
			if cap(r.sheets.cover) < n {
				r.sheets.cover = make([]uint8, n)
			}
			r.sheets.cover = r.sheets.cover[:n]
			clear(r.sheets.cover)
		}
		p := plainPaint(a.Fill)
		if a.Hatch {
			p = r.hatch()
		}
		r.shape.Reset(r.canvas.Win)
		r.addPolygons(a.Polygons)
		r.shape.Sweep(func(y, x0, x1 int, cover uint32) { r.lay(&p, y, x0, x1, cover) })
	}
}

// paint is what an area is filled with: one colour, or diagonals of several.
type paint struct {
	colors [maxHatch]color.RGBA
	period int
	shift  int
}

const maxHatch = 64

func plainPaint(c color.RGBA) paint { return paint{colors: [maxHatch]color.RGBA{c}, period: 1} }

// hatch is how areas without a value are filled: diagonals that stay where they
// are on the ground when the map is panned.
func (r *Renderer) hatch() paint {
	p := paint{period: max(5, min(maxHatch, int(math.Round(r.sizes.Text*0.46))))}
	p.shift = int(math.Mod(math.Round(r.proj.ox)+math.Round(r.proj.oy), float64(p.period)))
	half := max(0.9, r.sizes.Line*0.8)
	for i := range p.period {
		far := math.Abs(float64(i) - float64(p.period)/2)
		k := max(0, min(1, half+0.5-far))
		p.colors[i] = mixed(r.style.Card, r.style.CardEdge, k)
		p.colors[i].A = 225
	}
	return p
}

// mixed is a colour between two.
func mixed(a, b color.RGBA, k float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*k)) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), m(a.A, b.A)}
}

// lay draws one run of an area with the given coverage of 255.
func (r *Renderer) lay(p *paint, y, x0, x1 int, cover uint32) {
	win := r.canvas.Win
	o := (y-win.Min.Y)*win.Dx() + x0 - win.Min.X
	taken := r.sheets.cover[o : o+x1-x0]
	if cover == 255 && p.period == 1 && !anySet(taken) {
		r.canvas.Rect(image.Rect(x0, y, x1, y+1), p.colors[0])
		for i := range taken {
			taken[i] = 255
		}
		return
	}
	row, under := r.canvas.Row(y, x0, x1), r.sheets.pix[o*4:]
	k := 0
	if p.period > 1 {
		k = ((x0+y+p.shift)%p.period + p.period) % p.period
	}
	for i := range taken {
		part := min(cover, 255-uint32(taken[i]))
		taken[i] += uint8(part)
		c := p.colors[k]
		if k++; k == p.period {
			k = 0
		}
		if part == 0 {
			continue
		}
		a := int32(part * uint32(c.A) / 255)
		px, un := row[i*4:i*4+4], under[i*4:i*4+4]
		px[0] = toward(px[0], un[0], c.R, a)
		px[1] = toward(px[1], un[1], c.G, a)
		px[2] = toward(px[2], un[2], c.B, a)
		px[3] = 255
	}
}

// toward replaces a of 255 parts of what lies beneath by a colour.
func toward(now, under, to uint8, a int32) uint8 {
	d := (int32(to) - int32(under)) * a
	if d >= 0 {
		d += 127
	} else {
		d -= 127
	}
	return uint8(max(0, min(255, int32(now)+d/255)))
}

func anySet(b []uint8) bool {
	for _, v := range b {
		if v != 0 {
			return true
		}
	}
	return false
}

// edges draws outlines. Those of one kind are drawn at once, so that an edge two
// areas share is as strong as any other; what is chosen comes last.
func (r *Renderer) edges(areas []Area) {
	r.strokes.Reset(r.canvas.Win)
	var now *Area
	for i := range areas {
		a := &areas[i]
		if a.Fence || a.Edge.A == 0 || !r.inCrop(a.Polygons) {
			continue
		}
		if now != nil && (now.Edge != a.Edge || now.Layer != a.Layer) {
			r.strokes.Fill(&r.canvas, now.Edge)
		}
		now = a
		r.addEdges(a.Polygons, a.Width*r.sizes.Line, a.Dashed, 1)
	}
	if now != nil {
		r.strokes.Fill(&r.canvas, now.Edge)
	}
	for i := range areas {
		if a := &areas[i]; a.Selected && !a.Fence && r.inCrop(a.Polygons) {
			r.chosenEdge(a.Polygons)
		}
	}
}

// chosenEdge draws the outline of what is chosen.
func (r *Renderer) chosenEdge(mp geo.MultiPolygon) {
	r.addEdges(mp, 4.5*r.sizes.Line, false, 1)
	r.strokes.Fill(&r.canvas, r.style.Sea)
	r.addEdges(mp, 2.5*r.sizes.Line, false, 1)
	r.strokes.Fill(&r.canvas, r.style.Focus)
}

func (r *Renderer) addEdges(mp geo.MultiPolygon, width float64, dashed bool, dash float64) {
	for _, polygon := range mp {
		for _, ring := range polygon {
			r.addStroke(ring, true, width, dashed, dash)
		}
	}
}

// fences draws the borders people watch, over lines and other areas.
func (r *Renderer) fences(areas []Area) {
	for i := range areas {
		a := &areas[i]
		if !a.Fence || !r.inCrop(a.Polygons) {
			continue
		}
		fill, edge, width := a.Fill, a.Edge, a.Width*r.sizes.Line
		if edge.A == 0 {
			edge = r.style.Text2
		}
		if fill.A == 0 {
			fill = edge
			fill.A = 20
		}
		if width == 0 {
			width = 1.8 * r.sizes.Line
		}
		r.shape.Reset(r.canvas.Win)
		r.addPolygons(a.Polygons)
		r.shape.Fill(&r.canvas, fill)
		r.strokes.Reset(r.canvas.Win)
		if a.Selected {
			r.chosenEdge(a.Polygons)
			edge, width = r.style.Sea, 0.7*width
		}
		r.addEdges(a.Polygons, width, true, 0.6)
		r.strokes.Fill(&r.canvas, edge)
	}
}

// Ramp returns n colours for the classes of a choropleth, from the lowest to the
// highest, apart in greyscale and without the hues of any state.
func (s Style) Ramp(n int) []color.RGBA {
	low, high := mixed(s.Land, s.SeaName, 0.2), mixed(s.SeaName, s.Text, 0.3)
	out := make([]color.RGBA, n)
	for i := range out {
		out[i] = mixed(low, high, float64(i)/max(1, float64(n-1)))
	}
	return out
}
