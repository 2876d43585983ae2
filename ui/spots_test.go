package ui

import (
	"fmt"
	"testing"

	"iocwall/server/world"
	"iocwall/ui/look"
	"iocwall/ui/screens"
)

// BenchmarkSpots lays a wall of 27 screens and 432 tiles out on one of them, as a
// computer does for each of its windows at a change.
func BenchmarkSpots(b *testing.B) {
	st := province(9, 3)
	w, _ := st.Wall("main")
	var sc world.SceneSaved
	for _, s := range w.Screens {
		for i := range 16 {
			sc.Tiles = append(sc.Tiles, world.Tile{
				ID: fmt.Sprintf("t%d-%d", s.ID, i), Kind: "camera",
				X: s.X + s.W*float64(i%4)/4, Y: s.Y + s.H*float64(i/4)/4, W: s.W / 4, H: s.H / 4,
			})
		}
	}
	m := screens.Monitor{W: 1920, H: 1080}
	scale := look.WallScale(1.5769, 0, 0)
	for b.Loop() {
		if n := len(screenSpots(w.WallDefined, sc, w.Screens[4], m, scale)); n != 16 {
			b.Fatalf("%d spots", n)
		}
	}
}
