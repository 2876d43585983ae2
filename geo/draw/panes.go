package draw

import (
	"image"
	"math"
	"slices"

	"iocwall/geo"
	"iocwall/geo/tiles"
)

// panes says which screens of a span a picture has to know about. What stands on a
// screen keeps to it: a label finds its room there, a ring moves about there, and
// nothing of it depends on what other screens hold. So a picture needs what is on
// the screens it shows, however many there are, and of the others what crosses
// their edges.
type panes struct {
	asked []image.Rectangle // those that the picture shows, and those its names depend on
	where []image.Rectangle // what is nearest to them, where it must be known what gathers
	crowd []image.Rectangle
	win   geo.Bounds // of the picture with what a line may reach over its edge
	all   geo.Bounds // of all that is nearest to the asked screens
}

// symbolReach is how many symbols far one with the signs at its side may reach.
const symbolReach = 3

// askPanes finds the screens that a picture depends on. A sea is named at its place
// or, where there is no room, in its widest stretch: whether that is so the screen
// of that stretch must know, too.
func (r *Renderer) askPanes(f *Frame) {
	p := &r.panes
	p.asked, p.where = p.asked[:0], p.where[:0]
	for _, s := range r.grid.Panes() {
		if s.Overlaps(r.canvas.Win) {
			p.asked = append(p.asked, s)
		}
	}
	p.win = r.view.BoundsOf(r.canvas.Win.Inset(-int(r.sizes.Symbol)))
	if r.grid.Split() {
		r.seas(func(_ *tiles.Place, x, y int) {
			if s := r.grid.NearestPane(x, y); !slices.Contains(p.asked, s) {
				p.asked = append(p.asked, s)
			}
		})
	}
	// Symbols outside of the view or beside a screen may reach into it, and rings of
	// what is in view may stand outside.
	around := r.view.Rect().Inset(-int(8 * r.sizes.Symbol))
	for _, s := range p.asked {
		box := r.grid.Around(s, around).Inset(-int(symbolReach * r.sizes.Symbol))
		p.where = append(p.where, box)
		if b := r.view.BoundsOf(box); len(p.where) == 1 {
			p.all = b
		} else {
			p.all = p.all.Union(b)
		}
	}
	if r.grid.Split() {
		if box := r.reaching(f); !box.Empty() {
			p.where = append(p.where, box)
		}
	}
}

// asks reports whether the screen nearest to a place is one that the picture depends on.
func (r *Renderer) asks(x, y int) bool {
	return !r.grid.Split() || slices.Contains(r.panes.asked, r.grid.NearestPane(x, y))
}

// known reports whether it is known what gathers at a place, which may be rounded to
// another pixel there.
func (p *panes) known(x, y int) bool {
	return slices.ContainsFunc(p.where, func(r image.Rectangle) bool { return image.Pt(x, y).In(r.Inset(1)) })
}

// crowded returns the screens on which it counts what a label covers, to be changed: on
// one of which only the sea's name is asked for, callouts must stand where they do there.
func (p *panes) crowded() []image.Rectangle {
	p.crowd = append(p.crowd[:0], p.asked...)
	return p.crowd
}

// reaching returns the box of what may gather elsewhere but, where it does not,
// reaches into the picture: with a speed line or a trail, or what a camera sees.
func (r *Renderer) reaching(f *Frame) (box image.Rectangle) {
	add := func(p geo.Point, reaches func() bool) {
		at := r.proj.At(p)
		x, y := int(math.Round(at.X)), int(math.Round(at.Y))
		if r.near(at, r.sizes.Symbol*4) && !r.panes.known(x, y) && reaches() {
			box = box.Union(image.Rect(x-1, y-1, x+2, y+2))
		}
	}
	fast := r.view.BoundsOf(r.canvas.Win.Inset(-int(r.longestSpeedLine()) - r.moved()))
	for i := 0; f.Gather.Vessels && i < len(f.Vessels); i++ {
		v := &f.Vessels[i]
		if len(v.Trail) < 2 && !fast.Contains(v.At) {
			continue
		}
		add(v.At, func() bool {
			_, ahead := r.speedLine(v, v.Gone())
			return r.inPicture(r.vesselSpot(v), float64(ahead)+r.sizes.Line) || r.trailReaches(v.Trail)
		})
	}
	for i := 0; f.Gather.Cameras && i < len(f.Cameras); i++ {
		c := &f.Cameras[i]
		add(c.At, func() bool {
			x, y, ok := r.spotOf(c.At, r.sizes.Symbol/2)
			return ok && r.inPicture(spot{x: int32(x), y: int32(y)}, r.wedgeReach(c)+r.sizes.Line)
		})
	}
	return box
}

// moved is how far at most what lies between screens is moved on to one, along either
// axis and in pixels.
func (r *Renderer) moved() int {
	most, around := 0, r.view.Rect()
	for _, s := range r.grid.Panes() {
		box := r.grid.Around(s, around)
		most = max(most, s.Min.X-box.Min.X, s.Min.Y-box.Min.Y, box.Max.X-s.Max.X, box.Max.Y-s.Max.Y)
	}
	return most + int(r.sizes.Symbol)
}

// trailReaches reports whether a trail may come into the picture.
func (r *Renderer) trailReaches(trail []geo.Point) bool {
	b := &r.panes.win
	for i := 1; i < len(trail); i++ {
		p, q := &trail[i-1], &trail[i]
		if min(p[0], q[0]) <= b.Max[0] && max(p[0], q[0]) >= b.Min[0] && min(p[1], q[1]) <= b.Max[1] && max(p[1], q[1]) >= b.Min[1] {
			return true
		}
	}
	return false
}

// place takes room for a label and counts it where it is in the picture.
func (r *Renderer) place(rect image.Rectangle) {
	r.grid.Take(rect)
	if rect.Min.In(r.canvas.Win) {
		r.stats.Labels++
	}
}

// spotOf returns where the centre of a symbol stands, off bezels, and whether it is
// in view.
func (r *Renderer) spotOf(p geo.Point, margin float64) (x, y int, ok bool) {
	at := r.proj.At(p)
	if !r.near(at, 0) {
		return 0, 0, false
	}
	x, y = r.grid.Settle(int(math.Round(at.X)), int(math.Round(at.Y)), int(margin))
	return x, y, true
}

// markSpot is spotOf for what does not reach far: nothing of it is needed from
// screens that the picture does not depend on.
func (r *Renderer) markSpot(p geo.Point, margin float64) (x, y int, ok bool) {
	if x, y, ok = r.spotOf(p, margin); ok && !r.asks(x, y) {
		ok = r.inPicture(spot{x: int32(x), y: int32(y)}, symbolReach*r.sizes.Symbol)
	}
	return x, y, ok
}

// seas calls do for the seas that may be named at their places, with those.
func (r *Renderer) seas(do func(p *tiles.Place, x, y int)) {
	d := r.density()
	for i := range r.data.Places {
		p := &r.data.Places[i]
		if p.Class != tiles.ClassSea || p.Rank == 1 && d < 0.8 || p.Rank > 1 && d < 3 {
			continue
		}
		if at := r.proj.At(p.At); r.near(at, 0) {
			do(p, int(at.X), int(at.Y))
		}
	}
}
