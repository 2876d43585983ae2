package draw

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"iocwall/geo"
	"iocwall/geo/draw/raster"
	"iocwall/geo/draw/room"
	"iocwall/geo/tiles"
)

// nameArchipelagos writes the full name of every archipelago of which an island
// is in view. These names are placed before all others and never left out.
func (r *Renderer) nameArchipelagos() {
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class != tiles.ClassArchipelago {
			continue
		}
		box, inView, _ := r.groupBox(p.Group)
		if inView == 0 {
			continue
		}
		at := r.proj.At(p.At)
		x, y := int(at.X), int(at.Y)
		if !image.Pt(x, y).In(r.view.Rect()) {
			x, y = (box.Min.X+box.Max.X)/2, (box.Min.Y+box.Max.Y)/2
		}
		r.grid.Avoid(box)
		size := r.sizes.Text
		lines := twoLines(p.Name)
		w, h := r.blockSize(lines[:], size, false)
		gap := min(box.Dy(), box.Dx())/2 + int(size/2)
		rect := r.grid.Force(x, y, w, h, min(gap, int(8*size)))
		r.place(rect)
		r.writeBlock(rect, lines[:], r.archipelagoLabel(size))
	}
}

// archipelagoLabel has a wider keyline: the names must read over any traffic.
func (r *Renderer) archipelagoLabel(size float64) raster.TextStyle {
	style := r.label(size, false, r.style.Text, r.style.Sea)
	style.HaloWidth = float32(max(2, size*0.16))
	return style
}

// groupBox returns the box around the islets of a group that are in view, how
// many those are, and how many there are in all.
func (r *Renderer) groupBox(group string) (box image.Rectangle, inView, all int) {
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class != tiles.ClassIslet || p.Group != group {
			continue
		}
		all++
		at := r.proj.At(p.At)
		pt := image.Pt(int(at.X), int(at.Y))
		if pt.In(r.view.Rect()) {
			inView++
			box = box.Union(image.Rectangle{Min: pt.Sub(image.Pt(3, 3)), Max: pt.Add(image.Pt(3, 3))})
		}
	}
	return box, inView, all
}

// islandsInPlace reports whether the view itself shows both archipelagos: the
// place of each name and at least half of the islands.
func (r *Renderer) islandsInPlace() bool {
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class != tiles.ClassArchipelago {
			continue
		}
		at := r.proj.At(p.At)
		_, inView, all := r.groupBox(p.Group)
		if !image.Pt(int(at.X), int(at.Y)).In(r.view.Rect()) || 2*inView < all {
			return false
		}
	}
	return true
}

// twoLines breaks a name before its bracket.
func twoLines(name string) [2]string {
	a, b, ok := strings.Cut(name, " (")
	if !ok {
		return [2]string{name, ""}
	}
	return [2]string{a, "(" + b}
}

// blockSize measures lines set under each other.
func (r *Renderer) blockSize(lines []string, size float64, bold bool) (w, h int) {
	widest, n := 0.0, 0
	for _, l := range lines {
		if l != "" {
			widest = max(widest, r.width(l, size, bold))
			n++
		}
	}
	return int(math.Ceil(widest)) + 2, int(math.Ceil(size * raster.LinePitch * float64(n)))
}

// writeBlock writes lines centred in rect.
func (r *Renderer) writeBlock(rect image.Rectangle, lines []string, style raster.TextStyle) {
	size := float64(style.Size)
	for i, l := range lines {
		if l == "" {
			continue
		}
		x := rect.Min.X + (rect.Dx()-int(r.width(l, size, style.Bold)))/2
		r.write(x, baseline(rect.Min.Y, i, size), l, style)
	}
}

// baseline of line i of a block that starts at top.
func baseline(top, i int, size float64) int {
	return top + int(math.Round(size*(raster.Ascent+float64(i)*raster.LinePitch)))
}

// threshold is the density from which a place of a class and rank is named.
func threshold(class tiles.Class, rank int) float64 {
	var steps [3]float64
	switch class {
	case tiles.ClassCity:
		steps = [3]float64{1.2, 5, 11}
	case tiles.ClassTown:
		steps = [3]float64{12, 20, 60}
	case tiles.ClassIsland:
		steps = [3]float64{4, 12, 40}
	case tiles.ClassIslet:
		steps = [3]float64{7, 16, 34}
	default:
		return math.Inf(1)
	}
	return steps[max(0, min(rank-1, 2))]
}

// namePlaces writes towns and islands: round 1 the cities and island names that
// everyone looks for, round 2 the rest.
func (r *Renderer) namePlaces(round int) {
	d := r.density()
	if round == 1 {
		r.ground.written = r.ground.written[:0]
	}
	for i := range r.data.Places {
		p := &r.data.Places[i]
		first := p.Class == tiles.ClassCity && (p.Rank == 1 || d > 25) || p.Class == tiles.ClassIslet && p.Rank == 1
		if first != (round == 1) || !r.panes.all.Contains(p.At) || d < threshold(p.Class, p.Rank) {
			continue
		}
		at := r.proj.At(p.At)
		if r.near(at, 0) && r.asks(int(at.X), int(at.Y)) {
			r.namePlace(p, at, d)
		}
	}
}

func (r *Renderer) namePlace(p *tiles.Place, at raster.XY, d float64) {
	size, col, halo := r.sizes.Text, r.style.Text2, r.style.Land
	icon, gap, margin := IconTown, int(r.sizes.Symbol*0.42), r.sizes.Symbol/2
	switch p.Class {
	case tiles.ClassCity:
		icon = IconCity
		col = r.style.Text
		if p.Rank == 1 || d > 25 {
			size *= 1.28
		}
	case tiles.ClassIsland, tiles.ClassIslet:
		icon, halo = IconNone, r.style.Sea
		gap, margin = int(r.sizes.Symbol*0.6), r.sizes.Symbol/4
	}
	x, y := r.grid.Settle(int(at.X), int(at.Y), int(margin))
	w, h := int(r.width(p.Name, size, false))+2, int(size*raster.LinePitch)
	rect, ok := r.grid.First(x, y, w, h, gap, int(r.sizes.Symbol*0.9))
	if !ok {
		r.stats.LabelsLeft++
		return
	}
	half := int(r.sizes.Symbol * 0.2)
	dot := image.Rect(x-half, y-half, x+half, y+half)
	if hard, _ := r.grid.Cost(dot); icon != IconNone && hard == 0 {
		s := r.icon(raster.IconKey{Icon: icon, Size: r.symbol(0.9), Main: r.style.Text2, Back: halo, Halo: halo})
		s.Draw(&r.canvas, x, y)
		r.grid.Take(dot)
	}
	r.place(rect)
	r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, size), p.Name, r.label(size, false, col, halo))
	r.ground.written = append(r.ground.written, writtenName{bareName(p.Name), x, y, r.grid.NearestPane(x, y)})
}

// writtenName is a name of the built-in map that is written already.
type writtenName struct {
	name string
	x, y int
	pane image.Rectangle
}

// bareName is a place's name without what kind of place it is, to compare names
// of two maps.
func bareName(name string) string {
	name = strings.ToLower(name)
	for _, kind := range []string{"thành phố ", "tp. ", "tp ", "thị xã ", "thị trấn ", "tỉnh ", "đảo "} {
		name = strings.TrimPrefix(name, kind)
	}
	return name
}

// nameTiles writes the names that the tiles of the base map want, where there is
// room and they are not written yet.
func (r *Renderer) nameTiles() {
	for i := range r.ground.labels {
		l := &r.ground.labels[i]
		x, y := int(l.At.X), int(l.At.Y)
		if !r.asks(x, y) {
			continue
		}
		bare, pane := bareName(l.Text), r.grid.NearestPane(x, y)
		twice := slices.ContainsFunc(r.ground.written, func(w writtenName) bool {
			return w.name == bare && w.pane == pane && math.Hypot(float64(w.x-x), float64(w.y-y)) < 12*l.Size
		})
		if twice {
			continue
		}
		w := int(r.width(l.Text, l.Size, l.Bold)+l.Spacing*float64(len([]rune(l.Text)))) + 2
		h := int(l.Size * raster.LinePitch)
		rect := image.Rect(x-w/2, y-h/2, x-w/2+w, y-h/2+h)
		if !rect.In(r.grid.Glass(x, y)) || !r.grid.Clear(rect) {
			r.stats.LabelsLeft++
			continue
		}
		r.place(rect)
		style := r.label(l.Size, l.Bold, l.Color, l.Halo)
		style.HaloWidth = float32(max(l.HaloWidth, float64(style.HaloWidth)))
		style.Slanted, style.Spacing = l.Slanted, float32(l.Spacing)
		r.write(rect.Min.X+1, baseline(rect.Min.Y, 0, l.Size), l.Text, style)
	}
}

// symbol is the size of a symbol relative to the common one.
func (r *Renderer) symbol(factor float64) uint16 {
	return uint16(math.Round(r.sizes.Symbol * factor))
}

// nameSea writes the name of the sea: at its place where that is in view and
// free, otherwise in the widest stretch of sea.
func (r *Renderer) nameSea() {
	done := false
	r.seas(func(p *tiles.Place, x, y int) {
		if r.writeSea(p, x, y) {
			done = true
		}
	})
	sea := &r.ground.sea
	if done || !sea.any || sea.room < 3*r.sizes.Text {
		return
	}
	if p := r.seaAt(sea.spot); p != nil {
		if at := r.proj.At(sea.spot); r.asks(int(at.X), int(at.Y)) {
			r.writeSea(p, int(at.X), int(at.Y))
		}
	}
}

// seaAt returns the sea that a point belongs to, or nil far from all of them.
func (r *Renderer) seaAt(p geo.Point) *tiles.Place {
	var best *tiles.Place
	least := 9.0 // degrees; a sea of rank 1 reaches twice as far
	for i := range r.data.Places {
		s := &r.data.Places[i]
		if s.Class != tiles.ClassSea {
			continue
		}
		dist := math.Hypot(s.At[0]-p[0], s.At[1]-p[1])
		if s.Rank == 1 {
			dist /= 2
		}
		if dist < least && (s.Rank == 1 || dist < 4) {
			best, least = s, dist
		}
	}
	return best
}

func (r *Renderer) writeSea(p *tiles.Place, x, y int) bool {
	size, text := r.sizes.Text*1.15, p.Name
	if p.Rank == 1 {
		size, text = r.sizes.Text*1.7, strings.ToUpper(p.Name)
	}
	spacing := size * 0.18
	w := int(r.width(text, size, false)+spacing*float64(len([]rune(text)))) + 2
	h := int(size * raster.LinePitch)
	best, found := r.openSea(x, y, w, h)
	if !found {
		return false
	}
	r.place(best)
	style := r.label(size, false, r.style.SeaName, r.style.Sea)
	style.Slanted, style.Spacing = true, float32(spacing)
	r.write(best.Min.X, baseline(best.Min.Y, 0, size), text, style)
	return true
}

// openSea returns the free box of sea nearest to (x, y), on the screen of that.
func (r *Renderer) openSea(x, y, w, h int) (image.Rectangle, bool) {
	pane := r.grid.Glass(x, y)
	for ring := range 5 {
		for _, s := range room.Sides() {
			c := image.Pt(x, y).Add(image.Pt(s.DX*ring*w/4, s.DY*ring*h*2))
			rect := image.Rect(c.X-w/2, c.Y-h/2, c.X-w/2+w, c.Y-h/2+h)
			if rect.In(pane) && r.grid.Clear(rect) && r.allSea(rect) && r.awayFromCoast(rect) {
				return rect, true
			}
		}
	}
	return image.Rectangle{}, false
}

// nameProvinces writes the names of the provinces around home, or of all, where
// the map is large enough for them and too large for towns to say where one is.
func (r *Renderer) nameProvinces(home []string) {
	if r.density() < 12 {
		return
	}
	size := r.sizes.Text
	style := r.label(size, false, r.style.Text3, r.style.Outside)
	for i := range r.ground.sea.provinces {
		p := &r.ground.sea.provinces[i]
		if slices.Contains(home, p.id) || p.room < 2*size {
			continue
		}
		text := strings.ToUpper(p.name)
		spacing := size * 0.08
		w := int(r.width(text, size, false)+spacing*float64(len([]rune(text)))) + 2
		h := int(size * raster.LinePitch)
		at := r.proj.At(p.at)
		if !r.asks(int(at.X), int(at.Y)) {
			continue
		}
		rect := image.Rect(int(at.X)-w/2, int(at.Y)-h/2, int(at.X)-w/2+w, int(at.Y)-h/2+h)
		rect = room.Inside(rect, r.grid.NearestPane(int(at.X), int(at.Y)).Inset(r.margin()))
		if !r.grid.Clear(rect) {
			continue
		}
		r.place(rect)
		st := style
		st.Spacing = float32(spacing)
		r.write(rect.Min.X, baseline(rect.Min.Y, 0, size), text, st)
	}
}

// coastDoubt is how far the built-in coast may lie from that of finer maps, in metres.
const coastDoubt = 2500

// awayFromCoast reports whether a rectangle is so far from land that the sea is
// there on finer maps too. It is asked where one is shown.
func (r *Renderer) awayFromCoast(rect image.Rectangle) bool {
	if len(r.data.Rasters)+len(r.data.Vectors) == 0 {
		return true
	}
	m := &r.ground.sea
	doubt := int(min(coastDoubt/r.view.MetersPerPixel(r.view.Center[1]), 1e5))
	rect = rect.Inset(-doubt)
	cell := func(px, most int) int { return max(0, min(most, int(float64(px)*m.scale))) }
	for y := cell(rect.Min.Y, m.h-1); y <= cell(rect.Max.Y, m.h-1); y++ {
		for x := cell(rect.Min.X, m.w-1); x <= cell(rect.Max.X, m.w-1); x++ {
			if m.cells[y*m.w+x] == 0 {
				return false
			}
		}
	}
	return true
}

// allSea reports whether no land lies under a rectangle, as far as the coarse
// view knows.
func (r *Renderer) allSea(rect image.Rectangle) bool {
	m := &r.ground.sea
	for y := int(float64(rect.Min.Y) * m.scale); y <= int(float64(rect.Max.Y)*m.scale); y++ {
		for x := int(float64(rect.Min.X) * m.scale); x <= int(float64(rect.Max.X)*m.scale); x++ {
			if x < 0 || y < 0 || x >= m.w || y >= m.h || m.cells[y*m.w+x] == 0 {
				return false
			}
		}
	}
	return true
}

// haloAt is the colour of what lies under a point: sea or land.
func (r *Renderer) haloAt(x, y int) color.RGBA {
	m := &r.ground.sea
	cx, cy := int(float64(x)*m.scale), int(float64(y)*m.scale)
	if cx >= 0 && cy >= 0 && cx < m.w && cy < m.h && m.cells[cy*m.w+cx] == 0 {
		return r.style.Land
	}
	return r.style.Sea
}
