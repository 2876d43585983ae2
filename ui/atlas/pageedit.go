package atlas

import (
	"strconv"

	"iocwall/server/world"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/atlas/sketch"
	"iocwall/ui/paint"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

func heading(deg float64) string { return words.Heading(deg) }

// truth is one layer's age and completeness in a line.
func (a *Atlas) truth(x tile.MapLayer) string {
	l := a.h.Lang
	s := x.Dated
	switch {
	case s != "":
	case x.Newest.IsZero():
		s = l.T("map.none")
	default:
		s = l.Age(a.h.ServerTime(a.h.Now()).Sub(x.Newest))
	}
	if x.Whole != "" {
		s = x.Whole + " · " + s
	}
	return s
}

// fencesPanel lists the fences.
func (a *Atlas) fencesPanel() panel {
	l := a.h.Lang
	all := a.h.State().Fences()
	p := panel{title: l.T("atlas.fences"), remark: l.T("atlas.count", "n", strconv.Itoa(len(all)))}
	p.rows = append(p.rows, a.keptRow(workFence)...)
	for _, why := range a.rejected {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFault, Text: why})
	}
	for _, f := range all {
		r := sheet.Row{Kind: sheet.RowItem, Name: f.Is.Name, Text: a.fenceLine(f.Is), Chosen: a.one == f.Ref(), Do: func() { a.showFence(f) }}
		if r.Name == "" {
			r.Name = f.Is.ID
		}
		p.rows = append(p.rows, r)
	}
	if len(all) == 0 {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.fences.none")})
	}
	p.acts = []Action{{Key: "N", Label: l.T("atlas.fence.make"), Do: func() { a.editFence(nil) }}}
	if a.one.Kind() == world.KindFence {
		p.acts = append(p.acts, Action{Key: "Enter", Label: l.T("atlas.edit"), Do: a.openOne})
	}
	p.acts = append(p.acts, Action{Key: "I", Label: l.T("atlas.import"), Do: a.importFile}, Action{Key: "E", Label: l.T("atlas.export"), Do: a.export})
	return p
}

func (a *Atlas) fenceLine(f world.FenceSaved) string {
	l := a.h.Lang
	corners := 0
	for _, p := range sketch.OfFence(f.Polygons).Parts {
		corners += len(p.Points)
	}
	s := l.T("atlas.corners", "n", strconv.Itoa(corners))
	if f.Purpose != "" {
		s = f.Purpose + " · " + s
	}
	if f.Near > 0 {
		s += " · " + l.T("atlas.fence.near", "distance", l.Distance(f.Near))
	}
	return s
}

// showFence looks at a fence; a second time takes it in hand.
func (a *Atlas) showFence(f world.Fence) {
	if a.one == f.Ref() {
		a.editFence(&f)
		return
	}
	a.chosen, a.one = []world.Ref{f.Ref()}, f.Ref()
	if b := f.Is.Polygons.Bound(); len(f.Is.Polygons) > 0 {
		a.goTo(b.Center(), b, true)
	}
	a.touch()
}

// keptRow offers unsaved work that was laid aside.
func (a *Atlas) keptRow(kind workKind) []sheet.Row {
	w := a.kept[kind]
	if w == nil {
		return nil
	}
	l := a.h.Lang
	return []sheet.Row{
		{Kind: sheet.RowPlate, Plate: paint.PlateWarning, Icon: "warning-open", Text: l.T("atlas.unsaved")},
		{Kind: sheet.RowItem, Name: a.workName(w), Text: l.T("atlas.resume"), Do: func() { a.resume(w) }},
	}
}

// stateRows say what is wrong with the work in hand, or on its way.
func (a *Atlas) stateRows(w *work) []sheet.Row {
	l := a.h.Lang
	var out []sheet.Row
	if by, old := a.outdated(w); old {
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateStale, Icon: "differs", Text: l.T("atlas.outdated", "who", by)})
	}
	switch {
	case w.sent != "":
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateOutline, Icon: "loading", Text: l.T("alert.sending")})
	case len(w.badEdges) > 0:
		out = append(out, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateCritical, Icon: "critical-open", Text: l.T("atlas.crossing.short")})
	case a.unsaved(w):
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
func (a *Atlas) fencePanel(w *work) panel {
	l := a.h.Lang
	p := panel{title: l.T("atlas.fence"), remark: l.T("atlas.fence.new"), primary: true}
	if w.version > 0 {
		p.remark = l.T("atlas.version", "n", strconv.Itoa(w.version))
	}
	p.rows = a.stateRows(w)
	m := 0.0
	corners := 0
	for _, x := range w.live().Parts {
		corners += len(x.Points)
		m += sketch.Measure(x.Path, nil).Area
	}
	p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: l.T("atlas.fact.corners"), Text: strconv.Itoa(corners)}, sheet.Row{Kind: sheet.RowFact, Name: l.T("atlas.fact.area"), Text: sketch.AreaWords(l, m)})
	p.fields = []field{
		{name: fieldName, label: l.T("atlas.field.name")},
		{name: fieldPurpose, label: l.T("atlas.field.purpose"), hint: l.T("atlas.field.purpose.hint")},
		{name: fieldNear, label: l.T("atlas.field.near")},
		{name: fieldMargin, label: l.T("atlas.field.margin"), half: true},
		{name: fieldDwell, label: l.T("atlas.field.dwell"), half: true},
	}
	p.acts = append([]Action{{Key: l.T("atlas.key.save"), Label: l.T("atlas.save"), Do: a.save}}, a.historyActs(w)...)
	p.acts = append(p.acts, a.editActs(w)...)
	return p
}

// editActs are the acts on what is in hand that are not about its shape.
func (a *Atlas) editActs(w *work) []Action {
	l := a.h.Lang
	var out []Action
	if w.kind == workFence {
		out = append(out, Action{Key: "N", Label: l.T("atlas.fence.part"), Do: func() { a.newPart(sketch.FormRing) }})
	}
	if _, old := a.outdated(w); old {
		out = append(out, Action{Key: "F5", Label: l.T("atlas.reload"), Do: a.reload})
	}
	if a.unsaved(w) {
		out = append(out, Action{Key: "Ctrl D", Label: l.T("atlas.discard"), Do: a.discard})
	}
	if w.id != "" {
		label := l.T("atlas.remove.fence")
		if w.kind == workDrawing {
			label = l.T("atlas.remove.drawing")
		}
		out = append(out, Action{Key: l.T("atlas.key.delete"), Label: label, Do: a.remove})
	}
	return append(out, Action{Key: "Esc", Label: l.T("atlas.leave"), Do: a.keep})
}

// drawingsPanel lists the drawings.
func (a *Atlas) drawingsPanel() panel {
	l := a.h.Lang
	all := a.h.State().Drawings()
	p := panel{title: l.T("atlas.drawings"), remark: l.T("atlas.count", "n", strconv.Itoa(len(all)))}
	p.rows = append(p.rows, a.keptRow(workDrawing)...)
	for _, d := range all {
		r := sheet.Row{Kind: sheet.RowItem, Name: d.Is.Name, Text: l.T("atlas.shapes", "n", strconv.Itoa(len(d.Is.Shapes)), "who", d.Is.By), Do: func() { a.editDrawing(&d) }}
		if r.Name == "" {
			r.Name = d.Is.ID
		}
		p.rows = append(p.rows, r)
	}
	if len(all) == 0 {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.drawings.none")})
	}
	p.acts = []Action{{Key: "N", Label: l.T("atlas.drawing.make"), Do: func() { a.editDrawing(nil) }}}
	return p
}

// drawingPanel is a drawing in hand.
func (a *Atlas) drawingPanel(w *work) panel {
	l := a.h.Lang
	p := panel{title: l.T("atlas.drawing"), remark: l.T("atlas.drawing.new"), primary: true}
	if w.version > 0 {
		p.remark = l.T("atlas.version", "n", strconv.Itoa(w.version))
	}
	p.rows = append(a.stateRows(w), sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.drawing.next")})
	for _, f := range []struct{ form, key string }{
		{sketch.FormLine, "atlas.form.line"},
		{sketch.FormArea, "atlas.form.area"},
		{sketch.FormText, "atlas.form.text"},
		{sketch.FormMeasure, "atlas.form.measure"},
	} {
		p.rows = append(p.rows, sheet.Row{
			Kind: sheet.RowItem, Name: l.T(f.key), Radio: true, On: w.form == f.form && w.hist.Now.On >= 0, Chosen: w.form == f.form && w.hist.Now.On >= 0,
			Do: func() { a.newPart(f.form) },
		})
	}
	p.fields = []field{{name: fieldName, label: l.T("atlas.field.name")}}
	if w.form == sketch.FormText {
		p.fields = append(p.fields, field{name: fieldText, label: l.T("atlas.field.text")})
	}
	p.acts = append([]Action{{Key: l.T("atlas.key.save"), Label: l.T("atlas.save"), Do: a.save}}, a.historyActs(w)...)
	p.acts = append(p.acts, a.editActs(w)...)
	return p
}
