package atlas

import (
	"image"
	"slices"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/server/world"
	"iocwall/ui/atlas/picture"
	"iocwall/ui/maps"
)

// drawnAt turns a pixel of the view into one of the picture on the screen.
func (a *Atlas) drawnAt(p image.Point) image.Point {
	if a.shown == nil || a.shown.View == a.view {
		return p
	}
	x, y := a.shown.View.Pixel(a.view.Point(float64(p.X), float64(p.Y)))
	return image.Pt(int(x), int(y))
}

// at returns what is drawn at a pixel of the view, the nearest first.
func (a *Atlas) at(p image.Point) []draw.Found {
	if a.shown == nil || a.shown.Hits == nil {
		return nil
	}
	q := a.drawnAt(p)
	return a.shown.Hits.At(q.X, q.Y, float64(a.px(reach)))
}

// in returns what is drawn in a box of the view.
func (a *Atlas) in(box image.Rectangle) []draw.Found {
	if a.shown == nil || a.shown.Hits == nil {
		return nil
	}
	return a.shown.Hits.In(picture.Boxed(a.drawnAt(box.Min), a.drawnAt(box.Max)))
}

// refsOf are the names of what was found, those in clusters each by itself.
func refsOf(found []draw.Found) []world.Ref {
	var out []world.Ref
	seen := map[world.Ref]bool{}
	add := func(r world.Ref) {
		if r != "" && !seen[r] {
			seen[r] = true
			out = append(out, r)
		}
	}
	for _, f := range found {
		add(maps.RefOf(f))
		for _, id := range f.Members {
			add(maps.MemberRef(f, id))
		}
	}
	return out
}

// pick chooses what lies at a pixel: one thing with its neighbours, a cluster's
// members, or nothing.
func (a *Atlas) pick(p image.Point) {
	found := a.at(p)
	if len(found) == 0 {
		a.choose(nil)
		return
	}
	if len(found[0].Members) > 0 {
		a.choose(refsOf(found[:1]))
		return
	}
	refs := refsOf(found)
	if i := slices.Index(refs, a.one); i >= 0 && len(refs) > 1 {
		refs = append(refs[i+1:], refs[:i+1]...) // a second click asks for what lies under it
	}
	a.choose(refs)
	if len(refs) > 0 {
		a.one = refs[0]
	}
}

// choose shows several things as a list, or one thing's detail.
func (a *Atlas) choose(refs []world.Ref) {
	a.chosen, a.one, a.pin = refs, "", nil
	if len(refs) == 1 {
		a.one = refs[0]
	}
	a.page = pageDetail
	a.face.top()
	a.touch()
}

// Look chooses one thing and looks at its place; it reports whether there is it.
func (a *Atlas) Look(r world.Ref) bool {
	if _, ok := a.describe(r); !ok {
		return false
	}
	a.choose([]world.Ref{r})
	a.goToOne()
	return true
}

// open shows the detail of one of the things that are listed.
func (a *Atlas) open(r world.Ref) {
	a.one, a.page = r, pageDetail
	a.face.top()
	a.touch()
}

// back goes from a detail to the list it was chosen from; false without one.
func (a *Atlas) back() bool {
	switch {
	case a.one != "" && len(a.chosen) > 1:
		a.one = ""
	case a.one != "" || len(a.chosen) > 0 || a.pin != nil:
		a.chosen, a.one, a.pin = nil, "", nil
	default:
		return false
	}
	a.touch()
	return true
}

// describe says what is known of a thing.
func (a *Atlas) describe(r world.Ref) (maps.Detail, bool) {
	if r == "" || a.h.State() == nil {
		return maps.Detail{}, false
	}
	return a.h.Maps.Describe(a.h.State(), r, a.h.ServerTime(a.h.Now()))
}

// followOne keeps the thing in detail in the middle, or ends that.
func (a *Atlas) followOne() {
	d, ok := a.describe(a.one)
	switch {
	case a.follow != "":
		a.follow = ""
	case ok && d.Placed && a.one.Kind() == world.KindVessel:
		a.follow = a.one
		a.view = picture.Centred(a.view, d.At)
		a.moved()
	default:
		a.say(a.h.Lang.T("atlas.follow.none"))
	}
	a.touch()
}

// goToOne looks at the thing in detail.
func (a *Atlas) goToOne() {
	if d, ok := a.describe(a.one); ok && d.Placed {
		a.goTo(d.At, d.Bounds, d.Bounds != geo.Bounds{})
	} else if a.pin != nil {
		a.goTo(a.pin.at, geo.Bounds{}, false)
	}
}

// spread looks at all that is listed, to part a cluster.
func (a *Atlas) spread() {
	var points []geo.Point
	for _, r := range a.chosen {
		if d, ok := a.describe(r); ok && d.Placed {
			points = append(points, d.At)
		}
	}
	b, ok := geo.BoundsOf(points)
	if !ok {
		return
	}
	was := a.view.World
	a.view = picture.Fitted(a.view, b)
	if a.view.World <= was { // they lie on one place
		a.view = picture.Zoomed(a.view, image.Pt(a.view.Width/2, a.view.Height/2), 2)
	}
	a.follow = ""
	a.moved()
}

// tab moves the keyboard to the next symbol in sight, by steps; false at the end.
func (a *Atlas) tab(by int) bool {
	if a.stops == nil {
		a.stops = a.in(image.Rect(0, 0, a.view.Width, a.view.Height))
	}
	next := a.cursor + by
	if a.cursor < 0 && by < 0 {
		next = len(a.stops) - 1
	}
	if next < 0 || next >= len(a.stops) {
		a.cursor = -1
		a.face.picture()
		return false
	}
	a.cursor = next
	a.h.Poke()
	return true
}

// cursorOn keeps the keyboard on its symbol when a new picture comes.
func (a *Atlas) cursorOn(p *picture.Picture) int {
	if a.cursor < 0 || a.cursor >= len(a.stops) || p.Hits == nil {
		return -1
	}
	was := a.stops[a.cursor]
	a.stops = p.Hits.In(image.Rect(0, 0, p.View.Width, p.View.Height))
	return slices.IndexFunc(a.stops, func(f draw.Found) bool { return f.Layer == was.Layer && f.ID == was.ID && f.ID != "" })
}

// enter chooses the symbol the keyboard is on; false without one.
func (a *Atlas) enter() bool {
	if a.cursor < 0 || a.cursor >= len(a.stops) {
		return false
	}
	a.choose(refsOf(a.stops[a.cursor : a.cursor+1]))
	return true
}
