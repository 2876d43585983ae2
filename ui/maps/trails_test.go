package maps

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"

	"iocwall/geo"
	"iocwall/server/world"
	"iocwall/server/world/track"
)

// heard is a server that keeps what it heard of vessels.
type heard struct {
	mu    sync.Mutex
	of    map[string]track.Points
	asked int
}

func (s *heard) add(at world.Time, b world.VesselPosition) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, _ := track.NewPoint(at.Std(), b.Pos)
	if s.of == nil {
		s.of = map[string]track.Points{}
	}
	s.of[b.MMSI] = s.of[b.MMSI].With(p)
}

func (s *heard) tracks(_ context.Context, q track.Question) (track.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	out := track.Answer{Tracks: map[string]track.Points{}}
	for _, id := range q.IDs {
		for _, p := range s.of[id] {
			if p.At >= q.Since {
				out.Tracks[id] = append(out.Tracks[id], p)
			}
		}
	}
	return out, nil
}

// TestTrailsAcrossABezel: a computer that was started late, or whose connection was
// cut, draws the trails that its neighbour draws, who was there all the time.
func TestTrailsAcrossABezel(t *testing.T) {
	server := &heard{}
	link := world.Link{Up: true, Since: ago(time.Hour)}
	changed := make(chan struct{}, 100)
	first := newHistory(t, Options{})
	view := first.m.Open(param("bounds", coastBounds)).View(first.s, 1600, 1000)
	sail := func(on *history, n int) {
		b := world.VesselPosition{MMSI: "574000001", Pos: view.Point(float64(300+5*n), 400), Speed: 5, Course: 90, Heading: 90}
		at := ago(20*time.Minute - time.Duration(n)*23*time.Second)
		if on == first {
			server.add(at, b)
		}
		on.add(at, b)
	}
	trail := func(on *history) []geo.Point {
		return on.m.Open(param("bounds", coastBounds)).Picture(on.now(view)).Frame.Vessels[0].Trail
	}
	for n := range 30 {
		sail(first, n)
	}
	// The second begins with the state as it is, and not with what led to it.
	second := &history{t: t, s: world.New(1), m: newMaps(t, "vi", Options{
		Tracks: server.tracks, Link: func() world.Link { return link }, Changed: func() { changed <- struct{}{} },
	})}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- second.m.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	same := func(when string) {
		t.Helper()
		version := second.m.Version()
		if got, want := trail(second), trail(first); reflect.DeepEqual(got, want) {
			t.Fatalf("%s: nothing was missing", when)
		}
		select {
		case <-changed:
		case <-time.After(time.Minute):
			t.Fatal(when + ": the server was not asked")
		}
		if got, want := trail(second), trail(first); !reflect.DeepEqual(got, want) || len(want) < 10 || second.m.Version() == version {
			t.Errorf("%s: the trail has %d points, that of the neighbour %d", when, len(got), len(want))
		}
	}
	sail(second, 29)
	same("after a start")
	for n := 30; n < 40; n++ {
		sail(first, n)
	}
	link.Since = ago(5 * time.Minute)
	sail(second, 39) // a connection goes on with the newest alone
	same("after a cut")
	trail(second)
	if server.mu.Lock(); server.asked != 2 {
		t.Errorf("the server was asked %d times", server.asked)
	}
	server.mu.Unlock()
}
