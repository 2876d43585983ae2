package console

import (
	"iocwall/server/world"
	"iocwall/ui/page"
	"iocwall/ui/paint"
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
func (c *Console) describe(l page.Link) description {
	d := description{icon: iconOf(l.Kind), kind: c.kindName(l.Kind)}
	if l.Kind == kindPage {
		for i, k := range c.offered() {
			if k.ID == l.ID {
				d.icon, d.state = k.Icon, tabKey(i)
			}
		}
		return d
	}
	st := c.base.State()
	if st == nil {
		return d
	}
	e, ok := st.Entity(world.NewRef(l.Kind, l.ID))
	if !ok {
		d.state, d.plate, d.mark = c.env.Lang.T("shell.state.gone"), paint.PlateOutline, "nodata"
		return d
	}
	if a, is := st.Area(e.In()); is && l.Kind != world.KindArea {
		d.where = a.Name
	}
	c.describeState(&d, e)
	return d
}

// describeState says how an entity is, in words and, where it is wrong, on a plate.
func (c *Console) describeState(d *description, e world.Entity) {
	l, now := c.env.Lang, c.base.ServerTime(c.base.Now())
	stale := func(text string) { d.state, d.plate, d.mark = text, paint.PlateStale, "stale" }
	switch x := e.(type) {
	case world.Alert:
		d.plate, d.mark = plateOf(x.Severity)
		d.state = l.T("severity." + string(x.Severity))
		if x.Taken != 0 {
			d.where = join(d.where, l.T("alerts.taken.at", "who", taker(x), "time", l.Clock(x.Taken.Std())))
		} else if x.Open() {
			d.where = join(d.where, l.T("alerts.untaken.long"))
		}
	case world.Camera:
		c.describeCamera(d, x)
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
		if w, _, has, _ := c.base.Wall(); has && w.Shown.Scene == x.ID {
			d.state = l.T("shell.state.shown")
		}
	case world.Node:
		if d.state = l.T("shell.state.up"); !x.Up {
			d.state, d.plate, d.mark = l.T("shell.state.down", "time", l.Stamp(x.Since.Std(), now)), paint.PlateOffline, "offline"
		}
	case world.Area:
		if p, is := c.base.State().Area(x.Parent); is {
			d.where = p.Name
		}
	}
}

func (c *Console) describeCamera(d *description, x world.Camera) {
	l := c.env.Lang
	switch x.Health.State {
	case world.CameraLive:
		d.state = l.T("shell.camera.live")
	case world.CameraFrozen:
		d.state, d.plate, d.mark = l.T("shell.camera.frozen"), paint.PlateStale, "frozen"
	case world.CameraSilent, world.CameraRefused, world.CameraFull:
		d.state, d.plate, d.mark = l.T("shell.camera."+string(x.Health.State)), paint.PlateOffline, "offline"
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
