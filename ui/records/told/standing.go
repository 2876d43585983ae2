package told

import (
	"iocwall/server/world"
	"iocwall/ui/list"
	"iocwall/ui/paint"
	"iocwall/ui/signal/health"
	"iocwall/ui/tile"
	"iocwall/ui/words"
)

// Standing is how a thing is: a word, its mark, and a plate where it is wrong.
type Standing struct {
	Text, Icon string
	Plate      paint.PlateKind
	// Rank orders: the worst is highest, zero is in order.
	Rank float64
	// Bad says that somebody has to look.
	Bad bool
	// Since is when that began, zero where nobody knows.
	Since world.Time
	Tone  list.Tone
}

// Cell is it in a list.
func (s Standing) Cell() list.Cell {
	return list.Cell{Text: s.Text, Icon: s.Icon, Plate: s.Plate, Tone: s.Tone}
}

// Stand says how a thing is at a time.
func Stand(l *words.Lang, st *world.State, e world.Entity, now world.Time) Standing {
	switch x := e.(type) {
	case world.Alert:
		return standAlert(l, x)
	case world.Camera:
		return standCamera(l, x)
	case world.Vessel:
		return standVessel(l, x, now)
	case world.Station:
		switch {
		case len(x.Readings) == 0:
			return Standing{Text: l.T("records.none"), Icon: "nodata", Plate: paint.PlateOutline, Rank: 1}
		case x.Stale != 0:
			return Standing{Text: l.T("stale", "age", l.Age(now.Sub(x.Newest()))), Icon: "stale", Plate: paint.PlateStale, Rank: 2, Bad: true, Since: x.Stale}
		}
		// Without a time: what sends as promised keeps its place in a list.
		return Standing{Text: l.T("records.fresh"), Tone: list.Quiet}
	case world.Report:
		return standReport(l, x, now)
	case world.Figure:
		return standFigure(l, x, now)
	}
	return standOther(l, st, e)
}

func standAlert(l *words.Lang, a world.Alert) Standing {
	if !a.Open() {
		return Standing{Text: l.T("records.alert.over"), Icon: "done", Tone: list.Quiet, Since: a.Resolved}
	}
	kind, icon := tile.SeveritySign(a.Severity)
	return Standing{Text: l.T("severity." + string(a.Severity)), Icon: icon, Plate: kind, Rank: float64(a.Severity.Rank()), Bad: a.Taken == 0, Since: a.Since}
}

func standCamera(l *words.Lang, c world.Camera) Standing {
	s := Standing{Text: health.State(l, c.Health), Since: c.Health.Since, Tone: list.Quiet}
	s.Plate, s.Icon = tile.CameraSign(c.Health)
	switch c.Health.State {
	case world.CameraLive:
		s.Tone = list.Plain
		if health.Late(c.Health) {
			s.Rank, s.Bad = 1, true
		}
	case world.CameraFrozen:
		s.Rank, s.Bad = 2, true
	case world.CameraSilent, world.CameraRefused:
		s.Rank, s.Bad = 3, true
	case world.CameraFull:
		s.Rank, s.Bad = 1, true
	}
	return s
}

func standVessel(l *words.Lang, v world.Vessel, now world.Time) Standing {
	switch {
	case v.Time == 0:
		return Standing{Text: l.T("records.vessel.noposition"), Icon: "nodata", Plate: paint.PlateOutline, Rank: 1}
	case v.Lost != 0:
		return Standing{Text: l.T("records.vessel.lost", "age", l.Age(now.Sub(v.Time))), Icon: "stale", Plate: paint.PlateStale, Rank: 2, Bad: true, Since: v.Lost}
	}
	return Standing{Text: l.T("records.ago", "age", l.Age(now.Sub(v.Time))), Tone: list.Quiet, Since: v.Time}
}

func standReport(l *words.Lang, r world.Report, now world.Time) Standing {
	s := Standing{Text: l.T("records.report." + string(r.State)), Since: r.Changed}
	switch {
	case r.State == world.ReportDone:
		s.Icon, s.Tone = "done", list.Done
	case r.State.Closed():
		s.Tone = list.Quiet
	case r.Overdue != 0:
		s.Text, s.Icon, s.Plate, s.Rank, s.Bad = l.Deadline(r.Due.Std(), now.Std()), "warning-open", paint.PlateWarning, 3, true
	default:
		s.Rank = 1
	}
	return s
}

func standFigure(l *words.Lang, f world.Figure, now world.Time) Standing {
	switch {
	case f.Last.Fault != "":
		return Standing{Text: l.T("records.figure.fault"), Icon: "offline", Plate: paint.PlateOffline, Rank: 3, Bad: true, Since: f.Time}
	case f.Last.Value == nil:
		return Standing{Text: l.T("records.none"), Icon: "nodata", Plate: paint.PlateOutline, Rank: 2, Bad: true}
	case f.Stale != 0:
		return Standing{Text: l.T("stale", "age", l.Age(now.Sub(f.Time))), Icon: "stale", Plate: paint.PlateStale, Rank: 1, Bad: true, Since: f.Stale}
	}
	if t := f.Target; t != nil {
		v := *f.Last.Value
		if f.LowerBetter && v > *t || !f.LowerBetter && v < *t {
			return Standing{Text: l.T("records.figure.short"), Icon: "warning-open", Plate: paint.PlateWarning, Rank: 0.5, Bad: true, Since: f.Time}
		}
		return Standing{Text: l.T("records.figure.reached"), Tone: list.Quiet, Since: f.Time}
	}
	return Standing{Text: l.T("records.fresh"), Tone: list.Quiet, Since: f.Time}
}

// standOther is stand for what stands behind the wall.
func standOther(l *words.Lang, st *world.State, e world.Entity) Standing {
	switch x := e.(type) {
	case world.Node:
		if x.Up {
			return Standing{Text: l.T("records.node.up"), Icon: "live", Since: x.Since, Bad: len(x.Problems) > 0, Rank: min(1, float64(len(x.Problems)))}
		}
		return Standing{Text: l.T("records.node.down"), Icon: "offline", Plate: paint.PlateOffline, Rank: 3, Bad: true, Since: x.Since}
	case world.SourceStatus:
		s := Standing{Text: l.T("records.source." + string(x.State)), Since: x.Since}
		switch x.State {
		case world.SourceRetrying:
			s.Icon, s.Plate, s.Rank, s.Bad = "stale", paint.PlateStale, 2, true
		case world.SourceFailed:
			s.Icon, s.Plate, s.Rank, s.Bad = "offline", paint.PlateOffline, 3, true
		case world.SourceStopped:
			s.Tone = list.Quiet
		}
		return s
	case world.Scene:
		for _, w := range st.Walls() {
			if w.Shown.Scene == x.ID {
				return Standing{Text: l.T("records.scene.shown"), Icon: "live", Rank: 1, Since: w.Since}
			}
		}
		return Standing{Text: l.T("records.scene.ready"), Tone: list.Quiet, Since: x.Time}
	case world.Clip:
		switch {
		case x.Ready():
			return Standing{Text: l.T("records.clip.saved"), Since: x.Done}
		case x.Done != 0:
			return Standing{Text: l.T("records.clip.failed"), Icon: "offline", Plate: paint.PlateOffline, Rank: 2, Bad: true, Since: x.Done}
		}
		return Standing{Text: l.T("records.clip.asked"), Icon: "loading", Rank: 1, Since: x.Asked}
	case world.Popup:
		if x.Placed == "" {
			return Standing{Text: l.T("records.popup.waits"), Icon: "notice-open", Plate: paint.PlateNotice, Rank: 1, Since: x.Since}
		}
		return Standing{Text: l.T("records.popup.shown"), Icon: "popup", Since: x.Since}
	case world.Fence:
		return Standing{Text: l.T("records.fence.watched"), Tone: list.Quiet, Since: x.Time}
	}
	return Standing{}
}

// NameOf is a thing's name for people.
func NameOf(l *words.Lang, st *world.State, e world.Entity) string {
	name := ""
	switch x := e.(type) {
	case world.Alert:
		name = x.Title
	case world.Camera:
		name = x.Name
	case world.Vessel:
		name = x.Name.Name
		if name == "" {
			name = x.Particulars.Registration
		}
	case world.Station:
		name = x.Name
	case world.Report:
		name = ServiceOf(l, x.Service)
	case world.Figure:
		name = x.Name
		if l.Code == "en" && x.NameEn != "" {
			name = x.NameEn
		}
	case world.Fence:
		name = x.Is.Name
	case world.Scene:
		name = x.Name
	case world.Area:
		name = x.Name
	case world.Clip:
		name = Named(l, st, world.NewRef(world.KindCamera, x.Camera))
	case world.Popup:
		name = st.PopupName(x)
	}
	if name == "" {
		return e.Ref().ID()
	}
	return name
}

// Named is the name of what a ref names, or its id.
func Named(l *words.Lang, st *world.State, r world.Ref) string {
	if st != nil {
		if e, ok := st.Entity(r); ok {
			return NameOf(l, st, e)
		}
	}
	return r.ID()
}

// AreaOf is the name of an area, empty for none.
func AreaOf(st *world.State, id string) string {
	if id == "" {
		return ""
	}
	if a, ok := st.Area(id); ok && a.Name != "" {
		return a.Name
	}
	return id
}

// ServiceOf is a category of reports in words.
func ServiceOf(l *words.Lang, code string) string {
	if k := "detail.service." + code; l.Has(k) {
		return l.T(k)
	}
	if code == "" {
		return l.T("detail.service.other")
	}
	return code
}

// IconOf is the symbol of a kind.
func IconOf(kind string) string {
	switch kind {
	case world.KindAlert:
		return "warning-open"
	case world.KindVessel:
		return "vessel"
	case world.KindCamera:
		return "camera"
	case world.KindStation:
		return "level"
	case world.KindReport:
		return "report"
	case world.KindFigure:
		return "figure"
	case world.KindFence:
		return "map"
	case world.KindScene:
		return "sheet"
	case world.KindNode:
		return "node"
	case world.KindSource:
		return "replay"
	case world.KindClip:
		return "camera"
	case world.KindPopup:
		return "popup"
	}
	return "sheet"
}
