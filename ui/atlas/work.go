package atlas

import (
	"image"
	"strconv"

	"iocwall/geo"
	"iocwall/server/world"
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
	hist history[sketch]
	// id and version are those of what is edited, from which it was made; a new
	// one has a version of 0. Fields begin as was.
	id      string
	version int
	was     map[string]string
	fields  map[string]string // while laid aside
	form    string            // of the next part of a drawing

	chosen   spot // for the keys
	dragging spot
	moving   *geo.Point // where the corner being dragged is now
	badEdges [][2]geo.Point
	sent     string // id of the command that saves it, empty for none
	removing bool
}

// live is the sketch with what the hand is just doing to it.
func (w *work) live() sketch {
	s := w.hist.now
	if w.moving != nil && w.dragging.part >= 0 {
		p := s.parts[w.dragging.part]
		if w.dragging.middle {
			return s.set(w.dragging.part, p.insert(w.dragging.i, *w.moving))
		}
		return s.set(w.dragging.part, p.move(w.dragging.i, *w.moving))
	}
	return s
}

// begin takes up work in hand; what was in hand is kept.
func (a *Atlas) begin(w *work) {
	a.keep()
	w.chosen, w.dragging = nowhere(), nowhere()
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
		w.hist.now = w.hist.now.end()
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
func (a *Atlas) unsaved(w *work) bool { return w.hist.changed() || a.fieldsChanged(w) }

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
	form := formMeasure
	if kind == workArea {
		form = formArea
	}
	w := &work{kind: kind}
	w.hist.now = sketch{on: -1}.begin(form, "", 0)
	a.begin(w)
}

// act makes the next sketch current under the name of a key of the catalogue.
func (a *Atlas) act(name string, next sketch) {
	w := a.work
	w.hist.do(name, next)
	w.chosen, w.badEdges = nowhere(), nil
	a.said = "" // what was said of the act before
	a.touch()
}

// putCorner adds a corner where the hand clicked; false where nothing is being
// drawn. A click on the first corner closes an area.
func (a *Atlas) putCorner(at image.Point) bool {
	w := a.work
	if w == nil || w.hist.now.on < 0 {
		return false
	}
	s := w.hist.now
	p := s.parts[s.on]
	if p.closed && len(p.points) >= 3 {
		x, y := a.view.Pixel(p.points[0])
		if apart(at, image.Pt(int(x), int(y))) <= float64(a.px(reach)) {
			a.endPart()
			return true
		}
	}
	point := a.view.Point(float64(at.X), float64(at.Y))
	next := s.add(point)
	if next.on >= 0 && p.closed {
		// The closing edge is not there yet: only what was drawn counts.
		open := path{points: next.parts[s.on].points}
		if i, j, bad := open.crossingAt(len(open.points) - 2); bad {
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
	if w == nil || w.hist.now.on < 0 {
		return false
	}
	s := w.hist.now
	if p := s.parts[s.on]; p.closed {
		if i, j, bad := p.crossing(); bad {
			a.refuse(p.path, i, j)
			return true
		}
	}
	next := s.end()
	if len(next.parts) < len(s.parts) {
		a.say(a.h.Lang.T("atlas.toofew"))
	}
	if w.kind == workMeasure || w.kind == workArea {
		w.hist.now.on = -1 // measured; the next click begins anew
		a.touch()
		return true
	}
	a.act("atlas.act.end", next)
	return true
}

// refuse says that edges would cross, and marks them.
func (a *Atlas) refuse(p path, i, j int) {
	a.work.badEdges = nil
	for _, k := range []int{i, j} {
		from, to := p.edge(k)
		a.work.badEdges = append(a.work.badEdges, [2]geo.Point{from, to})
	}
	a.say(a.h.Lang.T("atlas.crossing", "a", strconv.Itoa(i+1), "b", strconv.Itoa(j+1)))
	a.touch()
}

// grab takes the corner, or the middle of an edge, under a pixel.
func (a *Atlas) grab(at image.Point) (spot, bool) {
	w := a.work
	if w == nil {
		return nowhere(), false
	}
	var middle spot
	has := false
	for i, p := range w.hist.now.parts {
		if i == w.hist.now.on && p.form != formMeasure {
			continue
		}
		c, ok := p.pick(a.view, at, float64(a.px(reach)))
		switch {
		case ok && !c.middle:
			return spot{i, c}, true
		case ok && !has:
			middle, has = spot{i, c}, true
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
	name, c := "atlas.act.move", at.i
	if at.middle {
		name, c = "atlas.act.insert", at.i+1
	}
	w.moving, w.dragging = nil, nowhere()
	if p := next.parts[at.part]; p.closed {
		if i, j, bad := p.crossingAt(c); bad {
			a.refuse(p.path, i, j)
			return
		}
	}
	a.act(name, next)
	w.chosen = spot{at.part, corner{i: c}}
}

// moveCorner moves the corner the keyboard has, by pixels.
func (a *Atlas) moveCorner(by image.Point) bool {
	w := a.work
	if w == nil || w.chosen.part < 0 || w.chosen.part >= len(w.hist.now.parts) {
		return false
	}
	p := w.hist.now.parts[w.chosen.part]
	if w.chosen.i >= len(p.points) {
		return false
	}
	x, y := a.view.Pixel(p.points[w.chosen.i])
	to := a.view.Point(x+float64(by.X), y+float64(by.Y))
	w.dragging, w.moving = w.chosen, &to
	a.dropCorner()
	return true
}

// insertCorner adds a corner in the middle of the edge after the chosen one.
func (a *Atlas) insertCorner() bool {
	w := a.work
	if w == nil || w.chosen.part < 0 || w.chosen.part >= len(w.hist.now.parts) {
		return false
	}
	p := w.hist.now.parts[w.chosen.part]
	if w.chosen.i >= p.edges() {
		return false
	}
	to := p.middle(w.chosen.i)
	w.dragging, w.moving = spot{w.chosen.part, corner{i: w.chosen.i, middle: true}}, &to
	a.dropCorner()
	return true
}

// removeCorner takes the chosen corner away, or the last one while drawing.
func (a *Atlas) removeCorner() bool {
	w := a.work
	if w == nil {
		return false
	}
	s := w.hist.now
	if w.chosen.part < 0 {
		if s.on < 0 || len(s.parts[s.on].points) == 0 {
			return false
		}
		p := s.parts[s.on]
		a.act("atlas.act.remove", s.set(s.on, p.with(p.points[:len(p.points)-1])))
		return true
	}
	next, ok := s.remove(w.chosen)
	if !ok {
		a.say(a.h.Lang.T("atlas.toofew"))
		return true
	}
	if at, i, j, bad := next.crossing(); bad {
		a.refuse(next.parts[at].path, i, j)
		return true
	}
	a.act("atlas.act.remove", next)
	return true
}

// nextCorner moves the keyboard to the next corner; false at the end.
func (a *Atlas) nextCorner(by int) bool {
	w := a.work
	var all []spot
	for i, p := range w.hist.now.parts {
		for j := range p.points {
			all = append(all, spot{i, corner{i: j}})
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
		w.chosen = nowhere()
		a.touch()
		return false
	}
	w.chosen = all[at]
	a.touch()
	return true
}

// undo takes the last act of the work in hand back, redo does it again.
func (a *Atlas) undo() bool {
	return a.step("atlas.undone", func(h *history[sketch]) (string, bool) { return h.undo() })
}

func (a *Atlas) redo() bool {
	return a.step("atlas.redone", func(h *history[sketch]) (string, bool) { return h.redo() })
}

func (a *Atlas) step(say string, do func(*history[sketch]) (string, bool)) bool {
	if a.work == nil {
		return false
	}
	name, ok := do(&a.work.hist)
	if ok {
		a.work.chosen, a.work.badEdges, a.work.moving = nowhere(), nil, nil
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
		w.hist.now = sketch{on: -1}.begin(formRing, "", 0)
	} else {
		w.id, w.version = f.Is.ID, f.Is.Version
		w.hist.now = ofFence(f.Is.Polygons)
		w.was = a.fenceTexts(f.Is)
	}
	a.begin(w)
	a.fill(fieldsOf(workFence), w.was)
	if b, ok := w.hist.now.bounds(); ok && !a.view.Bounds().Intersects(b) {
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
	w := &work{kind: workDrawing, form: formLine, was: map[string]string{}}
	if d == nil {
		w.hist.now = sketch{on: -1}.begin(formLine, "", 0)
	} else {
		w.id, w.version = d.Is.ID, d.Is.Version
		w.hist.now = ofDrawing(d.Is.Shapes)
		w.was = map[string]string{fieldName: d.Is.Name}
	}
	a.begin(w)
	a.fill(fieldsOf(workDrawing), w.was)
	if b, ok := w.hist.now.bounds(); ok && !a.view.Bounds().Intersects(b) {
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
	if w.hist.now.on >= 0 {
		if p := w.hist.now.parts[w.hist.now.on]; len(p.points) > 0 {
			if a.endPart(); w.hist.now.on >= 0 {
				return // it may not end so
			}
		} else {
			w.hist.now = w.hist.now.drop(w.hist.now.on)
		}
	}
	w.form = form
	poly, text := 0, ""
	if form == formRing {
		poly = w.hist.now.polygons()
	}
	if form == formText {
		text = a.texts[fieldText]
	}
	w.hist.now = w.hist.now.begin(form, text, poly)
	a.touch()
}
