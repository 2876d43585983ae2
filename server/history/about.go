package history

import (
	"strconv"
	"time"

	"iocwall/server/world"
)

// about returns the entities an event belongs to, the one it is told of first;
// none for an event that belongs to nobody's history. Events of the state as a
// whole, of the wall's switching and of audits are not among it: they have doors of
// their own.
func (x *Index) about(e *world.Event) []world.Ref {
	switch b := e.Body.(type) {
	case world.AlertRaised:
		ref := world.NewRef(world.KindAlert, b.ID)
		if b.About == "" {
			return []world.Ref{ref}
		}
		x.links[ref] = b.About
		return []world.Ref{ref, b.About}
	case world.AlertUpdated:
		return x.linked(world.NewRef(world.KindAlert, b.ID))
	case world.AlertAcknowledged:
		return x.linked(world.NewRef(world.KindAlert, b.ID))
	case world.AlertResolved:
		ref := world.NewRef(world.KindAlert, b.ID)
		out := x.linked(ref)
		delete(x.links, ref)
		return out
	case world.PopupAsked:
		ref := world.NewRef(world.KindPopup, b.ID)
		if b.Alert != "" {
			x.links[ref] = world.NewRef(world.KindAlert, b.Alert)
		}
		return x.linked(ref)
	case world.PopupPlaced:
		return x.linked(world.NewRef(world.KindPopup, b.ID))
	case world.PopupClosed:
		ref := world.NewRef(world.KindPopup, b.ID)
		out := x.linked(ref)
		delete(x.links, ref)
		return out
	case world.ClipAsked:
		return clip(b.ID, b.Camera, b.Alert)
	case world.ClipSaved:
		return clip(b.ID, b.Camera, b.Alert)
	case world.ClipFailed:
		return clip(b.ID, b.Camera, "")
	case world.FenceCrossed:
		return []world.Ref{b.About, world.NewRef(world.KindFence, b.Fence)}
	}
	if r := own(e.Body); r != "" {
		return []world.Ref{r}
	}
	return nil
}

func (x *Index) linked(ref world.Ref) []world.Ref {
	if to, ok := x.links[ref]; ok {
		return []world.Ref{ref, to}
	}
	return []world.Ref{ref}
}

func clip(id, camera, alert string) []world.Ref {
	out := []world.Ref{world.NewRef(world.KindClip, id), world.NewRef(world.KindCamera, camera)}
	if alert != "" {
		out = append(out, world.NewRef(world.KindAlert, alert))
	}
	return out
}

// own is the one entity an event belongs to.
func own(body world.Body) world.Ref {
	ref := world.NewRef
	switch b := body.(type) {
	case world.VesselPosition:
		return ref(world.KindVessel, b.MMSI)
	case world.VesselStatic:
		return ref(world.KindVessel, b.MMSI)
	case world.StationDefined:
		return ref(world.KindStation, b.ID)
	case world.Reading:
		return ref(world.KindStation, b.Station)
	case world.CameraDefined:
		return ref(world.KindCamera, b.ID)
	case world.CameraHealth:
		return ref(world.KindCamera, b.Camera)
	case world.CameraControlled:
		return ref(world.KindCamera, b.Camera)
	case world.ReportOpened:
		return ref(world.KindReport, b.ID)
	case world.ReportChanged:
		return ref(world.KindReport, b.ID)
	case world.ReportOverdue:
		return ref(world.KindReport, b.ID)
	case world.FigureDefined:
		return ref(world.KindFigure, b.ID)
	case world.FigureReported:
		return ref(world.KindFigure, b.Figure)
	case world.AreaDefined:
		return ref(world.KindArea, b.ID)
	case world.AreaSucceeded:
		return ref(world.KindArea, b.Old)
	case world.EntityStale:
		return b.Ref
	case world.EntityGone:
		return b.Ref
	}
	return ownOfWall(body)
}

// ownOfWall is own for walls, computers, sources and the map.
func ownOfWall(body world.Body) world.Ref {
	ref := world.NewRef
	switch b := body.(type) {
	case world.WallDefined:
		return ref(world.KindWall, b.ID)
	case world.WallTested:
		return ref(world.KindWall, b.Wall)
	case world.SceneShown:
		return ref(world.KindScene, b.Scene)
	case world.SceneSaved:
		return ref(world.KindScene, b.ID)
	case world.ScheduleSaved:
		return ref(world.KindSchedule, b.ID)
	case world.NodeEnrolled:
		return ref(world.KindNode, b.Node)
	case world.NodeReported:
		return ref(world.KindNode, b.Node)
	case world.NodeLinked:
		return ref(world.KindNode, b.Node)
	case world.SourceHealth:
		return ref(world.KindSource, b.Source)
	case world.FenceSaved:
		return ref(world.KindFence, b.ID)
	case world.DrawingSaved:
		return ref(world.KindDrawing, b.ID)
	case world.LayerSaved:
		return ref(world.KindLayer, b.ID)
	}
	return ""
}

// recorded reports whether all events of such entities are never trimmed.
func recorded(kind string) bool {
	switch kind {
	case world.KindAlert, world.KindReport, world.KindArea, world.KindFence, world.KindScene, world.KindWall, world.KindPopup, world.KindSchedule, world.KindDrawing, world.KindLayer:
		return true
	}
	return false
}

// slim is a body without its bulk and without what leads to a person: shapes and
// tiles are in the state, a citizen's key is the vault's business.
func slim(body world.Body) world.Body {
	switch b := body.(type) {
	case world.ReportOpened:
		b.Subject = ""
		return b
	case world.FenceSaved:
		b.Polygons = nil
		return b
	case world.DrawingSaved:
		b.Shapes = nil
		return b
	case world.SceneSaved:
		b.Tiles, b.Zones = nil, nil
		return b
	case world.PopupAsked:
		b.Tiles = nil
		return b
	case world.WallDefined:
		b.Screens = nil
		return b
	case world.NodeReported:
		return world.NodeReported{Node: b.Node, Problems: b.Problems, Version: b.Version}
	}
	return body
}

const (
	// everyPosition and everyReading are how often what goes on is kept though
	// nothing turned in it.
	everyPosition = world.Time(30 * time.Minute / time.Millisecond)
	everyReading  = world.Time(10 * time.Minute / time.Millisecond)
	everyUpdate   = world.Time(time.Minute / time.Millisecond)
	// underWay is from what speed on, in knots, a vessel counts as moving.
	underWay = 0.5
)

// keeper knows what was kept of an entity last, so that what only goes on is left
// away.
type keeper struct {
	position world.Time // kept last
	newest   world.Time
	moves    bool
	status   uint8
	readings map[string]world.Time
	said     string // the last word of a state that is told again and again
	static   string // a name, or what is wrong with a computer
	bound    string // where a vessel is bound
	update   world.Time
	severity world.Severity
}

// keeps reports whether an event is part of the history, and its class.
func (k *keeper) keeps(e *world.Event) (class int, keep bool) {
	switch b := e.Body.(type) {
	case world.VesselPosition:
		return moving, k.sails(e.Time, b)
	case world.VesselStatic:
		named := b.Name != nil && k.differs(&k.static, b.Name.Name)
		bound := b.Voyage != nil && k.differs(&k.bound, b.Voyage.Destination)
		return rare, named || bound
	case world.Reading:
		if last, ok := k.readings[b.Quantity]; ok && e.Time < last+everyReading {
			return moving, false
		}
		if k.readings == nil {
			k.readings = map[string]world.Time{}
		}
		k.readings[b.Quantity] = e.Time
		return moving, true
	case world.CameraHealth:
		switch b.State {
		case world.CameraIdle, world.CameraOpening, world.CameraLive:
			// Whether somebody watches it is nothing that happened to it.
			return rare, k.differs(&k.said, "well")
		}
		return rare, k.differs(&k.said, string(b.State)+"\n"+b.Cause)
	case world.SourceHealth:
		return rare, k.differs(&k.said, string(b.State)+"\n"+b.Reason)
	case world.NodeLinked:
		return rare, k.differs(&k.said, strconv.FormatBool(b.Up))
	case world.NodeReported:
		all := ""
		for _, p := range b.Problems {
			all += p + "\n"
		}
		return rare, k.differs(&k.static, all)
	case world.AlertRaised:
		k.severity = b.Severity
	case world.AlertUpdated:
		if b.Severity == k.severity && e.Time < k.update+everyUpdate {
			return rare, false
		}
		k.severity, k.update = b.Severity, e.Time
	}
	return rare, true
}

func (k *keeper) sails(at world.Time, b world.VesselPosition) bool {
	moves := b.Speed >= underWay // not given is below zero
	first := k.position == 0
	if at < k.newest {
		return false // came late
	}
	k.newest = at
	if !first && moves == k.moves && b.Status == k.status && at < k.position+everyPosition {
		return false
	}
	k.position, k.moves, k.status = at, moves, b.Status
	return true
}

// differs notes a word and reports whether it is another than before.
func (k *keeper) differs(was *string, is string) bool {
	if *was == is {
		return false
	}
	*was = is
	return true
}
