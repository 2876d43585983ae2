package editor

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
)

// Figures reports whether a number is written in a field.
func Figures(name string) bool {
	return name == fieldNear || name == fieldMargin || name == fieldDwell
}

// fieldsOf are the fields of work of a kind.
func fieldsOf(kind Kind) []string {
	if kind == Fence {
		return []string{fieldName, fieldPurpose, fieldNear, fieldMargin, fieldDwell}
	}
	return []string{fieldName}
}

// fields are what is written in the fields of work of a kind, without spaces around it.
func (e *Editor) fields(kind Kind) map[string]string {
	out := map[string]string{}
	for _, k := range fieldsOf(kind) {
		out[k] = strings.TrimSpace(e.h.Texts.Get(k))
	}
	return out
}

// fieldsChanged reports whether the fields differ from what the work began with.
func (e *Editor) fieldsChanged(w *work) bool {
	for _, k := range fieldsOf(w.kind) {
		now := e.h.Texts.Get(k)
		if w != e.work && w.fields != nil {
			now = w.fields[k]
		}
		if strings.TrimSpace(now) != w.was[k] {
			return true
		}
	}
	return false
}

// fenceTexts are a fence's fields as they are written.
func (e *Editor) fenceTexts(f world.FenceSaved) map[string]string {
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
func (e *Editor) workName(w *work) string {
	name := e.h.Texts.Get(fieldName)
	if w != e.work && w.fields != nil {
		name = w.fields[fieldName]
	}
	if strings.TrimSpace(name) != "" {
		return strings.TrimSpace(name)
	}
	if w.kind == Fence {
		return e.h.Lang.T("atlas.fence.new")
	}
	return e.h.Lang.T("atlas.drawing.new")
}

// Wrote takes what a person wrote into one of the fields.
func (e *Editor) Wrote(name, text string) {
	if w := e.work; name == fieldText && w != nil {
		s := w.hist.Now
		if i := s.On; i >= 0 && s.Parts[i].Form == sketch.FormText {
			w.hist.Now = s.Write(i, text)
		}
	}
}
