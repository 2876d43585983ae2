package atlas

import (
	"image"
	"strconv"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/ui/atlas/sketch"
)

// workKind is what a hand is at work on.
type workKind int

const (
	workMeasure workKind = iota
	workArea             // measuring an area
	workDrawing
	workFence
)

// work is something being measured, drawn or edited, with all that can be undone
// of it. Unsaved work is kept when it is left.
type work struct {
	kind workKind
	hist sketch.History[sketch.Sketch]
	// id and version are those of what is edited, from which it was made; a new
	// one has a version of 0. Fields begin as was.
	id      string
	version int
	was     map[string]string
	fields  map[string]string // while laid aside
	form    string            // of the next part of a drawing

	chosen   sketch.Spot // for the keys
	dragging sketch.Spot
	moving   *geo.Point // where the corner being dragged is now
	badEdges [][2]geo.Point
	sent     string // id of the command that saves it, empty for none
	removing bool
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

// begin takes up work in hand; what was in hand is kept.
func (a *Atlas) begin(w *work) {
	a.keep()
	w.chosen, w.dragging = sketch.Nowhere(), sketch.Nowhere()
	a.work, a.tool = w, toolWork
	delete(a.kept, w.kind)
	a.h.Keyboard()
	a.touch()
}

// keep lays the work in hand aside when it holds something unsaved, and says so.
func (a *Atlas) keep() {
	w := a.work
	if w == nil {
		return
	}
	if w.kind == workDrawing || w.kind == workFence {
		w.hist.Now = w.hist.Now.End()
		if a.unsaved(w) {
			a.kept[w.kind] = w
			w.fields = a.fields(w.kind)
			a.say(a.h.Lang.T("atlas.kept", "name", a.workName(w)))
		}
	}
	a.work, a.tool = nil, toolHand
	a.touch()
}

// unsaved reports whether work would be lost with it.
func (a *Atlas) unsaved(w *work) bool { return w.hist.Changed() || a.fieldsChanged(w) }

// discard throws the work in hand away.
func (a *Atlas) discard() {
	if w := a.work; w != nil {
		delete(a.kept, w.kind)
		a.say(a.h.Lang.T("atlas.discarded", "name", a.workName(w)))
	}
	a.work, a.tool = nil, toolHand
	a.touch()
}

// measureBy takes the measure in hand, or lays it aside when it is in hand.
func (a *Atlas) measureBy(kind workKind) {
	if a.work != nil && a.work.kind == kind {
		a.keep()
		return
	}
	form := sketch.FormMeasure
	if kind == workArea {
		form = sketch.FormArea
	}
	w := &work{kind: kind}
	w.hist.Now = sketch.Sketch{On: -1}.Begin(form, "", 0)
	a.begin(w)
}

// act makes the next sketch current under the name of a key of the catalogue.
func (a *Atlas) act(name string, next sketch.Sketch) {
	w := a.work
	w.hist.Do(name, next)
	w.chosen, w.badEdges = sketch.Nowhere(), nil
	a.said = "" // what was said of the act before
	a.touch()
}

// putCorner adds a corner where the hand clicked; false where nothing is being
// drawn. A click on the first corner closes an area.
func (a *Atlas) putCorner(at image.Point) bool {
	w := a.work
	if w == nil || w.hist.Now.On < 0 {
		return false
	}
	s := w.hist.Now
	p := s.Parts[s.On]
	if p.Closed && len(p.Points) >= 3 {
		x, y := a.view.Pixel(p.Points[0])
		if apart(at, image.Pt(int(x), int(y))) <= float64(a.px(reach)) {
			a.endPart()
			return true
		}
	}
	point := a.view.Point(float64(at.X), float64(at.Y))
	next := s.Add(point)
	if next.On >= 0 && p.Closed {
		// The closing edge is not there yet: only what was drawn counts.
		open := sketch.Path{Points: next.Parts[s.On].Points}
		if i, j, bad := open.CrossingAt(len(open.Points) - 2); bad {
			a.refuse(open, i, j)
			return true
		}
	}
	a.act("atlas.act.point", next)
	return true
}

// endPart finishes the part being drawn, unless its edges cross.
func (a *Atlas) endPart() bool {
	w := a.work
	if w == nil || w.hist.Now.On < 0 {
		return false
	}
	s := w.hist.Now
	if p := s.Parts[s.On]; p.Closed {
		if i, j, bad := p.Crossing(); bad {
			a.refuse(p.Path, i, j)
			return true
		}
	}
	next := s.End()
	if len(next.Parts) < len(s.Parts) {
		a.say(a.h.Lang.T("atlas.toofew"))
	}
	if w.kind == workMeasure || w.kind == workArea {
		w.hist.Now.On = -1 // measured; the next click begins anew
		a.touch()
		return true
	}
	a.act("atlas.act.end", next)
	return true
}

// refuse says that edges would cross, and marks them.
func (a *Atlas) refuse(p sketch.Path, i, j int) {
	a.work.badEdges = nil
	for _, k := range []int{i, j} {
		from, to := p.Edge(k)
		a.work.badEdges = append(a.work.badEdges, [2]geo.Point{from, to})
	}
	a.say(a.h.Lang.T("atlas.crossing", "a", strconv.Itoa(i+1), "b", strconv.Itoa(j+1)))
	a.touch()
}

// grab takes the corner, or the middle of an edge, under a pixel.
func (a *Atlas) grab(at image.Point) (sketch.Spot, bool) {
	w := a.work
	if w == nil {
		return sketch.Nowhere(), false
	}
	var middle sketch.Spot
	has := false
	for i, p := range w.hist.Now.Parts {
		if i == w.hist.Now.On && p.Form != sketch.FormMeasure {
			continue
		}
		c, ok := p.Pick(a.view, at, float64(a.px(reach)))
		switch {
		case ok && !c.Middle:
			return sketch.Spot{Part: i, Corner: c}, true
		case ok && !has:
			middle, has = sketch.Spot{Part: i, Corner: c}, true
		}
	}
	return middle, has
}

// drop ends the move of a corner, unless edges would cross.
func (a *Atlas) dropCorner() {
	w := a.work
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
			a.refuse(p.Path, i, j)
			return
		}
	}
	a.act(name, next)
	w.chosen = sketch.Spot{Part: at.Part, Corner: sketch.Corner{I: c}}
}

// moveCorner moves the corner the keyboard has, by pixels.
func (a *Atlas) moveCorner(by image.Point) bool {
	w := a.work
	if w == nil || w.chosen.Part < 0 || w.chosen.Part >= len(w.hist.Now.Parts) {
		return false
	}
	p := w.hist.Now.Parts[w.chosen.Part]
	if w.chosen.I >= len(p.Points) {
		return false
	}
	x, y := a.view.Pixel(p.Points[w.chosen.I])
	to := a.view.Point(x+float64(by.X), y+float64(by.Y))
	w.dragging, w.moving = w.chosen, &to
	a.dropCorner()
	return true
}

// insertCorner adds a corner in the middle of the edge after the chosen one.
func (a *Atlas) insertCorner() bool {
	w := a.work
	if w == nil || w.chosen.Part < 0 || w.chosen.Part >= len(w.hist.Now.Parts) {
		return false
	}
	p := w.hist.Now.Parts[w.chosen.Part]
	if w.chosen.I >= p.Edges() {
		return false
	}
	to := p.Middle(w.chosen.I)
	w.dragging, w.moving = sketch.Spot{Part: w.chosen.Part, Corner: sketch.Corner{I: w.chosen.I, Middle: true}}, &to
	a.dropCorner()
	return true
}

// removeCorner takes the chosen corner away, or the last one while drawing.
func (a *Atlas) removeCorner() bool {
	w := a.work
	if w == nil {
		return false
	}
	s := w.hist.Now
	if w.chosen.Part < 0 {
		if s.On < 0 || len(s.Parts[s.On].Points) == 0 {
			return false
		}
		p := s.Parts[s.On]
		a.act("atlas.act.remove", s.Set(s.On, p.With(p.Points[:len(p.Points)-1])))
		return true
	}
	next, ok := s.Remove(w.chosen)
	if !ok {
		a.say(a.h.Lang.T("atlas.toofew"))
		return true
	}
	if at, i, j, bad := next.Crossing(); bad {
		a.refuse(next.Parts[at].Path, i, j)
		return true
	}
	a.act("atlas.act.remove", next)
	return true
}

// nextCorner moves the keyboard to the next corner; false at the end.
func (a *Atlas) nextCorner(by int) bool {
	w := a.work
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
		a.touch()
		return false
	}
	w.chosen = all[at]
	a.touch()
	return true
}

// undo takes the last act of the work in hand back, redo does it again.
func (a *Atlas) undo() bool {
	return a.step("atlas.undone", func(h *sketch.History[sketch.Sketch]) (string, bool) { return h.Undo() })
}

func (a *Atlas) redo() bool {
	return a.step("atlas.redone", func(h *sketch.History[sketch.Sketch]) (string, bool) { return h.Redo() })
}

func (a *Atlas) step(say string, do func(*sketch.History[sketch.Sketch]) (string, bool)) bool {
	if a.work == nil {
		return false
	}
	name, ok := do(&a.work.hist)
	if ok {
		a.work.chosen, a.work.badEdges, a.work.moving = sketch.Nowhere(), nil, nil
		a.say(a.h.Lang.T(say, "what", a.h.Lang.T(name)))
		a.touch()
	}
	return ok
}

// editFence takes a fence in hand; nil makes a new one.
func (a *Atlas) editFence(f *world.Fence) {
	if k := a.kept[workFence]; k != nil && (f == nil || f.Is.ID == k.id) {
		a.resume(k)
		return
	}
	a.page = pageFences
	w := &work{kind: workFence, was: map[string]string{}}
	if f == nil {
		w.hist.Now = sketch.Sketch{On: -1}.Begin(sketch.FormRing, "", 0)
	} else {
		w.id, w.version = f.Is.ID, f.Is.Version
		w.hist.Now = sketch.OfFence(f.Is.Polygons)
		w.was = a.fenceTexts(f.Is)
	}
	a.begin(w)
	a.fill(fieldsOf(workFence), w.was)
	if b, ok := w.hist.Now.Bounds(); ok && !a.view.Bounds().Intersects(b) {
		a.goTo(b.Center(), b, true)
	}
}

// editDrawing takes a drawing in hand; nil makes a new one.
func (a *Atlas) editDrawing(d *world.Drawing) {
	if k := a.kept[workDrawing]; k != nil && (d == nil || d.Is.ID == k.id) {
		a.resume(k)
		return
	}
	a.page = pageDrawings
	w := &work{kind: workDrawing, form: sketch.FormLine, was: map[string]string{}}
	if d == nil {
		w.hist.Now = sketch.Sketch{On: -1}.Begin(sketch.FormLine, "", 0)
	} else {
		w.id, w.version = d.Is.ID, d.Is.Version
		w.hist.Now = sketch.OfDrawing(d.Is.Shapes)
		w.was = map[string]string{fieldName: d.Is.Name}
	}
	a.begin(w)
	a.fill(fieldsOf(workDrawing), w.was)
	if b, ok := w.hist.Now.Bounds(); ok && !a.view.Bounds().Intersects(b) {
		a.goTo(b.Center(), b, true)
	}
}

// resume takes work up that was laid aside.
func (a *Atlas) resume(w *work) {
	a.page = pageFences
	if w.kind == workDrawing {
		a.page = pageDrawings
	}
	a.begin(w)
	a.fill(fieldsOf(w.kind), w.fields)
}

// newPart begins another shape of the drawing, or another area of the fence.
func (a *Atlas) newPart(form string) {
	w := a.work
	if w == nil {
		return
	}
	if w.hist.Now.On >= 0 {
		if p := w.hist.Now.Parts[w.hist.Now.On]; len(p.Points) > 0 {
			if a.endPart(); w.hist.Now.On >= 0 {
				return // it may not end so
			}
		} else {
			w.hist.Now = w.hist.Now.Drop(w.hist.Now.On)
		}
	}
	w.form = form
	poly, text := 0, ""
	if form == sketch.FormRing {
		poly = w.hist.Now.Polygons()
	}
	if form == sketch.FormText {
		text = a.texts[fieldText]
	}
	w.hist.Now = w.hist.Now.Begin(form, text, poly)
	a.touch()
}
