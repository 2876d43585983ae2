package world

import (
	"fmt"
	"iter"
	"slices"

	"iocwall/geo"
	"iocwall/server/world/table"
)

// Entity is one thing the centre knows of, as last known. The concrete types
// are Vessel, Aid, Base, Station, Camera, Report, Figure, Area, Agency, Wall,
// Scene, Alert, SourceStatus, Clip, Fence, Drawing, MapView, Layer, Popup, Lock,
// Node, Schedule and Domain; they are values and may be kept, but the slices inside them
// must not be changed.
type Entity interface {
	// Ref returns the entity's name.
	Ref() Ref
	// Place returns where it is, if it is anywhere.
	Place() (geo.Point, bool)
	// In returns the id of the area it belongs to, empty for none.
	In() string
}

// nowhere is part of entities without a place.
type nowhere struct{}

// Place returns no place.
func (nowhere) Place() (geo.Point, bool) { return geo.Point{}, false }

// everybodys is part of entities without a place that belong to no area.
type everybodys struct{ nowhere }

// In returns no area.
func (everybodys) In() string { return "" }

// State is what is so: the newest of everything a wall needs (called Live in
// the design). The zero value is not usable; see New. A State belongs to one
// goroutine.
type State struct {
	pos  Position
	seen Time

	vessels   *table.Table[Vessel]
	aids      *table.Table[Aid]
	bases     *table.Table[Base]
	stations  *table.Table[Station]
	cameras   *table.Table[Camera]
	reports   *table.Table[Report]
	figures   *table.Table[Figure]
	areas     *table.Table[Area]
	agencies  *table.Table[Agency]
	walls     *table.Table[Wall]
	scenes    *table.Table[Scene]
	alerts    *table.Table[Alert]
	sources   *table.Table[SourceStatus]
	clips     *table.Table[Clip]
	fences    *table.Table[Fence]
	drawings  *table.Table[Drawing]
	mapViews  *table.Table[MapView]
	layers    *table.Table[Layer]
	popups    *table.Table[Popup]
	locks     *table.Table[Lock]
	nodes     *table.Table[Node]
	schedules *table.Table[Schedule]
	domains   *table.Table[Domain]
	tables    *table.Set // all of them
}

// New returns an empty state before the first event of the epoch.
func New(epoch uint64) *State {
	s := &State{
		pos:       Position{Epoch: epoch},
		vessels:   newTable[Vessel](KindVessel),
		aids:      newTable[Aid](KindAid),
		bases:     newTable[Base](KindBase),
		stations:  newTable[Station](KindStation),
		cameras:   newTable[Camera](KindCamera),
		reports:   newTable[Report](KindReport),
		figures:   newTable[Figure](KindFigure),
		areas:     newTable[Area](KindArea),
		agencies:  newTable[Agency](KindAgency),
		walls:     newTable[Wall](KindWall),
		scenes:    newTable[Scene](KindScene),
		alerts:    newTable[Alert](KindAlert),
		sources:   newTable[SourceStatus](KindSource),
		clips:     newTable[Clip](KindClip),
		fences:    newTable[Fence](KindFence),
		drawings:  newTable[Drawing](KindDrawing),
		mapViews:  newTable[MapView](KindMapView),
		layers:    newTable[Layer](KindLayer),
		popups:    newTable[Popup](KindPopup),
		locks:     newTable[Lock](KindLock),
		nodes:     newTable[Node](KindNode),
		schedules: newTable[Schedule](KindSchedule),
		domains:   newTable[Domain](KindDomain),
	}
	// The order is that of snapshots.
	s.tables = table.NewSet(
		s.vessels, s.aids, s.bases, s.stations, s.cameras, s.reports, s.figures,
		s.areas, s.agencies, s.walls, s.scenes, s.alerts, s.sources, s.clips,
		s.fences, s.drawings, s.mapViews, s.layers,
		s.popups, s.locks, s.nodes, s.schedules, s.domains,
	)
	return s
}

func newTable[E Entity](kind string) *table.Table[E] {
	return table.New(kind, func(e E) string { return e.Ref().ID() })
}

// At returns the position of the last event applied.
func (s *State) At() Position { return s.pos }

// Seen returns when the last event applied was learnt: the state's own clock.
func (s *State) Seen() Time { return s.seen }

// Apply brings the state past event e, which must be the next one. An event
// out of turn or one that names no entity is an error; in the second case the
// event counts as applied and the state is otherwise unchanged.
func (s *State) Apply(e Event) (Change, error) {
	if e.Seq != s.pos.Seq+1 {
		return Change{}, fmt.Errorf("world: event %d after %d: the history has a gap", e.Seq, s.pos.Seq)
	}
	return s.apply(e)
}

func (s *State) apply(e Event) (Change, error) {
	s.pos.Seq = e.Seq
	s.seen = max(s.seen, e.Seen)
	if e.Body == nil {
		return Change{Event: e}, fmt.Errorf("world: event %d has no body", e.Seq)
	}
	ref, effect, err := e.Body.apply(s, &e)
	if err != nil {
		return Change{Event: e}, fmt.Errorf("world: event %d, %s: %w", e.Seq, e.Body.Kind(), err)
	}
	return Change{Event: e, Ref: ref, Effect: effect}, nil
}

// Entity returns the entity of that name.
func (s *State) Entity(r Ref) (Entity, bool) {
	t := s.tables.Of(r.Kind())
	if t == nil {
		return nil, false
	}
	v, _ := t.Lookup(r.ID())
	e, ok := v.(Entity)
	return e, ok
}

// Entities yields every entity of the kind, or of every kind when kind is
// empty, in no particular order.
func (s *State) Entities(kind string) iter.Seq[Entity] {
	return func(yield func(Entity) bool) {
		each := func(v any) bool {
			e, ok := v.(Entity)
			return !ok || yield(e)
		}
		if kind != "" {
			if t := s.tables.Of(kind); t != nil {
				t.Each(each)
			}
			return
		}
		for _, t := range s.tables.All() {
			if !t.Each(each) {
				return
			}
		}
	}
}

// Count returns the number of entities of the kind, or of all when empty.
func (s *State) Count(kind string) int {
	if kind == "" {
		return s.tables.Len()
	}
	if t := s.tables.Of(kind); t != nil {
		return t.Len()
	}
	return 0
}

// Vessel returns the vessel with the MMSI.
func (s *State) Vessel(mmsi string) (Vessel, bool) { return s.vessels.Get(mmsi) }

// Vessels yields all vessels in no particular order.
func (s *State) Vessels() iter.Seq[Vessel] { return s.vessels.All() }

// Station returns the monitoring station with the id.
func (s *State) Station(id string) (Station, bool) { return s.stations.Get(id) }

// Stations returns all monitoring stations by id.
func (s *State) Stations() []Station { return s.stations.Sorted() }

// Camera returns the camera with the id.
func (s *State) Camera(id string) (Camera, bool) { return s.cameras.Get(id) }

// Cameras returns all cameras by id.
func (s *State) Cameras() []Camera { return s.cameras.Sorted() }

// Report returns the citizen's report with the id.
func (s *State) Report(id string) (Report, bool) { return s.reports.Get(id) }

// Reports yields all reports in no particular order.
func (s *State) Reports() iter.Seq[Report] { return s.reports.All() }

// Figure returns the indicator with the id.
func (s *State) Figure(id string) (Figure, bool) { return s.figures.Get(id) }

// Figures returns all indicators by id.
func (s *State) Figures() []Figure { return s.figures.Sorted() }

// Area returns the administrative area with the id.
func (s *State) Area(id string) (Area, bool) { return s.areas.Get(id) }

// Areas returns all areas by id, past and future ones too.
func (s *State) Areas() []Area { return s.areas.Sorted() }

// Agency returns the agency with the id.
func (s *State) Agency(id string) (Agency, bool) { return s.agencies.Get(id) }

// Wall returns the wall with the id.
func (s *State) Wall(id string) (Wall, bool) { return s.walls.Get(id) }

// Walls returns all walls by id.
func (s *State) Walls() []Wall { return s.walls.Sorted() }

// Scene returns the scene with the id.
func (s *State) Scene(id string) (Scene, bool) { return s.scenes.Get(id) }

// Scenes returns all scenes by id.
func (s *State) Scenes() []Scene { return s.scenes.Sorted() }

// Alert returns the alert with the id.
func (s *State) Alert(id string) (Alert, bool) { return s.alerts.Get(id) }

// Alerts returns all alerts, worst first, then oldest first, then by id.
func (s *State) Alerts() []Alert {
	out := s.alerts.Sorted()
	slices.SortStableFunc(out, func(a, b Alert) int {
		if d := b.Severity.Rank() - a.Severity.Rank(); d != 0 {
			return d
		}
		return int(min(max(a.Since-b.Since, -1), 1))
	})
	return out
}

// Sources returns the health of all sources by name.
func (s *State) Sources() []SourceStatus { return s.sources.Sorted() }

// Clip returns the piece of recorded video with the id.
func (s *State) Clip(id string) (Clip, bool) { return s.clips.Get(id) }

// Clips yields all pieces of recorded video in no particular order.
func (s *State) Clips() iter.Seq[Clip] { return s.clips.All() }

// Fence returns the fence with the id.
func (s *State) Fence(id string) (Fence, bool) { return s.fences.Get(id) }

// Fences returns all fences by id.
func (s *State) Fences() []Fence { return s.fences.Sorted() }

// Drawings returns what operators drew on the map, by id.
func (s *State) Drawings() []Drawing { return s.drawings.Sorted() }

// MapViews returns the saved views of the map by id.
func (s *State) MapViews() []MapView { return s.mapViews.Sorted() }

// Layers returns the layers of features by id.
func (s *State) Layers() []Layer { return s.layers.Sorted() }

// Popup returns the popup with the id.
func (s *State) Popup(id string) (Popup, bool) { return s.popups.Get(id) }

// Popups returns all popups by id, those that wait too.
func (s *State) Popups() []Popup { return s.popups.Sorted() }

// Lock returns the lock of a tile of a wall.
func (s *State) Lock(wall, tile string) (Lock, bool) { return s.locks.Get(lockID(wall, tile)) }

// Locks returns all locks by wall and tile.
func (s *State) Locks() []Lock { return s.locks.Sorted() }

// Node returns the wall computer of that name.
func (s *State) Node(name string) (Node, bool) { return s.nodes.Get(name) }

// Nodes returns all wall computers by name.
func (s *State) Nodes() []Node { return s.nodes.Sorted() }

// Schedules returns all schedules by id.
func (s *State) Schedules() []Schedule { return s.schedules.Sorted() }

// Within reports whether area is root or lies below it in the tree. An empty
// root holds everything. A parent that was defined in a circle ends the search.
func (s *State) Within(area, root string) bool {
	if root == "" {
		return true
	}
	for range 32 {
		if area == root {
			return true
		}
		a, ok := s.areas.Get(area)
		if !ok || a.Parent == "" {
			return false
		}
		area = a.Parent
	}
	return false
}

func (s *State) drop(r Ref) bool {
	t := s.tables.Of(r.Kind())
	return t != nil && t.Remove(r.ID())
}
