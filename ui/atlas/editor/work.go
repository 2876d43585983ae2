package editor

import (
	"image"
	"slices"
	"strconv"

	"iocwall/geo"
	"iocwall/ui/atlas/sketch"
)

// work is something being measured, drawn or edited, with all that can be undone
// of it. Unsaved work is kept when it is left.
type work struct {
	kind Kind
	hist sketch.History[sketch.Sketch]
	// id and version are those of what is edited, from which it was made; a new
	// one has a version of 0. Fields begin as was.
	id      string
	version int
	was     map[string]string
	saved   int               // the state of the history that the server has, or nowhere
	fields  map[string]string // while laid aside
	form    string            // of the next part of a drawing

	chosen   sketch.Spot // for the keys
	dragging sketch.Spot
	moving   *geo.Point // where the corner being dragged is now
	badEdges [][2]geo.Point
	sent     string // id of the command that saves it, empty for none
	sentAs   string // the id it is saved under by that command
	seq      uint64 // the event it was saved by last: the state may not have it yet
}

// nowhere is the number of no state of a history.
const nowhere = -1

// is reports whether it is that of a kind and an id; a new one has none until it is
// sent.
func (w *work) is(kind Kind, id string) bool {
	return w.kind == kind && (w.id == id && w.sentAs == "" || id != "" && (w.id == id || w.sentAs == id))
}

// live is the sketch with what the hand is just doing to it.
func (w *work) live() sketch.Sketch {
	s := w.hist.Now
	if w.moving != nil && w.dragging.Part >= 0 {
		p := s.Parts[w.dragging.Part]
		if w.dragging.Middle {
			return s.Set(w.dragging.Part, p.Insert(w.dragging.I, *w.moving))
		}
		return s.Set(w.dragging.Part, p.Move(w.dragging.I, *w.moving))
	}
	return s
}

// measures reports whether it is measured and not stored.
func (w *work) measures() bool { return w.kind == Measure || w.kind == Area }

// begin takes up work in hand; what was in hand is kept. False when that cannot be.
func (e *Editor) begin(w *work) bool {
	e.drop(w)
	if !e.Keep() {
		return false
	}
	w.chosen, w.dragging, w.moving = sketch.Nowhere(), sketch.Nowhere(), nil
	e.work = w
	e.h.Map.Keyboard()
	e.h.Map.Touch()
	return true
}

// keptMost is how much can be laid aside: each has its whole history.
const keptMost = 20

// Keep lays the work in hand aside when it holds something unsaved, and says so.
// False when too much lies there: then it stays in hand.
func (e *Editor) Keep() bool {
	w := e.work
	if w == nil {
		return true
	}
	if (w.kind == Drawing || w.kind == Fence) && e.unsaved(w) {
		if len(e.kept) >= keptMost {
			e.h.Map.Say(e.h.Lang.T("atlas.kept.full", "n", strconv.Itoa(keptMost)))
			return false
		}
		w.hist.Now = w.hist.Now.End()
		w.fields = e.fields(w.kind)
		e.kept = append(e.kept, w)
		e.h.Map.Say(e.h.Lang.T("atlas.kept", "name", e.workName(w)))
	}
	e.work = nil
	e.h.Map.Touch()
	return true
}

// keptOf is what was laid aside of a kind and an id, nil for nothing.
func (e *Editor) keptOf(kind Kind, id string) *work {
	for _, w := range slices.Backward(e.kept) {
		if w.is(kind, id) {
			return w
		}
	}
	return nil
}

// drop forgets one that was laid aside.
func (e *Editor) drop(w *work) {
	e.kept = slices.DeleteFunc(e.kept, func(x *work) bool { return x == w })
}

// unsaved reports whether work would be lost with it.
func (e *Editor) unsaved(w *work) bool { return w.hist.At() != w.saved || e.fieldsChanged(w) }

// Discard throws the work in hand away.
func (e *Editor) Discard() {
	if w := e.work; w != nil {
		e.h.Map.Say(e.h.Lang.T("atlas.discarded", "name", e.workName(w)))
	}
	e.work = nil
	e.h.Map.Touch()
}

// MeasureBy takes the measure in hand, or lays it aside when it is in hand.
func (e *Editor) MeasureBy(kind Kind) {
	if e.work != nil && e.work.kind == kind {
		e.Keep()
		return
	}
	form := sketch.FormMeasure
	if kind == Area {
		form = sketch.FormArea
	}
	w := &work{kind: kind}
	w.hist.Now = sketch.Sketch{On: -1}.Begin(form, "", 0)
	e.begin(w)
}

// act makes the next sketch current under the name of a key of the catalogue.
func (e *Editor) act(name string, next sketch.Sketch) {
	w := e.work
	w.hist.Do(name, next)
	w.chosen, w.badEdges = sketch.Nowhere(), nil
	e.h.Map.Say("") // what was said of the act before
	e.h.Map.Touch()
}

// putCorner adds a corner where the hand clicked; false where nothing is being
// drawn. A click on the first corner closes an area.
func (e *Editor) putCorner(at image.Point) bool {
	w := e.work
	if w == nil || w.hist.Now.On < 0 {
		return false
	}
	s := w.hist.Now
	p := s.Parts[s.On]
	if p.Closed && len(p.Points) >= 3 {
		x, y := e.h.Map.View().Pixel(p.Points[0])
		if e.near(at, image.Pt(int(x), int(y))) {
			e.EndPart()
			return true
		}
	}
	point := e.h.Map.View().Point(float64(at.X), float64(at.Y))
	next := s.Add(point)
	if next.On >= 0 && p.Closed {
		// The closing edge is not there yet: only what was drawn counts.
		open := sketch.Path{Points: next.Parts[s.On].Points}
		if i, j, bad := open.CrossingAt(len(open.Points) - 2); bad {
			e.refuse(open, i, j)
			return true
		}
	}
	e.act("atlas.act.point", next)
	return true
}

// EndPart finishes the part being drawn, unless its edges cross.
func (e *Editor) EndPart() bool {
	w := e.work
	if w == nil || w.hist.Now.On < 0 {
		return false
	}
	s := w.hist.Now
	if p := s.Parts[s.On]; p.Closed {
		if i, j, bad := p.Crossing(); bad {
			e.refuse(p.Path, i, j)
			return true
		}
	}
	next := s.End()
	if len(next.Parts) < len(s.Parts) {
		e.h.Map.Say(e.h.Lang.T("atlas.toofew"))
	}
	if w.measures() {
		w.hist.Now.On = -1 // measured; the next click begins anew
		e.h.Map.Touch()
		return true
	}
	e.act("atlas.act.end", next)
	return true
}

// refuse says that edges would cross, and marks them.
func (e *Editor) refuse(p sketch.Path, i, j int) {
	e.work.badEdges = nil
	for _, k := range []int{i, j} {
		from, to := p.Edge(k)
		e.work.badEdges = append(e.work.badEdges, [2]geo.Point{from, to})
	}
	e.h.Map.Say(e.h.Lang.T("atlas.crossing", "a", strconv.Itoa(i+1), "b", strconv.Itoa(j+1)))
	e.h.Map.Touch()
}

// chooseCorner chooses the corner under a pixel, or adds one where the middle of
// an edge was clicked.
func (e *Editor) chooseCorner(at image.Point) {
	w := e.work
	s, ok := e.grab(at)
	switch {
	case ok && s.Middle:
		w.chosen = s
		e.InsertCorner()
	case ok:
		w.chosen = s
	default:
		w.chosen = sketch.Nowhere()
	}
}

// grab finds the corner, or the middle of an edge, under a pixel.
func (e *Editor) grab(at image.Point) (sketch.Spot, bool) {
	w := e.work
	if w == nil {
		return sketch.Nowhere(), false
	}
	var middle sketch.Spot
	has := false
	for i, p := range w.hist.Now.Parts {
		if i == w.hist.Now.On && p.Form != sketch.FormMeasure {
			continue
		}
		c, ok := p.Pick(e.h.Map.View(), at, float64(e.h.Map.Reach()))
		switch {
		case ok && !c.Middle:
			return sketch.Spot{Part: i, Corner: c}, true
		case ok && !has:
			middle, has = sketch.Spot{Part: i, Corner: c}, true
		}
	}
	return middle, has
}

// dropCorner ends the move of a corner, unless edges would cross.
func (e *Editor) dropCorner() {
	w := e.work
	if w == nil || w.moving == nil {
		return
	}
	next, at := w.live(), w.dragging
	name, c := "atlas.act.move", at.I
	if at.Middle {
		name, c = "atlas.act.insert", at.I+1
	}
	w.moving, w.dragging = nil, sketch.Nowhere()
	if p := next.Parts[at.Part]; p.Closed {
		if i, j, bad := p.CrossingAt(c); bad {
			e.refuse(p.Path, i, j)
			return
		}
	}
	e.act(name, next)
	w.chosen = sketch.Spot{Part: at.Part, Corner: sketch.Corner{I: c}}
}

// MoveCorner moves the corner the keyboard has, by pixels.
func (e *Editor) MoveCorner(by image.Point) bool {
	w := e.work
	if w == nil || w.chosen.Part < 0 || w.chosen.Part >= len(w.hist.Now.Parts) {
		return false
	}
	p := w.hist.Now.Parts[w.chosen.Part]
	if w.chosen.I >= len(p.Points) {
		return false
	}
	x, y := e.h.Map.View().Pixel(p.Points[w.chosen.I])
	to := e.h.Map.View().Point(x+float64(by.X), y+float64(by.Y))
	w.dragging, w.moving = w.chosen, &to
	e.dropCorner()
	return true
}

// InsertCorner adds a corner in the middle of the edge after the chosen one.
func (e *Editor) InsertCorner() bool {
	w := e.work
	if w == nil || w.chosen.Part < 0 || w.chosen.Part >= len(w.hist.Now.Parts) {
		return false
	}
	p := w.hist.Now.Parts[w.chosen.Part]
	if w.chosen.I >= p.Edges() {
		return false
	}
	to := p.Middle(w.chosen.I)
	w.dragging, w.moving = sketch.Spot{Part: w.chosen.Part, Corner: sketch.Corner{I: w.chosen.I, Middle: true}}, &to
	e.dropCorner()
	return true
}

// RemoveCorner takes the chosen corner away, or the last one while drawing.
func (e *Editor) RemoveCorner() bool {
	w := e.work
	if w == nil {
		return false
	}
	s := w.hist.Now
	if w.chosen.Part < 0 {
		if s.On < 0 || len(s.Parts[s.On].Points) == 0 {
			return false
		}
		p := s.Parts[s.On]
		e.act("atlas.act.remove", s.Set(s.On, p.With(p.Points[:len(p.Points)-1])))
		return true
	}
	next, ok := s.Remove(w.chosen)
	if !ok {
		e.h.Map.Say(e.h.Lang.T("atlas.toofew"))
		return true
	}
	if at, i, j, bad := next.Crossing(); bad {
		e.refuse(next.Parts[at].Path, i, j)
		return true
	}
	e.act("atlas.act.remove", next)
	return true
}

// NextCorner moves the keyboard to the next corner; false at the end.
func (e *Editor) NextCorner(by int) bool {
	w := e.work
	var all []sketch.Spot
	for i, p := range w.hist.Now.Parts {
		for j := range p.Points {
			all = append(all, sketch.Spot{Part: i, Corner: sketch.Corner{I: j}})
		}
	}
	at := -1
	for i, s := range all {
		if s == w.chosen {
			at = i
		}
	}
	if at < 0 && by < 0 {
		at = len(all)
	}
	if at += by; at < 0 || at >= len(all) {
		w.chosen = sketch.Nowhere()
		e.h.Map.Touch()
		return false
	}
	w.chosen = all[at]
	e.h.Map.Touch()
	return true
}
