package atlas

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"iocwall/server/world"
	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/find"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/paint"
)

// panel is the pane's content now.
func (a *Atlas) panel() sheet.Panel {
	if a.h.State() == nil {
		return sheet.Panel{Title: a.h.Lang.T("map.title"), Rows: []sheet.Row{{Kind: sheet.RowNote, Text: a.h.Lang.T("wall.waiting")}}}
	}
	k := a.edit.Kind()
	if k == editor.Measure || k == editor.Area || k == editor.Fence && a.page == pageFences || k == editor.Drawing && a.page == pageDrawings {
		return a.edit.Panel()
	}
	switch a.page {
	case pageLayers:
		return a.layersPanel()
	case pageViews:
		return a.viewsPanel()
	case pageFences:
		return a.fencesPanel()
	case pageDrawings:
		return a.drawingsPanel()
	}
	return a.detailPanel()
}

// detailPanel is one thing, or the list of what a box or a cluster holds, or how
// to begin.
func (a *Atlas) detailPanel() sheet.Panel {
	l := a.h.Lang
	switch {
	case a.one != "":
		return a.onePanel()
	case a.pin != nil:
		p := sheet.Panel{Title: l.T("atlas.place"), Rows: []sheet.Row{{Kind: sheet.RowLead, Text: a.pin.name}}}
		for _, f := range []struct {
			key  string
			form find.Form
		}{{"atlas.fact.minutes", find.FormMinutes}, {"atlas.fact.decimal", find.FormDecimal}, {"atlas.fact.grid", find.FormGrid}} {
			p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: l.T(f.key), Text: a.pos.Write(a.pin.at, f.form)})
		}
		p.Acts = []sheet.Action{{Key: "H", Label: l.T("atlas.goto"), Do: a.goToOne}}
		return p
	case len(a.chosen) > 0:
		return a.listPanel()
	}
	p := sheet.Panel{Title: l.T("atlas.nothing"), Rows: []sheet.Row{{Kind: sheet.RowNote, Text: l.T("atlas.nothing.how")}}}
	for _, f := range a.faults {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFault, Text: l.T("atlas.fault", "key", f.Key, "text", f.Text)})
	}
	if len(a.layers) > 0 {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.onmap")})
		for _, x := range a.layers {
			p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: x.Name, Text: a.truth(x)})
		}
	}
	return p
}

func (a *Atlas) onePanel() sheet.Panel {
	l := a.h.Lang
	d, ok := a.describe(a.one)
	if !ok {
		return sheet.Panel{Title: l.T("atlas.gone"), Remark: a.one.ID(), Rows: []sheet.Row{{Kind: sheet.RowNote, Text: l.T("atlas.gone.why")}}}
	}
	p := sheet.Panel{Title: d.Kind, Rows: []sheet.Row{{Kind: sheet.RowLead, Text: d.Title}}}
	if len(a.chosen) > 1 {
		i := slices.Index(a.chosen, a.one)
		p.Remark = l.T("atlas.of", "n", strconv.Itoa(i+1), "all", strconv.Itoa(len(a.chosen)))
	}
	if a.follow == a.one {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateNotice, Icon: "notice-open", Text: l.T("atlas.following.short")})
	}
	for _, f := range d.Lines {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: f.Name, Text: f.Text})
	}
	if d.Placed {
		p.Acts = append(p.Acts, sheet.Action{Key: "H", Label: l.T("atlas.goto"), Do: a.goToOne})
	}
	switch a.one.Kind() {
	case world.KindVessel:
		label := l.T("atlas.follow")
		if a.follow == a.one {
			label = l.T("atlas.follow.end")
		}
		p.Acts = append([]sheet.Action{{Key: "F", Label: label, Do: a.followOne, Chosen: a.follow == a.one}}, p.Acts...)
	case world.KindCamera:
		p.Acts = append([]sheet.Action{{Key: "Enter", Label: l.T("atlas.camera"), Do: a.openOne}}, p.Acts...)
	case world.KindFence, world.KindDrawing:
		p.Acts = append([]sheet.Action{{Key: "Enter", Label: l.T("atlas.edit"), Do: a.openOne}}, p.Acts...)
	}
	if len(a.chosen) > 1 {
		p.Acts = append(p.Acts, sheet.Action{Key: "Esc", Label: l.T("atlas.tolist"), Do: func() { a.back() }})
	}
	return p
}

// openOne opens a camera by itself, and takes a fence or a drawing in hand; false
// for what has no more to it.
func (a *Atlas) openOne() { a.openIt() }

func (a *Atlas) openIt() bool {
	if a.one.Kind() == world.KindCamera {
		a.h.OpenCamera(a.one.ID())
		return true
	}
	return a.edit.Open(a.one)
}

// listMost is how many of what was chosen stand in the list.
const listMost = 200

func (a *Atlas) listPanel() sheet.Panel {
	l := a.h.Lang
	p := sheet.Panel{Title: l.T("atlas.chosen"), Remark: l.T("atlas.count", "n", l.Int(int64(len(a.chosen))))}
	counts := map[string]int{}
	var items []sheet.Row
	for i, r := range a.chosen {
		d, ok := a.describe(r)
		if !ok {
			continue
		}
		counts[d.Kind]++
		if i < listMost {
			text := ""
			if len(d.Lines) > 0 {
				text = d.Lines[0].Name + " " + d.Lines[0].Text
			}
			items = append(items, sheet.Row{Kind: sheet.RowItem, Name: d.Title, Right: d.Kind, Text: text, Do: func() { a.open(r) }})
		}
	}
	kinds := slices.SortedFunc(maps.Keys(counts), func(x, y string) int { return cmp.Or(counts[y]-counts[x], cmp.Compare(x, y)) })
	for _, k := range kinds {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowFact, Name: k, Text: l.Int(int64(counts[k]))})
	}
	p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.list")})
	p.Rows = append(p.Rows, items...)
	if n := len(a.chosen) - listMost; n > 0 {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.more", "n", l.Int(int64(n)))})
	}
	p.Acts = []sheet.Action{{Key: "H", Label: l.T("atlas.spread"), Do: a.spread}, {Key: "Esc", Label: l.T("atlas.clear"), Do: func() { a.back() }}}
	return p
}

// newOne begins something new on the page that is open.
func (a *Atlas) newOne() {
	switch {
	case a.edit.Busy():
	case a.page == pageFences:
		a.edit.EditFence(nil)
	case a.page == pageDrawings:
		a.edit.EditDrawing(nil)
	}
}
