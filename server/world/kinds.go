package world

import (
	"maps"
	"slices"
)

// bodyKinds is the literal list of what can happen. A name, once released,
// never changes its meaning; schema.lock holds their fields and is tested.
var bodyKinds = map[string]codec{
	"vessel.position": codecFrom(VesselPosition{Speed: NotAvailable, Course: NotAvailable, Heading: NotAvailable, Status: 15}),
	"vessel.static":   codecOf[VesselStatic](),
	"aid":             codecOf[AidReport](),
	"base":            codecOf[BaseReport](),

	"station.defined": codecOf[StationDefined](),
	"station.reading": codecOf[Reading](),

	"camera.defined": codecFrom(CameraDefined{Heading: NotAvailable}),
	"camera.health":  codecOf[CameraHealth](),

	"camera.controlled": codecOf[CameraControlled](),

	"clip.asked":  codecOf[ClipAsked](),
	"clip.saved":  codecOf[ClipSaved](),
	"clip.failed": codecOf[ClipFailed](),

	"report.opened":  codecOf[ReportOpened](),
	"report.changed": codecOf[ReportChanged](),
	"report.overdue": codecOf[ReportOverdue](),

	"figure.defined":  codecOf[FigureDefined](),
	"figure.reported": codecOf[FigureReported](),

	"area.defined":   codecOf[AreaDefined](),
	"area.succeeded": codecOf[AreaSucceeded](),
	"agency.defined": codecOf[AgencyDefined](),
	"domain.defined": codecOf[DomainDefined](),

	"wall.defined": codecOf[WallDefined](),
	"scene.saved":  codecOf[SceneSaved](),
	"scene.shown":  codecOf[SceneShown](),

	"wall.prepared":  codecOf[WallPrepared](),
	"wall.committed": codecOf[WallCommitted](),
	"wall.refused":   codecOf[WallRefused](),
	"wall.switched":  codecOf[WallSwitched](),
	"wall.tested":    codecOf[WallTested](),
	"schedule.saved": codecOf[ScheduleSaved](),

	"popup.asked":   codecOf[PopupAsked](),
	"popup.placed":  codecOf[PopupPlaced](),
	"popup.closed":  codecOf[PopupClosed](),
	"tile.locked":   codecOf[TileLocked](),
	"tile.unlocked": codecOf[TileUnlocked](),

	"node.enrolled": codecOf[NodeEnrolled](),
	"node.reported": codecOf[NodeReported](),
	"node.linked":   codecOf[NodeLinked](),
	"tiles.seen":    codecOf[TilesSeen](),

	"fence.saved":   codecOf[FenceSaved](),
	"fence.crossed": codecOf[FenceCrossed](),
	"drawing.saved": codecOf[DrawingSaved](),
	"mapview.saved": codecOf[MapViewSaved](),
	"layer.saved":   codecOf[LayerSaved](),

	"alert.raised":       codecOf[AlertRaised](),
	"alert.updated":      codecOf[AlertUpdated](),
	"alert.resolved":     codecOf[AlertResolved](),
	"alert.acknowledged": codecOf[AlertAcknowledged](),

	"source.health": codecOf[SourceHealth](),
	"clock.stepped": codecOf[ClockStepped](),
	"audited":       codecOf[Audited](),
	"entity.stale":  codecOf[EntityStale](),
	"entity.gone":   codecOf[EntityGone](),
}

// Kinds returns the kinds of body this program knows, by name.
func Kinds() []string { return slices.Sorted(maps.Keys(bodyKinds)) }
