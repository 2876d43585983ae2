package atlas

import (
	"strconv"

	"iocwall/server/world"
	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/atlas/sketch"
	"iocwall/ui/tile"
)

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
func (a *Atlas) fencesPanel() sheet.Panel {
	l := a.h.Lang
	all := a.h.State().Fences()
	p := sheet.Panel{Title: l.T("atlas.fences"), Remark: l.T("atlas.count", "n", strconv.Itoa(len(all)))}
	p.Rows = append(p.Rows, a.edit.KeptRows(editor.Fence)...)
	p.Rows = append(p.Rows, a.files.rows()...)
	for _, f := range all {
		r := sheet.Row{Kind: sheet.RowItem, Name: f.Is.Name, Text: a.fenceLine(f.Is), Chosen: a.one == f.Ref(), Do: func() { a.showFence(f) }}
		if r.Name == "" {
			r.Name = f.Is.ID
		}
		r.Right = a.unsaved(f.Ref())
		p.Rows = append(p.Rows, r)
	}
	if len(all) == 0 {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.fences.none")})
	}
	p.Acts = []sheet.Action{{Key: "N", Label: l.T("atlas.fence.make"), Do: func() { a.edit.EditFence(nil) }}}
	if a.one.Kind() == world.KindFence {
		p.Acts = append(p.Acts, sheet.Action{Key: "Enter", Label: l.T("atlas.edit"), Do: a.openOne})
	}
	p.Acts = append(p.Acts, sheet.Action{Key: "I", Label: l.T("atlas.import"), Do: a.files.read}, sheet.Action{Key: "E", Label: l.T("atlas.export"), Do: a.files.export})
	return p
}

// unsaved marks what was laid aside without being saved.
func (a *Atlas) unsaved(r world.Ref) string {
	if a.edit.Kept(r) {
		return a.h.Lang.T("atlas.unsaved")
	}
	return ""
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
		a.edit.EditFence(&f)
		return
	}
	a.chosen, a.one = []world.Ref{f.Ref()}, f.Ref()
	if b := f.Is.Polygons.Bound(); len(f.Is.Polygons) > 0 {
		a.goTo(b.Center(), b, true)
	}
	a.touch()
}

// drawingsPanel lists the drawings.
func (a *Atlas) drawingsPanel() sheet.Panel {
	l := a.h.Lang
	all := a.h.State().Drawings()
	p := sheet.Panel{Title: l.T("atlas.drawings"), Remark: l.T("atlas.count", "n", strconv.Itoa(len(all)))}
	p.Rows = append(p.Rows, a.edit.KeptRows(editor.Drawing)...)
	for _, d := range all {
		r := sheet.Row{Kind: sheet.RowItem, Name: d.Is.Name, Text: l.T("atlas.shapes", "n", strconv.Itoa(len(d.Is.Shapes)), "who", d.Is.By), Do: func() { a.edit.EditDrawing(&d) }}
		if r.Name == "" {
			r.Name = d.Is.ID
		}
		r.Right = a.unsaved(d.Ref())
		p.Rows = append(p.Rows, r)
	}
	if len(all) == 0 {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.drawings.none")})
	}
	p.Acts = []sheet.Action{{Key: "N", Label: l.T("atlas.drawing.make"), Do: func() { a.edit.EditDrawing(nil) }}}
	return p
}
