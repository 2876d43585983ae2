package find

import (
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/paint"
	"iocwall/ui/signal/health"
	"iocwall/ui/tile"
)

// icons are the symbols of kinds.
func iconOf(kind string) string {
	switch kind {
	case world.KindAlert:
		return "warning-open"
	case world.KindVessel:
		return "vessel"
	case world.KindCamera:
		return "camera"
	case world.KindStation:
		return "air"
	case world.KindReport:
		return "report"
	case world.KindFigure:
		return "figure"
	case world.KindFence, world.KindMapView, world.KindLayer, world.KindDrawing:
		return "map"
	case world.KindScene:
		return "popup"
	case world.KindNode:
		return "node"
	case world.KindArea:
		return "land"
	case world.KindAgency:
		return "office"
	}
	return "sheet"
}

// describe says how the thing that a link names is now.
func (f *Search) describe(l page.Link) description {
	d := description{icon: iconOf(l.Kind), kind: f.h.KindName(l.Kind)}
	if l.Kind == KindPage {
		for i, k := range f.h.Kinds() {
			if k.ID == l.ID {
				d.icon, d.state = k.Icon, f.h.TabKey(i)
			}
		}
		return d
	}
	st := f.h.Desk.State()
	if st == nil {
		return d
	}
	e, ok := st.Entity(world.NewRef(l.Kind, l.ID))
	if !ok {
		d.state, d.plate, d.mark = f.h.Env.Lang.T("shell.state.gone"), paint.PlateOutline, "nodata"
		return d
	}
	if a, is := st.Area(e.In()); is && l.Kind != world.KindArea {
		d.where = a.Name
	}
	f.describeState(&d, e)
	return d
}

// describeState says how an entity is, in words and, where it is wrong, on a plate.
func (f *Search) describeState(d *description, e world.Entity) {
	l, now := f.h.Env.Lang, f.h.Desk.ServerTime(f.h.Desk.Now())
	stale := func(text string) { d.state, d.plate, d.mark = text, paint.PlateStale, "stale" }
	switch x := e.(type) {
	case world.Alert:
		d.plate, d.mark = tile.SeveritySign(x.Severity)
		d.state = l.T("severity." + string(x.Severity))
		if x.Taken != 0 {
			d.where = join(d.where, l.T("alerts.taken.at", "who", x.WhoTook(), "time", l.Clock(x.Taken.Std())))
		} else if x.Open() {
			d.where = join(d.where, l.T("alerts.untaken.long"))
		}
	case world.Camera:
		f.describeCamera(d, x)
	case world.Vessel:
		d.kind = l.T("detail.vessel." + vesselKind(x.Particulars.Category))
		d.icon = "vessel"
		switch {
		case x.Time == 0:
			d.state = l.T("shell.state.noposition")
		case x.Lost != 0:
			stale(l.T("shell.state.silent", "age", l.Age(now.Sub(x.Time.Std()))))
		default:
			d.state = l.T("shell.state.ago", "age", l.Age(now.Sub(x.Time.Std())))
		}
	case world.Station:
		if x.Stale != 0 {
			stale(l.T("shell.state.old", "age", l.Age(now.Sub(x.Stale.Std()))))
		}
	case world.Report:
		d.state = l.T("shell.report." + string(x.State))
		if x.Overdue != 0 && !x.State.Closed() {
			d.plate, d.mark, d.state = paint.PlateWarning, "warning-open", l.Deadline(x.Due.Std(), now)
		}
	case world.Figure:
		d.state = x.Last.Label
		if x.Stale != 0 {
			stale(l.T("shell.state.old", "age", l.Age(now.Sub(x.Stale.Std()))))
		}
	case world.Scene:
		if w, _, has, _ := f.h.Desk.Wall(); has && w.Shown.Scene == x.ID {
			d.state = l.T("shell.state.shown")
		}
	case world.Node:
		if d.state = l.T("shell.state.up"); !x.Up {
			d.state, d.plate, d.mark = l.T("shell.state.down", "time", l.Stamp(x.Since.Std(), now)), paint.PlateOffline, "offline"
		}
	case world.Area:
		if p, is := f.h.Desk.State().Area(x.Parent); is {
			d.where = p.Name
		}
	}
}

func (f *Search) describeCamera(d *description, x world.Camera) {
	l := f.h.Env.Lang
	d.plate, d.mark = tile.CameraSign(x.Health)
	switch x.Health.State {
	case world.CameraLive:
		d.state = l.T("shell.camera.live")
		if health.Late(x.Health) {
			d.state = l.T("shell.camera.late")
		}
	case world.CameraFrozen, world.CameraSilent, world.CameraRefused, world.CameraFull:
		d.state = l.T("shell.camera." + string(x.Health.State))
	}
}

func vesselKind(k world.VesselCategory) string {
	switch k {
	case world.VesselFishing, world.VesselCargo, world.VesselPassenger, world.VesselPublic:
		return string(k)
	}
	return "other"
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + " · " + b
}
