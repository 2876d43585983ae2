package stage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/scene"
	"iocwall/server/world"
)

const (
	mostWalls   = 16
	mostScreens = 256
	// mostPixels bounds a panel's side, longestOutput the name of an output.
	mostPixels    = 32768
	longestOutput = 64
	// longestTest bounds a test picture, usualTest is how long one is shown when
	// nothing is said, in seconds.
	longestTest = 3600
	usualTest   = 60
	// named is how many things of a list a refusal names.
	named = 5
)

// saveWall changes the screens of a wall, or hangs up another one. Of two people who
// change the same wall the second is told of the first.
func (s *Stage) saveWall(ctx context.Context, id auth.Identity, w world.WallDefined, from world.Time) (Done, error) {
	if err := panels(w); err != nil {
		return Done{}, err
	}
	w.By = id.Name
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		was, there := st.Wall(w.ID)
		if from != 0 && (!there || was.Defined != from) {
			return nil, refuse("wall.changed", "{who} changed the wall {wall} meanwhile; look at it and change it again", "who", cmp.Or(was.By, "somebody"), "wall", w.ID)
		}
		if !there && st.Count(world.KindWall) >= mostWalls {
			return nil, refuse("wall.many", "there are {most} walls already", "most", mostWalls)
		}
		var lost []string
		for _, sc := range st.Scenes() {
			if sc.Wall != w.ID {
				continue
			}
			for _, t := range sc.Tiles {
				if !somewhere(w, scene.RectOf(t)) {
					lost = append(lost, fmt.Sprintf("%s of the scene %s", t.ID, sc.ID))
				}
			}
			for _, z := range sc.Zones {
				if !somewhere(w, scene.RectOfZone(z)) {
					lost = append(lost, fmt.Sprintf("the zone %s of the scene %s", z.ID, sc.ID))
				}
			}
		}
		if len(lost) > 0 {
			return nil, refuse("wall.lost", "these would lie on no screen any more: {things}; move them first", "things", list(lost))
		}
		return one(now, w), nil
	}, nil)
	return Done{Seq: seq}, err
}

// list names some things and counts the others.
func list(names []string) string {
	if more := len(names) - named; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:named], ", "), more)
	}
	return strings.Join(names, ", ")
}

// somewhere reports whether a place lies on a screen of the wall, in whole or in part.
func somewhere(w world.WallDefined, r scene.Rect) bool {
	return slices.ContainsFunc(w.Screens, func(sc world.Screen) bool { return scene.RectOfScreen(sc).Overlaps(r) })
}

// on reports whether more than an edge of a tile lies on a screen.
func on(sc world.Screen, t world.Tile) bool {
	return scene.RectOfScreen(sc).Overlaps(scene.RectOf(t))
}

// panels checks a wall by itself.
func panels(w world.WallDefined) error {
	if err := first(
		idOf("a wall", w.ID), name("the wall", w.Name), counted("the screens of the wall", len(w.Screens), mostScreens),
		within("the distance of the seats", w.Seat, 0, farthest),
	); err != nil {
		return err
	}
	driven := map[string]int{}
	for _, sc := range w.Screens {
		what := fmt.Sprintf("screen %d", sc.ID)
		if err := first(
			within("the number of a screen", float64(sc.ID), 1, 9999),
			placed(what, sc.X, sc.Y, sc.W, sc.H),
			within("the pixels across of "+what, float64(sc.PxW), 1, mostPixels), within("the pixels down of "+what, float64(sc.PxH), 1, mostPixels),
			text("the output of "+what, sc.Output, longestOutput),
		); err != nil {
			return err
		}
		if sc.Node != "" {
			if err := idOf("a computer", sc.Node); err != nil {
				return err
			}
		}
		if sc.Output == "" {
			continue
		}
		if sc.Node == "" {
			return refuse("screen.nocomputer", "{what} has an output and no computer; name the computer that it belongs to", "what", what)
		}
		if other, there := driven[sc.Node+"/"+sc.Output]; there {
			return refuse("screen.output", "the output {output} of {node} drives screen {screen} already; {what} needs one of its own", "output", sc.Output, "node", sc.Node, "screen", other, "what", what)
		}
		driven[sc.Node+"/"+sc.Output] = sc.ID
	}
	if ps := scene.Check(w); len(ps) > 0 {
		return &RefusedError{ps[0].Refusal()}
	}
	return nil
}

// test shows a test picture on a wall, or ends it.
func (s *Stage) test(ctx context.Context, id auth.Identity, a act.TestWall) (Done, error) {
	pictures := []string{world.TestIdentify, world.TestPattern}
	switch {
	case a.Picture != "" && !slices.Contains(pictures, a.Picture):
		return Done{}, refuse("test.unknown", "there is no test picture \"{picture}\"; there are {list}", "picture", clip(a.Picture), "list", strings.Join(pictures, " and "))
	case a.Seconds < 0 || a.Seconds > longestTest:
		return Done{}, refuse("test.span", "a test picture is shown for 1 to {most} seconds, not {n}", "most", longestTest, "n", a.Seconds)
	case a.Seconds == 0:
		a.Seconds = usualTest
	}
	seq, err := s.change(ctx, id, func(now world.Time, st *world.State) ([]world.Observation, error) {
		if _, err := wallOf(st, a.Wall); err != nil {
			return nil, err
		}
		b := world.WallTested{Wall: a.Wall, Picture: a.Picture, By: id.Name}
		if a.Picture != "" {
			b.Until = now + world.Time(a.Seconds)*1000
		}
		return one(now, b), nil
	}, nil)
	return Done{Seq: seq}, err
}
