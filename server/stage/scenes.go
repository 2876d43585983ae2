package stage

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"iocwall/server/auth"
	"iocwall/server/scene"
	"iocwall/server/world"
)

const (
	// mostScenes and mostSchedules bound what is kept for all walls.
	mostScenes    = 500
	mostSchedules = 200
	mostPreset    = 9
	// thinnest is the least side of a place, in millimetres.
	thinnest = 1
)

// saveScene stores the next version of a scene, or removes it.
func (s *Stage) saveScene(ctx context.Context, id auth.Identity, sc world.SceneSaved) (Done, error) {
	if err := idOf("a scene", sc.ID); err != nil {
		return Done{}, err
	}
	var err error
	if !sc.Removed {
		if sc, err = s.tidy(sc); err != nil {
			return Done{}, err
		}
	}
	base, err := s.base(ctx, sc)
	if err != nil {
		return Done{}, err
	}
	var mine, stands world.SceneSaved
	var note string
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		was, there := st.Scene(sc.ID)
		if err := version("scene", sc.Version, was.Version, there, sc.Removed); err != nil {
			return nil, err
		}
		mine = sc
		mine.Version, mine.By = max(was.Version, base)+1, id.Name
		if sc.Removed {
			mine, err = removal(st, was, mine)
			return one(now, mine), err
		}
		if there && was.Wall != sc.Wall {
			return nil, refuse("scene.wall", "the scene \"{scene}\" belongs to the wall {wall}; give this one another id", "scene", sc.ID, "wall", was.Wall)
		}
		w, err := wallOf(st, sc.Wall)
		if err != nil {
			return nil, err
		}
		if err := first(fits(w.WallDefined, mine), visible(st, id, mine.Tiles, was.Tiles)); err != nil {
			return nil, err
		}
		if !there && st.Count(world.KindScene) >= mostScenes {
			return nil, refuse("scene.many", "there are {most} scenes already; remove one that is not needed", "most", mostScenes)
		}
		var out []world.Observation
		out, note = takePreset(now, st, mine)
		return append(out, one(now, mine)...), nil
	}, func(st *world.State) {
		got, _ := st.Scene(sc.ID)
		stands = got.SceneSaved
	})
	// The configuration may have been read at the same moment: the first in the
	// history stands.
	if err == nil && !mine.Removed && !reflect.DeepEqual(stands, mine) {
		err = refuse("scene.earlier", "{who} saved the scene a moment earlier; load it again", "who", stands.By)
	}
	return Done{Seq: seq, Note: note}, err
}

// tidy checks what can be checked of a scene without its wall.
func (s *Stage) tidy(sc world.SceneSaved) (world.SceneSaved, error) {
	if err := first(
		name("the scene", sc.Name),
		within("the key of the scene", float64(sc.Preset), 0, mostPreset),
	); err != nil {
		return sc, err
	}
	// More tiles than a scene may have are told of by scene.CheckScene.
	sc.Tiles = slices.Clone(sc.Tiles)
	for i, t := range sc.Tiles {
		if err := tileID(t.ID); err != nil {
			return sc, err
		}
		t, err := tile(t)
		if err != nil {
			return sc, err
		}
		sc.Tiles[i] = t
	}
	return sc, nil
}

// tileID checks a tile's id: any line of text of ours, but not one of those that
// the server makes.
func tileID(id string) error {
	if err := text("the id of a tile", id, 64); err != nil {
		return err
	}
	if scene.KeptID(id) || id == world.TestPattern {
		return refuse("tile.kept", "the id \"{id}\" of a tile is kept for what the server shows; take another", "id", id)
	}
	return nil
}

// base returns the version after which a scene that comes anew counts.
func (s *Stage) base(ctx context.Context, sc world.SceneSaved) (int, error) {
	if sc.Version != 0 || sc.Removed {
		return 0, nil
	}
	n, err := s.lastVersion(ctx, sc.ID)
	if err != nil {
		return 0, fmt.Errorf("stage: versions of the scene %s: %w", sc.ID, err)
	}
	return n, nil
}

// version checks that a change was made from what stands.
func version(what string, has, was int, there, removed bool) error {
	switch {
	case !there && removed:
		return refuse("gone", "there is no such {what} any more", "what", what)
	case !there && has != 0:
		return refuse("removed", "the {what} was removed meanwhile; save it as a new one", "what", what)
	case has != was:
		return refuse("changed", "the {what} was changed meanwhile (version {version}); load it again", "what", what, "version", was)
	}
	return nil
}

// removal checks that a scene can go.
func removal(st *world.State, was world.Scene, mine world.SceneSaved) (world.SceneSaved, error) {
	if w, ok := st.Wall(was.Wall); ok && (w.Shown.Scene == was.ID || w.On.Scene == was.ID || w.Next.Scene == was.ID) {
		return mine, refuse("scene.onwall", "the scene \"{scene}\" is on the wall {wall}; show another one first", "scene", was.ID, "wall", was.Wall)
	}
	for _, x := range st.Schedules() {
		if slices.Contains(x.Is.Scenes, was.ID) {
			return mine, refuse("scene.scheduled", "the schedule \"{schedule}\" shows the scene \"{scene}\"; take it out of there first", "schedule", x.Is.ID, "scene", was.ID)
		}
	}
	return world.SceneSaved{ID: was.ID, Wall: was.Wall, Name: was.Name, Version: mine.Version, By: mine.By, Removed: true}, nil
}

// fits checks the tiles and zones of a scene against its wall.
func fits(w world.WallDefined, sc world.SceneSaved) error {
	if ps := scene.CheckScene(w, sc); len(ps) > 0 {
		return &RefusedError{ps[0].Refusal()}
	}
	for _, t := range sc.Tiles {
		if err := placed(fmt.Sprintf("tile %q", t.ID), t.X, t.Y, t.W, t.H); err != nil {
			return err
		}
	}
	var whole scene.Rect
	whole.X, whole.Y, whole.W, whole.H = scene.Bounds(w)
	for _, z := range sc.Zones {
		what := fmt.Sprintf("zone %q", clip(z.ID))
		if err := first(
			idOf("a zone", z.ID),
			text("the name of "+what, z.Name, longestName),
			placed(what, z.X, z.Y, z.W, z.H),
		); err != nil {
			return err
		}
		if !whole.Holds(scene.RectOfZone(z)) {
			return refuse("zone.beyond", "{what} reaches beyond the wall {wall}; lay it on its screens", "what", what, "wall", w.ID)
		}
	}
	return nil
}

// visible checks that somebody puts no camera on a wall that is not theirs to see.
// Those that were there before may stay.
func visible(st *world.State, id auth.Identity, tiles, before []world.Tile) error {
	for _, t := range tiles {
		name := cmp.Or(t.Param("camera"), t.Param("id"))
		c, there := st.Camera(name)
		if t.Kind != "camera" || !there || id.Sees(st, c.Area) {
			continue
		}
		if !slices.ContainsFunc(before, func(b world.Tile) bool { return b.Kind == t.Kind && cmp.Or(b.Param("camera"), b.Param("id")) == name }) {
			return refuse("tile.camera", "tile \"{tile}\": there is no camera \"{camera}\"", "tile", clip(t.ID), "camera", clip(name))
		}
	}
	return nil
}

// placed checks a place in wall millimetres.
func placed(what string, x, y, w, h float64) error {
	return first(
		within("the left edge of "+what, x, -farthest, farthest), within("the top edge of "+what, y, -farthest, farthest),
		within("the width of "+what, w, thinnest, farthest), within("the height of "+what, h, thinnest, farthest),
	)
}

// takePreset takes the key of a scene from the one that had it, and says so.
func takePreset(now world.Time, st *world.State, mine world.SceneSaved) ([]world.Observation, string) {
	if mine.Preset == 0 {
		return nil, ""
	}
	for _, o := range st.Scenes() {
		if o.Wall == mine.Wall && o.ID != mine.ID && o.Preset == mine.Preset {
			b := o.SceneSaved
			b.Preset, b.Version, b.By = 0, b.Version+1, mine.By
			return one(now, b), fmt.Sprintf("the key %d was that of the scene %q and is so no more", mine.Preset, o.ID)
		}
	}
	return nil, ""
}

// longestDwell bounds how long a scene of several stays, leastDwell how short, in
// milliseconds.
const (
	leastDwell   = 5 * 1000
	longestDwell = 24 * 3600 * 1000
)

// saveSchedule stores the next version of a schedule, or removes it.
func (s *Stage) saveSchedule(ctx context.Context, id auth.Identity, x world.ScheduleSaved) (Done, error) {
	if err := idOf("a schedule", x.ID); err != nil {
		return Done{}, err
	}
	if !x.Removed {
		if err := timetable(x); err != nil {
			return Done{}, err
		}
	}
	var mine, stands world.ScheduleSaved
	find := func(st *world.State) (world.ScheduleSaved, bool) {
		e, _ := st.Entity(world.NewRef(world.KindSchedule, x.ID))
		got, there := e.(world.Schedule)
		return got.Is, there
	}
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		was, there := find(st)
		if err := version("schedule", x.Version, was.Version, there, x.Removed); err != nil {
			return nil, err
		}
		mine = x
		if x.Removed {
			mine = was
			mine.Removed = true
		}
		mine.Version, mine.By = was.Version+1, id.Name
		if x.Removed {
			return one(now, mine), nil
		}
		if _, err := wallOf(st, x.Wall); err != nil {
			return nil, err
		}
		if !there && st.Count(world.KindSchedule) >= mostSchedules {
			return nil, refuse("schedule.many", "there are {most} schedules already; remove one that is not needed", "most", mostSchedules)
		}
		for _, sc := range x.Scenes {
			if got, ok := st.Scene(sc); !ok || got.Wall != x.Wall {
				return nil, refuse("scene.unknown", "the wall {wall} has no scene \"{scene}\"", "wall", x.Wall, "scene", clip(sc))
			}
		}
		return one(now, mine), nil
	}, func(st *world.State) { stands, _ = find(st) })
	if err == nil && !mine.Removed && !reflect.DeepEqual(stands, mine) {
		err = refuse("schedule.earlier", "{who} saved the schedule a moment earlier; load it again", "who", stands.By)
	}
	return Done{Seq: seq}, err
}

// timetable checks what can be checked of a schedule by itself.
func timetable(x world.ScheduleSaved) error {
	days := world.ScheduleDays()
	for i, d := range x.Days {
		switch {
		case !slices.Contains(days, d):
			return refuse("schedule.day", "there is no day \"{day}\"; write {list}", "day", clip(d), "list", strings.Join(days, ", "))
		case slices.Contains(x.Days[:i], d):
			return refuse("schedule.daytwice", "the day {day} is there twice", "day", d)
		}
	}
	if len(x.Scenes) == 0 {
		return refuse("schedule.empty", "the schedule names no scene; name those that are shown in turn")
	}
	err := first(
		name("the schedule", x.Name),
		counted("the scenes of the schedule", len(x.Scenes), 50),
		within("the first minute of the schedule", float64(x.From), 0, 24*60-1),
		within("the last minute of the schedule", float64(x.To), 0, 24*60),
		within("the priority of the schedule", float64(x.Priority), 0, mostPriority),
	)
	if err == nil && (len(x.Scenes) > 1 && x.Dwell < leastDwell || x.Dwell < 0 || x.Dwell > longestDwell) {
		err = refuse("schedule.dwell", "each scene stays for {seconds} seconds; write 5 seconds to 24 hours", "seconds", float64(x.Dwell)/1000)
	}
	return err
}
