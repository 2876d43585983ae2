package ui

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

// TestHandsLetGoOfWhatIsGone: keys do not act on a camera that another scene has
// taken off the wall.
func TestHandsLetGoOfWhatIsGone(t *testing.T) {
	b, m := openMosaic(t)
	b.tick(0)
	h := handleOf(t, m.board(), "cam-01")
	h.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, 20)})
	if m.u.hands.View() == nil {
		t.Fatal("nothing is in hand")
	}
	gridScene(b)
	b.tick(time.Second)
	if v := m.u.hands.View(); v != nil {
		t.Errorf("%s is in hand, and not on the wall", v.Camera())
	}
}
