package editor

import (
	"iocwall/server/world"
	"iocwall/ui/atlas/sketch"
)

// Undo takes the last act of the work in hand back; false when there is nothing.
func (e *Editor) Undo() bool {
	return e.step("atlas.undone", func(h *sketch.History[sketch.Sketch]) (string, bool) { return h.Undo() })
}

// Redo does again what was taken back; false when there is nothing.
func (e *Editor) Redo() bool {
	return e.step("atlas.redone", func(h *sketch.History[sketch.Sketch]) (string, bool) { return h.Redo() })
}

func (e *Editor) step(say string, do func(*sketch.History[sketch.Sketch]) (string, bool)) bool {
	if e.work == nil {
		return false
	}
	name, ok := do(&e.work.hist)
	if ok {
		e.work.chosen, e.work.badEdges, e.work.moving = sketch.Nowhere(), nil, nil
		e.h.Map.Say(e.h.Lang.T(say, "what", e.h.Lang.T(name)))
		e.h.Map.Touch()
	}
	return ok
}

// EditFence takes a fence in hand, as it was laid aside if it was; nil makes a new
// one.
func (e *Editor) EditFence(f *world.Fence) {
	w := &work{kind: Fence}
	if f == nil {
		w.hist.Now = sketch.Sketch{On: -1}.Begin(sketch.FormRing, "", 0)
	} else {
		w.id, w.version = f.Is.ID, f.Is.Version
		w.hist.Now = sketch.OfFence(f.Is.Polygons)
		w.was = e.fenceTexts(f.Is)
		w.fields = w.was
	}
	e.take(w)
}

// EditDrawing takes a drawing in hand, as it was laid aside if it was; nil makes a
// new one.
func (e *Editor) EditDrawing(d *world.Drawing) {
	w := &work{kind: Drawing, form: sketch.FormLine}
	if d == nil {
		w.hist.Now = sketch.Sketch{On: -1}.Begin(sketch.FormLine, "", 0)
	} else {
		w.id, w.version = d.Is.ID, d.Is.Version
		w.hist.Now = sketch.OfDrawing(d.Is.Shapes)
		w.was = map[string]string{fieldName: d.Is.Name}
		w.fields = w.was
	}
	e.take(w)
}

// take takes work in hand; what there is of it unsaved goes on instead.
func (e *Editor) take(w *work) {
	if e.work != nil && e.work.is(w.kind, w.id) {
		e.h.Map.Turn(w.kind)
		e.h.Map.Keyboard()
		e.h.Map.Touch()
		return
	}
	if k := e.keptOf(w.kind, w.id); k != nil {
		w = k
	}
	e.resume(w)
}

// resume takes up work that is new in hand or was laid aside.
func (e *Editor) resume(w *work) {
	if !e.begin(w) {
		return
	}
	e.h.Map.Turn(w.kind)
	e.h.Texts.Fill(fieldsOf(w.kind), w.fields)
	if b, ok := w.hist.Now.Bounds(); ok && !e.h.Map.View().Bounds().Intersects(b) {
		e.h.Map.GoTo(b.Center(), b, true)
	}
}

// newPart begins another shape of the drawing, or another area of the fence.
func (e *Editor) newPart(form string) {
	w := e.work
	if w == nil {
		return
	}
	if w.hist.Now.On >= 0 {
		if p := w.hist.Now.Parts[w.hist.Now.On]; len(p.Points) > 0 {
			if e.EndPart(); w.hist.Now.On >= 0 {
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
		text = e.h.Texts.Get(fieldText)
	}
	w.hist.Now = w.hist.Now.Begin(form, text, poly)
	e.h.Map.Touch()
	if form == sketch.FormText {
		e.h.Map.Focus(fieldText)
	}
}

// newMeasure begins the measure in hand anew.
func (e *Editor) newMeasure() {
	w := e.work
	e.work = nil
	e.MeasureBy(w.kind)
}

// Open takes a fence or a drawing of the state in hand; false for anything else.
func (e *Editor) Open(r world.Ref) bool {
	s := e.h.State()
	if s == nil {
		return false
	}
	switch r.Kind() {
	case world.KindFence:
		if f, ok := s.Fence(r.ID()); ok {
			e.EditFence(&f)
			return true
		}
	case world.KindDrawing:
		if d, ok := e.drawing(r.ID()); ok {
			e.EditDrawing(&d)
			return true
		}
	}
	return false
}
