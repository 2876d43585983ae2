// Package editor is what is being measured, drawn or edited on a map in hand: its
// corners, its undo, its fields, and its way to the server. It asks of the map
// only what Map says, and belongs to the toolkit's goroutine.
package editor

import (
	"image"
	"slices"
	"time"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/atlas/picture"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/atlas/sketch"
	"iocwall/ui/look"
	"iocwall/ui/words"
)

// Map is what the editor asks of the map it works on.
type Map interface {
	// View is where the map looks.
	View() geo.View
	// Reach is how far beside a corner a click still means it, in px.
	Reach() int
	// GoTo looks at a place, or at all of a box that has an extent.
	GoTo(at geo.Point, box geo.Bounds, hasBox bool)
	// Turn shows the page of work of a kind.
	Turn(Kind)
	// Focus gives the keyboard to one of the fields.
	Focus(field string)
	// Keyboard gives the keyboard to the map.
	Keyboard()
	// Say says what came of an act; empty is nothing more.
	Say(string)
	// Touch asks for a new picture and new words.
	Touch()
	// Ashore tells land from sea; nil where all is land.
	Ashore() func(geo.Point) bool
}

// Host is what the editor is given. All are required.
type Host struct {
	Map   Map
	Lang  *words.Lang
	Theme look.Theme
	Texts *sheet.Texts

	// State is the copy of the state, nil before the first data.
	State func() *world.State
	// Send queues a command and does not wait; Receipt is the server's answer.
	Send    func(act.Command) error
	Receipt func(id string) (world.Receipt, bool)
	// Now is this computer's clock, ServerTime the server's.
	Now        func() time.Time
	ServerTime func(now time.Time) time.Time
}

// Kind is what a hand is at work on.
type Kind int

// The kinds of work: none, measuring a path or an area, a drawing, a fence.
const (
	Nothing Kind = iota
	Measure
	Area
	Drawing
	Fence
)

// Editor is the work in hand and what was laid aside.
type Editor struct {
	h    Host
	work *work
	// kept is what was laid aside unsaved, the oldest first. It stays until it is
	// taken up again, saved or discarded; nothing in it is in hand.
	kept  []*work
	sent  []sending
	count int // of commands sent
}

// New returns an editor with nothing in hand.
func New(h Host) *Editor { return &Editor{h: h} }

// Kind is what is in hand.
func (e *Editor) Kind() Kind {
	if e.work == nil {
		return Nothing
	}
	return e.work.kind
}

// Busy reports whether anything is in hand.
func (e *Editor) Busy() bool { return e.work != nil }

// Drawing reports whether a click adds a corner.
func (e *Editor) Drawing() bool { return e.work != nil && e.work.hist.Now.On >= 0 }

// Stored reports whether what is in hand is an edit of something the server has.
func (e *Editor) Stored() bool { return e.work != nil && e.work.id != "" }

// HasCorner reports whether the keyboard has a corner.
func (e *Editor) HasCorner() bool { return e.work != nil && e.work.chosen.Part >= 0 }

// Unsaved are the names of what was laid aside without being saved, the newest first.
func (e *Editor) Unsaved() []string {
	var out []string
	for _, w := range slices.Backward(e.kept) {
		out = append(out, e.workName(w))
	}
	return out
}

// Kept reports whether a fence or a drawing of the state was laid aside unsaved.
func (e *Editor) Kept(r world.Ref) bool {
	switch r.Kind() {
	case world.KindFence:
		return e.keptOf(Fence, r.ID()) != nil
	case world.KindDrawing:
		return e.keptOf(Drawing, r.ID()) != nil
	}
	return false
}

// Click is a click at a pixel of the map; false when nothing is in hand.
func (e *Editor) Click(at image.Point, double bool) bool {
	w := e.work
	switch {
	case w == nil:
		return false
	case w.hist.Now.On >= 0 && double:
		e.EndPart()
	case w.hist.Now.On >= 0:
		e.putCorner(at)
	case w.measures():
		e.newMeasure()
		e.putCorner(at)
	default:
		e.chooseCorner(at)
	}
	e.h.Map.Touch()
	return true
}

// PutCorner adds a corner in the middle of the map; false where nothing is being
// drawn.
func (e *Editor) PutCorner() bool {
	v := e.h.Map.View()
	return e.putCorner(image.Pt(v.Width/2, v.Height/2))
}

// Grab takes the corner, or the middle of an edge, under a pixel; false without
// one.
func (e *Editor) Grab(at image.Point) bool {
	s, ok := e.grab(at)
	if ok {
		e.work.dragging = s
	}
	return ok
}

// Drag moves what was taken.
func (e *Editor) Drag(to geo.Point) {
	if w := e.work; w != nil && w.dragging.Part >= 0 {
		w.moving = &to
		e.h.Map.Touch()
	}
}

// Drop ends the move of a corner, unless edges would cross.
func (e *Editor) Drop() { e.dropCorner() }

// Escape leaves one thing at a time: a drag, a corner, what is being drawn, the
// work; false when there is nothing in hand.
func (e *Editor) Escape() bool {
	w := e.work
	switch {
	case w == nil:
		return false
	case w.moving != nil || w.chosen.Part >= 0:
		w.moving, w.chosen, w.dragging = nil, sketch.Nowhere(), sketch.Nowhere()
		e.h.Map.Touch()
	case w.hist.Now.On >= 0 && len(w.hist.Now.Parts[w.hist.Now.On].Points) > 0 && !w.measures():
		e.act("atlas.act.drop", w.hist.Now.Drop(w.hist.Now.On))
	default:
		e.Keep()
	}
	return true
}

// New begins a measure anew, or another area of the fence in hand; false for
// other work.
func (e *Editor) New() bool {
	switch w := e.work; {
	case w == nil:
		return false
	case w.measures():
		e.newMeasure()
	case w.kind == Fence:
		e.newPart(sketch.FormRing)
	default:
		return false
	}
	return true
}

// FromLast says how far and where a place lies from the last corner; empty when
// nothing is being drawn.
func (e *Editor) FromLast(at geo.Point) string {
	if !e.Drawing() {
		return ""
	}
	p := e.work.hist.Now.Parts[e.work.hist.Now.On]
	if len(p.Points) == 0 {
		return ""
	}
	m := sketch.Measure(sketch.Path{Points: []geo.Point{p.Points[len(p.Points)-1], at}}, e.h.Map.Ashore())
	return m.Last(e.h.Lang)
}

// near reports whether two pixels are within reach of each other.
func (e *Editor) near(a, b image.Point) bool {
	return picture.Apart(a, b) <= float64(e.h.Map.Reach())
}
