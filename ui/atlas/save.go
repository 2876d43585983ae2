package atlas

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
)

// answerLimit is how long a command may be without an answer unsaid.
const answerLimit = 10 * time.Second

// sending is a command on its way, and what to do when it was done.
type sending struct {
	id, name string
	at       time.Time
	done     func()
}

// send sends a command about something with a name.
func (a *Atlas) send(act world.Act, name string, done func()) string {
	a.count++
	now := a.h.Now()
	id := fmt.Sprintf("map-%d-%d", now.UnixMilli(), a.count)
	if err := a.h.Send(world.Command{ID: id, Act: act}); err != nil {
		a.say(a.h.Lang.T("atlas.save.refused", "name", name, "reason", err.Error()))
		return ""
	}
	a.sent = append(a.sent, sending{id, name, now, done})
	a.say(a.h.Lang.T("atlas.save.sending", "name", name))
	return id
}

// settle says what became of what was sent.
func (a *Atlas) settle(now time.Time) {
	l := a.h.Lang
	left := a.sent[:0]
	for _, s := range a.sent {
		r, answered := a.h.Receipt(s.id)
		switch {
		case answered && r.OK:
			a.say(l.T("atlas.save.done", "name", s.name, "time", l.ClockSeconds(a.h.ServerTime(now))))
			s.done()
		case answered:
			a.answered(s.id)
			a.say(l.T("atlas.save.refused", "name", s.name, "reason", r.Reason))
		case now.Sub(s.at) > answerLimit:
			a.answered(s.id)
			a.say(l.T("atlas.save.refused", "name", s.name, "reason", l.T("answer.none", "age", l.Age(answerLimit))))
		default:
			left = append(left, s)
		}
	}
	a.sent = left
}

// answered lets work be saved again whose command came to nothing.
func (a *Atlas) answered(id string) {
	for _, w := range append([]*work{a.work}, a.kept[workFence], a.kept[workDrawing]) {
		if w != nil && w.sent == id {
			w.sent = ""
		}
	}
	a.touch()
}

// save sends the work in hand to be stored.
func (a *Atlas) save() {
	w := a.work
	if w == nil || w.sent != "" || w.kind != workFence && w.kind != workDrawing {
		return
	}
	if w.hist.Now.On >= 0 {
		if a.endPart(); w.hist.Now.On >= 0 {
			return
		}
	}
	w.badEdges = nil
	if at, i, j, bad := w.hist.Now.Crossing(); bad {
		a.refuse(w.hist.Now.Parts[at].Path, i, j)
		return
	}
	head := world.Saved{ID: w.id, Name: strings.TrimSpace(a.texts[fieldName]), Version: w.version}
	if head.Name == "" {
		a.wrong[fieldName] = a.h.Lang.T("atlas.field.name.none")
		a.face.focus(fieldName)
		a.touch()
		return
	}
	act, ok := a.actOf(w, &head)
	if !ok {
		a.touch()
		return
	}
	w.sent = a.send(act, head.Name, func() {
		delete(a.kept, w.kind)
		if a.work == w {
			a.work, a.tool = nil, toolHand
		}
		a.touch()
	})
}

// actOf is the command that stores the work in hand; false when something is
// wrong with it, which is said.
func (a *Atlas) actOf(w *work, head *world.Saved) (world.Act, bool) {
	if head.ID == "" {
		head.ID = a.newID(w.kind)
	}
	if w.kind == workDrawing {
		shapes := w.hist.Now.Drawing()
		if len(shapes) == 0 {
			a.say(a.h.Lang.T("atlas.toofew"))
			return nil, false
		}
		return world.SaveDrawing{Drawing: world.DrawingSaved{Saved: *head, Shapes: shapes}}, true
	}
	f := world.FenceSaved{Saved: *head, Purpose: strings.TrimSpace(a.texts[fieldPurpose]), Polygons: w.hist.Now.Fence()}
	if was, ok := a.fenceNow(w.id); ok {
		f.From, f.Until = was.From, was.Until
	}
	if len(f.Polygons) == 0 {
		a.say(a.h.Lang.T("atlas.toofew"))
		return nil, false
	}
	if err := geo.CheckArea(f.Polygons); err != nil {
		a.say(a.h.Lang.T("atlas.save.refused", "name", f.Name, "reason", err.Error()))
		return nil, false
	}
	var ok [3]bool
	f.Near, ok[0] = a.number(fieldNear)
	f.Margin, ok[1] = a.number(fieldMargin)
	var seconds float64
	seconds, ok[2] = a.number(fieldDwell)
	f.Dwell = int64(math.Round(seconds * 1000))
	return world.SaveFence{Fence: f}, ok[0] && ok[1] && ok[2]
}

// newID makes the id of something new.
func (a *Atlas) newID(kind workKind) string {
	a.count++
	letter := "d"
	if kind == workFence {
		letter = "f"
	}
	return letter + strconv.FormatInt(a.h.Now().UnixMilli(), 36) + "-" + strconv.Itoa(a.count)
}

func (a *Atlas) fenceNow(id string) (world.FenceSaved, bool) {
	if s := a.h.State(); s != nil && id != "" {
		f, ok := s.Fence(id)
		return f.Is, ok
	}
	return world.FenceSaved{}, false
}

// number reads a field that is a number not below zero, empty for zero.
func (a *Atlas) number(field string) (float64, bool) {
	text := strings.TrimSpace(strings.ReplaceAll(a.texts[field], ",", "."))
	if text == "" {
		return 0, true
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		a.wrong[field] = a.h.Lang.T("atlas.field.number")
		return 0, false
	}
	return v, true
}

// remove sends the work in hand away: the act can be undone by saving it again.
func (a *Atlas) remove() {
	w := a.work
	if w == nil || w.id == "" || w.sent != "" {
		return
	}
	head := world.Saved{ID: w.id, Name: a.workName(w), Version: w.version, Removed: true}
	var act world.Act = world.SaveDrawing{Drawing: world.DrawingSaved{Saved: head}}
	if w.kind == workFence {
		f, _ := a.fenceNow(w.id)
		f.Saved = head
		act = world.SaveFence{Fence: f}
	}
	w.sent = a.send(act, head.Name, func() {
		if a.work == w {
			a.work, a.tool = nil, toolHand
		}
		a.touch()
	})
}

// outdated says who changed what is in hand meanwhile, empty for nobody.
func (a *Atlas) outdated(w *work) (string, bool) {
	s := a.h.State()
	if s == nil || w.id == "" || w.sent != "" {
		return "", false
	}
	if w.kind == workFence {
		f, ok := s.Fence(w.id)
		return f.Is.By, ok && f.Is.Version > w.version || !ok
	}
	d, ok := a.drawing(w.id)
	return d.Is.By, ok && d.Is.Version > w.version || !ok
}

func (a *Atlas) drawing(id string) (world.Drawing, bool) {
	if s := a.h.State(); s != nil {
		all := s.Drawings()
		if i := slices.IndexFunc(all, func(d world.Drawing) bool { return d.Is.ID == id }); i >= 0 {
			return all[i], true
		}
	}
	return world.Drawing{}, false
}

// reload throws the work in hand away and takes up what the server has.
func (a *Atlas) reload() {
	w := a.work
	if w == nil || w.id == "" {
		return
	}
	a.discard()
	if w.kind == workFence {
		if f, ok := a.h.State().Fence(w.id); ok {
			a.editFence(&f)
		}
	} else if d, ok := a.drawing(w.id); ok {
		a.editDrawing(&d)
	}
}

// export writes all fences to a file that a person chooses.
func (a *Atlas) export() {
	l := a.h.Lang
	if a.h.Files.Export == nil || a.h.Files.Write == nil {
		a.say(l.T("atlas.files.none"))
		return
	}
	a.h.Files.Write("fences.geojson", func(file io.WriteCloser, err error) {
		if err != nil || file == nil {
			a.fileFault(err)
			return
		}
		a.say(l.T("atlas.export.running"))
		a.start(func(ctx context.Context) func() {
			err := a.h.Files.Export(ctx, file)
			if closed := file.Close(); err == nil {
				err = closed
			}
			return func() {
				if err != nil {
					a.fileFault(err)
					return
				}
				a.say(l.T("atlas.export.done"))
			}
		})
	})
}

// importFile hands a file that a person chooses over, and lists what was not kept.
func (a *Atlas) importFile() {
	l := a.h.Lang
	if a.h.Files.Import == nil || a.h.Files.Read == nil {
		a.say(l.T("atlas.files.none"))
		return
	}
	a.h.Files.Read(func(file io.ReadCloser, err error) {
		if err != nil || file == nil {
			a.fileFault(err)
			return
		}
		a.say(l.T("atlas.import.running"))
		a.start(func(ctx context.Context) func() {
			defer file.Close()
			got, err := a.h.Files.Import(ctx, file)
			return func() {
				if err != nil {
					a.fileFault(err)
					return
				}
				a.rejected = got.Rejected
				a.page = pageFences
				a.say(l.T("atlas.import.done", "n", strconv.Itoa(got.Kept), "bad", strconv.Itoa(len(got.Rejected))))
			}
		})
	})
}

func (a *Atlas) fileFault(err error) {
	if err != nil {
		a.say(a.h.Lang.T("atlas.files.failed", "reason", err.Error()))
	}
}
