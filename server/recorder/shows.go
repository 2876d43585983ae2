package recorder

import (
	"context"
	"slices"

	"iocwall/server/world"
)

// shown is what a wall showed from an instant on.
type shown struct {
	at world.Time
	world.Switch
}

// definition is how a wall was built from an instant on.
type definition struct {
	at world.Time
	world.WallDefined
}

// course is what became of one wall over a stretch of time, what was so at its
// beginning first.
type course struct {
	shows []shown
	built []definition
	// begins is when the wall first showed anything, zero for never.
	begins world.Time
	// next is from where on there is more than was read, zero for all.
	next world.Time
}

// mostShows bounds how many switches are read for one answer.
const mostShows = 1000

// course reads what became of a wall from one time to another.
func (r *Recorder) course(ctx context.Context, wall string, from, to world.Time) (course, error) {
	var c course
	r.mu.Lock()
	w := r.index.walls[wall]
	i, j := max(0, w.shown.last(from-latest)), w.shown.last(to)
	if len(w.shown.marks) > 0 {
		c.begins = w.shown.marks[0].at
	}
	if j-i >= mostShows {
		j = i + mostShows - 1
		c.next = w.shown.marks[j+1].at
	}
	a := &assembly{wall: wall, scenes: map[string]world.SceneSaved{}, prepared: map[uint64]world.WallPrepared{}}
	var spans []span
	if j >= i {
		spans = w.shown.spans(i, j)
	}
	k, l := w.defined.last(from-latest), w.defined.last(to)
	if len(w.defined.marks) > 0 {
		// What was shown before the first definition lay on the first one.
		spans = append(spans, w.defined.spans(max(k, 0), max(l, 0))...)
	}
	r.mu.Unlock()
	err := r.load(ctx, sorted(spans), func(e world.Event) error {
		a.note(&e)
		return nil
	})
	if err != nil {
		return c, err
	}
	if c.next != 0 {
		to = c.next - 1
	}
	c.shows, c.built = a.between(from-latest, to)
	return c, nil
}

// latest is by how much a computer may be late that shows what was before.
const latest = 30_000

// sorted puts spans in the order of the history.
func sorted(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int {
		if a.from != b.from {
			return compare(a.from, b.from)
		}
		return compare(a.to, b.to)
	})
	return spans
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// assembly puts what a wall showed together from the events that say so, in their
// order.
type assembly struct {
	wall     string
	shows    []shown
	built    []definition
	prepared map[uint64]world.WallPrepared
	// Of a wall that is not directed:
	scene  world.SceneShown
	since  world.Time
	scenes map[string]world.SceneSaved
}

func (a *assembly) note(e *world.Event) {
	switch b := e.Body.(type) {
	case world.WallDefined:
		if b.ID == a.wall {
			a.built = append(a.built, definition{at: e.Seen, WallDefined: b})
		}
	case world.WallPrepared:
		if b.Wall == a.wall {
			a.prepared[b.Generation] = b
		}
	case world.WallCommitted:
		if p, ok := a.prepared[b.Generation]; ok && b.Wall == a.wall {
			clear(a.prepared)
			a.add(shown{at: b.At, Switch: world.Switch{WallPrepared: p, At: b.At, Late: b.Late}})
		}
	case world.WallSwitched:
		if n := len(a.shows); n > 0 && b.Wall == a.wall && a.shows[n-1].Generation == b.Generation {
			s := &a.shows[n-1]
			s.Nodes, s.Skew, s.Took = b.Nodes, b.Skew, b.Took
		}
	case world.SceneSaved:
		a.scenes[b.ID] = b
		if b.ID == a.scene.Scene && !b.Removed {
			a.saved(e.Seen)
		}
	case world.SceneShown:
		if b.Wall == a.wall && !a.directed() {
			a.scene, a.since = b, e.Seen
			a.saved(e.Seen)
		}
	}
}

func (a *assembly) directed() bool {
	n := len(a.shows)
	return n > 0 && a.shows[n-1].Generation > 0
}

// saved is what a wall shows that is not directed: its scene as last saved.
func (a *assembly) saved(at world.Time) {
	sc, ok := a.scenes[a.scene.Scene]
	if !ok || a.directed() {
		return
	}
	s := shown{at: at, Switch: world.Switch{WallPrepared: world.WallPrepared{
		Wall: a.wall, Scene: sc.ID, Version: sc.Version, By: a.scene.By, Why: a.scene.Why,
	}, At: at}}
	for _, t := range sc.Tiles {
		s.Tiles = append(s.Tiles, world.Placed{Tile: t, Layer: world.LayerScene, From: sc.ID, By: a.scene.By, Why: a.scene.Why, Since: a.since})
	}
	a.add(s)
}

// add appends what was shown; what was to come later never did.
func (a *assembly) add(s shown) {
	for n := len(a.shows); n > 0 && a.shows[n-1].at > s.at; n = len(a.shows) {
		a.shows = a.shows[:n-1]
	}
	a.shows = append(a.shows, s)
}

// between cuts to what was so from one time to another.
func (a *assembly) between(from, to world.Time) ([]shown, []definition) {
	i, j := 0, len(a.shows)
	for i+1 < len(a.shows) && a.shows[i+1].at <= from {
		i++
	}
	for j > i && a.shows[j-1].at > to {
		j--
	}
	k, l := 0, len(a.built)
	for k+1 < len(a.built) && a.built[k+1].at <= from {
		k++
	}
	for l > k+1 && a.built[l-1].at > to {
		l--
	}
	return a.shows[i:j], a.built[k:l]
}
