package maps

import (
	"testing"
	"time"

	"iocwall/server/world"
)

// TestSavedView: a view stands behind the map's own parameters, and where those
// say where to look, the view does not.
func TestSavedView(t *testing.T) {
	h := newHistory(t, Options{})
	coast(h, &library{})
	for _, c := range []struct {
		own    []world.Param
		bounds bool
		layers int
		faults int
	}{
		{param("view", "bien"), true, 2, 0},
		{param("view", "bien", "center", "15,108"), false, 2, 0},
		{param("view", "bien", "layers", "vessels"), true, 1, 0},
		{param("view", "gone"), false, 0, 1},
	} {
		p := h.m.Open(c.own)
		pic := p.Picture(h.now(p.View(h.s, 800, 500)))
		got := p.Params(h.s)
		if (got.Bounds != nil) != c.bounds || len(got.Layers) != c.layers || len(pic.Faults) != c.faults {
			t.Errorf("%v: %+v with faults %v", c.own, got, pic.Faults)
		}
	}
	// The view is saved anew, and then it is gone.
	p := h.m.Open(param("view", "bien"))
	before := p.View(h.s, 800, 500)
	h.add(ago(time.Minute), world.MapViewSaved{Saved: world.Saved{ID: "bien", Version: 2}, Params: param("bounds", "107,14,108,15")})
	if p.View(h.s, 800, 500) == before {
		t.Error("the map does not follow its saved view")
	}
	h.add(ago(0), world.MapViewSaved{Saved: world.Saved{ID: "bien", Version: 3, Removed: true}})
	if f := p.Picture(h.now(before)).Faults; len(f) != 1 || f[0].Key != "view" {
		t.Errorf("a view that was removed gives %v", f)
	}
}
