package atlas

import (
	"strconv"
	"strings"

	"iocwall/server/world"
	"iocwall/ui/atlas/sketch"
)

// The fields of the pane, by name.
const (
	fieldName    = "name"
	fieldPurpose = "purpose"
	fieldNear    = "near"
	fieldMargin  = "margin"
	fieldDwell   = "dwell"
	fieldText    = "text"
	fieldFilter  = "filter"
	fieldLimits  = "limits"
	fieldView    = "view"
)

// field is one line a person writes in, with its label and what is wrong with it.
type field struct {
	name, label, hint, wrong string
	// enter is what Enter does in it; nil does nothing.
	enter func()
	// half puts it beside the one before it.
	half bool
}

// fieldsOf are the fields of work of a kind.
func fieldsOf(kind workKind) []string {
	if kind == workFence {
		return []string{fieldName, fieldPurpose, fieldNear, fieldMargin, fieldDwell}
	}
	return []string{fieldName}
}

// fields are what is written in the fields of work of a kind.
func (a *Atlas) fields(kind workKind) map[string]string {
	out := map[string]string{}
	for _, k := range fieldsOf(kind) {
		out[k] = a.texts[k]
	}
	return out
}

// fill puts texts into fields; those without one become empty.
func (a *Atlas) fill(keys []string, texts map[string]string) {
	for _, k := range keys {
		a.texts[k] = texts[k]
		delete(a.wrong, k)
	}
	a.face.refill()
}

// fieldsChanged reports whether the fields differ from what the work began with.
func (a *Atlas) fieldsChanged(w *work) bool {
	for _, k := range fieldsOf(w.kind) {
		now := a.texts[k]
		if w != a.work && w.fields != nil {
			now = w.fields[k]
		}
		if strings.TrimSpace(now) != w.was[k] {
			return true
		}
	}
	return false
}

// fenceTexts are a fence's fields as they are written.
func (a *Atlas) fenceTexts(f world.FenceSaved) map[string]string {
	number := func(v float64) string {
		if v == 0 {
			return ""
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return map[string]string{
		fieldName: f.Name, fieldPurpose: f.Purpose,
		fieldNear: number(f.Near), fieldMargin: number(f.Margin), fieldDwell: number(float64(f.Dwell) / 1000),
	}
}

// workName is what the work in hand is called.
func (a *Atlas) workName(w *work) string {
	name := a.texts[fieldName]
	if w != a.work && w.fields != nil {
		name = w.fields[fieldName]
	}
	if strings.TrimSpace(name) != "" {
		return strings.TrimSpace(name)
	}
	if w.kind == workFence {
		return a.h.Lang.T("atlas.fence.new")
	}
	return a.h.Lang.T("atlas.drawing.new")
}

// wrote takes what a person wrote into a field.
func (a *Atlas) wrote(name, text string) {
	if a.texts[name] == text {
		return
	}
	a.texts[name] = text
	delete(a.wrong, name)
	if w := a.work; name == fieldText && w != nil {
		s := w.hist.Now
		if i := s.On; i >= 0 && s.Parts[i].Form == sketch.FormText {
			w.hist.Now = s.Write(i, text)
		}
	}
	a.touch()
}
