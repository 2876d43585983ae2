// Package stage decides what of a wall the glass shows and when that changes: it
// follows the wall of the history, says what is to be prepared unseen, when the
// answer to the server is due, and at which instant of the server's clock the
// change happens. It is pure: it knows no windows, and time is an argument.
package stage

import (
	"iocwall/server/world"
)

// Patience is how long, in milliseconds, what is prepared may take before the
// computer says that it is ready without it.
const Patience = 1200

// Far is how far ahead, in milliseconds, the instant of a change can lie: beyond it
// one of the clocks is wrong, and the change happens at once.
const Far = 2000

// Stale is how long, in milliseconds, what is prepared is kept without a word of the
// server, who decides within seconds unless it is gone.
const Stale = 10000

// Show is what the glass shows, or will.
type Show struct {
	Epoch uint64
	Wall  string
	// Generation counts the switches of the wall; zero is a scene as it was saved.
	Generation uint64
	Scene      string
	Version    int
	// There is false for a wall that has nothing to show yet.
	There bool
	// Tiles are drawn in this order.
	Tiles []world.Placed
	// At is when it is to be seen, by the server's clock in milliseconds; zero while
	// nobody knows, and for a scene as it was saved.
	At world.Time
}

// same reports whether two are one and the same step of one wall.
func (s Show) same(o Show) bool {
	return s.Epoch == o.Epoch && s.Wall == o.Wall && s.Generation == o.Generation && s.There == o.There &&
		(s.Generation != 0 || s.Scene == o.Scene && s.Version == o.Version)
}

// Layout returns the tiles as a scene, for what lays scenes out.
func (s Show) Layout() world.SceneSaved {
	sc := world.SceneSaved{ID: s.Scene, Wall: s.Wall, Version: s.Version, Tiles: make([]world.Tile, len(s.Tiles))}
	for i := range s.Tiles {
		sc.Tiles[i] = s.Tiles[i].Tile
	}
	return sc
}

// Stage follows one wall. The zero value shows nothing.
type Stage struct {
	shown  Show
	coming Show
	begun  world.Time // when the coming one began to be prepared
	told   bool       // the server was told, or does not wait for it
	spent  bool       // the coming one is not kept ready any more
}

// Turn is what a client has to do.
type Turn struct {
	// Change says that Shown is another: all windows change now.
	Change bool
	// Prepare says that Coming is another, or none any more.
	Prepare bool
}

// Shown is what is on the glass.
func (s *Stage) Shown() Show { return s.shown }

// Coming is what is prepared, unseen; its There is false while there is none.
func (s *Stage) Coming() Show {
	if s.spent {
		return Show{}
	}
	return s.coming
}

// Follow takes the wall as it is now, with the scene it shows if that is known, and
// the server's clock. It is called after each change of the wall and when Next has
// come.
func (s *Stage) Follow(epoch uint64, w world.Wall, sc *world.Scene, now world.Time) Turn {
	var t Turn
	on := target(epoch, w, sc)
	if !on.same(s.shown) {
		// What is on the glass belongs to another history, or there is nothing yet:
		// there is no instant to wait for.
		first := s.shown.Epoch != on.Epoch || s.shown.Wall != on.Wall || !s.shown.There
		if on.At > now && on.At-now <= Far && !first {
			t.Prepare = s.expect(on, now)
			s.told = true
			return t
		}
		t.Change, t.Prepare = true, s.coming.There
		s.shown, s.coming, s.spent = on, Show{}, false
	}
	next := Show{}
	if w.Next.Generation != 0 {
		next = showOf(epoch, w.ID, w.Next)
	}
	if s.expect(next, now) {
		t.Prepare = true
	}
	if s.coming.There && !s.spent && now >= s.begun+Stale {
		s.spent, t.Prepare = true, true
	}
	return t
}

// expect sets what comes and reports whether it is another than before.
func (s *Stage) expect(next Show, now world.Time) bool {
	if next.same(s.coming) {
		s.coming.At = next.At
		again := s.spent && next.At != 0
		s.spent = s.spent && !again
		return again
	}
	s.coming, s.begun, s.told, s.spent = next, now, !next.There, false
	return true
}

// Ready reports, once for each generation, that the server is to be told that this
// computer is ready: all is there, or its time is over.
func (s *Stage) Ready(all bool, now world.Time) bool {
	if s.told || !all && now < s.begun+Patience {
		return false
	}
	s.told = true
	return true
}

// Abstain says that the server does not wait for this computer.
func (s *Stage) Abstain() { s.told = true }

// Next is when Follow or Ready are to be asked again, by the server's clock, zero
// when there is nothing to wait for.
func (s *Stage) Next() world.Time {
	switch {
	case !s.coming.There || s.spent:
		return 0
	case s.coming.At != 0:
		return s.coming.At
	case !s.told:
		return s.begun + Patience
	}
	return s.begun + Stale
}

// target is what the wall shows by the history.
func target(epoch uint64, w world.Wall, sc *world.Scene) Show {
	if w.On.Generation != 0 {
		return showOf(epoch, w.ID, w.On)
	}
	s := Show{Epoch: epoch, Wall: w.ID}
	if sc == nil {
		return s
	}
	s.Scene, s.Version, s.There = sc.ID, sc.Version, true
	for _, t := range sc.Tiles {
		s.Tiles = append(s.Tiles, world.Placed{Tile: t, Layer: world.LayerScene, From: sc.ID, By: w.Shown.By, Why: w.Shown.Why, Since: w.Since})
	}
	return s
}

func showOf(epoch uint64, wall string, w world.Switch) Show {
	return Show{
		Epoch: epoch, Wall: wall, Generation: w.Generation, Scene: w.Scene, Version: w.Version,
		There: true, Tiles: w.Tiles, At: w.At,
	}
}
