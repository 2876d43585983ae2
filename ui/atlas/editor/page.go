package editor

import (
	"slices"
	"strconv"

	"iocwall/ui/atlas/sheet"
	"iocwall/ui/atlas/sketch"
	"iocwall/ui/paint"
	"iocwall/ui/words"
)

// Panel is what a pane shows of the work in hand.
func (e *Editor) Panel() sheet.Panel {
	switch w := e.work; {
	case w == nil:
		return sheet.Panel{}
	case w.kind == Fence:
		return e.fencePanel(w)
	case w.kind == Drawing:
		return e.drawingPanel(w)
	default:
		return e.measurePanel(w)
	}
}

// KeptRows offers unsaved work of a kind that was laid aside, the newest first.
func (e *Editor) KeptRows(kind Kind) []sheet.Row {
	var out []sheet.Row
	l := e.h.Lang
	for _, w := range slices.Backward(e.kept) {
		if w.kind == kind {
			out = append(out, sheet.Row{Kind: sheet.RowItem, Name: e.workName(w), Text: l.T("atlas.resume"), Do: func() { e.again(w) }})
		}
	}
	if len(out) > 0 {
		out = append([]sheet.Row{{Kind: sheet.RowPlate, Plate: paint.PlateWarning, Icon: "warning-open", Text: l.T("atlas.unsaved")}}, out...)
		out = append(out, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.list")})
	}
	return out
}

// again takes up what is still laid aside.
func (e *Editor) again(w *work) {
	if slices.Contains(e.kept, w) {
		e.resume(w)
	}
}

func (e *Editor) leave() { e.Keep() }

// stateRows say what is wrong with the work in hand, or on its way.
func (e *Editor) stateRows(w *work) []sheet.Row {
	l := e.h.Lang
	var out []sheet.Row
	if by, old := e.outdated(w); old {
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateStale, Icon: "differs", Text: l.T("atlas.outdated", "who", by)})
	}
	switch {
	case w.sent != "":
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateOutline, Icon: "loading", Text: l.T("alert.sending")})
	case len(w.badEdges) > 0:
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateCritical, Icon: "critical-open", Text: l.T("atlas.crossing.short")})
	case e.unsaved(w):
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateWarning, Icon: "warning-open", Text: l.T("atlas.unsaved")})
	}
	if w.hist.Now.On >= 0 {
		out = append(out, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.draw.how")})
	} else {
		out = append(out, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.edit.how")})
	}
	return out
}

// fencePanel is a fence in hand.
func (e *Editor) fencePanel(w *work) sheet.Panel {
	l := e.h.Lang
	p := sheet.Panel{Title: l.T("atlas.fence"), Remark: l.T("atlas.fence.new"), Primary: true}
	if w.version > 0 {
		p.Remark = l.T("atlas.version", "n", strconv.Itoa(w.version))
	}
	p.Rows = e.stateRows(w)
	m := 0.0
	corners := 0
	for _, x := range w.live().Parts {
		corners += len(x.Points)
		m += sketch.Measure(x.Path, nil).Area
	}
	p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: l.T("atlas.fact.corners"), Text: strconv.Itoa(corners)}, sheet.Row{Kind: sheet.RowFact, Name: l.T("atlas.fact.area"), Text: sketch.AreaWords(l, m)})
	p.Fields = []sheet.Field{
		{Name: fieldName, Label: l.T("atlas.field.name")},
		{Name: fieldPurpose, Label: l.T("atlas.field.purpose"), Hint: l.T("atlas.field.purpose.hint")},
		{Name: fieldNear, Label: l.T("atlas.field.near")},
		{Name: fieldMargin, Label: l.T("atlas.field.margin"), Half: true},
		{Name: fieldDwell, Label: l.T("atlas.field.dwell"), Half: true},
	}
	p.Acts = append([]sheet.Action{{Key: l.T("atlas.key.save"), Label: l.T("atlas.save"), Do: e.Save}}, e.historyActs(w)...)
	p.Acts = append(p.Acts, e.editActs(w)...)
	return p
}

// editActs are the acts on what is in hand that are not about its shape.
func (e *Editor) editActs(w *work) []sheet.Action {
	l := e.h.Lang
	var out []sheet.Action
	if w.kind == Fence {
		out = append(out, sheet.Action{Key: "N", Label: l.T("atlas.fence.part"), Do: func() { e.newPart(sketch.FormRing) }})
	}
	if _, old := e.outdated(w); old {
		out = append(out, sheet.Action{Key: "F5", Label: l.T("atlas.reload"), Do: e.Reload})
	}
	if e.unsaved(w) {
		out = append(out, sheet.Action{Key: "Ctrl D", Label: l.T("atlas.discard"), Do: e.Discard})
	}
	if w.id != "" {
		label := l.T("atlas.remove.fence")
		if w.kind == Drawing {
			label = l.T("atlas.remove.drawing")
		}
		out = append(out, sheet.Action{Key: l.T("atlas.key.delete"), Label: label, Do: e.Remove})
	}
	return append(out, sheet.Action{Key: "Esc", Label: l.T("atlas.leave"), Do: e.leave})
}

// drawingPanel is a drawing in hand.
func (e *Editor) drawingPanel(w *work) sheet.Panel {
	l := e.h.Lang
	p := sheet.Panel{Title: l.T("atlas.drawing"), Remark: l.T("atlas.drawing.new"), Primary: true}
	if w.version > 0 {
		p.Remark = l.T("atlas.version", "n", strconv.Itoa(w.version))
	}
	p.Rows = append(e.stateRows(w), sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.drawing.next")})
	for _, f := range []struct{ form, key string }{
		{sketch.FormLine, "atlas.form.line"},
		{sketch.FormArea, "atlas.form.area"},
		{sketch.FormText, "atlas.form.text"},
		{sketch.FormMeasure, "atlas.form.measure"},
	} {
		p.Rows = append(p.Rows, sheet.Row{
			Kind: sheet.RowItem, Name: l.T(f.key), Radio: true, On: w.form == f.form && w.hist.Now.On >= 0, Chosen: w.form == f.form && w.hist.Now.On >= 0,
			Do: func() { e.newPart(f.form) },
		})
	}
	p.Fields = []sheet.Field{{Name: fieldName, Label: l.T("atlas.field.name")}}
	if w.form == sketch.FormText {
		p.Fields = append(p.Fields, sheet.Field{Name: fieldText, Label: l.T("atlas.field.text")})
	}
	p.Acts = append([]sheet.Action{{Key: l.T("atlas.key.save"), Label: l.T("atlas.save"), Do: e.Save}}, e.historyActs(w)...)
	p.Acts = append(p.Acts, e.editActs(w)...)
	return p
}

func (e *Editor) measurePanel(w *work) sheet.Panel {
	l := e.h.Lang
	p := sheet.Panel{Title: l.T("atlas.measure")}
	if w.kind == Area {
		p.Title = l.T("atlas.measure.title.area")
	}
	s := w.live()
	if len(s.Parts) == 0 || len(s.Parts[0].Points) == 0 {
		p.Rows = []sheet.Row{{Kind: sheet.RowNote, Text: l.T("atlas.measure.how")}}
		return p
	}
	m := sketch.Measure(s.Parts[0].Path, e.h.Map.Ashore())
	p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowLead, Text: m.Total(l)})
	if last := m.Last(l); last != "" {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: l.T("atlas.measure.last"), Text: last})
	}
	p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.measure.legs"), Right: l.T("atlas.measure.how.short")})
	for i, g := range m.Legs {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: strconv.Itoa(i + 1), Text: l.T("atlas.measure.leg", "distance", g.Words(l), "bearing", words.Heading(g.Bearing))})
	}
	p.Acts = append(e.historyActs(w), sheet.Action{Key: "N", Label: l.T("atlas.measure.new"), Do: e.newMeasure}, sheet.Action{Key: "Esc", Label: l.T("atlas.leave"), Do: e.leave})
	return p
}

// historyActs are undo and redo with the name of what they would do.
func (e *Editor) historyActs(w *work) []sheet.Action {
	l := e.h.Lang
	undo, redo := w.hist.Names()
	var out []sheet.Action
	if undo != "" {
		out = append(out, sheet.Action{Key: "Ctrl Z", Label: l.T("atlas.undo", "what", l.T(undo)), Do: func() { e.Undo() }})
	}
	if redo != "" {
		out = append(out, sheet.Action{Key: l.T("atlas.key.redo"), Label: l.T("atlas.redo", "what", l.T(redo)), Do: func() { e.Redo() }})
	}
	return out
}
