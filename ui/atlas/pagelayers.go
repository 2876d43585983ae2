package atlas

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"iocwall/server/act"
	"iocwall/server/world"
	"iocwall/ui/atlas/editor"
	"iocwall/ui/atlas/picture"
	"iocwall/ui/atlas/sheet"
	"iocwall/ui/maps"
)

// setParam changes one of the map's parameters; empty takes it away.
func (a *Atlas) setParam(key, value string) {
	out := make([]world.Param, 0, len(a.own)+1)
	for _, p := range a.own {
		if p.Key != key {
			out = append(out, p)
		}
	}
	if value != "" {
		out = append(out, world.Param{Key: key, Value: value})
	}
	slices.SortFunc(out, func(x, y world.Param) int { return cmp.Compare(x.Key, y.Key) })
	a.own = out
	a.m.Set(out)
	a.touch()
}

// switchLayer puts a layer on or off the map.
func (a *Atlas) switchLayer(key string) {
	var on []string
	for _, x := range a.m.Layers(a.h.State()) {
		if x.On != (x.Key == key) {
			on = append(on, x.Key)
		}
	}
	if len(on) == 0 {
		on = []string{noLayers}
	}
	a.setParam("layers", strings.Join(on, ","))
}

// chooseLayer shows the filter of a layer; chosen again, the layer is switched.
func (a *Atlas) chooseLayer(x maps.LayerInfo) {
	if a.layer == x.Key {
		a.switchLayer(x.Key)
		return
	}
	a.layer = x.Key
	a.texts.Fill([]string{fieldFilter}, map[string]string{fieldFilter: x.Filter})
	a.touch()
}

// noLayers stands for an empty list of layers: nothing in the parameter would mean
// the usual ones.
const noLayers = "none"

// filterLayer puts the filter in the field into force.
func (a *Atlas) filterLayer() {
	if a.layer != "" {
		a.setParam("filter."+a.layer, strings.TrimSpace(a.texts.Get(fieldFilter)))
	}
	a.h.Keyboard()
}

// indicators are what areas can be coloured by: the wholes that figures of areas
// are the parts of.
func (a *Atlas) indicators() [][2]string {
	s := a.h.State()
	names := map[string]string{}
	name := func(f world.Figure) string {
		if a.h.Lang.Code == "en" && f.NameEn != "" {
			return f.NameEn
		}
		return f.Name
	}
	for _, f := range s.Figures() {
		if f.Of == "" {
			continue
		}
		if names[f.Of] == "" {
			names[f.Of] = name(f)
		}
		if whole, ok := s.Figure(f.Of); ok {
			names[f.Of] = name(whole)
		}
	}
	out := make([][2]string, 0, len(names))
	for id, name := range names {
		out = append(out, [2]string{id, cmp.Or(name, id)})
	}
	slices.SortFunc(out, func(x, y [2]string) int { return cmp.Compare(x[1], y[1]) })
	return out
}

// layersPanel switches layers, filters them and colours areas.
func (a *Atlas) layersPanel() sheet.Panel {
	l := a.h.Lang
	s := a.h.State()
	p := sheet.Panel{Title: l.T("atlas.layers")}
	on := 0
	all := a.m.Layers(s)
	chosen, wrong := "", ""
	for _, x := range all {
		r := sheet.Row{Kind: sheet.RowItem, Name: x.Name, Check: true, On: x.On, Chosen: x.Key == a.layer, Wrong: x.Fault, Do: func() { a.chooseLayer(x) }, Toggle: func() { a.switchLayer(x.Key) }}
		if x.Count >= 0 {
			r.Right = l.Int(int64(x.Count))
		}
		if x.Filter != "" {
			r.Text = l.T("atlas.filtered", "by", x.Filter)
		}
		if x.On {
			on++
		}
		if x.Key == a.layer {
			chosen = x.Name
			if wrong = a.faultOf("filter." + x.Key); x.Filter != "" && x.Fault != "" {
				wrong, r.Wrong = x.Fault, "" // it stands under the field
			}
		}
		p.Rows = append(p.Rows, r)
	}
	p.Remark = l.T("atlas.layers.on", "n", strconv.Itoa(on), "all", strconv.Itoa(len(all)))
	p.Rows = append(p.Rows, a.indicatorRows()...)
	if chosen != "" {
		p.Fields = append(p.Fields, sheet.Field{Name: fieldFilter, Label: l.T("atlas.field.filter", "layer", chosen), Hint: l.T("atlas.field.filter.hint"), Wrong: wrong, Enter: a.filterLayer})
	}
	if a.m.Params(s).Areas != "" {
		p.Fields = append(p.Fields, sheet.Field{Name: fieldLimits, Label: l.T("atlas.field.limits"), Hint: l.T("atlas.field.limits.hint"), Wrong: a.faultOf("classes"), Enter: func() {
			a.setParam("classes", strings.TrimSpace(a.texts.Get(fieldLimits)))
			a.h.Keyboard()
		}})
	}
	return p
}

func (a *Atlas) indicatorRows() []sheet.Row {
	l := a.h.Lang
	all := a.indicators()
	if len(all) == 0 {
		return nil
	}
	now := a.m.Params(a.h.State())
	rows := []sheet.Row{{Kind: sheet.RowSection, Name: l.T("atlas.areas")}}
	none := sheet.Row{Kind: sheet.RowItem, Name: l.T("atlas.areas.none"), Radio: true, On: now.Areas == "", Do: func() { a.setParam("areas", "") }}
	rows = append(rows, none)
	for _, x := range all {
		rows = append(rows, sheet.Row{Kind: sheet.RowItem, Name: x[1], Radio: true, On: now.Areas == x[0], Do: func() { a.setParam("areas", x[0]) }})
	}
	if now.Areas == "" {
		return rows
	}
	rows = append(rows, sheet.Row{Kind: sheet.RowSection, Name: l.T("atlas.classes")})
	for _, c := range []struct {
		key, value string
		on         bool
	}{{"atlas.classes.quantile", "quantile", !now.Classes.Equal && len(now.Classes.Limits) == 0}, {"atlas.classes.equal", "equal", now.Classes.Equal}} {
		rows = append(rows, sheet.Row{Kind: sheet.RowItem, Name: l.T(c.key), Radio: true, On: c.on, Do: func() { a.setParam("classes", c.value) }})
	}
	return rows
}

// faultOf says what is wrong with a parameter.
func (a *Atlas) faultOf(key string) string {
	for _, f := range a.faults {
		if f.Key == key {
			return f.Text
		}
	}
	return ""
}

// viewsPanel lists the saved views.
func (a *Atlas) viewsPanel() sheet.Panel {
	l := a.h.Lang
	all := a.h.State().MapViews()
	p := sheet.Panel{Title: l.T("atlas.views"), Remark: l.T("atlas.count", "n", strconv.Itoa(len(all)))}
	for _, v := range all {
		p.Rows = append(p.Rows, sheet.Row{
			Kind: sheet.RowItem, Name: cmp.Or(v.Is.Name, v.Is.ID), Text: l.T("atlas.view.by", "who", v.Is.By, "time", l.Stamp(v.Time.Std(), a.h.Now())),
			Chosen: v.Is.ID == a.saved, Do: func() { a.showView(v) },
		})
	}
	if len(all) == 0 {
		p.Rows = append(p.Rows, sheet.Row{Kind: sheet.RowNote, Text: l.T("atlas.views.none")})
	}
	p.Fields = []sheet.Field{{Name: fieldView, Label: l.T("atlas.field.view"), Enter: a.saveView}}
	p.Acts = []sheet.Action{{Key: l.T("atlas.key.save"), Label: l.T("atlas.view.save"), Do: a.saveView}}
	if _, ok := a.savedView(); ok {
		p.Acts = append(p.Acts, sheet.Action{Key: "F2", Label: l.T("atlas.view.rename"), Do: a.renameView}, sheet.Action{Key: l.T("atlas.key.delete"), Label: l.T("atlas.view.remove"), Do: a.removeView})
	}
	return p
}

func (a *Atlas) savedView() (world.MapView, bool) {
	s := a.h.State()
	if s == nil {
		return world.MapView{}, false
	}
	all := s.MapViews()
	i := slices.IndexFunc(all, func(v world.MapView) bool { return v.Is.ID == a.saved })
	if i < 0 {
		return world.MapView{}, false
	}
	return all[i], true
}

// showView looks as a saved view says.
func (a *Atlas) showView(v world.MapView) {
	a.saved = v.Is.ID
	a.own = slices.Clone(v.Is.Params)
	a.m.Set(a.own)
	a.follow = a.m.Params(a.h.State()).Follow
	a.view = picture.Kept(a.m.View(a.h.State(), a.view.Width, a.view.Height).Whole())
	a.texts.Fill([]string{fieldView}, map[string]string{fieldView: v.Is.Name})
	a.moved()
}

// viewParams are the parameters of what is seen now.
func (a *Atlas) viewParams() []world.Param {
	var out []world.Param
	for _, p := range a.own {
		switch p.Key {
		case "bounds", "center", "zoom", "follow", "title", "view":
		default:
			out = append(out, p)
		}
	}
	b := a.view.Bounds()
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 5, 64) }
	out = append(out, world.Param{Key: "bounds", Value: strings.Join([]string{number(b.Min[0]), number(b.Min[1]), number(b.Max[0]), number(b.Max[1])}, ",")})
	if a.follow != "" {
		out = append(out, world.Param{Key: "follow", Value: string(a.follow)})
	}
	return out
}

// saveView stores what is seen under the name in the field: anew, or over the
// chosen view where it has that name.
func (a *Atlas) saveView() {
	name := strings.TrimSpace(a.texts.Get(fieldView))
	if name == "" {
		a.texts.Refuse(fieldView, a.h.Lang.T("atlas.field.name.none"))
		a.face.focus(fieldView)
		a.touch()
		return
	}
	next := world.MapViewSaved{Saved: world.Saved{ID: a.edit.NewID(editor.Drawing), Name: name}, Params: a.viewParams()}
	if v, ok := a.savedView(); ok && v.Is.Name == name {
		next.ID, next.Version = v.Is.ID, v.Is.Version
	}
	a.sendView(next)
}

// renameView gives the chosen view the name in the field.
func (a *Atlas) renameView() {
	v, ok := a.savedView()
	name := strings.TrimSpace(a.texts.Get(fieldView))
	if !ok || name == "" {
		a.face.focus(fieldView)
		return
	}
	next := v.Is
	next.Name = name
	a.sendView(next)
}

func (a *Atlas) removeView() {
	if v, ok := a.savedView(); ok {
		next := v.Is
		next.Removed = true
		a.sendView(next)
	}
}

func (a *Atlas) sendView(v world.MapViewSaved) {
	a.edit.Send(act.SaveMapView{View: v}, v.Name, func() {
		a.saved = v.ID
		if v.Removed {
			a.saved = ""
		}
		a.touch()
	})
	a.h.Keyboard()
}
