package atlas

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"iocwall/server/world"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/atlas/sketch"
	"iocwall/ui/paint"
)

// Action is something that can be done now, as a button and by its key.
type Action struct {
	// Key is the key printed on the button.
	Key, Label string
	// Do is done by a press. Hold and Release are not used: nothing is held.
	Do            func()
	Hold, Release func()
	// Chosen marks what is on.
	Chosen bool
	// Group parts the buttons: those of one group stand together.
	Group string
}

// panel is what the pane shows.
type panel struct {
	title, remark string
	rows          []sheet.Row
	fields        []field
	acts          []Action // the first one is the primary one where primary is set
	primary       bool
}

// panel is the pane's content now.
func (a *Atlas) panel() panel {
	if a.h.State() == nil {
		return panel{title: a.h.Lang.T("map.title"), rows: []sheet.Row{{Kind: sheet.RowNote, Text: a.h.Lang.T("wall.waiting")}}}
	}
	if w := a.work; w != nil {
		switch {
		case w.kind == workMeasure || w.kind == workArea:
			return a.measurePanel(w)
		case a.page == pageFences && w.kind == workFence:
			return a.fencePanel(w)
		case a.page == pageDrawings && w.kind == workDrawing:
			return a.drawingPanel(w)
		}
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
func (a *Atlas) detailPanel() panel {
	l := a.h.Lang
	switch {
	case a.one != "":
		return a.onePanel()
	case a.pin != nil:
		p := panel{title: l.T("atlas.place"), rows: []sheet.Row{{Kind: sheet.RowLead, Text: a.pin.name}}}
		for _, f := range []struct {
			key  string
			form positionForm
		}{{"atlas.fact.minutes", formMinutes}, {"atlas.fact.decimal", formDecimal}, {"atlas.fact.grid", formGrid}} {
			p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: l.T(f.key), Text: a.positions(a.pin.at, f.form)})
		}
		p.acts = []Action{{Key: "H", Label: l.T("atlas.goto"), Do: a.goToOne}}
		return p
	case len(a.chosen) > 0:
		return a.listPanel()
	}
	p := panel{title: l.T("atlas.nothing"), rows: []sheet.Row{{Kind: sheet.RowNote, Text: l.T("atlas.nothing.how")}}}
	for _, f := range a.faults {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFault, Text: l.T("atlas.fault", "key", f.Key, "text", f.Text)})
	}
	if len(a.layers) > 0 {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.onmap")})
		for _, x := range a.layers {
			p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: x.Name, Text: a.truth(x)})
		}
	}
	return p
}

func (a *Atlas) onePanel() panel {
	l := a.h.Lang
	d, ok := a.describe(a.one)
	if !ok {
		return panel{title: l.T("atlas.gone"), remark: a.one.ID(), rows: []sheet.Row{{Kind: sheet.RowNote, Text: l.T("atlas.gone.why")}}}
	}
	p := panel{title: d.Kind, rows: []sheet.Row{{Kind: sheet.RowLead, Text: d.Title}}}
	if len(a.chosen) > 1 {
		i := slices.Index(a.chosen, a.one)
		p.remark = l.T("atlas.of", "n", strconv.Itoa(i+1), "all", strconv.Itoa(len(a.chosen)))
	}
	if a.follow == a.one {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowPlate, Plate: paint.PlateNotice, Icon: "notice-open", Text: l.T("atlas.following.short")})
	}
	for _, f := range d.Lines {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: f.Name, Text: f.Text})
	}
	if d.Placed {
		p.acts = append(p.acts, Action{Key: "H", Label: l.T("atlas.goto"), Do: a.goToOne})
	}
	switch a.one.Kind() {
	case world.KindVessel:
		label := l.T("atlas.follow")
		if a.follow == a.one {
			label = l.T("atlas.follow.end")
		}
		p.acts = append([]Action{{Key: "F", Label: label, Do: a.followOne, Chosen: a.follow == a.one}}, p.acts...)
	case world.KindCamera:
		p.acts = append([]Action{{Key: "Enter", Label: l.T("atlas.camera"), Do: a.openOne}}, p.acts...)
	case world.KindFence, world.KindDrawing:
		p.acts = append([]Action{{Key: "Enter", Label: l.T("atlas.edit"), Do: a.openOne}}, p.acts...)
	}
	if len(a.chosen) > 1 {
		p.acts = append(p.acts, Action{Key: "Esc", Label: l.T("atlas.tolist"), Do: func() { a.back() }})
	}
	return p
}

// openOne opens a camera by itself, and takes a fence or a drawing in hand; false
// for what has no more to it.
func (a *Atlas) openOne() { a.openIt() }

func (a *Atlas) openIt() bool {
	s := a.h.State()
	if s == nil {
		return false
	}
	switch a.one.Kind() {
	case world.KindCamera:
		a.h.OpenCamera(a.one.ID())
		return true
	case world.KindFence:
		if f, ok := s.Fence(a.one.ID()); ok {
			a.editFence(&f)
			return true
		}
	case world.KindDrawing:
		if d, ok := a.drawing(a.one.ID()); ok {
			a.editDrawing(&d)
			return true
		}
	}
	return false
}

// listMost is how many of what was chosen stand in the list.
const listMost = 200

func (a *Atlas) listPanel() panel {
	l := a.h.Lang
	p := panel{title: l.T("atlas.chosen"), remark: l.T("atlas.count", "n", l.Int(int64(len(a.chosen))))}
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
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: k, Text: l.Int(int64(counts[k]))})
	}
	p.rows = append(p.rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.list")})
	p.rows = append(p.rows, items...)
	if n := len(a.chosen) - listMost; n > 0 {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.more", "n", l.Int(int64(n)))})
	}
	p.acts = []Action{{Key: "H", Label: l.T("atlas.spread"), Do: a.spread}, {Key: "Esc", Label: l.T("atlas.clear"), Do: func() { a.back() }}}
	return p
}

func (a *Atlas) measurePanel(w *work) panel {
	l := a.h.Lang
	p := panel{title: l.T("atlas.measure")}
	if w.kind == workArea {
		p.title = l.T("atlas.measure.title.area")
	}
	s := w.live()
	if len(s.Parts) == 0 || len(s.Parts[0].Points) == 0 {
		p.rows = []sheet.Row{{Kind: sheet.RowNote, Text: l.T("atlas.measure.how")}}
		return p
	}
	m := sketch.Measure(s.Parts[0].Path, a.ashore())
	p.rows = append(p.rows, sheet.Row{Kind: sheet.RowLead, Text: m.Total(l)})
	if last := m.Last(l); last != "" {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: l.T("atlas.measure.last"), Text: last})
	}
	p.rows = append(p.rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.measure.legs"), Right: l.T("atlas.measure.how.short")})
	for i, g := range m.Legs {
		p.rows = append(p.rows, sheet.Row{Kind: sheet.RowFact, Name: strconv.Itoa(i + 1), Text: l.T("atlas.measure.leg", "distance", g.Words(l), "bearing", heading(g.Bearing))})
	}
	p.acts = append(a.historyActs(w), Action{Key: "N", Label: l.T("atlas.measure.new"), Do: a.newOne}, Action{Key: "Esc", Label: l.T("atlas.leave"), Do: a.keep})
	return p
}

// historyActs are undo and redo with the name of what they would do.
func (a *Atlas) historyActs(w *work) []Action {
	l := a.h.Lang
	undo, redo := w.hist.Names()
	var out []Action
	if undo != "" {
		out = append(out, Action{Key: "Ctrl Z", Label: l.T("atlas.undo", "what", l.T(undo)), Do: func() { a.undo() }})
	}
	if redo != "" {
		out = append(out, Action{Key: l.T("atlas.key.redo"), Label: l.T("atlas.redo", "what", l.T(redo)), Do: func() { a.redo() }})
	}
	return out
}

// newOne begins something new on the page that is open.
func (a *Atlas) newOne() {
	switch w := a.work; {
	case w != nil && (w.kind == workMeasure || w.kind == workArea):
		a.tool, a.work = toolHand, nil
		a.measureBy(w.kind)
	case a.page == pageFences && w == nil:
		a.editFence(nil)
	case a.page == pageDrawings && w == nil:
		a.editDrawing(nil)
	}
}
