package stage

import (
	"testing"

	"iocwall/server/world"
)

// history is a wall as its events make it.
type history struct {
	t *testing.T
	s *world.State
}

func newHistory(t *testing.T) *history {
	h := &history{t, world.New(1)}
	h.add(world.WallDefined{ID: "w", Screens: []world.Screen{{ID: 1, W: 100, H: 50, PxW: 100, PxH: 50}}})
	h.add(world.SceneSaved{ID: "a", Wall: "w", Version: 1, Tiles: []world.Tile{{ID: "x", Kind: "clock", W: 10, H: 10}}})
	h.add(world.SceneShown{Wall: "w", Scene: "a", By: "mai"})
	return h
}

func (h *history) add(b world.Body) {
	h.t.Helper()
	if _, err := h.s.Apply(world.Event{Seq: h.s.At().Seq + 1, Observation: world.Observation{Time: world.Time(h.s.At().Seq + 1), Body: b}}); err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) follow(s *Stage, now world.Time) Turn {
	w, _ := h.s.Wall("w")
	var sc *world.Scene
	if x, ok := h.s.Scene(w.Shown.Scene); ok {
		sc = &x
	}
	return s.Follow(1, w, sc, now)
}

func (h *history) prepare(n uint64, tile string) {
	h.t.Helper()
	h.add(world.WallPrepared{Wall: "w", Generation: n, Scene: "a", Tiles: []world.Placed{{Tile: world.Tile{ID: tile, Kind: "clock", W: 10, H: 10}}}})
}

func (h *history) want(s *Stage, now world.Time, want Turn, shown, coming uint64) {
	h.t.Helper()
	if got := h.follow(s, now); got != want || s.Shown().Generation != shown || s.Coming().Generation != coming {
		h.t.Errorf("at %d: %+v, shows %d, coming %d; want %+v, %d, %d", now, got, s.Shown().Generation, s.Coming().Generation, want, shown, coming)
	}
}

func TestSceneAsSaved(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.want(s, 1000, Turn{Change: true}, 0, 0)
	if sh := s.Shown(); !sh.There || len(sh.Tiles) != 1 || sh.Tiles[0].By != "mai" || len(sh.Layout().Tiles) != 1 {
		t.Errorf("shows %+v", sh)
	}
	h.want(s, 1100, Turn{}, 0, 0)
	h.add(world.SceneSaved{ID: "a", Wall: "w", Version: 2})
	h.want(s, 1200, Turn{Change: true}, 0, 0)
}

func TestChangesAtTheInstant(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 1000)
	h.prepare(1, "b")
	h.want(s, 2000, Turn{Prepare: true}, 0, 1)
	h.want(s, 2100, Turn{}, 0, 1)
	if s.Ready(false, 2100) || s.Next() != 3200 {
		t.Errorf("ready before anything is there; next look at %d", s.Next())
	}
	if !s.Ready(true, 2300) || s.Ready(true, 2301) {
		t.Error("the server is told once, when all is there")
	}
	h.add(world.WallCommitted{Wall: "w", Generation: 1, At: 2500})
	h.want(s, 2400, Turn{}, 0, 1)
	h.want(s, 2499, Turn{}, 0, 1)
	if s.Next() != 2500 {
		t.Errorf("next look at %d", s.Next())
	}
	h.want(s, 2500, Turn{Change: true, Prepare: true}, 1, 0)
	h.want(s, 2501, Turn{}, 1, 0)
	if s.Next() != 0 || s.Shown().Tiles[0].ID != "b" {
		t.Errorf("then: %+v, next %d", s.Shown(), s.Next())
	}
}

func TestReadyWhenPatienceEnds(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 1000)
	h.prepare(1, "b")
	h.follow(s, 2000)
	if s.Ready(false, 2000+Patience-1) || !s.Ready(false, 2000+Patience) {
		t.Error("patience is not kept")
	}
}

func TestSuperseded(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 1000)
	h.prepare(1, "b")
	h.follow(s, 2000)
	h.prepare(2, "c")
	h.want(s, 2100, Turn{Prepare: true}, 0, 2)
	if !s.Ready(true, 2200) {
		t.Error("the later one is not reported")
	}
	h.add(world.WallRefused{Wall: "w", Generation: 2, Reason: "no"})
	h.want(s, 2300, Turn{Prepare: true}, 0, 0)
	if s.Ready(true, 2400) || s.Next() != 0 {
		t.Error("a refused one is still prepared")
	}
}

func TestOneAfterTheOtherInOneBatch(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 1000)
	h.prepare(1, "b")
	h.add(world.WallCommitted{Wall: "w", Generation: 1, At: 2500})
	h.prepare(2, "c")
	h.want(s, 2400, Turn{Prepare: true}, 0, 1)
	if s.Ready(true, 2410) {
		t.Error("what is decided is not waited for")
	}
	h.want(s, 2500, Turn{Change: true, Prepare: true}, 1, 2)
	if !s.Ready(true, 2510) {
		t.Error("the next one is not reported")
	}
}

func TestLateAndFirst(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.prepare(1, "b")
	h.add(world.WallCommitted{Wall: "w", Generation: 1, At: 9000})
	h.want(s, 1000, Turn{Change: true}, 1, 0) // nothing was there: nothing to wait for
	h.prepare(2, "c")
	h.add(world.WallCommitted{Wall: "w", Generation: 2, At: 9500})
	h.want(s, 20_000, Turn{Change: true}, 2, 0) // back after a while
	w, _ := h.s.Wall("w")
	if turn := s.Follow(7, w, nil, 20_100); !turn.Change {
		t.Error("another history shows the old one's tiles")
	}
}

// TestNobodyWaits: a desk is never due for an answer that it does not give.
func TestNobodyWaits(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 1000)
	h.prepare(1, "b")
	h.follow(s, 2000)
	s.Abstain()
	if s.Ready(true, 2100) || s.Next() != 2000+Stale {
		t.Errorf("it answers, or is due at %d", s.Next())
	}
}

// TestServerGone: what is prepared is not kept ready for ever; when the server is back
// and has decided it is prepared again.
func TestServerGone(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 1000)
	h.prepare(1, "b")
	h.want(s, 2000, Turn{Prepare: true}, 0, 1)
	s.Ready(true, 2100)
	if s.Next() != 2000+Stale {
		t.Errorf("next look at %d", s.Next())
	}
	h.want(s, 2000+Stale, Turn{Prepare: true}, 0, 0)
	h.want(s, 2001+Stale, Turn{}, 0, 0)
	if s.Next() != 0 {
		t.Errorf("then it is due at %d", s.Next())
	}
	h.add(world.WallCommitted{Wall: "w", Generation: 1, At: 60_150})
	h.want(s, 60_000, Turn{Prepare: true}, 0, 1)
	h.want(s, 60_150, Turn{Change: true, Prepare: true}, 1, 0)
}

// TestClockIsWrong: a computer whose clock was set back does not wait for hours.
func TestClockIsWrong(t *testing.T) {
	h, s := newHistory(t), &Stage{}
	h.follow(s, 5_000_000)
	h.prepare(1, "b")
	h.add(world.WallCommitted{Wall: "w", Generation: 1, At: 5_000_150})
	h.want(s, 5_000_000, Turn{Prepare: true}, 0, 1)
	h.want(s, 1_400_000, Turn{Change: true, Prepare: true}, 1, 0)
}
