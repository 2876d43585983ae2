package ui

import (
	"time"

	"iocwall/server/world"
	"iocwall/ui/tile"
)

// newContent is the list of tile kinds.
func (u *UI) newContent(env *tile.Env, t world.Tile, alone bool) content {
	switch t.Kind {
	case "camera", "tour", "grid":
		return newCameras(u, env, t, alone)
	case "map":
		return newMapContent(u, env, t)
	case "figure":
		return newFigureContent(u, env, t)
	case "alerts":
		return newAlertsContent(u, env, t)
	case "clock":
		return newClockContent(u, env)
	case "line":
		return newLineContent(u, env)
	case kindMessage:
		return u.messageContent(env, tile.MessageView{Icon: t.Param("icon"), Title: t.Param("title"), Next: t.Param("next")})
	}
	return u.messageContent(env, tile.MessageView{Icon: "nodata", Title: u.lang.T("tile.unknown", "kind", t.Kind)})
}

func (u *UI) brokenContent(env *tile.Env) content {
	return u.messageContent(env, tile.MessageView{Icon: "offline", Title: u.lang.T("tile.broken"), Next: u.lang.T("tile.broken.next")})
}

// kindMessage is a tile of our own making: a statement in place of a scene.
const kindMessage = "message"

func messageTile(id, icon, title, next string) world.Tile {
	return world.Tile{ID: id, Kind: kindMessage, Params: []world.Param{{Key: "icon", Value: icon}, {Key: "next", Value: next}, {Key: "title", Value: title}}}
}

// plainContent is a tile that only follows data.
type plainContent struct {
	t    tile.Tile
	at   spot
	draw func(now time.Time, at spot)
	off  bool
	new  bool
}

func (c *plainContent) object() tile.Tile { return c.t }
func (c *plainContent) place(s spot)      { c.at, c.new = s, true }
func (c *plainContent) hide(off bool)     { c.off = off }
func (c *plainContent) close()            {}
func (c *plainContent) update(now time.Time, data bool) bool {
	if !c.off && (data || c.new) {
		c.new = false
		c.draw(now, c.at)
	}
	return false
}

func (u *UI) messageContent(env *tile.Env, v tile.MessageView) content {
	t := tile.NewMessage(env)
	return &plainContent{t: t, draw: func(time.Time, spot) { t.Update(v) }}
}

func (u *UI) cover(now time.Time) tile.Cover { return tile.Cover{Away: u.model.away(now)} }

func newFigureContent(u *UI, env *tile.Env, p world.Tile) content {
	t := tile.NewFigure(env)
	id := param(p, "figure", "id")
	return &plainContent{t: t, draw: func(now time.Time, _ spot) {
		v := tile.FigureView{Now: now, Cover: u.cover(now), Loading: u.model.state == nil}
		var ok bool
		if u.model.state != nil {
			v.Figure, ok = u.model.state.Figure(id)
		}
		if !ok {
			v.Missing = true
			v.Figure.ID = id
		}
		t.Update(v)
	}}
}

// param returns the first of the parameters that is set.
func param(t world.Tile, keys ...string) string {
	for _, k := range keys {
		if v := t.Param(k); v != "" {
			return v
		}
	}
	return ""
}

func newAlertsContent(u *UI, env *tile.Env, p world.Tile) content {
	t := tile.NewAlerts(env)
	area := p.Param("area")
	return &plainContent{t: t, draw: func(now time.Time, _ spot) {
		v := tile.AlertsView{Now: now, Heard: u.model.silence(now), Cover: u.cover(now)}
		for _, a := range u.model.alerts {
			if area == "" || u.model.state.Within(a.Area, area) {
				v.Alerts = append(v.Alerts, a)
			}
		}
		t.Update(v)
	}}
}

func newClockContent(u *UI, env *tile.Env) content {
	t := tile.NewClock(env)
	return &plainContent{t: t, draw: func(now time.Time, _ spot) {
		v := tile.ClockView{Now: u.model.serverTime(now), Offset: time.Duration(u.model.link.Offset) * time.Millisecond, Cover: u.cover(now)}
		if v.Cover.Away > 0 {
			v.Now = now
		}
		t.Update(v)
	}}
}

func newLineContent(u *UI, env *tile.Env) content {
	t := tile.NewLine(env)
	return &plainContent{t: t, draw: func(now time.Time, at spot) {
		t.Update(u.lineView(now, at.column, at.columns))
	}}
}

func (u *UI) lineView(now time.Time, column, columns int) tile.LineView {
	v := tile.LineView{
		Now: u.model.serverTime(now), Alerts: u.model.alerts, Heard: u.model.silence(now), Away: u.model.away(now),
		Column: column, Columns: columns,
	}
	if w, sc, ok, has := u.model.wall(u.o.Wall); ok {
		v.All = len(w.Screens)
		if has {
			v.Scene, v.SceneSince = sc.Name, w.Since.Std()
		}
	}
	return v
}
