package stage

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"iocwall/server/act"
	"iocwall/server/auth"
	"iocwall/server/core"
	"iocwall/server/scene"
	"iocwall/server/world"
)

// ledger is a history that applies what it is told and counts its bytes.
type ledger struct {
	*still
	t      *testing.T
	events map[string]int
	bytes  int
}

func (l *ledger) Ask(_ context.Context, q core.Request) (uint64, error) {
	obs, err := q.Decide(l.now(), l.st)
	for _, o := range obs {
		e := world.Event{Seq: l.st.At().Seq + 1, Seen: l.now(), Source: q.Source, Observation: o}
		if _, err := l.st.Apply(e); err != nil {
			l.t.Error(err)
		}
		raw, err := world.EncodeEvent(&e)
		if err != nil {
			l.t.Error(err)
		}
		l.events[o.Body.Kind()]++
		l.bytes += len(raw)
	}
	if err == nil && q.After != nil {
		q.After(l.st)
	}
	return 0, err
}

// newLedger is a wall of 27 screens and twelve computers, each of which shows
// eighteen tiles.
func newLedger(t *testing.T) (*ledger, *Stage) {
	t.Helper()
	w := scene.Grid{
		ID: "main", Columns: 9, Rows: 3, PanelW: 1217.6, PanelH: 684.9, PxW: 1920, PxH: 1080,
		PerNode: []int{2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 2}, NodeFormat: "pc-%02d",
	}.Wall()
	l := &ledger{still: newStill(t, w), t: t, events: map[string]int{}}
	s, err := New(Options{History: l})
	if err != nil {
		t.Fatal(err)
	}
	return l, s
}

func (l *ledger) tell(s *Stage, node int, a func(name string) act.Act) {
	l.t.Helper()
	name := fmt.Sprintf("pc-%02d", node)
	if _, err := s.Do(l.t.Context(), auth.Identity{Token: "0123456789abcdef", Name: name, Role: auth.Node}, a(name)); err != nil {
		l.t.Error(err)
	}
}

func health(minute, node int) func(string) act.Act {
	return func(name string) act.Act {
		r := world.NodeReported{
			Node: name, Version: "v1.4.0-12-g0a725bc", Started: 1, Memory: int64(400+(minute*7+node)%40) << 20, CPU: 0.3 + float64((minute*13+node)%20)/100,
			Pictures: "Intel UHD 770, packed pictures in shaders, 8 threads",
		}
		for i := range 3 {
			r.Monitors = append(r.Monitors, world.Monitor{Output: fmt.Sprintf("HDMI-%d", i+1), X: 1920 * i, PxW: 1920, PxH: 1080, W: 1217, H: 684})
		}
		for _, codec := range []string{"h264", "h265"} {
			r.Budget = append(r.Budget, world.Decoding{Codec: codec, Width: 1920, Height: 1080, FPS: 25, Streams: 17.25})
		}
		return act.ReportNode{Report: r}
	}
}

func tiles(state string, since world.Time) func(string) act.Act {
	return func(name string) act.Act {
		seen := world.TilesSeen{Node: name, Wall: "main"}
		for i := range 18 {
			seen.Tiles = append(seen.Tiles, world.TileSeen{Tile: fmt.Sprintf("camera-%02d", i), State: "live", Since: since})
		}
		seen.Tiles[3].State = state
		return act.ReportTiles{Seen: seen}
	}
}

// A wall on which nothing happens writes next to nothing, though its computers say
// every minute how they are.
func TestIdleWallsWriteLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(t)
		start := l.now()
		for minute := range 60 {
			for n := 1; n <= 12; n++ {
				l.tell(s, n, health(minute, n))
				l.tell(s, n, tiles("live", start))
			}
			time.Sleep(time.Minute)
		}
		t.Logf("%v, %.2f MB a day", l.events, float64(l.bytes)*24/1e6)
		if day := l.bytes * 24; day > 5e6 {
			t.Errorf("%.1f MB a day", float64(day)/1e6)
		}
	})
}

// A camera that comes and goes all the time is not written down each time; how it is
// at the end is known within a minute or so.
func TestFlickerWritesLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, s := newLedger(t)
		states := []string{"late", "live"}
		for i := range 1800 {
			l.tell(s, 1, tiles(states[i%2], l.now()))
			if i%30 == 0 {
				l.tell(s, 1, health(0, 1))
			}
			time.Sleep(2 * time.Second)
		}
		if n := l.events["tiles.seen"]; n > flickerBurst+3600/20+5 {
			t.Errorf("%d of 1800 words in an hour", n)
		}
		end := l.now()
		l.tell(s, 1, tiles("broken", end))
		time.Sleep(time.Minute)
		l.tell(s, 1, health(0, 1))
		n, _ := l.st.Node("pc-01")
		if n.Seen.Tiles[3].State != "broken" {
			t.Errorf("at last it is %q", n.Seen.Tiles[3].State)
		}
		// As it was before: what waited is not told any more.
		l.tell(s, 1, tiles("broken", end))
		if len(s.pace.held) != 0 {
			t.Errorf("held %v", s.pace.held)
		}
	})
}
