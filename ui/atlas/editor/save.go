package editor

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/act"
	"iocwall/server/world"
)

// answerLimit is how long a command may be without an answer unsaid.
const answerLimit = 10 * time.Second

// sending is a command on its way, and what to do when it was done.
type sending struct {
	id, name string
	at       time.Time
	done     func(world.Receipt)
}

// Send sends a command about something with a name.
// The answer is said when it comes; done is called when it is a good one.
func (e *Editor) Send(a act.Act, name string, done func()) string {
	return e.send(a, name, func(world.Receipt) { done() })
}

func (e *Editor) send(a act.Act, name string, done func(world.Receipt)) string {
	e.count++
	now := e.h.Now()
	id := fmt.Sprintf("map-%d-%d", now.UnixMilli(), e.count)
	if err := e.h.Send(act.Command{ID: id, Act: a}); err != nil {
		e.h.Map.Say(e.h.Lang.T("atlas.save.refused", "name", name, "reason", err.Error()))
		return ""
	}
	e.sent = append(e.sent, sending{id, name, now, done})
	e.h.Map.Say(e.h.Lang.T("atlas.save.sending", "name", name))
	return id
}

// Settle says what became of what was sent.
func (e *Editor) Settle(now time.Time) {
	l := e.h.Lang
	left := e.sent[:0]
	for _, s := range e.sent {
		r, answered := e.h.Receipt(s.id)
		switch {
		case answered && r.OK:
			e.h.Map.Say(l.T("atlas.save.done", "name", s.name, "time", l.ClockSeconds(e.h.ServerTime(now))))
			s.done(r)
		case answered:
			e.answered(s.id)
			e.h.Map.Say(l.T("atlas.save.refused", "name", s.name, "reason", r.Reason))
		case now.Sub(s.at) > answerLimit:
			e.answered(s.id)
			e.h.Map.Say(l.T("atlas.save.refused", "name", s.name, "reason", l.T("answer.none", "age", l.Age(answerLimit))))
		default:
			left = append(left, s)
		}
	}
	e.sent = left
}

// answered lets work be saved again whose command came to nothing.
func (e *Editor) answered(id string) {
	for _, w := range append([]*work{e.work}, e.kept...) {
		if w != nil && w.sent == id {
			w.sent, w.sentAs = "", ""
		}
	}
	e.h.Map.Touch()
}

// Save sends the work in hand to be stored.
func (e *Editor) Save() {
	w := e.work
	if w == nil || w.sent != "" || w.kind != Fence && w.kind != Drawing {
		return
	}
	if w.hist.Now.On >= 0 {
		if e.EndPart(); w.hist.Now.On >= 0 {
			return
		}
	}
	w.badEdges = nil
	if at, i, j, bad := w.hist.Now.Crossing(); bad {
		e.refuse(w.hist.Now.Parts[at].Path, i, j)
		return
	}
	head := world.Saved{ID: w.id, Name: strings.TrimSpace(e.h.Texts.Get(fieldName)), Version: w.version}
	if head.Name == "" {
		e.h.Texts.Refuse(fieldName, e.h.Lang.T("atlas.field.name.none"))
		e.h.Map.Focus(fieldName)
		e.h.Map.Touch()
		return
	}
	a, ok := e.actOf(w, &head)
	if !ok {
		e.h.Map.Touch()
		return
	}
	at, fields := w.hist.At(), e.fields(w.kind)
	w.sent = e.send(a, head.Name, func(r world.Receipt) {
		w.id, w.version, w.was, w.saved, w.seq = head.ID, head.Version+1, fields, at, r.Seq
		e.settled(w, "atlas.save.more", head.Name)
	})
	if w.sent != "" {
		w.sentAs = head.ID
	}
}

// settled puts away work that was stored as it is now. What was changed after it was
// sent stays where it is, and is said to be unsaved.
func (e *Editor) settled(w *work, more, name string) {
	w.sent, w.sentAs = "", ""
	switch {
	case e.work == w && (e.unsaved(w) || w.hist.Now.On >= 0 || w.moving != nil), slices.Contains(e.kept, w) && e.unsaved(w):
		e.h.Map.Say(e.h.Lang.T(more, "name", name))
	case e.work == w:
		e.work = nil
	default:
		e.drop(w)
	}
	e.h.Map.Touch()
}

// actOf is the command that stores the work in hand; false when something is
// wrong with it, which is said.
func (e *Editor) actOf(w *work, head *world.Saved) (act.Act, bool) {
	if head.ID == "" {
		head.ID = e.NewID(w.kind)
	}
	if w.kind == Drawing {
		shapes := w.hist.Now.Drawing()
		if len(shapes) == 0 {
			e.h.Map.Say(e.h.Lang.T("atlas.toofew"))
			return nil, false
		}
		return act.SaveDrawing{Drawing: world.DrawingSaved{Saved: *head, Shapes: shapes}}, true
	}
	f := world.FenceSaved{Saved: *head, Purpose: strings.TrimSpace(e.h.Texts.Get(fieldPurpose)), Polygons: w.hist.Now.Fence()}
	if was, ok := e.fenceNow(w.id); ok {
		f.From, f.Until = was.From, was.Until
	}
	if len(f.Polygons) == 0 {
		e.h.Map.Say(e.h.Lang.T("atlas.toofew"))
		return nil, false
	}
	if err := geo.CheckArea(f.Polygons); err != nil {
		e.h.Map.Say(e.h.Lang.T("atlas.save.refused", "name", f.Name, "reason", err.Error()))
		return nil, false
	}
	var ok [3]bool
	f.Near, ok[0] = e.number(fieldNear)
	f.Margin, ok[1] = e.number(fieldMargin)
	var seconds float64
	seconds, ok[2] = e.number(fieldDwell)
	f.Dwell = int64(math.Round(seconds * 1000))
	return act.SaveFence{Fence: f}, ok[0] && ok[1] && ok[2]
}

// NewID makes the id of something new.
func (e *Editor) NewID(kind Kind) string {
	e.count++
	letter := "d"
	if kind == Fence {
		letter = "f"
	}
	return letter + strconv.FormatInt(e.h.Now().UnixMilli(), 36) + "-" + strconv.Itoa(e.count)
}

func (e *Editor) fenceNow(id string) (world.FenceSaved, bool) {
	if s := e.h.State(); s != nil && id != "" {
		f, ok := s.Fence(id)
		return f.Is, ok
	}
	return world.FenceSaved{}, false
}

// number reads a field that is a number not below zero, empty for zero.
func (e *Editor) number(field string) (float64, bool) {
	text := strings.TrimSpace(strings.ReplaceAll(e.h.Texts.Get(field), ",", "."))
	if text == "" {
		return 0, true
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		e.h.Texts.Refuse(field, e.h.Lang.T("atlas.field.number"))
		return 0, false
	}
	return v, true
}

// Remove sends the work in hand away: the act can be undone by saving it again.
func (e *Editor) Remove() {
	w := e.work
	if w == nil || w.id == "" || w.sent != "" {
		return
	}
	head := world.Saved{ID: w.id, Name: e.workName(w), Version: w.version, Removed: true}
	var a act.Act = act.SaveDrawing{Drawing: world.DrawingSaved{Saved: head}}
	if w.kind == Fence {
		f, _ := e.fenceNow(w.id)
		f.Saved = head
		a = act.SaveFence{Fence: f}
	}
	at, fields := w.hist.At(), e.fields(w.kind)
	w.sent = e.send(a, head.Name, func(world.Receipt) {
		// What is changed after that is a new one.
		w.id, w.version, w.was, w.saved = "", 0, fields, at
		e.settled(w, "atlas.remove.more", head.Name)
		w.saved, w.was = nowhere, nil
	})
}

// outdated says who changed what is in hand meanwhile, empty for nobody.
func (e *Editor) outdated(w *work) (string, bool) {
	s := e.h.State()
	if s == nil || w.id == "" || w.sent != "" {
		return "", false
	}
	if w.kind == Fence {
		f, ok := s.Fence(w.id)
		return f.Is.By, ok && f.Is.Version > w.version || !ok && s.At().Seq >= w.seq
	}
	d, ok := e.drawing(w.id)
	return d.Is.By, ok && d.Is.Version > w.version || !ok && s.At().Seq >= w.seq
}

func (e *Editor) drawing(id string) (world.Drawing, bool) {
	if s := e.h.State(); s != nil {
		all := s.Drawings()
		if i := slices.IndexFunc(all, func(d world.Drawing) bool { return d.Is.ID == id }); i >= 0 {
			return all[i], true
		}
	}
	return world.Drawing{}, false
}

// Reload throws the work in hand away and takes up what the server has.
func (e *Editor) Reload() {
	w := e.work
	if w == nil || w.id == "" {
		return
	}
	e.Discard()
	if w.kind == Fence {
		if f, ok := e.h.State().Fence(w.id); ok {
			e.EditFence(&f)
		}
	} else if d, ok := e.drawing(w.id); ok {
		e.EditDrawing(&d)
	}
}
