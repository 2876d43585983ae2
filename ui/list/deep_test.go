package list

import (
	"slices"
	"testing"
	"time"
)

// TestPictureReachesTheLastRow: where the chosen row stays at its place though rows
// above it are gone, the rows begin lower, and the last of them is still painted.
func TestPictureReachesTheLastRow(t *testing.T) {
	_, l, rows, _ := show(t, 6)
	ids := l.ids()
	l.Choose(ids[4])
	y := l.v.top(4)
	rows.Set(slices.DeleteFunc(things(6), func(x thing) bool { return x.id == ids[0] || x.id == ids[1] }))
	l.Update(noon.Add(time.Second))
	if len(l.v.shown) != 4 || l.v.top(2) != y {
		t.Fatalf("of %d rows the chosen one is at %d, was at %d", len(l.v.shown), l.v.top(2), y)
	}
	end := l.headHigh() + l.v.top(3) + l.v.row
	if high := int(l.body.pane.Raster.Size().Height); high < end {
		t.Errorf("the picture is %d high, the last row ends at %d", high, end)
	}
}
