package tile

import (
	"image"
	"strings"
	"testing"
	"time"

	"iocwall/server/world"
)

// TestMapFaults: what is wrong with a layer stands in its strip, what is wrong
// with the parameters on the map's plate; a stopped map says that first.
func TestMapFaults(t *testing.T) {
	e := wallEnv(t, "vi")
	now := time.Date(2026, 11, 21, 2, 42, 7, 0, time.UTC)
	v := MapView{
		Layers: []MapLayer{{Name: "Tàu", Whole: "3/4", Fault: "Lọc sai"}, {Name: "Nền", Dated: "từ 01/07/2025"}},
		Faults: []string{"zoom=“x”: cần số", "trail=“y”: cần số phút"}, Drawn: now, Now: now,
	}
	f := e.mapFace(v)
	if s := f.Strips[0]; !s.Plate || s.Age != "Tàu · Lọc sai" || s.Whole != "3/4" {
		t.Errorf("strip %+v", s)
	}
	if f.Plate == nil || !strings.Contains(f.Plate.Text, "zoom") || !strings.Contains(f.Plate.Text, "trail") || len(f.Plate.Shorter) == 0 {
		t.Errorf("plate %+v", f.Plate)
	}
	v.Drawn = now.Add(-time.Minute)
	if f := e.mapFace(v); f.Plate == nil || f.Plate.Icon != "frozen" {
		t.Errorf("a stopped map says %+v", f.Plate)
	}
	v.Drawn, v.Layers[1].Seat = now, 1
	for seat, want := range []string{"Tàu · Lọc sai", "Nền"} {
		v.Column, v.Columns = seat, 2
		if f := e.mapFace(v); len(f.Strips) != 1 || f.Strips[0].Age != want && f.Strips[0].Source != want {
			t.Errorf("column %d says %+v", seat, f.Strips)
		}
	}
	v.Column = 1
	if f := e.mapFace(v); f.Plate != nil {
		t.Errorf("the second column says it again: %+v", f.Plate)
	}
}

// TestMapUnderAFrame: the frame of an alert and the strip inside it lie over the map,
// which stays where it is, on the part with the strip and on the one above it.
func TestMapUnderAFrame(t *testing.T) {
	for _, c := range []struct{ w, h, edge, want int }{{1912, 1072, 0, 992}, {1912, 1072, 1072, 1072}, {1912, 1072, 2000, 1072}, {1912, 1072, 992, 992}, {300, 90, 0, 60}, {30, 20, 0, 14}} {
		var shown []image.Rectangle
		for _, p := range []*Popup{nil, {Severity: world.Critical, Title: "Lũ Câu Lâu"}} {
			m := NewMap(wallEnv(t, "vi"))
			m.Update(MapView{Edge: c.edge, Cover: Cover{Popup: p}})
			at := m.place(c.w, c.h)
			shown = append(shown, m.shown)
			tile, bottom := image.Rect(0, 0, c.w, c.h), at[2]
			for i, r := range at {
				if !r.In(tile) {
					t.Errorf("%d×%d, edge %d: pane %d lies at %v", c.w, c.h, c.edge, i, r)
				}
			}
			switch in := m.env.px(20); {
			case m.shown.Max.Y == c.h && !bottom.Empty():
				t.Errorf("%+v: a strip at %v below the map", c, bottom)
			case m.shown.Max.Y < c.h && p != nil && c.h > 4*in && (bottom != image.Rect(in, m.shown.Max.Y-in, c.w-in, c.h-in) || at[3] != tile):
				t.Errorf("%+v: the strip lies at %v, the frame at %v", c, bottom, at[3])
			}
		}
		if shown[0] != image.Rect(0, 0, c.w, c.want) || shown[1] != shown[0] {
			t.Errorf("%+v: the map lies at %v, under a frame at %v", c, shown[0], shown[1])
		}
	}
}
