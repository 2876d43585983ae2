package maps

import (
	"fmt"
	"slices"
	"testing"

	"iocwall/geo"
	"iocwall/server/world"
)

// TestLegendCountsWhatIsSeen: what is drawn around the view, for what of it reaches
// in, is not counted.
func TestLegendCountsWhatIsSeen(t *testing.T) {
	lib := &library{}
	h := newHistory(t, Options{Features: lib.open})
	v := h.m.Open(param("bounds", coastBounds)).View(h.s, 1600, 1000)
	seen, beside := v.Center, v.Point(1700, 500)
	point := func(p geo.Point) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[%g,%g]}}`, p[0], p[1])
	}
	h.add(ago(0), layer("cho", lib.put(fmt.Sprintf(`{"type":"FeatureCollection","features":[%s,%s]}`, point(seen), point(beside))), 1))
	for i, p := range []geo.Point{seen, beside} {
		h.add(ago(0), world.FenceSaved{Saved: world.Saved{ID: fmt.Sprint(i), Version: 1}, Polygons: box(p[0], p[1], p[0]+0.01, p[1]+0.01)})
	}
	h.picture("bounds", coastBounds, "layers", "cho")
	settle(t, h.m)
	f := h.picture("bounds", coastBounds, "layers", "cho,fences").Frame
	if len(f.Marks) != 2 || len(f.Areas) != 2 {
		t.Fatalf("%d marks, %d fences are drawn", len(f.Marks), len(f.Areas))
	}
	var rows []string
	for _, row := range f.Furniture.Legend {
		rows = append(rows, row.Text)
	}
	if want := []string{"cho · 1", "Hàng rào · 1"}; !slices.Equal(rows, want) {
		t.Errorf("the legend has the rows %q, want %q", rows, want)
	}
}
