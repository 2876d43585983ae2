package atlas

import (
	"slices"

	"iocwall/geo"
	"iocwall/geo/draw"
	"iocwall/ui/atlas/editor"
)

// reach is how far beside a symbol a click still means it, in Fyne units.
const reach = 12

// bench is the map as the editor works on it.
type bench struct{ a *Atlas }

var _ editor.Map = bench{}

// View is for editor.Map.
func (b bench) View() geo.View { return b.a.view }

// Reach is for editor.Map.
func (b bench) Reach() int { return b.a.px(reach) }

// GoTo is for editor.Map.
func (b bench) GoTo(at geo.Point, box geo.Bounds, hasBox bool) { b.a.goTo(at, box, hasBox) }

// Turn is for editor.Map.
func (b bench) Turn(k editor.Kind) {
	switch k {
	case editor.Fence:
		b.a.page = pageFences
	case editor.Drawing:
		b.a.page = pageDrawings
	}
}

// Focus is for editor.Map.
func (b bench) Focus(field string) { b.a.face.focus(field) }

// Keyboard is for editor.Map.
func (b bench) Keyboard() { b.a.h.Keyboard() }

// Say is for editor.Map.
func (b bench) Say(s string) { b.a.say(s) }

// Touch is for editor.Map: work in hand puts the box away.
func (b bench) Touch() {
	if b.a.edit.Busy() {
		b.a.tool = toolHand
	}
	b.a.touch()
}

// Ashore is for editor.Map: by the base map's outlines; all is land where the base
// map has none.
func (b bench) Ashore() func(geo.Point) bool {
	a := b.a
	if a.onshore == nil {
		x := &geo.Index[string]{}
		if data, err := a.h.Base.Map(a.view); err == nil {
			for _, s := range data.Provinces {
				x.Add(geo.Prepare(s.Polygons), s.ID)
			}
			for _, s := range data.Outside {
				x.Add(geo.Prepare(s.Polygons), s.ID)
			}
		}
		a.onshore = x
	}
	if a.onshore.Len() == 0 {
		return nil
	}
	return func(p geo.Point) bool {
		on := false
		a.onshore.At(p, func(string) bool {
			on = true
			return false
		})
		return on
	}
}

// overlay adds to a frame what the hand does: the band of a choice, the pin of
// what was searched for, the work in hand.
func (a *Atlas) overlay(f *draw.Frame) {
	f.Band = a.band
	if a.pin != nil {
		f.Marks = append(slices.Clip(f.Marks), draw.Mark{Layer: "pin", At: a.pin.at, Icon: draw.IconPointer, Name: a.pin.name, Importance: 100, Selected: true})
	}
	a.edit.Overlay(f)
}
