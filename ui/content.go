package ui

import (
	"strings"
	"time"

	"iocwall/server/world"
	"iocwall/ui/facts"
	"iocwall/ui/mapface"
	"iocwall/ui/tile"
)

// newContent is the list of tile kinds.
func (u *UI) newContent(env *tile.Env, t world.Tile, alone bool) content {
	switch t.Kind {
	case "camera", "tour", "grid":
		return newCameras(u, env, t, alone)
	case "map":
		return mapContent{mapface.New(u.charts, env, t)}
	case kindMessage:
		return factContent{facts.Message(env, tile.MessageView{Icon: t.Param("icon"), Title: t.Param("title"), Next: t.Param("next")})}
	}
	if f, ok := facts.New(u.facts, env, t); ok {
		return factContent{f}
	}
	return factContent{facts.Unknown(env, t.Kind)}
}

func brokenContent(env *tile.Env) content { return factContent{facts.Broken(env)} }

// kindMessage is a tile of our own making: a statement in place of a scene.
const kindMessage = "message"

func messageTile(id, icon, title, next string) world.Tile {
	return world.Tile{ID: id, Kind: kindMessage, Params: []world.Param{{Key: "icon", Value: icon}, {Key: "next", Value: next}, {Key: "title", Value: title}}}
}

// factContent puts a tile that follows data on a surface.
type factContent struct{ *facts.Fact }

func (c factContent) object() tile.Tile { return c.Object() }
func (c factContent) hide(off bool)     { c.Hide(off) }
func (c factContent) close()            { c.Close() }

func (c factContent) place(s spot) {
	c.Place(facts.Spot{Rect: s.rect, Whole: s.whole, Column: s.column, Columns: s.columns})
}

func (c factContent) update(now time.Time, data bool) bool {
	c.Update(now, data)
	return false
}

// factsHost is what facts ask of this client.
func (u *UI) factsHost() *facts.Host {
	return &facts.Host{
		Lang:   u.lang,
		State:  func() *world.State { return u.model.state },
		Alerts: func() []world.Alert { return u.model.alerts },
		Wall:   func() (world.Wall, world.Scene, bool, bool) { return u.model.wall(u.o.Wall) },
		Placed: func(id string) (world.Placed, bool) {
			p, ok := u.glass.placed[baseID(id)]
			return p, ok
		},
		Silence: u.model.silence,
		Offset:  func() time.Duration { return time.Duration(u.model.link.Offset) * time.Millisecond },
		Cover:   u.cover,
	}
}

// zoomPrefix begins the id of a tile that fills the mosaic's window.
const zoomPrefix = "zoom:"

func baseID(id string) string { return strings.TrimPrefix(id, zoomPrefix) }

// cover is what lies over a tile of the wall.
func (u *UI) cover(now time.Time, id string) tile.Cover {
	m := &u.model
	c := tile.Cover{Away: m.away(now)}
	if c.Away > 0 {
		c.AsOf = m.cold
	}
	if p, on := u.glass.placed[baseID(id)]; on && m.state != nil {
		facts.Cover(&c, m.state, u.glass.stage.Shown().Wall, p)
	}
	return c
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
