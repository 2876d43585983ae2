package stage

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/director"
	"iocwall/server/world"
)

// still is a history in which nothing comes to pass: no computer ever answers.
type still struct {
	st *world.State
	d  *director.Director
}

func newStill(t *testing.T, bodies ...world.Body) *still {
	t.Helper()
	s := &still{st: world.New(1)}
	for _, b := range bodies {
		s.apply(t, b)
	}
	s.d, _ = director.New(s.st, s.now(), director.Options{})
	return s
}

func (s *still) now() world.Time { return world.TimeOf(time.Now()) }

func (s *still) apply(t *testing.T, b world.Body) {
	t.Helper()
	if _, err := s.st.Apply(world.Event{Seq: s.st.At().Seq + 1, Seen: s.now(), Observation: world.Observation{Time: s.now(), Body: b}}); err != nil {
		t.Fatal(err)
	}
}

func (s *still) Ask(_ context.Context, q core.Request) (uint64, error) {
	obs, err := q.Decide(s.now(), s.st)
	if err == nil && q.After != nil {
		q.After(s.st)
	}
	return uint64(len(obs)), err
}

func (s *still) Direct(_ context.Context, _ string, f func(world.Time, *world.State, *director.Director) ([]world.Observation, error)) (uint64, error) {
	obs, err := f(s.now(), s.st, s.d)
	return uint64(len(obs)), err
}

func (s *still) Call(_ context.Context, f func(*world.State)) error {
	f(s.st)
	return nil
}

// Whoever switches a wall that does not answer is told so after 3.5 s.
func TestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newStill(t,
			world.WallDefined{ID: "main", Screens: []world.Screen{{ID: 1, W: 100, H: 100, PxW: 10, PxH: 10, Node: "pc-01"}}},
			world.SceneSaved{ID: "a", Wall: "main", Version: 1, Tiles: []world.Tile{{ID: "t", Kind: "map", W: 100, H: 100}}},
			world.NodeLinked{Node: "pc-01", Up: true})
		s, err := New(Options{History: h})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = s.Do(t.Context(), auth.Identity{Token: "1", Name: "Mai", Role: auth.Operator}, act.ShowScene{Wall: "main", Scene: "a"})
		var refused *RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "3.5 seconds") || time.Since(began) != patience {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		// Who goes away is not waited for.
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err = s.Do(ctx, auth.Identity{Name: "Mai", Role: auth.Operator}, act.ShowScene{Wall: "main", Scene: "a"}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}

// A computer may say much at once and little for long.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pace
		allowed := func(node, what string, times int) (n int) {
			for range times {
				if p.allow(node, what, time.Now()) == nil {
					n++
				}
			}
			return n
		}
		if n := allowed("pc-01", "node.tiles", 100); n != 10 {
			t.Errorf("%d at once", n)
		}
		if n := allowed("pc-02", "node.tiles", 100); n != 10 {
			t.Errorf("%d of another computer", n)
		}
		if n := allowed("pc-01", "node.ready", 100); n != 50 {
			t.Errorf("%d answers at once", n)
		}
		time.Sleep(3 * time.Second)
		if n := allowed("pc-01", "node.tiles", 100); n != 3 {
			t.Errorf("%d three seconds later", n)
		}
		time.Sleep(time.Hour)
		if n := allowed("pc-01", "node.tiles", 100); n != 10 {
			t.Errorf("%d an hour later", n)
		}
	})
}

// Every act says what it is about, for the audit.
func TestObject(t *testing.T) {
	for a, want := range map[act.Act]string{
		act.ShowScene{Wall: "main", Scene: "a"}:        "main a",
		act.LockTile{Wall: "main", Screen: 4}:          "main screen 4",
		act.UnlockTile{Wall: "main", Tile: "t"}:        "main t",
		act.TestWall{Wall: "main", Picture: "pattern"}: "main pattern",
		act.ClosePopup{Popup: "p"}:                     "p",
		act.ReportReady{Wall: "main"}:                  "main",
		act.ReportSwitched{Wall: "main"}:               "main",
		act.UndoScene{Wall: "main"}:                    "main",
		act.FollowSchedule{Wall: "main"}:               "main",
		act.AcknowledgeAlert{Alert: "x"}:               "",
	} {
		if got := Object(a); got != want {
			t.Errorf("%s: %q, want %q", a.Act(), got, want)
		}
	}
}

// Whatever a computer or a program sends, an act is done or refused, in words that
// can be written down.
func FuzzDo(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","act":"scene.save","args":{"scene":{"id":"x","wall":"main","name":"X","tiles":[{"id":"t","kind":"map","x":0,"y":0,"w":10,"h":10}],"zones":[{"id":"z","w":50,"h":50}]}}}`,
		`{"id":"1","act":"wall.save","args":{"wall":{"id":"main","name":"M","screens":[{"id":1,"w":1e308,"h":-1,"pxW":1,"pxH":1}]}}}`,
		`{"id":"1","act":"popup.open","args":{"popup":{"wall":"main","tiles":[{"kind":"note","params":[{"key":"text","value":"\u0000"}]}],"limit":5}}}`,
		`{"id":"1","act":"tile.lock","args":{"wall":"main","tile":"t","minutes":7}}`,
		`{"id":"1","act":"node.report","args":{"report":{"node":"pc-01","cpu":1e99,"monitors":[{"output":"\n"}]}}}`,
		`{"id":"1","act":"node.tiles","args":{"seen":{"node":"pc-01","wall":"main","tiles":[{"tile":"t","state":"live","since":-1}]}}}`,
		`{"id":"1","act":"schedule.save","args":{"schedule":{"id":"s","name":"S","wall":"main","scenes":["a"],"from":-1}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var c act.Command
		if c.UnmarshalJSON(raw) != nil || c.Act.Act() == "scene.show" || c.Act.Act() == "scene.undo" {
			return // a switch waits for the wall
		}
		h := newStill(t,
			world.WallDefined{ID: "main", Screens: []world.Screen{{ID: 1, W: 100, H: 100, PxW: 10, PxH: 10, Node: "pc-01"}}},
			world.SceneSaved{ID: "a", Wall: "main", Version: 1, Tiles: []world.Tile{{ID: "t", Kind: "map", W: 100, H: 100}}})
		s, err := New(Options{History: h})
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []auth.Identity{{Token: "1", Name: "Mai", Role: auth.Administrator}, {Token: "2", Name: "pc-01", Role: auth.Node}} {
			if _, err := s.Do(t.Context(), id, c.Act); err != nil && (len(err.Error()) > 2000 || utf8.ValidString(string(raw)) && !utf8.ValidString(err.Error())) {
				t.Errorf("%q", err)
			}
		}
	})
}
