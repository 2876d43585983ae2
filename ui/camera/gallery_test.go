package camera

import (
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"iocwall/media"
	"iocwall/server/world"
	"iocwall/ui/look"
)

// TestGallery paints grids and tours; with IOCWALL_GALLERY set to a folder the
// pictures are written there for people to judge.
func TestGallery(t *testing.T) {
	for _, n := range []int{1, 4, 9, 16, 25, 36} {
		for _, desk := range []bool{false, true} {
			s := newStage(t, n)
			s.env.Log = s.h.Log
			name, w, h := "grid-"+strconv.Itoa(n), 1912, 1072
			if desk {
				s.env.Scale, name, w, h = look.DeskScale(14), name+"-desk", 640, 360
			}
			if n > 4 {
				s.deck.state["cam-02"] = media.StateNoSignal
				s.deck.state["cam-05"] = media.StateFrozen
				s.deck.state["cam-08"] = media.StateRefused
				s.deck.pending["cam-09"] = true
			}
			g := NewGrid(s.h, s.env, GridOptions{Pick: Pick{Area: "vn/quang-nam"}})
			s.put(g, w, h)
			s.tick(g, 3*time.Second)
			keepPicture(t, name, s, g, w, h)
			if len(g.Views()) != n {
				t.Errorf("%s has %d cells", name, len(g.Views()))
			}
		}
	}
	s := newStage(t, 12)
	for _, id := range []string{"cam-03", "cam-07"} {
		s.health(id, world.CameraSilent)
	}
	tour := NewTour(s.h, s.env, TourOptions{Pick: Pick{Area: "vn/quang-nam"}})
	s.put(tour, 1912, 1072)
	s.tick(tour, time.Second)
	keepPicture(t, "tour", s, tour, 1912, 1072)
}

func keepPicture(t *testing.T, name string, s *stage, c Tile, w, h int) {
	t.Helper()
	img := s.shot(c, w, h)
	dir := os.Getenv("IOCWALL_GALLERY")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
}
