package camera

import (
	"testing"
	"time"
)

// TestStreamsOfToursAndGrids: a stream that is asked for is asked of each camera that has it.
func TestStreamsOfToursAndGrids(t *testing.T) {
	s := newStage(t, 3)
	for name, c := range map[string]Tile{
		"grid": NewGrid(s.h, s.env, GridOptions{Stream: "sub"}), "grid of others": NewGrid(s.h, s.env, GridOptions{Stream: "thermal"}),
		"tour": NewTour(s.h, s.env, TourOptions{Stream: "sub"}), "tour of others": NewTour(s.h, s.env, TourOptions{Stream: "thermal"}),
	} {
		want := ""
		if name == "grid" || name == "tour" {
			want = "sub"
		}
		s.put(c, 960, 540)
		s.tick(c, time.Second)
		if len(c.Views()) == 0 {
			t.Errorf("%s: no cameras", name)
		}
		for _, v := range c.Views() {
			if p := s.deck.of(v.Camera()); p[len(p)-1].stream != want {
				t.Errorf("%s: %s plays %q", name, v.Camera(), p[len(p)-1].stream)
			}
		}
	}
}
