package atlas

import (
	"slices"

	"iocwall/server/world"
	"iocwall/ui/atlas/find"
	"iocwall/ui/maps"
)

// fieldSearch is the name of the field over the map.
const fieldSearch = "search"

// openSearch shows the field, among one kind or all, and gives it the keyboard.
func (a *Atlas) openSearch(kind string) {
	a.find.Open(kind)
	a.face.focus(fieldSearch)
	a.touch()
}

// closeSearch hides the results; false when there were none.
func (a *Atlas) closeSearch() bool {
	was := a.find.Close()
	a.h.Keyboard()
	a.touch()
	return was
}

// take goes to a result, marks it and opens its detail.
func (a *Atlas) take(f find.Found) {
	a.find.Hide()
	a.chosen, a.one, a.pin = nil, "", nil
	if f.Ref != "" {
		a.chosen, a.one = []world.Ref{f.Ref}, f.Ref
		if d, ok := a.describe(f.Ref); ok && d.Placed && f.Kind == find.KindVessel {
			f.At = d.At // it has moved since the names were gathered
		}
		if f.Kind == find.KindFeature && !a.shows(f.Ref) {
			a.pin = &pin{at: f.At, name: f.Name} // nothing else would stand there
		}
	} else {
		a.pin = &pin{at: f.At, name: f.Name}
		if f.Kind == find.KindCoord {
			a.pin.name = a.pos.Write(f.At, find.FormMinutes)
		}
	}
	a.page = pageDetail
	a.face.top()
	a.goTo(f.At, f.Box, f.HasBox)
	a.h.Keyboard()
}

// shows reports whether the layer of a feature is on.
func (a *Atlas) shows(r world.Ref) bool {
	layer, _, _ := maps.SplitFeature(r)
	return slices.ContainsFunc(a.m.Layers(a.h.State()), func(x maps.LayerInfo) bool { return x.Key == layer && x.On })
}

// takeChosen goes to the chosen result.
func (a *Atlas) takeChosen() {
	if f, ok := a.find.Chosen(); ok {
		a.take(f)
	}
}

// moveFound chooses another result.
func (a *Atlas) moveFound(by int) {
	if at, ok := a.find.Move(by); ok {
		a.face.reveal(at)
		a.touch()
	}
}

// jumpTo lists the areas to jump to.
func (a *Atlas) jumpTo() { a.openSearch(find.KindArea) }

// nextForm writes positions another way from now on.
func (a *Atlas) nextForm() {
	a.form = a.form.Next()
	a.touch()
}
